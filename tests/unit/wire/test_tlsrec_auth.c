/* Certificates, proofs and tickets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tlscraft.h"

/* Every prefix of a message that must be read whole is damaged. */
#define ASSERT_PREFIXES_DAMAGED(all, call)                                                                   \
	for (size_t n_ = 0; n_ < (all).n; n_++) {                                                            \
		struct slice cut = tls_exact(slice_sub((all), 0, n_));                                       \
                                                                                                             \
		assert_int_equal(call, TLSREC_DAMAGED);                                                      \
		tls_free(cut);                                                                               \
	}

static void test_certificates_12(void **state)
{
	struct slice all = SLICE("\0\0\x0b\0\0\3der\0\0\2ca");
	struct tlsrec_certificates list;
	struct tlsrec_certificate c;

	assert_int_equal(tlsrec_certificates(all, TLSREC_TLS12, &list), 0);
	assert_true(tlsrec_certificate_next(&list, &c));
	assert_true(slice_eq_str(c.der, "der"));
	assert_true(tlsrec_certificate_next(&list, &c));
	assert_true(slice_eq_str(c.der, "ca"));
	assert_false(tlsrec_certificate_next(&list, &c));
	assert_int_equal(list.list.n, 0);
	ASSERT_PREFIXES_DAMAGED(all, tlsrec_certificates(cut, TLSREC_TLS12, &list));
}

static void test_certificates_13(void **state)
{
	struct slice all = SLICE("\2cx\0\0\x0c\0\0\3der\0\4\0\5\0\0");
	struct tlsrec_certificates list;
	struct tlsrec_certificate c;
	struct tlsrec_ext e;

	assert_int_equal(tlsrec_certificates(all, TLSREC_TLS13, &list), 0);
	assert_true(slice_eq_str(list.context, "cx"));
	assert_true(tlsrec_certificate_next(&list, &c));
	assert_true(slice_eq_str(c.der, "der"));
	assert_true(tlsrec_ext_next(&c.extensions, &e));
	assert_int_equal(e.type, TLSREC_EXT_STATUS_REQUEST);
	assert_false(tlsrec_certificate_next(&list, &c));
	ASSERT_PREFIXES_DAMAGED(all, tlsrec_certificates(cut, TLSREC_TLS13, &list));
	/* A certificate longer than its list leaves the rest. */
	assert_int_equal(tlsrec_certificates(SLICE("\0\0\0\5\0\0\x09zz"), TLSREC_TLS13, &list), 0);
	assert_false(tlsrec_certificate_next(&list, &c));
	assert_int_equal(list.list.n, 5);
	/* No certificate at all is an answer too. */
	assert_int_equal(tlsrec_certificates(SLICE("\0\0\0\0"), TLSREC_TLS13, &list), 0);
	assert_false(tlsrec_certificate_next(&list, &c));
}

static void test_certificate_request(void **state)
{
	struct slice v13 = SLICE("\0\0\x14\0\x0d\0\4\0\2\4\3\0\x2f\0\4\0\2\0\0\0\x32\0\0");
	struct slice v12 = SLICE("\1\1\0\2\4\1\0\4\0\2dn"), name;
	struct tlsrec_certificate_request r;

	assert_int_equal(tlsrec_certificate_request(v12, TLSREC_TLS12, &r), 0);
	assert_int_equal(r.types.n, 1);
	assert_int_equal(r.sig_algs.n, 2);
	assert_true(tlsrec_name16_next(&r.authorities, &name));
	assert_true(slice_eq_str(name, "dn"));
	ASSERT_PREFIXES_DAMAGED(v12, tlsrec_certificate_request(cut, TLSREC_TLS12, &r));
	assert_int_equal(tlsrec_certificate_request(v13, TLSREC_TLS13, &r), 0);
	assert_int_equal(r.sig_algs.n, 2);
	assert_int_equal(r.authorities.n, 2);
	ASSERT_PREFIXES_DAMAGED(v13, tlsrec_certificate_request(cut, TLSREC_TLS13, &r));
	/* Before TLS 1.2 there were no signature algorithms to choose from. */
	assert_int_equal(tlsrec_certificate_request(SLICE("\1\1\0\4\0\2dn"), TLSREC_TLS11, &r), 0);
	assert_int_equal(r.sig_algs.n, 0);
}

static void test_certificate_verify(void **state)
{
	struct slice all = SLICE("\x08\x04\0\3sig");
	struct tlsrec_certificate_verify v;

	assert_int_equal(tlsrec_certificate_verify(all, &v), 0);
	assert_int_equal(v.scheme, 0x0804);
	assert_true(slice_eq_str(v.signature, "sig"));
	ASSERT_PREFIXES_DAMAGED(all, tlsrec_certificate_verify(cut, &v));
	assert_int_equal(tlsrec_certificate_verify(SLICE("\x08\x04\0\3sig!"), &v), TLSREC_DAMAGED);
}

static void test_server_key_exchange(void **state)
{
	struct slice all = SLICE("\3\0\x1d\2pk\x08\x04\0\3sig");
	struct tlsrec_server_key_exchange k;

	assert_int_equal(tlsrec_server_key_exchange(all, &k), 0);
	assert_int_equal(k.group, 29);
	assert_true(slice_eq_str(k.key, "pk"));
	assert_int_equal(k.scheme, 0x0804);
	assert_true(slice_eq_str(k.signature, "sig"));
	ASSERT_PREFIXES_DAMAGED(all, tlsrec_server_key_exchange(cut, &k));
	assert_int_equal(tlsrec_server_key_exchange(SLICE("\1\0\x1d\2pk"), &k), TLSREC_DAMAGED);
}

static void test_server_dh(void **state)
{
	struct slice all = SLICE("\0\4\0\0pp\0\1g\0\2pk\x08\x04\0\3sig");
	struct tlsrec_server_dh d;

	assert_int_equal(tlsrec_server_dh(all, TLSREC_TLS12, &d), 0);
	assert_int_equal(d.prime, 2); /* leading zeros do not make it longer */
	assert_true(slice_eq_str(d.key, "pk"));
	assert_int_equal(d.scheme, 0x0804);
	assert_true(slice_eq_str(d.signature, "sig"));
	ASSERT_PREFIXES_DAMAGED(all, tlsrec_server_dh(cut, TLSREC_TLS12, &d));
	assert_int_equal(tlsrec_server_dh(SLICE("\0\2pp\0\1g\0\2pk\0\3sig"), TLSREC_TLS11, &d), 0);
	assert_int_equal(d.scheme, 0);
}

static void test_compressed_certificate(void **state)
{
	struct slice all = SLICE("\0\1\0\1\2\0\0\4data");
	struct tlsrec_compressed_certificate c;

	assert_int_equal(tlsrec_compressed_certificate(all, &c), 0);
	assert_int_equal(c.algorithm, TLSREC_ZLIB);
	assert_int_equal(c.length, 0x102);
	assert_true(slice_eq_str(c.data, "data"));
	ASSERT_PREFIXES_DAMAGED(all, tlsrec_compressed_certificate(cut, &c));
	assert_string_equal(tlsrec_compression_name(c.algorithm), "zlib");
	assert_null(tlsrec_compression_name(9));
}

static void test_certificate_status(void **state)
{
	struct slice all = SLICE("\1\0\0\4ocsp"), response;

	assert_int_equal(tlsrec_certificate_status(all, &response), 0);
	assert_true(slice_eq_str(response, "ocsp"));
	ASSERT_PREFIXES_DAMAGED(all, tlsrec_certificate_status(cut, &response));
	assert_int_equal(tlsrec_certificate_status(SLICE("\2\0\0\4ocsp"), &response), TLSREC_DAMAGED);
}

static void test_tickets(void **state)
{
	struct slice v13 = SLICE("\0\0\x1c\x20\1\2\3\4\2no\0\6ticket\0\x08\0\x2a\0\4\0\0\x40\0");
	struct slice v12 = SLICE("\0\0\1\x2c\0\6ticket");
	struct tlsrec_ticket t;

	assert_int_equal(tlsrec_ticket(v13, TLSREC_TLS13, &t), 0);
	assert_int_equal(t.lifetime, 7200);
	assert_int_equal(t.age_add, 0x01020304);
	assert_true(slice_eq_str(t.nonce, "no"));
	assert_true(slice_eq_str(t.ticket, "ticket"));
	assert_true(t.has_early_data);
	assert_int_equal(t.max_early_data, 16384);
	ASSERT_PREFIXES_DAMAGED(v13, tlsrec_ticket(cut, TLSREC_TLS13, &t));
	assert_int_equal(tlsrec_ticket(v12, TLSREC_TLS12, &t), 0);
	assert_int_equal(t.lifetime, 300);
	assert_true(slice_eq_str(t.ticket, "ticket"));
	assert_false(t.has_early_data);
	ASSERT_PREFIXES_DAMAGED(v12, tlsrec_ticket(cut, TLSREC_TLS12, &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_certificates_12),
		cmocka_unit_test(test_certificates_13),
		cmocka_unit_test(test_certificate_request),
		cmocka_unit_test(test_certificate_verify),
		cmocka_unit_test(test_server_key_exchange),
		cmocka_unit_test(test_server_dh),
		cmocka_unit_test(test_compressed_certificate),
		cmocka_unit_test(test_certificate_status),
		cmocka_unit_test(test_tickets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
