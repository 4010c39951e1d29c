/* Exercises http_parse_response, the framing decision and http_parse_fields; the verdict must not
 * depend on the cuts nor on the path (plain C or vector instructions). */
#include "../unit/http/same.h"
#include "http/write.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cut(struct slice in, size_t cut, int flags, ssize_t whole)
{
	struct http_msg m;
	ssize_t r = parse_same(http_parse_response, slice_sub(in, 0, cut), 0, NULL, flags, &m);

	if (r != 0)
		assert(r == whole);
	else
		assert(parse_same(http_parse_response, in, cut, NULL, flags, &m) == whole);
}

static void check_framing(const struct http_msg *m)
{
	int method;

	for (method = HTTP_OTHER; method <= HTTP_PATCH; method++) {
		enum http_framing f = http_response_framing(m, (enum http_method)method);

		assert(f != HTTP_LENGTH || m->content_length >= 0);
		assert(f != HTTP_CHUNKED || m->chunked);
	}
	(void)http_persistent(m);
}

/* The fields of an accepted head alone are an accepted section. */
static void check_section(const struct http_msg *m, struct slice in)
{
	struct http_msg section;
	ssize_t line = slice_chr(in, '\n') + 1;

	assert(http_parse_fields(slice_skip(in, (size_t)line), NULL, 0, &section) ==
	       (ssize_t)m->head_len - line);
	assert(section.nfields == m->nfields);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size);
	struct http_msg m;
	ssize_t strict = parse_same(http_parse_response, in, 0, NULL, 0, &m), lenient;
	size_t cut;

	assert(strict <= (ssize_t)size && strict > -HTTP_REASON_COUNT);
	if (strict > 0) {
		assert(m.status >= 100 && m.status <= 999);
		check_framing(&m);
		check_section(&m, in);
	}
	lenient = parse_same(http_parse_response, in, 0, NULL, HTTP_LENIENT, &m);
	if (strict > 0)
		assert(lenient == strict && m.tolerated == 0);
	for (cut = 0; cut < size && cut < 512; cut += 1 + size / 64) {
		check_cut(in, cut, 0, strict);
		check_cut(in, cut, HTTP_LENIENT, lenient);
	}
	(void)http_parse_fields(in, NULL, 0, &m);
	(void)http_parse_fields(in, NULL, HTTP_LENIENT, &m);
	return 0;
}
