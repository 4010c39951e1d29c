/* Sends files of HTTP cases to a running server and judges its answers:
 *
 *	http_live [-s SEED] [--ca ROOT] ADDR:PORT FILE.jsonl...
 *
 * --ca: over TLS, the server's certificate being for "localhost" and of that root.  Of a case it uses raw_b64, the octets
 * of one connection; rfc_server; max_responses and max_responses_lenient, how many final answers there may be;
 * strict_msgs for the methods (an answer to HEAD has no content).  Lines without rfc_server are no cases for a server.
 *
 *   must-accept     every request is answered, none refused as malformed
 *   must-reject     refused (400, 411, 413, 414, 417, 426, 431, 501, 505), or closed without an answer, before
 *                   anything says that no more octets come; nothing beyond max_responses is answered
 *   either          no more answers than a lenient reading gives
 *   anything else   (must-incomplete, reject-or-wait) no answer but to the complete requests, and one refusal
 *
 * Each case is sent whole, octet by octet and in random pieces, on connections of their own; all must get the same final
 * answers.  Nothing sleeps: what is waited for is an answer or an end, for PATIENCE_MS at most.  Prints a line per
 * failure, then "N passed, N failed"; exit 1 on failure. */
#include "cases.h"
#include "http/chunk.h"
#include "http/parse.h"
#include "net/conn.h"
#include "net/sock.h"
#include "tls/client.h"

#include <inttypes.h>
#include <poll.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, SPLITS = 3, ANSWERS_MAX = 32, READ_SIZE = 16 * 1024 };

static struct addr server;
static struct tls_ctx *tls; /* NULL: in clear */

enum rule { MUST_ACCEPT, MUST_REJECT, EITHER, INCOMPLETE };

struct talk {
	struct conn conn;
	json_t *messages; /* strict_msgs */
	struct buf in;    /* answers not yet taken apart */
	unsigned statuses[ANSWERS_MAX];
	unsigned n;     /* final answers */
	bool ended;     /* the server ended its stream, one way or the other */
	bool said_all;  /* we ended ours */
	bool malformed; /* an answer that is no HTTP */
	bool late;      /* patience ended */
};

/* --- Waiting --------------------------------------------------------------------------------- */

static bool wait_for(struct talk *t, int result)
{
	struct pollfd p = { .fd = t->conn.fd, .events = result == CONN_AGAIN_WRITE ? POLLOUT : POLLIN };

	if (poll(&p, 1, PATIENCE_MS) > 0)
		return true;
	t->late = true;
	return false;
}

static bool open_talk(struct talk *t)
{
	struct err e = { 0 };
	int fd = sock_connect(&server, 0, &e), r;

	if (fd < 0) {
		fprintf(stderr, "http_live: %s\n", e.msg);
		exit(3);
	}
	sock_nonblock(fd, true);
	sock_nodelay(fd);
	if (!tls)
		conn_tcp_init(&t->conn, fd, &server);
	else if (tls_client_init(&t->conn, tls, fd, &server))
		exit(3);
	t->conn.err = &e;
	while ((r = conn_handshake(&t->conn)) != 0)
		if (r == CONN_ERROR || !wait_for(t, r)) {
			fprintf(stderr, "http_live: %s\n", e.msg);
			exit(3);
		}
	return true;
}

/* --- Answers --------------------------------------------------------------------------------- */

static enum http_method method_of(const struct talk *t)
{
	const char *name = cases_text(json_array_get(t->messages, t->n), "method");

	return strcmp(name, "HEAD") == 0 ? HTTP_HEAD : HTTP_GET;
}

/* Bytes of content behind the head; -1: not all there yet. */
static ssize_t content(const struct http_msg *m, enum http_framing framing, struct slice rest)
{
	struct http_chunk chunk;
	struct slice data;
	size_t at = 0;
	ssize_t n;

	if (framing == HTTP_LENGTH)
		return rest.n < (uint64_t)m->content_length ? -1 : (ssize_t)m->content_length;
	if (framing != HTTP_CHUNKED)
		return framing == HTTP_UNTIL_CLOSE ? (ssize_t)rest.n : 0;
	http_chunk_init(&chunk, 0, 0);
	while (!http_chunk_done(&chunk)) {
		n = http_chunk_feed(&chunk, slice_skip(rest, at), &data);
		if (n <= 0)
			return -1;
		at += (size_t)n;
	}
	return (ssize_t)at;
}

/* Takes one answer off what came; false when there is none that is complete. */
static bool take_answer(struct talk *t)
{
	struct http_msg m;
	ssize_t head = t->in.n ? http_parse_response(buf_view(&t->in), 0, NULL, 0, &m) : 0, body;

	if (head <= 0 || t->n == ANSWERS_MAX) {
		t->malformed = t->malformed || head < 0;
		return false;
	}
	body =
	    content(&m, http_response_framing(&m, method_of(t)), slice_skip(buf_view(&t->in), (size_t)head));
	if (body < 0)
		return false;
	if (m.status >= 200)
		t->statuses[t->n++] = m.status;
	buf_consume(&t->in, (size_t)(head + body));
	return true;
}

/* Reads what is there; what it returned when there was no more. */
static int read_all(struct talk *t)
{
	while (!t->ended) {
		ssize_t n;

		if (buf_reserve(&t->in, READ_SIZE))
			abort();
		n = conn_read(&t->conn, t->in.p + t->in.n, READ_SIZE);
		if (n == CONN_AGAIN_READ || n == CONN_AGAIN_WRITE)
			return (int)n;
		if (n <= 0)
			t->ended = true;
		else
			t->in.n += (size_t)n;
		while (take_answer(t))
			;
	}
	return 0;
}

/* --- Requests -------------------------------------------------------------------------------- */

/* Sends one piece, and goes on reading while the server does not take it: it may be waiting for us. */
static void send_piece(struct talk *t, struct slice piece)
{
	while (piece.n && !t->ended) {
		ssize_t n = conn_write(&t->conn, piece.p, piece.n);

		if (n > 0) {
			piece = slice_skip(piece, (size_t)n);
			continue;
		}
		if (n == CONN_ERROR) {
			read_all(t); /* its last words may be there */
			t->ended = true;
			return;
		}
		if (read_all(t) != 0 && !wait_for(t, (int)n))
			return;
	}
}

/* In pieces of at most `most` octets, of random length when a generator is given. */
static void send_all(struct talk *t, struct slice raw, size_t most, struct tally *random)
{
	while (raw.n && !t->ended && !t->late) {
		size_t n = random ? 1 + cases_random(random) % most : most;

		n = n < raw.n ? n : raw.n;
		send_piece(t, slice_sub(raw, 0, n));
		raw = slice_skip(raw, n);
		if (raw.n)
			read_all(t);
	}
}

static void end_ours(struct talk *t)
{
	int r = 0;

	while (!t->ended && !t->said_all && (r = conn_shutdown(&t->conn)) != 0)
		if (r == CONN_ERROR || !wait_for(t, r))
			break;
	t->said_all = true;
}

/* Reads until the server ends.  Our end is only said once the rule has nothing to learn from its lack. */
static void hear_out(struct talk *t, enum rule rule, unsigned answers)
{
	int r;

	while (!t->ended && !t->late) {
		if (rule == EITHER || rule == INCOMPLETE || (rule == MUST_ACCEPT && t->n >= answers))
			end_ours(t);
		r = read_all(t);
		if (t->ended || (rule == MUST_ACCEPT && !t->said_all && t->n >= answers))
			continue;
		wait_for(t, r);
	}
}

static void converse(struct talk *t, json_t *o, struct slice raw, size_t most, struct tally *random,
    enum rule rule, unsigned answers)
{
	*t = (struct talk){ .messages = json_object_get(o, "strict_msgs") };
	open_talk(t);
	send_all(t, raw, most, random);
	hear_out(t, rule, answers);
	conn_close(&t->conn);
	buf_fini(&t->in);
}

/* --- Judging --------------------------------------------------------------------------------- */

static bool is_refusal(unsigned status)
{
	static const unsigned refusals[] = { 400, 411, 413, 414, 417, 426, 431, 501, 505 };

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (status == refusals[i])
			return true;
	return false;
}

static enum rule rule_of(json_t *o)
{
	const char *text = cases_text(o, "rfc_server");

	if (strcmp(text, "must-accept") == 0)
		return MUST_ACCEPT;
	if (strcmp(text, "must-reject") == 0)
		return MUST_REJECT;
	return strcmp(text, "either") == 0 ? EITHER : INCOMPLETE;
}

static unsigned count_of(json_t *o, const char *key, unsigned usual)
{
	json_t *n = json_object_get(o, key);

	return json_is_integer(n) ? (unsigned)json_integer_value(n) : usual;
}

/* What is wrong with the talk; NULL: nothing. */
static const char *complaint(const struct talk *t, enum rule rule, unsigned max, unsigned lenient)
{
	bool refused = t->n ? is_refusal(t->statuses[t->n - 1]) : t->ended;
	unsigned most = max > lenient ? max : lenient;

	if (t->malformed)
		return "an answer is malformed";
	if (t->late)
		return rule == MUST_REJECT ? "it waits instead of refusing" : "no answer, no end";
	if (rule == MUST_REJECT)
		return !refused ? "not refused" : t->n > most ? "more is answered than there is" : NULL;
	if (rule == MUST_ACCEPT && t->n && is_refusal(t->statuses[0]) && t->statuses[0] != 501 &&
	    t->statuses[0] != 417)
		return "refused";
	if (rule == MUST_ACCEPT)
		return t->n < max   ? "not all is answered"
		       : t->n > max ? "more is answered than there is"
		                    : NULL;
	if (t->n > (rule == EITHER ? most : max + 1))
		return "more is answered than there is";
	return NULL;
}

static bool same_answers(const struct talk *a, const struct talk *b)
{
	return a->n == b->n && memcmp(a->statuses, b->statuses, a->n * sizeof(*a->statuses)) == 0;
}

static void run_case(struct tally *t, json_t *o)
{
	unsigned known = (unsigned)json_array_size(json_object_get(o, "strict_msgs"));
	unsigned max = count_of(o, "max_responses", known + 1);
	unsigned lenient = count_of(o, "max_responses_lenient", max);
	const char *wrong = NULL, *how = "";
	enum rule rule = rule_of(o);
	struct buf raw = { 0 };
	struct talk whole, cut;
	char detail[128];

	if (!json_is_string(json_object_get(o, "rfc_server")))
		return;
	cases_octets(o, "raw_b64", &raw);
	for (int i = -1; i <= SPLITS && !wrong; i++) {
		struct talk *talk = i < 0 ? &whole : &cut;
		size_t most = i < 0 ? raw.n + !raw.n : i == 0 ? 1 : 1 + raw.n / (size_t)i;

		how = i < 0 ? "" : i == 0 ? " (octet by octet)" : " (in random pieces)";
		converse(talk, o, buf_view(&raw), most, i > 0 ? t : NULL, rule, max);
		wrong = complaint(talk, rule, max, lenient);
		if (!wrong && i >= 0 && !same_answers(&whole, &cut))
			wrong = "the answers depend on how the octets were cut";
	}
	snprintf(detail, sizeof(detail), "%s: %s%s", tls ? "over TLS" : "in clear", wrong ? wrong : "", how);
	cases_report(t, o, !wrong, "%s", detail);
	buf_fini(&raw);
}

int main(int argc, char **argv)
{
	struct tls_client_options options = { .name = "localhost", .resume = true };
	struct tally t = { .seed = 20111 };
	struct err e = { 0 };
	int i = 1;

	if (argc > i + 1 && strcmp(argv[i], "-s") == 0) {
		t.seed = strtoull(argv[i + 1], NULL, 10) | 1;
		i += 2;
	}
	if (argc > i + 1 && strcmp(argv[i], "--ca") == 0) {
		options.ca_file = argv[i + 1];
		i += 2;
	}
	if (i + 1 >= argc || addr_resolve(&server, argv[i], 0, &e) ||
	    (options.ca_file && !(tls = tls_client_new(&options, &e)))) {
		fprintf(
		    stderr, "usage: %s [-s SEED] [--ca ROOT] ADDR:PORT FILE.jsonl...\n%s\n", argv[0], e.msg);
		return 2;
	}
	printf("seed %" PRIu64 "\n", t.seed);
	while (++i < argc)
		if (cases_run(&t, argv[i], run_case) < 0)
			return 3;
	tls_ctx_free(tls);
	printf("%u passed, %u failed\n", t.passed, t.failed);
	return t.failed != 0;
}
