/* The inside of struct tls_ctx, shared by ctx.c and tls.c.  OpenSSL's types stay in the .c files.
 */
#ifndef TLS_CTX_H
#define TLS_CTX_H

#include "tls/ticket.h"
#include "tls/tls.h"

struct tls_ctx {
	void *ssl_ctx;    /* SSL_CTX */
	void *bio;        /* BIO_METHOD of the connections' descriptors */
	unsigned refs;    /* the owner and every connection; atomic */
	int keylog_fd;    /* -1: none */
	uint8_t alpn[64]; /* our protocols in the wire's form: length, name, ... */
	size_t alpn_n;
	struct ticket_keys tickets;
};

/* One more hold; given back with tls_ctx_free. */
struct tls_ctx *tls_ctx_hold(struct tls_ctx *ctx);

/* The BIO_METHOD that tls.c fills in; NULL when out of memory. */
void *tls_bio_method(void);

#endif
