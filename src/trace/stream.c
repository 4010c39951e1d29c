/* What flows inside a TCP connection; see stream.h. */
#include "trace/stream.h"

#include "http/parse.h"
#include "http2/frame.h"
#include "trace/dnsflow.h"
#include "trace/h2flow.h"
#include "trace/httpflow.h"
#include "trace/reasm.h"
#include "trace/tlsflow.h"
#include "wire/tlsrec.h"

enum {
	UNDECIDED_MAX = 8 * 1024, /* bytes looked at before a stream counts as unknown */
	WAITING_MAX = 16384,      /* segments that may wait behind one hole: a window of 24 MB in full ones */
};

/* How long bytes wait behind a hole when no acknowledgement can tell that it will not be filled. */
#define PATIENCE (INT64_C(5) * 1000 * 1000 * 1000)

/* Why a hole is given up; phrases of phrases.h. */
#define WHY_ACKED  "the other end has them: the capture missed them"
#define WHY_TIME   "nobody sent them again for seconds"
#define WHY_MEMORY "too much waited behind them"
#define WHY_CLOSED "the connection ended without them"
#define WHY_END    "the capture ended before they came"

enum app {
	APP_UNDECIDED,
	APP_TLS,
	APP_HTTP,
	APP_HTTP2,
	APP_DNS,   /* by content and port: its first bytes alone say too little */
	APP_OTHER, /* nothing this room knows */
};

struct direction {
	struct reasm reasm;
	struct buf undecided; /* bytes seen before the protocol was recognised */
	int64_t hole_ts;      /* since when something waits behind a hole; 0: nothing does */
	bool ended;
};

struct stream {
	struct direction dir[2]; /* by flow_side of the sender */
	enum app app;
	struct tlsflow *tls;
	struct httpflow *http;
	struct h2flow *h2;
	struct dnsstream *dns;
};

void stream_init(struct trace *t)
{
	pool_init(&t->streams, sizeof(struct stream));
}

static struct stream *stream_of(struct trace *t, struct flow *f)
{
	if (!f->stream && (f->stream = pool_get(&t->streams))) {
		trace_hold(t, 0, sizeof(*f->stream));
		buf_init(&f->stream->dir[0].undecided, UNDECIDED_MAX + 65536);
		buf_init(&f->stream->dir[1].undecided, UNDECIDED_MAX + 65536);
	}
	return f->stream;
}

/* --- Recognition --------------------------------------------------------------------------------------- */

static enum app recognise(const struct flow *f, struct slice start)
{
	struct tlsrec rec;
	int tls = tlsrec_header(start, &rec);
	enum http_guess http = http_message_looks_like(start);
	enum h2_guess h2 = h2_start_looks_like(start);
	int dns = dnsstream_looks_like(f, start);

	if (tls > 0)
		return APP_TLS;
	if (dns > 0)
		return APP_DNS;
	if (h2 == H2_GUESS_YES || (f->midstream && h2_frames_only(start)))
		return APP_HTTP2;
	if (http == HTTP_GUESS_REQUEST || http == HTTP_GUESS_RESPONSE)
		return APP_HTTP;
	if ((tls == 0 || http == HTTP_GUESS_MORE || h2 == H2_GUESS_MORE || dns == 0) &&
	    start.n < UNDECIDED_MAX)
		return APP_UNDECIDED;
	return APP_OTHER;
}

/* A proxy's tunnel (CONNECT) is open: what flows in it is recognised anew, as if the connection began here. */
static void enter_tunnel(struct trace *t, struct flow *f)
{
	httpflow_free(t, f->stream->http);
	f->stream->http = NULL;
	f->stream->app = APP_UNDECIDED;
}

static void feed_app(struct trace *t, struct flow *f, enum flow_side side, struct slice bytes)
{
	if (f->stream->app == APP_TLS)
		tlsflow_feed(t, f, f->stream->tls, side, bytes);
	else if (f->stream->app == APP_HTTP2)
		h2flow_feed(t, f->stream->h2, side, bytes);
	else if (f->stream->app == APP_DNS)
		dnsstream_feed(t, f, f->stream->dns, side, bytes);
	else if (f->stream->app == APP_HTTP) {
		httpflow_feed(t, f, f->stream->http, side, bytes);
		if (httpflow_proxied(f->stream->http))
			enter_tunnel(t, f);
	}
}

/* Starts the upper layer with these bytes; false when there is no memory for it. */
static bool start_app(struct trace *t, struct flow *f, enum app app, struct slice start)
{
	f->stream->app = app;
	if (app == APP_TLS)
		return (f->stream->tls = tlsflow_new(t)) != NULL;
	if (app == APP_HTTP)
		return (f->stream->http = httpflow_new(t, false)) != NULL;
	if (app == APP_HTTP2)
		return (f->stream->h2 = h2flow_new(t, f,
		            h2_start_looks_like(start) == H2_GUESS_YES ? H2_BY_PRIOR_KNOWLEDGE
		                                                       : H2_UNDER_WAY)) != NULL;
	if (app == APP_DNS)
		return (f->stream->dns = dnsstream_new(t)) != NULL;
	return true;
}

static void decide(struct trace *t, struct flow *f, enum flow_side side, struct slice bytes)
{
	struct buf *early = &f->stream->dir[side].undecided;
	size_t held = early->cap;
	enum app app;

	if (early->n) {
		buf_slice(early, bytes);
		bytes = buf_view(early);
	}
	app = recognise(f, bytes);
	if (app == APP_UNDECIDED) {
		if (!early->n)
			buf_slice(early, bytes);
		trace_hold(t, held, early->cap);
		return;
	}
	if (!start_app(t, f, app, bytes))
		f->stream->app = APP_OTHER;
	feed_app(t, f, side, bytes);
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		struct buf *other = &f->stream->dir[s].undecided;

		if (s != (int)side && other->n)
			feed_app(t, f, (enum flow_side)s, buf_view(other));
	}
	trace_hold(t, held, 0);
	trace_hold(t, f->stream->dir[!side].undecided.cap, 0);
	buf_fini(&f->stream->dir[0].undecided);
	buf_fini(&f->stream->dir[1].undecided);
}

/* A ClientHello where something else was spoken before: STARTTLS and its like (RFC 3207, RFC 2595). */
static bool turns_to_tls(struct slice bytes)
{
	struct tlsrec rec;
	struct tlsrec_hs hs;

	if (tlsrec_header(bytes, &rec) <= 0 || rec.type != TLSREC_HANDSHAKE)
		return false;
	tlsrec_handshake(slice_skip(bytes, TLSREC_HEADER), &hs);
	return hs.type == TLSREC_CLIENT_HELLO && hs.body.n && hs.len + TLSREC_HS_HEADER == rec.len;
}

static void feed(struct trace *t, struct flow *f, enum flow_side side, struct slice bytes)
{
	if (bytes.n == 0 || f->stream->dir[side].ended)
		return;
	if (f->stream->app == APP_OTHER && (f->midstream || turns_to_tls(bytes)))
		f->stream->app = APP_UNDECIDED; /* the capture may have begun inside a message: look again */
	if (f->stream->app == APP_UNDECIDED)
		decide(t, f, side, bytes);
	else
		feed_app(t, f, side, bytes);
}

/* --- Order, holes, ends --------------------------------------------------------------------------------- */

/* The upper layer goes on behind bytes that it will not get. */
static void missed(struct trace *t, struct flow *f, enum flow_side side, uint32_t missing)
{
	if (f->stream->app == APP_TLS)
		tlsflow_gap(t, f, f->stream->tls, side, missing);
	else if (f->stream->app == APP_HTTP)
		httpflow_gap(t, f, f->stream->http, side, missing);
	else if (f->stream->app == APP_HTTP2)
		h2flow_gap(t, f->stream->h2, side, missing);
	else if (f->stream->app == APP_DNS)
		dnsstream_gap(t, f->stream->dns, side);
	else
		buf_clear(&f->stream->dir[side].undecided);
}

static void say_gap(struct trace *t, enum flow_side side, uint32_t missing, const char *why)
{
	NOTE(
	    t, STREAM_GAP, F_UINT("osilab.tcp.missing", missing), F_SIDE(side), F_STR("osilab.tcp.why", why));
}

static void gap(struct trace *t, struct flow *f, enum flow_side side, const char *why)
{
	struct reasm *r = &f->stream->dir[side].reasm;
	uint32_t missing = reasm_hole(r);

	say_gap(t, side, missing, why);
	reasm_skip(r);
	missed(t, f, side, missing);
}

static void pop_all(struct trace *t, struct flow *f, enum flow_side side)
{
	struct slice bytes;

	while ((bytes = reasm_pop(&f->stream->dir[side].reasm)).n)
		feed(t, f, side, bytes);
}

static void free_app(struct trace *t, struct stream *s)
{
	tlsflow_free(t, s->tls);
	httpflow_free(t, s->http);
	h2flow_free(t, s->h2);
	dnsstream_free(t, s->dns);
	s->tls = NULL;
	s->http = NULL;
	s->h2 = NULL;
	s->dns = NULL;
	s->app = APP_OTHER;
}

/* A flow stays in the table after its end, for late segments; what its content needed goes. */
static void end(struct trace *t, struct flow *f, enum flow_side side)
{
	if (f->stream->dir[side].ended)
		return;
	if (f->stream->app == APP_TLS)
		tlsflow_end(t, f, f->stream->tls, side);
	else if (f->stream->app == APP_HTTP)
		httpflow_end(t, f, f->stream->http, side);
	else if (f->stream->app == APP_HTTP2)
		h2flow_end(t, f->stream->h2, side);
	f->stream->dir[side].ended = true;
	if (f->stream->dir[!side].ended)
		free_app(t, f->stream);
}

static bool acked_beyond(const struct flow *f, enum flow_side side, uint32_t seq)
{
	const struct flow_end *receiver = &f->end[!side];

	return receiver->has_ack && (int32_t)(receiver->last_ack - seq) > 0;
}

/* Why the first hole of a direction will not be filled any more: the receiver has what lies behind it, too much
 * waits, or it takes too long and the receiver's word is not captured.  NULL: it may be yet. */
static const char *hopeless(const struct trace *t, const struct flow *f, enum flow_side side)
{
	const struct direction *d = &f->stream->dir[side];

	if (acked_beyond(f, side, reasm_waiting_seq(&d->reasm)))
		return WHY_ACKED;
	if (d->reasm.count > WAITING_MAX)
		return WHY_MEMORY;
	if (!f->end[!side].packets && t->frame.ts - d->hole_ts > PATIENCE)
		return WHY_TIME;
	return NULL;
}

/* Gives up the holes of one direction that no later segment can fill; all of them when `why` says so. */
static void skip_holes(struct trace *t, struct flow *f, enum flow_side side, const char *why)
{
	struct direction *d = &f->stream->dir[side];
	size_t held = d->reasm.held;
	const char *because;

	if (!d->reasm.waiting) {
		d->hole_ts = 0;
		return;
	}
	d->hole_ts = d->hole_ts ? d->hole_ts : t->frame.ts;
	while (reasm_hole(&d->reasm) && (because = why ? why : hopeless(t, f, side))) {
		gap(t, f, side, because);
		pop_all(t, f, side);
		d->hole_ts = t->frame.ts;
	}
	trace_hold(t, held, d->reasm.held);
}

/* The last bytes before a FIN never came, and nothing waits behind them: the FIN was acknowledged all the same. */
static void skip_tail(struct trace *t, struct flow *f, enum flow_side side)
{
	struct direction *d = &f->stream->dir[side];
	const struct flow_end *e = &f->end[side];
	uint32_t missing = e->fin_seq - d->reasm.next;

	if (d->ended || !d->reasm.started || !e->fin_acked || d->reasm.waiting || (int32_t)missing <= 0)
		return;
	say_gap(t, side, missing, WHY_ACKED);
	reasm_pass(&d->reasm, missing);
	missed(t, f, side, missing);
}

/* The snap length cut the segment in hand: what it lacks comes with no other.  How much that is the packet's
 * sizes say, so there is no note. */
static void pass_cut(struct trace *t, struct flow *f, enum flow_side side, uint32_t behind)
{
	struct direction *d = &f->stream->dir[side];
	uint32_t cut = t->frame.pkt.payload_len - (uint32_t)t->frame.pkt.payload.n;

	if (!cut || d->ended || !d->reasm.started || d->reasm.next != behind)
		return;
	cut = reasm_pass(&d->reasm, cut);
	if (f->stream->app == APP_HTTP)
		httpflow_cut(t, f, f->stream->http, side, cut);
	else
		missed(t, f, side, cut);
	pop_all(t, f, side);
}

static void push(struct trace *t, struct flow *f, enum flow_side side)
{
	const struct tcp *tcp = &t->frame.pkt.transport->tcp;
	struct reasm *r = &f->stream->dir[side].reasm;
	size_t held = r->held, dropped = 0;

	if (tcp->flags & TCP_SYN)
		reasm_start(r, tcp->seq + 1);
	if (t->frame.pkt.payload_len) {
		uint32_t seq = tcp->seq + !!(tcp->flags & TCP_SYN);

		struct slice next = reasm_push(r, seq, t->frame.pkt.payload, &dropped);

		if (r->differs) {
			NOTE(t, STREAM_CONFLICT, F_SIDE(side));
			t->stats.conflicting_bytes++;
		}
		feed(t, f, side, next);
		pop_all(t, f, side);
		pass_cut(t, f, side, seq + (uint32_t)t->frame.pkt.payload.n);
	}
	trace_hold(t, held, r->held);
	/* Past the limit, idle flows go first (see make_room in trace.c); a flow that takes a large part of it
	 * gives up bytes of its own. */
	if (dropped || (t->held > t->config.memory && r->held > t->config.memory / 4)) {
		NOTE0(t, STREAM_DROPPED);
		t->stats.bytes_dropped += dropped;
		skip_holes(t, f, side, WHY_MEMORY);
	}
}

void stream_step(struct trace *t, struct flow *f, enum flow_side side)
{
	const struct tcp *tcp = &t->frame.pkt.transport->tcp;

	if (!f->stream && !t->frame.pkt.payload.n && !(tcp->flags & TCP_SYN))
		return;
	if (!stream_of(t, f))
		return;
	/* What this segment acknowledges came before what it carries. */
	skip_holes(t, f, !side, NULL);
	push(t, f, side);
	skip_holes(t, f, side, NULL);
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		const struct reasm *r = &f->stream->dir[s].reasm;

		if (f->end[s].fin_sent)
			skip_tail(t, f, (enum flow_side)s);
		if (f->end[s].fin_sent && (!r->started || r->next == f->end[s].fin_seq))
			end(t, f, (enum flow_side)s);
	}
	if (tcp->flags & TCP_RST)
		stream_finish(t, f);
}

void stream_finish(struct trace *t, struct flow *f)
{
	if (!f->stream)
		return;
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		skip_holes(t, f, (enum flow_side)s, WHY_CLOSED);
		end(t, f, (enum flow_side)s);
	}
}

void stream_flush(struct trace *t, struct flow *f)
{
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++)
		skip_holes(t, f, (enum flow_side)s, WHY_END);
}

void stream_free(struct trace *t, struct flow *f)
{
	if (!f->stream)
		return;
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		struct direction *d = &f->stream->dir[s];

		trace_hold(t, d->reasm.held + d->undecided.cap, 0);
		reasm_fini(&d->reasm);
		buf_fini(&d->undecided);
	}
	free_app(t, f->stream);
	trace_hold(t, sizeof(*f->stream), 0);
	pool_put(&t->streams, f->stream);
	f->stream = NULL;
}
