/* JSON into a buffer; see json.h. */
#include "render/json.h"

#include "base/escape.h"
#include "render/put.h"

void json_string(struct buf *b, struct slice s)
{
	buf_putc(b, '"');
	escape_json(b, s);
	buf_putc(b, '"');
}

void json_key(struct buf *b, const char *name)
{
	size_t n = strlen(name);

	if (buf_reserve(b, n + 4) < 0)
		return;
	if (b->n && b->p[b->n - 1] != '{')
		b->p[b->n++] = ',';
	b->p[b->n++] = '"';
	memcpy(b->p + b->n, name, n);
	memcpy(b->p + b->n + n, "\":", 2);
	b->n += n + 2;
}

void json_key_u64(struct buf *b, const char *name, uint64_t v)
{
	json_key(b, name);
	buf_u64(b, v);
}

void json_key_str(struct buf *b, const char *name, const char *text)
{
	json_key(b, name);
	json_string(b, slice_str(text));
}

static void json_address(struct buf *b, const struct field *f)
{
	struct pkt_addr a = { .family = f->type == FIELD_IP4 ? 4 : 6 };
	size_t n = a.family == 4 ? 4 : 16;

	buf_putc(b, '"');
	if (f->s.n == n) {
		memcpy(a.b, f->s.p, n);
		put_addr(b, &a);
	}
	buf_putc(b, '"');
}

void json_value(struct buf *b, const struct field *f)
{
	switch (f->type) {
	case FIELD_UINT: buf_u64(b, f->u); break;
	case FIELD_HEX:
		buf_put(b, "\"0x", 3);
		put_hex(b, f->u, f->digits ? f->digits : 1);
		buf_putc(b, '"');
		break;
	case FIELD_BOOL: buf_put(b, f->u ? "true" : "false", f->u ? 4 : 5); break;
	case FIELD_MAC:
	case FIELD_BYTES:
		buf_putc(b, '"');
		put_bytes(b, f->s, f->type == FIELD_MAC ? ':' : 0);
		buf_putc(b, '"');
		break;
	case FIELD_IP4:
	case FIELD_IP6: json_address(b, f); break;
	case FIELD_TEXT: json_string(b, f->s); break;
	case FIELD_SPAN: put_seconds(b, (int64_t)f->u, 9); break;
	case FIELD_TIME:
		buf_putc(b, '"');
		put_utc(b, (int64_t)f->u, 9);
		buf_putc(b, '"');
		break;
	}
}

static void json_names(struct buf *b, const char *key, const struct stats_names *names)
{
	json_key(b, key);
	buf_putc(b, '{');
	for (unsigned i = 0; i < names->n; i++) {
		if (i)
			buf_putc(b, ',');
		json_string(b, slice_str(names->v[i].name));
		buf_putc(b, ':');
		buf_u64(b, names->v[i].count);
	}
	buf_putc(b, '}');
}

void json_stats(struct buf *b, const struct trace_stats *t)
{
#define X(name) json_key_u64(b, #name, t->name);
	TRACE_COUNTERS(X)
#undef X
	json_names(b, "authorization_schemes", &t->authorization_schemes);
	json_names(b, "sni", &t->sni);
	json_names(b, "tls_versions", &t->tls_versions);
	json_names(b, "ciphers", &t->ciphers);
	json_names(b, "alpn", &t->alpn);
	json_names(b, "tls_alerts", &t->tls_alerts);
	json_key(b, "duration");
	put_seconds(b, t->packets ? t->last_ts - t->first_ts : 0, 9);
}
