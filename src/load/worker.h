/* One thread of a run: it waits for its connections, gives them messages when these are due, and counts. */
#ifndef LOAD_WORKER_H
#define LOAD_WORKER_H

#include "base/heap.h"
#include "http/msg.h"
#include "load/client.h"
#include "load/plan.h"
#include "load/schedule.h"
#include "load/tally.h"

enum {
	WORKER_IN = 64 * 1024,  /* bytes read at once, with what was left over before */
	WORKER_OUT = 64 * 1024, /* bytes written at once */
};

struct packet_room;
struct tls_ctx;

struct worker {
	struct plan *plan;
	unsigned number;     /* of the thread, from 0 */
	int epoll, alarm;    /* the alarm (timerfd) wakes it when something is due */
	struct tls_ctx *tls; /* NULL: in clear */
	int64_t now;         /* clock_mono, read once for every event */
	uint64_t quota;      /* messages this thread may take */
	uint64_t taken;      /* messages given to connections */
	uint64_t settled;    /* of these, answered or failed */
	struct schedule schedule;
	struct client *clients;
	unsigned n_clients;
	struct client *ready, *ready_last; /* open loop: connections with room for a message, longest first */
	struct heap timers;
	struct stamp *stamps;        /* `window` for each client */
	uint64_t *numbers;           /* TARGET_PACKET: as many */
	uint8_t *in, *out;           /* WORKER_IN, WORKER_OUT bytes */
	struct http_msg head;        /* of the answer being read */
	struct packet_room *packets; /* TARGET_PACKET: where datagrams are received */
	struct hist second;          /* latency in the present second */
	size_t second_number;
	int64_t second_ends;
	uint64_t second_errors;
	bool whole;    /* TARGET_PACKET: no UDP_SEGMENT here */
	bool reached;  /* a connection came about, or a datagram came back */
	bool hopeless; /* ... none ever did, in spite of many attempts */
	struct tally tally;
	struct err err; /* why the thread ended early */
};

/* Makes clients number `from` to `from + n` of the run.  0, or -1 with *e; worker_fini in any case. */
int worker_init(struct worker *w, struct plan *p, unsigned number, unsigned from, unsigned n, struct err *e);
void worker_fini(struct worker *w);
/* Runs from plan->start to the plan's end; the results are in w->tally.  `arg` is the worker: for pthread_create. */
void *worker_run(void *arg);

/* --- For the clients ------------------------------------------------------------------------------- */

/* Gives out the next message if one may be sent now: fills its stamp. */
bool worker_take(struct worker *w, struct stamp *s);
/* The message of this stamp was answered just now. */
void worker_answered(struct worker *w, const struct stamp *s);
/* ... with a status that is an error. */
void worker_answered_badly(struct worker *w, enum tally_error kind, unsigned status);
/* n messages failed (0: a connection that had none to carry), `why` may be NULL. */
void worker_failed(struct worker *w, enum tally_error kind, unsigned n, const char *why);
/* This client has room for a message: when one is due it is called with client_send. */
void worker_ready(struct worker *w, struct client *c);
void worker_not_ready(struct worker *w, struct client *c);
/* Calls client_wake at that time; moves the timer if it runs. */
void worker_wake(struct worker *w, struct client *c, int64_t when);

#endif
