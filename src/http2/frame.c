/* Reading HTTP/2 frames; see frame.h.  RFC 9113. */
#include "http2/frame.h"

#include "base/bytes.h"

/* --- Headers -------------------------------------------------------------------------------------------- */

int h2_frame_header(struct slice in, struct h2_frame *out)
{
	struct rd r = rd_of(in);
	uint32_t stream;

	if (in.n < H2_HEADER)
		return 0;
	out->length = rd_be24(&r);
	out->type = rd_u8(&r);
	out->flags = rd_u8(&r);
	stream = rd_be32(&r);
	out->reserved = stream >> 31;
	out->stream = stream & 0x7fffffff;
	return H2_HEADER;
}

/* What the rules say of each type: the stream it stands on, its flags, its shortest and longest payload. */
static const struct rule {
	const char *name;
	enum { NO_TYPE, ON_STREAM, ON_CONNECTION, ON_EITHER } place;
	uint8_t flags;
	uint32_t min, max;
} rules[] = {
	[H2_DATA] = { "DATA", ON_STREAM, H2_END_STREAM | H2_PADDED, 0, H2_FRAME_LARGEST },
	[H2_HEADERS] = { "HEADERS", ON_STREAM, H2_END_STREAM | H2_END_HEADERS | H2_PADDED | H2_HAS_PRIORITY,
	    0, H2_FRAME_LARGEST },
	[H2_PRIORITY] = { "PRIORITY", ON_STREAM, 0, 5, 5 },
	[H2_RST_STREAM] = { "RST_STREAM", ON_STREAM, 0, 4, 4 },
	[H2_SETTINGS] = { "SETTINGS", ON_CONNECTION, H2_ACK, 0, H2_FRAME_LARGEST },
	[H2_PUSH_PROMISE] = { "PUSH_PROMISE", ON_STREAM, H2_END_HEADERS | H2_PADDED, 4, H2_FRAME_LARGEST },
	[H2_PING] = { "PING", ON_CONNECTION, H2_ACK, 8, 8 },
	[H2_GOAWAY] = { "GOAWAY", ON_CONNECTION, 0, 8, H2_FRAME_LARGEST },
	[H2_WINDOW_UPDATE] = { "WINDOW_UPDATE", ON_EITHER, 0, 4, 4 },
	[H2_CONTINUATION] = { "CONTINUATION", ON_STREAM, H2_END_HEADERS, 0, H2_FRAME_LARGEST },
	[H2_ALTSVC] = { "ALTSVC", ON_EITHER, 0, 2, H2_FRAME_LARGEST },
	[H2_ORIGIN] = { "ORIGIN", ON_CONNECTION, 0, 0, H2_FRAME_LARGEST },
	[H2_PRIORITY_UPDATE] = { "PRIORITY_UPDATE", ON_CONNECTION, 0, 4, H2_FRAME_LARGEST },
};

static const struct rule *rule_of(uint8_t type)
{
	return type < sizeof(rules) / sizeof(rules[0]) && rules[type].place ? &rules[type] : NULL;
}

const char *h2_type_name(uint8_t type)
{
	const struct rule *rule = rule_of(type);

	return rule ? rule->name : NULL;
}

/* The length that goes with the type, but for what flags add to it. */
static bool length_fits(const struct h2_frame *f, const struct rule *rule)
{
	if (f->length < rule->min || f->length > rule->max)
		return false;
	return f->type != H2_SETTINGS || (f->flags & H2_ACK ? f->length == 0 : f->length % 6 == 0);
}

static enum h2_fault header_fault(const struct h2_frame *f, const struct rule *rule)
{
	if (rule->place == ON_STREAM && f->stream == 0)
		return H2_FAULT_NO_STREAM;
	if (rule->place == ON_CONNECTION && f->stream != 0)
		return H2_FAULT_STREAM;
	return length_fits(f, rule) ? H2_FINE : H2_FAULT_LENGTH;
}

/* --- Payloads ------------------------------------------------------------------------------------------- */

static void read_priority(struct rd *r, struct h2_payload *out)
{
	uint32_t dependency = rd_be32(r);

	out->exclusive = dependency >> 31;
	out->depends_on = dependency & 0x7fffffff;
	out->weight = (uint16_t)(rd_u8(r) + 1);
	out->has_priority = !r->bad;
}

/* Takes the padding off the end of what is to be read; it may not reach into what stands before it. */
static enum h2_fault read_padding(const struct h2_frame *f, struct rd *r, struct h2_payload *out)
{
	if (!(f->flags & H2_PADDED) || !(rules[f->type].flags & H2_PADDED))
		return H2_FINE;
	out->padding = rd_u8(r);
	if (r->bad)
		return H2_FAULT_LENGTH;
	if (out->padding > rd_left(r))
		return H2_FAULT_PADDING;
	r->n -= out->padding;
	return H2_FINE;
}

static void read_type(const struct h2_frame *f, struct rd *r, struct h2_payload *out)
{
	switch (f->type) {
	case H2_HEADERS:
		if (f->flags & H2_HAS_PRIORITY)
			read_priority(r, out);
		break;
	case H2_PRIORITY: read_priority(r, out); break;
	case H2_RST_STREAM: out->error = rd_be32(r); break;
	case H2_PUSH_PROMISE:
	case H2_PRIORITY_UPDATE: out->stream = rd_be32(r) & 0x7fffffff; break;
	case H2_GOAWAY:
		out->stream = rd_be32(r) & 0x7fffffff;
		out->error = rd_be32(r);
		break;
	case H2_WINDOW_UPDATE: out->increment = rd_be32(r) & 0x7fffffff; break;
	case H2_ALTSVC: out->origin = rd_take(r, rd_be16(r)); break;
	default: break;
	}
	out->body = rd_rest(r);
}

int h2_frame_payload(const struct h2_frame *f, struct slice payload, struct h2_payload *out)
{
	const struct rule *rule = rule_of(f->type);
	struct rd r = rd_of(payload);
	enum h2_fault fault;

	*out = (struct h2_payload){ .body = payload };
	if (!rule)
		return 0;
	fault = header_fault(f, rule);
	if (!fault)
		fault = read_padding(f, &r, out);
	if (fault)
		return -(int)fault;
	read_type(f, &r, out);
	if (r.bad)
		return -H2_FAULT_LENGTH;
	if (f->type == H2_WINDOW_UPDATE && out->increment == 0)
		return -H2_FAULT_INCREMENT;
	if (out->has_priority && out->depends_on == f->stream)
		return -H2_FAULT_ITSELF;
	return 0;
}

int h2_data_start(const struct h2_frame *f, struct slice payload, uint32_t *content, uint32_t *padding)
{
	*content = f->length;
	*padding = 0;
	if (f->stream == 0)
		return -H2_FAULT_NO_STREAM;
	if (!(f->flags & H2_PADDED))
		return 1;
	if (f->length == 0)
		return -H2_FAULT_LENGTH;
	if (payload.n == 0)
		return 0;
	if (payload.p[0] >= f->length)
		return -H2_FAULT_PADDING;
	*padding = payload.p[0];
	*content = f->length - 1 - *padding;
	return 2;
}

bool h2_setting_next(struct slice *rest, struct h2_setting *out)
{
	struct rd r = rd_of(*rest);

	out->id = rd_be16(&r);
	out->value = rd_be32(&r);
	*rest = r.bad ? slice_of(NULL, 0) : rd_rest(&r);
	return !r.bad;
}

bool h2_setting_valid(const struct h2_setting *s)
{
	switch (s->id) {
	case H2_SET_ENABLE_PUSH:
	case H2_SET_ENABLE_CONNECT_PROTOCOL:
	case H2_SET_NO_RFC7540_PRIORITIES: return s->value <= 1;
	case H2_SET_INITIAL_WINDOW_SIZE: return s->value <= 0x7fffffff;
	case H2_SET_MAX_FRAME_SIZE: return s->value >= H2_FRAME_DEFAULT && s->value <= H2_FRAME_LARGEST;
	default: return true;
	}
}

bool h2_origin_next(struct slice *rest, struct slice *origin)
{
	struct rd r = rd_of(*rest);

	*origin = rd_take(&r, rd_be16(&r));
	*rest = r.bad ? slice_of(NULL, 0) : rd_rest(&r);
	return !r.bad;
}

/* --- Words ---------------------------------------------------------------------------------------------- */

static const char *const faults[H2_FAULT_COUNT] = {
	[H2_FINE] = "nothing is wrong",
	[H2_FAULT_LENGTH] = "its type does not have this length",
	[H2_FAULT_NO_STREAM] = "it stands on stream 0 but belongs to a stream",
	[H2_FAULT_STREAM] = "it stands on a stream but belongs to the connection",
	[H2_FAULT_PADDING] = "its padding is longer than the frame",
	[H2_FAULT_INCREMENT] = "a window is to grow by 0",
	[H2_FAULT_ITSELF] = "a stream is to depend on itself",
};

const char *h2_fault_text(enum h2_fault fault)
{
	return faults[(unsigned)fault < H2_FAULT_COUNT ? fault : H2_FINE];
}

uint32_t h2_fault_error(enum h2_fault fault)
{
	return fault == H2_FINE ? 0 : fault == H2_FAULT_LENGTH ? 6 : 1;
}

static const struct {
	const char *name, *words;
} errors[] = {
	{ "NO_ERROR", "nothing went wrong" },
	{ "PROTOCOL_ERROR", "the other side broke the rules" },
	{ "INTERNAL_ERROR", "something failed inside" },
	{ "FLOW_CONTROL_ERROR", "more was sent than the window allowed" },
	{ "SETTINGS_TIMEOUT", "the settings were not acknowledged in time" },
	{ "STREAM_CLOSED", "a frame came on a stream that was closed already" },
	{ "FRAME_SIZE_ERROR", "a frame has a wrong size" },
	{ "REFUSED_STREAM", "not dealt with at all: the request can safely be sent again" },
	{ "CANCEL", "the stream is not needed any more" },
	{ "COMPRESSION_ERROR", "the header tables of both sides are out of step" },
	{ "CONNECT_ERROR", "the connection behind CONNECT failed" },
	{ "ENHANCE_YOUR_CALM", "the other side makes too much load" },
	{ "INADEQUATE_SECURITY", "the TLS below is too weak" },
	{ "HTTP_1_1_REQUIRED", "to be asked again over HTTP/1.1" },
};

enum { ERRORS = sizeof(errors) / sizeof(errors[0]) };

const char *h2_error_name(uint32_t error)
{
	return error < ERRORS ? errors[error].name : NULL;
}

const char *h2_error_words(uint32_t error)
{
	return error < ERRORS ? errors[error].words : "an error without a name";
}

/* --- Recognition ---------------------------------------------------------------------------------------- */

struct slice h2_preface(void)
{
	return SLICE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
}

/* A first SETTINGS: octet by octet, so that a few of them can rule it out. */
static enum h2_guess first_settings(struct slice s)
{
	static const uint8_t mask[H2_HEADER] = { 0xff, 0xff, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t want[H2_HEADER] = { 0, 0, 0, H2_SETTINGS, 0, 0, 0, 0, 0 };
	struct h2_frame f;

	for (size_t i = 0; i < s.n && i < H2_HEADER; i++)
		if ((s.p[i] & mask[i]) != want[i])
			return H2_GUESS_NO;
	if (!h2_frame_header(s, &f))
		return H2_GUESS_MORE;
	return f.length % 6 == 0 ? H2_GUESS_YES : H2_GUESS_NO;
}

enum h2_guess h2_start_looks_like(struct slice start)
{
	if (slice_starts(start, h2_preface()))
		return H2_GUESS_YES;
	if (slice_starts(h2_preface(), start))
		return H2_GUESS_MORE;
	return first_settings(start);
}

bool h2_frame_plausible(const struct h2_frame *f, uint32_t longest)
{
	const struct rule *rule = rule_of(f->type);

	/* Content of no length that ends nothing is allowed, but what zeros in other data look like. */
	if (f->type == H2_DATA && f->length == 0 && f->flags == 0)
		return false;
	return rule && !f->reserved && f->length <= longest && !(f->flags & ~rule->flags) &&
	       !header_fault(f, rule);
}

/* Plausible frames one behind the other; *whole says that the last of them ends where `in` does. */
static unsigned chain(struct slice in, uint32_t longest, bool *whole)
{
	struct h2_frame f;
	unsigned n = 0;

	*whole = false;
	while (h2_frame_header(in, &f)) {
		if (!h2_frame_plausible(&f, longest))
			return 0;
		n++;
		*whole = in.n == H2_HEADER + (size_t)f.length;
		if (in.n <= H2_HEADER + (size_t)f.length)
			return n;
		in = slice_skip(in, H2_HEADER + (size_t)f.length);
	}
	*whole = false;
	return n;
}

ssize_t h2_frames_find(struct slice in, uint32_t longest)
{
	bool whole;

	for (size_t at = 0; at + H2_HEADER <= in.n; at++) {
		unsigned n = chain(slice_skip(in, at), longest, &whole);

		if (n >= 2 || (n == 1 && (whole || at == 0)))
			return (ssize_t)at;
	}
	return -1;
}

bool h2_frames_only(struct slice in)
{
	bool whole;

	return chain(in, H2_FRAME_DEFAULT, &whole) >= 2 && whole;
}
