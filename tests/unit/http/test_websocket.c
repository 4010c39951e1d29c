/* WebSocket frames and the handshake's proof: RFC 6455. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "http/websocket.h"

/* --- Heads ----------------------------------------------------------------------------------------------- */

/* The examples of RFC 6455 5.7. */
static void test_examples(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		struct ws_head head;
	} rows[] = {
		{ "\x81\x05", 2, { .fin = true, .opcode = WS_TEXT, .length = 5 } },
		{ "\x81\x85\x37\xfa\x21\x3d", 6,
		    { .fin = true,
		        .opcode = WS_TEXT,
		        .masked = true,
		        .key = { 0x37, 0xfa, 0x21, 0x3d },
		        .length = 5 } },
		{ "\x01\x03", 2, { .opcode = WS_TEXT, .length = 3 } },
		{ "\x80\x02", 2, { .fin = true, .opcode = WS_CONTINUATION, .length = 2 } },
		{ "\x89\x05", 2, { .fin = true, .opcode = WS_PING, .length = 5 } },
		{ "\x82\x7e\x01\x00", 4, { .fin = true, .opcode = WS_BINARY, .length = 256 } },
		{ "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10,
		    { .fin = true, .opcode = WS_BINARY, .length = 65536 } },
		{ "\xc1\x07", 2,
		    { .fin = true, .rsv = 4, .opcode = WS_TEXT, .length = 7 } }, /* RFC 7692 7.2.3.1 */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ws_head got;
		struct buf out = { 0 };

		assert_int_equal(ws_head_parse(slice_of(rows[i].bytes, rows[i].n), &got), rows[i].n);
		assert_int_equal(got.fin, rows[i].head.fin);
		assert_int_equal(got.rsv, rows[i].head.rsv);
		assert_int_equal(got.opcode, rows[i].head.opcode);
		assert_int_equal(got.masked, rows[i].head.masked);
		assert_memory_equal(got.key, rows[i].head.key, 4);
		assert_int_equal(got.length, rows[i].head.length);
		assert_int_equal(ws_head_write(&out, &got), 0);
		assert_int_equal(out.n, rows[i].n);
		assert_memory_equal(out.p, rows[i].bytes, out.n);
		for (size_t cut = 0; cut < rows[i].n; cut++)
			assert_int_equal(ws_head_parse(slice_of(rows[i].bytes, cut), &got), 0);
		buf_fini(&out);
	}
}

/* What is wrong is found at the byte that makes it so, and in every longer input. */
static void test_wrong(void **state)
{
	static const struct {
		const char *bytes;
		size_t n; /* with which it shows */
		int reason;
	} rows[] = {
		{ "\x83\x00", 1, WS_BAD_OPCODE },
		{ "\x8b\x00", 1, WS_BAD_OPCODE },
		{ "\x09\x00", 1, WS_BAD_CONTROL },
		{ "\x88\x7e\x00\x80", 2, WS_BAD_CONTROL },
		{ "\x82\x7e\x00\x7d", 4, WS_LENGTH_TOO_ROOMY },
		{ "\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 10, WS_LENGTH_TOO_ROOMY },
		{ "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 3, WS_LENGTH_TOO_LONG },
	};
	struct ws_head h;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t n = 0; n < rows[i].n; n++)
			assert_int_equal(ws_head_parse(slice_of(rows[i].bytes, n), &h), 0);
		assert_int_equal(ws_head_parse(slice_of(rows[i].bytes, rows[i].n), &h), -rows[i].reason);
		assert_true(*ws_reason_text((enum ws_reason)rows[i].reason));
	}
}

/* Every pair of bytes, followed by enough: parsed and written anew it is the same, or it is refused. */
static void test_all_pairs(void **state)
{
	for (unsigned pair = 0; pair < 65536; pair++) {
		uint8_t in[WS_HEAD_MAX] = { (uint8_t)(pair >> 8), (uint8_t)pair, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7,
			8, 9 };
		struct ws_head h;
		struct buf out = { 0 };
		ssize_t used = ws_head_parse(slice_of(in, sizeof(in)), &h);

		assert_true(used != 0);
		if (used > 0) {
			ws_head_write(&out, &h);
			assert_int_equal(out.n, used);
			assert_memory_equal(out.p, in, out.n);
		}
		buf_fini(&out);
	}
}

static void test_mask(void **state)
{
	static const uint8_t key[4] = { 0x37, 0xfa, 0x21, 0x3d };
	const struct slice masked = SLICE("\x7f\x9f\x4d\x51\x58");
	uint8_t out[5];

	ws_mask(key, 0, masked, out);
	assert_memory_equal(out, "Hello", 5);
	for (size_t cut = 0; cut <= 5; cut++) {
		ws_mask(key, 0, slice_sub(masked, 0, cut), out);
		ws_mask(key, cut, slice_skip(masked, cut), out + cut);
		assert_memory_equal(out, "Hello", 5);
	}
	ws_mask(key, 0, slice_of(out, 5), out); /* in place */
	assert_memory_equal(out, masked.p, 5);
}

/* --- Words ----------------------------------------------------------------------------------------------- */

static void test_close_codes(void **state)
{
	static const unsigned allowed[] = { 1000, 1003, 1007, 1014, 3000, 4999 },
	                      refused[] = { 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535 };

	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		assert_true(ws_close_allowed(allowed[i]));
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		assert_false(ws_close_allowed(refused[i]));
	assert_string_equal(ws_close_text(1000), "the purpose is fulfilled");
	assert_string_equal(ws_close_text(999), "");
	assert_string_equal(ws_close_text(1004), "");
	assert_string_equal(ws_close_text(4000), "");
	assert_string_equal(ws_opcode_name(WS_PONG), "pong");
	assert_string_equal(ws_opcode_name(3), "?");
	assert_string_equal(ws_opcode_name(16), "?");
}

/* RFC 6455 1.3; the others from OpenSSL: printf %s "$key$fixed" | openssl sha1 -binary | base64. */
static void test_accept(void **state)
{
	static const char *const rows[][2] = {
		{ "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
		{ "", "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=" },
		{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "CNVCgqrOv9cq/"
		                                                                      "hZteEmJXitx+cU=" },
	};
	char out[WS_ACCEPT_SIZE + 1];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ws_accept(slice_str(rows[i][0]), out);
		assert_string_equal(out, rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_all_pairs),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_close_codes),
		cmocka_unit_test(test_accept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
