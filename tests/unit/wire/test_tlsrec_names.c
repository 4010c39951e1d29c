/* TLS numbers in words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "wire/tlsrec.h"

static void test_names(void **state)
{
	assert_string_equal(tlsrec_type_name(22), "Handshake");
	assert_string_equal(tlsrec_version_name(0x0304), "TLS 1.3");
	assert_string_equal(tlsrec_hs_name(4), "New Session Ticket");
	assert_string_equal(tlsrec_group_name(0x11ec), "X25519MLKEM768");
	assert_string_equal(tlsrec_scheme_name(0x0403), "ecdsa_secp256r1_sha256");
	assert_string_equal(tlsrec_ext_name(0), "server_name");
	assert_string_equal(tlsrec_ext_name(0xff01), "renegotiation_info");
	assert_string_equal(tlsrec_alert_name(48), "unknown_ca");
}

static void test_unknown_numbers_have_no_name(void **state)
{
	assert_null(tlsrec_type_name(19));
	assert_null(tlsrec_version_name(0x0305));
	assert_null(tlsrec_hs_name(99));
	assert_null(tlsrec_suite_name(0x1399));
	assert_null(tlsrec_group_name(0x0a0a));
	assert_null(tlsrec_scheme_name(0));
	assert_null(tlsrec_ext_name(0x0a0a));
	assert_null(tlsrec_alert_name(255));
	assert_null(tlsrec_alert_words(255));
}

/* The search finds the first, the last and all between: the table is in order. */
static void test_suites(void **state)
{
	size_t n = 0;

	for (uint32_t v = 0; v < 0x10000; v++)
		n += tlsrec_suite_name((uint16_t)v) != NULL;
	assert_in_range(n, 200, 400);
	assert_string_equal(tlsrec_suite_name(0x0001), "TLS_RSA_WITH_NULL_MD5");
	assert_string_equal(tlsrec_suite_name(0x00ff), "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
	assert_string_equal(tlsrec_suite_name(0x1301), "TLS_AES_128_GCM_SHA256");
	assert_string_equal(tlsrec_suite_name(0x1304), "TLS_AES_128_CCM_SHA256");
	assert_string_equal(tlsrec_suite_name(0x5600), "TLS_FALLBACK_SCSV");
	assert_string_equal(tlsrec_suite_name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	assert_string_equal(tlsrec_suite_name(0xccae), "TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256");
}

static void test_every_alert_has_words(void **state)
{
	size_t n = 0;

	for (uint32_t v = 0; v < 256; v++) {
		const char *name = tlsrec_alert_name((uint8_t)v);
		const char *words = tlsrec_alert_words((uint8_t)v);

		assert_true((name == NULL) == (words == NULL));
		n += name != NULL;
	}
	assert_in_range(n, 30, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_unknown_numbers_have_no_name),
		cmocka_unit_test(test_suites),
		cmocka_unit_test(test_every_alert_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
