/* Exercises taking a token apart for showing: what was decoded must encode to what was sent, and stay within
 * the arena. */
#include "base/base64.h"
#include "token/jwt.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decoding is strict, so a text has one encoding. */
static void check_text(struct slice token, const struct token_view *v)
{
	struct buf b;

	buf_init(&b, 0);
	base64_put(&b, v->header, BASE64_URL | BASE64_UNPADDED);
	buf_putc(&b, '.');
	base64_put(&b, v->claims.json, BASE64_URL | BASE64_UNPADDED);
	assert(slice_eq(buf_view(&b), v->signing_input));
	assert(slice_starts(token, v->signing_input));
	assert(base64_encoded_size(v->signature_size, BASE64_URL | BASE64_UNPADDED) + 1 ==
	       token.n - v->signing_input.n);
	buf_fini(&b);
}

static void check_view(struct slice token)
{
	struct token_view v;
	struct arena a;
	int rc;

	arena_init(&a, 1 << 18);
	rc = token_view(token, &a, &v);
	assert(rc == 0 || rc == -TOKEN_TOO_BIG || rc == -TOKEN_BAD_FORM);
	assert((rc == -TOKEN_TOO_BIG) == (token.n > TOKEN_SIZE_MAX));
	if (rc == 0) {
		check_text(token, &v);
		assert(v.payload_object || (v.claims.iss.n == 0 && !v.claims.has_exp));
	}
	arena_fini(&a);
	arena_init(&a, 200); /* too small for most: refused, or texts lost */
	rc = token_view(token, &a, &v);
	assert(rc <= 0 && rc > -TOKEN_FAULTS);
	arena_fini(&a);
	assert(token_signature_ok(SLICE("key"), token) <= 0);
}

/* The bytes as a token, and as the header and payload (first NUL between them) inside one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size), header;
	struct buf b;

	check_view(text);
	buf_init(&b, 0);
	header = slice_cut(&text, '\0');
	base64_put(&b, header, BASE64_URL | BASE64_UNPADDED);
	buf_putc(&b, '.');
	base64_put(&b, text, BASE64_URL | BASE64_UNPADDED);
	buf_puts(&b, ".AAAA");
	check_view(buf_view(&b));
	buf_fini(&b);
	return 0;
}
