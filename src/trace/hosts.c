/* Names of addresses; see hosts.h. */
#include "trace/hosts.h"

#include <stdlib.h>

#include "base/table.h"

struct hosts {
	struct table by_addr; /* struct host; the table has their hashes */
	struct host *v[HOSTS_MAX];
	size_t n;
};

struct hosts *hosts_new(void)
{
	struct hosts *h = calloc(1, sizeof(*h));

	if (h)
		table_init(&h->by_addr);
	return h;
}

void hosts_free(struct hosts *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->n; i++) {
		free(h->v[i]->name);
		free(h->v[i]);
	}
	table_fini(&h->by_addr);
	free(h);
}

static size_t addr_bytes(const struct pkt_addr *a)
{
	return a->family == 4 ? 4 : a->family == 6 ? 16 : 0;
}

static struct host *find(const struct hosts *h, const struct pkt_addr *addr, uint64_t hash)
{
	struct table_walk w;

	for (struct host *one = table_first(&h->by_addr, hash, &w); one; one = table_next(&h->by_addr, &w))
		if (one->addr.family == addr->family && !memcmp(one->addr.b, addr->b, addr_bytes(addr)))
			return one;
	return NULL;
}

void hosts_add(struct hosts *h, const struct pkt_addr *addr, struct slice name)
{
	uint64_t hash = table_hash(&h->by_addr, addr->b, addr_bytes(addr));
	struct host *one;

	if (!addr_bytes(addr) || !name.n || name.n >= HOSTS_NAME || h->n == HOSTS_MAX || find(h, addr, hash))
		return;
	one = malloc(sizeof(*one));
	if (!one)
		return;
	*one = (struct host){ .addr = *addr, .name = strndup((const char *)name.p, name.n) };
	if (!one->name || table_put(&h->by_addr, hash, one) < 0) {
		free(one->name);
		free(one);
		return;
	}
	h->v[h->n++] = one;
}

const char *hosts_name(const struct hosts *h, const struct pkt_addr *addr)
{
	const struct host *one;

	if (!h || !h->n || !addr_bytes(addr))
		return NULL;
	one = find(h, addr, table_hash(&h->by_addr, addr->b, addr_bytes(addr)));
	return one ? one->name : NULL;
}

size_t hosts_count(const struct hosts *h)
{
	return h ? h->n : 0;
}

const struct host *hosts_at(const struct hosts *h, size_t i)
{
	return h->v[i];
}
