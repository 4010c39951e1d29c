/* A connection: a stream of bytes to a peer, whatever carries it.  One row of functions per carrier
 * (plain TCP here, TLS in src/tls); upper layers call conn_read and the like and never ask which
 * row it is. Descriptors are non-blocking; no call here waits. */
#ifndef NET_CONN_H
#define NET_CONN_H

#include "base/err.h"
#include "net/addr.h"

/* What a call returns when it is not done.  AGAIN names the readiness to wait for before calling
 * the same function again with the same arguments: under TLS a read may have to wait for room to
 * write, and a write for something to read. */
enum conn_result {
	CONN_ERROR = -1,       /* conn.err is told what; only conn_close is left to do */
	CONN_AGAIN_READ = -2,  /* when the descriptor is readable */
	CONN_AGAIN_WRITE = -3, /* when the descriptor is writable */
};

struct conn;

struct conn_ops {
	const char *name; /* "tcp", "tls" */
	ssize_t (*read)(struct conn *c, void *p, size_t n);
	ssize_t (*write)(struct conn *c, const void *p, size_t n);
	/* NULL: the row cannot, bytes must pass through write. */
	ssize_t (*sendfile)(struct conn *c, int file, uint64_t at, size_t n);
	int (*handshake)(struct conn *c);
	size_t (*pending)(const struct conn *c);
	int (*shutdown)(struct conn *c);
	void (*close)(struct conn *c);
};

struct conn {
	const struct conn_ops *ops;
	int fd;           /* for the event loop; -1 after conn_close */
	struct addr peer; /* who is at the other end */
	void *state;      /* what the row needs besides (TLS: its session); NULL for TCP */
	/* Who wants to know why a call returned CONN_ERROR (err->sys is the errno, 0 if none) sets this after
	 * conn_tcp_init and the like; NULL: nobody.  The words would make an idle connection twice as large. */
	struct err *err;
};

/* A plain TCP connection over an open, non-blocking descriptor, which c now owns.  peer may be
 * NULL. */
void conn_tcp_init(struct conn *c, int fd, const struct addr *peer);

/* The words every row uses for a failed system call: fills c->err from errno, keeps that, returns CONN_ERROR. */
int conn_fail(struct conn *c, const char *what);

/* Up to n bytes (n > 0) into p.  > 0: bytes read; 0: the peer ended its stream properly (TLS: with
 * close_notify; without it that is CONN_ERROR, since bytes may be missing: RFC 8446 6.1); or
 * conn_result.  After that first 0 reading goes on to give 0 once the stream below has ended too,
 * CONN_AGAIN_READ before. */
static inline ssize_t conn_read(struct conn *c, void *p, size_t n)
{
	return c->ops->read(c, p, n);
}

/* Up to n bytes (n > 0) from p.  > 0: bytes taken, maybe fewer than n; or conn_result.  Never
 * raises SIGPIPE.  After AGAIN repeat with the same bytes (the buffer may have moved). */
static inline ssize_t conn_write(struct conn *c, const void *p, size_t n)
{
	return c->ops->write(c, p, n);
}

/* Can the kernel send bytes of a file without showing them to us? */
static inline bool conn_sends_files(const struct conn *c)
{
	return c->ops->sendfile != NULL;
}

/* Up to n bytes (n > 0) of the file from offset `at`; conn_sends_files only.  > 0: bytes taken; 0: the file
 * ends at `at`; or conn_result.  sendfile(2). */
static inline ssize_t conn_sendfile(struct conn *c, int file, uint64_t at, size_t n)
{
	return c->ops->sendfile(c, file, at, n);
}

/* Goes on with what must happen before the first byte; TCP has nothing to do.  0: done; or
 * conn_result. May be skipped: read and write then do it on the way. */
static inline int conn_handshake(struct conn *c)
{
	return c->ops->handshake(c);
}

/* Bytes that were taken off the descriptor already and wait inside: conn_read gives them at once
 * although the event loop sees nothing.  Read until it is 0, or until CONN_AGAIN_READ, before
 * waiting. */
static inline size_t conn_pending(const struct conn *c)
{
	return c->ops->pending(c);
}

/* Ends our direction: the peer reads end of stream after the last byte, and may still send.  0:
 * done; or conn_result. */
static inline int conn_shutdown(struct conn *c)
{
	return c->ops->shutdown(c);
}

/* Closes the descriptor and frees the row's state; no-op the second time.  Never waits.  Take the
 * descriptor out of the event loop first. */
static inline void conn_close(struct conn *c)
{
	c->ops->close(c);
}

#endif
