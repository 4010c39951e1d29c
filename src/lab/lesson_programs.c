/* The words by which a lab runs programs in its hosts. */
#include "lab/lesson.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READY_MS = 10000, RUN_MS = 20000, DRAIN_MS = 3000, INPUT_MAX = 4096, OUTPUT_MAX = 1 << 20 };

/* --- Commands ----------------------------------------------------------------------------------------- */

/* The words of a command from argument `from` on; "osilab-echo" is our own program. */
static int take_command(struct lesson *l, const char **argv, const struct script_value *args, size_t n,
    size_t from, struct err *e)
{
	char path[PATH_MAX];
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
	argv[0] = arena_printf(&l->arena, "%s", path);
	return argv[0] ? 0 : err_set(e, ERR_ENV, "out of memory");
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int open_log(const char *name, struct err *e)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	return fd < 0 ? err_sys(e, "%s", name) : fd;
}

/* A place for one more program, with the name of its log; NULL with *e. */
static struct lesson_program *new_program(struct lesson *l, const char *argv0, struct err *e)
{
	struct lesson_stage *s = &l->stage;
	struct lesson_program *p = &s->programs[s->nprograms];

	if (s->nprograms == LESSON_PROGRAMS) {
		err_set(e, ERR_DATA, "a lab starts at most %d programs", LESSON_PROGRAMS);
		return NULL;
	}
	*p = (struct lesson_program){ .begun = clock_mono() };
	snprintf(p->log, sizeof(p->log), "%.24s.%u.log", last_part(argv0), s->nprograms + 1);
	return p;
}

/* Starts it with its stderr in its log; `out` is its stdout. */
static int begin(struct lesson *l, struct lesson_program *p, const char **argv, struct child_options *o,
    int out, struct err *e)
{
	int rc;

	o->out = out;
	o->err = open_log(p->log, e);
	rc = o->err < 0 ? -1 : child_start(&p->child, argv, o, e);
	if (o->err >= 0)
		close(o->err);
	if (rc == 0)
		l->stage.nprograms++;
	return rc;
}

/* The last line that a program has said, behind the message that it failed. */
static int with_last_words(const struct lesson_program *p, struct err *e)
{
	char line[160] = "", last[sizeof(line)] = "";
	FILE *f = fopen(p->log, "re");

	while (f && fgets(line, sizeof(line), f))
		memcpy(last, line, sizeof(last));
	if (f)
		fclose(f);
	last[strcspn(last, "\n")] = '\0';
	if (last[0]) {
		const struct err was = *e;

		err_set(e, was.kind, "%.200s: %s", was.msg, last);
	}
	return -1;
}

static int job_of(const struct lesson *l, const struct lesson_program *p, struct script_value *result)
{
	*result = (struct script_value){ .type = SCRIPT_INT, .i = p - l->stage.programs + 1 };
	return 1;
}

static struct lesson_program *program_of(
    struct lesson *l, const struct script_value *args, size_t n, struct err *e)
{
	int64_t number = lesson_arg_int(args, n, 0, 1, LESSON_PROGRAMS, e);

	if (number > l->stage.nprograms)
		err_set(e, ERR_DATA, "no program has the number %lld", (long long)number);
	return number < 0 || number > l->stage.nprograms ? NULL : &l->stage.programs[number - 1];
}

/* --- Servers ------------------------------------------------------------------------------------------ */

/* Until the program has said its first line, which ours do when they are ready. */
static int wait_ready(const struct lesson_program *p, int from, struct err *e)
{
	struct pollfd fds[2] = { { .fd = from, .events = POLLIN },
		{ .fd = p->child.pidfd, .events = POLLIN } };

	if (poll(fds, 2, READY_MS) > 0 && (fds[0].revents & POLLIN))
		return 0;
	err_set(e, ERR_ENV, "%s %s", p->child.name, fds[1].revents ? "ended at once" : "does not get ready");
	return with_last_words(p, e);
}

/* job = start(host, program, argument...): one that says a line when it is ready. */
static int word_start(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *argv[PROGRAM_ARGS + 1];
	struct child_options o = { .node = lesson_node(l, lesson_arg(l, args, n, 0, e), e) };
	struct lesson_program *p;
	int fd[2], rc;

	if (!o.node || take_command(l, argv, args, n, 1, e) || !(p = new_program(l, argv[0], e)))
		return -1;
	if (pipe2(fd, O_CLOEXEC))
		return err_sys(e, "pipe");
	rc = begin(l, p, argv, &o, fd[1], e);
	close(fd[1]);
	if (rc == 0)
		rc = wait_ready(p, fd[0], e);
	/* The other end stays open, so that what the program says later does not end it. */
	if (rc)
		close(fd[0]);
	return rc ? -1 : job_of(l, p, &results[0]);
}

/* A port of TCP as a number, one of UDP as "udp/53"; 0: none to wait for.  -1 with *e. */
static int64_t take_port(struct lesson *l, const struct script_value *args, size_t n, size_t i, struct err *e)
{
	const char *text = lesson_arg(l, args, n, i, e);
	bool udp = text && !strncmp(text, "udp/", 4);
	uint64_t port;

	if (text && slice_u64(slice_str(udp ? text + 4 : text), &port) == 0 && port <= UINT16_MAX)
		return (int64_t)port + (udp ? CHILD_UDP : 0);
	return text ? err_set(e, ERR_DATA, "'%.40s' is no port, such as 53 or udp/53", text) : -1;
}

/* job = serve(host, port, program, argument...): any server; goes on when somebody listens on the port. */
static int serve(struct lesson *l, bool admin, const struct script_value *args, size_t n,
    struct script_value *result, struct err *e)
{
	const char *argv[PROGRAM_ARGS + 1];
	struct child_options o = {
		.node = lesson_node(l, lesson_arg(l, args, n, 0, e), e), .join = true, .admin = admin
	};
	int64_t port = o.node ? take_port(l, args, n, 1, e) : -1;
	uint32_t ports[2] = { (uint32_t)port, 0 };
	struct lesson_program *p;
	int out, rc;

	if (port < 0 || take_command(l, argv, args, n, 2, e) || !(p = new_program(l, argv[0], e)))
		return -1;
	out = open_log(p->log, e);
	rc = out < 0 ? -1 : begin(l, p, argv, &o, out, e);
	if (out >= 0)
		close(out);
	if (rc == 0 && port &&
	    child_listens(&p->child, l->stage.lab, o.node, ports, clock_mono() + READY_MS * CLOCK_MS, e))
		rc = with_last_words(p, e);
	return rc ? -1 : job_of(l, p, result);
}

static int word_serve(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	return serve(host, false, args, n, &results[0], e);
}

/* The same with privileges over the host's network, which DHCP and router advertisements ask for. */
static int word_serve_admin(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	return serve(host, true, args, n, &results[0], e);
}

/* --- Clients ------------------------------------------------------------------------------------------ */

static struct script_value whole_file(struct lesson *l, const char *name)
{
	struct script_value v = { .type = SCRIPT_TEXT };
	FILE *f = fopen(name, "re");
	struct buf b = { .max = OUTPUT_MAX };
	size_t got = 1;

	while (f && got && buf_reserve(&b, 4096) == 0)
		b.n += got = fread(b.p + b.n, 1, 4096, f);
	if (f)
		fclose(f);
	v.s = arena_dup(&l->arena, buf_view(&b));
	buf_fini(&b);
	return v;
}

/* out, code, ms, err = run(host, input, program, argument...) */
static int run(struct lesson *l, bool admin, const struct script_value *args, size_t n,
    struct script_value *results, struct err *e)
{
	const char *argv[PROGRAM_ARGS + 1], *input = lesson_arg(l, args, n, 1, e);
	struct child_options o = { .node = lesson_node(l, lesson_arg(l, args, n, 0, e), e), .admin = admin };
	struct buf out = { .max = OUTPUT_MAX };
	int64_t start = clock_mono();
	int status = 0, rc;

	if (!input || !o.node || take_command(l, argv, args, n, 2, e))
		return -1;
	o.input = slice_str(input);
	if (o.input.n > INPUT_MAX)
		return err_set(e, ERR_DATA, "an input has at most %d bytes", INPUT_MAX);
	if (unlink("stderr.log") && errno != ENOENT)
		return err_sys(e, "stderr.log");
	if ((o.err = open_log("stderr.log", e)) < 0)
		return -1;
	rc = child_output(argv, &o, start + RUN_MS * CLOCK_MS, &out, &status, e);
	close(o.err);
	results[0] = (struct script_value){ .type = SCRIPT_TEXT, .s = arena_dup(&l->arena, buf_view(&out)) };
	results[1] = (struct script_value){ .type = SCRIPT_INT, .i = status };
	results[2] = (struct script_value){ .type = SCRIPT_REAL,
		.d = (double)(clock_mono() - start) / (double)CLOCK_MS };
	results[3] = whole_file(l, "stderr.log");
	buf_fini(&out);
	return rc ? -1 : 4;
}

static int word_run(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	return run(host, false, args, n, results, e);
}

/* The same with privileges over the host's network: nft, ip, arping, a DHCP client. */
static int word_run_admin(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	return run(host, true, args, n, results, e);
}

/* nft(host, rules): one that fails is an error of the lab. */
static int word_nft(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct script_value said[PROGRAM_RESULTS];
	struct script_value command[5] = { n > 0 ? args[0] : (struct script_value){ 0 },
		n > 1 ? args[1] : (struct script_value){ 0 }, { .type = SCRIPT_TEXT, .s = slice_str("nft") },
		{ .type = SCRIPT_TEXT, .s = slice_str("-f") }, { .type = SCRIPT_TEXT, .s = slice_str("-") } };

	if (run(l, true, command, 5, said, e) < 0)
		return -1;
	return said[1].i ? err_set(e, ERR_DATA, "nft: %.*s", (int)(said[3].s.n < 200 ? said[3].s.n : 200),
	                       said[3].s.n ? (const char *)said[3].s.p : "it failed")
	                 : 0;
}

/* job = begin(host, input, program, argument...): runs on beside what follows. */
static int word_begin(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *argv[PROGRAM_ARGS + 1], *input = lesson_arg(l, args, n, 1, e);
	struct child_options o = { .node = lesson_node(l, lesson_arg(l, args, n, 0, e), e) };
	struct lesson_program *p;
	int out, rc;

	if (!input || !o.node || take_command(l, argv, args, n, 2, e) || !(p = new_program(l, argv[0], e)))
		return -1;
	o.input = slice_str(input);
	if (o.input.n > INPUT_MAX)
		return err_set(e, ERR_DATA, "an input has at most %d bytes", INPUT_MAX);
	snprintf(p->out, sizeof(p->out), "%.24s.%u.out", last_part(argv[0]), l->stage.nprograms + 1);
	out = open_log(p->out, e);
	rc = out < 0 ? -1 : begin(l, p, argv, &o, out, e);
	if (out >= 0)
		close(out);
	return rc ? -1 : job_of(l, p, &results[0]);
}

/* out, code, ms, err = finish(job): waits for its end. */
static int word_finish(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_program *p = program_of(l, args, n, e);
	int status = 0;

	if (!p)
		return -1;
	if (p->child.pid && child_wait(&p->child, clock_mono() + RUN_MS * CLOCK_MS, &status, e))
		return with_last_words(p, e);
	results[0] = p->out[0] ? whole_file(l, p->out) : (struct script_value){ .type = SCRIPT_NIL };
	results[1] = (struct script_value){ .type = SCRIPT_INT, .i = status };
	results[2] = (struct script_value){ .type = SCRIPT_REAL,
		.d = (double)(clock_mono() - p->begun) / (double)CLOCK_MS };
	results[3] = whole_file(l, p->log);
	return 4;
}

/* --- While they run ----------------------------------------------------------------------------------- */

static int signal_named(const char *name, struct err *e)
{
	static const struct {
		const char *name;
		int number;
	} rows[] = { { "TERM", SIGTERM }, { "KILL", SIGKILL }, { "INT", SIGINT }, { "HUP", SIGHUP },
		{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "STOP", SIGSTOP }, { "CONT", SIGCONT } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].name, name))
			return rows[i].number;
	return err_set(e, ERR_DATA, "no signal is called %.20s here", name);
}

/* signal(job, name) */
static int word_signal(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_program *p = program_of(l, args, n, e);
	const char *name = p ? lesson_arg(l, args, n, 1, e) : NULL;
	int number = name ? signal_named(name, e) : -1;

	if (number < 0)
		return -1;
	if (p->child.pid)
		kill(p->child.pid, number);
	return 0;
}

/* code = stop(job): asks it to end, and waits; with "KILL" it is not asked. */
static int word_stop(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_program *p = program_of(l, args, n, e);
	struct err late = { 0 };
	int status = 0;

	if (!p || (n > 1 && word_signal(l, args, n, results, e)))
		return -1;
	child_stop(&p->child, clock_mono() + DRAIN_MS * CLOCK_MS, &status, &late);
	results[0] = (struct script_value){ .type = SCRIPT_INT, .i = status };
	return 1;
}

/* Field number `wanted` of /proc/PID/stat, from 1 (proc(5)); the name in the second may hold anything. */
static int stat_field(const struct lesson_program *p, int wanted, int64_t *value, struct err *e)
{
	char path[32], line[1024];
	struct slice rest = { 0 };
	FILE *f;
	ssize_t name;
	uint64_t v;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)p->child.pid);
	f = p->child.pid ? fopen(path, "re") : NULL;
	if (f && fgets(line, sizeof(line), f))
		rest = slice_str(line);
	if (f)
		fclose(f);
	name = slice_rchr(rest, ')');
	if (name < 0)
		return err_set(e, ERR_DATA, "%s does not run", p->child.name);
	rest = slice_skip(rest, (size_t)name + 2);
	for (int i = 3; i < wanted; i++)
		slice_cut(&rest, ' ');
	if (slice_u64(slice_cut(&rest, ' '), &v))
		return err_set(e, ERR_ENV, "%s is not as proc(5) says", path);
	*value = (int64_t)v;
	return 0;
}

enum { STAT_USER = 14, STAT_SYSTEM = 15, STAT_THREADS = 20 };

/* cpu(job): milliseconds of processor time, with those of children it has waited for left out. */
static int word_cpu(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	const struct lesson_program *p = program_of(host, args, n, e);
	int64_t user, system;

	if (!p || stat_field(p, STAT_USER, &user, e) || stat_field(p, STAT_SYSTEM, &system, e))
		return -1;
	results[0] = (struct script_value){ .type = SCRIPT_INT };
	results[0].i = (user + system) * 1000 / sysconf(_SC_CLK_TCK);
	return 1;
}

/* threads(job) */
static int word_threads(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	const struct lesson_program *p = program_of(host, args, n, e);

	results[0] = (struct script_value){ .type = SCRIPT_INT };
	return !p || stat_field(p, STAT_THREADS, &results[0].i, e) ? -1 : 1;
}

/* log(job): what it has said so far on stderr, and one of serve() on stdout. */
static int word_log(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	const struct lesson_program *p = program_of(host, args, n, e);

	if (!p)
		return -1;
	results[0] = whole_file(host, p->log);
	return 1;
}

void lesson_programs_end(struct lesson *l)
{
	struct lesson_stage *s = &l->stage;
	struct err why = { 0 };
	int status;

	for (unsigned i = 0; i < s->nprograms; i++)
		if (s->programs[i].child.pid)
			kill(s->programs[i].child.pid, SIGTERM);
	for (unsigned i = 0; i < s->nprograms; i++)
		child_stop(&s->programs[i].child, clock_mono() + DRAIN_MS * CLOCK_MS, &status, &why);
}

const struct program_function lesson_program_words[] = {
	{ "start", word_start },
	{ "serve", word_serve },
	{ "serve_admin", word_serve_admin },
	{ "run", word_run },
	{ "run_admin", word_run_admin },
	{ "nft", word_nft },
	{ "begin", word_begin },
	{ "finish", word_finish },
	{ "signal", word_signal },
	{ "stop", word_stop },
	{ "cpu", word_cpu },
	{ "threads", word_threads },
	{ "log", word_log },
	{ NULL, NULL },
};
