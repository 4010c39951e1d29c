/* What the models that never sleep on a client remember of each: where a blocking server keeps that in its
 * program counter and its stack.  A client costs one small allocation; it has a buffer only while something
 * that was read could not be sent yet.  No system call is in here but close. */
#ifndef ECHO_CLIENT_H
#define ECHO_CLIENT_H

#include "echo/echo.h"

struct echo_client {
	int fd;
	uint32_t events;   /* for the model: what it waits for, or knows of the descriptor */
	uint8_t *unsent;   /* what was read and not sent yet; NULL: nothing, it may be read from */
	uint32_t from, to; /* unsent[from..to) */
	struct echo_client *next, *prev; /* the list */
	struct echo_client *again;       /* for the model: a second list, of those to see to soon */
};

/* All clients of one thread, newest first. */
struct echo_clients {
	struct echo_client *first;
};

/* Takes the descriptor, which is closed when there is no memory (NULL).  `size`: of the model's own struct, which
 * begins with this one; all of it is zero. */
struct echo_client *echo_client_new(struct echo_clients *list, int fd, size_t size);
/* Closes the descriptor. */
void echo_client_free(struct echo_clients *list, struct echo_client *c);
void echo_clients_free(struct echo_clients *list);

/* Keeps a copy of n bytes (up to ECHO_BUFFER) until they can be sent; nothing is kept yet.  0, or -1 when there
 * is no memory. */
int echo_client_keep(struct echo_client *c, const uint8_t *bytes, size_t n);
/* n of the kept bytes have been sent; with the last, the copy is gone. */
void echo_client_sent(struct echo_client *c, size_t n);

#endif
