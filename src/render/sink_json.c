/* The JSON sink: one object per packet and line, and one for the end.  docs/formats/json.md says what is in
 * them.  Fields of all layers lie side by side under their own names; a name that comes more than once
 * becomes an array, so that every line has each key once. */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "render/json.h"
#include "render/out.h"
#include "render/put.h"
#include "render/render.h"

enum {
	FIELDS_MAX = 1024, /* of one packet, notes included */
	NAME_ROOM = 64,
	NAMES_MAX = 4096, /* a power of two, well above the names that fields can have */
	SHAPES = 64,      /* that are remembered: one bit each */
	SHAPE_MAX = 128,  /* names of one */
	VALUE_ROOM = 40,  /* the longest value that is not text or bytes */
	SCRATCH_MAX = 64 * 1024,
};

/* A name that fields have, and the first and last field of it in the packet in hand.  Names are static
 * strings, so that one is found again by its address alone. */
struct name {
	const char *text;
	char key[NAME_ROOM]; /* ,"name": as it stands in a line; empty when it is too long for that */
	uint32_t key_len;
	uint32_t packet; /* the run of chain_fields that head and tail belong to */
	uint16_t head, tail;
	uint64_t shapes; /* a bit for each of them that has this name */
};

/* The names that the layers of a packet have, and what chain_fields makes of them: most packets are of a few
 * shapes. */
struct shape {
	uint32_t n; /* 0: none yet */
	const char *texts[SHAPE_MAX];
	const struct name *names[SHAPE_MAX];
	uint16_t next[SHAPE_MAX];
	bool hidden[SHAPE_MAX];
};

/* Where the name at one address is; several addresses can hold the same name. */
struct name_at {
	const char *text;
	struct name *name;
};

struct json_sink {
	struct sink sink;
	struct out out;
	struct arena scratch;
	struct note_frame {
		struct buf head, tail; /* what stands around the sentence of every note of this kind */
	} around[NOTE_COUNT];
	uint32_t packet; /* counts packets, to tell used slots from old ones */
	struct field fields[FIELDS_MAX];
	uint16_t next[FIELDS_MAX]; /* the next field of the same name + 1; 0: none */
	bool hidden[FIELDS_MAX];   /* shown with an earlier one, or says nothing new */
	struct name names[NAMES_MAX];
	unsigned nnames;
	struct name_at at[2 * NAMES_MAX];
	unsigned nat;
	const struct name *name_of[FIELDS_MAX];
	struct shape shapes[SHAPES];
};

/* --- Fields --------------------------------------------------------------------------------------------- */

static void make_key(struct name *name, const char *text)
{
	int n = snprintf(name->key, NAME_ROOM, ",\"%s\":", text);

	name->text = text;
	name->key_len = n < NAME_ROOM ? (uint32_t)n : 0;
}

/* The name with this text, which is at an address not seen before; NULL when there is no more room. */
static struct name *learn_name(struct json_sink *s, const char *text, struct name_at *at)
{
	struct name *name = s->names;

	while (name < s->names + s->nnames && strcmp(name->text, text) != 0)
		name++;
	if (name == s->names + s->nnames) {
		if (s->nnames == NAMES_MAX)
			return NULL;
		make_key(name, text);
		s->nnames++;
	}
	if (s->nat < NAMES_MAX) { /* half full at most; what is left out is looked for each time */
		*at = (struct name_at){ text, name };
		s->nat++;
	}
	return name;
}

static struct name *find_name(struct json_sink *s, const char *text)
{
	size_t h = (size_t)((uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	for (;; h++) {
		struct name_at *at = &s->at[h % (2 * NAMES_MAX)];

		if (at->text == text)
			return at->name;
		if (!at->text)
			return learn_name(s, text, at);
	}
}

static bool value_seen(const struct json_sink *s, unsigned i, const struct field *f)
{
	for (;; i = s->next[i] - 1u) {
		const struct field *o = &s->fields[i];

		if (o->type == f->type && o->u == f->u && slice_eq(o->s, f->s))
			return true;
		if (!s->next[i])
			return false;
	}
}

/* Chains fields of one name, from the one at `from` on; those before are in the shape.  Those of notes, from `own`
 * on, are left out where a layer has the name already, or another note the same value. */
static void chain_fields(struct json_sink *s, uint32_t from, uint32_t n, uint32_t own, uint64_t shape)
{
	s->packet++;
	for (uint32_t i = from; i < n; i++) {
		struct name *slot = find_name(s, s->fields[i].name);
		bool in_shape = slot && slot->shapes & shape;

		s->next[i] = 0;
		s->name_of[i] = slot;
		s->hidden[i] = !slot || in_shape || slot->packet == s->packet;
		if (!slot || in_shape)
			continue;
		if (!s->hidden[i]) {
			slot->packet = s->packet;
			slot->head = slot->tail = (uint16_t)i;
		} else if (i < own || (slot->head >= own && !value_seen(s, slot->head, &s->fields[i]))) {
			s->next[slot->tail] = (uint16_t)(i + 1);
			slot->tail = (uint16_t)i;
		}
	}
}

/* --- Shapes --------------------------------------------------------------------------------------------- */

static bool shape_fits(const struct shape *shape, const struct field *f, uint32_t n)
{
	if (shape->n != n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (shape->texts[i] != f[i].name)
			return false;
	return true;
}

static void shape_forget(struct json_sink *s, struct shape *shape, uint64_t bit)
{
	if (shape->n)
		for (unsigned i = 0; i < s->nnames; i++)
			s->names[i].shapes &= ~bit;
	shape->n = 0;
}

/* Takes the n fields that chain_fields has just been through, unless there was no room for a name. */
static void shape_learn(struct json_sink *s, struct shape *shape, uint32_t n, uint64_t bit)
{
	shape_forget(s, shape, bit);
	for (uint32_t i = 0; i < n; i++)
		if (!s->name_of[i])
			return;
	for (uint32_t i = 0; i < n; i++) {
		shape->texts[i] = s->fields[i].name;
		find_name(s, s->fields[i].name)->shapes |= bit;
	}
	memcpy(shape->names, s->name_of, n * sizeof(*shape->names));
	memcpy(shape->next, s->next, n * sizeof(*shape->next));
	memcpy(shape->hidden, s->hidden, n * sizeof(*shape->hidden));
	shape->n = n;
}

/* Where the shape of these fields is or would be. */
static unsigned shape_place(const struct field *f, uint32_t n)
{
	uint64_t h = n;

	for (uint32_t i = n > 8 ? n - 8 : 0; i < n; i++)
		h = (h ^ (uintptr_t)f[i].name) * UINT64_C(0x9e3779b97f4a7c15);
	return (unsigned)(h >> 58);
}

_Static_assert(SHAPES == 1 << (64 - 58), "a place is the upper bits of the hash");

static uint32_t collect_fields(struct json_sink *s, const struct frame *f, uint32_t *own)
{
	struct fields list = { s->fields, 0, FIELDS_MAX, 0 };

	arena_reset(&s->scratch);
	frame_fields(f, &s->scratch, &list);
	for (unsigned i = 0; i < f->pkt.n; i++) {
		const struct layer *l = &f->pkt.layers[i];

		proto_row((enum proto_id)l->proto)->fields(&f->pkt, l, &list);
	}
	*own = list.n;
	for (const struct note *n = f->notes.first; n; n = n->next)
		for (unsigned i = 0; i < n->nfields; i++)
			fields_add(&list, n->fields[i]);
	return list.n;
}

/* tshark's name says that this time is a number. */
static void put_value(struct buf *b, const struct field *f)
{
	if (f->type == FIELD_TIME && strcmp(f->name, "frame.time_epoch") == 0)
		put_seconds(b, (int64_t)f->u, 9);
	else
		json_value(b, f);
}

/* The key of a member that is not the first one, and room for a short value. */
static void put_key(struct buf *b, const struct name *name)
{
	if (!name->key_len || buf_reserve(b, NAME_ROOM + VALUE_ROOM) < 0) {
		json_key(b, name->text);
		return;
	}
	memcpy(b->p + b->n, name->key, NAME_ROOM); /* a fixed size is two moves */
	b->n += name->key_len;
}

/* Fields from..n-1, as these arrays chain them. */
static void put_fields(struct json_sink *s, uint32_t from, uint32_t n, const struct name *const *names,
    const uint16_t *next, const bool *hidden)
{
	struct buf *b = &s->out.buf;

	for (uint32_t i = from; i < n; i++) {
		if (hidden[i])
			continue;
		put_key(b, names[i]);
		if (!next[i]) {
			put_value(b, &s->fields[i]);
			continue;
		}
		buf_putc(b, '[');
		put_value(b, &s->fields[i]);
		for (unsigned k = next[i]; k; k = next[k - 1]) {
			buf_putc(b, ',');
			put_value(b, &s->fields[k - 1]);
		}
		buf_putc(b, ']');
	}
}

/* --- Notes ---------------------------------------------------------------------------------------------- */

/* The names in a note that are equal are one string: they are told apart by where they stand. */
static const struct field *next_of_name(const struct field *f, const struct field *end)
{
	for (const struct field *k = f + 1; k < end; k++)
		if (k->name == f->name)
			return k;
	return NULL;
}

/* Each name once; an array where the note has it several times.  `names` are those of the fields, if known. */
static void put_note_fields(struct buf *b, const struct field *v, unsigned n, const struct name *const *names)
{
	const struct field *end = v + n;

	for (const struct field *f = v; f < end; f++) {
		const struct field *more = next_of_name(f, end);
		bool first = true;

		for (const struct field *k = v; k < f && first; k++)
			first = k->name != f->name;
		if (!first)
			continue;
		if (names && f > v && names[f - v])
			put_key(b, names[f - v]);
		else
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

static void put_note(struct json_sink *s, const struct note *n, const struct name *const *names)
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
	put_note_fields(b, n->fields, n->nfields, names);
	buf_puts(b, "}}");
}

/* The notes' fields are those from `own` on of the n that collect_fields took; 0 and 0 when it took none. */
static void put_notes(
    struct json_sink *s, const char *key, const struct note *first, uint32_t own, uint32_t n)
{
	struct buf *b = &s->out.buf;

	json_key(b, key);
	buf_putc(b, '[');
	for (const struct note *note = first; note; note = note->next) {
		if (note != first)
			buf_putc(b, ',');
		put_note(s, note, own + note->nfields <= n ? s->name_of + own : NULL);
		own += note->nfields;
	}
	buf_putc(b, ']');
}

/* --- The sink ------------------------------------------------------------------------------------------- */

static int json_packet(struct sink *sink, const struct frame *f, struct err *e)
{
	struct json_sink *s = (struct json_sink *)sink;
	struct buf *b = &s->out.buf;
	uint32_t own, n = collect_fields(s, f, &own);
	unsigned place = shape_place(s->fields, own);
	struct shape *shape = &s->shapes[place];
	bool known = own && shape_fits(shape, s->fields, own);

	chain_fields(s, known ? own : 0, n, own, known ? UINT64_C(1) << place : 0);
	if (!known && own <= SHAPE_MAX)
		shape_learn(s, shape, own, UINT64_C(1) << place);
	buf_putc(b, '{');
	json_key(b, "frame.time");
	buf_putc(b, '"');
	put_utc(b, f->ts, 9);
	buf_putc(b, '"');
	if (known)
		put_fields(s, 0, own, shape->names, shape->next, shape->hidden);
	put_fields(s, known ? own : 0, n, s->name_of, s->next, s->hidden);
	if (f->comment.n) {
		json_key(b, "frame.comment");
		json_string(b, f->comment);
	}
	json_key_str(b, "osilab.protocol", f->proto);
	json_key_str(b, "osilab.info", f->info);
	PUT_NUMBER(b, "osilab.osi", frame_osi(f));
	put_notes(s, "osilab.notes", f->notes.first, own, n);
	buf_puts(b, "}\n");
	return out_spill(&s->out, e);
}

static int json_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	struct json_sink *s = (struct json_sink *)sink;
	struct buf *b = &s->out.buf;

	buf_puts(b, "{\"osilab.end\":{");
	json_stats(b, end->stats);
	put_notes(s, "notes", end->notes, 0, 0);
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
	arena_fini(&s->scratch);
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
	arena_init(&s->scratch, SCRATCH_MAX);
	return &s->sink;
}
