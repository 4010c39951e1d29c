/* Reads captures that are damaged, and every beginning of whole ones: hostile FILE... [--prefixes FILE...]
 * Each is traced in full, with the text and the JSON written to nowhere; a crash or two seconds without end is
 * a failure.  Of files up to 4 KB every beginning is read, of larger ones 512 spread over the whole.  Ends with
 * "N passed, N failed"; the exit code is 1 when one failed. */
#include "render/render.h"
#include "trace/trace.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SECONDS = 2,
	EVERY = 4096, /* bytes up to which every prefix is read */
	SAMPLE = 512, /* prefixes of larger files */
};

static void read_capture(const char *path, FILE *nowhere)
{
	struct text_options text = { .verbose = 2, .hex = true };
	struct trace_config config = { 0 };
	struct err e = { 0 };
	struct source *source = source_file(path, &e);
	struct sink *sinks[2];
	struct trace *t;

	alarm(SECONDS);
	if (!source)
		return; /* said to be no capture */
	sinks[0] = sink_text_new(nowhere, "nowhere", &text, &e);
	sinks[1] = sink_json_new(nowhere, "nowhere", &e);
	t = trace_new(&config, &e);
	if (!t || !sinks[0] || !sinks[1])
		abort();
	for (int i = 0; i < 2; i++)
		trace_add_sink(t, sinks[i], &e);
	trace_run(t, source, &e);
	for (int i = 0; i < 2; i++)
		sinks[i]->ops->free(sinks[i]);
	trace_free(t);
	source->ops->free(source);
}

/* The first n bytes of a file as a file of their own; path_of names it. */
static int prefix(const char *bytes, size_t n)
{
	int fd = memfd_create("prefix", 0);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		abort();
	return fd;
}

static char *load(const char *path, size_t *n)
{
	FILE *f = fopen(path, "r");
	char *bytes = NULL;
	long size;

	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || !(bytes = malloc((size_t)size + 1)))
		abort();
	rewind(f);
	*n = fread(bytes, 1, (size_t)size, f);
	fclose(f);
	return bytes;
}

/* In a process of its own.  What it was at when it ended is told through *at. */
static void read_all(const char *file, bool prefixes, size_t *at)
{
	FILE *nowhere = fopen("/dev/null", "w");
	char path[64], *bytes;
	size_t n;

	if (!prefixes) {
		read_capture(file, nowhere);
		_exit(0);
	}
	bytes = load(file, &n);
	for (size_t i = 0, count = n <= EVERY ? n : SAMPLE; i <= count; i++) {
		int fd;

		*at = n <= EVERY ? i : (size_t)((unsigned __int128)n * i / count);
		fd = prefix(bytes, *at);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		read_capture(path, nowhere);
		close(fd);
	}
	free(bytes);
	fclose(nowhere);
	exit(0);
}

static bool survives(const char *file, bool prefixes, size_t *at)
{
	int status;
	pid_t pid;

	*at = 0;
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		read_all(file, prefixes, at);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		printf("FAIL %s: not read within %d s", file, SECONDS);
	else
		printf("FAIL %s: the tracer died (status %#x)", file, status);
	if (prefixes)
		printf(" at its first %zu bytes", *at);
	printf("\n");
	return false;
}

int main(int argc, char **argv)
{
	size_t *at = mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int passed = 0, failed = 0;
	bool prefixes = false;

	if (at == MAP_FAILED)
		return 3;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--prefixes") == 0) {
			prefixes = true;
			continue;
		}
		if (survives(argv[i], prefixes, at))
			passed++;
		else
			failed++;
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
