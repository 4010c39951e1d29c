/* HTTP/1.1 as a client; see answer.h.  RFC 9112 6.3 says where an answer ends. */
#include "load/answer.h"

#include "http/parse.h"
#include "load/worker.h"

static const struct request *request(const struct worker *w, const struct client *c, uint64_t i)
{
	return requests_at(&w->plan->requests, c->number + i);
}

struct slice answer_next(struct worker *w, struct client *c)
{
	struct slice first = slice_skip(request(w, c, c->out)->bytes, c->out_off);
	size_t n = 0;

	if (c->unsent == 1 || first.n >= WORKER_OUT)
		return first;
	for (uint32_t i = 0; i < c->unsent; i++) {
		struct slice s = i ? request(w, c, c->out + i)->bytes : first;

		if (s.n > WORKER_OUT - n)
			break;
		memcpy(w->out + n, s.p, s.n);
		n += s.n;
	}
	return slice_of(w->out, n);
}

/* The answer is whole.  false: the connection is gone. */
static bool whole(struct worker *w, struct client *c)
{
	unsigned class = c->status / 100;

	w->tally.status[class < 6 ? class : 0]++;
	c->part = PART_HEAD;
	client_answered(w, c);
	if (class == 4 || class == 5)
		worker_answered_badly(w, class == 4 ? TALLY_STATUS_4XX : TALLY_STATUS_5XX, c->status);
	if (!c->last && !w->plan->close)
		return true;
	client_renew(w, c);
	return false;
}

static int garbage(struct worker *w, struct client *c, const char *why)
{
	client_fail(w, c, TALLY_GARBAGE, why);
	return -1;
}

/* A head was read: decides what follows.  false: the connection is gone. */
static bool take_head(struct worker *w, struct client *c)
{
	const struct http_msg *m = &w->head;

	c->status = m->status;
	if (m->status < 200 && m->status != 101) /* interim: the answer proper follows */
		return true;
	c->last = !http_persistent(m);
	switch (http_response_framing(m, request(w, c, c->in)->method)) {
	case HTTP_NO_BODY: return whole(w, c);
	case HTTP_LENGTH:
		c->left = (uint64_t)m->content_length;
		c->part = PART_LENGTH;
		return c->left ? true : whole(w, c);
	case HTTP_CHUNKED:
		http_chunk_init(&c->chunk, 0, 0);
		c->part = PART_CHUNKED;
		return true;
	case HTTP_UNTIL_CLOSE: c->part = PART_REST; return true;
	default: garbage(w, c, "the server switches to another protocol"); return false;
	}
}

/* Returns bytes used, 0 when the head is not complete, -1 when the connection is gone. */
static ssize_t head(struct worker *w, struct client *c, struct slice in, size_t seen)
{
	ssize_t used;

	/* An answer may come before its request is written whole, but not before it was begun. */
	if (c->pending == 0 || (c->pending == c->unsent && c->out_off == 0))
		return garbage(w, c, "an answer that nobody asked for");
	used = http_parse_response(in, seen, NULL, 0, &w->head);
	if (used < 0)
		return garbage(w, c, http_reason_row((enum http_reason) - used)->text);
	return used == 0 || take_head(w, c) ? used : -1;
}

static ssize_t length(struct worker *w, struct client *c, struct slice in)
{
	size_t n = in.n < c->left ? in.n : (size_t)c->left;

	c->left -= n;
	return c->left || whole(w, c) ? (ssize_t)n : -1;
}

static ssize_t chunked(struct worker *w, struct client *c, struct slice in)
{
	struct slice data;
	ssize_t used = http_chunk_feed(&c->chunk, in, &data);

	if (used < 0)
		return garbage(w, c, http_reason_row((enum http_reason) - used)->text);
	return !http_chunk_done(&c->chunk) || whole(w, c) ? used : -1;
}

ssize_t answer_take(struct worker *w, struct client *c, struct slice in)
{
	size_t taken = 0, seen = c->carry.n;
	ssize_t used = 1;

	for (; taken < in.n && used > 0; taken += (size_t)used, seen = 0) {
		struct slice rest = slice_skip(in, taken);

		switch (c->part) {
		case PART_HEAD: used = head(w, c, rest, seen); break;
		case PART_LENGTH: used = length(w, c, rest); break;
		case PART_CHUNKED: used = chunked(w, c, rest); break;
		case PART_REST: used = (ssize_t)rest.n; break;
		}
		if (used < 0)
			return -1;
	}
	return (ssize_t)taken;
}

void answer_ended(struct worker *w, struct client *c)
{
	c->last = true;
	whole(w, c);
}
