/* What single HTTP/2 frames say: settings, windows, pings, resets, farewells, priorities.  RFC 9113 6; RFC 7838,
 * RFC 8336, RFC 9218. */
#include "trace/h2conn.h"

/* --- Notes about frames ---------------------------------------------------------------------------------- */

void h2_frame_fields(const struct h2_frame *f, struct field *out)
{
	out[0] = (struct field)F_UINT("http2.type", f->type);
	out[1] = (struct field)F_UINT("http2.streamid", f->stream);
	out[2] = (struct field)F_UINT("http2.length", f->length);
	out[3] = (struct field)F_HEX("http2.flags", f->flags, 2);
}

struct note *h2_note(
    struct trace *t, enum note_id id, const struct h2_frame *f, const struct field *more, size_t n)
{
	enum { MORE_MAX = 12 };
	struct field fields[H2_FRAME_FIELDS + MORE_MAX];

	h2_frame_fields(f, fields);
	if (n > MORE_MAX)
		n = MORE_MAX;
	memcpy(fields + H2_FRAME_FIELDS, more, n * sizeof(*more));
	return trace_note(t, id, fields, H2_FRAME_FIELDS + n);
}

static const char *error_name(uint32_t error)
{
	const char *name = h2_error_name(error);

	return name ? name : "unknown";
}

/* --- SETTINGS ------------------------------------------------------------------------------------------- */

/* The note that explains a parameter; its tshark name. */
static enum note_id setting_note(const struct h2_setting *s, const char **field)
{
	static const struct {
		const char *field;
		enum note_id id;
	} rows[] = {
		[H2_SET_HEADER_TABLE_SIZE] = { "http2.settings.header_table_size", NOTE_H2_SET_TABLE },
		[H2_SET_ENABLE_PUSH] = { "http2.settings.enable_push", NOTE_H2_SET_PUSH },
		[H2_SET_MAX_CONCURRENT_STREAMS] = { "http2.settings.max_concurrent_streams",
		    NOTE_H2_SET_STREAMS },
		[H2_SET_INITIAL_WINDOW_SIZE] = { "http2.settings.initial_window_size", NOTE_H2_SET_WINDOW },
		[H2_SET_MAX_FRAME_SIZE] = { "http2.settings.max_frame_size", NOTE_H2_SET_FRAME },
		[H2_SET_MAX_HEADER_LIST_SIZE] = { "http2.settings.max_header_list_size", NOTE_H2_SET_LIST },
		[H2_SET_ENABLE_CONNECT_PROTOCOL] = { "http2.settings.extended_connect", NOTE_H2_SET_CONNECT },
		[H2_SET_NO_RFC7540_PRIORITIES] = { "osilab.http2.no_priorities", NOTE_H2_SET_NO_PRIORITIES },
	};

	*field = s->id < sizeof(rows) / sizeof(rows[0]) ? rows[s->id].field : NULL;
	if (!*field) {
		*field = "http2.settings.unknown";
		return NOTE_H2_SET_UNKNOWN;
	}
	if (s->id == H2_SET_ENABLE_PUSH && s->value == 0)
		return NOTE_H2_SET_NO_PUSH;
	return rows[s->id].id;
}

static void say_setting(struct trace *t, enum flow_side side, const struct h2_setting *s)
{
	const char *field;
	enum note_id id = setting_note(s, &field);
	const struct field fields[] = { F_SIDE(side), F_UINT("http2.settings.id", s->id),
		F_UINT(field, s->value) };

	trace_note(t, id, fields, 3);
	if (!h2_setting_valid(s))
		NOTE(t, H2_SET_INVALID, F_UINT("http2.settings.id", s->id),
		    F_UINT("osilab.http2.value", s->value));
}

/* What it changes for the other side's sending; a window only once that side has acknowledged it. */
static void apply_setting(
    struct h2flow *h, enum flow_side side, const struct h2_setting *s, struct h2_waiting *w)
{
	struct h2_half *other = &h->half[!side];

	if (!h2_setting_valid(s))
		return;
	switch (s->id) {
	case H2_SET_HEADER_TABLE_SIZE:
		other->table_limit = s->value;
		if (other->hpack)
			hpack_limit(other->hpack, s->value);
		break;
	case H2_SET_MAX_FRAME_SIZE:
		if (s->value > other->longest)
			other->longest = s->value;
		break;
	case H2_SET_INITIAL_WINDOW_SIZE:
		w->has_window = true;
		w->window = s->value;
		break;
	default: break;
	}
}

/* More SETTINGS than are remembered wait for their ACK: the oldest is taken for acknowledged. */
static struct h2_waiting *push_waiting(struct h2_half *half)
{
	if (half->nwaiting == H2_SETTINGS_WAITING)
		memmove(half->waiting, half->waiting + 1, --half->nwaiting * sizeof(half->waiting[0]));
	half->waiting[half->nwaiting] = (struct h2_waiting){ 0 };
	return &half->waiting[half->nwaiting++];
}

static void on_settings(struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f,
    struct slice body, struct slice where)
{
	struct h2_waiting *w = push_waiting(&h->half[side]);
	struct h2_setting s;

	w->frame = t->frame.number;
	w->ts = t->frame.ts;
	trace_info(t, h2_protocol(), "SETTINGS");
	trace_where(
	    t, H2_NOTE(t, H2_SETTINGS, f, F_SIDE(side), F_UINT("osilab.http2.count", body.n / 6)), where);
	while (h2_setting_next(&body, &s)) {
		say_setting(t, side, &s);
		apply_setting(h, side, &s, w);
	}
}

static void on_settings_ack(struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f)
{
	struct h2_half *asker = &h->half[!side];
	struct h2_waiting w;

	trace_info(t, h2_protocol(), "SETTINGS ACK");
	if (!asker->nwaiting) {
		H2_NOTE(t, H2_SETTINGS_ACK_ALONE, f, F_SIDE(side));
		return;
	}
	w = asker->waiting[0];
	memmove(asker->waiting, asker->waiting + 1, --asker->nwaiting * sizeof(w));
	H2_NOTE(t, H2_SETTINGS_ACK, f, F_SIDE(side), F_UINT("osilab.ref", w.frame),
	    F_SPAN("osilab.http2.time", t->frame.ts - w.ts))
	    ->ref = w.frame;
	if (w.has_window)
		h2_window_initial(h, side, w.window);
}

/* --- The connection ------------------------------------------------------------------------------------- */

static void on_ping(
    struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f, struct slice opaque)
{
	struct h2_half *half = &h->half[side];

	trace_info(t, h2_protocol(), "PING");
	H2_NOTE(t, H2_PING, f, F_SIDE(side), F_BYTES("http2.ping", opaque));
	memcpy(half->ping.opaque, opaque.p, sizeof(half->ping.opaque));
	half->ping.frame = t->frame.number;
	half->ping.ts = t->frame.ts;
}

static void on_pong(
    struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f, struct slice opaque)
{
	struct h2_half *asker = &h->half[!side];

	trace_info(t, h2_protocol(), "PING ACK");
	if (!asker->ping.frame || memcmp(asker->ping.opaque, opaque.p, sizeof(asker->ping.opaque)) != 0) {
		H2_NOTE(t, H2_PONG_ALONE, f, F_SIDE(side), F_BYTES("http2.pong", opaque));
		return;
	}
	H2_NOTE(t, H2_PONG, f, F_SIDE(side), F_BYTES("http2.pong", opaque),
	    F_SPAN("osilab.http2.time", t->frame.ts - asker->ping.ts),
	    F_UINT("osilab.ref", asker->ping.frame))
	    ->ref = asker->ping.frame;
	asker->ping.frame = 0;
}

static void on_goaway(
    struct trace *t, enum flow_side side, const struct h2_frame *f, const struct h2_payload *p)
{
	const char *debug = p->body.n ? arena_printf(&t->arena, " (%s)", trace_text(t, p->body, 100)) : "";
	const struct field last = F_UINT("http2.goaway.last_stream_id", p->stream);
	const struct field error = F_UINT("http2.goaway.error", p->error);
	const struct field words = F_STR("osilab.http2.debug", debug);

	trace_info(t, h2_protocol(), "GOAWAY %s", error_name(p->error));
	if (p->error == 0 && p->stream == H2_STREAM_MAX)
		H2_NOTE(t, H2_GOAWAY_SOON, f, F_SIDE(side), last, error, words);
	else if (p->error == 0 && side == FLOW_CLIENT)
		H2_NOTE(t, H2_GOAWAY_CLIENT, f, last, error, words);
	else if (p->error == 0)
		H2_NOTE(t, H2_GOAWAY, f, F_SIDE(side), last, error, words);
	else
		H2_NOTE(t, H2_GOAWAY_ERROR, f, F_SIDE(side), last, error,
		    F_STR("osilab.http2.error", error_name(p->error)),
		    F_STR("osilab.http2.error_words", h2_error_words(p->error)), words);
}

static void on_window_update(
    struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f, uint32_t increment)
{
	struct h2_stream *s = f->stream ? h2_stream_find(h, f->stream) : NULL;

	trace_info(t, h2_protocol(), "WINDOW_UPDATE +%u", increment);
	if (f->stream)
		H2_NOTE(t, H2_WINDOW_UPDATE_STREAM, f, F_SIDE(side),
		    F_UINT("http2.window_update.window_size_increment", increment));
	else
		H2_NOTE(t, H2_WINDOW_UPDATE, f, F_SIDE(side),
		    F_UINT("http2.window_update.window_size_increment", increment));
	if (s || !f->stream)
		h2_window_grow(t, h, !side, s, increment);
}

/* --- Streams -------------------------------------------------------------------------------------------- */

/* A request taken back before its answer costs who took it nothing, and the other side a request's work. */
static void count_reset(struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_stream *s)
{
	if (s->answered || side != FLOW_CLIENT)
		return;
	if (++h->half[side].resets == H2_RAPID_RESETS)
		NOTE(t, H2_RAPID_RESET, F_UINT("osilab.http2.resets", H2_RAPID_RESETS));
}

static void on_reset(struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f,
    const struct h2_payload *p)
{
	struct h2_stream *s = h2_stream_find(h, f->stream);
	const char *what = "";

	if (s && s->asked.frame)
		what = arena_printf(&t->arena, " (%s)", s->asked.line);
	trace_info(t, h2_protocol(), "RST_STREAM %s", error_name(p->error));
	H2_NOTE(t, H2_RST, f, F_SIDE(side), F_UINT("http2.rst_stream.error", p->error),
	    F_STR("osilab.http2.error", error_name(p->error)),
	    F_STR("osilab.http2.error_words", h2_error_words(p->error)), F_STR("osilab.http2.request", what));
	t->stats.h2_resets++;
	if (!s)
		return;
	count_reset(t, h, side, s);
	h2_stream_drop(h, s);
}

static void on_priority_update(struct trace *t, const struct h2_frame *f, const struct h2_payload *p)
{
	trace_info(t, h2_protocol(), "PRIORITY_UPDATE");
	H2_NOTE(t, H2_PRIORITY_UPDATE, f, F_UINT("http2.priority_update_stream_id", p->stream),
	    F_TEXT("http2.priority_update_field_value", trace_brief(t, p->body, 100)));
}

static void on_altsvc(struct trace *t, const struct h2_frame *f, const struct h2_payload *p)
{
	trace_info(t, h2_protocol(), "ALTSVC");
	H2_NOTE(t, H2_ALTSVC, f,
	    F_TEXT(
	        "http2.altsvc.origin", p->origin.n ? trace_brief(t, p->origin, 100) : SLICE("this origin")),
	    F_TEXT("http2.altsvc.field_value", trace_brief(t, p->body, 200)));
}

static void on_origin(struct trace *t, const struct h2_frame *f, struct slice body)
{
	struct buf text;
	struct slice origin;

	buf_init(&text, 400);
	while (h2_origin_next(&body, &origin) && !text.failed) {
		buf_puts(&text, text.n ? ", " : "");
		buf_slice(&text, slice_sub(origin, 0, 100));
	}
	trace_info(t, h2_protocol(), "ORIGIN");
	H2_NOTE(t, H2_ORIGIN, f, F_TEXT("http2.origin.origin", buf_view(&text)));
	buf_fini(&text);
}

static void on_other(struct trace *t, const struct h2_frame *f)
{
	trace_info(t, h2_protocol(), "frame of type %u", f->type);
	H2_NOTE(t, H2_OTHER_FRAME, f, F_UINT("osilab.http2.bytes", f->length));
}

/* --- All of them ---------------------------------------------------------------------------------------- */

void h2_frame_say(struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f,
    const struct h2_payload *p, struct slice where)
{
	switch (f->type) {
	case H2_SETTINGS:
		if (f->flags & H2_ACK)
			on_settings_ack(t, h, side, f);
		else
			on_settings(t, h, side, f, p->body, where);
		break;
	case H2_PING:
		if (f->flags & H2_ACK)
			on_pong(t, h, side, f, p->body);
		else
			on_ping(t, h, side, f, p->body);
		break;
	case H2_PRIORITY:
		trace_info(t, h2_protocol(), "PRIORITY");
		H2_NOTE(t, H2_PRIORITY, f, F_UINT("http2.stream_dependency", p->depends_on),
		    F_UINT("http2.headers.weight_real", p->weight), F_BOOL("http2.exclusive", p->exclusive));
		break;
	case H2_RST_STREAM: on_reset(t, h, side, f, p); break;
	case H2_GOAWAY: on_goaway(t, side, f, p); break;
	case H2_WINDOW_UPDATE: on_window_update(t, h, side, f, p->increment); break;
	case H2_PRIORITY_UPDATE: on_priority_update(t, f, p); break;
	case H2_ALTSVC: on_altsvc(t, f, p); break;
	case H2_ORIGIN: on_origin(t, f, p->body); break;
	default: on_other(t, f); break;
	}
}
