/* The words by which a lab raises its network and runs programs in it, and what ends them. */
#include "lab/lesson.h"

#include "base/clock.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { READY_MS = 10000, RUN_MS = 15000, DRAIN_MS = 3000, MARKS_MS = 5000, INPUT_MAX = 4096 };

/* --- The network -------------------------------------------------------------------------------------- */

/* A new host with one address. */
static int add_end(struct lesson_stage *s, int i, const char *name, const char *prefix, struct err *e)
{
	struct slice rest = slice_str(prefix);

	slice_cstr(slice_cut(&rest, '/'), s->address[i], sizeof(s->address[i]));
	s->node[i] = lab_node_new(s->lab, name, e);
	return s->node[i] ? 0 : -1;
}

/* Rules stand behind the fifth argument; what is no text (not loss and "drop ...") is none. */
static int take_rules(
    struct lesson *l, struct link_options *o, const struct script_value *args, size_t n, struct err *e)
{
	for (size_t i = 5; i < n; i++)
		if (args[i].type == SCRIPT_TEXT && !(o->rules[o->nrules++] = lesson_arg(l, args, n, i, e)))
			return -1;
	return 0;
}

static int start_captures(struct lesson_stage *s, struct err *e)
{
	if (capture_marks_open(&s->marks, s->lab, s->node[0], s->address[0], s->node[1], s->address[1], e))
		return -1;
	return capture_start(&s->captures[0], s->node[0], "c0", "client.pcapng", &s->marks, e) ||
	               capture_start(&s->captures[1], s->node[1], "s0", "server.pcapng", &s->marks, e)
	           ? -1
	           : 0;
}

/* wire(client's address, server's address, delay in ms, jitter in ms, rate in kbit/s, rules...) */
static int word_wire(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_stage *s = &l->stage;
	struct link_options o = { .names = { "client", "server" }, .seed = l->seed };
	const char *prefix[2] = { lesson_arg(l, args, n, 0, e), lesson_arg(l, args, n, 1, e) };

	if (!s->lab || s->wired)
		return err_set(e, ERR_DATA, "there is one wire, and it is laid in network()");
	if (!prefix[0] || !prefix[1] || take_rules(l, &o, args, n, e))
		return -1;
	for (size_t i = 2; i < 5; i++)
		if (i >= n || args[i].type != SCRIPT_INT || args[i].i < 0 || args[i].i > 1000000)
			return err_set(e, ERR_DATA, "argument %zu is to be a whole number", i + 1);
	o.delay = args[2].i * CLOCK_MS;
	o.jitter = args[3].i * CLOCK_MS;
	o.rate = args[4].i * 1000;
	if (add_end(s, 0, "client", prefix[0], e) || add_end(s, 1, "server", prefix[1], e) ||
	    cable_start(&s->cable, s->lab, s->node[0], "c0", s->node[1], "s0", &o, "wire.log", e) ||
	    rtnl_address(&s->node[0]->rtnl, "c0", prefix[0], e) ||
	    rtnl_address(&s->node[1]->rtnl, "s0", prefix[1], e) || start_captures(s, e))
		return -1;
	s->wired = true;
	return 0;
}

/* --- Programs ----------------------------------------------------------------------------------------- */

static const struct lab_node *node_of(const struct lesson *l, const char *name, struct err *e)
{
	if (!l->stage.wired)
		err_set(e, ERR_DATA, "there is no wire yet");
	else if (name && !strcmp(name, "client"))
		return l->stage.node[0];
	else if (name && !strcmp(name, "server"))
		return l->stage.node[1];
	else if (name)
		err_set(e, ERR_DATA, "the hosts are client and server, not '%s'", name);
	return NULL;
}

/* The words of a command from argument `from` on; "osilab echo" is our own program. */
static int take_command(struct lesson *l, const char **argv, const struct script_value *args, size_t n,
    size_t from, struct err *e)
{
	static char path[PATH_MAX];
	size_t k = 0;

	for (size_t i = from; i < n; i++)
		if (!(argv[k++] = lesson_arg(l, args, n, i, e)))
			return -1;
	argv[k] = NULL;
	if (!k)
		return err_set(e, ERR_DATA, "run what?");
	if (strncmp(argv[0], "osilab-", 7) != 0)
		return 0;
	if (child_sibling(argv[0] + 7, path, sizeof(path), e))
		return -1;
	argv[0] = path;
	return 0;
}

/* Until the program has said its first line, which ours do when they are ready. */
static int wait_ready(const struct child *c, int from, struct err *e)
{
	struct pollfd p[2] = { { .fd = from, .events = POLLIN }, { .fd = c->pidfd, .events = POLLIN } };

	if (poll(p, 2, READY_MS) > 0 && (p[0].revents & POLLIN))
		return 0;
	return err_set(e, ERR_ENV, "%s %s", c->name, p[1].revents ? "ended at once" : "does not get ready");
}

/* start(host, program, argument...): a program that serves; goes on when it is ready. */
static int word_start(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_stage *s = &l->stage;
	const char *argv[PROGRAM_ARGS + 1];
	struct child_options o = { .node = node_of(l, lesson_arg(l, args, n, 0, e), e), .err = -1 };
	struct child *c = &s->children[s->nchildren];
	int fd[2], rc;

	if (!o.node || take_command(l, argv, args, n, 1, e))
		return -1;
	if (s->nchildren == LESSON_CHILDREN)
		return err_set(e, ERR_DATA, "at most %d programs at once", LESSON_CHILDREN);
	if (pipe2(fd, O_CLOEXEC))
		return err_sys(e, "pipe");
	o.out = fd[1];
	rc = child_start(c, argv, &o, e);
	close(fd[1]);
	if (rc == 0) {
		s->nchildren++;
		rc = wait_ready(c, fd[0], e);
	}
	/* The other end stays open, so that what the program says later does not end it. */
	if (rc)
		close(fd[0]);
	return rc;
}

/* out, code, ms = run(host, input, program, argument...) */
static int word_run(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *argv[PROGRAM_ARGS + 1], *input = lesson_arg(l, args, n, 1, e);
	struct child_options o = { .node = node_of(l, lesson_arg(l, args, n, 0, e), e), .err = -1 };
	struct buf out = { .max = 1 << 20 };
	int64_t start = clock_mono();
	int status = 0, rc;

	if (!input || !o.node || take_command(l, argv, args, n, 2, e))
		return -1;
	o.input = slice_str(input);
	if (o.input.n > INPUT_MAX)
		return err_set(e, ERR_DATA, "an input has at most %d bytes", INPUT_MAX);
	rc = child_output(argv, &o, start + RUN_MS * CLOCK_MS, &out, &status, e);
	results[0] = (struct script_value){ .type = SCRIPT_TEXT, .s = arena_dup(&l->arena, buf_view(&out)) };
	results[1] = (struct script_value){ .type = SCRIPT_INT, .i = status };
	results[2] = (struct script_value){ .type = SCRIPT_REAL,
		.d = (double)(clock_mono() - start) / (double)CLOCK_MS };
	buf_fini(&out);
	return rc ? -1 : 3;
}

/* --- The end ------------------------------------------------------------------------------------------ */

int lesson_stage_end(struct lesson *l, struct err *e)
{
	struct lesson_stage *s = &l->stage;
	struct capture_report r[2] = { 0 };
	struct cable_report wire = { 0 };
	struct err why = { 0 };
	int status;

	if (!s->wired)
		return err_set(e, ERR_DATA, "%s: network() lays no wire", l->id);
	/* What is cut short is no verdict, never a wrong one. */
	l->outcome->verdict =
	    capture_finish(s->captures, 2, &s->marks, clock_mono() + MARKS_MS * CLOCK_MS, r, &why) == 0;
	capture_marks_close(&s->marks);
	for (unsigned i = 0; i < s->nchildren; i++)
		child_stop(&s->children[i], clock_mono() + DRAIN_MS * CLOCK_MS, &status, &why);
	if (cable_end(&s->cable, &wire, e))
		return -1;
	if (r[0].dropped || r[1].dropped || wire.missed)
		l->outcome->verdict = false;
	return 0;
}

const struct program_function lesson_stage_words[] = {
	{ "wire", word_wire },
	{ "start", word_start },
	{ "run", word_run },
	{ NULL, NULL },
};
