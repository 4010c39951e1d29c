/* Making notes and words about the packet in hand; see context.h. */
#include "trace/context.h"

#include "base/escape.h"
#include "base/format.h"
#include "trace/redact.h"

#include <stdarg.h>

enum { INFO_LONG = 400 }; /* bytes of a packet's few words from which nothing is added */

/* The fields without secrets; the same when there are none to take out. */
static const struct field *redacted(struct trace *t, const struct field *fields, size_t n)
{
	struct field *copy;

	if (!t->redact || !n)
		return fields;
	copy = arena_alloc(&t->arena, n * sizeof(*copy));
	for (size_t i = 0; copy && i < n; i++) {
		copy[i] = fields[i];
		if (copy[i].type == FIELD_TEXT)
			copy[i].s = redact_text(t, copy[i].s);
	}
	return copy; /* NULL: the arena is full, and the note will find no room either */
}

struct note *trace_note(struct trace *t, enum note_id id, const struct field *fields, size_t n)
{
	struct note *note;

	if (!t->telling)
		return note_nowhere();
	note = note_add(&t->frame.notes, &t->arena, id, redacted(t, fields, n), n);
	if (t->frame.flow)
		note->flow = t->frame.flow->number;
	return note;
}

struct field trace_addr(const char *name, const struct pkt_addr *a)
{
	return (struct field){ .name = name,
		.type = a->family == 4 ? FIELD_IP4 : FIELD_IP6,
		.s = slice_of(a->b, a->family == 4 ? 4 : 16) };
}

void trace_where(struct trace *t, struct note *n, struct slice bytes)
{
	struct slice all = t->frame.pkt.bytes;

	/* Compared as numbers, since the bytes may lie in quite another buffer. */
	if ((uintptr_t)bytes.p < (uintptr_t)all.p || (uintptr_t)bytes.p + bytes.n > (uintptr_t)all.p + all.n)
		return;
	n->off = (uint32_t)(bytes.p - all.p);
	n->len = (uint32_t)bytes.n;
}

static const char *keep(struct trace *t, const char *text)
{
	struct slice kept = arena_dup(&t->arena, slice_str(text));

	return kept.p ? (const char *)kept.p : "";
}

/* Joins another few words to those that are there, up to a length that a line can show. */
static void more_info(struct trace *t, const char *text)
{
	size_t n = strlen(t->frame.info);

	if (n < INFO_LONG)
		t->frame.info = arena_printf(&t->arena, "%s; %s", t->frame.info, text);
	else if (strcmp(t->frame.info + n - strlen("; …"), "; …") != 0)
		t->frame.info = arena_printf(&t->arena, "%s; …", t->frame.info);
}

void trace_info(struct trace *t, const char *proto, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (!t->telling)
		return;
	va_start(ap, fmt);
	format_text(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* "TLS" becomes "TLS 1.3" within one packet: still the same protocol. */
	if (strncmp(t->frame.proto, proto, 3) == 0 && t->frame.info[0] && text[0])
		more_info(t, text);
	else if (text[0] || t->frame.proto != proto)
		t->frame.info = keep(t, text);
	t->frame.proto = proto;
}

void trace_info_static(struct trace *t, const char *proto, const char *text)
{
	if (strncmp(t->frame.proto, proto, 3) == 0 && t->frame.info[0])
		more_info(t, text);
	else
		t->frame.info = text;
	t->frame.proto = proto;
}

struct slice trace_brief(struct trace *t, struct slice s, size_t max)
{
	static const char mark[] = "… (", words[] = " characters)";
	uint8_t *text;
	size_t n;

	s = redact_text(t, s);
	if (s.n <= max || !t->telling)
		return s;
	text = arena_raw(&t->arena, max / 2 + sizeof(mark) + FORMAT_U64 + sizeof(words));
	if (!text)
		return slice_of(NULL, 0);
	n = max / 2;
	memcpy(text, s.p, n);
	memcpy(text + n, mark, sizeof(mark) - 1);
	n += sizeof(mark) - 1;
	n += format_u64((char *)text + n, s.n);
	memcpy(text + n, words, sizeof(words)); /* with a NUL behind it */
	return slice_of(text, n + sizeof(words) - 1);
}

const char *trace_text(struct trace *t, struct slice s, size_t max)
{
	struct buf text = { 0 };
	struct slice kept;

	if (!t->telling)
		return "";
	s = trace_brief(t, s, max);
	if (!escape_is_plain(s)) {
		escape_text(&text, s);
		s = buf_view(&text);
	}
	kept = arena_dup(&t->arena, s);
	buf_fini(&text);
	return kept.p ? (const char *)kept.p : "";
}

const char *trace_mask(struct trace *t, struct slice s)
{
	return t->telling ? arena_printf(&t->arena, "•••• (%zu characters)", s.n) : "";
}
