/* Base64: RFC 4648's own examples, and that decoding takes nothing else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"

#include <stdlib.h>

static void test_known(void **state)
{
	static const char *const rows[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xbf", "+/+/" } };
	uint8_t out[16];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf b = { 0 };

		assert_int_equal(base64_put(&b, slice_str(rows[i][0]), BASE64_STD), 0);
		assert_string_equal(buf_cstr(&b), rows[i][1]);
		assert_int_equal(
		    base64_decode(slice_str(rows[i][1]), BASE64_STD, out, sizeof(out)), strlen(rows[i][0]));
		assert_memory_equal(out, rows[i][0], strlen(rows[i][0]));
		buf_fini(&b);
	}
}

/* Any octets, each kind, memory of exactly the size promised. */
static void test_round_trip(void **state)
{
	static const int kinds[] = { BASE64_STD, BASE64_URL, BASE64_UNPADDED, BASE64_URL | BASE64_UNPADDED };
	size_t k, n, i;

	for (k = 0; k < 4; k++) {
		for (n = 0; n < 70; n++) {
			size_t size = base64_encoded_size(n, kinds[k]);
			uint8_t *in = malloc(n + !n), *back = malloc(n + !n);
			char *text = malloc(size + !size);

			for (i = 0; i < n; i++)
				in[i] = (uint8_t)(i * 83 + n * 7);
			base64_encode(slice_of(in, n), kinds[k], text);
			assert_int_equal(base64_decode(slice_of(text, size), kinds[k], back, n), n);
			assert_memory_equal(in, back, n);
			if (n)
				assert_int_equal(
				    base64_decode(slice_of(text, size), kinds[k], back, n - 1), -1);
			assert_true(base64_decoded_room(size) >= n);
			assert_int_equal(
			    base64_decode(slice_of(text, size), kinds[k], (uint8_t *)text, size), n);
			free(in);
			free(back);
			free(text);
		}
	}
}

static void test_strict(void **state)
{
	static const struct {
		const char *text;
		int flags;
	} bad[] = {
		{ "Zg", BASE64_STD },
		{ "Zg=", BASE64_STD },
		{ "Zg===", BASE64_STD },
		{ "Zg== ", BASE64_STD },
		{ " Zg==", BASE64_STD },
		{ "Z\ng==", BASE64_STD },
		{ "Zh==", BASE64_STD },
		{ "Zm9=", BASE64_STD },
		{ "Z===", BASE64_STD },
		{ "====", BASE64_STD },
		{ "Zg==Zg==", BASE64_STD },
		{ "-_-_", BASE64_STD },
		{ "+/+/", BASE64_URL },
		{ "Zg==", BASE64_UNPADDED },
		{ "Z", BASE64_UNPADDED },
		{ "Zm9vY", BASE64_UNPADDED },
		{ "Zh", BASE64_UNPADDED },
		{ "Zg=", BASE64_ANY_PADDING },
		{ "Zm9v=", BASE64_ANY_PADDING },
		{ "Zm9v\x80", BASE64_ANY_PADDING },
	};
	uint8_t out[16];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(base64_decode(slice_str(bad[i].text), bad[i].flags, out, sizeof(out)), -1);
	assert_int_equal(base64_decode(SLICE("Zg=="), BASE64_ANY_PADDING, out, sizeof(out)), 1);
	assert_int_equal(base64_decode(SLICE("Zg"), BASE64_ANY_PADDING, out, sizeof(out)), 1);
	assert_int_equal(base64_decode(SLICE("-_-_"), BASE64_URL, out, sizeof(out)), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
