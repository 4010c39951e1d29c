/* How much a client may make a server do for nothing.  Frames that bring no request forward cost points, and so do
 * requests taken back; points come back with time and with honest work.  A client without points is told to calm
 * down (ENHANCE_YOUR_CALM).  RFC 9113 10.5; CVE-2019-9512 and its like (floods of PING, SETTINGS, empty frames),
 * CVE-2024-27316 and its like (CONTINUATION without an end), CVE-2023-44487 (rapid reset). */
#ifndef HTTP2_CALM_H
#define HTTP2_CALM_H

#include "http2/frame.h"

enum {
	CALM_CONTROL = 1000,     /* points for frames, at most */
	CALM_CONTROL_RATE = 100, /* points that come back in a second */
	CALM_REQUEST = 8,        /* points a request gives back: what usually goes with one */
	CALM_CONTENT = 128,      /* bytes of content, either way, that give one back */
	CALM_RESETS = 500,       /* the same for streams that end before their answer does */
	CALM_RESETS_RATE = 50,
	CALM_BLOCK_FRAMES =
	    7, /* CONTINUATION frames of one header block; with one more nghttp2 gives up without a word */
};

struct calm_points {
	int64_t since; /* ns; points were counted up to then */
	uint32_t used;
};

struct h2_calm {
	struct calm_points control, resets;
	uint64_t content; /* bytes not yet turned into points */
	unsigned block;   /* CONTINUATION frames in a row */
};

/* A frame from the client.  False: that was too much.  `now` in ns, of a clock that does not go back. */
bool calm_frame(struct h2_calm *c, const struct h2_frame *f, int64_t now);
/* A stream ended before its answer, whoever ended it. */
bool calm_reset(struct h2_calm *c, int64_t now);
/* A request has come; content has passed. */
void calm_request(struct h2_calm *c);
void calm_content(struct h2_calm *c, size_t n);

#endif
