/* The fields of a frame that belong to no single layer; see frame.h. */
#include "trace/frame.h"

#include "trace/hosts.h"

#include <string.h>

static void add_uint(struct fields *out, const char *name, const char *label, uint64_t v)
{
	fields_add(out, (struct field){ .name = name, .label = label, .type = FIELD_UINT, .u = v });
}

static void add_text(struct fields *out, const char *name, const char *label, const char *text)
{
	fields_add(
	    out, (struct field){ .name = name, .label = label, .type = FIELD_TEXT, .s = slice_str(text) });
}

/* "eth:ip:tcp", with the upper protocol behind when there is one. */
static struct slice protocols(const struct frame *f, struct arena *scratch)
{
	char text[256];
	size_t n = 0;

	for (unsigned i = 0; i < f->pkt.n; i++) {
		const char *name = proto_row((enum proto_id)f->pkt.layers[i].proto)->name;
		size_t len = strlen(name);

		if (n + len + 1 > sizeof(text))
			break;
		if (i)
			text[n++] = ':';
		memcpy(text + n, name, len);
		n += len;
	}
	return arena_dup(scratch, slice_of(text, n));
}

static void tcp_fields(const struct frame *f, struct fields *out)
{
	add_uint(out, "tcp.stream", "TCP connection", f->flow->number);
	add_uint(out, "tcp.seq", "Sequence number, relative", f->rel_seq);
	if (f->pkt.transport->tcp.flags & TCP_ACK)
		add_uint(out, "tcp.ack", "Acknowledgement, relative", f->rel_ack);
	add_uint(out, "tcp.len", "Payload bytes", f->pkt.payload_len);
	add_uint(out, "tcp.window_size", "Window in bytes, scaled", f->window);
	if (f->ack_rtt)
		fields_add(out, (struct field){ .name = "tcp.analysis.ack_rtt",
		                    .label = "Acknowledged after",
		                    .type = FIELD_SPAN,
		                    .u = (uint64_t)f->ack_rtt });
	add_text(out, "osilab.tcp.client_state", "Client is now",
	    tcp_state_name((enum tcp_state)f->state[FLOW_CLIENT]));
	add_text(out, "osilab.tcp.server_state", "Server is now",
	    tcp_state_name((enum tcp_state)f->state[FLOW_SERVER]));
}

/* By which names its addresses go, under tshark's names. */
static void host_fields(const struct frame *f, struct fields *out)
{
	static const char *const names[2][2] = { { "ip.src_host", "ipv6.src_host" }, { "ip.dst_host", "ipv6."
		                                                                                      "dst_"
		                                                                                      "hos"
		                                                                                      "t" } };

	for (unsigned to = 0; to < 2; to++) {
		struct pkt_addr addr = to ? pkt_destination(&f->pkt) : pkt_source(&f->pkt);
		const char *name = hosts_name(f->hosts, &addr);

		if (name)
			add_text(out, names[to][addr.family == 6],
			    to ? "Name of the receiver" : "Name of the sender", name);
	}
}

static void sight_fields(const struct frame *f, struct fields *out)
{
	static const char *const names[] = { "", "both", "lost", "unseen" };

	add_text(out, "osilab.vantage.sight", "Of two captures", names[f->sight & 3]);
	add_uint(out, "osilab.vantage.first", "Seen first at place", f->place + 1u);
	if (f->sight == SIGHT_BOTH)
		fields_add(out, (struct field){ .name = "osilab.vantage.delay",
		                    .label = "Seen at the other after",
		                    .type = FIELD_SPAN,
		                    .u = (uint64_t)(f->other_ts - f->ts) });
}

void frame_fields(const struct frame *f, struct arena *scratch, struct fields *out)
{
	add_uint(out, "frame.number", "Packet", f->number);
	fields_add(out, (struct field){ .name = "frame.time_epoch",
	                    .label = "Captured at",
	                    .type = FIELD_TIME,
	                    .u = (uint64_t)f->ts });
	fields_add(out, (struct field){ .name = "frame.time_relative",
	                    .label = "Since the first packet",
	                    .type = FIELD_SPAN,
	                    .u = (uint64_t)f->since_start });
	if (f->sight != SIGHT_ONE)
		sight_fields(f, out);
	add_uint(out, "frame.len", "Bytes on the wire", f->pkt.wire_len);
	add_uint(out, "frame.cap_len", "Bytes captured", f->pkt.bytes.n);
	fields_add(out, (struct field){ .name = "frame.protocols",
	                    .label = "Protocols",
	                    .type = FIELD_TEXT,
	                    .s = protocols(f, scratch) });
	if (f->interface_name)
		add_text(out, "frame.interface_name", "Captured on", f->interface_name);
	if (f->named)
		host_fields(f, out);
	if (!f->flow)
		return;
	if (f->flow->proto == PROTO_TCP)
		tcp_fields(f, out);
	else
		add_uint(out, "udp.stream", "UDP conversation", f->flow->number);
	add_text(out, "osilab.direction", "Sent by", f->side == FLOW_CLIENT ? "client" : "server");
}

/* --- Copies ----------------------------------------------------------------------------------------------- */

/* Text that may be empty; -1 when the arena is full. */
static int copy_slice(struct slice *s, struct arena *a)
{
	bool any = s->n;

	if (any)
		*s = arena_dup(a, *s);
	return any && !s->p ? -1 : 0;
}

static int copy_text(const char **text, struct arena *a)
{
	*text = (const char *)arena_dup(a, slice_str(*text)).p;
	return *text ? 0 : -1;
}

static struct note *copy_note(const struct note *n, struct arena *a)
{
	struct note *copy = arena_raw(a, sizeof(*n) + n->nfields * sizeof(*n->fields));
	struct field *fields = (struct field *)(copy + 1);

	if (!copy)
		return NULL;
	*copy = *n;
	copy->fields = fields;
	for (unsigned i = 0; i < n->nfields; i++) {
		fields[i] = n->fields[i];
		if (copy_slice(&fields[i].s, a) < 0)
			return NULL;
	}
	return copy;
}

static int copy_notes(struct note_list *notes, struct arena *a)
{
	const struct note *from = notes->first;

	*notes = (struct note_list){ .n = notes->n };
	for (; from; from = from->next) {
		struct note *copy = copy_note(from, a);

		if (!copy)
			return -1;
		copy->next = NULL;
		if (notes->last)
			notes->last->next = copy;
		else
			notes->first = copy;
		notes->last = copy;
	}
	return 0;
}

int frame_copy(struct frame *to, struct flow *flow, const struct frame *f, struct arena *a)
{
	if (f->pkt.altered || f->hosts || !f->pkt.bytes.n) /* hosts become more as reading goes on */
		return -1;
	to->hosts = NULL;
	to->named = false;
	to->number = f->number;
	to->ts = f->ts;
	to->since_start = f->since_start;
	to->interface = f->interface;
	to->interface_name = f->interface_name; /* the source keeps it */
	to->pkt.bytes = f->pkt.bytes;
	to->pkt.wire_len = f->pkt.wire_len;
	to->pkt.link_type = f->pkt.link_type;
	to->flow = f->flow ? flow : NULL;
	to->side = f->side;
	memcpy(to->state, f->state, sizeof(to->state));
	to->rel_seq = f->rel_seq;
	to->rel_ack = f->rel_ack;
	to->window = f->window;
	to->ack_rtt = f->ack_rtt;
	to->proto = f->proto;
	to->info = f->info;
	to->notes = f->notes;
	to->two_places = f->two_places;
	to->sight = f->sight;
	to->place = f->place;
	to->other_ts = f->other_ts;
	to->comment = f->comment;
	if (f->flow)
		*flow = *f->flow;
	if (copy_slice(&to->pkt.bytes, a) < 0 || copy_slice(&to->comment, a) < 0 ||
	    copy_text(&to->proto, a) < 0 || copy_text(&to->info, a) < 0)
		return -1;
	return copy_notes(&to->notes, a);
}

void frame_decode(struct frame *f)
{
	pkt_decode(&f->pkt, f->pkt.link_type, f->pkt.bytes, f->pkt.wire_len);
}
