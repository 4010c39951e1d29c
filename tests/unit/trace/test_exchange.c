/* Exchanges: what sinks that want whole requests and responses are given, and that others pay nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness.h"

#define C FLOW_CLIENT
#define S FLOW_SERVER
#define Q EXCHANGE_REQUEST
#define A EXCHANGE_RESPONSE

enum { SEEN_MAX = 600 };

/* A sink that keeps what it is given, flat. */
struct seen {
	uint64_t id, packet; /* its pair; the packet after which it came */
	bool secure;
	int64_t connected_ts;
	uint32_t nth;
	struct {
		uint64_t first, head, last, bytes, kept;
		int64_t wait;
		bool done, cut, hole, hidden;
		unsigned status;
		size_t nfields;
		char line[200], body[64], values[400];
	} msg[2];
};

static struct seen seen[SEEN_MAX];
static unsigned nseen, fail_at;
static uint64_t packets;

static int keep_packet(struct sink *s, const struct frame *f, struct err *e)
{
	packets = f->number;
	return 0;
}

static int keep_secrets(struct sink *s, struct slice lines, struct err *e)
{
	return 0;
}

static int keep_end(struct sink *s, const struct trace_end *end, struct err *e)
{
	return 0;
}

static int keep_flush(struct sink *s, struct err *e)
{
	return 0;
}

static int keep_exchange(struct sink *s, const struct exchange *x, struct err *e)
{
	struct seen *one = &seen[nseen];

	if (fail_at && nseen + 1 == fail_at)
		return err_set(e, ERR_ENV, "full");
	assert_true(nseen < SEEN_MAX);
	nseen++;
	memset(one, 0, sizeof(*one));
	one->id = x->id;
	one->packet = packets;
	one->secure = x->secure;
	one->nth = x->nth;
	one->connected_ts = x->connected_ts;
	for (int part = Q; part <= A; part++) {
		const struct exchange_msg *m = &x->msg[part];

		one->msg[part].first = m->first;
		one->msg[part].head = m->head;
		one->msg[part].last = m->last;
		one->msg[part].bytes = m->body_bytes;
		one->msg[part].kept = m->body.n;
		one->msg[part].done = m->done;
		one->msg[part].cut = m->cut;
		one->msg[part].hole = m->hole;
		one->msg[part].hidden = m->hidden;
		for (size_t i = 0, at = 0; i < m->nfields && at < sizeof(one->msg[part].values); i++)
			at += (size_t)snprintf(one->msg[part].values + at, sizeof(one->msg[part].values) - at,
			    "%.*s|", SLICE_ARG(m->fields[i].value));
		one->msg[part].status = m->status;
		one->msg[part].nfields = m->nfields;
		snprintf(one->msg[part].line, sizeof(one->msg[part].line), "%.*s %.*s %.*s %s",
		    SLICE_ARG(m->method), SLICE_ARG(m->target), SLICE_ARG(m->authority),
		    m->version ? m->version : "-");
		slice_cstr(buf_view(&m->body), one->msg[part].body, sizeof(one->msg[part].body));
	}
	return 0;
}

static const struct sink_ops keeper = { "keeper", keep_packet, keep_secrets, keep_end, keep_flush, NULL,
	keep_exchange };

struct fixture {
	struct lab lab;
	struct talk talk;
	struct sink sink;
};

static void setup(struct fixture *f)
{
	lab_init(&f->lab);
	talk_init(&f->talk, &f->lab, 40000, 8080);
	talk_open(&f->talk);
	f->sink.ops = &keeper;
}

static int run(struct fixture *f, struct err *e)
{
	int rc;

	nseen = 0;
	packets = 0;
	lab_forget(&f->lab);
	f->lab.trace = trace_new(&f->lab.config, e);
	assert_non_null(f->lab.trace);
	assert_int_equal(trace_add_sink(f->lab.trace, &f->sink, e), 0);
	rc = trace_run(f->lab.trace, &f->lab.source, e);
	return rc;
}

static void must_run(struct fixture *f)
{
	struct err e = { 0 };

	if (run(f, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(f->lab.trace->held, 0); /* all that was held was given back */
}

static void test_pair(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "POST /a?x=1 HTTP/1.1\r\nHost: h.example\r\n");                         /* 4 */
	talk_text(&f.talk, C, "Content-Length: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\nhel");                    /* 5 */
	talk_text(&f.talk, C, "lo");                                                                  /* 6 */
	talk_text(&f.talk, S, "HTTP/1.1 100 Continue\r\n\r\n");                                       /* 7 */
	talk_text(&f.talk, S, "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"); /* 8 */
	talk_text(&f.talk, S, "2\r\nde\r\n0\r\n\r\n");                                                /* 9 */
	talk_close(&f.talk);
	must_run(&f);
	assert_int_equal(nseen, 1);
	assert_int_equal(seen[0].packet, 9);
	assert_false(seen[0].secure);
	assert_int_equal(seen[0].nth, 1);
	assert_int_equal(seen[0].connected_ts, LAB_START + 20 * CLOCK_MS);
	assert_string_equal(seen[0].msg[Q].line, "POST /a?x=1 h.example HTTP/1.1");
	assert_int_equal(seen[0].msg[Q].first, 4);
	assert_int_equal(seen[0].msg[Q].head, 5);
	assert_int_equal(seen[0].msg[Q].last, 6);
	assert_int_equal(seen[0].msg[Q].nfields, 4);
	assert_string_equal(seen[0].msg[Q].body, "hello");
	assert_true(seen[0].msg[Q].done && seen[0].msg[A].done);
	assert_int_equal(seen[0].msg[A].status, 200);
	assert_int_equal(seen[0].msg[A].first, 8);
	assert_int_equal(seen[0].msg[A].last, 9);
	assert_string_equal(seen[0].msg[A].body, "abcde");
	assert_false(seen[0].msg[A].cut || seen[0].msg[A].hole);
	lab_fini(&f.lab);
}

static void test_pipelined(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S,
	    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
	must_run(&f);
	assert_int_equal(nseen, 2);
	assert_string_equal(seen[0].msg[Q].line, "GET /1 h HTTP/1.1");
	assert_string_equal(seen[0].msg[A].body, "1");
	assert_string_equal(seen[1].msg[Q].line, "HEAD /2 h HTTP/1.1");
	assert_int_equal(seen[1].msg[A].bytes, 0);
	assert_int_equal(seen[1].nth, 2);
	lab_fini(&f.lab);
}

/* What is open at the end comes as it is: a request without answer, an answer without request, half a body. */
static void test_incomplete(void **state)
{
	struct fixture f;
	struct talk late;

	setup(&f);
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
	talk_text(&f.talk, C, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_init(&late, &f.lab, 40001, 8080);
	talk_text(&late, S, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
	must_run(&f);
	assert_int_equal(nseen, 3);
	assert_int_equal(seen[0].msg[Q].head, 0);
	assert_int_equal(seen[0].msg[A].status, 404);
	assert_true(seen[0].msg[A].done);
	assert_int_equal(seen[0].packet, 7);
	assert_string_equal(seen[1].msg[A].body, "half");
	assert_false(seen[1].msg[A].done);
	assert_string_equal(seen[2].msg[Q].line, "GET /2 h HTTP/1.1");
	assert_int_equal(seen[2].msg[A].head, 0);
	lab_fini(&f.lab);
}

/* A hole ends what is kept; the size counts on. */
static void test_hole(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
	talk_lose(&f.talk, S, 4);
	talk_text(&f.talk, S, "hij");
	talk_ack(&f.talk, C);
	must_run(&f);
	assert_int_equal(nseen, 1);
	assert_string_equal(seen[0].msg[A].body, "abc");
	assert_true(seen[0].msg[A].hole && seen[0].msg[A].done);
	assert_int_equal(seen[0].msg[A].bytes, 10);
	lab_fini(&f.lab);
}

static void add_body(struct fixture *f, size_t n)
{
	char head[100], *body = malloc(n);

	memset(body, 'x', n);
	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", n);
	talk_text(&f->talk, S, head);
	talk_data(&f->talk, S, slice_of(body, n), 60000);
	free(body);
}

/* A long body is counted whole and kept in part; none is kept when memory is short. */
static void test_bounds(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	add_body(&f, EXCHANGE_BODY_MAX + 70000);
	must_run(&f);
	assert_int_equal(nseen, 1);
	assert_int_equal(seen[0].msg[A].bytes, EXCHANGE_BODY_MAX + 70000);
	assert_int_equal(seen[0].msg[A].kept, EXCHANGE_BODY_MAX);
	assert_true(seen[0].msg[A].cut);
	f.lab.config.memory = 200000;
	must_run(&f);
	assert_int_equal(seen[0].msg[A].bytes, EXCHANGE_BODY_MAX + 70000);
	assert_in_range(seen[0].msg[A].kept, 0, 200000);
	assert_true(seen[0].msg[A].cut);
	lab_fini(&f.lab);
}

/* Requests that nobody answers do not pile up. */
static void test_many_open(void **state)
{
	struct fixture f;

	setup(&f);
	for (int i = 0; i < EXCHANGES_MAX + 10; i++)
		talk_text(&f.talk, C, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	must_run(&f);
	assert_int_equal(nseen, EXCHANGES_MAX + 10);
	assert_int_equal(seen[0].packet, 4 + EXCHANGES_MAX);
	assert_int_equal(seen[nseen - 1].nth, EXCHANGES_MAX + 10);
	lab_fini(&f.lab);
}

/* A sink that fails ends the run; what was not given is freed (a sanitizer looks). */
static void test_failure(void **state)
{
	struct fixture f;
	struct err e = { 0 };

	setup(&f);
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 204 No\r\n\r\nHTTP/1.1 204 No\r\n\r\n");
	talk_ack(&f.talk, C);
	fail_at = 1;
	assert_int_equal(run(&f, &e), -1);
	fail_at = 0;
	assert_string_equal(e.msg, "full");
	assert_int_equal(nseen, 0);
	assert_int_equal(packets, 5);
	lab_fini(&f.lab);
}

/* Where secrets are taken out, they are not in exchanges either: not in heads, and bodies are not kept. */
static void test_redacted(void **state)
{
	struct fixture f;

	setup(&f);
	f.lab.config.redact = true;
	talk_text(&f.talk, C,
	    "POST /a?token=hushhush HTTP/1.1\r\nHost: h\r\nCookie: sid=topsecret\r\n"
	    "Authorization: Bearer quietquiet\r\nContent-Length: 9\r\n\r\npassword=");
	talk_text(&f.talk, S,
	    "HTTP/1.1 200 OK\r\nSet-Cookie: sid=othersecret; Path=/\r\nContent-Length: 2\r\n\r\nok");
	must_run(&f);
	assert_int_equal(nseen, 1);
	assert_int_equal(seen[0].msg[Q].nfields, 4);
	assert_string_equal(seen[0].msg[Q].line, "POST /a?token=url-secret-1 h HTTP/1.1");
	assert_string_equal(seen[0].msg[Q].values, "h|sid=cookie-1|Bearer credentials-1|9|");
	assert_string_equal(seen[0].msg[A].values, "sid=cookie-2; Path=/|2|");
	assert_true(seen[0].msg[Q].hidden && seen[0].msg[A].hidden);
	assert_int_equal(seen[0].msg[Q].kept + seen[0].msg[A].kept, 0);
	assert_int_equal(seen[0].msg[Q].bytes, 9);
	lab_fini(&f.lab);
}

/* Without a sink that wants them nothing is collected. */
static void test_unwanted(void **state)
{
	struct fixture f;
	struct exchange_head head = { .version = "HTTP/1.1" };
	struct exchanges *x = NULL;
	struct flow flow = { 0 };

	setup(&f);
	lab_run(&f.lab);
	assert_false(exchange_wanted(f.lab.trace));
	exchange_request(f.lab.trace, &flow, &x, 1, false, &head);
	assert_null(x);
	exchange_body(f.lab.trace, x, 1, Q, SLICE("x"));
	exchange_done(f.lab.trace, x, 1, Q);
	exchanges_free(f.lab.trace, x);
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pair),
		cmocka_unit_test(test_pipelined),
		cmocka_unit_test(test_incomplete),
		cmocka_unit_test(test_hole),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_many_open),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_redacted),
		cmocka_unit_test(test_unwanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
