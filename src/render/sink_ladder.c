/* The ladder as text: two lifelines, the client's to the left, an arrow for each packet, the states of both ends
 * where they change, and with -v the notes between the lines.  Flows stand in the order of time; the first column
 * says which one a packet is of, and its ends are named where it begins and again after a screen or so. */
#include <stdlib.h>

#include "base/escape.h"
#include "render/put.h"
#include "render/text.h"

enum {
	WIDTH_DEFAULT = 110, /* columns, when the output is no terminal */
	WIDTH_MIN = 60,
	WIDTH_MAX = 160,    /* wider, and the eye loses the line */
	WIDE = 84,          /* columns from which the time stands in a line */
	NUMBER_COLUMNS = 5, /* of a packet */
	TIME_COLUMNS = 11,
	FLOW_COLUMNS = 5,   /* "T1234" */
	STATE_COLUMNS = 12, /* "SYN-RECEIVED" */
	HEAD_EVERY = 30,    /* lines after which the ends of a flow are named again */
	REMEMBERED = 4096,  /* flows of which that is remembered */
	PAIRS = 1024,       /* pairs without a flow of which is remembered who spoke first */
};

/* What is remembered of a flow. */
struct rung {
	uint64_t flow;  /* its number and transport, see flow_key; 0: free */
	uint64_t lines; /* lines written when its ends were last named */
	uint8_t state[2];
};

struct ladder_sink {
	struct sink sink;
	struct text_sink text; /* colours, options and the summary are those of the text */
	bool ascii;            /* nothing else is to be had */
	unsigned width;
	struct buf label, words;
	unsigned lane; /* columns between the lifelines */
	uint64_t lines;
	uint64_t last; /* the flow of the packet before, and for those without one the pair */
	struct rung rungs[REMEMBERED];
	uint64_t left[PAIRS];  /* by pair without a flow: hash of who is left */
	uint64_t asked[PAIRS]; /* by end without a flow: hash of who was left of someone */
};

/* --- Letters --------------------------------------------------------------------------------------------------- */

/* What stands for a character where only ASCII is to be had. */
static const char *plain(uint32_t rune)
{
	static const struct {
		uint32_t rune;
		const char *ascii;
	} rows[] = { { 0xb5, "u" }, { 0xb7, "." }, { 0x2013, "-" }, { 0x2014, "-" }, { 0x2022, "*" },
		{ 0x2026, "..." }, { 0x2190, "<-" }, { 0x2192, "->" }, { 0x21c4, "<->" }, { 0x2500, "-" },
		{ 0x2502, "|" }, { 0x25b6, ">" }, { 0x25c0, "<" }, { 0x2713, "+" }, { 0x2717, "x" },
		{ 0xd7, "x" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].rune == rune)
			return rows[i].ascii;
	return "?";
}

/* Appends UTF-8 as it is, or as ASCII. */
static void put_utf8(const struct ladder_sink *s, struct buf *b, struct slice text)
{
	uint32_t rune;

	if (!s->ascii) {
		buf_slice(b, text);
		return;
	}
	while (text.n) {
		size_t n = escape_utf8(text, &rune);

		if (n == 1)
			buf_putc(b, (char)text.p[0]);
		else
			buf_puts(b, n ? plain(rune) : "?");
		text = slice_skip(text, n ? n : 1);
	}
}

static void put_sign(struct ladder_sink *s, const char *utf8)
{
	put_utf8(s, &s->text.out.buf, slice_str(utf8));
}

/* What was put into s->label, in the letters there are; valid until it is filled anew. */
static struct slice label(struct ladder_sink *s)
{
	if (!s->ascii)
		return buf_view(&s->label);
	buf_clear(&s->words);
	put_utf8(s, &s->words, buf_view(&s->label));
	return buf_view(&s->words);
}

/* How many bytes of text fit into so many columns. */
static size_t fit(struct slice text, size_t columns)
{
	size_t at = 0, used = 0;
	uint32_t rune;

	while (at < text.n) {
		size_t n = escape_utf8(slice_skip(text, at), &rune);

		n = n ? n : 1;
		used += text_columns(slice_sub(text, at, n));
		if (used > columns)
			break;
		at += n;
	}
	return at;
}

/* Text in just so many columns: cut, with an ellipsis, or filled on its left or right. */
static void put_within(struct ladder_sink *s, struct slice text, size_t columns, bool right, const char *fill)
{
	size_t all = text_columns(text), dots = s->ascii ? 3 : 1;
	bool cut = all > columns;
	struct slice shown = cut ? slice_sub(text, 0, fit(text, columns > dots ? columns - dots : 0)) : text;
	size_t used = cut ? text_columns(shown) + dots : all;

	for (size_t i = used; right && i < columns; i++)
		put_sign(s, fill);
	buf_slice(&s->text.out.buf, shown);
	if (cut)
		put_sign(s, "…");
	for (size_t i = used; !right && i < columns; i++)
		put_sign(s, fill);
}

/* --- Who is left, and what was said of a flow ----------------------------------------------------------------------- */

static uint64_t flow_key(const struct flow *f)
{
	return f ? (uint64_t)f->number << 1 | (f->proto == PROTO_UDP) | UINT64_C(1) << 40 : 0;
}

static uint64_t hash_of(const struct endpoint *p)
{
	const uint8_t *bytes = p->addr.family ? p->addr.b : p->mac.p;
	size_t n = p->addr.family ? sizeof(p->addr.b) : p->mac.n;
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ bytes[i]) * 0x100000001b3u;
	return h;
}

/* Without a flow the left is who spoke first of the two; who answers one that asked everyone is right. */
static bool goes_left(struct ladder_sink *s, const struct frame *f, uint64_t *key)
{
	struct endpoint from = endpoint_source(f), to = endpoint_destination(f);
	uint64_t a = hash_of(&from), b = hash_of(&to), pair = a ^ b;
	uint64_t *left = &s->left[pair % PAIRS];

	*key = flow_key(f->flow);
	if (f->flow)
		return f->side == FLOW_SERVER;
	*key = pair & ((UINT64_C(1) << 40) - 1);
	if (*left != a && *left != b)
		*left = s->asked[b % PAIRS] == b && s->asked[a % PAIRS] != a ? b : a;
	if (*left == a)
		s->asked[a % PAIRS] = a;
	return *left != a;
}

/* What is remembered of the flow, made anew when two share a place. */
static struct rung *rung_of(struct ladder_sink *s, uint64_t key)
{
	struct rung *r = &s->rungs[(key * 0x9e3779b97f4a7c15u >> 32) % REMEMBERED];

	if (r->flow != key + 1)
		*r = (struct rung){ .flow = key + 1 };
	return r;
}

/* --- Lines ------------------------------------------------------------------------------------------------------------ */

static unsigned left_columns(const struct ladder_sink *s)
{
	return NUMBER_COLUMNS + 1 + (s->width >= WIDE ? TIME_COLUMNS : 0) + FLOW_COLUMNS + 1 + STATE_COLUMNS +
	       1;
}

static void end_line(struct ladder_sink *s)
{
	struct buf *b = &s->text.out.buf;

	while (b->n && b->p[b->n - 1] == ' ')
		b->n--;
	buf_putc(b, '\n');
	s->lines++;
}

static void rail(struct ladder_sink *s)
{
	text_dim(&s->text);
	put_sign(s, "│");
	text_plain(&s->text);
}

static void put_end_point(struct ladder_sink *s, const struct endpoint *p)
{
	buf_clear(&s->label);
	put_endpoint(&s->label, p);
}

/* The ends of the flow over its lifelines. */
static void put_head(struct ladder_sink *s, const struct frame *f, bool left)
{
	struct endpoint from = endpoint_source(f), to = endpoint_destination(f);
	struct buf *b = &s->text.out.buf;
	size_t half = (s->lane + 2) / 2;

	if (s->lines)
		end_line(s);
	put_fill(b, ' ', left_columns(s));
	text_osi_color(&s->text, 3);
	put_end_point(s, left ? &to : &from);
	put_within(s, label(s), half, false, " ");
	put_end_point(s, left ? &from : &to);
	put_within(s, label(s), s->lane + 2 - half, true, " ");
	text_plain(&s->text);
	end_line(s);
}

static void put_mark(struct ladder_sink *s, const struct frame *f)
{
	struct buf *b = &s->text.out.buf;
	size_t start = b->n;

	if (f->flow) {
		buf_putc(b, f->flow->proto == PROTO_UDP ? 'U' : 'T');
		put_u64(b, f->flow->number, 0, ' ');
	}
	put_fill(b, ' ', b->n - start < FLOW_COLUMNS ? FLOW_COLUMNS - (b->n - start) : 1);
}

static void put_time(struct ladder_sink *s, const struct frame *f)
{
	buf_clear(&s->label);
	put_seconds(&s->label, f->since_start, 6);
	put_within(s, label(s), TIME_COLUMNS - 1, true, " ");
	buf_putc(&s->text.out.buf, ' ');
}

/* A state where it changed, else blank. */
static void put_state(struct ladder_sink *s, uint8_t state, bool changed, bool left)
{
	struct slice name = changed ? slice_str(tcp_state_name((enum tcp_state)state)) : SLICE("");

	text_osi_color(&s->text, 4);
	put_within(s, name, STATE_COLUMNS, left, " ");
	text_plain(&s->text);
}

/* "── TCP SYN seq=0 ────────▶", the whole lane wide. */
static void put_arrow(struct ladder_sink *s, const struct frame *f, bool left)
{
	buf_clear(&s->label);
	buf_printf(&s->label, "%s ", f->proto ? f->proto : "?");
	if (f->info && f->info[0])
		buf_printf(&s->label, "%s ", f->info);
	text_osi_color(&s->text, frame_osi(f));
	if (f->sight == SIGHT_LOST) { /* it does not come through */
		put_sign(s, left ? "  ✗ " : "── ");
		put_within(s, label(s), s->lane - 4, false, left ? "─" : " ");
		put_sign(s, left ? "─" : "✗");
	} else {
		put_sign(s, left ? "◀─ " : "── ");
		put_within(s, label(s), s->lane - 4, false, "─");
		put_sign(s, left ? "─" : "▶");
	}
	text_plain(&s->text);
}

static void put_rung(struct ladder_sink *s, const struct frame *f, struct rung *r, bool left)
{
	bool known = f->flow && f->flow->proto == PROTO_TCP;
	bool changed[2];

	for (int side = 0; side < 2; side++) {
		changed[side] =
		    known && f->state[side] != TCP_STATE_UNKNOWN && f->state[side] != r->state[side];
		r->state[side] = f->state[side];
	}
	put_u64(&s->text.out.buf, f->number, NUMBER_COLUMNS, ' ');
	buf_putc(&s->text.out.buf, ' ');
	text_dim(&s->text);
	if (s->width >= WIDE)
		put_time(s, f);
	put_mark(s, f);
	text_plain(&s->text);
	buf_putc(&s->text.out.buf, ' ');
	put_state(s, f->state[0], changed[0], true);
	buf_putc(&s->text.out.buf, ' ');
	rail(s);
	put_arrow(s, f, left);
	rail(s);
	buf_putc(&s->text.out.buf, ' ');
	put_state(s, f->state[1], changed[1], false);
	end_line(s);
}

/* A note between the lifelines, in as many lines as it takes. */
static void put_note(struct ladder_sink *s, const struct note *n)
{
	static const char *const marks[] = { "·", "✓", "!", "✗" };
	const struct note_row *row = note_row((enum note_id)n->id);
	struct buf *b = &s->text.out.buf;
	struct slice rest;
	bool first = true;

	buf_clear(&s->label);
	note_text(n, s->text.o.lang, &s->label);
	if (row->rfc[0])
		buf_printf(&s->label, " (%s)", row->rfc);
	for (rest = label(s); rest.n; first = false) {
		size_t take = text_fit(rest, s->lane - 7);
		struct slice line = slice_sub(rest, 0, take);

		put_fill(b, ' ', left_columns(s));
		rail(s);
		text_osi_color(&s->text, row->osi);
		buf_printf(b, first ? "  L%u " : "     ", row->osi);
		text_plain(&s->text);
		put_sign(s, first ? marks[row->tone & 3] : " ");
		buf_putc(b, ' ');
		text_tone_color(&s->text, row->tone);
		put_within(s, line, s->lane - 7, false, " ");
		text_plain(&s->text);
		rail(s);
		end_line(s);
		rest = slice_trim(slice_skip(rest, take));
	}
}

/* --- The sink ----------------------------------------------------------------------------------------------------------- */

static int ladder_packet(struct sink *sink, const struct frame *f, struct err *e)
{
	struct ladder_sink *s = (struct ladder_sink *)sink;
	uint64_t key;
	bool left = goes_left(s, f, &key);
	struct rung *r = rung_of(s, key);

	if (!r->lines || (key != s->last && s->lines - r->lines >= HEAD_EVERY)) {
		put_head(s, f, left);
		r->lines = s->lines;
	}
	s->last = key;
	put_rung(s, f, r, left);
	for (const struct note *n = s->text.o.verbose ? f->notes.first : NULL; n; n = n->next)
		put_note(s, n);
	return out_spill(&s->text.out, e);
}

static int ladder_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	struct ladder_sink *s = (struct ladder_sink *)sink;
	struct buf *b = &s->text.out.buf;
	size_t start;

	if (s->lines)
		end_line(s);
	start = b->n;
	text_summary(&s->text, end);
	if (s->ascii) { /* it is written for UTF-8 */
		buf_clear(&s->words);
		put_utf8(s, &s->words, slice_skip(buf_view(b), start));
		b->n = start;
		buf_slice(b, buf_view(&s->words));
	}
	return out_flush(&s->text.out, e);
}

static int ladder_flush(struct sink *sink, struct err *e)
{
	return out_flush(&((struct ladder_sink *)sink)->text.out, e);
}

static void ladder_free(struct sink *sink)
{
	struct ladder_sink *s = (struct ladder_sink *)sink;

	text_fini(&s->text);
	buf_fini(&s->label);
	buf_fini(&s->words);
	free(s);
}

static const struct sink_ops ladder_ops = {
	.name = "ladder",
	.packet = ladder_packet,
	.end = ladder_end,
	.flush = ladder_flush,
	.free = ladder_free,
};

struct sink *sink_ladder_new(
    FILE *to, const char *name, const struct text_options *o, bool ascii, struct err *e)
{
	struct ladder_sink *s = out_sink(sizeof(*s), &ladder_ops, e);

	if (!s)
		return NULL;
	s->text.o = *o;
	s->ascii = ascii;
	s->width = !o->width              ? WIDTH_DEFAULT
	           : o->width < WIDTH_MIN ? WIDTH_MIN
	           : o->width > WIDTH_MAX ? WIDTH_MAX
	                                  : o->width;
	s->lane = s->width - left_columns(s) - 2 - 1 - STATE_COLUMNS;
	out_init(&s->text.out, to, name);
	return &s->sink;
}
