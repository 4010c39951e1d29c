/* Looking for texts in clear: what is found, where, and the summary by port. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness.h"

#define C FLOW_CLIENT
#define S FLOW_SERVER

static void find(struct lab *l, const char *text)
{
	l->config.find[l->config.nfind++] = text;
}

static void test_hit(void **state)
{
	struct lab l;
	struct talk t;

	lab_init(&l);
	find(&l, "hunter2");
	find(&l, "no such text");
	talk_init(&t, &l, 40000, 80);
	talk_open(&t);
	talk_text(&t, C, "password=hunter2");          /* 4 */
	talk_text(&t, C, "nothing");                   /* 5 */
	talk_text(&t, S, "hunter2 and hunter2 again"); /* 6 */
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_FIND_HIT), 2); /* one for each packet */
	assert_int_equal(lab_find(&l, NOTE_FIND_HIT, 0)->packet, 4);
	assert_int_equal(lab_find(&l, NOTE_FIND_HIT, 0)->off, 54 + 9);
	assert_int_equal(lab_find(&l, NOTE_FIND_HIT, 0)->len, 7);
	assert_int_equal(lab_find(&l, NOTE_FIND_HIT, 1)->off, 54);
	lab_expect(lab_one(&l, NOTE_FIND_SEEN), "osilab.find.packets", "2");
	lab_expect(lab_one(&l, NOTE_FIND_SEEN), "osilab.find.port", "80");
	lab_expect(lab_one(&l, NOTE_FIND_SEEN), "osilab.ref", "4");
	assert_int_equal(lab_one(&l, NOTE_FIND_SEEN)->packet, 0);                /* at the end */
	lab_expect(lab_one(&l, NOTE_FIND_NOT_SEEN), "osilab.find.packets", "3"); /* with payload */
	lab_expect(lab_one(&l, NOTE_FIND_NOT_SEEN), "osilab.find.text", "no such text");
	lab_fini(&l);
}

static void test_ports_apart(void **state)
{
	struct lab l;
	struct talk plain, sealed;

	lab_init(&l);
	find(&l, "secret");
	talk_init(&plain, &l, 40000, 80);
	talk_init(&sealed, &l, 40001, 443);
	talk_open(&plain);
	talk_open(&sealed);
	talk_text(&plain, C, "a secret");
	talk_text(&sealed, C, "8f2c91");
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_FIND_SEEN), "osilab.find.port", "80");
	lab_expect(lab_one(&l, NOTE_FIND_NOT_SEEN), "osilab.find.port", "443");
	lab_fini(&l);
}

/* More ports than are told apart: nothing is said of a port that is not true of it. */
static void test_many_ports(void **state)
{
	struct lab l;
	size_t seen = 0, not_seen = 0;

	lab_init(&l);
	find(&l, "secret");
	for (uint16_t port = 1; port <= 100; port++) {
		struct talk t;

		talk_init(&t, &l, 40000, port);
		talk_send(&t, C, TCP_SYN, SLICE(""));
		talk_text(&t, C, port == 70 || port == 90 ? "a secret" : "nothing");
	}
	lab_run(&l);
	for (size_t i = 0; i < l.nnotes; i++) {
		seen += l.notes[i].id == NOTE_FIND_SEEN;
		not_seen += l.notes[i].id == NOTE_FIND_NOT_SEEN;
		if (l.notes[i].id == NOTE_FIND_SEEN) {
			lab_expect(&l.notes[i], "osilab.find.port", "(any other)");
			lab_expect(&l.notes[i], "osilab.find.packets", "2");
		}
	}
	assert_int_equal(seen, 1);
	assert_int_equal(not_seen, TRACE_FIND_PORTS - 1);
	lab_fini(&l);
}

/* Whatever the text: a terminal control in it is shown harmless (the harness looks), eight at a time. */
static void test_texts(void **state)
{
	struct lab l;
	struct talk t;

	lab_init(&l);
	find(&l, "\x1b[31m");
	find(&l, "한글");
	for (int i = 0; i < 6; i++)
		find(&l, "e");
	talk_init(&t, &l, 40000, 80);
	talk_text(&t, C, "\x1b[31m 한글 e");
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_FIND_HIT), 8);
	assert_non_null(strstr(lab_find(&l, NOTE_FIND_HIT, 1)->text, "한글"));
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hit),
		cmocka_unit_test(test_ports_apart),
		cmocka_unit_test(test_many_ports),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
