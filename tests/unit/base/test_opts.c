/* The command line: every form an option may take, and one clear line for each mistake. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/opts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct values {
	bool flag, lonely;
	int verbose;
	int64_t port, any;
	const char *text;
	struct opt_list list;
};

/* Parses a command line given as one text, words separated by '|'. */
static int parse(struct values *v, const char *line, struct err *e, char **argv)
{
	const struct opt rows[] = {
		{ OPT_FLAG, 'f', "flag", NULL, "a flag", &v->flag, 0, 0 },
		{ OPT_FLAG, 0, "lonely", NULL, "no letter", &v->lonely, 0, 0 },
		{ OPT_HEAD, 0, NULL, NULL, "More:", NULL, 0, 0 },
		{ OPT_COUNT, 'v', "verbose", NULL, "more words", &v->verbose, 0, 0 },
		{ OPT_INT, 'p', "port", "PORT", "a port", &v->port, -5, 65535 },
		{ OPT_INT, 'n', "any", "N", "any number", &v->any, 0, 0 },
		{ OPT_TEXT, 't', "text", "TEXT", "a text", &v->text, 0, 0 },
		{ OPT_LIST, 'l', "list", "ITEM", "an item", &v->list, 0, 0 },
		OPTS_END,
	};
	const struct opts o = { "osilab test", "[options] FILE", "Tests.", NULL, rows };
	static char words[4000];
	char *rest = words;
	int argc = 1;

	*v = (struct values){ 0 };
	*e = (struct err){ 0 };
	snprintf(words, sizeof(words), "%s", line);
	argv[0] = (char *)(uintptr_t) "test";
	while (*line && rest)
		argv[argc++] = strsep(&rest, "|");
	argv[argc] = NULL;
	return opts_parse(&o, argc, argv, e) - argc;
}

static void test_forms(void **state)
{
	static const char *const lines[] = { "-f|-vv|-p|80|-t|x|--lonely", "-fvvp80|-tx|--lonely",
		"--flag|--verbose|--verbose|--port=80|--text=x|--lonely",
		"--lonely|--text|x|--port|80|--verbose|-v|--flag" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char *argv[100];
		struct values v;
		struct err e;

		assert_int_equal(parse(&v, lines[i], &e, argv), 0); /* no operands */
		assert_true(v.flag && v.lonely);
		assert_int_equal(v.verbose, 2);
		assert_int_equal(v.port, 80);
		assert_string_equal(v.text, "x");
	}
}

static void test_operands(void **state)
{
	char *argv[100];
	struct values v;
	struct err e;

	/* Anywhere, kept in order; "-" is one; behind "--" everything is. */
	assert_int_equal(parse(&v, "one|-f|-|--port|80|two|--|-v|--nonsense", &e, argv), -5);
	assert_true(v.flag);
	assert_int_equal(v.verbose, 0);
	assert_string_equal(argv[5], "one");
	assert_string_equal(argv[6], "-");
	assert_string_equal(argv[7], "two");
	assert_string_equal(argv[8], "-v");
	assert_string_equal(argv[9], "--nonsense");
	assert_null(argv[10]);
	assert_int_equal(parse(&v, "", &e, argv), 0);
	assert_int_equal(parse(&v, "--", &e, argv), 0);
	assert_int_equal(
	    parse(&v, "-t|-f|x", &e, argv), -1); /* what follows -t is its value, whatever it looks like */
	assert_string_equal(v.text, "-f");
	assert_false(v.flag);
}

static void test_values(void **state)
{
	char *argv[100];
	struct values v;
	struct err e;

	assert_int_equal(parse(&v, "--text=a=b|--list=|-l|2|-l3", &e, argv), 0);
	assert_string_equal(v.text, "a=b");
	assert_int_equal(v.list.n, 3);
	assert_string_equal(v.list.v[0], "");
	assert_string_equal(v.list.v[2], "3");
	assert_int_equal(parse(&v, "-p|-5|-n|9223372036854775807", &e, argv), 0);
	assert_int_equal(v.port, -5);
	assert_true(v.any == INT64_MAX);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{ "--nonsense", "unknown option --nonsense" },
		{ "--nonsense=1", "unknown option --nonsense" },
		{ "-x", "unknown option -x" },
		{ "-fx", "unknown option -x" },
		{ "--fla", "unknown option --fla" },
		{ "--flag=1", "--flag takes no value" },
		{ "--port", "--port needs a value (PORT)" },
		{ "-p", "-p needs a value (PORT)" },
		{ "--port=65536", "--port takes a number from -5 to 65535, not '65536'" },
		{ "-p|-6", "-p takes a number from -5 to 65535, not '-6'" },
		{ "-p|", "not ''" },
		{ "-p| 80", "not ' 80'" },
		{ "-p|+80", "not '+80'" },
		{ "-p|80x", "not '80x'" },
		{ "-p|-", "not '-'" },
		{ "-p|0x50", "not '0x50'" },
		{ "-n|-1", "-n takes a number, 0 or more, not '-1'" },
		{ "-n|9223372036854775808", "not '9223372036854775808'" },
		{ "-n|99999999999999999999999999", "not '99999999999999999999999999'" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *argv[100];
		struct values v;
		struct err e;

		assert_true(parse(&v, rows[i].line, &e, argv) < 0);
		assert_int_equal(e.kind, ERR_USAGE);
		if (!strstr(e.msg, rows[i].words))
			fail_msg("%s: %s", rows[i].line, e.msg);
	}
}

static void test_list_full(void **state)
{
	char line[400] = "-l1", *argv[100];
	struct values v;
	struct err e;

	for (int i = 1; i < 32; i++)
		strcat(line, "|-l1");
	assert_int_equal(parse(&v, line, &e, argv), 0);
	assert_int_equal(v.list.n, 32);
	strcat(line, "|-l1");
	assert_true(parse(&v, line, &e, argv) < 0);
	assert_int_equal(e.kind, ERR_USAGE);
}

/* What is printed to stdout while parsing this line. */
static void printed(const char *line, char *out, size_t size)
{
	int fd = memfd_create("stdout", 0), saved = dup(STDOUT_FILENO);
	char *argv[100];
	struct values v;
	struct err e;
	ssize_t n;

	assert_true(fd >= 0 && saved >= 0);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	n = parse(&v, line, &e, argv);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_true(n < 0 && e.kind == ERR_NONE); /* opts_parse returned 0: done, and well */
	n = pread(fd, out, size - 1, 0);
	assert_true(n > 0);
	out[n] = '\0';
	close(fd);
}

static void test_help(void **state)
{
	char text[4000];

	printed("--help", text, sizeof(text));
	assert_non_null(strstr(text, "Usage: osilab test [options] FILE"));
	assert_non_null(strstr(text, "  -p, --port PORT"));
	assert_non_null(strstr(text, "      --lonely"));
	assert_non_null(strstr(text, "\nMore:\n"));
	printed("-f|-h", text, sizeof(text));
	assert_non_null(strstr(text, "Usage:"));
	printed("--version", text, sizeof(text));
	assert_non_null(strstr(text, "osilab"));
	printed("--osilab-options", text, sizeof(text));
	assert_non_null(strstr(text, "-p\tPORT\ta port\n--port\tPORT\ta port\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_operands),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_list_full),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
