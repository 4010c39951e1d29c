/* The text sink: a line per packet, and below it what there is to know about it, each line with its
 * layer. */
#include "render/text.h"

#include <stdlib.h>

#include "base/escape.h"
#include "render/put.h"

enum {
	WIDE = 110,           /* columns from which the layer's name is spelled out in a packet's line */
	ADDRESS_COLUMNS = 52, /* pairs of addresses wider than this are not lined up with */
	OSI_COLUMNS = 15,     /* "L6 presentation" */
	TCPIP_COLUMNS = 11,   /* "application" */
	SENTENCE_MIN = 24,    /* columns a sentence needs, however narrow the terminal */
};

/* --- Colours: the 16 of ANSI, the ones that can be read on dark and on light
 * ------------------------- */

#define DIM   "\x1b[2m"
#define PLAIN "\x1b[0m"

static void color(struct text_sink *s, const char *code)
{
	if (s->o.color)
		buf_puts(&s->out.buf, code);
}

static const char *osi_color(uint8_t osi)
{
	static const char *const codes[8] = { "", "\x1b[33m", "\x1b[33m", "\x1b[34m", "\x1b[36m", "\x1b[35m",
		"\x1b[35m", "\x1b[32m" };

	return codes[osi & 7];
}

void text_osi_color(struct text_sink *s, uint8_t osi)
{
	color(s, osi_color(osi));
}

void text_dim(struct text_sink *s)
{
	color(s, DIM);
}

void text_plain(struct text_sink *s)
{
	color(s, PLAIN);
}

static void pad_to(struct buf *b, size_t columns, size_t wanted)
{
	put_fill(b, ' ', columns < wanted ? wanted - columns : 0);
}

size_t text_fit(struct slice s, size_t columns)
{
	size_t at = 0, used = 0, space = 0;
	uint32_t rune;

	while (at < s.n) {
		struct slice rest = slice_skip(s, at);
		size_t n = escape_utf8(rest, &rune), w;

		n = n ? n : 1;
		w = text_columns(slice_sub(rest, 0, n));
		if (used + w > columns)
			return space ? space : at ? at : n;
		if (s.p[at] == ' ')
			space = at;
		used += w;
		at += n;
	}
	return s.n;
}

/* --- The line of a packet
 * ----------------------------------------------------------------------------- */

/* Text of at most ten columns, to the right of ten. */
static void put_right(struct buf *b, size_t start)
{
	size_t n = b->n - start, gap = n < 10 ? 10 - n : 0;

	put_fill(b, ' ', gap);
	memmove(b->p + start + gap, b->p + start, n);
	memset(b->p + start, ' ', gap);
}

static void put_moment(struct text_sink *s, int64_t ts, int64_t since_start)
{
	struct buf *b = &s->out.buf;
	size_t start = b->n;

	if (s->o.absolute) {
		put_utc(b, ts, 6);
	} else {
		put_seconds(b, since_start, 6);
		put_right(b, start);
	}
}

/* Of two captures the times at both places, in the clock of the first. */
static void put_times(struct text_sink *s, const struct frame *f)
{
	static const char *const missing[2][4] = { { "-", "", "lost", "not seen" },
		{ "-", "", "유실", "없음" } };
	struct buf *b = &s->out.buf;

	for (unsigned place = 0; place < 2; place++) {
		buf_puts(b, place ? " | " : "");
		if (place == f->place) {
			put_moment(s, f->ts, f->since_start);
		} else if (f->sight == SIGHT_BOTH) {
			put_moment(s, f->other_ts, f->since_start + f->other_ts - f->ts);
		} else {
			const char *word = missing[s->o.lang][f->sight & 3];

			pad_to(b, text_columns(slice_str(word)), s->o.absolute ? 27 : 10);
			buf_puts(b, word);
		}
	}
}

static void put_time(struct text_sink *s, const struct frame *f)
{
	text_dim(s);
	if (f->two_places)
		put_times(s, f);
	else
		put_moment(s, f->ts, f->since_start);
	text_plain(s);
}

static void put_addresses(struct text_sink *s, const struct frame *f)
{
	struct endpoint from = endpoint_source(f), to = endpoint_destination(f);
	struct buf *b = &s->out.buf;
	size_t start = b->n, columns;

	put_endpoint(b, &from);
	buf_puts(b, " → ");
	put_endpoint(b, &to);
	columns = b->n - start - 2; /* the arrow is three bytes and one column */
	if (columns > s->address_columns && columns <= ADDRESS_COLUMNS)
		s->address_columns = columns;
	pad_to(b, columns, s->address_columns);
}

/* The layer, in as many columns as there is room for, up to the protocol's name. */
static void make_layer(struct text_sink *s, struct buf *b, uint8_t osi)
{
	const char *name = note_osi_name(osi, s->o.lang), *tcpip = note_tcpip_name(osi, s->o.lang);

	if (s->o.width && s->o.width < WIDE) {
		buf_put(b, name, 2);
	} else {
		buf_puts(b, name);
		pad_to(b, text_columns(slice_str(name)), OSI_COLUMNS);
	}
	buf_puts(b, "│");
	buf_puts(b, tcpip);
	pad_to(b, text_columns(slice_str(tcpip)), TCPIP_COLUMNS + 1);
}

static void put_protocol(struct text_sink *s, const struct frame *f)
{
	struct slice proto = slice_str(f->proto ? f->proto : "?");
	struct buf *b = &s->out.buf;
	uint8_t osi = frame_osi(f);

	if (!s->layers[osi & 7].n)
		make_layer(s, &s->layers[osi & 7], osi);
	text_osi_color(s, osi);
	buf_slice(b, buf_view(&s->layers[osi & 7]));
	buf_slice(b, proto);
	pad_to(b, proto.n, 7);
	text_plain(s);
}

/* Where the line stands, colours not counted. */
static size_t line_columns(const struct text_sink *s, size_t start)
{
	struct slice line = slice_skip(buf_view(&s->out.buf), start);
	size_t columns = 0;

	while (line.n) {
		ssize_t escape = slice_chr(line, '\x1b'), end;
		struct slice part = slice_sub(line, 0, escape < 0 ? line.n : (size_t)escape);

		columns += text_columns(part);
		line = slice_skip(line, part.n);
		end = slice_chr(line, 'm');
		line = slice_skip(line, end < 0 ? line.n : (size_t)end + 1);
	}
	return columns;
}

/* What the packet is, in bold; on a terminal broken into lines that begin where the first did, or at the
 * indent when that is too far to the right. */
static void put_info(struct text_sink *s, struct slice info, size_t start)
{
	size_t at = s->o.width ? line_columns(s, start) + 1 : 0;
	struct buf *b = &s->out.buf;
	size_t n, room;

	if (s->o.width && s->o.width < at + SENTENCE_MIN && at + text_columns(info) > s->o.width) {
		at = TEXT_INDENT;
		buf_putc(b, '\n');
		put_fill(b, ' ', at - 1);
	}
	room = s->o.width < at + SENTENCE_MIN ? SENTENCE_MIN : s->o.width - at;
	buf_putc(b, ' ');
	while (info.n) {
		n = s->o.width ? text_fit(info, room) : info.n;
		color(s, "\x1b[1m");
		buf_slice(b, slice_sub(info, 0, n));
		text_plain(s);
		info = slice_trim(slice_skip(info, n));
		if (info.n) {
			buf_putc(b, '\n');
			put_fill(b, ' ', at);
		}
	}
}

static void put_packet_line(struct text_sink *s, const struct frame *f)
{
	struct buf *b = &s->out.buf;
	size_t start = b->n;

	put_u64(b, f->number, TEXT_INDENT - 1, ' ');
	buf_putc(b, ' ');
	put_time(s, f);
	buf_puts(b, "  ");
	put_addresses(s, f);
	buf_puts(b, "  ");
	put_protocol(s, f);
	if (f->info && f->info[0])
		put_info(s, slice_str(f->info), start);
	if (f->pkt.bytes.n < f->pkt.wire_len) {
		text_dim(s);
		buf_puts(b, s->o.lang == NOTE_KO ? " [캡처 " : " [captured ");
		put_u64(b, f->pkt.bytes.n, 0, ' ');
		buf_putc(b, '/');
		put_u64(b, f->pkt.wire_len, 0, ' ');
		buf_putc(b, ']');
		text_plain(s);
	}
	buf_putc(b, '\n');
}

/* --- States
 * ------------------------------------------------------------------------------------------- */

/* Have the states changed since they were shown for this flow?  Two flows that share a place push
 * each other out; then a line is shown once more than needed. */
static bool states_changed(struct text_sink *s, const struct frame *f)
{
	struct text_states *seen = &s->states[f->flow->number % TEXT_STATES];

	if (seen->flow == f->flow->number + 1 && memcmp(seen->state, f->state, 2) == 0)
		return false;
	seen->flow = f->flow->number + 1;
	memcpy(seen->state, f->state, 2);
	return f->state[0] != TCP_STATE_UNKNOWN || f->state[1] != TCP_STATE_UNKNOWN;
}

static void make_columns(struct text_sink *s, struct buf *b, uint8_t layer)
{
	const char *osi = layer ? note_osi_name(layer, s->o.lang) : "";
	const char *tcpip = layer ? note_tcpip_name(layer, s->o.lang) : "";

	put_fill(b, ' ', TEXT_INDENT);
	buf_puts(b, s->o.color ? osi_color(layer) : "");
	buf_puts(b, osi);
	pad_to(b, text_columns(slice_str(osi)), OSI_COLUMNS);
	buf_puts(b, s->o.color ? PLAIN DIM : "");
	buf_puts(b, " │ ");
	buf_puts(b, tcpip);
	pad_to(b, text_columns(slice_str(tcpip)), TCPIP_COLUMNS);
	buf_puts(b, " │ ");
	buf_puts(b, s->o.color ? PLAIN : "");
}

/* The two columns that stand before a sentence; blank, layer 0, before its further lines. */
static void put_layer_columns(struct text_sink *s, uint8_t layer)
{
	if (!s->columns[layer & 7].n)
		make_columns(s, &s->columns[layer & 7], layer);
	buf_slice(&s->out.buf, buf_view(&s->columns[layer & 7]));
}

static void put_states(struct text_sink *s, const struct frame *f)
{
	static const char *const ends[2][2] = { { "client ", "server " }, { "클라이언트 ", "서버"
		                                                                           " " } };
	struct buf *b = &s->out.buf;

	put_layer_columns(s, 4);
	buf_puts(b, "  ");
	text_osi_color(s, 4);
	for (int side = 0; side < 2; side++) {
		buf_puts(b, side ? " · " : "");
		buf_puts(b, ends[s->o.lang][side]);
		buf_puts(b, tcp_state_name((enum tcp_state)f->state[side]));
	}
	text_plain(s);
	buf_putc(b, '\n');
}

/* --- Notes
 * -------------------------------------------------------------------------------------------- */

static const char *tone_mark(uint8_t tone)
{
	static const char *const marks[] = { "·", "✓", "!", "✗" };

	return marks[tone & 3];
}

void text_tone_color(struct text_sink *s, uint8_t tone)
{
	static const char *const codes[] = { "", "\x1b[32m", "\x1b[33m", "\x1b[31m" };

	color(s, codes[tone & 3]);
}

/* The sentence in lines of at most `columns`; returns the columns of the last line. */
static size_t put_wrapped(struct text_sink *s, struct slice words, size_t columns, uint8_t tone)
{
	struct buf *b = &s->out.buf;

	for (;;) {
		size_t n = columns ? text_fit(words, columns) : words.n;

		text_tone_color(s, tone);
		buf_slice(b, slice_sub(words, 0, n));
		if (tone)
			text_plain(s);
		if (n == words.n)
			return columns ? text_columns(words) : 0;
		words = slice_trim(slice_skip(words, n));
		buf_putc(b, '\n');
		put_layer_columns(s, 0);
		buf_puts(b, "  ");
	}
}

static size_t sentence_columns(const struct text_sink *s)
{
	size_t before = TEXT_INDENT + OSI_COLUMNS + 3 + TCPIP_COLUMNS + 3 + 2;

	if (!s->o.width)
		return 0;
	return s->o.width < before + SENTENCE_MIN ? SENTENCE_MIN : s->o.width - before;
}

void text_note(struct text_sink *s, const struct note *n)
{
	const struct note_row *row = note_row((enum note_id)n->id);
	size_t columns = sentence_columns(s), used;
	struct buf *b = &s->out.buf;

	put_layer_columns(s, row->osi);
	text_tone_color(s, row->tone);
	buf_puts(b, tone_mark(row->tone));
	if (row->tone)
		text_plain(s);
	buf_putc(b, ' ');
	buf_clear(&s->words);
	note_text(n, s->o.lang, &s->words);
	/* what is wrong is coloured as a whole, the rest by its mark alone: calm to read */
	used = put_wrapped(s, buf_view(&s->words), columns, row->tone == TONE_BAD ? TONE_BAD : 0);
	if (row->rfc[0]) {
		if (columns && used + strlen(row->rfc) + 3 > columns) {
			buf_putc(b, '\n');
			put_layer_columns(s, 0);
			buf_putc(b, ' ');
		}
		text_dim(s);
		buf_puts(b, " (");
		buf_puts(b, row->rfc);
		buf_putc(b, ')');
		text_plain(s);
	}
	buf_putc(b, '\n');
}

/* Lines of the file's comment, but for those that only say what the notes say: they come from an earlier run. */
static void put_comment(struct text_sink *s, const struct frame *f)
{
	struct slice rest = f->comment, line;

	buf_clear(&s->words);
	for (const struct note *n = f->notes.first; n; n = n->next) {
		put_note_line(&s->words, n);
		buf_putc(&s->words, '\n');
	}
	while (rest.p) {
		line = slice_cut(&rest, '\n');
		if (is_old_line(f, buf_view(&s->words), line))
			continue;
		put_fill(&s->out.buf, ' ', TEXT_INDENT);
		text_dim(s);
		buf_puts(&s->out.buf, s->o.lang == NOTE_KO ? "파일의 주석: " : "comment in the file: ");
		text_plain(s);
		escape_text(&s->out.buf, line);
		buf_putc(&s->out.buf, '\n');
	}
}

/* --- The sink
 * ------------------------------------------------------------------------------------------ */

static int text_packet(struct sink *sink, const struct frame *f, struct err *e)
{
	struct text_sink *s = (struct text_sink *)sink;

	if (s->o.quiet) {
		text_flow_seen(s, f);
		return 0;
	}
	put_packet_line(s, f);
	if (f->flow && f->flow->proto == PROTO_TCP && states_changed(s, f))
		put_states(s, f);
	if (s->o.verbose)
		text_layers(s, f);
	for (const struct note *n = f->notes.first; n; n = n->next)
		text_note(s, n);
	if (f->comment.n)
		put_comment(s, f);
	if (s->o.hex)
		text_hex(s, f);
	return out_spill(&s->out, e);
}

static int text_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	struct text_sink *s = (struct text_sink *)sink;

	if (s->o.quiet)
		text_flow_list(s);
	text_summary(s, end);
	return out_flush(&s->out, e);
}

static int text_flush(struct sink *sink, struct err *e)
{
	return out_flush(&((struct text_sink *)sink)->out, e);
}

void text_fini(struct text_sink *s)
{
	out_fini(&s->out);
	buf_fini(&s->words);
	for (unsigned i = 0; i < 8; i++) {
		buf_fini(&s->columns[i]);
		buf_fini(&s->layers[i]);
	}
	free(s->flows);
}

static void text_free(struct sink *sink)
{
	text_fini((struct text_sink *)sink);
	free(sink);
}

static const struct sink_ops text_ops = {
	.name = "text",
	.packet = text_packet,
	.end = text_end,
	.flush = text_flush,
	.free = text_free,
};

struct sink *sink_text_new(FILE *to, const char *name, const struct text_options *o, struct err *e)
{
	struct text_sink *s = out_sink(sizeof(*s), &text_ops, e);

	if (!s)
		return NULL;
	s->o = *o;
	out_init(&s->out, to, name);
	return &s->sink;
}
