/* The files of a lab's certificate authority; see ca_files.h. */
#include "tls/ca_files.h"
#include "base/clock.h"
#include "tls/ossl.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NAME_MAX_BYTES = 253, /* of a host name (RFC 1035 2.3.4) */
};

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

bool ca_is_address(const char *name)
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

/* alice@lab.test: what stands before the '@' has the letters of a label. */
static bool is_mail(const char *name)
{
	const char *at = strchr(name, '@');

	for (const char *p = name; at && p < at; p++)
		if (!letter_or_digit(*p) && (p == name || !strchr("._+-", *p)))
			return false;
	return at && at > name && at - name <= 64 && at[1] != '*' && is_host_name(at + 1);
}

int ca_check_name(const char *name, bool person, struct err *e)
{
	if (name && (ca_is_address(name) || is_host_name(name) || (person && is_mail(name))))
		return 0;
	return err_set(e, ERR_USAGE, "\"%s\" is neither a host name nor an IP address%s", name ? name : "",
	    person ? ", nor a mail address" : "");
}

int ca_path(const char *dir, const char *name, const char *ext, char *dst, size_t size, struct err *e)
{
	int n;

	if (ca_check_name(name, true, e) < 0)
		return -1;
	n = snprintf(dst, size, "%s/%s.%s", dir, name, ext);
	if (n >= (int)size)
		return err_set(e, ERR_ENV, "the path of %s is too long", name);
	if (name[0] == '*')
		dst[strlen(dir) + 1] = '_';
	return 0;
}

/* mkdir -p, what is new with mode 0700. */
int ca_make_dir(const char *dir, struct err *e)
{
	char path[CA_PATH_SIZE];

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
int ca_put_file(const char *path, unsigned mode, void *content, bool replace, struct err *e)
{
	char temp[CA_PATH_SIZE + 16];
	char *text;
	long n = BIO_get_mem_data((BIO *)content, &text);
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

int ca_put_certs(const char *path, void *const *certs, size_t n, bool replace, struct err *e)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool ok = bio != NULL;
	int rc;

	for (size_t i = 0; i < n && ok; i++)
		ok = PEM_write_bio_X509(bio, certs[i]) > 0;
	rc = ok ? ca_put_file(path, 0644, bio, replace, e)
	        : ossl_fail(e, ERR_ENV, "write certificate %s", path);
	BIO_free(bio);
	return rc;
}

int ca_put_key(const char *path, void *key, bool replace, struct err *e)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int rc;

	if (!bio || PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) <= 0)
		rc = ossl_fail(e, ERR_ENV, "write key %s", path);
	else
		rc = ca_put_file(path, 0600, bio, replace, e);
	BIO_free(bio);
	return rc;
}

/* --- Authorities ----------------------------------------------------------------------------- */

/* Ours have no pass phrase; never ask for one. */
static int no_passphrase(char *buf, int size, int rw, void *arg)
{
	return -1;
}

void *ca_read_cert(const char *path, struct err *e)
{
	BIO *bio = access(path, R_OK) == 0 ? BIO_new_file(path, "r") : NULL;
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;

	if (!x && !bio)
		err_sys(e, "certificate %s", path);
	else if (!x)
		ossl_fail(e, ERR_ENV, "certificate %s", path);
	BIO_free(bio);
	return x;
}

static void *read_key(const char *path)
{
	BIO *bio = BIO_new_file(path, "r");
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;

	BIO_free(bio);
	return key;
}

static int no_authority(const char *name, const char *path, struct err *e)
{
	if (strcmp(name, CA_ROOT) == 0)
		return err_set(e, ERR_ENV, "no root certificate %s: run \"osilab ca init\" first", path);
	return err_set(e, ERR_ENV, "no authority %s: run \"osilab ca intermediate %s\" first", path, name);
}

static int load_pair(struct ca_authority *a, const char *dir, const char *name, struct err *e)
{
	char path[CA_PATH_SIZE];

	if (ca_path(dir, name, "crt", path, sizeof(path), e) < 0)
		return -1;
	if (access(path, F_OK) < 0)
		return no_authority(name, path, e);
	a->cert = ca_read_cert(path, e);
	if (!a->cert)
		return -1;
	if (!X509_check_ca(a->cert))
		return err_set(e, ERR_USAGE, "%s is the certificate of no authority", path);
	if (ca_path(dir, name, "key", path, sizeof(path), e) < 0)
		return -1;
	a->key = read_key(path);
	if (!a->key || !X509_check_private_key(a->cert, a->key))
		return ossl_fail(e, ERR_ENV, "key of the authority: %s", path);
	return 0;
}

int ca_load(struct ca_authority *a, const char *dir, const char *name, struct err *e)
{
	char path[CA_PATH_SIZE];

	*a = (struct ca_authority){ 0 };
	snprintf(a->name, sizeof(a->name), "%s", name ? name : CA_ROOT);
	if (load_pair(a, dir, a->name, e) < 0)
		return -1;
	if (strcmp(a->name, CA_ROOT) == 0)
		return 0;
	if (ca_path(dir, CA_ROOT, "crt", path, sizeof(path), e) < 0)
		return -1;
	a->root = ca_read_cert(path, e);
	return a->root ? 0 : -1;
}

void ca_unload(struct ca_authority *a)
{
	X509_free(a->cert);
	X509_free(a->root);
	EVP_PKEY_free(a->key);
	*a = (struct ca_authority){ 0 };
}

static int is_key(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && strcmp(d->d_name + n - 4, ".key") == 0;
}

/* Did the authority of that key file issue the certificate?  It is then kept in *a. */
static bool issued(struct ca_authority *a, const char *dir, const char *file, void *cert)
{
	char name[CA_PATH_SIZE];

	snprintf(name, sizeof(name), "%.*s", (int)strlen(file) - 4, file);
	if (ca_load(a, dir, name, NULL) == 0 && X509_check_issued(a->cert, cert) == X509_V_OK &&
	    X509_verify(cert, a->key) > 0)
		return true;
	ca_unload(a);
	ERR_clear_error();
	return false;
}

int ca_load_issuer(struct ca_authority *a, const char *dir, void *cert, struct err *e)
{
	struct dirent **found = NULL;
	int n = scandir(dir, &found, is_key, alphasort), rc = -1;

	for (int i = 0; i < n; i++) {
		if (rc < 0 && issued(a, dir, found[i]->d_name, cert))
			rc = 0;
		free(found[i]);
	}
	free(found);
	return rc == 0 ? 0
	               : err_set(e, ERR_USAGE, "none of the authorities in %s issued that certificate", dir);
}
