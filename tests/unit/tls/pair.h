/* A TLS client and server of OpenSSL joined by memory, with the bytes of both directions and the key log
 * kept: what a capture and a key log file would hold. */
#ifndef PAIR_H
#define PAIR_H

#include "base/buf.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

struct pair {
	SSL_CTX *client_ctx, *server_ctx;
	SSL *client, *server;
	struct buf wire[2]; /* [0] what the client sent, [1] what the server sent */
	struct buf keylog;
};

/* A self-signed certificate for the key. */
static inline X509 *pair_certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"pair", -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_sha256());
	return x;
}

static inline void pair_keylog(const SSL *ssl, const char *line)
{
	struct buf *b = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	buf_puts(b, line);
	buf_putc(b, '\n');
}

/* Versions as 0x0303; suites in OpenSSL's own names (TLS 1.2) or the standard's (TLS 1.3). */
static inline void pair_init(struct pair *p, EVP_PKEY *key, int version, const char *suite, bool etm)
{
	X509 *x = pair_certificate(key);
	char list[128];

	*p = (struct pair){ 0 };
	p->client_ctx = SSL_CTX_new(TLS_client_method());
	p->server_ctx = SSL_CTX_new(TLS_server_method());
	SSL_CTX_use_certificate(p->server_ctx, x);
	SSL_CTX_use_PrivateKey(p->server_ctx, key);
	X509_free(x);
	SSL_CTX_set_app_data(p->client_ctx, &p->keylog);
	SSL_CTX_set_keylog_callback(p->client_ctx, pair_keylog);
	snprintf(list, sizeof(list), "%s@SECLEVEL=0", suite);
	for (int i = 0; i < 2; i++) {
		SSL_CTX *ctx = i ? p->server_ctx : p->client_ctx;

		SSL_CTX_set_min_proto_version(ctx, version);
		SSL_CTX_set_max_proto_version(ctx, version);
		if (version == TLS1_3_VERSION)
			SSL_CTX_set_ciphersuites(ctx, suite);
		else
			SSL_CTX_set_cipher_list(ctx, list);
		SSL_CTX_set_security_level(ctx, 0);
		if (!etm)
			SSL_CTX_set_options(ctx, SSL_OP_NO_ENCRYPT_THEN_MAC);
	}
	p->client = SSL_new(p->client_ctx);
	p->server = SSL_new(p->server_ctx);
	SSL_set_bio(p->client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_bio(p->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_connect_state(p->client);
	SSL_set_accept_state(p->server);
	ERR_clear_error();
}

static inline void pair_fini(struct pair *p)
{
	SSL_free(p->client);
	SSL_free(p->server);
	SSL_CTX_free(p->client_ctx);
	SSL_CTX_free(p->server_ctx);
	buf_fini(&p->wire[0]);
	buf_fini(&p->wire[1]);
	buf_fini(&p->keylog);
}

/* Carries what is waiting from one end to the other and keeps a copy. */
static inline void pair_carry(SSL *from, SSL *to, struct buf *copy)
{
	char *p;
	long n = BIO_get_mem_data(SSL_get_wbio(from), &p);

	if (n <= 0)
		return;
	buf_put(copy, p, (size_t)n);
	BIO_write(SSL_get_rbio(to), p, (int)n);
	(void)BIO_reset(SSL_get_wbio(from));
}

static inline void pair_pump(struct pair *p)
{
	pair_carry(p->client, p->server, &p->wire[0]);
	pair_carry(p->server, p->client, &p->wire[1]);
}

/* False when the two do not agree. */
static inline bool pair_handshake(struct pair *p)
{
	for (int i = 0; i < 10; i++) {
		int client = SSL_do_handshake(p->client), server;

		pair_pump(p);
		server = SSL_do_handshake(p->server);
		pair_pump(p);
		if (client == 1 && server == 1)
			return true;
	}
	return false;
}

/* Sends n bytes one way and reads them at the other end; false when fewer arrive. */
static inline bool pair_send(struct pair *p, bool from_client, const uint8_t *data, size_t n)
{
	SSL *from = from_client ? p->client : p->server, *to = from_client ? p->server : p->client;
	uint8_t got[16384];
	size_t at = 0;
	int k;

	if (SSL_write(from, data, (int)n) != (int)n)
		return false;
	pair_pump(p);
	while ((k = SSL_read(to, got, sizeof(got))) > 0) {
		if (at + (size_t)k > n || memcmp(got, data + at, (size_t)k) != 0)
			return false;
		at += (size_t)k;
	}
	pair_pump(p); /* an answer to a KeyUpdate */
	return at == n;
}

#endif
