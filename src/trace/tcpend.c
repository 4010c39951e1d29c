/* The end of the capture, as TCP has it: what still waited behind holes is read, and what was still open is
 * said.  See tcpstate.h. */
#include "trace/stream.h"
#include "trace/tcpstate.h"

/* Connections by what they still were at the end. */
struct ends {
	uint64_t open, closing, unanswered, one_way;
};

static bool is_open(uint8_t state)
{
	return state == TCP_STATE_ESTABLISHED || state == TCP_STATE_CLOSE_WAIT;
}

static void count(struct ends *n, const struct flow *f)
{
	const struct flow_end *c = &f->end[FLOW_CLIENT], *s = &f->end[FLOW_SERVER];

	if (f->proto != PROTO_TCP || f->reset_by >= 0 || f->closed_said)
		return;
	if (c->has_isn && !c->has_ack && !s->packets)
		n->unanswered++;
	else if (c->fin_sent && s->fin_sent)
		n->closing++;
	else if (is_open(c->state) || is_open(s->state))
		n->open++;
}

static void say(struct trace *t, enum note_id id, const char *name, uint64_t n)
{
	if (n)
		note_add(&t->tail, &t->tail_arena, id, (struct field[]){ F_UINT(name, n) }, 1);
}

/* What upper layers find in the bytes handed on now belongs to no packet: it goes to the notes for the end. */
static void read_on(struct trace *t, struct flow *f)
{
	t->frame.flow = f;
	stream_flush(t, f);
}

void tcpstate_end(struct trace *t)
{
	struct ends n = { 0 };

	t->frame.pkt.bytes = t->frame.pkt.payload = slice_of(NULL, 0);
	t->frame.notes = t->tail;
	for (struct flow *f = flow_oldest(&t->flows); f; f = f->newer) {
		count(&n, f);
		if (f->stream)
			read_on(t, f);
	}
	t->tail = t->frame.notes;
	t->frame.notes = (struct note_list){ 0 };
	t->stats.open_at_end = n.open + n.closing;
	t->stats.unanswered = n.unanswered;
	say(t, NOTE_TCP_OPEN_AT_END, "osilab.tcp.open", n.open);
	say(t, NOTE_TCP_CLOSING_AT_END, "osilab.tcp.closing", n.closing);
	say(t, NOTE_TCP_UNANSWERED, "osilab.tcp.unanswered", n.unanswered);
}
