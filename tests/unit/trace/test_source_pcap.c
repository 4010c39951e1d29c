/* What live capture says when it cannot be.  Capture of real traffic is tested where there is a network of our
 * own: tests/unit/lab. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "trace/source.h"

#include <string.h>

static void live_names_the_interfaces_there_are(void **state)
{
	const char *name = "no-such-if0";
	struct live_options o = { .interfaces = &name, .ninterfaces = 1 };
	struct err e = { 0 };

	assert_null(source_live(&o, &e));
	assert_int_equal(e.kind, ERR_ENV);
	/* Without the permission the kernel does not even get to the name. */
	if (strstr(e.msg, "no permission"))
		assert_non_null(strstr(e.msg, "sudo setcap cap_net_raw+ep /"));
	else
		assert_non_null(strstr(e.msg, "there is: lo"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_names_the_interfaces_there_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
