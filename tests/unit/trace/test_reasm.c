/* Reassembly against a plain model: whatever order segments come in, the stream that comes out is the one that
 * was sent, and what arrived first wins. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "trace/reasm.h"

#include <stdlib.h>

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Pushes a copy of exact size and gathers what comes out. */
static void push(struct reasm *r, uint32_t seq, struct slice bytes, struct buf *out)
{
	uint8_t *copy = malloc(bytes.n + !bytes.n);
	size_t dropped = 0;
	struct slice s;

	assert_non_null(copy);
	if (bytes.n)
		memcpy(copy, bytes.p, bytes.n);
	buf_slice(out, reasm_push(r, seq, slice_of(copy, bytes.n), &dropped));
	free(copy);
	assert_int_equal(dropped, 0);
	while ((s = reasm_pop(r)).n)
		buf_slice(out, s);
}

static void push_text(struct reasm *r, uint32_t seq, const char *text, struct buf *out)
{
	push(r, seq, slice_str(text), out);
}

static void expect(struct reasm *r, struct buf *out, const char *text)
{
	assert_string_equal(buf_cstr(out), text);
	buf_fini(out);
	reasm_fini(r);
	assert_int_equal(r->held, 0);
	assert_int_equal(r->count, 0);
	assert_null(r->waiting);
}

static void test_in_order(void **state)
{
	struct reasm r = { 0 };
	struct buf out = { 0 };

	push_text(&r, 100, "abc", &out);
	push_text(&r, 103, "", &out);
	push_text(&r, 103, "def", &out);
	assert_int_equal(r.next, 106);
	assert_int_equal(reasm_hole(&r), 0);
	expect(&r, &out, "abcdef");
}

/* The start is known from the SYN: what comes before the first byte waits. */
static void test_start(void **state)
{
	struct reasm r = { 0 };
	struct buf out = { 0 };

	reasm_start(&r, 100);
	reasm_start(&r, 500); /* too late: ignored */
	push_text(&r, 103, "def", &out);
	assert_int_equal(out.n, 0);
	assert_int_equal(reasm_hole(&r), 3);
	assert_int_equal(reasm_waiting_seq(&r), 103);
	push_text(&r, 100, "abc", &out);
	assert_int_equal(reasm_hole(&r), 0);
	expect(&r, &out, "abcdef");
}

static void test_first_bytes_win(void **state)
{
	struct reasm r = { 0 };
	struct buf out = { 0 };

	push_text(&r, 0, "abc", &out);
	push_text(&r, 0, "XYZd", &out); /* already handed on: only its last byte is new */
	push_text(&r, 6, "gh", &out);   /* waits */
	push_text(&r, 5, "fGHi", &out); /* around what waits: g and h are there already */
	push_text(&r, 6, "PQ", &out);   /* a copy of what waits */
	assert_string_equal(buf_cstr(&out), "abcd");
	push_text(&r, 4, "eFG", &out);
	expect(&r, &out, "abcdefghi");
}

static void test_duplicates(void **state)
{
	struct reasm r = { 0 };
	struct buf out = { 0 };

	for (int i = 0; i < 3; i++) {
		push_text(&r, 10, "abc", &out);
		push_text(&r, 20, "waits", &out);
	}
	assert_int_equal(r.count, 1);
	expect(&r, &out, "abc");
}

static void test_hole(void **state)
{
	struct reasm r = { 0 };
	struct buf out = { 0 };

	push_text(&r, 10, "abc", &out);
	push_text(&r, 15, "fg", &out);
	push_text(&r, 20, "kl", &out);
	assert_int_equal(reasm_hole(&r), 2);
	assert_int_equal(reasm_waiting_seq(&r), 15);
	reasm_skip(&r);
	push(&r, 0, slice_of(NULL, 0), &out); /* pops */
	assert_string_equal(buf_cstr(&out), "abcfg");
	assert_int_equal(reasm_hole(&r), 3);
	assert_int_equal(reasm_waiting_seq(&r), 20);
	reasm_skip(&r);
	push_text(&r, 13, "late", &out); /* too late for the hole */
	expect(&r, &out, "abcfgkl");
}

/* Bytes that never come are passed over, but nothing that waits. */
static void test_pass(void **state)
{
	struct reasm r = { 0 };
	struct buf out = { 0 };

	push_text(&r, 10, "abc", &out);
	assert_int_equal(reasm_pass(&r, 4), 4); /* 13 to 16 */
	push_text(&r, 15, "xxgh", &out);
	assert_string_equal(buf_cstr(&out), "abcgh");
	push_text(&r, 22, "kl", &out);
	assert_int_equal(reasm_pass(&r, 100), 3);
	push(&r, 0, slice_of(NULL, 0), &out); /* pops */
	assert_int_equal(reasm_hole(&r), 0);
	expect(&r, &out, "abcghkl");
}

/* reasm_hole and reasm_skip between two pops see what is behind the bytes just handed on. */
static void test_between_pops(void **state)
{
	struct reasm r = { 0 };
	struct buf out = { 0 };
	size_t dropped = 0;

	push_text(&r, 0, "a", &out);
	push_text(&r, 5, "fg", &out);
	push_text(&r, 9, "jk", &out);
	reasm_skip(&r);
	assert_true(slice_eq_str(reasm_pop(&r), "fg"));
	assert_int_equal(reasm_hole(&r), 2);
	reasm_skip(&r);
	assert_true(slice_eq_str(reasm_pop(&r), "jk"));
	assert_int_equal(reasm_hole(&r), 0);
	assert_true(slice_eq_str(reasm_push(&r, 11, SLICE("l"), &dropped), "l"));
	assert_int_equal(r.count, 0);
	assert_int_equal(reasm_pop(&r).n, 0);
	buf_fini(&out);
	reasm_fini(&r);
}

/* The number space turns over in the middle of the stream. */
static void test_wrap(void **state)
{
	struct reasm r = { 0 };
	struct buf out = { 0 };

	push_text(&r, UINT32_MAX - 2, "abc", &out); /* ends at UINT32_MAX */
	push_text(&r, 2, "fg", &out);
	assert_int_equal(reasm_hole(&r), 2);
	push_text(&r, UINT32_MAX, "cdef", &out);
	assert_int_equal(r.next, 4);
	expect(&r, &out, "abcdefg");
}

/* Segments as far off as the number space allows stay sorted, and nothing is read twice or too far. */
static void test_far(void **state)
{
	static const uint32_t far[] = { 0x7ffffff0, 0x7fffffff, 0x80000000, 0x80000001, 0xc0000000,
		0x40000000, 0x7ffffffe };
	struct reasm r = { 0 };
	struct buf out = { 0 };

	push_text(&r, 0, "", &out);
	for (size_t i = 0; i < sizeof(far) / sizeof(*far); i++)
		push_text(&r, far[i], "0123456789abcdef0123456789abcdef", &out);
	push_text(&r, 0, "ab", &out);
	push_text(&r, 4, "ef", &out);
	push_text(&r, 2, "cd", &out);
	assert_string_equal(buf_cstr(&out), "abcdef");
	while (reasm_hole(&r)) {
		uint32_t before = r.next;

		reasm_skip(&r);
		assert_true((int32_t)(r.next - before) > 0);
		push(&r, r.next, slice_of(NULL, 0), &out);
	}
	assert_int_equal(r.count, 0);
	buf_fini(&out);
	reasm_fini(&r);
}

static void test_one_by_one(void **state)
{
	uint8_t text[500];
	struct reasm r = { 0 };
	struct buf out = { 0 };

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(text); i++)
		push(&r, (uint32_t)(7 + i), slice_of(text + i, 1), &out);
	assert_memory_equal(out.p, text, sizeof(text));
	buf_clear(&out);
	reasm_fini(&r);
	reasm_start(&r, 7);
	for (size_t i = sizeof(text); i-- > 0;)
		push(&r, (uint32_t)(7 + i), slice_of(text + i, 1), &out);
	assert_int_equal(out.n, sizeof(text));
	assert_memory_equal(out.p, text, sizeof(text));
	buf_fini(&out);
	reasm_fini(&r);
}

/* --- Against a model -------------------------------------------------------------------------------------- */

enum { STREAM = 3000 };

/* Every byte of a stream cut anywhere, some of it twice, in any order, comes out once and in order. */
static void permuted(uint32_t seed)
{
	uint8_t text[STREAM];
	struct {
		uint32_t at, n;
	} cuts[2 * STREAM];
	size_t ncuts = 0;
	uint32_t random = seed * 2654435761u + 1, isn = next_random(&random), at = 0;
	uint32_t most = 1 + next_random(&random) % 200;
	struct reasm r = { 0 };
	struct buf out = { 0 };

	for (size_t i = 0; i < STREAM; i++)
		text[i] = (uint8_t)next_random(&random);
	while (at < STREAM) {
		uint32_t n = 1 + next_random(&random) % most, back = next_random(&random) % 3 ? 0 : at % 50;

		n = n < STREAM - at ? n : STREAM - at;
		cuts[ncuts].at = at - back; /* overlaps with what was cut before */
		cuts[ncuts++].n = n + back;
		at += n;
	}
	for (size_t i = ncuts - 1; i > 0; i--) {
		size_t j = next_random(&random) % (i + 1);

		at = cuts[i].at, cuts[i].at = cuts[j].at, cuts[j].at = at;
		at = cuts[i].n, cuts[i].n = cuts[j].n, cuts[j].n = at;
	}
	reasm_start(&r, isn);
	for (size_t i = 0; i < ncuts; i++)
		push(&r, isn + cuts[i].at, slice_of(text + cuts[i].at, cuts[i].n), &out);
	assert_int_equal(out.n, STREAM);
	assert_memory_equal(out.p, text, STREAM);
	assert_int_equal(r.held, 0);
	buf_fini(&out);
	reasm_fini(&r);
}

static void test_permutations(void **state)
{
	for (uint32_t seed = 0; seed < 300; seed++)
		permuted(seed);
}

/* Contradicting copies: each place of the stream keeps the byte that came first. */
static void contradicting(uint32_t seed)
{
	uint8_t model[256];
	bool known[256] = { false };
	uint32_t random = seed * 2654435761u + 99, isn = next_random(&random);
	struct reasm r = { 0 };
	struct buf out = { 0 };

	reasm_start(&r, isn);
	for (int i = 0; i < 2000 && out.n < sizeof(model); i++) {
		uint32_t at = next_random(&random) % sizeof(model), n = 1 + next_random(&random) % 20;
		uint8_t bytes[20];

		n = n < sizeof(model) - at ? n : (uint32_t)sizeof(model) - at;
		for (uint32_t k = 0; k < n; k++) {
			bytes[k] = (uint8_t)next_random(&random);
			if (!known[at + k])
				model[at + k] = bytes[k];
			known[at + k] = true;
		}
		push(&r, isn + at, slice_of(bytes, n), &out);
	}
	assert_true(out.n > 200);
	assert_memory_equal(out.p, model, out.n);
	buf_fini(&out);
	reasm_fini(&r);
}

static void test_first_wins_model(void **state)
{
	for (uint32_t seed = 0; seed < 300; seed++)
		contradicting(seed);
}

/* What is held is counted to the byte, and all of it is given back. */
static void test_held(void **state)
{
	struct reasm r = { 0 };
	struct buf out = { 0 };
	size_t one;

	reasm_start(&r, 0);
	push_text(&r, 10, "x", &out);
	one = r.held;
	assert_true(one > 1);
	push_text(&r, 20, "yy", &out);
	assert_int_equal(r.held, 2 * one + 1);
	assert_int_equal(r.count, 2);
	push_text(&r, 0, "0123456789", &out);
	assert_int_equal(r.held, one + 1);
	expect(&r, &out, "0123456789x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_first_bytes_win),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_hole),
		cmocka_unit_test(test_pass),
		cmocka_unit_test(test_between_pops),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_one_by_one),
		cmocka_unit_test(test_permutations),
		cmocka_unit_test(test_first_wins_model),
		cmocka_unit_test(test_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
