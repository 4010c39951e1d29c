/* Secrets by connection; see secrets.h. */
#include "render/secrets.h"

#include <stdlib.h>

struct flow_secrets {
	struct flow_secrets *newer;
	uint64_t flow, file, hash; /* file: that has them all */
	struct buf lines;
};

void secrets_init(struct secrets *s)
{
	*s = (struct secrets){ 0 };
	table_init(&s->flows);
	buf_init(&s->now, SECRETS_KEPT);
}

static void wipe(struct buf *b)
{
	if (b->cap)
		explicit_bzero(b->p, b->cap);
	buf_clear(b);
}

static void drop_oldest(struct secrets *s)
{
	struct flow_secrets *f = s->oldest;

	s->oldest = f->newer;
	if (!s->oldest)
		s->newest = NULL;
	s->held -= f->lines.n;
	table_del(&s->flows, f->hash, f);
	wipe(&f->lines);
	buf_fini(&f->lines);
	free(f);
}

void secrets_fini(struct secrets *s)
{
	while (s->oldest)
		drop_oldest(s);
	table_fini(&s->flows);
	wipe(&s->now);
	buf_fini(&s->now);
}

/* The lines that were given out at the last call. */
static void forget_given(struct secrets *s)
{
	if (s->given)
		wipe(&s->now);
	s->given = false;
}

void secrets_add(struct secrets *s, struct slice lines)
{
	forget_given(s);
	buf_slice(&s->now, lines);
}

static struct flow_secrets *find(const struct secrets *s, uint64_t flow, uint64_t hash)
{
	struct table_walk w;

	for (struct flow_secrets *f = table_first(&s->flows, hash, &w); f; f = table_next(&s->flows, &w))
		if (f->flow == flow)
			return f;
	return NULL;
}

/* NULL when out of memory. */
static struct flow_secrets *make(struct secrets *s, uint64_t flow, uint64_t hash)
{
	struct flow_secrets *f = calloc(1, sizeof(*f));

	if (!f || table_put(&s->flows, hash, f) < 0) {
		free(f);
		return NULL;
	}
	f->flow = flow;
	f->hash = hash;
	if (s->newest)
		s->newest->newer = f;
	else
		s->oldest = f;
	s->newest = f;
	return f;
}

/* Takes the new lines over; 0, or -1 when they cannot be kept. */
static int keep(struct secrets *s, struct flow_secrets *f)
{
	size_t before = f->lines.n;

	if (buf_slice(&f->lines, buf_view(&s->now)) < 0)
		return -1;
	s->held += f->lines.n - before;
	while (s->held > SECRETS_KEPT && s->oldest != f)
		drop_oldest(s);
	return 0;
}

struct slice secrets_for(struct secrets *s, uint64_t flow, uint64_t file)
{
	struct flow_secrets *f;
	uint64_t hash;
	size_t known;

	forget_given(s);
	if (!s->now.n && !s->oldest)
		return (struct slice){ 0 };
	hash = table_hash(&s->flows, &flow, sizeof(flow));
	f = find(s, flow, hash);
	if (!s->now.n && (!f || f->file == file))
		return (struct slice){ 0 };
	known = f && f->file == file ? f->lines.n : 0;
	s->given = s->now.n > 0;
	if (!f)
		f = make(s, flow, hash);
	if (!f || keep(s, f) < 0) /* at least in this file */
		return buf_view(&s->now);
	f->file = file;
	return slice_skip(buf_view(&f->lines), known);
}
