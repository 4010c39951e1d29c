/* measure N -- COMMAND [ARG...] [-- COMMAND [ARG...]]...
 *
 * Runs the commands in turn, N rounds of it, with their output thrown away, and prints a line for each: the
 * medians of wall seconds and of CPU seconds, and the largest resident memory in KiB.  In turn, because a
 * machine's speed drifts: what is compared must have been run side by side. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS = 16, ROUNDS = 64 };

struct result {
	double wall[ROUNDS], cpu[ROUNDS];
	long kib;
};

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void run(char **argv, struct result *r, int round)
{
	double start = now();
	struct rusage use;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0) {
		perror("measure");
		exit(3);
	}
	r->wall[round] = now() - start;
	r->cpu[round] = seconds(use.ru_utime) + seconds(use.ru_stime);
	r->kib = use.ru_maxrss > r->kib ? use.ru_maxrss : r->kib;
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "measure: %s failed\n", argv[0]);
		exit(1);
	}
}

static int by_value(const void *a, const void *b)
{
	double d = *(const double *)a - *(const double *)b;

	return (d > 0) - (d < 0);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

int main(int argc, char **argv)
{
	static struct result result[COMMANDS];
	char **command[COMMANDS];
	int rounds = argc > 1 ? atoi(argv[1]) : 0, n = 0;

	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0 && n < COMMANDS && i + 1 < argc) {
			argv[i] = NULL;
			command[n++] = argv + i + 1;
		}
	}
	if (rounds < 1 || rounds > ROUNDS || !n) {
		fprintf(stderr, "usage: measure ROUNDS -- COMMAND... [-- COMMAND...]...\n");
		return 2;
	}
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < n; i++)
			run(command[i], &result[i], round);
	for (int i = 0; i < n; i++)
		printf("%.3f %.3f %ld\n", median(result[i].wall, rounds), median(result[i].cpu, rounds),
		    result[i].kib);
	return 0;
}
