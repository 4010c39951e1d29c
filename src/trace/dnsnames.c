/* Names of addresses; see dnsnames.h.  A table of fixed size: an address has its place in one small set, where
 * the one learned first gives way. */
#include "trace/dnsnames.h"

#include <stdlib.h>

enum { WAYS = 4, SETS = DNSNAMES_MAX / WAYS, NAME_KEPT = 256 };

struct known {
	uint64_t frame; /* of the answer; 0: free */
	struct pkt_addr addr;
	char name[NAME_KEPT];
};

struct dnsnames {
	struct table hash; /* for its key alone */
	struct known v[SETS][WAYS];
};

void dnsnames_free(struct dnsnames *n)
{
	if (n)
		table_fini(&n->hash);
	free(n);
}

static struct known *set_of(struct dnsnames *n, const struct pkt_addr *addr)
{
	return n->v[table_hash(&n->hash, addr, sizeof(*addr)) % SETS];
}

/* The place of the address, or else the one to be given up for it. */
static struct known *place_of(struct known *set, const struct pkt_addr *addr)
{
	struct known *oldest = set;

	for (int i = 0; i < WAYS; i++) {
		if (set[i].frame && memcmp(&set[i].addr, addr, sizeof(*addr)) == 0)
			return &set[i];
		if (set[i].frame < oldest->frame)
			oldest = &set[i];
	}
	return oldest;
}

void dnsnames_learn(struct trace *t, const struct pkt_addr *addr, const char *name)
{
	struct known *k;

	if (strlen(name) >= NAME_KEPT)
		return;
	if (!t->names) {
		t->names = calloc(1, sizeof(*t->names));
		if (!t->names)
			return;
		table_init(&t->names->hash);
	}
	k = place_of(set_of(t->names, addr), addr);
	k->frame = t->frame.number;
	k->addr = *addr;
	slice_cstr(slice_str(name), k->name, sizeof(k->name));
}

void dnsnames_say(struct trace *t)
{
	struct pkt_addr to = pkt_destination(&t->frame.pkt);
	const struct known *k;
	struct note *note;

	if (!t->names)
		return;
	k = place_of(set_of(t->names, &to), &to);
	if (!k->frame || memcmp(&k->addr, &to, sizeof(to)) != 0)
		return;
	note = NOTE(t, DNS_NAMED,
	    { .name = "osilab.dns.address",
	        .type = to.family == 4 ? FIELD_IP4 : FIELD_IP6,
	        .s = slice_of(to.b, to.family == 4 ? 4 : 16) },
	    F_STR("osilab.dns.name", k->name), F_UINT("osilab.dns.packet", k->frame));
	note->ref = k->frame;
}
