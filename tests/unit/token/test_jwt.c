/* Tokens: looking, signing, verifying, and every way in which one must be refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"
#include "keys.h"
#include "token/jwt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "0123456789abcdef0123456789abcdef"
enum { NOW = 1800000000 };

struct fixture {
	struct token_key key;
	struct token_policy policy;
	struct arena arena;
	struct buf token;
	struct token_claims claims;
	struct err e;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	arena_init(&f->arena, 0);
	buf_init(&f->token, 0);
	f->policy =
	    (struct token_policy){ .key = &f->key, .iss = "https://lab.test", .aud = "lab", .now = NOW };
	*state = f;
	return token_key_init(&f->key, TOKEN_HS256, SLICE(SECRET), &f->e);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	arena_fini(&f->arena);
	buf_fini(&f->token);
	free(f);
	return 0;
}

/* The signature made without libjwt would need a crypto library: so libjwt signs what it can, and for the
 * rest the text is swapped after the signature, which the checks before it must notice. */
static const char *sign(struct fixture *f, const char *more)
{
	struct token_new t = { .iss = "https://lab.test",
		.sub = "kim",
		.aud = "lab",
		.jti = "1",
		.iat = NOW,
		.exp = NOW + 300,
		.more = more };

	buf_clear(&f->token);
	assert_int_equal(token_sign(&f->key, &t, &f->token, &f->e), 0);
	return buf_cstr(&f->token);
}

/* A token whose claims are just these. */
static const char *sign_only(struct fixture *f, const char *claims)
{
	struct token_new t = { .more = claims };

	buf_clear(&f->token);
	assert_int_equal(token_sign(&f->key, &t, &f->token, &f->e), 0);
	return buf_cstr(&f->token);
}

static int verify(struct fixture *f, const char *token)
{
	/* An exact-size copy: an over-read would be seen. */
	size_t n = strlen(token);
	char *copy = malloc(n + !n);
	int rc;

	memcpy(copy, token, n);
	rc = token_verify(&f->policy, slice_of(copy, n), &f->arena, &f->claims);
	free(copy);
	return rc;
}

static void put_part(struct buf *b, const char *text)
{
	base64_put(b, slice_str(text), BASE64_URL | BASE64_UNPADDED);
}

/* header.payload with a signature that is not theirs. */
static const char *forge(struct fixture *f, const char *header, const char *payload)
{
	buf_clear(&f->token);
	put_part(&f->token, header);
	buf_putc(&f->token, '.');
	put_part(&f->token, payload);
	buf_putc(&f->token, '.');
	put_part(&f->token, "0123456789abcdef0123456789abcdef");
	return buf_cstr(&f->token);
}

/* --- Signing and verifying ------------------------------------------------------------------- */

static void test_round_trip(void **state)
{
	struct fixture *f = *state;
	const char *token = sign(f, "{\"role\":\"admin\"}");

	assert_int_equal(verify(f, token), 0);
	assert_true(slice_eq_str(f->claims.iss, "https://lab.test"));
	assert_true(slice_eq_str(f->claims.sub, "kim"));
	assert_true(slice_eq_str(f->claims.aud, "lab"));
	assert_true(slice_eq_str(f->claims.jti, "1"));
	assert_true(f->claims.has_exp && f->claims.exp == NOW + 300);
	assert_true(f->claims.has_iat && f->claims.iat == NOW);
	assert_false(f->claims.has_nbf);
	assert_true(slice_find(f->claims.json, SLICE("\"role\":\"admin\"")) >= 0);
}

static void test_every_hmac(void **state)
{
	static const char secret[] = SECRET SECRET;
	struct fixture *f = *state;

	for (int alg = TOKEN_HS256; alg <= TOKEN_HS512; alg++) {
		assert_int_equal(token_key_init(&f->key, (enum token_alg)alg, SLICE(secret), &f->e), 0);
		sign(f, NULL);
		for (int other = TOKEN_HS256; other <= TOKEN_HS512; other++) {
			assert_int_equal(
			    token_key_init(&f->key, (enum token_alg)other, SLICE(secret), &f->e), 0);
			assert_int_equal(verify(f, buf_cstr(&f->token)), alg == other ? 0 : -TOKEN_ALG);
		}
	}
}

/* One changed character anywhere, one missing, one more: never accepted, never read past. */
static void test_every_change(void **state)
{
	struct fixture *f = *state;
	char *token = strdup(sign(f, NULL));
	size_t n = strlen(token);

	for (size_t i = 0; i < n; i++) {
		char was = token[i];

		token[i] = was == 'A' ? 'B' : 'A';
		assert_true(verify(f, token) < 0);
		token[i] = '\0';
		assert_true(verify(f, token) < 0); /* every prefix */
		token[i] = '=';
		assert_true(verify(f, token) < 0);
		token[i] = was;
		arena_reset(&f->arena);
	}
	assert_int_equal(verify(f, token), 0);
	for (const char *tail = "A.=\n "; *tail; tail++) {
		char longer[1024];

		snprintf(longer, sizeof(longer), "%s%c", token, *tail);
		assert_true(verify(f, longer) < 0);
		snprintf(longer, sizeof(longer), "%c%s", *tail, token);
		assert_true(verify(f, longer) < 0);
	}
	free(token);
}

static void test_wrong_key(void **state)
{
	struct fixture *f = *state;

	sign(f, NULL);
	assert_int_equal(
	    token_key_init(&f->key, TOKEN_HS256, SLICE("0123456789abcdef0123456789abcdeX"), &f->e), 0);
	assert_int_equal(verify(f, buf_cstr(&f->token)), -TOKEN_SIGNATURE);
}

/* --- Headers --------------------------------------------------------------------------------- */

struct header_case {
	const char *header;
	int fault;
};

static void test_headers(void **state)
{
	static const struct header_case cases[] = {
		{ "{\"alg\":\"HS256\"}", TOKEN_SIGNATURE },
		{ "{\"alg\":\"HS256\",\"typ\":\"jwt\"}", TOKEN_SIGNATURE },
		{ "{\"alg\":\"HS256\",\"kid\":\"' OR 1=1\",\"jku\":\"http://evil.test\"}", TOKEN_SIGNATURE },
		{ "{\"alg\":\"none\"}", TOKEN_ALG },
		{ "{\"alg\":\"None\"}", TOKEN_ALG },
		{ "{\"alg\":\"hs256\"}", TOKEN_ALG },
		{ "{\"alg\":\"HS256 \"}", TOKEN_ALG },
		{ "{\"alg\":\"HS512\"}", TOKEN_ALG },
		{ "{\"alg\":\"RS256\"}", TOKEN_ALG },
		{ "{\"alg\":\"\"}", TOKEN_ALG },
		{ "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", TOKEN_CRIT },
		{ "{\"alg\":\"HS256\",\"crit\":null}", TOKEN_CRIT },
		{ "{\"alg\":\"HS256\",\"b64\":false}", TOKEN_CRIT },
		{ "{\"alg\":\"HS256\",\"typ\":\"JWE\"}", TOKEN_TYPE },
		{ "{\"alg\":\"HS256\",\"typ\":1}", TOKEN_TYPE },
		{ "{\"alg\":\"none\",\"alg\":\"HS256\"}", TOKEN_BAD_FORM },
		{ "{\"alg\":\"HS256\\u0000\"}", TOKEN_BAD_FORM },
		{ "{\"alg\":[\"HS256\"]}", TOKEN_BAD_FORM },
		{ "{\"alg\":null}", TOKEN_BAD_FORM },
		{ "{}", TOKEN_BAD_FORM },
		{ "[]", TOKEN_BAD_FORM },
		{ "", TOKEN_BAD_FORM },
		{ "{\"alg\":\"HS256\"} x", TOKEN_BAD_FORM },
		{ "{\"alg\":\"HS256\"", TOKEN_BAD_FORM },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = verify(f, forge(f, cases[i].header, "{\"sub\":\"kim\"}"));

		if (rc != -cases[i].fault)
			fail_msg("%s: %s", cases[i].header, token_fault_id(rc));
	}
}

static void test_form(void **state)
{
	static const char *const bad[] = { "", ".", "..", "...", "a", "a.b", "a.b.c.d", "e30", "e30.e30",
		".e30.AA", "e30..AA", "e30.e30.", "e30.e30.AA.", "e30.e30.AA.BB.CC", "Bearer e30.e30.AA" };
	struct fixture *f = *state;
	char *deep = calloc(1, 6001);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(verify(f, bad[i]), -TOKEN_BAD_FORM);
	assert_int_equal(verify(f, forge(f, "{\"alg\":\"HS256\"}", "[1]")), -TOKEN_BAD_FORM);
	assert_int_equal(verify(f, forge(f, "{\"alg\":\"HS256\"}", "\"text\"")), -TOKEN_BAD_FORM);
	assert_int_equal(
	    verify(f, forge(f, "{\"alg\":\"HS256\"}", "{\"sub\":\"a\",\"sub\":\"b\"}")), -TOKEN_BAD_FORM);
	assert_int_equal(verify(f, forge(f, "{\"alg\":\"HS256\"}", "{\"sub\":\"\xff\"}")), -TOKEN_BAD_FORM);
	memset(deep, '[', 6000); /* nesting is bounded by the JSON parser and by the size */
	assert_int_equal(verify(f, forge(f, "{\"alg\":\"HS256\"}", deep)), -TOKEN_BAD_FORM);
	free(deep);
}

static void test_size(void **state)
{
	struct fixture *f = *state;
	char *big = malloc(TOKEN_SIZE_MAX + 2);

	memset(big, 'A', TOKEN_SIZE_MAX + 1);
	big[TOKEN_SIZE_MAX + 1] = '\0';
	assert_int_equal(verify(f, big), -TOKEN_TOO_BIG);
	big[TOKEN_SIZE_MAX] = '\0';
	assert_int_equal(verify(f, big), -TOKEN_BAD_FORM);
	free(big);
}

/* --- Claims ---------------------------------------------------------------------------------- */

#define GOOD "\"sub\":\"kim\",\"iss\":\"https://lab.test\""

struct claims_case {
	const char *claims;
	int fault;
};

static void test_claims(void **state)
{
	static const struct claims_case cases[] = {
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":1800000001}", 0 },
		{ "{" GOOD ",\"aud\":[\"x\",\"lab\"],\"exp\":1800000001}", 0 },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":9223372036854775807}", 0 },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":1800000001,\"nbf\":1800000000}", 0 },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":1800000000}", TOKEN_EXPIRED },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":0}", TOKEN_EXPIRED },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":-1}", TOKEN_EXPIRED },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":1800000001,\"nbf\":1800000001}", TOKEN_NOT_YET },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":1800000001,\"iat\":1800000001}", TOKEN_NOT_YET },
		{ "{" GOOD ",\"aud\":\"lab\"}", TOKEN_BAD_CLAIM },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":\"1800000001\"}", TOKEN_BAD_CLAIM },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":null}", TOKEN_BAD_CLAIM },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":true}", TOKEN_BAD_CLAIM },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":1800000001.5}", TOKEN_BAD_CLAIM },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":1800000001,\"nbf\":\"0\"}", TOKEN_BAD_CLAIM },
		{ "{" GOOD ",\"aud\":\"lab\",\"exp\":1800000001,\"iat\":{}}", TOKEN_BAD_CLAIM },
		{ "{" GOOD ",\"aud\":7,\"exp\":1800000001}", TOKEN_BAD_CLAIM },
		{ "{" GOOD ",\"aud\":[\"lab\",7],\"exp\":1800000001}", TOKEN_BAD_CLAIM },
		{ "{" GOOD ",\"aud\":\"lab2\",\"exp\":1800000001}", TOKEN_AUDIENCE },
		{ "{" GOOD ",\"aud\":\"LAB\",\"exp\":1800000001}", TOKEN_AUDIENCE },
		{ "{" GOOD ",\"aud\":[],\"exp\":1800000001}", TOKEN_AUDIENCE },
		{ "{" GOOD ",\"exp\":1800000001}", TOKEN_AUDIENCE },
		{ "{\"sub\":\"kim\",\"aud\":\"lab\",\"exp\":1800000001}", TOKEN_ISSUER },
		{ "{\"sub\":\"kim\",\"iss\":\"https://lab.tes\",\"aud\":\"lab\",\"exp\":1800000001}",
		    TOKEN_ISSUER },
		{ "{\"sub\":\"kim\",\"iss\":[\"https://lab.test\"],\"aud\":\"lab\",\"exp\":1800000001}",
		    TOKEN_BAD_CLAIM },
		{ "{\"iss\":\"https://lab.test\",\"aud\":\"lab\",\"exp\":1800000001}", TOKEN_BAD_CLAIM },
		{ "{\"sub\":\"\",\"iss\":\"https://lab.test\",\"aud\":\"lab\",\"exp\":1800000001}",
		    TOKEN_BAD_CLAIM },
		{ "{\"sub\":1,\"iss\":\"https://lab.test\",\"aud\":\"lab\",\"exp\":1800000001}",
		    TOKEN_BAD_CLAIM },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = verify(f, sign_only(f, cases[i].claims));

		if (rc != -cases[i].fault)
			fail_msg("%s: %s", cases[i].claims, token_fault_id(rc));
		if (rc < 0)
			assert_int_equal(f->claims.sub.n, 0); /* nothing of a refused token leaks out */
	}
	f->policy.iss = NULL;
	f->policy.aud = NULL;
	assert_int_equal(verify(f, sign_only(f, "{\"sub\":\"kim\",\"exp\":1800000001}")), 0);
}

static void test_leeway(void **state)
{
	struct fixture *f = *state;

	f->policy.leeway = 30;
	assert_int_equal(verify(f, sign_only(f, "{" GOOD ",\"aud\":\"lab\",\"exp\":1799999971}")), 0);
	assert_int_equal(
	    verify(f, sign_only(f, "{" GOOD ",\"aud\":\"lab\",\"exp\":1799999970}")), -TOKEN_EXPIRED);
	assert_int_equal(
	    verify(f, sign_only(f, "{" GOOD ",\"aud\":\"lab\",\"exp\":1900000000,\"nbf\":1800000030}")), 0);
	assert_int_equal(verify(f, sign_only(f, "{" GOOD ",\"aud\":\"lab\",\"exp\":1900000000,\"nbf\":"
	                                        "1800000031}")),
	    -TOKEN_NOT_YET);
	f->policy.leeway = 100000; /* clamped to a minute */
	assert_int_equal(
	    verify(f, sign_only(f, "{" GOOD ",\"aud\":\"lab\",\"exp\":1799999940}")), -TOKEN_EXPIRED);
	f->policy.leeway = -100000;
	assert_int_equal(verify(f, sign_only(f, "{" GOOD ",\"aud\":\"lab\",\"exp\":1800000001}")), 0);
}

static void test_small_arena(void **state)
{
	struct fixture *f = *state;
	const char *token = sign(f, NULL);

	for (size_t max = 1; max < 400; max += 16) {
		arena_fini(&f->arena);
		arena_init(&f->arena, max);
		assert_int_equal(verify(f, token), -TOKEN_NO_MEMORY);
	}
}

/* --- Keys ------------------------------------------------------------------------------------ */

static void test_keys(void **state)
{
	struct fixture *f = *state;
	struct token_key k;

	assert_int_equal(token_key_init(&k, TOKEN_HS256, slice_of(SECRET, 31), &f->e), -1);
	assert_non_null(strstr(f->e.msg, "31 bytes"));
	assert_int_equal(token_key_init(&k, TOKEN_HS256, slice_of(NULL, 0), &f->e), -1);
	assert_int_equal(token_key_init(&k, TOKEN_HS512, SLICE(SECRET), &f->e), -1);
}

static void test_names(void **state)
{
	for (int i = 0; i < TOKEN_ALGS; i++)
		assert_int_equal(token_alg_of(slice_str(token_alg_name((enum token_alg)i))), i);
	assert_int_equal(token_alg_of(SLICE("hs256")), TOKEN_ALGS);
	assert_int_equal(token_alg_of(SLICE("none")), TOKEN_ALGS);
	for (int i = 0; i < TOKEN_FAULTS; i++) {
		assert_non_null(token_fault_id(-i));
		assert_string_equal(token_fault_id(-i), token_fault_id(i));
		assert_true(strlen(token_fault_text(i)) > 10);
	}
	assert_string_equal(token_fault_id(-1000), token_fault_id(TOKEN_BAD_FORM));
}

static void test_sign_refuses(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    token_sign(&f->key, &(struct token_new){ .more = "not json" }, &f->token, &f->e), -1);
	assert_int_equal(token_sign(&f->key, &(struct token_new){ .sub = "\xff" }, &f->token, &f->e), -1);
	assert_int_equal(f->token.n, 0);
	buf_puts(&f->token, "Bearer ");
	assert_int_equal(
	    token_sign(&f->key, &(struct token_new){ .sub = "x", .kid = "k1" }, &f->token, &f->e), 0);
	assert_true(slice_starts(buf_view(&f->token), SLICE("Bearer eyJ")));
}

/* --- Looking --------------------------------------------------------------------------------- */

static void test_view(void **state)
{
	struct fixture *f = *state;
	struct token_view v;
	const char *token = forge(f, "{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"k\",\"crit\":[]}",
	    "{\"sub\":\"kim\",\"aud\":[\"a\",\"b\"],\"exp\":12.75,\"nbf\":\"x\",\"iat\":1e300}");

	assert_int_equal(token_view(slice_str(token), &f->arena, &v), 0);
	assert_true(slice_eq_str(v.alg, "none"));
	assert_true(slice_eq_str(v.typ, "JWT"));
	assert_true(slice_eq_str(v.kid, "k"));
	assert_true(v.has_crit);
	assert_true(v.payload_object);
	assert_int_equal(v.signature_size, 32);
	assert_true(slice_starts(v.header, SLICE("{\"alg\":\"none\"")));
	assert_int_equal(v.signing_input.n, strlen(token) - 44);
	assert_true(slice_eq_str(v.claims.sub, "kim"));
	assert_true(slice_eq_str(v.claims.aud, "a, b"));
	assert_true(v.claims.has_exp && v.claims.exp == 12);
	assert_false(v.claims.has_nbf);
	assert_false(v.claims.has_iat);

	assert_int_equal(token_view(slice_str(forge(f, "{\"alg\":\"HS256\"}", "hello")), &f->arena, &v), 0);
	assert_false(v.payload_object);
	assert_true(slice_eq_str(v.claims.json, "hello"));
	assert_int_equal(token_view(SLICE("eyJhbGciOiJub25lIn0.e30."), &f->arena, &v), 0);
	assert_int_equal(v.signature_size, 0);
	assert_int_equal(token_view(SLICE("no.token.here"), &f->arena, &v), -TOKEN_BAD_FORM);
	assert_int_equal(token_view(slice_str(forge(f, "{}", "{}")), &f->arena, &v), -TOKEN_BAD_FORM);
}

static void test_signature_alone(void **state)
{
	struct fixture *f = *state;
	struct token_key weak = {
		.alg = TOKEN_HS256, .bytes = (const uint8_t *)"secret", .n = 6, .can_sign = true
	};
	struct slice key = SLICE("secret"), token;

	assert_int_equal(token_sign(&weak, &(struct token_new){ .sub = "x", .exp = 1 }, &f->token, &f->e), 0);
	token = buf_view(&f->token);
	assert_int_equal(token_signature_ok(key, token), 1); /* though expired and weak */
	assert_int_equal(token_signature_ok(SLICE("Secret"), token), 0);
	assert_int_equal(token_signature_ok(SLICE("secre"), token), 0);
	assert_int_equal(token_signature_ok(slice_of(NULL, 0), token), 0); /* no key proves nothing */
	assert_int_equal(token_signature_ok(slice_of("", 0), token), 0);
	assert_int_equal(token_signature_ok(key, SLICE("eyJhbGciOiJub25lIn0.e30.")), -TOKEN_ALG);
	assert_int_equal(token_signature_ok(key, SLICE("eyJhbGciOiJub25lIn0.e30")), -TOKEN_BAD_FORM);
	assert_int_equal(token_signature_ok(key, slice_str(forge(f, "{\"alg\":\"HS256\"}", "{}"))), 0);
	assert_int_equal(
	    token_signature_ok(key, slice_str(forge(f, "{\"alg\":\"HS256\"}", "x"))), -TOKEN_BAD_FORM);
}

/* A public key fits its own algorithm, and is never taken for a secret. */
static void test_signature_public(void **state)
{
	static const struct {
		enum token_alg alg;
		const char *private, *public, *other;
	} rows[] = { { TOKEN_RS256, rsa_private, rsa_public, p256_public },
		{ TOKEN_PS256, rsa_private, rsa_public, p256_public },
		{ TOKEN_ES256, p256_private, p256_public, rsa_public } };

	for (size_t i = 0; i < 3; i++) {
		struct token_key k;
		struct buf token = { 0 };
		struct err e = { 0 };

		assert_int_equal(token_key_init(&k, rows[i].alg, slice_str(rows[i].private), &e), 0);
		assert_int_equal(token_sign(&k, &(struct token_new){ .sub = "x", .exp = 1 }, &token, &e), 0);
		assert_int_equal(token_signature_ok(slice_str(rows[i].public), buf_view(&token)), 1);
		assert_int_equal(token_signature_ok(slice_str(rows[i].other), buf_view(&token)), -TOKEN_ALG);
		assert_int_equal(token_signature_ok(SLICE("a secret"), buf_view(&token)), -TOKEN_ALG);
		buf_cstr(&token);
		token.p[token.n - 20] = token.p[token.n - 20] == 'A' ? 'B' : 'A';
		assert_int_equal(token_signature_ok(slice_str(rows[i].public), buf_view(&token)), 0);
		buf_fini(&token);
	}
	/* Signed with the public key's text as an HMAC secret: algorithm confusion. */
	assert_int_equal(
	    token_signature_ok(slice_str(rsa_public), SLICE("eyJhbGciOiJIUzI1NiJ9.e30.AAAA")), -TOKEN_ALG);
}

static void test_key_source(void **state)
{
	static const char *const rows[][2] = { { "{\"alg\":\"RS256\",\"jku\":\"u\"}", "jku" },
		{ "{\"alg\":\"RS256\",\"x5u\":\"u\"}", "x5u" },
		{ "{\"alg\":\"RS256\",\"kid\":\"k\"}", NULL } };

	for (size_t i = 0; i < 3; i++) {
		struct buf token = { 0 };
		struct token_view v;
		struct arena a;

		arena_init(&a, 0);
		base64_put(&token, slice_str(rows[i][0]), BASE64_URL | BASE64_UNPADDED);
		buf_puts(&token, ".e30.AAAA");
		assert_int_equal(token_view(buf_view(&token), &a, &v), 0);
		if (rows[i][1])
			assert_string_equal(v.key_source, rows[i][1]);
		else
			assert_null(v.key_source);
		arena_fini(&a);
		buf_fini(&token);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_round_trip),
		CASE(test_every_hmac),
		CASE(test_every_change),
		CASE(test_wrong_key),
		CASE(test_headers),
		CASE(test_form),
		CASE(test_size),
		CASE(test_claims),
		CASE(test_leeway),
		CASE(test_small_arena),
		CASE(test_keys),
		CASE(test_names),
		CASE(test_sign_refuses),
		CASE(test_view),
		CASE(test_signature_alone),
		cmocka_unit_test(test_signature_public),
		cmocka_unit_test(test_key_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
