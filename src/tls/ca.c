/* A certificate authority for a lab.  RFC 5280 4.1 and 4.2, RFC 9525 (names). */
#include "tls/ca.h"
#include "base/clock.h"
#include "tls/ossl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PATH_SIZE = 1024,
	NAME_MAX_BYTES = 253, /* of a host name (RFC 1035 2.3.4) */
	CN_MAX = 64,          /* ub-common-name, RFC 5280 A.1 */
	DAYS_MAX = 36500,
	BACKDATE = 3600, /* seconds: clocks in a lab differ a little */
	DAY = 86400,
};

/* --- Files ----------------------------------------------------------------------------------- */

int ca_default_dir(char *dst, size_t size, struct err *e)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	int n;

	/* A relative XDG path counts as unset (XDG Base Directory Specification). */
	if (data && data[0] == '/')
		n = snprintf(dst, size, "%s/osilab/ca", data);
	else if (home && home[0] == '/')
		n = snprintf(dst, size, "%s/.local/share/osilab/ca", home);
	else
		return err_set(e, ERR_ENV, "neither XDG_DATA_HOME nor HOME is set: say --dir DIR");
	return n < (int)size ? 0 : err_set(e, ERR_ENV, "the path of the CA directory is too long");
}

static bool is_address(const char *name)
{
	uint8_t a[16];

	return inet_pton(AF_INET, name, a) == 1 || inet_pton(AF_INET6, name, a) == 1;
}

static bool letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Labels of letters, digits, '-' and '_', the first may be "*"; no "..", no '/', no leading '.' or
 * '-', so that it is also safe in a path and in the text OpenSSL makes an extension from. */
static bool is_host_name(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > NAME_MAX_BYTES)
		return false;
	if (strncmp(name, "*.", 2) == 0)
		name += 2;
	for (const char *p = name; *p; p++) {
		bool first = p == name || p[-1] == '.';

		if (!letter_or_digit(*p) && *p != '_' && (first || (*p != '-' && *p != '.')))
			return false;
	}
	return *name && name[strlen(name) - 1] != '.';
}

static int check_name(const char *name, struct err *e)
{
	if (name && (is_address(name) || is_host_name(name)))
		return 0;
	return err_set(e, ERR_USAGE, "\"%s\" is neither a host name nor an IP address", name ? name : "");
}

int ca_path(const char *dir, const char *name, const char *ext, char *dst, size_t size, struct err *e)
{
	int n;

	if (check_name(name, e) < 0)
		return -1;
	n = snprintf(dst, size, "%s/%s.%s", dir, name, ext);
	if (n >= (int)size)
		return err_set(e, ERR_ENV, "the path of %s is too long", name);
	if (name[0] == '*')
		dst[strlen(dir) + 1] = '_';
	return 0;
}

/* mkdir -p, what is new with mode 0700. */
static int make_dir(const char *dir, struct err *e)
{
	char path[PATH_SIZE];

	if (snprintf(path, sizeof(path), "%s", dir) >= (int)sizeof(path))
		return err_set(e, ERR_ENV, "the path of the CA directory is too long");
	for (char *p = path + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return err_sys(e, "make directory %s", path);
		if (c == '\0')
			return 0;
		*p = c;
	}
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0) {
			p += put;
			n -= (size_t)put;
		}
	}
	return fsync(fd);
}

/* Writes a neighbour file and gives it the name when it is whole.  link() fails where a file is
 * already, so that without `replace` nothing is lost even when two of us race. */
static int put_file(const char *path, mode_t mode, BIO *content, bool replace, struct err *e)
{
	char temp[PATH_SIZE + 16];
	char *text;
	long n = BIO_get_mem_data(content, &text);
	int fd, rc = 0;

	snprintf(temp, sizeof(temp), "%s.%ld.new", path, (long)getpid());
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return err_sys(e, "make %s", temp);
	if (n < 0 || write_all(fd, text, (size_t)n) < 0 || fchmod(fd, mode) < 0)
		rc = err_sys(e, "write %s", temp);
	close(fd);
	if (rc == 0 && (replace ? rename(temp, path) : link(temp, path)) < 0)
		rc = errno == EEXIST ? err_set(e, ERR_ENV, "%s exists already: --force replaces it", path)
		                     : err_sys(e, "make %s", path);
	if (rc < 0 || !replace)
		unlink(temp);
	return rc;
}

static int put_key(const char *path, EVP_PKEY *key, bool replace, struct err *e)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int rc;

	if (!bio || PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) <= 0)
		rc = ossl_fail(e, ERR_ENV, "write key %s", path);
	else
		rc = put_file(path, 0600, bio, replace, e);
	BIO_free(bio);
	return rc;
}

/* The certificate and, if given, its issuer behind it. */
static int put_certs(const char *path, X509 *cert, X509 *issuer, bool replace, struct err *e)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int rc;

	if (!bio || PEM_write_bio_X509(bio, cert) <= 0 || (issuer && PEM_write_bio_X509(bio, issuer) <= 0))
		rc = ossl_fail(e, ERR_ENV, "write certificate %s", path);
	else
		rc = put_file(path, 0644, bio, replace, e);
	BIO_free(bio);
	return rc;
}

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

static bool set_validity(X509 *x, int days, int64_t now)
{
	int64_t start = now / CLOCK_SEC - BACKDATE, end = now / CLOCK_SEC + (int64_t)days * DAY;

	if (days < 0)
		start = end - DAY;
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
static X509 *begin(EVP_PKEY *key, int days, int64_t now)
{
	X509 *x = X509_new();

	if (x && X509_set_version(x, X509_VERSION_3) && set_serial(x) && set_validity(x, days, now) &&
	    X509_set_pubkey(x, key))
		return x;
	X509_free(x);
	return NULL;
}

/* pathlen:0: the root signs servers only, no other authority. */
static bool finish_root(X509 *x, EVP_PKEY *key)
{
	X509_NAME *name = X509_get_subject_name(x);
	uint8_t tag[4];
	char cn[48];

	/* Two roots of two directories must be told apart in a browser's list. */
	if (RAND_bytes(tag, sizeof(tag)) <= 0)
		return false;
	snprintf(cn, sizeof(cn), "osilab lab root %02X%02X%02X%02X", tag[0], tag[1], tag[2], tag[3]);
	return add_name(name, "O", "osilab") && add_name(name, "CN", cn) && X509_set_issuer_name(x, name) &&
	       set_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	       set_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	       set_extension(x, x, NID_subject_key_identifier, "hash") && X509_sign(x, key, EVP_sha256()) > 0;
}

int ca_init(const char *dir, int days, bool force, int64_t now, struct err *e)
{
	char cert_path[PATH_SIZE], key_path[PATH_SIZE];
	EVP_PKEY *key = NULL;
	X509 *x = NULL;
	int rc = -1;

	if (days < 1 || days > DAYS_MAX)
		return err_set(e, ERR_USAGE, "a root is valid for 1 to %d days", DAYS_MAX);
	if (make_dir(dir, e) < 0 || ca_path(dir, "root", "crt", cert_path, sizeof(cert_path), e) < 0 ||
	    ca_path(dir, "root", "key", key_path, sizeof(key_path), e) < 0)
		return -1;
	key = EVP_EC_gen("P-256");
	x = key ? begin(key, days, now) : NULL;
	if (!x || !finish_root(x, key))
		ossl_fail(e, ERR_ENV, "make the root certificate");
	else
		rc = put_key(key_path, key, force, e);
	if (rc == 0)
		rc = put_certs(cert_path, x, NULL, force, e);
	X509_free(x);
	EVP_PKEY_free(key);
	return rc;
}

/* --- Issuing --------------------------------------------------------------------------------- */

struct root {
	X509 *cert;
	EVP_PKEY *key;
};

static void root_fini(struct root *r)
{
	X509_free(r->cert);
	EVP_PKEY_free(r->key);
}

/* Ours have no pass phrase; never ask for one. */
static int no_passphrase(char *buf, int size, int rw, void *arg)
{
	return -1;
}

static int root_load(struct root *r, const char *dir, struct err *e)
{
	char path[PATH_SIZE];
	BIO *bio;

	if (ca_path(dir, "root", "crt", path, sizeof(path), e) < 0)
		return -1;
	if (access(path, F_OK) < 0)
		return err_set(e, ERR_ENV, "no root certificate %s: run \"osilab ca init\" first", path);
	bio = BIO_new_file(path, "r");
	r->cert = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
	BIO_free(bio);
	if (!r->cert)
		return ossl_fail(e, ERR_ENV, "root certificate %s", path);
	if (ca_path(dir, "root", "key", path, sizeof(path), e) < 0)
		return -1;
	bio = BIO_new_file(path, "r");
	r->key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	BIO_free(bio);
	if (!r->key || !X509_check_private_key(r->cert, r->key))
		return ossl_fail(e, ERR_ENV, "root key %s", path);
	return 0;
}

static int put_san(struct buf *b, const char *name, struct err *e)
{
	if (check_name(name, e) < 0)
		return -1;
	buf_printf(b, "%s%s:%s", b->n ? "," : "", is_address(name) ? "IP" : "DNS", name);
	return 0;
}

static int sans_text(const struct ca_request *req, struct buf *b, struct err *e)
{
	if (req->n_sans >= CA_SANS_MAX)
		return err_set(e, ERR_USAGE, "more than %d names in one certificate", CA_SANS_MAX);
	if (put_san(b, req->name, e) < 0)
		return -1;
	for (size_t i = 0; i < req->n_sans; i++)
		if (strcmp(req->sans[i], req->name) != 0 && put_san(b, req->sans[i], e) < 0)
			return -1;
	return b->failed ? err_set(e, ERR_ENV, "no memory for the names") : 0;
}

static bool finish_server(X509 *x, const struct root *root, const char *name, const char *sans)
{
	X509_NAME *subject = X509_get_subject_name(x);

	/* A longer name stands in the SANs alone, where clients look anyway (RFC 9525 2). */
	return add_name(subject, "O", "osilab") && (strlen(name) > CN_MAX || add_name(subject, "CN", name)) &&
	       X509_set_issuer_name(x, X509_get_subject_name(root->cert)) &&
	       set_extension(x, root->cert, NID_basic_constraints, "critical,CA:FALSE") &&
	       set_extension(x, root->cert, NID_key_usage, "critical,digitalSignature") &&
	       set_extension(x, root->cert, NID_ext_key_usage, "serverAuth") &&
	       set_extension(x, root->cert, NID_subject_alt_name, sans) &&
	       set_extension(x, root->cert, NID_subject_key_identifier, "hash") &&
	       set_extension(x, root->cert, NID_authority_key_identifier, "keyid:always") &&
	       X509_sign(x, root->key, EVP_sha256()) > 0;
}

static int put_server(const char *dir, const char *name, X509 *x, EVP_PKEY *key, X509 *root, struct err *e)
{
	char cert_path[PATH_SIZE], key_path[PATH_SIZE];

	if (ca_path(dir, name, "key", key_path, sizeof(key_path), e) < 0 ||
	    ca_path(dir, name, "crt", cert_path, sizeof(cert_path), e) < 0 ||
	    put_key(key_path, key, true, e) < 0)
		return -1;
	return put_certs(cert_path, x, root, true, e);
}

int ca_issue(const char *dir, const struct ca_request *req, int64_t now, struct err *e)
{
	int days = req->days ? req->days : CA_SERVER_DAYS;
	struct root root = { NULL, NULL };
	EVP_PKEY *key = NULL;
	X509 *x = NULL;
	struct buf sans;
	int rc = -1;

	if (days > DAYS_MAX || days < -DAYS_MAX)
		return err_set(e, ERR_USAGE, "a certificate is valid for %d days at most", DAYS_MAX);
	if (strcmp(req->name, "root") == 0)
		return err_set(e, ERR_USAGE, "\"root\" is the name of the root's own files");
	buf_init(&sans, 0);
	if (sans_text(req, &sans, e) < 0 || root_load(&root, dir, e) < 0)
		goto out;
	key = EVP_EC_gen("P-256");
	x = key ? begin(key, days, now) : NULL;
	if (!x || !finish_server(x, &root, req->name, buf_cstr(&sans)))
		ossl_fail(e, ERR_ENV, "make the certificate of %s", req->name);
	else
		rc = put_server(dir, req->name, x, key, root.cert, e);
out:
	X509_free(x);
	EVP_PKEY_free(key);
	root_fini(&root);
	buf_fini(&sans);
	return rc;
}
