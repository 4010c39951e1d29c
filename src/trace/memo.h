/* A bounded memory for small things: which packet asked, when, and which hardware address was named.  Of a fixed
 * size however much is asked: what is remembered falls in sets of four, and the oldest of a set gives way. */
#ifndef TRACE_MEMO_H
#define TRACE_MEMO_H

#include "base/slice.h"

enum { MEMO_SETS = 1024, MEMO_WAYS = 4 };

/* What a key is about: the same bytes under another kind are another thing. */
enum memo_kind {
	MEMO_NONE,
	MEMO_ECHO,       /* an echo request, by addresses, identifier and number */
	MEMO_ARP_ASKED,  /* an ARP request, by asker and asked */
	MEMO_ARP_PROBED, /* an ARP probe, by address */
	MEMO_ARP_AT,     /* where an IPv4 address is */
	MEMO_NDP_ASKED,  /* a neighbour solicitation, by address */
	MEMO_NDP_PROBED, /* one for duplicate address detection, by address */
	MEMO_NDP_AT,     /* where an IPv6 address is */
	MEMO_VLAN,       /* a VLAN tag that was explained */
	MEMO_ROUTER,     /* a router advertisement that was explained */
};

struct memo_item {
	uint64_t print; /* of kind and key */
	uint64_t packet;
	int64_t ts;
	uint32_t count; /* how often it was asked */
	uint8_t kind;   /* enum memo_kind; MEMO_NONE: free */
	bool answered;
	uint8_t mac[6];
};

struct memo {
	uint64_t key[2];
	struct memo_item *v; /* MEMO_SETS * MEMO_WAYS; NULL until something is put */
};

/* An empty memo that allocates nothing yet. */
void memo_init(struct memo *m);
void memo_fini(struct memo *m);

/* The item, or NULL. */
struct memo_item *memo_find(const struct memo *m, enum memo_kind kind, struct slice key);
/* The item; a new one has count 0 and kind set.  NULL when out of memory. */
struct memo_item *memo_put(struct memo *m, enum memo_kind kind, struct slice key);

/* It happened once more, in this packet; what answered it before is past. */
static inline void memo_mark(struct memo_item *item, uint64_t packet, int64_t ts)
{
	item->packet = packet;
	item->ts = ts;
	item->count++;
	item->answered = false;
}

#endif
