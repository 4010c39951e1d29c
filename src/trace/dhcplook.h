/* A DHCP message in hand: what the files that read it share.  Private to dhcp*.c. */
#ifndef TRACE_DHCPLOOK_H
#define TRACE_DHCPLOOK_H

#include "trace/context.h"
#include "wire/dhcp.h"

/* One exchange between a client and its servers, told by its transaction number and hardware address. */
struct dhcp_deal {
	uint64_t key;
	uint64_t frame; /* the client's latest message; 0: free */
	int64_t ts;
	uint32_t asks;       /* what that was: enum note_id */
	uint8_t giaddr[4];   /* the relay it came through */
	uint64_t answered;   /* the latest answer */
	uint8_t answer;      /* enum dhcp_type of it */
	uint8_t answerer[4]; /* the server that sent it */
	uint8_t via[4];      /* IP source of it: a relay passes on what a server sent */
};

enum { DHCP_FIELDS = 96, DHCP_WORDS = 12 /* of them, kept free for words */ };

struct dhcp_look {
	struct trace *t;
	struct dhcp d;
	uint8_t type; /* enum dhcp_type, 0: BOOTP */
	struct field v[DHCP_FIELDS];
	unsigned n;
};

/* What every message has, as fields: the fixed part and the options.  dhcpwords.c. */
void dhcp_fields(struct dhcp_look *l);
void dhcp_add(struct dhcp_look *l, struct field f);
/* The value of an option as an address in words, or the field `other`; in the packet's arena. */
const char *dhcp_addr_words(struct trace *t, const uint8_t addr[4]);
/* An option of four bytes as an address; false when there is none. */
bool dhcp_addr(const struct dhcp *d, uint8_t code, uint8_t addr[4]);
/* "24 h", or "ever" for 0xffffffff (RFC 2131 3.3). */
const char *dhcp_span_words(struct trace *t, uint32_t seconds);
/* "mask 255.255.255.0, router 10.9.1.1, ..."; NULL when nothing of the kind is there. */
const char *dhcp_settings(struct dhcp_look *l);
/* "subnet mask, router, DNS servers": what the client asks to be told; NULL when it does not say. */
const char *dhcp_wishes(struct dhcp_look *l);

#endif
