/* Header lists as heads: pseudo-header fields, crumbs of cookies, and what makes a message malformed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "http2/head.h"

struct fixture {
	struct arena arena;
	struct hpack_list list;
	struct h2_head head;
};

/* Reads "name: value" strings up to NULL; "?" is a field that is not known. */
static void read_lines(struct fixture *f, const char *const *lines)
{
	arena_init(&f->arena, 0);
	f->list = (struct hpack_list){ 0 };
	for (; *lines; lines++) {
		struct hpack_field *v = &f->list.v[f->list.n++];
		const char *colon = strchr(*lines + 1, ':');

		if (**lines == '?') {
			v->unknown_name = v->unknown_value = true;
			f->list.unknown++;
			continue;
		}
		v->name = slice_of(*lines, (size_t)(colon - *lines));
		v->value = slice_str(colon + 2);
	}
	h2_head_read(&f->list, &f->arena, &f->head);
}
#define read(f, ...) read_lines(f, (const char *const[]){ __VA_ARGS__, NULL })

static void test_request(void **state)
{
	struct fixture f;

	read(&f, ":method: POST", ":scheme: https", ":path: /a?b=c", ":authority: h.example:8443",
	    "content-length: 12", "x: y");
	assert_int_equal(f.head.kind, H2_HEAD_REQUEST);
	assert_int_equal(f.head.flaw, H2_SOUND);
	assert_true(f.head.msg.request);
	assert_int_equal(f.head.msg.major, 2);
	assert_int_equal(f.head.msg.method, HTTP_POST);
	assert_true(slice_eq_str(f.head.msg.target, "/a?b=c"));
	assert_true(slice_eq_str(f.head.msg.path, "/a"));
	assert_true(slice_eq_str(f.head.msg.query, "b=c"));
	assert_true(slice_eq_str(f.head.msg.host, "h.example:8443"));
	assert_int_equal(f.head.msg.content_length, 12);
	assert_int_equal(f.head.msg.nfields, 2);
	arena_fini(&f.arena);
}

static void test_response(void **state)
{
	struct fixture f;

	read(&f, ":status: 404", "set-cookie: a=b", "set-cookie: c=d");
	assert_int_equal(f.head.kind, H2_HEAD_RESPONSE);
	assert_int_equal(f.head.flaw, H2_SOUND);
	assert_false(f.head.msg.request);
	assert_int_equal(f.head.msg.status, 404);
	assert_int_equal(f.head.msg.content_length, -1);
	assert_non_null(
	    http_find_next(&f.head.msg, http_find(&f.head.msg, SLICE("Set-Cookie")), SLICE("Set-Cookie")));
	arena_fini(&f.arena);
}

static void test_crumbs(void **state)
{
	struct fixture f;

	read(&f, ":method: GET", ":scheme: https", ":path: /", "cookie: a=1", "x: y", "cookie: b=2",
	    "cookie: c=3");
	assert_true(slice_eq_str(http_value(&f.head.msg, SLICE("Cookie")), "a=1; b=2; c=3"));
	assert_int_equal(f.head.msg.nfields, 2);
	assert_null(f.head.msg.host.p);
	arena_fini(&f.arena);
}

static void test_bare_and_unknown(void **state)
{
	struct fixture f;

	read(&f, "grpc-status: 0");
	assert_int_equal(f.head.kind, H2_HEAD_BARE);
	arena_fini(&f.arena);
	read(&f, "?", "x: y");
	assert_int_equal(f.head.kind, H2_HEAD_UNKNOWN);
	assert_int_equal(f.head.msg.nfields, 1);
	arena_fini(&f.arena);
	read(&f, ":path: /", "?");
	assert_int_equal(f.head.kind, H2_HEAD_UNKNOWN);
	arena_fini(&f.arena);
	/* What is missing may be among what is not known. */
	read(&f, ":method: GET", "?");
	assert_int_equal(f.head.kind, H2_HEAD_REQUEST);
	assert_int_equal(f.head.flaw, H2_SOUND);
	arena_fini(&f.arena);
}

static void test_connect(void **state)
{
	struct fixture f;

	read(&f, ":method: CONNECT", ":authority: h:443");
	assert_int_equal(f.head.flaw, H2_SOUND);
	assert_true(slice_eq_str(f.head.msg.target, "h:443"));
	arena_fini(&f.arena);
	read(&f, ":method: CONNECT", ":protocol: websocket", ":scheme: https", ":path: /chat",
	    ":authority: h");
	assert_int_equal(f.head.flaw, H2_SOUND);
	assert_true(slice_eq_str(f.head.protocol, "websocket"));
	arena_fini(&f.arena);
	read(&f, ":method: CONNECT", ":path: /");
	assert_int_equal(f.head.flaw, H2_FLAW_PSEUDO_MISSING);
	arena_fini(&f.arena);
}

static void test_flaws(void **state)
{
#define GET ":method: GET", ":scheme: https", ":path: /"
	static const struct {
		enum h2_flaw flaw;
		const char *lines[6];
	} cases[] = {
		{ H2_SOUND, { GET, "te: trailers" } },
		{ H2_FLAW_UPPER_CASE, { GET, "Accept: x" } },
		{ H2_FLAW_NAME, { GET, "a b: x" } },
		{ H2_FLAW_VALUE, { GET, "a: x\r\nevil: y" } },
		{ H2_FLAW_VALUE, { GET, "a:  x" } },
		{ H2_FLAW_PSEUDO_LATE, { ":method: GET", "a: b", ":scheme: https", ":path: /" } },
		{ H2_FLAW_PSEUDO_TWICE, { GET, ":path: /2" } },
		{ H2_FLAW_PSEUDO_OTHER, { GET, ":priority: 1" } },
		{ H2_FLAW_PSEUDO_MIXED, { GET, ":status: 200" } },
		{ H2_FLAW_PSEUDO_MIXED, { ":status: 200", ":protocol: x" } },
		{ H2_FLAW_PSEUDO_MISSING, { ":method: GET", ":scheme: https" } },
		{ H2_FLAW_PSEUDO_MISSING, { ":path: /" } },
		{ H2_FLAW_CONNECTION, { GET, "connection: close" } },
		{ H2_FLAW_CONNECTION, { GET, "transfer-encoding: chunked" } },
		{ H2_FLAW_CONNECTION, { GET, "te: gzip" } },
		{ H2_FLAW_STATUS, { ":status: 20" } },
		{ H2_FLAW_STATUS, { ":status: abc" } },
		{ H2_FLAW_STATUS, { ":status: 099" } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;

		read_lines(&f, cases[i].lines);
		/* A status beside a request, and parts of a request beside a status, are the same fault. */
		if (f.head.flaw != cases[i].flaw)
			fail_msg("case %zu: %s, not %s", i, h2_flaw_text(f.head.flaw),
			    h2_flaw_text(cases[i].flaw));
		arena_fini(&f.arena);
	}
	for (int i = 1; i < H2_FLAW_COUNT; i++)
		assert_true(strlen(h2_flaw_text((enum h2_flaw)i)) > 10);
#undef GET
}

/* More fields than there is room for, cookies among them. */
static void test_many(void **state)
{
	struct fixture f;

	arena_init(&f.arena, 0);
	f.list = (struct hpack_list){ .n = HPACK_FIELDS_MAX };
	for (unsigned i = 0; i < HPACK_FIELDS_MAX; i++) {
		f.list.v[i].name = i < 110 ? SLICE("x") : SLICE("cookie");
		f.list.v[i].value = SLICE("a=b");
	}
	h2_head_read(&f.list, &f.arena, &f.head);
	assert_int_equal(f.head.msg.nfields, HTTP_FIELDS_MAX);
	arena_fini(&f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_response),
		cmocka_unit_test(test_crumbs),
		cmocka_unit_test(test_bare_and_unknown),
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_flaws),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
