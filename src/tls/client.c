/* What TLS clients share: roots, the server's name, the session to resume.  See client.h. */
#include "tls/client.h"

#include "tls/ctx.h"
#include "tls/ossl.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

/* The last ticket's session takes the place of the one before. */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
	struct tls_ctx *ctx = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	SSL_SESSION_free(ctx->session);
	ctx->session = session;
	return 1;
}

static int set_roots(SSL_CTX *s, const struct tls_client_options *o, struct err *e)
{
	if (o->insecure)
		return 0;
	SSL_CTX_set_verify(s, SSL_VERIFY_PEER, NULL);
	if (!o->ca_file)
		return SSL_CTX_set_default_verify_paths(s) > 0 ? 0
		                                               : ossl_fail(e, ERR_ENV, "the system's roots");
	if (access(o->ca_file, R_OK) < 0)
		return err_sys(e, "roots %s", o->ca_file);
	return SSL_CTX_load_verify_file(s, o->ca_file) > 0 ? 0
	                                                   : ossl_fail(e, ERR_ENV, "roots %s", o->ca_file);
}

/* An address is compared with the addresses of a certificate, a name with its names. */
static int set_name(SSL_CTX *s, const struct tls_client_options *o, struct err *e)
{
	X509_VERIFY_PARAM *p = SSL_CTX_get0_param(s);

	if (!o->name || X509_VERIFY_PARAM_set1_ip_asc(p, o->name) > 0)
		return 0;
	X509_VERIFY_PARAM_set_hostflags(p, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(p, o->name, 0) > 0
	           ? 0
	           : ossl_fail(e, ERR_USAGE, "'%s' is no name for a server", o->name);
}

static bool is_name(const char *text)
{
	struct addr a;

	return text && addr_parse(&a, text, 0, NULL) != 0;
}

static int set_policy(struct tls_ctx *ctx, const struct tls_client_options *o, struct err *e)
{
	SSL_CTX *s = ctx->ssl_ctx;

	SSL_CTX_set_app_data(s, ctx);
	SSL_CTX_set_options(s, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_read_ahead(s, 1);
	SSL_CTX_set_mode(s,
	    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(
	    s, o->resume ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
	SSL_CTX_sess_set_new_cb(s, o->resume ? keep_session : NULL);
	if (!SSL_CTX_set_min_proto_version(s, TLS1_2_VERSION))
		return ossl_fail(e, ERR_ENV, "OpenSSL refuses our TLS settings");
	ctx->server_name = is_name(o->name) ? o->name : NULL;
	/* 0 is success here, and here alone. */
	if (ctx->alpn_n && SSL_CTX_set_alpn_protos(s, ctx->alpn, (unsigned)ctx->alpn_n))
		return ossl_fail(e, ERR_ENV, "ALPN");
	return set_roots(s, o, e) || set_name(s, o, e) ? -1 : 0;
}

struct tls_ctx *tls_client_new(const struct tls_client_options *o, struct err *e)
{
	struct tls_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx) {
		err_set(e, ERR_ENV, "no memory for TLS");
		return NULL;
	}
	ctx->refs = 1;
	ctx->tickets.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER; /* tls_ctx_free destroys it */
	ctx->keylog_fd = -1;
	ctx->ssl_ctx = SSL_CTX_new(TLS_client_method());
	ctx->bio = tls_bio_method();
	if (!ctx->ssl_ctx || !ctx->bio)
		ossl_fail(e, ERR_ENV, "start OpenSSL");
	else if ((!o->alpn || tls_ctx_set_alpn(ctx, o->alpn, e) == 0) && set_policy(ctx, o, e) == 0)
		return ctx;
	tls_ctx_free(ctx);
	return NULL;
}
