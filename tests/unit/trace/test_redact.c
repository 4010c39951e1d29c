/* Secrets taken out: of notes, of packets, whole and in pieces; and nothing else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness.h"

#define COOKIE "Zm9vYmFyYmF6cXV4"
#define TOKEN  "dG9rZW4tdG9rZW4tdG9rZW4"

static const char request[] = "GET /a?token=" TOKEN "&page=2 HTTP/1.1\r\nHost: www.lab.test\r\nCookie: "
                              "sid=" COOKIE "; theme=dark\r\nAuthorization: "
                              "Bearer " TOKEN "\r\n\r\n";

/* What every sink would see of the packets' bytes and of what is said. */
struct seen {
	struct sink sink;
	char bytes[65536];
	size_t n;
	char words[65536];
	size_t nwords;
	bool secrets;
};

static int seen_packet(struct sink *sink, const struct frame *f, struct err *e)
{
	struct seen *s = (struct seen *)sink;
	struct buf text = { 0 };

	assert_true(s->n + f->pkt.bytes.n < sizeof(s->bytes));
	memcpy(s->bytes + s->n, f->pkt.bytes.p, f->pkt.bytes.n);
	s->n += f->pkt.bytes.n;
	if (f->pkt.transport && f->pkt.transport->proto == PROTO_TCP)
		assert_int_equal(pkt_cksum(&f->pkt, f->pkt.transport, NULL), PKT_CKSUM_GOOD);
	buf_puts(&text, f->info);
	for (const struct note *n = f->notes.first; n; n = n->next) {
		note_text(n, NOTE_EN, &text);
		for (unsigned i = 0; i < n->nfields; i++) {
			buf_putc(&text, '\n');
			note_value(&n->fields[i], &text);
		}
	}
	assert_true(s->nwords + text.n < sizeof(s->words));
	memcpy(s->words + s->nwords, text.p, text.n);
	s->nwords += text.n;
	buf_fini(&text);
	return 0;
}

static int seen_secrets(struct sink *sink, struct slice lines, struct err *e)
{
	((struct seen *)sink)->secrets = true;
	return 0;
}

static int seen_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	return 0;
}

static int seen_flush(struct sink *sink, struct err *e)
{
	return 0;
}

static const struct sink_ops seen_ops = {
	.name = "seen", .packet = seen_packet, .secrets = seen_secrets, .end = seen_end, .flush = seen_flush
};

static void run(struct lab *l, struct seen *s)
{
	struct err e = { 0 };
	struct trace *t;

	memset(s, 0, sizeof(*s));
	s->sink.ops = &seen_ops;
	l->config.redact = true;
	l->at = 0;
	t = trace_new(&l->config, &e);
	assert_non_null(t);
	assert_int_equal(trace_add_sink(t, &s->sink, &e), 0);
	assert_int_equal(trace_run(t, &l->source, &e), 0);
	trace_free(t);
}

static bool has(const char *in, size_t n, const char *what)
{
	return memmem(in, n, what, strlen(what)) != NULL;
}

static void shows_nothing(const struct seen *s)
{
	assert_false(has(s->bytes, s->n, COOKIE));
	assert_false(has(s->bytes, s->n, TOKEN));
	assert_false(has(s->words, s->nwords, "Zm9vYm"));
	assert_false(has(s->words, s->nwords, "dG9rZW"));
}

static void values_get_names(void **state)
{
	static struct seen s;
	struct talk t;
	struct lab l;

	lab_init(&l);
	talk_init(&t, &l, 4000, 80);
	talk_open(&t);
	talk_text(&t, FLOW_CLIENT, request);
	talk_text(&t, FLOW_SERVER,
	    "HTTP/1.1 200 OK\r\nSet-Cookie: sid=" COOKIE "; HttpOnly\r\nContent-Type: "
	    "text/html\r\nContent-Length: "
	    "4\r\n\r\nbody");
	run(&l, &s);
	shows_nothing(&s);
	assert_true(has(s.bytes, s.n, "GET /a?token="));
	assert_true(has(s.bytes, s.n, "Cookie: sid=cookie-1"));
	assert_true(has(s.bytes, s.n, "Set-Cookie: sid=cookie-1"));
	assert_true(has(s.bytes, s.n, "\r\n\r\nbody"));
	assert_true(has(s.words, s.nwords, "cookie-1"));
	assert_true(has(s.words, s.nwords, "page=2"));
	lab_fini(&l);
}

/* Whatever the cut: the part that came first was shown before anybody knew what it is. */
static void every_split(void **state)
{
	static struct seen s;

	for (size_t cut = 1; cut < sizeof(request) - 1; cut++) {
		struct talk t;
		struct lab l;

		lab_init(&l);
		talk_init(&t, &l, 4000, 80);
		talk_open(&t);
		talk_send(&t, FLOW_CLIENT, TCP_ACK, slice_of(request, cut));
		talk_send(&t, FLOW_CLIENT, TCP_ACK, slice_of(request + cut, sizeof(request) - 1 - cut));
		run(&l, &s);
		for (size_t n = 6; n < strlen(COOKIE); n++) {
			assert_null(memmem(s.bytes, s.n, COOKIE, n));
			assert_null(memmem(s.bytes, s.n, COOKIE + strlen(COOKIE) - n, n));
			assert_null(memmem(s.bytes, s.n, TOKEN, n));
		}
		shows_nothing(&s);
		lab_fini(&l);
	}
}

/* Bodies of forms and JSON, protocols nobody knows, segments that come again or wait behind a hole. */
static void what_nobody_judged_stays_hidden(void **state)
{
	static const char form[] = "user=alice&password=correct-horse";
	static struct seen s;
	char post[256];
	struct talk t;
	struct lab l;

	lab_init(&l);
	talk_init(&t, &l, 4000, 80);
	talk_open(&t);
	snprintf(post, sizeof(post),
	    "POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: "
	    "application/x-www-form-urlencoded\r\nContent-Length: "
	    "%zu\r\n\r\n%s",
	    sizeof(form) - 1, form);
	talk_text(&t, FLOW_CLIENT, post);
	lab_again(&l, 300 * CLOCK_MS);
	talk_lose(&t, FLOW_CLIENT, 10);
	talk_text(&t, FLOW_CLIENT, request);
	talk_init(&t, &l, 4001, 25);
	talk_open(&t);
	talk_text(&t, FLOW_CLIENT, "AUTH PLAIN correct-horse\r\n");
	run(&l, &s);
	shows_nothing(&s);
	assert_false(has(s.bytes, s.n, "correct-horse"));
	assert_false(has(s.words, s.nwords, "correct-horse"));
	assert_true(has(s.bytes, s.n, "POST /login HTTP/1.1"));
	lab_fini(&l);
}

/* More secrets in one head than are kept apart: then none of it is shown. */
static void a_flood_hides_all(void **state)
{
	static char text[32768];
	static struct seen s;
	struct talk t;
	struct lab l;
	size_t n = (size_t)sprintf(text, "GET / HTTP/1.1\r\nHost: a\r\nCookie: ");

	for (int i = 0; i < 400; i++)
		n += (size_t)sprintf(text + n, "n%d=value-%d-secret; ", i, i);
	sprintf(text + n, "last=" COOKIE "\r\nReferer: /x?a=" COOKIE "\r\n\r\n");
	lab_init(&l);
	talk_init(&t, &l, 4000, 80);
	talk_open(&t);
	talk_text(&t, FLOW_CLIENT, text);
	run(&l, &s);
	shows_nothing(&s);
	assert_false(has(s.bytes, s.n, "-secret"));
	assert_false(has(s.words, s.nwords, "-secret"));
	lab_fini(&l);
}

static void texts_looked_for_are_secrets_too(void **state)
{
	static struct seen s;
	struct talk t;
	struct lab l;

	lab_init(&l);
	l.config.find[l.config.nfind++] = "correct-horse";
	talk_init(&t, &l, 4000, 25);
	talk_open(&t);
	talk_text(&t, FLOW_CLIENT, "AUTH PLAIN correct-horse\r\n");
	run(&l, &s);
	assert_false(has(s.words, s.nwords, "correct-horse"));
	assert_true(has(s.words, s.nwords, "text-1"));
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_get_names),
		cmocka_unit_test(every_split),
		cmocka_unit_test(what_nobody_judged_stays_hidden),
		cmocka_unit_test(a_flood_hides_all),
		cmocka_unit_test(texts_looked_for_are_secrets_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
