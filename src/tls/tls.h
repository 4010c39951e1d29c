/* TLS for a server: the TLS row of the connection table of net/conn.h.  RFC 8446 (1.3), RFC 5246
 * (1.2) as narrowed by RFC 9325: ECDHE and AEAD only, no compression, no renegotiation, no early
 * data. */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include "net/conn.h"

enum tls_version {
	TLS_VERSION_ANY = 0, /* 1.2 or 1.3 */
	TLS_VERSION_12 = 0x0303,
	TLS_VERSION_13 = 0x0304,
};

struct tls_options {
	const char *cert_file;   /* PEM: the server's certificate first, then its issuers */
	const char *key_file;    /* PEM: its private key; refused when group or others can read it */
	const char *keylog_file; /* NULL: none.  Every session's secrets are appended here (mode
	                          * 0600): whoever holds the file can read the traffic, so warn the
	                          * operator. The environment (SSLKEYLOGFILE) is never looked at. */
	const char *alpn;        /* protocols in our order, "h2,http/1.1"; NULL: "http/1.1" */
	enum tls_version only;   /* one version, for labs; TLS_VERSION_ANY otherwise */
	bool no_tickets;         /* no resumption at all */
};

/* What a server shares between its connections: certificate, key, policy, ticket keys.  May be used
 * by several threads, and by workers forked after it was made: all of them accept each other's
 * tickets. */
struct tls_ctx;

/* NULL with *e set: a file is missing, unreadable, damaged or too open, or key and certificate do
 * not match.  Free with tls_ctx_free. */
struct tls_ctx *tls_ctx_new(const struct tls_options *o, struct err *e);
/* Drops the caller's hold; what connections still use stays until the last one closes.  So
 * reloading a certificate is: make a new context, use it for what comes next, free the old one. */
void tls_ctx_free(struct tls_ctx *ctx);

/* A server-side TLS connection over an open, non-blocking descriptor.  0: c owns fd; -1 when
 * there is no memory: fd is still the caller's.  peer may be NULL.  Then conn_handshake until it returns
 * 0. */
int tls_conn_init(struct conn *c, struct tls_ctx *ctx, int fd, const struct addr *peer);

/* After CONN_ERROR from the handshake: true when the client did not speak TLS but, by its first
 * byte, an HTTP request in clear.  Then c has become a plain TCP connection with nothing read from
 * it yet, so that the caller can answer 400 and close. */
bool tls_plain_http(struct conn *c);

/* What was agreed.  Strings live as long as the connection. */
struct tls_info {
	const char *version; /* "TLS 1.3" */
	const char *cipher;  /* the standard's name: "TLS_AES_128_GCM_SHA256" */
	const char *group;   /* key exchange: "x25519"; "" when unknown (resumed TLS 1.2) */
	const char *sni;     /* the name the client asked for; "" when none.  The one certificate is
	                      * served whatever the name: answering 421 is up to the HTTP layer */
	struct slice alpn;   /* the protocol chosen; empty: the client did not ask */
	bool resumed;        /* by a ticket: no certificate was sent */
};

/* 0, or -1 when c is not a TLS connection or its handshake is not done. */
int tls_info(const struct conn *c, struct tls_info *out);

#endif
