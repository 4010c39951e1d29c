/* sessions [N]: the store in memory with N sessions (a million) of different users: what a look-up costs, from the
 * id in the cookie to the session, that is with its hashing and with its use kept; and what a session takes.  With
 * `threads`: as many look-ups at a time as there are processors.  */
#include "auth/sessions.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOKS = 1000000, ROUNDS = 4, THREADS = 16 };

struct looker {
	pthread_t thread;
	struct sessions *sessions;
	char (*ids)[SESSIONS_ID + 1];
	size_t n;
	size_t at; /* to begin with */
	size_t found;
};

static size_t resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long all = 0, here = 0;

	if (!f || fscanf(f, "%lu %lu", &all, &here) != 2)
		here = 0;
	if (f)
		fclose(f);
	return here * (size_t)sysconf(_SC_PAGESIZE);
}

/* So that the order of looking is not that of the records, yet the ids themselves come as they do in a request:
 * without waiting for memory. */
static void shuffle(char (*ids)[SESSIONS_ID + 1], size_t n)
{
	uint64_t x = 88172645463325252u;
	char kept[SESSIONS_ID + 1];

	for (size_t i = n; i > 1; i--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		strcpy(kept, ids[i - 1]);
		strcpy(ids[i - 1], ids[x % i]);
		strcpy(ids[x % i], kept);
	}
}

static void *look(void *arg)
{
	struct looker *l = arg;
	struct sessions_call c = { 0 };

	l->found = 0;
	for (int i = 0; i < LOOKS; i++) {
		sessions_find(
		    l->sessions, &c, slice_of(l->ids[(l->at + (size_t)i) % l->n], SESSIONS_ID), true);
		l->found += c.outcome == SESSIONS_FOUND;
	}
	return NULL;
}

/* Look-ups a second of that many threads together, the best of some rounds. */
static double rate(struct looker *v, int threads)
{
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int64_t start = clock_mono();
		double per_second;

		for (int i = 0; i < threads; i++)
			if (pthread_create(&v[i].thread, NULL, look, &v[i]))
				exit(3);
		for (int i = 0; i < threads; i++)
			pthread_join(v[i].thread, NULL);
		per_second = (double)threads * LOOKS / ((double)(clock_mono() - start) / 1e9);
		for (int i = 0; i < threads; i++)
			if (v[i].found != LOOKS)
				exit(1);
		best = per_second > best ? per_second : best;
	}
	return best;
}

static int fill(struct sessions *s, char (*ids)[SESSIONS_ID + 1], size_t n)
{
	struct sessions_call c = { 0 };
	char user[24];

	for (size_t i = 0; i < n; i++) {
		snprintf(user, sizeof(user), "user-%zu", i);
		sessions_start(s, &c, SLICE(""), slice_str(user), true);
		if (c.outcome != SESSIONS_FOUND)
			return -1;
		strcpy(ids[i], c.id);
	}
	shuffle(ids, n);
	return 0;
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000, before;
	char(*ids)[SESSIONS_ID + 1] = calloc(n, sizeof(*ids));
	int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN), threads = cpus < THREADS ? cpus : THREADS;
	struct looker v[THREADS];
	struct sessions s;
	struct store store;
	struct err e = { 0 };

	if (!ids || !n)
		return 2;
	memset(ids, 1, n * sizeof(*ids)); /* is there before the store is */
	before = resident();
	if (store_memory_open(&store, n, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		return 3;
	}
	sessions_init(&s, &store);
	if (fill(&s, ids, n))
		return 3;
	printf("memory store, %zu sessions: %.1f bytes each\n", store_memory_count(&store),
	    (double)(resident() - before) / (double)n);
	for (int i = 0; i < THREADS; i++)
		v[i] = (struct looker){ .sessions = &s, .ids = ids, .n = n, .at = n / 2 * (size_t)i };
	printf("  look-ups a second, id hashed and use kept: %.2f million by one thread\n", rate(v, 1) / 1e6);
	if (threads > 1)
		printf("  %.2f million by %d threads together\n", rate(v, threads) / 1e6, threads);
	store_close(&store);
	free(ids);
	return 0;
}
