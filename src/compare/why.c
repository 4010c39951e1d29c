/* Why a model's figures are what they are.  Every sentence stands for a rule over what was measured, and says the
 * figures it rests on; where a figure is not known, or says nothing, there is no sentence. */
#include "compare/compare.h"

#include <math.h>
#include <string.h>

static double at(const struct compare_result *r, size_t m, size_t l, enum figure f)
{
	return r->cell[m][l].rounds ? r->cell[m][l].median[f] : NAN;
}

static double best(const struct compare_result *r, size_t l, enum figure f, size_t *who)
{
	double found = NAN;

	for (size_t m = 0; m < r->n_models; m++) {
		double v = at(r, m, l, f);

		if (isnan(v) || (!isnan(found) && (figure_rows[f].less ? v >= found : v <= found)))
			continue;
		found = v;
		*who = m;
	}
	return found;
}

/* The last load without slow and idle connections that this model was measured under. */
static size_t busiest(const struct compare_result *r, size_t m)
{
	size_t found = r->n_loads;

	for (size_t l = 0; l < r->n_loads; l++)
		if (!r->loads[l].slow && !r->loads[l].idle && r->cell[m][l].rounds)
			found = l;
	return found;
}

static size_t load_with(const struct compare_result *r, bool slow)
{
	for (size_t l = 0; l < r->n_loads; l++)
		if (slow ? r->loads[l].slow > 0 : r->loads[l].idle > 0)
			return l;
	return r->n_loads;
}

static void say_cost(struct buf *out, const struct compare_result *r, size_t m, size_t l)
{
	size_t who = m;
	double cpu = at(r, m, l, FIGURE_CPU), least = best(r, l, FIGURE_CPU, &who);

	if (isnan(cpu))
		return;
	buf_printf(out, "With %s a message costs %.2f µs of processor time", r->loads[l].title, cpu);
	if (who == m)
		buf_printf(out, "%s. ", r->n_models > 1 ? ", the least of all models here" : "");
	else
		buf_printf(out, ", %.1f times that of %s (%.2f). ", cpu / least, r->models[who]->name, least);
}

static void say_calls(struct buf *out, const struct compare_result *r, size_t m, size_t l)
{
	double calls = at(r, m, l, FIGURE_CALLS), eagain = at(r, m, l, FIGURE_EAGAIN);

	if (isnan(calls))
		return;
	if (calls < 0.95)
		buf_printf(out,
		    "One system call moves %.1f messages, so that entering the kernel is shared. ",
		    1 / calls);
	else if (calls < 2.2)
		buf_printf(out,
		    "It makes %.2f system calls for each: to receive, to send, and hardly another. ", calls);
	else
		buf_printf(out,
		    "It makes %.2f system calls for each, %.2f more than receiving and sending take. ", calls,
		    calls - 2);
	if (eagain > 0.1)
		buf_printf(
		    out, "%.2f of them for each message came back with EAGAIN: asked in vain. ", eagain);
}

static void say_switches(struct buf *out, const struct compare_result *r, size_t m, size_t l)
{
	double switches = at(r, m, l, FIGURE_SWITCHES), threads = at(r, m, l, FIGURE_THREADS);

	if (isnan(switches))
		return;
	if (switches > 0.5 && threads > 1)
		buf_printf(out,
		    "%.0f threads, of all its processes, take turns: %.2f context switches a message, each "
		    "of which stops one and "
		    "starts another. ",
		    threads, switches);
	else if (switches > 0.5)
		buf_printf(out, "It sleeps and is woken for nearly every message (%.2f context switches). ",
		    switches);
	else if (switches < 0.05)
		buf_printf(out, "It hardly ever sleeps: %.3f context switches a message. ", switches);
	else
		buf_printf(
		    out, "A time awake serves several messages: %.2f context switches for each. ", switches);
}

/* From the first load to the busiest. */
static void say_growth(struct buf *out, const struct compare_result *r, size_t m, size_t l)
{
	double few = at(r, m, 0, FIGURE_CPU), many = at(r, m, l, FIGURE_CPU);

	if (l == 0 || isnan(few) || isnan(many))
		return;
	if (many > few * 1.2)
		buf_printf(out,
		    "That is %.1f times what it costs with %s (%.2f µs): more of them make each dearer. ",
		    many / few, r->loads[0].title, few);
	else if (many < few / 1.2)
		buf_printf(out, "With %s it costs %.2f µs: when there is more to do, a waking finds more. ",
		    r->loads[0].title, few);
	else
		buf_printf(out, "With %s it costs about the same (%.2f µs). ", r->loads[0].title, few);
}

static void say_slow(struct buf *out, const struct compare_result *r, size_t m)
{
	size_t l = load_with(r, true), who = m;
	double p99, least;

	if (l == r->n_loads || (!r->cell[m][l].rounds && compare_stopped()))
		return;
	p99 = at(r, m, l, FIGURE_P99);
	least = best(r, l, FIGURE_P99, &who);
	if (!r->cell[m][l].rounds)
		buf_printf(
		    out, "Of %s the fast one got nothing: %s. ", r->loads[l].title, r->cell[m][l].why_not);
	else if (p99 > 10 * least)
		buf_printf(out,
		    "With %s the fast one waits %.1f ms at p99 (%s: %.2f ms): it stands behind the slow. ",
		    r->loads[l].title, p99 / 1e3, r->models[who]->name, least / 1e3);
	else
		buf_printf(
		    out, "Slow clients hold nobody up: with %s its p99 is %.0f µs. ", r->loads[l].title, p99);
}

static void say_idle(struct buf *out, const struct compare_result *r, size_t m)
{
	size_t l = load_with(r, false), who = m;
	double cpu, least, memory;

	if (l == r->n_loads)
		return;
	cpu = at(r, m, l, FIGURE_CPU);
	least = best(r, l, FIGURE_CPU, &who);
	memory = at(r, m, l, FIGURE_MEMORY);
	if (isnan(cpu)) {
		buf_printf(out, "With %s: %s. ", r->loads[l].title, r->cell[m][l].why_not);
		return;
	}
	if (cpu > 2 * least)
		buf_printf(out,
		    "With %s a message costs %.1f µs, %.1f times that of %s: it pays for those who say "
		    "nothing. ",
		    r->loads[l].title, cpu, cpu / least, r->models[who]->name);
	else
		buf_printf(out, "With %s a message costs %.2f µs. ", r->loads[l].title, cpu);
	if (!isnan(memory))
		buf_printf(out, "A connection holds %.0f bytes of its memory. ", memory);
}

static void say_place(struct buf *out, const struct compare_result *r, size_t m, size_t l)
{
	double failed = at(r, m, l, FIGURE_FAILED);

	if (failed > 0.05)
		buf_printf(out, "%.1f %% of the messages failed. ", failed);
	buf_printf(out, "It is %s and %s: while it waits the thread %s.", r->models[m]->blocking,
	    r->models[m]->sync, r->models[m]->waits);
}

void compare_why(struct buf *out, const struct compare_result *r, size_t m)
{
	size_t l = busiest(r, m);

	if (l == r->n_loads) {
		buf_puts(out, "Nothing was measured of it under full load.\n\n");
	} else {
		say_cost(out, r, m, l);
		say_calls(out, r, m, l);
		say_switches(out, r, m, l);
		say_growth(out, r, m, l);
		buf_puts(out, "\n\n");
	}
	say_slow(out, r, m);
	say_idle(out, r, m);
	if (l < r->n_loads)
		say_place(out, r, m, l);
	buf_puts(out, "\n");
}
