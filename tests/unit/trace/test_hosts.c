/* Names of addresses: the first one stays, and there is an end to them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "trace/hosts.h"

#include <stdio.h>
#include <string.h>

static struct pkt_addr ip4(uint8_t a, uint8_t b)
{
	return (struct pkt_addr){ .family = 4, .b = { 192, 0, a, b } };
}

static void test_first_name_stays(void **state)
{
	struct pkt_addr one = ip4(2, 1), two = ip4(2, 2), six = { .family = 6, .b = { 192, 0, 2, 1 } };
	struct hosts *h = hosts_new();

	assert_null(hosts_name(NULL, &one));
	assert_int_equal(hosts_count(NULL), 0);
	assert_null(hosts_name(h, &one));
	hosts_add(h, &one, SLICE("www.lab.test"));
	hosts_add(h, &one, SLICE("other.lab.test"));
	hosts_add(h, &six, SLICE("six.lab.test"));
	assert_string_equal(hosts_name(h, &one), "www.lab.test");
	assert_string_equal(hosts_name(h, &six), "six.lab.test");
	assert_null(hosts_name(h, &two));
	assert_int_equal(hosts_count(h), 2);
	assert_string_equal(hosts_at(h, 1)->name, "six.lab.test");
	assert_int_equal(hosts_at(h, 1)->addr.family, 6);
	hosts_free(h);
}

/* Nothing, too much, and an address that is none. */
static void test_no_name(void **state)
{
	struct pkt_addr one = ip4(2, 1), none = { 0 };
	struct hosts *h = hosts_new();
	char longest[HOSTS_NAME];

	memset(longest, 'x', sizeof(longest));
	hosts_add(h, &one, SLICE(""));
	hosts_add(h, &one, slice_of(longest, HOSTS_NAME));
	hosts_add(h, &none, SLICE("nobody"));
	assert_int_equal(hosts_count(h), 0);
	hosts_add(h, &one, slice_of(longest, HOSTS_NAME - 1));
	assert_int_equal(strlen(hosts_name(h, &one)), HOSTS_NAME - 1);
	hosts_free(h);
	hosts_free(NULL);
}

static void test_bounded(void **state)
{
	struct hosts *h = hosts_new();

	for (unsigned i = 0; i < 2 * HOSTS_MAX; i++) {
		struct pkt_addr a = ip4((uint8_t)(i >> 8), (uint8_t)i);
		char name[32];

		snprintf(name, sizeof(name), "h%u", i);
		hosts_add(h, &a, slice_str(name));
	}
	assert_int_equal(hosts_count(h), HOSTS_MAX);
	assert_string_equal(hosts_at(h, HOSTS_MAX - 1)->name, "h8191");
	assert_string_equal(hosts_name(h, &(struct pkt_addr){ .family = 4, .b = { 192, 0, 1, 2 } }), "h258");
	hosts_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_name_stays),
		cmocka_unit_test(test_no_name),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
