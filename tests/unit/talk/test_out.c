/* talk: the hex dump, and what waits for stdout. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "talk/talk.h"

static void must_be(struct buf *b, const char *text)
{
	assert_false(b->failed);
	assert_int_equal(buf_putc(b, '\0'), 0);
	assert_string_equal((const char *)b->p, text);
	buf_fini(b);
}

static void test_hex(void **state)
{
	struct buf b = { 0 };

	talk_hex(&b, '<', 0, slice_str(""));
	assert_int_equal(b.n, 0);
	talk_hex(&b, '<', 255, slice_of("a\x7f\0\xff|", 5));
	must_be(&b, "< 000000ff  61 7f 00 ff 7c                                    |a...||\n");
	b = (struct buf){ 0 };
	talk_hex(&b, '>', 0, slice_str("0123456789abcdefg"));
	must_be(&b, "> 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
	            "> 00000010  67                                                |g|\n");
}

/* Of what was sent nothing is shown without hex; offsets go on in each direction by themselves. */
static void test_put(void **state)
{
	struct talk_out t = { 0 };

	assert_int_equal(talk_out_put(&t, '>', slice_str("sent"), NULL), 0);
	assert_true(talk_out_empty(&t));
	assert_int_equal(talk_out_put(&t, '<', slice_str("got"), NULL), 0);
	assert_false(talk_out_empty(&t));
	must_be(&t.text, "got");
	t = (struct talk_out){ .hex = true };
	talk_out_put(&t, '>', slice_str("one"), NULL);
	talk_out_put(&t, '<', slice_str("a"), NULL);
	talk_out_put(&t, '>', slice_str("b"), NULL);
	must_be(&t.text, "> 00000000  6f 6e 65                                          |one|\n"
	                 "< 00000000  61                                                |a|\n"
	                 "> 00000003  62                                                |b|\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
