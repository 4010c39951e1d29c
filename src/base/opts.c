/* The command line; see opts.h. */
#include "base/opts.h"
#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef OSILAB_VERSION
#define OSILAB_VERSION "unknown"
#endif

static bool last(const struct opt *row)
{
	return row->kind == OPT_HEAD && !row->help;
}

static bool takes_argument(const struct opt *row)
{
	return row->kind == OPT_INT || row->kind == OPT_TEXT || row->kind == OPT_LIST;
}

static void print_row(const struct opt *row, FILE *to)
{
	char left[64] = "";
	const char *arg = takes_argument(row) ? row->arg : NULL;

	if (row->kind == OPT_HEAD) {
		fprintf(to, "\n%s\n", row->help);
		return;
	}
	if (row->letter && row->name)
		snprintf(left, sizeof(left), "-%c, --%s%s%s", row->letter, row->name, arg ? " " : "",
		    arg ? arg : "");
	else if (row->letter)
		snprintf(left, sizeof(left), "-%c%s%s", row->letter, arg ? " " : "", arg ? arg : "");
	else
		snprintf(left, sizeof(left), "    --%s%s%s", row->name, arg ? " " : "", arg ? arg : "");
	fprintf(to, "  %-27s %s\n", left, row->help);
}

void opts_help(const struct opts *o, FILE *to)
{
	fprintf(to, "Usage: %s %s\n\n%s\n", o->program, o->usage, o->about);
	if (o->rows[0].kind != OPT_HEAD)
		fprintf(to, "\nOptions:\n");
	for (const struct opt *row = o->rows; !last(row); row++)
		print_row(row, to);
	fprintf(to, "  %-27s %s\n  %-27s %s\n", "-h, --help", "show this and exit", "    --version",
	    "show the version and exit");
	if (o->examples)
		fprintf(to, "\nExamples:\n%s", o->examples);
}

/* "-r<TAB>FILE" per option: the completion reads the first column. */
static void print_words(const struct opts *o)
{
	for (const struct opt *row = o->rows; !last(row); row++) {
		const char *arg = takes_argument(row) ? row->arg : "";

		if (row->kind != OPT_HEAD && row->letter)
			printf("-%c\t%s\t%s\n", row->letter, arg, row->help);
		if (row->kind != OPT_HEAD && row->name)
			printf("--%s\t%s\t%s\n", row->name, arg, row->help);
	}
	printf("--help\t\tshow help\n--version\t\tshow the version\n");
}

static int set_int(const struct opt *row, const char *shown, const char *value, struct err *e)
{
	bool any = row->min == 0 && row->max == 0;
	int64_t max = any ? INT64_MAX : row->max;
	const char *digits = value + (*value == '-'); /* strtoll would take spaces and '+' too */
	long long v;

	errno = 0;
	v = strtoll(value, NULL, 10);
	if (!*digits || digits[strspn(digits, "0123456789")] || errno || v < row->min || v > max) {
		if (max == INT64_MAX)
			return err_set(e, ERR_USAGE, "%s takes a number, %lld or more, not '%s'", shown,
			    (long long)row->min, value);
		return err_set(e, ERR_USAGE, "%s takes a number from %lld to %lld, not '%s'", shown,
		    (long long)row->min, (long long)max, value);
	}
	*(int64_t *)row->to = v;
	return 0;
}

static int set_value(const struct opt *row, const char *shown, const char *value, struct err *e)
{
	struct opt_list *list = row->to;

	switch (row->kind) {
	case OPT_FLAG: *(bool *)row->to = true; return 0;
	case OPT_COUNT: ++*(int *)row->to; return 0;
	case OPT_INT: return set_int(row, shown, value, e);
	case OPT_TEXT: *(const char **)row->to = value; return 0;
	case OPT_LIST:
		if (list->n == (int)(sizeof(list->v) / sizeof(list->v[0])))
			return err_set(e, ERR_USAGE, "%s is given more than %d times", shown, list->n);
		list->v[list->n++] = value;
		return 0;
	case OPT_HEAD: break;
	}
	return err_set(e, ERR_USAGE, "%s cannot be set", shown);
}

static const struct opt *find_long(const struct opts *o, struct slice name)
{
	for (const struct opt *row = o->rows; !last(row); row++)
		if (row->kind != OPT_HEAD && row->name && slice_eq_str(name, row->name))
			return row;
	return NULL;
}

static const struct opt *find_letter(const struct opts *o, char letter)
{
	for (const struct opt *row = o->rows; !last(row); row++)
		if (row->kind != OPT_HEAD && row->letter == letter)
			return row;
	return NULL;
}

/* "--name", "--name=value" or "--name value"; *i moves over a value in its own word. */
static int parse_long(const struct opts *o, int argc, char **argv, int *i, struct err *e)
{
	char *word = argv[*i], *eq = strchr(word, '=');
	size_t n = eq ? (size_t)(eq - word) : strlen(word);
	const struct opt *row = find_long(o, slice_of(word + 2, n - 2));
	char shown[64];

	snprintf(shown, sizeof(shown), "%.*s", (int)n, word);
	if (!row)
		return err_set(e, ERR_USAGE, "unknown option %s", shown);
	if (!takes_argument(row))
		return eq ? err_set(e, ERR_USAGE, "%s takes no value", shown)
		          : set_value(row, shown, NULL, e);
	if (!eq && *i + 1 >= argc)
		return err_set(e, ERR_USAGE, "%s needs a value (%s)", shown, row->arg);
	return set_value(row, shown, eq ? eq + 1 : argv[++*i], e);
}

/* "-v", "-vn", "-rFILE" or "-r FILE". */
static int parse_letters(const struct opts *o, int argc, char **argv, int *i, struct err *e)
{
	for (char *c = argv[*i] + 1; *c; c++) {
		const struct opt *row = find_letter(o, *c);
		char shown[3] = { '-', *c, '\0' };

		if (!row)
			return err_set(e, ERR_USAGE, "unknown option %s", shown);
		if (takes_argument(row)) {
			if (!c[1] && *i + 1 >= argc)
				return err_set(e, ERR_USAGE, "%s needs a value (%s)", shown, row->arg);
			return set_value(row, shown, c[1] ? c + 1 : argv[++*i], e);
		}
		if (set_value(row, shown, NULL, e) < 0)
			return -1;
	}
	return 0;
}

/* Text for roff: a backslash, and a dot or quote at the start of a line, have meanings there. */
static void print_roff_n(const char *text, size_t n)
{
	bool start = true;

	for (; n; n--, text++) {
		if (start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		if (*text == '\\' || *text == '-')
			putchar('\\');
		putchar(*text);
		start = *text == '\n';
	}
}

static void print_roff(const char *text)
{
	print_roff_n(text, strlen(text));
}

/* How long the first sentence of a text is; a dot within a word ("1.1") does not end it. */
static size_t sentence(const char *text)
{
	size_t n = 0;

	while (text[n] && !(strchr(".:,", text[n]) && strchr(" \n", text[n + 1])))
		n++;
	return n;
}

static void print_man_option(const struct opt *row)
{
	if (row->kind == OPT_HEAD) {
		printf(".SS ");
		print_roff(row->help);
		putchar('\n');
		return;
	}
	printf(".TP\n\\fB");
	if (row->letter)
		printf("\\-%c%s", row->letter, row->name ? ", " : "");
	if (row->name) {
		printf("\\-\\-");
		print_roff(row->name);
	}
	printf("\\fR%s%s\n", takes_argument(row) ? " " : "", takes_argument(row) ? row->arg : "");
	print_roff(row->help);
	putchar('\n');
}

/* The manual page, man(7). */
static void print_man(const struct opts *o)
{
	char name[64];

	snprintf(name, sizeof(name), "%s", o->program);
	for (char *c = name; *c; c++)
		if (*c == ' ')
			*c = '-';
	printf(".TH %s 1 \"\" \"osilab %s\" \"osilab manual\"\n.SH NAME\n", name, OSILAB_VERSION);
	print_roff(name);
	printf(" \\- ");
	print_roff_n(o->about, sentence(o->about));
	printf("\n.SH SYNOPSIS\n.B %s\n", o->program);
	print_roff(o->usage);
	printf("\n.SH DESCRIPTION\n");
	print_roff(o->about);
	printf("\n.SH OPTIONS\n");
	for (const struct opt *row = o->rows; !last(row); row++)
		print_man_option(row);
	printf(".TP\n\\fB\\-h, \\-\\-help\\fR\nshow help and exit\n.TP\n\\fB\\-\\-version\\fR\nshow the "
	       "version and exit\n");
	if (o->examples) {
		printf(".SH EXAMPLES\n.nf\n");
		print_roff(o->examples);
		printf(".fi\n");
	}
	printf(".SH EXIT STATUS\n0 all went well; 1 the input is damaged or an expectation failed; 2 the "
	       "command line is "
	       "wrong; 3 the machine refused.\n.SH SEE ALSO\nosilab(1)\n");
}

/* Options that every program has; true when one was there and answered. */
static bool common_option(const struct opts *o, const char *word)
{
	if (!strcmp(word, "--help") || (!strcmp(word, "-h") && !find_letter(o, 'h')))
		opts_help(o, stdout);
	else if (!strcmp(word, "--version"))
		printf("%s (osilab %s)\n", o->program, OSILAB_VERSION);
	else if (!strcmp(word, "--osilab-options"))
		print_words(o);
	else if (!strcmp(word, "--osilab-man"))
		print_man(o);
	else
		return false;
	return true;
}

/* A program started with a standard descriptor closed would get its next file or socket under that
 * number, and print into it.  What stands in cannot be used, so that the error still shows. */
static void hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int flush_stdout(struct err *e)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return errno ? err_sys(e, "cannot write standard output")
	             : err_set(e, ERR_ENV, "cannot write standard output");
}

int opts_parse(const struct opts *o, int argc, char **argv, struct err *e)
{
	char **operands = calloc((size_t)argc + 1, sizeof(*operands));
	int count = 0, i;
	bool only_operands = false;

	if (!operands)
		return err_sys(e, "command line");
	hold_standard_descriptors();
	for (i = 1; i < argc; i++) {
		char *word = argv[i];
		int rc = 0;

		if (only_operands || word[0] != '-' || !word[1]) {
			operands[count++] = word;
		} else if (!strcmp(word, "--")) {
			only_operands = true;
		} else if (common_option(o, word)) {
			free(operands);
			return flush_stdout(e);
		} else {
			rc = word[1] == '-' ? parse_long(o, argc, argv, &i, e)
			                    : parse_letters(o, argc, argv, &i, e);
		}
		if (rc < 0) {
			free(operands);
			return -1;
		}
	}
	if (count)
		memcpy(argv + argc - count, operands, (size_t)count * sizeof(*operands));
	free(operands);
	return argc - count;
}

int opts_fail(const struct opts *o, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", o->program, e->msg);
	if (e->kind == ERR_USAGE)
		fprintf(stderr, "Try '%s --help'.\n", o->program);
	return e->kind == ERR_NONE ? ERR_ENV : (int)e->kind;
}

int opts_end(const struct opts *o)
{
	struct err e = { 0 };

	return flush_stdout(&e) == 0 ? 0 : opts_fail(o, &e);
}
