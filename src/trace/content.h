/* The content of a message as it passes by: counted, decoded when it is compressed, looked into for forms, tokens
 * and password fields, and its beginning kept to be shown.  RFC 9110 6.4, 8.3, 8.4.  What carries it (HTTP/1
 * chunks, frames of something newer) is the caller's. */
#ifndef TRACE_CONTENT_H
#define TRACE_CONTENT_H

#include "trace/context.h"
#include "trace/inflate.h"

enum {
	CONTENT_KEPT = 16 * 1024,   /* of content that is looked into as a whole (forms, JSON) */
	CONTENT_LOOKED = 64 * 1024, /* decoded bytes after which no more is decoded */
	CONTENT_EXCERPT = 72,       /* bytes of a text that are shown */
	CONTENT_TYPE_MAX = 80,
};

enum content_kind {
	CONTENT_OPAQUE, /* not looked into */
	CONTENT_TEXT,
	CONTENT_HTML,
	CONTENT_JSON,
	CONTENT_FORM,
};

enum content_coding { CODING_NONE, CODING_GZIP, CODING_DEFLATE, CODING_OTHER };

struct content {
	uint64_t bytes; /* as they came, coded or not */
	uint8_t kind;   /* enum content_kind */
	uint8_t coding; /* enum content_coding */
	bool looking;   /* kept whole so far, to be looked into at its end */
	bool holes;     /* some of it was not captured */
	bool asks;      /* HTML: it has a password field */
	uint8_t nexcerpt, ntail, nname;
	char type[CONTENT_TYPE_MAX]; /* Content-Type as sent, cut */
	char excerpt[CONTENT_EXCERPT];
	char tail[32]; /* HTML: the last bytes, for what is cut by the end of a segment */
	char name[16]; /* of the coding */
	struct buf kept;
	struct inflater inflater;
};

/* The values of Content-Type and Content-Encoding, either may be empty. */
void content_begin(struct content *c, struct slice type, struct slice coding);
void content_feed(struct content *c, struct slice data);
/* So many bytes are missing here. */
void content_missed(struct content *c, uint64_t bytes);
/* All is there: the notes.  `framing` is a phrase (phrases.h): "in chunks".  What was found in it, as
 * identity_body says. */
unsigned content_end(struct trace *t, struct content *c, const char *framing, bool secure);
/* The same without the note about its size and type, for who says that in other words... */
unsigned content_tell(struct trace *t, struct content *c, bool secure);
/* ... of which this is a part: how a text begins, as it may be shown; empty for what is no text. */
struct slice content_excerpt(struct trace *t, const struct content *c);
/* Gives back what it holds, without a word. */
void content_drop(struct content *c);
/* Bytes it holds. */
size_t content_held(const struct content *c);

#endif
