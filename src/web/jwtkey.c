/* The key that tokens are signed with; see jwtkey.h. */
#include "web/jwtkey.h"

#include "tls/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 * 1024, RANDOM = 32 };

static int check_mode(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_sys(e, "key %s", path);
	if (S_ISREG(st.st_mode) && st.st_mode & 077)
		return err_set(e, ERR_ENV, "key %s: others can read it (mode %03o): run chmod 600 on it",
		    path, st.st_mode & 0777);
	return 0;
}

/* The mode is checked on the descriptor that is read, so that the two cannot differ. */
static int open_file(const char *path, bool private, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, "key %s", path);
	if (!private || check_mode(fd, path, e) == 0)
		return fd;
	close(fd);
	return -1;
}

static int read_file(const char *path, bool private, struct buf *out, struct err *e)
{
	int fd = open_file(path, private, e);
	ssize_t n = 1;

	buf_init(out, FILE_MAX);
	if (fd < 0)
		return -1;
	if (buf_reserve(out, FILE_MAX)) {
		close(fd);
		return err_set(e, ERR_ENV, "key %s: out of memory", path);
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

/* Is what one half signs good for the other? */
static bool fits(const struct jwtkey *k)
{
	struct token_policy policy = { .key = &k->verify };
	struct token_claims claims;
	struct buf token = { 0 };
	struct arena a;
	bool good;

	arena_init(&a, 0);
	good = token_sign(&k->sign, &(struct token_new){ .sub = "x", .exp = 1 }, &token, NULL) == 0 &&
	       token_verify(&policy, buf_view(&token), &a, &claims) == 0;
	arena_fini(&a);
	buf_fini(&token);
	return good;
}

/* The public half says the algorithm. */
static int use_public(struct jwtkey *k, const char *path, struct err *e)
{
	struct slice text = buf_view(&k->public);

	if (token_key_init(&k->verify, TOKEN_RS256, text, NULL) &&
	    token_key_init(&k->verify, TOKEN_ES256, text, NULL))
		return err_set(e, ERR_ENV,
		    "%s is no PEM public key for RS256 (RSA, 2048 bits or more) or ES256 (P-256)", path);
	if (k->verify.can_sign)
		return err_set(e, ERR_ENV, "%s is a private key, --jwt-public needs the public half", path);
	return 0;
}

static int use_pair(struct jwtkey *k, const char *public_key, struct err *e)
{
	if (!public_key)
		return err_set(e, ERR_USAGE, "a private key needs its public half: --jwt-public");
	if (read_file(public_key, false, &k->public, e) || use_public(k, public_key, e) ||
	    token_key_init(&k->sign, k->verify.alg, buf_view(&k->secret), e))
		return -1;
	return fits(k) ? 0 : err_set(e, ERR_ENV, "is not the private half of %s", public_key);
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
	if (read_file(key, true, &k->secret, e))
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
