/* From header lists to heads; see head.h.  RFC 9113 8.2 and 8.3, RFC 8441 4 (:protocol). */
#include "http2/head.h"

#include "base/buf.h"

static void flaw(struct h2_head *h, enum h2_flaw what)
{
	if (h->flaw == H2_SOUND)
		h->flaw = what;
}

/* --- Pseudo-header fields ------------------------------------------------------------------------------- */

static struct slice *place_of(struct h2_head *h, struct slice name)
{
	if (slice_eq_str(name, ":method"))
		return &h->method;
	if (slice_eq_str(name, ":scheme"))
		return &h->scheme;
	if (slice_eq_str(name, ":authority"))
		return &h->authority;
	if (slice_eq_str(name, ":path"))
		return &h->path;
	if (slice_eq_str(name, ":protocol"))
		return &h->protocol;
	return slice_eq_str(name, ":status") ? &h->status : NULL;
}

static void take_pseudo(struct h2_head *h, const struct hpack_field *f)
{
	struct slice *place = place_of(h, f->name);

	if (!place)
		flaw(h, H2_FLAW_PSEUDO_OTHER);
	else if (place->p)
		flaw(h, H2_FLAW_PSEUDO_TWICE);
	else
		*place = slice_of(f->value.p ? f->value.p : (const uint8_t *)"", f->value.n);
	if (h->msg.nfields)
		flaw(h, H2_FLAW_PSEUDO_LATE);
}

static bool has_request_parts(const struct h2_head *h)
{
	return h->method.p || h->scheme.p || h->authority.p || h->path.p || h->protocol.p;
}

static void check_request(struct h2_head *h, bool whole)
{
	bool connect = slice_eq_str(h->method, "CONNECT") && !h->protocol.p;

	if (h->status.p)
		flaw(h, H2_FLAW_PSEUDO_MIXED);
	if (whole && connect && !h->authority.n)
		flaw(h, H2_FLAW_PSEUDO_MISSING);
	if (whole && !connect && (!h->method.n || !h->scheme.n || !h->path.n))
		flaw(h, H2_FLAW_PSEUDO_MISSING);
}

/* What the list is: in doubt only when a field is unknown that might say. */
static void find_kind(struct h2_head *h, bool whole)
{
	if (h->method.p || (whole && has_request_parts(h))) {
		h->kind = H2_HEAD_REQUEST;
		check_request(h, whole);
	} else if (h->status.p) {
		h->kind = H2_HEAD_RESPONSE;
		if (has_request_parts(h))
			flaw(h, H2_FLAW_PSEUDO_MIXED);
	} else {
		h->kind = whole ? H2_HEAD_BARE : H2_HEAD_UNKNOWN;
	}
}

/* --- Regular fields ------------------------------------------------------------------------------------- */

static bool token_octet(uint8_t c)
{
	return c > ' ' && c < 0x7f && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

static void check_name(struct h2_head *h, struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] >= 'A' && name.p[i] <= 'Z')
			flaw(h, H2_FLAW_UPPER_CASE);
		else if (!token_octet(name.p[i]))
			flaw(h, H2_FLAW_NAME);
	}
	if (!name.n)
		flaw(h, H2_FLAW_NAME);
}

/* RFC 9113 8.2.1: no NUL, CR, LF anywhere, no white space at the ends. */
static void check_value(struct h2_head *h, struct slice value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == 0 || value.p[i] == '\r' || value.p[i] == '\n')
			flaw(h, H2_FLAW_VALUE);
	if (slice_trim(value).n != value.n)
		flaw(h, H2_FLAW_VALUE);
}

/* RFC 9113 8.2.2. */
static void check_connection(struct h2_head *h, const struct hpack_field *f)
{
	static const char *const names[] = { "connection", "proxy-connection", "keep-alive",
		"transfer-encoding", "upgrade" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_ieq_str(f->name, names[i]))
			flaw(h, H2_FLAW_CONNECTION);
	if (slice_ieq_str(f->name, "te") && !slice_ieq_str(f->value, "trailers"))
		flaw(h, H2_FLAW_CONNECTION);
}

static struct http_field *add_field(struct http_msg *m, struct slice name, struct slice value)
{
	if (m->nfields == HTTP_FIELDS_MAX)
		return NULL;
	m->fields[m->nfields] = (struct http_field){ name, value };
	return &m->fields[m->nfields++];
}

/* Joins a crumb of Cookie to those before it, which stand in *cookie. */
static void add_crumb(
    struct h2_head *h, const struct hpack_field *f, struct http_field **cookie, struct buf *joined)
{
	if (!*cookie) {
		*cookie = add_field(&h->msg, f->name, f->value);
		return;
	}
	if (!joined->n)
		buf_slice(joined, (*cookie)->value);
	buf_puts(joined, "; ");
	buf_slice(joined, f->value);
}

static void note_length(struct http_msg *m, struct slice value)
{
	uint64_t n;

	if (slice_u64(value, &n) == 0 && n <= INT64_MAX)
		m->content_length = (int64_t)n;
}

static void take_regular(struct h2_head *h, const struct hpack_field *f)
{
	check_name(h, f->name);
	check_connection(h, f);
	if (f->unknown_value)
		return;
	check_value(h, f->value);
	add_field(&h->msg, f->name, f->value);
	if (slice_ieq_str(f->name, "content-length"))
		note_length(&h->msg, f->value);
	else if (slice_ieq_str(f->name, "host") && !h->msg.host_field.p)
		h->msg.host_field = f->value;
}

/* --- The head ------------------------------------------------------------------------------------------- */

static void fill_request(struct h2_head *h)
{
	struct http_msg *m = &h->msg;
	ssize_t mark = slice_chr(h->path, '?');

	m->request = true;
	m->method_text = h->method;
	m->method = http_method_of(h->method);
	m->target = h->path.p ? h->path : h->authority;
	m->path = mark < 0 ? h->path : slice_sub(h->path, 0, (size_t)mark);
	if (mark >= 0)
		m->query = slice_skip(h->path, (size_t)mark + 1);
	m->host = h->authority.n ? h->authority : m->host_field;
}

static void fill_response(struct h2_head *h)
{
	uint64_t status;

	if (h->status.n != 3 || slice_u64(h->status, &status) < 0 || status < 100)
		flaw(h, H2_FLAW_STATUS);
	else
		h->msg.status = (uint16_t)status;
}

void h2_head_read(const struct hpack_list *list, struct arena *a, struct h2_head *out)
{
	struct http_field *cookie = NULL;
	struct buf joined;

	memset(out, 0, offsetof(struct h2_head, msg.fields));
	out->msg.major = 2;
	out->msg.content_length = -1;
	buf_init(&joined, HPACK_LIST_MAX + 2 * HPACK_FIELDS_MAX);
	for (unsigned i = 0; i < list->n; i++) {
		const struct hpack_field *f = &list->v[i];

		if (f->unknown_name)
			continue;
		if (f->name.n && f->name.p[0] == ':')
			take_pseudo(out, f);
		else if (slice_eq_str(f->name, "cookie") && !f->unknown_value)
			add_crumb(out, f, &cookie, &joined);
		else
			take_regular(out, f);
	}
	if (joined.n)
		cookie->value = arena_dup(a, buf_view(&joined));
	buf_fini(&joined);
	find_kind(out, list->unknown == 0 && list->lost == 0);
	if (out->kind == H2_HEAD_REQUEST)
		fill_request(out);
	else if (out->kind == H2_HEAD_RESPONSE)
		fill_response(out);
}

const char *h2_flaw_text(enum h2_flaw what)
{
	static const char *const texts[H2_FLAW_COUNT] = {
		[H2_SOUND] = "nothing is wrong",
		[H2_FLAW_UPPER_CASE] = "a field name has capital letters",
		[H2_FLAW_NAME] = "a field name has an octet that no name may have",
		[H2_FLAW_VALUE] = "a field value has an octet that no value may have",
		[H2_FLAW_PSEUDO_LATE] = "a pseudo-header field stands behind a regular one",
		[H2_FLAW_PSEUDO_TWICE] = "a pseudo-header field stands twice",
		[H2_FLAW_PSEUDO_OTHER] = "a pseudo-header field that does not exist",
		[H2_FLAW_PSEUDO_MIXED] = "pseudo-header fields of a request and of a response together",
		[H2_FLAW_PSEUDO_MISSING] = "a request lacks :method, :scheme, :path or, with CONNECT, "
		                           ":authority",
		[H2_FLAW_CONNECTION] = "a field that speaks of the connection, which HTTP/2 does not have",
		[H2_FLAW_STATUS] = ":status is no number of three digits",
	};

	return texts[(unsigned)what < H2_FLAW_COUNT ? what : H2_SOUND];
}
