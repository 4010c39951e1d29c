/* A wire without I/O; see wire.h. */
#include "link/wire.h"

#include "base/clock.h"
#include "base/heap.h"
#include "wire/proto.h"

#include <stdlib.h>

enum { QUEUE = 65536 };

/* A frame inside the wire. */
struct flight {
	struct heap_node node;          /* first: found again from the heap */
	struct flight *next;            /* of those held */
	const struct link_rule *holder; /* the rule that holds it; NULL: it is in the heap */
	uint64_t left;                  /* LINK_REORDER: frames it still waits for */
	int from;
	size_t n;
	uint8_t bytes[];
};

/* One direction, by the end it comes from. */
struct way {
	uint64_t random[2]; /* for loss, for jitter */
	int64_t busy;       /* until when the line clocks out what came before */
	int64_t last;       /* when the last frame is due */
};

struct link_wire {
	struct link_options o;
	struct link_rule rules[LINK_RULES];
	struct way ways[2];
	struct heap due;
	struct flight *held;
	struct flight *out; /* what was given out last */
	uint64_t nheld;
	uint64_t frames;
	size_t bytes;
	struct link_counts counts;
};

/* splitmix64: the whole state is one number, so that every seed is a good one. */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct link_wire *link_wire_new(const struct link_options *o, struct err *e)
{
	struct link_wire *w = calloc(1, sizeof(*w));
	uint64_t seed = o->seed;

	if (!w) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	w->o = *o;
	w->o.queue = o->queue ? o->queue : QUEUE;
	heap_init(&w->due);
	for (int i = 0; i < 4; i++)
		w->ways[i / 2].random[i % 2] = draw(&seed);
	w->ways[0].last = w->ways[1].last = INT64_MIN;
	if (o->nrules > LINK_RULES) {
		err_set(e, ERR_USAGE, "a wire has at most %d rules", LINK_RULES);
		link_wire_free(w);
		return NULL;
	}
	for (unsigned i = 0; i < o->nrules; i++)
		if (link_rule_parse(&w->rules[i], o->rules[i], w->o.names, e)) {
			link_wire_free(w);
			return NULL;
		}
	return w;
}

void link_wire_free(struct link_wire *w)
{
	struct flight *f;

	if (!w)
		return;
	while ((f = (struct flight *)heap_top(&w->due))) {
		heap_del(&w->due, &f->node);
		free(f);
	}
	while ((f = w->held)) {
		w->held = f->next;
		free(f);
	}
	free(w->out);
	heap_fini(&w->due);
	free(w);
}

/* --- Coming in ---------------------------------------------------------------------------------------- */

static struct flight *flight_new(struct link_wire *w, int from, struct slice frame)
{
	struct flight *f;

	if (w->frames >= LINK_FRAMES || frame.n > LINK_BYTES - w->bytes)
		return NULL;
	f = calloc(1, sizeof(*f) + frame.n);
	if (!f)
		return NULL;
	f->from = from;
	f->n = frame.n;
	if (frame.n)
		memcpy(f->bytes, frame.p, frame.n);
	w->frames++;
	w->bytes += frame.n;
	return f;
}

static void flight_end(struct link_wire *w, struct flight *f)
{
	w->frames--;
	w->bytes -= f->n;
	free(f);
}

/* On its way, due then or right behind the one before it.  False: out of memory, it is gone. */
static bool depart(struct link_wire *w, struct flight *f, int64_t due)
{
	struct way *way = &w->ways[f->from];

	f->holder = NULL;
	way->last = due > way->last ? due : way->last + 1;
	if (heap_set(&w->due, &f->node, way->last) == 0)
		return true;
	w->counts.dropped[f->from]++;
	flight_end(w, f);
	return false;
}

static void hold(struct link_wire *w, struct flight *f, const struct link_rule *r)
{
	struct flight **at = &w->held;

	while (*at)
		at = &(*at)->next;
	f->holder = r;
	f->left = r->by;
	*at = f;
	w->nheld++;
}

/* Whether the held frame may go now that another of end `from` is on its way. */
static bool freed(struct flight *f, int from, const bool *until, const struct link_rule *rules)
{
	if (f->holder->action == LINK_HOLD)
		return until[f->holder - rules];
	return f->from == from && --f->left == 0;
}

/* Lets those go that waited for the frame just seen; they follow it. */
static void release(struct link_wire *w, int from, const bool *until, int64_t due)
{
	struct flight **at = &w->held, *f;

	while ((f = *at)) {
		if (!freed(f, from, until, w->rules)) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		w->nheld--;
		depart(w, f, due);
	}
}

/* Damages the copy: what the receiver makes of it is what the lab is about. */
static void corrupt(struct flight *f, const struct pkt *p, uint64_t byte)
{
	size_t at = f->n - 1;

	if (p->payload.n)
		at = (size_t)(p->payload.p - p->bytes.p) +
		     (size_t)(byte < p->payload.n ? byte : p->payload.n - 1);
	f->bytes[at] ^= 1;
}

static void zero_checksum(struct flight *f, const struct pkt *p)
{
	size_t at;

	if (!p->transport)
		return;
	at = p->transport->off + (p->transport->proto == PROTO_TCP ? 16u : 6u);
	f->bytes[at] = f->bytes[at + 1] = 0;
}

/* The rule that hits this packet.  Every rule looks at every packet, since each counts for itself; the first one
 * that hits is the one that acts.  until[i]: the packet is what rule i waits for. */
static const struct link_rule *judge(struct link_wire *w, const struct pkt *p, int from, bool *until)
{
	const struct link_rule *hit = NULL;

	for (unsigned i = 0; i < w->o.nrules; i++) {
		struct link_rule *r = &w->rules[i];

		until[i] = r->action == LINK_HOLD && link_match(&r->until, p, from);
		if (link_match(&r->what, p, from) && !hit)
			hit = r;
	}
	return hit;
}

/* When a frame that comes now reaches the far end; -1: the queue is full. */
static int64_t travel(struct link_wire *w, struct way *way, size_t n, int64_t now)
{
	int64_t jitter = w->o.jitter ? (int64_t)(draw(&way->random[1]) % (uint64_t)(w->o.jitter + 1)) : 0;

	if (w->o.rate) {
		double line = (double)w->o.rate / 8 / (double)CLOCK_SEC; /* bytes a nanosecond */

		if (way->busy < now)
			way->busy = now;
		if ((double)(way->busy - now) * line > (double)w->o.queue)
			return -1;
		way->busy += (int64_t)((double)n / line);
		now = way->busy;
	}
	return now + w->o.delay + jitter;
}

static void drop(struct link_wire *w, struct link_event *event, const char *why)
{
	w->counts.dropped[event->from]++;
	event->did = "dropped";
	event->why = why;
}

static void send_twice(struct link_wire *w, struct slice frame, int from, int64_t due)
{
	struct flight *f = flight_new(w, from, frame);

	if (f)
		depart(w, f, due);
}

/* Does what the rule says with a frame that is not lost.  Returns when it is due; -1: a rule holds it. */
static int64_t act(
    struct link_wire *w, const struct link_rule *r, struct flight *f, struct link_event *event, int64_t due)
{
	static const char *const did[] = { [LINK_DUPLICATE] = "doubled",
		[LINK_CORRUPT] = "corrupted",
		[LINK_ZERO_CHECKSUM] = "checksum zeroed",
		[LINK_REORDER] = "put behind others",
		[LINK_HOLD] = "held",
		[LINK_DELAY] = "delayed" };

	event->did = did[r->action];
	event->why = r->text;
	switch (r->action) {
	case LINK_CORRUPT: corrupt(f, &event->pkt, r->byte); break;
	case LINK_ZERO_CHECKSUM: zero_checksum(f, &event->pkt); break;
	case LINK_DELAY: return due + r->delay;
	case LINK_REORDER:
	case LINK_HOLD: hold(w, f, r); return -1;
	case LINK_DUPLICATE:
	case LINK_DROP: break;
	}
	return due;
}

void link_wire_push(struct link_wire *w, int from, struct slice frame, int64_t now, struct link_event *event)
{
	struct way *way = &w->ways[from];
	bool until[LINK_RULES], lost;
	const struct link_rule *r;
	struct flight *f;
	int64_t due;

	*event =
	    (struct link_event){ .number = ++w->counts.in[from], .from = from, .did = "passed", .why = "" };
	pkt_decode(&event->pkt, LINK_ETHERNET, frame, (uint32_t)frame.n);
	r = judge(w, &event->pkt, from, until);
	lost = w->o.loss && draw(&way->random[0]) % 1000000 < (uint64_t)w->o.loss;
	if (r && r->action == LINK_DROP) {
		drop(w, event, r->text);
	} else if (lost) {
		drop(w, event, "loss");
	} else if ((due = travel(w, way, frame.n, now)) < 0) {
		drop(w, event, "the queue is full");
	} else if (!frame.n || !(f = flight_new(w, from, frame))) {
		drop(w, event, frame.n ? "too much is on the way" : "an empty frame");
	} else if (!r || (due = act(w, r, f, event, due)) >= 0) {
		if (depart(w, f, due) && r && r->action == LINK_DUPLICATE)
			send_twice(w, frame, from, due);
		release(w, from, until, due);
		return;
	}
	/* Also one that is lost or held has been seen: what waits for it goes. */
	release(w, -1, until, now + w->o.delay);
}

/* --- Going out ---------------------------------------------------------------------------------------- */

int64_t link_wire_due(const struct link_wire *w)
{
	const struct heap_node *top = heap_top(&w->due);

	return top ? top->when : INT64_MAX;
}

bool link_wire_pop(struct link_wire *w, int64_t now, int *to, struct slice *frame)
{
	struct flight *f = (struct flight *)heap_top(&w->due);

	if (!f || f->node.when > now)
		return false;
	heap_del(&w->due, &f->node);
	free(w->out);
	w->out = f;
	w->frames--;
	w->bytes -= f->n;
	w->counts.out[f->from]++;
	w->counts.bytes[f->from] += f->n;
	*to = !f->from;
	*frame = slice_of(f->bytes, f->n);
	return true;
}

const struct link_counts *link_wire_counts(const struct link_wire *w)
{
	return &w->counts;
}

uint64_t link_wire_held(const struct link_wire *w)
{
	return w->nheld;
}
