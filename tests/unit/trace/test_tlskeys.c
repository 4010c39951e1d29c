/* Secrets that come late, 0-RTT data, old versions, renegotiation: what it takes to have the right key at the
 * right record. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tape.h"

#include <unistd.h>

/* The key log lies in a file that is written while the capture goes on: lines up to `at` at first, the rest once
 * packet `when` was read. */
struct late {
	struct tape tape;
	FILE *file;
	char path[64];
	size_t when;
	bool written;
	enum source_result (*next)(
	    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e);
};

static struct late *the_late;

static void late_write(struct late *l)
{
	fwrite(l->tape.pair.keylog.p, 1, l->tape.pair.keylog.n, l->file);
	fflush(l->file);
	l->written = true;
}

static enum source_result late_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	if (!the_late->written && the_late->tape.lab.at == the_late->when)
		late_write(the_late);
	return the_late->next(s, p, secrets, e);
}

/* Plays the tape, and brings the secrets before packet `when` is read. */
static void late_run(struct late *l, size_t when)
{
	struct lab *lab = &l->tape.lab;
	static struct source_ops ops;

	the_late = l;
	l->file = tmpfile();
	snprintf(l->path, sizeof(l->path), "/proc/self/fd/%d", fileno(l->file));
	l->when = when;
	l->written = false;
	lab_clear(lab);
	lab->config.keylog_path = l->path;
	lab->config.keylog_grows = true;
	ops = *lab->source.ops;
	l->next = ops.next;
	ops.next = late_next;
	lab->source.ops = &ops;
	{
		struct talk t = play(&l->tape, 0, 1460);

		talk_close(&t);
	}
	lab_run(lab);
	fclose(l->file);
}

/* Wherever in the capture the secrets come, all of it is opened, as long as something of the connection is
 * still to come. */
static void test_late_secrets(void **state)
{
	static const struct {
		int version;
		const char *suite;
	} rows[] = { { TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384" }, { TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-"
		                                                                     "SHA256" } };

	for (size_t i = 0; i < 2; i++) {
		struct late l = { 0 };
		size_t n;

		record(&l.tape, rows[i].version, rows[i].suite);
		late_run(&l, 0);
		n = l.tape.lab.n;
		lab_none(&l.tape.lab, NOTE_TLS_WAITING);
		for (size_t when = 1; when + 2 < n; when++) {
			const struct lab *lab = &l.tape.lab;

			late_run(&l, when);
			lab_expect(lab_one(lab, NOTE_HTTP_REQUEST), "http.request.uri", "/me");
			lab_expect(lab_one(lab, NOTE_HTTP_RESPONSE), "osilab.http.request", "GET /me");
			lab_none(lab, NOTE_TLS_FORGED);
			lab_none(lab, NOTE_TLS_OTHER_KEYLOG);
			lab_none(lab, NOTE_TLS_TOO_LATE);
			assert_int_equal(
			    lab_count(lab, NOTE_TLS_WAITING) > 0, lab_count(lab, NOTE_TLS_OPENED_LATE) > 0);
			assert_true(slice_find(buf_view(&lab->secrets_shown), SLICE(" ")) >
			            0); /* for who writes the capture anew */
		}
		/* Never. */
		late_run(&l, SIZE_MAX);
		lab_one(&l.tape.lab, NOTE_TLS_WAITING);
		lab_one(&l.tape.lab, NOTE_TLS_OTHER_KEYLOG);
		lab_none(&l.tape.lab, NOTE_TLS_OPENED);
		tape_fini(&l.tape);
	}
}

/* More than there is room for: what found none stays closed, what comes after is read. */
static void test_late_too_much(void **state)
{
	static uint8_t body[300000];
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n";
	struct late l = { 0 };
	const struct lab *lab = &l.tape.lab;

	tape_init(&l.tape, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	assert_true(handshake(&l.tape));
	say(&l.tape, C, slice_str(request));
	say(&l.tape, S, SLICE(head));
	say(&l.tape, S, slice_of(body, sizeof(body)));
	exchange(&l.tape);
	late_run(&l, SIZE_MAX);
	assert_true(lab->held_most < 700000);
	late_run(&l, lab->n - 6); /* before the second exchange */
	lab_expect(lab_one(lab, NOTE_TLS_TOO_LATE), "osilab.side", "server");
	assert_int_equal(lab_count(lab, NOTE_HTTP_REQUEST), 2);
	lab_none(lab, NOTE_TLS_FORGED);
	tape_fini(&l.tape);
}

/* --- 0-RTT ------------------------------------------------------------------------------------------------------- */

static int allow_early(SSL *ssl, void *arg)
{
	return 1;
}

static void early_connection(struct tape *p, bool refused)
{
	size_t n = 0;
	uint8_t got[4096];

	tape_init(p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	SSL_CTX_set_max_early_data(p->pair.server_ctx, 16384);
	SSL_set_max_early_data(p->pair.server, 16384);
	SSL_CTX_set_allow_early_data_cb(p->pair.server_ctx, allow_early, NULL);
	assert_true(handshake(p));
	exchange(p);
	hang_up(p); /* else the session may not be resumed */
	second_connection(p);
	if (refused)
		SSL_set_max_early_data(p->pair.server, 0);
	assert_int_equal(SSL_write_early_data(p->pair.client, request, sizeof(request) - 1, &n), 1);
	carry(p, C);
	if (!refused) {
		assert_int_equal(
		    SSL_read_early_data(p->pair.server, got, sizeof(got), &n), SSL_READ_EARLY_DATA_SUCCESS);
		assert_int_equal(n, sizeof(request) - 1);
		(void)SSL_read_early_data(p->pair.server, got, sizeof(got), &n);
		carry(p, S);
	}
	assert_true(handshake(p));
}

static void test_early_data(void **state)
{
	struct tape p;

	early_connection(&p, false);
	say(&p, S, slice_str(response));
	play_and_run(&p);
	lab_one(&p.lab, NOTE_TLS_EARLY_OFFER);
	lab_one(&p.lab, NOTE_TLS_EARLY_ACCEPTED);
	lab_one(&p.lab, NOTE_TLS_EARLY_OPENED);
	lab_expect(lab_one(&p.lab, NOTE_HTTP_REQUEST), "http.request.uri", "/me");
	lab_expect(lab_one(&p.lab, NOTE_HTTP_RESPONSE), "osilab.http.request", "GET /me");
	lab_none(&p.lab, NOTE_TLS_FORGED);
	lab_none(&p.lab, NOTE_TLS_SEALED);
	assert_true(
	    lab_one(&p.lab, NOTE_HTTP_REQUEST)->packet < lab_one(&p.lab, NOTE_TLS_SERVER_HELLO)->packet);
	tape_fini(&p);
}

static void test_early_data_refused(void **state)
{
	struct tape p;

	early_connection(&p, true);
	exchange(&p);
	play_and_run(&p);
	lab_one(&p.lab, NOTE_TLS_EARLY_REFUSED);
	lab_none(&p.lab, NOTE_TLS_FORGED);
	assert_int_equal(
	    lab_count(&p.lab, NOTE_HTTP_REQUEST), 2); /* the refused one, and the one sent after */
	lab_one(&p.lab, NOTE_HTTP_RESPONSE);
	tape_fini(&p);
}

/* --- Old versions ------------------------------------------------------------------------------------------------- */

static void test_old_versions(void **state)
{
	static const struct {
		int version;
		const char *suite, *name;
	} rows[] = { { TLS1_VERSION, "ECDHE-ECDSA-AES128-SHA", "TLS 1.0" },
		{ TLS1_1_VERSION, "ECDHE-ECDSA-AES256-SHA", "TLS 1.1" },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", "TLS 1.2" },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-CCM", "TLS 1.2" },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES256-CCM8", "TLS 1.2" } };

	for (size_t i = 0; i < 10; i++) {
		struct tape p;
		const struct lab *l = &p.lab;

		tape_init(&p, rows[i / 2].version, rows[i / 2].suite);
		if (i % 2)
			SSL_set_options(p.pair.client, SSL_OP_NO_ENCRYPT_THEN_MAC);
		assert_true(handshake(&p));
		for (int k = 0; k < 3; k++)
			exchange(&p);
		play_and_run(&p);
		lab_expect(lab_one(l, NOTE_TLS_SERVER_HELLO), "osilab.tls.version", rows[i / 2].name);
		assert_int_equal(lab_count(l, NOTE_TLS_OLD_VERSION), rows[i / 2].version < TLS1_2_VERSION);
		assert_int_equal(lab_count(l, NOTE_HTTP_RESPONSE), 3);
		lab_none(l, NOTE_TLS_FORGED);
		lab_one(l, NOTE_TLS_SEEN_12);
		lab_one(l, NOTE_TLS_SERVER_KEY);
		lab_none(l, NOTE_TLS_DAMAGED);
		tape_fini(&p);
	}
}

/* RSA key exchange with nothing but the pre-master secret, with and without extended master secret. */
static void test_rsa(void **state)
{
	static const struct {
		int version;
		const char *suite;
	} rows[] = { { TLS1_2_VERSION, "AES128-SHA" }, { TLS1_2_VERSION, "AES256-GCM-SHA384" },
		{ TLS1_VERSION, "AES256-SHA" } };

	for (size_t i = 0; i < 6; i++) {
		EVP_PKEY *rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
		struct tape p = { .key = rsa, .now = clock_real() };
		struct buf log = { 0 };

		pair_init(&p.pair, rsa, rows[i / 2].version, rows[i / 2].suite, true);
		lab_init(&p.lab);
		if (i % 2)
			SSL_set_options(p.pair.client, SSL_OP_NO_EXTENDED_MASTER_SECRET);
		assert_true(handshake(&p));
		exchange(&p);
		keylog_without(&p.pair.keylog, "CLIENT_RANDOM", &log);
		assert_true(slice_starts(buf_view(&log), SLICE("RSA ")));
		give_keylog(&p, buf_view(&log));
		play(&p, 0, 1460);
		lab_run(&p.lab);
		lab_one(&p.lab, NOTE_HTTP_REQUEST);
		lab_one(&p.lab, NOTE_HTTP_RESPONSE);
		lab_one(&p.lab, NOTE_TLS_NO_FORWARD_SECRECY);
		lab_none(&p.lab, NOTE_TLS_FORGED);
		assert_true(slice_eq(buf_view(&p.lab.secrets_shown), buf_view(&log)));
		buf_fini(&log);
		tape_fini(&p);
	}
}

/* The mark of a server that could do better: harmless when the client offers no more. */
static void test_downgrade_mark(void **state)
{
	struct tape p;
	struct buf *hello;
	ssize_t at;

	tape_init(&p, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256");
	SSL_set_max_proto_version(p.pair.server, TLS1_3_VERSION);
	assert_true(handshake(&p));
	play_and_run(&p);
	lab_one(&p.lab, NOTE_TLS_DOWNGRADE_MARK);
	lab_none(&p.lab, NOTE_TLS_DOWNGRADE);
	/* The same answer to a client that offers TLS 1.3. */
	lab_clear(&p.lab);
	hello = &p.flights[0].bytes;
	at = slice_find(buf_view(hello), SLICE("\0\x2b\0\3\2\3\3"));
	if (at >= 0) {
		hello->p[at + 6] = 4;
	} else { /* no supported_versions: the old field says it */
		hello->p[10] = 4;
	}
	play_and_run(&p);
	lab_one(&p.lab, NOTE_TLS_DOWNGRADE);
	tape_fini(&p);
}

static void test_renegotiation(void **state)
{
	struct tape p;

	for (int keys = 1; keys >= 0; keys--) {
		tape_init(&p, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256");
		assert_true(handshake(&p));
		exchange(&p);
		SSL_set_options(p.pair.server, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
		assert_int_equal(SSL_renegotiate(p.pair.client), 1);
		for (int i = 0; i < 6; i++) {
			char got[10];

			SSL_do_handshake(p.pair.client);
			carry(&p, C);
			SSL_read(p.pair.server, got, sizeof(got));
			carry(&p, S);
		}
		exchange(&p);
		if (keys)
			play_and_run(&p);
		else {
			play(&p, 0, 1460);
			lab_run(&p.lab);
		}
		assert_int_equal(lab_count(&p.lab, NOTE_TLS_RENEGOTIATION), keys);
		assert_int_equal(lab_count(&p.lab, NOTE_HTTP_RESPONSE), 2 * keys);
		assert_int_equal(lab_count(&p.lab, NOTE_TLS_RENEGOTIATION_SEALED) > 0, !keys);
		assert_int_equal(trace_stats(p.lab.trace)->tls_sessions, 1);
		lab_none(&p.lab, NOTE_TLS_FORGED);
		tape_fini(&p);
	}
}

/* --- Resumption tied to where it came from ------------------------------------------------------------------------ */

static void test_resumed_from(void **state)
{
	static const struct {
		int version;
		bool tickets;
	} rows[] = { { TLS1_3_VERSION, true }, { TLS1_2_VERSION, true }, { TLS1_2_VERSION, false } };

	for (size_t i = 0; i < 3; i++) {
		struct tape p;
		uint64_t from;

		tape_init(&p, rows[i].version,
		    rows[i].version == TLS1_3_VERSION ? "TLS_AES_128_GCM_SHA256"
		                                      : "ECDHE-ECDSA-AES128-GCM-SHA256");
		SSL_CTX_set_session_id_context(p.pair.server_ctx, (const uint8_t *)"x", 1);
		SSL_set_session_id_context(p.pair.server, (const uint8_t *)"x", 1);
		if (!rows[i].tickets)
			SSL_set_options(p.pair.server, SSL_OP_NO_TICKET);
		if (!rows[i].tickets)
			SSL_CTX_set_options(p.pair.server_ctx, SSL_OP_NO_TICKET);
		assert_true(handshake(&p));
		exchange(&p);
		hang_up(&p);
		give_keylog(&p, buf_view(&p.pair.keylog));
		{
			struct talk t = play(&p, 0, 1460);

			talk_close(&t);
		}
		buf_clear(&p.pair.keylog);
		second_connection(&p);
		assert_true(handshake(&p));
		exchange(&p);
		assert_int_equal(SSL_session_reused(p.pair.client), 1);
		give_keylog(&p, buf_view(&p.pair.keylog));
		{
			struct talk t;

			talk_init(&t, &p.lab, 40001, 4433);
			talk_open(&t);
			for (size_t k = 0; k < p.n; k++)
				talk_data(&t, p.flights[k].side, buf_view(&p.flights[k].bytes), 1460);
		}
		lab_run(&p.lab);
		from = rows[i].tickets ? lab_find(&p.lab, NOTE_TLS_TICKET, 0)->packet
		                       : lab_find(&p.lab, NOTE_TLS_SERVER_HELLO, 0)->packet;
		assert_true(lab_one(&p.lab, NOTE_TLS_RESUMED_FROM)->ref >= from);
		assert_true(lab_one(&p.lab, NOTE_TLS_RESUMED_FROM)->ref <
		            lab_find(&p.lab, NOTE_TLS_CLIENT_HELLO, 1)->packet);
		lab_none(&p.lab, NOTE_TLS_RESUMED);
		lab_one(
		    &p.lab, rows[i].version == TLS1_3_VERSION ? NOTE_TLS_PSK_OFFER : NOTE_TLS_TICKET_OFFER);
		assert_int_equal(lab_count(&p.lab, NOTE_TLS_CERTIFICATE), 1);
		assert_int_equal(lab_count(&p.lab, NOTE_HTTP_RESPONSE), 2);
		tape_fini(&p);
	}
}

/* --- Late start --------------------------------------------------------------------------------------------------- */

/* STARTTLS: something else first, then TLS on the same connection. */
static void test_starttls(void **state)
{
	struct tape p;
	struct talk t;

	record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	give_keylog(&p, buf_view(&p.pair.keylog));
	p.lab.now = clock_real();
	talk_init(&t, &p.lab, 40000, 25);
	talk_open(&t);
	talk_text(&t, S, "220 mail.example ESMTP\r\n");
	talk_text(&t, C, "EHLO pair\r\n");
	talk_text(&t, S, "250 STARTTLS\r\n");
	talk_text(&t, C, "STARTTLS\r\n");
	talk_text(&t, S, "220 go ahead\r\n");
	for (size_t i = 0; i < p.n; i++)
		talk_data(&t, p.flights[i].side, buf_view(&p.flights[i].bytes), 1460);
	lab_run(&p.lab);
	lab_one(&p.lab, NOTE_TLS_CLIENT_HELLO);
	lab_one(&p.lab, NOTE_HTTP_REQUEST);
	lab_one(&p.lab, NOTE_HTTP_RESPONSE);
	tape_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late_secrets),
		cmocka_unit_test(test_late_too_much),
		cmocka_unit_test(test_early_data),
		cmocka_unit_test(test_early_data_refused),
		cmocka_unit_test(test_old_versions),
		cmocka_unit_test(test_rsa),
		cmocka_unit_test(test_downgrade_mark),
		cmocka_unit_test(test_renegotiation),
		cmocka_unit_test(test_resumed_from),
		cmocka_unit_test(test_starttls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
