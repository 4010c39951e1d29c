/* Digests as text, against the examples of RFC 1321 A.5 and FIPS 180-4. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tls/hexdigest.h"

static void test_examples(void **state)
{
	char md5[DIGEST_MD5_HEX], sha256[DIGEST_SHA256_HEX];

	digest_md5_hex(SLICE(""), md5);
	assert_string_equal(md5, "d41d8cd98f00b204e9800998ecf8427e");
	digest_md5_hex(SLICE("message digest"), md5);
	assert_string_equal(md5, "f96b697d7cb7938d525a2f31aaf161d0");
	digest_md5_hex(slice_of(NULL, 0), md5);
	assert_string_equal(md5, "d41d8cd98f00b204e9800998ecf8427e");
	digest_sha256_hex(SLICE("abc"), sha256);
	assert_string_equal(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
