/* What the lab CA takes back: lists that count up and forget nothing, and OCSP responses that say what the lists say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "folder.h"
#include "tls/ca.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

enum { NOW_S = 1800000000 };
static const int64_t now = NOW_S * CLOCK_SEC;

/* A root and an intermediate, and a certificate of each. */
static void make(struct fixture *f)
{
	assert_int_equal(ca_init(f->dir, 100, false, now, &f->e), 0);
	assert_int_equal(ca_intermediate(f->dir, "mid", 50, false, now, &f->e), 0);
	assert_int_equal(ca_issue(f->dir, &(struct ca_request){ .name = "a.test" }, now, &f->e), 0);
	assert_int_equal(
	    ca_issue(f->dir, &(struct ca_request){ .name = "b.test", .by = "mid" }, now, &f->e), 0);
}

static X509_CRL *list_of(const char *dir, const char *name)
{
	char path[128];
	X509_CRL *list;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	list = PEM_read_X509_CRL(f, NULL, NULL, NULL);
	fclose(f);
	assert_non_null(list);
	return list;
}

/* The number of the list, how many stand on it, and whether x does; it must be signed by `by`. */
static void expect_list(
    const char *dir, const char *name, const char *by, int64_t number, int entries, X509 *x)
{
	X509_CRL *list = list_of(dir, name);
	X509 *issuer = load(dir, by);
	ASN1_INTEGER *n = X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL);
	X509_REVOKED *entry;
	int64_t value = 0;

	assert_int_equal(X509_CRL_verify(list, X509_get0_pubkey(issuer)), 1);
	assert_int_equal(ASN1_INTEGER_get_int64(&value, n), 1);
	assert_int_equal(value, number);
	assert_int_equal(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list)), entries ? entries : -1);
	if (x)
		assert_int_equal(X509_CRL_get0_by_cert(list, &entry, x), 1);
	ASN1_INTEGER_free(n);
	X509_CRL_free(list);
	X509_free(issuer);
}

static void test_lists(void **state)
{
	struct fixture *f = *state;
	char by[64];
	X509 *a, *old;

	make(f);
	a = load(f->dir, "a.test.crt");
	assert_int_equal(ca_list(f->dir, NULL, 7, now, &f->e), 0);
	expect_list(f->dir, "root.crl", "root.crt", 1, 0, NULL);
	assert_int_equal(ca_revoke(f->dir, "a.test", 7, by, sizeof(by), now, &f->e), 0);
	assert_string_equal(by, "root");
	expect_list(f->dir, "root.crl", "root.crt", 2, 1, a);
	assert_int_equal(ca_revoke(f->dir, "a.test", 7, by, sizeof(by), now, &f->e), 0); /* it stands there */
	expect_list(f->dir, "root.crl", "root.crt", 3, 1, a);

	/* Another certificate of that name: the old one stays revoked. */
	old = a;
	assert_int_equal(ca_issue(f->dir, &(struct ca_request){ .name = "a.test" }, now, &f->e), 0);
	a = load(f->dir, "a.test.crt");
	assert_int_equal(ca_revoke(f->dir, "a.test", 7, by, sizeof(by), now, &f->e), 0);
	expect_list(f->dir, "root.crl", "root.crt", 4, 2, a);
	expect_list(f->dir, "root.crl", "root.crt", 4, 2, old);

	assert_int_equal(ca_revoke(f->dir, "b.test", 7, by, sizeof(by), now, &f->e), 0);
	assert_string_equal(by, "mid");
	expect_list(f->dir, "mid.crl", "mid.crt", 1, 1, NULL);
	assert_int_equal(ca_revoke(f->dir, "mid", 7, by, sizeof(by), now, &f->e), 0); /* an authority, too */
	assert_string_equal(by, "root");
	expect_list(f->dir, "root.crl", "root.crt", 5, 3, NULL);
	X509_free(a);
	X509_free(old);
}

static void test_refuses(void **state)
{
	struct fixture *f = *state;
	char by[64], path[128];
	FILE *file;

	make(f);
	assert_int_equal(ca_revoke(f->dir, "nobody.test", 7, by, sizeof(by), now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "nobody.test.crt: No such file"));
	assert_int_equal(ca_revoke(f->dir, "root", 7, by, sizeof(by), now, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_USAGE);
	assert_int_equal(ca_list(f->dir, "a.test", 7, now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "of no authority"));
	assert_int_equal(ca_list(f->dir, NULL, 0, now, &f->e), -1);
	assert_int_equal(
	    ca_issue(f->dir, &(struct ca_request){ .name = "self.test", .flaw = CA_SELF_SIGNED }, now, &f->e),
	    0);
	assert_int_equal(ca_revoke(f->dir, "self.test", 7, by, sizeof(by), now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "none of the authorities"));
	/* A damaged list is not taken for an empty one: that would forgive everybody. */
	snprintf(path, sizeof(path), "%s/root.crl", f->dir);
	file = fopen(path, "w");
	fputs("Dear diary\n", file);
	fclose(file);
	assert_int_equal(ca_revoke(f->dir, "a.test", 7, by, sizeof(by), now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "root.crl"));
	assert_int_equal(ca_ocsp(f->dir, "a.test", 7, now, &f->e), -1);
}

/* What the response says of the certificate. */
static int status_of(struct fixture *f, const char *name, const char *by)
{
	ASN1_GENERALIZEDTIME *from, *until;
	char path[128], file[64];
	OCSP_BASICRESP *basic;
	OCSP_RESPONSE *r;
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *certs = sk_X509_new_null();
	X509 *x, *issuer = load(f->dir, by);
	OCSP_CERTID *id;
	int status = -1;
	BIO *bio;

	snprintf(file, sizeof(file), "%s.crt", name);
	x = load(f->dir, file);
	snprintf(path, sizeof(path), "%s/%s.ocsp", f->dir, name);
	bio = BIO_new_file(path, "rb");
	r = d2i_OCSP_RESPONSE_bio(bio, NULL);
	assert_non_null(r);
	basic = OCSP_response_get1_basic(r);
	sk_X509_push(certs, issuer);
	assert_int_equal(OCSP_basic_verify(basic, certs, store, OCSP_TRUSTOTHER), 1);
	id = OCSP_cert_to_id(NULL, x, issuer);
	assert_int_equal(OCSP_resp_find_status(basic, id, &status, NULL, NULL, &from, &until), 1);
	assert_int_equal(ASN1_TIME_cmp_time_t(until, NOW_S + 7 * 86400), 0);
	OCSP_CERTID_free(id);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(r);
	BIO_free(bio);
	X509_STORE_free(store);
	sk_X509_pop_free(certs, X509_free);
	X509_free(x);
	return status;
}

static void test_ocsp(void **state)
{
	struct fixture *f = *state;
	char by[64];

	make(f);
	assert_int_equal(ca_ocsp(f->dir, "a.test", 7, now, &f->e), 0);
	assert_int_equal(status_of(f, "a.test", "root.crt"), V_OCSP_CERTSTATUS_GOOD);
	assert_int_equal(ca_ocsp(f->dir, "b.test", 7, now, &f->e), 0);
	assert_int_equal(status_of(f, "b.test", "mid.crt"), V_OCSP_CERTSTATUS_GOOD);
	assert_int_equal(ca_revoke(f->dir, "b.test", 7, by, sizeof(by), now, &f->e), 0);
	assert_int_equal(ca_ocsp(f->dir, "b.test", 7, now, &f->e), 0);
	assert_int_equal(status_of(f, "b.test", "mid.crt"), V_OCSP_CERTSTATUS_REVOKED);
	assert_int_equal(ca_ocsp(f->dir, "a.test", 7, now, &f->e), 0);
	assert_int_equal(status_of(f, "a.test", "root.crt"), V_OCSP_CERTSTATUS_GOOD);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_lists),
		CASE(test_refuses),
		CASE(test_ocsp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
