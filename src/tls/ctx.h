/* The inside of struct tls_ctx, shared by ctx.c and tls.c.  OpenSSL's types stay in the .c files.
 */
#ifndef TLS_CTX_H
#define TLS_CTX_H

#include "tls/hosts.h"
#include "tls/ticket.h"
#include "tls/tls.h"

struct tls_ctx {
	void *ssl_ctx;    /* SSL_CTX that a connection starts with; a server's is its first host's */
	void *bio;        /* BIO_METHOD of the connections' descriptors */
	unsigned refs;    /* the owner and every connection; atomic */
	int keylog_fd;    /* -1: none */
	uint8_t alpn[64]; /* our protocols in the wire's form: length, name, ... */
	size_t alpn_n;
	/* Servers: */
	struct ticket_keys tickets;
	struct tls_hosts hosts;
	bool doubtful;                     /* see tls_ctx_doubtful */
	const struct tls_options *options; /* while the context is made */
	/* Clients: */
	const char *server_name; /* to be told to the server; NULL: none */
	void *session;           /* SSL_SESSION to take up again; NULL: none yet */
};

/* One more hold; given back with tls_ctx_free. */
struct tls_ctx *tls_ctx_hold(struct tls_ctx *ctx);

/* Puts the names of a list "h2,http/1.1" into ctx->alpn.  0 or -1. */
int tls_ctx_set_alpn(struct tls_ctx *ctx, const char *list, struct err *e);

/* The BIO_METHOD that tls.c fills in; NULL when out of memory. */
void *tls_bio_method(void);

#endif
