/* One thread of a run; see worker.h. */
#include "load/worker.h"

#include "base/clock.h"
#include "load/packet.h"
#include "net/loop.h"
#include "tls/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
	EVENTS = 256,
	TICK_MS = 100, /* how often deadlines and the end are looked at, at the least */
};

int worker_init(struct worker *w, struct plan *p, unsigned number, unsigned from, unsigned n, struct err *e)
{
	bool packets = p->target.kind == TARGET_PACKET;
	size_t slots = (size_t)n * p->window;

	w->plan = p;
	w->number = number;
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (w->epoll < 0 || w->alarm < 0 ||
	    epoll_ctl(
	        w->epoll, EPOLL_CTL_ADD, w->alarm, &(struct epoll_event){ .events = EPOLLIN | EPOLLET }))
		return err_sys(e, "cannot wait for connections");
	heap_init(&w->timers);
	w->clients = calloc(n, sizeof(*w->clients));
	w->stamps = calloc(slots, sizeof(*w->stamps));
	w->numbers = packets ? calloc(slots, sizeof(*w->numbers)) : NULL;
	w->in = malloc(WORKER_IN);
	w->out = malloc(WORKER_OUT);
	w->packets = packets ? packet_room_new() : NULL;
	if (!w->clients || !w->stamps || !w->in || !w->out || (packets && (!w->numbers || !w->packets)))
		return err_set(e, ERR_ENV, "no memory for %u connections", n);
	for (; w->n_clients < n; w->n_clients++)
		client_init(&w->clients[w->n_clients], from + w->n_clients,
		    w->stamps + (size_t)w->n_clients * p->window,
		    packets ? w->numbers + (size_t)w->n_clients * p->window : NULL);
	if (p->tls)
		w->tls = tls_client_new(p->tls, e);
	return p->tls && !w->tls ? -1 : 0;
}

void worker_fini(struct worker *w)
{
	for (unsigned i = 0; i < w->n_clients; i++)
		client_fini(&w->clients[i]);
	tls_ctx_free(w->tls);
	packet_room_free(w->packets);
	free(w->out);
	free(w->in);
	free(w->numbers);
	free(w->stamps);
	free(w->clients);
	heap_fini(&w->timers);
	if (w->alarm >= 0)
		close(w->alarm);
	if (w->epoll >= 0)
		close(w->epoll);
}

/* --- Counting -------------------------------------------------------------------------------------- */

/* Brings the second that is over to the timeline and begins the present one. */
static void close_second(struct worker *w)
{
	int64_t present = (w->now - w->plan->start) / CLOCK_SEC;

	timeline_add(w->plan->timeline, w->second_number, &w->second, w->second_errors);
	hist_merge(&w->tally.latency, &w->second);
	hist_clear(&w->second);
	w->second_errors = 0;
	w->second_number = (size_t)present;
	w->second_ends = w->plan->start + (present + 1) * CLOCK_SEC;
	if (w->second_ends >= w->plan->end && w->plan->rate <= 0)
		w->second_ends =
		    INT64_MAX; /* an answer that just misses the end belongs to the last second */
}

void worker_answered(struct worker *w, const struct stamp *s)
{
	if (w->now >= w->second_ends)
		close_second(w);
	w->settled++;
	w->tally.messages++;
	hist_add(&w->second, (uint64_t)(w->now - s->due));
	if (w->plan->rate > 0)
		hist_add(&w->tally.uncorrected, (uint64_t)(w->now - s->sent));
}

void worker_answered_badly(struct worker *w, enum tally_error kind, unsigned status)
{
	char *said = w->tally.said[kind];

	w->tally.error[kind]++;
	w->second_errors++;
	if (!*said)
		snprintf(said, sizeof(w->tally.said[kind]), "%u %s", status, http_status_phrase(status));
}

/* Enough has been tried when every connection failed twice and none ever came about. */
static void look_for_hope(struct worker *w)
{
	w->hopeless = !w->reached && tally_errors(&w->tally) >= 2 * (uint64_t)w->n_clients + 2;
}

void worker_failed(struct worker *w, enum tally_error kind, unsigned n, const char *why)
{
	/* A connection that had nothing to carry: it counts as a message, so that a run by count ends. */
	if (n == 0 && w->taken < w->quota)
		w->taken++, w->settled++;
	w->settled += n;
	w->tally.error[kind] += n ? n : 1;
	w->second_errors += n ? n : 1;
	if (why && !w->tally.said[kind][0])
		snprintf(w->tally.said[kind], sizeof(w->tally.said[kind]), "%s", why);
	look_for_hope(w);
}

/* --- Giving out messages --------------------------------------------------------------------------- */

bool worker_take(struct worker *w, struct stamp *s)
{
	int64_t due = w->plan->rate > 0 ? schedule_at(&w->schedule, w->schedule.next) : w->now;

	if (w->taken >= w->quota || due > w->now || due >= w->plan->end)
		return false;
	w->taken++;
	w->schedule.next++;
	w->tally.sent++;
	*s = (struct stamp){ .due = due, .sent = w->now };
	return true;
}

void worker_ready(struct worker *w, struct client *c)
{
	if (c->queued)
		return;
	c->queued = true;
	c->next = NULL;
	if (w->ready)
		w->ready_last->next = c;
	else
		w->ready = c;
	w->ready_last = c;
}

void worker_not_ready(struct worker *w, struct client *c)
{
	struct client *before = NULL;

	if (!c->queued)
		return;
	for (struct client *i = w->ready; i != c; i = i->next)
		before = i;
	if (before)
		before->next = c->next;
	else
		w->ready = c->next;
	if (w->ready_last == c)
		w->ready_last = before;
	c->queued = false;
}

void worker_wake(struct worker *w, struct client *c, int64_t when)
{
	if (heap_set(&w->timers, &c->timer, when))
		err_set(&w->err, ERR_ENV, "out of memory");
}

/* When the next message is due that a connection waits for; INT64_MAX: none. */
static int64_t next_due(const struct worker *w)
{
	int64_t due;

	if (!w->ready || w->taken >= w->quota)
		return INT64_MAX;
	due = schedule_at(&w->schedule, w->schedule.next);
	return due < w->plan->end ? due : INT64_MAX;
}

static void send_due(struct worker *w)
{
	while (next_due(w) <= w->now) {
		struct client *c = w->ready;

		worker_not_ready(w, c);
		client_send(w, c);
	}
}

static void wake_clients(struct worker *w)
{
	struct heap_node *node;

	while ((node = heap_top(&w->timers)) && node->when <= w->now) {
		heap_del(&w->timers, node);
		client_wake(w, LOOP_OF(node, struct client, timer));
	}
}

/* --- The loop -------------------------------------------------------------------------------------- */

/* Messages of the schedule that are due by now and were not given out. */
static uint64_t backlog(const struct worker *w)
{
	int64_t until = w->now < w->plan->end ? w->now : w->plan->end - 1;
	uint64_t due = w->plan->rate > 0 ? schedule_due(&w->schedule, until) : 0;
	uint64_t left = w->quota - w->taken;

	due = due > w->schedule.next ? due - w->schedule.next : 0;
	return due < left ? due : left;
}

/* In an open loop what was due is still waited for, so that those the server kept waiting at the end are in
 * the figures as well. */
static bool over(const struct worker *w)
{
	if (__atomic_load_n(&w->plan->stop, __ATOMIC_RELAXED) || w->hopeless || w->err.kind)
		return true;
	if (w->taken >= w->quota && w->settled >= w->quota)
		return true;
	if (w->now < w->plan->end)
		return false;
	if (w->plan->rate <= 0 || w->now >= w->plan->end + w->plan->timeout)
		return true;
	return w->settled >= w->taken && backlog(w) == 0;
}

static void check_clients(struct worker *w)
{
	for (unsigned i = 0; i < w->n_clients; i++)
		client_check(w, &w->clients[i]);
}

/* Sets the alarm for the next thing to do, or finds that there is no time to wait: 0, else -1. */
static int set_alarm(struct worker *w, int64_t *set)
{
	const struct heap_node *node = heap_top(&w->timers);
	int64_t when = next_due(w);
	struct itimerspec at = { 0 };

	if (node && node->when < when)
		when = node->when;
	if (w->now < w->plan->end && w->plan->end < when)
		when = w->plan->end;
	if (when <= w->now)
		return 0;
	if (when < *set || *set <= w->now) {
		*set = when;
		if (when == INT64_MAX)
			return -1;
		at.it_value.tv_sec = when / CLOCK_SEC;
		at.it_value.tv_nsec = when % CLOCK_SEC;
		timerfd_settime(w->alarm, TFD_TIMER_ABSTIME, &at, NULL);
	}
	return -1;
}

static void turn(struct worker *w, int64_t *alarm)
{
	struct epoll_event ev[EVENTS];
	int n = epoll_wait(w->epoll, ev, EVENTS, set_alarm(w, alarm) ? TICK_MS : 0);

	w->now = clock_mono();
	if (n < 0 && errno != EINTR)
		err_sys(&w->err, "epoll_wait");
	for (int i = 0; i < n; i++)
		if (ev[i].data.ptr)
			client_event(w, ev[i].data.ptr, ev[i].events);
	w->now = clock_mono();
	wake_clients(w);
	send_due(w);
}

/* What is under way or due at the end has no answer, and is in no other figure. */
static void count_unanswered(struct worker *w)
{
	uint64_t waiting = backlog(w);
	int64_t oldest = waiting ? schedule_at(&w->schedule, w->schedule.next) : w->now;

	for (unsigned i = 0; i < w->n_clients; i++)
		for (uint32_t k = 0; k < w->plan->window; k++) {
			const struct stamp *s = &w->clients[i].stamps[k];

			oldest = client_waits(w, &w->clients[i], k) && s->due < oldest ? s->due : oldest;
		}
	w->tally.unanswered = w->taken - w->settled + waiting;
	w->tally.oldest = w->tally.unanswered ? (uint64_t)(w->now - oldest) : 0;
}

/* This thread's part of what the plan has. */
static void share_schedule(struct worker *w)
{
	const struct plan *p = w->plan;

	w->quota = p->count ? p->count / p->threads + (w->number < p->count % p->threads) : UINT64_MAX;
	w->schedule = (struct schedule){ .start = p->start,
		.rate = p->rate,
		.ramp = (double)p->ramp / 1e9,
		.stride = p->threads,
		.first = w->number };
}

void *worker_run(void *arg)
{
	struct worker *w = arg;
	const struct plan *p = w->plan;
	int64_t alarm = 0, check;

	share_schedule(w);
	prctl(PR_SET_TIMERSLACK, 1); /* a schedule is kept to the microsecond, not to the 50 that are usual */
	w->now = check = clock_mono();
	close_second(w);
	for (unsigned i = 0; i < w->n_clients; i++)
		worker_wake(w, &w->clients[i], p->start + p->ramp / p->connections * w->clients[i].number);
	while (!over(w)) {
		turn(w, &alarm);
		if (w->now >= w->second_ends)
			close_second(w);
		if (w->now - check >= TICK_MS * CLOCK_MS) {
			check_clients(w);
			check = w->now;
		}
	}
	count_unanswered(w);
	close_second(w);
	return NULL;
}
