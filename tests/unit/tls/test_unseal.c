/* Records of real handshakes in every suite and version, opened with the secrets of the key log. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "pair.h"
#include "tls/keylog.h"
#include "tls/unseal.h"

#include <stdlib.h>

struct suite {
	const char *name;
	uint16_t id;
	int version;
	bool rsa; /* which certificate */
	bool etm;
};

static const struct suite suites[] = {
	{ "TLS_AES_128_GCM_SHA256", 0x1301, TLS1_3_VERSION, false, true },
	{ "TLS_AES_256_GCM_SHA384", 0x1302, TLS1_3_VERSION, false, true },
	{ "TLS_CHACHA20_POLY1305_SHA256", 0x1303, TLS1_3_VERSION, false, true },
	{ "TLS_AES_128_CCM_SHA256", 0x1304, TLS1_3_VERSION, false, true },
	{ "TLS_AES_128_CCM_8_SHA256", 0x1305, TLS1_3_VERSION, false, true },
	{ "AES128-GCM-SHA256", 0x009c, TLS1_2_VERSION, true, true },
	{ "AES256-GCM-SHA384", 0x009d, TLS1_2_VERSION, true, true },
	{ "ECDHE-ECDSA-AES128-GCM-SHA256", 0xc02b, TLS1_2_VERSION, false, true },
	{ "ECDHE-ECDSA-AES256-GCM-SHA384", 0xc02c, TLS1_2_VERSION, false, true },
	{ "ECDHE-RSA-AES128-GCM-SHA256", 0xc02f, TLS1_2_VERSION, true, true },
	{ "ECDHE-RSA-AES256-GCM-SHA384", 0xc030, TLS1_2_VERSION, true, true },
	{ "ECDHE-ECDSA-CHACHA20-POLY1305", 0xcca9, TLS1_2_VERSION, false, true },
	{ "ECDHE-RSA-CHACHA20-POLY1305", 0xcca8, TLS1_2_VERSION, true, true },
	{ "ECDHE-ECDSA-AES128-CCM", 0xc0ac, TLS1_2_VERSION, false, true },
	{ "ECDHE-ECDSA-AES256-CCM", 0xc0ad, TLS1_2_VERSION, false, true },
	{ "ECDHE-ECDSA-AES128-CCM8", 0xc0ae, TLS1_2_VERSION, false, true },
	{ "ECDHE-ECDSA-AES256-CCM8", 0xc0af, TLS1_2_VERSION, false, true },
	{ "AES128-SHA", 0x002f, TLS1_2_VERSION, true, true },
	{ "AES256-SHA", 0x0035, TLS1_2_VERSION, true, false },
	{ "AES128-SHA256", 0x003c, TLS1_2_VERSION, true, true },
	{ "AES256-SHA256", 0x003d, TLS1_2_VERSION, true, false },
	{ "ECDHE-ECDSA-AES128-SHA", 0xc009, TLS1_2_VERSION, false, false },
	{ "ECDHE-RSA-AES256-SHA", 0xc014, TLS1_2_VERSION, true, true },
	{ "ECDHE-RSA-AES128-SHA256", 0xc027, TLS1_2_VERSION, true, false },
	{ "ECDHE-RSA-AES256-SHA384", 0xc028, TLS1_2_VERSION, true, true },
	{ "ECDHE-ECDSA-AES256-SHA384", 0xc024, TLS1_2_VERSION, false, false },
	{ "ECDHE-RSA-AES128-SHA", 0xc013, TLS1_1_VERSION, true, true },
	{ "AES256-SHA", 0x0035, TLS1_1_VERSION, true, false },
	{ "ECDHE-RSA-AES128-SHA", 0xc013, TLS1_VERSION, true, true },
	{ "AES128-SHA", 0x002f, TLS1_VERSION, true, false },
};

/* One end's records, read the way a tracer does. */
struct side {
	bool client;
	struct unseal u;
	bool finished;    /* TLS 1.3: its Finished was seen */
	struct buf data;  /* application data */
	unsigned updates; /* KeyUpdates seen */
};

struct reader {
	const struct suite *suite;
	struct keylog log;
	struct slice randoms[2]; /* of the hellos */
};

static struct slice secret_of(const struct reader *r, enum keylog_label client, bool is_client)
{
	return keylog_find(&r->log, (enum keylog_label)(client + !is_client), r->randoms[0]);
}

static void start13(const struct reader *r, struct side *s, enum keylog_label client_label)
{
	assert_int_equal(unseal_tls13_init(&s->u, r->suite->id, secret_of(r, client_label, s->client)), 0);
}

static void start12(const struct reader *r, struct side *s)
{
	struct slice master = keylog_find(&r->log, KEYLOG_CLIENT_RANDOM, r->randoms[0]);

	assert_int_equal(unseal_tls12_init(&s->u, r->suite->id, (uint16_t)r->suite->version, master,
	                     r->randoms[0], r->randoms[1], s->client, r->suite->etm),
	    0);
}

/* Messages never span records here: OpenSSL's certificates in these tests are small. */
static void read_handshake13(const struct reader *r, struct side *s, struct slice text)
{
	struct rd in = rd_of(text);

	while (rd_left(&in)) {
		uint8_t type = rd_u8(&in);

		rd_skip(&in, rd_be24(&in));
		assert_false(in.bad);
		if (type == 20) {
			start13(r, s, KEYLOG_CLIENT_TRAFFIC);
			s->finished = true;
		} else if (type == 24) {
			assert_int_equal(unseal_next_secret(&s->u), 0);
			assert_int_equal(s->u.generation, ++s->updates);
		}
	}
}

/* A forged record changes nothing; every truncation of a record is a forged record. */
static void try_damage(struct unseal *u, uint8_t type, uint16_t version, struct slice body)
{
	uint8_t *out = malloc(body.n + 1), inner;
	uint64_t seq = u->seq;

	for (size_t n = 0; n < body.n; n++) {
		uint8_t *cut = malloc(n + !n);

		memcpy(cut, body.p, n);
		assert_int_equal(
		    unseal_record(u, type, version, slice_of(cut, n), out, &inner), UNSEAL_FORGED);
		free(cut);
	}
	for (size_t i = 0; i < body.n; i += 1 + body.n / 40) {
		uint8_t *bad = malloc(body.n);

		memcpy(bad, body.p, body.n);
		bad[i] ^= 1;
		/* In CBC the first block's IV shows in the text, which the MAC covers too. */
		assert_int_equal(
		    unseal_record(u, type, version, slice_of(bad, body.n), out, &inner), UNSEAL_FORGED);
		free(bad);
	}
	assert_int_equal(unseal_record(u, type ^ 1, version, body, out, &inner), UNSEAL_FORGED);
	unseal_skip(u, 1);
	if (u->version != TLS1_3_VERSION || seq)
		assert_int_equal(u->seq, seq + 1);
	assert_int_equal(unseal_record(u, type, version, body, out, &inner), UNSEAL_FORGED);
	u->seq = seq;
	free(out);
}

static void read_sealed(
    const struct reader *r, struct side *s, uint8_t type, uint16_t version, struct slice body)
{
	uint8_t *out = malloc(body.n + 1), inner = 0;
	uint64_t seq = s->u.seq;
	ssize_t n;

	if (body.n < 400)
		try_damage(&s->u, type, version, body);
	n = unseal_record(&s->u, type, version, body, out, &inner);
	assert_true(n >= 0);
	assert_true((size_t)n <= body.n);
	assert_int_equal(s->u.seq, seq + 1);
	if (inner == 23)
		buf_put(&s->data, out, (size_t)n);
	else if (inner == 22 && r->suite->version == TLS1_3_VERSION)
		read_handshake13(r, s, slice_of(out, (size_t)n));
	free(out);
}

static void read_side(struct reader *r, struct side *s, struct slice wire)
{
	struct rd in = rd_of(wire);

	while (rd_left(&in)) {
		uint8_t type = rd_u8(&in);
		uint16_t version = rd_be16(&in);
		struct slice body = rd_take(&in, rd_be16(&in));

		assert_false(in.bad);
		if (type == 20) {
			if (r->suite->version != TLS1_3_VERSION)
				start12(r, s);
		} else if (type == 23 && r->suite->version == TLS1_3_VERSION && !unseal_ready(&s->u)) {
			start13(r, s, KEYLOG_CLIENT_HANDSHAKE);
			read_sealed(r, s, type, version, body);
		} else if (unseal_ready(&s->u)) {
			read_sealed(r, s, type, version, body);
		}
	}
}

static void fill(uint8_t *p, size_t n, unsigned seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)((seed = seed * 1103515245 + 12345) >> 16);
}

/* Speaks both ways in sizes around the edges of blocks and records, with KeyUpdates between. */
static void speak(struct pair *p, bool tls13, struct buf sent[2])
{
	static const size_t sizes[] = { 1, 15, 16, 17, 31, 100, 1000, 16383, 16384, 16385, 40000 };
	uint8_t data[40000];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		bool client = i % 2;

		fill(data, sizes[i], (unsigned)i);
		assert_true(pair_send(p, client, data, sizes[i]));
		buf_put(&sent[!client], data, sizes[i]);
		if (tls13 && i == 3)
			assert_int_equal(SSL_key_update(p->client, SSL_KEY_UPDATE_REQUESTED), 1);
		if (tls13 && i == 6)
			assert_int_equal(SSL_key_update(p->server, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
	}
	SSL_shutdown(p->client);
	pair_pump(p);
}

static void run_suite(const struct suite *suite, EVP_PKEY *key)
{
	bool tls13 = suite->version == TLS1_3_VERSION;
	struct reader r = { .suite = suite };
	struct side sides[2] = { { .client = true }, { .client = false } };
	struct buf sent[2] = { 0 };
	struct pair p;

	pair_init(&p, key, suite->version, suite->name, suite->etm);
	assert_true(pair_handshake(&p));
	assert_int_equal(SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(p.client)), suite->id);
	speak(&p, tls13, sent);

	keylog_init(&r.log);
	keylog_feed(&r.log, buf_view(&p.keylog));
	for (int i = 0; i < 2; i++) /* record header 5, message header 4, version 2 */
		r.randoms[i] = slice_sub(buf_view(&p.wire[i]), 11, 32);
	for (int i = 0; i < 2; i++) {
		read_side(&r, &sides[i], buf_view(&p.wire[i]));
		assert_true(slice_eq(buf_view(&sides[i].data), buf_view(&sent[i])));
		assert_int_equal(sides[i].finished, tls13);
		assert_int_equal(sides[i].updates, tls13 ? (i ? 2 : 1) : 0);
		unseal_fini(&sides[i].u);
		buf_fini(&sides[i].data);
		buf_fini(&sent[i]);
	}
	keylog_fini(&r.log);
	pair_fini(&p);
}

static void test_every_suite(void **state)
{
	EVP_PKEY *ec = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(2048);

	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		print_message("%s, version %04x\n", suites[i].name, (unsigned)suites[i].version);
		run_suite(&suites[i], suites[i].rsa ? rsa : ec);
	}
	EVP_PKEY_free(ec);
	EVP_PKEY_free(rsa);
}

static void test_knows(void **state)
{
	assert_true(unseal_knows(0x1301, 0x0304));
	assert_false(unseal_knows(0x1301, 0x0303)); /* a TLS 1.3 suite */
	assert_false(unseal_knows(0xc02f, 0x0304));
	assert_true(unseal_knows(0xc02f, 0x0303));
	assert_false(unseal_knows(0xc02f, 0x0302)); /* AEAD came with TLS 1.2 */
	assert_true(unseal_knows(0xc013, 0x0301));
	assert_false(unseal_knows(0xc027, 0x0301));
	assert_false(unseal_knows(0xc013, 0x0300)); /* SSL 3.0 */
	assert_false(unseal_knows(0x0005, 0x0303)); /* RC4 */
}

static void test_refuses(void **state)
{
	uint8_t bytes[64] = { 0 }, out[64], inner;
	struct slice s32 = slice_of(bytes, 32), s48 = slice_of(bytes, 48);
	struct unseal u = { 0 };

	assert_int_equal(unseal_tls13_init(&u, 0xc02f, s32), UNSEAL_SUITE);
	assert_int_equal(unseal_tls13_init(&u, 0x1302, s32), UNSEAL_SECRET);
	assert_int_equal(unseal_tls13_init(&u, 0x1301, s48), UNSEAL_SECRET);
	assert_int_equal(unseal_tls12_init(&u, 0x1301, 0x0304, s48, s32, s32, true, false), UNSEAL_SUITE);
	assert_int_equal(unseal_tls12_init(&u, 0xc02f, 0x0303, s32, s32, s32, true, false), UNSEAL_SECRET);
	assert_int_equal(unseal_tls12_init(&u, 0xc02f, 0x0303, s48, s48, s32, true, false), UNSEAL_SECRET);
	assert_false(unseal_ready(&u));
	assert_int_equal(unseal_record(&u, 23, 0x0303, s32, out, &inner), UNSEAL_FAILED);
	assert_int_equal(unseal_next_secret(&u), UNSEAL_FAILED);

	/* A failed init keeps what was there. */
	assert_int_equal(unseal_tls12_init(&u, 0xc02f, 0x0303, s48, s32, s32, true, false), 0);
	assert_int_equal(unseal_tls13_init(&u, 0x1302, s32), UNSEAL_SECRET);
	assert_true(unseal_ready(&u));
	assert_int_equal(unseal_next_secret(&u), UNSEAL_FAILED);
	assert_int_equal(unseal_record(&u, 23, 0x0303, slice_of(NULL, 0), out, &inner), UNSEAL_FORGED);
	unseal_fini(&u);
	unseal_fini(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_suite),
		cmocka_unit_test(test_knows),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
