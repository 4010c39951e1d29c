/* Two captures as one source; see vantage.h.  A first pass over both finds the offset of the clocks; the second
 * reads them side by side, holding back as many packets as it takes to see whether the other one has them. */
#include "trace/vantage.h"

#include "base/clock.h"
#include "base/table.h"
#include "trace/vantage_key.h"

#include <stdlib.h>

enum {
	SURVEY_MAX = 400000,   /* packets of each capture that the offset is estimated from */
	HELD_MAX = 32768,      /* packets held back of each capture */
	HELD_BYTES = 24 << 20, /* and their bytes */
	ORIGINS = 1024,        /* addresses whose side is remembered; a power of two */
};

/* A packet that arrives later than this after it was sent counts as lost. */
#define LATEST (3 * CLOCK_SEC)

/* --- Packets held back ------------------------------------------------------------------------------------ */

struct held {
	struct held *newer;
	struct source_packet packet; /* its bytes and comment point behind this struct */
	struct vantage_key key;
	int64_t ts; /* in the first capture's clock */
	bool taken; /* handed out together with its twin of the other capture */
	uint8_t data[];
};

/* One of the two captures. */
struct place {
	struct source *source;
	struct held *oldest, *newest;
	struct table by_key; /* those not taken */
	size_t n, bytes;
	int64_t first_ts, last_ts; /* when this capture ran, by its packets, in the first's clock */
	bool ended;
	struct err damage;
};

struct vantage {
	struct source source;
	struct place place[2];
	struct held *out; /* what the caller looks at now */
	struct vantage_summary summary;
	uint64_t key[2]; /* of the hash over addresses */
	struct {
		struct pkt_addr addr;
		int16_t first[2]; /* how often its packets were seen first at either place, halved at times */
	} origin[ORIGINS];
	uint64_t packets[2];
};

static struct held *hold(const struct source_packet *p, int64_t ts)
{
	struct held *h = calloc(1, sizeof(*h) + p->bytes.n + p->comment.n);

	if (!h)
		return NULL;
	h->packet = *p;
	h->ts = ts;
	if (p->bytes.n)
		memcpy(h->data, p->bytes.p, p->bytes.n);
	if (p->comment.n)
		memcpy(h->data + p->bytes.n, p->comment.p, p->comment.n);
	h->packet.bytes = slice_of(h->data, p->bytes.n);
	h->packet.comment = p->comment.n ? slice_of(h->data + p->bytes.n, p->comment.n) : slice_of(NULL, 0);
	return h;
}

/* Takes the oldest packet out; the caller frees it. */
static struct held *pop(struct place *at)
{
	struct held *h = at->oldest;

	at->oldest = h->newer;
	if (!at->oldest)
		at->newest = NULL;
	at->n--;
	at->bytes -= h->packet.bytes.n + h->packet.comment.n;
	if (!h->taken && h->key.crosses)
		table_del(&at->by_key, h->key.hash, h);
	return h;
}

static void drop_taken(struct place *at)
{
	while (at->oldest && at->oldest->taken)
		free(pop(at));
}

/* Reads one more packet.  SOURCE_PACKET, SOURCE_SECRETS, SOURCE_END (also at damage, which is kept), or
 * SOURCE_ERROR when memory ran out. */
static enum source_result read_on(struct vantage *v, unsigned i, struct slice *secrets, struct err *e)
{
	struct place *at = &v->place[i];
	struct source_packet p = { 0 };
	struct err damage = { 0 };
	enum source_result r = at->source->ops->next(at->source, &p, secrets, &damage);
	struct held *h;

	if (r == SOURCE_ERROR)
		at->damage = damage;
	if (r == SOURCE_ERROR || r == SOURCE_END) {
		at->ended = true;
		return SOURCE_END;
	}
	if (r != SOURCE_PACKET)
		return r;
	h = hold(&p, p.ts - (i ? v->summary.offset : 0));
	if (h)
		vantage_key(&h->packet, &h->key);
	if (!h || (h->key.crosses && table_put(&at->by_key, h->key.hash, h) < 0)) {
		free(h);
		err_sys(e, "two captures");
		return SOURCE_ERROR;
	}
	*(at->newest ? &at->newest->newer : &at->oldest) = h;
	at->newest = h;
	at->n++;
	at->bytes += h->packet.bytes.n + h->packet.comment.n;
	return SOURCE_PACKET;
}

/* Has the capture been read far enough to say whether it holds something from before `ts`? */
static bool read_past(const struct place *at, int64_t ts)
{
	return at->ended || at->n >= HELD_MAX || at->bytes >= HELD_BYTES ||
	       (at->newest && at->newest->ts > ts);
}

/* --- Whose packets come from where ------------------------------------------------------------------------- */

/* The entry of an address: its own, or that of another one whose place it takes. */
static int16_t *origin_of(struct vantage *v, const struct pkt_addr *a)
{
	size_t at = siphash13(v->key, a, sizeof(*a)) % ORIGINS;

	if (memcmp(&v->origin[at].addr, a, sizeof(*a)) != 0) {
		v->origin[at].addr = *a;
		v->origin[at].first[0] = v->origin[at].first[1] = 0;
	}
	return v->origin[at].first;
}

static void seen_first(struct vantage *v, const struct pkt_addr *from, unsigned place)
{
	int16_t *first = origin_of(v, from);

	if (first[place] == INT16_MAX) {
		first[0] /= 2;
		first[1] /= 2;
	}
	first[place]++;
}

/* The place that packets of this address pass first; -1 when not known. */
static int origin(struct vantage *v, const struct pkt_addr *from)
{
	const int16_t *first = origin_of(v, from);

	return first[0] > first[1] ? 0 : first[1] > first[0] ? 1 : -1;
}

/* --- Handing out -------------------------------------------------------------------------------------------- */

/* The first packet of `at` with this key that nobody has taken and that comes within reason. */
static struct held *find_twin(const struct place *at, const struct held *h)
{
	struct table_walk w;
	struct held *best = NULL;

	for (struct held *o = table_first(&at->by_key, h->key.hash, &w); o; o = table_next(&at->by_key, &w))
		if (o->ts <= h->ts + LATEST && (!best || o->ts < best->ts))
			best = o;
	return best;
}

/* Was the capture running at this time, so that it would have seen the packet? */
static bool was_running(const struct place *at, int64_t ts)
{
	return ts >= at->first_ts && ts <= at->last_ts;
}

static enum source_sight judge_alone(struct vantage *v, unsigned i, const struct held *h)
{
	int from = h->key.crosses ? origin(v, &h->key.from) : -1;

	if (from < 0 || !was_running(&v->place[!i], h->ts))
		return SIGHT_ONE;
	if ((unsigned)from == i) {
		v->summary.lost[i]++;
		return SIGHT_LOST;
	}
	v->summary.unseen[i]++;
	return SIGHT_UNSEEN;
}

/* The oldest packet of place i goes out, with its twin when the other capture has one. */
static void hand_out(struct vantage *v, unsigned i, struct source_packet *p)
{
	struct held *h = pop(&v->place[i]);
	struct held *twin = h->key.crosses ? find_twin(&v->place[!i], h) : NULL;

	free(v->out);
	v->out = h;
	*p = h->packet;
	p->ts = h->ts;
	p->interface = h->packet.interface * 2 + i;
	p->place = (uint8_t)i;
	if (twin) {
		twin->taken = true;
		table_del(&v->place[!i].by_key, twin->key.hash, twin);
		v->summary.both++;
		seen_first(v, &h->key.from, i);
		p->sight = SIGHT_BOTH;
		p->other_ts = twin->ts;
	} else {
		p->sight = judge_alone(v, i, h);
	}
}

static enum source_result vantage_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	struct vantage *v = (struct vantage *)s;

	for (;;) {
		struct place *a = &v->place[0], *b = &v->place[1];
		unsigned older;
		bool far[2];

		drop_taken(a);
		drop_taken(b);
		older = !a->oldest || (b->oldest && b->oldest->ts < a->oldest->ts);
		if (!v->place[older].oldest && a->ended && b->ended)
			break;
		/* The oldest packet is known when both have one or ended, its twin when both are read past it. */
		for (unsigned i = 0; i < 2; i++)
			far[i] = v->place[i].ended ||
			         (v->place[i].oldest && v->place[older].oldest &&
			             read_past(&v->place[i], v->place[older].oldest->ts + LATEST));
		if (far[0] && far[1]) {
			hand_out(v, older, p);
			return SOURCE_PACKET;
		}
		for (unsigned i = 0; i < 2; i++) {
			enum source_result r = far[i] ? SOURCE_PACKET : read_on(v, i, secrets, e);

			if (r == SOURCE_SECRETS || r == SOURCE_ERROR)
				return r;
		}
	}
	for (unsigned i = 0; i < 2; i++) {
		if (v->place[i].damage.kind) {
			*e = v->place[i].damage;
			err_in(e, "%s", v->place[i].source->label);
			return SOURCE_ERROR;
		}
	}
	return SOURCE_END;
}

/* --- The survey: how far the clocks are apart --------------------------------------------------------------- */

struct seen {
	uint64_t hash;
	int64_t ts;
	uint8_t ttl;
	bool upward; /* from the smaller to the larger address */
};

static int by_hash(const void *x, const void *y)
{
	const struct seen *a = x, *b = y;

	return a->hash < b->hash ? -1 : a->hash > b->hash ? 1 : 0;
}

/* Reads the start of a capture; its packets sorted by key.  The number of them, or -1 with *e. */
static ssize_t survey(const char *path, struct place *at, struct seen **out, struct err *e)
{
	struct source *s = source_file(path, e);
	struct source_packet p = { 0 };
	struct err damage = { 0 };
	struct slice secrets;
	size_t n = 0, cap = 0;
	enum source_result r;

	at->first_ts = INT64_MAX;
	at->last_ts = INT64_MIN;
	while (s && (r = s->ops->next(s, &p, &secrets, &damage)) != SOURCE_END && r != SOURCE_ERROR) {
		struct vantage_key key;

		if (r != SOURCE_PACKET)
			continue;
		at->first_ts = p.ts < at->first_ts ? p.ts : at->first_ts;
		at->last_ts = p.ts > at->last_ts ? p.ts : at->last_ts;
		if (n == SURVEY_MAX)
			continue;
		vantage_key(&p, &key);
		if (!key.crosses)
			continue;
		if (n == cap) {
			struct seen *grown = realloc(*out, (cap = cap ? cap * 2 : 1024) * sizeof(*grown));

			if (!grown) {
				err_sys(e, "two captures");
				s->ops->free(s);
				return -1;
			}
			*out = grown;
		}
		(*out)[n++] = (struct seen){ key.hash, p.ts, key.ttl, key.upward };
	}
	if (!s)
		return -1;
	s->ops->free(s);
	qsort(*out, n, sizeof(**out), by_hash);
	return (ssize_t)n;
}

/* Differences of the clocks that packets of one direction show. */
struct crossings {
	int64_t *v;
	size_t n;
};

static bool alone(const struct seen *v, size_t n, size_t i)
{
	return (i == 0 || v[i - 1].hash != v[i].hash) && (i + 1 == n || v[i + 1].hash != v[i].hash);
}

/* Every packet that either capture holds exactly once gives one difference.  Direction by the hops left, which
 * grow fewer on the way; without a router between, by the addresses. */
static void collect(const struct seen *a, size_t na, const struct seen *b, size_t nb, struct crossings to[2])
{
	for (size_t i = 0, k = 0; i < na; i++) {
		unsigned way;

		while (k < nb && b[k].hash < a[i].hash)
			k++;
		if (k == nb || b[k].hash != a[i].hash || !alone(a, na, i) || !alone(b, nb, k))
			continue;
		way = a[i].ttl != b[k].ttl ? a[i].ttl < b[k].ttl : a[i].upward;
		to[way].v[to[way].n++] = b[k].ts - a[i].ts;
	}
}

static int by_time(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return a < b ? -1 : a > b;
}

/* The difference near the end of the range that belongs to the least delay, with one in twenty taken for odd. */
static int64_t quickest(struct crossings *c, bool smallest)
{
	size_t odd = c->n / 20;

	qsort(c->v, c->n, sizeof(*c->v), by_time);
	return c->v[smallest ? odd : c->n - 1 - odd];
}

static int64_t middle(const struct crossings *c)
{
	return c->v[c->n / 2];
}

static void estimate(struct crossings to[2], struct vantage_summary *out)
{
	int64_t ahead, behind;
	unsigned onward;

	if (!to[0].n || !to[1].n) {
		out->offset = quickest(&to[!to[0].n], true);
		out->one_way = true;
		return;
	}
	qsort(to[0].v, to[0].n, sizeof(int64_t), by_time);
	qsort(to[1].v, to[1].n, sizeof(int64_t), by_time);
	/* Onward a packet's second time is later by offset and delay, backward by offset less delay. */
	onward = middle(&to[1]) > middle(&to[0]);
	ahead = quickest(&to[onward], true);
	behind = quickest(&to[!onward], false);
	out->offset = behind + (ahead - behind) / 2;
	out->delay = (ahead - behind) / 2 > 0 ? (ahead - behind) / 2 : 0;
}

static int find_offset(struct vantage *v, const char *const names[2], struct err *e)
{
	struct seen *seen[2] = { NULL, NULL };
	struct crossings to[2] = { { NULL, 0 }, { NULL, 0 } };
	ssize_t n[2] = { 0, 0 };
	int rc = -1;

	if ((n[0] = survey(names[0], &v->place[0], &seen[0], e)) < 0 ||
	    (n[1] = survey(names[1], &v->place[1], &seen[1], e)) < 0)
		goto out;
	for (unsigned way = 0; way < 2; way++) {
		to[way].v = malloc(((size_t)n[0] + 1) * sizeof(int64_t));
		if (!to[way].v) {
			err_sys(e, "two captures");
			goto out;
		}
	}
	collect(seen[0], (size_t)n[0], seen[1], (size_t)n[1], to);
	if (!to[0].n && !to[1].n) {
		err_set(e, ERR_DATA,
		    "%s and %s have no packet in common: two captures of the same traffic are needed",
		    names[0], names[1]);
		goto out;
	}
	estimate(to, &v->summary);
	v->place[1].first_ts -= v->summary.offset;
	v->place[1].last_ts -= v->summary.offset;
	rc = 0;
out:
	for (unsigned i = 0; i < 2; i++) {
		free(seen[i]);
		free(to[i].v);
	}
	return rc;
}

/* --- The source --------------------------------------------------------------------------------------------- */

static uint64_t vantage_dropped(struct source *s)
{
	struct vantage *v = (struct vantage *)s;
	uint64_t n = 0;

	for (unsigned i = 0; i < 2; i++)
		n += v->place[i].source->ops->dropped(v->place[i].source);
	return n;
}

static void vantage_progress(struct source *s, uint64_t *done, uint64_t *all)
{
	struct vantage *v = (struct vantage *)s;

	*done = *all = 0;
	for (unsigned i = 0; i < 2; i++) {
		uint64_t d, a;

		v->place[i].source->ops->progress(v->place[i].source, &d, &a);
		*done += d;
		*all += a;
	}
}

/* Those of the first place that has any. */
static const struct hosts *vantage_hosts(struct source *s)
{
	struct vantage *v = (struct vantage *)s;
	const struct hosts *hosts = NULL;

	for (unsigned i = 0; i < 2 && !hosts; i++)
		hosts = source_hosts(v->place[i].source);
	return hosts;
}

static void vantage_free(struct source *s)
{
	struct vantage *v = (struct vantage *)s;

	for (unsigned i = 0; i < 2; i++) {
		while (v->place[i].oldest)
			free(pop(&v->place[i]));
		table_fini(&v->place[i].by_key);
		if (v->place[i].source)
			v->place[i].source->ops->free(v->place[i].source);
	}
	free(v->out);
	free(v);
}

static const struct source_ops vantage_ops = {
	.name = "two captures",
	.next = vantage_next,
	.dropped = vantage_dropped,
	.progress = vantage_progress,
	.free = vantage_free,
	.hosts = vantage_hosts,
};

struct source *source_vantage(const char *const names[2], struct err *e)
{
	struct vantage *v = calloc(1, sizeof(*v));

	if (!v) {
		err_sys(e, "two captures");
		return NULL;
	}
	v->source = (struct source){ &vantage_ops, names[0] };
	v->summary.names[0] = names[0];
	v->summary.names[1] = names[1];
	for (unsigned i = 0; i < 2; i++)
		table_init(&v->place[i].by_key);
	memcpy(v->key, v->place[0].by_key.key, sizeof(v->key));
	for (unsigned i = 0; i < 2; i++) {
		if (strcmp(names[i], "-") == 0) {
			err_set(e, ERR_USAGE,
			    "of two captures neither can be standard input: each is read twice");
			goto failed;
		}
	}
	if (find_offset(v, names, e) < 0)
		goto failed;
	for (unsigned i = 0; i < 2; i++)
		if (!(v->place[i].source = source_file(names[i], e)))
			goto failed;
	return &v->source;
failed:
	vantage_free(&v->source);
	return NULL;
}

const struct vantage_summary *source_vantage_summary(const struct source *s)
{
	return s->ops == &vantage_ops ? &((const struct vantage *)s)->summary : NULL;
}
