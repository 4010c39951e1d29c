/* Looking for texts in clear; see search.h. */
#include "trace/search.h"

#include "trace/redact.h"

/* The row of a server port; when there are more ports than rows, the last one stands for all others, as
 * port 0. */
static struct find_port *port_row(struct trace *t, uint16_t port)
{
	for (unsigned i = 0; i < t->nfind_ports; i++)
		if (t->find[i].port == port)
			return &t->find[i];
	if (t->nfind_ports == TRACE_FIND_PORTS)
		return &t->find[TRACE_FIND_PORTS - 1];
	t->find[t->nfind_ports].port = t->nfind_ports == TRACE_FIND_PORTS - 1 ? 0 : port;
	return &t->find[t->nfind_ports++];
}

void search_frame(struct trace *t)
{
	struct slice payload = t->frame.pkt.payload;
	struct find_port *row;

	if (!t->config.nfind || !payload.n || !t->frame.flow)
		return;
	row = port_row(t, t->frame.flow->end[FLOW_SERVER].port);
	row->packets++;
	for (unsigned i = 0; i < t->config.nfind; i++) {
		struct slice text = slice_str(t->config.find[i]);
		ssize_t at = slice_find(payload, text);

		if (at < 0)
			continue;
		if (row->hit[i].packets++ == 0)
			row->hit[i].first = t->frame.number;
		redact_value(t, REDACT_FOUND, slice_sub(payload, (size_t)at, text.n));
		trace_where(t, NOTE(t, FIND_HIT, F_TEXT("osilab.find.text", text)),
		    slice_sub(payload, (size_t)at, text.n));
	}
}

void search_summary(struct trace *t)
{
	for (unsigned i = 0; i < t->config.nfind; i++) {
		for (unsigned p = 0; p < t->nfind_ports; p++) {
			const struct find_port *row = &t->find[p];
			bool seen = row->hit[i].packets > 0;
			const struct field port = F_UINT("osilab.find.port", row->port);
			const struct field others = F_STR("osilab.find.port", "(any other)");
			const struct field fields[] = {
				F_STR("osilab.find.text", redact_name(t, REDACT_FOUND, t->config.find[i])),
				row->port ? port : others,
				F_UINT("osilab.find.packets", seen ? row->hit[i].packets : row->packets),
				F_UINT("osilab.ref", row->hit[i].first),
			};

			note_add(
			    &t->tail, &t->tail_arena, seen ? NOTE_FIND_SEEN : NOTE_FIND_NOT_SEEN, fields, 4);
		}
	}
}
