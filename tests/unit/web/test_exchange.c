/* Requests through routes and handlers, without a connection. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "http/parse.h"
#include "web/access.h"
#include "web/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { START = 1900000000 };

static const uint8_t secret[] = "0123456789abcdef0123456789abcdef";

struct fixture {
	struct site site;
	struct limit logins, accounts;
	struct store store;
	struct exchange *x;
	struct addr peer;
	struct buf answer;
	char raw[4096];
};

static int add_key(struct ring *keys)
{
	struct buf bytes = { 0 };

	buf_put(&bytes, secret, 32);
	return ring_add(keys, SLICE("k"), TOKEN_HS256, &bytes, NULL);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	clock_fix(START);
	f->site = (struct site){ .issuer = "lab", .audience = "lab", .token_life = 600, .root = -1 };
	assert_int_equal(store_memory_open(&f->store, 8, NULL), 0);
	sessions_init(&f->site.sessions, &f->store);
	f->site.refresh = (struct refresh){ &f->store, 3600 * CLOCK_SEC, NULL };
	limit_init(&f->logins, 5);
	f->site.refresh = (struct refresh){ &f->store, 3600 * CLOCK_SEC, NULL };
	limit_init(&f->accounts, 0);
	f->site.logins = &f->logins;
	f->site.accounts = &f->accounts;
	f->site.loop = loop_new(NULL, NULL); /* without workers */
	assert_non_null(f->site.loop);
	assert_int_equal(add_key(&f->site.keys), 0);
	assert_int_equal(addr_parse(&f->peer, "192.0.2.7:1234", 0, NULL), 0);
	f->x = exchange_new(&f->site);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	exchange_free(f->x);
	buf_fini(&f->answer);
	ring_fini(&f->site.keys);
	store_close(&f->store);
	loop_free(f->site.loop);
	free(f);
	return 0;
}

/* The whole answer to a request, head and content. */
static const char *ask(struct fixture *f, const char *head, const char *body)
{
	struct exchange *x = f->x;

	exchange_reset(x);
	buf_clear(&f->answer);
	snprintf(f->raw, sizeof(f->raw), "%s", head);
	assert_true(http_parse_request(slice_str(f->raw), 0, NULL, 0, &x->req) > 0);
	x->peer = &f->peer;
	buf_puts(&x->body, body);
	exchange_route(x);
	assert_int_equal(exchange_handle(x), WEB_ANSWERED);
	assert_int_equal(exchange_write_head(x, false, &f->answer), 0);
	if (exchange_content_size(x))
		buf_slice(&f->answer, buf_view(&x->content));
	return buf_cstr(&f->answer);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in: %s", part, text);
}

#define GET(path, fields)  "GET " path " HTTP/1.1\r\nHost: lab\r\n" fields "\r\n"
#define POST(path, fields) "POST " path " HTTP/1.1\r\nHost: lab\r\n" fields "\r\n"

/* A session as a login would have made it. */
static void login(struct fixture *f, const char *user, char id[SESSIONS_ID + 1])
{
	struct sessions_call c;

	sessions_start(&f->site.sessions, &c, slice_of(NULL, 0), slice_str(user), false);
	assert_int_equal(c.outcome, SESSIONS_FOUND);
	memcpy(id, c.id, SESSIONS_ID + 1);
}

static const char *ask_with(struct fixture *f, const char *format, const char *id)
{
	char head[1024];

	snprintf(head, sizeof(head), format, id);
	return ask(f, head, "");
}

static void test_an_answer_has_what_it_must(void **state)
{
	const char *a = ask(*state, GET("/", ""), "");

	has(a, "HTTP/1.1 200 OK\r\n");
	has(a, "Date: Sun, 17 Mar 2030 17:46:40 GMT\r\n");
	has(a, "X-Content-Type-Options: nosniff\r\n");
	has(a, "Content-Security-Policy: default-src 'none'");
	lacks(a, "Cache-Control");
	lacks(a, "Strict-Transport-Security");
}

static void test_hsts_only_over_tls(void **state)
{
	struct fixture *f = *state;

	f->site.hsts = 60;
	lacks(ask(f, GET("/", ""), ""), "Strict-Transport");
	f->x->secure = true;
	has(ask(f, GET("/", ""), ""), "Strict-Transport-Security: max-age=60\r\n");
}

static void test_me_shows_the_name_as_text(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];
	const char *a;

	login(f, "<b>&\"x\"", id);
	a = ask_with(f, GET("/me", "Cookie: sid=%s\r\n"), id);
	has(a, "200 OK");
	has(a, "&#60;b&#62;&#38;");
	lacks(a, "<b>");
	a = ask_with(f, GET("/me", "Cookie: sid=%s\r\nAccept: application/json\r\n"), id);
	has(a, "{\"user\":\"<b>&\\u0022x\\u0022\",\"since\":\"2030-03-17T17:46:40Z\",");
	has(a, "\"until\":\"2030-03-18T01:46:40Z\"");
	has(a, "Cache-Control: no-store\r\n");
	has(a, "Vary: Accept, Cookie\r\n");
}

static void test_a_session_ends_with_the_clock(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];

	login(f, "alice", id);
	clock_advance(1799);
	has(ask_with(f, GET("/me", "Cookie: sid=%s\r\n"), id), "200 OK");
	clock_advance(1801);
	has(ask_with(f, GET("/me", "Cookie: sid=%s\r\n"), id), "401 Unauthorized");
}

static void test_no_workers_is_busy(void **state)
{
	const char *a = ask(*state, POST("/login", "Content-Type: application/x-www-form-urlencoded\r\n"),
	    "user=alice&password=whatever");

	has(a, "503 Service Unavailable");
	has(a, "Retry-After: 1\r\n");
	lacks(a, "Set-Cookie");
}

static bool all_zero(const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n && b[n - 1] == 0)
		n--;
	return n == 0;
}

/* Also what no worker has looked at: the name was missing, or the address had to wait. */
static void test_passwords_are_forgotten(void **state)
{
	struct fixture *f = *state;
	struct exchange *x = f->x;

	has(ask(f, POST("/login", "Content-Type: application/x-www-form-urlencoded\r\n"),
	        "password=correct+horse"),
	    "400 Bad Request");
	exchange_reset(x);
	assert_true(all_zero(x->verify.password, sizeof(x->verify.password)));
	assert_true(all_zero(x->body.p, sizeof("password=correct+horse") - 1));
}

static void test_token_by_session(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1], token[1024], head[2048];
	const char *a;

	login(f, "alice", id);
	a = ask_with(f, POST("/token", "Cookie: sid=%s\r\n"), id);
	has(a, "\"token_type\":\"Bearer\",\"expires_in\":600}");
	assert_int_equal(sscanf(strstr(a, "\"access_token\""), "\"access_token\":\"%1000[^\"]", token), 1);
	snprintf(head, sizeof(head), GET("/api/me", "Authorization: Bearer %s\r\n"), token);
	has(ask(f, head, ""), "\"sub\":\"alice\"");
	clock_advance(599);
	has(ask(f, head, ""), "200 OK");
	clock_advance(2);
	a = ask(f, head, "");
	has(a, "401 Unauthorized");
	has(a, "error=\"invalid_token\"");
	f->site.audience = "other";
	clock_fix(START);
	has(ask(f, head, ""), "401 Unauthorized");
}

static void test_head_and_options_have_no_content(void **state)
{
	const char *a = ask(*state, "HEAD /login HTTP/1.1\r\nHost: lab\r\n\r\n", "");

	assert_string_equal(strstr(a, "\r\n\r\n"), "\r\n\r\n");
	lacks(a, "Content-Length: 0\r\n");
	a = ask(*state, "OPTIONS /login HTTP/1.1\r\nHost: lab\r\n\r\n", "");
	has(a, "204 No Content");
	lacks(a, "Content-Length");
	assert_string_equal(strstr(a, "\r\n\r\n"), "\r\n\r\n");
}

static void test_a_field_that_cannot_be_written_is_a_500(void **state)
{
	struct fixture *f = *state;

	ask(f, GET("/", ""), "");
	exchange_redirect(f->x, 303, "/x\r\nSet-Cookie: evil=1");
	buf_clear(&f->answer);
	assert_int_equal(exchange_write_head(f->x, false, &f->answer), 0);
	has(buf_cstr(&f->answer), "HTTP/1.1 500 ");
	lacks(buf_cstr(&f->answer), "evil");
}

/* What the access log makes of the present exchange. */
static const char *logged_as(struct fixture *f, const char *head, bool json)
{
	static char line[2048];
	struct access log;
	char name[] = "/tmp/osilab-access-XXXXXX";
	int fd = mkstemp(name);
	ssize_t n;

	assert_true(fd >= 0);
	ask(f, head, "");
	assert_int_equal(access_open(&log, name, json, NULL), 0);
	access_note(&log, f->x, exchange_content_size(f->x), 1234567891);
	access_close(&log);
	n = read(fd, line, sizeof(line) - 1);
	assert_true(n > 0);
	line[n] = '\0';
	close(fd);
	unlink(name);
	return line;
}

static const char *logged(struct fixture *f, const char *head)
{
	return logged_as(f, head, false);
}

static void test_access_log_json(void **state)
{
	struct fixture *f = *state;
	const char *l =
	    logged_as(f, GET("/x?token=t&a=1", "User-Agent: a\"b\\c\x80\r\nCookie: sid=1\r\n"), true);

	has(l, "{\"time\":\"2030-03-17T17:46:40Z\",\"address\":\"192.0.2.7\",\"user\":null,\"tls\":false,"
	       "\"method\":\"GET\",\"target\":\"/x?token=***&a=1\",\"version\":\"1.1\",\"host\":\"lab\","
	       "\"status\":404,\"bytes\":");
	has(l, ",\"seconds\":1.234567,\"referer\":null,\"agent\":\"a\\u0022b\\u005cc\xef\xbf\xbd\"}\n");
	lacks(l, "sid");
}

static void test_access_log(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1], head[512];
	const char *l;

	l = logged(f, GET("/", "User-Agent: curl/8\r\nReferer: http://lab/a?b=c\r\n"));
	has(l, "192.0.2.7 - - [17/Mar/2030:17:46:40 +0000] \"GET / HTTP/1.1\" 200 ");
	has(l, " \"http://lab/a?b=c\" \"curl/8\"\n");
	l = logged(f, GET("/x?a=1&password=p&TOKEN=t&sid", ""));
	has(l, "\"GET /x?a=1&password=***&TOKEN=***&sid HTTP/1.1\" 404 ");
	l = logged(f, GET("/", "User-Agent: a\"b\\c\x80\r\n"));
	has(l, " \"a\\x22b\\x5cc\\x80\"\n");
	login(f, "alice", id);
	snprintf(head, sizeof(head), GET("/me", "Cookie: sid=%s\r\n"), id);
	l = logged(f, head);
	has(l, "192.0.2.7 - alice [");
	lacks(l, id);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_answer_has_what_it_must),
		TEST(test_hsts_only_over_tls),
		TEST(test_me_shows_the_name_as_text),
		TEST(test_a_session_ends_with_the_clock),
		TEST(test_no_workers_is_busy),
		TEST(test_passwords_are_forgotten),
		TEST(test_token_by_session),
		TEST(test_head_and_options_have_no_content),
		TEST(test_a_field_that_cannot_be_written_is_a_500),
		TEST(test_access_log),
		TEST(test_access_log_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
