/* A connection of the HTTP server: a state machine over conn and loop.  For this room only. */
#ifndef WEB_CLIENT_H
#define WEB_CLIENT_H

#include "net/conn.h"
#include "web/metrics.h"
#include "web/pieces.h"
#include "web/server.h"

enum { SERVER_SPARES = 64 };

struct server {
	struct loop *loop;
	struct site *site;
	struct access *log;
	struct server_options o;

	struct listener *listeners;
	struct client *clients; /* all of them, newest first */
	unsigned n_clients;
	uint64_t bodies;      /* bytes of content that the exchanges of all connections hold */
	unsigned h2_requests; /* exchanges of connections that speak HTTP/2 */
	struct buf scratch;   /* the head of an answer, while it is made */
	bool draining;
	bool full;    /* the listeners are not watched for now */
	bool starved; /* the last accept failed for want of descriptors or memory */
	int reserve;  /* see sock_reserve */
	struct loop_timer accept_again, drain_deadline;

	/* What a connection needs only while it is busy, so that an idle one costs little. */
	struct exchange *spare; /* list of n_spare */
	unsigned n_spare;
	struct buf buffers[SERVER_SPARES];
	unsigned n_buffers;
};

enum client_state {
	CLIENT_HANDSHAKE, /* TLS, before the first request */
	CLIENT_HEAD,      /* between requests, or within a head */
	CLIENT_BODY,      /* the head is read, its body not yet */
	CLIENT_WAIT,      /* the handler's work goes on elsewhere */
	CLIENT_FILE,      /* the head of the answer is queued, its pieces go out bit by bit */
	CLIENT_H2,        /* HTTP/2: `h2` has what goes on */
	CLIENT_LEFT,      /* idle, and the client has said that it leaves: its FIN is awaited a moment */
	CLIENT_CLOSE,     /* no further request; what is queued goes out, then our end of stream */
	CLIENT_LINGER,    /* our stream is ended; what still comes is dropped, else the client's
	                   * system would get a reset and throw our answer away (RFC 9112 9.6) */
	CLIENT_DEAD,      /* closed; the struct goes when nothing refers to it any more */
};

enum client_deadline {
	DEADLINE_NONE,
	DEADLINE_HANDSHAKE,
	DEADLINE_IDLE,
	DEADLINE_HEAD,
	DEADLINE_BODY,
	DEADLINE_STALL,
	DEADLINE_H2,
	DEADLINE_LEFT,
	DEADLINE_LINGER,
};

/* An idle one is little more than this: what a request needs besides is in its exchange. */
struct client {
	struct conn conn;
	struct loop_file file;
	struct loop_timer timer;
	struct loop_timer again; /* to go on reading on the next turn */
	struct server *server;
	struct client *next, **link; /* server->clients */

	uint8_t state;    /* enum client_state */
	uint8_t deadline; /* enum client_deadline: what the timer stands for */
	bool secure;
	bool end;                  /* the client has ended its stream */
	bool more;                 /* the last read gave bytes: conn may hold others that no event shows */
	bool working;              /* a job refers to `x`: the struct must stay */
	uint8_t read_on, write_on; /* loop_event to wait for before reading, writing again */
	unsigned requests;
	const struct route *rows; /* what there is at the port it came to */

	struct buf in;  /* read; [0, in_at) is done with */
	struct buf out; /* to write; [0, out_at) is written */
	uint32_t in_at, out_at;
	uint32_t seen;     /* bytes of the present head the parser has looked at */
	uint32_t lingered; /* bytes dropped in CLIENT_LINGER */

	struct h2 *h2;            /* NULL: HTTP/1 */
	struct exchange *x;       /* the present request, from its head to the end of its answer */
	struct pieces_at content; /* CLIENT_FILE: what is queued of the pieces */
};

/* Where connections come in. */
struct listener {
	struct loop_file file;
	struct server *server;
	struct tls_ctx *tls;      /* NULL: plain */
	const struct route *rows; /* what there is to be had here */
	struct listener *next;
};

/* A new connection over fd, which it owns from now on; counts itself in.  Without memory it is
 * closed at once. */
void client_new(struct listener *at, int fd, const struct addr *peer);
/* The server drains: ends soon when idle, else after the present answer. */
void client_drain(struct client *c);
/* Closes now.  The struct is freed, or stays until the job that refers to it is done. */
void client_drop(struct client *c);

/* --- Between client.c and request.c --- */

enum {
	CLIENT_QUEUE_MAX = 64 * 1024, /* with more than that to write, nothing more is parsed */
	/* Bytes of content held for all connections together; one may have body_max in any case. */
	BODIES_MAX = 64 << 20,
	/* Bytes of one content that nobody counts before they are taken.  And room for the content of a usual form at once:
	 * growing would leave copies of a password. */
	HELD_FREELY = 4 * 1024,
};

#define CLIENT_TOO_LARGE "The content is larger than this server takes"
#define CLIENT_BODY_LATE "The content did not come in time"

/* Bytes still to write. */
static inline size_t client_queued(const struct client *c)
{
	return c->out.n - c->out_at;
}

/* Bytes read and not yet used. */
static inline struct slice client_unread(const struct client *c)
{
	return slice_skip(buf_view(&c->in), c->in_at);
}

/* Memory for c->in or c->out, from the server's spares if there is any; and back, empty. */
void client_take_buffer(struct client *c, struct buf *b);
void client_give_buffer(struct client *c, struct buf *b);
/* Forgets the first n bytes of c->in, and what they said: passwords come this way. */
void client_forget_input(struct client *c, size_t n);
/* An exchange for c->x; NULL when out of memory. */
struct exchange *client_take_exchange(struct client *c);
/* Gives c->x back; no-op when there is none. */
void client_give_exchange(struct client *c);
/* What the handler of c->x waited for is there (exchange->resume). */
void client_resumed(struct exchange *x);
/* Closes; the struct stays until leave(). */
void client_die(struct client *c);

/* How long the content of x may take in all, by what came of it. */
int64_t client_body_span(const struct server_options *o, const struct exchange *x);
/* The end of every entry from the loop: does all that can be done now; frees c if it is done with. */
void client_go_on(struct client *c);

/* Does one step of whatever is next: a head, a piece of a body, an answer, a piece of a file.  True
 * when something was done; false when it takes the client, or time. */
bool client_step(struct client *c);
/* CLIENT_FILE with nothing queued: lets the kernel send from the file if it can and there is much to send.
 * False when it would have to wait. */
bool client_send_file(struct client *c);
/* Goes on with c->x after a handler returned p. */
void client_settle(struct client *c, enum web_progress p);
/* Answers c->x with an error before the end of the request is known, and ends the connection: what
 * follows has no meaning. */
void client_refuse(struct client *c, unsigned status, const char *text);

/* --- Of the server --- */

/* A connection is gone. */
void server_gone(struct server *s);
/* x is no longer needed. */
void server_give_exchange(struct server *s, struct exchange *x);
/* Adds to the content of the request of x.  0; or the status to refuse it with, *why is the text. */
unsigned server_add_content(struct server *s, struct exchange *x, struct slice data, const char **why);
/* Counts and logs an answer with so many bytes of content; not those to who looks at the figures. */
void server_note(struct server *s, const struct exchange *x, uint64_t bytes);

#endif
