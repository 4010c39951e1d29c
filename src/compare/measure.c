/* One model under one load; see compare.h. */
#include "compare/compare.h"
#include "compare/program.h"

#include "base/clock.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	START_MS = 5000, /* until a server has said where it listens */
	END_MS = 30000,  /* until a generator has reported, beyond its time */
};

/* The processors: the server's and the generator's.  -1 where there is only one. */
static void processors(int *server, int *generator)
{
	cpu_set_t mine;

	*server = *generator = -1;
	if (sched_getaffinity(0, sizeof(mine), &mine) || CPU_COUNT(&mine) < 2)
		return;
	for (int i = 0; i < CPU_SETSIZE && *generator < 0; i++)
		if (CPU_ISSET((size_t)i, &mine))
			*(*server < 0 ? server : generator) = i;
}

/* Starts the model, on any port; *port: which.  0, or -1 with *e. */
static int serve(struct program *p, const struct echo_model *m, const char *name, int *port, struct err *e)
{
	const char *argv[] = { name, "--model", m->name, "--port", "0", "--drain", "0", NULL, NULL, NULL };
	struct buf said = { 0 };
	char *colon = NULL;
	int cpu, other, n = 7;

	if (!strcmp(m->transport, "udp"))
		argv[n++] = "--udp";
	if (!strcmp(name, "osilab-echo-watched"))
		argv[n++] = "--count";
	processors(&cpu, &other);
	if (program_start(p, argv, cpu, e))
		return -1;
	if (program_read(p, &said, true, START_MS) > 0 && buf_putc(&said, '\0') == 0)
		colon = strstr((char *)said.p, " on 127.0.0.1:");
	if (colon)
		*port = atoi(colon + strlen(" on 127.0.0.1:"));
	buf_fini(&said);
	if (colon)
		return 0;
	program_stop(p, NULL);
	return err_set(e, ERR_ENV, "%s does not run here: osilab echo --model %s says why", m->name, m->name);
}

/* Starts the generator, for the time of a round. */
static int load(struct program *p, const struct compare_result *r, const struct compare_load *l,
    const struct echo_model *m, int port, pid_t server, struct err *e)
{
	char url[64], words[6][24];
	const char *argv[24] = { "osilab-load", "--json", "-c", words[0], "--pipeline", words[1], "--pid",
		words[2], "-d", words[3] };
	int cpu, other, n = 10;

	snprintf(url, sizeof(url), "%s://127.0.0.1:%d", m->transport, port);
	snprintf(words[0], sizeof(words[0]), "%" PRId64, l->connections);
	snprintf(words[1], sizeof(words[1]), "%" PRId64, l->window);
	snprintf(words[2], sizeof(words[2]), "%d", (int)server);
	snprintf(words[3], sizeof(words[3]), "%" PRId64 "ms", r->options->seconds_ms);
	if (l->slow) {
		snprintf(words[4], sizeof(words[4]), "%" PRId64, l->slow);
		argv[n++] = "--slow-clients";
		argv[n++] = words[4];
	}
	if (l->idle) {
		snprintf(words[5], sizeof(words[5]), "%" PRId64, l->idle);
		argv[n++] = "--idle";
		argv[n++] = words[5];
	}
	/* Nobody waits five seconds for a server that serves somebody else. */
	argv[n++] = "--timeout";
	argv[n++] = "1s";
	argv[n++] = url;
	argv[n] = NULL;
	processors(&cpu, &other);
	return program_start(p, argv, other, e);
}

static double number(const json_t *report, const char *outer, const char *inner)
{
	const json_t *v = json_object_get(report, outer);

	v = inner ? json_object_get(v, inner) : v;
	return json_is_number(v) ? json_number_value(v) : NAN;
}

static void add_round(struct compare_cell *c, const double v[FIGURES])
{
	if (c->rounds >= COMPARE_ROUNDS)
		return;
	for (int f = 0; f < FIGURES; f++)
		c->round[f][c->rounds] = v[f];
	c->rounds++;
}

/* Why no message was answered: what happened to most of them. */
static void say_why(char *dst, size_t size, json_t *report)
{
	json_t *kinds = json_object_get(report, "errors_by_kind"), *n;
	const char *kind, *most = NULL;
	json_int_t found = 0;

	json_object_foreach(kinds, kind, n) if (json_integer_value(n) > found)
	{
		found = json_integer_value(n);
		most = kind;
	}
	if (most)
		snprintf(dst, size, "no message was answered (%.40s: %lld)", most, (long long)found);
	else
		snprintf(dst, size, "nobody was answered in time");
}

/* What a report says.  0, or -1: nobody was answered, and c->why_not says why. */
static int digest(double v[FIGURES], const struct buf *report, struct compare_cell *c)
{
	json_t *j = json_loadb((const char *)report->p, report->n, 0, NULL);
	double messages = number(j, "messages", NULL), errors = number(j, "errors", NULL);
	int rc = messages > 0 ? 0 : -1;

	v[FIGURE_RATE] = number(j, "messages_per_second", NULL);
	v[FIGURE_CPU] = number(j, "server_cpu", "us_per_message");
	v[FIGURE_P50] = number(j, "latency", "p50");
	v[FIGURE_P99] = number(j, "latency", "p99");
	v[FIGURE_FAILED] = messages + errors > 0 ? 100 * errors / (messages + errors) : NAN;
	if (rc)
		say_why(c->why_not, sizeof(c->why_not), j);
	json_decref(j);
	return rc;
}

/* Reads the report; on the way, when the connections stand, looks at the server twice. */
static int watch(struct program *generator, pid_t server, const struct compare_result *r,
    const struct compare_load *l, const struct family *before, struct compare_cell *c, double v[FIGURES])
{
	int ms = (int)r->options->seconds_ms, rc;
	int64_t crowd = l->connections + l->slow + l->idle, from = 0;
	struct family first = { 0 }, last = { 0 };
	struct buf report = { 0 };

	rc = program_read(generator, &report, false, ms * 2 / 5);
	if (rc == 0) {
		first = family_of(server);
		from = clock_mono();
		rc = program_read(generator, &report, false, ms * 2 / 5);
	}
	if (rc == 0) {
		last = family_of(server);
		v[FIGURE_SWITCHES] =
		    (double)(last.switches - first.switches) / ((double)(clock_mono() - from) / 1e9);
		v[FIGURE_THREADS] = last.threads;
		v[FIGURE_MEMORY] =
		    last.memory > before->memory ? (double)(last.memory - before->memory) / (double)crowd : 0;
		rc = program_read(generator, &report, false, END_MS);
	}
	if (rc > 0)
		rc = digest(v, &report, c) ? 0 : 1;
	v[FIGURE_SWITCHES] /= v[FIGURE_RATE];
	buf_fini(&report);
	return rc;
}

int compare_measure(struct compare_result *r, size_t model, size_t load_no)
{
	struct compare_cell *c = &r->cell[model][load_no];
	const struct compare_load *l = &r->loads[load_no];
	struct program server = { 0 }, generator = { 0 };
	struct err e = { 0 };
	struct family before;
	double v[FIGURES];
	int port, rc = 0;

	if (c->why_not[0])
		return 0;
	for (int f = 0; f < FIGURES; f++)
		v[f] = NAN;
	if (serve(&server, r->models[model], "osilab-echo", &port, &e) == 0) {
		before = family_of(server.pid);
		if (load(&generator, r, l, r->models[model], port, server.pid, &e) == 0)
			rc = watch(&generator, server.pid, r, l, &before, c, v);
	}
	if (rc > 0)
		add_round(c, v);
	else if (rc == 0 && !c->why_not[0])
		snprintf(c->why_not, sizeof(c->why_not), "%.150s",
		    e.msg[0] ? e.msg : "the generator did not come to an end");
	program_stop(&generator, NULL);
	program_stop(&server, NULL);
	return compare_stopped() ? -1 : 0;
}

/* The line that the watched server prints at its end. */
static void take_count(struct compare_cell *c, struct buf *said)
{
	char *line = buf_putc(said, '\0') == 0 ? strstr((char *)said->p, "{\"model\"") : NULL;
	json_t *j = line ? json_loads(line, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	double messages = number(j, "messages", NULL);

	c->median[FIGURE_CALLS] = number(j, "per_message", NULL);
	c->median[FIGURE_EAGAIN] = messages > 0 ? number(j, "eagain", NULL) / messages : NAN;
	json_decref(j);
}

int compare_count(struct compare_result *r, size_t model, size_t load_no)
{
	const struct compare_load *l = &r->loads[load_no];
	struct compare_cell *c = &r->cell[model][load_no];
	struct program server = { 0 }, generator = { 0 };
	struct buf said = { 0 }, report = { 0 };
	struct err e = { 0 };
	int port;

	c->median[FIGURE_CALLS] = c->median[FIGURE_EAGAIN] = NAN;
	if (!c->rounds || !program_exists("osilab-echo-watched"))
		return 0;
	if (serve(&server, r->models[model], "osilab-echo-watched", &port, &e) == 0 &&
	    load(&generator, r, l, r->models[model], port, server.pid, &e) == 0)
		program_read(&generator, &report, false, END_MS);
	program_stop(&generator, NULL);
	program_stop(&server, &said);
	take_count(c, &said);
	buf_fini(&said);
	buf_fini(&report);
	return compare_stopped() ? -1 : 0;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *v, unsigned n)
{
	double sorted[COMPARE_ROUNDS];
	unsigned known = 0;

	for (unsigned i = 0; i < n; i++)
		if (!isnan(v[i]))
			sorted[known++] = v[i];
	if (known == 0)
		return NAN;
	qsort(sorted, known, sizeof(sorted[0]), ascending);
	return known % 2 ? sorted[known / 2] : (sorted[known / 2 - 1] + sorted[known / 2]) / 2;
}

void compare_medians(struct compare_result *r)
{
	for (size_t m = 0; m < r->n_models; m++)
		for (size_t l = 0; l < r->n_loads; l++)
			for (int f = 0; f < FIGURES; f++)
				r->cell[m][l].median[f] =
				    median(r->cell[m][l].round[f], r->cell[m][l].rounds);
}
