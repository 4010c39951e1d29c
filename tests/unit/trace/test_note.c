/* The table of notes has no hole, and notes become the sentences it promises. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "trace/note.h"

#include <ctype.h>

/* Cuts the next {name} out of *text; false after the last. */
static bool next_name(const char **text, char *name, size_t size)
{
	const char *open = strchr(*text, '{'), *close = open ? strchr(open, '}') : NULL;

	if (!open)
		return false;
	assert_non_null(close);
	assert_true((size_t)(close - open) < size);
	slice_cstr(slice_of(open + 1, (size_t)(close - open) - 1), name, size);
	*text = close + 1;
	return true;
}

static bool names(const char *text, const char *wanted)
{
	char name[64];

	while (next_name(&text, name, sizeof(name)))
		if (strcmp(name, wanted) == 0)
			return true;
	return false;
}

static bool has_hangul(const char *text)
{
	/* U+AC00 to U+D7A3 are EA B0 80 to ED 9E A3. */
	for (; *text; text++)
		if ((uint8_t)text[0] >= 0xea && (uint8_t)text[0] <= 0xed && (uint8_t)text[1] >= 0x80)
			return true;
	return false;
}

static bool plausible(const char *name)
{
	static const char *const prefixes[] = { "osilab.", "arp.", "icmp.", "icmpv6.", "ip.", "ipv6.",
		"vlan.", "stp.", "esp.", "ah.", "tcp.", "tls.", "http.", "http2.", "udp.", "dns.", "dhcp." };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return strncmp(name, "websocket.", 10) == 0;
}

static void test_ids(void **state)
{
	for (int i = 0; i < NOTE_COUNT; i++) {
		const char *id = note_row((enum note_id)i)->id;

		assert_true(islower((unsigned char)id[0]));
		for (const char *c = id; *c; c++)
			assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_' ||
			            (*c == '.' && c[1] && c[1] != '.'));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(id, note_row((enum note_id)j)->id);
	}
}

static void test_rows(void **state)
{
	for (int i = 0; i < NOTE_COUNT; i++) {
		const struct note_row *row = note_row((enum note_id)i);

		assert_in_range(row->osi, 2, 7);
		assert_in_range(row->tone, TONE_INFO, TONE_BAD);
		assert_non_null(row->rfc);
		assert_true(strlen(row->text[NOTE_EN]) > 10);
		assert_true(strlen(row->text[NOTE_KO]) > 10);
		if (!has_hangul(row->text[NOTE_KO]) && strcmp(row->id, "cookie.samesite") != 0)
			fail_msg("%s: no Korean", row->id);
		assert_false(has_hangul(row->text[NOTE_EN]));
	}
}

/* Both languages tell of the same fields, under names that exist. */
static void test_placeholders(void **state)
{
	for (int i = 0; i < NOTE_COUNT; i++) {
		const struct note_row *row = note_row((enum note_id)i);

		for (int lang = NOTE_EN; lang <= NOTE_KO; lang++) {
			const char *text = row->text[lang];
			char name[64];

			while (next_name(&text, name, sizeof(name))) {
				if (!names(row->text[!lang], name))
					fail_msg("%s: {%s} is in one language only", row->id, name);
				if (!plausible(name))
					fail_msg("%s: {%s} is no name of a field", row->id, name);
			}
			assert_null(strchr(text, '{'));
			assert_null(strchr(text, '}'));
		}
	}
}

/* A Korean particle behind a value must fit whatever the value ends with, as in 은(는). */
static void test_particles(void **state)
{
	static const char *const bare[] = { "}은 ", "}는 ", "}이 ", "}가 ", "}을 ", "}를 ", "}와 ", "}과 ",
		"}로 ", "}으로 ", "}라고 ", "}이라고 ", "}라는 ", "}이라는 " };

	for (int i = 0; i < NOTE_COUNT; i++) {
		const struct note_row *row = note_row((enum note_id)i);

		for (size_t k = 0; k < sizeof(bare) / sizeof(*bare); k++) {
			const char *at = strstr(row->text[NOTE_KO], bare[k]);

			if (at)
				fail_msg("%s: %s", row->id, at);
		}
	}
}

static char *text_of(const struct note *n, enum note_lang lang)
{
	static struct buf out;

	buf_clear(&out);
	note_text(n, lang, &out);
	return (char *)(uintptr_t)buf_cstr(&out);
}

static void test_text(void **state)
{
	const struct field fields[] = {
		{ .name = "http.request.uri", .type = FIELD_TEXT, .s = SLICE("/a?b") },
		{ .name = "http.host", .type = FIELD_TEXT, .s = SLICE("h.example") },
		{ .name = "http.request.method", .type = FIELD_TEXT, .s = SLICE("GET") },
	};
	struct note_list list = { 0 };
	struct arena a;
	struct note *n;

	arena_init(&a, 0);
	n = note_add(&list, &a, NOTE_HTTP_REQUEST, fields, 3);
	assert_string_equal(text_of(n, NOTE_EN), "Request: GET /a?b for h.example");
	assert_string_equal(text_of(n, NOTE_KO), "요청: h.example에 GET /a?b");
	assert_ptr_equal(note_field(n, "http.host")->name, fields[1].name);
	assert_null(note_field(n, "http.hos"));
	arena_fini(&a);
}

static void test_missing(void **state)
{
	const struct field one = { .name = "http.host", .type = FIELD_TEXT, .s = SLICE("h") };
	struct note_list list = { 0 };
	struct arena a;

	arena_init(&a, 0);
	assert_string_equal(text_of(note_add(&list, &a, NOTE_HTTP_REQUEST, &one, 1), NOTE_EN), "Request: ? ? "
	                                                                                       "for h");
	assert_string_equal(text_of(note_add(&list, &a, NOTE_HTTP_REQUEST, NULL, 0), NOTE_EN), "Request: ? ? "
	                                                                                       "for ?");
	arena_fini(&a);
}

/* What a peer sent cannot steer the terminal, nor pass for a placeholder. */
static void test_hostile(void **state)
{
	const struct field fields[] = {
		{ .name = "http.request.method", .type = FIELD_TEXT, .s = SLICE("G\x1b[31m\n") },
		{ .name = "http.request.uri",
		    .type = FIELD_TEXT,
		    .s = SLICE("{http.host}\xff\x00\xe2\x80\xae") },
		{ .name = "http.host", .type = FIELD_TEXT, .s = SLICE("h\\한\xed\xa0\x80") },
	};
	struct note_list list = { 0 };
	struct arena a;

	arena_init(&a, 0);
	assert_string_equal(text_of(note_add(&list, &a, NOTE_HTTP_REQUEST, fields, 3), NOTE_EN),
	    "Request: G\\x1b[31m\\x0a {http.host}\\xff\\x00\\xe2\\x80\\xae for h\\x5c한\\xed\\xa0\\x80");
	arena_fini(&a);
}

static void test_values(void **state)
{
	static const uint8_t bytes[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	static const struct {
		struct field f;
		const char *text;
	} rows[] = {
		{ { .type = FIELD_UINT, .u = UINT64_MAX }, "18446744073709551615" },
		{ { .type = FIELD_HEX, .u = 0x1f, .digits = 4 }, "0x001f" },
		{ { .type = FIELD_BOOL, .u = 1 }, "yes" },
		{ { .type = FIELD_BOOL, .u = 0 }, "no" },
		{ { .type = FIELD_MAC, .s = { bytes, 6 } }, "20:01:0d:b8:00:00" },
		{ { .type = FIELD_IP4, .s = { bytes, 4 } }, "32.1.13.184" },
		{ { .type = FIELD_IP6, .s = { bytes, 16 } }, "2001:db8::1" },
		{ { .type = FIELD_IP4, .s = { bytes, 3 } }, "" }, /* damaged: no address at all */
		{ { .type = FIELD_IP6, .s = { bytes, 4 } }, "" },
		{ { .type = FIELD_BYTES, .s = { bytes, 4 } }, "20010db8" },
		{ { .type = FIELD_TEXT, .s = { NULL, 0 } }, "" },
		{ { .type = FIELD_SPAN, .u = 1250000 }, "1.25 ms" },
		{ { .type = FIELD_TIME, .u = UINT64_C(1767323045) * 1000000000 }, "2026-01-02T03:04:05Z" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = { 0 };

		note_value(&rows[i].f, &out);
		assert_string_equal(buf_cstr(&out), rows[i].text);
		buf_fini(&out);
	}
}

/* Spans have Korean units from seconds on, whether they are numbers or came as words. */
static void test_spans(void **state)
{
	static const struct {
		int64_t ns;
		const char *en, *ko;
	} rows[] = {
		{ 850, "850 ns", "850 ns" },
		{ 1250 * CLOCK_MS / 1000, "1.25 ms", "1.25 ms" },
		{ 2400 * CLOCK_MS, "2.4 s", "2.4초" },
		{ -5 * CLOCK_SEC, "-5 s", "-5초" },
		{ 900 * CLOCK_SEC, "15 min", "15분" },
		{ 8 * 3600 * CLOCK_SEC, "8 h", "8시간" },
		{ 90 * 86400 * CLOCK_SEC, "90 days", "90일" },
	};
	static const char *const no_spans[] = { "s", " s", "two days", "1-2 s", "5 secs", "a 5 s" };
	struct field words = { .name = "osilab.dns.ttl", .type = FIELD_TEXT };
	struct note n = { .id = NOTE_DNS_RR_A, .fields = &words, .nfields = 1 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf en = { 0 }, ko = { 0 };

		note_span(rows[i].ns, NOTE_EN, &en);
		note_span(rows[i].ns, NOTE_KO, &ko);
		assert_string_equal(buf_cstr(&en), rows[i].en);
		assert_string_equal(buf_cstr(&ko), rows[i].ko);
		words.s = buf_view(&en);
		assert_non_null(strstr(text_of(&n, NOTE_EN), rows[i].en));
		assert_non_null(strstr(text_of(&n, NOTE_KO), rows[i].ko));
		buf_fini(&en);
		buf_fini(&ko);
	}
	for (size_t i = 0; i < sizeof(no_spans) / sizeof(*no_spans); i++) {
		words.s = slice_str(no_spans[i]);
		assert_non_null(strstr(text_of(&n, NOTE_KO), no_spans[i]));
	}
}

/* Fields and their text are copies: what the caller had may go. */
static void test_copies(void **state)
{
	char host[] = "first", method[] = "GET";
	struct field fields[] = { { .name = "http.host", .type = FIELD_TEXT, .s = slice_str(host) },
		{ .name = "http.request.method", .type = FIELD_TEXT, .s = slice_str(method) } };
	struct note_list list = { 0 };
	struct arena a;
	struct note *first, *second;

	arena_init(&a, 0);
	first = note_add(&list, &a, NOTE_HTTP_REQUEST, fields, 2);
	second = note_add(&list, &a, NOTE_HTTP_PIPELINED, NULL, 0);
	memset(host, 'x', 5);
	fields[0].name = "other";
	assert_true(slice_eq_str(note_field(first, "http.host")->s, "first"));
	assert_int_equal(list.n, 2);
	assert_ptr_equal(list.first, first);
	assert_ptr_equal(first->next, second);
	assert_ptr_equal(list.last, second);
	assert_null(second->next);
	assert_int_equal(first->flow, UINT32_MAX);
	arena_fini(&a);
}

/* Out of room: notes are lost, the list stays whole, and the caller may write to what it got. */
static void test_full(void **state)
{
	const struct field big = { .name = "http.host", .type = FIELD_TEXT, .s = SLICE("0123456789") };
	struct note_list list = { 0 };
	struct arena a;
	uint32_t kept = 0;

	arena_init(&a, 2000);
	for (int i = 0; i < 100; i++) {
		struct note *n = note_add(&list, &a, NOTE_HTTP_REQUEST, &big, 1);

		assert_non_null(n);
		n->ref = 7;
	}
	for (const struct note *n = list.first; n; n = n->next) {
		assert_int_equal(n->nfields, 1);
		kept++;
	}
	assert_in_range(kept, 5, 20);
	assert_int_equal(kept, list.n);
	arena_fini(&a);
}

static void test_layers(void **state)
{
	assert_string_equal(note_osi_name(2, NOTE_EN), "L2 link");
	assert_string_equal(note_osi_name(7, NOTE_EN), "L7 application");
	assert_string_equal(note_osi_name(4, NOTE_KO), "L4 전송");
	assert_string_equal(note_osi_name(200, NOTE_EN), "?");
	assert_string_equal(note_tcpip_name(3, NOTE_EN), "internet");
	for (uint8_t osi = 5; osi <= 7; osi++)
		assert_string_equal(note_tcpip_name(osi, NOTE_EN), "application");
	assert_string_equal(note_tcpip_name(8, NOTE_KO), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_placeholders),
		cmocka_unit_test(test_particles),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_layers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
