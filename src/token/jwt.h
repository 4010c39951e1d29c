/* JSON Web Tokens: look, sign, verify.  RFC 7519, RFC 7515 (compact serialisation), RFC 8725 (best
 * current practice).  Names start with token_ since jwt_ is the library's.
 *
 * Verifying pins ONE algorithm: the key says which, and a token whose header says anything else is
 * refused before its signature is looked at.  Times are whole SECONDS since 1970 here, as in the
 * tokens. */
#ifndef TOKEN_JWT_H
#define TOKEN_JWT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum {
	TOKEN_SIZE_MAX = 8192, /* bytes of a whole token */
	TOKEN_SECRET_MIN = 32, /* bytes of an HS256 key (RFC 7518 3.2); HS384 48, HS512 64 */
	TOKEN_LEEWAY_MAX = 60, /* seconds */
};

enum token_alg {
	TOKEN_HS256, /* HMAC with SHA-256; one shared secret */
	TOKEN_HS384,
	TOKEN_HS512,
	TOKEN_RS256, /* RSA PKCS #1 v1.5 with SHA-256; 2048 bits or more */
	TOKEN_PS256, /* RSA PSS with SHA-256; likewise */
	TOKEN_ES256, /* ECDSA on P-256 with SHA-256 */
	TOKEN_ALGS,
};

/* "HS256"; TOKEN_ALGS for a name that is none (by exact spelling). */
const char *token_alg_name(enum token_alg alg);
enum token_alg token_alg_of(struct slice name);

/* Why a token was refused; also returned, negated, by the functions below. */
enum token_fault {
	TOKEN_OK = 0,
	TOKEN_TOO_BIG,   /* longer than TOKEN_SIZE_MAX */
	TOKEN_BAD_FORM,  /* not three parts of strict base64url, or not a JSON object inside */
	TOKEN_ALG,       /* header alg is not exactly the one configured */
	TOKEN_KEY,       /* header kid names no key of the ring, or there is none and it does not follow */
	TOKEN_CRIT,      /* header has crit (or b64): extensions we do not implement */
	TOKEN_TYPE,      /* header typ is there and is not JWT */
	TOKEN_SIGNATURE, /* the signature is not that of this text under this key */
	TOKEN_BAD_CLAIM, /* a claim has the wrong type, or exp or sub is missing */
	TOKEN_EXPIRED,   /* exp has passed */
	TOKEN_NOT_YET,   /* nbf or iat lies ahead */
	TOKEN_ISSUER,    /* iss is missing or another one */
	TOKEN_AUDIENCE,  /* aud is missing or does not name us */
	TOKEN_NO_MEMORY, /* the arena or memory is full: says nothing about the token */
	TOKEN_FAULTS,
};

/* A short stable id ("token_expired") and an English sentence; both take the value negated or not.
 */
const char *token_fault_id(int fault);
const char *token_fault_text(int fault);

/* What the registered claims say (RFC 7519 4.1).  Text is UTF-8 without NUL, else untrusted. */
struct token_claims {
	struct slice iss, sub, jti; /* empty when absent or not a string */
	struct slice aud;           /* an array of strings is joined with ", " */
	int64_t exp, nbf, iat;      /* seconds since 1970; only when has_... */
	bool has_exp, has_nbf, has_iat;
	struct slice json; /* the whole payload, decoded, byte for byte */
};

/* A token taken apart for SHOWING; nothing about it is verified. */
struct token_view {
	struct slice header;        /* decoded JSON text, byte for byte */
	struct slice alg, typ, kid; /* from the header; empty when absent or not a string */
	struct slice signing_input; /* header.payload as sent; points into the token */
	size_t signature_size;      /* bytes, decoded; 0: unsigned */
	bool has_crit;
	const char
	    *key_source;     /* "jku", "jwk", "x5u" or "x5c": the header brings its own key or says where one
	                         * lies; NULL: it does not */
	bool payload_object; /* the payload is a JSON object (else only claims.json is set) */
	struct token_claims claims;
};

/* 0; -TOKEN_TOO_BIG, -TOKEN_BAD_FORM (not a token: its header is no JSON object with a string alg)
 * or -TOKEN_NO_MEMORY.  Slices live in the arena. */
int token_view(struct slice token, struct arena *a, struct token_view *out);

/* A key and the one algorithm it is for. */
struct token_key {
	enum token_alg alg;
	const uint8_t *bytes; /* borrowed: HS256 the secret; else PEM text */
	size_t n;
	bool can_sign; /* HS256, or a private key */
};

/* Checks the key: HS256 TOKEN_SECRET_MIN bytes or more and not PEM text; RS256, PS256 and ES256 a
 * PEM public key of that very kind and size, or a private key, which can sign only (and is looked at
 * then).  The bytes are borrowed, not copied. */
int token_key_init(struct token_key *k, enum token_alg alg, struct slice bytes, struct err *e);

/* What to say in a new token; NULL or 0: left out. */
struct token_new {
	const char *iss, *sub, *aud, *jti, *kid;
	int64_t iat, nbf, exp;
	const char *more; /* a JSON object with further claims, or NULL */
};

/* Appends the compact token to out. */
int token_sign(const struct token_key *k, const struct token_new *t, struct buf *out, struct err *e);

struct ring;

struct token_policy {
	const struct token_key *key; /* NULL: one of `ring`: the one that the header's kid names, or without
	                              * kid the only one for its alg */
	const struct ring *ring;
	const char *iss; /* must be exactly this; NULL: not looked at */
	const char *aud; /* must be this or, as an array, hold it; NULL: not looked at */
	int64_t now;     /* seconds since 1970 (clock_real() / CLOCK_SEC) */
	int64_t leeway;  /* seconds; clamped to 0 .. TOKEN_LEEWAY_MAX */
};

/* Everything RFC 8725 asks: size, strict form, no duplicate member, the one algorithm, no crit,
 * signature, then exp (required), nbf, iat, iss, aud, sub (required, not empty).  0 with *out
 * filled, or a negative enum token_fault.  *out lives in the arena. */
int token_verify(const struct token_policy *p, struct slice token, struct arena *a, struct token_claims *out);

/* The signature alone, for a tracer that was given the key and only looks: a secret of any length for HS256,
 * HS384 and HS512, or a PEM public key for RS256 and PS256 (RSA) or ES256 (P-256).  1 it is right, 0 it is wrong, or
 * -TOKEN_ALG (the header says an algorithm that this kind of key is not for), -TOKEN_TOO_BIG,
 * -TOKEN_BAD_FORM, -TOKEN_NO_MEMORY. */
int token_signature_ok(struct slice key, struct slice token);

#endif
