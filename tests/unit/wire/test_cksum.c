/* The Internet checksum against the example of RFC 1071 and against a slow sum. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void test_rfc1071_example(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	/* RFC 1071 3: the sum is ddf2. */
	assert_int_equal(cksum_fold(cksum_add(0, slice_of(bytes, 8))), (uint16_t)~0xddf2);
}

static uint16_t slow(const uint8_t *b, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum += i % 2 ? b[i] : (uint32_t)b[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)~sum;
}

static void test_every_length_equals_the_slow_sum(void **state)
{
	uint8_t b[300];
	uint32_t seed = 7;

	craft_random_bytes(&seed, b, sizeof(b));
	for (size_t n = 0; n <= sizeof(b); n++) {
		struct slice s = craft_exact(slice_of(b, n));

		assert_int_equal(cksum_fold(cksum_add(0, s)), slow(b, n));
		craft_free(s);
	}
}

static void test_sum_may_be_taken_in_even_pieces(void **state)
{
	uint8_t b[101];
	uint32_t seed = 9;
	uint16_t whole;

	craft_random_bytes(&seed, b, sizeof(b));
	whole = cksum_fold(cksum_add(0, slice_of(b, sizeof(b))));
	for (size_t cut = 0; cut < sizeof(b); cut += 2) {
		uint64_t sum = cksum_add(0, slice_of(b, cut));

		sum = cksum_add(sum, slice_of(b + cut, sizeof(b) - cut));
		assert_int_equal(cksum_fold(sum), whole);
	}
}

static void test_largest_bytes_do_not_overflow(void **state)
{
	static uint8_t b[65536];

	memset(b, 0xff, sizeof(b));
	assert_int_equal(cksum_fold(cksum_add(0, slice_of(b, sizeof(b)))), 0);
}

static void test_pseudo_header(void **state)
{
	static const uint8_t pseudo[12] = { 192, 0, 2, 1, 192, 0, 2, 2, 0, 17, 0x01, 0x00 };
	uint64_t addrs = cksum_addrs(slice_of(pseudo, 4), slice_of(pseudo + 4, 4));

	assert_int_equal(cksum_fold(cksum_pseudo(addrs, 17, 256)), slow(pseudo, 12));
	/* Lengths over 65535 exist in IPv6 jumbograms: four bytes, both halves count. */
	assert_int_equal(cksum_fold(cksum_pseudo(0, 6, 0x00020003)), (uint16_t) ~(6 + 2 + 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc1071_example),
		cmocka_unit_test(test_every_length_equals_the_slow_sum),
		cmocka_unit_test(test_sum_may_be_taken_in_even_pieces),
		cmocka_unit_test(test_largest_bytes_do_not_overflow),
		cmocka_unit_test(test_pseudo_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
