/* What the processes of one server share; see shared.h. */
#include "web/shared.h"

#include "web/metrics.h"

#include <sys/mman.h>

struct shared {
	unsigned n;
	struct limit logins, accounts;
	struct rate rate;
	struct metrics metrics[]; /* n of them */
};

static size_t size_for(unsigned n)
{
	return sizeof(struct shared) + n * sizeof(struct metrics);
}

struct shared *shared_new(unsigned n, const struct shared_limits *l, struct err *e)
{
	struct shared *s = mmap(NULL, size_for(n), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED) {
		err_sys(e, "cannot make room for what is counted");
		return NULL;
	}
	s->n = n;
	limit_init(&s->logins, l->login_tries);
	limit_init(&s->accounts, l->login_tries);
	rate_init(&s->rate, l->per_second, l->burst);
	return s;
}

void shared_free(struct shared *s)
{
	if (s)
		munmap(s, size_for(s->n));
}

void shared_join(struct shared *s, int i, struct site *site)
{
	site->rate = s->rate.interval ? &s->rate : NULL;
	site->logins = &s->logins;
	site->accounts = &s->accounts;
	site->metrics = &s->metrics[i];
	site->all = s->metrics;
	site->n_all = s->n;
}

void shared_leave(struct shared *s, int i)
{
	__atomic_store_n(&s->metrics[i].open, 0, __ATOMIC_RELAXED);
}
