/* What the server counts, as text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/exchange.h"
#include "web/metrics.h"

#include <string.h>

static const char *page(struct exchange *x)
{
	assert_int_equal(metrics_page(x), WEB_ANSWERED);
	assert_int_equal(x->status, 200);
	assert_string_equal(x->type, "text/plain; version=0.0.4; charset=utf-8");
	return buf_cstr(&x->content);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static void test_page(void **state)
{
	struct metrics m = { .connections = 7, .open = 2, .full = 3, .resumed = 1 };
	struct site site = { .root = -1, .metrics = &m };
	struct exchange *x = exchange_new(&site);
	const char *p = page(x);

	has(p, "# TYPE osilab_connections_total counter\nosilab_connections_total 7\n");
	has(p, "osilab_connections_open 2\n");
	has(p, "osilab_tls_handshakes_total{kind=\"full\"} 3\n");
	has(p, "osilab_tls_handshakes_total{kind=\"resumed\"} 1\n");
	has(p, "osilab_request_seconds_count 0\n");
	assert_null(strstr(p, "status="));
	metrics_answer(&m, 200, 100, 50000);     /* the end of a bucket belongs to it */
	metrics_answer(&m, 200, 20, 50001);      /* the next one */
	metrics_answer(&m, 404, 3, 11000000000); /* longer than the last */
	metrics_answer(&m, 99999, 0, -5);        /* no status, and a clock that went back */
	p = page(x);
	has(p, "osilab_requests_total{status=\"200\"} 2\nosilab_requests_total{status=\"404\"} 1\n");
	has(p, "osilab_response_bytes_total 123\n");
	has(p, "osilab_request_seconds_bucket{le=\"0.00005\"} 2\n");
	has(p, "osilab_request_seconds_bucket{le=\"0.0001\"} 3\n");
	has(p, "osilab_request_seconds_bucket{le=\"10\"} 3\n");
	has(p, "osilab_request_seconds_bucket{le=\"+Inf\"} 4\n");
	has(p, "osilab_request_seconds_sum 11.000100001\n");
	has(p, "osilab_request_seconds_count 4\n");
	exchange_free(x);
}

static void test_several_processes(void **state)
{
	struct metrics all[2] = { { .connections = 3, .open = 1 }, { .connections = 4, .open = 2 } };
	struct site site = { .root = -1, .metrics = &all[1], .all = all, .n_all = 2 };
	struct exchange *x = exchange_new(&site);
	const char *p;

	metrics_answer(&all[0], 200, 10, 50000);
	metrics_answer(&all[1], 200, 20, 70000);
	p = page(x);
	has(p, "osilab_connections_total 7\n");
	has(p, "osilab_connections_open 3\n");
	has(p, "osilab_requests_total{status=\"200\"} 2\n");
	has(p, "osilab_response_bytes_total 30\n");
	has(p, "osilab_request_seconds_sum 0.000120000\n");
	exchange_free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_page),
		cmocka_unit_test(test_several_processes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
