/* Notes in a file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char dir[64], path[96];
	struct notes *notes;
	struct arena arena;
	struct err e;
};

static struct fixture f;

static int setup(void **state)
{
	snprintf(f.dir, sizeof(f.dir), "/tmp/osilab-notes-XXXXXX");
	assert_non_null(mkdtemp(f.dir));
	snprintf(f.path, sizeof(f.path), "%s/notes.db", f.dir);
	f.notes = notes_open(f.path, &f.e);
	assert_non_null(f.notes);
	arena_init(&f.arena, 0);
	return 0;
}

static int teardown(void **state)
{
	notes_close(f.notes);
	arena_fini(&f.arena);
	unlink(f.path);
	return rmdir(f.dir);
}

static struct note put(int64_t id, const char *text)
{
	struct note n = { .id = id, .text = slice_str(text) };

	assert_int_equal(notes_put(f.notes, &n, &f.e), 1);
	return n;
}

static void test_kept_or_not(void **state)
{
	struct note n, got;
	struct stat st;

	assert_int_equal(notes_begin(f.notes, &f.e), 0);
	n = put(0, "one");
	assert_int_equal(notes_end(f.notes, true, &f.e), 0);
	assert_int_equal(notes_begin(f.notes, &f.e), 0);
	put(n.id, "two");
	assert_int_equal(notes_end(f.notes, false, &f.e), 0);
	notes_close(f.notes);
	f.notes = notes_open(f.path, &f.e);
	assert_int_equal(notes_begin(f.notes, &f.e), 0);
	assert_int_equal(notes_get(f.notes, n.id, &f.arena, &got, &f.e), 1);
	assert_true(slice_eq_str(got.text, "one"));
	assert_int_equal(notes_get(f.notes, n.id + 1, &f.arena, &got, &f.e), 0);
	assert_int_equal(notes_end(f.notes, false, &f.e), 0);
	assert_int_equal(stat(f.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_a_revision_never_comes_again(void **state)
{
	struct note first, second;

	assert_int_equal(notes_begin(f.notes, &f.e), 0);
	first = put(5, "a");
	assert_int_equal(first.id, 5);
	assert_int_equal(notes_delete(f.notes, 5, &f.e), 0);
	second = put(5, "a");
	assert_true(second.revision > first.revision);
	assert_int_equal(notes_end(f.notes, true, &f.e), 0);
}

static void count(const struct note *n, void *arg)
{
	(*(int *)arg)++;
}

static void test_bounded(void **state)
{
	struct note more = { .text = SLICE("more") };
	int n = 0;

	assert_int_equal(notes_begin(f.notes, &f.e), 0);
	for (int i = 0; i < NOTES_MAX; i++)
		put(0, "x");
	assert_int_equal(notes_put(f.notes, &more, &f.e), 0);
	put(1, "a change is no new one");
	assert_int_equal(notes_list(f.notes, count, &n, &f.e), 0);
	assert_int_equal(n, NOTES_MAX);
	assert_int_equal(notes_end(f.notes, false, &f.e), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kept_or_not),
		TEST(test_a_revision_never_comes_again),
		TEST(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
