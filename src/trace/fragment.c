/* Fragments in words; see fragment.h. */
#include "trace/fragment.h"

enum {
	LISTED = 16,  /* packets of a datagram that are named; the rest is "…" */
	GAPS = 4,     /* runs of missing bytes that are named */
	END_SAID = 8, /* unfinished datagrams that are named at the end */
	TCP_SEEN = 20 /* bytes of a TCP header without which nobody can filter, RFC 1858 3 */
};

static bool is_ip4(const struct layer *l)
{
	return l->proto == PROTO_IP4;
}

/* The bytes of the datagram that this packet has, and how many the packet had on the wire. */
static struct slice fragment_bytes(const struct pkt *p, const struct layer *l, uint32_t *wire)
{
	uint32_t at = is_ip4(l) ? l->len : l->ip6.frag_at;
	uint32_t rest = p->wire_len > l->off + at ? p->wire_len - l->off - at : 0, claimed = rest;

	if (is_ip4(l) && l->ip4.total_len)
		claimed = l->ip4.total_len - l->len;
	else if (!is_ip4(l) && l->ip6.payload_len)
		claimed = IP6_HEADER + l->ip6.payload_len - at;
	*wire = claimed;
	return slice_sub(pkt_base(p, l), l->off + at, l->len - at + l->body);
}

static struct defrag_fragment read_fragment(const struct trace *t, const struct layer *l, uint32_t *wire)
{
	const struct pkt *p = &t->frame.pkt;
	struct defrag_fragment f;

	memset(&f, 0, sizeof(f));
	f.bytes = fragment_bytes(p, l, wire);
	f.packet = t->frame.number;
	f.ts = t->frame.ts;
	f.key.src.family = f.key.dst.family = is_ip4(l) ? 4 : 6;
	if (is_ip4(l)) {
		memcpy(f.key.src.b, l->ip4.src, 4);
		memcpy(f.key.dst.b, l->ip4.dst, 4);
		f.key.proto = f.next = l->ip4.proto;
		f.key.id = l->ip4.id;
		f.off = l->ip4.frag_off;
		f.more = l->ip4.mf;
		f.limit = DEFRAG_BYTES - l->ip4.ihl;
	} else {
		memcpy(f.key.src.b, l->ip6.src, 16);
		memcpy(f.key.dst.b, l->ip6.dst, 16);
		f.next = l->ip6.frag_next;
		f.key.id = l->ip6.id;
		f.off = l->ip6.frag_off;
		f.more = l->ip6.mf;
		f.limit = DEFRAG_BYTES - (l->ip6.frag_at - IP6_HEADER - 8u);
	}
	return f;
}

/* --- Words ---------------------------------------------------------------------------------------------------- */

static struct field id_field(const struct defrag_key *key)
{
	return (struct field)F_HEX("osilab.frag.id", key->id, key->src.family == 4 ? 4 : 8);
}

/* "UDP 5000 → 53", as far as the first fragment shows it. */
static const char *inside(struct trace *t, const struct layer *l, uint8_t next)
{
	const struct layer *transport = t->frame.pkt.transport;
	const char *name = ip_proto_name(next);

	if (!name)
		name = arena_printf(&t->arena, "protocol %u", next);
	if (!transport || transport < l)
		return name;
	if (transport->proto == PROTO_UDP)
		return arena_printf(&t->arena, "UDP %u → %u", transport->udp.src, transport->udp.dst);
	return arena_printf(&t->arena, "TCP %u → %u", transport->tcp.src, transport->tcp.dst);
}

/* Which fragment it is.  Before anything behind the IP layer is forgotten. */
static void note_which(struct trace *t, const struct layer *l, const struct defrag_fragment *f, uint32_t wire)
{
	uint32_t to = f->off + (wire ? wire - 1 : 0);
	const struct field id = id_field(&f->key), from = F_UINT("osilab.frag.from", f->off),
	                   last = F_UINT("osilab.frag.to", to);
	struct note *n;

	if (f->off == 0) {
		n = NOTE(
		    t, IP_FRAGMENT_FIRST, id, from, last, F_STR("osilab.frag.inside", inside(t, l, f->next)));
		if (f->next == IP_PROTO_TCP && wire < TCP_SEEN)
			NOTE(t, FRAG_TINY, F_STR("osilab.frag.inside", "TCP"));
	} else {
		n = NOTE(t, IP_FRAGMENT, id, from, last,
		    F_STR("osilab.frag.place", f->more ? "more follow" : "the last"));
		if (f->next == IP_PROTO_TCP && f->off < TCP_SEEN)
			NOTE(t, FRAG_TINY, F_STR("osilab.frag.inside", "TCP"));
	}
	trace_where(t, n, f->bytes);
	trace_info(t, is_ip4(l) ? "IPv4" : "IPv6", "%s of datagram 0x%0*x, bytes %u–%u",
	    f->off ? "fragment" : "first fragment", is_ip4(l) ? 4 : 8, f->key.id, f->off, to);
}

static const char *packets_text(struct trace *t, const struct defrag_datagram *g)
{
	const struct defrag_piece *at = NULL;
	struct buf text = { 0 };
	uint64_t packet;
	const char *kept;

	for (unsigned n = 0; (packet = defrag_packet(g, &at)) != 0; n++) {
		if (n == LISTED) {
			buf_puts(&text, ", …");
			break;
		}
		buf_printf(&text, "%s%llu", n ? ", " : "", (unsigned long long)packet);
	}
	kept = arena_printf(&t->arena, "%s", buf_cstr(&text));
	buf_fini(&text);
	return kept;
}

static void note_done(struct trace *t, const struct layer *l, const struct defrag_result *r)
{
	const struct field packets = F_STR("osilab.frag.packets", packets_text(t, r->datagram));
	struct note *n;

	if (is_ip4(l))
		n = NOTE(t, IP_REASSEMBLED, F_UINT("ip.fragment.count", r->datagram->npieces),
		    F_UINT("ip.reassembled.length", r->whole.n), packets);
	else
		n = NOTE(t, IP6_REASSEMBLED, F_UINT("ipv6.fragment.count", r->datagram->npieces),
		    F_UINT("ipv6.reassembled.length", r->whole.n), packets);
	n->ref = r->datagram->since == t->frame.number ? 0 : r->datagram->since;
}

static void note_verdict(struct trace *t, const struct defrag_fragment *f, const struct defrag_result *r)
{
	static const struct {
		enum note_id id;
		bool said;
	} rows[] = {
		[DEFRAG_AGAIN] = { NOTE_FRAG_AGAIN, true },
		[DEFRAG_OVERLAP] = { NOTE_FRAG_OVERLAP, true },
		[DEFRAG_INSIDE] = { NOTE_FRAG_TEARDROP, true },
		[DEFRAG_TOO_LONG] = { NOTE_FRAG_TOO_LONG, true },
		[DEFRAG_TWO_ENDS] = { NOTE_FRAG_TWO_ENDS, true },
		[DEFRAG_TOO_MANY] = { NOTE_FRAG_TOO_MANY, true },
		[DEFRAG_REFUSED] = { NOTE_FRAG_REFUSED, true },
		[DEFRAG_UNEVEN] = { NOTE_FRAG_UNEVEN, true },
		[DEFRAG_NO_ROOM] = { NOTE_FRAG_NO_ROOM, true },
	};

	if (r->verdict < sizeof(rows) / sizeof(rows[0]) && rows[r->verdict].said)
		trace_note(t, rows[r->verdict].id,
		    (const struct field[]){ F_UINT("osilab.ref", r->other),
		        F_UINT("osilab.frag.end", f->off + f->bytes.n),
		        F_UINT("osilab.frag.bytes", f->bytes.n) },
		    3)
		    ->ref = r->other;
}

/* --- The step ------------------------------------------------------------------------------------------------- */

static void join(struct trace *t, const struct layer *l, const struct defrag_result *r)
{
	struct pkt *p = &t->frame.pkt;
	const struct layer *top;

	pkt_join(p, l, r->datagram->next, r->whole);
	note_done(t, l, r);
	t->stats.datagrams_reassembled++;
	top = p->n > p->whole_from ? &p->layers[p->whole_from] : NULL;
	if (top && pkt_cksum(p, top, NULL) == PKT_CKSUM_BAD)
		NOTE0(t, FRAG_CKSUM);
}

void fragment_step(struct trace *t, const struct layer *l)
{
	size_t before = t->defrag.held;
	uint32_t wire;
	struct defrag_fragment f = read_fragment(t, l, &wire);
	struct defrag_result r = { DEFRAG_KEPT };

	*(is_ip4(l) ? &t->stats.ip4_fragments : &t->stats.ip6_fragments) += 1;
	note_which(t, l, &f, wire);
	if (f.bytes.n < wire)
		NOTE(t, FRAG_CUT, F_UINT("osilab.frag.captured", f.bytes.n),
		    F_UINT("osilab.frag.bytes", wire));
	else if (t->frame.pkt.whole_from ==
	         0) /* in a datagram that was itself put together: once is enough */
		r = defrag_push(&t->defrag, &f);
	if (r.verdict == DEFRAG_DONE) {
		join(t, l, &r);
	} else {
		note_verdict(t, &f, &r);
		pkt_forget(&t->frame.pkt, l);
	}
	trace_hold(t, before, t->defrag.held);
}

/* --- What never became whole ------------------------------------------------------------------------------- */

static const char *gaps_text(struct arena *a, const struct defrag_datagram *g)
{
	uint32_t from = 0, to;
	const char *text = "";

	for (unsigned n = 0; n <= GAPS && defrag_gap(g, &from, &to); n++) {
		const char *comma = n ? ", " : "";

		if (n == GAPS)
			text = arena_printf(a, "%s, …", text);
		else if (to == UINT32_MAX)
			text = arena_printf(a, "%s%s%u–", text, comma, from);
		else
			text = arena_printf(a, "%s%s%u–%u", text, comma, from, to - 1);
		if (to == UINT32_MAX)
			break;
		from = to;
	}
	return text;
}

static void note_missing(
    struct note_list *list, struct arena *a, const struct defrag_datagram *g, const char *when)
{
	struct field fields[] = { id_field(&g->key), trace_addr("osilab.frag.src", &g->key.src),
		trace_addr("osilab.frag.dst", &g->key.dst), F_UINT("osilab.ref", g->since),
		F_STR("osilab.frag.missing", gaps_text(a, g)), F_STR("osilab.frag.when", when) };

	note_add(list, a, NOTE_FRAG_MISSING, fields, sizeof(fields) / sizeof(fields[0]))->ref = g->since;
}

void fragment_expire(struct trace *t)
{
	size_t before = t->defrag.held;
	struct defrag_datagram *g;

	while ((g = defrag_expire(&t->defrag, t->frame.ts))) {
		note_missing(&t->frame.notes, &t->arena, g, "within its time");
		t->stats.datagrams_unfinished++;
		defrag_free(&t->defrag, g);
	}
	trace_hold(t, before, t->defrag.held);
}

void fragment_end(struct trace *t)
{
	size_t before = t->defrag.held;
	struct defrag_datagram *g;
	uint64_t n = 0;

	while ((g = defrag_expire(&t->defrag, INT64_MAX))) {
		if (n++ < END_SAID)
			note_missing(&t->tail, &t->tail_arena, g, "before the capture ended");
		defrag_free(&t->defrag, g);
	}
	t->stats.datagrams_unfinished += n;
	trace_hold(t, before, t->defrag.held);
	if (n > END_SAID)
		note_add(&t->tail, &t->tail_arena, NOTE_FRAG_MISSING_MORE,
		    (struct field[]){ F_UINT("osilab.frag.unfinished", n - END_SAID) }, 1);
	if (t->defrag.dropped)
		note_add(&t->tail, &t->tail_arena, NOTE_FRAG_DROPPED,
		    (struct field[]){ F_UINT("osilab.frag.dropped", t->defrag.dropped) }, 1);
}
