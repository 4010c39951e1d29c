/* Making notes and putting them into words; see note.h. */
#include "trace/note.h"

#include "base/clock.h"
#include "base/escape.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <threads.h>

enum { NOTE_PIECES = 16 }; /* of a sentence at most, see tests/unit/trace/test_note.c */

static const struct note_row rows[NOTE_COUNT] = {
#define NOTE(id, name, osi, tone, rfc, en, ko) { name, osi, tone, rfc, { en, ko } },
#include "trace/notes.h"
#undef NOTE
};

const struct note_row *note_row(enum note_id id)
{
	return &rows[id];
}

/* Where notes go when the packet's arena is full; nobody reads it. */
static _Thread_local struct note nowhere;

struct note *note_nowhere(void)
{
	return &nowhere;
}

struct note *note_add(
    struct note_list *l, struct arena *a, enum note_id id, const struct field *fields, size_t n)
{
	struct note *note = arena_raw(a, sizeof(*note) + n * sizeof(*fields));
	struct field *copy = note ? (struct field *)(note + 1) : NULL;

	if (!note || (n && !fields))
		return &nowhere;
	for (size_t i = 0; i < n; i++) {
		copy[i] = fields[i];
		if (copy[i].s.n && !(copy[i].s = arena_dup(a, copy[i].s)).p)
			return &nowhere;
	}
	*note =
	    (struct note){ .id = (uint16_t)id, .nfields = (uint16_t)n, .fields = copy, .flow = UINT32_MAX };
	if (l->last)
		l->last->next = note;
	else
		l->first = note;
	l->last = note;
	l->n++;
	return note;
}

const struct field *note_field(const struct note *n, const char *name)
{
	for (unsigned i = 0; i < n->nfields; i++)
		if (strcmp(n->fields[i].name, name) == 0)
			return &n->fields[i];
	return NULL;
}

static void put_address(struct buf *out, int family, struct slice s)
{
	char text[INET6_ADDRSTRLEN];

	if (s.n == (family == AF_INET ? 4 : 16) && inet_ntop(family, s.p, text, sizeof(text)))
		buf_puts(out, text);
}

static void put_hex(struct buf *out, struct slice s, const char *between)
{
	for (size_t i = 0; i < s.n; i++)
		buf_printf(out, "%s%02x", i ? between : "", s.p[i]);
}

void note_value(const struct field *f, struct buf *out)
{
	char text[40];

	switch (f->type) {
	case FIELD_UINT: buf_u64(out, f->u); break;
	case FIELD_HEX: buf_printf(out, "0x%0*llx", f->digits, (unsigned long long)f->u); break;
	case FIELD_BOOL: buf_puts(out, f->u ? "yes" : "no"); break;
	case FIELD_MAC: put_hex(out, f->s, ":"); break;
	case FIELD_IP4: put_address(out, AF_INET, f->s); break;
	case FIELD_IP6: put_address(out, AF_INET6, f->s); break;
	case FIELD_TEXT: escape_text(out, f->s); break;
	case FIELD_BYTES: put_hex(out, f->s, ""); break;
	case FIELD_SPAN: buf_puts(out, clock_span((int64_t)f->u, text, sizeof(text))); break;
	case FIELD_TIME: buf_puts(out, clock_utc((int64_t)f->u, text, sizeof(text))); break;
	}
}

/* "begin… (22 characters)", as trace_brief and trace_mask end what they cut, in Korean; false when it is not so. */
static bool put_counted(const struct field *f, struct buf *out)
{
	const struct slice tail = SLICE(" characters)");
	struct slice s = f->s, digits;
	ssize_t open;
	uint64_t n;

	if (s.n <= tail.n || !slice_eq(slice_skip(s, s.n - tail.n), tail))
		return false;
	s.n -= tail.n;
	open = slice_rchr(s, '(');
	digits = slice_skip(s, (size_t)open + 1);
	if (open < 0 || slice_u64(digits, &n) < 0)
		return false;
	escape_text(out, slice_sub(s, 0, (size_t)open + 1));
	buf_printf(out, "%llu자)", (unsigned long long)n);
	return true;
}

/* "2.4 s" in Korean: "2.4초"; false when the text is no span. */
static bool put_span(struct slice s, struct buf *out)
{
	static const char *const units[][2] = { { "s", "초" }, { "min", "분" }, { "h", "시간" },
		{ "days", "일" } };
	ssize_t space = slice_rchr(s, ' ');
	struct slice unit = slice_skip(s, (size_t)space + 1);

	for (ssize_t i = 0; i < space; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.' && (s.p[i] != '-' || i))
			return false;
	for (size_t i = 0; space > 0 && i < sizeof(units) / sizeof(units[0]); i++) {
		if (slice_eq_str(unit, units[i][0])) {
			buf_slice(out, slice_sub(s, 0, (size_t)space));
			buf_puts(out, units[i][1]);
			return true;
		}
	}
	return false;
}

void note_span(int64_t ns, enum note_lang lang, struct buf *out)
{
	char text[40];

	clock_span(ns, text, sizeof(text));
	if (lang == NOTE_EN || !put_span(slice_str(text), out))
		buf_puts(out, text);
}

/* The value of a field inside a sentence of that language. */
static void put_value(const struct field *f, enum note_lang lang, struct buf *out)
{
	static const char *const phrases[][2] = {
#define PHRASE(en, ko) { en, ko },
#include "trace/phrases.h"
#undef PHRASE
	};

	if (lang == NOTE_KO && f->type == FIELD_TEXT) {
		for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
			if (slice_eq_str(f->s, phrases[i][0])) {
				buf_puts(out, phrases[i][1]);
				return;
			}
		}
		if (put_counted(f, out) || put_span(f->s, out))
			return;
	}
	if (f->type == FIELD_SPAN)
		note_span((int64_t)f->u, lang, out);
	else
		note_value(f, out);
}

/* --- Sentences, cut at their fields ---------------------------------------------------------------------- */

/* Words, and the field that stands behind them. */
struct piece {
	struct slice words, json; /* as they are, and as the inside of a JSON string */
	struct slice field;       /* its name; p is NULL at the end of the sentence */
	_Atomic(const char *) at; /* where the name of the field was last seen: static strings are few */
};

static struct piece sentences[NOTE_COUNT][2][NOTE_PIECES];
static struct arena sentence_words; /* for as long as the program runs */
static once_flag sentences_cut = ONCE_FLAG_INIT;

static struct slice as_json(struct slice words, struct buf *scratch)
{
	buf_clear(scratch);
	escape_json(scratch, words);
	return slice_eq(buf_view(scratch), words) ? words : arena_dup(&sentence_words, buf_view(scratch));
}

static void cut_sentence(struct slice rest, struct piece *out, struct buf *scratch)
{
	ssize_t open, close;

	for (unsigned i = 0; i < NOTE_PIECES - 1; i++, out++) {
		open = slice_chr(rest, '{');
		close = open < 0 ? -1 : slice_chr(slice_skip(rest, (size_t)open), '}');
		if (close < 0)
			break;
		out->words = slice_sub(rest, 0, (size_t)open);
		out->json = as_json(out->words, scratch);
		out->field = slice_sub(rest, (size_t)open + 1, (size_t)close - 1);
		rest = slice_skip(rest, (size_t)(open + close) + 1);
	}
	out->words = rest;
	out->json = as_json(rest, scratch);
}

static void cut_sentences(void)
{
	struct buf scratch = { 0 };

	for (unsigned id = 0; id < NOTE_COUNT; id++)
		for (unsigned lang = NOTE_EN; lang <= NOTE_KO; lang++)
			cut_sentence(slice_str(rows[id].text[lang]), sentences[id][lang], &scratch);
	buf_fini(&scratch);
}

static bool is_named(const struct field *f, struct slice name)
{
	return strncmp(f->name, (const char *)name.p, name.n) == 0 && f->name[name.n] == '\0';
}

/* The field that stands behind these words, NULL when the note has none of that name. */
static const struct field *field_of(const struct note *n, struct piece *piece)
{
	const char *at = atomic_load_explicit(&piece->at, memory_order_relaxed);
	const struct field *end = n->fields + n->nfields;

	for (const struct field *f = n->fields; f < end; f++)
		if (f->name == at)
			return f;
	for (const struct field *f = n->fields; f < end; f++) {
		if (is_named(f, piece->field)) {
			atomic_store_explicit(&piece->at, f->name, memory_order_relaxed);
			return f;
		}
	}
	return NULL;
}

void note_text(const struct note *n, enum note_lang lang, struct buf *out)
{
	struct piece *piece;

	call_once(&sentences_cut, cut_sentences);
	for (piece = sentences[n->id][lang]; piece->field.p; piece++) {
		const struct field *f = field_of(n, piece);

		buf_slice(out, piece->words);
		if (f)
			put_value(f, lang, out);
		else
			buf_putc(out, '?');
	}
	buf_slice(out, piece->words);
}

void note_json(const struct note *n, enum note_lang lang, struct buf *out)
{
	struct piece *piece;

	call_once(&sentences_cut, cut_sentences);
	for (piece = sentences[n->id][lang]; piece->field.p; piece++) {
		const struct field *f = field_of(n, piece);
		size_t from;

		buf_slice(out, piece->json);
		from = out->n;
		if (f)
			put_value(f, lang, out);
		else
			buf_putc(out, '?');
		if (f && f->type == FIELD_TEXT) /* nothing else can hold what JSON does not take as it is */
			escape_json_from(out, from);
	}
	buf_slice(out, piece->json);
}

const char *note_osi_name(uint8_t osi, enum note_lang lang)
{
	static const char *const names[2][8] = {
		{ "?", "L1 physical", "L2 link", "L3 network", "L4 transport", "L5 session",
		    "L6 presentation", "L7 application" },
		{ "?", "L1 물리", "L2 데이터링크", "L3 네트워크", "L4 전송", "L5 세션", "L6 표현",
		    "L7 응용" },
	};

	return names[lang][osi < 8 ? osi : 0];
}

/* RFC 1122 1.1.3 knows four layers: link, internet, transport, application. */
const char *note_tcpip_name(uint8_t osi, enum note_lang lang)
{
	static const char *const names[2][8] = {
		{ "?", "link", "link", "internet", "transport", "application", "application", "application" },
		{ "?", "링크", "링크", "인터넷", "전송", "응용", "응용", "응용" },
	};

	return names[lang][osi < 8 ? osi : 0];
}
