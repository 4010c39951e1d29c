/* Runs files of HTTP cases through the http room:
 *
 *	http_vectors [-s SEED] FILE.jsonl...
 *
 * One JSON object per line; octets are base64 in members ending with _b64.  What a case tests is
 * told by the members it has:
 *
 *   request    raw_b64, strict_msgs, rfc_server.  The octets of one connection.  rfc_server
 *              is must-accept (all messages are read and equal strict_msgs), must-reject,
 *              either, must-incomplete (the input ends within a message and nothing before is
 *              wrong) or reject-or-wait.  Messages read before a refusal must be the first of
 *              strict_msgs: {method, target, version, headers, framing: none|cl|chunked,
 *              body_b64, trailers, close}.  rfc_parser, the verdict without the Host and
 *              coding rules, is not used: this parser has these rules in it.
 *   response   raw_b64, src_verdict: accept, reject, incomplete (not refused), lenient-*
 *              (only the lenient reader is tried, and it may refuse too).  Of src_msgs, if
 *              any, the first is compared: {status, minor_version, msg, headers}.  Every
 *              response answers a GET; octets behind a response that closes are refused.
 *   chunked    raw_b64, consume_trailer, decoded_b64, src_verdict.  With consume_trailer 0
 *              the input ends behind the last chunk, so that accept means: not refused.
 *   cookie     header_b64, cookies [[name, value]...], verdict: accept, reject (no clean
 *              pair) or either.  Values may be expected without their quotes or percent-
 *              decoded, and repeated or nameless pairs left out.
 *   set-cookie request_uri, set_cookie [...], sent_to, sent [{name, value}...].  A user agent
 *              of RFC 6265 (no nameless cookies, none for domains without a dot) on
 *              2011-03-13.
 *   emit       cookie {Name, Value, ...} or value_b64, set_cookie or sanitized_b64, verdict.
 *              What is written must be what is expected; refusing is right for "refuse" and
 *              whenever name, value or domain has octets outside the grammar.
 *   date       test, expected (an IMF-fixdate or null): cookie dates.
 *   path       input_b64, normalized_b64, query_at; or target, and the result must stay below
 *              the root.  Refusing bad escapes and NUL is right.
 *
 * Requests, responses and chunks are read whole, octet by octet and in random pieces, from memory
 * of exactly their size; all ways must give the same transcript.  Prints a line per failure, then
 * "N passed, N failed"; exit 1 on failure. */
#include "base/clock.h"
#include "base/escape.h"
#include "cases.h"
#include "http/chunk.h"
#include "http/cookie.h"
#include "http/date.h"
#include "http/parse.h"
#include "http/url.h"
#include "http/write.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { SPLITS = 24 };

/* --- A connection that reads messages and keeps a transcript --- */

enum stage { STAGE_HEAD, STAGE_LENGTH, STAGE_CHUNKED, STAGE_UNTIL_CLOSE, STAGE_CLOSED, STAGE_REFUSED };

struct reader {
	bool requests;
	int flags;
	struct buf in; /* octets not yet consumed */
	size_t seen;   /* of these, octets the head parser has looked at */
	enum stage stage;
	uint64_t left; /* of a body with a length */
	bool close;    /* nothing follows the present message */
	struct http_chunk chunk;
	struct buf head, body, chunked; /* of the present message, as transcript and as octets */
	struct buf transcript;          /* one record per complete message */
	unsigned messages;
	bool tunnel; /* what follows is no longer HTTP */
	bool stray;  /* octets came behind the last response */
	enum http_reason reason;
};

static void reader_init(struct reader *r, bool requests, int flags)
{
	memset(r, 0, sizeof(*r));
	r->requests = requests;
	r->flags = flags;
}

static void reader_fini(struct reader *r)
{
	buf_fini(&r->in);
	buf_fini(&r->head);
	buf_fini(&r->body);
	buf_fini(&r->chunked);
	buf_fini(&r->transcript);
}

static void put_slice(struct buf *out, struct slice s)
{
	buf_printf(out, "%zu:", s.n);
	buf_slice(out, s);
}

static void put_fields(struct buf *out, const struct http_msg *m)
{
	unsigned i;

	buf_printf(out, " %u{", m->nfields);
	for (i = 0; i < m->nfields; i++) {
		put_slice(out, m->fields[i].name);
		put_slice(out, m->fields[i].value);
	}
	buf_puts(out, "}");
}

static const char *framing_name(enum http_framing f)
{
	switch (f) {
	case HTTP_NO_BODY: return "none";
	case HTTP_LENGTH: return "cl";
	case HTTP_CHUNKED: return "chunked";
	case HTTP_UNTIL_CLOSE: return "until-close";
	case HTTP_TUNNEL: return "tunnel";
	}
	return "?";
}

static void reader_head_record(struct reader *r, const struct http_msg *m, enum http_framing f)
{
	buf_clear(&r->head);
	buf_clear(&r->body);
	if (m->request) {
		put_slice(&r->head, m->method_text);
		put_slice(&r->head, m->target);
	} else {
		buf_printf(&r->head, "%u", m->status);
		put_slice(&r->head, m->reason);
	}
	buf_printf(&r->head, " %u.%u", m->major, m->minor);
	put_fields(&r->head, m);
	buf_printf(&r->head, " %s %s", framing_name(f), http_persistent(m) ? "" : "close");
}

static void reader_end_message(struct reader *r)
{
	struct http_msg trailers = { 0 };

	buf_slice(&r->transcript, buf_view(&r->head));
	put_slice(&r->transcript, buf_view(&r->body));
	if (r->stage == STAGE_CHUNKED)
		http_parse_fields(slice_skip(buf_view(&r->chunked), r->chunked.n - r->chunk.trailer), NULL,
		    r->flags, &trailers);
	put_fields(&r->transcript, &trailers);
	buf_putc(&r->transcript, '\n');
	r->messages++;
	r->stage = r->close ? STAGE_CLOSED : STAGE_HEAD;
}

static bool refuse(struct reader *r, ssize_t reason)
{
	r->stage = STAGE_REFUSED;
	r->reason = (enum http_reason) - reason;
	return false;
}

static void reader_begin_body(struct reader *r, const struct http_msg *m)
{
	enum http_framing f = r->requests ? http_request_framing(m) : http_response_framing(m, HTTP_GET);

	reader_head_record(r, m, f);
	r->tunnel = f == HTTP_TUNNEL;
	r->close = !http_persistent(m) || f == HTTP_TUNNEL || (m->request && m->method == HTTP_CONNECT);
	switch (f) {
	case HTTP_LENGTH:
		r->stage = STAGE_LENGTH;
		r->left = (uint64_t)m->content_length;
		break;
	case HTTP_CHUNKED:
		r->stage = STAGE_CHUNKED;
		buf_clear(&r->chunked);
		http_chunk_init(&r->chunk, 0, r->flags);
		break;
	case HTTP_UNTIL_CLOSE: r->stage = STAGE_UNTIL_CLOSE; break;
	case HTTP_NO_BODY:
	case HTTP_TUNNEL: reader_end_message(r); break;
	}
}

static bool step_head(struct reader *r)
{
	struct http_msg m;
	ssize_t n;

	n = r->requests ? http_parse_request(buf_view(&r->in), r->seen, NULL, r->flags, &m)
	                : http_parse_response(buf_view(&r->in), r->seen, NULL, r->flags, &m);
	r->seen = r->in.n;
	if (n < 0)
		return refuse(r, n);
	if (n == 0)
		return false;
	reader_begin_body(r, &m);
	buf_consume(&r->in, (size_t)n);
	r->seen = 0;
	return true;
}

static bool step_length(struct reader *r)
{
	size_t n = r->in.n < r->left ? r->in.n : (size_t)r->left;

	buf_slice(&r->body, slice_sub(buf_view(&r->in), 0, n));
	buf_consume(&r->in, n);
	r->left -= n;
	if (r->left)
		return false;
	reader_end_message(r);
	return true;
}

static bool step_chunked(struct reader *r)
{
	struct slice data;
	ssize_t n;

	if (http_chunk_done(&r->chunk)) {
		reader_end_message(r);
		return true;
	}
	n = http_chunk_feed(&r->chunk, buf_view(&r->in), &data);
	if (n < 0)
		return refuse(r, n);
	if (n == 0)
		return false;
	buf_slice(&r->body, data);
	buf_slice(&r->chunked, slice_sub(buf_view(&r->in), 0, (size_t)n));
	buf_consume(&r->in, (size_t)n);
	return true;
}

/* One step; false when more octets are needed or nothing more is read. */
static bool reader_step(struct reader *r)
{
	switch (r->stage) {
	case STAGE_HEAD: return r->in.n > 0 && step_head(r);
	case STAGE_LENGTH: return step_length(r);
	case STAGE_CHUNKED: return step_chunked(r);
	case STAGE_UNTIL_CLOSE:
		buf_slice(&r->body, buf_view(&r->in));
		buf_clear(&r->in);
		return false;
	case STAGE_CLOSED: r->stray = r->in.n && !r->requests && !r->tunnel; break;
	case STAGE_REFUSED: break;
	}
	return false;
}

static void reader_feed(struct reader *r, struct slice piece)
{
	struct buf exact = { 0 }; /* a buffer of exactly this size lets ASan see an over-read */

	exact.cap = exact.n = r->in.n + piece.n;
	exact.p = malloc(exact.n + !exact.n);
	if (!exact.p)
		abort();
	if (r->in.n)
		memcpy(exact.p, r->in.p, r->in.n);
	memcpy(exact.p + r->in.n, piece.p, piece.n);
	buf_fini(&r->in);
	r->in = exact;
	while (reader_step(r))
		;
}

/* Nothing more comes: what was read, in words. */
static const char *reader_verdict(struct reader *r)
{
	if (r->stage == STAGE_UNTIL_CLOSE)
		reader_end_message(r);
	if (r->stage == STAGE_REFUSED || (r->stage == STAGE_CLOSED && r->stray))
		return "reject";
	return (r->stage == STAGE_HEAD && r->in.n == 0) || r->stage == STAGE_CLOSED ? "accept" : "incomplete";
}

/* Feeds `raw` in pieces of at most `most` octets, of random length when a generator is given. */
static const char *read_pieces(struct reader *r, struct slice raw, size_t most, struct tally *random)
{
	while (raw.n) {
		size_t n = random ? 1 + cases_random(random) % most : most;

		n = n < raw.n ? n : raw.n;
		reader_feed(r, slice_sub(raw, 0, n));
		raw = slice_skip(raw, n);
	}
	return reader_verdict(r);
}

/* Reads `raw` whole into *r (to be freed by the caller) and then in pieces.  The verdict, or NULL
 * when one way of cutting gave another result. */
static const char *read_all_ways(struct tally *t, struct reader *r, struct slice raw)
{
	const char *whole = read_pieces(r, raw, raw.n + !raw.n, NULL);
	unsigned i;

	for (i = 0; i < SPLITS && whole; i++) {
		struct reader cut;
		const char *verdict;

		reader_init(&cut, r->requests, r->flags);
		verdict = i == 0 ? read_pieces(&cut, raw, 1, NULL)
		                 : read_pieces(&cut, raw, 1 + raw.n / (1 + i % 8), t);
		if (strcmp(verdict, whole) != 0 || cut.reason != r->reason ||
		    !slice_eq(buf_view(&cut.transcript), buf_view(&r->transcript)))
			whole = NULL;
		reader_fini(&cut);
	}
	return whole;
}

/* --- Requests --- */

/* A string whose characters U+0000 to U+00FF stand for octets. */
static void put_json(struct buf *out, json_t *text)
{
	struct slice s = slice_of(json_string_value(text), json_string_length(text));
	struct buf octets = { 0 };
	uint32_t rune;
	size_t n;

	for (; s.n; s = slice_skip(s, n)) {
		n = *s.p < 0x80 ? 1 : escape_utf8(s, &rune);
		if (n == 0)
			break;
		buf_putc(&octets, (char)(*s.p < 0x80 ? *s.p : rune));
	}
	put_slice(out, buf_view(&octets));
	buf_fini(&octets);
}

static void put_json_fields(struct buf *out, json_t *fields)
{
	json_t *pair;
	size_t i;

	buf_printf(out, " %zu{", json_array_size(fields));
	json_array_foreach(fields, i, pair)
	{
		put_json(out, json_array_get(pair, 0));
		put_json(out, json_array_get(pair, 1));
	}
	buf_puts(out, "}");
}

/* The record reader_end_message should have written for one of strict_msgs. */
static void expected_record(json_t *m, struct buf *out)
{
	struct buf body = { 0 };

	put_json(out, json_object_get(m, "method"));
	put_json(out, json_object_get(m, "target"));
	buf_printf(out, " %s", cases_text(m, "version"));
	put_json_fields(out, json_object_get(m, "headers"));
	buf_printf(out, " %s %s", cases_text(m, "framing"),
	    json_is_true(json_object_get(m, "close")) ? "close" : "");
	cases_octets(m, "body_b64", &body);
	put_slice(out, buf_view(&body));
	put_json_fields(out, json_object_get(m, "trailers"));
	buf_putc(out, '\n');
	buf_fini(&body);
}

/* Are the messages read the first of strict_msgs (all: all of them)? */
static bool messages_match(struct reader *r, json_t *expected, bool all)
{
	struct buf want = { 0 };
	json_t *m;
	size_t i;
	bool ok;

	json_array_foreach(expected, i, m)
	{
		if (i < r->messages)
			expected_record(m, &want);
	}
	ok = slice_eq(buf_view(&want), buf_view(&r->transcript));
	buf_fini(&want);
	return ok && (!all || r->messages == json_array_size(expected));
}

static bool request_verdict_fits(const char *rule, const char *verdict)
{
	if (strcmp(rule, "either") == 0)
		return true;
	if (strcmp(rule, "reject-or-wait") == 0)
		return strcmp(verdict, "accept") != 0;
	return strcmp(rule + strlen("must-"), verdict) == 0;
}

static void case_request(struct tally *t, json_t *o)
{
	struct buf raw = { 0 };
	struct reader r;
	const char *verdict;
	char detail[128];

	cases_octets(o, "raw_b64", &raw);
	reader_init(&r, true, 0);
	verdict = read_all_ways(t, &r, buf_view(&raw));
	snprintf(detail, sizeof(detail), "%s (%s), wanted %s (%s)", verdict ? verdict : "",
	    http_reason_row(r.reason)->id, cases_text(o, "rfc_server"), cases_text(o, "rule_server"));
	if (!verdict)
		cases_report(t, o, false, "the result depends on how the octets were cut%s", "");
	else if (!request_verdict_fits(cases_text(o, "rfc_server"), verdict))
		cases_report(t, o, false, "%s", detail);
	else
		cases_report(t, o,
		    messages_match(&r, json_object_get(o, "strict_msgs"), strcmp(verdict, "accept") == 0),
		    "%s, but the messages read are not those expected", detail);
	reader_fini(&r);
	buf_fini(&raw);
}

/* --- Responses --- */

static bool response_fields_match(const struct http_msg *m, json_t *expected)
{
	json_t *pair;
	size_t i;

	if (!expected)
		return true;
	json_array_foreach(expected, i, pair)
	{
		if (i >= m->nfields ||
		    !slice_eq_str(m->fields[i].name, json_string_value(json_array_get(pair, 0))) ||
		    !slice_eq_str(m->fields[i].value, json_string_value(json_array_get(pair, 1))))
			return false;
	}
	return i == m->nfields;
}

static bool response_head_matches(struct slice raw, json_t *expected)
{
	json_t *status = json_object_get(expected, "status"), *msg = json_object_get(expected, "ms"
	                                                                                       "g");
	json_t *minor = json_object_get(expected, "minor_version");
	struct http_msg m;

	if (!expected || http_parse_response(raw, 0, NULL, 0, &m) <= 0)
		return true;
	return (!status || json_integer_value(status) == m.status) &&
	       (!minor || json_integer_value(minor) == m.minor) &&
	       (!msg || slice_eq_str(m.reason, json_string_value(msg))) &&
	       response_fields_match(&m, json_object_get(expected, "headers"));
}

static bool response_verdict_fits(const char *rule, const char *verdict)
{
	if (strncmp(rule, "lenient-", 8) == 0)
		return true;
	if (strcmp(rule, "incomplete") == 0)
		return strcmp(verdict, "reject") != 0;
	return strcmp(rule, verdict) == 0;
}

static void case_response(struct tally *t, json_t *o)
{
	const char *rule = cases_text(o, "src_verdict"), *verdict;
	struct buf raw = { 0 };
	struct reader r;
	char detail[128];

	cases_octets(o, "raw_b64", &raw);
	reader_init(&r, false, strncmp(rule, "lenient-", 8) == 0 ? HTTP_LENIENT : 0);
	verdict = read_all_ways(t, &r, buf_view(&raw));
	snprintf(detail, sizeof(detail), "%s (%s), wanted %s", verdict ? verdict : "",
	    http_reason_row(r.reason)->id, rule);
	if (!verdict)
		cases_report(t, o, false, "the result depends on how the octets were cut%s", "");
	else if (!response_verdict_fits(rule, verdict))
		cases_report(t, o, false, "%s", detail);
	else
		cases_report(t, o,
		    response_head_matches(buf_view(&raw), json_array_get(json_object_get(o, "src_msgs"), 0)),
		    "%s, but the head read is not the one expected", detail);
	reader_fini(&r);
	buf_fini(&raw);
}

/* --- Chunks --- */

/* Decodes raw in pieces of `most` octets; 1 done, 0 not yet, negative refused. */
static ssize_t decode_pieces(struct slice raw, size_t most, struct buf *body)
{
	struct http_chunk c;
	struct slice data;
	ssize_t n;

	http_chunk_init(&c, 0, 0);
	while (raw.n && !http_chunk_done(&c)) {
		n = http_chunk_feed(&c, slice_sub(raw, 0, most), &data);
		if (n < 0)
			return n;
		buf_slice(body, data);
		raw = slice_skip(raw, (size_t)n);
	}
	return http_chunk_done(&c);
}

static void case_chunked(struct tally *t, json_t *o)
{
	const char *rule = cases_text(o, "src_verdict");
	bool trailer = json_integer_value(json_object_get(o, "consume_trailer"));
	struct buf raw = { 0 }, want = { 0 };
	ssize_t first = 0;
	bool ok = true;
	size_t most;

	cases_octets(o, "raw_b64", &raw);
	cases_octets(o, "decoded_b64", &want);
	for (most = raw.n; most > 0; most--) {
		struct buf body = { 0 };
		ssize_t r = decode_pieces(buf_view(&raw), most, &body);

		if (most == raw.n)
			first = r;
		ok = ok && r == first;
		if (r >= 0 && json_is_string(json_object_get(o, "decoded_b64")))
			ok = ok && slice_eq(buf_view(&body), buf_view(&want));
		buf_fini(&body);
	}
	if (strcmp(rule, "reject") == 0)
		ok = ok && first < 0;
	else if (strcmp(rule, "incomplete") == 0 || !trailer)
		ok = ok && first == 0;
	else
		ok = ok && first == 1;
	cases_report(t, o, ok, "%s",
	    first < 0 ? http_reason_row((enum http_reason) - first)->id : "wrong data or end");
	buf_fini(&raw);
	buf_fini(&want);
}

/* --- The Cookie field --- */

static bool cookie_value_fits(struct slice got, json_t *want)
{
	struct slice w = slice_of(json_string_value(want), json_string_length(want));
	uint8_t plain[1024];
	ssize_t n = http_percent_decode(got, HTTP_DECODE_RAW, plain, sizeof(plain));

	if (slice_eq(got, w) || (n >= 0 && slice_eq(slice_of(plain, (size_t)n), w)))
		return true;
	return got.n >= 2 && *got.p == '"' && slice_eq(slice_sub(got, 1, got.n - 2), w);
}

/* Does the pair fit the next one expected?  Steps over nameless ones there. */
static bool cookie_fits(const struct http_cookie *c, json_t *cookies, size_t *at)
{
	json_t *pair;

	while ((pair = json_array_get(cookies, *at)) && json_string_length(json_array_get(pair, 0)) == 0)
		++*at;
	if (!pair || !slice_eq_str(c->name, json_string_value(json_array_get(pair, 0))))
		return false;
	if (!cookie_value_fits(c->value, json_array_get(pair, 1)))
		return false;
	++*at;
	return true;
}

/* Is a cookie of that name among the first `n` expected? */
static bool cookie_repeats(const struct http_cookie *c, json_t *cookies, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (slice_eq_str(c->name, json_string_value(json_array_get(json_array_get(cookies, i), 0))))
			return true;
	return false;
}

static void case_cookie(struct tally *t, json_t *o)
{
	json_t *cookies = json_object_get(o, "cookies"), *pair;
	const char *rule = cases_text(o, "verdict");
	struct buf raw = { 0 };
	struct slice rest;
	struct http_cookie c;
	size_t at = 0, clean = 0;
	bool ok = true;

	cases_octets(o, "header_b64", &raw);
	rest = buf_view(&raw);
	while (http_cookie_next(&rest, &c)) {
		clean += c.clean;
		if (strcmp(rule, "accept") == 0 && !cookie_fits(&c, cookies, &at) &&
		    !cookie_repeats(&c, cookies, at))
			ok = false;
	}
	if (strcmp(rule, "reject") == 0)
		ok = clean == 0;
	while (ok && strcmp(rule, "accept") == 0 && (pair = json_array_get(cookies, at++)))
		ok = json_string_length(json_array_get(pair, 0)) == 0;
	cases_report(t, o, ok, "the pairs read are not those expected: %s", rule);
	buf_fini(&raw);
}

/* --- The Set-Cookie field: a small user agent --- */

enum { JAR = 32 };

struct jar {
	struct http_setcookie v[JAR];
	bool host_only[JAR];
	struct slice host[JAR];
	unsigned order[JAR]; /* of creation */
	size_t n;
	unsigned created;
};

static const int64_t jar_now = 1300000000;

static bool jar_expired(const struct http_setcookie *c)
{
	if (c->has_max_age)
		return c->max_age <= 0;
	return c->has_expires && c->expires <= jar_now;
}

static void jar_put(struct jar *jar, struct http_setcookie c, const struct http_url *from)
{
	struct slice domain = c.domain.n ? c.domain : from->host;
	bool host_only = c.domain.n == 0;
	unsigned order = jar->created++;
	size_t i;

	if (c.name.n == 0 || slice_chr(domain, '.') < 0 ||
	    http_setcookie_check(&c, from->host, false) != HTTP_COOKIE_FINE)
		return;
	if (c.path.n == 0)
		c.path = http_default_path(from->path);
	for (i = 0; i < jar->n; i++)
		if (slice_eq(jar->v[i].name, c.name) && slice_ieq(jar->host[i], domain) &&
		    slice_eq(jar->v[i].path, c.path))
			break;
	if (i < jar->n)
		order = jar->order[i];
	else if (jar->n == JAR)
		return;
	else
		jar->n++;
	jar->v[i] = c;
	jar->host[i] = domain;
	jar->host_only[i] = host_only;
	jar->order[i] = order;
}

static bool jar_sends(const struct jar *jar, size_t i, const struct http_url *to)
{
	if (jar_expired(&jar->v[i]) || !http_path_match(to->path, jar->v[i].path))
		return false;
	return jar->host_only[i] ? slice_ieq(jar->host[i], to->host)
	                         : http_domain_match(to->host, jar->host[i]);
}

/* The next cookie to send: the longest path first, then the oldest (6265bis 5.8.3); -1 at the end.
 */
static int jar_next(const struct jar *jar, const struct http_url *to, bool *done)
{
	int best = -1;
	size_t i;

	for (i = 0; i < jar->n; i++) {
		if (done[i] || !jar_sends(jar, i, to))
			continue;
		if (best < 0 || jar->v[i].path.n > jar->v[best].path.n ||
		    (jar->v[i].path.n == jar->v[best].path.n && jar->order[i] < jar->order[best]))
			best = (int)i;
	}
	if (best >= 0)
		done[best] = true;
	return best;
}

static bool jar_matches(const struct jar *jar, const struct http_url *to, json_t *sent)
{
	bool done[JAR] = { false };
	json_t *want;
	size_t i;
	int k;

	json_array_foreach(sent, i, want)
	{
		k = jar_next(jar, to, done);
		if (k < 0 || !slice_eq_str(jar->v[k].name, cases_text(want, "name")) ||
		    !slice_eq_str(jar->v[k].value, cases_text(want, "value")))
			return false;
	}
	return jar_next(jar, to, done) < 0;
}

static void case_set_cookie(struct tally *t, json_t *o)
{
	const char *to_text = *cases_text(o, "sent_to") ? cases_text(o, "sent_to") : "/cookie-parser-result";
	struct http_url from, to;
	struct jar jar = { .n = 0 };
	struct http_setcookie c;
	json_t *line;
	size_t i;

	if (http_url_parse(slice_str(cases_text(o, "request_uri")), &from) < 0) {
		cases_report(t, o, false, "request_uri is no URL: %s", cases_text(o, "request_uri"));
		return;
	}
	if (http_url_parse(slice_str(to_text), &to) < 0) {
		to = from;
		http_url_split(slice_str(to_text), &to.path, &to.query);
	}
	json_array_foreach(json_object_get(o, "set_cookie"), i, line)
	{
		if (http_setcookie_parse(slice_of(json_string_value(line), json_string_length(line)), &c) ==
		    0)
			jar_put(&jar, c, &from);
	}
	cases_report(t, o, jar_matches(&jar, &to, json_object_get(o, "sent")),
	    "the cookies sent back are not those expected%s", "");
}

/* --- Writing Set-Cookie --- */

static struct slice member(json_t *o, const char *key)
{
	json_t *s = json_object_get(o, key);

	return slice_of(json_string_value(s), json_string_length(s));
}

/* Is every octet one that cookie names and values may have? */
static bool is_plain(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("\",;\\", s.p[i]))
			return false;
	return true;
}

static void case_emit(struct tally *t, json_t *o)
{
	json_t *cookie = json_object_get(o, "cookie");
	struct http_setcookie c = { .name = cookie ? member(cookie, "Name") : SLICE("a") };
	struct buf value = { 0 }, want = { 0 }, out = { 0 };
	bool ok;

	cases_octets(o, "value_b64", &value);
	c.value = cookie ? member(cookie, "Value") : buf_view(&value);
	c.domain = member(cookie, "Domain");
	if (slice_eq_str(member(cookie, "SameSite"), "SameSiteStrictMode"))
		c.samesite = HTTP_SAMESITE_STRICT;
	buf_puts(&want, "Set-Cookie: ");
	if (!cookie)
		buf_puts(&want, "a=");
	cases_octets(o, "sanitized_b64", &want);
	buf_puts(&want, cases_text(o, "set_cookie"));
	buf_puts(&want, "\r\n");
	if (http_setcookie_write(&out, &c) == 0)
		ok = strcmp(cases_text(o, "verdict"), "refuse") != 0 &&
		     slice_eq(buf_view(&out), buf_view(&want));
	else
		ok = strcmp(cases_text(o, "verdict"), "refuse") == 0 || !is_plain(c.name) ||
		     !is_plain(c.value) || slice_chr(c.domain, ':') >= 0;
	cases_report(t, o, ok, "the line written is not the one expected%s", "");
	buf_fini(&value);
	buf_fini(&want);
	buf_fini(&out);
}

/* --- Dates and paths --- */

static void case_date(struct tally *t, json_t *o)
{
	json_t *expected = json_object_get(o, "expected");
	char text[32] = "no date";
	int64_t seconds;
	int r = http_cookie_date(member(o, "test"), &seconds);

	if (r == 0)
		clock_http_date(seconds * CLOCK_SEC, text, sizeof(text));
	cases_report(t, o, json_is_string(expected) ? strcmp(text, json_string_value(expected)) == 0 : r < 0,
	    "read as %s", text);
}

static bool path_stays_below(struct slice path)
{
	bool first = true;

	if (path.n == 0 || *path.p != '/' || memchr(path.p, '\0', path.n))
		return false;
	while (path.p) {
		struct slice segment = slice_cut(&path, '/');

		if (!first && (slice_eq_str(segment, "..") || slice_eq_str(segment, ".")))
			return false;
		first = false;
	}
	return true;
}

static bool has_bad_octet(struct slice path)
{
	uint8_t out[4096];
	ssize_t n = http_percent_decode(path, 0, out, sizeof(out));

	return n < 0 || memchr(out, '\0', (size_t)n);
}

static void case_path(struct tally *t, json_t *o)
{
	json_t *at = json_object_get(o, "query_at");
	struct buf input = { 0 }, want = { 0 };
	struct slice path, query, got;
	char out[4096];
	bool judged = json_object_get(o, "normalized_b64"), ok;
	ssize_t n;

	cases_octets(o, "input_b64", &input);
	cases_octets(o, "normalized_b64", &want);
	buf_puts(&input, cases_text(o, "target"));
	http_url_split(buf_view(&input), &path, &query);
	n = http_url_path(path, out, sizeof(out));
	got = slice_of(out, n < 0 ? 0 : (size_t)n);
	if (n < 0)
		ok = has_bad_octet(path);
	else
		ok = path_stays_below(got) && (!judged || slice_eq(got, buf_view(&want)));
	if (json_is_integer(at))
		ok = ok && query.p == input.p + json_integer_value(at) + 1;
	cases_report(t, o, ok, "resolved to %s", n < 0 ? "nothing" : out);
	buf_fini(&input);
	buf_fini(&want);
}

/* --- Files --- */

/* What a case is, by a member only its kind has; the first row that fits counts. */
static const struct kind {
	const char *has;
	void (*run)(struct tally *, json_t *);
} kinds[] = {
	{ "strict_msgs", case_request },
	{ "consume_trailer", case_chunked },
	{ "raw_b64", case_response },
	{ "header_b64", case_cookie },
	{ "request_uri", case_set_cookie },
	{ "cookie", case_emit },
	{ "value_b64", case_emit },
	{ "expected", case_date },
	{ "normalized_b64", case_path },
	{ "target", case_path },
};

static void run_line(struct tally *t, json_t *o)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (json_object_get(o, kinds[i].has)) {
			kinds[i].run(t, o);
			return;
		}
	}
	cases_report(t, o, false, "no kind of case has these members%s", "");
}

int main(int argc, char **argv)
{
	struct tally t = { .seed = 20111 };
	int i = 1;

	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		t.seed = strtoull(argv[2], NULL, 10) | 1;
		i = 3;
	}
	if (i >= argc) {
		fprintf(stderr, "usage: %s [-s SEED] FILE.jsonl...\n", argv[0]);
		return 2;
	}
	printf("seed %" PRIu64 "\n", t.seed);
	for (; i < argc; i++)
		if (cases_run(&t, argv[i], run_line) < 0)
			return 3;
	printf("%u passed, %u failed\n", t.passed, t.failed);
	return t.failed != 0;
}
