/* Starting, reading and ending programs; see program.h. */
#include "compare/program.h"

#include "base/clock.h"
#include "compare/compare.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX = 4 << 20, STEP_MS = 100, GRACE_MS = 3000 };

static int sibling(char *path, size_t size, const char *name)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (n <= 0)
		return -1;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash || (size_t)(slash + 1 - path) + strlen(name) >= size)
		return -1;
	strcpy(slash + 1, name);
	return 0;
}

bool program_exists(const char *name)
{
	char path[PATH_MAX];

	return sibling(path, sizeof(path), name) == 0 && access(path, X_OK) == 0;
}

static void become(const char *path, const char *const argv[], int cpu, int out)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;
	cpu_set_t one;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0); /* Ctrl-C is for us, who end it in order */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	CPU_ZERO(&one);
	if (cpu >= 0) {
		CPU_SET((size_t)cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(127);
	execv(path, (char *const *)argv);
	_exit(127);
}

int program_start(struct program *p, const char *const argv[], int cpu, struct err *e)
{
	char path[PATH_MAX];
	int ends[2];

	*p = (struct program){ .out = -1 };
	if (sibling(path, sizeof(path), argv[0]) || access(path, X_OK))
		return err_set(e, ERR_ENV, "there is no %s beside this program", argv[0]);
	if (pipe2(ends, O_CLOEXEC))
		return err_sys(e, "cannot make a pipe");
	p->pid = fork();
	if (p->pid == 0)
		become(path, argv, cpu, ends[1]);
	close(ends[1]);
	p->out = ends[0];
	if (p->pid > 0)
		return 0;
	p->pid = 0;
	close(ends[0]);
	return err_sys(e, "cannot start %s", argv[0]);
}

/* 1: something was read; 0: end of stream; -1. */
static int take(struct program *p, struct buf *to)
{
	ssize_t n;

	if (to->n >= OUTPUT_MAX || buf_reserve(to, 4096))
		return -1;
	n = read(p->out, to->p + to->n, 4096);
	if (n < 0)
		return errno == EINTR ? 1 : -1;
	to->n += (size_t)n;
	return n > 0;
}

int program_read(struct program *p, struct buf *to, bool line, int ms)
{
	int64_t end = clock_mono() + ms * CLOCK_MS;
	size_t from = to->n;

	while (!compare_stopped()) {
		int64_t left = (end - clock_mono()) / CLOCK_MS;
		struct pollfd f = { p->out, POLLIN, 0 };
		int rc;

		if (left < 0)
			return 0;
		if (poll(&f, 1, left < STEP_MS ? (int)left + 1 : STEP_MS) <= 0)
			continue;
		rc = take(p, to);
		if (rc <= 0)
			return rc < 0 ? -1 : 1;
		if (line && memchr(to->p + from, '\n', to->n - from))
			return 1;
	}
	return -1;
}

static int reap(struct program *p)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(p->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	if (p->out >= 0)
		close(p->out);
	*p = (struct program){ .out = -1 };
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int program_wait(struct program *p)
{
	return p->pid ? reap(p) : -1;
}

int program_stop(struct program *p, struct buf *rest)
{
	int64_t end = clock_mono() + GRACE_MS * CLOCK_MS;
	struct buf lost = { 0 };
	int more = 1;

	if (!p->pid)
		return -1;
	kill(p->pid, SIGTERM);
	while (more > 0 && clock_mono() < end) {
		struct pollfd f = { p->out, POLLIN, 0 };

		if (poll(&f, 1, STEP_MS) > 0)
			more = take(p, rest ? rest : &lost);
	}
	buf_fini(&lost);
	kill(-p->pid, SIGKILL); /* whoever of its group is left */
	return reap(p);
}

/* --- /proc ------------------------------------------------------------------------------------------ */

/* The sum of what stands behind the keys in a file of "Key: number" lines. */
static uint64_t sum_of(const char *path, const char *const keys[])
{
	char line[256];
	uint64_t sum = 0;
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof(line), f))
		for (int i = 0; keys[i]; i++)
			if (!strncmp(line, keys[i], strlen(keys[i])))
				sum += strtoull(line + strlen(keys[i]), NULL, 10);
	if (f)
		fclose(f);
	return sum;
}

static void add_family(struct family *f, pid_t pid, int depth);

static void add_children(struct family *f, const char *path, int depth)
{
	FILE *list = fopen(path, "re");
	int pid;

	while (list && fscanf(list, "%d", &pid) == 1)
		add_family(f, pid, depth + 1);
	if (list)
		fclose(list);
}

/* Every thread has a folder of its own, with the children it has made (proc(5)). */
static void add_family(struct family *f, pid_t pid, int depth)
{
	static const char *const switches[] = {
		"voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:", NULL
	};
	static const char *const memory[] = { "Pss_Anon:", "SwapPss:", NULL };
	char path[96];
	struct dirent *d;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f->memory += sum_of(path, memory) * 1024;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = depth < 4 ? opendir(path) : NULL;
	while (tasks && (d = readdir(tasks))) {
		if (d->d_name[0] == '.')
			continue;
		f->threads++;
		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/status", (int)pid, d->d_name);
		f->switches += sum_of(path, switches);
		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/children", (int)pid, d->d_name);
		add_children(f, path, depth);
	}
	if (tasks)
		closedir(tasks);
}

struct family family_of(pid_t pid)
{
	struct family f = { 0 };

	add_family(&f, pid, 0);
	return f;
}
