/* sandbox: what is forbidden fails, what rotation and the libraries need goes on.  Each case in a child, since there
 * is no way back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/osilab-sandbox-XXXXXX";

/* Runs fn in a child, in the sandbox with the folder; it returns 0, or the line that failed. */
static void in_sandbox(int (*fn)(int dir))
{
	int status, dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct sandbox s = { .dirs = { dir }, .ndirs = 1 };
	struct err e = { 0 };
	pid_t pid;

	assert_true(dir >= 0);
	pid = fork();
	if (pid == 0) {
		if (sandbox_enter(&s, &e) < 0) {
			fprintf(stderr, "%s\n", e.msg);
			_exit(255);
		}
		_exit(fn(dir));
	}
	close(dir);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg(
		    "line %d, signal %d", WEXITSTATUS(status), WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

#define MUST(x)                                                                                              \
	do {                                                                                                 \
		if (!(x))                                                                                    \
			return __LINE__ % 250 + 1;                                                           \
	} while (0)

#define FORBIDDEN(call) MUST((call) == -1 && errno == EPERM)

static int no_way_out(int dir)
{
	char *const argv[] = { (char[]){ "true" }, NULL };

	FORBIDDEN(socket(AF_INET, SOCK_STREAM, 0));
	FORBIDDEN(socket(AF_UNIX, SOCK_STREAM, 0));
	FORBIDDEN(connect(0, &(struct sockaddr){ .sa_family = AF_INET }, sizeof(struct sockaddr)));
	FORBIDDEN(execv("/bin/true", argv));
	FORBIDDEN(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0));
	FORBIDDEN(fork());
	FORBIDDEN(syscall(SYS_clone, (long)(CLONE_VM | SIGCHLD), NULL, NULL, NULL, 0L));
	FORBIDDEN(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	FORBIDDEN(kill(getppid(), 0));
	FORBIDDEN(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
	FORBIDDEN(setuid(0));
	FORBIDDEN(syscall(SYS_io_uring_setup, 1, NULL));
	return 0;
}

static void *in_thread(void *arg)
{
	int fd = open("/etc/passwd", O_RDONLY);

	*(bool *)arg = fd == -1 && errno == EPERM;
	return NULL;
}

/* A thread is no way out: it is in the sandbox too. */
static int threads(int dir)
{
	pthread_t t;
	bool confined = false;

	MUST(pthread_create(&t, NULL, in_thread, &confined) == 0);
	MUST(pthread_join(t, NULL) == 0);
	MUST(confined);
	return 0;
}

static int no_files(int dir)
{
	struct stat st;

	FORBIDDEN(open("/etc/passwd", O_RDONLY));
	FORBIDDEN(open("/etc/passwd", SANDBOX_OPEN, 0600));
	FORBIDDEN(openat(dir, "here", O_RDONLY));
	FORBIDDEN(openat(dir, "here", SANDBOX_OPEN | O_TRUNC, 0600));
	FORBIDDEN(openat(dir, "here", SANDBOX_OPEN & ~O_NOFOLLOW, 0600));
	FORBIDDEN(openat(dir + 1, "here", SANDBOX_OPEN, 0600));
	FORBIDDEN(openat(AT_FDCWD, "here", SANDBOX_OPEN, 0600));
	FORBIDDEN(unlinkat(dir, "here", 0));
	FORBIDDEN(renameat(dir, "here", dir, "there"));
	FORBIDDEN(mkdirat(dir, "here", 0700));
	FORBIDDEN(stat("/etc/passwd", &st));
	FORBIDDEN(chmod("/etc/passwd", 0777));
	return 0;
}

static int no_code(int dir)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MUST(p != MAP_FAILED);
	FORBIDDEN(mprotect(p, 4096, PROT_READ | PROT_EXEC));
	FORBIDDEN(mprotect(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
	MUST(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
	     errno == EPERM);
	MUST(mprotect(p, 4096, PROT_READ) == 0);
	return 0;
}

/* What a tracer goes on doing: new files in the folder, memory, time, chance. */
static int work_goes_on(int dir)
{
	int fd = openat(dir, "made", SANDBOX_OPEN, 0600);
	struct stat st;
	char text[64];
	struct tm tm;
	time_t now;
	FILE *f;
	void *p;

	MUST(fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode));
	f = fdopen(fd, "wb");
	MUST(f && fputs("content", f) >= 0 && fflush(f) == 0);
	MUST(ftruncate(fd, 3) == 0);
	MUST(fclose(f) == 0);
	p = malloc(64 << 20);
	MUST(p);
	memset(p, 1, 64 << 20);
	p = realloc(p, 128 << 20);
	MUST(p);
	free(p);
	now = time(NULL);
	MUST(now > 0 && localtime_r(&now, &tm) && strftime(text, sizeof(text), "%H%M%S", &tm) == 6);
	MUST(getrandom(text, sizeof(text), 0) == sizeof(text));
	MUST(write(STDERR_FILENO, "", 0) == 0);
	(void)isatty(STDOUT_FILENO);
	MUST(getpid() > 1);
	return 0;
}

/* The hour before and in the sandbox is the same. */
static int local_time_stays(int dir)
{
	struct tm a, b;
	time_t at = 1700000000;
	char text[16];

	MUST(localtime_r(&at, &a));
	tzset();
	MUST(strftime(text, sizeof(text), "%H %Z", &a) > 0);
	MUST(localtime_r(&at, &b) && a.tm_hour == b.tm_hour && a.tm_gmtoff == b.tm_gmtoff);
	MUST(a.tm_gmtoff == 3600);
	return 0;
}

/* A path that leads out of the folder is stopped by landlock, where the kernel has it. */
static int folders_have_walls(int dir)
{
	MUST(openat(dir, "../osilab-sandbox-outside", SANDBOX_OPEN, 0600) == -1);
	MUST(openat(dir, "/tmp/osilab-sandbox-outside", SANDBOX_OPEN, 0600) == -1);
	MUST(openat(dir, "link", SANDBOX_OPEN, 0600) == -1);
	return 0;
}

static int make_folder(void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/made", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/link", folder);
	unlink(path);
	return rmdir(folder);
}

static void what_is_forbidden_fails(void **state)
{
	in_sandbox(no_way_out);
	in_sandbox(no_files);
	in_sandbox(no_code);
}

static void what_is_needed_goes_on(void **state)
{
	struct stat st;
	char path[64];

	in_sandbox(work_goes_on);
	in_sandbox(threads);
	snprintf(path, sizeof(path), "%s/made", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(st.st_mode & 0777, 0600);
	setenv("TZ", "Europe/Berlin", 1);
	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0)
		in_sandbox(local_time_stays);
	unsetenv("TZ");
}

static void a_path_does_not_lead_out(void **state)
{
	char link[64];

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 1)
		skip();
	snprintf(link, sizeof(link), "%s/link", folder);
	assert_int_equal(symlink("/tmp/osilab-sandbox-outside", link), 0);
	in_sandbox(folders_have_walls);
	assert_int_equal(access("/tmp/osilab-sandbox-outside", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_forbidden_fails),
		cmocka_unit_test(what_is_needed_goes_on),
		cmocka_unit_test(a_path_does_not_lead_out),
	};

	if (!sandbox_possible()) {
		fprintf(stderr, "sandbox: not here: sanitizers and valgrind need what it forbids\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
