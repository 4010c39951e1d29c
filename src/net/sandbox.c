/* The sandbox; see sandbox.h. */
#include "net/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <net/if.h>
#include <time.h>
#include <unistd.h>

/* Headers older than the kernel (Linux 5.19 and 6.2). */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

/* What a library may set on its own in open(2) (musl always does), and is no matter here. */
#define OPEN_IGNORED UINT64_C(0100000) /* O_LARGEFILE, in the kernel's numbers */

/* Arguments are ints: the upper half of a register says nothing. */
#define LOW UINT64_C(0xffffffff)

bool sandbox_possible(void)
{
	const char *preload = getenv("LD_PRELOAD");

	if (preload && strstr(preload, "vgpreload"))
		return false;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return false;
#else
	return true;
#endif
}

/* --- Files ------------------------------------------------------------------------------------ */

/* All kinds of access that version `abi` of landlock can forbid; later kinds stay as they are. */
static uint64_t all_access(long abi)
{
	uint64_t access = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (abi >= 2)
		access |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		access |= LANDLOCK_ACCESS_FS_TRUNCATE;
	return access;
}

/* Files beyond the folders cannot be opened even by a path that leads there.  What the kernel lacks of this is left
 * out: the filter of system calls stands without it. */
static void confine_files(const struct sandbox *s)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = { .handled_access_fs = all_access(abi) };
	int fd;

	if (abi < 1)
		return;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return;
	for (unsigned i = 0; i < s->ndirs; i++) {
		struct landlock_path_beneath_attr beneath = {
			.allowed_access = (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
			                      LANDLOCK_ACCESS_FS_TRUNCATE) &
			                  attr.handled_access_fs,
			.parent_fd = s->dirs[i],
		};

		syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	}
	syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
}

/* --- System calls ----------------------------------------------------------------------------- */

/* Harmless with whatever arguments: they work on what is open, on the program's own memory and time. */
static const int allowed[] = {
	/* descriptors */
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(pwrite64),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64),
	SCMP_SYS(ftruncate),
	SCMP_SYS(ftruncate64),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(fadvise64),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64),
	SCMP_SYS(getsockopt),
	/* memory, but for what makes code of it */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(membarrier),
	/* time and chance */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_nanosleep_time64),
	SCMP_SYS(getrandom),
	/* itself */
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(getrusage),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigpending),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Questions about a terminal, a pipe, and the interface of a packet socket. */
static const unsigned long questions[] = { TCGETS, TIOCGWINSZ, FIONREAD, SIOCGIFNAME, SIOCGIFFLAGS };

/* Adds a rule unless one failed before; -errno sticks in *rc. */
#define ALLOW(rc, ctx, call, ...)                                                                            \
	((rc) = (rc) < 0 ? (rc) : seccomp_rule_add((ctx), SCMP_ACT_ALLOW, (call), __VA_ARGS__))

static int allow_some(scmp_filter_ctx c, const struct sandbox *s)
{
	const int code_makers[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
	int rc = 0;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		ALLOW(rc, c, allowed[i], 0);
	/* W^X: none of it may become code. */
	for (size_t i = 0; i < sizeof(code_makers) / sizeof(code_makers[0]); i++)
		ALLOW(rc, c, code_makers[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		ALLOW(rc, c, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, LOW, questions[i]));
	/* How fstat is called nowadays; no path can be asked about. */
	ALLOW(rc, c, SCMP_SYS(newfstatat), 1, SCMP_A3(SCMP_CMP_MASKED_EQ, LOW, AT_EMPTY_PATH));
	/* Threads, but no processes; clone3 keeps its flags where no filter can see them. */
	ALLOW(rc, c, SCMP_SYS(clone), 1,
	    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM));
	rc = rc < 0 ? rc : seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	ALLOW(rc, c, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, LOW, (uint64_t)getpid()));
	for (unsigned i = 0; i < s->ndirs; i++)
		ALLOW(rc, c, SCMP_SYS(openat), 2, SCMP_A0(SCMP_CMP_MASKED_EQ, LOW, (uint64_t)s->dirs[i]),
		    SCMP_A2(SCMP_CMP_MASKED_EQ, LOW & ~OPEN_IGNORED, SANDBOX_OPEN & ~OPEN_IGNORED));
	return rc;
}

/* Local time is read from a file once, and again whenever the library thinks that it may have changed, unless TZ
 * names the file: then it stays what it was. */
static void keep_time_zone(void)
{
	setenv("TZ", ":/etc/localtime", 0);
	tzset();
}

int sandbox_enter(const struct sandbox *s, struct err *e)
{
	scmp_filter_ctx c;
	int rc;

	if (!sandbox_possible())
		return 0;
	keep_time_zone();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0)
		return err_sys(e, "cannot set no_new_privs");
	c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!c)
		return err_set(e, ERR_ENV, "no seccomp filter can be made");
	rc = allow_some(c, s);
	if (rc == 0) {
		confine_files(s);
		rc = seccomp_load(c);
	}
	seccomp_release(c);
	errno = rc < 0 ? -rc : errno;
	return rc < 0 ? err_sys(e, "the kernel refuses a seccomp filter") : 0;
}
