/* Echo messages as datagrams (UDP, RFC 768): a window of them under way on a socket, each of which says its
 * number, since they may come back in any order or not at all.  What is due together leaves with one call
 * (UDP_SEGMENT, Linux 4.18), and what the kernel has put together is taken so (UDP_GRO, Linux 5.0). */
#ifndef LOAD_PACKET_H
#define LOAD_PACKET_H

#include <stdint.h>

struct worker;
struct client;

enum {
	PACKET_MIN = 8,     /* bytes of a message: its number */
	PACKET_MAX = 65507, /* RFC 768 and RFC 791: 65535 without both heads */
};

/* Where a thread receives datagrams, several at once. */
struct packet_room;
struct packet_room *packet_room_new(void);
void packet_room_free(struct packet_room *r);

/* The same steps as those of client.h, for TARGET_PACKET. */
void packet_event(struct worker *w, struct client *c, uint32_t events);
void packet_wake(struct worker *w, struct client *c);
void packet_send(struct worker *w, struct client *c);
void packet_check(struct worker *w, struct client *c);

#endif
