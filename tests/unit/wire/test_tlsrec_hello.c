/* ClientHello, ServerHello, HelloRetryRequest, EncryptedExtensions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tlscraft.h"

static const uint8_t random32[32] = { 1, 2, 3, [31] = 32 };
/* RFC 8446 4.1.3. */
static const uint8_t retry32[32] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02,
	0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8,
	0xa8, 0x33, 0x9c };

/* A hello as a browser sends it: GREASE, TLS 1.3 and 1.2, two key shares, a ticket. */
static struct slice browser_hello(uint8_t *b, size_t cap)
{
	struct wr w = wr_of(b, cap);
	size_t exts;

	wr_be16(&w, TLSREC_TLS12);
	wr_put(&w, slice_of(random32, 32));
	vec_put(&w, 1, SLICE("session-id"));
	vec_put(&w, 2, SLICE("\x1a\x1a\x13\x01\x13\x02\xc0\x2f\x00\xff"));
	vec_put(&w, 1, SLICE("\0"));
	exts = vec_open(&w, 2);
	ext_put(&w, 0x3a3a, SLICE(""));
	ext_put(&w, TLSREC_EXT_SERVER_NAME,
	    SLICE("\x00\x0e\x00\x00\x0b"
	          "example.com"));
	ext_put(&w, TLSREC_EXT_EXTENDED_MASTER_SECRET, SLICE(""));
	ext_put(&w, TLSREC_EXT_GROUPS, SLICE("\x00\x06\x4a\x4a\x11\xec\x00\x1d"));
	ext_put(&w, TLSREC_EXT_POINT_FORMATS, SLICE("\x01\x00"));
	ext_put(&w, TLSREC_EXT_SESSION_TICKET, SLICE("old ticket"));
	ext_put(&w, TLSREC_EXT_ALPN, SLICE("\x00\x0c\x02h2\x08http/1.1"));
	ext_put(&w, TLSREC_EXT_STATUS_REQUEST, SLICE("\x01\0\0\0\0"));
	ext_put(&w, TLSREC_EXT_SIG_ALGS, SLICE("\x00\x04\x04\x03\x08\x04"));
	ext_put(&w, TLSREC_EXT_KEY_SHARE, SLICE("\x00\x0b\x4a\x4a\x00\x01\x00\x00\x1d\x00\x02xy"));
	ext_put(&w, TLSREC_EXT_PSK_MODES, SLICE("\x01\x01"));
	ext_put(&w, TLSREC_EXT_VERSIONS, SLICE("\x06\x5a\x5a\x03\x04\x03\x03"));
	ext_put(&w, TLSREC_EXT_EARLY_DATA, SLICE(""));
	ext_put(&w, TLSREC_EXT_ECH, SLICE("?"));
	ext_put(&w, TLSREC_EXT_PRE_SHARED_KEY, SLICE("\x00\x08\x00\x02id\x00\x00\x00\x07\x00\x04\x03mac"));
	vec_close(&w, exts, 2);
	assert_false(w.bad);
	return slice_of(b, w.n);
}

static void test_client_hello(void **state)
{
	struct tlsrec_client_hello h;
	struct tlsrec_key_share share;
	struct tlsrec_psk psk;
	struct slice name;
	uint8_t b[512];
	uint16_t v = 0;

	assert_int_equal(tlsrec_client_hello(browser_hello(b, sizeof(b)), &h), 0);
	assert_int_equal(h.version, TLSREC_TLS12);
	assert_memory_equal(h.random.p, random32, 32);
	assert_true(slice_eq_str(h.session_id, "session-id"));
	assert_int_equal(h.ciphers.n, 10);
	assert_int_equal(h.compression.n, 1);
	assert_true(slice_eq_str(h.sni, "example.com"));
	assert_true(tlsrec_name_next(&h.alpn, &name));
	assert_true(slice_eq_str(name, "h2"));
	assert_int_equal(h.max_version, TLSREC_TLS13);
	assert_true(tlsrec_u16_next(&h.groups, &v));
	assert_true(tlsrec_is_grease(v));
	assert_true(tlsrec_key_share_next(&h.key_shares, &share));
	assert_true(tlsrec_key_share_next(&h.key_shares, &share));
	assert_int_equal(share.group, 29);
	assert_true(slice_eq_str(share.key, "xy"));
	assert_int_equal(h.sig_algs.n, 4);
	assert_int_equal(h.point_formats.n, 1);
	assert_int_equal(h.psk_modes.p[0], 1);
	assert_true(h.has_psk);
	assert_true(tlsrec_psk_next(&h.psk_identities, &psk));
	assert_true(slice_eq_str(psk.identity, "id"));
	assert_int_equal(psk.age, 7);
	assert_true(tlsrec_name_next(&h.psk_binders, &name));
	assert_true(slice_eq_str(name, "mac"));
	assert_true(h.has_session_ticket);
	assert_true(slice_eq_str(h.session_ticket, "old ticket"));
	assert_true(h.has_early_data);
	assert_true(h.has_extended_master_secret);
	assert_true(h.has_renegotiation_info); /* by the cipher suite 00ff */
	assert_true(h.has_status_request);
	assert_true(h.has_ech);
	assert_true(h.grease);
	assert_false(h.has_encrypt_then_mac);
}

/* The oldest form: no extensions at all. */
static void test_client_hello_without_extensions(void **state)
{
	struct tlsrec_client_hello h;
	uint8_t b[64];
	struct wr w = wr_of(b, sizeof(b));

	wr_be16(&w, TLSREC_TLS10);
	wr_put(&w, slice_of(random32, 32));
	vec_put(&w, 1, SLICE(""));
	vec_put(&w, 2, SLICE("\x00\x2f"));
	vec_put(&w, 1, SLICE("\0"));
	assert_int_equal(tlsrec_client_hello(slice_of(b, w.n), &h), 0);
	assert_int_equal(h.max_version, TLSREC_TLS10);
	assert_int_equal(h.extensions.n, 0);
	assert_false(h.grease);
	assert_false(h.has_renegotiation_info);
}

/* A cut message is damaged, and still gives the extensions that are there whole. */
static void test_every_prefix_of_a_client_hello(void **state)
{
	struct tlsrec_client_hello h;
	uint8_t b[512];
	struct slice all = browser_hello(b, sizeof(b));
	size_t names = 0;

	for (size_t n = 0; n < all.n; n++) {
		struct slice cut = tls_exact(slice_sub(all, 0, n));
		int r = tlsrec_client_hello(cut, &h);

		/* Before the extensions' length a hello of an old client is whole. */
		if (r == 0)
			assert_int_equal(h.extensions.n, 0);
		else
			assert_int_equal(r, TLSREC_DAMAGED);
		names += slice_eq_str(h.sni, "example.com");
		tls_free(cut);
	}
	assert_in_range(names, 100, all.n);
}

static int hello_with_ext(uint16_t type, struct slice data, struct tlsrec_client_hello *h)
{
	static uint8_t b[256];
	struct wr w = wr_of(b, sizeof(b));
	size_t exts;

	wr_be16(&w, TLSREC_TLS12);
	wr_put(&w, slice_of(random32, 32));
	vec_put(&w, 1, SLICE(""));
	vec_put(&w, 2, SLICE("\x13\x01"));
	vec_put(&w, 1, SLICE("\0"));
	exts = vec_open(&w, 2);
	ext_put(&w, type, data);
	vec_close(&w, exts, 2);
	return tlsrec_client_hello(slice_of(b, w.n), h);
}

static void test_damaged_extensions(void **state)
{
	static const struct {
		uint16_t type;
		struct slice data;
	} bad[] = {
		{ TLSREC_EXT_SERVER_NAME, { (const uint8_t *)"\x00\x04\x00\x00\x05x", 6 } },
		{ TLSREC_EXT_SERVER_NAME, { (const uint8_t *)"\x00\x09", 2 } },
		{ TLSREC_EXT_ALPN, { (const uint8_t *)"\x00\x02\x01x!", 5 } },
		{ TLSREC_EXT_VERSIONS, { (const uint8_t *)"\x03\x03", 2 } },
		{ TLSREC_EXT_GROUPS, { (const uint8_t *)"", 0 } },
		{ TLSREC_EXT_KEY_SHARE, { (const uint8_t *)"\x00\x05\x00", 3 } },
		{ TLSREC_EXT_PRE_SHARED_KEY, { (const uint8_t *)"\x00\x01", 2 } },
	};
	struct tlsrec_client_hello h;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(hello_with_ext(bad[i].type, bad[i].data, &h), TLSREC_DAMAGED);
	/* A name of an unknown type is not the host name. */
	assert_int_equal(hello_with_ext(TLSREC_EXT_SERVER_NAME, SLICE("\x00\x04\x07\x00\x01x"), &h), 0);
	assert_int_equal(h.sni.n, 0);
}

static struct slice server_hello(uint8_t *b, size_t cap, const uint8_t *random, struct slice exts)
{
	struct wr w = wr_of(b, cap);

	wr_be16(&w, TLSREC_TLS12);
	wr_put(&w, slice_of(random, 32));
	vec_put(&w, 1, SLICE("echo"));
	wr_be16(&w, 0x1301);
	wr_u8(&w, 0);
	vec_put(&w, 2, exts);
	assert_false(w.bad);
	return slice_of(b, w.n);
}

static void test_server_hello_13(void **state)
{
	struct slice exts = SLICE("\x00\x2b\x00\x02\x03\x04\x00\x33\x00\x06\x00\x1d\x00\x02xy"
	                          "\x00\x29\x00\x02\x00\x01");
	struct tlsrec_server_hello h;
	uint8_t b[128];
	struct slice all = server_hello(b, sizeof(b), random32, exts);

	assert_int_equal(tlsrec_server_hello(all, &h), 0);
	assert_int_equal(h.version, TLSREC_TLS12);
	assert_int_equal(h.selected, TLSREC_TLS13);
	assert_int_equal(h.cipher, 0x1301);
	assert_false(h.hello_retry);
	assert_true(h.has_key_share);
	assert_int_equal(h.key_share.group, 29);
	assert_true(slice_eq_str(h.key_share.key, "xy"));
	assert_true(h.has_psk);
	assert_int_equal(h.psk, 1);
	assert_int_equal(h.downgrade, 0);
	for (size_t n = 0; n < all.n; n++) {
		struct slice cut = tls_exact(slice_sub(all, 0, n));

		if (tlsrec_server_hello(cut, &h) == 0)
			assert_int_equal(h.extensions.n, 0);
		tls_free(cut);
	}
}

static void test_hello_retry_request(void **state)
{
	struct slice exts = SLICE("\x00\x2b\x00\x02\x03\x04\x00\x33\x00\x02\x00\x17"
	                          "\x00\x2c\x00\x05\x00\x03kuk");
	struct tlsrec_server_hello h;
	uint8_t b[128];

	assert_int_equal(tlsrec_server_hello(server_hello(b, sizeof(b), retry32, exts), &h), 0);
	assert_true(h.hello_retry);
	assert_int_equal(h.key_share.group, 23);
	assert_int_equal(h.key_share.key.n, 0);
	assert_true(slice_eq_str(h.cookie, "kuk"));
	/* The short form of the extension is for the retry alone. */
	assert_int_equal(tlsrec_server_hello(server_hello(b, sizeof(b), random32, exts), &h), TLSREC_DAMAGED);
}

static void test_server_hello_12(void **state)
{
	struct slice exts = SLICE("\xff\x01\x00\x01\x00\x00\x10\x00\x05\x00\x03\x02h2"
	                          "\x00\x23\x00\x00\x00\x17\x00\x00\x00\x00\x00\x00");
	struct tlsrec_server_hello h;
	uint8_t b[128], random[32] = { 0 };

	memcpy(random + 24, "DOWNGRD\1", 8);
	assert_int_equal(tlsrec_server_hello(server_hello(b, sizeof(b), random, exts), &h), 0);
	assert_int_equal(h.selected, TLSREC_TLS12);
	assert_true(slice_eq_str(h.alpn, "h2"));
	assert_true(h.has_renegotiation_info);
	assert_true(h.has_session_ticket);
	assert_true(h.has_extended_master_secret);
	assert_true(h.has_sni);
	assert_int_equal(h.downgrade, TLSREC_TLS12);
	random[31] = 0;
	assert_int_equal(tlsrec_server_hello(server_hello(b, sizeof(b), random, exts), &h), 0);
	assert_int_equal(h.downgrade, TLSREC_TLS11);
	/* Two protocols are no answer (RFC 7301 3.1). */
	exts = SLICE("\x00\x10\x00\x06\x00\x04\x01"
	             "a\x01"
	             "b");
	assert_int_equal(tlsrec_server_hello(server_hello(b, sizeof(b), random, exts), &h), TLSREC_DAMAGED);
}

static void test_encrypted_extensions(void **state)
{
	struct slice all = SLICE("\x00\x1f\x00\x10\x00\x0b\x00\x09\x08http/1.1\x00\x2a\x00\x00"
	                         "\x00\x00\x00\x00\x00\x0a\x00\x04\x00\x02\x00\x1d");
	struct tlsrec_encrypted_extensions e;

	assert_int_equal(tlsrec_encrypted_extensions(all, &e), 0);
	assert_true(slice_eq_str(e.alpn, "http/1.1"));
	assert_true(e.has_early_data);
	assert_true(e.has_sni);
	assert_int_equal(e.groups.n, 2);
	for (size_t n = 0; n < all.n; n++) {
		struct slice cut = tls_exact(slice_sub(all, 0, n));

		assert_int_equal(tlsrec_encrypted_extensions(cut, &e), TLSREC_DAMAGED);
		tls_free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client_hello),
		cmocka_unit_test(test_client_hello_without_extensions),
		cmocka_unit_test(test_every_prefix_of_a_client_hello),
		cmocka_unit_test(test_damaged_extensions),
		cmocka_unit_test(test_server_hello_13),
		cmocka_unit_test(test_hello_retry_request),
		cmocka_unit_test(test_server_hello_12),
		cmocka_unit_test(test_encrypted_extensions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
