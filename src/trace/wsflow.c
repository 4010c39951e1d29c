/* WebSocket over a stream; see wsflow.h. */
#include "trace/wsflow.h"

#include "base/escape.h"
#include "http/websocket.h"
#include "trace/identity.h"
#include "trace/inflate.h"

#include <stdlib.h>

enum {
	TEXT_KEPT = 4096,     /* of a text message, to be looked into */
	EXCERPT = 72,         /* bytes of it that are shown */
	INFLATED_MAX = 65536, /* decoded bytes of one message, after which no more is decoded */
};

/* One direction. */
struct way {
	uint8_t head[WS_HEAD_MAX]; /* of a frame, as far as it came */
	uint8_t nhead;
	struct ws_head frame; /* the one in hand */
	uint64_t left, at;    /* of its payload: bytes to come, bytes seen */
	bool in_payload;
	bool deaf; /* cannot be followed any more */
	bool mask_said, closed;
	uint8_t control[WS_CONTROL_MAX];
	uint8_t ncontrol;

	/* The message in hand. */
	uint8_t opcode; /* WS_TEXT or WS_BINARY; 0: none */
	bool compressed, holes;
	uint64_t bytes, frames;
	struct buf kept;

	struct inflater inflater;
	uint64_t inflated;                        /* bytes that came of the message in hand */
	bool forget;                              /* the window is not taken over to the next message */
	bool lost_window;                         /* a gap: nothing can be decoded any more */
	uint64_t messages, payload, pings, pongs; /* so far */
};

struct wsflow {
	bool secure, deflate, summed;
	struct way way[2]; /* by flow_side of the sender */
};

static size_t held(const struct wsflow *ws)
{
	size_t n = sizeof(*ws);

	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++)
		n += ws->way[s].kept.cap + (ws->way[s].inflater.z ? INFLATE_HELD : 0);
	return n;
}

static const char *protocol(const struct wsflow *ws)
{
	return ws->secure ? "WSS" : "WebSocket";
}

/* --- The handshake ----------------------------------------------------------------------------------------- */

void wsflow_asked(struct trace *t, struct slice protocols, struct slice extensions)
{
	NOTE(t, WS_ASKED,
	    F_TEXT("osilab.ws.protocols", protocols.n ? trace_brief(t, protocols, 80) : SLICE("none")),
	    F_TEXT("osilab.ws.extensions", extensions.n ? trace_brief(t, extensions, 120) : SLICE("none")));
}

static void note_accept(struct trace *t, struct slice accept, const char *key)
{
	char right[WS_ACCEPT_SIZE + 1];
	const struct field said = F_TEXT("http.sec_websocket_accept", trace_brief(t, accept, 60));

	if (!*key) {
		trace_note(t, NOTE_WS_OPEN, &said, 1);
		return;
	}
	ws_accept(slice_str(key), right);
	if (slice_eq_str(accept, right))
		trace_note(t, NOTE_WS_ACCEPTED, &said, 1);
	else
		NOTE(t, WS_ACCEPT_WRONG, said, F_STR("osilab.ws.accept", right));
}

static void agree(struct trace *t, struct wsflow *ws, struct slice extensions)
{
	struct slice rest = extensions, one;

	while (http_list_next(&rest, &one)) {
		if (!slice_istarts(one, SLICE("permessage-deflate")))
			continue;
		ws->deflate = true;
		ws->way[FLOW_CLIENT].forget = slice_find(one, SLICE("client_no_context_takeover")) >= 0;
		ws->way[FLOW_SERVER].forget = slice_find(one, SLICE("server_no_context_takeover")) >= 0;
		NOTE(t, WS_DEFLATE, F_TEXT("osilab.ws.extensions", trace_brief(t, one, 120)));
	}
}

struct wsflow *wsflow_new(struct trace *t, const struct http_msg *response, const char *key, bool secure)
{
	struct wsflow *ws = calloc(1, sizeof(*ws));

	note_accept(t, http_value(response, SLICE("Sec-WebSocket-Accept")), key);
	if (!ws)
		return NULL;
	ws->secure = secure;
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		buf_init(&ws->way[s].kept, TEXT_KEPT);
		inflater_init(&ws->way[s].inflater, INFLATE_RAW);
	}
	agree(t, ws, http_value(response, SLICE("Sec-WebSocket-Extensions")));
	trace_hold(t, 0, held(ws));
	return ws;
}

void wsflow_free(struct trace *t, struct wsflow *ws)
{
	if (!ws)
		return;
	trace_hold(t, held(ws), 0);
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		buf_fini(&ws->way[s].kept);
		inflater_fini(&ws->way[s].inflater);
	}
	free(ws);
}

/* --- Messages ------------------------------------------------------------------------------------------------ */

static void keep(struct way *w, struct slice data)
{
	if (w->opcode == WS_TEXT && w->kept.n < TEXT_KEPT)
		buf_slice(&w->kept, slice_sub(data, 0, TEXT_KEPT - w->kept.n));
}

static void decode(struct way *w, struct slice data)
{
	uint8_t piece[4096];
	ssize_t n = 0;

	while (w->inflated < INFLATED_MAX &&
	       (n = inflater_next(&w->inflater, &data, piece, sizeof(piece))) > 0) {
		w->inflated += (uint64_t)n;
		keep(w, slice_of(piece, (size_t)n));
	}
	/* What is not decoded is missing from the window. */
	w->lost_window |= n < 0 || w->inflated >= INFLATED_MAX;
}

static void take_data(struct way *w, struct slice data)
{
	w->bytes += data.n;
	if (!w->compressed)
		keep(w, data);
	else if (!w->lost_window)
		decode(w, data);
}

/* The beginning of a text, as far as it may be shown. */
static struct slice excerpt(struct trace *t, struct slice text)
{
	size_t safe = identity_safe(slice_sub(text, 0, EXCERPT));
	uint32_t rune;

	if (safe == text.n)
		return text;
	/* Not in the middle of a character. */
	for (int i = 0;
	     i < 3 && safe && (text.p[safe] & 0xc0) == 0x80 && !escape_utf8(slice_skip(text, safe), &rune);
	     i++)
		safe--;
	return slice_str(arena_printf(&t->arena, "%.*s…", (int)safe, (const char *)text.p));
}

static void note_message(struct trace *t, const struct wsflow *ws, const struct way *w, enum flow_side side)
{
	struct slice text = buf_view(&w->kept);
	const struct field who = F_SIDE(side), opcode = F_UINT("osilab.ws.opcode", w->opcode);
	const struct field bytes = F_UINT("osilab.ws.bytes", w->bytes);

	if (text.n)
		trace_note(t, NOTE_WS_TEXT,
		    (struct field[]){ who, opcode, bytes, F_TEXT("osilab.ws.excerpt", excerpt(t, text)) }, 4);
	else
		trace_note(t, NOTE_WS_MESSAGE,
		    (struct field[]){
		        who, opcode, bytes, F_STR("osilab.ws.type", ws_opcode_name(w->opcode)) },
		    4);
	if (w->frames > 1)
		NOTE(t, WS_FRAGMENTS, F_UINT("osilab.ws.frames", w->frames));
	if (w->compressed && w->inflated && !w->lost_window)
		NOTE(t, WS_INFLATED, bytes, F_UINT("osilab.ws.inflated", w->inflated));
	if (text.n && text.n < TEXT_KEPT && !w->holes && text.p[0] == '{')
		identity_body(t, SLICE("application/json"), text, ws->secure);
}

static void end_message(struct trace *t, const struct wsflow *ws, struct way *w, enum flow_side side)
{
	static const uint8_t tail[4] = { 0, 0, 0xff, 0xff };

	/* RFC 7692 7.2.2: the end of the block that the sender left off. */
	if (w->compressed && !w->lost_window)
		decode(w, slice_of(tail, sizeof(tail)));
	trace_info(
	    t, protocol(ws), "%s, %llu bytes", ws_opcode_name(w->opcode), (unsigned long long)w->bytes);
	note_message(t, ws, w, side);
	w->messages++;
	w->payload += w->bytes;
	if (w->forget) {
		inflater_fini(&w->inflater);
		inflater_init(&w->inflater, INFLATE_RAW);
		w->lost_window = false;
	}
	buf_fini(&w->kept);
	w->opcode = 0;
}

/* --- Control frames -------------------------------------------------------------------------------------------- */

static void note_close(struct trace *t, struct way *w, enum flow_side side)
{
	unsigned code = w->ncontrol >= 2 ? (unsigned)w->control[0] << 8 | w->control[1] : 1005;
	const char *words = ws_close_text(code);
	const struct field who = F_SIDE(side), what = F_UINT("websocket.payload.close.status_code", code);
	const struct field why = F_STR("osilab.ws.close", *words ? words : "a code of the application's own");
	struct slice reason = slice_of(w->control + 2, w->ncontrol > 2 ? w->ncontrol - 2u : 0);

	if (reason.n)
		trace_note(t, NOTE_WS_CLOSE_REASON,
		    (struct field[]){ who, what, why, F_TEXT("websocket.payload.close.reason", reason) }, 4);
	else if (code == 1000 || code == 1001 || code == 1005)
		trace_note(t, NOTE_WS_CLOSE, (struct field[]){ who, what, why }, 3);
	else
		trace_note(t, NOTE_WS_CLOSE_ERROR, (struct field[]){ who, what, why }, 3);
	if (w->ncontrol >= 2 && !ws_close_allowed(code))
		NOTE(t, WS_CLOSE_CODE, what);
	w->closed = true;
}

static void end_control(struct trace *t, const struct wsflow *ws, struct way *w, enum flow_side side)
{
	const struct field bytes = F_UINT("osilab.ws.bytes", w->ncontrol);
	const struct field who = F_SIDE(side);

	trace_info(t, protocol(ws), "%s", ws_opcode_name(w->frame.opcode));
	if (w->frame.opcode == WS_CLOSE) {
		note_close(t, w, side);
		return;
	}
	*(w->frame.opcode == WS_PING ? &w->pings : &w->pongs) += 1;
	trace_note(
	    t, w->frame.opcode == WS_PING ? NOTE_WS_PING : NOTE_WS_PONG, (struct field[]){ who, bytes }, 2);
}

/* --- Frames ------------------------------------------------------------------------------------------------------ */

static void broken(struct trace *t, struct way *w, enum flow_side side, const char *reason)
{
	NOTE(t, WS_BROKEN, F_SIDE(side), F_STR("osilab.ws.reason", reason));
	buf_fini(&w->kept);
	w->deaf = true;
}

/* What is wrong with a frame at this place, or NULL. */
static const char *misplaced(const struct wsflow *ws, const struct way *w)
{
	const struct ws_head *f = &w->frame;
	bool first = f->opcode == WS_TEXT || f->opcode == WS_BINARY;

	if (f->rsv & 3 || (f->rsv && !(ws->deflate && first)))
		return "reserved bits that no extension uses";
	if (f->opcode == WS_CONTINUATION && !w->opcode)
		return "a continuation of nothing";
	if (first && w->opcode)
		return "a new message within another one";
	return NULL;
}

static void note_mask(struct trace *t, struct way *w, enum flow_side side)
{
	if (w->mask_said || w->frame.masked == (side == FLOW_CLIENT)) {
		if (!w->mask_said && w->frame.masked)
			NOTE0(t, WS_MASKED);
		w->mask_said = true;
		return;
	}
	w->mask_said = true;
	NOTE(t, WS_MASK_WRONG, F_SIDE(side),
	    F_STR("osilab.ws.reason",
	        w->frame.masked ? "masks, which only clients do" : "does not mask, which clients must"));
}

static void end_frame(struct trace *t, const struct wsflow *ws, struct way *w, enum flow_side side)
{
	w->in_payload = false;
	if (w->frame.opcode >= WS_CLOSE)
		end_control(t, ws, w, side);
	else if (w->frame.fin)
		end_message(t, ws, w, side);
	else
		trace_info(t, protocol(ws), "part of a message, %llu bytes", (unsigned long long)w->at);
}

static void begin_frame(struct trace *t, const struct wsflow *ws, struct way *w, enum flow_side side)
{
	const char *reason = misplaced(ws, w);

	if (reason) {
		broken(t, w, side, reason);
		return;
	}
	note_mask(t, w, side);
	w->left = w->frame.length;
	w->at = w->ncontrol = 0;
	w->in_payload = true;
	if (w->frame.opcode == WS_TEXT || w->frame.opcode == WS_BINARY) {
		w->opcode = w->frame.opcode;
		w->compressed = w->frame.rsv & 4;
		w->bytes = w->frames = w->inflated = 0;
		w->holes = false;
	}
	w->frames += w->frame.opcode < WS_CLOSE;
	if (!w->left)
		end_frame(t, ws, w, side);
}

/* Payload of the frame in hand, still masked. */
static void take_payload(struct way *w, struct slice data)
{
	uint8_t room[1024];

	while (data.n) {
		struct slice piece = slice_sub(data, 0, sizeof(room));

		data = slice_skip(data, piece.n);
		if (w->frame.masked) {
			ws_mask(w->frame.key, w->at, piece, room);
			piece.p = room;
		}
		w->at += piece.n;
		if (w->frame.opcode < WS_CLOSE) {
			take_data(w, piece);
		} else if (piece.n <= sizeof(w->control) - w->ncontrol) {
			memcpy(w->control + w->ncontrol, piece.p, piece.n);
			w->ncontrol += (uint8_t)piece.n;
		}
	}
}

/* Bytes used of the head that begins or goes on here. */
static size_t feed_head(
    struct trace *t, const struct wsflow *ws, struct way *w, enum flow_side side, struct slice in)
{
	struct slice more = slice_sub(in, 0, sizeof(w->head) - w->nhead);
	size_t before = w->nhead;
	ssize_t used;

	memcpy(w->head + before, more.p, more.n);
	used = ws_head_parse(slice_of(w->head, before + more.n), &w->frame);
	if (used == 0) {
		w->nhead += (uint8_t)more.n;
		return more.n;
	}
	w->nhead = 0;
	if (used < 0) {
		broken(t, w, side, ws_reason_text((enum ws_reason) - used));
		return in.n;
	}
	begin_frame(t, ws, w, side);
	return (size_t)used - before;
}

void wsflow_feed(struct trace *t, struct wsflow *ws, enum flow_side side, struct slice in)
{
	struct way *w = &ws->way[side];
	size_t before = held(ws);

	while (in.n && !w->deaf) {
		struct slice piece = in;

		if (!w->in_payload) {
			in = slice_skip(in, feed_head(t, ws, w, side, in));
			continue;
		}
		piece = slice_sub(in, 0, w->left < in.n ? (size_t)w->left : in.n);
		if (strcmp(t->frame.proto, protocol(ws)) != 0)
			trace_info(t, protocol(ws), "%s", "");
		take_payload(w, piece);
		in = slice_skip(in, piece.n);
		w->left -= piece.n;
		if (!w->left)
			end_frame(t, ws, w, side);
	}
	trace_hold(t, before, held(ws));
}

void wsflow_gap(struct trace *t, struct wsflow *ws, enum flow_side side, uint32_t missing)
{
	struct way *w = &ws->way[side];
	size_t before = held(ws);

	w->holes = true;
	if (!w->in_payload || missing > w->left || w->frame.opcode >= WS_CLOSE) {
		if (!w->deaf)
			broken(t, w, side, "bytes are missing, and where the next frame begins nobody knows");
	} else {
		w->left -= missing;
		w->at += missing;
		w->bytes += missing;
		w->lost_window |= w->compressed;
		if (!w->left)
			end_frame(t, ws, w, side);
	}
	trace_hold(t, before, held(ws));
}

void wsflow_end(struct trace *t, struct wsflow *ws, enum flow_side side)
{
	const struct way *c = &ws->way[FLOW_CLIENT], *s = &ws->way[FLOW_SERVER];

	if (!c->closed && !s->closed && !ws->summed)
		NOTE(t, WS_NOT_CLOSED, F_SIDE(side));
	if (!ws->summed)
		NOTE(t, WS_SUMMARY, F_UINT("osilab.ws.client_messages", c->messages),
		    F_UINT("osilab.ws.client_bytes", c->payload),
		    F_UINT("osilab.ws.server_messages", s->messages),
		    F_UINT("osilab.ws.server_bytes", s->payload),
		    F_UINT("osilab.ws.pings", c->pings + s->pings),
		    F_UINT("osilab.ws.pongs", c->pongs + s->pongs));
	ws->summed = true;
}
