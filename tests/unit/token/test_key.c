/* Which kind of key a PEM text holds, and public-key tokens signed and verified with real keys. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "keys.h"
#include "token/jwt.h"
#include "token/key.h"

#include <stdlib.h>

static enum key_kind look(const char *text, size_t n, size_t *bits)
{
	char *copy = malloc(n + !n); /* exact size: an over-read would be seen */
	enum key_kind kind;

	memcpy(copy, text, n);
	kind = key_look(slice_of(copy, n), bits);
	free(copy);
	return kind;
}

static void test_kinds(void **state)
{
	size_t bits;

	assert_int_equal(look(p256_public, strlen(p256_public), &bits), KEY_P256);
	assert_int_equal(look(p384_public, strlen(p384_public), &bits), KEY_UNKNOWN);
	assert_int_equal(look(rsa_public, strlen(rsa_public), &bits), KEY_RSA);
	assert_int_equal(bits, 2048);
	assert_int_equal(look(rsa1024_public, strlen(rsa1024_public), &bits), KEY_RSA);
	assert_int_equal(bits, 1024);
	assert_int_equal(look(rsa_private, strlen(rsa_private), &bits), KEY_PRIVATE);
	assert_int_equal(look(p256_private, strlen(p256_private), &bits), KEY_PRIVATE);
	assert_int_equal(look("secret", 6, &bits), KEY_NOT_PEM);
	assert_int_equal(look("", 0, &bits), KEY_NOT_PEM);
}

/* A key cut short is no key until its last line is there. */
static void test_every_prefix(void **state)
{
	size_t whole = strlen(rsa_public) - 1, bits;

	for (size_t n = 0; n < whole; n++)
		assert_in_range(look(rsa_public, n, &bits), KEY_NOT_PEM, KEY_UNKNOWN);
	assert_int_equal(look(rsa_public, whole, &bits), KEY_RSA); /* without the last end of line */
}

static void test_damaged(void **state)
{
	size_t n = strlen(p256_public), bits;
	char *copy = strdup(p256_public);

	for (size_t i = 27; i < n - 25; i++) {
		copy[i] ^= 5;
		(void)look(copy, n, &bits); /* whatever it says, it must not crash */
		copy[i] = '!';
		assert_int_equal(look(copy, n, &bits), KEY_UNKNOWN);
		copy[i] = p256_public[i];
	}
	free(copy);
	copy = calloc(1, 20000);
	memcpy(copy, "-----BEGIN PUBLIC KEY-----", 26);
	memset(copy + 26, 'A', 19000);
	memcpy(copy + 19026, "-----END PUBLIC KEY-----", 24);
	assert_int_equal(look(copy, 19050, &bits), KEY_UNKNOWN); /* far too long */
	free(copy);
}

static void test_key_init(void **state)
{
	struct token_key k;
	struct err e;

	assert_int_equal(token_key_init(&k, TOKEN_HS256, SLICE(p256_public), &e), -1);
	assert_int_equal(token_key_init(&k, TOKEN_HS256, SLICE(rsa_private), &e), -1);
	assert_int_equal(token_key_init(&k, TOKEN_RS256, SLICE(p256_public), &e), -1);
	assert_int_equal(token_key_init(&k, TOKEN_RS256, SLICE("0123456789abcdef0123456789abcdef"), &e), -1);
	assert_int_equal(token_key_init(&k, TOKEN_RS256, SLICE(rsa1024_public), &e), -1);
	assert_non_null(strstr(e.msg, "1024 bits"));
	assert_int_equal(token_key_init(&k, TOKEN_ES256, SLICE(p384_public), &e), -1);
	assert_int_equal(token_key_init(&k, TOKEN_ES256, SLICE(rsa_public), &e), -1);
	assert_int_equal(token_key_init(&k, TOKEN_ES256, SLICE(p256_public), &e), 0);
	assert_false(k.can_sign);
	assert_int_equal(token_key_init(&k, TOKEN_ES256, SLICE(p256_private), &e), 0);
	assert_true(k.can_sign);
}

/* Signed with the private key, verified with the public one, and with nothing else. */
static void round_trip(enum token_alg alg, struct slice private, struct slice public, struct slice other)
{
	struct token_policy policy = { .now = 100 };
	struct token_claims claims;
	struct token_key key;
	struct arena a;
	struct buf token;
	struct err e;

	arena_init(&a, 0);
	buf_init(&token, 0);
	policy.key = &key;
	assert_int_equal(token_key_init(&key, alg, private, &e), 0);
	assert_int_equal(token_sign(&key, &(struct token_new){ .sub = "kim", .exp = 200 }, &token, &e), 0);
	assert_int_equal(
	    token_verify(&policy, buf_view(&token), &a, &claims), -TOKEN_SIGNATURE); /* private */
	assert_int_equal(token_key_init(&key, alg, public, &e), 0);
	assert_int_equal(token_sign(&key, &(struct token_new){ .sub = "kim" }, &token, &e), -1);
	assert_int_equal(token_verify(&policy, buf_view(&token), &a, &claims), 0);
	assert_true(slice_eq_str(claims.sub, "kim"));
	policy.now = 200;
	assert_int_equal(token_verify(&policy, buf_view(&token), &a, &claims), -TOKEN_EXPIRED);
	policy.now = 100;
	token.p[token.n - 10] ^= 1;
	assert_true(token_verify(&policy, buf_view(&token), &a, &claims) < 0);
	token.p[token.n - 10] ^= 1;
	assert_int_equal(token_key_init(&key, alg == TOKEN_RS256 ? TOKEN_ES256 : TOKEN_RS256, other, &e), 0);
	assert_int_equal(token_verify(&policy, buf_view(&token), &a, &claims), -TOKEN_ALG);
	buf_fini(&token);
	arena_fini(&a);
}

static void test_public_key_tokens(void **state)
{
	round_trip(TOKEN_ES256, SLICE(p256_private), SLICE(p256_public), SLICE(rsa_public));
	round_trip(TOKEN_RS256, SLICE(rsa_private), SLICE(rsa_public), SLICE(p256_public));
}

/* RFC 8725 2.1: a token "signed" by HMAC under the public key's text. */
static void test_confusion(void **state)
{
	struct token_key hmac = { .alg = TOKEN_HS256,
		.bytes = (const uint8_t *)rsa_public,
		.n = sizeof(rsa_public) - 1,
		.can_sign = true };
	struct token_policy policy = { .now = 100 };
	struct token_claims claims;
	struct token_key key;
	struct arena a;
	struct buf token;
	struct err e;

	arena_init(&a, 0);
	buf_init(&token, 0);
	policy.key = &key;
	assert_int_equal(token_sign(&hmac, &(struct token_new){ .sub = "kim", .exp = 200 }, &token, &e), 0);
	assert_int_equal(token_key_init(&key, TOKEN_RS256, SLICE(rsa_public), &e), 0);
	assert_int_equal(token_verify(&policy, buf_view(&token), &a, &claims), -TOKEN_ALG);
	buf_fini(&token);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_key_init),
		cmocka_unit_test(test_public_key_tokens),
		cmocka_unit_test(test_confusion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
