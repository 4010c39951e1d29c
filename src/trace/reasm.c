/* Putting a TCP stream back in order; see reasm.h.  RFC 9293 3.10.7.4. */
#include "trace/reasm.h"

#include <stdlib.h>

struct reasm_segment {
	struct reasm_segment *next;
	uint32_t seq;
	uint32_t n;
	bool taken; /* handed on by the last reasm_pop: freed by the next call */
	uint8_t bytes[];
};

static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static void free_first(struct reasm *r)
{
	struct reasm_segment *s = r->waiting;

	r->waiting = s->next;
	if (!r->waiting)
		r->last = NULL;
	r->count--;
	r->held -= sizeof(*s) + s->n;
	free(s);
}

static void free_taken(struct reasm *r)
{
	if (r->waiting && r->waiting->taken)
		free_first(r);
}

void reasm_fini(struct reasm *r)
{
	while (r->waiting)
		free_first(r);
	*r = (struct reasm){ 0 };
}

void reasm_start(struct reasm *r, uint32_t seq)
{
	if (!r->started) {
		r->started = true;
		r->next = seq;
	}
}

/* --- Samples --------------------------------------------------------------------------------------------- */

static void take_sample(struct reasm *r, uint32_t seq, struct slice bytes)
{
	struct reasm_sample *s = &r->sample[r->next_sample++ % REASM_SAMPLES];

	s->seq = seq;
	if (bytes.n >= REASM_SAMPLE) {
		s->n = REASM_SAMPLE;
		memcpy(s->bytes, bytes.p, REASM_SAMPLE); /* of known size: a move or two */
	} else {
		s->n = (uint8_t)bytes.n;
		memcpy(s->bytes, bytes.p, bytes.n);
	}
}

/* What is handed on: its beginning, and its end when that is another part. */
static void sample(struct reasm *r, uint32_t seq, struct slice bytes)
{
	size_t n = bytes.n;

	if (!n)
		return;
	take_sample(r, seq, bytes);
	if (n > REASM_SAMPLE)
		take_sample(r, seq + (uint32_t)(n - REASM_SAMPLE), slice_skip(bytes, n - REASM_SAMPLE));
}

/* Have two runs of bytes a part of the stream in common, and not the same there? */
static bool contradict(uint32_t a_seq, struct slice a, uint32_t b_seq, struct slice b)
{
	if (before(b_seq, a_seq)) {
		b = slice_skip(b, a_seq - b_seq < b.n ? a_seq - b_seq : b.n);
	} else {
		a = slice_skip(a, b_seq - a_seq < a.n ? b_seq - a_seq : a.n);
	}
	a.n = a.n < b.n ? a.n : b.n;
	return a.n && memcmp(a.p, b.p, a.n) != 0;
}

/* Was something else in the place of what comes again? */
static bool differs_from_samples(const struct reasm *r, uint32_t seq, struct slice bytes)
{
	for (unsigned i = 0; i < REASM_SAMPLES; i++)
		if (contradict(seq, bytes, r->sample[i].seq, slice_of(r->sample[i].bytes, r->sample[i].n)))
			return true;
	return false;
}

/* --- In and out ---------------------------------------------------------------------------------------- */

/* Copies bytes into the list; parts that wait already keep the copy that came first. */
static void keep(struct reasm *r, uint32_t seq, struct slice bytes, size_t *dropped)
{
	struct reasm_segment **at = &r->waiting, *s;

	/* A burst behind a hole comes in order: no walk over all that waits already. */
	if (r->last && !before(seq, r->last->seq + r->last->n))
		at = &r->last->next;
	while (bytes.n) {
		size_t n = bytes.n;

		while (*at && !before(seq, (*at)->seq + (*at)->n))
			at = &(*at)->next;
		if (*at && !before(seq, (*at)->seq)) { /* the start is there already */
			size_t have = (*at)->seq + (*at)->n - seq;

			r->differs |= contradict(seq, bytes, (*at)->seq, slice_of((*at)->bytes, (*at)->n));
			seq += (uint32_t)(have < n ? have : n);
			bytes = slice_skip(bytes, have);
			continue;
		}
		if (*at && before((*at)->seq, seq + (uint32_t)n))
			n = (*at)->seq - seq;
		s = malloc(sizeof(*s) + n);
		if (!s) {
			*dropped += bytes.n;
			return;
		}
		*s = (struct reasm_segment){ .next = *at, .seq = seq, .n = (uint32_t)n };
		memcpy(s->bytes, bytes.p, n);
		*at = s;
		if (!s->next)
			r->last = s;
		r->count++;
		r->held += sizeof(*s) + n;
		seq += (uint32_t)n;
		bytes = slice_skip(bytes, n);
	}
}

struct slice reasm_push(struct reasm *r, uint32_t seq, struct slice bytes, size_t *dropped)
{
	free_taken(r);
	reasm_start(r, seq);
	r->differs = false;
	if (before(seq, r->next)) {
		uint32_t old = r->next - seq;

		r->differs = differs_from_samples(r, seq, bytes);
		if (old >= bytes.n)
			return slice_of(bytes.p, 0);
		bytes = slice_skip(bytes, old);
		seq = r->next;
	} else if (bytes.n > INT32_MAX - (seq - r->next)) {
		return slice_of(
		    bytes.p, 0); /* no window reaches that far (RFC 7323 2.3), nor do comparisons */
	}
	if (seq != r->next) {
		keep(r, seq, bytes, dropped);
		return slice_of(bytes.p, 0);
	}
	if (r->waiting && before(r->waiting->seq, seq + (uint32_t)bytes.n)) {
		/* Hand on up to what waits; what lies behind that and is new waits too. */
		uint32_t n = r->waiting->seq - seq;

		keep(r, seq + n, slice_skip(bytes, n), dropped);
		bytes.n = n;
	}
	sample(r, seq, bytes);
	r->next += (uint32_t)bytes.n;
	return bytes;
}

struct slice reasm_pop(struct reasm *r)
{
	struct reasm_segment *s;

	free_taken(r);
	while ((s = r->waiting) && !before(r->next, s->seq + s->n))
		free_first(r);
	if (!s || before(r->next, s->seq))
		return slice_of(NULL, 0);
	s->taken = true;
	{
		uint32_t old = r->next - s->seq;

		sample(r, r->next, slice_of(s->bytes + old, s->n - old));
		r->next = s->seq + s->n;
		return slice_of(s->bytes + old, s->n - old);
	}
}

uint32_t reasm_hole(const struct reasm *r)
{
	const struct reasm_segment *s = r->waiting;

	if (s && s->taken)
		s = s->next;
	return s && before(r->next, s->seq) ? s->seq - r->next : 0;
}

uint32_t reasm_waiting_seq(const struct reasm *r)
{
	return r->next + reasm_hole(r);
}

void reasm_skip(struct reasm *r)
{
	r->next += reasm_hole(r);
}

uint32_t reasm_pass(struct reasm *r, uint32_t n)
{
	uint32_t hole = reasm_hole(r);

	if (hole && hole < n)
		n = hole;
	r->next += n;
	return n;
}
