/* Tests of rotation: sizes, names, when the next file is due, and that every file of a row stands alone. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"
#include "render/rotate.h"
#include "render/secrets.h"
#include "trace/source.h"

#define SEC INT64_C(1000000000)

static char folder[] = "/tmp/osilab-rotate-XXXXXX";

static int make_folder(void **state)
{
	setenv("TZ", "UTC", 1);
	strcpy(folder, "/tmp/osilab-rotate-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	DIR *d = opendir(folder);
	struct dirent *f;

	while (d && (f = readdir(d)))
		unlinkat(dirfd(d), f->d_name, 0);
	closedir(d);
	return rmdir(folder);
}

static const char *in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes; /* 0: refused */
	} rows[] = {
		{ "1", 1000000 },
		{ "200", 200000000 },
		{ "500k", 512000 },
		{ "500K", 512000 },
		{ "1m", 1 << 20 },
		{ "3G", 3ull << 30 },
		{ "", 0 },
		{ "k", 0 },
		{ "0", 0 },
		{ "0k", 0 },
		{ "-1", 0 },
		{ "1x", 0 },
		{ "1.5m", 0 },
		{ "99999999999999999999", 0 },
		{ "9223372036854775807g", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = { 0 };
		uint64_t bytes = 0;
		int rc = rotate_size(rows[i].text, &bytes, &e);

		assert_int_equal(rc, rows[i].bytes ? 0 : -1);
		assert_int_equal(bytes, rows[i].bytes);
		assert_int_equal(e.kind, rows[i].bytes ? ERR_NONE : ERR_USAGE);
	}
}

static struct rotate *must_new(const struct rotate_options *o)
{
	struct err e = { 0 };
	struct rotate *r = rotate_new(o, &e);

	if (!r)
		fail_msg("%s", e.msg);
	return r;
}

/* The next file must be due before a packet of 100 bytes, and have this name. */
static void next(struct rotate *r, int64_t ts, const char *name)
{
	struct err e = { 0 };
	struct stat st;

	assert_true(rotate_due(r, ts, 100));
	if (!rotate_next(r, ts, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(strrchr(rotate_path(r), '/') + 1, name);
	assert_int_equal(stat(rotate_path(r), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 0);
	assert_false(rotate_due(r, ts, 100));
	rotate_wrote(r, 100);
}

static void by_size(void **state)
{
	struct rotate *r = must_new(&(struct rotate_options){ .path = in_folder("a.pcapng"), .bytes = 150 });

	next(r, 0, "a.pcapng");
	assert_false(rotate_due(r, 999 * SEC, 50));
	assert_true(rotate_due(r, 0, 51));
	next(r, 0, "a.pcapng1");
	rotate_free(r);
}

static void around_by_count(void **state)
{
	struct rotate *r =
	    must_new(&(struct rotate_options){ .path = in_folder("r"), .bytes = 150, .count = 11 });
	char name[8];

	for (unsigned i = 0; i < 25; i++) {
		snprintf(name, sizeof(name), "r%02u", i % 11);
		next(r, 0, name);
	}
	rotate_free(r);
}

/* Slices begin with the first packet, and are as long as was asked for whatever the next packets' times are. */
static void by_time(void **state)
{
	struct rotate *r =
	    must_new(&(struct rotate_options){ .path = in_folder("t-%Y%m%d-%H%M%S"), .seconds = 60 });
	int64_t at = 1700000000 * SEC; /* 2023-11-14 22:13:20 UTC */

	next(r, at + 5, "t-20231114-221320");
	assert_false(rotate_due(r, at + 60 * SEC + 4, 1 << 20));
	assert_false(rotate_due(r, at - 3600 * SEC, 1 << 20)); /* out of order */
	next(r, at + 75 * SEC, "t-20231114-221420");
	assert_false(rotate_due(r, at + 119 * SEC, 1));
	next(r, at + 600 * SEC, "t-20231114-222220");
	rotate_free(r);
}

static void by_time_then_it_ends(void **state)
{
	struct rotate *r =
	    must_new(&(struct rotate_options){ .path = in_folder("e%S"), .seconds = 1, .count = 2 });
	struct err e = { ERR_ENV, 0, "" };

	next(r, 1 * SEC, "e01");
	next(r, 2 * SEC, "e02");
	assert_true(rotate_due(r, 3 * SEC, 1));
	assert_null(rotate_next(r, 3 * SEC, &e));
	assert_int_equal(e.kind, ERR_NONE);
	rotate_free(r);
}

/* A name that stays the same gets numbers: nothing is written over. */
static void by_time_without_a_time_in_the_name(void **state)
{
	struct rotate *r = must_new(&(struct rotate_options){ .path = in_folder("n-%H"), .seconds = 1 });

	next(r, 0, "n-00");
	next(r, 1 * SEC, "n-001");
	next(r, 2 * SEC, "n-002");
	next(r, 3600 * SEC, "n-01");
	rotate_free(r);
	r = must_new(&(struct rotate_options){ .path = in_folder("p"), .seconds = 1 });
	next(r, 0, "p");
	next(r, 1 * SEC, "p1");
	rotate_free(r);
}

static void by_size_within_time(void **state)
{
	struct rotate *r = must_new(
	    &(struct rotate_options){ .path = in_folder("b%S-"), .seconds = 10, .bytes = 150, .count = 3 });

	next(r, 0, "b00-0");
	for (unsigned i = 1; i < 5; i++) {
		char name[16];

		snprintf(name, sizeof(name), "b00-%u", i % 3);
		next(r, i * SEC, name);
	}
	next(r, 10 * SEC, "b10-0");
	rotate_free(r);
}

static void refused(const struct rotate_options *o, enum err_kind kind, const char *words)
{
	struct err e = { 0 };
	struct rotate *r = rotate_new(o, &e);

	if (r) {
		assert_null(rotate_next(r, 0, &e));
		rotate_free(r);
	}
	assert_int_equal(e.kind, kind);
	if (!strstr(e.msg, words))
		fail_msg("%s", e.msg);
}

static void what_is_never_written_over(void **state)
{
	const char *path = in_folder("input");
	struct stat st;
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs("precious", f);
	fclose(f);
	assert_int_equal(stat(path, &st), 0);
	refused(
	    &(struct rotate_options){ .path = path, .bytes = 1, .input = &st }, ERR_USAGE, "is the capture");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 8);
	assert_int_equal(symlink("input", in_folder("link")), 0);
	refused(&(struct rotate_options){ .path = in_folder("link"), .bytes = 1 }, ERR_ENV, "cannot write");
	refused(
	    &(struct rotate_options){ .path = "/nowhere/at/all", .bytes = 1 }, ERR_ENV, "/nowhere/at/all");
	refused(&(struct rotate_options){ .path = "/tmp/", .bytes = 1 }, ERR_USAGE, "names no file");
	refused(&(struct rotate_options){ .path = in_folder("%D"), .seconds = 1 }, ERR_USAGE,
	    "makes no file name");
}

/* --- Each file stands alone ------------------------------------------------------------------- */

struct content {
	unsigned packets, secrets;
	uint32_t interfaces;
	char lines[256]; /* of the secrets */
};

static struct content read_file(const char *name)
{
	struct content c = { 0 };
	struct source_packet p;
	struct slice lines;
	struct err e = { 0 };
	struct source *s = source_file(in_folder(name), &e);
	enum source_result r;

	if (!s)
		fail_msg("%s", e.msg);
	while ((r = s->ops->next(s, &p, &lines, &e)) > 0) {
		c.packets += r == SOURCE_PACKET;
		c.interfaces = p.interface + 1;
		if (r == SOURCE_SECRETS) {
			c.secrets++;
			strncat(c.lines, (const char *)lines.p, lines.n);
		}
	}
	assert_int_equal(r, SOURCE_END);
	s->ops->free(s);
	return c;
}

static void files_have_the_secrets_of_their_sessions(void **state)
{
	struct rotate *r = must_new(&(struct rotate_options){ .path = in_folder("s"), .seconds = 10 });
	struct trace_stats stats = { 0 };
	struct flow other = { .number = 7 };
	struct err e = { 0 };
	struct sink *s = sink_pcapng_rotating(r, &e);
	const struct flow *flows[2];
	struct content c;
	struct made m;

	assert_non_null(s);
	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "hello");
	flows[0] = m.frame.flow;
	flows[1] = &other;
	m.frame.ts = 0;
	assert_int_equal(s->ops->secrets(s, SLICE("A 1\n"), &e), 0);
	must_packet(s, &m.frame);
	assert_int_equal(s->ops->secrets(s, SLICE("A 2\n"), &e), 0);
	must_packet(s, &m.frame);
	m.frame.flow = flows[1];
	assert_int_equal(s->ops->secrets(s, SLICE("B\n"), &e), 0);
	must_packet(s, &m.frame);
	m.frame.ts = 10 * SEC; /* a file with the second flow alone */
	must_packet(s, &m.frame);
	must_packet(s, &m.frame);
	m.frame.ts = 20 * SEC; /* with the first, and a packet of none */
	m.frame.flow = NULL;
	must_packet(s, &m.frame);
	m.frame.flow = flows[0];
	must_packet(s, &m.frame);
	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
	assert_int_equal(rotate_close(r, &e), 0);
	rotate_free(r);

	c = read_file("s");
	assert_int_equal(c.packets, 3);
	assert_string_equal(c.lines, "A 1\nA 2\nB\n");
	c = read_file("s1");
	assert_int_equal(c.packets, 2);
	assert_int_equal(c.secrets, 1);
	assert_string_equal(c.lines, "B\n");
	c = read_file("s2");
	assert_int_equal(c.packets, 2);
	assert_int_equal(c.secrets, 1);
	assert_int_equal(c.interfaces, 1);
	assert_string_equal(c.lines, "A 1\nA 2\n");
}

/* Also a capture without a packet is a file. */
static void nothing_was_captured(void **state)
{
	struct rotate *r = must_new(&(struct rotate_options){ .path = in_folder("none"), .bytes = 1000 });
	struct trace_stats stats = { 0 };
	struct err e = { 0 };
	struct sink *s = sink_pcapng_rotating(r, &e);

	assert_int_equal(s->ops->flush(s, &e), 0);
	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
	rotate_free(r);
	assert_int_equal(read_file("none").packets, 0);
}

static void secrets_are_bounded(void **state)
{
	static char line[1000];
	struct secrets s;
	struct slice got;

	memset(line, 'x', sizeof(line));
	secrets_init(&s);
	for (uint64_t flow = 0; flow < 10000; flow++) {
		secrets_add(&s, slice_of(line, sizeof(line)));
		got = secrets_for(&s, flow, 1);
		assert_int_equal(got.n, sizeof(line));
		assert_true(s.held <= SECRETS_KEPT);
	}
	assert_int_equal(secrets_for(&s, 9999, 1).n, 0);
	assert_int_equal(secrets_for(&s, 9999, 2).n, sizeof(line));
	assert_int_equal(secrets_for(&s, 0, 2).n, 0); /* the oldest was given up */
	secrets_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test_setup_teardown(by_size, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(around_by_count, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(by_time, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(by_time_then_it_ends, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
		    by_time_without_a_time_in_the_name, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(by_size_within_time, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(what_is_never_written_over, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
		    files_have_the_secrets_of_their_sessions, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(nothing_was_captured, make_folder, remove_folder),
		cmocka_unit_test(secrets_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
