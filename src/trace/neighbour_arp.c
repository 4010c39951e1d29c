/* ARP in words; see neighbour.h. */
#include "trace/neighbour.h"

#include "base/clock.h"

#define AGAIN_WITHIN (10 * CLOCK_SEC) /* a later question is a new one */
#define TAKEN_WITHIN (3 * CLOCK_SEC)  /* RFC 5227 1.1: three probes a second or two apart, then two seconds */

static struct field mac_field(const char *name, const uint8_t *mac)
{
	return (struct field){ .name = name, .type = FIELD_MAC, .s = slice_of(mac, 6) };
}

/* The Ethernet header under the message, or NULL. */
static const struct eth *frame_of(const struct trace *t)
{
	return t->frame.pkt.layers[0].proto == PROTO_ETH ? &t->frame.pkt.layers[0].eth : NULL;
}

static bool to_all(const struct eth *e)
{
	return !e || memcmp(e->dst, "\xff\xff\xff\xff\xff\xff", 6) == 0;
}

static struct slice pair(uint8_t room[8], struct slice a, struct slice b)
{
	memcpy(room, a.p, 4);
	memcpy(room + 4, b.p, 4);
	return slice_of(room, 8);
}

static void say(struct trace *t, const struct arp *a)
{
	const struct field fields[] = {
		{ .name = "arp.src.proto_ipv4", .type = FIELD_IP4, .s = a->spa },
		{ .name = "arp.dst.proto_ipv4", .type = FIELD_IP4, .s = a->tpa },
		{ .name = "arp.src.hw_mac", .type = FIELD_MAC, .s = a->sha },
	};
	struct buf text = { 0 };

	note_value(&fields[a->op == ARP_REQUEST], &text);
	buf_puts(&text, a->op == ARP_REQUEST ? "? tell " : " is at ");
	note_value(&fields[a->op == ARP_REQUEST ? 0 : 2], &text);
	trace_info(t, "ARP", "%s%s", a->op == ARP_REQUEST ? "who has " : "", buf_cstr(&text));
	buf_fini(&text);
}

/* One of the rows that name who, whom and where, and what else is known. */
static struct note *note_arp(
    struct trace *t, const struct layer *l, enum note_id id, uint64_t ref, int64_t since, uint32_t count)
{
	const struct arp *a = &l->arp;
	const struct field fields[] = { { .name = "arp.src.hw_mac", .type = FIELD_MAC, .s = a->sha },
		{ .name = "arp.src.proto_ipv4", .type = FIELD_IP4, .s = a->spa },
		{ .name = "arp.dst.proto_ipv4", .type = FIELD_IP4, .s = a->tpa }, F_UINT("osilab.ref", ref),
		F_SPAN("osilab.arp.after", since), F_UINT("osilab.arp.count", count) };
	/* Without another packet to refer to, the addresses are all there is. */
	struct note *n = trace_note(t, id, fields, ref ? sizeof(fields) / sizeof(fields[0]) : 3);

	n->ref = ref;
	trace_where(t, n, slice_sub(pkt_base(&t->frame.pkt, l), l->off, l->len));
	return n;
}

static void request(struct trace *t, const struct layer *l)
{
	const struct arp *a = &l->arp;
	uint8_t room[8];
	struct memo_item *item = memo_put(&t->memo, MEMO_ARP_ASKED, pair(room, a->spa, a->tpa));
	int64_t since = item ? t->frame.ts - item->ts : 0;
	bool again = item && item->count && !item->answered && since < AGAIN_WITHIN;

	if (again)
		note_arp(t, l, NOTE_ARP_AGAIN, item->packet, since, item->count + 1);
	else
		note_arp(t, l, to_all(frame_of(t)) ? NOTE_ARP_REQUEST : NOTE_ARP_CHECK, 0, 0, 1);
	if (!item)
		return;
	if (!again)
		item->count = 0;
	memo_mark(item, t->frame.number, t->frame.ts);
}

static void probe(struct trace *t, const struct layer *l)
{
	struct memo_item *item = memo_put(&t->memo, MEMO_ARP_PROBED, l->arp.tpa);

	note_arp(t, l, NOTE_ARP_PROBE, 0, 0, 1);
	if (!item)
		return;
	memcpy(item->mac, l->arp.sha.p, 6);
	memo_mark(item, t->frame.number, t->frame.ts);
}

/* Somebody says that this address is his while another is probing for it: RFC 5227 2.1.1. */
static bool taken(struct trace *t, const struct layer *l)
{
	const struct memo_item *item = memo_find(&t->memo, MEMO_ARP_PROBED, l->arp.spa);

	if (!item || t->frame.ts - item->ts > TAKEN_WITHIN || memcmp(item->mac, l->arp.sha.p, 6) == 0)
		return false;
	note_arp(t, l, NOTE_ARP_TAKEN, item->packet, t->frame.ts - item->ts, 1);
	return true;
}

static void reply(struct trace *t, const struct layer *l)
{
	const struct arp *a = &l->arp;
	uint8_t room[8];
	struct memo_item *item;

	if (taken(t, l))
		return;
	item = memo_find(&t->memo, MEMO_ARP_ASKED, pair(room, a->tpa, a->spa));
	if (!item) {
		note_arp(t, l, NOTE_ARP_UNASKED, 0, 0, 0);
		return;
	}
	note_arp(t, l, NOTE_ARP_REPLY, item->packet, t->frame.ts - item->ts, item->count);
	item->answered = true;
}

/* Two hardware addresses for one address is what spoofing looks like, and what a replaced card looks like. */
static void place(struct trace *t, const struct layer *l)
{
	const struct arp *a = &l->arp;
	struct memo_item *item = memo_put(&t->memo, MEMO_ARP_AT, a->spa);

	if (!item)
		return;
	if (item->count && memcmp(item->mac, a->sha.p, 6) != 0)
		NOTE(t, ARP_CONFLICT, { .name = "arp.src.proto_ipv4", .type = FIELD_IP4, .s = a->spa },
		    { .name = "arp.src.hw_mac", .type = FIELD_MAC, .s = a->sha },
		    mac_field("osilab.arp.other_mac", item->mac), F_UINT("osilab.ref", item->packet))
		    ->ref = item->packet;
	memcpy(item->mac, a->sha.p, 6);
	memo_mark(item, t->frame.number, t->frame.ts);
}

void neighbour_arp(struct trace *t, const struct layer *l)
{
	const struct eth *e = frame_of(t);
	const struct arp *a = &l->arp;

	if (!a->eth_ip4 || (a->op != ARP_REQUEST && a->op != ARP_REPLY))
		return;
	if (arp_is_probe(a))
		probe(t, l);
	else if (arp_is_announcement(a))
		(void)(taken(t, l) || note_arp(t, l, NOTE_ARP_ANNOUNCE, 0, 0, 0));
	else if (a->op == ARP_REQUEST)
		request(t, l);
	else
		reply(t, l);
	if (!arp_is_probe(a))
		place(t, l);
	if (e && memcmp(e->src, a->sha.p, 6) != 0)
		NOTE(t, ARP_OTHER_SENDER, { .name = "arp.src.hw_mac", .type = FIELD_MAC, .s = a->sha },
		    mac_field("osilab.arp.frame_mac", e->src));
	say(t, a);
}
