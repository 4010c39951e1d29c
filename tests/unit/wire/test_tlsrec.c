/* TLS record headers, alerts, handshake headers and the iterators over lists. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "wire/tlsrec.h"

static void test_record_header(void **state)
{
	struct tlsrec r;

	assert_int_equal(tlsrec_header(SLICE("\x16\x03\x01\x02\x03more"), &r), TLSREC_HEADER);
	assert_int_equal(r.type, TLSREC_HANDSHAKE);
	assert_int_equal(r.version, TLSREC_TLS10);
	assert_int_equal(r.len, 0x0203);
	for (size_t n = 0; n < TLSREC_HEADER; n++)
		assert_int_equal(tlsrec_header(slice_of("\x16\x03\x01\x02\x03", n), &r), 0);
}

static void test_not_tls_is_told_by_the_first_wrong_byte(void **state)
{
	struct tlsrec r;

	assert_int_equal(tlsrec_header(SLICE("G"), &r), TLSREC_NOT_TLS);
	assert_int_equal(tlsrec_header(SLICE("\x13"), &r), TLSREC_NOT_TLS);
	assert_int_equal(tlsrec_header(SLICE("\x19"), &r), TLSREC_NOT_TLS);
	assert_int_equal(tlsrec_header(SLICE("\x16\x02"), &r), TLSREC_NOT_TLS);
	assert_int_equal(tlsrec_header(SLICE("\x16\x03\x05"), &r), TLSREC_NOT_TLS);
	assert_int_equal(tlsrec_header(SLICE("\x17\x03\x03\x48\x01"), &r), TLSREC_NOT_TLS);
	assert_int_equal(tlsrec_header(SLICE("\x17\x03\x03\x48\x00"), &r), TLSREC_HEADER);
}

static void test_alert(void **state)
{
	struct tlsrec_alert a;

	assert_int_equal(tlsrec_alert(SLICE("\x02\x30"), &a), 2);
	assert_int_equal(a.level, 2);
	assert_int_equal(a.description, 48);
	assert_int_equal(tlsrec_alert(SLICE("\x01"), &a), 0);
	assert_int_equal(tlsrec_alert(SLICE(""), &a), 0);
	assert_int_equal(tlsrec_alert(SLICE("\x7f\x30"), &a), TLSREC_DAMAGED);
}

static void test_handshake_header(void **state)
{
	static const uint8_t two[] = { 14, 0, 0, 0, 20, 0, 0, 3, 1, 2, 3 };
	struct tlsrec_hs h;

	assert_int_equal(tlsrec_handshake(slice_of(two, sizeof(two)), &h), 4);
	assert_int_equal(h.type, TLSREC_SERVER_HELLO_DONE);
	assert_int_equal(h.body.n, 0);
	assert_int_equal(tlsrec_handshake(slice_of(two + 4, 7), &h), 7);
	assert_int_equal(h.type, TLSREC_FINISHED);
	assert_int_equal(h.body.n, 3);
	for (size_t n = 0; n < 7; n++) {
		assert_int_equal(tlsrec_handshake(slice_of(two + 4, n), &h), 0);
		if (n >= 4) {
			assert_int_equal(h.len, 3);
			assert_int_equal(h.body.n, n - 4);
		}
	}
	/* The longest length there is: needs more, and says how much. */
	assert_int_equal(tlsrec_handshake(SLICE("\x0b\xff\xff\xff"), &h), 0);
	assert_int_equal(h.len, 0xffffff);
}

static void test_iterators_end_and_stop_at_damage(void **state)
{
	struct slice rest = SLICE("\x00\x10\x00\x02hi\xff\x01\x00\x00"), name;
	struct tlsrec_key_share share;
	struct tlsrec_psk psk;
	struct tlsrec_ext e;
	uint16_t v;

	assert_true(tlsrec_ext_next(&rest, &e));
	assert_int_equal(e.type, TLSREC_EXT_ALPN);
	assert_true(slice_eq_str(e.data, "hi"));
	assert_true(tlsrec_ext_next(&rest, &e));
	assert_int_equal(e.type, TLSREC_EXT_RENEGOTIATION_INFO);
	assert_false(tlsrec_ext_next(&rest, &e));
	assert_int_equal(rest.n, 0);
	rest = SLICE("\x00\x10\x00\x03hi");
	assert_false(tlsrec_ext_next(&rest, &e));
	assert_int_equal(rest.n, 6);

	rest = SLICE("\x02h2\x09http");
	assert_true(tlsrec_name_next(&rest, &name));
	assert_true(slice_eq_str(name, "h2"));
	assert_false(tlsrec_name_next(&rest, &name));
	assert_int_equal(rest.n, 5);

	rest = SLICE("\x00\x02h2\x00");
	assert_true(tlsrec_name16_next(&rest, &name));
	assert_false(tlsrec_name16_next(&rest, &name));
	assert_int_equal(rest.n, 1);

	rest = SLICE("\x13\x01\x13");
	assert_true(tlsrec_u16_next(&rest, &v));
	assert_int_equal(v, 0x1301);
	assert_false(tlsrec_u16_next(&rest, &v));
	assert_int_equal(rest.n, 1);

	rest = SLICE("\x00\x1d\x00\x02xy\x00\x17\x00\x09z");
	assert_true(tlsrec_key_share_next(&rest, &share));
	assert_int_equal(share.group, 29);
	assert_int_equal(share.key.n, 2);
	assert_false(tlsrec_key_share_next(&rest, &share));

	rest = SLICE("\x00\x02id\x01\x02\x03\x04\x00\x02id\x01");
	assert_true(tlsrec_psk_next(&rest, &psk));
	assert_int_equal(psk.age, 0x01020304);
	assert_false(tlsrec_psk_next(&rest, &psk));
	assert_int_equal(rest.n, 5);
}

static void test_grease(void **state)
{
	int n = 0;

	for (uint32_t v = 0; v < 0x10000; v++)
		n += tlsrec_is_grease((uint16_t)v);
	assert_int_equal(n, 16);
	assert_true(tlsrec_is_grease(0x0a0a));
	assert_true(tlsrec_is_grease(0xfafa));
	assert_false(tlsrec_is_grease(0x0a1a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record_header),
		cmocka_unit_test(test_not_tls_is_told_by_the_first_wrong_byte),
		cmocka_unit_test(test_alert),
		cmocka_unit_test(test_handshake_header),
		cmocka_unit_test(test_iterators_end_and_stop_at_damage),
		cmocka_unit_test(test_grease),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
