/* The secrets of the demo's client: drawn afresh, and a token changed in one place only. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"
#include "lab/visit.h"

#include <stdio.h>
#include <string.h>

static void secrets_are_fresh_and_plain(void **state)
{
	struct visit_secrets a, b;
	struct err e;

	assert_int_equal(visit_secrets(&a, &e), 0);
	assert_int_equal(visit_secrets(&b, &e), 0);
	assert_string_not_equal(a.password, b.password);
	assert_string_not_equal(a.forged, b.forged);
	/* Nothing a form or a shell would have to quote. */
	assert_int_equal(strspn(a.password, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(a.password));
	assert_non_null(strstr(a.form, a.password));
	assert_non_null(strstr(a.basic, a.password));
}

/* {"access_token":"HEAD.base64url(payload).c2ln", ...} */
static void answer(const char *payload, char *to, size_t size)
{
	struct buf b = { 0 };

	assert_int_equal(base64_put(&b, slice_str(payload), BASE64_URL | BASE64_UNPADDED), 0);
	snprintf(to, size, "{\"access_token\":\"aGVhZA.%s.c2ln\",\"token_type\":\"Bearer\"}", buf_cstr(&b));
	buf_fini(&b);
}

static void changes_only_the_name(void **state)
{
	struct visit_secrets s = { 0 };
	struct err e;
	char json[512], expected[512];

	answer("{\"iss\":\"osilab\",\"sub\":\"alice\",\"exp\":17}", json, sizeof(json));
	assert_int_equal(visit_token(&s, slice_str(json), &e), 0);
	assert_non_null(strstr(json, s.bearer + strlen("Authorization: Bearer ")));
	answer("{\"iss\":\"osilab\",\"sub\":\"admin\",\"exp\":17}", expected, sizeof(expected));
	assert_non_null(strstr(expected, s.tampered + strlen("Authorization: Bearer ")));
	assert_int_equal(strlen(s.bearer), strlen(s.tampered));
}

static void refuses_what_is_no_token(void **state)
{
	static const char *const bad[] = { "", "{}", "{\"access_token\":\"\"}", "{\"access_token\":\"a.b\"}",
		"{\"access_token\":\"a.b.c\"}", "{\"access_token\":\"a.!!!!.c\"}", "\"access_token\":\"" };
	struct visit_secrets s;
	struct err e;
	char json[512];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&e, 0, sizeof(e));
		assert_int_equal(visit_token(&s, slice_str(bad[i]), &e), -1);
		assert_int_equal(e.kind, ERR_DATA);
	}
	answer("{\"sub\":\"bob\"}", json, sizeof(json));
	assert_int_equal(visit_token(&s, slice_str(json), &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_fresh_and_plain),
		cmocka_unit_test(changes_only_the_name),
		cmocka_unit_test(refuses_what_is_no_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
