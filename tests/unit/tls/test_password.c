/* Password lines: made, verified, damaged. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tls/digest.h"
#include "tls/password.h"

#include <string.h>

enum { CHEAP = 4 };

static void test_round_trip(void **state)
{
	char one[PASSWORD_TEXT], two[PASSWORD_TEXT];

	assert_int_equal(password_hash(SLICE("correct horse"), CHEAP, one, NULL), 0);
	assert_int_equal(password_hash(SLICE("correct horse"), CHEAP, two, NULL), 0);
	assert_string_not_equal(one, two); /* salted */
	assert_int_equal(strncmp(one, "$scrypt$ln=4,r=8,p=1$", 21), 0);
	assert_int_equal(password_verify(SLICE("correct horse"), one, NULL), 1);
	assert_int_equal(password_verify(SLICE("correct hors\0"), one, NULL), 0);
	assert_int_equal(password_verify(SLICE("correct horse\0"), one, NULL), 0);
}

/* The line of a foreign implementation: Python's hashlib.scrypt(b"pleaseletmein",
 * salt=b"0123456789abcdef", n=16, r=8, p=1, dklen=32). */
static void test_known_answer(void **state)
{
	const char *line = "$scrypt$ln=4,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
	                   "aQWrBdLJrbGXrDwoGLimz8LtQU7l+XRn++Sx19Z/80Y";

	assert_int_equal(password_verify(SLICE("pleaseletmein"), line, NULL), 1);
	assert_int_equal(password_verify(SLICE("pleaseletmeiN"), line, NULL), 0);
}

static void test_damaged_lines(void **state)
{
	static const char *const bad[] = {
		"",
		"$scrypt$",
		"$scrypt$ln=4,r=8,p=1$",
		"$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA",
		"$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
		"$scrypt$ln=4,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$scrypt$ln=63,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$scrypt$ln=4,r=-8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA$",
		"$argon2$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	};
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(password_verify(SLICE("correct horse"), bad[i], &e), -1);
		assert_int_equal(e.kind, ERR_DATA);
	}
}

static void test_nothing_fits_the_decoy(void **state)
{
	char line[PASSWORD_TEXT];

	password_decoy(CHEAP, line);
	assert_int_equal(password_verify(SLICE("correct horse"), line, NULL), 0);
	assert_int_equal(password_verify(SLICE(""), line, NULL), 0);
}

static void test_digest(void **state)
{
	static const uint8_t abc[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde,
		0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff,
		0x61, 0xf2, 0x00, 0x15, 0xad }; /* FIPS 180-4, the three letters */
	uint8_t out[DIGEST_SHA256];

	assert_int_equal(digest_sha256(SLICE("abc"), out), 0);
	assert_memory_equal(out, abc, sizeof(abc));
	assert_true(digest_equal(slice_of(out, 32), slice_of(abc, 32)));
	assert_false(digest_equal(slice_of(out, 31), slice_of(abc, 32)));
	out[31] ^= 1;
	assert_false(digest_equal(slice_of(out, 32), slice_of(abc, 32)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_known_answer),
		cmocka_unit_test(test_damaged_lines),
		cmocka_unit_test(test_nothing_fits_the_decoy),
		cmocka_unit_test(test_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
