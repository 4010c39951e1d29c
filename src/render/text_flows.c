/* The flows of a quiet run, as a table. */
#include <stdlib.h>

#include "render/put.h"
#include "render/text.h"
#include "trace/hosts.h"

enum column {
	FLOW,
	CLIENT,
	SERVER,
	PROTOCOL,
	PACKETS_TO, /* from client to server */
	PACKETS_BACK,
	BYTES_TO,
	BYTES_BACK,
	DURATION,
	RTT_CLIENT, /* from here to it and back, smoothed */
	RTT_SERVER,
	STATES,
	COLUMNS,
};

/* --- What is remembered while packets pass ------------------------------------------------------------------- */

static struct text_flow *flow_new(struct text_sink *s, const struct frame *frame, uint32_t *place)
{
	const struct flow *f = frame->flow;
	struct text_flow *more, *t;

	if (s->nflows == s->flows_cap) {
		size_t cap = s->flows_cap ? s->flows_cap * 2 : 64;

		more = realloc(s->flows, cap * sizeof(*more));
		if (!more)
			return NULL;
		s->flows = more;
		s->flows_cap = cap;
	}
	t = &s->flows[s->nflows++];
	*t = (struct text_flow){ .number = f->number, .proto = f->proto };
	for (int side = 0; side < 2; side++) {
		t->addr[side] = f->end[side].addr;
		t->port[side] = f->end[side].port;
		t->name[side] = frame->named ? hosts_name(frame->hosts, &t->addr[side]) : NULL;
	}
	*place = (uint32_t)s->nflows;
	return t;
}

static struct slice text_of(const struct note *n, const char *name)
{
	const struct field *f = note_field(n, name);

	return f && f->type == FIELD_TEXT ? f->s : SLICE("");
}

/* An ICMP error: one note says what it means, the next which flow it is about. */
static void take_error(struct text_sink *s, const struct frame *f)
{
	struct slice what = SLICE(""), proto = SLICE("");

	for (const struct note *n = f->notes.first; n; n = n->next) {
		uint32_t place;

		if (note_field(n, "osilab.icmp.what")) {
			what = text_of(n, "osilab.icmp.what");
			proto = text_of(n, "osilab.icmp.proto");
		}
		if (n->id != NOTE_ICMP_ABOUT_FLOW || n->flow >= TEXT_FLOWS)
			continue;
		place = s->flow_at[slice_eq_str(proto, "UDP")][n->flow];
		if (place)
			slice_cstr(what, s->flows[place - 1].error, sizeof(s->flows[place - 1].error));
	}
}

void text_flow_seen(struct text_sink *s, const struct frame *f)
{
	struct text_flow *t;
	uint32_t *place;

	if (!f->flow) {
		take_error(s, f);
		return;
	}
	if (f->flow->number >= TEXT_FLOWS) {
		s->flows_more += f->flow->packets <= 1;
		return;
	}
	place = &s->flow_at[f->flow->proto == PROTO_UDP][f->flow->number];
	t = *place ? &s->flows[*place - 1] : flow_new(s, f, place);
	if (!t)
		return;
	if (t->packets[0] + t->packets[1] == 0)
		t->first_ts = f->ts;
	t->last_ts = f->ts;
	t->packets[f->side]++;
	t->bytes[f->side] += f->pkt.payload_len;
	memcpy(t->state, f->state, 2);
	if (f->ack_rtt)
		t->rtt[f->side] = f->flow->end[f->side].rtt;
	if (f->proto && frame_osi(f) > 4)
		slice_cstr(slice_str(f->proto), t->upper, sizeof(t->upper));
}

/* --- The table ---------------------------------------------------------------------------------------------------- */

static bool to_the_right(enum column c)
{
	return c >= PACKETS_TO && c <= RTT_SERVER;
}

static void put_rtt(struct buf *b, const struct flow_rtt *rtt, enum note_lang lang)
{
	if (rtt->n)
		note_span(rtt->smoothed, lang, b);
	else
		buf_puts(b, "–");
}

static void put_end(struct buf *b, const struct text_flow *t, enum flow_side side)
{
	struct endpoint p = { t->addr[side], { 0 }, t->port[side], true, t->name[side] };

	put_endpoint(b, &p);
}

/* Appends what stands in a cell. */
static void put_cell(struct buf *b, const struct text_flow *t, enum column c, enum note_lang lang)
{
	switch (c) {
	case FLOW: buf_printf(b, "%s %u", t->proto == PROTO_UDP ? "UDP" : "TCP", t->number); break;
	case CLIENT: put_end(b, t, FLOW_CLIENT); break;
	case SERVER: put_end(b, t, FLOW_SERVER); break;
	case PROTOCOL: buf_puts(b, t->upper[0] ? t->upper : "–"); break;
	case PACKETS_TO: put_u64(b, t->packets[FLOW_CLIENT], 0, ' '); break;
	case PACKETS_BACK: put_u64(b, t->packets[FLOW_SERVER], 0, ' '); break;
	case BYTES_TO: put_u64(b, t->bytes[FLOW_CLIENT], 0, ' '); break;
	case BYTES_BACK: put_u64(b, t->bytes[FLOW_SERVER], 0, ' '); break;
	case DURATION: note_span(t->last_ts - t->first_ts, lang, b); break;
	case RTT_CLIENT: put_rtt(b, &t->rtt[FLOW_CLIENT], lang); break;
	case RTT_SERVER: put_rtt(b, &t->rtt[FLOW_SERVER], lang); break;
	case STATES:
		if (t->proto == PROTO_TCP)
			buf_printf(b, "%s · %s", tcp_state_name((enum tcp_state)t->state[FLOW_CLIENT]),
			    tcp_state_name((enum tcp_state)t->state[FLOW_SERVER]));
		if (t->error[0])
			buf_printf(b, "%sICMP: %s", t->proto == PROTO_TCP ? " · " : "", t->error);
		break;
	case COLUMNS: break;
	}
}

static const char *heading(enum column c, enum note_lang lang)
{
	static const char *const rows[COLUMNS][2] = {
		[FLOW] = { "flow", "흐름" },
		[CLIENT] = { "client", "클라이언트" },
		[SERVER] = { "server", "서버" },
		[PROTOCOL] = { "protocol", "프로토콜" },
		[PACKETS_TO] = { "packets →", "패킷 →" },
		[PACKETS_BACK] = { "←", "←" },
		[BYTES_TO] = { "bytes →", "바이트 →" },
		[BYTES_BACK] = { "←", "←" },
		[DURATION] = { "lasted", "기간" },
		[RTT_CLIENT] = { "RTT client", "RTT 클라이언트" },
		[RTT_SERVER] = { "server", "서버" },
		[STATES] = { "states", "상태" },
	};

	return rows[c][lang];
}

/* The text in s->words as a cell of that width. */
static void put_padded(struct text_sink *s, enum column c, size_t width)
{
	struct buf *b = &s->out.buf;
	size_t columns = text_columns(buf_view(&s->words)), gap = columns < width ? width - columns : 0;

	if (to_the_right(c))
		put_fill(b, ' ', gap);
	if (c == FLOW || c == STATES)
		text_osi_color(s, 4);
	else if (c == PROTOCOL)
		text_osi_color(s, 7);
	buf_slice(b, buf_view(&s->words));
	if (c == FLOW || c == STATES || c == PROTOCOL)
		text_plain(s);
	put_fill(b, ' ', to_the_right(c) || c == STATES ? 0 : gap);
	if (c != STATES)
		buf_puts(b, "  ");
}

static void fill_cell(struct text_sink *s, const struct text_flow *t, enum column c)
{
	buf_clear(&s->words);
	if (t)
		put_cell(&s->words, t, c, s->o.lang);
	else
		buf_puts(&s->words, heading(c, s->o.lang));
}

/* One line; without a flow the headings. */
static void put_line(struct text_sink *s, const struct text_flow *t, const size_t *widths)
{
	for (enum column c = FLOW; c < COLUMNS; c++) {
		fill_cell(s, t, c);
		put_padded(s, c, widths[c]);
	}
	buf_putc(&s->out.buf, '\n');
}

static void widen(struct text_sink *s, const struct text_flow *t, size_t *widths)
{
	for (enum column c = FLOW; c < COLUMNS; c++) {
		size_t columns;

		fill_cell(s, t, c);
		columns = text_columns(buf_view(&s->words));
		if (columns > widths[c])
			widths[c] = columns;
	}
}

void text_flow_list(struct text_sink *s)
{
	size_t widths[COLUMNS] = { 0 };

	if (s->nflows) {
		widen(s, NULL, widths);
		for (size_t i = 0; i < s->nflows; i++)
			widen(s, &s->flows[i], widths);
		put_line(s, NULL, widths);
	}
	for (size_t i = 0; i < s->nflows; i++)
		put_line(s, &s->flows[i], widths);
	if (s->flows_more)
		buf_printf(&s->out.buf,
		    s->o.lang == NOTE_KO ? "그 밖의 흐름 %llu개\n" : "and %llu more flows\n",
		    (unsigned long long)s->flows_more);
}
