/* Exercises URLs, paths, escapes and forms: a resolved path never climbs, encoding is undone by
 * decoding. */
#include "http/url.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(struct slice in)
{
	char *out = malloc(in.n + 2);
	ssize_t n = http_url_path(in, out, in.n + 2);
	struct slice rest, segment;

	if (n > 0) {
		assert(out[0] == '/' && out[n] == '\0' && strlen(out) == (size_t)n);
		rest = slice_of(out + 1, (size_t)n - 1);
		while (rest.p) {
			segment = slice_cut(&rest, '/');
			assert(!slice_eq_str(segment, ".") && !slice_eq_str(segment, ".."));
		}
	}
	assert(n != 0);
	free(out);
}

static void check_escapes(struct slice in)
{
	struct buf out = { 0 };
	uint8_t *plain = malloc(in.n + !in.n);

	assert(http_percent_encode(&out, in) == 0);
	assert(http_percent_decode(buf_view(&out), 0, plain, in.n) == (ssize_t)in.n);
	assert(slice_eq(slice_of(plain, in.n), in));
	assert(http_percent_decode(in, HTTP_DECODE_PLUS | HTTP_DECODE_RAW, plain, in.n) >= 0);
	free(plain);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size), rest = in, name, value;
	struct http_url url;
	char text[64];

	check_path(in);
	check_escapes(in);
	if (http_url_parse(in, &url) == 0)
		assert(url.host.n > 0 && url.port <= 65535 && url.path.p);
	http_url_split(in, &name, &value);
	assert(name.n + value.n + (value.p != NULL) == size);
	while (http_form_next(&rest, &name, &value))
		assert(slice_chr(name, '=') < 0 && slice_chr(name, '&') < 0);
	(void)http_form_get(in, "a", text, sizeof(text));
	return 0;
}
