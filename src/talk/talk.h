/* The client that goes with the echo servers: what comes on stdin goes to the peer, what the peer says to stdout, both
 * at once and each at its own pace. */
#ifndef TALK_TALK_H
#define TALK_TALK_H

#include "base/buf.h"
#include "base/err.h"

struct talk_options {
	const char *target; /* "HOST:PORT", "[::1]:7", "192.0.2.1:7" */
	bool udp;           /* each line is a datagram */
	bool tls;
	bool stay;       /* our half is not closed at the end of stdin */
	bool insecure;   /* any certificate will do */
	bool hex;        /* show the bytes of both directions instead of what the peer says */
	const char *ca;  /* PEM: the roots to trust; NULL: the system's */
	int64_t slow;    /* bytes a second, each way; 0: no limit */
	int64_t timeout; /* seconds until the connection, TLS included, must stand */
	int64_t wait;    /* UDP: seconds without an answer, after the end of stdin, until it ends */
};

/* Talks until the peer has closed; at the end of stdin our half is closed (unless we stay) and the peer may go on.  SIGPIPE is ignored
 * from then on.  0, or -1: ERR_USAGE (the target), ERR_ENV (no such host, refused, no certificate we trust, ...). */
int talk_run(const struct talk_options *o, struct err *e);

/* Appends the bytes, 16 a line, as `sign`, offset, hex and text: "> 00000000  68 69 0a ...  |hi.|".  `at` is the
 * offset of the first. */
void talk_hex(struct buf *out, char sign, uint64_t at, struct slice bytes);

/* --- Between the files of this room ----------------------------------------------------------------- */

/* What waits to be written to stdout.  Nothing is read that could add to it before it is gone, so that it is bounded
 * by one read, as hex dump. */
struct talk_out {
	struct buf text;
	size_t from; /* text[from..) is still to be written */
	bool hex;
	uint64_t up, down; /* bytes sent and received so far */
};

static inline bool talk_out_empty(const struct talk_out *t)
{
	return t->from == t->text.n;
}

/* These bytes were sent ('>'; shown as hex only) or received ('<'). */
int talk_out_put(struct talk_out *t, char sign, struct slice bytes, struct err *e);
/* stdout can take something: writes no more than it takes without waiting. */
int talk_out_flush(struct talk_out *t, struct err *e);

/* Over an open socket. */
struct addr;
int talk_datagrams(const struct talk_options *o, int fd, struct talk_out *out, struct err *e);

#endif
