/* The server's side of one HTTP/2 connection: bytes in, requests out; answers in, bytes out.  RFC 9113, RFC 7541.
 * Over nghttp2, which knows frames, streams, windows and HPACK.  No descriptor and no clock: time is handed in.
 *
 * Heads pass in the form HTTP/1.1 has for them.  So one parser judges what a target, a host or a length may be and
 * one writer makes the fields of answers, whichever version carries them; and nothing that could not be said in
 * HTTP/1.1 gets in.  Cookies in pieces are joined (8.2.3), :authority becomes Host (8.3.1; both, when they
 * differ: the parser then refuses them).  What is malformed by the rules of HTTP/2 alone (8.1.1: capitals, fields
 * about the connection, pseudo-header fields amiss, content of another length than said) never shows: the stream is reset.
 *
 * Priorities are ignored: answers share the connection frame by frame.  Trailers are dropped.  Nothing is pushed.
 * What a client may cost is in calm.h. */
#ifndef HTTP2_SERVER_H
#define HTTP2_SERVER_H

#include "base/buf.h"

struct h2_limits {
	uint32_t streams; /* open at once, as announced */
	uint32_t
	    window;    /* bytes of content that may be under way to us, of a stream and of all together (there
	                   * never less than 65535) */
	uint32_t head; /* bytes of a request's head */
};

/* One request and its answer; embedded in a struct of the owner's. */
struct h2_stream {
	uint32_t id;
	uint64_t left; /* bytes of the answer's content that are still to go out */
};

/* What the owner is told, from within h2_server_input and h2_server_output.  It may answer and reset from there. */
struct h2_calls {
	/* A request has begun.  head: valid during the call; empty: it was longer than the limit.  whole: no content follows.
	 * NULL: not now; the client is told that it may ask again (REFUSED_STREAM). */
	struct h2_stream *(*request)(void *owner, uint32_t id, struct slice head, bool whole);
	/* Some of its content.  False: it is not wanted (any more), and the stream gets no further room for it. */
	bool (*content)(void *owner, struct h2_stream *st, struct slice data);
	/* The end of its content, unless it was whole. */
	void (*end)(void *owner, struct h2_stream *st);
	/* The next n bytes of the answer's content are to be appended to out.  0; or -1: they are not to be had,
	 * and the stream is reset. */
	int (*fill)(void *owner, struct h2_stream *st, struct buf *out, size_t n);
	/* The answer is out before the request is whole.  Nobody waits for the rest, but clients that are still sending should
	 * get to read the answer before they are told to stop: h2_server_reset with H2_ERROR_NONE (8.1). */
	void (*early)(void *owner, struct h2_stream *st);
	/* The stream is closed, answered or not: no further call is about it. */
	void (*closed)(void *owner, struct h2_stream *st);
};

struct h2_server;

/* NULL when out of memory.  calls and owner are borrowed. */
struct h2_server *h2_server_new(const struct h2_limits *limits, const struct h2_calls *calls, void *owner);
/* Tells of no stream. */
void h2_server_free(struct h2_server *s);

/* Takes all of `in`.  0; or -1: this is no HTTP/2, or memory ran out: nothing more can be said. */
int h2_server_input(struct h2_server *s, struct slice in, int64_t now);
/* Appends what is to be sent, about `most` bytes of it.  0 or -1. */
int h2_server_output(struct h2_server *s, struct buf *out, size_t most, int64_t now);
/* Would h2_server_output append something? */
bool h2_server_has_output(const struct h2_server *s);
/* Nothing more is to be read or written: the connection can be closed. */
bool h2_server_over(const struct h2_server *s);
/* The client was told to calm down. */
bool h2_server_calmed(const struct h2_server *s);

/* "100 Continue". */
void h2_server_continue(struct h2_server *s, const struct h2_stream *st);
/* The answer.  head: a whole HTTP/1.1 head, which is spoilt; what it says of the connection is left out.  st->left
 * bytes of content follow through `fill`.  0, or -1: it cannot be sent. */
int h2_server_answer(struct h2_server *s, struct h2_stream *st, struct buf *head);
/* No (further) answer: RST_STREAM with this error code. */
void h2_server_reset(struct h2_server *s, const struct h2_stream *st, uint32_t error);

/* The connection is to end, and no request to be lost: the client is asked to open no further stream, those that are
 * on their way already are still taken, until it has answered a PING or h2_server_finish is called (6.8). */
void h2_server_drain(struct h2_server *s);
void h2_server_finish(struct h2_server *s);
/* Ends it at once, but for what is to be sent: GOAWAY without an error. */
void h2_server_end(struct h2_server *s);

#endif
