/* The TLS row of the connection table.  RFC 8446 6.1 (closure), net/conn.h (the contract). */
#include "tls/tls.h"
#include "tls/client.h"
#include "tls/ctx.h"
#include "tls/ossl.h"

#include <errno.h>
#include <sys/socket.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

struct session {
	SSL *ssl;
	struct tls_ctx *ctx;
	int fd;
	int sys;     /* errno of the last recv or send that failed for good; 0: none */
	bool eof;    /* the peer's FIN was read */
	bool begun;  /* the first byte was looked at */
	bool plain;  /* ... and it was no TLS */
	bool done;   /* handshake done */
	bool broken; /* after a fatal error nothing may be sent, not even close_notify */
};

/* --- Descriptor under OpenSSL ---------------------------------------------------------------- */
/* OpenSSL's own socket BIO uses write(), which raises SIGPIPE, and hides errno behind its queue. */

static int bio_done(BIO *bio, ssize_t n, bool reading)
{
	struct session *s = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (n >= 0) {
		s->eof = s->eof || (reading && n == 0);
		return (int)n;
	}
	if (errno != EAGAIN)
		s->sys = errno;
	else if (reading)
		BIO_set_retry_read(bio);
	else
		BIO_set_retry_write(bio);
	return -1;
}

static int bio_read(BIO *bio, char *p, int n)
{
	struct session *s = BIO_get_data(bio);
	ssize_t got;

	do
		got = recv(s->fd, p, (size_t)n, 0);
	while (got < 0 && errno == EINTR);
	return bio_done(bio, got, true);
}

static int bio_write(BIO *bio, const char *p, int n)
{
	struct session *s = BIO_get_data(bio);
	ssize_t put;

	do
		put = send(s->fd, p, (size_t)n, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	return bio_done(bio, put, false);
}

static long bio_ctrl(BIO *bio, int what, long num, void *ptr)
{
	const struct session *s = BIO_get_data(bio);

	if (what == BIO_CTRL_FLUSH)
		return 1;
	return what == BIO_CTRL_EOF ? s->eof : 0;
}

void *tls_bio_method(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "osilab descriptor");

	if (m)
		(void)(BIO_meth_set_read(m, bio_read) && BIO_meth_set_write(m, bio_write) &&
		       BIO_meth_set_ctrl(m, bio_ctrl));
	return m;
}

/* --- Results --------------------------------------------------------------------------------- */

/* Fills c->err for a call of OpenSSL that failed for good. */
static int broken(struct conn *c, const char *what)
{
	struct session *s = c->state;
	char peer[ADDR_TEXT];

	addr_format(&c->peer, peer, sizeof(peer));
	s->broken = true;
	if (s->sys) {
		errno = s->sys;
		ERR_clear_error();
		err_sys(c->err, "TLS: %s %s", what, peer);
		return CONN_ERROR;
	}
	if (s->eof && !s->done) {
		ERR_clear_error();
		err_set(c->err, ERR_DATA, "TLS: %s %s: the peer closed during the handshake", what, peer);
		return CONN_ERROR;
	}
	if (c->err)
		c->err->sys = 0;
	ossl_fail(c->err, ERR_DATA, "TLS: %s %s", what, peer);
	if (SSL_get_verify_result(s->ssl) != X509_V_OK && !s->done)
		err_set(c->err, ERR_DATA, "TLS: %s %s: the certificate: %s", what, peer,
		    X509_verify_cert_error_string(SSL_get_verify_result(s->ssl)));
	return CONN_ERROR;
}

/* What OpenSSL's failed call means for the event loop. */
static int result(struct conn *c, int rc, const char *what)
{
	const struct session *s = c->state;

	switch (SSL_get_error(s->ssl, rc)) {
	case SSL_ERROR_WANT_READ: return CONN_AGAIN_READ;
	case SSL_ERROR_WANT_WRITE: return CONN_AGAIN_WRITE;
	case SSL_ERROR_ZERO_RETURN: return 0;
	default: return broken(c, what);
	}
}

/* --- The row --------------------------------------------------------------------------------- */

/* Looks at the first byte without taking it: a TLS record starts with 22, a method with a letter.
 */
static int begin(struct conn *c)
{
	struct session *s = c->state;
	char peer[ADDR_TEXT];
	uint8_t first;
	ssize_t n;

	do
		n = recv(s->fd, &first, 1, MSG_PEEK);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return CONN_AGAIN_READ;
	s->begun = true;
	if (n == 1 && ((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z'))) {
		s->plain = true;
		s->broken = true;
		addr_format(&c->peer, peer, sizeof(peer));
		err_set(c->err, ERR_DATA, "TLS: handshake with %s: it speaks plain HTTP", peer);
		return CONN_ERROR;
	}
	return 0; /* the handshake will meet any error again */
}

static int tls_handshake(struct conn *c)
{
	struct session *s = c->state;
	int rc;

	if (s->done)
		return 0;
	if (!s->begun) {
		rc = begin(c);
		if (rc < 0)
			return rc;
	}
	if (s->broken)
		return CONN_ERROR;
	ERR_clear_error();
	rc = SSL_do_handshake(s->ssl);
	if (rc == 1) {
		s->done = true;
		return 0;
	}
	rc = result(c, rc, "handshake with");
	return rc == 0 ? broken(c, "handshake with") : rc;
}

/* After the peer's close_notify only the end of its TCP stream is waited for; anything else it sends is
 * dropped (RFC 8446 6.1). */
static ssize_t read_to_fin(struct conn *c, void *p, size_t n)
{
	ssize_t got;

	do
		got = recv(c->fd, p, n, 0);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		return 0;
	return got > 0 || errno == EAGAIN ? CONN_AGAIN_READ : conn_fail(c, "read from");
}

static ssize_t tls_read(struct conn *c, void *p, size_t n)
{
	struct session *s = c->state;
	size_t got = 0;
	int rc = tls_handshake(c);

	if (rc < 0)
		return rc;
	if (s->broken)
		return CONN_ERROR;
	if (SSL_get_shutdown(s->ssl) & SSL_RECEIVED_SHUTDOWN)
		return read_to_fin(c, p, n);
	ERR_clear_error();
	rc = SSL_read_ex(s->ssl, p, n, &got);
	return rc > 0 ? (ssize_t)got : result(c, rc, "read from");
}

static ssize_t tls_write(struct conn *c, const void *p, size_t n)
{
	struct session *s = c->state;
	size_t put = 0;
	int rc = tls_handshake(c);

	if (rc < 0)
		return rc;
	if (s->broken)
		return CONN_ERROR;
	ERR_clear_error();
	rc = SSL_write_ex(s->ssl, p, n, &put);
	if (rc > 0)
		return (ssize_t)put;
	rc = result(c, rc, "write to");
	return rc == 0 ? broken(c, "write to") : rc;
}

/* A part of a record counts as well: only a read can tell, and it answers CONN_AGAIN_READ then. */
static size_t tls_pending(const struct conn *c)
{
	const struct session *s = c->state;
	int n = SSL_pending(s->ssl);

	return n > 0 ? (size_t)n : (size_t)(SSL_has_pending(s->ssl) != 0);
}

/* 0: close_notify is on its way (or may not be sent); or CONN_AGAIN_WRITE. */
static int notify(struct session *s)
{
	int rc;

	if (!s->done || s->broken || (SSL_get_shutdown(s->ssl) & SSL_SENT_SHUTDOWN))
		return 0;
	ERR_clear_error();
	rc = SSL_shutdown(s->ssl);
	if (rc < 0 && SSL_get_error(s->ssl, rc) == SSL_ERROR_WANT_WRITE)
		return CONN_AGAIN_WRITE;
	ERR_clear_error();
	return 0;
}

static int tls_shutdown(struct conn *c)
{
	int rc = notify(c->state);

	if (rc < 0)
		return rc;
	return shutdown(c->fd, SHUT_WR) == 0 ? 0 : conn_fail(c, "end the stream to");
}

static void session_free(struct session *s)
{
	SSL_free(s->ssl);
	tls_ctx_free(s->ctx);
	free(s);
}

static void tls_close(struct conn *c)
{
	if (c->fd < 0)
		return;
	/* A peer that said close_notify has left: an alert would meet a closed socket and come back as RST. */
	if (!(SSL_get_shutdown(((struct session *)c->state)->ssl) & SSL_RECEIVED_SHUTDOWN))
		notify(c->state);
	session_free(c->state);
	c->state = NULL;
	close(c->fd);
	c->fd = -1;
}

static const struct conn_ops tls_ops = {
	.name = "tls",
	.read = tls_read,
	.write = tls_write,
	.handshake = tls_handshake,
	.pending = tls_pending,
	.shutdown = tls_shutdown,
	.close = tls_close,
};

/* --- Making and asking ----------------------------------------------------------------------- */

/* Either side's connection, but for which it is. */
static int init(struct conn *c, struct tls_ctx *ctx, int fd, const struct addr *peer)
{
	struct session *s = calloc(1, sizeof(*s));
	BIO *bio = BIO_new(ctx->bio);

	*c = (struct conn){ .ops = &tls_ops, .fd = fd, .state = s };
	if (peer)
		c->peer = *peer;
	if (s)
		s->ssl = SSL_new(ctx->ssl_ctx);
	if (!s || !bio || !s->ssl) {
		BIO_free(bio);
		free(s);
		c->fd = -1;
		c->state = NULL;
		ERR_clear_error();
		return -1;
	}
	s->ctx = tls_ctx_hold(ctx);
	s->fd = fd;
	BIO_set_data(bio, s);
	BIO_set_init(bio, 1);
	SSL_set_bio(s->ssl, bio, bio);
	return 0;
}

int tls_conn_init(struct conn *c, struct tls_ctx *ctx, int fd, const struct addr *peer)
{
	if (init(c, ctx, fd, peer))
		return -1;
	SSL_set_accept_state(((struct session *)c->state)->ssl);
	return 0;
}

int tls_client_init(struct conn *c, struct tls_ctx *ctx, int fd, const struct addr *peer)
{
	struct session *s;

	if (init(c, ctx, fd, peer))
		return -1;
	s = c->state;
	s->begun = true; /* a client has nothing to look at before it speaks */
	SSL_set_connect_state(s->ssl);
	if ((ctx->server_name && !SSL_set_tlsext_host_name(s->ssl, ctx->server_name)) ||
	    (ctx->session && !SSL_set_session(s->ssl, ctx->session))) {
		session_free(s);
		*c = (struct conn){ .fd = -1 };
		ERR_clear_error();
		return -1;
	}
	return 0;
}

bool tls_plain_http(struct conn *c)
{
	struct session *s = c->state;
	struct addr peer = c->peer;
	struct err *err = c->err;

	if (c->ops != &tls_ops || !s || !s->plain)
		return false;
	session_free(s);
	conn_tcp_init(c, c->fd, &peer);
	c->err = err;
	return true;
}

static const char *group_text(SSL *ssl)
{
	long id = SSL_get_negotiated_group(ssl);
	const char *name = id > 0 ? SSL_group_to_name(ssl, (int)id) : NULL;

	return name ? name : "";
}

int tls_info(const struct conn *c, struct tls_info *out)
{
	const struct session *s = c->state;
	const unsigned char *alpn;
	const char *name;
	unsigned n;

	if (c->ops != &tls_ops || !s || !s->done)
		return -1;
	out->version = SSL_version(s->ssl) == TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2";
	out->cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(s->ssl));
	out->group = group_text(s->ssl);
	name = SSL_get_servername(s->ssl, TLSEXT_NAMETYPE_host_name);
	out->sni = name ? name : "";
	SSL_get0_alpn_selected(s->ssl, &alpn, &n);
	out->alpn = slice_of(alpn, n);
	out->resumed = SSL_session_reused(s->ssl);
	return 0;
}

/* --- Who is who -------------------------------------------------------------------------------- */

bool tls_answers_for(const struct conn *c, struct slice host)
{
	const struct session *s = c->state;
	const char *sni = SSL_get_servername(s->ssl, TLSEXT_NAMETYPE_host_name);
	X509 *x = SSL_get_certificate(s->ssl);
	char name[256];

	if (host.n && host.p[host.n - 1] == '.') /* the same name, written to its end */
		host.n--;
	if (!sni || slice_ieq_str(host, sni))
		return true;
	if (host.n > 2 && host.p[0] == '[')
		host = slice_sub(host, 1, host.n - 2);
	if (host.n >= sizeof(name) || !x)
		return false;
	slice_cstr(host, name, sizeof(name));
	return X509_check_host(x, name, host.n, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1 ||
	       X509_check_ip_asc(x, name, 0) == 1;
}

int tls_client_cert(const struct conn *c, struct arena *a, struct cert *out)
{
	const struct session *s = c->state;
	X509 *x = c->ops == &tls_ops && s ? SSL_get0_peer_certificate(s->ssl) : NULL;
	unsigned char *der = NULL;
	struct slice kept;
	int n;

	if (!x)
		return 0;
	n = i2d_X509(x, &der);
	kept = arena_dup(a, slice_of(der, n > 0 ? (size_t)n : 0));
	OPENSSL_free(der);
	return kept.n && cert_parse(kept, a, out) == 0 ? 1 : -1;
}
