/* Reading message heads.  RFC 9112 2 to 6; the Host rules of 3.2 and the framing rules of 6.3 are
 * checked in the same pass.  See parse.h for the promise that keeps the verdict independent of the
 * cuts. */
#include "http/parse.h"

#include "http/facts.h"
#include "http/octet.h"
#include "http/scan.h"
#include "http/url.h"

/* Every step_ function moves s->p and returns 1 when it is done, 0 when the input ends within it,
 * or
 * -(enum http_reason). */

/* Steps over CRLF.  `other` is the reason when something else stands there. */
static int step_line_end(struct http_scan *s, enum http_reason other)
{
	if (s->p == s->end)
		return 0;
	if (*s->p == '\n') {
		s->p++;
		return http_breach(s, HTTP_BARE_LF);
	}
	if (*s->p != '\r')
		return -(int)other;
	if (s->p + 1 == s->end)
		return 0;
	if (s->p[1] != '\n')
		return -HTTP_BARE_CR;
	s->p += 2;
	return 1;
}

/* Steps over the empty lines before a message: `allowed` of them are fine. */
static int step_blank_lines(struct http_scan *s, unsigned allowed)
{
	unsigned seen = 0;
	int r;

	for (;;) {
		if (s->p == s->end)
			return 0;
		if (*s->p != '\r' && *s->p != '\n')
			return 1;
		if (++seen > allowed && (r = http_breach(s, HTTP_BLANK_LINES)) < 0)
			return r;
		r = step_line_end(s, HTTP_BAD_METHOD);
		if (r <= 0)
			return r;
	}
}

/* "HTTP/1.x", octet by octet, so that a wrong one is known at once. */
static int step_version(struct http_scan *s)
{
	static const char shape[] = "HTTP/1.1";
	size_t i;

	if (s->end - s->p >= 8 && memcmp(s->p, shape, 7) == 0 &&
	    http_octet_is(s->p[7], HTTP_DIGIT)) {
		s->msg->major = 1;
		s->msg->minor = s->p[7] - '0';
		s->p += 8;
		return 1;
	}
	for (i = 0; i < 8; i++) {
		if (s->p + i == s->end)
			return 0;
		if (i == 5 && http_octet_is(s->p[i], HTTP_DIGIT) && s->p[i] != '1')
			return -HTTP_OTHER_MAJOR;
		if (s->p[i] != (uint8_t)shape[i] && (i != 7 || !http_octet_is(s->p[i], HTTP_DIGIT)))
			return -HTTP_BAD_VERSION;
	}
	return -HTTP_BAD_VERSION;
}

static int step_method(struct http_scan *s)
{
	const uint8_t *start = s->p;

	s->p = http_scan_token(s->p, s->end);
	if (s->p == s->end)
		return 0;
	if (*s->p != ' ' || s->p == start)
		return -HTTP_BAD_METHOD;
	s->msg->method_text = slice_of(start, (size_t)(s->p - start));
	s->msg->method = http_method_of(s->msg->method_text);
	s->p++;
	return 1;
}

/* An octet that stops the run of plain target octets: '?', an escape, or what no target has. */
static int step_target_octet(struct http_scan *s)
{
	if (*s->p == '?') {
		if (!s->question)
			s->question = s->p;
		s->p++;
		return 1;
	}
	if (*s->p == '%') {
		if (s->p + 1 == s->end || (http_octet_is(s->p[1], HTTP_HEX) && s->p + 2 == s->end))
			return 0;
		if (http_octet_is(s->p[1], HTTP_HEX) && http_octet_is(s->p[2], HTTP_HEX)) {
			s->p += 3;
			return 1;
		}
	}
	s->p++;
	return http_breach(s, HTTP_BAD_TARGET);
}

static int step_target(struct http_scan *s)
{
	const uint8_t *start = s->p;
	int r;

	for (;;) {
		while (s->p < s->end && http_octet_is(*s->p, HTTP_TARGET))
			s->p++;
		if (s->p == s->end)
			return 0;
		if (*s->p == ' ' || *s->p == '\r' || *s->p == '\n')
			break;
		r = step_target_octet(s);
		if (r <= 0)
			return r;
	}
	if (s->p == start)
		return -HTTP_BAD_REQUEST_LINE;
	if (*s->p != ' ')
		return -HTTP_NO_VERSION;
	s->msg->target = slice_of(start, (size_t)(s->p - start));
	s->p++;
	return 1;
}

/* scheme "://" authority [path] ["?" query] */
static int absolute_form(struct http_msg *m)
{
	struct http_url url;

	if (http_url_parse(m->target, &url) < 0)
		return url.scheme.n ? -HTTP_BAD_AUTHORITY : -HTTP_BAD_TARGET_FORM;
	if (url.userinfo.p) /* RFC 9110 4.2.4: it could pass for the host */
		return -HTTP_BAD_AUTHORITY;
	m->host = slice_of(url.host.p, (size_t)(url.path.p - url.host.p));
	m->form = HTTP_ABSOLUTE;
	m->path = url.path.n ? url.path : SLICE("/");
	m->query = url.query;
	return 1;
}

static int authority_form(struct http_msg *m)
{
	struct slice host;
	int32_t port;

	if (http_authority_split(m->target, &host, &port) < 0 || port < 0)
		return -HTTP_BAD_AUTHORITY;
	m->form = HTTP_AUTHORITY;
	m->host = m->target;
	return 1;
}

/* Which of the four forms the target has, and whether its method may use it (RFC 9112 3.2). */
static int target_form(struct http_scan *s)
{
	struct http_msg *m = s->msg;

	if (m->method == HTTP_CONNECT)
		return authority_form(m);
	if (m->target.p[0] == '/') {
		m->path = m->target;
		if (s->question) {
			m->path.n = (size_t)(s->question - m->path.p);
			m->query = slice_skip(m->target, m->path.n + 1);
		}
		return 1;
	}
	if (m->target.n == 1 && m->target.p[0] == '*') {
		m->form = HTTP_ASTERISK;
		m->path = m->target;
		return m->method == HTTP_OPTIONS ? 1 : http_breach(s, HTTP_BAD_TARGET_FORM);
	}
	return absolute_form(m);
}

static int step_request_line(struct http_scan *s)
{
	int r;

	if ((r = step_method(s)) <= 0 || (r = step_target(s)) <= 0 || (r = step_version(s)) <= 0 ||
	    (r = step_line_end(s, HTTP_BAD_VERSION)) <= 0)
		return r;
	r = target_form(s);
	if (r < 0 && s->lenient) {
		s->msg->path = s->msg->target;
		return http_breach(s, (enum http_reason) - r);
	}
	return r;
}

/* [SP phrase] CRLF */
static int step_phrase(struct http_scan *s)
{
	const uint8_t *start;

	if (s->p == s->end)
		return 0;
	if (*s->p == ' ')
		s->p++;
	else if (*s->p != '\r' && *s->p != '\n')
		return -HTTP_BAD_STATUS;
	start = s->p;
	s->p = http_scan_text(s->p, s->end);
	s->msg->reason = slice_of(start, (size_t)(s->p - start));
	return step_line_end(s, HTTP_CONTROL);
}

static int step_status_line(struct http_scan *s)
{
	int i, r = step_version(s);

	if (r <= 0)
		return r;
	if (s->p == s->end)
		return 0;
	if (*s->p++ != ' ')
		return -HTTP_BAD_VERSION;
	for (i = 0; i < 3; i++, s->p++) {
		if (s->p == s->end)
			return 0;
		if (!http_octet_is(*s->p, HTTP_DIGIT) || (i == 0 && *s->p == '0'))
			return -HTTP_BAD_STATUS;
		s->msg->status = (uint16_t)(s->msg->status * 10 + *s->p - '0');
	}
	return step_phrase(s);
}

/* The name of a field and its colon; strict. */
static int step_name(struct http_scan *s, struct slice *name)
{
	const uint8_t *start = s->p;

	s->p = http_scan_token(s->p, s->end);
	if (s->p == s->end)
		return 0;
	if (*s->p == ':' && s->p > start) {
		*name = slice_of(start, (size_t)(s->p - start));
		s->p++;
		return 1;
	}
	if (s->p == start)
		return -HTTP_BAD_NAME;
	if (*s->p == ' ' || *s->p == '\t')
		return -HTTP_SPACE_BEFORE_COLON;
	return *s->p == '\r' || *s->p == '\n' ? -HTTP_NO_COLON : -HTTP_BAD_NAME;
}

/* The same for the lenient reader, which needs to see where the line ends before it can say what
 * the name is.  A line without colon leaves the name empty and the line as the value. */
static int step_name_lenient(struct http_scan *s, struct slice *name)
{
	const uint8_t *start = s->p, *at = s->p;
	struct slice bare;

	while (at < s->end && *at != ':' && *at != '\n')
		at++;
	if (at == s->end)
		return 0;
	*name = slice_of(start, 0);
	if (*at == '\n')
		return http_breach(s, HTTP_NO_COLON);
	*name = slice_of(start, (size_t)(at - start));
	bare = slice_trim(*name);
	if (bare.n < name->n)
		(void)http_breach(s, HTTP_SPACE_BEFORE_COLON);
	*name = bare;
	if (!http_all(*name, HTTP_TOKEN))
		(void)http_breach(s, HTTP_BAD_NAME);
	s->p = at + 1;
	return 1;
}

/* For the lenient reader, at an octet that ends no line and should not be in a value. */
static int step_value_breach(struct http_scan *s)
{
	if (*s->p == '\r' && s->p + 1 == s->end)
		return 0;
	(void)http_breach(s, *s->p == '\r' ? HTTP_BARE_CR : HTTP_CONTROL);
	s->p++;
	return 1;
}

/* For the lenient reader, behind a line of a value: 1 when it is folded onto the next, -1 when not.
 */
static int is_folded(struct http_scan *s)
{
	if (s->p == s->end)
		return 0;
	if (*s->p != ' ' && *s->p != '\t')
		return -1;
	(void)http_breach(s, HTTP_OBS_FOLD);
	return 1;
}

static int step_value_lenient(struct http_scan *s, struct slice *value)
{
	const uint8_t *start = s->p, *stop;
	int r;

	for (;;) {
		s->p = http_scan_text(s->p, s->end);
		if (s->p == s->end)
			return 0;
		stop = s->p;
		if (*s->p != '\n' && (s->p + 1 == s->end || *s->p != '\r' || s->p[1] != '\n')) {
			if ((r = step_value_breach(s)) <= 0)
				return r;
			continue;
		}
		(void)step_line_end(s, HTTP_CONTROL);
		r = is_folded(s);
		if (r <= 0)
			break;
	}
	*value = slice_trim(slice_of(start, (size_t)(stop - start)));
	return r == 0 ? 0 : 1;
}

/* The value of a field, from behind the colon through the end of its line; white space is cut off.
 */
static int step_value(struct http_scan *s, struct slice *value)
{
	const uint8_t *start, *stop;
	int r;

	if (s->lenient)
		return step_value_lenient(s, value);
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
	start = s->p;
	stop = s->p = http_scan_text(s->p, s->end);
	r = step_line_end(s, HTTP_CONTROL);
	if (r <= 0)
		return r;
	while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t'))
		stop--;
	*value = slice_of(start, (size_t)(stop - start));
	return 1;
}

static int step_field(struct http_scan *s)
{
	struct http_field *f = &s->msg->fields[s->msg->nfields];
	int r;

	if (s->msg->nfields == s->max_fields)
		return -HTTP_TOO_MANY_FIELDS;
	r = s->lenient ? step_name_lenient(s, &f->name) : step_name(s, &f->name);
	if (r <= 0 || (r = step_value(s, &f->value)) <= 0)
		return r;
	s->msg->nfields++;
	return http_fact(s, f);
}

/* The field lines and the empty line behind them. */
static int step_fields(struct http_scan *s)
{
	int r;

	for (;;) {
		if (s->p == s->end)
			return 0;
		if (*s->p == '\r' || *s->p == '\n')
			return step_line_end(s, HTTP_NO_COLON);
		if (*s->p == ' ' || *s->p == '\t') {
			r = http_breach(s, s->msg->nfields ? HTTP_OBS_FOLD : HTTP_LEADING_SPACE);
			if (r < 0)
				return r;
		}
		r = step_field(s);
		if (r <= 0)
			return r;
	}
}

/* Is the head still open for certain, by a look at the new bytes alone?  So it is when the first
 * line was complete before, the last old octet was within a field line, and only token octets came:
 * these can neither end a name or value nor be wrong in one. */
static bool still_open(struct slice in, size_t seen, const struct http_limits *limits)
{
	size_t i;

	if (seen == 0 || seen > in.n || in.n >= limits->head)
		return false;
	if (in.p[seen - 1] == '\r' || in.p[seen - 1] == '\n')
		return false;
	for (i = seen; i < in.n; i++)
		if (!http_octet_is(in.p[i], HTTP_TOKEN))
			return false;
	for (i = 0; i < seen && (in.p[i] == '\r' || in.p[i] == '\n'); i++)
		;
	return memchr(in.p + i, '\n', seen - i) != NULL;
}

static const struct http_limits default_limits = { HTTP_LINE_MAX, HTTP_HEAD_MAX, HTTP_FIELDS_MAX };

static void scan_init(struct http_scan *s, struct slice in, const struct http_limits *limits,
    int flags, struct http_msg *out)
{
	memset(out, 0, offsetof(struct http_msg, fields));
	out->content_length = -1;
	*s = (struct http_scan){ .start = in.p, .p = in.p, .end = in.p + in.n, .msg = out };
	if (in.n > limits->head)
		s->end = in.p + limits->head;
	s->lenient = flags & HTTP_LENIENT;
	s->max_fields = limits->fields < HTTP_FIELDS_MAX ? limits->fields : HTTP_FIELDS_MAX;
}

/* Runs `step` over the start-line with the input clipped to the limit of a line, so that a line
 * that does not end within it fails there, whatever else it holds behind. */
static int start_line(
    struct http_scan *s, const struct http_limits *limits, int (*step)(struct http_scan *))
{
	const uint8_t *end = s->end;
	bool full;
	int r;

	if ((size_t)(end - s->p) > limits->line)
		s->end = s->p + limits->line;
	full = (size_t)(s->end - s->p) >= limits->line;
	r = step(s);
	if (r == 0 && full)
		return -HTTP_LINE_TOO_LONG;
	s->end = end;
	return r;
}

static ssize_t finish(struct http_scan *s, struct slice in, const struct http_limits *limits, int r)
{
	if (r == 0 && in.n >= limits->head)
		return -HTTP_HEAD_TOO_LARGE;
	if (r <= 0)
		return r;
	s->msg->head_len = (uint32_t)(s->p - s->start);
	return (ssize_t)s->msg->head_len;
}

ssize_t http_parse_request(
    struct slice in, size_t seen, const struct http_limits *limits, int flags, struct http_msg *out)
{
	struct http_scan s;
	int r;

	limits = limits ? limits : &default_limits;
	if (still_open(in, seen, limits))
		return 0;
	scan_init(&s, in, limits, flags, out);
	out->request = true;
	r = step_blank_lines(&s, 1);
	if (r > 0)
		r = start_line(&s, limits, step_request_line);
	if (r > 0)
		r = step_fields(&s);
	if (r > 0)
		r = http_facts_end(&s);
	return finish(&s, in, limits, r);
}

ssize_t http_parse_response(
    struct slice in, size_t seen, const struct http_limits *limits, int flags, struct http_msg *out)
{
	struct http_scan s;
	int r;

	limits = limits ? limits : &default_limits;
	if (still_open(in, seen, limits))
		return 0;
	scan_init(&s, in, limits, flags, out);
	r = step_blank_lines(&s, 0);
	if (r > 0)
		r = start_line(&s, limits, step_status_line);
	if (r > 0)
		r = step_fields(&s);
	if (r > 0)
		r = http_facts_end(&s);
	return finish(&s, in, limits, r);
}

ssize_t http_parse_fields(
    struct slice in, const struct http_limits *limits, int flags, struct http_msg *out)
{
	struct http_scan s;

	limits = limits ? limits : &default_limits;
	scan_init(&s, in, limits, flags, out);
	s.section = true;
	return finish(&s, in, limits, step_fields(&s));
}
