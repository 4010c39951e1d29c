/* A server under test and OpenSSL's client, joined by a socket pair, in one thread: the two ends take turns, so
 * that nothing ever waits.  A lab CA in a folder of its own stands behind them. */
#ifndef TESTS_TLS_WORLD_H
#define TESTS_TLS_WORLD_H

#include "base/clock.h"
#include "tls/ca.h"
#include "tls/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct err said; /* by the connection of a test that failed */

struct world {
	char dir[32];
	char cert[64], key[64], root[64], keylog[64];
	struct tls_options options;
	struct tls_ctx *ctx;
	SSL_CTX *client_ctx;
	SSL_SESSION *ticket; /* the last one the client got */
	int tickets;
	struct err e;
	/* the connection under test */
	struct conn c;
	SSL *client;
	int client_fd;
};

static inline int on_new_ticket(SSL *ssl, SSL_SESSION *session)
{
	struct world *w = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	SSL_SESSION_free(w->ticket);
	w->ticket = session;
	w->tickets++;
	return 1; /* kept */
}

static inline int make_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	strcpy(w->dir, "/tmp/test_tls.XXXXXX");
	if (!mkdtemp(w->dir))
		return -1;
	snprintf(w->cert, sizeof(w->cert), "%s/lab.test.crt", w->dir);
	snprintf(w->key, sizeof(w->key), "%s/lab.test.key", w->dir);
	snprintf(w->root, sizeof(w->root), "%s/root.crt", w->dir);
	snprintf(w->keylog, sizeof(w->keylog), "%s/keys.txt", w->dir);
	/* The system's time and not clock_real(): OpenSSL's client knows nothing of clock_advance. */
	if (ca_init(w->dir, 10, false, time(NULL) * CLOCK_SEC, &w->e) < 0 ||
	    ca_issue(w->dir, &(struct ca_request){ .name = "lab.test" }, time(NULL) * CLOCK_SEC, &w->e) < 0)
		return -1;
	w->options = (struct tls_options){ .certs = { { w->cert }, 1 }, .keys = { { w->key }, 1 } };
	w->client_ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_app_data(w->client_ctx, w);
	SSL_CTX_load_verify_locations(w->client_ctx, w->root, NULL);
	SSL_CTX_set_verify(w->client_ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(w->client_ctx, SSL_SESS_CACHE_CLIENT);
	SSL_CTX_sess_set_new_cb(w->client_ctx, on_new_ticket);
	SSL_CTX_set_mode(w->client_ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	*state = w;
	return 0;
}

static inline void hang_up(struct world *w)
{
	if (w->c.ops)
		conn_close(&w->c);
	if (w->client) /* or else OpenSSL takes the ticket for spoilt */
		SSL_set_shutdown(w->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(w->client);
	if (w->client_fd > 0)
		close(w->client_fd);
	w->client = NULL;
	w->client_fd = 0;
}

static inline int end_world(void **state)
{
	struct world *w = *state;
	char command[64];
	int rc;

	hang_up(w);
	tls_ctx_free(w->ctx);
	SSL_SESSION_free(w->ticket);
	SSL_CTX_free(w->client_ctx);
	snprintf(command, sizeof(command), "rm -r %s", w->dir);
	rc = system(command);
	free(w);
	return rc;
}

static inline void serve(struct world *w)
{
	tls_ctx_free(w->ctx);
	w->ctx = tls_ctx_new(&w->options, &w->e);
	if (!w->ctx)
		print_message("%s\n", w->e.msg);
	assert_non_null(w->ctx);
}

/* Both ends of a fresh connection; nothing is said yet. */
static inline void dial(struct world *w)
{
	int fds[2];

	hang_up(w);
	if (!w->ctx)
		serve(w);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(tls_conn_init(&w->c, w->ctx, fds[0], NULL), 0);
	w->c.err = &said;
	w->client_fd = fds[1];
	w->client = SSL_new(w->client_ctx);
	SSL_set_fd(w->client, fds[1]);
	SSL_set_tlsext_host_name(w->client, "lab.test");
	SSL_set1_host(w->client, "lab.test");
	SSL_set_connect_state(w->client);
}

static inline bool retry(SSL *ssl, int rc)
{
	int why = SSL_get_error(ssl, rc);

	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

/* Turns until the server's handshake ends; what it returned. */
static inline int shake(struct world *w)
{
	for (int i = 0; i < 20; i++) {
		int client = SSL_do_handshake(w->client), server = conn_handshake(&w->c);

		if (server == 0 || server == CONN_ERROR)
			return server;
		if (client != 1 && !retry(w->client, client) && i > 5)
			return client;
	}
	fail_msg("the handshake does not end");
	return -9;
}

/* Reads what is there at the client: tickets come in with it. */
static inline void client_drains(struct world *w)
{
	char byte;

	(void)SSL_read(w->client, &byte, 1);
	ERR_clear_error();
}

static inline void connect_well(struct world *w)
{
	dial(w);
	if (shake(w) != 0)
		fail_msg("%s", w->c.err->msg);
	assert_int_equal(SSL_do_handshake(w->client), 1);
	client_drains(w);
}

static inline void only(struct world *w, int version)
{
	SSL_CTX_set_min_proto_version(w->client_ctx, version);
	SSL_CTX_set_max_proto_version(w->client_ctx, version);
}

/* Takes up the last ticket's session again, if the server lets it. */
static inline bool resumes(struct world *w)
{
	struct tls_info info;

	dial(w);
	SSL_set_session(w->client, w->ticket);
	assert_int_equal(shake(w), 0);
	assert_int_equal(SSL_do_handshake(w->client), 1);
	client_drains(w);
	assert_int_equal(tls_info(&w->c, &info), 0);
	assert_int_equal(info.resumed, SSL_session_reused(w->client));
	return info.resumed;
}

/* The options as they are make no server, and it is said why. */
static inline void refused(struct world *w, const char *words)
{
	struct tls_ctx *ctx = tls_ctx_new(&w->options, &w->e);

	assert_null(ctx);
	if (!strstr(w->e.msg, words))
		fail_msg("\"%s\" does not say \"%s\"", w->e.msg, words);
	assert_int_equal(ERR_peek_error(), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)

#endif
