/* Reading message heads.  RFC 9112 2 to 6; the Host rules of 3.2 and the framing rules of 6.3 are
 * checked in the same pass.  See parse.h for the promise that keeps the verdict independent of the
 * cuts.
 *
 * Every take_ function reads one element at p and returns where the next one starts.  When it
 * cannot, it returns NULL with s->verdict 0 (the input ends within the element) or -(enum
 * http_reason).  The place travels in a local and not in struct http_scan, so that it stays in a
 * register. */
#include "http/parse.h"

#include "http/facts.h"
#include "http/octet.h"
#include "http/scan.h"
#include "http/url.h"

/* The empty lines before a message: `allowed` of them are fine. */
static __attribute__((noinline)) const uint8_t *take_blank_lines(
    struct http_scan *s, const uint8_t *p, unsigned allowed)
{
	unsigned seen = 0;

	for (;;) {
		if (p == s->end)
			return http_stop(s, 0);
		if (*p != '\r' && *p != '\n')
			return p;
		if (++seen > allowed && !http_tolerate(s, HTTP_BLANK_LINES, p))
			return NULL;
		p = http_take_line_end(s, p, HTTP_BAD_METHOD);
		if (!p)
			return NULL;
	}
}

/* A version that is wrong or not there in full: octet by octet, so that a wrong one is known at
 * once. */
static __attribute__((noinline)) const uint8_t *stop_version(struct http_scan *s, const uint8_t *p)
{
	static const char shape[] = "HTTP/1.";
	size_t i;

	for (i = 0; p + i < s->end; i++) {
		if (i == 5 && http_octet_is(p[i], HTTP_DIGIT) && p[i] != '1')
			return http_stop(s, -HTTP_OTHER_MAJOR);
		if (i == 7 || p[i] != (uint8_t)shape[i])
			return http_stop(s, -HTTP_BAD_VERSION);
	}
	return http_stop(s, 0);
}

/* "HTTP/1.x" */
static inline const uint8_t *take_version(struct http_scan *s, const uint8_t *p)
{
	if (s->end - p >= 8 && memcmp(p, "HTTP/1.1", 8) == 0) {
		s->msg->major = s->msg->minor = 1;
		return p + 8;
	}
	if (s->end - p < 8 || memcmp(p, "HTTP/1.", 7) != 0 || !http_octet_is(p[7], HTTP_DIGIT))
		return stop_version(s, p);
	s->msg->major = 1;
	s->msg->minor = p[7] - '0';
	return p + 8;
}

static inline const uint8_t *take_method(struct http_scan *s, const uint8_t *p)
{
	const uint8_t *start = p;

	if (s->end - p >= 4 && memcmp(p, "GET ", 4) == 0) { /* as most are */
		s->msg->method_text = slice_of(p, 3);
		s->msg->method = HTTP_GET;
		return p + 4;
	}
	p = http_scan(p, s->end, HTTP_TOKEN);
	if (p == s->end)
		return http_stop(s, 0);
	if (*p != ' ' || p == start)
		return http_stop(s, -HTTP_BAD_METHOD);
	s->msg->method_text = slice_of(start, (size_t)(p - start));
	s->msg->method = http_method_of(s->msg->method_text);
	return p + 1;
}

/* An octet that stops the run of plain target octets: '?', an escape, or what no target has. */
static __attribute__((noinline)) const uint8_t *take_target_octet(struct http_scan *s, const uint8_t *p)
{
	if (*p == '?') {
		if (!s->question)
			s->question = p;
		return p + 1;
	}
	if (*p == '%') {
		if (p + 1 == s->end || (http_octet_is(p[1], HTTP_HEX) && p + 2 == s->end))
			return http_stop(s, 0);
		if (http_octet_is(p[1], HTTP_HEX) && http_octet_is(p[2], HTTP_HEX))
			return p + 3;
	}
	return http_tolerate(s, HTTP_BAD_TARGET, p + 1);
}

/* The end of a run of plain target octets; many a target is over within eight. */
static inline const uint8_t *scan_target(struct http_scan *s, const uint8_t *p)
{
	const uint8_t *near = p + 8;

	if (s->plain || s->end - p < 64)
		return http_scan(p, s->end, HTTP_TARGET);
	p = http_scan(p, near, HTTP_TARGET);
	return p == near ? http_target_by_block(p, s->end) : p;
}

static inline const uint8_t *take_target(struct http_scan *s, const uint8_t *p)
{
	const uint8_t *start = p;

	for (;;) {
		p = scan_target(s, p);
		if (p == s->end)
			return http_stop(s, 0);
		if (*p == ' ' || *p == '\r' || *p == '\n')
			break;
		p = take_target_octet(s, p);
		if (!p)
			return NULL;
	}
	if (p == start)
		return http_stop(s, -HTTP_BAD_REQUEST_LINE);
	if (*p != ' ')
		return http_stop(s, -HTTP_NO_VERSION);
	s->msg->target = slice_of(start, (size_t)(p - start));
	s->msg->path = slice_of(start, (size_t)((s->question ? s->question : p) - start));
	if (s->question)
		s->msg->query = slice_of(s->question + 1, (size_t)(p - s->question - 1));
	return p + 1;
}

/* scheme "://" authority [path] ["?" query] */
static __attribute__((noinline)) int absolute_form(struct http_msg *m)
{
	struct http_url url;

	if (http_url_parse(m->target, &url) < 0)
		return -(url.scheme.n ? HTTP_BAD_AUTHORITY : HTTP_BAD_TARGET_FORM);
	if (url.userinfo.p) /* RFC 9110 4.2.4: it could pass for the host */
		return -HTTP_BAD_AUTHORITY;
	m->host = slice_of(url.host.p, (size_t)(url.path.p - url.host.p));
	m->form = HTTP_ABSOLUTE;
	m->path = url.path.n ? url.path : SLICE("/");
	m->query = url.query;
	return 1;
}

static __attribute__((noinline)) int authority_form(struct http_msg *m)
{
	struct slice host;
	int32_t port;

	if (http_authority_split(m->target, &host, &port) < 0 || port < 0)
		return -HTTP_BAD_AUTHORITY;
	m->form = HTTP_AUTHORITY;
	m->host = m->target;
	m->path = slice_of(NULL, 0);
	return 1;
}

static int asterisk_form(struct http_msg *m)
{
	m->form = HTTP_ASTERISK;
	return m->method == HTTP_OPTIONS ? 1 : -HTTP_BAD_TARGET_FORM;
}

/* Which of the four forms the target has, and whether its method may use it (RFC 9112 3.2).
 * 1, or -(enum http_reason). */
static int target_form(struct http_msg *m)
{
	if (m->method == HTTP_CONNECT)
		return authority_form(m);
	if (m->target.p[0] == '/')
		return 1;
	return slice_eq(m->target, SLICE("*")) ? asterisk_form(m) : absolute_form(m);
}

static const uint8_t *take_request_line(struct http_scan *s, const uint8_t *p)
{
	int r;

	if (!(p = take_method(s, p)) || !(p = take_target(s, p)) || !(p = take_version(s, p)) ||
	    !(p = http_take_line_end(s, p, HTTP_BAD_VERSION)))
		return NULL;
	r = target_form(s->msg);
	return r > 0 ? p : http_tolerate(s, (enum http_reason) - r, p);
}

static const uint8_t *take_status_line(struct http_scan *s, const uint8_t *p)
{
	const uint8_t *start;
	int i;

	if (!(p = take_version(s, p)))
		return NULL;
	if (p < s->end && *p != ' ')
		return http_stop(s, -HTTP_BAD_VERSION);
	for (i = 0; i < 3; i++) {
		if (s->end - p <= 1)
			return http_stop(s, 0);
		if (!http_octet_is(*++p, HTTP_DIGIT) || (i == 0 && *p == '0'))
			return http_stop(s, -HTTP_BAD_STATUS);
		s->msg->status = (uint16_t)(s->msg->status * 10 + *p - '0');
	}
	if (++p == s->end)
		return http_stop(s, 0);
	if (*p == ' ')
		p++;
	else if (*p != '\r' && *p != '\n')
		return http_stop(s, -HTTP_BAD_STATUS);
	start = p;
	p = http_scan_text(p, s->end);
	s->msg->reason = slice_of(start, (size_t)(p - start));
	return http_take_line_end(s, p, HTTP_CONTROL);
}

/* What is wrong with a field name that stops at p. */
static const uint8_t *stop_name(struct http_scan *s, const uint8_t *start, const uint8_t *p)
{
	if (p == s->end)
		return http_stop(s, 0);
	if (p == start)
		return http_stop(s, -HTTP_BAD_NAME);
	if (*p == ' ' || *p == '\t')
		return http_stop(s, -HTTP_SPACE_BEFORE_COLON);
	return http_stop(s, *p == '\r' || *p == '\n' ? -HTTP_NO_COLON : -HTTP_BAD_NAME);
}

/* A field line that both readers take alike: whole, and right in every way.  Where the next one starts, or NULL when
 * it is not such a line. */
static inline const uint8_t *clean_field(const struct http_scan *s, const uint8_t *p, struct http_field *f)
{
	const uint8_t *end = s->end, *colon = http_scan(p, end, HTTP_TOKEN), *cr;

	if (colon == p || colon == end || *colon != ':')
		return NULL;
	cr = http_scan_text(colon + 1, end);
	if (end - cr < 2 || cr[0] != '\r' || cr[1] != '\n' || !http_line_is_whole(s, cr + 2))
		return NULL;
	f->name = slice_of(p, (size_t)(colon - p));
	f->value = http_trimmed(colon + 1, cr);
	return cr + 2;
}

/* A field line that is not clean: why. */
static const uint8_t *stop_field(struct http_scan *s, const uint8_t *p)
{
	const uint8_t *colon = http_scan(p, s->end, HTTP_TOKEN);

	if (colon == p || colon == s->end || *colon != ':')
		return stop_name(s, p, colon);
	return http_take_line_end(s, http_scan_text(colon + 1, s->end), HTTP_CONTROL);
}

/* What stands where a field line should and is no clean one. */
static __attribute__((noinline)) const uint8_t *take_odd_field(
    struct http_scan *s, const uint8_t *p, struct http_field *f, const struct http_field *last)
{
	if (http_is_space(*p) && !http_tolerate(s, s->msg->nfields ? HTTP_OBS_FOLD : HTTP_LEADING_SPACE, p))
		return NULL;
	if (f == last)
		return http_stop(s, -HTTP_TOO_MANY_FIELDS);
	return s->lenient ? http_take_field_lenient(s, p, f) : stop_field(s, p);
}

/* The Host field as nearly every request has it: first, and a plain name.  NULL when it is another line. */
static inline const uint8_t *take_plain_host(struct http_scan *s, const uint8_t *p)
{
	struct http_msg *m = s->msg;
	const uint8_t *value = p + 6, *cr;

	if (!m->request || !s->max_fields || s->end - p < 8 || memcmp(p, "Host: ", 6) != 0)
		return NULL;
	cr = http_scan(value, s->end, HTTP_NAME);
	if (cr == value || s->end - cr < 2 || cr[0] != '\r' || cr[1] != '\n' ||
	    !http_line_is_whole(s, cr + 2))
		return NULL;
	m->host_field = slice_of(value, (size_t)(cr - value));
	if (!m->host.p)
		m->host = m->host_field;
	m->fields[0] = (struct http_field){ slice_of(p, 4), m->host_field };
	m->nfields = 1;
	return cr + 2;
}

/* More than one line at once, unless the head ends here. */
static inline const uint8_t *take_block(struct http_scan *s, const uint8_t *p)
{
	return s->plain || p == s->end || *p == '\r' ? p : http_fields_by_block(s, p);
}

/* The field lines and the empty line behind them.  The first one is read as it is, because the head may well end
 * behind it. */
static inline __attribute__((always_inline)) const uint8_t *take_fields(struct http_scan *s, const uint8_t *p)
{
	struct http_field *f, *last = s->msg->fields + s->max_fields;
	const uint8_t *next = take_plain_host(s, p);

	if (next && !(p = take_block(s, next)))
		return NULL;
	for (;;) {
		if (p == s->end)
			return http_stop(s, 0);
		if (*p == '\r' || *p == '\n')
			return http_take_line_end(s, p, HTTP_NO_COLON);
		f = s->msg->fields + s->msg->nfields;
		next = f < last ? clean_field(s, p, f) : NULL;
		if (!next && !(next = take_odd_field(s, p, f, last)))
			return NULL;
		s->msg->nfields++;
		if (!http_fact_taken(s, f))
			return NULL;
		p = take_block(s, next);
		if (!p)
			return NULL;
	}
}

/* Is the head still open for certain, by a look at the new bytes alone?  So it is when they go on with a field line and
 * can neither end it nor be wrong: in a value all text is fine, in a name (or a value without more) only tokens. */
static __attribute__((noinline)) bool still_open(
    struct slice in, size_t seen, const struct http_limits *limits)
{
	const uint8_t *p = in.p, *old = in.p + seen, *line;
	bool value;

	if (seen > in.n || in.n >= limits->head || old[-1] == '\r' || old[-1] == '\n')
		return false;
	while (*p == '\r' || *p == '\n')
		p++;
	line = memrchr(p, '\n', (size_t)(old - p));
	if (!line)
		return false;
	value = memchr(line, ':', (size_t)(old - line));
	p = value ? http_scan_text(old, in.p + in.n) : http_scan(old, in.p + in.n, HTTP_TOKEN);
	return p == in.p + in.n;
}

static const struct http_limits default_limits = { HTTP_LINE_MAX, HTTP_HEAD_MAX, HTTP_FIELDS_MAX };

/* Everything but the fields, by 16 bytes: a memset of this size costs as much as a short head, and so does a row of
 * assignments. */
static inline void msg_clear(struct http_msg *m)
{
	const size_t n = offsetof(struct http_msg, fields);
	uint8_t *p = (uint8_t *)m;
	size_t i;

#pragma GCC unroll 16
	for (i = 0; i + 16 < n; i += 16)
		memset(p + i, 0, 16);
	memset(p + n - 16, 0, 16);
	m->content_length = -1;
}

static inline void scan_init(
    struct http_scan *s, struct slice in, const struct http_limits *limits, int flags, struct http_msg *out)
{
	msg_clear(out);
	*s = (struct http_scan){ .end = in.p + in.n, .msg = out };
	if (in.n > limits->head)
		s->end = in.p + limits->head;
	s->start = in.p;
	s->lenient = flags & HTTP_LENIENT;
	s->plain = flags & HTTP_PLAIN;
	s->max_fields = limits->fields < HTTP_FIELDS_MAX ? limits->fields : HTTP_FIELDS_MAX;
}

/* Reads the start-line with the input clipped to the limit of a line, so that a line that does not
 * end within it fails there, whatever else it holds behind. */
static inline __attribute__((always_inline)) const uint8_t *take_start_line(
    struct http_scan *s, const uint8_t *p, const struct http_limits *limits, bool request)
{
	const uint8_t *end = s->end;
	bool full = (size_t)(end - p) >= limits->line;

	if (full)
		s->end = p + limits->line;
	p = request ? take_request_line(s, p) : take_status_line(s, p);
	if (!p && s->verdict == 0 && full)
		return http_stop(s, -HTTP_LINE_TOO_LONG);
	s->end = end;
	return p;
}

/* The result of a pass that ended at p. */
static ssize_t finish(
    struct http_scan *s, struct slice in, const struct http_limits *limits, const uint8_t *p)
{
	if (!p)
		return s->verdict == 0 && in.n >= limits->head ? -HTTP_HEAD_TOO_LARGE : s->verdict;
	s->msg->head_len = (uint32_t)(p - in.p);
	return p - in.p;
}

static inline __attribute__((always_inline)) ssize_t parse_head(struct slice in, size_t seen,
    const struct http_limits *limits, int flags, struct http_msg *out, bool request)
{
	struct http_scan s;
	const uint8_t *p;

	limits = limits ? limits : &default_limits;
	if (in.n == 0 || (seen && still_open(in, seen, limits)))
		return 0;
	scan_init(&s, in, limits, flags, out);
	out->request = request;
	p = *in.p == '\r' || *in.p == '\n' ? take_blank_lines(&s, in.p, request) : in.p;
	if (p)
		p = take_start_line(&s, p, limits, request);
	if (p)
		p = take_fields(&s, p);
	if (p && (s.verdict = http_facts_end(&s)) < 0)
		p = NULL;
	return finish(&s, in, limits, p);
}

ssize_t http_parse_request(
    struct slice in, size_t seen, const struct http_limits *limits, int flags, struct http_msg *out)
{
	return parse_head(in, seen, limits, flags, out, true);
}

ssize_t http_parse_response(
    struct slice in, size_t seen, const struct http_limits *limits, int flags, struct http_msg *out)
{
	return parse_head(in, seen, limits, flags, out, false);
}

ssize_t http_parse_fields(struct slice in, const struct http_limits *limits, int flags, struct http_msg *out)
{
	struct http_scan s;

	if (in.n == 0)
		return 0;
	limits = limits ? limits : &default_limits;
	scan_init(&s, in, limits, flags, out);
	s.section = true;
	return finish(&s, in, limits, take_fields(&s, in.p));
}
