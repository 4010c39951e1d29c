/* Reading certificates: those of the lab CA field by field, damaged ones, and spiteful ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "folder.h"
#include "tls/ca.h"
#include "tls/cert.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

static const int64_t now = 1800000000 * CLOCK_SEC;

/* DER of the first certificate in a file; malloc'd by OpenSSL. */
static struct slice der_of(const char *dir, const char *name)
{
	X509 *x = load(dir, name);
	unsigned char *p = NULL;
	int n = i2d_X509(x, &p);

	X509_free(x);
	assert_true(n > 0);
	return slice_of(p, (size_t)n);
}

static void test_fields(void **state)
{
	static const char *const sans[] = { "10.1.2.3" };
	struct ca_request req = { .name = "www.lab.test", .sans = sans, .n_sans = 1, .days = 7 };
	struct fixture *f = *state;
	struct slice der;
	struct arena a;
	struct cert c;

	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), 0);
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), 0);
	arena_init(&a, 0);
	der = der_of(f->dir, "www.lab.test.crt");
	assert_int_equal(cert_parse(der, &a, &c), 0);
	assert_true(slice_eq_str(c.cn, "www.lab.test"));
	assert_true(slice_eq_str(c.subject, "O = osilab, CN = www.lab.test"));
	assert_true(slice_starts(c.issuer, SLICE("O = osilab, CN = osilab lab root ")));
	assert_true(slice_eq_str(c.sans, "DNS:www.lab.test, IP:10.1.2.3"));
	assert_int_equal(c.n_sans, 2);
	assert_true(slice_eq_str(c.key_type, "EC P-256"));
	assert_true(slice_eq_str(c.sig_alg, "ecdsa-with-SHA256"));
	assert_true(c.not_before < now && c.not_before > now - 86400 * CLOCK_SEC);
	assert_int_equal(c.not_after, now + 7 * 86400 * CLOCK_SEC);
	assert_false(c.self_signed);
	assert_false(c.is_ca);
	assert_int_equal(c.serial.n, 40);
	assert_int_equal(c.sha256_hex.n, 95);
	free((void *)der.p);

	der = der_of(f->dir, "root.crt");
	assert_int_equal(cert_parse(der, &a, &c), 0);
	assert_true(c.self_signed);
	assert_true(c.is_ca);
	assert_int_equal(c.n_sans, 0);
	free((void *)der.p);
	arena_fini(&a);
}

static void test_damaged(void **state)
{
	struct fixture *f = *state;
	struct slice der;
	struct arena a;
	struct cert c;
	uint8_t *p;

	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), 0);
	der = der_of(f->dir, "root.crt");
	arena_init(&a, 0);
	for (size_t n = 0; n < der.n; n++) {
		p = malloc(n + !n);
		memcpy(p, der.p, n);
		assert_int_equal(cert_parse(slice_of(p, n), &a, &c), -1);
		free(p);
	}
	p = malloc(der.n + 1);
	memcpy(p, der.p, der.n);
	p[der.n] = 0;
	assert_int_equal(cert_parse(slice_of(p, der.n + 1), &a, &c), -1); /* something behind it */
	for (size_t i = 0; i < der.n; i++) { /* whatever it says, it must not crash */
		p[i] ^= 0xff;
		(void)cert_parse(slice_of(p, der.n), &a, &c);
		p[i] ^= 0xff;
		arena_reset(&a);
	}
	free(p);
	arena_fini(&a);
	arena_init(&a, 64); /* too small for the texts */
	assert_int_equal(cert_parse(der, &a, &c), 0);
	assert_int_equal(c.sha256_hex.n, 0);
	arena_fini(&a);
	free((void *)der.p);
}

/* One dNSName with a comma inside must not read as two names. */
static void test_names_stay_apart(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-384");
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	unsigned char *der = NULL;
	X509 *x = X509_new();
	struct arena a;
	struct cert c;
	int n;

	ASN1_STRING_set(text, "a, DNS:b\n", 9);
	GENERAL_NAME_set0_value(name, GEN_DNS, text);
	sk_GENERAL_NAME_push(names, name);
	X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0);
	ASN1_TIME_set_string(X509_getm_notBefore(x), "19500101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(x), "99991231235959Z");
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_sha384());
	n = i2d_X509(x, &der);
	arena_init(&a, 0);
	assert_int_equal(cert_parse(slice_of(der, (size_t)n), &a, &c), 0);
	assert_true(slice_eq_str(c.sans, "DNS:a\\x2C\\x20DNS:b\\x0A"));
	assert_true(slice_eq_str(c.key_type, "EC P-384"));
	assert_true(c.not_before < 0);
	assert_true(c.not_after > INT64_C(9000000000) * CLOCK_SEC);
	assert_int_equal(c.cn.n, 0);
	arena_fini(&a);
	OPENSSL_free(der);
	X509_free(x);
	GENERAL_NAMES_free(names);
	EVP_PKEY_free(key);
}

static void assert_key_type(EVP_PKEY *key, const char *want)
{
	unsigned char *der = NULL;
	X509 *x = X509_new();
	struct arena a;
	struct cert c;
	int n;

	ASN1_TIME_set(X509_getm_notBefore(x), 0);
	ASN1_TIME_set(X509_getm_notAfter(x), 1);
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256());
	n = i2d_X509(x, &der);
	arena_init(&a, 0);
	assert_int_equal(cert_parse(slice_of(der, (size_t)n), &a, &c), 0);
	assert_true(slice_eq_str(c.key_type, want));
	assert_int_equal(c.not_before, 0);
	assert_int_equal(c.not_after, CLOCK_SEC);
	arena_fini(&a);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(key);
}

static void test_key_types(void **state)
{
	assert_key_type(EVP_RSA_gen(2048), "RSA 2048");
	assert_key_type(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), "Ed25519");
	assert_key_type(EVP_EC_gen("P-521"), "EC P-521");
	assert_key_type(EVP_EC_gen("secp256k1"), "EC secp256k1");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_fields),
		CASE(test_damaged),
		cmocka_unit_test(test_names_stay_apart),
		cmocka_unit_test(test_key_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
