/* The HTML sink: one page that needs nothing but itself.  The packets lie in it as inert lines of JSON, two for
 * each: what its row shows, read when the page opens, and what only its panel shows, read when it is asked for.
 * A last line says what belongs to no packet.  The page's scripts (page/) draw them; what came from the network is
 * never markup.  Its Content Security
 * Policy lets only the page's own style and script run, by a nonce that nobody who made the traffic can know. */
#include <stdlib.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/escape.h"
#include "render/html_page.h"
#include "render/json.h"
#include "render/out.h"
#include "render/put.h"
#include "render/render.h"

enum {
	PACKETS_MAX = 20000,          /* drawn; the rest is only counted */
	DATA_MAX = 192 * 1024 * 1024, /* bytes of page after which no more are drawn */
	BYTES_MAX = 4096,             /* of one packet */
	FIELDS_MAX = 512,             /* of one layer */
	NAMES_MAX = 2048,             /* names of fields, each written once */
	NAME_SLOTS = 4096,            /* a power of two, well above NAMES_MAX */
	NONCE_BYTES = 18,
};

struct html_sink {
	struct sink sink;
	struct out out;
	struct buf row;  /* what is to be written, before its '<' are made harmless */
	struct buf text; /* one value */
	char *title;
	enum note_lang lang;
	char nonce[NONCE_BYTES / 3 * 4 + 1];
	uint64_t packets, left_out;
	uint64_t written;
	struct field fields[FIELDS_MAX];
	struct {
		const char *name, *label; /* static storage, as fields have it */
	} names[NAMES_MAX];
	unsigned nnames;
	uint16_t slots[NAME_SLOTS]; /* by hash of the name's address: place in names + 1 */
};

/* --- The template ----------------------------------------------------------------------------------------- */

static void put_mark(struct html_sink *s, struct slice mark)
{
	struct buf *b = &s->out.buf;

	if (slice_eq_str(mark, "LANG"))
		buf_puts(b, s->lang == NOTE_KO ? "ko" : "en");
	else if (slice_eq_str(mark, "NONCE"))
		buf_puts(b, s->nonce);
	else if (slice_eq_str(mark, "TITLE"))
		escape_html(b, slice_str(s->title));
	else if (slice_eq_str(mark, "STYLE"))
		buf_slice(b, html_style());
	else if (slice_eq_str(mark, "SCRIPT"))
		buf_slice(b, html_script());
}

/* Writes the template up to the mark DATA, or behind it.  A mark is a word in capitals between two @. */
static void put_template(struct html_sink *s, bool behind)
{
	struct slice all = html_template();
	ssize_t data = slice_find(all, SLICE("@DATA@"));

	all = behind ? slice_skip(all, (size_t)data + 6) : slice_sub(all, 0, (size_t)data);
	while (all.p) {
		buf_slice(&s->out.buf, slice_cut(&all, '@'));
		if (all.p)
			put_mark(s, slice_cut(&all, '@'));
	}
}

/* --- JSON within a script element --------------------------------------------------------------------------- */

/* Brings a line to the output.  Only '<' could end the element or open a comment in it; in JSON it stands in
 * strings alone. */
static void put_line(struct html_sink *s)
{
	struct slice rest = buf_view(&s->row);
	size_t before = s->out.buf.n;

	while (rest.p) {
		buf_slice(&s->out.buf, slice_cut(&rest, '<'));
		if (rest.p)
			buf_puts(&s->out.buf, "\\u003c");
	}
	buf_putc(&s->out.buf, '\n');
	s->written += s->out.buf.n - before;
	if (s->row.failed)
		s->out.buf.failed = true;
	buf_clear(&s->row);
}

static void row_string(struct html_sink *s, const char *text)
{
	json_string(&s->row, slice_str(text));
}

static void row_u64(struct html_sink *s, uint64_t v)
{
	buf_putc(&s->row, ',');
	put_u64(&s->row, v, 0, ' ');
}

/* The number of a field's name in the list that closes the data. */
static unsigned name_number(struct html_sink *s, const struct field *f)
{
	size_t h = (uintptr_t)f->name * 0x9e3779b97f4a7c15u >> 32;

	for (;; h++) {
		uint16_t *slot = &s->slots[h % NAME_SLOTS];

		if (*slot && s->names[*slot - 1].name == f->name) {
			if (!s->names[*slot - 1].label) /* notes have none, layers do */
				s->names[*slot - 1].label = f->label;
			return *slot - 1u;
		}
		if (*slot)
			continue;
		if (s->nnames == NAMES_MAX)
			return 0;
		s->names[s->nnames].name = f->name;
		s->names[s->nnames].label = f->label;
		*slot = (uint16_t)++s->nnames;
		return s->nnames - 1;
	}
}

/* [name, "value", offset, length]; without the last two when it does not lie in the bytes shown. */
static void put_field(struct html_sink *s, const struct field *f, bool shown)
{
	buf_putc(&s->row, '[');
	put_u64(&s->row, name_number(s, f), 0, ' ');
	buf_putc(&s->row, ',');
	buf_clear(&s->text);
	note_value(f, &s->text);
	json_string(&s->row, buf_view(&s->text));
	if (f->len && shown) {
		row_u64(s, f->off);
		row_u64(s, f->len);
	}
	buf_putc(&s->row, ']');
}

static void put_fields(struct html_sink *s, const struct field *f, size_t n, bool shown)
{
	buf_putc(&s->row, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(&s->row, ',');
		put_field(s, &f[i], shown);
	}
	buf_putc(&s->row, ']');
}

/* [osi, tone, "sentence", "rfc", ref, offset, length, "id"] */
static void put_note(struct html_sink *s, const struct note *n)
{
	const struct note_row *row = note_row((enum note_id)n->id);

	buf_putc(&s->row, '[');
	put_u64(&s->row, row->osi, 0, ' ');
	row_u64(s, row->tone);
	buf_putc(&s->row, ',');
	buf_clear(&s->text);
	note_text(n, s->lang, &s->text);
	json_string(&s->row, buf_view(&s->text));
	buf_putc(&s->row, ',');
	row_string(s, row->rfc);
	row_u64(s, n->ref);
	row_u64(s, n->off);
	row_u64(s, n->len);
	buf_putc(&s->row, ',');
	row_string(s, row->id);
	buf_putc(&s->row, ']');
}

static void put_notes(struct html_sink *s, const struct note *first)
{
	json_key(&s->row, "N");
	buf_putc(&s->row, '[');
	for (const struct note *n = first; n; n = n->next) {
		if (n != first)
			buf_putc(&s->row, ',');
		put_note(s, n);
	}
	buf_putc(&s->row, ']');
}

/* ["name", "title", osi, offset, length, body, "rfc", [fields]] */
static void put_layer(struct html_sink *s, const struct frame *f, const struct layer *l)
{
	const struct proto *row = proto_row((enum proto_id)l->proto);
	struct fields list = { s->fields, 0, FIELDS_MAX, 0 };
	bool shown = pkt_base(&f->pkt, l).p == f->pkt.bytes.p; /* not of a datagram put together */

	row->fields(&f->pkt, l, &list);
	buf_putc(&s->row, '[');
	row_string(s, row->name);
	buf_putc(&s->row, ',');
	row_string(s, row->title);
	row_u64(s, row->osi);
	row_u64(s, shown ? l->off : 0);
	row_u64(s, shown ? l->len : 0);
	row_u64(s, l->body);
	buf_putc(&s->row, ',');
	row_string(s, row->rfc);
	buf_putc(&s->row, ',');
	put_fields(s, list.v, list.n, shown);
	buf_putc(&s->row, ']');
}

static void put_layers(struct html_sink *s, const struct frame *f)
{
	json_key(&s->row, "L");
	buf_putc(&s->row, '[');
	for (unsigned i = 0; i < f->pkt.n; i++) {
		if (i)
			buf_putc(&s->row, ',');
		put_layer(s, f, &f->pkt.layers[i]);
	}
	buf_putc(&s->row, ']');
}

/* The fields of the notes, a list for each. */
static void put_note_fields(struct html_sink *s, const struct frame *f)
{
	json_key(&s->row, "F");
	buf_putc(&s->row, '[');
	for (const struct note *n = f->notes.first; n; n = n->next) {
		if (n != f->notes.first)
			buf_putc(&s->row, ',');
		put_fields(s, n->fields, n->nfields, true);
	}
	buf_putc(&s->row, ']');
}

/* Who sent it on its own link, where that is told: the page puts one side to the left by it. */
static void put_link_source(struct html_sink *s, const struct frame *f)
{
	const struct layer *l = &f->pkt.layers[0];

	if (!f->pkt.n || l->proto != PROTO_ETH)
		return;
	json_key(&s->row, "e");
	buf_putc(&s->row, '"');
	put_bytes(&s->row, slice_of(l->eth.src, 6), 0);
	buf_putc(&s->row, '"');
}

static void put_end_point(struct html_sink *s, const char *key, struct endpoint p)
{
	buf_clear(&s->text);
	put_endpoint(&s->text, &p);
	json_key(&s->row, key);
	json_string(&s->row, buf_view(&s->text));
}

static void put_flow(struct html_sink *s, const struct frame *f)
{
	struct buf *b = &s->row;

	if (!f->flow)
		return;
	json_key(b, "k");
	buf_puts(b, f->flow->proto == PROTO_UDP ? "\"UDP " : "\"TCP ");
	put_u64(b, f->flow->number, 0, ' ');
	buf_putc(b, '"');
	json_key_u64(b, "d", f->side);
	if (f->state[0] == TCP_STATE_UNKNOWN && f->state[1] == TCP_STATE_UNKNOWN)
		return;
	json_key(b, "s");
	buf_putc(b, '[');
	row_string(s, tcp_state_name((enum tcp_state)f->state[0]));
	buf_putc(b, ',');
	row_string(s, tcp_state_name((enum tcp_state)f->state[1]));
	buf_putc(b, ']');
}

static void put_bytes_of(struct html_sink *s, const struct frame *f)
{
	struct slice shown = slice_sub(f->pkt.bytes, 0, BYTES_MAX);

	if (f->pkt.payload.n && !f->pkt.whole_from) {
		json_key(&s->row, "P");
		buf_putc(&s->row, '[');
		put_u64(&s->row, (uint64_t)(f->pkt.payload.p - f->pkt.bytes.p), 0, ' ');
		row_u64(s, f->pkt.payload.n);
		buf_putc(&s->row, ']');
	}
	json_key(&s->row, "x");
	buf_putc(&s->row, '"');
	base64_put(&s->row, shown, BASE64_STD | BASE64_PADDED);
	buf_putc(&s->row, '"');
}

/* Lines of the file's comment, but for those that only say what the notes say: they come from an earlier run. */
static void put_comment(struct html_sink *s, const struct frame *f)
{
	struct slice rest = f->comment, line;
	bool any = false;

	buf_clear(&s->text);
	for (const struct note *n = f->notes.first; n; n = n->next) {
		put_note_line(&s->text, n);
		buf_putc(&s->text, '\n');
	}
	while (rest.n) {
		line = slice_cut(&rest, '\n');
		if (is_old_line(f, buf_view(&s->text), line))
			continue;
		if (!any)
			json_key(&s->row, "C");
		buf_puts(&s->row, any ? "\\u000a" : "\"");
		escape_json(&s->row, line);
		any = true;
	}
	if (any)
		buf_putc(&s->row, '"');
}

/* Of two captures: how it was seen, and when at the other place. */
static void put_sight(struct html_sink *s, const struct frame *f)
{
	if (!f->two_places)
		return;
	json_key(&s->row, "v");
	buf_putc(&s->row, '[');
	put_u64(&s->row, f->sight, 0, ' ');
	if (f->sight == SIGHT_BOTH) {
		buf_putc(&s->row, ',');
		put_seconds(&s->row, f->since_start + f->other_ts - f->ts, 9);
	}
	buf_putc(&s->row, ']');
}

static void put_shown(struct html_sink *s, const struct frame *f)
{
	struct buf *b = &s->row;

	buf_putc(b, '{');
	json_key_u64(b, "n", f->number);
	json_key(b, "t");
	put_seconds(b, f->since_start, 9);
	json_key_u64(b, "w", f->pkt.wire_len);
	json_key_str(b, "p", f->proto);
	json_key_str(b, "i", f->info);
	json_key_u64(b, "o", frame_osi(f));
	put_end_point(s, "a", endpoint_source(f));
	put_end_point(s, "b", endpoint_destination(f));
	put_link_source(s, f);
	put_flow(s, f);
	put_sight(s, f);
	put_notes(s, f->notes.first);
	put_comment(s, f);
	buf_putc(b, '}');
	put_line(s);
}

static void put_details(struct html_sink *s, const struct frame *f)
{
	struct buf *b = &s->row;

	buf_putc(b, '{');
	json_key(b, "u");
	buf_putc(b, '"');
	put_utc(b, f->ts, 9);
	buf_putc(b, '"');
	json_key_u64(b, "c", f->pkt.bytes.n);
	put_layers(s, f);
	put_note_fields(s, f);
	put_bytes_of(s, f);
	buf_putc(b, '}');
	put_line(s);
}

/* --- The sink ----------------------------------------------------------------------------------------------- */

static int html_packet(struct sink *sink, const struct frame *f, struct err *e)
{
	struct html_sink *s = (struct html_sink *)sink;

	if (s->packets == PACKETS_MAX || s->written > DATA_MAX) {
		s->left_out++;
		return 0;
	}
	s->packets++;
	put_shown(s, f);
	put_details(s, f);
	return out_spill(&s->out, e);
}

static void put_names(struct html_sink *s)
{
	struct buf *b = &s->row;

	json_key(b, "names");
	buf_putc(b, '[');
	for (unsigned i = 0; i < s->nnames; i++) {
		buf_puts(b, i ? ",[" : "[");
		row_string(s, s->names[i].name);
		buf_putc(b, ',');
		row_string(s, s->names[i].label);
		buf_putc(b, ']');
	}
	buf_putc(b, ']');
}

static void put_layer_names(struct html_sink *s)
{
	struct buf *b = &s->row;

	json_key(b, "osi");
	buf_putc(b, '[');
	for (uint8_t osi = 0; osi < 8; osi++) {
		buf_puts(b, osi ? ",[" : "[");
		row_string(s, note_osi_name(osi, s->lang));
		buf_putc(b, ',');
		row_string(s, note_tcpip_name(osi, s->lang));
		buf_putc(b, ']');
	}
	buf_putc(b, ']');
}

static int html_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	struct html_sink *s = (struct html_sink *)sink;
	struct buf *b = &s->row;

	buf_putc(b, '{');
	json_key_str(b, "lang", s->lang == NOTE_KO ? "ko" : "en");
	json_key_u64(b, "left_out", s->left_out);
	put_names(s);
	put_layer_names(s);
	json_key(b, "stats");
	buf_putc(b, '{');
	json_stats(b, end->stats);
	buf_putc(b, '}');
	put_notes(s, end->notes);
	if (end->damage)
		json_key_str(b, "damage", end->damage->msg);
	buf_putc(b, '}');
	put_line(s);
	put_template(s, true);
	return out_flush(&s->out, e);
}

static int html_flush(struct sink *sink, struct err *e)
{
	return out_flush(&((struct html_sink *)sink)->out, e);
}

static void html_free(struct sink *sink)
{
	struct html_sink *s = (struct html_sink *)sink;

	out_fini(&s->out);
	buf_fini(&s->row);
	buf_fini(&s->text);
	free(s->title);
	free(s);
}

static const struct sink_ops html_ops = {
	.name = "html",
	.packet = html_packet,
	.end = html_end,
	.flush = html_flush,
	.free = html_free,
};

static int make_nonce(struct html_sink *s)
{
	uint8_t bytes[NONCE_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -1;
	base64_encode(slice_of(bytes, sizeof(bytes)), BASE64_STD | BASE64_PADDED, s->nonce);
	return 0;
}

struct sink *sink_html_new(FILE *to, const char *name, const char *title, enum note_lang lang, struct err *e)
{
	struct html_sink *s = calloc(1, sizeof(*s));

	if (!s || !(s->title = strdup(title)) || make_nonce(s) < 0) {
		err_sys(e, "cannot prepare %s", name);
		free(s ? s->title : NULL);
		free(s);
		return NULL;
	}
	s->sink.ops = &html_ops;
	s->lang = lang;
	out_init(&s->out, to, name);
	put_template(s, false);
	return &s->sink;
}
