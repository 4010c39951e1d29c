/* The museum: one server, echo (RFC 862: send back what comes), in every way Linux offers to wait
 * for input.  One file per model, all of the same shape, with the system calls on view: lay two of
 * them side by side (diff -y src/echo/tcp_iterative.c src/echo/tcp_epoll.c) to see what a way of
 * waiting changes.
 *
 * A TCP model reads up to ECHO_BUFFER bytes from a client, sends all of them back, and only then
 * reads again: a client that does not read its echo is not read from either (back-pressure), and
 * holds one buffer at most. A UDP model sends each datagram back as it came; when the network takes no more,
 * it reads no more, and the kernel drops what does not fit its queue. */
#ifndef ECHO_ECHO_H
#define ECHO_ECHO_H

#include "base/err.h"
#include "net/addr.h"
#include "net/sock.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Bytes of buffer per TCP client. */
#define ECHO_BUFFER 65536

/* The longest UDP payload: a total length of 65,535 (16 bits) minus 8 octets of UDP header and,
 * over IPv4, 20 of IP header (RFC 768, RFC 791 3.1).  IPv6 does not count its header (RFC 8200 3).
 * Room for one byte more than fits tells a datagram that was cut from one that just fits. */
#define ECHO_UDP_MAX_V4 65507
#define ECHO_UDP_MAX_V6 65527
#define ECHO_UDP_ROOM   65536

struct echo_stats {
	uint64_t clients;  /* TCP: accepted */
	uint64_t refused;  /* TCP: turned away because descriptors or memory had run out */
	uint64_t messages; /* TCP: receives that brought bytes */
	uint64_t packets;  /* UDP: sent back */
	uint64_t dropped;  /* UDP: not sent back: cut, unanswerable, or refused by the network */
	uint64_t bytes;    /* sent back */
};

/* A server about to run or running. */
struct echo_server {
	int fd;         /* the listening or bound socket, -1 once given up; the model sets its blocking mode
	         */
	struct addr at; /* where it is bound; tells the port when 0 was asked for */
	struct echo_stats stats;
	int workers; /* processes or threads to serve with, see enum echo_workers; set before echo_open, 0: as many as
	                the model finds right */
};

/* What --workers means to a model. */
enum echo_workers {
	ECHO_ALONE,  /* nothing: its ways of serving several clients is what it is about, or it has none */
	ECHO_SHARED, /* it makes them itself, and they share what it opened */
	ECHO_APART, /* it makes them itself, each with a socket of its own beside the one it opened (SO_REUSEPORT) */
	ECHO_COPIES, /* it serves in one loop: echo_serve runs it in that many processes, each with a socket of its own */
};

/* Processes or threads of a model that serves one client with each at a time. */
#define ECHO_WORKERS 64
/* The most that there are of both; and processes, of a model that makes one for each client. */
#define ECHO_WORKERS_MAX 1024
#define ECHO_PROCESSES   1024

/* A row of the museum. */
struct echo_model {
	const char *name;
	const char *transport; /* "tcp", "udp" */
	bool concurrent;       /* a client that is slow holds nobody up */
	int at_once;           /* TCP: clients served at the same time; 0: as many as there are descriptors */
	enum echo_workers workers;
	const char *blocking; /* "blocking", "non-blocking" */
	const char *sync;     /* "synchronous": the call that reports is the call that moves the bytes */
	const char *waits;    /* what the thread does while it waits */
	const char *limit;    /* what this model meets first under load */
	/* System calls for each message, under the names strace gives them, each "name=N", "name<=N" or "name=any", parted
	 * by spaces; N counts a message as one that is received and sent back whole. Others come to less than
	 * one in twenty messages. */
	const char *calls;
	const char *file;
	/* Serves until echo_stop says so (see echo/stop.h, whose echo_stop_init was called before).
	 * 0, or -1 with *e when it had to give up. */
	int (*run)(struct echo_server *s, struct err *e);
	/* 0, or -1 when this machine cannot run it at all, with the reason; NULL: every machine can. */
	int (*usable)(struct err *e);
};

extern const struct echo_model echo_models[];
extern const size_t echo_n_models;

/* The row; -1 (ERR_USAGE) with the names there are when there is none such. */
int echo_find(const struct echo_model **m, const char *transport, const char *name, struct err *e);
/* The table for people. */
void echo_list(FILE *to);

/* Opens the model's socket at this address (port 0: any), for s->workers.  0, or -1; echo_close gives it back. */
int echo_open(struct echo_server *s, const struct echo_model *m, const struct addr *at, struct err *e);
/* Opens one more at the address of another, which was opened for workers that are ECHO_APART or ECHO_COPIES. */
int echo_open_beside(struct echo_server *s, const struct echo_server *other, struct err *e);
void echo_close(struct echo_server *s);

/* Adds counters to others, which several threads or processes may do at the same time. */
void echo_stats_add(struct echo_stats *to, const struct echo_stats *more);

/* One line to the operator: what was done. */
void echo_log(const struct echo_model *m, const struct echo_stats *s);

/* TCP: what a model does about an accept that failed (errno), having shed a client where that helps; counts
 * those turned away.  SOCK_NEXT: accept the next; SOCK_NONE: nobody waits; SOCK_FULL: leave the listener alone
 * for ECHO_PAUSE; SOCK_BROKEN: give up.  `reserve`: see sock_shed. */
enum sock_verdict echo_accept_failed(struct echo_server *s, int *reserve);

/* How long to leave the listener alone when the machine has no descriptor to give, ms. */
#define ECHO_PAUSE 100

/* The rows' functions, one per file. */
int echo_tcp_iterative(struct echo_server *s, struct err *e);
int echo_tcp_fork(struct echo_server *s, struct err *e);
int echo_tcp_prefork(struct echo_server *s, struct err *e);
int echo_tcp_thread(struct echo_server *s, struct err *e);
int echo_tcp_pool(struct echo_server *s, struct err *e);
int echo_tcp_busy(struct echo_server *s, struct err *e);
int echo_tcp_select(struct echo_server *s, struct err *e);
int echo_tcp_poll(struct echo_server *s, struct err *e);
int echo_tcp_epoll(struct echo_server *s, struct err *e);
int echo_tcp_epoll_et(struct echo_server *s, struct err *e);
int echo_tcp_epoll_mt(struct echo_server *s, struct err *e);
int echo_tcp_signal(struct echo_server *s, struct err *e);
int echo_tcp_uring(struct echo_server *s, struct err *e);
int echo_udp_blocking(struct echo_server *s, struct err *e);
int echo_udp_epoll(struct echo_server *s, struct err *e);
int echo_udp_mmsg(struct echo_server *s, struct err *e);
int echo_udp_gro(struct echo_server *s, struct err *e);
int echo_udp_uring(struct echo_server *s, struct err *e);

#endif
