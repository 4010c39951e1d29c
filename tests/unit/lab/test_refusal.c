/* Who refused a namespace: machines as they are met, and the words each must lead to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lab/refusal.h"

#include <errno.h>
#include <string.h>

#define SWITCHES(clone, apparmor, user, net)                                                                 \
	.userns_clone = (clone), .apparmor_restrict = (apparmor), .max_user = (user), .max_net = (net)
/* A machine that allows everything; Ubuntu 24.04; an old Debian. */
#define OPEN   SWITCHES(-1, -1, 15000, 15000)
#define UBUNTU SWITCHES(-1, 1, 15000, 15000)
#define DEBIAN SWITCHES(0, -1, 15000, 15000)
#define DOCKER OPEN, .uid0 = true, .container = true

static const struct row {
	const char *about;
	struct machine machine;
	int sys;
	const char *cause, *fix;
} rows[] = {
	{ "old Debian", { DEBIAN }, EPERM, "kernel.unprivileged_userns_clone = 0",
	    "kernel.unprivileged_userns_clone=1" },
	{ "Ubuntu, at the map", { UBUNTU }, EPERM, "AppArmor", "/opt/o/bin/osilab doctor --apparmor" },
	{ "Ubuntu, at a mount", { UBUNTU }, EACCES, "AppArmor", "apparmor_parser -r" },
	{ "a chroot on Ubuntu", { UBUNTU, .chroot = true }, EPERM, "chroot", "as root" },
	{ "switched off", { SWITCHES(-1, -1, 0, 15000) }, ENOSPC, "user.max_user_namespaces = 0",
	    "user.max_user_namespaces=15000" },
	{ "networks off", { SWITCHES(-1, -1, 15000, 0) }, ENOSPC, "user.max_net_namespaces = 0",
	    "user.max_net_namespaces=15000" },
	{ "all used up", { SWITCHES(-1, -1, 3, 15000) }, ENOSPC, "as many namespaces",
	    "user.max_user_namespaces=15000" },
	{ "Docker, root without rights", { DOCKER, .seccomp = true }, EPERM, "filter on system calls",
	    "--security-opt seccomp=unconfined" },
	{ "Docker, mounts refused", { DOCKER }, EACCES, "filter on system calls", "apparmor=unconfined" },
	{ "Docker, settings refused", { DOCKER }, EROFS, "/proc/sys", "systempaths=unconfined" },
	{ "no module", { OPEN, .root = true, .uid0 = true }, EOPNOTSUPP, "veth", "modprobe veth" },
	{ "old kernel", { OPEN }, ENOSYS, "5.3", "kernel" },
	{ "no namespaces built in", { OPEN }, EINVAL, "CONFIG_USER_NS", "kernel" },
	{ "nothing known", { OPEN }, EPERM, "a chroot, or a security module", "" },
	{ "nothing known of another error", { OPEN }, EIO, "the kernel says no", "" },
	/* Root is subject to none of the switches for users. */
	{ "root", { SWITCHES(0, 1, 15000, 15000), .root = true, .chroot = true }, EPERM, "the kernel says no",
	    "" },
};

static void finds_the_cause(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = { .kind = ERR_ENV, .sys = rows[i].sys, .msg = "the kernel says no" };
		struct buf cause = { 0 }, fix = { 0 };

		refusal_explain(&rows[i].machine, &e, "/opt/o/bin", &cause, &fix);
		if (!strstr(buf_cstr(&cause), rows[i].cause) || !strstr(buf_cstr(&fix), rows[i].fix))
			fail_msg("%s: %s\n%s", rows[i].about, buf_cstr(&cause), buf_cstr(&fix));
		if (!*rows[i].fix)
			assert_int_equal(fix.n, 0);
		buf_fini(&cause);
		buf_fini(&fix);
	}
}

static void profile_names_the_programs(void **state)
{
	struct buf out = { 0 };

	refusal_apparmor_profile("/home/a b/bin", &out);
	assert_non_null(strstr(buf_cstr(&out), "\"/home/a b/bin/"));
	assert_non_null(strstr(buf_cstr(&out), "flags=(unconfined)"));
	assert_non_null(strstr(buf_cstr(&out), "userns,"));
	buf_fini(&out);
}

static void reads_this_machine(void **state)
{
	struct machine m;

	machine_read(&m);
	assert_true(m.userns_clone >= -1 && m.apparmor_restrict >= -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_cause),
		cmocka_unit_test(profile_names_the_programs),
		cmocka_unit_test(reads_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
