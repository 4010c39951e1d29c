/* Key derivation against the example of RFC 8448 3 and against itself. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tls/kdf.h"

#include <stdio.h>

static size_t unhex(const char *hex, uint8_t *out)
{
	size_t n = 0;
	unsigned byte;

	for (; sscanf(hex + 2 * n, "%2x", &byte) == 1; n++)
		out[n] = (uint8_t)byte;
	return n;
}

static void assert_hex(const uint8_t *got, size_t n, const char *want)
{
	uint8_t bytes[128];

	assert_int_equal(unhex(want, bytes), n);
	assert_memory_equal(got, bytes, n);
}

static void test_expand_label(void **state)
{
	uint8_t secret[32], out[32];
	struct slice none = { NULL, 0 }, s = slice_of(secret, 32);

	unhex("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", secret);
	assert_int_equal(kdf_expand_label(KDF_SHA256, s, "key", none, out, 16), 0);
	assert_hex(out, 16, "dbfaa693d1762c5b666af5d950258d01");
	assert_int_equal(kdf_expand_label(KDF_SHA256, s, "iv", none, out, 12), 0);
	assert_hex(out, 12, "5bd3c71b836e0b76bb73265f");
	unhex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", secret);
	assert_int_equal(kdf_expand_label(KDF_SHA256, s, "key", none, out, 16), 0);
	assert_hex(out, 16, "3fce516009c21727d0f2e4e86ee403bc");
	assert_int_equal(kdf_expand_label(KDF_SHA256, s, "iv", none, out, 12), 0);
	assert_hex(out, 12, "5d313eb2671276ee13000b30");
}

/* A longer output is another output (its length is in the label), and all of it is written. */
static void test_expand_long(void **state)
{
	uint8_t secret[48] = { 1, 2, 3 }, out[8161], again[100];
	struct slice none = { NULL, 0 }, s = slice_of(secret, 48);

	memset(out, 0xee, sizeof(out));
	assert_int_equal(kdf_expand_label(KDF_SHA384, s, "x", none, out, 100), 0);
	assert_int_equal(out[100], 0xee);
	assert_int_equal(kdf_expand_label(KDF_SHA384, s, "x", none, again, 99), 0);
	assert_memory_not_equal(out, again, 16);
	assert_int_equal(kdf_expand_label(KDF_SHA384, s, "y", none, again, 100), 0);
	assert_memory_not_equal(out, again, 16);
	assert_int_equal(kdf_expand_label(KDF_SHA384, s, "x", SLICE("context"), again, 100), 0);
	assert_memory_not_equal(out, again, 16);
	assert_int_equal(kdf_expand_label(KDF_SHA256, slice_of(secret, 32), "x", none, out, 255 * 32), 0);
	assert_int_equal(
	    kdf_expand_label(KDF_SHA256, slice_of(secret, 32), "x", none, out, 255 * 32 + 1), -1);
}

static void test_expand_refuses(void **state)
{
	uint8_t secret[64] = { 0 }, out[32], context[256] = { 0 };
	struct slice none = { NULL, 0 };
	char label[251];

	memset(label, 'a', sizeof(label) - 1);
	label[250] = '\0';
	assert_int_equal(kdf_expand_label(KDF_SHA256, slice_of(secret, 32), label, none, out, 16), -1);
	label[249] = '\0';
	assert_int_equal(
	    kdf_expand_label(KDF_SHA256, slice_of(secret, 32), label, slice_of(context, 255), out, 16), 0);
	assert_int_equal(
	    kdf_expand_label(KDF_SHA256, slice_of(secret, 32), "x", slice_of(context, 256), out, 16), -1);
	assert_int_equal(kdf_expand_label(KDF_SHA256, slice_of(secret, 64), "x", none, out, 16), -1);
	assert_int_equal(kdf_expand_label(KDF_MD5_SHA1, slice_of(secret, 32), "x", none, out, 16), -1);
}

/* Output n of the PRF is a prefix of output n+1, for each hash, and hashes differ. */
static void test_prf(void **state)
{
	static const enum kdf_hash hashes[] = { KDF_SHA256, KDF_SHA384, KDF_MD5_SHA1 };
	static const size_t sizes[] = { 32, 48, 36 };
	uint8_t secret[48] = { 7 }, seed[64] = { 9 }, out[3][104], shorter[103];

	for (int i = 0; i < 3; i++) {
		assert_int_equal(kdf_hash_size(hashes[i]), sizes[i]);
		assert_int_equal(kdf_prf(hashes[i], slice_of(secret, 48), "key expansion", slice_of(seed, 64),
		                     out[i], 104),
		    0);
		assert_int_equal(kdf_prf(hashes[i], slice_of(secret, 48), "key expansion", slice_of(seed, 64),
		                     shorter, 103),
		    0);
		assert_memory_equal(out[i], shorter, 103);
		assert_int_equal(kdf_prf(hashes[i], slice_of(secret, 48), "master secret", slice_of(seed, 64),
		                     shorter, 103),
		    0);
		assert_memory_not_equal(out[i], shorter, 16);
	}
	assert_memory_not_equal(out[0], out[1], 16);
	assert_memory_not_equal(out[0], out[2], 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expand_label),
		cmocka_unit_test(test_expand_long),
		cmocka_unit_test(test_expand_refuses),
		cmocka_unit_test(test_prf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
