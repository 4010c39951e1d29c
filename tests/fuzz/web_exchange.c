/* Any bytes as a request head and its content, through routes and handlers: the answer must be one
 * well-formed HTTP/1.1 message of the length it says, and no part of the request may break out of
 * its line in it or in the access log. */
#include "http/parse.h"
#include "web/access.h"
#include "web/exchange.h"

#include <stdlib.h>
#include <unistd.h>

static const uint8_t secret[] = "0123456789abcdef0123456789abcdef";

static struct exchange *prepare(void)
{
	static struct site site;
	static struct limit logins, accounts;
	static struct store store;
	struct buf bytes = { 0 };

	site = (struct site){ .issuer = "lab", .audience = "lab", .token_life = 600, .root = -1, .hsts = 1 };
	if (store_memory_open(&store, 4, NULL))
		abort();
	sessions_init(&site.sessions, &store);
	site.logins = &logins; /* zeroed: no limit */
	site.accounts = &accounts;
	site.loop = loop_new(NULL, NULL);
	buf_put(&bytes, secret, 32);
	ring_add(&site.keys, SLICE("k"), TOKEN_HS256, &bytes, NULL);
	return exchange_new(&site);
}

static void check_answer(struct exchange *x)
{
	struct buf out = { 0 };
	struct http_msg answer;
	ssize_t n;

	if (exchange_write_head(x, x->close, &out))
		abort();
	n = http_parse_response(buf_view(&out), 0, NULL, 0, &answer);
	if (n != (ssize_t)out.n || answer.status != x->status)
		abort();
	if (answer.content_length >= 0 && x->req.method != HTTP_HEAD &&
	    (uint64_t)answer.content_length != exchange_content_size(x))
		abort();
	buf_fini(&out);
}

static void check_log(const struct exchange *x)
{
	struct access log = { .fd = 1 };
	size_t lines = 0;

	access_note(&log, x, 0, 0);
	for (size_t i = 0; i < log.lines.n; i++) {
		lines += log.lines.p[i] == '\n';
		if (log.lines.p[i] < ' ' && log.lines.p[i] != '\n')
			abort();
	}
	if (lines > 1 || (log.lines.n && log.lines.p[log.lines.n - 1] != '\n'))
		abort();
	buf_fini(&log.lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct exchange *x;
	static struct addr peer;
	ssize_t used;

	if (!x) {
		x = prepare();
		addr_parse(&peer, "192.0.2.1:1", 0, NULL);
	}
	exchange_reset(x);
	x->peer = &peer;
	used = http_parse_request(slice_of(data, size), 0, NULL, 0, &x->req);
	if (used == 0)
		return 0;
	if (used < 0) {
		exchange_malformed(x, (enum http_reason) - used);
	} else {
		buf_slice(&x->body, slice_skip(slice_of(data, size), (size_t)used));
		exchange_route(x);
		if (exchange_handle(x) != WEB_ANSWERED)
			abort();
	}
	check_answer(x);
	check_log(x);
	return 0;
}
