/* The key that tokens are signed with; see jwtkey.h. */
#include "web/jwtkey.h"

#include "tls/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 * 1024, RANDOM = 32 };

static int read_file(const char *path, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = 1;

	buf_init(out, FILE_MAX);
	if (fd < 0 || buf_reserve(out, FILE_MAX)) {
		err_sys(e, "key %s", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (n > 0 && out->n < FILE_MAX) {
		n = read(fd, out->p + out->n, FILE_MAX - out->n);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			out->n += (size_t)n;
	}
	close(fd);
	if (n < 0)
		return err_sys(e, "key %s", path);
	return n == 0 ? 0 : err_set(e, ERR_DATA, "key %s: is larger than %d bytes", path, FILE_MAX);
}

static int check_mode(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st))
		return err_sys(e, "key %s", path);
	if (S_ISREG(st.st_mode) && st.st_mode & 077)
		return err_set(e, ERR_ENV,
		    "key %s: others can read it (mode %03o): run chmod 600 on it", path,
		    st.st_mode & 0777);
	return 0;
}

static int use_secret(struct jwtkey *k, struct slice secret, struct err *e)
{
	if (token_key_init(&k->sign, TOKEN_HS256, secret, e))
		return -1;
	k->verify = k->sign;
	return 0;
}

static int make_secret(struct jwtkey *k, struct err *e)
{
	if (buf_reserve(&k->secret, RANDOM) || getrandom(k->secret.p, RANDOM, 0) != RANDOM)
		return err_sys(e, "cannot make a key");
	k->secret.n = RANDOM;
	return use_secret(k, buf_view(&k->secret), e);
}

/* A private key signs; its public half, which says the algorithm, verifies. */
static int use_pair(struct jwtkey *k, const char *public_key, struct err *e)
{
	enum token_alg alg = TOKEN_RS256;

	if (!public_key)
		return err_set(e, ERR_USAGE,
		    "--jwt-key is a private key: give its public half with --jwt-public");
	if (read_file(public_key, &k->public, e))
		return -1;
	if (token_key_init(&k->verify, alg, buf_view(&k->public), NULL)) {
		alg = TOKEN_ES256;
		if (token_key_init(&k->verify, alg, buf_view(&k->public), NULL))
			return err_set(e, ERR_DATA,
			    "key %s: is no PEM public key for RS256 (RSA, 2048 bits or more) or "
			    "ES256 (P-256)",
			    public_key);
	}
	return token_key_init(&k->sign, alg, buf_view(&k->secret), e);
}

static struct slice without_line_end(struct slice s)
{
	if (s.n && s.p[s.n - 1] == '\n')
		s.n--;
	if (s.n && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

int jwtkey_init(struct jwtkey *k, const char *key, const char *public_key, struct err *e)
{
	*k = (struct jwtkey){ 0 };
	if (!key)
		return make_secret(k, e);
	if (check_mode(key, e) || read_file(key, &k->secret, e))
		return -1;
	if (slice_find(buf_view(&k->secret), SLICE("-----BEGIN")) >= 0) {
		if (use_pair(k, public_key, e) == 0)
			return 0;
	} else if (use_secret(k, without_line_end(buf_view(&k->secret)), e) == 0) {
		return 0;
	}
	return err_in(e, "key %s", key);
}

void jwtkey_fini(struct jwtkey *k)
{
	if (k->secret.p)
		digest_wipe(k->secret.p, k->secret.cap);
	buf_fini(&k->secret);
	buf_fini(&k->public);
}
