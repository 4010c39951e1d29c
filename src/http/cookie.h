/* Cookies, both directions and both sides.  RFC 6265bis (draft-ietf-httpbis-rfc6265bis), with the
 * Partitioned attribute of draft-cutler-httpbis-partitioned-cookies. */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include "base/buf.h"
#include "http/msg.h"

enum {
	HTTP_COOKIE_PAIR_MAX = 4096, /* name and value together (6265bis 5.6) */
	HTTP_COOKIE_ATTR_MAX = 1024, /* an attribute value longer than this is ignored */
};

/* --- The Cookie field: what a user agent sends --- */

struct http_cookie {
	struct slice name;  /* as sent, without the white space around it */
	struct slice value; /* the same; quotes are part of it */
	bool clean;         /* the name is a token and the value all cookie-octets, perhaps within quotes */
};

/* Cuts the next pair off the value of a Cookie field.  Pairs without '=' or with an empty name are
 * skipped; user agents do send others that are not clean.  Returns false at the end. */
bool http_cookie_next(struct slice *rest, struct http_cookie *out);

/* Looks one cookie up by exact name through all Cookie fields.  1: found once, *value is it; 0: not
 * there; -1: there more than once, so that none can be trusted (a sibling host or another path may
 * have set one), or not clean. */
int http_cookie_get(const struct http_msg *req, struct slice name, struct slice *value);

/* --- The Set-Cookie field: what a server sends --- */

enum http_samesite {
	HTTP_SAMESITE_DEFAULT, /* no attribute, or a value nobody knows */
	HTTP_SAMESITE_NONE,
	HTTP_SAMESITE_LAX,
	HTTP_SAMESITE_STRICT,
};

struct http_setcookie {
	struct slice name, value; /* the name may be empty */
	struct slice domain;      /* without a leading dot, case as sent; empty: host-only */
	struct slice path;        /* starts with '/'; empty: the default path of the request */
	bool has_expires;
	int64_t expires; /* seconds since 1970 UTC */
	bool has_max_age;
	int64_t max_age; /* seconds; <= 0: expire now; wins over expires */
	bool secure, http_only, partitioned;
	enum http_samesite samesite;
	uint16_t unknown; /* attributes nobody knows, passed over */
};

/* Reads the value of a Set-Cookie field as a user agent must (6265bis 5.6).  0, or -1 when the
 * cookie is to be ignored as a whole (control octets, empty name and value, too long).  When an
 * attribute repeats, the last counts. */
int http_setcookie_parse(struct slice value, struct http_setcookie *out);

/* What a user agent holds against a cookie (6265bis 5.7). */
enum http_cookie_flaw {
	HTTP_COOKIE_FINE,
	HTTP_COOKIE_FOREIGN,       /* Domain does not cover the host */
	HTTP_COOKIE_NOT_SECURE,    /* Secure, but not from a secure origin */
	HTTP_COOKIE_SECURE_PREFIX, /* __Secure- without Secure */
	HTTP_COOKIE_HOST_PREFIX,   /* __Host- without Secure, with Domain, or without Path=/ */
	HTTP_COOKIE_SAMESITE_NONE, /* SameSite=None without Secure */
	HTTP_COOKIE_PARTITIONED,   /* Partitioned without Secure */
	HTTP_COOKIE_PREFIX_HIDDEN, /* no name, and a value that looks like a prefixed name */
};

/* The first flaw of a cookie received from `host` (without port) over a secure (TLS) connection or
 * not.  Public suffixes are not known here. */
enum http_cookie_flaw http_setcookie_check(const struct http_setcookie *c, struct slice host, bool secure);
/* One English sentence without a full stop. */
const char *http_cookie_flaw_text(enum http_cookie_flaw f);

/* Appends a whole "Set-Cookie: ...\r\n" line.  Refuses with -1 (out unchanged but out->failed, as
 * in write.h) a name that is no token, a value, domain or path with octets outside the grammar of
 * 6265bis 4.1.1 (controls, space, '"', ',', ';', '\'), and a cookie that http_setcookie_check would
 * find at fault on a secure connection. */
int http_setcookie_write(struct buf *out, const struct http_setcookie *c);

/* --- Matching --- */

/* 6265bis 5.1.3: is host equal to domain, or does it end with "." domain and is no IP address? */
bool http_domain_match(struct slice host, struct slice domain);
/* 6265bis 5.1.4. */
bool http_path_match(struct slice request_path, struct slice cookie_path);
/* 6265bis 5.1.4: the path of a cookie without Path attribute. */
struct slice http_default_path(struct slice request_path);

#endif
