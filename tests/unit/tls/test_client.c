/* The client against our own server, over a socket pair, in one thread: the two ends take turns. */
#include "base/clock.h"
#include "tls/ca.h"
#include "tls/client.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct err said; /* by the connection of a test that failed */

struct world {
	char dir[40], root[64], cert[64], key[64];
	struct tls_options server;
	struct tls_client_options client;
	struct tls_ctx *server_ctx, *client_ctx;
	struct conn at_server, at_client;
};

static int make_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const char *const sans[] = { "127.0.0.1", "::1" };
	struct ca_request request = { .name = "lab.test", .sans = sans, .n_sans = 2 };

	strcpy(w->dir, "/tmp/test_client.XXXXXX");
	if (!mkdtemp(w->dir))
		return -1;
	snprintf(w->root, sizeof(w->root), "%s/root.crt", w->dir);
	snprintf(w->cert, sizeof(w->cert), "%s/lab.test.crt", w->dir);
	snprintf(w->key, sizeof(w->key), "%s/lab.test.key", w->dir);
	if (ca_init(w->dir, 10, false, time(NULL) * CLOCK_SEC, NULL) ||
	    ca_issue(w->dir, &request, time(NULL) * CLOCK_SEC, NULL))
		return -1;
	w->server = (struct tls_options){ .certs = { { w->cert }, 1 }, .keys = { { w->key }, 1 } };
	w->client = (struct tls_client_options){ .ca_file = w->root, .name = "lab.test" };
	w->at_server.fd = w->at_client.fd = -1;
	*state = w;
	return 0;
}

static void hang_up(struct world *w)
{
	if (w->at_client.fd >= 0)
		conn_close(&w->at_client);
	if (w->at_server.fd >= 0)
		conn_close(&w->at_server);
}

static int end_world(void **state)
{
	struct world *w = *state;
	char command[64];
	int rc;

	hang_up(w);
	tls_ctx_free(w->client_ctx);
	tls_ctx_free(w->server_ctx);
	snprintf(command, sizeof(command), "rm -r %s", w->dir);
	rc = system(command);
	free(w);
	return rc;
}

/* A fresh connection; what the client's handshake ends with. */
static int connect_both(struct world *w)
{
	int fds[2], client = CONN_AGAIN_READ, server = CONN_AGAIN_READ;
	struct err e = { 0 };

	hang_up(w);
	if (!w->server_ctx)
		w->server_ctx = tls_ctx_new(&w->server, &e);
	if (!w->client_ctx)
		w->client_ctx = tls_client_new(&w->client, &e);
	if (!w->server_ctx || !w->client_ctx)
		fail_msg("%s", e.msg);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(tls_conn_init(&w->at_server, w->server_ctx, fds[0], NULL), 0);
	assert_int_equal(tls_client_init(&w->at_client, w->client_ctx, fds[1], NULL), 0);
	w->at_client.err = &said;
	for (int i = 0; i < 20 && (client < CONN_ERROR || server < CONN_ERROR) && client != CONN_ERROR; i++) {
		client = conn_handshake(&w->at_client);
		server = conn_handshake(&w->at_server);
	}
	return client;
}

/* The client reads what is there: tickets come in with it. */
static void pass_a_byte(struct world *w)
{
	char byte = 'x';

	assert_int_equal(conn_write(&w->at_server, &byte, 1), 1);
	assert_int_equal(conn_read(&w->at_client, &byte, 1), 1);
	assert_int_equal(conn_write(&w->at_client, &byte, 1), 1);
	assert_int_equal(conn_read(&w->at_server, &byte, 1), 1);
	assert_int_equal(byte, 'x');
}

static void test_connects(void **state)
{
	struct world *w = *state;
	struct tls_info info;

	w->client.alpn = "http/1.1";
	assert_int_equal(connect_both(w), 0);
	assert_int_equal(tls_info(&w->at_client, &info), 0);
	assert_true(slice_eq_str(info.alpn, "http/1.1"));
	assert_int_equal(tls_info(&w->at_server, &info), 0);
	assert_string_equal(info.sni, "lab.test");
	pass_a_byte(w);
}

static void fails_with(struct world *w, const char *words)
{
	assert_int_equal(connect_both(w), CONN_ERROR);
	assert_int_equal(w->at_client.err->kind, ERR_DATA);
	if (!strstr(w->at_client.err->msg, words))
		fail_msg("'%s' does not say '%s'", w->at_client.err->msg, words);
	assert_int_equal(conn_handshake(&w->at_client), CONN_ERROR);
	tls_ctx_free(w->client_ctx);
	w->client_ctx = NULL;
}

static void test_who_it_trusts(void **state)
{
	struct world *w = *state;

	w->client.name = "other.test";
	fails_with(w, "ostname mismatch");
	w->client.name = "10.0.0.1";
	fails_with(w, "IP address mismatch");
	w->client.name = "lab.test";
	w->client.ca_file = NULL;
	fails_with(w, "the certificate: ");
	w->client.insecure = true;
	assert_int_equal(connect_both(w), 0);
}

static void test_by_address(void **state)
{
	struct world *w = *state;
	struct tls_info info;

	w->client.name = "127.0.0.1";
	assert_int_equal(connect_both(w), 0);
	assert_int_equal(tls_info(&w->at_server, &info), 0);
	assert_string_equal(info.sni, ""); /* addresses are not told (RFC 6066 3) */
}

static bool resumes(struct world *w)
{
	struct tls_info info;

	assert_int_equal(connect_both(w), 0);
	pass_a_byte(w);
	assert_int_equal(tls_info(&w->at_client, &info), 0);
	return info.resumed;
}

static void test_resumes_when_asked(void **state)
{
	struct world *w = *state;

	assert_false(resumes(w));
	assert_false(resumes(w));
	tls_ctx_free(w->client_ctx);
	w->client_ctx = NULL;
	w->client.resume = true;
	assert_false(resumes(w));
	assert_true(resumes(w));
	assert_true(resumes(w));
}

static void test_bad_options(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };

	w->client.ca_file = "/nonexistent";
	assert_null(tls_client_new(&w->client, &e));
	assert_non_null(strstr(e.msg, "/nonexistent"));
	w->client.ca_file = w->key;
	assert_null(tls_client_new(&w->client, &e));
	assert_int_equal(e.kind, ERR_ENV);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_connects),
		CASE(test_who_it_trusts),
		CASE(test_by_address),
		CASE(test_resumes_when_asked),
		CASE(test_bad_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
