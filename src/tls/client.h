/* TLS for a client: contexts and connections over the same row of the connection table as the server's.
 * RFC 8446, RFC 9525 (names in certificates), RFC 6066 3 (server name). */
#ifndef TLS_CLIENT_H
#define TLS_CLIENT_H

#include "tls/tls.h"

struct tls_client_options {
	const char *ca_file; /* PEM: the roots to trust; NULL: the system's */
	const char *name;    /* the server's name or address, which its certificate must be for; a name is
	                      * also told to it (SNI).  The string must live as long as the context */
	const char *alpn;    /* protocols to offer, "http/1.1"; NULL: none */
	bool insecure;       /* any certificate will do: for labs */
	bool resume;         /* take up the last session again where the server gave a ticket */
};

/* NULL with *e set: no such file of roots, no memory.  Free with tls_ctx_free; the connections may live
 * longer.  With `resume` connections of one context belong to one thread. */
struct tls_ctx *tls_client_new(const struct tls_client_options *o, struct err *e);

/* A client-side TLS connection over an open, non-blocking descriptor, perhaps not connected yet.  0: c owns
 * fd; -1 when there is no memory: fd is still the caller's.  peer may be NULL.  Then, once connected, conn_handshake
 * until it returns 0, or conn_read and conn_write do it on the way. */
int tls_client_init(struct conn *c, struct tls_ctx *ctx, int fd, const struct addr *peer);

#endif
