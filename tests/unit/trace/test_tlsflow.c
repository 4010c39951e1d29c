/* TLS as OpenSSL speaks it, wrapped into TCP and read by the tracer: with its key log, without, with the wrong
 * one, damaged, cut and with holes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "tape.h"

static void expect_decrypted(const struct lab *l)
{
	lab_expect(lab_one(l, NOTE_HTTP_REQUEST), "http.request.uri", "/me");
	lab_expect(lab_one(l, NOTE_HTTP_RESPONSE), "osilab.http.request", "GET /me");
	lab_expect(lab_one(l, NOTE_HTTP_BODY), "osilab.http.body_bytes", "5");
	assert_int_equal(trace_stats(l->trace)->tls_decrypted, 1);
	assert_int_equal(trace_stats(l->trace)->decrypted_requests, 1);
	lab_none(l, NOTE_TLS_FORGED);
	lab_none(l, NOTE_TLS_SEALED);
	lab_none(l, NOTE_TLS_DAMAGED);
	lab_none(l, NOTE_COOKIE_IN_CLEAR);
}

static void expect_sealed(const struct lab *l)
{
	lab_none(l, NOTE_HTTP_REQUEST);
	lab_none(l, NOTE_HTTP_RESPONSE);
	lab_none(l, NOTE_TLS_OPENED);
	assert_true(lab_count(l, NOTE_TLS_SEALED) > 0);
	assert_int_equal(trace_stats(l->trace)->tls_decrypted, 0);
}

/* --- Decrypted -------------------------------------------------------------------------------------------------- */

static void test_13(void **state)
{
	static const char *const suites[] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
		"TLS_CHACHA20_POLY1305_SHA256" };

	for (size_t i = 0; i < 3; i++) {
		struct tape p;
		const struct lab *l = &p.lab;

		record(&p, TLS1_3_VERSION, suites[i]);
		play_and_run(&p);
		expect_decrypted(l);
		lab_expect(lab_one(l, NOTE_TLS_CLIENT_HELLO), "tls.handshake.extensions_server_name",
		    "pair.example");
		lab_expect(lab_one(l, NOTE_TLS_CLIENT_HELLO), "osilab.tls.versions", "TLS 1.3");
		lab_one(l, NOTE_TLS_OFFER);
		lab_expect(lab_one(l, NOTE_TLS_SERVER_HELLO), "osilab.tls.version", "TLS 1.3");
		lab_expect(lab_one(l, NOTE_TLS_SERVER_HELLO), "osilab.tls.suite", suites[i]);
		lab_one(l, NOTE_TLS_ENCRYPTED_NOW);
		lab_one(l, NOTE_TLS_EXTENSIONS);
		assert_non_null(strstr(lab_one(l, NOTE_TLS_CERTIFICATE)->text, "pair"));
		lab_one(l, NOTE_TLS_CERT_SELF_SIGNED);
		lab_one(l, NOTE_TLS_CERT_NAME); /* the certificate has no names at all */
		lab_none(l, NOTE_TLS_CERT_EXPIRED);
		lab_expect(lab_one(l, NOTE_TLS_CERT_VERIFY), "osilab.side", "server");
		assert_int_equal(lab_count(l, NOTE_TLS_FINISHED), 2);
		lab_expect(lab_find(l, NOTE_TLS_FINISHED, 0), "osilab.side", "server");
		lab_expect(lab_find(l, NOTE_TLS_FINISHED, 0), "tls.handshake.type", "20");
		lab_expect(lab_find(l, NOTE_TLS_CERTIFICATE, 0), "tls.handshake.type", "11");
		lab_expect(lab_find(l, NOTE_TLS_EXTENSIONS, 0), "tls.handshake.type", "8");
		lab_expect(lab_find(l, NOTE_TLS_FINISHED, 1), "osilab.side", "client");
		assert_true(lab_count(l, NOTE_TLS_TICKET) >= 1);
		assert_int_equal(lab_count(l, NOTE_TLS_CLOSE_NOTIFY), 2);
		assert_int_equal(lab_count(l, NOTE_TLS_OPENED), 2);
		lab_none(l, NOTE_TLS_RESUMED);
		assert_int_equal(lab_count(l, NOTE_COOKIE_UNKNOWN), 1);
		assert_int_equal(lab_count(l, NOTE_COOKIE_SECURE), 1);
		assert_string_equal(l->frames[3].proto, "TLS");
		assert_string_equal(l->frames[lab_one(l, NOTE_HTTP_REQUEST)->packet - 1].proto, "HTTPS");
		assert_string_equal(l->frames[lab_one(l, NOTE_HTTP_REQUEST)->packet - 1].info, "GET /me");
		assert_int_equal(lab_one(l, NOTE_HTTP_REQUEST)->len, 0); /* not to be found in the packet */
		tape_fini(&p);
	}
}

static void test_12(void **state)
{
	static const char *const suites[][2] = {
		{ "ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
		{ "ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
		{ "ECDHE-ECDSA-AES256-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384" },
	};

	for (size_t i = 0; i < 3; i++) {
		struct tape p;
		const struct lab *l = &p.lab;

		record(&p, TLS1_2_VERSION, suites[i][0]);
		play_and_run(&p);
		expect_decrypted(l);
		lab_expect(lab_one(l, NOTE_TLS_SERVER_HELLO), "osilab.tls.version", "TLS 1.2");
		lab_expect(lab_one(l, NOTE_TLS_SERVER_HELLO), "osilab.tls.suite", suites[i][1]);
		lab_one(l, NOTE_TLS_CERTIFICATE);
		assert_int_equal(lab_count(l, NOTE_TLS_ENCRYPTED_NOW_12), 2);
		assert_int_equal(lab_count(l, NOTE_TLS_FINISHED), 2);
		assert_int_equal(lab_count(l, NOTE_TLS_CLOSE_NOTIFY), 2);
		lab_none(l, NOTE_TLS_ENCRYPTED_NOW);
		lab_none(l, NOTE_TLS_RESUMED);
		tape_fini(&p);
	}
}

/* The key log as a file, and what of it the sinks get: the secrets of this capture's sessions. */
static void test_keylog_file(void **state)
{
	struct tape p, other;
	struct buf both = { 0 };
	struct slice last;
	char path[64];
	FILE *file = tmpfile();

	record(&other, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	buf_slice(&both, buf_view(&other.pair.keylog));
	buf_slice(&both, buf_view(&p.pair.keylog));
	fwrite(both.p, 1, both.n - 1, file); /* the last line lacks its end, and counts */
	fflush(file);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	p.lab.config.keylog_path = path;
	play(&p, 0, 1460);
	lab_run(&p.lab);
	expect_decrypted(&p.lab);
	last = slice_sub(buf_view(&both), 0, both.n - 1);
	last = slice_skip(last, (size_t)slice_rchr(last, '\n') + 1);
	assert_true(slice_find(buf_view(&p.lab.secrets_shown), last) >= 0);
	assert_true(p.lab.secrets_shown.n > 0);
	assert_true(slice_find(buf_view(&p.lab.secrets_shown), SLICE("CLIENT_TRAFFIC_SECRET_0")) >= 0);
	fclose(file);
	buf_fini(&both);
	tape_fini(&p);
	tape_fini(&other);
}

/* Credentials and forms inside TLS are sealed on the wire. */
static void test_password_inside(void **state)
{
	static const char form[] = "POST /login HTTP/1.1\r\nHost: pair\r\nContent-Type: "
	                           "application/x-www-form-urlencoded\r\nContent-Length: 21\r\n\r\n"
	                           "user=ann&password=abc";
	struct tape p;

	tape_init(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	assert_true(handshake(&p));
	say(&p, C, slice_str(form));
	p.lab.config.find[p.lab.config.nfind++] = "password";
	play_and_run(&p);
	lab_expect(lab_one(&p.lab, NOTE_PASSWORD_SEALED), "osilab.auth.user", "ann");
	lab_none(&p.lab, NOTE_PASSWORD_IN_CLEAR);
	lab_none(&p.lab, NOTE_FIND_HIT); /* the search is for the bytes on the wire */
	lab_one(&p.lab, NOTE_FIND_NOT_SEEN);
	tape_fini(&p);
}

static void test_not_http_inside(void **state)
{
	struct tape p;

	tape_init(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	assert_true(handshake(&p));
	say(&p, S, SLICE("220 mail.example ESMTP\r\n"));
	say(&p, C, SLICE("EHLO pair\r\n"));
	play_and_run(&p);
	assert_int_equal(lab_count(&p.lab, NOTE_TLS_OPENED), 2);
	lab_expect(lab_find(&p.lab, NOTE_TLS_OPENED, 0), "osilab.tls.content", "application data");
	lab_none(&p.lab, NOTE_HTTP_BROKEN);
	tape_fini(&p);
}

static void test_key_update(void **state)
{
	struct tape p;

	tape_init(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	assert_true(handshake(&p));
	for (int i = 0; i < 3; i++) {
		exchange(&p);
		SSL_key_update(i == 1 ? p.pair.server : p.pair.client,
		    i == 2 ? SSL_KEY_UPDATE_NOT_REQUESTED : SSL_KEY_UPDATE_REQUESTED);
	}
	exchange(&p);
	play_and_run(&p);
	lab_none(&p.lab, NOTE_TLS_FORGED);
	assert_int_equal(lab_count(&p.lab, NOTE_HTTP_REQUEST), 4);
	assert_int_equal(lab_count(&p.lab, NOTE_HTTP_RESPONSE), 4);
	/* Two each: the client's last, asked for nothing, was its answer to the server's too. */
	assert_int_equal(lab_count(&p.lab, NOTE_TLS_KEY_UPDATE), 2);
	assert_int_equal(lab_count(&p.lab, NOTE_TLS_KEY_UPDATE_BOTH), 2);
	tape_fini(&p);
}

static void test_hello_retry(void **state)
{
	struct tape p;

	tape_init(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	SSL_set1_groups_list(p.pair.client, "X25519:P-256");
	SSL_set1_groups_list(p.pair.server, "P-256");
	assert_true(handshake(&p));
	exchange(&p);
	play_and_run(&p);
	lab_expect(lab_one(&p.lab, NOTE_TLS_HELLO_RETRY), "osilab.tls.group", "secp256r1");
	assert_int_equal(lab_count(&p.lab, NOTE_TLS_CLIENT_HELLO), 2);
	lab_one(&p.lab, NOTE_TLS_SERVER_HELLO);
	assert_int_equal(trace_stats(p.lab.trace)->tls_sessions, 1);
	expect_decrypted(&p.lab);
	tape_fini(&p);
}

/* --- Resumed --------------------------------------------------------------------------------------------------- */

static void test_resumed(void **state)
{
	static const int versions[] = { TLS1_3_VERSION, TLS1_2_VERSION };

	for (size_t i = 0; i < 2; i++) {
		struct tape p;

		record(&p, versions[i], i ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "TLS_AES_128_GCM_SHA256");
		second_connection(&p);
		assert_true(handshake(&p));
		exchange(&p);
		assert_int_equal(SSL_session_reused(p.pair.client), 1);
		play_and_run(&p);
		lab_one(&p.lab, NOTE_TLS_RESUMED);
		lab_none(&p.lab, NOTE_TLS_CERTIFICATE);
		expect_decrypted(&p.lab);
		tape_fini(&p);
	}
}

/* Announces early data in a ClientHello record: extension 42, empty (RFC 8446 4.2.10).  Nothing checks the
 * transcript here, since the keys come from the key log. */
static void add_early_data(struct buf *b)
{
	struct rd r = rd_of(buf_view(b));
	struct wr w;
	uint32_t record, message, list;
	size_t at;

	rd_skip(&r, 3);
	record = rd_be16(&r);
	rd_skip(&r, 1);
	message = rd_be24(&r);
	rd_skip(&r, 2 + 32);
	rd_skip(&r, rd_u8(&r));
	rd_skip(&r, rd_be16(&r));
	rd_skip(&r, rd_u8(&r));
	at = r.off;
	list = rd_be16(&r);
	assert_false(r.bad);
	buf_put(b, "\0\x2a\0\0", 4);
	w = wr_of(b->p + 3, 2);
	wr_be16(&w, (uint16_t)(record + 4));
	w = wr_of(b->p + 6, 3);
	wr_be24(&w, message + 4);
	w = wr_of(b->p + at, 2);
	wr_be16(&w, (uint16_t)(list + 4));
}

/* 0-RTT: what the client sends before the answer is under a key of its own, which does not cost the rest of its
 * direction.  Some of it is on the way when the server answers. */
static void test_early_data(void **state)
{
	static const char sealed[] = "\x17\x03\x03\0\x1e"
	                             "0123456789abcdef0123456789abcd";
	struct tape p;
	size_t i;

	record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	add_early_data(&p.flights[0].bytes);
	buf_put(&p.flights[0].bytes, sealed, sizeof(sealed) - 1);
	for (i = 1; p.flights[i].side != C; i++)
		continue;
	{
		struct buf finish = p.flights[i].bytes;

		p.flights[i].bytes = (struct buf){ 0 };
		buf_put(&p.flights[i].bytes, sealed, sizeof(sealed) - 1);
		buf_slice(&p.flights[i].bytes, buf_view(&finish));
		buf_fini(&finish);
	}
	play_and_run(&p);
	lab_none(&p.lab, NOTE_TLS_MIDSTREAM);
	lab_none(&p.lab, NOTE_TLS_FORGED);
	lab_none(&p.lab, NOTE_TLS_DAMAGED);
	assert_int_equal(lab_count(&p.lab, NOTE_TLS_SEALED), 2);
	lab_expect(lab_one(&p.lab, NOTE_HTTP_REQUEST), "http.request.uri", "/me");
	lab_one(&p.lab, NOTE_HTTP_RESPONSE);
	tape_fini(&p);
}

/* --- Not decrypted, and why --------------------------------------------------------------------------------------- */

static void test_no_keylog(void **state)
{
	static const int versions[] = { TLS1_3_VERSION, TLS1_2_VERSION };

	for (size_t i = 0; i < 2; i++) {
		struct tape p;

		record(&p, versions[i], i ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "TLS_AES_128_GCM_SHA256");
		play(&p, 0, 1460);
		lab_run(&p.lab);
		expect_sealed(&p.lab);
		lab_one(&p.lab, NOTE_TLS_NO_KEYLOG);
		/* TLS 1.2 shows its certificate to all, TLS 1.3 seals it. */
		assert_int_equal(lab_count(&p.lab, NOTE_TLS_CERTIFICATE), i);
		assert_int_equal(lab_count(&p.lab, NOTE_TLS_ALERT_SEALED), i ? 2 : 0);
		tape_fini(&p);
	}
}

/* A key log of something else, or one that is still empty. */
static void test_other_keylog(void **state)
{
	struct tape p, other;
	char path[64];
	FILE *file = tmpfile();

	record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	record(&other, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	give_keylog(&p, buf_view(&other.pair.keylog));
	play(&p, 0, 1460);
	lab_run(&p.lab);
	expect_sealed(&p.lab);
	assert_non_null(strstr(lab_one(&p.lab, NOTE_TLS_OTHER_KEYLOG)->fields, "osilab.tls.client_random="));
	lab_clear(&p.lab);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	p.lab.config.keylog_path = path;
	play(&p, 0, 1460);
	lab_run(&p.lab);
	lab_one(&p.lab, NOTE_TLS_OTHER_KEYLOG);
	lab_none(&p.lab, NOTE_TLS_NO_KEYLOG);
	fclose(file);
	tape_fini(&p);
	tape_fini(&other);
}

static void test_no_secret(void **state)
{
	static const struct {
		const char *label;
		size_t requests, responses;
	} rows[] = {
		{ "CLIENT_HANDSHAKE_TRAFFIC_SECRET", 0, 1 },
		{ "SERVER_HANDSHAKE_TRAFFIC_SECRET", 1, 0 },
		{ "CLIENT_TRAFFIC_SECRET_0", 0, 1 },
		{ "SERVER_TRAFFIC_SECRET_0", 1, 0 },
	};

	for (size_t i = 0; i < 4; i++) {
		struct tape p;
		struct buf log = { 0 };

		record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
		keylog_without(&p.pair.keylog, rows[i].label, &log);
		give_keylog(&p, buf_view(&log));
		play(&p, 0, 1460);
		lab_run(&p.lab);
		lab_expect(lab_one(&p.lab, NOTE_TLS_NO_SECRET), "osilab.tls.secret", rows[i].label);
		assert_int_equal(lab_count(&p.lab, NOTE_HTTP_REQUEST), rows[i].requests);
		assert_int_equal(lab_count(&p.lab, NOTE_HTTP_RESPONSE_ALONE), rows[i].responses);
		lab_none(&p.lab, NOTE_TLS_FORGED);
		buf_fini(&log);
		tape_fini(&p);
	}
}

/* A secret of the right session with a wrong value, or cut short. */
static void test_wrong_secret(void **state)
{
	for (int cut = 0; cut <= 1; cut++) {
		struct tape p;
		struct buf log = { 0 };
		ssize_t at;

		record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
		keylog_without(&p.pair.keylog, "CLIENT_TRAFFIC_SECRET_0", &log);
		at = slice_find(buf_view(&p.pair.keylog), SLICE("CLIENT_TRAFFIC_SECRET_0"));
		assert_true(at >= 0);
		buf_put(&log, p.pair.keylog.p + at, 24 + 64 + 1);
		for (int i = 0; i < (cut ? 48 : 32); i++)
			buf_puts(&log, "5a");
		buf_putc(&log, '\n');
		give_keylog(&p, buf_view(&log));
		play(&p, 0, 1460);
		lab_run(&p.lab);
		lab_one(&p.lab, cut ? NOTE_TLS_NO_SECRET : NOTE_TLS_FORGED);
		lab_none(&p.lab, NOTE_HTTP_REQUEST);
		lab_one(&p.lab, NOTE_HTTP_RESPONSE_ALONE);
		buf_fini(&log);
		tape_fini(&p);
	}
}

/* One bit of a record of the client changed: said once, the other direction goes on. */
static void test_forged(void **state)
{
	struct tape p;
	size_t i;

	record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	for (i = p.n; i-- > 0;) /* the last flight of the client but its close_notify */
		if (p.flights[i].side == C && p.flights[i].bytes.n > sizeof(request))
			break;
	p.flights[i].bytes.p[20] ^= 1;
	play_and_run(&p);
	assert_int_equal(
	    lab_one(&p.lab, NOTE_TLS_FORGED)->packet, lab_find(&p.lab, NOTE_TLS_SEALED, 0)->packet);
	lab_none(&p.lab, NOTE_HTTP_REQUEST);
	lab_one(&p.lab, NOTE_HTTP_RESPONSE_ALONE);
	tape_fini(&p);
}

static void test_no_common_suite(void **state)
{
	struct tape p;

	tape_init(&p, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256");
	SSL_set_cipher_list(p.pair.client, "ECDHE-ECDSA-AES256-GCM-SHA384");
	assert_false(handshake(&p));
	play_and_run(&p);
	lab_expect(lab_one(&p.lab, NOTE_TLS_ALERT), "osilab.tls.alert", "handshake_failure");
	lab_expect(lab_one(&p.lab, NOTE_TLS_ALERT), "osilab.side", "server");
	lab_none(&p.lab, NOTE_TLS_ALERT_SEALED);
	assert_int_equal(trace_stats(p.lab.trace)->alerts, 1);
	tape_fini(&p);
}

/* The capture begins behind the handshake. */
static void test_midstream(void **state)
{
	struct tape p;

	record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	for (size_t i = 0; i < p.n; i++)
		if (i + 4 < p.n) /* keep request, response and both alerts */
			buf_clear(&p.flights[i].bytes);
	play_and_run(&p);
	lab_one(&p.lab, NOTE_TLS_MIDSTREAM);
	expect_sealed(&p.lab);
	tape_fini(&p);
}

/* --- Cut, cut short, with holes ------------------------------------------------------------------------------------ */

static char *story_of(struct tape *p, size_t cut, size_t size)
{
	lab_clear(&p->lab);
	give_keylog(p, buf_view(&p->pair.keylog));
	play(p, cut, size);
	lab_run(&p->lab);
	return lab_story(&p->lab, NOTE_TLS_CLIENT_HELLO, NOTE_FIND_HIT, false);
}

static void every_split(int version, const char *suite)
{
	struct tape p;
	char *whole, *cut;
	size_t most = 0;

	record(&p, version, suite);
	for (size_t i = 0; i < p.n; i++)
		most = p.flights[i].bytes.n > most ? p.flights[i].bytes.n : most;
	whole = story_of(&p, 0, 65000);
	expect_decrypted(&p.lab);
	for (size_t at = 1; at < most; at++) {
		cut = story_of(&p, at, 65000);
		assert_string_equal(cut, whole);
		free(cut);
	}
	for (size_t size = 1; size < 20; size++) {
		cut = story_of(&p, 0, size);
		assert_string_equal(cut, whole);
		free(cut);
	}
	free(whole);
	tape_fini(&p);
}

static void test_every_split(void **state)
{
	every_split(TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	every_split(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256");
}

/* However the records are cut, as many of them stay sealed, with as many bytes. */
static void test_sealed_count(void **state)
{
	unsigned long records = 0, bytes = 0;
	struct tape p;

	record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	for (size_t size = 2000; size > 0; size -= size > 100 ? 100 : 11) {
		unsigned long r = 0, b = 0;

		lab_clear(&p.lab);
		play(&p, 0, size);
		lab_run(&p.lab);
		for (size_t i = 0; i < p.lab.nnotes; i++) {
			const char *fields = p.lab.notes[i].fields;

			if (p.lab.notes[i].id != NOTE_TLS_SEALED)
				continue;
			r += strtoul(strstr(fields, "records=") + 8, NULL, 10);
			b += strtoul(strstr(fields, "bytes=") + 6, NULL, 10);
		}
		assert_true(r > 4 && b > 500);
		assert_true(!records || (r == records && b == bytes));
		records = r;
		bytes = b;
		if (size < 11)
			break;
	}
	tape_fini(&p);
}

/* The capture ends anywhere, or any one packet of it is missing. */
static void test_any_missing(void **state)
{
	struct tape p;
	size_t n;

	record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	give_keylog(&p, buf_view(&p.pair.keylog));
	play(&p, 0, 100);
	n = p.lab.n;
	for (size_t i = 1; i < n; i++) {
		struct lab_packet gone = p.lab.packets[i];

		p.lab.n = i;
		lab_run(&p.lab);
		memmove(p.lab.packets + i, p.lab.packets + i + 1, (n - 1 - i) * sizeof(gone));
		p.lab.n = n - 1;
		lab_run(&p.lab);
		lab_none(&p.lab, NOTE_HTTP_BROKEN);
		memmove(p.lab.packets + i + 1, p.lab.packets + i, (n - 1 - i) * sizeof(gone));
		p.lab.packets[i] = gone;
		p.lab.n = n;
	}
	tape_fini(&p);
}

/* A hole within one record in the middle of a large body: that record is lost, its plain bytes are counted, and
 * what follows is read. */
static void test_hole_in_record(void **state)
{
	static const struct {
		int version;
		const char *suite;
	} rows[] = { { TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256" }, { TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-"
		                                                                     "SHA256" } };
	static uint8_t body[40000];
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n";

	for (size_t i = 0; i < 2; i++) {
		struct tape p;
		struct talk t;
		struct slice bytes;

		tape_init(&p, rows[i].version, rows[i].suite);
		assert_true(handshake(&p));
		say(&p, C, slice_str(request));
		give_keylog(&p, buf_view(&p.pair.keylog));
		t = play(&p, 0, 1460);
		say(&p, S, SLICE(head));
		talk_data(&t, S, buf_view(&p.flights[p.n - 1].bytes), 1460);
		say(&p, S, slice_of(body, sizeof(body)));
		bytes = buf_view(&p.flights[p.n - 1].bytes);
		talk_data(&t, S, slice_sub(bytes, 0, 20000), 1000);
		talk_lose(&t, S, 3000); /* within the second record */
		talk_data(&t, S, slice_skip(bytes, 23000), 1000);
		talk_ack(&t, C);
		exchange(&p);
		talk_data(&t, C, buf_view(&p.flights[p.n - 2].bytes), 1460);
		talk_data(&t, S, buf_view(&p.flights[p.n - 1].bytes), 1460);
		lab_run(&p.lab);
		lab_one(&p.lab, NOTE_STREAM_GAP);
		lab_none(&p.lab, NOTE_TLS_FORGED);
		lab_none(&p.lab, NOTE_HTTP_BROKEN);
		assert_int_equal(lab_count(&p.lab, NOTE_HTTP_RESPONSE), 2);
		lab_expect(lab_find(&p.lab, NOTE_HTTP_BODY, 0), "osilab.http.body_bytes", "40000");
		tape_fini(&p);
	}
}

/* Megabytes wait behind one hole and come all at once, within one packet: all of it is decrypted. */
static void test_burst_behind_hole(void **state)
{
	static uint8_t body[1000000];
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 12000000\r\n\r\n";
	struct tape p;
	struct talk t;
	uint32_t hole;
	struct slice bytes;

	tape_init(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	assert_true(handshake(&p));
	say(&p, C, slice_str(request));
	give_keylog(&p, buf_view(&p.pair.keylog));
	t = play(&p, 0, 1460);
	say(&p, S, SLICE(head));
	bytes = buf_view(&p.flights[p.n - 1].bytes);
	hole = t.seq[S];
	talk_lose(&t, S, bytes.n);
	t.acked[C] = hole;
	for (int i = 0; i < 12; i++) {
		say(&p, S, slice_of(body, sizeof(body)));
		talk_data(&t, S, buf_view(&p.flights[p.n - 1].bytes), 60000);
	}
	bytes = buf_view(&p.flights[p.n - 13].bytes);
	talk_at(&t, S, TCP_ACK, hole, t.acked[S], bytes);
	lab_run(&p.lab);
	lab_none(&p.lab, NOTE_TLS_FORGED);
	lab_none(&p.lab, NOTE_STREAM_GAP);
	lab_one(&p.lab, NOTE_HTTP_RESPONSE);
	lab_expect(lab_one(&p.lab, NOTE_HTTP_BODY), "osilab.http.body_bytes", "12000000");
	tape_fini(&p);
}

/* --- Nonsense --------------------------------------------------------------------------------------------------------- */

/* A flight of bytes as they come, then garbage where a record should begin. */
static void test_lost_records(void **state)
{
	struct tape p;
	struct talk t;

	record(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
	give_keylog(&p, buf_view(&p.pair.keylog));
	t = play(&p, 0, 1460);
	talk_text(&t, C, "this is no record");
	talk_text(&t, C, "nor is this");
	lab_run(&p.lab);
	lab_one(&p.lab, NOTE_TLS_DAMAGED);
	tape_fini(&p);
}

/* Every byte of the handshake in clear damaged in turn. */
static void test_damaged_hellos(void **state)
{
	struct tape p;

	record(&p, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256");
	for (size_t i = 0; i < 2; i++) {
		struct buf *b = &p.flights[i].bytes;

		for (size_t at = 0; at < b->n; at += 3) {
			uint8_t was = b->p[at];

			b->p[at] = (uint8_t)(at % 2 ? 0xff : was ^ 0x81);
			lab_clear(&p.lab);
			play_and_run(&p);
			b->p[at] = was;
		}
	}
	tape_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_13),
		cmocka_unit_test(test_12),
		cmocka_unit_test(test_keylog_file),
		cmocka_unit_test(test_password_inside),
		cmocka_unit_test(test_not_http_inside),
		cmocka_unit_test(test_key_update),
		cmocka_unit_test(test_hello_retry),
		cmocka_unit_test(test_resumed),
		cmocka_unit_test(test_early_data),
		cmocka_unit_test(test_no_keylog),
		cmocka_unit_test(test_other_keylog),
		cmocka_unit_test(test_no_secret),
		cmocka_unit_test(test_wrong_secret),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_no_common_suite),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_sealed_count),
		cmocka_unit_test(test_any_missing),
		cmocka_unit_test(test_hole_in_record),
		cmocka_unit_test(test_burst_behind_hole),
		cmocka_unit_test(test_lost_records),
		cmocka_unit_test(test_damaged_hellos),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
