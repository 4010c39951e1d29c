/* The TLS row of the connection table against OpenSSL's client, over a socket pair, in one thread: the two
 * ends take turns, so that nothing ever waits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tls/keylog.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- Handshakes ------------------------------------------------------------------------------ */

static void test_handshake(void **state)
{
	static const unsigned char alpn[] = "\x02h2\x08http/1.1";
	struct world *w = *state;
	struct tls_info info;

	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		only(w, version);
		dial(w);
		assert_int_equal(tls_info(&w->c, &info), -1);
		assert_int_equal(SSL_set_alpn_protos(w->client, alpn, sizeof(alpn) - 1), 0);
		assert_int_equal(shake(w), 0);
		assert_int_equal(SSL_do_handshake(w->client), 1);
		assert_int_equal(tls_info(&w->c, &info), 0);
		assert_string_equal(info.version, version == TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2");
		assert_string_equal(info.cipher, version == TLS1_3_VERSION ? "TLS_AES_128_GCM_SHA256"
		                                                           : "TLS_ECDHE_ECDSA_WITH_AES_128_"
		                                                             "GCM_SHA256");
		assert_string_equal(info.group, "x25519");
		assert_string_equal(info.sni, "lab.test");
		assert_true(slice_eq_str(info.alpn, "http/1.1"));
		assert_false(info.resumed);
		assert_string_equal(w->c.ops->name, "tls");
	}
}

static void test_without_alpn(void **state)
{
	struct world *w = *state;
	struct tls_info info;

	connect_well(w);
	assert_int_equal(tls_info(&w->c, &info), 0);
	assert_int_equal(info.alpn.n, 0);
}

static void test_alpn_nothing_common(void **state)
{
	struct world *w = *state;

	dial(w);
	SSL_set_alpn_protos(w->client, (const unsigned char *)"\x02h2", 3);
	assert_int_equal(shake(w), CONN_ERROR);
	assert_non_null(strstr(w->c.err->msg, "no_application_protocol"));
	assert_int_equal(w->c.err->kind, ERR_DATA);
	(void)SSL_do_handshake(w->client);
	assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
	ERR_clear_error();
	assert_false(tls_plain_http(&w->c));
}

static void test_alpn_our_order(void **state)
{
	static const unsigned char alpn[] = "\x08http/1.1\x02h2";
	struct world *w = *state;
	struct tls_info info;

	w->options.alpn = "h2,http/1.1";
	dial(w);
	SSL_set_alpn_protos(w->client, alpn, sizeof(alpn) - 1);
	assert_int_equal(shake(w), 0);
	assert_int_equal(tls_info(&w->c, &info), 0);
	assert_true(slice_eq_str(info.alpn, "h2"));
}

/* Old versions, and suites without forward secrecy or AEAD. */
static void test_refuses_weak(void **state)
{
	static const char *const weak[] = { "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA",
		"ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES128-CCM8", "DHE-RSA-AES128-GCM-SHA256" };
	struct world *w = *state;

	SSL_CTX_set_security_level(w->client_ctx, 0);
	only(w, TLS1_1_VERSION);
	dial(w);
	assert_int_equal(shake(w), CONN_ERROR);
	assert_non_null(strstr(w->c.err->msg, "below 1.2"));
	only(w, TLS1_2_VERSION);
	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
		dial(w);
		assert_int_equal(SSL_set_cipher_list(w->client, weak[i]), 1);
		assert_int_equal(shake(w), CONN_ERROR);
		assert_non_null(strstr(w->c.err->msg, "cipher suite"));
	}
	only(w, TLS1_3_VERSION);
	w->options.max = TLS_VERSION_12;
	serve(w);
	dial(w);
	assert_int_equal(shake(w), CONN_ERROR);
}

static void test_untrusted(void **state)
{
	struct world *w = *state;

	dial(w);
	SSL_set1_host(w->client, "lab.test");
	SSL_CTX_set_cert_store(w->client_ctx, X509_STORE_new());
	hang_up(w);
	dial(w);
	assert_int_equal(shake(w), CONN_ERROR);
	assert_non_null(strstr(w->c.err->msg, "give it the root"));
}

static void test_no_renegotiation(void **state)
{
	struct world *w = *state;
	char byte;

	only(w, TLS1_2_VERSION);
	connect_well(w);
	assert_int_equal(SSL_renegotiate(w->client), 1);
	(void)SSL_do_handshake(w->client);
	assert_true(conn_read(&w->c, &byte, 1) < 0); /* answered with a warning, not with a handshake */
	(void)SSL_do_handshake(w->client);
	assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
	ERR_clear_error();
}

static void test_garbage(void **state)
{
	static const char *const junk[] = { "\x16\x03\x01\x00\x04\x01\x00\x00\x00", "\x00\x01\x02\x03\x04\x05"
		                                                                    "\x06\x07" };
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		dial(w);
		assert_int_equal(write(w->client_fd, junk[i], 8), 8);
		shutdown(w->client_fd, SHUT_WR);
		assert_int_equal(conn_handshake(&w->c), CONN_ERROR);
		assert_true(w->c.err->msg[0]);
		assert_int_equal(conn_handshake(&w->c), CONN_ERROR);
		assert_false(tls_plain_http(&w->c));
	}
	dial(w);
	assert_int_equal(conn_handshake(&w->c), CONN_AGAIN_READ);
	shutdown(w->client_fd, SHUT_WR);
	assert_int_equal(conn_handshake(&w->c), CONN_ERROR);
	assert_non_null(strstr(w->c.err->msg, "closed during the handshake"));
}

static void test_plain_http(void **state)
{
	static const char request[] = "DELETE / HTTP/1.1\r\nHost: lab.test\r\n\r\n";
	struct world *w = *state;
	char got[64];

	dial(w);
	assert_int_equal(write(w->client_fd, request, sizeof(request) - 1), sizeof(request) - 1);
	assert_int_equal(conn_read(&w->c, got, sizeof(got)), CONN_ERROR);
	assert_non_null(strstr(w->c.err->msg, "plain HTTP"));
	assert_true(tls_plain_http(&w->c));
	assert_false(tls_plain_http(&w->c)); /* it is plain by now */
	assert_string_equal(w->c.ops->name, "tcp");
	assert_int_equal(conn_read(&w->c, got, sizeof(got)), sizeof(request) - 1); /* nothing was lost */
	assert_memory_equal(got, request, sizeof(request) - 1);
	assert_int_equal(conn_write(&w->c, "HTTP/1.1 400", 12), 12);
	assert_int_equal(read(w->client_fd, got, sizeof(got)), 12);
}

/* --- Data ------------------------------------------------------------------------------------ */

static void test_data_and_pending(void **state)
{
	struct world *w = *state;
	char data[300], got[300];

	memset(data, 'x', sizeof(data));
	connect_well(w);
	assert_int_equal(conn_read(&w->c, got, 1), CONN_AGAIN_READ);
	assert_int_equal(SSL_write(w->client, data, 200), 200);
	assert_int_equal(SSL_write(w->client, data, 100), 100);
	assert_int_equal(conn_read(&w->c, got, 50), 50);
	assert_int_equal(conn_pending(&w->c), 150);
	assert_int_equal(conn_read(&w->c, got, sizeof(got)), 150);
	/* The second record was read off the socket together with the first. */
	assert_true(conn_pending(&w->c) > 0);
	assert_int_equal(conn_read(&w->c, got, sizeof(got)), 100);
	assert_int_equal(conn_pending(&w->c), 0);
	assert_int_equal(conn_read(&w->c, got, sizeof(got)), CONN_AGAIN_READ);
	assert_int_equal(conn_write(&w->c, data, 300), 300);
	assert_int_equal(SSL_read(w->client, got, 300), 300);
}

/* More than the socket takes: partial writes, from a buffer that moves, and a reader that is slow. */
static void test_bulk_both_ways(void **state)
{
	enum { TOTAL = 3 << 20 };
	struct world *w = *state;
	uint8_t *data = malloc(TOTAL), piece[20000];
	size_t sent[2] = { 0, 0 }, got[2] = { 0, 0 };
	bool waited = false;
	ssize_t n;
	int k;

	for (size_t i = 0; i < TOTAL; i++)
		data[i] = (uint8_t)(i * 7 + (i >> 13));
	connect_well(w);
	while (got[0] < TOTAL || got[1] < TOTAL) {
		size_t left = TOTAL - sent[0] < sizeof(piece) ? TOTAL - sent[0] : sizeof(piece);

		if (left) {
			uint8_t *copy = malloc(left);

			memcpy(copy, data + sent[0], left);
			n = conn_write(&w->c, copy, left);
			free(copy);
			assert_true(n > 0 || n == CONN_AGAIN_WRITE);
			waited = waited || n == CONN_AGAIN_WRITE;
			sent[0] += n > 0 ? (size_t)n : 0;
		}
		if (sent[1] < TOTAL && (k = SSL_write(w->client, data + sent[1], (int)(TOTAL - sent[1]))) > 0)
			sent[1] += (size_t)k;
		n = conn_read(&w->c, piece, sizeof(piece));
		assert_true(n > 0 || n == CONN_AGAIN_READ);
		if (n > 0) {
			assert_memory_equal(piece, data + got[1], (size_t)n);
			got[1] += (size_t)n;
		}
		if ((n < 0 || sent[0] == TOTAL) && (k = SSL_read(w->client, piece, sizeof(piece))) > 0) {
			assert_memory_equal(piece, data + got[0], (size_t)k);
			got[0] += (size_t)k;
		}
	}
	assert_true(waited);
	free(data);
}

/* --- The end --------------------------------------------------------------------------------- */

static void test_close_notify(void **state)
{
	struct world *w = *state;
	char byte;

	connect_well(w);
	SSL_shutdown(w->client);
	assert_int_equal(conn_read(&w->c, &byte, 1), 0);
	/* Its TLS has ended, its TCP stream not yet. */
	assert_int_equal(conn_read(&w->c, &byte, 1), CONN_AGAIN_READ);
	/* The client sent its last; it still gets ours. */
	assert_int_equal(conn_write(&w->c, "bye", 3), 3);
	assert_int_equal(SSL_read(w->client, &byte, 1), 1);
	shutdown(w->client_fd, SHUT_WR);
	assert_int_equal(conn_read(&w->c, &byte, 1), 0);
}

static void test_truncation(void **state)
{
	struct world *w = *state;
	char byte;

	connect_well(w);
	SSL_write(w->client, "a", 1);
	shutdown(w->client_fd, SHUT_WR);
	assert_int_equal(conn_read(&w->c, &byte, 1), 1);
	assert_int_equal(conn_read(&w->c, &byte, 1), CONN_ERROR);
	assert_non_null(strstr(w->c.err->msg, "without close_notify"));
	assert_int_equal(w->c.err->sys, 0);
	assert_int_equal(conn_read(&w->c, &byte, 1), CONN_ERROR);
	assert_int_equal(conn_write(&w->c, "b", 1), CONN_ERROR);
}

static void test_half_close(void **state)
{
	struct world *w = *state;
	char got[8];

	connect_well(w);
	assert_int_equal(conn_write(&w->c, "last", 4), 4);
	assert_int_equal(conn_shutdown(&w->c), 0);
	assert_int_equal(conn_shutdown(&w->c), 0);
	assert_int_equal(SSL_read(w->client, got, sizeof(got)), 4);
	assert_int_equal(SSL_read(w->client, got, sizeof(got)), 0);
	assert_true(SSL_get_shutdown(w->client) & SSL_RECEIVED_SHUTDOWN);
	assert_int_equal(SSL_write(w->client, "more", 4), 4);
	assert_int_equal(conn_read(&w->c, got, sizeof(got)), 4);
}

static void test_close_tells(void **state)
{
	struct world *w = *state;
	char byte;
	int fd;

	connect_well(w);
	fd = w->c.fd;
	conn_close(&w->c);
	conn_close(&w->c);
	assert_int_equal(w->c.fd, -1);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(SSL_read(w->client, &byte, 1), 0);
	assert_true(SSL_get_shutdown(w->client) & SSL_RECEIVED_SHUTDOWN);
	dial(w); /* also before any handshake */
	conn_close(&w->c);
}

/* Writing to a peer that is gone is an error, not a signal. */
static void test_peer_gone(void **state)
{
	struct world *w = *state;

	connect_well(w);
	close(w->client_fd);
	w->client_fd = 0;
	assert_int_equal(conn_write(&w->c, "x", 1), CONN_ERROR);
	assert_int_equal(w->c.err->sys, EPIPE);
	assert_int_equal(w->c.err->kind, ERR_ENV);
}

static void test_forged_record(void **state)
{
	struct world *w = *state;
	char byte;

	connect_well(w);
	assert_int_equal(write(w->client_fd,
	                     "\x17\x03\x03\x00\x18"
	                     "012345678901234567890123",
	                     29),
	    29);
	assert_int_equal(conn_read(&w->c, &byte, 1), CONN_ERROR);
	assert_non_null(strstr(w->c.err->msg, "does not authenticate"));
}

/* --- Resumption ------------------------------------------------------------------------------ */

static bool same_ticket(const SSL_SESSION *a, const SSL_SESSION *b)
{
	const unsigned char *p, *q;
	size_t n, m;

	SSL_SESSION_get0_ticket(a, &p, &n);
	SSL_SESSION_get0_ticket(b, &q, &m);
	return n == m && memcmp(p, q, n) == 0;
}

static void test_resumption(void **state)
{
	struct world *w = *state;
	SSL_SESSION *old;

	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		only(w, version);
		w->tickets = 0;
		connect_well(w);
		assert_int_equal(w->tickets, 1);
		assert_true(resumes(w));
		assert_int_equal(w->tickets, version == TLS1_3_VERSION ? 2 : 1);

		/* The key turns: the old ticket still opens for one period, and a new one comes. */
		clock_advance(3600);
		old = w->ticket;
		SSL_SESSION_up_ref(old);
		assert_true(resumes(w));
		assert_false(same_ticket(SSL_get_session(w->client), old));
		SSL_SESSION_free(w->ticket);
		w->ticket = old;
		clock_advance(3600);
		assert_false(resumes(w));

		/* Another server's ticket is no use here. */
		serve(w);
		assert_false(resumes(w));
		hang_up(w);
	}
}

static void test_no_tickets(void **state)
{
	struct world *w = *state;

	w->options.no_tickets = true;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		only(w, version);
		connect_well(w);
		assert_int_equal(w->tickets, version == TLS1_2_VERSION ? w->tickets : 0);
		if (w->ticket)
			assert_false(resumes(w));
		SSL_SESSION_free(w->ticket);
		w->ticket = NULL;
		w->tickets = 0;
	}
}

/* --- Setting up ------------------------------------------------------------------------------ */

static void test_bad_files(void **state)
{
	struct world *w = *state;
	struct ca_request other = { .name = "other.test" };
	char path[64];

	assert_int_equal(chmod(w->key, 0640), 0);
	refused(w, "chmod 600");
	assert_int_equal(chmod(w->key, 0600), 0);
	w->options.keys.v[0] = w->cert;
	refused(w, "chmod 600"); /* a public file is no key file */
	w->options.keys.v[0] = "/nonexistent";
	refused(w, "No such file");
	w->options.keys.v[0] = w->dir;
	refused(w, "not a regular file");
	assert_int_equal(ca_issue(w->dir, &other, clock_real(), &w->e), 0);
	snprintf(path, sizeof(path), "%s/other.test.key", w->dir);
	w->options.keys.v[0] = path;
	refused(w, "the key is not the certificate's");
	w->options.keys.v[0] = w->key;
	w->options.certs.v[0] = w->key;
	refused(w, "no PEM block");
	w->options.certs.v[0] = "/nonexistent";
	refused(w, "No such file");
	w->options.certs.n = 0;
	refused(w, "needs a certificate");
	w->options.certs.n = 1;
	w->options.certs.v[0] = w->cert;
	w->options.alpn = "h2,,http/1.1";
	refused(w, "ALPN");
	w->options.alpn = NULL;
	serve(w);
}

/* A key under a pass phrase is refused; nothing asks on the terminal. */
static void test_pass_phrase(void **state)
{
	struct world *w = *state;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	FILE *f;

	unlink(w->key);
	umask(077);
	f = fopen(w->key, "w");
	PEM_write_PrivateKey(f, key, EVP_aes_128_cbc(), (unsigned char *)"secret", 6, NULL, NULL);
	fclose(f);
	EVP_PKEY_free(key);
	refused(w, "without pass phrase");
}

static void test_keylog(void **state)
{
	struct world *w = *state;
	struct keylog log;
	struct stat st;

	setenv("SSLKEYLOGFILE", w->keylog, 1);
	connect_well(w);
	assert_int_equal(access(w->keylog, F_OK), -1); /* never by the environment */
	unsetenv("SSLKEYLOGFILE");

	umask(0);
	w->options.keylog_file = w->keylog;
	serve(w);
	only(w, TLS1_3_VERSION);
	connect_well(w);
	only(w, TLS1_2_VERSION);
	connect_well(w);
	assert_int_equal(stat(w->keylog, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	keylog_init(&log);
	assert_int_equal(keylog_load_file(&log, w->keylog, &w->e), 0);
	assert_int_equal(log.bad, 0);
	assert_int_equal(log.accepted, 6); /* five for TLS 1.3, one for TLS 1.2 */
	keylog_fini(&log);

	serve(w); /* appends to what is there */
	connect_well(w);
	keylog_init(&log);
	assert_int_equal(keylog_load_file(&log, w->keylog, &w->e), 0);
	assert_int_equal(log.accepted, 7);
	keylog_fini(&log);

	assert_int_equal(chmod(w->keylog, 0644), 0);
	refused(w, "chmod 600");
	w->options.keylog_file = "/nonexistent/keys";
	refused(w, "key log");
}

/* A connection outlives the context it was made from: that is how a certificate is reloaded. */
static void test_reload(void **state)
{
	struct world *w = *state;
	char got[8];

	connect_well(w);
	tls_ctx_free(w->ctx);
	w->ctx = NULL;
	assert_int_equal(conn_write(&w->c, "still", 5), 5);
	assert_int_equal(SSL_read(w->client, got, sizeof(got)), 5);
	for (int i = 0; i < 300; i++)
		serve(w); /* no OpenSSL index is used up */
}

/* Workers forked from one parent accept each other's tickets. */
static void test_forked_workers(void **state)
{
	struct world *w = *state;
	pid_t child;
	int status;

	connect_well(w);
	assert_non_null(w->ticket);
	clock_advance(3600);
	child = fork();
	if (child == 0)
		_exit(resumes(w) ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(resumes(w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_handshake),
		CASE(test_without_alpn),
		CASE(test_alpn_nothing_common),
		CASE(test_alpn_our_order),
		CASE(test_refuses_weak),
		CASE(test_untrusted),
		CASE(test_no_renegotiation),
		CASE(test_garbage),
		CASE(test_plain_http),
		CASE(test_data_and_pending),
		CASE(test_bulk_both_ways),
		CASE(test_close_notify),
		CASE(test_truncation),
		CASE(test_half_close),
		CASE(test_close_tells),
		CASE(test_peer_gone),
		CASE(test_forged_record),
		CASE(test_resumption),
		CASE(test_no_tickets),
		CASE(test_bad_files),
		CASE(test_pass_phrase),
		CASE(test_keylog),
		CASE(test_reload),
		CASE(test_forked_workers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
