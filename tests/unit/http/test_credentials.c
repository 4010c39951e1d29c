/* Authorization and WWW-Authenticate. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exact.h"
#include "http/credentials.h"

static void test_split(void **state)
{
	struct http_credentials c;

	assert_int_equal(http_credentials_split(SLICE("bAsIc  abc= "), &c), 0);
	assert_int_equal(c.scheme, HTTP_SCHEME_BASIC);
	assert_true(slice_eq_str(c.scheme_text, "bAsIc"));
	assert_true(slice_eq_str(c.rest, "abc="));
	assert_int_equal(http_credentials_split(SLICE("Bearer"), &c), 0);
	assert_int_equal(c.scheme, HTTP_SCHEME_BEARER);
	assert_int_equal(c.rest.n, 0);
	assert_int_equal(http_credentials_split(SLICE("Digest a=b"), &c), 0);
	assert_int_equal(c.scheme, HTTP_SCHEME_DIGEST);
	assert_int_equal(http_credentials_split(SLICE("Negotiate x"), &c), 0);
	assert_int_equal(c.scheme, HTTP_SCHEME_OTHER);
	assert_int_equal(http_credentials_split(SLICE(""), &c), -1);
	assert_int_equal(http_credentials_split(SLICE(" Basic x"), &c), -1);
	assert_int_equal(http_credentials_split(SLICE("Basic,x"), &c), -1);
	assert_int_equal(http_credentials_split(SLICE("Basic\tx"), &c), -1);
}

static int basic(const char *text, struct slice *user, struct slice *password)
{
	static char buf[64];
	struct slice in = exact(slice_str(text));
	int r = http_basic_decode(in, buf, sizeof(buf), user, password);

	exact_free(in);
	return r;
}

static void test_basic(void **state)
{
	struct slice u, p;
	char small[9];

	assert_int_equal(basic("bWU6bzpwZW4=", &u, &p), 0);
	assert_true(slice_eq_str(u, "me"));
	assert_true(slice_eq_str(p, "o:pen"));
	assert_int_equal(basic("Og==", &u, &p), 0);
	assert_int_equal(u.n + p.n, 0);
	assert_int_equal(basic("", &u, &p), -1);
	assert_int_equal(basic("bWU=", &u, &p), -1);     /* "me" */
	assert_int_equal(basic("bWU6bw", &u, &p), -1);   /* no padding */
	assert_int_equal(basic("bWU6bx==", &u, &p), -1); /* stray bits */
	assert_int_equal(basic("bWU6 bw==", &u, &p), -1);
	assert_int_equal(basic("bWU6bwA=", &u, &p), -1); /* "me:o\0" */
	assert_int_equal(basic("bWUKOm8=", &u, &p), -1); /* "me\n:o" */
	assert_int_equal(http_basic_decode(SLICE("bWU6bzpwZW4="), small, 8, &u, &p), 0);
	assert_int_equal(http_basic_decode(SLICE("bWU6bzpwZW4="), small, 7, &u, &p), -1);
}

static void test_bearer(void **state)
{
	struct slice t;

	assert_int_equal(http_bearer(SLICE("aB9-._~+/=="), &t), 0);
	assert_true(slice_eq_str(t, "aB9-._~+/=="));
	assert_int_equal(http_bearer(SLICE(""), &t), -1);
	assert_int_equal(http_bearer(SLICE("="), &t), -1);
	assert_int_equal(http_bearer(SLICE("a=b"), &t), -1);
	assert_int_equal(http_bearer(SLICE("a b"), &t), -1);
	assert_int_equal(http_bearer(SLICE("a,b"), &t), -1);
	assert_int_equal(http_bearer(SLICE("a\"b"), &t), -1);
}

static void test_params(void **state)
{
	static const struct {
		const char *name, *value;
		bool escaped;
	} want[] = {
		{ "username", "J\\\"ack, jr", true },
		{ "realm", "", false },
		{ "nc", "00000001", false },
		{ "qop", "auth", false },
	};
	struct slice rest = SLICE(" ,username=\"J\\\"ack, jr\" , realm = "
	                          "\"\",,nc=00000001,qop=auth , "),
	             name, value;
	bool escaped;
	char out[16];
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_int_equal(http_param_next(&rest, &name, &value, &escaped), 1);
		assert_true(slice_eq_str(name, want[i].name));
		assert_true(slice_eq_str(value, want[i].value));
		assert_int_equal(escaped, want[i].escaped);
		if (i == 0) {
			assert_int_equal(http_unquote(value, out, sizeof(out)), 9);
			assert_memory_equal(out, "J\"ack, jr", 9);
			assert_int_equal(http_unquote(value, out, 8), -1);
		}
	}
	assert_int_equal(http_param_next(&rest, &name, &value, &escaped), 0);
	assert_int_equal(http_param_next(&rest, &name, &value, &escaped), 0);
	assert_int_equal(http_unquote(SLICE("a\\"), out, sizeof(out)), 2);
}

static void test_bad_params(void **state)
{
	static const char *const bad[] = { "a", "a b=c", "=b", "a=", "a=,", "a=\"b", "a=\"b\\\"", "a=b c",
		"a=\"b\"c", "a=b;c=d", "\"a\"=b" };
	struct slice name, value;
	bool escaped;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct slice in = exact(slice_str(bad[i])), rest = in;

		assert_int_equal(http_param_next(&rest, &name, &value, &escaped), -1);
		exact_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_bearer),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_bad_params),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
