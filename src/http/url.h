/* URLs as HTTP uses them: targets, percent-encoding, dot segments, queries and forms.
 * RFC 3986, RFC 9110 4.2, and the WHATWG URL standard for forms. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include "base/buf.h"
#include "http/msg.h"

/* An absolute URL taken apart; all slices as sent. */
struct http_url {
	struct slice scheme;
	struct slice userinfo; /* p is NULL when there is no '@' */
	struct slice host;     /* without port; an IPv6 literal keeps its brackets */
	int32_t port;          /* -1: none given */
	struct slice path;     /* may be empty */
	struct slice query;    /* p is NULL when there is no '?' */
	struct slice fragment; /* p is NULL when there is no '#' */
};

/* Takes "scheme://authority/path?query#fragment" apart.  0, or -1 when it is not of this shape. */
int http_url_parse(struct slice text, struct http_url *out);

/* Takes "host", "host:port" or "[::1]:port" apart (RFC 3986 3.2.2, 3.2.3).  *port is -1 when none
 * is given or it is empty.  0, or -1 when empty or invalid; there is no userinfo here. */
int http_authority_split(struct slice authority, struct slice *host, int32_t *port);

/* Cuts a target at its first '?'; *query has p == NULL when there is none. */
void http_url_split(struct slice target, struct slice *path, struct slice *query);

enum http_decode {
	HTTP_DECODE_PLUS = 1, /* '+' is a space (forms) */
	HTTP_DECODE_RAW = 2,  /* a '%' that starts no escape stands for itself (WHATWG forms) */
};

/* Undoes percent-encoding into out, which needs in.n bytes at most.  Returns the bytes written, or
 * -1 for a bad escape or too little room.  May be done in place (out == in.p). */
ssize_t http_percent_decode(struct slice in, int flags, uint8_t *out, size_t size);
/* Appends s with everything but unreserved characters (RFC 3986 2.3) percent-encoded. */
int http_percent_encode(struct buf *out, struct slice s);

/* The resource path of a target's path: decoded once, then "." and ".." segments resolved (".."
 * above the root stays at the root), always starting with '/'; "//" is kept.  Writes a NUL behind
 * it.  Returns the length without the NUL; needs path.n + 2 bytes at most; -1 for a bad escape, a
 * NUL octet (%00) or too little room. The caller still opens it beneath its root: a decoded '\' or
 * '%' is an ordinary octet. */
ssize_t http_url_path(struct slice path, char *out, size_t size);

/* Cuts the next name=value off a query or application/x-www-form-urlencoded body; both still
 * encoded; a piece without '=' has an empty value with p == NULL; empty pieces are skipped. Returns
 * false at the end. */
bool http_form_next(struct slice *rest, struct slice *name, struct slice *value);
/* The decoded value of the field `name` of a form, NUL-terminated in out.  Returns its length, -1
 * when there is no such field, -2 when it is there twice, does not fit or holds a NUL: three ways a
 * login must fail. */
ssize_t http_form_get(struct slice form, const char *name, char *out, size_t size);

#endif
