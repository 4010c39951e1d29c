/* Where connections start from: sockets to the target, with TLS or without, from many source addresses where
 * one has not enough ports. */
#ifndef LOAD_SOURCE_H
#define LOAD_SOURCE_H

#include "net/conn.h"

struct worker;
struct client;

/* The address number `n` to connect from when the target is in 127.0.0.0/8, all of which is this machine
 * (RFC 1122 3.2.1.3): 127.x.y.z, each good for 28,000 connections to one port.  Else, and for 0, no address: the
 * kernel chooses. */
struct addr source_address(const struct addr *target, uint32_t n);

/* A non-blocking socket for the target, its connection begun (SOCK_STREAM) or made (SOCK_DGRAM).  n is for
 * source_address.  The descriptor, or -1 with *e. */
int source_open(const struct addr *target, int type, uint32_t n, struct err *e);
/* Begins a connection for that client: wait until it is writable.  0, or -1 with *e. */
int source_connect(struct worker *w, struct client *c, struct err *e);
/* Did this connection resume a TLS session? */
bool source_resumed(const struct conn *c);

#endif
