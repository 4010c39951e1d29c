/* Programs of a lab; see child.h. */
#include "lab/child.h"

#include "base/clock.h"
#include "base/slice.h"
#include "net/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often a node's list of listeners is looked at: the kernel does not announce a listen(2). */
#define LISTEN_POLL (10 * CLOCK_MS)

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* --- In the child
 * ----------------------------------------------------------------------------------- */

/* A pipe holds the whole input (at least 4096 bytes, POSIX), so nobody has to stay to write it. */
static int open_input(const struct child_options *o, struct err *e)
{
	int fd[2];

	if (!o->input.n)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (pipe2(fd, O_CLOEXEC))
		return err_sys(e, "pipe");
	if (write(fd[1], o->input.p, o->input.n) != (ssize_t)o->input.n)
		return err_sys(e, "standard input");
	close(fd[1]);
	return fd[0];
}

static int set_streams(const struct child_options *o, struct err *e)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), in = open_input(o, e);
	int out = o->out >= 0 ? o->out : null, to = o->err >= 0 ? o->err : null;

	if (null < 0 || in < 0)
		return err_sys(e, "standard input and output");
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(o->join ? 1 : to, 2) < 0)
		return err_sys(e, "dup2");
	return 0;
}

/* A root that nobody lent stays root, for whom files of others are writable; everyone else keeps
 * nothing that a program could misuse. */
static int give_up_privileges(bool admin, struct err *e)
{
	struct lab_owner o = lab_owner();

	if (admin)
		return geteuid() == 0 ? 0 : priv_keep_net(e);
	return o.drop || o.uid != 0 ? priv_drop(o.uid, o.gid, e) : 0;
}

static int become(const char *const argv[], const struct child_options *o, pid_t parent, struct err *e)
{
	sigset_t none;

	if (set_streams(o, e) || (o->node && lab_node_enter(o->node, e)) || give_up_privileges(o->admin, e))
		return -1;
	/* Last, because becoming someone else undoes it; the parent may have died before. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
	if (getppid() != parent)
		return err_set(e, ERR_ENV, "nobody waits for %s any more", argv[0]);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* exec promises not to write to the words; its type is older than const. */
	execvpe(argv[0], (char *const *)argv, o->env ? o->env : environ);
	if (errno == ENOENT)
		return err_set(e, ERR_ENV, "there is no program %s: install it", argv[0]);
	return err_sys(e, "cannot run %s", argv[0]);
}

/* --- In the parent
 * ---------------------------------------------------------------------------------- */

int child_start(struct child *c, const char *const argv[], const struct child_options *o, struct err *e)
{
	struct err why = { 0 };
	pid_t parent = getpid();
	int fd[2];
	ssize_t n;

	lab_hear_children();
	*c = (struct child){ .name = last_part(argv[0]), .pidfd = -1 };
	if (pipe2(fd, O_CLOEXEC))
		return err_sys(e, "pipe");
	c->pid = fork();
	if (c->pid == 0) {
		become(argv, o, parent, &why);
		n = write(fd[1], &why, sizeof(why));
		_exit(n == sizeof(why) ? 127 : 126);
	}
	close(fd[1]);
	if (c->pid > 0)
		c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	if (c->pid < 0 || c->pidfd < 0) {
		err_sys(e, "cannot start %s", c->name);
		close(fd[0]);
		return -1;
	}
	/* The pipe closes by itself when exec succeeds. */
	do
		n = read(fd[0], &why, sizeof(why));
	while (n < 0 && errno == EINTR);
	close(fd[0]);
	if (n != sizeof(why))
		return 0;
	*e = why;
	waitpid(c->pid, NULL, 0);
	close(c->pidfd);
	c->pid = 0;
	return -1;
}

/* 1 when the child has ended, 0 at the deadline. */
static int wait_end(const struct child *c, int64_t deadline)
{
	for (;;) {
		struct pollfd p = { .fd = c->pidfd, .events = POLLIN };
		int64_t left = deadline - clock_mono();
		int ms = left <= 0 ? 0 : (int)(left / CLOCK_MS) + 1;

		if (poll(&p, 1, ms) > 0)
			return 1;
		if (left <= 0)
			return 0;
	}
}

bool child_ended(const struct child *c)
{
	return !c->pid || wait_end(c, 0);
}

static int reap(struct child *c)
{
	int status = 0;

	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(c->pidfd);
	c->pid = 0;
	c->pidfd = -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int child_wait(struct child *c, int64_t deadline, int *status, struct err *e)
{
	if (!wait_end(c, deadline))
		return err_set(e, ERR_ENV, "%s does not come to an end", c->name);
	*status = reap(c);
	return 0;
}

int child_stop(struct child *c, int64_t deadline, int *status, struct err *e)
{
	*status = 0;
	if (!c->pid)
		return 0;
	kill(c->pid, SIGTERM);
	if (child_wait(c, deadline, status, e) == 0)
		return 0;
	kill(c->pid, SIGKILL);
	*status = reap(c);
	return -1;
}

/* Appends what comes through the pipe until its end.  1 at the end, 0 at the deadline, -1 error. */
static int read_all(int fd, int64_t deadline, struct buf *out)
{
	char piece[4096];
	ssize_t n;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - clock_mono();

		if (left <= 0)
			return 0;
		if (poll(&p, 1, (int)(left / CLOCK_MS) + 1) <= 0)
			continue;
		n = read(fd, piece, sizeof(piece));
		if (n == 0)
			return 1;
		if (n < 0 && errno != EINTR)
			return -1;
		/* More than `out` may hold is read and let go, so that the program is not stuck. */
		if (n > 0)
			buf_put(out, piece, (size_t)n);
	}
}

int child_output(const char *const argv[], const struct child_options *o, int64_t deadline, struct buf *out,
    int *status, struct err *e)
{
	struct child_options with = *o;
	struct child c;
	int fd[2], rc;

	if (pipe2(fd, O_CLOEXEC))
		return err_sys(e, "pipe");
	with.out = fd[1];
	rc = child_start(&c, argv, &with, e);
	close(fd[1]);
	if (rc == 0)
		rc = read_all(fd[0], deadline, out) < 0 ? err_sys(e, "output of %s", c.name) : 0;
	close(fd[0]);
	if (c.pid && child_wait(&c, deadline, status, e)) {
		kill(c.pid, SIGKILL);
		reap(&c);
		rc = -1;
	}
	return rc;
}

int child_sibling(const char *name, char *path, size_t size, struct err *e)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *slash;
	size_t dir;

	if (n < 0)
		return err_sys(e, "/proc/self/exe");
	path[n] = '\0';
	slash = strrchr(path, '/');
	dir = slash ? (size_t)(slash + 1 - path) : 0;
	if ((size_t)snprintf(path + dir, size - dir, "osilab-%s", name) >= size - dir)
		return err_set(e, ERR_ENV, "the path to osilab-%s is too long", name);
	if (access(path, X_OK))
		return err_set(e, ERR_ENV, "there is no %s: build it with make", path);
	return 0;
}

enum { LISTENING = 0x0a, UNCONNECTED = 0x07 }; /* states of /proc/net/tcp and udp; include/net/tcp_states.h */

/* One line of such a file (proc(5)): "  0: 0100007F:1F90 00000000:0000 0A ...".  The port of a socket in that
 * state, or 0. */
static unsigned line_port(const char *line, unsigned wanted)
{
	char local[64];
	unsigned state, port;

	if (sscanf(line, " %*u: %63s %*s %x", local, &state) != 2 || state != wanted)
		return 0;
	return sscanf(local, "%*[0-9A-Fa-f]:%x", &port) == 1 ? port : 0;
}

/* Strikes out of `wanted` (ended by 0, struck out: UINT32_MAX) what the file lists in that state; `family` is
 * added to its ports. */
static void strike_out(const char *path, unsigned state, uint32_t family, uint32_t *wanted)
{
	FILE *f = fopen(path, "re");
	char line[512];

	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		unsigned port = line_port(line, state);

		for (uint32_t *w = wanted; port && *w; w++)
			if (*w == port + family)
				*w = UINT32_MAX;
	}
	fclose(f);
}

/* 1 when all ports are served in the namespace we are in. */
static int all_listen(const uint32_t *ports)
{
	uint32_t wanted[9] = { 0 };

	for (size_t i = 0; i < 8 && ports[i]; i++)
		wanted[i] = ports[i];
	strike_out("/proc/self/net/tcp", LISTENING, 0, wanted);
	strike_out("/proc/self/net/tcp6", LISTENING, 0, wanted);
	strike_out("/proc/self/net/udp", UNCONNECTED, CHILD_UDP, wanted);
	strike_out("/proc/self/net/udp6", UNCONNECTED, CHILD_UDP, wanted);
	for (size_t i = 0; wanted[i]; i++)
		if (wanted[i] != UINT32_MAX)
			return 0;
	return 1;
}

int child_listens(struct child *c, struct lab *lab, const struct lab_node *node, const uint32_t *ports,
    int64_t deadline, struct err *e)
{
	int64_t next;
	int ready;

	do {
		if (lab_node_enter(node, e))
			return -1;
		ready = all_listen(ports);
		if (lab_home(lab, e))
			return -1;
		if (ready)
			return 0;
		next = clock_mono() + LISTEN_POLL;
		if (wait_end(c, next))
			return err_set(
			    e, ERR_ENV, "%s ended with exit code %d before it listened", c->name, reap(c));
	} while (next < deadline);
	return err_set(e, ERR_ENV, "%s does not listen on port %u", c->name, ports[0] & UINT16_MAX);
}
