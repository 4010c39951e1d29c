/* The threads behind loop_work: see loop_pool.h.  One mutex protects both lists and the flags; no
 * callback is called with it held. */
#include "net/loop_pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct job_list {
	struct loop_job *first;
	struct loop_job **last; /* where the next one is linked */
	unsigned n;
};

struct loop_pool {
	pthread_mutex_t lock;
	pthread_cond_t more; /* a job was queued, or it is time to go home */
	struct job_list waiting;
	struct job_list finished;
	unsigned queue; /* most jobs in waiting */
	bool closing;
	int fd; /* eventfd: finished is not empty */
	unsigned threads;
	pthread_t thread[];
};

static void list_init(struct job_list *q)
{
	*q = (struct job_list){ 0 };
	q->last = &q->first;
}

static void list_put(struct job_list *q, struct loop_job *j)
{
	j->next = NULL;
	*q->last = j;
	q->last = &j->next;
	q->n++;
}

static struct loop_job *list_take(struct job_list *q)
{
	struct loop_job *j = q->first;

	if (!j)
		return NULL;
	q->first = j->next;
	if (!q->first)
		q->last = &q->first;
	q->n--;
	return j;
}

/* The only failure an eventfd of 64 bits can have here is EINTR. */
static void notify(int fd)
{
	uint64_t one = 1;

	while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void *worker(void *arg)
{
	struct loop_pool *p = arg;
	struct loop_job *j;

	pthread_mutex_lock(&p->lock);
	while (!p->closing) {
		j = list_take(&p->waiting);
		if (!j) {
			pthread_cond_wait(&p->more, &p->lock);
			continue;
		}
		pthread_mutex_unlock(&p->lock);
		j->ran = true;
		j->run(j);
		pthread_mutex_lock(&p->lock);
		list_put(&p->finished, j);
		notify(p->fd);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Signals are the loop's business: a worker that left one open would swallow what signalfd should
 * show. */
static int start_thread(struct loop_pool *p)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&p->thread[p->threads], NULL, worker, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		p->threads++;
	return rc;
}

struct loop_pool *loop_pool_new(unsigned threads, unsigned queue, struct err *e)
{
	struct loop_pool *p = calloc(1, sizeof(*p) + threads * sizeof(p->thread[0]));

	if (!p) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	p->queue = queue;
	list_init(&p->waiting);
	list_init(&p->finished);
	p->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->fd < 0) {
		err_sys(e, "cannot make an eventfd");
		free(p);
		return NULL;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	for (unsigned i = 0; i < threads; i++) {
		errno = start_thread(p);
		if (errno) {
			err_sys(e, "cannot start a worker thread");
			loop_pool_free(p);
			return NULL;
		}
	}
	return p;
}

void loop_pool_free(struct loop_pool *p)
{
	struct loop_job *j;

	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->closing = true;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->threads; i++)
		pthread_join(p->thread[i], NULL);
	while ((j = list_take(&p->finished)))
		j->done(j);
	while ((j = list_take(&p->waiting)))
		j->done(j);
	pthread_cond_destroy(&p->more);
	pthread_mutex_destroy(&p->lock);
	close(p->fd);
	free(p);
}

int loop_pool_put(struct loop_pool *p, struct loop_job *j)
{
	int rc = -1;

	pthread_mutex_lock(&p->lock);
	if (p->waiting.n < p->queue && !p->closing) {
		j->ran = false;
		list_put(&p->waiting, j);
		pthread_cond_signal(&p->more);
		rc = 0;
	}
	pthread_mutex_unlock(&p->lock);
	return rc;
}

int loop_pool_fd(const struct loop_pool *p)
{
	return p->fd;
}

void loop_pool_reap(struct loop_pool *p)
{
	struct job_list batch;
	struct loop_job *j;
	uint64_t count;

	/* Emptied before the list is taken: a job that finishes in between rings again. */
	while (read(p->fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
	list_init(&batch);
	pthread_mutex_lock(&p->lock);
	while ((j = list_take(&p->finished)))
		list_put(&batch, j);
	pthread_mutex_unlock(&p->lock);
	while ((j = list_take(&batch)))
		j->done(j);
}
