/* Flows: the table of conversations, bounded and ordered by last use; see flow.h. */
#include "trace/flow.h"

/* What a flow is looked up by: both ends in a fixed order, so that either direction finds it. */
struct flow_key {
	uint8_t proto, family;
	uint16_t port[2];
	uint8_t addr[2 * 16]; /* both of the family's size, one behind the other */
};

void flow_table_init(struct flow_table *t, size_t max)
{
	*t = (struct flow_table){ .max = max };
	table_init(&t->table);
	pool_init(&t->pool, sizeof(struct flow));
}

void flow_table_fini(struct flow_table *t)
{
	while (t->oldest)
		flow_drop(t, t->oldest);
	table_fini(&t->table);
	pool_fini(&t->pool);
}

static void unlink_flow(struct flow_table *t, struct flow *f)
{
	*(f->newer ? &f->newer->older : &t->newest) = f->older;
	*(f->older ? &f->older->newer : &t->oldest) = f->newer;
}

static void link_newest(struct flow_table *t, struct flow *f)
{
	f->newer = NULL;
	f->older = t->newest;
	*(t->newest ? &t->newest->newer : &t->oldest) = f;
	t->newest = f;
}

void flow_drop(struct flow_table *t, struct flow *f)
{
	table_del(&t->table, f->hash, f);
	unlink_flow(t, f);
	t->n--;
	pool_put(&t->pool, f);
}

struct flow *flow_oldest(const struct flow_table *t)
{
	return t->oldest;
}

static bool same_end(const struct flow_end *e, const struct pkt_addr *a, uint16_t port)
{
	return e->port == port && e->addr.family == a->family && memcmp(e->addr.b, a->b, 16) == 0;
}

static uint64_t hash_key(const struct flow_table *t, uint8_t proto, const struct pkt_addr *a, uint16_t a_port,
    const struct pkt_addr *b, uint16_t b_port)
{
	size_t n = a->family == 4 ? 4 : sizeof(a->b);
	struct flow_key key = { .proto = proto, .family = a->family };
	int order = memcmp(a->b, b->b, n);
	bool swap = order > 0 || (order == 0 && a_port > b_port);

	memcpy(key.addr + (swap ? n : 0), a->b, n);
	memcpy(key.addr + (swap ? 0 : n), b->b, n);
	key.port[swap] = a_port;
	key.port[!swap] = b_port;
	return table_hash(&t->table, &key, offsetof(struct flow_key, addr) + 2 * n);
}

/* Which side of f sends from a to b; -1 when the flow is another. */
static int side_of(const struct flow *f, uint8_t proto, const struct pkt_addr *a, uint16_t a_port,
    const struct pkt_addr *b, uint16_t b_port)
{
	if (f->proto != proto)
		return -1;
	if (same_end(&f->end[FLOW_CLIENT], a, a_port) && same_end(&f->end[FLOW_SERVER], b, b_port))
		return FLOW_CLIENT;
	if (same_end(&f->end[FLOW_SERVER], a, a_port) && same_end(&f->end[FLOW_CLIENT], b, b_port))
		return FLOW_SERVER;
	return -1;
}

static struct flow *lookup(const struct flow_table *t, uint64_t hash, uint8_t proto, const struct pkt_addr *a,
    uint16_t a_port, const struct pkt_addr *b, uint16_t b_port, enum flow_side *side)
{
	struct table_walk w;

	for (struct flow *f = table_first(&t->table, hash, &w); f; f = table_next(&t->table, &w)) {
		int s = side_of(f, proto, a, a_port, b, b_port);

		if (s >= 0) {
			*side = (enum flow_side)s;
			return f;
		}
	}
	return NULL;
}

struct flow *flow_lookup(const struct flow_table *t, uint8_t proto, const struct pkt_addr *a, uint16_t a_port,
    const struct pkt_addr *b, uint16_t b_port)
{
	enum flow_side side;

	return lookup(t, hash_key(t, proto, a, a_port, b, b_port), proto, a, a_port, b, b_port, &side);
}

/* Who of two is the client when the packet does not say: the one with the higher port, since servers wait
 * on well-known ones. */
static enum flow_side guess_side(const struct pkt *p, uint16_t src, uint16_t dst)
{
	if (p->transport->proto == PROTO_TCP && p->transport->tcp.flags & TCP_SYN)
		return p->transport->tcp.flags & TCP_ACK ? FLOW_SERVER : FLOW_CLIENT;
	return src < dst ? FLOW_SERVER : FLOW_CLIENT;
}

static struct flow *add_flow(struct flow_table *t, const struct pkt *p, uint64_t hash,
    const struct pkt_addr *src, const struct pkt_addr *dst, uint16_t sport, uint16_t dport,
    enum flow_side side)
{
	struct flow *f = pool_get(&t->pool);

	if (!f || table_put(&t->table, hash, f) < 0) {
		pool_put(&t->pool, f);
		return NULL;
	}
	f->hash = hash;
	f->proto = p->transport->proto;
	f->reset_by = -1;
	f->number = f->proto == PROTO_TCP ? t->next_tcp++ : t->next_udp++;
	f->end[side].addr = *src;
	f->end[side].port = sport;
	f->end[!side].addr = *dst;
	f->end[!side].port = dport;
	link_newest(t, f);
	t->n++;
	return f;
}

struct flow *flow_find(
    struct flow_table *t, const struct pkt *p, int64_t ts, enum flow_side *side, bool *made)
{
	struct pkt_addr src = pkt_source(p), dst = pkt_destination(p);
	bool tcp = p->transport->proto == PROTO_TCP;
	uint16_t sport = tcp ? p->transport->tcp.src : p->transport->udp.src;
	uint16_t dport = tcp ? p->transport->tcp.dst : p->transport->udp.dst;
	struct flow *f = t->newest;
	uint64_t hash = 0;
	int s = f ? side_of(f, p->transport->proto, &src, sport, &dst, dport) : -1;

	if (s >= 0) { /* as so often, a packet of the same flow as the last one */
		*side = (enum flow_side)s;
	} else {
		hash = hash_key(t, p->transport->proto, &src, sport, &dst, dport);
		f = lookup(t, hash, p->transport->proto, &src, sport, &dst, dport, side);
	}
	*made = !f;
	if (!f) {
		*side = guess_side(p, sport, dport);
		f = add_flow(t, p, hash, &src, &dst, sport, dport, *side);
		if (!f)
			return NULL;
		f->first_ts = ts;
	} else if (f != t->newest) {
		unlink_flow(t, f);
		link_newest(t, f);
	}
	f->last_ts = ts;
	f->packets++;
	f->end[*side].packets++;
	return f;
}

const char *tcp_state_name(enum tcp_state s)
{
	static const char *const names[] = { "unknown", "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED",
		"ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT" };

	return names[s];
}
