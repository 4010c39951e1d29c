/* A certificate authority for a lab: making certificates; see ca.h.  RFC 5280 4.1 and 4.2, RFC 9525 (names). */
#include "tls/ca.h"
#include "base/clock.h"
#include "tls/ca_files.h"
#include "tls/ossl.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>

enum {
	CN_MAX = 64, /* ub-common-name, RFC 5280 A.1 */
	DAYS_MAX = 36500,
	BACKDATE = 3600, /* seconds: clocks in a lab differ a little */
	DAY = 86400,
};

/* --- Certificates ---------------------------------------------------------------------------- */

/* 159 random bits: positive, at most 20 octets (RFC 5280 4.1.2.2), never guessed. */
static bool set_serial(X509 *x)
{
	BIGNUM *n = BN_new();
	bool ok = n && BN_rand(n, 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
	          BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));

	BN_free(n);
	return ok;
}

static bool set_validity(X509 *x, int days, bool early, int64_t now)
{
	int64_t start = now / CLOCK_SEC - BACKDATE, end = now / CLOCK_SEC + (int64_t)days * DAY;

	if (days < 0)
		start = end - DAY;
	if (early) {
		start = now / CLOCK_SEC + DAY;
		end += DAY;
	}
	return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)start) &&
	       ASN1_TIME_set(X509_getm_notAfter(x), (time_t)end);
}

static bool set_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX v3;
	bool ok;

	X509V3_set_ctx(&v3, issuer, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &v3, nid, value);
	ok = ext && X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	return ok;
}

static bool add_name(X509_NAME *name, const char *field, const char *text)
{
	return X509_NAME_add_entry_by_txt(
	           name, field, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) > 0;
}

/* Version 3, serial, validity and key: what every certificate has. */
static X509 *begin(EVP_PKEY *key, int days, bool early, int64_t now)
{
	X509 *x = X509_new();

	if (x && X509_set_version(x, X509_VERSION_3) && set_serial(x) && set_validity(x, days, early, now) &&
	    X509_set_pubkey(x, key))
		return x;
	X509_free(x);
	return NULL;
}

/* --- Authorities ----------------------------------------------------------------------------- */

static int check_days(int days, int least, struct err *e)
{
	if (days >= least && days <= DAYS_MAX)
		return 0;
	return least > 0 ? err_set(e, ERR_USAGE, "an authority is valid for 1 to %d days", DAYS_MAX)
	                 : err_set(e, ERR_USAGE, "a certificate is valid for %d days at most", DAYS_MAX);
}

/* An authority's certificate; by NULL: it signs itself.  The root may have authorities under it, and they only
 * servers and clients: that is what pathlen says. */
static bool finish_authority(X509 *x, const char *cn, EVP_PKEY *key, const struct ca_authority *by)
{
	X509_NAME *name = X509_get_subject_name(x);
	X509 *issuer = by ? by->cert : x;

	return add_name(name, "O", "osilab") && add_name(name, "CN", cn) &&
	       X509_set_issuer_name(x, X509_get_subject_name(issuer)) &&
	       set_extension(x, issuer, NID_basic_constraints,
	           by ? "critical,CA:TRUE,pathlen:0" : "critical,CA:TRUE,pathlen:1") &&
	       set_extension(x, issuer, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	       set_extension(x, issuer, NID_subject_key_identifier, "hash") &&
	       (!by || set_extension(x, issuer, NID_authority_key_identifier, "keyid:always")) &&
	       X509_sign(x, by ? by->key : key, EVP_sha256()) > 0;
}

/* Makes the authority dir/NAME; by NULL: the root. */
static int put_authority(const char *dir, const char *name, const struct ca_authority *by, int days,
    bool force, int64_t now, struct err *e)
{
	char cert_path[CA_PATH_SIZE], key_path[CA_PATH_SIZE], cn[CN_MAX + 1];
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = key ? begin(key, days, false, now) : NULL;
	uint8_t tag[4] = { 0 };
	int rc = -1;

	/* Two of the same name in two directories must be told apart in a browser's list. */
	if (!x || RAND_bytes(tag, sizeof(tag)) <= 0) {
		ossl_fail(e, ERR_ENV, "make the authority %s", name);
		goto out;
	}
	snprintf(cn, sizeof(cn), "osilab lab %.32s %02X%02X%02X%02X", name, tag[0], tag[1], tag[2], tag[3]);
	if (!finish_authority(x, cn, key, by))
		ossl_fail(e, ERR_ENV, "make the authority %s", name);
	else if (ca_path(dir, name, "crt", cert_path, sizeof(cert_path), e) == 0 &&
	         ca_path(dir, name, "key", key_path, sizeof(key_path), e) == 0 &&
	         ca_put_key(key_path, key, force, e) == 0)
		rc = ca_put_certs(cert_path, (void *[]){ x, by ? by->cert : NULL }, by ? 2 : 1, force, e);
out:
	X509_free(x);
	EVP_PKEY_free(key);
	return rc;
}

int ca_init(const char *dir, int days, bool force, int64_t now, struct err *e)
{
	if (check_days(days, 1, e) < 0 || ca_make_dir(dir, e) < 0)
		return -1;
	return put_authority(dir, CA_ROOT, NULL, days, force, now, e);
}

int ca_intermediate(const char *dir, const char *name, int days, bool force, int64_t now, struct err *e)
{
	struct ca_authority root = { { 0 } };
	int rc = -1;

	if (ca_check_name(name, false, e) < 0 || check_days(days, 1, e) < 0)
		return -1;
	if (strcmp(name, CA_ROOT) == 0)
		return err_set(e, ERR_USAGE, "\"" CA_ROOT "\" is the name of the root's own files");
	if (ca_load(&root, dir, NULL, e) == 0) {
		if (X509_get_pathlen(root.cert) == 0)
			err_set(e, ERR_ENV,
			    "the root in %s may have no authority under it (pathlen:0): make "
			    "another one: osilab ca init --force",
			    dir);
		else
			rc = put_authority(dir, name, &root, days, force, now, e);
	}
	ca_unload(&root);
	return rc;
}

/* --- Issuing --------------------------------------------------------------------------------- */

static const char *const flaws[CA_FLAWS] = {
	[CA_SOUND] = "none",
	[CA_EXPIRED] = "expired",
	[CA_NOT_YET] = "not-yet",
	[CA_WRONG_NAME] = "wrong-name",
	[CA_SELF_SIGNED] = "self-signed",
	[CA_NO_INTERMEDIATE] = "missing-intermediate",
	[CA_WEAK_KEY] = "weak-key",
};

int ca_flaw(const char *word, enum ca_flaw *out, struct err *e)
{
	for (int i = 0; i < CA_FLAWS; i++)
		if (strcmp(word, flaws[i]) == 0) {
			*out = (enum ca_flaw)i;
			return 0;
		}
	return err_set(e, ERR_USAGE,
	    "a certificate can be bad as expired, not-yet, wrong-name, self-signed, missing-intermediate or "
	    "weak-key, not '%s'",
	    word);
}

static int put_san(struct buf *b, const char *name, bool person, struct err *e)
{
	const char *kind = ca_is_address(name) ? "IP" : strchr(name, '@') ? "email" : "DNS";

	if (ca_check_name(name, person, e) < 0)
		return -1;
	buf_printf(b, "%s%s:%s", b->n ? "," : "", kind, name);
	return 0;
}

static int sans_text(const struct ca_request *req, struct buf *b, struct err *e)
{
	if (req->n_sans >= CA_SANS_MAX)
		return err_set(e, ERR_USAGE, "more than %d names in one certificate", CA_SANS_MAX);
	if (ca_check_name(req->name, req->client, e) < 0)
		return -1;
	if (req->flaw == CA_WRONG_NAME)
		return put_san(b, "wrong-name.invalid", false, e);
	if (put_san(b, req->name, req->client, e) < 0)
		return -1;
	for (size_t i = 0; i < req->n_sans; i++)
		if (strcmp(req->sans[i], req->name) != 0 && put_san(b, req->sans[i], req->client, e) < 0)
			return -1;
	return b->failed ? err_set(e, ERR_ENV, "no memory for the names") : 0;
}

/* by NULL: it signs itself. */
static bool finish_leaf(
    X509 *x, EVP_PKEY *key, const struct ca_authority *by, const struct ca_request *req, const char *sans)
{
	X509_NAME *subject = X509_get_subject_name(x);
	X509 *issuer = by ? by->cert : x;
	const char *name = req->flaw == CA_WRONG_NAME ? "wrong-name.invalid" : req->name;
	bool rsa = EVP_PKEY_base_id(key) == EVP_PKEY_RSA;

	/* A longer name stands in the SANs alone, where clients look anyway (RFC 9525 2). */
	return add_name(subject, "O", "osilab") && (strlen(name) > CN_MAX || add_name(subject, "CN", name)) &&
	       X509_set_issuer_name(x, X509_get_subject_name(issuer)) &&
	       set_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
	       set_extension(x, issuer, NID_key_usage,
	           rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature") &&
	       set_extension(x, issuer, NID_ext_key_usage, req->client ? "clientAuth" : "serverAuth") &&
	       set_extension(x, issuer, NID_subject_alt_name, sans) &&
	       set_extension(x, issuer, NID_subject_key_identifier, "hash") &&
	       (!by || set_extension(x, issuer, NID_authority_key_identifier, "keyid:always")) &&
	       X509_sign(x, by ? by->key : key, EVP_sha256()) > 0;
}

/* The certificate, then what a client needs to get from it to the root; but for a flaw. */
static int put_leaf(const char *dir, const struct ca_request *req, X509 *x, EVP_PKEY *key,
    const struct ca_authority *by, struct err *e)
{
	char cert_path[CA_PATH_SIZE], key_path[CA_PATH_SIZE];
	void *chain[] = { x, by ? by->cert : NULL, by ? by->root : NULL };
	size_t n = !by || req->flaw == CA_NO_INTERMEDIATE ? 1 : by->root ? 3 : 2;

	if (ca_path(dir, req->name, "key", key_path, sizeof(key_path), e) < 0 ||
	    ca_path(dir, req->name, "crt", cert_path, sizeof(cert_path), e) < 0 ||
	    ca_put_key(key_path, key, true, e) < 0)
		return -1;
	return ca_put_certs(cert_path, chain, n, true, e);
}

static int issue(
    const char *dir, const struct ca_request *req, const struct ca_authority *by, int64_t now, struct err *e)
{
	int days = req->flaw == CA_EXPIRED && req->days >= 0 ? -1 : req->days ? req->days : CA_SERVER_DAYS;
	EVP_PKEY *key = req->flaw == CA_WEAK_KEY ? EVP_RSA_gen(1024)
	                : req->rsa               ? EVP_RSA_gen(2048)
	                                         : EVP_EC_gen("P-256");
	X509 *x = key ? begin(key, days, req->flaw == CA_NOT_YET, now) : NULL;
	struct buf sans = { 0 };
	int rc = sans_text(req, &sans, e);

	if (rc == 0 && (!x || !finish_leaf(x, key, by, req, buf_cstr(&sans))))
		rc = ossl_fail(e, ERR_ENV, "make the certificate of %s", req->name);
	if (rc == 0)
		rc = put_leaf(dir, req, x, key, by, e);
	X509_free(x);
	EVP_PKEY_free(key);
	buf_fini(&sans);
	return rc;
}

/* Issuing must not take an authority's files away from it. */
static int spare_authorities(const char *dir, const char *name, struct err *e)
{
	char path[CA_PATH_SIZE];
	X509 *x;
	int rc = 0;

	if (strcmp(name, CA_ROOT) == 0)
		return err_set(e, ERR_USAGE, "\"" CA_ROOT "\" is the name of the root's own files");
	if (ca_path(dir, name, "crt", path, sizeof(path), e) < 0)
		return -1;
	x = ca_read_cert(path, NULL);
	if (x && X509_check_ca(x))
		rc = err_set(e, ERR_USAGE, "\"%s\" is an authority's name already", name);
	X509_free(x);
	return rc;
}

int ca_issue(const char *dir, const struct ca_request *req, int64_t now, struct err *e)
{
	struct ca_authority by = { { 0 } };
	int rc = -1;

	if (check_days(req->days, -DAYS_MAX, e) < 0 || ca_check_name(req->name, req->client, e) < 0 ||
	    spare_authorities(dir, req->name, e) < 0)
		return -1;
	if (req->flaw == CA_NO_INTERMEDIATE && !req->by)
		return err_set(e, ERR_USAGE,
		    "missing-intermediate needs the intermediate that is to be missing: "
		    "--by NAME (osilab ca intermediate NAME)");
	if (ca_load(&by, dir, req->by, e) == 0)
		rc = issue(dir, req, req->flaw == CA_SELF_SIGNED ? NULL : &by, now, e);
	ca_unload(&by);
	return rc;
}
