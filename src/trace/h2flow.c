/* HTTP/2 over a stream: from bytes to frames, whatever is missing of them; see h2flow.h.  RFC 9113 3 and 4. */
#include "trace/h2conn.h"

#include <stdlib.h>

static size_t held(const struct h2flow *h)
{
	size_t n = sizeof(*h) + h->streams_held;

	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++)
		n += h->half[s].part.cap + h->half[s].block.cap + hpack_held(h->half[s].hpack);
	return n;
}

struct h2flow *h2flow_new(struct trace *t, const struct flow *f, enum h2_entry entry)
{
	struct h2flow *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->secure = entry == H2_BY_ALPN;
	h->flow = f;
	h->entry = entry;
	h->most_open = 1;
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		struct h2_half *half = &h->half[s];

		buf_init(&half->part, H2_WHOLE_MAX + H2_HEADER + 65536);
		buf_init(&half->block, H2_BLOCK_MAX);
		half->state = entry == H2_UNDER_WAY ? H2_LOST
		              : s == FLOW_CLIENT    ? H2_AT_PREFACE
		                                    : H2_AT_FRAME;
		half->longest = H2_FRAME_DEFAULT;
		half->table_limit = HPACK_TABLE_DEFAULT;
		half->tables_unknown = entry == H2_UNDER_WAY;
		half->window = half->initial = H2_WINDOW_DEFAULT;
		/* What HTTP2-Settings agreed on with an upgrade is not looked at. */
		half->windows = entry == H2_BY_ALPN || entry == H2_BY_PRIOR_KNOWLEDGE;
	}
	trace_hold(t, 0, held(h));
	return h;
}

void h2flow_free(struct trace *t, struct h2flow *h)
{
	if (!h)
		return;
	trace_hold(t, held(h), 0);
	exchanges_free(t, h->exchanges);
	h2_streams_free(h);
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		buf_fini(&h->half[s].part);
		buf_fini(&h->half[s].block);
		hpack_free(h->half[s].hpack);
	}
	free(h);
}

void h2flow_upgraded(struct trace *t, struct h2flow *h, const struct asked *asked)
{
	size_t before = held(h);
	struct h2_stream *s = h2_stream_get(t, h, 1);

	if (s) {
		if (asked)
			s->asked = *asked;
		s->body[FLOW_CLIENT].ended = true; /* it was sent in HTTP/1.1 */
	}
	h->half[FLOW_CLIENT].top = 1;
	h->requests = 1;
	trace_hold(t, before, held(h));
}

/* --- Losing the thread, and finding it again --------------------------------------------------------------- */

static size_t feed_frame(struct trace *t, struct h2flow *h, enum flow_side side, struct slice in);

/* Where the next frame begins is not known, nor what the frames between said. */
static void lose(struct h2flow *h, struct h2_half *half)
{
	for (unsigned i = 0; i < h->nstreams; i++)
		h2_body_missed(h, &h->streams[i]->body[half - h->half], 0);
	h->half[FLOW_CLIENT].windows = h->half[FLOW_SERVER].windows = false;
	h2_block_lose(half);
	half->nwaiting = 0;
	half->state = H2_LOST;
}

/* Looks for the next frame: octets passed over. */
static size_t find_again(struct trace *t, struct h2flow *h, enum flow_side side, struct slice in)
{
	struct h2_half *half = &h->half[side];
	ssize_t at = h2_frames_find(in, half->longest);

	if (at < 0)
		return in.n;
	half->state = H2_AT_FRAME;
	if (h->entry == H2_UNDER_WAY && !half->found)
		NOTE(t, H2_MIDSTREAM, F_SIDE(side));
	else
		NOTE(t, H2_FOUND, F_SIDE(side));
	half->found = true;
	return (size_t)at + feed_frame(t, h, side, slice_skip(in, (size_t)at));
}

static void bad_frame(struct trace *t, const struct h2_frame *f, const char *reason, uint32_t error)
{
	const char *name = h2_type_name(f->type);

	trace_info(t, h2_protocol(), "%s, damaged", name ? name : "frame");
	H2_NOTE(t, H2_FRAME_BAD, f, F_STR("osilab.http2.frame", name ? name : "unknown"),
	    F_STR("osilab.http2.reason", reason), F_STR("osilab.http2.error", h2_error_name(error)));
}

/* --- Frames ----------------------------------------------------------------------------------------------- */

static void say_preface(struct trace *t, struct h2flow *h, struct slice where)
{
	trace_info(t, h2_protocol(), "preface");
	switch (h->entry) {
	case H2_BY_ALPN: trace_where(t, NOTE0(t, H2_PREFACE_ALPN), where); break;
	case H2_BY_UPGRADE: trace_where(t, NOTE0(t, H2_PREFACE_UPGRADE), where); break;
	default: trace_where(t, NOTE0(t, H2_PREFACE), where); break;
	}
}

static size_t feed_preface(struct trace *t, struct h2flow *h, enum flow_side side, struct slice in)
{
	struct h2_half *half = &h->half[side];

	if (slice_starts(in, h2_preface())) {
		half->state = H2_AT_FRAME;
		say_preface(t, h, slice_sub(in, 0, H2_PREFACE_LEN));
		return H2_PREFACE_LEN;
	}
	if (slice_starts(h2_preface(), in))
		return 0;
	/* The beginning is missing. */
	h->entry = H2_UNDER_WAY;
	lose(h, half);
	return find_again(t, h, side, in);
}

/* No frame may stand within a header block but those that go on with it (RFC 9113 6.10). */
static bool in_order(struct trace *t, struct h2_half *half, const struct h2_frame *f)
{
	bool goes_on = f->type == H2_CONTINUATION;

	if (half->in_block == goes_on && (!goes_on || f->stream == half->block_frame.stream))
		return true;
	bad_frame(t, f,
	    half->in_block ? "a header block is interrupted" : "CONTINUATION without a header block", 1);
	h2_block_lose(half);
	return !goes_on;
}

static void on_frame(struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f,
    struct slice payload, struct slice where)
{
	struct h2_half *half = &h->half[side];
	struct h2_payload p;
	int fault;

	if (!in_order(t, half, f))
		return;
	fault = h2_frame_payload(f, payload, &p);
	if (fault < 0) {
		bad_frame(
		    t, f, h2_fault_text((enum h2_fault) - fault), h2_fault_error((enum h2_fault) - fault));
		if (f->type == H2_HEADERS || f->type == H2_PUSH_PROMISE || f->type == H2_CONTINUATION)
			h2_block_lose(half);
	} else if (f->type == H2_HEADERS || f->type == H2_PUSH_PROMISE || f->type == H2_CONTINUATION) {
		h2_block_frame(t, h, side, f, &p, where);
	} else {
		h2_frame_say(t, h, side, f, &p, where);
	}
}

/* Begins a DATA frame, whose content is read as it comes: octets used, 0 when the next one is needed. */
static size_t begin_data(struct trace *t, struct h2flow *h, enum flow_side side, struct slice in)
{
	struct h2_half *half = &h->half[side];
	const struct h2_frame *f = &half->frame;
	int start = h2_data_start(f, slice_skip(in, H2_HEADER), &half->left, &half->padding);

	if (start == 0)
		return 0;
	half->pad_all = half->padding;
	if (!in_order(t, half, f) || start < 0) {
		if (start < 0)
			bad_frame(t, f, h2_fault_text((enum h2_fault) - start),
			    h2_fault_error((enum h2_fault) - start));
		half->state = H2_PASSING;
		half->left = f->length;
		return H2_HEADER;
	}
	half->state = H2_IN_DATA;
	if (half->left + half->padding == 0) {
		half->state = H2_AT_FRAME;
		h2_data_end(t, h, side, f, half->pad_all);
	}
	return H2_HEADER + (size_t)start - 1;
}

/* A frame too long to be looked at as a whole. */
static size_t pass_over(struct trace *t, struct h2flow *h, enum flow_side side)
{
	struct h2_half *half = &h->half[side];
	const struct h2_frame *f = &half->frame;

	if (in_order(t, half, f) && h2_type_name(f->type)) {
		bad_frame(t, f, "longer than is looked at", 6);
		if (f->type == H2_HEADERS || f->type == H2_PUSH_PROMISE || f->type == H2_CONTINUATION)
			h2_block_lose(half);
	}
	half->state = H2_PASSING;
	half->left = f->length;
	return H2_HEADER;
}

/* Reads the frame at the start of `in`: octets used, 0 when more are needed. */
static size_t feed_frame(struct trace *t, struct h2flow *h, enum flow_side side, struct slice in)
{
	struct h2_half *half = &h->half[side];
	struct h2_frame *f = &half->frame;
	size_t whole;

	if (!h2_frame_header(in, f))
		return 0;
	if (f->length > half->longest) {
		bad_frame(t, f, "longer than was agreed on", 6);
		lose(h, half);
		return H2_HEADER;
	}
	if (f->type == H2_DATA)
		return begin_data(t, h, side, in);
	if (f->length > H2_WHOLE_MAX)
		return pass_over(t, h, side);
	whole = H2_HEADER + (size_t)f->length;
	if (in.n < whole)
		return 0;
	on_frame(t, h, side, f, slice_sub(in, H2_HEADER, f->length), slice_sub(in, 0, whole));
	return whole;
}

/* Content, then padding, of the DATA frame in hand. */
static size_t feed_data(struct trace *t, struct h2flow *h, enum flow_side side, struct slice in)
{
	struct h2_half *half = &h->half[side];
	struct slice content = slice_sub(in, 0, half->left);
	size_t padding = in.n - content.n;

	if (padding > half->padding)
		padding = half->padding;
	h2_data(t, h, side, &half->frame, content);
	half->left -= (uint32_t)content.n;
	half->padding -= (uint32_t)padding;
	if (half->left + half->padding == 0) {
		half->state = H2_AT_FRAME;
		h2_data_end(t, h, side, &half->frame, half->pad_all);
	}
	return content.n + padding;
}

static size_t feed_passing(struct h2_half *half, struct slice in)
{
	size_t n = slice_sub(in, 0, half->left).n;

	half->left -= (uint32_t)n;
	if (!half->left)
		half->state = H2_AT_FRAME;
	return n;
}

/* One step of one direction: octets used, 0 when more are needed. */
static size_t feed_some(struct trace *t, struct h2flow *h, enum flow_side side, struct slice in)
{
	switch (h->half[side].state) {
	case H2_AT_PREFACE: return feed_preface(t, h, side, in);
	case H2_AT_FRAME: return feed_frame(t, h, side, in);
	case H2_IN_DATA: return feed_data(t, h, side, in);
	case H2_PASSING: return feed_passing(&h->half[side], in);
	case H2_LOST: return find_again(t, h, side, in);
	}
	return in.n;
}

/* A packet that holds the end of no frame says so. */
static void say_part(struct trace *t)
{
	if (strcmp(t->frame.proto, h2_protocol()) != 0)
		trace_info(t, h2_protocol(), "part of a frame");
}

void h2flow_feed(struct trace *t, struct h2flow *h, enum flow_side side, struct slice bytes)
{
	struct h2_half *half = &h->half[side];
	size_t before = held(h), used = 0, step;
	bool buffered = half->part.n > 0;
	struct slice in = bytes;

	if (buffered && buf_slice(&half->part, bytes) < 0) {
		buf_fini(&half->part);
		lose(h, half);
		trace_hold(t, before, held(h));
		return;
	}
	if (buffered)
		in = buf_view(&half->part);
	while (used < in.n && (step = feed_some(t, h, side, slice_skip(in, used))))
		used += step;
	if (used == 0 || (half->state != H2_AT_FRAME && half->state != H2_AT_PREFACE))
		say_part(t);
	if (buffered)
		buf_consume(&half->part, used);
	else if (used < in.n)
		buf_slice(&half->part, slice_skip(in, used));
	if (!half->part.n)
		buf_fini(&half->part);
	trace_hold(t, before, held(h));
}

/* --- Holes and ends --------------------------------------------------------------------------------------- */

/* The hole lies within the DATA frame in hand. */
static void miss_data(struct trace *t, struct h2flow *h, enum flow_side side, uint32_t missing)
{
	struct h2_half *half = &h->half[side];
	struct h2_stream *s = h2_stream_find(h, half->frame.stream);
	uint32_t content = missing < half->left ? missing : half->left;

	if (s) {
		h2_body_missed(h, &s->body[side], content);
		exchange_hole(t, h->exchanges, s->id,
		    side == FLOW_CLIENT ? EXCHANGE_REQUEST : EXCHANGE_RESPONSE, content);
	}
	half->left -= content;
	half->padding -= missing - content;
	if (half->left + half->padding)
		return;
	half->state = H2_AT_FRAME;
	h2_data_end(t, h, side, &half->frame, half->pad_all);
}

/* The hole lies within the frame whose start waits in half->part: that one is lost, the next one is not. */
static void miss_frame(struct h2flow *h, struct h2_half *half, uint32_t missing)
{
	const struct h2_frame *f = &half->frame;

	if (f->type == H2_HEADERS || f->type == H2_PUSH_PROMISE || f->type == H2_CONTINUATION)
		h2_block_lose(half);
	if (f->type == H2_SETTINGS || f->type == H2_WINDOW_UPDATE)
		h->half[FLOW_CLIENT].windows = h->half[FLOW_SERVER].windows = false;
	half->left = H2_HEADER + f->length - (uint32_t)half->part.n - missing;
	half->state = half->left ? H2_PASSING : H2_AT_FRAME;
}

void h2flow_gap(struct trace *t, struct h2flow *h, enum flow_side side, uint32_t missing)
{
	struct h2_half *half = &h->half[side];
	size_t before = held(h);

	if (half->state == H2_IN_DATA && missing <= half->left + half->padding) {
		miss_data(t, h, side, missing);
	} else if (half->state == H2_PASSING && missing <= half->left) {
		half->left -= missing;
		half->state = half->left ? H2_PASSING : H2_AT_FRAME;
	} else if (half->state == H2_AT_FRAME && h2_frame_header(buf_view(&half->part), &half->frame) &&
	           half->frame.type != H2_DATA &&
	           missing <= H2_HEADER + (size_t)half->frame.length - half->part.n) {
		miss_frame(h, half, missing);
	} else {
		if (half->state == H2_AT_PREFACE)
			h->entry = H2_UNDER_WAY;
		lose(h, half);
	}
	buf_fini(&half->part);
	trace_hold(t, before, held(h));
}

void h2flow_end(struct trace *t, struct h2flow *h, enum flow_side side)
{
	unsigned waiting = 0;

	for (unsigned i = 0; i < h->nstreams; i++)
		waiting += h->streams[i]->asked.frame && !h->streams[i]->body[FLOW_SERVER].ended;
	if (side == FLOW_SERVER && waiting)
		NOTE(t, H2_UNANSWERED, F_UINT("osilab.http2.streams", waiting));
}
