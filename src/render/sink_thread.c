/* A sink that lets another one work on a thread of its own: while that one writes a batch of packets, the next is
 * found out about.  What the other gets are copies (frame_copy); what cannot be copied, and everything that is not a
 * packet, it is given once it has caught up, by the caller's thread.
 * Writing takes longer than finding out, so the caller's thread does not wait when the other is far behind: it has a
 * second sink of the same kind, which writes a batch into memory, and the thread passes that on when its turn comes. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "render/out.h"
#include "render/render.h"

enum {
	BATCH = 32,            /* packets handed over at once */
	BATCHES = 8,           /* on their way at most, the one being filled included */
	MANY = 6,              /* on their way: the thread has enough to do */
	BATCH_BYTES = 1 << 20, /* copied of a batch, or written of it; more is not waited for */
};

struct batch {
	unsigned n;
	bool written; /* by the caller's thread: its packets stand in text, not in frames */
	struct buf text;
	struct arena arena;
	struct frame frames[BATCH];
	struct flow flows[BATCH];
};

struct thread_sink {
	struct sink sink;
	struct sink *inner;
	struct out out; /* where inner writes, for what the second has written */
	struct {
		struct sink *sink; /* writes to file, the bytes of which are p */
		FILE *file;
		char *p;
		size_t n;
	} second;
	pthread_t thread;
	enum {
		NOT_YET,
		RUNNING,
		NONE
	} state; /* of the thread; made with the first packet, inside any sandbox */
	pthread_mutex_t lock;
	pthread_cond_t more, less; /* batches on their way: there is one; no more than wait_for */
	/* Under the lock; batch number i is batches[i % BATCHES]. */
	uint64_t given, taken; /* batches handed over, and done with */
	unsigned wait_for;
	bool quit;
	struct err e; /* why inner failed; from then on batches are thrown away */
	bool failed, failed_said;
	struct batch batches[BATCHES];
};

/* --- The thread ------------------------------------------------------------------------------------------- */

/* What the caller's thread has written comes behind all that inner has. */
static int pass_on(struct thread_sink *s, struct batch *b, struct err *e)
{
	if (s->inner->ops->flush(s->inner, e) < 0)
		return -1;
	s->out.buf = b->text;
	return out_flush(&s->out, e);
}

static int write_batch(struct thread_sink *s, struct batch *b, struct err *e)
{
	if (b->written)
		return pass_on(s, b, e);
	for (unsigned i = 0; i < b->n; i++) {
		frame_decode(&b->frames[i]);
		if (s->inner->ops->packet(s->inner, &b->frames[i], e) < 0)
			return -1;
	}
	return 0;
}

static void *work(void *arg)
{
	struct thread_sink *s = arg;
	struct err e;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		bool failed = s->failed;

		if (s->taken == s->given) {
			if (s->quit)
				break;
			pthread_cond_wait(&s->more, &s->lock);
			continue;
		}
		pthread_mutex_unlock(&s->lock);
		failed = !failed && write_batch(s, &s->batches[s->taken % BATCHES], &e) < 0;
		pthread_mutex_lock(&s->lock);
		if (failed) {
			s->failed = true;
			s->e = e;
		}
		s->taken++;
		if (s->given - s->taken == s->wait_for)
			pthread_cond_signal(&s->less);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* A signal is for the thread that reads the source, which it may have to interrupt. */
static void start(struct thread_sink *s)
{
	sigset_t all, before;
	cpu_set_t cpus;

	s->state = NONE;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0 || CPU_COUNT(&cpus) < 2)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&s->thread, NULL, work, s) == 0)
		s->state = RUNNING;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* --- The caller's side ------------------------------------------------------------------------------------ */

static struct batch *filling(struct thread_sink *s)
{
	return &s->batches[s->given % BATCHES];
}

/* Whether inner has failed; said once, as it would say it. */
static int failure(struct thread_sink *s, struct err *e)
{
	if (!s->failed || s->failed_said)
		return 0;
	s->failed_said = true;
	if (e)
		*e = s->e;
	return -1;
}

/* Takes what the second sink has written into the batch.  0, or -1 with *e. */
static int take_written(struct thread_sink *s, struct batch *b, struct err *e)
{
	if (s->second.sink->ops->flush(s->second.sink, e) < 0)
		return -1;
	buf_put(&b->text, s->second.p, s->second.n);
	rewind(s->second.file);
	return 0;
}

/* Hands over what was filled, waits until at most `most` batches are on their way, and makes the next one ready. */
static int hand_over(struct thread_sink *s, unsigned most, struct err *e)
{
	bool behind;
	int rc;

	if (s->state != RUNNING)
		return 0;
	if (filling(s)->written && take_written(s, filling(s), e) < 0)
		return -1;
	pthread_mutex_lock(&s->lock);
	s->given += filling(s)->n > 0;
	if (s->given - s->taken == (most ? BATCHES / 2 : s->given - s->taken)) /* waking up takes its time */
		pthread_cond_signal(&s->more);
	if (s->given - s->taken > most) /* so once waiting, for more than one */
		for (s->wait_for = most / 2; s->given - s->taken > s->wait_for;)
			pthread_cond_wait(&s->less, &s->lock);
	rc = failure(s, e);
	behind = s->given - s->taken >= MANY;
	pthread_mutex_unlock(&s->lock);
	filling(s)->n = 0;
	filling(s)->written = behind;
	buf_clear(&filling(s)->text);
	arena_reset(&filling(s)->arena);
	return rc;
}

static int catch_up(struct thread_sink *s, struct err *e)
{
	return hand_over(s, 0, e);
}

/* Whether there was room for it in the batch being filled, or -1 with *e. */
static int put(struct thread_sink *s, const struct frame *f, struct err *e)
{
	struct batch *b = filling(s);

	if (b->n == BATCH || (b->written && ftello(s->second.file) > BATCH_BYTES))
		return 0;
	if (b->written) {
		b->n++;
		return s->second.sink->ops->packet(s->second.sink, f, e) < 0 ? -1 : 1;
	}
	if (frame_copy(&b->frames[b->n], &b->flows[b->n], f, &b->arena) < 0)
		return 0;
	b->n++;
	return 1;
}

static int thread_packet(struct sink *sink, const struct frame *f, struct err *e)
{
	struct thread_sink *s = (struct thread_sink *)sink;
	int rc;

	if (s->state == NOT_YET)
		start(s);
	for (int again = 0; s->state == RUNNING && again < 2; again++) {
		rc = put(s, f, e);
		if (rc)
			return rc < 0 ? -1 : 0;
		if (!again && hand_over(s, BATCHES - 1, e) < 0)
			return -1;
	}
	return catch_up(s, e) < 0 ? -1 : s->inner->ops->packet(s->inner, f, e);
}

static int thread_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	struct thread_sink *s = (struct thread_sink *)sink;

	return catch_up(s, e) < 0 ? -1 : s->inner->ops->end(s->inner, end, e);
}

static int thread_flush(struct sink *sink, struct err *e)
{
	struct thread_sink *s = (struct thread_sink *)sink;

	return catch_up(s, e) < 0 ? -1 : s->inner->ops->flush(s->inner, e);
}

static void thread_free(struct sink *sink)
{
	struct thread_sink *s = (struct thread_sink *)sink;

	if (s->state == RUNNING) {
		pthread_mutex_lock(&s->lock);
		s->quit = true;
		pthread_cond_signal(&s->more);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	if (s->inner)
		s->inner->ops->free(s->inner);
	if (s->second.sink)
		s->second.sink->ops->free(s->second.sink);
	if (s->second.file)
		fclose(s->second.file);
	free(s->second.p);
	pthread_cond_destroy(&s->more);
	pthread_cond_destroy(&s->less);
	pthread_mutex_destroy(&s->lock);
	for (unsigned i = 0; i < BATCHES; i++) {
		arena_fini(&s->batches[i].arena);
		buf_fini(&s->batches[i].text);
	}
	free(s);
}

static const struct sink_ops thread_ops = {
	.name = "thread",
	.packet = thread_packet,
	.end = thread_end,
	.flush = thread_flush,
	.free = thread_free,
};

struct sink *sink_thread_new(FILE *to, const char *name, sink_maker make, struct err *e)
{
	struct thread_sink *s = out_sink(sizeof(*s), &thread_ops, e);

	if (!s)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->more, NULL);
	pthread_cond_init(&s->less, NULL);
	for (unsigned i = 0; i < BATCHES; i++)
		arena_init(&s->batches[i].arena, BATCH_BYTES);
	out_init(&s->out, to, name);
	s->inner = make(to, name, e);
	s->second.file = open_memstream(&s->second.p, &s->second.n);
	s->second.sink = s->second.file ? make(s->second.file, name, e) : NULL;
	if (!s->second.file)
		err_set(e, ERR_ENV, "out of memory");
	if (s->inner && s->second.sink)
		return &s->sink;
	thread_free(&s->sink);
	return NULL;
}
