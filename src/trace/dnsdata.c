/* One DNS record in words, by its type; see dnslook.h. */
#include "trace/dnslook.h"

#include "base/clock.h"

enum { TEXTS = 12, TEXT_SHOWN = 300, INFO_LONG = 300 };

/* A record's note while it is put together. */
struct made {
	struct dns_look *l;
	const struct dns_record *r;
	struct field v[24];
	unsigned n;
	const char *info; /* "10.9.2.2": behind the type in the packet's line */
};

static void add(struct made *m, struct field f)
{
	if (m->n < sizeof(m->v) / sizeof(m->v[0]))
		m->v[m->n++] = f;
}

#define ADD(m, ...) add(m, (struct field)__VA_ARGS__)

/* A copy of the name at `off`, "?" when it cannot be read. */
static const char *name_at(const struct dns_look *l, size_t off)
{
	char text[DNS_NAME_TEXT];

	if (dns_name(l->msg, off, text, sizeof(text)) < 0)
		return "?";
	return arena_printf(&l->t->arena, "%s", dns_shown(text));
}

static const char *span_words(struct trace *t, uint32_t seconds)
{
	char text[32];

	return arena_printf(&t->arena, "%s", clock_span((int64_t)seconds * CLOCK_SEC, text, sizeof(text)));
}

/* What every record has. */
static void begin(struct made *m, struct dns_look *l, const struct dns_record *r)
{
	static const char *const sections[] = { "question", "answer", "authority", "additional" };

	*m = (struct made){ .l = l, .r = r, .info = "" };
	ADD(m, F_STR("dns.resp.name", name_at(l, r->name)));
	ADD(m, F_UINT("dns.resp.type", r->type));
	ADD(m, F_HEX("dns.resp.class", l->mdns ? r->class & ~DNS_TOP_BIT : r->class, 4));
	if (l->mdns)
		ADD(m, F_BOOL("dns.resp.cache_flush", !!(r->class & DNS_TOP_BIT)));
	ADD(m, F_UINT("dns.resp.ttl", r->ttl));
	ADD(m, F_STR("osilab.dns.ttl", r->ttl    ? span_words(l->t, r->ttl)
	                               : l->mdns ? "no time at all"
	                                         : "this one use"));
	ADD(m, F_STR("osilab.dns.section", sections[r->section]));
}

/* --- By type: each adds its fields and returns its kind of note, or -1 when the data does not fit ---------------- */

static const char *address_words(struct trace *t, const struct field *f)
{
	struct buf text = { 0 };
	const char *kept;

	note_value(f, &text);
	kept = arena_printf(&t->arena, "%s", buf_cstr(&text));
	buf_fini(&text);
	return kept;
}

static int address(struct made *m)
{
	bool v4 = m->r->type == DNS_A;

	if (m->r->data.n != (v4 ? 4 : 16))
		return -1;
	ADD(m, { .name = v4 ? "dns.a" : "dns.aaaa", .type = v4 ? FIELD_IP4 : FIELD_IP6, .s = m->r->data });
	m->info = address_words(m->l->t, &m->v[m->n - 1]);
	return v4 ? NOTE_DNS_RR_A : NOTE_DNS_RR_AAAA;
}

static int name_only(struct made *m, const char *field, enum note_id id)
{
	if (dns_data_name(m->l->msg, m->r, NULL, 0) < 0)
		return -1;
	m->info = name_at(m->l, m->r->data_off);
	ADD(m, F_STR(field, m->info));
	return (int)id;
}

static int reverse(struct made *m)
{
	char owner[DNS_NAME_TEXT];
	uint8_t addr[16];
	int id = name_only(m, "dns.ptr.domain_name", NOTE_DNS_RR_PTR);
	unsigned n;

	if (id < 0 || dns_name(m->l->msg, m->r->name, owner, sizeof(owner)) < 0)
		return -1;
	n = dns_reverse(owner, addr);
	if (!n)
		return id;
	ADD(m,
	    { .name = "osilab.dns.address", .type = n == 4 ? FIELD_IP4 : FIELD_IP6, .s = slice_of(addr, n) });
	m->v[m->n - 1].s = arena_dup(&m->l->t->arena, m->v[m->n - 1].s);
	return NOTE_DNS_RR_REVERSE;
}

static int soa(struct made *m)
{
	struct trace *t = m->l->t;
	struct dns_soa s;

	if (dns_soa(m->l->msg, m->r, &s) < 0)
		return -1;
	m->info = name_at(m->l, s.mname);
	ADD(m, F_STR("dns.soa.mname", m->info));
	ADD(m, F_STR("dns.soa.rname", name_at(m->l, s.rname)));
	ADD(m, F_UINT("dns.soa.serial_number", s.serial));
	ADD(m, F_UINT("dns.soa.refresh_interval", s.refresh));
	ADD(m, F_UINT("dns.soa.retry_interval", s.retry));
	ADD(m, F_UINT("dns.soa.expire_limit", s.expire));
	ADD(m, F_UINT("dns.soa.minimum_ttl", s.minimum));
	/* RFC 2308 5: the smaller of the two says how long "there is none" may be remembered. */
	ADD(m,
	    F_STR("osilab.dns.negative_ttl", span_words(t, s.minimum < m->r->ttl ? s.minimum : m->r->ttl)));
	return NOTE_DNS_RR_SOA;
}

static int mx(struct made *m)
{
	struct dns_target x;

	if (dns_target(m->l->msg, m->r, &x) < 0)
		return -1;
	ADD(m, F_UINT("dns.mx.preference", x.priority));
	ADD(m, F_STR("dns.mx.mail_exchange", name_at(m->l, x.name)));
	m->info = arena_printf(&m->l->t->arena, "%u %s", x.priority, name_at(m->l, x.name));
	return NOTE_DNS_RR_MX;
}

static int srv(struct made *m)
{
	struct dns_target x;

	if (dns_target(m->l->msg, m->r, &x) < 0)
		return -1;
	ADD(m, F_UINT("dns.srv.priority", x.priority));
	ADD(m, F_UINT("dns.srv.weight", x.weight));
	ADD(m, F_UINT("dns.srv.port", x.port));
	ADD(m, F_STR("dns.srv.target", name_at(m->l, x.name)));
	m->info = arena_printf(&m->l->t->arena, "%s:%u", name_at(m->l, x.name), x.port);
	return NOTE_DNS_RR_SRV;
}

static int txt(struct made *m)
{
	struct slice rest = m->r->data, one;
	struct buf all = { 0 };
	unsigned n = 0;

	while (rest.n) {
		if (!dns_text_next(&rest, &one)) {
			buf_fini(&all);
			return -1;
		}
		if (n++ < TEXTS)
			ADD(m, F_TEXT("dns.txt", one));
		buf_puts(&all, all.n ? " \"" : "\"");
		buf_slice(&all, one);
		buf_putc(&all, '"');
	}
	ADD(m, F_TEXT("osilab.dns.texts", trace_brief(m->l->t, buf_view(&all), TEXT_SHOWN)));
	m->v[m->n - 1].s = arena_dup(&m->l->t->arena, m->v[m->n - 1].s);
	m->info = trace_text(m->l->t, buf_view(&all), 60);
	buf_fini(&all);
	return NOTE_DNS_RR_TXT;
}

static int caa(struct made *m)
{
	struct dns_caa c;

	if (dns_caa(m->r, &c) < 0)
		return -1;
	ADD(m, F_TEXT("osilab.dns.caa.tag", c.tag));
	ADD(m, F_TEXT("osilab.dns.caa.value", c.value));
	ADD(m, F_STR("osilab.dns.caa.critical", c.critical ? "critical" : "not critical"));
	m->info = arena_printf(
	    &m->l->t->arena, "%s %s", trace_text(m->l->t, c.tag, 20), trace_text(m->l->t, c.value, 60));
	return NOTE_DNS_RR_CAA;
}

/* The addresses or names of one SVCB parameter, separated by blanks. */
static void put_param(struct buf *out, uint16_t number, struct slice v)
{
	size_t size = number == DNS_PARAM_IP4 ? 4 : 16;
	struct rd r = rd_of(v);
	struct slice one;

	switch (number) {
	case DNS_PARAM_ALPN:
		while (dns_text_next(&v, &one) && one.n) {
			buf_putc(out, ' ');
			buf_slice(out, one);
		}
		break;
	case DNS_PARAM_PORT: buf_printf(out, " %u", rd_be16(&r)); break;
	case DNS_PARAM_IP4:
	case DNS_PARAM_IP6:
		for (; v.n >= size; v = slice_skip(v, size)) {
			buf_putc(out, ' ');
			note_value(&(struct field){ .type = size == 4 ? FIELD_IP4 : FIELD_IP6,
			               .s = slice_sub(v, 0, size) },
			    out);
		}
		break;
	case DNS_PARAM_ECH: buf_printf(out, " (%zu bytes)", v.n); break;
	default: break;
	}
}

static int svcb(struct made *m)
{
	struct trace *t = m->l->t;
	struct buf words = { 0 };
	struct dns_target x;
	struct slice value;
	uint16_t number;

	if (dns_target(m->l->msg, m->r, &x) < 0)
		return -1;
	while (words.n < TEXT_SHOWN && dns_param_next(&x.params, &number, &value)) {
		const char *name = dns_param_name(number);

		buf_puts(&words, words.n ? ", " : "");
		if (name)
			buf_puts(&words, name);
		else
			buf_printf(&words, "key%u", number);
		put_param(&words, number, value);
	}
	ADD(m, F_UINT("dns.svcb.svcpriority", x.priority));
	ADD(m, F_STR("dns.svcb.targetname", name_at(m->l, x.name)));
	/* Target "." is the owner itself (RFC 9460 2.5.2). */
	ADD(m, F_STR("osilab.dns.svcb.target", strcmp(name_at(m->l, x.name), "<Root>") == 0
	                                           ? name_at(m->l, m->r->name)
	                                           : name_at(m->l, x.name)));
	ADD(m, F_STR("osilab.dns.svcb.params",
	           words.n ? trace_text(t, buf_view(&words), TEXT_SHOWN) : "no parameters"));
	m->info = arena_printf(&t->arena, "%u %s", x.priority, name_at(m->l, x.name));
	buf_fini(&words);
	return x.priority ? NOTE_DNS_RR_SVCB : NOTE_DNS_RR_SVCB_ALIAS;
}

static int by_type(struct made *m)
{
	switch (m->r->type) {
	case DNS_A:
	case DNS_AAAA: return address(m);
	case DNS_CNAME: return name_only(m, "dns.cname", NOTE_DNS_RR_CNAME);
	case DNS_DNAME: return name_only(m, "dns.dname", NOTE_DNS_RR_DNAME);
	case DNS_NS: return name_only(m, "dns.ns", NOTE_DNS_RR_NS);
	case DNS_PTR: return reverse(m);
	case DNS_SOA: return soa(m);
	case DNS_MX: return mx(m);
	case DNS_SRV: return srv(m);
	case DNS_TXT: return txt(m);
	case DNS_CAA: return caa(m);
	case DNS_SVCB:
	case DNS_HTTPS: return svcb(m);
	default:
		ADD(m, F_STR("osilab.dns.type", dns_type_text(m->l->t, m->r->type)));
		ADD(m, F_UINT("dns.resp.len", m->r->data.n));
		return NOTE_DNS_RR_OTHER;
	}
}

static void add_info(struct made *m)
{
	struct buf *info = &m->l->info;
	bool full = info->n > INFO_LONG;

	if (m->r->section != DNS_ANSWER || (full && info->p[info->n - 1] == 0xa6))
		return;
	buf_puts(info, info->n ? ", " : "");
	if (full) {
		buf_puts(info, "…"); /* its last byte, 0xa6, tells that it is there */
		return;
	}
	buf_puts(info, dns_type_text(m->l->t, m->r->type));
	if (m->info[0])
		buf_printf(info, " %s", trace_text(m->l->t, slice_str(m->info), 200));
	buf_printf(info, " ttl %u", m->r->ttl);
}

void dns_record_note(struct dns_look *l, const struct dns_record *r)
{
	struct made m;
	int id;

	begin(&m, l, r);
	id = by_type(&m);
	if (id < 0) {
		begin(&m, l, r);
		ADD(&m, F_STR("osilab.dns.type", dns_type_text(l->t, r->type)));
		id = NOTE_DNS_RR_BAD;
	}
	trace_where(l->t, trace_note(l->t, (enum note_id)id, m.v, m.n), slice_sub(l->msg, r->off, r->len));
	add_info(&m);
}
