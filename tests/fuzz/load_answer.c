/* Exercises a client with what a server may say: however the bytes are cut, the same answers are counted. */
#include "load/answer.h"
#include "load/worker.h"

#include <assert.h>
#include <stdlib.h>

enum { WINDOW = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct requests requests;
static struct worker worker;

__attribute__((constructor)) static void make_requests(void)
{
	static const char file[] = "GET /\nHEAD /\nPOST /\nCONNECT a:1\n";
	struct request_parts parts = { .authority = SLICE("a") };

	if (requests_parse(&requests, SLICE(file), "file", &parts, NULL))
		abort();
	requests_settle(&requests);
}

/* A client that has sent all its window holds, as the plan has it. */
static void begin(struct plan *p, struct client *c, struct stamp *stamps, uint8_t first)
{
	struct worker *w = &worker;

	heap_fini(&w->timers);
	memset(w, 0, sizeof(*w));
	heap_init(&w->timers);
	*p = (struct plan){ .target.kind = TARGET_HTTP, .window = WINDOW, .requests = requests };
	w->plan = p;
	w->n_clients = 1;
	w->second_ends = INT64_MAX;
	w->quota = UINT64_MAX;
	client_init(c, first, stamps, NULL);
	c->state = CLIENT_OPEN;
	c->pending = c->out = WINDOW;
}

/* Feeds the input cut after every `step` bytes, as client.c does; how many messages were answered. */
static uint64_t feed(const uint8_t *data, size_t size, size_t step, uint8_t first)
{
	struct stamp stamps[WINDOW] = { { 0 } };
	struct client c;
	struct plan p;
	uint64_t n;

	begin(&p, &c, stamps, first);
	for (size_t i = 0, start = 0; i < size && c.state == CLIENT_OPEN; i += step) {
		size_t end = i + step < size ? i + step : size;
		ssize_t used = answer_take(&worker, &c, slice_of(data + start, end - start));

		if (used < 0)
			break;
		assert((size_t)used <= end - start);
		start += (size_t)used;
		buf_clear(&c.carry);
		buf_put(&c.carry, data + start, end - start);
	}
	assert(c.pending <= WINDOW && c.unsent <= c.pending);
	n = worker.tally.messages;
	assert(n <= WINDOW && n == worker.settled - worker.tally.error[TALLY_GARBAGE]);
	client_fini(&c);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t whole;

	if (size < 2 || size > WORKER_IN)
		return 0;
	whole = feed(data + 2, size - 2, size, data[0]);
	assert(feed(data + 2, size - 2, 1 + data[1] % 64, data[0]) == whole);
	return 0;
}
