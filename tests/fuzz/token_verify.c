/* Exercises verifying: the bytes as a token (never right), and as the claims of one that is rightly signed,
 * where what is accepted must keep every rule. */
#include "token/jwt.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1000 };

static int verify(const struct token_key *key, struct slice token, struct arena *a, struct token_claims *out)
{
	const struct token_policy p = { .key = key, .iss = "i", .aud = "a", .now = NOW, .leeway = 5 };
	int rc = token_verify(&p, token, a, out);

	assert(rc <= 0 && rc > -TOKEN_FAULTS && rc != -TOKEN_NO_MEMORY);
	assert(rc == 0 || (out->sub.n == 0 && out->json.n == 0));
	return rc;
}

static void check_claims(const struct token_key *key, struct slice text)
{
	char *more = calloc(1, text.n + 1);
	struct token_new t = { .more = more };
	struct token_claims c;
	struct arena a;
	struct buf token;
	int rc;

	memcpy(more, text.p, text.n);
	buf_init(&token, 0);
	arena_init(&a, 1 << 18);
	if (token_sign(key, &t, &token, NULL) == 0) {
		rc = verify(key, buf_view(&token), &a, &c);
		assert(rc != -TOKEN_SIGNATURE && rc != -TOKEN_ALG && rc != -TOKEN_CRIT);
		if (rc == 0) {
			assert(c.has_exp && c.exp + 5 > NOW && (!c.has_nbf || c.nbf <= NOW + 5));
			assert(slice_eq_str(c.iss, "i") && c.sub.n > 0 && slice_find(c.aud, SLICE("a")) >= 0);
		}
		if (token.n <= TOKEN_SIZE_MAX && rc != -TOKEN_BAD_FORM)
			assert(token_signature_ok(slice_of(key->bytes, key->n), buf_view(&token)) == 1);
	}
	arena_fini(&a);
	buf_fini(&token);
	free(more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct token_key key;
	struct token_claims c;
	struct arena a;

	if (size == 0 ||
	    token_key_init(&key, TOKEN_HS256, SLICE("0123456789abcdef0123456789abcdef"), NULL) < 0)
		return 0;
	arena_init(&a, 1 << 18);
	assert(verify(&key, slice_of(data, size), &a, &c) < 0);
	arena_fini(&a);
	check_claims(&key, slice_of(data, size));
	return 0;
}
