/* A packet's fields as JSON members; see json_fields.h. */
#include "render/json_fields.h"

#include <stdio.h>

#include "render/json.h"
#include "render/put.h"

enum { SCRATCH_MAX = 64 * 1024 };

/* --- Names ---------------------------------------------------------------------------------------------- */

static void make_key(struct json_name *name, const char *text)
{
	int n = snprintf(name->key, JSON_NAME_ROOM, ",\"%s\":", text);

	name->text = text;
	name->key_len = n < JSON_NAME_ROOM ? (uint32_t)n : 0;
}

/* The name with this text, which is at an address not seen before; NULL when there is no more room. */
static struct json_name *learn_name(struct json_fields *l, const char *text, struct json_name_at *at)
{
	struct json_name *name = l->names;

	while (name < l->names + l->nnames && strcmp(name->text, text) != 0)
		name++;
	if (name == l->names + l->nnames) {
		if (l->nnames == JSON_NAMES_MAX)
			return NULL;
		make_key(name, text);
		l->nnames++;
	}
	if (l->nat < JSON_NAMES_MAX) { /* half full at most; what is left out is looked for each time */
		*at = (struct json_name_at){ text, name };
		l->nat++;
	}
	return name;
}

static struct json_name *find_name(struct json_fields *l, const char *text)
{
	size_t h = (size_t)((uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	for (;; h++) {
		struct json_name_at *at = &l->at[h % (2 * JSON_NAMES_MAX)];

		if (at->text == text)
			return at->name;
		if (!at->text)
			return learn_name(l, text, at);
	}
}

static void put_key(struct buf *b, const struct json_name *name)
{
	if (!name->key_len || buf_reserve(b, JSON_NAME_ROOM) < 0) {
		json_key(b, name->text);
		return;
	}
	memcpy(b->p + b->n, name->key, JSON_NAME_ROOM); /* a fixed size is two moves */
	b->n += name->key_len;
}

/* --- Fields of one name --------------------------------------------------------------------------------- */

static bool same_value(const struct field *a, const struct field *b)
{
	return a->type == b->type && a->u == b->u && slice_eq(a->s, b->s);
}

static bool value_seen(const struct json_fields *l, unsigned i, const struct field *f)
{
	while (!same_value(&l->v[i], f)) {
		if (!l->next[i])
			return false;
		i = l->next[i] - 1u;
	}
	return true;
}

/* Chains fields of one name, from the one at `from` on; those before are of the shape with this bit.  Those of
 * notes are left out where a layer has the name already, or another note the same value. */
static void chain_fields(struct json_fields *l, uint32_t from, uint64_t shape)
{
	l->packet++;
	for (uint32_t i = from; i < l->n; i++) {
		struct json_name *name = find_name(l, l->v[i].name);
		bool in_shape = name && name->shapes & shape;

		l->next[i] = 0;
		l->name_of[i] = name;
		l->hidden[i] = !name || in_shape || name->packet == l->packet;
		if (!name || in_shape)
			continue;
		if (!l->hidden[i]) {
			name->packet = l->packet;
			name->head = name->tail = (uint16_t)i;
		} else if (i < l->own || (name->head >= l->own && !value_seen(l, name->head, &l->v[i]))) {
			l->next[name->tail] = (uint16_t)(i + 1);
			name->tail = (uint16_t)i;
		}
	}
}

static void collect_fields(struct json_fields *l, const struct frame *f)
{
	struct fields list = { l->v, 0, JSON_FIELDS_MAX, 0 };

	arena_reset(&l->scratch);
	frame_fields(f, &l->scratch, &list);
	for (unsigned i = 0; i < f->pkt.n; i++) {
		const struct layer *layer = &f->pkt.layers[i];

		proto_row((enum proto_id)layer->proto)->fields(&f->pkt, layer, &list);
	}
	l->own = list.n;
	for (const struct note *n = f->notes.first; n; n = n->next)
		for (unsigned i = 0; i < n->nfields; i++)
			fields_add(&list, n->fields[i]);
	l->n = list.n;
}

/* --- Members -------------------------------------------------------------------------------------------- */

/* tshark's name says that this time is a number. */
static void put_value(struct buf *b, const struct field *f)
{
	if (f->type == FIELD_TIME && strcmp(f->name, "frame.time_epoch") == 0)
		put_seconds(b, (int64_t)f->u, 9);
	else
		json_value(b, f);
}

/* The member that begins with field i. */
static void put_member(struct buf *b, const struct json_fields *l, uint32_t i, const struct json_name *name,
    const uint16_t *next)
{
	put_key(b, name);
	if (!next[i]) {
		put_value(b, &l->v[i]);
		return;
	}
	buf_putc(b, '[');
	put_value(b, &l->v[i]);
	for (unsigned k = next[i]; k; k = next[k - 1]) {
		buf_putc(b, ',');
		put_value(b, &l->v[k - 1]);
	}
	buf_putc(b, ']');
}

/* --- Shapes --------------------------------------------------------------------------------------------- */

static bool shape_fits(const struct json_shape *shape, const struct json_fields *l)
{
	if (!shape->n || shape->n != l->own)
		return false;
	for (uint32_t i = 0; i < shape->n; i++)
		if (shape->texts[i] != l->v[i].name)
			return false;
	return true;
}

static void shape_forget(struct json_fields *l, struct json_shape *shape, uint64_t bit)
{
	if (shape->n)
		for (unsigned i = 0; i < l->nnames; i++)
			l->names[i].shapes &= ~bit;
	buf_clear(&shape->line);
	shape->n = 0;
}

/* Takes the fields of layers that chain_fields has just been through, unless there was no room for a name. */
static void shape_learn(struct json_fields *l, struct json_shape *shape, uint64_t bit)
{
	shape_forget(l, shape, bit);
	for (uint32_t i = 0; i < l->own; i++)
		if (!l->name_of[i])
			return;
	for (uint32_t i = 0; i < l->own; i++) {
		shape->texts[i] = l->v[i].name;
		find_name(l, l->v[i].name)->shapes |= bit;
	}
	memcpy(shape->names, l->name_of, l->own * sizeof(*shape->names));
	memcpy(shape->next, l->next, l->own * sizeof(*shape->next));
	memcpy(shape->hidden, l->hidden, l->own * sizeof(*shape->hidden));
	shape->n = l->own;
}

/* The number of the shape that fields like these have or would have: the upper six bits of a hash of some names.
 * Each direction has its own, as their values differ. */
static unsigned shape_number(const struct json_fields *l, const struct frame *f)
{
	uint64_t h = l->own * 2 + (f->side != FLOW_CLIENT);

	for (uint32_t i = l->own > 8 ? l->own - 8 : 0; i < l->own; i++)
		h = (h ^ (uintptr_t)l->v[i].name) * UINT64_C(0x9e3779b97f4a7c15);
	return (unsigned)(h >> 58);
}

_Static_assert(JSON_SHAPES == 1 << (64 - 58), "shape_number");

/* Whether this is what was shown. */
static bool is_shown(const struct json_shown *shown, const struct field *f)
{
	return f->u == shown->u && f->s.n == shown->n && f->type == shown->type &&
	       f->digits == shown->digits &&
	       (!f->s.n || (f->s.n <= JSON_SHOWN_MAX && memcmp(f->s.p, shown->bytes, f->s.n) == 0));
}

static void remember(struct json_shown *shown, const struct field *f)
{
	shown->type = f->type;
	shown->digits = f->digits;
	shown->u = f->u;
	shown->n = f->s.n;
	if (f->s.n && f->s.n <= JSON_SHOWN_MAX)
		memcpy(shown->bytes, f->s.p, f->s.n);
}

/* The fields of the layers.  What is as it was is copied from the line before, a run at a time. */
static void put_shape(const struct json_fields *l, struct json_shape *shape, struct buf *b)
{
	size_t begin = b->n, run = 0, end = 0; /* line[run..end) is still to be copied */
	bool fresh = !shape->line.n;

	for (uint32_t i = 0; i < shape->n; i++) {
		struct json_shown *shown = &shape->shown[i];

		if (shape->hidden[i])
			continue;
		if (!fresh && !shape->next[i] && is_shown(shown, &l->v[i])) {
			end = shown->end;
			shown->end = b->n - begin + (end - run);
			continue;
		}
		if (end > run)
			buf_put(b, shape->line.p + run, end - run);
		run = end = shown->end;
		put_member(b, l, i, shape->names[i], shape->next);
		remember(shown, &l->v[i]);
		shown->end = b->n - begin;
	}
	if (end > run)
		buf_put(b, shape->line.p + run, end - run);
	buf_clear(&shape->line);
	if (!b->failed)
		buf_put(&shape->line, b->p + begin, b->n - begin);
}

void json_fields_put(struct json_fields *l, const struct frame *f, struct buf *b)
{
	struct json_shape *shape;
	unsigned number;
	bool fits;

	collect_fields(l, f);
	number = shape_number(l, f);
	shape = &l->shapes[number];
	fits = shape_fits(shape, l);
	chain_fields(l, fits ? l->own : 0, fits ? UINT64_C(1) << number : 0);
	if (fits)
		put_shape(l, shape, b);
	for (uint32_t i = fits ? l->own : 0; i < l->n; i++) {
		struct json_member *m = &l->member[i];

		*m = (struct json_member){ .at = b->n };
		if (l->hidden[i])
			continue;
		put_member(b, l, i, l->name_of[i], l->next);
		if (!l->next[i])
			m->n = b->n - m->at;
	}
	if (!fits && l->own <= JSON_SHAPE_MAX)
		shape_learn(l, shape, UINT64_C(1) << number);
}

void json_fields_again(const struct json_fields *l, uint32_t i, struct buf *b, bool first)
{
	const struct json_member *m = &l->member[i];

	if (m->n && buf_reserve(b, m->n) == 0) {
		memcpy(b->p + b->n, b->p + m->at + first, m->n - first);
		b->n += m->n - first;
		return;
	}
	json_key(b, l->v[i].name);
	json_value(b, &l->v[i]);
}

/* --- The list ------------------------------------------------------------------------------------------- */

void json_fields_init(struct json_fields *l)
{
	arena_init(&l->scratch, SCRATCH_MAX);
}

void json_fields_fini(struct json_fields *l)
{
	for (unsigned i = 0; i < JSON_SHAPES; i++)
		buf_fini(&l->shapes[i].line);
	arena_fini(&l->scratch);
}
