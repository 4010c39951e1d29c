/* TLS for a server: the TLS row of the connection table of net/conn.h.  RFC 8446 (1.3), RFC 5246
 * (1.2) as narrowed by RFC 9325: ECDHE and AEAD unless told otherwise, no compression, no renegotiation, no
 * early data. */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include "base/arena.h"
#include "base/opts.h"
#include "net/conn.h"
#include "tls/cert.h"

enum tls_version {
	TLS_VERSION_ANY = 0, /* 1.2 or 1.3 */
	TLS_VERSION_12 = 0x0303,
	TLS_VERSION_13 = 0x0304,
};

struct tls_options {
	/* PEM: a server's certificate first, then its issuers; and its private key, refused when group or
	 * others can read it.  The n-th key is the n-th certificate's; or a "certificate" is a folder, and
	 * brings all its NAME.crt of servers with a NAME.key, by name.  A client gets the certificate for
	 * the name it asks for (SNI), of the kind of key it can verify; the first one when it asks for
	 * none, or for none of ours. */
	struct opt_list certs, keys;
	const char *keylog_file; /* NULL: none.  Every session's secrets are appended here (mode
	                          * 0600): whoever holds the file can read the traffic, so warn the
	                          * operator. The environment (SSLKEYLOGFILE) is never looked at. */
	const char *alpn;        /* protocols in our order, "h2,http/1.1"; NULL: "http/1.1" */
	enum tls_version min, max;
	struct opt_list suites;  /* names, also several parted by commas, in our order; none: the usual */
	bool rsa_kx;             /* TLS 1.2 with RSA key exchange, without forward secrecy: for labs, warn */
	bool no_tickets;         /* no resumption at all */
	int64_t ticket_period;   /* seconds, see tls/ticket.h; 0: TICKET_PERIOD */
	const char *client_ca;   /* PEM: authorities of client certificates; NULL: none are asked for */
	const char *client_crl;  /* PEM: their revocation lists; NULL: none are looked at */
	bool client_optional;    /* a client may come without one */
	struct opt_list staples; /* DER: OCSP responses to staple, each to the certificate it is about */
	struct tls_ctx *before;  /* the context that this one replaces, if any: its tickets stay good,
	                          * unless clients' certificates are to be judged anew */
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

/* Has one of the certificates a key that is too short to be trusted?  It is served all the same; warn. */
bool tls_ctx_weak(const struct tls_ctx *ctx);
/* Is a suite among those it takes that is no AEAD, or without forward secrecy? */
bool tls_ctx_doubtful(const struct tls_ctx *ctx);
/* Is that path a folder, from which struct tls_options takes all certificates? */
bool tls_is_folder(const char *path);

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
	const char *sni;     /* the name the client asked for; "" when none */
	struct slice alpn;   /* the protocol chosen; empty: the client did not ask */
	bool resumed;        /* by a ticket: no certificate was sent */
};

/* 0, or -1 when c is not a TLS connection or its handshake is not done. */
int tls_info(const struct conn *c, struct tls_info *out);

/* Is the server to answer for that host (a name or an address, without a port)?  Yes when the client asked for
 * no name, for this one, or when the certificate it got is for this one, too.  No: 421 (RFC 9110 15.5.20). */
bool tls_answers_for(const struct conn *c, struct slice host);

/* The client's certificate, which was verified.  1; 0 when it showed none; -1 without memory in the arena. */
int tls_client_cert(const struct conn *c, struct arena *a, struct cert *out);

#endif
