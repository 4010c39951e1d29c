/* Exercises http_parse_request: the verdict must not depend on the cuts nor on the
 * path (plain C or vector instructions), every slice must lie in
 * the input, what is accepted strictly must be accepted leniently without a note, and what is
 * written from it must be read back. */
#include "../unit/http/same.h"
#include "http/write.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct slice s, struct slice in)
{
	assert(s.n == 0 || (s.p >= in.p && s.p + s.n <= in.p + in.n) || slice_eq_str(s, "/"));
}

static void check_slices(const struct http_msg *m, struct slice in)
{
	unsigned i;

	inside(m->method_text, in);
	inside(m->target, in);
	inside(m->path, in);
	inside(m->query, in);
	inside(m->host, in);
	inside(m->host_field, in);
	assert(m->nfields <= HTTP_FIELDS_MAX);
	for (i = 0; i < m->nfields; i++) {
		inside(m->fields[i].name, in);
		inside(m->fields[i].value, in);
	}
}

static void check_cut(struct slice in, size_t cut, int flags, ssize_t whole)
{
	struct http_msg m;
	ssize_t r = parse_same(http_parse_request, slice_sub(in, 0, cut), 0, NULL, flags, &m);

	if (r != 0)
		assert(r == whole);
	else
		assert(parse_same(http_parse_request, in, cut, NULL, flags, &m) == whole);
}

static void check_rewritten(const struct http_msg *m)
{
	struct buf out = { 0 };
	struct http_msg again;
	ssize_t r;
	unsigned i;

	assert(http_write_request(&out, m->method_text, m->target) == 0);
	for (i = 0; i < m->nfields; i++)
		assert(http_write_field(&out, m->fields[i].name, m->fields[i].value) == 0);
	http_write_end(&out);
	r = parse_same(http_parse_request, buf_view(&out), 0, NULL, 0, &again);
	/* The version is always 1.1, which needs a Host; ": " can make the head too large. */
	if (m->minor > 0 && out.n < HTTP_HEAD_MAX) {
		assert(r == (ssize_t)out.n && again.nfields == m->nfields);
		assert(again.content_length == m->content_length && again.chunked == m->chunked);
		assert(slice_eq(again.path, m->path) && slice_eq(again.host, m->host));
	}
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size);
	struct http_msg m;
	ssize_t strict = parse_same(http_parse_request, in, 0, NULL, 0, &m), lenient;
	size_t cut;

	assert(strict <= (ssize_t)size && strict > -HTTP_REASON_COUNT);
	if (strict > 0)
		check_rewritten(&m);
	if (strict != 0)
		check_slices(&m, in);
	lenient = parse_same(http_parse_request, in, 0, NULL, HTTP_LENIENT, &m);
	if (lenient != 0)
		check_slices(&m, in);
	if (strict > 0)
		assert(lenient == strict && m.tolerated == 0);
	for (cut = 0; cut < size && cut < 512; cut += 1 + size / 64) {
		check_cut(in, cut, 0, strict);
		check_cut(in, cut, HTTP_LENIENT, lenient);
	}
	(void)http_message_looks_like(in);
	return 0;
}
