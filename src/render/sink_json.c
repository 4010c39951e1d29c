/* The JSON sink: one object per packet and line, and one for the end.  docs/formats/json.md says what is in
 * them; json_fields.h how a packet's fields become members. */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "render/json.h"
#include "render/json_fields.h"
#include "render/out.h"
#include "render/put.h"
#include "render/render.h"

struct json_sink {
	struct sink sink;
	struct out out;
	struct json_fields fields;
	struct note_frame {
		struct buf head, tail; /* what stands around the sentence of every note of this kind */
	} around[NOTE_COUNT];
};

/* --- Notes ---------------------------------------------------------------------------------------------- */

/* The names in a note that are equal are one string: they are told apart by where they stand. */
static const struct field *next_of_name(const struct field *f, const struct field *end)
{
	for (const struct field *k = f + 1; k < end; k++)
		if (k->name == f->name)
			return k;
	return NULL;
}

/* Whether a field before this one has its name. */
static bool name_seen(const struct field *v, const struct field *f)
{
	for (const struct field *k = v; k < f; k++)
		if (k->name == f->name)
			return true;
	return false;
}

/* Each name once; an array where the note has it several times.  Those alone are numbers `from` on of l, if that is
 * given. */
static void put_note_fields(
    struct buf *b, const struct field *v, unsigned n, const struct json_fields *l, uint32_t from)
{
	const struct field *end = v + n;

	for (const struct field *f = v; f < end; f++) {
		const struct field *more = next_of_name(f, end);

		if (name_seen(v, f))
			continue;
		if (!more && l) {
			json_fields_again(l, from + (uint32_t)(f - v), b, f == v);
			continue;
		}
		json_key(b, f->name);
		if (more)
			buf_putc(b, '[');
		json_value(b, f);
		for (; more; more = next_of_name(more, end)) {
			buf_putc(b, ',');
			json_value(b, more);
		}
		if (next_of_name(f, end))
			buf_putc(b, ']');
	}
}

/* What every note of one kind has before and behind its sentence. */
static const struct note_frame *note_frame(struct json_sink *s, uint16_t id)
{
	static const char *const tones[] = { "info", "good", "warn", "bad" };
	const struct note_row *row = note_row((enum note_id)id);
	struct note_frame *around = &s->around[id];
	struct buf *b = &around->head;

	if (b->n)
		return around;
	buf_putc(b, '{');
	json_key_str(b, "id", row->id);
	json_key_u64(b, "osi", row->osi);
	json_key_str(b, "layer", note_osi_name(row->osi, NOTE_EN));
	json_key_str(b, "tcpip", note_tcpip_name(row->osi, NOTE_EN));
	json_key_str(b, "tone", tones[row->tone & 3]);
	json_key(b, "text");
	buf_putc(b, '"');
	buf_putc(&around->tail, '"');
	if (row->rfc[0])
		json_key_str(&around->tail, "rfc", row->rfc);
	return around;
}

/* A member with a number behind a key that is a constant: ,"off":. */
#define PUT_NUMBER(b, key, v) ((void)buf_put(b, ",\"" key "\":", sizeof(key) + 3), (void)buf_u64(b, v))

static void put_note(struct json_sink *s, const struct note *n, const struct json_fields *l, uint32_t from)
{
	const struct note_frame *around = note_frame(s, n->id);
	struct buf *b = &s->out.buf;

	buf_slice(b, buf_view(&around->head));
	note_json(n, NOTE_EN, b);
	buf_slice(b, buf_view(&around->tail));
	if (n->ref)
		PUT_NUMBER(b, "ref", n->ref);
	if (n->len) {
		PUT_NUMBER(b, "off", n->off);
		PUT_NUMBER(b, "len", n->len);
	}
	buf_puts(b, ",\"fields\":{");
	put_note_fields(b, n->fields, n->nfields, l, from);
	buf_puts(b, "}}");
}

/* The fields of all these notes are numbers `from` on of s->fields, as far as that took them; 0: it took none. */
static void put_notes(struct json_sink *s, const char *key, const struct note *first, uint32_t from)
{
	struct buf *b = &s->out.buf;
	bool taken = from;

	json_key(b, key);
	buf_putc(b, '[');
	for (const struct note *note = first; note; note = note->next) {
		if (note != first)
			buf_putc(b, ',');
		put_note(s, note, taken && from + note->nfields <= s->fields.n ? &s->fields : NULL, from);
		from += note->nfields;
	}
	buf_putc(b, ']');
}

/* --- The sink ------------------------------------------------------------------------------------------- */

static int json_packet(struct sink *sink, const struct frame *f, struct err *e)
{
	struct json_sink *s = (struct json_sink *)sink;
	struct json_fields *l = &s->fields;
	struct buf *b = &s->out.buf;

	buf_putc(b, '{');
	json_key(b, "frame.time");
	buf_putc(b, '"');
	put_utc(b, f->ts, 9);
	buf_putc(b, '"');
	json_fields_put(l, f, b);
	if (f->comment.n) {
		json_key(b, "frame.comment");
		json_string(b, f->comment);
	}
	json_key_str(b, "osilab.protocol", f->proto);
	json_key_str(b, "osilab.info", f->info);
	PUT_NUMBER(b, "osilab.osi", frame_osi(f));
	put_notes(s, "osilab.notes", f->notes.first, l->own);
	buf_puts(b, "}\n");
	return out_spill(&s->out, e);
}

static int json_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	struct json_sink *s = (struct json_sink *)sink;
	struct buf *b = &s->out.buf;

	buf_puts(b, "{\"osilab.end\":{");
	json_stats(b, end->stats);
	put_notes(s, "notes", end->notes, 0);
	if (end->damage)
		json_key_str(b, "damage", end->damage->msg);
	buf_puts(b, "}}\n");
	return out_flush(&s->out, e);
}

static int json_flush(struct sink *sink, struct err *e)
{
	return out_flush(&((struct json_sink *)sink)->out, e);
}

static void json_free(struct sink *sink)
{
	struct json_sink *s = (struct json_sink *)sink;

	out_fini(&s->out);
	for (unsigned id = 0; id < NOTE_COUNT; id++) {
		buf_fini(&s->around[id].head);
		buf_fini(&s->around[id].tail);
	}
	json_fields_fini(&s->fields);
	free(s);
}

static const struct sink_ops json_ops = {
	.name = "json",
	.packet = json_packet,
	.end = json_end,
	.flush = json_flush,
	.free = json_free,
};

struct sink *sink_json_new(FILE *to, const char *name, struct err *e)
{
	struct json_sink *s = out_sink(sizeof(*s), &json_ops, e);

	if (!s)
		return NULL;
	out_init(&s->out, to, name);
	json_fields_init(&s->fields);
	return &s->sink;
}
