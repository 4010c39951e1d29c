/* The plan of a comparison and its course; see compare.h. */
#include "compare/compare.h"

#include "compare/program.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

const struct figure_row figure_rows[FIGURES] = {
	[FIGURE_RATE] = { "messages_per_second", "messages/s", 0, false },
	[FIGURE_CPU] = { "cpu_us_per_message", "CPU µs/msg", 2, true },
	[FIGURE_P50] = { "p50_us", "p50 µs", 0, true },
	[FIGURE_P99] = { "p99_us", "p99 µs", 0, true },
	[FIGURE_CALLS] = { "system_calls_per_message", "calls/msg", 2, true },
	[FIGURE_EAGAIN] = { "eagain_per_message", "EAGAIN/msg", 2, true },
	[FIGURE_SWITCHES] = { "context_switches_per_message", "switches/msg", 2, true },
	[FIGURE_THREADS] = { "threads", "threads", 0, true },
	[FIGURE_MEMORY] = { "memory_per_connection", "bytes/conn", 0, true },
	[FIGURE_FAILED] = { "failed_percent", "failed %", 1, true },
};

/* Of a quick comparison: for all its runs, and for one at least; starting and ending take a quarter of a second more each. */
enum { QUICK_MS = 25000, QUICK_LEAST_MS = 150 };

/* Written by the handler, which can be told nothing else. */
static volatile sig_atomic_t stopped;

static void on_signal(int signo)
{
	stopped = 1;
}

bool compare_stopped(void)
{
	return stopped;
}

/* --- The plan --------------------------------------------------------------------------------------- */

static void add_load(struct compare_result *r, struct compare_load l)
{
	if (r->n_loads < COMPARE_LOADS)
		r->loads[r->n_loads++] = l;
}

static void add_crowd(struct compare_result *r, int64_t n, bool udp)
{
	struct compare_load l = { .connections = udp ? 1 : n, .window = udp ? n : 1 };

	snprintf(l.id, sizeof(l.id), "%" PRId64, n);
	snprintf(l.title, sizeof(l.title), udp ? "%" PRId64 " under way" : "%" PRId64 " connection%s", n,
	    n == 1 ? "" : "s");
	add_load(r, l);
}

static int plan_crowds(struct compare_result *r, bool udp, struct err *e)
{
	const char *list = r->options->connections, *text = list;
	char *end;

	if (!text)
		text = udp ? "1,16,64" : r->options->quick ? "1,64" : "1,64,1024,10000";
	for (;; text = end + 1) {
		long long n = strtoll(text, &end, 10);

		if (end == text || n < 1 || n > (udp ? 1024 : 18000) || (*end && *end != ','))
			return err_set(e, ERR_USAGE,
			    "--connections takes numbers up to %s, as in 1,64, not '%.40s'",
			    udp ? "1024" : "18000", list);
		add_crowd(r, n, udp);
		if (!*end)
			return 0;
	}
}

static int plan_loads(struct compare_result *r, bool udp, struct err *e)
{
	const struct compare_options *o = r->options;
	struct compare_load slow = { .id = "slow", .connections = 1, .window = 1, .slow = o->slow };
	struct compare_load idle = { .id = "idle", .connections = 8, .window = 1, .idle = o->idle };

	if (plan_crowds(r, udp, e))
		return -1;
	if (udp)
		return 0;
	snprintf(slow.title, sizeof(slow.title), "one fast client beside %" PRId64 " slow ones", o->slow);
	snprintf(idle.title, sizeof(idle.title), "8 busy connections among %" PRId64 " idle ones", o->idle);
	if (o->slow)
		add_load(r, slow);
	if (o->idle)
		add_load(r, idle);
	return 0;
}

static int plan_models(struct compare_result *r, const char *transport, struct err *e)
{
	const char *list = r->options->models;
	char name[32];

	for (size_t i = 0; !list && i < echo_n_models; i++)
		if (!strcmp(echo_models[i].transport, transport) && r->n_models < COMPARE_MODELS)
			r->models[r->n_models++] = &echo_models[i];
	while (list && r->n_models < COMPARE_MODELS) {
		size_t n = strcspn(list, ",");

		snprintf(name, sizeof(name), "%.*s", (int)n, list);
		if (echo_find(&r->models[r->n_models++], transport, name, e))
			return -1;
		list = list[n] ? list + n + 1 : NULL;
	}
	return 0;
}

/* Names the machine by what matters for the figures, and by nothing that tells whose it is. */
static void name_machine(char *dst, size_t size)
{
	char line[256], *model = NULL;
	struct utsname u = { 0 };
	FILE *f = fopen("/proc/cpuinfo", "re");

	while (f && !model && fgets(line, sizeof(line), f))
		if (!strncmp(line, "model name", 10) && strchr(line, ':'))
			model = strchr(line, ':') + 2;
	if (f)
		fclose(f);
	if (model)
		model[strcspn(model, "\n")] = '\0';
	uname(&u);
	snprintf(dst, size, "%s, %ld processors, Linux %s", model ? model : u.machine,
	    sysconf(_SC_NPROCESSORS_ONLN), u.release);
}

/* A model is not loaded with more connections than it serves at a time: the others would time out, and that is all.
 * Nor is one loaded that this machine does not have. */
static void rule_out(struct compare_result *r, size_t m, size_t l)
{
	const struct echo_model *model = r->models[m];
	const struct compare_load *load = &r->loads[l];
	struct compare_cell *c = &r->cell[m][l];
	struct err e;

	if (model->usable && model->usable(&e))
		snprintf(c->why_not, sizeof(c->why_not), "%.150s", e.msg);
	else if (model->at_once == 1 && load->connections > 1)
		snprintf(c->why_not, sizeof(c->why_not), "it serves one client at a time");
	else if (model->at_once > 1 && load->connections + load->slow + load->idle > model->at_once)
		snprintf(c->why_not, sizeof(c->why_not), "it serves %d clients at a time", model->at_once);
}

int compare_plan(struct compare_result *r, struct err *e)
{
	bool udp = !strcmp(r->options->what, "udp");

	if (!udp && strcmp(r->options->what, "io"))
		return err_set(e, ERR_USAGE, "compare io or udp, not '%.40s'", r->options->what);
	name_machine(r->machine, sizeof(r->machine));
	if (plan_models(r, udp ? "udp" : "tcp", e) || plan_loads(r, udp, e))
		return -1;
	for (size_t m = 0; m < r->n_models; m++)
		for (size_t l = 0; l < r->n_loads; l++)
			rule_out(r, m, l);
	return 0;
}

/* A quick comparison has its time, and each run a part of it. */
static void share_time(struct compare_result *r, struct compare_options *o)
{
	int64_t runs = 0, each;

	for (size_t m = 0; m < r->n_models; m++)
		for (size_t l = 0; l < r->n_loads; l++)
			runs += r->cell[m][l].why_not[0] == '\0';
	runs *= o->rounds + 1; /* the counting */
	each = runs ? QUICK_MS / runs : QUICK_MS;
	each = each < QUICK_LEAST_MS ? QUICK_LEAST_MS : each;
	if (each < o->seconds_ms)
		o->seconds_ms = each;
}

/* --- The course ------------------------------------------------------------------------------------- */

static void progress(
    const struct compare_result *r, size_t done, size_t all, const char *what, size_t m, size_t l)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K%zu of %zu: %s %s, %s", done, all, what, r->models[m]->name,
		    r->loads[l].title);
}

/* Alternating: a round has each model once under each load, so that what the machine does besides hits all alike. */
static void measure_all(struct compare_result *r)
{
	size_t rounds = (size_t)r->options->rounds, done = 0, all = (rounds + 1) * r->n_loads * r->n_models;

	for (size_t k = 0; k < rounds; k++)
		for (size_t l = 0; l < r->n_loads; l++)
			for (size_t m = 0; m < r->n_models; m++) {
				progress(r, done++, all, "loading", m, l);
				if (compare_measure(r, m, l))
					return;
			}
	compare_medians(r);
	for (size_t l = 0; l < r->n_loads; l++)
		for (size_t m = 0; m < r->n_models; m++) {
			progress(r, done++, all, "counting the calls of", m, l);
			if (compare_count(r, m, l))
				return;
		}
}

/* A comparison that was cut short says so of what it has not come to. */
static void say_unmeasured(struct compare_result *r)
{
	for (size_t m = 0; m < r->n_models; m++)
		for (size_t l = 0; l < r->n_loads; l++) {
			struct compare_cell *c = &r->cell[m][l];

			if (!c->rounds && !c->why_not[0])
				snprintf(c->why_not, sizeof(c->why_not), "the comparison ended before");
		}
}

static int write_page(const struct compare_result *r, struct err *e)
{
	struct buf page = { 0 };
	FILE *f = fopen(r->options->html, "we");
	int rc = 0;

	if (!f)
		return err_sys(e, "cannot write %s", r->options->html);
	compare_html(&page, r);
	if (page.failed || fwrite(page.p, 1, page.n, f) != page.n)
		rc = -1;
	if (fclose(f) || rc)
		rc = err_sys(e, "cannot write %s", r->options->html);
	buf_fini(&page);
	return rc;
}

static int show(const struct compare_result *r, struct err *e)
{
	struct buf out = { 0 };
	bool any = false;
	int rc = 0;

	for (size_t m = 0; m < r->n_models; m++)
		for (size_t l = 0; l < r->n_loads; l++)
			any = any || r->cell[m][l].rounds;
	if (!any)
		return compare_stopped()
		           ? err_set(e, ERR_ENV, "ended before anything was measured")
		           : err_set(e, ERR_DATA, "nothing could be measured: %s", r->cell[0][0].why_not);
	if (r->options->json)
		compare_json(&out, r);
	else
		compare_text(&out, r);
	if (out.failed)
		rc = err_set(e, ERR_ENV, "out of memory");
	else
		fwrite(out.p, 1, out.n, stdout);
	buf_fini(&out);
	if (rc == 0 && r->options->html)
		rc = write_page(r, e);
	if (rc == 0 && r->options->plot)
		rc = compare_plot(r, r->options->plot, e);
	return rc;
}

int compare_run(const struct compare_options *o, struct err *e)
{
	struct compare_result *r = calloc(1, sizeof(*r));
	struct sigaction sa = { .sa_handler = on_signal };
	struct compare_options own = *o;
	int rc;

	if (!r)
		return err_sys(e, "cannot make room");
	r->options = &own;
	rc = compare_plan(r, e);
	if (own.quick)
		share_time(r, &own);
	if (rc == 0 && !program_exists("osilab-load"))
		rc = err_set(e, ERR_ENV, "there is no osilab-load beside this program: run make");
	if (rc == 0) {
		sigaction(SIGINT, &sa, NULL);
		sigaction(SIGTERM, &sa, NULL);
		measure_all(r);
		if (compare_stopped())
			compare_medians(r);
		say_unmeasured(r);
		if (isatty(STDERR_FILENO))
			fputs("\r\033[K", stderr);
		rc = show(r, e);
	}
	free(r);
	return rc;
}
