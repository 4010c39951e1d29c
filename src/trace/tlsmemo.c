/* Session identifiers and tickets that were handed out; see tlsmemo.h. */
#include "trace/tlsmemo.h"

#include "trace/context.h"

#include <stdlib.h>

enum { ID_MIN = 4 }; /* bytes: what is shorter names nothing */

/* The flow table's key is random and the trace's own: nobody can choose what collides. */
static uint64_t key_of(const struct trace *t, struct slice id)
{
	uint64_t key = table_hash(&t->flows.table, id.p, id.n);

	return key ? key : 1;
}

void tls_remember(struct trace *t, struct slice id, uint16_t version, uint16_t suite)
{
	uint64_t key;

	if (id.n < ID_MIN)
		return;
	if (!t->tls_memories) {
		t->tls_memories = calloc(TLS_MEMORIES, sizeof(*t->tls_memories));
		if (!t->tls_memories)
			return;
		trace_hold(t, 0, TLS_MEMORIES * sizeof(*t->tls_memories));
	}
	key = key_of(t, id);
	t->tls_memories[key % TLS_MEMORIES] =
	    (struct tls_memory){ .key = key, .packet = t->frame.number, .suite = suite, .version = version };
}

const struct tls_memory *tls_recall(const struct trace *t, struct slice id)
{
	uint64_t key;
	const struct tls_memory *m;

	if (id.n < ID_MIN || !t->tls_memories)
		return NULL;
	key = key_of(t, id);
	m = &t->tls_memories[key % TLS_MEMORIES];
	return m->key == key ? m : NULL;
}

void tls_forget(struct trace *t)
{
	if (t->tls_memories)
		trace_hold(t, TLS_MEMORIES * sizeof(*t->tls_memories), 0);
	free(t->tls_memories);
	t->tls_memories = NULL;
}
