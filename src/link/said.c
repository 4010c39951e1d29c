/* What a wire did, in words; see said.h. */
#include "link/said.h"

#include "base/clock.h"
#include "wire/proto.h"

#include <arpa/inet.h>

static void say_end(struct buf *out, struct pkt_addr a, int port)
{
	char text[INET6_ADDRSTRLEN] = "?";

	if (a.family)
		inet_ntop(a.family == 4 ? AF_INET : AF_INET6, a.b, text, sizeof(text));
	buf_puts(out, text);
	if (port >= 0)
		buf_printf(out, a.family == 6 ? ".%d" : ":%d", port);
}

static void say_ends(struct buf *out, const struct pkt *p, int src, int dst)
{
	buf_putc(out, ' ');
	say_end(out, pkt_source(p), src);
	buf_puts(out, " > ");
	say_end(out, pkt_destination(p), dst);
}

static void say_packet(struct buf *out, const struct pkt *p)
{
	const struct layer *l = p->transport;
	char flags[TCP_FLAGS_TEXT];

	if (l && l->proto == PROTO_TCP) {
		buf_puts(out, "TCP");
		say_ends(out, p, l->tcp.src, l->tcp.dst);
		buf_printf(out, " %s seq %u ack %u len %u",
		    tcp_flags_text(l->tcp.flags, flags, sizeof(flags)), l->tcp.seq, l->tcp.ack,
		    p->payload_len);
	} else if (l) {
		buf_puts(out, "UDP");
		say_ends(out, p, l->udp.src, l->udp.dst);
		buf_printf(out, " len %u", p->payload_len);
	} else if (p->n) {
		buf_puts(out, proto_row((enum proto_id)p->layers[p->n - 1].proto)->title);
		if (p->net)
			say_ends(out, p, -1, -1);
	}
}

void link_said(struct buf *out, const struct link_event *event, const char *const names[2], int64_t at)
{
	buf_printf(out, "%.6f s  %s #%llu %s", (double)at / (double)CLOCK_SEC, names[event->from],
	    (unsigned long long)event->number, event->did);
	if (event->why[0])
		buf_printf(out, " (%s)", event->why);
	buf_puts(out, ": ");
	say_packet(out, &event->pkt);
	buf_putc(out, '\n');
}

void link_said_counts(struct buf *out, const struct link_wire *w, const char *const names[2])
{
	const struct link_counts *c = link_wire_counts(w);

	for (int i = 0; i < 2; i++)
		buf_printf(out, "%s: %llu frames came, %llu went on, %llu dropped\n", names[i],
		    (unsigned long long)c->in[i], (unsigned long long)c->out[i],
		    (unsigned long long)c->dropped[i]);
	if (link_wire_held(w))
		buf_printf(out, "%llu frames are held still\n", (unsigned long long)link_wire_held(w));
}
