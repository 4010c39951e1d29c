/* One HTTP/2 connection as the files h2*.c of this room share it.  Private to them. */
#ifndef TRACE_H2CONN_H
#define TRACE_H2CONN_H

#include "http2/frame.h"
#include "http2/head.h"
#include "trace/content.h"
#include "trace/exchange.h"
#include "trace/h2flow.h"

enum {
	H2_STREAMS_MAX = 256,       /* streams followed at once; the oldest give way */
	H2_WHOLE_MAX = 64 * 1024,   /* longest frame, but for DATA, that is read */
	H2_BLOCK_MAX = 64 * 1024,   /* longest header block that is read */
	H2_BLOCK_FRAMES = 1024,     /* and the most frames it may come in */
	H2_SETTINGS_WAITING = 4,    /* SETTINGS whose ACK is waited for */
	H2_RAPID_RESETS = 100,      /* requests taken back before an answer: an attack by then */
	H2_STREAM_MAX = 0x7fffffff, /* the last number a stream can have */
};

/* What one side sends on a stream. */
struct h2_body {
	bool ended;             /* END_STREAM was seen */
	bool cut;               /* the capture lacks bytes of it */
	uint64_t bytes;         /* of content so far */
	uint32_t frames;        /* DATA frames so far */
	int64_t length;         /* as content-length says; -1: it does not */
	int64_t window;         /* what this side may still send */
	int64_t stalled_ts;     /* since when that is nothing; 0: it is something */
	struct content content; /* what is in it */
};

struct h2_stream {
	uint32_t id;
	bool answered;          /* the head of the final answer was seen */
	bool pushed;            /* it answers a request nobody sent */
	struct asked asked;     /* frame 0: the request was not seen */
	struct h2_body body[2]; /* by the side that sends it */
};

/* SETTINGS sent and not yet acknowledged. */
struct h2_waiting {
	uint64_t frame;
	int64_t ts;
	bool has_window;
	uint32_t window; /* INITIAL_WINDOW_SIZE */
};

enum h2_state {
	H2_AT_PREFACE,
	H2_AT_FRAME,
	H2_IN_DATA, /* in the content of a DATA frame */
	H2_PASSING, /* over the rest of a frame that is not read */
	H2_LOST,    /* after a hole: looking for the next frame */
};

/* One direction, named by who sends. */
struct h2_half {
	enum h2_state state;
	struct buf part;        /* the start of a frame whose end has not come */
	struct h2_frame frame;  /* H2_IN_DATA, H2_PASSING: the frame in hand */
	uint32_t left, padding; /* octets of it to come */
	uint32_t pad_all;       /* octets of padding it has in all */
	bool found;             /* frames were found, though the beginning is missing */
	uint32_t longest;       /* the longest frame it may send */
	uint32_t top;           /* the highest stream it has opened */

	struct hpack *hpack; /* NULL until its first header block */
	bool tables_unknown;
	uint32_t table_limit;        /* announced for its blocks */
	bool in_block;               /* a header block goes on in the next frame */
	bool block_lost;             /* and is not read */
	struct h2_frame block_frame; /* the frame that began it */
	struct h2_payload block_head;
	struct buf block;
	uint32_t block_bytes, block_frames;

	bool windows;    /* what follows is known */
	int64_t window;  /* octets of DATA it may still send on the connection */
	int64_t initial; /* on a new stream */
	int64_t stalled_ts;
	struct h2_waiting waiting[H2_SETTINGS_WAITING]; /* settings it sent, oldest first */
	unsigned nwaiting;
	struct {
		uint8_t opaque[8];
		uint64_t frame; /* 0: none on its way */
		int64_t ts;
	} ping;
	unsigned resets; /* streams it took back before they were answered */
};

struct h2flow {
	const struct flow *flow;
	struct exchanges *exchanges; /* by stream */
	bool secure;
	enum h2_entry entry;
	struct h2_half half[2];
	struct h2_stream *streams[H2_STREAMS_MAX]; /* oldest first */
	unsigned nstreams;
	size_t streams_held; /* octets they take */
	uint64_t requests;
	unsigned most_open; /* streams at once, as was said */
	bool crowded;       /* that streams were forgotten was said */
};

static inline const char *h2_protocol(void)
{
	return "HTTP/2";
}

/* --- h2stream.c: streams and windows --------------------------------------------------------------------- */

struct h2_stream *h2_stream_find(struct h2flow *h, uint32_t id);
/* Found or made; NULL when out of memory. */
struct h2_stream *h2_stream_get(struct trace *t, struct h2flow *h, uint32_t id);
void h2_stream_drop(struct h2flow *h, struct h2_stream *s);
void h2_streams_free(struct h2flow *h);
/* Drops the stream once both sides have ended it. */
void h2_stream_over(struct h2flow *h, struct h2_stream *s);
/* The content of a body, whose memory is counted: its kind is known; a piece of it; a hole of so many bytes. */
void h2_body_begin(struct h2flow *h, struct h2_body *body, struct slice type, struct slice coding);
void h2_body_feed(struct h2flow *h, struct h2_body *body, struct slice data);
void h2_body_missed(struct h2flow *h, struct h2_body *body, uint64_t bytes);
void h2_body_done(struct h2flow *h, struct h2_body *body);

/* `side` has sent so much DATA, padding included.  s is NULL when its window does not matter: behind the last DATA of
 * a stream, or when the stream is not followed. */
void h2_window_spend(struct trace *t, struct h2flow *h, enum flow_side side, struct h2_stream *s, uint32_t n);
/* The other side lets `side` send so much more; on the connection when s is NULL. */
void h2_window_grow(struct trace *t, struct h2flow *h, enum flow_side side, struct h2_stream *s, uint32_t n);
/* It has acknowledged another window for new streams, which open ones follow (RFC 9113 6.9.2). */
void h2_window_initial(struct h2flow *h, enum flow_side side, uint32_t window);

/* --- h2frame.c: what single frames say ------------------------------------------------------------------- */

enum { H2_FRAME_FIELDS = 4 };
/* http2.type, http2.streamid, http2.length and http2.flags of a frame into out[4]. */
void h2_frame_fields(const struct h2_frame *f, struct field *out);
/* A note about a frame: its four fields, then these. */
struct note *h2_note(
    struct trace *t, enum note_id id, const struct h2_frame *f, const struct field *more, size_t n);
#define H2_NOTE(t, id, frame, ...)                                                                           \
	h2_note(t, NOTE_##id, frame, (const struct field[]){ __VA_ARGS__ },                                  \
	    sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field))

/* A whole frame that is neither DATA nor part of a header block. */
void h2_frame_say(struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f,
    const struct h2_payload *p, struct slice where);

/* --- h2block.c: header blocks ---------------------------------------------------------------------------- */

/* A whole HEADERS, PUSH_PROMISE or CONTINUATION frame. */
void h2_block_frame(struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f,
    const struct h2_payload *p, struct slice where);
/* The header block in hand cannot be read, nor, for its table, what indexes into it later. */
void h2_block_lose(struct h2_half *half);

/* --- h2message.c: messages and bodies -------------------------------------------------------------------- */

/* A block of a connection: what it was decoded to, and where. */
struct h2_block {
	enum flow_side side;
	const struct h2_frame *frame; /* that began it */
	const struct h2_payload *payload;
	struct slice where; /* the frame, when it is a single one */
	const struct hpack_list *list;
	struct h2_head *head;
};

/* A decoded block: a request, an answer, trailers or a promise. */
void h2_message(struct trace *t, struct h2flow *h, const struct h2_block *b);
/* The names of a list, or of its never-indexed fields only, for a sentence. */
struct slice h2_names(struct trace *t, const struct hpack_list *list, bool never_indexed);
/* Content of a DATA frame; at its end h2_data_end. */
void h2_data(
    struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f, struct slice data);
void h2_data_end(
    struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f, uint32_t padding);
/* END_STREAM: this side has sent all it will on the stream, which may be over with it. */
void h2_end_side(struct trace *t, struct h2flow *h, struct h2_stream *s, enum flow_side side);

#endif
