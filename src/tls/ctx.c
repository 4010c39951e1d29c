/* What a TLS server shares between connections: certificate, key and policy.  RFC 9325 (which
 * versions and suites), RFC 7301 (ALPN), RFC 5077 (tickets). */
#include "tls/ctx.h"
#include "base/clock.h"
#include "tls/ossl.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* AES-128 first: it is enough (RFC 9325 4.2) and cheaper.  A client without AES instructions says
 * so by putting ChaCha20 first, and gets it (SSL_OP_PRIORITIZE_CHACHA). */
static const char suites12[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                               "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                               "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
static const char suites13[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_"
                               "POLY1305_SHA256";
static const char groups[] = "X25519:P-256:P-384";

/* --- Certificate and key --------------------------------------------------------------------- */

/* OpenSSL would ask for a pass phrase on the terminal; a server must not wait for one. */
static int no_passphrase(char *buf, int size, int rw, void *arg)
{
	return -1;
}

static int check_private(int fd, const char *what, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s %s", what, path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_ENV, "%s %s is not a regular file", what, path);
	if (st.st_mode & 077)
		return err_set(e, ERR_ENV, "%s %s is open to others (mode %04o): chmod 600 %s", what, path,
		    (unsigned)(st.st_mode & 07777), path);
	return 0;
}

/* The mode is checked on the descriptor that is read, so that the two cannot differ. */
static EVP_PKEY *read_key(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	EVP_PKEY *key = NULL;
	BIO *bio = NULL;

	if (fd < 0) {
		err_sys(e, "private key %s", path);
		return NULL;
	}
	if (check_private(fd, "private key", path, e) < 0)
		goto out;
	bio = BIO_new_fd(fd, BIO_NOCLOSE);
	key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	if (!key)
		ossl_fail(e, ERR_ENV, "private key %s (PEM, without pass phrase)", path);
out:
	BIO_free(bio);
	close(fd);
	return key;
}

static int load_files(SSL_CTX *s, const struct tls_options *o, struct err *e)
{
	EVP_PKEY *key;
	int rc = 0;

	if (!o->cert_file || !o->key_file)
		return err_set(e, ERR_USAGE, "TLS needs a certificate file and a key file");
	if (access(o->cert_file, R_OK) < 0)
		return err_sys(e, "certificate %s", o->cert_file);
	if (SSL_CTX_use_certificate_chain_file(s, o->cert_file) <= 0)
		return ossl_fail(e, ERR_ENV, "certificate %s", o->cert_file);
	key = read_key(o->key_file, e);
	if (!key)
		return -1;
	if (SSL_CTX_use_PrivateKey(s, key) <= 0 || !SSL_CTX_check_private_key(s))
		rc = ossl_fail(e, ERR_ENV, "private key %s with certificate %s", o->key_file, o->cert_file);
	EVP_PKEY_free(key);
	return rc;
}

/* --- ALPN (RFC 7301) ------------------------------------------------------------------------- */

int tls_ctx_set_alpn(struct tls_ctx *ctx, const char *list, struct err *e)
{
	struct slice rest = slice_str(list);

	while (rest.p) {
		struct slice name = slice_cut(&rest, ',');

		if (name.n == 0 || name.n > sizeof(ctx->alpn) - 1 - ctx->alpn_n)
			return err_set(e, ERR_USAGE, "ALPN list \"%s\" is empty in places or too long", list);
		ctx->alpn[ctx->alpn_n++] = (uint8_t)name.n;
		memcpy(ctx->alpn + ctx->alpn_n, name.p, name.n);
		ctx->alpn_n += name.n;
	}
	return 0;
}

/* Cuts the next name off a list in the wire's form; false at its end. */
static bool next_name(struct slice *list, struct slice *name)
{
	if (list->n == 0 || list->n - 1 < list->p[0])
		return false;
	*name = slice_sub(*list, 1, list->p[0]);
	*list = slice_skip(*list, 1 + name->n);
	return true;
}

/* Our first protocol that the client offers; none in common ends the handshake (RFC 7301 3.2). */
static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n, const unsigned char *in,
    unsigned in_n, void *arg)
{
	const struct tls_ctx *ctx = arg;
	struct slice ours = slice_of(ctx->alpn, ctx->alpn_n), name, offered;

	while (next_name(&ours, &name)) {
		struct slice theirs = slice_of(in, in_n);

		while (next_name(&theirs, &offered)) {
			if (!slice_eq(name, offered))
				continue;
			*out = offered.p;
			*out_n = (unsigned char)offered.n;
			return SSL_TLSEXT_ERR_OK;
		}
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* --- Key log --------------------------------------------------------------------------------- */

static int open_keylog(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(e, "key log %s", path);
	if (check_private(fd, "key log", path, e) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One write per line: O_APPEND then keeps lines of several workers whole. */
static void write_keylog(const SSL *ssl, const char *line)
{
	const struct tls_ctx *ctx = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	char text[512];
	int n = snprintf(text, sizeof(text), "%s\n", line);
	ssize_t put;

	if (n <= 0 || n >= (int)sizeof(text))
		return;
	do
		put = write(ctx->keylog_fd, text, (size_t)n);
	while (put < 0 && errno == EINTR);
	/* A full disk must not end the connection: the log is a learner's aid, and its lack is
	 * seen. */
}

/* --- Tickets (RFC 5077 4) -------------------------------------------------------------------- */

static int use_ticket_key(
    const struct ticket_key *k, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int sealing)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)k->mac, sizeof(k->mac)),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_CTX_set_params(mac, params) > 0 &&
	       EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, k->aes, iv, sealing) > 0;
}

/* OpenSSL's contract: 1 fine, 2 fine but make a new ticket, 0 not ours (full handshake), -1 give
 * up. */
static int on_ticket(
    SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int sealing)
{
	struct tls_ctx *ctx = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	int64_t now = clock_real() / CLOCK_SEC;
	struct ticket_key k;
	int rc;

	if (sealing) {
		rc = ticket_key_make(&ctx->tickets, now, &k) == 0 && RAND_bytes(iv, 16) > 0 ? 1 : -1;
		memcpy(name, k.name, sizeof(k.name));
	} else {
		rc = ticket_key_find(&ctx->tickets, now, name, &k);
	}
	/* In TLS 1.3 a ticket is used once, so that two connections cannot be linked (RFC 8446 C.4). */
	if (rc == 1 && !sealing && SSL_version(ssl) == TLS1_3_VERSION)
		rc = 2;
	if (rc > 0 && !use_ticket_key(&k, iv, cipher, mac, sealing))
		rc = -1;
	OPENSSL_cleanse(&k, sizeof(k));
	return rc;
}

/* --- The context ----------------------------------------------------------------------------- */

static int set_policy(SSL_CTX *s, const struct tls_options *o, struct err *e)
{
	uint64_t options = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
	                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_CLEANSE_PLAINTEXT;

	if (o->no_tickets)
		options |= SSL_OP_NO_TICKET;
	SSL_CTX_set_options(s, options);
	/* Read-ahead: a record costs one recv, not one for its header and one for its body. */
	SSL_CTX_set_read_ahead(s, 1);
	SSL_CTX_set_mode(s,
	    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	/* No cache of sessions: what a server remembers for resumption is in the client's ticket.
	 */
	SSL_CTX_set_session_cache_mode(s, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_timeout(s, TICKET_PERIOD);
	if (!SSL_CTX_set_min_proto_version(s, o->only ? (int)o->only : TLS1_2_VERSION) ||
	    !SSL_CTX_set_max_proto_version(s, (int)o->only) || !SSL_CTX_set_cipher_list(s, suites12) ||
	    !SSL_CTX_set_ciphersuites(s, suites13) || !SSL_CTX_set1_groups_list(s, groups) ||
	    !SSL_CTX_set_num_tickets(s, o->no_tickets ? 0 : 1) ||
	    !SSL_CTX_set_session_id_context(s, (const unsigned char *)"osilab", 6))
		return ossl_fail(e, ERR_ENV, "OpenSSL refuses our TLS settings");
	return 0;
}

static int set_callbacks(struct tls_ctx *ctx, SSL_CTX *s, const struct tls_options *o, struct err *e)
{
	SSL_CTX_set_app_data(s, ctx);
	SSL_CTX_set_alpn_select_cb(s, choose_alpn, ctx);
	SSL_CTX_set_tlsext_ticket_key_evp_cb(s, on_ticket);
	SSL_CTX_set_keylog_callback(s, NULL);
	if (!o->keylog_file)
		return 0;
	ctx->keylog_fd = open_keylog(o->keylog_file, e);
	if (ctx->keylog_fd < 0)
		return -1;
	SSL_CTX_set_keylog_callback(s, write_keylog);
	return 0;
}

struct tls_ctx *tls_ctx_new(const struct tls_options *o, struct err *e)
{
	struct tls_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx || ticket_keys_init(&ctx->tickets, clock_real() / CLOCK_SEC) < 0) {
		free(ctx);
		err_set(e, ERR_ENV, "no memory or randomness for TLS");
		return NULL;
	}
	ctx->refs = 1;
	ctx->keylog_fd = -1;
	ctx->ssl_ctx = SSL_CTX_new(TLS_server_method());
	ctx->bio = tls_bio_method();
	if (!ctx->ssl_ctx || !ctx->bio) {
		ossl_fail(e, ERR_ENV, "start OpenSSL");
	} else if (set_policy(ctx->ssl_ctx, o, e) == 0 &&
	           tls_ctx_set_alpn(ctx, o->alpn ? o->alpn : "http/1.1", e) == 0 &&
	           load_files(ctx->ssl_ctx, o, e) == 0 && set_callbacks(ctx, ctx->ssl_ctx, o, e) == 0) {
		return ctx;
	}
	tls_ctx_free(ctx);
	return NULL;
}

struct tls_ctx *tls_ctx_hold(struct tls_ctx *ctx)
{
	__atomic_add_fetch(&ctx->refs, 1, __ATOMIC_RELAXED);
	return ctx;
}

void tls_ctx_free(struct tls_ctx *ctx)
{
	if (!ctx || __atomic_sub_fetch(&ctx->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	SSL_SESSION_free(ctx->session);
	SSL_CTX_free(ctx->ssl_ctx);
	BIO_meth_free(ctx->bio);
	if (ctx->keylog_fd >= 0)
		close(ctx->keylog_fd);
	ticket_keys_fini(&ctx->tickets);
	free(ctx);
}
