/* scrypt password hashes; see password.h.  RFC 7914. */
#include "tls/password.h"

#include "base/base64.h"
#include "tls/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum {
	SALT = 16,
	HASH = 32,
	BLOCKS = 8,
	PARALLEL = 1,
	LOG2_N_MAX = 20,
	MEMORY_MAX = 512 << 20, /* bytes; a damaged line may not ask for more */
};

struct parameters {
	int log2_n, r, p;
	uint8_t salt[SALT], hash[HASH];
};

static int derive(struct slice password, const struct parameters *p, uint8_t out[HASH])
{
	int ok = EVP_PBE_scrypt((const char *)password.p, password.n, p->salt, SALT, UINT64_C(1) << p->log2_n,
	    (uint64_t)p->r, (uint64_t)p->p, MEMORY_MAX, out, HASH);

	return ok == 1 ? 0 : -1;
}

static void format(const struct parameters *p, char line[PASSWORD_TEXT])
{
	char salt[32] = "", hash[64] = "";

	base64_encode(slice_of(p->salt, SALT), BASE64_UNPADDED, salt);
	base64_encode(slice_of(p->hash, HASH), BASE64_UNPADDED, hash);
	snprintf(line, PASSWORD_TEXT, "$scrypt$ln=%d,r=%d,p=%d$%s$%s", p->log2_n, p->r, p->p, salt, hash);
}

static int decode(struct slice text, uint8_t *out, size_t size)
{
	uint8_t room[HASH + 3];
	ssize_t n = base64_decode(text, BASE64_UNPADDED, room, sizeof(room));

	if (n != (ssize_t)size)
		return -1;
	memcpy(out, room, size);
	return 0;
}

static int parse(const char *line, struct parameters *p)
{
	struct slice rest = slice_str(line), salt, hash;
	int used = 0;

	if (sscanf(line, "$scrypt$ln=%2d,r=%2d,p=%2d$%n", &p->log2_n, &p->r, &p->p, &used) != 3 || !used)
		return -1;
	if (p->log2_n < 1 || p->log2_n > LOG2_N_MAX || p->r < 1 || p->p < 1)
		return -1;
	rest = slice_skip(rest, (size_t)used);
	salt = slice_cut(&rest, '$');
	hash = slice_cut(&rest, '$');
	if (rest.p || decode(salt, p->salt, SALT) || decode(hash, p->hash, HASH))
		return -1;
	return 0;
}

int password_hash(struct slice password, int log2_n, char line[PASSWORD_TEXT], struct err *e)
{
	struct parameters p = { .log2_n = log2_n, .r = BLOCKS, .p = PARALLEL };

	if (password.n < PASSWORD_MIN)
		return err_set(e, ERR_DATA, "a password needs at least %d bytes", PASSWORD_MIN);
	if (password.n > PASSWORD_MAX)
		return err_set(e, ERR_DATA, "a password has at most %d bytes", PASSWORD_MAX);
	if (slice_chr(password, '\0') >= 0)
		return err_set(e, ERR_DATA, "a password has no NUL byte");
	if (getrandom(p.salt, SALT, 0) != SALT)
		return err_sys(e, "cannot make a salt");
	if (derive(password, &p, p.hash))
		return err_set(e, ERR_ENV, "cannot hash the password: out of memory");
	format(&p, line);
	return 0;
}

int password_verify(struct slice password, const char *line, struct err *e)
{
	struct parameters p;
	uint8_t hash[HASH];
	bool same;

	if (parse(line, &p))
		return err_set(e, ERR_DATA, "the stored password hash is damaged");
	/* HMAC fills short keys with NULs, so that "x" and "x\0" would be the same to scrypt. */
	if (password.n > PASSWORD_MAX || slice_chr(password, '\0') >= 0)
		return 0;
	if (derive(password, &p, hash))
		return err_set(e, ERR_ENV, "cannot hash the password: out of memory");
	same = digest_equal(slice_of(hash, HASH), slice_of(p.hash, HASH));
	digest_wipe(hash, sizeof(hash));
	return same;
}

void password_decoy(int log2_n, char line[PASSWORD_TEXT])
{
	format(&(struct parameters){ .log2_n = log2_n, .r = BLOCKS, .p = PARALLEL }, line);
}
