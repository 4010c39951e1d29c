/* Datagrams put together: every order of the pieces, copies, overlaps and the old attacks, expiry, bounds. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "trace/defrag.h"

#include <stdlib.h>

enum { PLENTY = 4 << 20 };

static const uint8_t text[65536] = "The quick brown fox jumps over the lazy dog, twice and then once more.";

static struct defrag_fragment piece(uint8_t family, uint32_t id, uint32_t off, size_t n, bool more)
{
	struct defrag_fragment f;

	memset(&f, 0, sizeof(f));
	f.key.src.family = f.key.dst.family = family;
	f.key.src.b[0] = 1;
	f.key.id = id;
	f.off = off;
	f.more = more;
	f.next = off ? 99 : 17; /* only the first is to be believed */
	f.limit = DEFRAG_BYTES - 20;
	f.bytes = slice_of(text + off % sizeof(text), n);
	f.packet = off / 8 + 1;
	return f;
}

/* From memory of exactly its size, so that a sanitizer sees every byte read too much. */
static struct defrag_result push(struct defrag *d, struct defrag_fragment f)
{
	uint8_t *copy = malloc(f.bytes.n + !f.bytes.n);
	struct defrag_result r;

	assert_non_null(copy);
	if (f.bytes.n)
		memcpy(copy, f.bytes.p, f.bytes.n);
	f.bytes.p = copy;
	r = defrag_push(d, &f);
	free(copy);
	assert_true(d->held <= d->max);
	return r;
}

static void expect(struct defrag *d, struct defrag_fragment f, enum defrag_verdict v)
{
	assert_int_equal(push(d, f).verdict, v);
}

static void test_every_order_of_four(void **state)
{
	const struct defrag_fragment f[4] = { piece(4, 7, 0, 16, true), piece(4, 7, 16, 8, true),
		piece(4, 7, 24, 24, true), piece(4, 7, 48, 5, false) };
	unsigned orders = 0;

	for (unsigned code = 0; code < 256; code++) {
		unsigned o[4] = { code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 };
		struct defrag_result r;
		struct defrag d;

		if ((1u << o[0] | 1u << o[1] | 1u << o[2] | 1u << o[3]) != 15)
			continue;
		orders++;
		defrag_init(&d, PLENTY);
		for (int i = 0; i < 3; i++)
			expect(&d, f[o[i]], DEFRAG_KEPT);
		r = push(&d, f[o[3]]);
		assert_int_equal(r.verdict, DEFRAG_DONE);
		assert_true(slice_eq(r.whole, slice_of(text, 53)));
		assert_int_equal(r.datagram->npieces, 4);
		assert_int_equal(r.datagram->next, 17);
		assert_int_equal(r.datagram->since, f[o[0]].packet);
		/* The packets by offset, whatever order they came in. */
		const struct defrag_piece *at = NULL;
		for (int i = 0; i < 4; i++)
			assert_int_equal(defrag_packet(r.datagram, &at), f[i].packet);
		assert_int_equal(defrag_packet(r.datagram, &at), 0);
		defrag_fini(&d);
		assert_int_equal(d.held - d.whole_n, 0);
	}
	assert_int_equal(orders, 24);
}

static void test_copies_change_nothing(void **state)
{
	struct defrag_result r;
	struct defrag d;

	defrag_init(&d, PLENTY);
	expect(&d, piece(4, 1, 0, 16, true), DEFRAG_KEPT);
	r = push(&d, piece(4, 1, 0, 16, true));
	assert_int_equal(r.verdict, DEFRAG_AGAIN);
	assert_int_equal(r.other, 1);
	/* The same bytes cut smaller are a copy too. */
	expect(&d, piece(4, 1, 8, 8, true), DEFRAG_AGAIN);
	expect(&d, piece(4, 1, 16, 4, false), DEFRAG_DONE);
	/* And after the datagram is whole. */
	expect(&d, piece(4, 1, 0, 16, true), DEFRAG_AGAIN);
	r = push(&d, piece(4, 1, 16, 4, false));
	assert_int_equal(r.verdict, DEFRAG_AGAIN);
	assert_int_equal(r.other, 3);
	defrag_fini(&d);
}

static void test_an_identification_used_again_is_a_new_datagram(void **state)
{
	struct defrag_fragment other = piece(4, 1, 0, 16, true);
	struct defrag_result r;
	struct defrag d;

	defrag_init(&d, PLENTY);
	expect(&d, piece(4, 1, 0, 16, true), DEFRAG_KEPT);
	expect(&d, piece(4, 1, 16, 4, false), DEFRAG_DONE);
	other.bytes = slice_of("sixteen others..", 16);
	expect(&d, other, DEFRAG_KEPT);
	r = push(&d, piece(4, 1, 16, 4, false));
	assert_int_equal(r.verdict, DEFRAG_DONE);
	assert_memory_equal(r.whole.p, "sixteen others..", 16);
	defrag_fini(&d);
}

static void test_keys_keep_apart(void **state)
{
	struct defrag_fragment f = piece(4, 1, 8, 4, false);
	struct defrag d;

	defrag_init(&d, PLENTY);
	expect(&d, piece(4, 1, 0, 8, true), DEFRAG_KEPT);
	f.key.id = 2;
	expect(&d, f, DEFRAG_KEPT);
	f.key.id = 1;
	f.key.proto = 6;
	expect(&d, f, DEFRAG_KEPT);
	f.key.proto = 0;
	f.key.dst.b[3] = 9;
	expect(&d, f, DEFRAG_KEPT);
	f.key.dst.b[3] = 0;
	expect(&d, f, DEFRAG_DONE);
	defrag_fini(&d);
}

/* All that makes a datagram be refused; what comes of it after that is thrown away as well. */
static void test_what_is_refused(void **state)
{
	static const struct {
		const char *what;
		uint32_t off_a, n_a, off_b, n_b;
		bool more_a, more_b;
		enum defrag_verdict v;
	} rows[] = {
		{ "tail over head", 8, 16, 0, 16, true, true, DEFRAG_OVERLAP },
		{ "head over tail", 0, 16, 8, 16, true, true, DEFRAG_OVERLAP },
		{ "covers another", 8, 8, 0, 32, true, true, DEFRAG_OVERLAP },
		{ "teardrop", 0, 32, 24, 4, true, false, DEFRAG_INSIDE },
		{ "an end before the end", 16, 8, 0, 8, true, false, DEFRAG_TWO_ENDS },
		{ "two ends", 16, 8, 24, 8, false, false, DEFRAG_TWO_ENDS },
		{ "behind the end", 16, 8, 24, 8, false, true, DEFRAG_TWO_ENDS },
		{ "one byte too long", 0, 8, 65512, 4, true, false, DEFRAG_TOO_LONG },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct defrag_fragment b = piece(6, 1, rows[i].off_b, rows[i].n_b, rows[i].more_b);
		struct defrag_result r;
		struct defrag d;

		defrag_init(&d, PLENTY);
		expect(&d, piece(6, 1, rows[i].off_a, rows[i].n_a, rows[i].more_a), DEFRAG_KEPT);
		b.packet = 77;
		r = push(&d, b);
		if (r.verdict != rows[i].v)
			fail_msg("%s: verdict %d", rows[i].what, r.verdict);
		if (r.verdict == DEFRAG_OVERLAP || r.verdict == DEFRAG_INSIDE)
			assert_int_equal(r.other, rows[i].off_a / 8 + 1);
		r = push(&d, piece(6, 1, 32, 8, true));
		assert_int_equal(r.verdict, DEFRAG_REFUSED);
		assert_int_equal(r.other, 77);
		assert_int_equal(d.held, sizeof(struct defrag_datagram));
		defrag_fini(&d);
	}
}

static void test_inside_with_other_bytes_is_no_copy(void **state)
{
	struct defrag_fragment f = piece(4, 1, 8, 8, true);
	struct defrag d;

	defrag_init(&d, PLENTY);
	expect(&d, piece(4, 1, 0, 24, true), DEFRAG_KEPT);
	f.bytes = slice_of("EVILEVIL", 8);
	expect(&d, f, DEFRAG_INSIDE);
	defrag_fini(&d);
}

static void test_uneven_pieces_are_not_used(void **state)
{
	struct defrag d;

	defrag_init(&d, PLENTY);
	expect(&d, piece(4, 1, 0, 12, true), DEFRAG_UNEVEN);
	expect(&d, piece(4, 1, 8, 0, false), DEFRAG_UNEVEN);
	assert_int_equal(d.n, 0);
	/* They do no harm to a datagram that is on its way. */
	expect(&d, piece(4, 1, 0, 8, true), DEFRAG_KEPT);
	expect(&d, piece(4, 1, 8, 3, true), DEFRAG_UNEVEN);
	expect(&d, piece(4, 1, 8, 3, false), DEFRAG_DONE);
	defrag_fini(&d);
}

static void test_the_longest_datagram(void **state)
{
	struct defrag_fragment last = piece(4, 1, 65512, 3, false);
	struct defrag_result r;
	struct defrag d;

	defrag_init(&d, PLENTY);
	for (uint32_t off = 0; off < 65512; off += 1448)
		expect(&d, piece(4, 1, off, off + 1448 > 65512 ? 65512 - off : 1448, true), DEFRAG_KEPT);
	r = push(&d, last);
	assert_int_equal(r.verdict, DEFRAG_DONE);
	assert_int_equal(r.whole.n, 65515);
	assert_memory_equal(r.whole.p, text, 65515);
	defrag_fini(&d);
}

static void test_too_many_pieces(void **state)
{
	struct defrag_result r = { 0 };
	struct defrag d;
	uint32_t n = 0;

	defrag_init(&d, PLENTY);
	for (; n <= DEFRAG_PIECES && r.verdict == DEFRAG_KEPT; n++)
		r = push(&d, piece(6, 1, n * 8, 8, true));
	assert_int_equal(r.verdict, DEFRAG_TOO_MANY);
	assert_int_equal(n, DEFRAG_PIECES + 1);
	defrag_fini(&d);
}

static void expect_gap(const struct defrag_datagram *g, uint32_t *from, uint32_t a, uint32_t b)
{
	uint32_t to;

	assert_true(defrag_gap(g, from, &to));
	assert_int_equal(*from, a);
	assert_int_equal(to, b);
	*from = to;
}

static void test_what_is_missing_when_the_time_is_over(void **state)
{
	struct defrag_fragment f = piece(4, 1, 16, 8, true), six = piece(6, 2, 0, 8, true);
	struct defrag_datagram *g;
	uint32_t from = 0, to;
	struct defrag d;

	defrag_init(&d, PLENTY);
	f.ts = six.ts = 100 * CLOCK_SEC;
	expect(&d, f, DEFRAG_KEPT);
	expect(&d, six, DEFRAG_KEPT);
	f = piece(4, 1, 40, 8, true);
	f.ts = 120 * CLOCK_SEC; /* the time runs from the first one on */
	expect(&d, f, DEFRAG_KEPT);
	assert_null(defrag_expire(&d, 130 * CLOCK_SEC - 1));
	g = defrag_expire(&d, 130 * CLOCK_SEC);
	assert_non_null(g);
	assert_int_equal(g->key.src.family, 4);
	expect_gap(g, &from, 0, 16);
	expect_gap(g, &from, 24, 40);
	expect_gap(g, &from, 48, UINT32_MAX);
	defrag_free(&d, g);
	assert_null(defrag_expire(&d, 160 * CLOCK_SEC - 1));
	g = defrag_expire(&d, INT64_MAX);
	assert_int_equal(g->key.src.family, 6);
	from = 0;
	expect_gap(g, &from, 8, UINT32_MAX);
	assert_false(defrag_gap(g, &from, &to));
	defrag_free(&d, g);
	assert_null(defrag_expire(&d, INT64_MAX));
	assert_int_equal(d.held, 0);
	defrag_fini(&d);
}

static void test_the_end_is_known_and_the_middle_is_not(void **state)
{
	uint32_t from = 0, to;
	struct defrag_datagram *g;
	struct defrag d;

	defrag_init(&d, PLENTY);
	expect(&d, piece(4, 1, 0, 8, true), DEFRAG_KEPT);
	expect(&d, piece(4, 1, 24, 8, false), DEFRAG_KEPT);
	g = defrag_expire(&d, INT64_MAX);
	expect_gap(g, &from, 8, 24);
	assert_false(defrag_gap(g, &from, &to));
	defrag_free(&d, g);
	defrag_fini(&d);
}

static void test_what_was_done_or_refused_expires_without_a_word(void **state)
{
	struct defrag d;

	defrag_init(&d, PLENTY);
	expect(&d, piece(4, 1, 0, 8, true), DEFRAG_KEPT);
	expect(&d, piece(4, 1, 8, 8, false), DEFRAG_DONE);
	expect(&d, piece(4, 2, 0, 16, true), DEFRAG_KEPT);
	expect(&d, piece(4, 2, 8, 16, true), DEFRAG_OVERLAP);
	assert_int_equal(d.n, 2);
	assert_null(defrag_expire(&d, 31 * CLOCK_SEC));
	assert_int_equal(d.n, 0);
	assert_int_equal(d.held, d.whole_n);
	defrag_fini(&d);
}

static void test_bounds_on_datagrams_and_bytes(void **state)
{
	struct defrag_result r;
	struct defrag d;

	defrag_init(&d, PLENTY);
	for (uint32_t id = 0; id < DEFRAG_DATAGRAMS + 10; id++)
		expect(&d, piece(4, id, 0, 8, true), DEFRAG_KEPT);
	assert_int_equal(d.n, DEFRAG_DATAGRAMS);
	assert_int_equal(d.dropped, 10);
	/* The oldest went: the newest can still be completed. */
	expect(&d, piece(4, DEFRAG_DATAGRAMS + 9, 8, 1, false), DEFRAG_DONE);
	expect(&d, piece(4, 0, 8, 1, false), DEFRAG_KEPT);
	defrag_fini(&d);

	defrag_init(&d, 16 * 1024);
	for (uint32_t id = 0; id < 100; id++)
		for (uint32_t off = 0; off < 4000; off += 1000) {
			r = push(&d, piece(6, id, off, 1000, true));
			assert_int_equal(r.verdict, DEFRAG_KEPT);
		}
	assert_true(d.dropped > 90);
	defrag_fini(&d);
}

static void test_more_than_the_bound_in_one_datagram(void **state)
{
	struct defrag_result r = { 0 };
	struct defrag d;

	defrag_init(&d, 8 * 1024);
	for (uint32_t off = 0; off < 16000 && r.verdict == DEFRAG_KEPT; off += 1000)
		r = push(&d, piece(6, 1, off, 1000, true));
	assert_int_equal(r.verdict, DEFRAG_NO_ROOM);
	assert_int_equal(d.dropped, 1);
	assert_int_equal(d.held, 0);
	defrag_fini(&d);

	defrag_init(&d, 10); /* not even the first */
	expect(&d, piece(4, 1, 0, 8, true), DEFRAG_NO_ROOM);
	defrag_fini(&d);
}

static void test_times_at_the_edge(void **state)
{
	struct defrag_fragment f = piece(4, 1, 0, 8, true);
	struct defrag d;

	defrag_init(&d, PLENTY);
	f.ts = INT64_MAX - 1;
	expect(&d, f, DEFRAG_KEPT);
	f.key.id = 2;
	f.ts = INT64_MIN;
	expect(&d, f, DEFRAG_KEPT);
	assert_int_equal(d.next_expiry, INT64_MIN + 30 * CLOCK_SEC);
	defrag_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_order_of_four),
		cmocka_unit_test(test_copies_change_nothing),
		cmocka_unit_test(test_an_identification_used_again_is_a_new_datagram),
		cmocka_unit_test(test_keys_keep_apart),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_inside_with_other_bytes_is_no_copy),
		cmocka_unit_test(test_uneven_pieces_are_not_used),
		cmocka_unit_test(test_the_longest_datagram),
		cmocka_unit_test(test_too_many_pieces),
		cmocka_unit_test(test_what_is_missing_when_the_time_is_over),
		cmocka_unit_test(test_the_end_is_known_and_the_middle_is_not),
		cmocka_unit_test(test_what_was_done_or_refused_expires_without_a_word),
		cmocka_unit_test(test_bounds_on_datagrams_and_bytes),
		cmocka_unit_test(test_more_than_the_bound_in_one_datagram),
		cmocka_unit_test(test_times_at_the_edge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
