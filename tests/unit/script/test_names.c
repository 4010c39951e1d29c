/* The names that a script uses: found where they are used, and nowhere else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "script/names.h"

#include "base/buf.h"

static int name(void *to, struct slice path, size_t column, struct err *e)
{
	struct buf *b = to;

	buf_printf(b, "%.*s@%zu ", SLICE_ARG(path), column);
	return slice_eq_str(path, "stop") ? err_set(e, ERR_USAGE, "stopped") : 0;
}

static int call(void *to, struct slice what, struct slice text, size_t column, struct err *e)
{
	buf_printf(to, "%.*s(%.*s)@%zu ", SLICE_ARG(what), SLICE_ARG(text), column);
	return 0;
}

static void expect(const char *text, const char *wanted)
{
	struct buf found = { 0 };
	struct names_visitor v = { name, call, &found };
	struct err e = { 0 };

	if (names_visit(slice_str(text), &v, &e) < 0)
		buf_printf(&found, "! %s", e.msg);
	assert_string_equal(buf_cstr(&found), wanted);
	buf_fini(&found);
}

static void test_used(void **state)
{
	expect("", "");
	expect("tcp", "tcp@1 ");
	expect("http and not tcp_len==0", "http@1 tcp_len@14 ");
	expect("tcp.stream == ip . src", "tcp.stream@1 ip . src@15 ");
	expect("a..b", "a@1 b@4 ");
	expect("0xe+e1 .. 1e+e2 .. 3 .. .5", "e1@5 ");
	expect("a<b and c>=d", "a@1 b@3 c@9 d@12 ");
	expect("info:find(x)", "info@1 x@11 ");
	expect("#a", "a@2 ");
}

static void test_text_is_no_name(void **state)
{
	expect("\"a\" .. 'b\\'c' .. [[d]] .. [==[e]]f]==] .. g", "g@43 ");
	expect("a -- b\n+c", "a@1 c@9 ");
	expect("a --[[ b\n c ]] + d", "a@1 d@18 ");
	expect("a --[=[ b ]] c ]=] + d", "a@1 d@22 ");
	expect("\"\\\\\" .. a", "a@9 ");
}

static void test_calls(void **state)
{
	expect("note(\"x.y\")", "note@1 note(x.y)@6 ");
	expect("note 'x'", "note@1 note(x)@6 ");
	expect("note[[x]]", "note@1 note(x)@5 ");
	expect("note(x)", "note@1 x@6 ");
	expect("note == 'x'", "note@1 ");
	expect("note('x' .. 'y')", "note@1 ");
	expect("note('x', y)", "note@1 note(x)@6 y@11 ");
	expect("note 'x' .. 'y'", "note@1 note(x)@6 ");
}

static void test_own(void **state)
{
	expect("(function(a, b, ...) return a + b + c end)(d)", "c@37 d@44 ");
	expect("(function() return a end)()", "a@20 ");
	expect("(function() local x <const>, y = u, v; return x + y end)()", "u@34 v@37 ");
	expect("(function() local function f(n) return f(n - 1) + m end return f(2) end)()", "m@51 ");
	expect("(function() for i, v in ipairs(t) do return i end end)()", "ipairs@25 t@32 ");
	expect("(function() for i = from, 9 do end end)()", "from@21 ");
	expect("(function() local a local b = c end)()", "c@31 ");
	expect("(function() goto done; ::done:: end)()", "");
	expect("{ a = b, c = d; [e] = f }", "b@7 d@14 e@18 f@23 ");
	expect("(function() a = 1 end)()", "a@13 ");
}

static void test_visitor_ends_it(void **state)
{
	expect("a + stop + b", "a@1 stop@5 ! stopped");
}

static void test_too_many(void **state)
{
	struct buf text = { 0 };
	struct names_visitor v = { name, call, &text };
	struct err e = { 0 };

	buf_puts(&text, "(function(a0");
	for (int i = 1; i < 65; i++)
		buf_printf(&text, ", a%d", i);
	buf_puts(&text, ") end)()");
	assert_int_equal(names_visit(buf_view(&text), &v, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	buf_fini(&text);
}

/* Text that Lua would not take does no harm: no read beyond it, no end that is not come to. */
static void test_prefixes(void **state)
{
	static const char whole[] = "a.b:c(\"d\\\"\") + [==[e]==] .. --[[f]] (function(g, h) local i <const> "
	                            "= {j = 1} "
	                            "for k in l do end local function m() end end)(0x1p-2, 'n')";
	struct buf sink = { 0 };
	struct names_visitor v = { name, call, &sink };

	for (size_t n = 0; n < sizeof(whole); n++) {
		uint8_t *copy = test_malloc(n + !n);

		memcpy(copy, whole, n);
		assert_int_equal(names_visit(slice_of(copy, n), &v, NULL), 0);
		test_free(copy);
	}
	buf_fini(&sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_used),
		cmocka_unit_test(test_text_is_no_name),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_visitor_ends_it),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
