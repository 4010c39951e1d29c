/* HPACK: the examples of RFC 7541 appendix C, and tables that are not known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "http2/hpack.h"

#include <stdio.h>
#include <stdlib.h>

struct fixture {
	struct hpack *h;
	struct arena arena;
	struct hpack_list list;
};

static void setup(struct fixture *f)
{
	f->h = hpack_new();
	assert_non_null(f->h);
	arena_init(&f->arena, 0);
}

static void teardown(struct fixture *f)
{
	hpack_free(f->h);
	arena_fini(&f->arena);
}

static uint8_t nibble(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Decodes a block written in hexadecimal, from memory of exactly its size. */
static int decode(struct fixture *f, const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *block = malloc(n + !n);
	int r;

	for (size_t i = 0; i < n; i++)
		block[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
	arena_reset(&f->arena);
	r = hpack_decode(f->h, slice_of(block, n), &f->arena, &f->list);
	free(block);
	return r;
}

/* The list as "name: value\n"..., unknown things as ?. */
static const char *text(struct fixture *f)
{
	const char *out = "";

	for (unsigned i = 0; i < f->list.n; i++) {
		const struct hpack_field *v = &f->list.v[i];

		out = arena_printf(&f->arena, "%s%.*s: %.*s\n", out, v->unknown_name ? 1 : (int)v->name.n,
		    v->unknown_name ? "?" : (const char *)v->name.p, v->unknown_value ? 1 : (int)v->value.n,
		    v->unknown_value ? "?" : (const char *)v->value.p);
	}
	return out;
}

#define expect(f, hex, lines)                                                                                \
	do {                                                                                                 \
		assert_int_equal(decode(f, hex), 0);                                                         \
		assert_string_equal(text(f), lines);                                                         \
	} while (0)

/* C.2: one field each. */
static void test_representations(void **state)
{
	struct fixture f;

	setup(&f);
	expect(&f, "400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header\n");
	assert_int_equal(f.list.text, strlen("custom-key: custom-header\r\n"));
	expect(&f, "040c2f73616d706c652f70617468", ":path: /sample/path\n");
	assert_false(f.list.v[0].never_indexed);
	expect(&f, "100870617373776f726406736563726574", "password: secret\n");
	assert_true(f.list.v[0].never_indexed);
	expect(&f, "82", ":method: GET\n");
	expect(&f, "be", "custom-key: custom-header\n");
	expect(&f, "", "");
	teardown(&f);
}

/* C.3 and C.4: three requests on one connection, without and with Huffman codes. */
static void test_requests(void **state)
{
	static const char *const blocks[2][3] = {
		{ "828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
		    "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565" },
		{ "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
		    "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf" },
	};
	struct fixture f;

	for (int huffman = 0; huffman < 2; huffman++) {
		setup(&f);
		expect(&f, blocks[huffman][0],
		    ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n");
		expect(&f, blocks[huffman][1],
		    ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n"
		    "cache-control: no-cache\n");
		expect(&f, blocks[huffman][2],
		    ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\n"
		    "custom-key: custom-value\n");
		teardown(&f);
	}
}

/* C.6: three answers through a table of 256 octets, so that entries are evicted. */
static void test_evictions(void **state)
{
	struct fixture f;

	setup(&f);
	expect(&f,
	    "3fe101" /* the table shrinks to 256 */
	    "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff"
	    "6e919d29ad171863c78f0b97c8e9ae82ae43d3",
	    ":status: 302\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\n"
	    "location: https://www.example.com\n");
	expect(&f, "4883640effc1c0bf",
	    ":status: 307\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\n"
	    "location: https://www.example.com\n");
	expect(&f,
	    "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab"
	    "77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f"
	    "9587316065c003ed4ee5b1063d5007",
	    ":status: 200\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:22 GMT\n"
	    "location: https://www.example.com\ncontent-encoding: gzip\n"
	    "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n");
	teardown(&f);
}

/* Every prefix of a block either is one, or is damaged; in either case nothing is read past its end. */
static void test_prefixes(void **state)
{
	static const char block[] = "828684418cf1e3c2e5f23a6ba0ab90f4ff408825a849e95ba97d7f8925a849e95bb8e8b4"
	                            "bf";
	char part[sizeof(block)];
	unsigned whole = 0;

	for (size_t n = 0; n < sizeof(block); n += 2) {
		struct fixture f;

		setup(&f);
		snprintf(part, sizeof(part), "%.*s", (int)n, block);
		whole += decode(&f, part) == 0;
		teardown(&f);
	}
	assert_int_equal(whole, 6); /* after 0, 1, 2, 3, 4 and all 5 fields */
}

/* --- Tables that are not known ----------------------------------------------------------------------------- */

static void test_unknown(void **state)
{
	struct fixture f;

	setup(&f);
	hpack_forget(f.h);
	assert_false(hpack_known(f.h));
	expect(&f, "82be87c1", ":method: GET\n?: ?\n:scheme: https\n?: ?\n");
	assert_int_equal(f.list.unknown, 2);
	/* The value behind a name that is not known; then that entry, and one from before it. */
	expect(&f, "7e0378797abec0", "?: xyz\n?: xyz\n?: ?\n");
	/* What is added now is known from now on. */
	expect(&f, "4001610162bebfc0", "a: b\na: b\n?: xyz\n?: ?\n");
	teardown(&f);
}

static void test_learns_again(void **state)
{
	struct fixture f;

	setup(&f);
	hpack_forget(f.h);
	expect(&f, "4001610162", "a: b\n");
	expect(&f, "4001630164be", "c: d\nc: d\n");
	expect(&f, "bfbec0", "a: b\nc: d\n?: ?\n");
	assert_int_equal(f.list.unknown, 1);
	teardown(&f);
}

/* Browsers use tables of 64 KiB: an index beyond the usual size makes room for them. */
static void test_unknown_large(void **state)
{
	struct fixture f;
	size_t small;

	setup(&f);
	hpack_forget(f.h);
	expect(&f, "be", "?: ?\n");
	small = hpack_held(f.h);
	expect(&f, "82ff8004", ":method: GET\n?: ?\n"); /* entry 639 */
	assert_true(hpack_held(f.h) > small);
	assert_int_equal(decode(&f, "ff808001"), -1); /* entry 16511: no table has it */
	expect(&f, "be", "?: ?\n");
	teardown(&f);
}

/* Damage ends what is known, and is never taken for a field. */
static void test_damage(void **state)
{
	static const char *const blocks[] = { "be", "80", "ff", "4001", "418f", "ffffffffffffffff7f",
		"400161ff", "3fe2ff0f" };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct fixture f;

		setup(&f);
		assert_int_equal(decode(&f, blocks[i]), -1);
		assert_false(hpack_known(f.h));
		expect(&f, "82be", ":method: GET\n?: ?\n");
		teardown(&f);
	}
}

/* Who sends nothing but damage is not served for ever. */
static void test_hopeless(void **state)
{
	struct fixture f;

	setup(&f);
	for (int i = 0; i < 100; i++)
		assert_int_equal(decode(&f, "80"), -1);
	assert_int_equal(decode(&f, "82"), -1);
	teardown(&f);
}

static void test_limit(void **state)
{
	struct fixture f;

	setup(&f);
	hpack_limit(f.h, 8192);
	expect(&f, "3fe13f82", ":method: GET\n"); /* the sender takes up 8192 */
	hpack_limit(f.h, 4096);                   /* a smaller one waits for the sender */
	expect(&f, "3fe11f82", ":method: GET\n");
	hpack_limit(f.h, UINT32_MAX);
	expect(&f, "3fe1ff0382", ":method: GET\n"); /* 65536 is all there can be here */
	assert_int_equal(decode(&f, "3fe2ff0382"), -1);
	teardown(&f);
}

/* A bomb: one large entry, then indexes of it, an octet each. */
static void test_bomb(void **state)
{
	struct fixture f;
	uint8_t *block = malloc(4000 + 8 + 20000);
	size_t n = 0, kept = 0;

	setup(&f);
	memcpy(block, "\x40\x01x\x7f\x81\x1e", 6); /* a value of 127 + 1 + 30 * 128 = 3968 octets */
	n = 6;
	memset(block + n, 'v', 3968);
	n += 3968;
	memset(block + n, 0xbe, 20000);
	n += 20000;
	assert_int_equal(hpack_decode(f.h, slice_of(block, n), &f.arena, &f.list), 0);
	for (unsigned i = 0; i < f.list.n; i++)
		kept += f.list.v[i].name.n + f.list.v[i].value.n;
	assert_true(kept <= HPACK_LIST_MAX);
	assert_int_equal(f.list.n + f.list.lost, 20001);
	assert_true(f.list.text > 20001 * 3968u);
	free(block);
	teardown(&f);
}

static void test_many_fields(void **state)
{
	struct fixture f;
	uint8_t block[HPACK_FIELDS_MAX + 10];

	setup(&f);
	memset(block, 0x82, sizeof(block));
	assert_int_equal(hpack_decode(f.h, slice_of(block, sizeof(block)), &f.arena, &f.list), 0);
	assert_int_equal(f.list.n, HPACK_FIELDS_MAX);
	assert_int_equal(f.list.lost, 10);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_representations),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_evictions),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_learns_again),
		cmocka_unit_test(test_unknown_large),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_hopeless),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_many_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
