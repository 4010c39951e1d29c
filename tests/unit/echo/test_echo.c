/* echo: the table of models. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "echo/echo.h"

#include <stdlib.h>
#include <string.h>

static void test_table(void **state)
{
	for (size_t i = 0; i < echo_n_models; i++) {
		const struct echo_model *m = &echo_models[i], *found;

		assert_true(!strcmp(m->transport, "tcp") || !strcmp(m->transport, "udp"));
		assert_non_null(m->name);
		assert_non_null(m->blocking);
		assert_non_null(m->sync);
		assert_non_null(m->waits);
		assert_non_null(m->limit);
		assert_non_null(m->run);
		assert_int_equal(strncmp(m->file, "src/echo/", 9), 0);
		assert_int_equal(echo_find(&found, m->transport, m->name, NULL), 0);
		assert_ptr_equal(found, m); /* so no name comes twice */
	}
}

static void test_find_fails(void **state)
{
	const struct echo_model *m;
	struct err e = { 0 };

	assert_int_equal(echo_find(&m, "tcp", "epol", &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_non_null(strstr(e.msg, "did you mean epoll?"));
	assert_non_null(strstr(e.msg, "iterative"));
	assert_int_equal(echo_find(&m, "udp", "iterative", &e), -1);
	assert_int_equal(echo_find(&m, "tcp", "", &e), -1);
	assert_null(strstr(e.msg, "did you mean"));
}

static void test_list(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	echo_list(f);
	fclose(f);
	for (size_t i = 0; i < echo_n_models; i++) {
		assert_non_null(strstr(text, echo_models[i].file));
		assert_non_null(strstr(text, echo_models[i].waits));
		assert_non_null(strstr(text, echo_models[i].limit));
	}
	free(text);
}

static void test_open_fails(void **state)
{
	const struct echo_model *m;
	struct echo_server first = { 0 }, second = { 0 };
	struct addr at;
	struct err e = { 0 };

	assert_int_equal(echo_find(&m, "tcp", "epoll", NULL), 0);
	assert_int_equal(addr_parse(&at, "127.0.0.1", 0, NULL), 0);
	assert_int_equal(echo_open(&first, m, &at, NULL), 0);
	assert_int_equal(echo_open(&second, m, &first.at, &e), -1);
	assert_int_equal(e.kind, ERR_ENV);
	assert_non_null(strstr(e.msg, "in use"));
	echo_close(&first);
	assert_int_equal(first.fd, -1);
	echo_close(&first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_find_fails),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_open_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
