/* The words by which a lab sees the TCP states of its hosts, as their kernels have them: /proc/net/tcp (proc(5)).
 * The kernel does not tell of a change, so a process looks a thousand times a second and writes down what is new. */
#include "lab/lesson.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { SOCKETS = 512, LOOK_NS = 1000000, READY_MS = 5000, SEEN_MAX = 4096 };

/* By the number in the file; RFC 9293 3.3.2. */
static const char *const names[] = { "CLOSED", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1",
	"FIN-WAIT-2", "TIME-WAIT", "CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECEIVED" };

struct seen {
	char local[48], remote[48];
	unsigned state;
};

struct look {
	struct seen s[SOCKETS];
	unsigned n;
};

static void look_at(const char *path, struct look *k)
{
	FILE *f = fopen(path, "re");
	char line[512];

	while (f && k->n < SOCKETS && fgets(line, sizeof(line), f)) {
		struct seen *s = &k->s[k->n];

		if (sscanf(line, " %*u: %47s %47s %x", s->local, s->remote, &s->state) == 3 &&
		    s->state < sizeof(names) / sizeof(*names))
			k->n++;
	}
	if (f)
		fclose(f);
}

static void look(struct look *k)
{
	k->n = 0;
	look_at("/proc/self/net/tcp", k);
	look_at("/proc/self/net/tcp6", k);
}

static const struct seen *same(const struct look *k, const struct seen *s)
{
	for (unsigned i = 0; i < k->n; i++)
		if (!strcmp(k->s[i].local, s->local) && !strcmp(k->s[i].remote, s->remote))
			return &k->s[i];
	return NULL;
}

static unsigned port_of(const char *address)
{
	const char *colon = strrchr(address, ':');

	return colon ? (unsigned)strtoul(colon + 1, NULL, 16) : 0;
}

/* "1700000000.123456 LOCAL-PORT REMOTE-PORT STATE" */
static void write_line(FILE *f, const struct seen *s, unsigned state)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	fprintf(f, "%lld.%06ld %u %u %s\n", (long long)now.tv_sec, now.tv_nsec / 1000, port_of(s->local),
	    port_of(s->remote), names[state]);
}

static void write_changes(FILE *f, const struct look *before, const struct look *now)
{
	for (unsigned i = 0; i < now->n; i++) {
		const struct seen *was = same(before, &now->s[i]);

		if (!was || was->state != now->s[i].state)
			write_line(f, &now->s[i], now->s[i].state);
	}
	for (unsigned i = 0; i < before->n; i++)
		if (!same(now, &before->s[i]))
			write_line(f, &before->s[i], 0);
	fflush(f);
}

static void watch_process(const struct lab_node *node, FILE *f, int ready)
{
	static struct look looks[2];
	struct err e = { 0 };
	ssize_t told;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
	if (lab_node_enter(node, &e))
		_exit(1);
	for (unsigned i = 0;; i++) {
		struct timespec t = { .tv_nsec = LOOK_NS };

		look(&looks[i & 1]);
		write_changes(f, &looks[!(i & 1)], &looks[i & 1]);
		if (i == 0) {
			told = write(ready, "", 1);
			(void)told;
		}
		nanosleep(&t, NULL);
	}
}

static const char *file_of(struct lesson *l, const struct script_value *args, size_t n, struct err *e)
{
	const struct lab_node *node = lesson_node(l, lesson_arg(l, args, n, 0, e), e);

	return node ? arena_printf(&l->arena, "%s.states", node->name) : NULL;
}

/* watch(host): from now on its states are written down. */
static int word_watch(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *name = file_of(l, args, n, e);
	FILE *f = name ? fopen(name, "wxe") : NULL;
	int ready[2], rc = 0;
	char byte;
	pid_t pid;

	if (!f)
		return name ? err_sys(e, "%s", name) : -1;
	if (pipe(ready))
		return err_sys(e, "pipe");
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		watch_process(lesson_node(l, lesson_arg(l, args, n, 0, e), e), f, ready[1]);
	close(ready[1]);
	fclose(f);
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		rc = err_set(e, ERR_ENV, "cannot watch the states of TCP");
	close(ready[0]);
	return rc;
}

/* --- Questions ---------------------------------------------------------------------------------------- */

/* states(host, port), state_times(host, port): the states that connections with that port, local or remote, came
 * into, in order; and when, in seconds as frame.time_epoch. */
static int seen_of(struct lesson *l, bool times, const struct script_value *args, size_t n,
    struct script_value *result, struct err *e)
{
	const char *name = file_of(l, args, n, e);
	int64_t port = name ? lesson_arg_int(args, n, 1, 1, UINT16_MAX, e) : -1;
	FILE *f = port > 0 ? fopen(name, "re") : NULL;
	struct script_value *v = arena_alloc(&l->arena, SEEN_MAX * sizeof(*v));
	char line[128], state[32];
	unsigned a, b;
	double at;
	size_t k = 0;

	if (!f || !v)
		return port > 0 ? err_set(e, ERR_DATA, "watch() that host first, in steps()") : -1;
	while (k < SEEN_MAX && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lf %u %u %31s", &at, &a, &b, state) != 4 || (a != port && b != port) ||
		    !strcmp(state, "LISTEN"))
			continue;
		v[k] = (struct script_value){ .type = SCRIPT_REAL, .d = at };
		if (!times)
			v[k] = (struct script_value){ .type = SCRIPT_TEXT,
				.s = arena_dup(&l->arena, slice_str(state)) };
		k++;
	}
	fclose(f);
	*result = (struct script_value){ .type = SCRIPT_LIST, .list = { v, k } };
	return 1;
}

static int word_states(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	return seen_of(host, false, args, n, &results[0], e);
}

static int word_state_times(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	return seen_of(host, true, args, n, &results[0], e);
}

/* How many sockets of the namespace we are in have that port and state. */
static unsigned count_now(unsigned port, const char *state)
{
	static struct look k;
	unsigned count = 0;

	look(&k);
	for (unsigned i = 0; i < k.n; i++)
		count += (port_of(k.s[i].local) == port || port_of(k.s[i].remote) == port) &&
		         !strcmp(names[k.s[i].state], state);
	return count;
}

static bool is_state(const char *name)
{
	for (size_t i = 1; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* true = wait_state(host, port, state [, n]): until a connection is so, or n are; false after ten seconds. */
static int word_wait_state(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const struct lab_node *node = lesson_node(l, lesson_arg(l, args, n, 0, e), e);
	int64_t port = node ? lesson_arg_int(args, n, 1, 1, UINT16_MAX, e) : -1;
	const char *state = port > 0 ? lesson_arg(l, args, n, 2, e) : NULL;
	int64_t wanted = n > 3 ? lesson_arg_int(args, n, 3, 1, SOCKETS, e) : 1;
	int64_t deadline = clock_mono() + 10 * CLOCK_SEC;
	struct timespec t = { .tv_nsec = LOOK_NS };
	bool there = false;

	if (wanted < 0)
		return -1;
	if (!state || !is_state(state))
		return state ? err_set(e, ERR_DATA, "TCP has no state %.40s", state) : -1;
	if (lab_node_enter(node, e))
		return -1;
	while (!(there = count_now((unsigned)port, state) >= wanted) && clock_mono() < deadline)
		nanosleep(&t, NULL);
	results[0] = (struct script_value){ .type = SCRIPT_BOOL, .b = there };
	return lab_home(l->stage.lab, e) ? -1 : 1;
}

const struct program_function lesson_watch_words[] = {
	{ "watch", word_watch },
	{ "states", word_states },
	{ "state_times", word_state_times },
	{ "wait_state", word_wait_state },
	{ NULL, NULL },
};
