/* A ring of keys from files; see ring.h. */
#include "token/ring.h"

#include "tls/digest.h"
#include "tls/pkey.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 * 1024, FILES = 2 * RING_KEYS /* looked at in a directory */ };

/* --- One file --- */

static int read_all(int fd, const char *path, struct buf *out, struct err *e)
{
	ssize_t n = 1;

	if (buf_reserve(out, FILE_MAX))
		return err_set(e, ERR_ENV, "key %s: out of memory", path);
	while (n > 0 && out->n < FILE_MAX) {
		n = read(fd, out->p + out->n, FILE_MAX - out->n);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			out->n += (size_t)n;
	}
	if (n < 0)
		return err_sys(e, "key %s", path);
	return n == 0 ? 0 : err_set(e, ERR_DATA, "key %s: is larger than %d bytes", path, FILE_MAX);
}

static bool is_public(struct slice text)
{
	return slice_find(text, SLICE("-----BEGIN PUBLIC KEY-----")) >= 0 && slice_find(text, SLICE("PRIVATE "
	                                                                                            "KEY----"
	                                                                                            "-")) < 0;
}

/* The mode is that of the descriptor that was read, so that the two cannot differ. */
static int check_mode(int fd, const char *path, struct slice text, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_sys(e, "key %s", path);
	if (S_ISREG(st.st_mode) && st.st_mode & 077 && !is_public(text))
		return err_set(e, ERR_ENV, "key %s: others can read it (mode %03o): run chmod 600 on it",
		    path, st.st_mode & 0777);
	return 0;
}

static int read_file(const char *path, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;

	*out = (struct buf){ 0 };
	if (fd < 0)
		return err_sys(e, "key %s", path);
	rc = read_all(fd, path, out, e);
	if (rc == 0)
		rc = check_mode(fd, path, buf_view(out), e);
	close(fd);
	return rc;
}

/* The algorithm a part of the name says; TOKEN_ALGS: none. */
static enum token_alg alg_named(struct slice rest)
{
	while (rest.p) {
		struct slice part = slice_cut(&rest, '.');

		for (int i = 0; i < TOKEN_ALGS; i++)
			if (slice_ieq_str(part, token_alg_name((enum token_alg)i)))
				return (enum token_alg)i;
	}
	return TOKEN_ALGS;
}

static enum token_alg alg_of_pem(struct slice pem, struct err *e)
{
	enum token_alg alg = TOKEN_ALGS;
	struct pkey k;

	if (pkey_init(&k, pem, e) == 0) {
		if (k.kind == PKEY_OTHER)
			err_set(e, ERR_DATA, "is a key neither of RSA nor on P-256");
		else
			alg = k.kind == PKEY_RSA ? TOKEN_RS256 : TOKEN_ES256;
	}
	pkey_fini(&k);
	return alg;
}

static void drop_line_end(struct buf *b)
{
	if (b->n && b->p[b->n - 1] == '\n')
		b->n--;
	if (b->n && b->p[b->n - 1] == '\r')
		b->n--;
}

static int add(struct ring *r, const char *path, struct buf *bytes, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct slice rest = slice_str(slash ? slash + 1 : path), kid = slice_cut(&rest, '.');
	enum token_alg alg = alg_named(rest), fits = TOKEN_HS256;

	if (slice_find(buf_view(bytes), SLICE("-----BEGIN")) >= 0)
		fits = alg_of_pem(buf_view(bytes), e);
	else
		drop_line_end(bytes);
	if (fits == TOKEN_ALGS)
		return -1;
	return ring_add(r, kid, alg == TOKEN_ALGS ? fits : alg, bytes, e);
}

static int load_file(struct ring *r, const char *path, struct err *e)
{
	struct buf bytes;
	int rc = read_file(path, &bytes, e);

	if (rc == 0 && (rc = add(r, path, &bytes, e)))
		err_in(e, "key %s", path);
	if (bytes.p)
		digest_wipe(bytes.p, bytes.cap);
	buf_fini(&bytes);
	return rc;
}

/* --- A directory --- */

static int no_dot(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int by_octets(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int load_dir(struct ring *r, const char *dir, struct err *e)
{
	struct dirent **names;
	int n = scandir(dir, &names, no_dot, by_octets), rc = 0;
	char path[4096];

	if (n < 0)
		return err_sys(e, "keys in %s", dir);
	if (n == 0 || n > FILES)
		rc = err_set(e, ERR_DATA, "keys in %s: there are %s", dir, n ? "too many" : "none");
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (rc == 0)
			rc = load_file(r, path, e);
		free(names[i]);
	}
	free(names);
	return rc;
}

int ring_load(struct ring *r, const char *const *paths, int n, struct err *e)
{
	struct stat st;

	*r = (struct ring){ 0 };
	for (int i = 0; i < n; i++) {
		bool dir = stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode);

		if ((dir ? load_dir : load_file)(r, paths[i], e))
			return -1;
	}
	return 0;
}
