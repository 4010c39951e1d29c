/* priv: what can be given up is gone afterwards.  Each case in a child, since there is no way back.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/priv.h"

#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs fn in a child; returns its exit code. */
static int in_child(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int no_caps(void)
{
	for (int cap = 0; cap < 64; cap++)
		if (priv_has_cap(cap))
			return 0;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static int drop_to_other(void)
{
	struct err e;

	if (priv_drop(65534, 65534, &e))
		return 1;
	return getuid() == 65534 && getgid() == 65534 && getgroups(0, NULL) == 0 && no_caps() && setuid(0)
	           ? 0
	           : 2;
}

static int drop_caps_only(void)
{
	uid_t uid = geteuid();

	if (priv_drop(uid, getegid(), NULL))
		return 1;
	return geteuid() == uid && no_caps() ? 0 : 2;
}

static int drop_to_sudo_user(void)
{
	setenv("SUDO_UID", "12345", 1);
	setenv("SUDO_GID", "23456", 1);
	if (priv_drop_to_invoker(NULL))
		return 1;
	return getuid() == 12345 && getgid() == 23456 && no_caps() ? 0 : 2;
}

static int drop_to_named_user(void)
{
	struct err e;

	setenv("SUDO_UID", "12345", 1);
	setenv("SUDO_GID", "23456", 1);
	if (priv_drop_to("no such user", &e) == 0 || e.kind != ERR_USAGE || geteuid() != 0)
		return 1;
	if (priv_drop_to("nobody", &e))
		return 2;
	return getuid() == 65534 && no_caps() ? 0 : 3;
}

static int drop_to_nobody_in_particular(void)
{
	setenv("SUDO_UID", "12345", 1);
	setenv("SUDO_GID", "23456", 1);
	return priv_drop_to(NULL, NULL) == 0 && getuid() == 12345 && no_caps() ? 0 : 1;
}

static int unprivileged_stays(void)
{
	struct err e;

	if (geteuid() == 0 && priv_drop(65534, 65534, NULL))
		return 1;
	setenv("SUDO_UID", "12345", 1);
	setenv("SUDO_GID", "23456", 1);
	if (priv_drop_to_invoker(NULL) || getuid() == 12345)
		return 2; /* not root: the environment is not believed */
	return priv_drop(12345, 23456, &e) == -1 && e.kind == ERR_ENV ? 0 : 3;
}

static void test_drop(void **state)
{
	assert_int_equal(in_child(drop_caps_only), 0);
	assert_int_equal(in_child(unprivileged_stays), 0);
	if (geteuid() || !priv_has_cap(CAP_SETUID) || !priv_has_cap(CAP_SETGID))
		skip();
	assert_int_equal(in_child(drop_to_other), 0);
	assert_int_equal(in_child(drop_to_sudo_user), 0);
	assert_int_equal(in_child(drop_to_nobody_in_particular), 0);
	if (getpwnam("nobody"))
		assert_int_equal(in_child(drop_to_named_user), 0);
}

static void test_invoker(void **state)
{
	static const char *const bad[] = { "", "0", "-1", "4294967295", "1x", "99999999999999999999" };
	uid_t uid = 1;
	gid_t gid = 1;

	unsetenv("SUDO_UID");
	setenv("SUDO_GID", "5", 1);
	assert_false(priv_invoker(&uid, &gid));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setenv("SUDO_UID", bad[i], 1);
		assert_false(priv_invoker(&uid, &gid));
	}
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
}

static void test_has_cap(void **state)
{
	assert_false(priv_has_cap(-1));
	assert_false(priv_has_cap(63));
	assert_false(priv_has_cap(64));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_invoker),
		cmocka_unit_test(test_has_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
