/* Putting IP datagrams together; see defrag.h.  The pieces of a datagram lie in a list by offset, each in
 * memory of its own size, so that what is held is what was sent, whatever the offsets claim. */
#include "trace/defrag.h"

#include "base/clock.h"

#include <stdlib.h>

struct defrag_piece {
	struct defrag_piece *next, *before;
	uint32_t off, n;
	uint64_t packet;
	uint64_t print; /* of the bytes, once these are gone */
	uint8_t bytes[];
};

void defrag_init(struct defrag *d, size_t max)
{
	*d = (struct defrag){ .max = max, .next_expiry = INT64_MAX };
	table_init(&d->table);
}

static size_t piece_size(const struct defrag_datagram *g, const struct defrag_piece *p)
{
	return sizeof(*p) + (g->state == DEFRAG_STATE_OPEN ? p->n : 0);
}

static void free_pieces(struct defrag *d, struct defrag_datagram *g)
{
	struct defrag_piece *p = g->first, *next;

	for (; p; p = next) {
		next = p->next;
		d->held -= piece_size(g, p);
		free(p);
	}
	g->first = g->last = NULL;
}

/* Takes g out of the table and the list. */
static void take_out(struct defrag *d, struct defrag_datagram *g)
{
	table_del(&d->table, g->hash, g);
	*(g->newer ? &g->newer->older : &d->newest) = g->older;
	*(g->older ? &g->older->newer : &d->oldest) = g->newer;
	d->n--;
}

void defrag_free(struct defrag *d, struct defrag_datagram *g)
{
	free_pieces(d, g);
	d->held -= sizeof(*g);
	free(g);
}

void defrag_fini(struct defrag *d)
{
	while (d->oldest) {
		struct defrag_datagram *g = d->oldest;

		take_out(d, g);
		defrag_free(d, g);
	}
	table_fini(&d->table);
	free(d->whole);
}

struct defrag_datagram *defrag_expire(struct defrag *d, int64_t now)
{
	struct defrag_datagram *g = d->oldest, *newer;

	if (now < d->next_expiry)
		return NULL;
	d->next_expiry = INT64_MAX;
	for (; g; g = newer) {
		newer = g->newer;
		if (g->expiry > now) {
			d->next_expiry = g->expiry < d->next_expiry ? g->expiry : d->next_expiry;
			continue;
		}
		take_out(d, g);
		if (g->state == DEFRAG_STATE_OPEN) {
			d->next_expiry = now; /* there may be more */
			return g;
		}
		defrag_free(d, g);
	}
	return NULL;
}

/* --- Room --------------------------------------------------------------------------------------------------- */

/* The oldest datagram but `keep` gives way.  False when there is none. */
static bool give_up_one(struct defrag *d, const struct defrag_datagram *keep)
{
	struct defrag_datagram *g = d->oldest;

	if (g && g == keep)
		g = g->newer;
	if (!g)
		return false;
	d->dropped += g->state == DEFRAG_STATE_OPEN;
	take_out(d, g);
	defrag_free(d, g);
	return true;
}

static bool make_room(struct defrag *d, const struct defrag_datagram *keep, size_t bytes)
{
	while (d->held + bytes > d->max)
		if (!give_up_one(d, keep))
			return false;
	return true;
}

static struct defrag_datagram *new_datagram(struct defrag *d, const struct defrag_fragment *f, uint64_t hash)
{
	int64_t wait = (f->key.src.family == 4 ? DEFRAG_SECONDS_4 : DEFRAG_SECONDS_6) * CLOCK_SEC;
	struct defrag_datagram *g;

	if (d->n == DEFRAG_DATAGRAMS)
		give_up_one(d, NULL);
	if (!make_room(d, NULL, sizeof(*g)) || !(g = calloc(1, sizeof(*g))))
		return NULL;
	if (table_put(&d->table, hash, g) < 0) {
		free(g);
		return NULL;
	}
	memcpy(&g->key, &f->key, sizeof(g->key)); /* padding too */
	g->hash = hash;
	g->total = UINT32_MAX;
	g->since = f->packet;
	g->expiry = f->ts > INT64_MAX - wait ? INT64_MAX : f->ts + wait;
	if (g->expiry < d->next_expiry)
		d->next_expiry = g->expiry;
	g->older = d->newest;
	*(d->newest ? &d->newest->newer : &d->oldest) = g;
	d->newest = g;
	d->n++;
	d->held += sizeof(*g);
	return g;
}

static struct defrag_datagram *find(const struct defrag *d, uint64_t hash, const struct defrag_key *key)
{
	struct table_walk w;

	for (struct defrag_datagram *g = table_first(&d->table, hash, &w); g; g = table_next(&d->table, &w))
		if (memcmp(&g->key, key, sizeof(*key)) == 0)
			return g;
	return NULL;
}

/* --- Pieces ------------------------------------------------------------------------------------------------- */

static uint64_t print_of(const struct defrag *d, struct slice bytes)
{
	return siphash13(d->table.key, bytes.p, bytes.n);
}

static bool same_bytes(const struct defrag *d, const struct defrag_datagram *g, const struct defrag_piece *p,
    const struct defrag_fragment *f)
{
	if (g->state == DEFRAG_STATE_OPEN)
		return memcmp(p->bytes + (f->off - p->off), f->bytes.p, f->bytes.n) == 0;
	return p->off == f->off && p->n == f->bytes.n && p->print == print_of(d, f->bytes);
}

/* The last piece that starts at off or before it; fragments mostly come in order. */
static struct defrag_piece *piece_before(const struct defrag_datagram *g, uint32_t off)
{
	struct defrag_piece *p = g->last;

	while (p && p->off > off)
		p = p->before;
	return p;
}

static bool insert_piece(
    struct defrag *d, struct defrag_datagram *g, struct defrag_piece *before, const struct defrag_fragment *f)
{
	struct defrag_piece *p;

	if (!make_room(d, g, sizeof(*p) + f->bytes.n) || !(p = malloc(sizeof(*p) + f->bytes.n)))
		return false;
	p->off = f->off;
	p->n = (uint32_t)f->bytes.n;
	p->packet = f->packet;
	p->print = 0;
	memcpy(p->bytes, f->bytes.p, f->bytes.n);
	p->before = before;
	p->next = before ? before->next : g->first;
	*(before ? &before->next : &g->first) = p;
	*(p->next ? &p->next->before : &g->last) = p;
	d->held += piece_size(g, p);
	g->have += p->n;
	g->npieces++;
	return true;
}

/* --- Verdicts ----------------------------------------------------------------------------------------------- */

static struct defrag_result refuse(struct defrag *d, struct defrag_datagram *g,
    const struct defrag_fragment *f, enum defrag_verdict why, uint64_t other)
{
	free_pieces(d, g);
	g->state = DEFRAG_STATE_REFUSED;
	g->ended = f->packet;
	return (struct defrag_result){ .verdict = why, .datagram = g, .other = other };
}

/* The bytes in one piece; what is kept of the pieces tells a copy of one from something new. */
static bool join(struct defrag *d, struct defrag_datagram *g, const struct defrag_fragment *f)
{
	uint8_t *whole;

	if (!make_room(d, g, g->total > d->whole_n ? g->total - d->whole_n : 0) ||
	    !(whole = realloc(d->whole, g->total)))
		return false;
	d->held += g->total;
	d->held -= d->whole_n;
	d->whole = whole;
	d->whole_n = g->total;
	for (struct defrag_piece *p = g->first, *next; p; p = next) {
		struct defrag_piece *small;

		next = p->next;
		memcpy(whole + p->off, p->bytes, p->n);
		p->print = print_of(d, slice_of(p->bytes, p->n));
		d->held -= p->n;
		small = realloc(p, sizeof(*p));
		if (!small)
			continue;
		*(small->before ? &small->before->next : &g->first) = small;
		*(small->next ? &small->next->before : &g->last) = small;
	}
	g->state = DEFRAG_STATE_DONE;
	g->ended = f->packet;
	return true;
}

/* Without one of its pieces it can never be whole. */
static struct defrag_result give_up(struct defrag *d, struct defrag_datagram *g)
{
	d->dropped++;
	take_out(d, g);
	defrag_free(d, g);
	return (struct defrag_result){ .verdict = DEFRAG_NO_ROOM };
}

/* Does the fragment contradict what is known of the end? */
static bool two_ends(const struct defrag_datagram *g, const struct defrag_fragment *f)
{
	uint32_t end = f->off + (uint32_t)f->bytes.n;

	if (g->total != UINT32_MAX && (f->more ? end > g->total : end != g->total))
		return true;
	return !f->more && g->last && g->last->off + g->last->n > end;
}

static struct defrag_result add(struct defrag *d, struct defrag_datagram *g, const struct defrag_fragment *f)
{
	uint32_t end = f->off + (uint32_t)f->bytes.n;
	struct defrag_piece *before = piece_before(g, f->off), *after = before ? before->next : g->first;
	bool inside = before && end <= before->off + before->n;

	if (inside && f->more == (end != g->total) && same_bytes(d, g, before, f))
		return (
		    struct defrag_result){ .verdict = DEFRAG_AGAIN, .datagram = g, .other = before->packet };
	if (inside)
		return refuse(d, g, f, DEFRAG_INSIDE, before->packet);
	if (before && before->off + before->n > f->off)
		return refuse(d, g, f, DEFRAG_OVERLAP, before->packet);
	if (after && after->off < end)
		return refuse(d, g, f, DEFRAG_OVERLAP, after->packet);
	if (two_ends(g, f))
		return refuse(d, g, f, DEFRAG_TWO_ENDS, 0);
	if (g->npieces == DEFRAG_PIECES)
		return refuse(d, g, f, DEFRAG_TOO_MANY, 0);
	if (!insert_piece(d, g, before, f))
		return give_up(d, g);
	if (!f->more)
		g->total = end;
	if (f->off == 0)
		g->next = f->next;
	if (g->have != g->total)
		return (struct defrag_result){ .verdict = DEFRAG_KEPT, .datagram = g };
	if (!join(d, g, f))
		return give_up(d, g);
	return (struct defrag_result){
		.verdict = DEFRAG_DONE, .datagram = g, .whole = slice_of(d->whole, d->whole_n)
	};
}

/* The packet of the piece of a finished datagram that this is a copy of; 0: it is none. */
static uint64_t copy_of(
    const struct defrag *d, const struct defrag_datagram *g, const struct defrag_fragment *f)
{
	const struct defrag_piece *p = piece_before(g, f->off);

	return p && f->more == (f->off + f->bytes.n != g->total) && same_bytes(d, g, p, f) ? p->packet : 0;
}

struct defrag_result defrag_push(struct defrag *d, const struct defrag_fragment *f)
{
	uint64_t hash = table_hash(&d->table, &f->key, sizeof(f->key)), other;
	struct defrag_datagram *g = find(d, hash, &f->key);

	if (f->bytes.n == 0 || (f->more && f->bytes.n % 8))
		return (struct defrag_result){ .verdict = DEFRAG_UNEVEN, .datagram = g };
	if (g && g->state == DEFRAG_STATE_REFUSED)
		return (struct defrag_result){ .verdict = DEFRAG_REFUSED, .datagram = g, .other = g->ended };
	if (g && g->state == DEFRAG_STATE_DONE) {
		if ((other = copy_of(d, g, f)) != 0)
			return (
			    struct defrag_result){ .verdict = DEFRAG_AGAIN, .datagram = g, .other = other };
		take_out(d, g); /* the identification is used again */
		defrag_free(d, g);
		g = NULL;
	}
	if (!g && !(g = new_datagram(d, f, hash)))
		return (struct defrag_result){ .verdict = DEFRAG_NO_ROOM };
	if (f->off + f->bytes.n > f->limit)
		return refuse(d, g, f, DEFRAG_TOO_LONG, 0);
	return add(d, g, f);
}

/* --- Questions ---------------------------------------------------------------------------------------------- */

uint64_t defrag_packet(const struct defrag_datagram *g, const struct defrag_piece **at)
{
	*at = *at ? (*at)->next : g->first;
	return *at ? (*at)->packet : 0;
}

bool defrag_gap(const struct defrag_datagram *g, uint32_t *from, uint32_t *to)
{
	const struct defrag_piece *p = piece_before(g, *from);

	p = p ? p : g->first;
	while (p && p->off <= *from) {
		if (p->off + p->n > *from)
			*from = p->off + p->n;
		p = p->next;
	}
	*to = p ? p->off : g->total;
	return *from < *to;
}
