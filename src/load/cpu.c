/* CPU time; see cpu.h. */
#include "load/cpu.h"

#include "base/clock.h"
#include "base/slice.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { TREE_MAX = 4096 }; /* processes that are looked at */

/* What /proc/PID/stat says, in clock ticks. */
struct stat_times {
	pid_t parent;
	int64_t user, system, children;
};

/* The second field is the program's name in parentheses, which may hold anything: the others are counted from
 * the last parenthesis on.  0, or -1: no such process. */
static int read_stat(pid_t pid, struct stat_times *out)
{
	char path[40], text[1024], *p;
	long long user, system, child_user, child_system;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	p = strrchr(text, ')');
	if (!p || sscanf(p + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld %lld %lld",
	              &out->parent, &user, &system, &child_user, &child_system) != 5)
		return -1;
	out->user = user;
	out->system = system;
	out->children = child_user + child_system;
	return 0;
}

/* The clock of a process counts in nanoseconds; where we may not read it, the ticks must do. */
static int64_t process_time(pid_t pid, int64_t ticks_ns)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
		return ticks_ns;
	return t.tv_sec * CLOCK_SEC + t.tv_nsec;
}

static int add_process(pid_t pid, struct cpu *out)
{
	struct stat_times s;

	if (read_stat(pid, &s))
		return -1;
	out->user += s.user * out->tick;
	out->system += s.system * out->tick;
	out->total += process_time(pid, (s.user + s.system) * out->tick) + s.children * out->tick;
	out->processes++;
	return 0;
}

struct process {
	pid_t pid, parent;
	bool counted;
};

/* All processes there are.  Returns how many, or -1. */
static int list_processes(struct process *v, int max)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;
	int n = 0;

	while (dir && n < max && (d = readdir(dir))) {
		pid_t pid = (pid_t)strtol(d->d_name, NULL, 10);
		struct stat_times s;

		if (pid > 0 && read_stat(pid, &s) == 0)
			v[n++] = (struct process){ pid, s.parent, false };
	}
	if (!dir)
		return -1;
	closedir(dir);
	return n;
}

/* Counts every process whose parent is counted, until there are no more. */
static void add_descendants(pid_t root, struct process *v, int n, struct cpu *out)
{
	bool again = true;

	for (int i = 0; i < n; i++)
		v[i].counted = v[i].pid == root;
	while (again) {
		again = false;
		for (int i = 0; i < n; i++)
			for (int k = 0; k < n && !v[i].counted; k++)
				if (v[k].counted && v[k].pid == v[i].parent) {
					v[i].counted = again = true;
					add_process(v[i].pid, out);
				}
	}
}

int cpu_of(pid_t pid, struct cpu *out, struct err *e)
{
	struct process *v = malloc(TREE_MAX * sizeof(*v));
	int n = v ? list_processes(v, TREE_MAX) : -1;

	*out = (struct cpu){ .tick = CLOCK_SEC / sysconf(_SC_CLK_TCK) };
	if (add_process(pid, out)) {
		free(v);
		return err_set(e, ERR_ENV, "there is no process %d", (int)pid);
	}
	if (n > 0)
		add_descendants(pid, v, n, out);
	free(v);
	return 0;
}

static int64_t ns(struct timeval t)
{
	return t.tv_sec * CLOCK_SEC + t.tv_usec * 1000;
}

void cpu_own(struct cpu *out)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	*out = (struct cpu){
		.user = ns(use.ru_utime), .system = ns(use.ru_stime), .tick = 1000, .processes = 1
	};
	out->total = out->user + out->system;
}

static int64_t positive(int64_t v)
{
	return v > 0 ? v : 0;
}

struct cpu cpu_between(const struct cpu *before, const struct cpu *after)
{
	return (struct cpu){ positive(after->total - before->total), positive(after->user - before->user),
		positive(after->system - before->system), after->tick, after->processes };
}
