/* Queries that wait for their answers; see dnslook.h.  A table of fixed size: a query has its place in one small
 * set, where the oldest gives way. */
#include "trace/dnslook.h"

#include <stdlib.h>

enum {
	WAYS = 4,
	SETS = 1024,
	CUT_KEPT = 16, /* answers cut short that are remembered */
};

struct dns_pairs {
	struct table hash; /* for its key alone */
	bool forgot;
	struct dns_asked v[SETS][WAYS];
	struct {
		uint64_t question; /* with who asks whom */
		uint64_t frame;    /* 0: free */
	} cut[CUT_KEPT];
	unsigned cut_at;
};

void dns_pairs_free(struct dns_pairs *p)
{
	if (p)
		table_fini(&p->hash);
	free(p);
}

bool dns_pair_forgot(const struct trace *t)
{
	return t->dns && t->dns->forgot;
}

/* `id` of more than 16 bits: whatever was asked last. */
static uint64_t key_of(const struct dns_look *l, enum flow_side asker, uint32_t id)
{
	uint32_t parts[4] = { l->f->proto, l->f->number, (uint32_t)asker, id };

	return table_hash(&l->t->dns->hash, parts, sizeof(parts));
}

static struct dns_asked *find(const struct dns_look *l, enum flow_side asker, uint32_t id)
{
	struct dns_pairs *p = l->t->dns;
	uint64_t key;

	if (!p)
		return NULL;
	key = key_of(l, asker, id);
	for (int i = 0; i < WAYS; i++)
		if (p->v[key % SETS][i].frame && p->v[key % SETS][i].key == key)
			return &p->v[key % SETS][i];
	return NULL;
}

struct dns_asked *dns_pair_find(const struct dns_look *l, enum flow_side asker)
{
	return find(l, asker, l->h.id);
}

struct dns_asked *dns_pair_last(const struct dns_look *l, enum flow_side asker)
{
	return find(l, asker, UINT32_MAX);
}

static struct dns_asked *put(const struct dns_look *l, uint32_t id)
{
	struct dns_pairs *p = l->t->dns;
	uint64_t key = key_of(l, l->side, id);
	struct dns_asked *set = p->v[key % SETS], *place = find(l, l->side, id);

	for (int i = 0; !place && i < WAYS; i++)
		if (!set[i].frame)
			place = &set[i];
	if (!place) {
		place = set;
		for (int i = 1; i < WAYS; i++)
			if (set[i].frame < place->frame)
				place = &set[i];
		p->forgot |= !place->answered;
	}
	*place = (struct dns_asked){ .key = key,
		.question = dns_question_hash(l),
		.frame = l->t->frame.number,
		.ts = l->t->frame.ts,
		.id = l->h.id,
		.transfer = l->type == DNS_AXFR || l->type == DNS_IXFR };
	return place;
}

struct dns_asked *dns_pair_add(const struct dns_look *l)
{
	struct trace *t = l->t;

	if (!t->dns) {
		t->dns = calloc(1, sizeof(*t->dns));
		if (!t->dns)
			return NULL;
		table_init(&t->dns->hash);
	}
	put(l, UINT32_MAX);
	return put(l, l->h.id);
}

/* Names compare without case (RFC 4343). */
uint64_t dns_question_hash(const struct dns_look *l)
{
	char key[DNS_NAME_TEXT + 4];
	size_t n = 0;

	for (; l->name[n]; n++)
		key[n] = (char)(l->name[n] >= 'A' && l->name[n] <= 'Z' ? l->name[n] | 0x20 : l->name[n]);
	key[n] = (char)(l->type >> 8);
	key[n + 1] = (char)l->type;
	key[n + 2] = (char)(l->class >> 8);
	key[n + 3] = (char)l->class;
	return l->t->dns ? table_hash(&l->t->dns->hash, key, n + 4) : 0;
}

/* The question between these two hosts, whatever their ports. */
static uint64_t question_between(const struct dns_look *l, enum flow_side asker)
{
	struct {
		uint64_t question;
		struct pkt_addr addr[2];
		uint8_t pad[6];
	} key = { 0 };

	key.question = dns_question_hash(l);
	key.addr[0] = l->f->end[asker].addr;
	key.addr[1] = l->f->end[!asker].addr;
	return table_hash(&l->t->dns->hash, &key, sizeof(key));
}

void dns_pair_note_truncated(const struct dns_look *l)
{
	struct dns_pairs *p = l->t->dns;

	if (!p)
		return;
	p->cut[p->cut_at].question = question_between(l, (enum flow_side) !l->side);
	p->cut[p->cut_at].frame = l->t->frame.number;
	p->cut_at = (p->cut_at + 1) % CUT_KEPT;
}

uint64_t dns_pair_truncated(const struct dns_look *l)
{
	uint64_t question;

	if (!l->t->dns)
		return 0;
	question = question_between(l, l->side);
	for (int i = 0; i < CUT_KEPT; i++)
		if (l->t->dns->cut[i].frame && l->t->dns->cut[i].question == question)
			return l->t->dns->cut[i].frame;
	return 0;
}
