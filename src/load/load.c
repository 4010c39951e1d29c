/* The conductor of a run: see load.h.  Options become a plan, threads carry it out, the report is made of what
 * they counted. */
#include "load/load.h"

#include "base/clock.h"
#include "load/packet.h"
#include "load/plot.h"
#include "load/progress.h"
#include "load/report.h"
#include "load/slow.h"
#include "load/worker.h"
#include "net/sock.h"
#include "tls/client.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	LOOK_MS = 200, /* how often progress is looked at */
	SPARE = 64,    /* descriptors that are not connections */
};

struct load_options load_defaults(void)
{
	return (struct load_options){ .connections = 10, .threads = 1, .pipeline = 1, .size = 64 };
}

/* --- Options into a plan --------------------------------------------------------------------------- */

static int span_or(int64_t *ns, const char *text, const char *what, int64_t otherwise, struct err *e)
{
	*ns = otherwise;
	return text ? target_span(ns, text, what, e) : 0;
}

static int plan_times(struct plan *p, const struct load_options *o, struct err *e)
{
	bool packets = p->target.kind == TARGET_PACKET;

	p->think = o->think * CLOCK_MS;
	if (span_or(&p->timeout, o->timeout, "--timeout", (packets ? 1 : 5) * CLOCK_SEC, e) ||
	    span_or(&p->ramp, o->ramp, "--ramp", 0, e))
		return -1;
	return span_or(&p->end, o->duration, "--duration", o->count ? INT64_MAX : 10 * CLOCK_SEC, e);
}

static int plan_numbers(struct plan *p, const struct load_options *o, struct err *e)
{
	uint64_t room = sock_raise_nofile();

	p->connections = (unsigned)o->connections;
	p->threads = (unsigned)(o->threads < o->connections ? o->threads : o->connections);
	p->window = (unsigned)o->pipeline;
	p->count = (uint64_t)o->count;
	p->rate = (double)o->rate;
	p->close = o->close;
	p->size = (size_t)o->size;
	if ((uint64_t)o->connections + (uint64_t)o->slow + SPARE > room)
		return err_set(e, ERR_ENV,
		    "%lld connections need more descriptors than the %llu this process may have: raise the "
		    "hard "
		    "limit (ulimit -Hn), or make them --idle, which uses several processes",
		    (long long)(o->connections + o->slow), (unsigned long long)room);
	if (p->close && p->window > 1)
		return err_set(e, ERR_USAGE, "--close and --pipeline exclude each other");
	if (p->close && p->target.kind == TARGET_PACKET)
		return err_set(e, ERR_USAGE, "--close: UDP has no connections");
	if ((o->slow || o->idle) && p->target.kind == TARGET_PACKET)
		return err_set(e, ERR_USAGE, "--slow-clients and --idle are for TCP");
	if (p->target.kind == TARGET_PACKET && (o->size < PACKET_MIN || o->size > PACKET_MAX))
		return err_set(e, ERR_USAGE, "--size of a datagram: %d to %d", PACKET_MIN, PACKET_MAX);
	return 0;
}

static int plan_requests(struct plan *p, const struct load_options *o, struct buf *body, struct err *e)
{
	const char *method = o->method ? o->method : o->body ? "POST" : "GET";
	struct request_parts parts = { slice_str(p->target.authority), &o->headers, { NULL, 0 }, o->close };
	struct buf file = { 0 };
	int rc;

	if (o->body && requests_read(body, o->body, e))
		return -1;
	parts.body = buf_view(body);
	buf_init(&p->requests.bytes, REQUESTS_BYTES_MAX);
	if (!o->requests) {
		rc = requests_add(&p->requests, slice_str(method), p->target.path, &parts, e);
	} else {
		rc = requests_read(&file, o->requests, e);
		rc = rc ? rc : requests_parse(&p->requests, buf_view(&file), o->requests, &parts, e);
		buf_fini(&file);
	}
	requests_settle(&p->requests);
	return rc;
}

static int plan_make(struct plan *p, const struct load_options *o, struct err *e)
{
	struct buf body = { 0 };
	int rc;

	if (target_parse(&p->target, o->url, e) || plan_numbers(p, o, e) || plan_times(p, o, e))
		return -1;
	p->timeline = timeline_new();
	if (!p->timeline)
		return err_set(e, ERR_ENV, "out of memory");
	if (p->target.kind == TARGET_HTTP) {
		rc = plan_requests(p, o, &body, e);
		buf_fini(&body);
		return rc;
	}
	if (o->method || o->body || o->requests || o->headers.n)
		return err_set(e, ERR_USAGE, "-X, -H, --body and --requests are for http:// and https://");
	return 0;
}

/* --- Running --------------------------------------------------------------------------------------- */

/* For the signal handler, which can be told nothing. */
static struct plan *running;

static void on_signal(int signo)
{
	__atomic_store_n(&running->stop, 1, __ATOMIC_RELAXED);
}

/* The second signal finds the default action in place again. */
static void watch_signals(struct plan *p)
{
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	running = p;
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

struct crew {
	struct worker *workers;
	pthread_t *threads;
	unsigned n, started;
	sem_t done; /* posted by every thread that ends */
};

struct hand {
	struct worker *worker;
	sem_t *done;
};

static void *hand_run(void *arg)
{
	struct hand *h = arg;

	worker_run(h->worker);
	sem_post(h->done);
	return NULL;
}

static int crew_init(struct crew *c, struct plan *p, struct err *e)
{
	unsigned from = 0;

	sem_init(&c->done, 0, 0);
	c->workers = calloc(p->threads, sizeof(*c->workers));
	c->threads = calloc(p->threads, sizeof(*c->threads));
	if (!c->workers || !c->threads)
		return err_set(e, ERR_ENV, "no memory for %u threads", p->threads);
	for (; c->n < p->threads; c->n++) {
		unsigned n = p->connections / p->threads + (c->n < p->connections % p->threads);
		int rc = worker_init(&c->workers[c->n], p, c->n, from, n, e);

		if (rc) {
			c->n++;
			return rc;
		}
		from += n;
	}
	return 0;
}

static void crew_fini(struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++)
		worker_fini(&c->workers[i]);
	free(c->threads);
	free(c->workers);
	sem_destroy(&c->done);
}

/* Waits until all threads have ended. */
static void crew_wait(struct crew *c, struct plan *p)
{
	for (unsigned left = c->started; left;) {
		struct timespec t;
		int64_t until = clock_real() + LOOK_MS * CLOCK_MS;

		t.tv_sec = until / CLOCK_SEC;
		t.tv_nsec = until % CLOCK_SEC;
		if (sem_timedwait(&c->done, &t) == 0)
			left--;
		progress_show(p);
	}
	for (unsigned i = 0; i < c->started; i++)
		pthread_join(c->threads[i], NULL);
	progress_end();
}

/* 0, or -1 when not all threads could be started. */
static int crew_run(struct crew *c, struct plan *p, struct err *e)
{
	struct hand *hands = calloc(c->n, sizeof(*hands));
	int error = hands ? 0 : ENOMEM;

	p->start = clock_mono();
	p->end = p->end == INT64_MAX ? INT64_MAX : p->start + p->end;
	watch_signals(p);
	for (unsigned i = 0; i < c->n && !error; i++) {
		hands[i] = (struct hand){ &c->workers[i], &c->done };
		error = pthread_create(&c->threads[i], NULL, hand_run, &hands[i]);
		c->started += !error;
	}
	if (error)
		__atomic_store_n(&p->stop, 1, __ATOMIC_RELAXED);
	crew_wait(c, p);
	free(hands);
	return error ? err_set(e, ERR_ENV, "cannot start %u threads", c->n) : 0;
}

/* --- Reporting ------------------------------------------------------------------------------------- */

/* Why there was no run worth a report. */
static int no_run(const struct plan *p, const struct tally *t, struct err *e)
{
	for (int i = 0; i < TALLY_ERRORS; i++)
		if (t->error[i])
			return err_set(e, ERR_ENV, "%s",
			    t->said[i][0]                     ? t->said[i]
			    : p->target.kind == TARGET_PACKET ? "no datagram was answered"
			                                      : tally_error_text(i));
	return err_set(e, ERR_ENV, "no connection was made");
}

static int print(const struct load_options *o, const struct report *r, struct err *e)
{
	struct buf b = { 0 };
	int rc = 0;

	timeline_finish(r->plan->timeline);
	if (o->json)
		report_json(&b, r);
	else
		report_text(&b, r);
	if (b.failed || fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout))
		rc = err_set(e, ERR_ENV, "cannot write the report");
	buf_fini(&b);
	return rc;
}

static int judge(const struct tally *t, struct err *e)
{
	uint64_t bad = tally_errors(t);

	if (bad)
		return err_set(e, ERR_DATA, "%llu of %llu messages failed", (unsigned long long)bad,
		    (unsigned long long)t->messages + bad);
	return t->messages ? 0 : err_set(e, ERR_DATA, "no message was answered");
}

/* The run itself, between two looks at the clocks. */
static int measure_crew(
    const struct load_options *o, struct plan *p, struct crew *c, struct report *r, struct err *e)
{
	struct cpu own[2], server[2] = { 0 };
	pid_t pid = (pid_t)o->pid;

	if (pid && cpu_of(pid, &server[0], e))
		return -1;
	cpu_own(&own[0]);
	if (crew_run(c, p, e))
		return -1;
	r->elapsed = clock_mono() - p->start;
	cpu_own(&own[1]);
	r->own = cpu_between(&own[0], &own[1]);
	if (pid && cpu_of(pid, &server[1], e))
		return err_in(e, "the server has ended during the run");
	r->server = pid ? cpu_between(&server[0], &server[1]) : (struct cpu){ 0 };
	return 0;
}

/* The run among those who are there besides. */
static int measure(
    const struct load_options *o, struct plan *p, struct crew *c, struct report *r, struct err *e)
{
	unsigned each = (unsigned)(sock_raise_nofile() - SPARE);
	struct idle *idle = NULL;
	struct slow *slow = NULL;
	int rc = 0;

	if (o->idle && !(idle = idle_start(&p->target.addr, (unsigned)o->idle, each, e)))
		rc = -1;
	if (rc == 0 && o->slow && !(slow = slow_start(p, (unsigned)o->slow, e)))
		rc = -1;
	if (rc == 0)
		rc = measure_crew(o, p, c, r, e);
	r->idle = idle_look(idle);
	slow_stop(slow, &r->slow_held, &r->slow_lost);
	idle_stop(idle);
	return rc;
}

static int run(const struct load_options *o, struct plan *p, struct crew *c, struct tally *all, struct err *e)
{
	struct report r = { .options = o, .plan = p, .tally = all };
	bool reached = false;

	if (crew_init(c, p, e) || measure(o, p, c, &r, e))
		return -1;
	for (unsigned i = 0; i < c->n; i++) {
		tally_merge(all, &c->workers[i].tally);
		reached = reached || c->workers[i].reached;
		if (c->workers[i].err.kind) {
			*e = c->workers[i].err;
			return -1;
		}
	}
	if (!reached && tally_errors(all))
		return no_run(p, all, e);
	if (print(o, &r, e) || (o->plot && plot_report(o->plot, &r, e)))
		return -1;
	return judge(all, e);
}

int load_run(const struct load_options *o, struct err *e)
{
	struct tls_client_options tls = { o->ca, NULL, "http/1.1", o->insecure, !o->no_resume };
	struct tally *all = calloc(1, sizeof(*all));
	struct plan p = { 0 };
	struct crew c = { 0 };
	int rc = all ? plan_make(&p, o, e) : err_set(e, ERR_ENV, "out of memory");

	tls.name = p.target.host;
	tls.alpn = p.target.kind == TARGET_HTTP ? tls.alpn : NULL;
	p.tls = p.target.tls ? &tls : NULL;
	if (rc == 0)
		rc = run(o, &p, &c, all, e);
	crew_fini(&c);
	requests_fini(&p.requests);
	timeline_free(p.timeline);
	free(all);
	return rc;
}
