/* The key of the tokens, from files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/jwtkey.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];

static int setup(void **state)
{
	snprintf(path, sizeof(path), "/tmp/osilab-jwtkey-%d", (int)getpid());
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	return 0;
}

static void put(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void test_random_keys_differ(void **state)
{
	struct jwtkey a, b;

	assert_int_equal(jwtkey_init(&a, NULL, NULL, NULL), 0);
	assert_int_equal(jwtkey_init(&b, NULL, NULL, NULL), 0);
	assert_int_equal(a.sign.n, 32);
	assert_true(a.sign.can_sign);
	assert_memory_not_equal(a.sign.bytes, b.sign.bytes, 32);
	jwtkey_fini(&a);
	jwtkey_fini(&b);
}

static void test_a_last_line_end_does_not_count(void **state)
{
	static const char *const ends[] = { "", "\n", "\r\n" };
	struct jwtkey k;

	for (int i = 0; i < 3; i++) {
		char text[64];

		snprintf(text, sizeof(text), "0123456789abcdef0123456789abcdef%s", ends[i]);
		put(text, 0600);
		assert_int_equal(jwtkey_init(&k, path, NULL, NULL), 0);
		assert_int_equal(k.sign.n, 32);
		jwtkey_fini(&k);
	}
}

static void refused(const char *public_key, enum err_kind kind, const char *said)
{
	struct err e = { 0 };
	struct jwtkey k;

	assert_int_equal(jwtkey_init(&k, path, public_key, &e), -1);
	assert_int_equal(e.kind, kind);
	if (!strstr(e.msg, said))
		fail_msg("no \"%s\" in: %s", said, e.msg);
	jwtkey_fini(&k);
}

static void test_files_that_will_not_do(void **state)
{
	refused(NULL, ERR_ENV, "No such file");
	put("0123456789abcdef0123456789abcdef", 0644);
	refused(NULL, ERR_ENV, "chmod 600");
	put("short", 0600);
	refused(NULL, ERR_ENV, "key ");
	put("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0600);
	refused(NULL, ERR_USAGE, "--jwt-public");
	refused(path, ERR_ENV, "is a private key");
	refused("/dev/null", ERR_ENV, "is no PEM public key");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_random_keys_differ),
		TEST(test_a_last_line_end_does_not_count),
		TEST(test_files_that_will_not_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
