/* Showing packets by an expression; see display.h. */
#include "trace/display.h"

#include "base/near.h"
#include "script/script.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FIELDS_MAX = 1024, /* of one packet, notes included */
	SCRATCH_MAX = 64 * 1024,
	NEAR_ROOM = 64,
};

enum bound_kind {
	BOUND_FIELD,
	BOUND_LAYER,
	BOUND_UPPER,
	BOUND_NUMBER,
	BOUND_INFO,
	BOUND_PROTOCOL,
	BOUND_COMMENT
};

/* A name of the expression, and what it means. */
struct bound {
	enum bound_kind kind;
	const char *field; /* BOUND_FIELD */
	unsigned row;      /* BOUND_LAYER: enum proto_id; BOUND_UPPER: of uppers */
};

struct display {
	struct script *script;
	struct bound bound[SCRIPT_NAMES];
	int nbound;
	struct fields fields; /* of the frame in hand, once they were asked for */
	bool collected;
	struct arena scratch;
	struct buf text; /* the value in hand */
	uint64_t asked, failed, strange, first;
	char why[sizeof(((struct err *)0)->msg)]; /* at packet `first`, where it failed */
	struct field room[FIELDS_MAX];
};

/* --- Fields --------------------------------------------------------------------------------------------------- */

static void collect(struct display *d, const struct frame *f)
{
	d->collected = true;
	d->fields = (struct fields){ d->room, 0, FIELDS_MAX, 0 };
	arena_reset(&d->scratch);
	frame_fields(f, &d->scratch, &d->fields);
	for (unsigned i = 0; i < f->pkt.n; i++) {
		const struct layer *l = &f->pkt.layers[i];

		proto_row((enum proto_id)l->proto)->fields(&f->pkt, l, &d->fields);
	}
	for (const struct note *n = f->notes.first; n; n = n->next)
		for (unsigned i = 0; i < n->nfields; i++)
			fields_add(&d->fields, n->fields[i]);
}

static struct script_value text_value(struct slice s)
{
	return (struct script_value){ .type = SCRIPT_TEXT, .s = s };
}

static struct script_value field_value(struct display *d, const struct field *f)
{
	switch (f->type) {
	case FIELD_UINT:
	case FIELD_HEX: return (struct script_value){ .type = SCRIPT_INT, .i = (int64_t)f->u };
	case FIELD_BOOL: return (struct script_value){ .type = SCRIPT_BOOL, .b = f->u };
	case FIELD_SPAN:
	case FIELD_TIME:
		return (struct script_value){ .type = SCRIPT_REAL, .d = (double)(int64_t)f->u / 1e9 };
	case FIELD_TEXT: return text_value(f->s);
	case FIELD_MAC:
	case FIELD_IP4:
	case FIELD_IP6:
	case FIELD_BYTES: break;
	}
	buf_clear(&d->text);
	note_value(f, &d->text);
	return text_value(buf_view(&d->text));
}

static struct script_value find_field(struct display *d, const struct frame *f, const char *name)
{
	if (!d->collected)
		collect(d, f);
	for (uint32_t i = 0; i < d->fields.n; i++) {
		const char *has = d->room[i].name;

		if (has == name || strcmp(has, name) == 0)
			return field_value(d, &d->room[i]);
	}
	return (struct script_value){ SCRIPT_NIL };
}

/* --- Protocols ------------------------------------------------------------------------------------------------ */

/* Protocols above the layers of a packet: by what the frame is called, or by a note about it.  A title ends
 * where the frame's has a space: "TLS 1.3". */
static const struct upper {
	const char *name;
	const char *titles[2];
	const char *notes; /* how their ids begin, or NULL */
} uppers[] = {
	{ "tls", { "TLS", "SSL" }, "tls." },
	{ "http", { "HTTP", "HTTPS" }, "http." },
	{ "https", { "HTTPS", NULL }, NULL },
	{ "http2", { "HTTP/2", NULL }, "http2." },
	{ "dns", { "DNS", "mDNS" }, "dns." },
	{ "mdns", { "mDNS", NULL }, NULL },
	{ "dhcp", { "DHCP", NULL }, "dhcp." },
};

enum { UPPERS = sizeof(uppers) / sizeof(*uppers) };

static bool has_layer(const struct frame *f, unsigned proto)
{
	for (unsigned i = 0; i < f->pkt.n; i++)
		if (f->pkt.layers[i].proto == proto)
			return true;
	return false;
}

/* A note with this id; only its beginning has to be so when `whole` is not set. */
static bool has_note(const struct frame *f, struct slice id, bool whole)
{
	for (const struct note *n = f->notes.first; n; n = n->next) {
		const char *has = note_row((enum note_id)n->id)->id;

		if (strncmp(has, (const char *)id.p, id.n) == 0 && (!whole || !has[id.n]))
			return true;
	}
	return false;
}

static bool has_upper(const struct frame *f, const struct upper *u)
{
	size_t n = strcspn(f->proto, " ");

	for (unsigned i = 0; i < 2 && u->titles[i]; i++)
		if (strlen(u->titles[i]) == n && memcmp(f->proto, u->titles[i], n) == 0)
			return true;
	return u->notes && has_note(f, slice_str(u->notes), false);
}

/* --- Names ------------------------------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	enum bound_kind kind;
} own_names[] = {
	{ "number", BOUND_NUMBER },
	{ "info", BOUND_INFO },
	{ "osilab_info", BOUND_INFO },
	{ "protocol", BOUND_PROTOCOL },
	{ "osilab_protocol", BOUND_PROTOCOL },
	{ "comment", BOUND_COMMENT },
	{ "frame_comment", BOUND_COMMENT },
};

enum { OWN_NAMES = sizeof(own_names) / sizeof(*own_names) };

static bool find_name(struct slice name, struct bound *b)
{
	for (unsigned i = 0; i < OWN_NAMES; i++)
		if (slice_eq_str(name, own_names[i].name)) {
			*b = (struct bound){ .kind = own_names[i].kind };
			return true;
		}
	for (unsigned i = PROTO_NONE + 1; i < PROTO_COUNT; i++)
		if (slice_eq_str(name, proto_row((enum proto_id)i)->name)) {
			*b = (struct bound){ .kind = BOUND_LAYER, .row = i };
			return true;
		}
	for (unsigned i = 0; i < UPPERS; i++)
		if (slice_eq_str(name, uppers[i].name)) {
			*b = (struct bound){ .kind = BOUND_UPPER, .row = i };
			return true;
		}
	*b = (struct bound){ .kind = BOUND_FIELD, .field = display_field(name) };
	return b->field != NULL;
}

static int refuse_name(struct slice name, struct err *e)
{
	char typed[NEAR_ROOM], near[NEAR_ROOM];
	const char *best = NULL;

	slice_cstr(name, typed, sizeof(typed));
	for (unsigned i = 0; i < OWN_NAMES; i++)
		best = near_word(typed, own_names[i].name, best);
	for (unsigned i = PROTO_NONE + 1; i < PROTO_COUNT; i++)
		best = near_word(typed, proto_row((enum proto_id)i)->name, best);
	for (unsigned i = 0; i < UPPERS; i++)
		best = near_word(typed, uppers[i].name, best);
	best = display_near(typed, best, near, sizeof(near));
	return err_set(e, ERR_USAGE, "no field or protocol is called %s%s%s%s", typed,
	    best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
}

static int bind_name(void *host, struct slice name, struct err *e)
{
	struct display *d = host;
	struct bound b;

	if (!find_name(name, &b))
		return refuse_name(name, e);
	for (int i = 0; i < d->nbound; i++)
		if (d->bound[i].kind == b.kind && d->bound[i].field == b.field && d->bound[i].row == b.row)
			return i;
	if (d->nbound == SCRIPT_NAMES)
		return err_set(e, ERR_USAGE, "more than %d names", SCRIPT_NAMES);
	d->bound[d->nbound] = b;
	return d->nbound++;
}

static struct script_value name_value(void *host, const void *arg, int number)
{
	struct display *d = host;
	const struct frame *f = arg;
	const struct bound *b = &d->bound[number];

	switch (b->kind) {
	case BOUND_FIELD: return find_field(d, f, b->field);
	case BOUND_LAYER: return (struct script_value){ .type = SCRIPT_BOOL, .b = has_layer(f, b->row) };
	case BOUND_UPPER:
		return (struct script_value){ .type = SCRIPT_BOOL, .b = has_upper(f, &uppers[b->row]) };
	case BOUND_NUMBER: return (struct script_value){ .type = SCRIPT_INT, .i = (int64_t)f->number };
	case BOUND_INFO: return text_value(slice_str(f->info));
	case BOUND_PROTOCOL: return text_value(slice_str(f->proto));
	case BOUND_COMMENT:
		return f->comment.n ? text_value(f->comment) : (struct script_value){ SCRIPT_NIL };
	}
	return (struct script_value){ SCRIPT_NIL };
}

/* --- Notes -------------------------------------------------------------------------------------------------------- */

/* Takes the * off the end. */
static bool is_whole(struct slice *id)
{
	if (!id->n || id->p[id->n - 1] != '*')
		return true;
	id->n--;
	return false;
}

static int check_note(struct slice text, struct err *e)
{
	char typed[NEAR_ROOM];
	const char *best = NULL;
	struct slice id = text;
	bool whole = is_whole(&id);

	for (int i = 0; i < NOTE_COUNT; i++) {
		const char *has = note_row((enum note_id)i)->id;

		if (strncmp(has, (const char *)id.p, id.n) == 0 && (!whole || !has[id.n]))
			return 0;
	}
	slice_cstr(text, typed, sizeof(typed));
	for (int i = 0; i < NOTE_COUNT; i++)
		best = near_word(typed, note_row((enum note_id)i)->id, best);
	return err_set(e, ERR_USAGE, "no note is called %s%s%s%s", typed, best ? "; did you mean " : "",
	    best ? best : "", best ? "?" : "");
}

static struct script_value call_note(
    void *host, const void *arg, struct slice text, struct script_value second, struct err *e)
{
	struct slice id = text;
	bool whole = is_whole(&id);

	return (struct script_value){ .type = SCRIPT_BOOL, .b = has_note(arg, id, whole) };
}

/* --- Fields that a frame has several times -------------------------------------------------------------------------- */

static int check_field(struct slice text, struct err *e)
{
	return display_field(text) ? 0 : refuse_name(text, e);
}

/* The values of that name in the frame, to be freed with the next frame's fields; *n of them.  NULL with *e: no such
 * field, too many. */
static struct script_value *all_values(
    struct display *d, const struct frame *f, struct slice text, size_t *n, struct err *e)
{
	const char *name = display_field(text);
	struct script_value *v;

	if (!name)
		return refuse_name(text, e), NULL;
	if (!d->collected)
		collect(d, f);
	*n = 0;
	v = arena_alloc(&d->scratch, (d->fields.n + 1) * sizeof(*v));
	for (uint32_t i = 0; v && i < d->fields.n; i++) {
		if (strcmp(d->room[i].name, name) != 0)
			continue;
		v[*n] = field_value(d, &d->room[i]);
		if (v[*n].type == SCRIPT_TEXT && v[*n].s.n && !(v[*n].s = arena_dup(&d->scratch, v[*n].s)).p)
			v = NULL;
		else
			++*n;
	}
	if (!v)
		err_set(e, ERR_USAGE, "%s has too many values", name);
	return v;
}

/* A text may end with a * for whatever follows. */
static bool is_value(const struct script_value *has, const struct script_value *wanted)
{
	struct slice text = wanted->s;

	switch (wanted->type) {
	case SCRIPT_BOOL: return has->type == SCRIPT_BOOL && has->b == wanted->b;
	case SCRIPT_INT:
		return has->type == SCRIPT_INT ? has->i == wanted->i
		                               : has->type == SCRIPT_REAL && has->d == (double)wanted->i;
	case SCRIPT_REAL:
		return (has->type == SCRIPT_REAL && has->d == wanted->d) ||
		       (has->type == SCRIPT_INT && (double)has->i == wanted->d);
	case SCRIPT_TEXT:
		if (has->type != SCRIPT_TEXT)
			return false;
		return is_whole(&text) ? slice_eq(has->s, text) : slice_starts(has->s, text);
	case SCRIPT_NONE: return true;
	case SCRIPT_NIL:
	case SCRIPT_LIST: break;
	}
	return false;
}

/* any("name", value): has the frame a field of that name with that value?  Without one: any value. */
static struct script_value call_any(
    void *host, const void *arg, struct slice text, struct script_value second, struct err *e)
{
	size_t n = 0;
	const struct script_value *v = all_values(host, arg, text, &n, e);

	for (size_t i = 0; v && i < n; i++)
		if (is_value(&v[i], &second))
			return (struct script_value){ .type = SCRIPT_BOOL, .b = true };
	return (struct script_value){ .type = SCRIPT_BOOL };
}

/* all("name"): the values as a table, which may be empty. */
static struct script_value call_all(
    void *host, const void *arg, struct slice text, struct script_value second, struct err *e)
{
	size_t n = 0;
	const struct script_value *v = all_values(host, arg, text, &n, e);

	return (struct script_value){ .type = SCRIPT_LIST, .list = { v, v ? n : 0 } };
}

static const struct script_function functions[] = { { "note", check_note, call_note },
	{ "any", check_field, call_any }, { "all", check_field, call_all }, { NULL, NULL, NULL } };
static const struct script_world world = { bind_name, name_value, functions };

/* --- Life ------------------------------------------------------------------------------------------------------------ */

struct display *display_new(const char *expression, struct err *e)
{
	struct display *d = calloc(1, sizeof(*d));

	if (!d) {
		err_sys(e, "display");
		return NULL;
	}
	arena_init(&d->scratch, SCRATCH_MAX);
	if (!(d->script = script_new_expression(expression, &world, d, e))) {
		err_in(e, "-Y");
		display_free(d);
		return NULL;
	}
	return d;
}

void display_free(struct display *d)
{
	if (!d)
		return;
	script_free(d->script);
	arena_fini(&d->scratch);
	buf_fini(&d->text);
	free(d);
}

int display_match(struct display *d, const struct frame *f, struct err *e)
{
	struct err why = { 0 };
	bool match;
	enum script_outcome outcome = script_eval(d->script, f, &match, &why);

	d->collected = false;
	d->asked++;
	if (outcome == SCRIPT_DONE)
		return match;
	if (outcome == SCRIPT_STOPPED)
		return err_set(e, ERR_USAGE, "-Y: packet %llu: %s", (unsigned long long)f->number, why.msg);
	/* A mistake in the expression says more than a field that is not there. */
	if (d->failed++ == 0 || (outcome == SCRIPT_FAILED && d->strange == 0)) {
		d->first = f->number;
		snprintf(d->why, sizeof(d->why), "%s", why.msg);
	}
	d->strange += outcome == SCRIPT_FAILED;
	return 0;
}

struct script_value display_value(struct display *d, const struct frame *f, const char *field)
{
	struct script_value v;

	d->collected = false;
	v = find_field(d, f, field);
	d->collected = false;
	return v;
}

void display_end(const struct display *d, struct note_list *notes, struct arena *a)
{
	const struct field fields[] = {
		{ .name = "osilab.display.failed", .type = FIELD_UINT, .u = d->failed },
		{ .name = "osilab.display.packets", .type = FIELD_UINT, .u = d->asked },
		{ .name = "osilab.ref", .type = FIELD_UINT, .u = d->first },
		{ .name = "osilab.display.why", .type = FIELD_TEXT, .s = slice_str(d->why) },
	};

	if (d->failed && (d->failed == d->asked || d->strange))
		note_add(notes, a, NOTE_DISPLAY_FAILED, fields, 4);
}
