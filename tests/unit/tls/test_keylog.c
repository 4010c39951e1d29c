/* The key log: lines good and bad, split anywhere, bounded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tls/keylog.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define R1  "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"
#define R1L "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" /* as it is written again */
#define R2  "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define S32 "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define S48 S32 "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"

static struct slice random_of(uint8_t first)
{
	static uint8_t r[32];

	for (int i = 0; i < 32; i++)
		r[i] = (uint8_t)i;
	r[0] = first;
	return slice_of(r, sizeof(r));
}

static const char text[] = "# a comment\r\n"
                           "\n"
                           "CLIENT_RANDOM " R1 " " S48 "\r\n"
                           "CLIENT_HANDSHAKE_TRAFFIC_SECRET " R2 " " S32 "\n"
                           "SERVER_HANDSHAKE_TRAFFIC_SECRET " R2 " " S48 "\n"
                           "QUIC_CLIENT_X " R2 " " S32 "\n"
                           "not a line\n"
                           "CLIENT_RANDOM " R1 " " S32 "\n"   /* a master secret has 48 bytes */
                           "CLIENT_RANDOM " R1 "00 " S48 "\n" /* a random has 32 */
                           "CLIENT_RANDOM " R1 " " S48 "zz\n"
                           "CLIENT_RANDOM  " R1 " " S48 "\n" /* two spaces */
                           "CLIENT_RANDOM\n"
                           "EXPORTER_SECRET " R1 " " S32; /* no end of line */

static void check(const struct keylog *k)
{
	struct slice s = keylog_find(k, KEYLOG_CLIENT_RANDOM, random_of(0));

	assert_int_equal(s.n, 48);
	for (int i = 0; i < 48; i++)
		assert_int_equal(s.p[i], 0xa0 + i);
	assert_int_equal(keylog_find(k, KEYLOG_CLIENT_HANDSHAKE, random_of(0xff)).n, 32);
	assert_int_equal(keylog_find(k, KEYLOG_SERVER_HANDSHAKE, random_of(0xff)).n, 48);
	assert_int_equal(keylog_find(k, KEYLOG_SERVER_HANDSHAKE, random_of(0)).n, 0);
	assert_int_equal(keylog_find(k, KEYLOG_EXPORTER, random_of(0)).n, 32);
	assert_true(keylog_has(k, random_of(0xff)));
	assert_false(keylog_has(k, random_of(1)));
	assert_false(keylog_has(k, slice_sub(random_of(0), 0, 31)));
	assert_int_equal(k->accepted, 4);
	assert_int_equal(k->ignored, 1);
	assert_int_equal(k->bad, 6);
	assert_int_equal(k->over, 0);
	{
		struct buf lines = { 0 };
		unsigned shown = 0;

		assert_int_not_equal(keylog_put_lines(k, random_of(0), &shown, &lines), 0);
		assert_string_equal(buf_cstr(&lines), "CLIENT_RANDOM " R1L " " S48 "\n"
		                                      "EXPORTER_SECRET " R1L " " S32 "\n");
		assert_int_equal(keylog_put_lines(k, random_of(0), &shown, &lines), 0);
		assert_int_equal(keylog_put_lines(k, random_of(1), &shown, &lines), 0);
		buf_fini(&lines);
	}
}

static void test_every_split(void **state)
{
	size_t n = sizeof(text) - 1;
	struct keylog k;

	for (size_t at = 0; at <= n; at++) {
		char *first = malloc(at + 1), *second = malloc(n - at + 1);

		memcpy(first, text, at);
		memcpy(second, text + at, n - at);
		keylog_init(&k);
		keylog_feed(&k, slice_of(first, at));
		keylog_feed(&k, slice_of(second, n - at));
		free(first);
		free(second);
		keylog_end(&k);
		check(&k);
		keylog_fini(&k);
	}
	keylog_init(&k);
	for (size_t i = 0; i < n; i++)
		keylog_feed(&k, slice_of(text + i, 1));
	keylog_end(&k);
	check(&k);
	keylog_fini(&k);
}

static void test_first_stays(void **state)
{
	static const char again[] = "CLIENT_RANDOM " R1 " " S48 "\n"
	                            "CLIENT_RANDOM " R1 " " S32 "ffffffffffffffffffffffffffffffff\n";
	struct keylog k;

	keylog_init(&k);
	keylog_feed(&k, SLICE(again));
	keylog_feed(&k, SLICE(again));
	assert_int_equal(k.accepted, 1);
	assert_int_equal(k.bad, 0);
	assert_int_equal(keylog_find(&k, KEYLOG_CLIENT_RANDOM, random_of(0)).p[47], 0xcf);
	keylog_fini(&k);
}

static void test_long_line(void **state)
{
	struct keylog k;
	char junk[5000];

	memset(junk, 'A', sizeof(junk));
	keylog_init(&k);
	for (int i = 0; i < 4; i++)
		keylog_feed(&k, slice_of(junk, sizeof(junk)));
	assert_true(k.partial.cap <= KEYLOG_LINE_MAX);
	keylog_feed(&k, SLICE("\nEXPORTER_SECRET " R1 " " S32 "\n"));
	assert_int_equal(k.bad, 1);
	assert_int_equal(k.accepted, 1);
	keylog_feed(&k, slice_of(junk, sizeof(junk)));
	keylog_end(&k);
	assert_int_equal(k.bad, 2);
	keylog_fini(&k);
}

static void test_many_sessions(void **state)
{
	enum { N = 20000 };
	uint8_t random[32] = { 0 };
	char line[256];
	struct keylog k;

	keylog_init(&k);
	for (unsigned i = 0; i < N; i++) {
		int n =
		    snprintf(line, sizeof(line), "SERVER_TRAFFIC_SECRET_0 %08x%056d %08x%056d\n", i, 0, i, 0);

		keylog_feed(&k, slice_of(line, (size_t)n));
	}
	assert_int_equal(k.accepted, N);
	for (unsigned i = 0; i < N; i += 37) {
		struct slice s;

		for (int b = 0; b < 4; b++)
			random[b] = (uint8_t)(i >> (24 - 8 * b));
		s = keylog_find(&k, KEYLOG_SERVER_TRAFFIC, slice_of(random, 32));
		assert_int_equal(s.n, 32);
		assert_memory_equal(s.p, random, 4);
	}
	keylog_fini(&k);
}

static void test_load_file(void **state)
{
	char path[] = "/tmp/test_keylog.XXXXXX";
	int fd = mkstemp(path);
	struct keylog k;
	struct err e = { 0 };

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	keylog_init(&k);
	assert_int_equal(keylog_load_file(&k, path, &e), 0);
	check(&k);
	unlink(path);
	assert_int_equal(keylog_load_file(&k, path, &e), -1);
	assert_int_equal(e.kind, ERR_ENV);
	assert_non_null(strstr(e.msg, path));
	assert_int_equal(keylog_load_file(&k, "/tmp", &e), -1);
	keylog_fini(&k);
}

static void test_label_names(void **state)
{
	for (int i = 0; i < KEYLOG_RSA; i++) {
		struct keylog k;
		char line[256];
		int n =
		    snprintf(line, sizeof(line), "%s " R1 " " S48, keylog_label_name((enum keylog_label)i));

		keylog_init(&k);
		keylog_feed(&k, slice_of(line, (size_t)n));
		keylog_end(&k);
		assert_int_equal(keylog_find(&k, (enum keylog_label)i, random_of(0)).n, 48);
		keylog_fini(&k);
	}
}

/* A pre-master secret is named by eight octets of itself encrypted. */
static void test_rsa(void **state)
{
	struct slice encrypted = SLICE("\x01\x23\x45\x67\x89\xab\xcd\xef and so on"), line;
	struct buf out = { 0 };
	struct keylog k;

	keylog_init(&k);
	keylog_feed(
	    &k, SLICE("RSA 0123456789abcdef " S48 "\nRSA 0123456789abcd " S48 "\nRSA " R1 " " S48 "\n"));
	assert_int_equal(k.accepted, 1);
	assert_int_equal(k.rsa, 1);
	assert_int_equal(k.bad, 2);
	assert_int_equal(keylog_find_rsa(&k, encrypted).n, 48);
	assert_int_equal(keylog_find_rsa(&k, slice_sub(encrypted, 0, 7)).n, 0);
	assert_int_equal(keylog_find_rsa(&k, slice_skip(encrypted, 1)).n, 0);
	assert_true(keylog_put_rsa_line(&k, encrypted, &out) > 0);
	line = SLICE("RSA 0123456789abcdef " S48 "\n");
	assert_true(slice_ieq(buf_view(&out), line));
	assert_int_equal(keylog_put_rsa_line(&k, slice_skip(encrypted, 1), &out), 0);
	buf_fini(&out);
	keylog_fini(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_first_stays),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_many_sessions),
		cmocka_unit_test(test_load_file),
		cmocka_unit_test(test_label_names),
		cmocka_unit_test(test_rsa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
