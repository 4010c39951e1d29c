/* The hash table against a plain list, and SipHash against its description. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/table.h"

static bool holds(const struct table *t, uint64_t hash, const void *item)
{
	struct table_walk w;

	for (void *p = table_first(t, hash, &w); p; p = table_next(t, &w))
		if (p == item)
			return true;
	return false;
}

static void test_empty(void **state)
{
	struct table_walk w;
	struct table t;
	size_t at = 0;
	int x;

	table_init(&t);
	assert_null(table_first(&t, 7, &w));
	assert_null(table_each(&t, &at));
	table_del(&t, 7, &x);
	assert_int_equal(t.n, 0);
	table_fini(&t);
}

/* Puts and deletions at random with hashes that collide on purpose: what the table holds is always what was put
 * and not deleted. */
static void test_model(void **state)
{
	enum { ITEMS = 400 };
	static char items[ITEMS];
	bool in[ITEMS] = { false };
	uint64_t hash[ITEMS];
	uint32_t random = 99;
	struct table t;
	size_t n = 0;

	table_init(&t);
	for (int i = 0; i < ITEMS; i++)
		hash[i] = (uint64_t)(i % 37) * UINT64_C(0x100000001) + (i % 3 ? 0 : UINT64_C(1) << 40);
	for (int round = 0; round < 20000; round++) {
		int i = (int)((random = random * 1664525 + 1013904223) >> 8) % ITEMS;

		if (in[i])
			table_del(&t, hash[i], &items[i]);
		else
			assert_int_equal(table_put(&t, hash[i], &items[i]), 0);
		in[i] = !in[i];
		n += in[i] ? 1 : (size_t)-1;
		assert_int_equal(t.n, n);
		if (round % 50 == 0) {
			size_t at = 0, seen = 0;

			for (int k = 0; k < ITEMS; k++)
				assert_int_equal(holds(&t, hash[k], &items[k]), in[k]);
			for (char *p; (p = table_each(&t, &at)); seen++)
				assert_true(in[p - items]);
			assert_int_equal(seen, n);
		}
	}
	table_fini(&t);
}

static void test_same_hash(void **state)
{
	struct table_walk w;
	struct table t;
	char a, b, c;
	int seen = 0;

	table_init(&t);
	table_put(&t, 5, &a);
	table_put(&t, 5, &b);
	table_put(&t, 21, &c); /* the same slot, another hash */
	for (void *p = table_first(&t, 5, &w); p; p = table_next(&t, &w), seen++)
		assert_true(p == &a || p == &b);
	assert_int_equal(seen, 2);
	table_del(&t, 21, &c);
	assert_false(holds(&t, 21, &c));
	assert_int_equal(t.n, 2);
	table_fini(&t);
}

/* SipHash written down once more, byte by byte as the paper describes it, with one and three rounds. */
static uint64_t rotl(uint64_t x, int b)
{
	return x << b | x >> (64 - b);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] = rotl(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] = rotl(v[2], 32);
}

static uint64_t by_the_paper(const uint64_t key[2], const uint8_t *in, size_t n)
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
		key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u };

	for (size_t at = 0; at <= n; at += 8) {
		uint64_t m = 0;

		for (size_t i = 0; i < 8 && at + i < n; i++)
			m |= (uint64_t)in[at + i] << 8 * i;
		if (at + 8 > n)
			m |= (uint64_t)n << 56;
		v[3] ^= m;
		sip_round(v);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static void test_siphash(void **state)
{
	const uint64_t key[2] = { UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908) };
	uint8_t in[64];

	assert_true(siphash13(key, "", 0) == UINT64_C(0xabac0158050fc4dc)); /* what other implementations give */
	for (uint8_t n = 0; n < 64; n++) {
		in[n] = n;
		assert_true(siphash13(key, in, n) == by_the_paper(key, in, n));
	}
}

/* Two tables hash differently: nobody outside can know where a key goes. */
static void test_keyed(void **state)
{
	struct table a, b;

	table_init(&a);
	table_init(&b);
	assert_true(table_hash(&a, "key", 3) == table_hash(&a, "key", 3));
	assert_true(table_hash(&a, "key", 3) != table_hash(&b, "key", 3));
	table_fini(&a);
	table_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_same_hash),
		cmocka_unit_test(test_siphash),
		cmocka_unit_test(test_keyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
