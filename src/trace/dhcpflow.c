/* DHCP exchanges: discover, offer, request, acknowledge, and what comes after; see dhcpflow.h.  RFC 2131 3, 4.3.2
 * (which kind of request it is), 4.4.5 (renewing and rebinding). */
#include "trace/dhcpflow.h"

#include "trace/dhcplook.h"

#include <stdlib.h>

enum { WAYS = 4, SETS = 256 };

/* Exchanges in progress, in a table of fixed size: one has its place in a small set, where the oldest gives way. */
struct dhcp_deals {
	struct table hash; /* for its key alone */
	bool forgot;
	struct dhcp_deal v[SETS][WAYS];
};

#define ADD(l, ...) dhcp_add(l, (struct field)__VA_ARGS__)

void dhcp_deals_free(struct dhcp_deals *d)
{
	if (d)
		table_fini(&d->hash);
	free(d);
}

static uint64_t key_of(const struct dhcp_look *l)
{
	uint8_t key[20] = { 0 };
	const uint32_t xid = l->d.xid;

	memcpy(key, &xid, 4);
	if (l->d.chaddr.n)
		memcpy(key + 4, l->d.chaddr.p, l->d.chaddr.n);
	return table_hash(&l->t->dhcp->hash, key, sizeof(key));
}

static struct dhcp_deal *find(const struct dhcp_look *l)
{
	struct dhcp_deals *all = l->t->dhcp;
	uint64_t key;

	if (!all)
		return NULL;
	key = key_of(l);
	for (int i = 0; i < WAYS; i++)
		if (all->v[key % SETS][i].frame && all->v[key % SETS][i].key == key)
			return &all->v[key % SETS][i];
	return NULL;
}

/* A place for the exchange of the message in hand; NULL when out of memory. */
static struct dhcp_deal *make(struct dhcp_look *l)
{
	struct dhcp_deals *all = l->t->dhcp;
	struct dhcp_deal *place;
	uint64_t key;

	if (!all) {
		all = l->t->dhcp = calloc(1, sizeof(*all));
		if (!all)
			return NULL;
		table_init(&all->hash);
	}
	key = key_of(l);
	place = all->v[key % SETS];
	for (int i = 1; i < WAYS; i++)
		if (all->v[key % SETS][i].frame < place->frame)
			place = &all->v[key % SETS][i];
	all->forgot |= place->frame != 0;
	*place = (struct dhcp_deal){ .key = key };
	return place;
}

static bool is_zero(const uint8_t addr[4])
{
	static const uint8_t zero[4];

	return memcmp(addr, zero, 4) == 0;
}

/* "02:00:00:00:00:01", or the octets of another kind of address. */
static const char *client_words(struct dhcp_look *l)
{
	struct buf text = { 0 };
	const char *kept;

	note_value(&(struct field){ .type = l->d.htype == 1 && l->d.hlen == 6 ? FIELD_MAC : FIELD_BYTES,
	               .s = l->d.chaddr },
	    &text);
	kept = arena_printf(
	    &l->t->arena, "%s", text.n ? buf_cstr(&text) : "a client without a hardware address");
	buf_fini(&text);
	return kept;
}

/* --- Clients ------------------------------------------------------------------------------------------------ */

static bool sent_to_all(const struct trace *t)
{
	const struct layer *net = t->frame.pkt.net;

	return net && net->proto == PROTO_IP4 && net->ip4.dst[0] == 255;
}

/* Which of its four requests this is (RFC 2131 4.3.2, table 4). */
static enum note_id request_kind(const struct dhcp_look *l)
{
	uint8_t addr[4];

	if (!is_zero(l->d.ciaddr))
		return sent_to_all(l->t) ? NOTE_DHCP_REBIND : NOTE_DHCP_RENEW;
	return dhcp_addr(&l->d, DHCP_SERVER_ID, addr) ? NOTE_DHCP_REQUEST : NOTE_DHCP_REBOOT;
}

static enum note_id client_note(const struct dhcp_look *l)
{
	switch (l->type) {
	case DHCP_DISCOVER: return NOTE_DHCP_DISCOVER;
	case DHCP_REQUEST: return request_kind(l);
	case DHCP_DECLINE: return NOTE_DHCP_DECLINE;
	case DHCP_RELEASE: return NOTE_DHCP_RELEASE;
	case DHCP_INFORM: return NOTE_DHCP_INFORM;
	case 0: return NOTE_DHCP_BOOTP;
	default: return NOTE_DHCP_OTHER;
	}
}

/* The address a client's message is about, in words. */
static const char *wanted_words(struct dhcp_look *l)
{
	uint8_t addr[4];

	if (!is_zero(l->d.ciaddr))
		return dhcp_addr_words(l->t, l->d.ciaddr);
	if (dhcp_addr(&l->d, DHCP_REQUESTED, addr))
		return dhcp_addr_words(l->t, addr);
	return "any address";
}

static const char *server_words(struct dhcp_look *l)
{
	const struct layer *net = l->t->frame.pkt.net;
	uint8_t addr[4];

	if (dhcp_addr(&l->d, DHCP_SERVER_ID, addr))
		return dhcp_addr_words(l->t, addr);
	if (l->d.op == DHCP_BOOTREPLY && net && net->proto == PROTO_IP4)
		return dhcp_addr_words(l->t, net->ip4.src);
	return "no particular server";
}

/* The same message again, unless a relay passes it on. */
static bool note_again(struct dhcp_look *l, const struct dhcp_deal *d, enum note_id id)
{
	struct note *n;

	if (!d || d->asks != (uint32_t)id || memcmp(d->giaddr, l->d.giaddr, 4) != 0)
		return false;
	n = NOTE(l->t, DHCP_AGAIN, F_UINT("osilab.dhcp.packet", d->frame),
	    F_SPAN("osilab.dhcp.after", l->t->frame.ts - d->ts));
	n->ref = d->frame;
	return true;
}

static void on_client(struct dhcp_look *l)
{
	enum note_id id = client_note(l);
	struct dhcp_deal *d = find(l);
	const char *wishes = dhcp_wishes(l);
	uint8_t room[DHCP_VALUE_MAX];
	struct slice host = dhcp_option(&l->d, DHCP_HOSTNAME, room);
	const char *name = host.n ? trace_text(l->t, host, 64) : "no name given";

	ADD(l, F_STR("osilab.dhcp.client", client_words(l)));
	ADD(l, F_STR("osilab.dhcp.address", wanted_words(l)));
	ADD(l, F_STR("osilab.dhcp.server", server_words(l)));
	ADD(l, F_STR("osilab.dhcp.host", name));
	ADD(l, F_STR("osilab.dhcp.message", dhcp_type_name(l->type) ? dhcp_type_name(l->type) : "unknown"));
	trace_where(l->t, trace_note(l->t, id, l->v, l->n), l->t->frame.pkt.payload);
	note_again(l, d, id);
	if (wishes)
		NOTE(l->t, DHCP_WISHES, F_STR("osilab.dhcp.wishes", wishes));
	if (!d)
		d = make(l);
	if (!d)
		return;
	d->frame = l->t->frame.number;
	d->ts = l->t->frame.ts;
	d->asks = (uint32_t)id;
	memcpy(d->giaddr, l->d.giaddr, 4);
	d->answer = 0;
}

/* --- Servers ------------------------------------------------------------------------------------------------ */

/* An acknowledgement in the words of what it acknowledges. */
static enum note_id ack_kind(const struct dhcp_look *l, const struct dhcp_deal *d)
{
	switch (d ? d->asks : (uint32_t)NOTE_DHCP_REQUEST) {
	case NOTE_DHCP_DISCOVER: return NOTE_DHCP_ACK_RAPID;
	case NOTE_DHCP_RENEW:
	case NOTE_DHCP_REBIND: return NOTE_DHCP_ACK_MORE;
	case NOTE_DHCP_INFORM: return NOTE_DHCP_ACK_INFORM;
	default: return is_zero(l->d.yiaddr) ? NOTE_DHCP_ACK_INFORM : NOTE_DHCP_ACK;
	}
}

static enum note_id server_note(const struct dhcp_look *l, const struct dhcp_deal *d)
{
	switch (l->type) {
	case DHCP_OFFER: return NOTE_DHCP_OFFER;
	case DHCP_ACK: return ack_kind(l, d);
	case DHCP_NAK: return NOTE_DHCP_NAK;
	case DHCP_FORCERENEW: return NOTE_DHCP_FORCERENEW;
	case 0: return NOTE_DHCP_BOOTP;
	default: return NOTE_DHCP_OTHER;
	}
}

/* Lease, and when the client starts to ask for more: given, or half and seven eighths of it (RFC 2131 4.4.5). */
static void add_times(struct dhcp_look *l)
{
	uint32_t lease, renewal, rebinding;

	if (!dhcp_number(&l->d, DHCP_LEASE, 4, &lease)) {
		ADD(l, F_STR("osilab.dhcp.lease", "a time not told"));
		ADD(l, F_STR("osilab.dhcp.renewal", "a time not told"));
		ADD(l, F_STR("osilab.dhcp.rebinding", "a time not told"));
		return;
	}
	if (!dhcp_number(&l->d, DHCP_RENEWAL, 4, &renewal))
		renewal = lease == UINT32_MAX ? lease : lease / 2;
	if (!dhcp_number(&l->d, DHCP_REBINDING, 4, &rebinding))
		rebinding = lease == UINT32_MAX ? lease : (uint32_t)((uint64_t)lease * 7 / 8);
	ADD(l, F_STR("osilab.dhcp.lease", dhcp_span_words(l->t, lease)));
	ADD(l, F_STR("osilab.dhcp.renewal", dhcp_span_words(l->t, renewal)));
	ADD(l, F_STR("osilab.dhcp.rebinding", dhcp_span_words(l->t, rebinding)));
}

/* The same answer of the same server on the same stretch of the way. */
static bool is_repeated(const struct dhcp_look *l, const struct dhcp_deal *d, const uint8_t server[4])
{
	const struct layer *net = l->t->frame.pkt.net;

	return d->answer == l->type && memcmp(d->answerer, server, 4) == 0 && net &&
	       net->proto == PROTO_IP4 && memcmp(d->via, net->ip4.src, 4) == 0;
}

static void tie(struct dhcp_look *l, struct dhcp_deal *d, struct note *n)
{
	const struct layer *net = l->t->frame.pkt.net;
	uint8_t server[4] = { 0 };

	if (!d) {
		if (l->type != DHCP_FORCERENEW)
			NOTE(l->t, DHCP_UNASKED, F_HEX("dhcp.id", l->d.xid, 8),
			    F_STR("osilab.dhcp.why", l->t->dhcp && l->t->dhcp->forgot ? "its request was "
			                                                                "long ago, or not "
			                                                                "captured"
			                                                              : "no request with its "
			                                                                "number is in this "
			                                                                "capture"));
		return;
	}
	n->ref = d->frame;
	dhcp_addr(&l->d, DHCP_SERVER_ID, server);
	if (is_repeated(l, d, server))
		NOTE(l->t, DHCP_ANSWER_AGAIN, F_UINT("osilab.dhcp.packet", d->answered))->ref = d->answered;
	d->answered = l->t->frame.number;
	d->answer = l->type;
	memcpy(d->answerer, server, 4);
	if (net && net->proto == PROTO_IP4)
		memcpy(d->via, net->ip4.src, 4);
}

static void on_server(struct dhcp_look *l)
{
	struct dhcp_deal *d = find(l);
	enum note_id id = server_note(l, d);
	uint8_t room[DHCP_VALUE_MAX];
	struct slice why = dhcp_option(&l->d, DHCP_MESSAGE, room);
	const char *settings = dhcp_settings(l);

	ADD(l, F_STR("osilab.dhcp.client", client_words(l)));
	ADD(l, F_STR("osilab.dhcp.address", dhcp_addr_words(l->t, l->d.yiaddr)));
	ADD(l, F_STR("osilab.dhcp.server", server_words(l)));
	ADD(l, F_STR("osilab.dhcp.why", why.n ? trace_text(l->t, why, 100) : "no reason given"));
	ADD(l, F_STR("osilab.dhcp.message", dhcp_type_name(l->type) ? dhcp_type_name(l->type) : "unknown"));
	if (d)
		ADD(l, F_SPAN("osilab.dhcp.time", l->t->frame.ts - d->ts));
	add_times(l);
	tie(l, d, trace_note(l->t, id, l->v, l->n));
	if (settings && (l->type == DHCP_OFFER || l->type == DHCP_ACK))
		NOTE(l->t, DHCP_SETTINGS, F_STR("osilab.dhcp.settings", settings));
}

/* --- One message -------------------------------------------------------------------------------------------- */

static void set_info(struct dhcp_look *l)
{
	const char *name = l->type                       ? dhcp_type_name(l->type)
	                   : l->d.op == DHCP_BOOTREQUEST ? "BOOTP request"
	                                                 : "BOOTP reply";
	bool reply = l->d.op == DHCP_BOOTREPLY;
	const char *address = reply ? dhcp_addr_words(l->t, l->d.yiaddr) : wanted_words(l);

	if (!name)
		name = arena_printf(&l->t->arena, "message type %u", l->type);
	if (l->type == DHCP_NAK || strcmp(address, "any address") == 0 || strcmp(address, "0.0.0.0") == 0)
		trace_info(l->t, "DHCP", "%s %s xid 0x%08x", name, client_words(l), l->d.xid);
	else
		trace_info(l->t, "DHCP", "%s %s %s xid 0x%08x", name, client_words(l), address, l->d.xid);
}

/* Notes that any message can have. */
static void note_rest(struct dhcp_look *l, bool cut)
{
	struct dhcp_option o;
	struct dhcp_walk w;

	if (!is_zero(l->d.giaddr))
		NOTE(l->t, DHCP_RELAY,
		    { .name = "dhcp.ip.relay", .type = FIELD_IP4, .s = slice_of(l->d.giaddr, 4) },
		    F_UINT("dhcp.hops", l->d.hops));
	for (dhcp_walk_init(&w, &l->d); dhcp_walk_next(&w, &o);)
		;
	if (w.cut && !cut)
		NOTE0(l->t, DHCP_DAMAGED);
}

void dhcpflow_datagram(struct trace *t)
{
	struct dhcp_look l = { .t = t };
	bool cut = t->frame.pkt.payload.n < t->frame.pkt.payload_len;
	int used = dhcp_decode(t->frame.pkt.payload, &l.d);
	uint32_t type = 0;

	if (used <= 0) {
		if (!cut)
			NOTE0(t, DHCP_NOT_DHCP);
		return;
	}
	if (dhcp_number(&l.d, DHCP_TYPE, 1, &type))
		l.type = (uint8_t)type;
	t->stats.dhcp_messages++;
	dhcp_fields(&l);
	if (l.d.op == DHCP_BOOTREQUEST)
		on_client(&l);
	else
		on_server(&l);
	note_rest(&l, cut);
	set_info(&l);
}
