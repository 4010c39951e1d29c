/* The certificates of a server; see hosts.h. */
#include "tls/hosts.h"
#include "tls/ossl.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PATH_SIZE = 1024,
	STAPLE_MAX = 64 * 1024, /* bytes; a response has about 2 KiB */
	RSA_USUAL = 2048,       /* bits that OpenSSL asks for as Debian and Fedora set it */
};

/* OpenSSL would ask for a pass phrase on the terminal; a server must not wait for one. */
static int no_passphrase(char *buf, int size, int rw, void *arg)
{
	return -1;
}

int tls_hosts_check_private(int fd, const char *what, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s %s", what, path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_ENV, "%s %s is not a regular file", what, path);
	if (st.st_mode & 077)
		return err_set(e, ERR_ENV, "%s %s is open to others (mode %04o): chmod 600 %s", what, path,
		    (unsigned)(st.st_mode & 07777), path);
	return 0;
}

/* The mode is checked on the descriptor that is read, so that the two cannot differ. */
static EVP_PKEY *read_key(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	EVP_PKEY *key = NULL;
	BIO *bio = NULL;

	if (fd < 0) {
		err_sys(e, "private key %s", path);
		return NULL;
	}
	if (tls_hosts_check_private(fd, "private key", path, e) < 0)
		goto out;
	bio = BIO_new_fd(fd, BIO_NOCLOSE);
	key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	if (!key)
		ossl_fail(e, ERR_ENV, "private key %s (PEM, without pass phrase)", path);
out:
	BIO_free(bio);
	close(fd);
	return key;
}

/* The first certificate of the file. */
static X509 *read_cert(const char *path, struct err *e)
{
	BIO *bio;
	X509 *x;

	if (access(path, R_OK) < 0) {
		err_sys(e, "certificate %s", path);
		return NULL;
	}
	bio = BIO_new_file(path, "r");
	x = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
	BIO_free(bio);
	if (!x)
		ossl_fail(e, ERR_ENV, "certificate %s", path);
	return x;
}

/* --- Hosts ----------------------------------------------------------------------------------- */

static bool same_names(X509 *a, X509 *b)
{
	int i = X509_get_ext_by_NID(a, NID_subject_alt_name, -1);
	int k = X509_get_ext_by_NID(b, NID_subject_alt_name, -1);

	return i >= 0 && k >= 0 &&
	       ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(X509_get_ext(a, i)),
	           X509_EXTENSION_get_data(X509_get_ext(b, k))) == 0;
}

/* May the certificate stand beside those of the host: for the same names, with another kind of key? */
static bool host_takes(const struct tls_host *h, X509 *x)
{
	for (int i = 0; i < h->n_certs; i++)
		if (!same_names(h->certs[i], x) ||
		    EVP_PKEY_base_id(X509_get0_pubkey(h->certs[i])) == EVP_PKEY_base_id(X509_get0_pubkey(x)))
			return false;
	return h->n_certs < HOST_KEYS;
}

/* The host whose certificate this becomes, perhaps a new one. */
static struct tls_host *host_for(struct tls_hosts *h, X509 *x, struct err *e)
{
	struct tls_host *grown;

	for (size_t i = 0; i < h->n; i++)
		if (host_takes(&h->v[i], x))
			return &h->v[i];
	if (h->n == HOSTS_MAX) {
		err_set(e, ERR_USAGE, "more than %d certificates", HOSTS_MAX);
		return NULL;
	}
	grown = realloc(h->v, (h->n + 1) * sizeof(*grown));
	if (!grown) {
		err_set(e, ERR_ENV, "no memory for certificates");
		return NULL;
	}
	h->v = grown;
	h->v[h->n] = (struct tls_host){ .ssl_ctx = h->make(h->owner, e) };
	return h->v[h->n].ssl_ctx ? &h->v[h->n++] : NULL;
}

/* A key that is too short is served all the same: this is a lab, and clients are to see what that is. */
static void allow_weak(struct tls_hosts *h, SSL_CTX *s, X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);

	if (!key || EVP_PKEY_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_bits(key) >= RSA_USUAL)
		return;
	h->weak = true;
	SSL_CTX_set_security_level(s, 1);
}

static int use_pair(struct tls_hosts *h, X509 *x, const char *cert, const char *key_path, struct err *e)
{
	struct tls_host *host = host_for(h, x, e);
	EVP_PKEY *key;
	int rc = 0;

	if (!host)
		return -1;
	allow_weak(h, host->ssl_ctx, x);
	if (SSL_CTX_use_certificate_chain_file(host->ssl_ctx, cert) <= 0)
		return ossl_fail(e, ERR_ENV, "certificate %s", cert);
	key = read_key(key_path, e);
	if (!key)
		return -1;
	if (SSL_CTX_use_PrivateKey(host->ssl_ctx, key) <= 0 || !SSL_CTX_check_private_key(host->ssl_ctx))
		rc = ossl_fail(e, ERR_ENV, "private key %s with certificate %s", key_path, cert);
	else
		host->certs[host->n_certs++] = SSL_CTX_get0_certificate(host->ssl_ctx);
	EVP_PKEY_free(key);
	return rc;
}

static int add_pair(struct tls_hosts *h, const char *cert, const char *key, struct err *e)
{
	X509 *x = read_cert(cert, e);
	int rc = x ? use_pair(h, x, cert, key, e) : -1;

	X509_free(x);
	return rc;
}

/* --- A folder of them ------------------------------------------------------------------------ */

static int is_cert(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot && dot != d->d_name && strcmp(dot, ".crt") == 0;
}

/* Takes the pair unless it is an authority's or a client's, or has no key. */
static int add_found(struct tls_hosts *h, const char *dir, const char *name, struct err *e)
{
	char cert[PATH_SIZE], key[PATH_SIZE];
	X509 *x;
	int rc = 0;

	if (snprintf(cert, sizeof(cert), "%s/%s", dir, name) >= (int)sizeof(cert) ||
	    snprintf(key, sizeof(key), "%s/%.*s.key", dir, (int)strlen(name) - 4, name) >= (int)sizeof(key))
		return err_set(e, ERR_ENV, "the path of %s is too long", name);
	if (access(key, F_OK) < 0)
		return 0;
	x = read_cert(cert, e);
	if (!x)
		return -1;
	if (!X509_check_ca(x) && X509_check_purpose(x, X509_PURPOSE_SSL_SERVER, 0) == 1)
		rc = use_pair(h, x, cert, key, e);
	X509_free(x);
	return rc;
}

static int add_folder(struct tls_hosts *h, const char *dir, struct err *e)
{
	struct dirent **found = NULL;
	int n = scandir(dir, &found, is_cert, alphasort), rc = 0;
	size_t before = h->n;

	if (n < 0)
		return err_sys(e, "certificates in %s", dir);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = add_found(h, dir, found[i]->d_name, e);
		free(found[i]);
	}
	free(found);
	if (rc == 0 && h->n == before)
		return err_set(e, ERR_ENV, "%s has no NAME.crt of a server with a NAME.key beside it", dir);
	return rc;
}

int tls_hosts_add(struct tls_hosts *h, const char *cert, const char *key, struct err *e)
{
	return key ? add_pair(h, cert, key, e) : add_folder(h, cert, e);
}

void tls_hosts_fini(struct tls_hosts *h)
{
	for (size_t i = 0; i < h->n; i++) {
		SSL_CTX_free(h->v[i].ssl_ctx);
		for (int k = 0; k < h->v[i].n_certs; k++)
			OPENSSL_free((void *)h->v[i].staples[k].p);
	}
	free(h->v);
	h->v = NULL;
	h->n = 0;
}

struct tls_host *tls_hosts_find(const struct tls_hosts *h, const char *name)
{
	for (size_t i = 0; i < h->n; i++)
		if (X509_check_host(h->v[i].certs[0], name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) ==
		    1)
			return &h->v[i];
	return NULL;
}

/* --- Stapled OCSP ---------------------------------------------------------------------------- */

/* Is one of the response's statements about the certificate?  Whether it is signed well, and still good, is
 * the client's to judge. */
static bool is_about(OCSP_BASICRESP *basic, X509 *x)
{
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		const OCSP_CERTID *id = OCSP_SINGLERESP_get0_id(OCSP_resp_get0(basic, i));
		ASN1_INTEGER *serial = NULL;

		OCSP_id_get0_info(NULL, NULL, NULL, &serial, (OCSP_CERTID *)id);
		if (serial && ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(x)) == 0)
			return true;
	}
	return false;
}

static struct slice *staple_of(struct tls_hosts *h, OCSP_BASICRESP *basic)
{
	for (size_t i = 0; i < h->n; i++)
		for (int k = 0; k < h->v[i].n_certs; k++)
			if (is_about(basic, h->v[i].certs[k]))
				return &h->v[i].staples[k];
	return NULL;
}

static int keep_staple(struct tls_hosts *h, OCSP_RESPONSE *r, const char *path, struct err *e)
{
	OCSP_BASICRESP *basic = OCSP_response_get1_basic(r);
	struct slice *to = basic ? staple_of(h, basic) : NULL;
	unsigned char *der = NULL;
	int n;

	OCSP_BASICRESP_free(basic);
	if (!basic)
		return ossl_fail(e, ERR_DATA, "OCSP response %s says nothing about a certificate", path);
	if (!to)
		return err_set(e, ERR_DATA, "OCSP response %s is about none of the certificates", path);
	n = i2d_OCSP_RESPONSE(r, &der);
	if (n <= 0)
		return ossl_fail(e, ERR_ENV, "OCSP response %s", path);
	OPENSSL_free((void *)to->p);
	*to = slice_of(der, (size_t)n);
	return 0;
}

int tls_hosts_staple(struct tls_hosts *h, const char *path, struct err *e)
{
	uint8_t *der = malloc(STAPLE_MAX);
	const unsigned char *p = der;
	OCSP_RESPONSE *r = NULL;
	FILE *f = fopen(path, "re");
	size_t n = 0;
	int rc;

	if (!f || !der)
		rc = err_sys(e, "OCSP response %s", path);
	else {
		n = fread(der, 1, STAPLE_MAX, f);
		r = d2i_OCSP_RESPONSE(NULL, &p, (long)n);
		rc = r ? keep_staple(h, r, path, e) : ossl_fail(e, ERR_DATA, "OCSP response %s (DER)", path);
	}
	OCSP_RESPONSE_free(r);
	if (f)
		fclose(f);
	free(der);
	return rc;
}
