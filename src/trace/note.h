/* Notes: the heart of the tracer.  A note is one statement about one packet: what it is about, the layer it
 * belongs to, the bytes it was read from, its fields, and a sentence.  Notes are made in this room only;
 * sinks print them and decide nothing.  The table in notes.h has one row per kind of note. */
#ifndef TRACE_NOTE_H
#define TRACE_NOTE_H

#include "base/arena.h"
#include "base/buf.h"
#include "wire/field.h"

enum note_id {
#define NOTE(id, name, osi, tone, rfc, en, ko) NOTE_##id,
#include "trace/notes.h"
#undef NOTE
	NOTE_COUNT
};

/* How a note is meant; sinks colour by it. */
enum note_tone {
	TONE_INFO, /* what happens */
	TONE_GOOD, /* something done right, worth seeing */
	TONE_WARN, /* weak, unusual, or worth a second look */
	TONE_BAD,  /* wrong, lost or dangerous */
};

enum note_lang { NOTE_EN, NOTE_KO };

/* What the table says of one kind of note. */
struct note_row {
	const char *id;      /* stable, for programs: "tcp.handshake.synack" */
	uint8_t osi;         /* OSI layer 1..7; see docs/osi/ for how TLS and login sessions are placed */
	uint8_t tone;        /* enum note_tone */
	const char *rfc;     /* the section that says so: "RFC 9293 3.5" */
	const char *text[2]; /* the sentence by enum note_lang; {field.name} stands for a field's value */
};

struct note {
	const struct note *next;
	uint16_t id; /* enum note_id */
	uint16_t nfields;
	uint32_t off, len; /* the bytes of the packet it is about; len 0: the packet as a whole */
	uint64_t ref;      /* the packet it refers back to (the Set-Cookie of a Cookie), 0: none */
	uint32_t flow;     /* number of the flow, UINT32_MAX: none */
	const struct field *fields;
};

/* Notes of one packet in the order they were made, in the packet's arena. */
struct note_list {
	struct note *first, *last;
	uint32_t n;
};

/* Appends a note with copies of `n` fields (their text is copied into the arena too).  The note, for setting
 * off, len, ref; when the arena is full a static dummy that is in no list, so callers need not check. */
struct note *note_add(
    struct note_list *l, struct arena *a, enum note_id id, const struct field *fields, size_t n);

/* The note that is in no list: what is written to it is read by nobody. */
struct note *note_nowhere(void);

const struct note_row *note_row(enum note_id id);
/* The sentence with its fields filled in, text from the network escaped.  A field that is missing shows as
 * "?": tests look for it. */
void note_text(const struct note *n, enum note_lang lang, struct buf *out);
/* The same as the inside of a JSON string. */
void note_json(const struct note *n, enum note_lang lang, struct buf *out);
/* The value of a field of the note by name, or NULL. */
const struct field *note_field(const struct note *n, const char *name);

/* The value of a field as people read it: addresses in their notation, spans with a unit, times as UTC,
 * text escaped for a terminal. */
void note_value(const struct field *f, struct buf *out);

/* A span of nanoseconds in the unit that reads best: "2.4 s", "2.4초". */
void note_span(int64_t ns, enum note_lang lang, struct buf *out);

/* "L4 transport": names of the OSI layer, and of the TCP/IP layer (RFC 1122 1.1.3) it maps to. */
const char *note_osi_name(uint8_t osi, enum note_lang lang);
const char *note_tcpip_name(uint8_t osi, enum note_lang lang);

#endif
