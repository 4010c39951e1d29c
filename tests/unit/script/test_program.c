/* Whole programs in Lua: what they may do, what is lent to them, and where they are said to fail. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "script/program.h"

struct host {
	int64_t sum;
};

static int add(void *to, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct host *h = to;
	static struct script_value list[2];

	for (size_t i = 0; i < n; i++) {
		if (args[i].type != SCRIPT_INT)
			return err_set(e, ERR_ENV, "argument %zu is no number", i + 1);
		h->sum += args[i].i;
	}
	list[0] = list[1] = (struct script_value){ .type = SCRIPT_INT, .i = h->sum };
	results[0] = list[0];
	results[1] = (struct script_value){ .type = SCRIPT_LIST, .list = { list, 2 } };
	return 2;
}

static const struct program_function functions[] = { { "add", add }, { NULL, NULL } };

static struct program *program(const char *text, struct host *h)
{
	struct err e = { 0 };
	struct program *p = program_new("lab.lua", slice_str(text), functions, h, &e);

	if (!p)
		fail_msg("%s", e.msg);
	return p;
}

static void keeps_what_it_defines(void **state)
{
	struct host h = { 0 };
	struct program *p =
	    program("local a = 2\nb = 3\nfunction go() local s, l = add(a, b) add(#l, l[2]) end", &h);
	struct err e = { 0 };

	assert_int_equal(program_call(p, "go", &e), 0);
	assert_int_equal(h.sum, 5 + 2 + 5);
	assert_int_equal(program_call(p, "b", &e), -1); /* a number */
	assert_string_equal(e.msg, "it defines no function b");
	program_free(p);
}

static void refuses(const char *text, enum err_kind kind, const char *says)
{
	struct host h = { 0 };
	struct err e = { 0 };
	struct program *p = program_new("lab.lua", slice_str(text), functions, &h, &e);

	assert_null(p);
	assert_int_equal(e.kind, kind);
	if (!strstr(e.msg, says))
		fail_msg("'%s': %s", text, e.msg);
}

static void says_where_it_fails(void **state)
{
	refuses("\nx = = 1", ERR_DATA, "lab.lua:2: ");
	refuses("\n\nadd('x')", ERR_ENV, "lab.lua:3: argument 1 is no number");
	refuses("add(add)", ERR_ENV, "lab.lua:1: argument 1");
	refuses("local t = nil\nt.x = 1", ERR_DATA, "lab.lua:2: ");
	refuses("add(1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,"
	        "35,36,37,38,39,40,41)",
	    ERR_DATA, "at most 40 arguments");
	refuses("local t = { 1, 2 }\nassert(select('#', table.unpack(t)) == 3, 'two')", ERR_DATA, "two");
}

static void is_confined(void **state)
{
	static const char *const texts[] = { "os.exit()", "io.open('x')", "load('x')", "dofile('x')",
		"require('x')", "math.random()", "string.dump(add)", "print(1)", "debug.sethook()",
		"coroutine.create(add)", "pcall(add)", "setmetatable({}, {})", "collectgarbage()" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		refuses(texts[i], ERR_DATA, "nil value");
	refuses("\033Lua", ERR_DATA, "binary");
	refuses("while true do end", ERR_DATA, "lab.lua:1: it takes more than 10000000 steps");
	refuses("local s = 'x' while true do s = s .. s end", ERR_DATA, "not enough memory");
	refuses("local t = {} for i = 1, 1e9 do t[i] = {} end", ERR_DATA, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_it_defines),
		cmocka_unit_test(says_where_it_fails),
		cmocka_unit_test(is_confined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
