/* A lab's certificate authority takes back what it issued: revocation lists and OCSP responses.  RFC 5280 5, RFC 6960
 * 4.2.  What is revoked stands in the authority's list and nowhere else. */
#include "base/clock.h"
#include "tls/ca_files.h"
#include "tls/ossl.h"

#include <errno.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <unistd.h>

enum { DAY = 86400, BACKDATE = 3600, DAYS_MAX = 3650 };

static int check_days(int days, struct err *e)
{
	return days && days >= -DAYS_MAX && days <= DAYS_MAX
	           ? 0
	           : err_set(e, ERR_USAGE, "a statement is good for %d days at most", DAYS_MAX);
}

/* --- The list -------------------------------------------------------------------------------- */

/* The authority's present list; an empty one when there is none. */
static X509_CRL *read_list(const char *path, struct err *e)
{
	BIO *bio = access(path, F_OK) == 0 ? BIO_new_file(path, "r") : NULL;
	X509_CRL *list;

	if (!bio && errno == ENOENT)
		return X509_CRL_new();
	list = bio ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
	if (!list)
		ossl_fail(e, ERR_ENV, "revocation list %s", path);
	BIO_free(bio);
	return list;
}

/* The number of the list that follows: lists count up (RFC 5280 5.2.3). */
static ASN1_INTEGER *next_number(X509_CRL *list)
{
	ASN1_INTEGER *n = X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL);
	int64_t before = 0;

	if (n && !ASN1_INTEGER_get_int64(&before, n))
		before = 0;
	if (!n)
		n = ASN1_INTEGER_new();
	if (n && ASN1_INTEGER_set_int64(n, before + 1))
		return n;
	ASN1_INTEGER_free(n);
	return NULL;
}

static bool set_time(ASN1_TIME **out, int64_t seconds)
{
	*out = ASN1_TIME_set(*out, (time_t)seconds);
	return *out != NULL;
}

/* Adds the certificate unless it stands there. */
static bool add_revoked(X509_CRL *list, X509 *x, int64_t now)
{
	X509_REVOKED *entry = NULL;
	ASN1_TIME *when = NULL;
	bool ok;

	if (X509_CRL_get0_by_cert(list, &entry, x) > 0)
		return true;
	entry = X509_REVOKED_new();
	ok = entry && set_time(&when, now / CLOCK_SEC) &&
	     X509_REVOKED_set_serialNumber(entry, (ASN1_INTEGER *)X509_get0_serialNumber(x)) &&
	     X509_REVOKED_set_revocationDate(entry, when) && X509_CRL_add0_revoked(list, entry);
	if (!ok)
		X509_REVOKED_free(entry);
	ASN1_TIME_free(when);
	return ok;
}

static bool add_key_id(X509_CRL *list, X509 *issuer)
{
	X509_EXTENSION *ext;
	X509V3_CTX v3;
	bool ok;

	X509V3_set_ctx(&v3, issuer, NULL, NULL, list, 0);
	ext = X509V3_EXT_conf_nid(NULL, &v3, NID_authority_key_identifier, "keyid:always");
	ok = ext && X509_CRL_add_ext(list, ext, -1);
	X509_EXTENSION_free(ext);
	return ok;
}

/* What stood there before, signed anew. */
static bool sign_list(X509_CRL *list, const struct ca_authority *by, int days, int64_t now)
{
	int64_t at = now / CLOCK_SEC, end = at + (int64_t)days * DAY;
	ASN1_INTEGER *number = next_number(list);
	ASN1_TIME *from = NULL, *until = NULL;
	bool ok;

	while (X509_CRL_get_ext_count(list) > 0)
		X509_EXTENSION_free(X509_CRL_delete_ext(list, 0));
	ok = number && set_time(&from, days < 0 ? end - DAY : at - BACKDATE) && set_time(&until, end) &&
	     X509_CRL_set_version(list, X509_CRL_VERSION_2) &&
	     X509_CRL_set_issuer_name(list, X509_get_subject_name(by->cert)) &&
	     X509_CRL_set1_lastUpdate(list, from) && X509_CRL_set1_nextUpdate(list, until) &&
	     X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0) > 0 && add_key_id(list, by->cert) &&
	     X509_CRL_sort(list) && X509_CRL_sign(list, by->key, EVP_sha256()) > 0;
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	return ok;
}

/* Writes the authority's list anew, with x in it unless that is NULL. */
static int put_list(
    const char *dir, const struct ca_authority *by, X509 *x, int days, int64_t now, struct err *e)
{
	char path[CA_PATH_SIZE];
	BIO *bio = BIO_new(BIO_s_mem());
	X509_CRL *list = NULL;
	int rc = -1;

	if (ca_path(dir, by->name, "crl", path, sizeof(path), e) == 0 && (list = read_list(path, e))) {
		if ((x && !add_revoked(list, x, now)) || !sign_list(list, by, days, now) || !bio ||
		    !PEM_write_bio_X509_CRL(bio, list))
			ossl_fail(e, ERR_ENV, "make the revocation list %s", path);
		else
			rc = ca_put_file(path, 0644, bio, true, e);
	}
	X509_CRL_free(list);
	BIO_free(bio);
	return rc;
}

int ca_list(const char *dir, const char *authority, int days, int64_t now, struct err *e)
{
	struct ca_authority by = { { 0 } };
	int rc = -1;

	if (check_days(days, e) == 0 && ca_load(&by, dir, authority, e) == 0)
		rc = put_list(dir, &by, NULL, days, now, e);
	ca_unload(&by);
	return rc;
}

/* --- A certificate and who issued it --------------------------------------------------------- */

static int load(const char *dir, const char *name, X509 **x, struct ca_authority *by, struct err *e)
{
	char path[CA_PATH_SIZE];

	if (ca_path(dir, name, "crt", path, sizeof(path), e) < 0 || !(*x = ca_read_cert(path, e)))
		return -1;
	if (strcmp(name, CA_ROOT) == 0)
		return err_set(e, ERR_USAGE, "nobody can revoke a root: clients must forget it");
	return ca_load_issuer(by, dir, *x, e);
}

int ca_revoke(
    const char *dir, const char *name, int days, char *authority, size_t size, int64_t now, struct err *e)
{
	struct ca_authority by = { { 0 } };
	X509 *x = NULL;
	int rc = -1;

	if (check_days(days, e) == 0 && load(dir, name, &x, &by, e) == 0)
		rc = put_list(dir, &by, x, days, now, e);
	snprintf(authority, size, "%s", by.name);
	X509_free(x);
	ca_unload(&by);
	return rc;
}

/* --- OCSP ------------------------------------------------------------------------------------ */

/* Says what the list says of the certificate. */
static bool add_status(
    OCSP_BASICRESP *r, X509 *x, const struct ca_authority *by, X509_CRL *list, int days, int64_t now)
{
	int64_t at = now / CLOCK_SEC, end = at + (int64_t)days * DAY;
	OCSP_CERTID *id =
	    OCSP_cert_to_id(EVP_sha1(), x, by->cert); /* SHA-1: what RFC 5019 has clients expect */
	X509_REVOKED *entry = NULL;
	bool revoked = X509_CRL_get0_by_cert(list, &entry, x) > 0;
	ASN1_TIME *from = NULL, *until = NULL;
	bool ok;

	ok = id && set_time(&from, days < 0 ? end - DAY : at - BACKDATE) && set_time(&until, end) &&
	     OCSP_basic_add1_status(r, id, revoked ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD,
	         OCSP_REVOKED_STATUS_NOSTATUS,
	         revoked ? (ASN1_TIME *)X509_REVOKED_get0_revocationDate(entry) : NULL, from, until) &&
	     OCSP_basic_sign(r, by->cert, by->key, EVP_sha256(), NULL, OCSP_NOCERTS) > 0;
	OCSP_CERTID_free(id);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	return ok;
}

static int put_response(const char *dir, const char *name, OCSP_BASICRESP *basic, struct err *e)
{
	OCSP_RESPONSE *r = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	BIO *bio = BIO_new(BIO_s_mem());
	char path[CA_PATH_SIZE];
	int rc = -1;

	if (!r || !bio || i2d_OCSP_RESPONSE_bio(bio, r) <= 0)
		ossl_fail(e, ERR_ENV, "make the OCSP response for %s", name);
	else if (ca_path(dir, name, "ocsp", path, sizeof(path), e) == 0)
		rc = ca_put_file(path, 0644, bio, true, e);
	OCSP_RESPONSE_free(r);
	BIO_free(bio);
	return rc;
}

int ca_ocsp(const char *dir, const char *name, int days, int64_t now, struct err *e)
{
	struct ca_authority by = { { 0 } };
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	X509_CRL *list = NULL;
	char path[CA_PATH_SIZE];
	X509 *x = NULL;
	int rc = -1;

	if (check_days(days, e) == 0 && load(dir, name, &x, &by, e) == 0 &&
	    ca_path(dir, by.name, "crl", path, sizeof(path), e) == 0 && (list = read_list(path, e))) {
		if (!basic || !add_status(basic, x, &by, list, days, now))
			ossl_fail(e, ERR_ENV, "make the OCSP response for %s", name);
		else
			rc = put_response(dir, name, basic, e);
	}
	OCSP_BASICRESP_free(basic);
	X509_CRL_free(list);
	X509_free(x);
	ca_unload(&by);
	return rc;
}
