/* Scripts see what their host lends them, and cannot leave it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "script/script.h"

#include <stdio.h>
#include <string.h>

/* --- A host --------------------------------------------------------------------------------------------------- */

struct host {
	unsigned binds, values, calls;
	const void *arg; /* as it came last */
};

static const char *const names[] = { "yes", "no", "six", "half", "word", "nothing", "big_name" };

static int bind(void *to, struct slice name, struct err *e)
{
	((struct host *)to)->binds++;
	for (int i = 0; i < 7; i++)
		if (slice_eq_str(name, names[i]))
			return i;
	return err_set(e, ERR_USAGE, "nobody knows %.*s", SLICE_ARG(name));
}

static struct script_value value(void *to, const void *arg, int number)
{
	struct host *h = to;

	h->values++;
	h->arg = arg;
	switch (number) {
	case 0: return (struct script_value){ .type = SCRIPT_BOOL, .b = true };
	case 1: return (struct script_value){ .type = SCRIPT_BOOL, .b = false };
	case 2: return (struct script_value){ .type = SCRIPT_INT, .i = 6 };
	case 3: return (struct script_value){ .type = SCRIPT_REAL, .d = 0.5 };
	case 4: return (struct script_value){ .type = SCRIPT_TEXT, .s = SLICE("a\0word") };
	default: return (struct script_value){ SCRIPT_NIL };
	}
}

static int check(struct slice text, struct err *e)
{
	return text.n < 8 ? 0 : err_set(e, ERR_USAGE, "that is too long");
}

static struct script_value call(
    void *to, const void *arg, struct slice text, struct script_value second, struct err *e)
{
	((struct host *)to)->calls++;
	return (struct script_value){ .type = SCRIPT_INT, .i = (int64_t)text.n };
}

/* What its second argument is, as a list of one text and its number; "fail" is refused. */
static struct script_value call_kind(
    void *to, const void *arg, struct slice text, struct script_value second, struct err *e)
{
	static const char *const kinds[] = { "nil", "bool", "int", "real", "text", "list", "none" };
	static struct script_value out[2];

	if (slice_eq_str(text, "fail"))
		err_set(e, ERR_USAGE, "so it was wished");
	out[0] = (struct script_value){ .type = SCRIPT_TEXT, .s = slice_str(kinds[second.type]) };
	out[1] = (struct script_value){ .type = SCRIPT_INT,
		.i = second.type == SCRIPT_INT    ? second.i
		     : second.type == SCRIPT_TEXT ? (int64_t)second.s.n
		                                  : 0 };
	return (struct script_value){ .type = SCRIPT_LIST, .list = { out, 2 } };
}

static const struct script_function functions[] = { { "length", check, call }, { "kind", check, call_kind },
	{ NULL, NULL, NULL } };
static const struct script_world world = { bind, value, functions };

static enum script_outcome run(const char *text, bool *result, struct err *e)
{
	struct host host = { 0 };
	struct script *s = script_new_expression(text, &world, &host, e);
	enum script_outcome outcome;

	if (!s)
		fail_msg("%s: %s", text, e->msg);
	outcome = script_eval(s, text, result, e);
	script_free(s);
	return outcome;
}

static bool is(const char *text)
{
	struct err e = { 0 };
	bool result;

	if (run(text, &result, &e) != SCRIPT_DONE)
		fail_msg("%s: %s", text, e.msg);
	return result;
}

/* It does not even begin, and says this. */
static void refused(const char *text, const char *why)
{
	struct host host = { 0 };
	struct err e = { 0 };

	assert_null(script_new_expression(text, &world, &host, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	if (!strstr(e.msg, why))
		fail_msg("%s: %s", text, e.msg);
}

static void ends(const char *text, enum script_outcome wanted, const char *why)
{
	struct err e = { 0 };
	bool result = true;

	if (run(text, &result, &e) != wanted || !strstr(e.msg, why))
		fail_msg("%s: %s", text, e.msg);
	assert_false(result);
}

/* --- What it gives -------------------------------------------------------------------------------------------- */

static void test_values(void **state)
{
	assert_true(is("yes"));
	assert_false(is("no"));
	assert_false(is("nothing"));
	assert_true(is("0")); /* in Lua only nil and false are not true */
	assert_true(is("six == 6 and math.type(six) == 'integer'"));
	assert_true(is("half * 2 == 1"));
	assert_true(is("word == 'a\\0word' and #word == 6"));
	assert_true(is("nothing == nil and type(yes) == 'boolean'"));
	assert_true(is("length('four') == 4 and length [[x]] == 1"));
	assert_true(is("#kind('') == 2 and kind('')[1] == 'none' and kind('')[3] == nil"));
	assert_true(is("kind('', nothing)[1] == 'nil' and kind('', {})[1] == 'nil' and kind('', no)[1] == "
	               "'bool'"));
	assert_true(is("kind('', 7)[2] == 7 and kind('', half)[1] == 'real' and kind('', word)[2] == 6"));
	assert_false(is("yes and no -- a remark"));
	assert_false(is("yes and\n not\n six"));
}

static void test_lua(void **state)
{
	assert_true(is("(function(a, b) return a + b end)(1, 2) == 3"));
	assert_true(is("word:find('word', 1, true) and word:upper():sub(-4) == 'WORD'"));
	assert_true(is("math.floor(half) == 0 and tostring(six) == '6' and tonumber('0x10') == 16"));
	assert_true(is("(function() local n = 0 for _, v in ipairs({1, 2, 3}) do n = n + v end return n "
	               "end)() == 6"));
	assert_true(is("(function() for k, v in pairs({a = six}) do return k == 'a' and v == 6 end end)()"));
}

static void test_only_what_is_named(void **state)
{
	struct host host = { 0 };
	struct err e = { 0 };
	struct script *s =
	    script_new_expression("no and six == 6 or yes and length('x') == 1", &world, &host, &e);
	bool result;

	assert_non_null(s);
	assert_int_equal(host.binds, 3);
	assert_int_equal(host.values, 0);
	for (unsigned i = 1; i <= 1000; i++) {
		assert_int_equal(script_eval(s, &i, &result, &e), SCRIPT_DONE);
		assert_true(result);
		assert_ptr_equal(host.arg, &i);
		assert_int_equal(host.values, 2 * i); /* six is never come to */
		assert_int_equal(host.calls, i);
	}
	script_free(s);
	script_free(NULL);
}

/* --- What it refuses ------------------------------------------------------------------------------------------ */

static void test_syntax(void **state)
{
	refused("", "no expression");
	refused(" \t", "no expression");
	refused("yes and", "near <eof>");
	refused("yes yes", "near 'yes', column 5");
	refused("(yes", "')' expected");
	refused("yes) or (no", "near ')', column 4");
	refused("yes && no", "near '&', column 6; \"and\" joins");
	refused("yes || no", "near '|', column 6; \"or\" joins");
	refused("six != 5", "near '!', column 5; \"not\" denies");
	refused("six = 5", "near '=', column 5; == compares");
	refused("word == 10.0.0.1", "column 9; addresses");
	refused("'open", "unfinished string");
	refused("yes; local x = 1", "expected near 'local', column 6");
	refused("\033Lua", "unexpected symbol");
}

static void test_names(void **state)
{
	refused("yes and nobody", "column 9: nobody knows nobody");
	refused("big.name == 1", "column 1: write big_name, with underscores");
	refused("length('long enough')", "column 8: that is too long");
}

static void test_confined(void **state)
{
	static const char *const out[] = { "os", "io", "load", "loadstring", "loadfile", "dofile", "require",
		"package", "debug", "coroutine", "print", "error", "pcall", "xpcall", "rawset", "rawget",
		"setmetatable", "getmetatable", "collectgarbage", "select", "next", "_G", "_ENV", "_VERSION",
		"arg", "utf8" };

	for (size_t i = 0; i < sizeof(out) / sizeof(*out); i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s ~= nil", out[i]);
		refused(text, "nobody knows");
	}
	refused("os.exit(0)", "column 1: nobody knows os");
}

static void test_no_globals(void **state)
{
	ends("(function() six = 7 end)()", SCRIPT_FAILED, "six is not local");
	assert_true(is("string.dump == nil and math.random == nil and math.randomseed == nil"));
}

/* --- What goes wrong ------------------------------------------------------------------------------------------ */

static void test_failures(void **state)
{
	ends("nothing > 5", SCRIPT_LACKED, "attempt to compare");
	ends("not (nothing > 5)", SCRIPT_LACKED, "attempt to compare");
	ends("nothing.x", SCRIPT_LACKED, "index a nil value");
	ends("kind('fail')", SCRIPT_FAILED, "so it was wished");
	ends("word > 5", SCRIPT_FAILED, "attempt to compare number with string");
	ends("nothing or word > 5", SCRIPT_FAILED, "attempt to compare number with string");
	ends("six()", SCRIPT_FAILED, "attempt to call");
	ends("length(yes)", SCRIPT_FAILED, "bad argument");
	ends("length()", SCRIPT_FAILED, "bad argument");
	assert_true(is("six > 5 or nothing > 5"));
}

static void test_bounds(void **state)
{
	ends("(function() while true do end end)()", SCRIPT_STOPPED, "more than 100000 steps");
	ends("(function() repeat until false end)()", SCRIPT_STOPPED, "more than 100000 steps");
	ends("('x'):rep(1 << 30)", SCRIPT_STOPPED, "not enough memory");
	ends("(function() local t = {} for i = 1, 20000 do t[i] = ('x'):rep(2000) .. i end end)()",
	    SCRIPT_STOPPED, "not enough memory");
	ends("(function(f) return f(f) + 1 end)(function(f) return f(f) + 1 end)", SCRIPT_STOPPED, "steps");
	assert_true(is("(function() local s for i = 1, 2000 do s = ('x'):rep(50000) .. i end return s "
	               "end)()"));
}

/* After a failure of any kind it runs as before. */
static void test_again(void **state)
{
	struct host host = { 0 };
	struct err e = { 0 };
	struct script *s = script_new_expression(
	    "(function() while not yes do end return nothing > 1 end)()", &world, &host, &e);
	bool result;

	assert_non_null(s);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(script_eval(s, NULL, &result, &e), SCRIPT_LACKED);
	script_free(s);
}

static void test_many_names(void **state)
{
	char text[1024] = "yes";

	for (int i = 0; i < 200; i++)
		strcat(text, "+no");
	ends(text, SCRIPT_FAILED, "arithmetic on a boolean"); /* the same name again is no more names */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_lua),
		cmocka_unit_test(test_only_what_is_named),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_confined),
		cmocka_unit_test(test_no_globals),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
