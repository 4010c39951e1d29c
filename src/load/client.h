/* A connection of the load generator: it connects, carries messages, and comes back after it was closed. */
#ifndef LOAD_CLIENT_H
#define LOAD_CLIENT_H

#include "base/buf.h"
#include "base/heap.h"
#include "http/chunk.h"
#include "load/tally.h"
#include "net/conn.h"

struct worker;

/* A message under way. */
struct stamp {
	int64_t due;  /* when it should have been sent; in a closed loop when it was */
	int64_t sent; /* when it was handed to the connection; 0: no message */
};

enum client_state {
	CLIENT_OFF,        /* no connection */
	CLIENT_CONNECTING, /* waits for the SYN's answer */
	CLIENT_HANDSHAKE,  /* TLS */
	CLIENT_OPEN,
};

/* Where in an HTTP answer the next byte belongs. */
enum client_part {
	PART_HEAD,
	PART_LENGTH,  /* `left` bytes of content */
	PART_CHUNKED, /* see `chunk` */
	PART_REST,    /* all until the connection ends */
};

struct client {
	struct conn io;
	struct err err; /* of io */
	enum client_state state;
	enum client_part part;
	bool queued;      /* in the worker's ready list */
	bool last;        /* the answer being read is the last on this connection */
	bool served;      /* this connection has carried an answer */
	uint16_t status;  /* of the answer being read */
	uint32_t number;  /* of all clients of the run */
	uint32_t pending; /* messages under way, those not sent yet included */
	uint32_t unsent;  /* of these, not written whole */
	uint32_t oldest;  /* the stamp of the oldest: stamps[oldest] */
	uint64_t out, in; /* streams: number of the message being written, read */
	size_t out_off;   /* bytes of it written */
	size_t in_off;    /* TARGET_STREAM: bytes of it read */
	uint64_t left;
	int64_t began;        /* when the connection was begun */
	struct stamp *stamps; /* `window` of them */
	uint64_t *numbers;    /* TARGET_PACKET: the number of the message of each stamp */
	struct client *next;  /* in the ready list */
	struct heap_node timer;
	struct http_chunk chunk;
	struct buf carry; /* an incomplete head */
};

/* Starts on its own from the first wake-up on. */
void client_init(struct client *c, uint32_t number, struct stamp *stamps, uint64_t *numbers);
void client_fini(struct client *c);

/* The events of epoll came. */
void client_event(struct worker *w, struct client *c, uint32_t events);
/* The timer ran out: connect, or go on after a pause. */
void client_wake(struct worker *w, struct client *c);
/* A message is due: take it and send it. */
void client_send(struct worker *w, struct client *c);
/* Looks whether something takes too long. */
void client_check(struct worker *w, struct client *c);

/* Does stamp number k belong to a message that waits for its answer? */
bool client_waits(const struct worker *w, const struct client *c, uint32_t k);

/* --- For the protocols ----------------------------------------------------------------------------- */

/* The oldest message was answered. */
void client_answered(struct worker *w, struct client *c);
/* The connection is of no use any more: what it carried has failed, and it comes back.  `why` may be NULL. */
void client_fail(struct worker *w, struct client *c, enum tally_error kind, const char *why);
/* Closes it and comes back at once: nothing went wrong. */
void client_renew(struct worker *w, struct client *c);

#endif
