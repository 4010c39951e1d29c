/* Opening sockets.  Every descriptor made here is close-on-exec.  Functions that open return the
 * descriptor, which the caller closes, or -1 with *e (ERR_ENV) in words a user can act on. */
#ifndef NET_SOCK_H
#define NET_SOCK_H

#include "net/addr.h"

enum sock_opt {
	SOCK_OPT_NONBLOCK = 1,  /* O_NONBLOCK from the start */
	SOCK_OPT_REUSEPORT = 2, /* several sockets on one port, the kernel spreads the load (Linux 3.9) */
	SOCK_OPT_DUAL = 4,      /* an IPv6 socket that takes IPv4 too (RFC 3493 5.3); otherwise never */
	SOCK_OPT_PKTINFO = 8,   /* UDP: recvmsg says which of our addresses a datagram came to */
};

/* A TCP listener.  SO_REUSEADDR is set, so that a restart does not wait for TIME-WAIT (RFC
 * 9293 3.4.2). Port 0: the kernel chooses, sock_local tells. */
int sock_listen(const struct addr *a, unsigned opts, struct err *e);
/* A bound UDP socket. */
int sock_udp(const struct addr *a, unsigned opts, struct err *e);
/* A TCP connection.  With SOCK_OPT_NONBLOCK it is only begun: wait until it is writable, then ask
 * sock_error. */
int sock_connect(const struct addr *to, unsigned opts, struct err *e);
/* The number of the first of n addresses that takes a TCP connection, which is closed again; each has that long, ms.
 * 0 when none does, or n is 1: then it is not tried.  A name such as localhost often has an IPv6 address on which
 * nobody listens before the IPv4 one. */
int sock_first_open(const struct addr *list, int n, int ms);

/* The address the socket is bound to.  0 or -1 with errno. */
int sock_local(int fd, struct addr *a);
/* Takes the pending error off the socket (SO_ERROR): 0, or an errno value. */
int sock_error(int fd);

int sock_nonblock(int fd, bool on);
/* Small writes leave at once: no Nagle (RFC 9293 3.7.4). */
int sock_nodelay(int fd);
/* close() will send RST instead of FIN and forget unsent bytes: for peers that earned it. */
int sock_reset_on_close(int fd);

/* What a failed accept means for the server that called it. */
enum sock_verdict {
	SOCK_NONE,   /* nobody is waiting (EAGAIN): go back to waiting */
	SOCK_NEXT,   /* interrupted, or that one client is gone again: accept the next */
	SOCK_FULL,   /* out of descriptors or memory; the client still waits, so the listener stays
	                readable: sock_shed, or stop watching it for a while; never just try again */
	SOCK_BROKEN, /* the listener itself is unusable */
};
enum sock_verdict sock_accept_verdict(int error);

/* A descriptor kept in reserve for the day the table is full.  -1 when there is none to be had. */
int sock_reserve(void);
/* Gives the reserve up, accepts one waiting client with it, closes that client (it sees an end at once
 * instead of a silent queue) and takes the reserve back.  SOCK_NEXT: that was one, there may be more;
 * SOCK_NONE: nobody was waiting (accept says EMFILE before it looks); SOCK_FULL: not even this was possible:
 * stop watching the listener for a while; SOCK_BROKEN as above. */
enum sock_verdict sock_shed(int listener, int *reserve);

/* Raises the soft limit of open descriptors to the hard one; returns the limit now in force. */
uint64_t sock_raise_nofile(void);

#endif
