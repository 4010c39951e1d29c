/* The streams of an HTTP/2 connection and what may be sent on them.  RFC 9113 5 and 6.9.
 *
 * A peer may open as many streams as the other allows, which may be four thousand million: so many are followed as
 * a browser opens, and the oldest are forgotten then.  Windows are counted where the capture began with the
 * connection; wherever it was taken, a WINDOW_UPDATE passes there before the DATA that it allows. */
#include "trace/h2conn.h"

#include <stdlib.h>

/* --- Streams -------------------------------------------------------------------------------------------- */

struct h2_stream *h2_stream_find(struct h2flow *h, uint32_t id)
{
	for (unsigned i = h->nstreams; i--;)
		if (h->streams[i]->id == id)
			return h->streams[i];
	return NULL;
}

static void free_stream(struct h2flow *h, struct h2_stream *s)
{
	for (int side = FLOW_CLIENT; side <= FLOW_SERVER; side++)
		h2_body_done(h, &s->body[side]);
	h->streams_held -= sizeof(*s);
	free(s);
}

void h2_stream_drop(struct h2flow *h, struct h2_stream *s)
{
	for (unsigned i = h->nstreams; i--;) {
		if (h->streams[i] != s)
			continue;
		memmove(&h->streams[i], &h->streams[i + 1], (--h->nstreams - i) * sizeof(s));
		free_stream(h, s);
		return;
	}
}

void h2_streams_free(struct h2flow *h)
{
	while (h->nstreams)
		free_stream(h, h->streams[--h->nstreams]);
}

void h2_stream_over(struct h2flow *h, struct h2_stream *s)
{
	if (s->body[FLOW_CLIENT].ended && s->body[FLOW_SERVER].ended)
		h2_stream_drop(h, s);
}

/* The oldest stream gives way to a new one. */
static void make_room(struct trace *t, struct h2flow *h)
{
	if (h->nstreams < H2_STREAMS_MAX)
		return;
	if (!h->crowded)
		NOTE(t, H2_CROWDED, F_UINT("osilab.http2.streams", H2_STREAMS_MAX));
	h->crowded = true;
	h2_stream_drop(h, h->streams[0]);
}

struct h2_stream *h2_stream_get(struct trace *t, struct h2flow *h, uint32_t id)
{
	struct h2_stream *s = h2_stream_find(h, id);

	if (s)
		return s;
	make_room(t, h);
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->id = id;
	for (int side = FLOW_CLIENT; side <= FLOW_SERVER; side++) {
		s->body[side].window = h->half[side].initial;
		s->body[side].length = -1;
	}
	h->streams[h->nstreams++] = s;
	h->streams_held += sizeof(*s);
	return s;
}

void h2_body_begin(struct h2flow *h, struct h2_body *body, struct slice type, struct slice coding)
{
	h->streams_held -= content_held(&body->content);
	content_begin(&body->content, type, coding);
	h->streams_held += content_held(&body->content);
}

void h2_body_feed(struct h2flow *h, struct h2_body *body, struct slice data)
{
	body->bytes += data.n;
	h->streams_held -= content_held(&body->content);
	content_feed(&body->content, data);
	h->streams_held += content_held(&body->content);
}

void h2_body_missed(struct h2flow *h, struct h2_body *body, uint64_t bytes)
{
	body->cut = true;
	body->bytes += bytes;
	h->streams_held -= content_held(&body->content);
	content_missed(&body->content, bytes);
	h->streams_held += content_held(&body->content);
}

void h2_body_done(struct h2flow *h, struct h2_body *body)
{
	h->streams_held -= content_held(&body->content);
	content_drop(&body->content);
}

/* --- Windows -------------------------------------------------------------------------------------------- */

static void say_spent(struct trace *t, enum flow_side side, const struct h2_stream *s, int64_t window)
{
	if (window < 0)
		NOTE(t, H2_WINDOW_OVERRUN, F_SIDE(side), F_UINT("osilab.http2.over", (uint64_t)-window));
	else if (s)
		NOTE(t, H2_WINDOW_SPENT_STREAM, F_SIDE(side), F_UINT("http2.streamid", s->id));
	else
		NOTE(t, H2_WINDOW_SPENT, F_SIDE(side));
}

/* Takes n off a window; what is to be said when nothing is left is said once. */
static void spend(struct trace *t, enum flow_side side, const struct h2_stream *s, int64_t *window,
    int64_t *stalled_ts, uint32_t n)
{
	*window -= n;
	if (*window > 0 || n == 0 || *stalled_ts)
		return;
	*stalled_ts = t->frame.ts;
	say_spent(t, side, s, *window);
}

void h2_window_spend(struct trace *t, struct h2flow *h, enum flow_side side, struct h2_stream *s, uint32_t n)
{
	struct h2_half *half = &h->half[side];

	if (!half->windows)
		return;
	spend(t, side, NULL, &half->window, &half->stalled_ts, n);
	if (s)
		spend(t, side, s, &s->body[side].window, &s->body[side].stalled_ts, n);
}

static void grow(struct trace *t, enum flow_side side, int64_t *window, int64_t *stalled_ts, uint32_t n)
{
	*window += n;
	if (*window > 0x7fffffff) {
		NOTE(t, H2_WINDOW_OVERFLOW, F_SIDE(!side));
		*window = 0x7fffffff;
	}
	if (*window <= 0 || !*stalled_ts)
		return;
	NOTE(t, H2_WINDOW_OPEN, F_SIDE(side), F_SPAN("osilab.http2.stalled", t->frame.ts - *stalled_ts));
	*stalled_ts = 0;
}

void h2_window_grow(struct trace *t, struct h2flow *h, enum flow_side side, struct h2_stream *s, uint32_t n)
{
	struct h2_half *half = &h->half[side];

	if (!half->windows)
		return;
	if (s)
		grow(t, side, &s->body[side].window, &s->body[side].stalled_ts, n);
	else
		grow(t, side, &half->window, &half->stalled_ts, n);
}

void h2_window_initial(struct h2flow *h, enum flow_side side, uint32_t window)
{
	int64_t change = (int64_t)window - h->half[side].initial;

	h->half[side].initial = window;
	for (unsigned i = 0; i < h->nstreams; i++)
		h->streams[i]->body[side].window += change;
}
