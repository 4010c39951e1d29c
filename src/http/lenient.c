/* Field lines as sloppy peers send them: RFC 9112 5, read past every breach that leaves a line readable. */
#include "http/scan.h"

/* The name of a field for the lenient reader, which needs to see where the line ends before it can
 * say what the name is.  A line without colon leaves the name empty and the line as the value. */
static const uint8_t *take_name_lenient(struct http_scan *s, const uint8_t *p, struct slice *name)
{
	const uint8_t *start;
	struct slice bare;

	while (p < s->end && (*p == ' ' || *p == '\t'))
		p++;
	for (start = p; p < s->end && *p != ':' && *p != '\n'; p++)
		;
	if (p == s->end)
		return http_stop(s, 0);
	*name = slice_of(start, 0);
	if (*p == '\n')
		return http_tolerate(s, HTTP_NO_COLON, start);
	bare = slice_trim(slice_of(start, (size_t)(p - start)));
	if (bare.n < (size_t)(p - start))
		(void)http_breach(s, HTTP_SPACE_BEFORE_COLON);
	*name = bare;
	if (!http_all(*name, HTTP_TOKEN))
		(void)http_breach(s, HTTP_BAD_NAME);
	return p + 1;
}

/* A run of what the lenient reader takes for one line of a value: up to its line end. */
static const uint8_t *take_text_lenient(struct http_scan *s, const uint8_t *p)
{
	for (;;) {
		p = http_scan_text(p, s->end);
		if (p == s->end || (*p == '\r' && p + 1 == s->end))
			return http_stop(s, 0);
		if (*p == '\n' || (*p == '\r' && p[1] == '\n'))
			return p;
		(void)http_breach(s, *p == '\r' ? HTTP_BARE_CR : HTTP_CONTROL);
		p++;
	}
}

const uint8_t *http_take_field_lenient(struct http_scan *s, const uint8_t *p, struct http_field *f)
{
	const uint8_t *start, *stopped;

	p = take_name_lenient(s, p, &f->name);
	if (!p)
		return NULL;
	start = p;
	for (;;) {
		stopped = take_text_lenient(s, p);
		if (!stopped)
			return NULL;
		p = http_take_line_end(s, stopped, HTTP_CONTROL);
		if (p == s->end)
			return http_stop(s, 0);
		if (*p != ' ' && *p != '\t')
			break;
		(void)http_breach(s, HTTP_OBS_FOLD);
	}
	f->value = slice_trim(slice_of(start, (size_t)(stopped - start)));
	return p;
}
