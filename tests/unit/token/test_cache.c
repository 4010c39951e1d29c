/* Tokens remembered: found again, but never for longer than they are good. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "token/cache.h"
#include "token/ring.h"

#include <stdio.h>
#include <stdlib.h>

#define SECRET "0123456789abcdef0123456789abcdef"
enum { NOW = 1800000000 };

struct fixture {
	struct ring ring;
	struct cache *cache;
	struct token_policy policy;
	struct arena arena;
	struct buf token;
	struct token_claims claims;
};

static void add(struct ring *r, const char *kid)
{
	struct buf bytes = { 0 };

	buf_puts(&bytes, SECRET);
	assert_int_equal(ring_add(r, slice_str(kid), TOKEN_HS256, &bytes, NULL), 0);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	add(&f->ring, "k");
	f->cache = cache_new();
	f->policy = (struct token_policy){ .ring = &f->ring, .aud = "lab", .now = NOW };
	arena_init(&f->arena, 0);
	*state = f;
	return f->cache ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	cache_free(f->cache);
	ring_fini(&f->ring);
	arena_fini(&f->arena);
	buf_fini(&f->token);
	free(f);
	return 0;
}

static struct slice sign(struct fixture *f, const char *sub, int64_t nbf, int64_t exp)
{
	struct token_new t = { .iss = "i", .sub = sub, .aud = "lab", .jti = "j", .nbf = nbf, .exp = exp };

	buf_clear(&f->token);
	assert_int_equal(token_sign(&f->ring.keys[0]->sign, &t, &f->token, NULL), 0);
	return buf_view(&f->token);
}

static int verify(struct fixture *f, struct slice token)
{
	arena_reset(&f->arena);
	return cache_verify(f->cache, &f->policy, token, &f->arena, &f->claims);
}

static void test_remembered_with_all_it_says(void **state)
{
	struct fixture *f = *state;
	struct slice token = sign(f, "kim", 0, NOW + 60);

	for (int i = 0; i < 2; i++) {
		assert_int_equal(verify(f, token), 0);
		assert_true(slice_eq_str(f->claims.iss, "i") && slice_eq_str(f->claims.sub, "kim") &&
		            slice_eq_str(f->claims.aud, "lab") && slice_eq_str(f->claims.jti, "j"));
		assert_true(f->claims.has_exp && f->claims.exp == NOW + 60 && !f->claims.has_nbf);
		assert_true(slice_find(f->claims.json, SLICE("\"sub\":\"kim\"")) > 0);
		ring_fini(&f->ring); /* the second time without any key */
	}
	cache_clear(f->cache);
	assert_true(verify(f, token) < 0);
}

static void test_never_longer_than_it_is_good(void **state)
{
	struct fixture *f = *state;
	struct slice token = sign(f, "kim", NOW, NOW + 60);

	assert_int_equal(verify(f, token), 0);
	f->policy.now = NOW + 59;
	assert_int_equal(verify(f, token), 0);
	f->policy.now = NOW + 60;
	assert_int_equal(verify(f, token), -TOKEN_EXPIRED);
	assert_int_equal(f->claims.sub.n, 0);
	f->policy.leeway = 5;
	assert_int_equal(verify(f, token), 0);
	f->policy.now = NOW - 6; /* the clock was set back */
	assert_int_equal(verify(f, token), -TOKEN_NOT_YET);
}

static void test_what_is_wrong_is_not_remembered(void **state)
{
	struct fixture *f = *state;
	struct slice token = sign(f, "kim", 0, NOW + 60);
	uint8_t *last = &f->token.p[f->token.n - 4];

	assert_int_equal(verify(f, token), 0);
	*last = *last == 'A' ? 'B' : 'A';
	for (int i = 0; i < 2; i++)
		assert_int_equal(verify(f, token), -TOKEN_SIGNATURE);
	token = sign(f, "kim", NOW + 5, NOW + 60);
	assert_int_equal(verify(f, token), -TOKEN_NOT_YET);
	f->policy.now = NOW + 5;
	assert_int_equal(verify(f, token), 0);
}

/* Many more than there is room for, one of them too long: of these the latest are known without a key. */
static void test_bounded(void **state)
{
	struct fixture *f = *state;
	struct buf last = { 0 }, big = { 0 };
	char name[CACHE_TOKEN_MAX + 1];

	for (int i = 0; i < 2 * CACHE_TOKENS; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		assert_int_equal(verify(f, sign(f, name, 0, NOW + 60)), 0);
	}
	buf_slice(&last, buf_view(&f->token));
	memset(name, 'x', CACHE_TOKEN_MAX);
	name[CACHE_TOKEN_MAX] = '\0';
	assert_int_equal(verify(f, sign(f, name, 0, NOW + 60)), 0);
	buf_slice(&big, buf_view(&f->token));
	ring_fini(&f->ring);
	assert_int_equal(verify(f, buf_view(&last)), 0);
	assert_true(verify(f, buf_view(&big)) < 0);
	buf_fini(&last);
	buf_fini(&big);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_remembered_with_all_it_says),
		CASE(test_never_longer_than_it_is_good),
		CASE(test_what_is_wrong_is_not_remembered),
		CASE(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
