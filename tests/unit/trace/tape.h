/* A TLS connection of OpenSSL recorded flight by flight, and written into a capture. */
#ifndef TESTS_TRACE_TAPE_H
#define TESTS_TRACE_TAPE_H

#include "../tls/pair.h"
#include "base/bytes.h"
#include "harness.h"

#define C FLOW_CLIENT
#define S FLOW_SERVER

/* What one side sent at one time. */
struct flight {
	enum flow_side side;
	struct buf bytes;
};

enum { FLIGHTS = 64 };

/* A recorded TLS connection, and the capture it is written into. */
struct tape {
	EVP_PKEY *key;
	struct pair pair;
	struct flight flights[FLIGHTS];
	size_t n;
	struct lab lab;
	int64_t now; /* when it was recorded: every capture made of it is taken then */
};

static const char request[] = "GET /me HTTP/1.1\r\nHost: pair\r\nCookie: sid=1\r\n\r\n";
static const char response[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: sid=2; "
                               "Secure\r\n\r\nhello";

/* --- Recording ---------------------------------------------------------------------------------------------- */

static inline void carry(struct tape *p, enum flow_side side)
{
	SSL *from = side == C ? p->pair.client : p->pair.server,
	    *to = side == C ? p->pair.server : p->pair.client;
	struct buf bytes = { 0 };

	pair_carry(from, to, &bytes);
	if (!bytes.n)
		return;
	assert_in_range(p->n, 0, FLIGHTS - 1);
	p->flights[p->n++] = (struct flight){ side, bytes };
}

static inline bool handshake(struct tape *p)
{
	for (int i = 0; i < 10; i++) {
		int client = SSL_do_handshake(p->pair.client), server;

		carry(p, C);
		server = SSL_do_handshake(p->pair.server);
		carry(p, S);
		if (client == 1 && server == 1)
			return true;
	}
	return false;
}

static inline void say(struct tape *p, enum flow_side side, struct slice text)
{
	SSL *from = side == C ? p->pair.client : p->pair.server,
	    *to = side == C ? p->pair.server : p->pair.client;
	uint8_t got[16384];

	assert_int_equal(SSL_write(from, text.p, (int)text.n), text.n);
	carry(p, side);
	while (SSL_read(to, got, sizeof(got)) > 0)
		continue;
	carry(p, !side); /* an answer to a KeyUpdate */
}

static inline void exchange(struct tape *p)
{
	say(p, C, slice_str(request));
	say(p, S, slice_str(response));
}

static inline void hang_up(struct tape *p)
{
	SSL_shutdown(p->pair.client);
	carry(p, C);
	SSL_shutdown(p->pair.server);
	carry(p, S);
}

static inline void tape_init(struct tape *p, int version, const char *suite)
{
	*p = (struct tape){ .key = EVP_EC_gen("P-256"), .now = clock_real() };
	pair_init(&p->pair, p->key, version, suite, true);
	SSL_set_tlsext_host_name(p->pair.client, "pair.example");
	lab_init(&p->lab);
}

/* A whole connection with one HTTP exchange. */
static inline void record(struct tape *p, int version, const char *suite)
{
	tape_init(p, version, suite);
	assert_true(handshake(p));
	exchange(p);
	hang_up(p);
}

static inline void tape_fini(struct tape *p)
{
	for (size_t i = 0; i < p->n; i++)
		buf_fini(&p->flights[i].bytes);
	pair_fini(&p->pair);
	EVP_PKEY_free(p->key);
	lab_fini(&p->lab);
}

/* --- Playing -------------------------------------------------------------------------------------------------- */

/* Writes the connection into the capture, each flight cut at `cut` and into segments of at most `size`. */
static inline struct talk play(struct tape *p, size_t cut, size_t size)
{
	struct talk t;

	p->lab.now = p->now; /* the certificate was made then */
	p->lab.step = 0;
	talk_init(&t, &p->lab, 40000, 4433);
	talk_open(&t);
	for (size_t i = 0; i < p->n; i++) {
		struct slice bytes = buf_view(&p->flights[i].bytes);

		talk_data(&t, p->flights[i].side, slice_sub(bytes, 0, cut), size);
		talk_data(&t, p->flights[i].side, slice_skip(bytes, cut), size);
	}
	return t;
}

/* The key log as a capture file brings it, before all packets. */
static inline void give_keylog(struct tape *p, struct slice lines)
{
	lab_add(&p->lab, lines, 0, true);
}

static inline void play_and_run(struct tape *p)
{
	give_keylog(p, buf_view(&p->pair.keylog));
	play(p, 0, 1460);
	lab_run(&p->lab);
}

/* Begins a second connection from the session of the first; the tape then holds that one alone. */
static inline void second_connection(struct tape *p)
{
	SSL_SESSION *session = SSL_get1_session(p->pair.client);

	for (size_t i = 0; i < p->n; i++)
		buf_fini(&p->flights[i].bytes);
	p->n = 0;
	SSL_free(p->pair.client);
	SSL_free(p->pair.server);
	p->pair.client = SSL_new(p->pair.client_ctx);
	p->pair.server = SSL_new(p->pair.server_ctx);
	SSL_set_bio(p->pair.client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_bio(p->pair.server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_connect_state(p->pair.client);
	SSL_set_accept_state(p->pair.server);
	SSL_set_tlsext_host_name(p->pair.client, "pair.example");
	assert_int_equal(SSL_set_session(p->pair.client, session), 1);
	SSL_SESSION_free(session);
}

/* All of the key log but the lines with this label. */
static inline void keylog_without(const struct buf *log, const char *label, struct buf *out)
{
	struct slice rest = buf_view(log);

	while (rest.n) {
		struct slice line = slice_cut(&rest, '\n');

		if (line.n && !slice_starts(line, slice_str(label))) {
			buf_slice(out, line);
			buf_putc(out, '\n');
		}
	}
}

#endif
