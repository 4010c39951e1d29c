/* `osilab doctor`; see doctor.h.  A check is one function and one row of a table. */
#include "lab/doctor.h"

#include "base/clock.h"
#include "base/slice.h"
#include "lab/child.h"
#include "lab/refusal.h"
#include "net/addr.h"
#include "net/priv.h"
#include "trace/source.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

enum {
	PROGRAM_MS = 10000,     /* a program that only says its version and takes longer hangs */
	NEED_FREE_MIB = 64,     /* captures, traces and reports of a few runs */
	NEED_DESCRIPTORS = 256, /* a server with some clients */
};

enum finding { FINDING_OK, FINDING_MISSING, FINDING_OPTIONAL, FINDING_UNKNOWN };

/* What a check has to say. */
struct result {
	enum finding finding;
	struct buf what; /* one line */
	struct buf why;  /* the cause of a refusal, one line; empty when `what` says it */
	struct buf fix;  /* lines, each a command or an advice; empty when ok */
};

/* How far the probe of a lab came; shared with the process inside it. */
enum stage { STAGE_NAMESPACES, STAGE_LINK, STAGE_SETTINGS, STAGE_CAPTURE, STAGE_DONE };

struct probe {
	volatile enum stage stage;
	bool ip6;
};

/* What checks share. */
struct doctor {
	struct machine machine;
	char programs[PATH_MAX]; /* where our programs lie */
	struct probe *probe;
	struct err refused; /* the error of the probe when it came no further */
	int64_t took;       /* nanoseconds that the probe took */
};

/* --- The probe: a lab of two nodes, raised as a real one is
 * ------------------------------------------ */

static int probe_capture(struct lab *lab, const struct lab_node *n, struct err *e)
{
	struct source *s;

	if (lab_node_enter(n, e))
		return -1;
	s = source_live(
	    &(struct live_options){ .interfaces = (const char *const[]){ "d0" }, .ninterfaces = 1 }, e);
	/* libpcap hides the errno; that it is a matter of permission is what counts. */
	if (!s && e->sys == 0)
		e->sys = EPERM;
	if (s)
		s->ops->free(s);
	return lab_home(lab, e) || !s ? -1 : 0;
}

static int probe_inside(struct lab *lab, void *arg, struct err *e)
{
	struct probe *p = arg;
	struct lab_node *a, *b;

	p->ip6 = lab->ip6;
	p->stage = STAGE_LINK;
	a = lab_node_new(lab, "a", e);
	b = a ? lab_node_new(lab, "b", e) : NULL;
	if (!b || lab_link(a, "d0", b, "d1", e))
		return -1;
	p->stage = STAGE_SETTINGS;
	if (lab_sysctl(lab, a, "ipv4/ip_forward", "1", e))
		return -1;
	p->stage = STAGE_CAPTURE;
	if (probe_capture(lab, a, e))
		return -1;
	p->stage = STAGE_DONE;
	return 0;
}

static int doctor_init(struct doctor *d, struct err *e)
{
	int64_t start = clock_mono();
	char *slash;
	ssize_t n;

	memset(d, 0, sizeof(*d));
	machine_read(&d->machine);
	n = readlink("/proc/self/exe", d->programs, sizeof(d->programs) - 1);
	slash = n > 0 ? strrchr(d->programs, '/') : NULL;
	if (!slash)
		return err_sys(e, "/proc/self/exe");
	*slash = '\0';
	d->probe = mmap(NULL, sizeof(*d->probe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (d->probe == MAP_FAILED)
		return err_sys(e, "shared memory");
	if (lab_run(probe_inside, d->probe, &d->refused) > 0)
		return err_set(e, ERR_ENV, "interrupted");
	d->took = clock_mono() - start;
	return 0;
}

static void doctor_fini(struct doctor *d)
{
	munmap(d->probe, sizeof(*d->probe));
}

/* --- Checks
 * ----------------------------------------------------------------------------------------- */

static void missing(struct result *r, enum finding how, const char *fix)
{
	r->finding = how;
	buf_puts(&r->fix, fix);
}

/* A stage of the probe: ok when it came further, and why not when it ended here. */
static void stage_result(const struct doctor *d, struct result *r, enum stage stage, const char *what)
{
	if (d->probe->stage > stage) {
		buf_puts(&r->what, what);
	} else if (d->probe->stage < stage) {
		buf_puts(&r->what, "not tried, since the one above is missing");
		r->finding = FINDING_UNKNOWN;
	} else {
		r->finding = FINDING_MISSING;
		buf_puts(&r->what, d->refused.msg);
		refusal_explain(&d->machine, &d->refused, d->programs, &r->why, &r->fix);
		if (!d->machine.root)
			buf_printf(&r->fix,
			    "sudo make demo, or sudo %s/osilab demo (root for the set-up only, all else runs "
			    "as you; "
			    "changes nothing on the machine)\n",
			    d->programs);
	}
}

static void check_kernel(const struct doctor *d, struct result *r)
{
	struct utsname u;

	if (uname(&u) == 0)
		buf_printf(&r->what, "%s %s %s", u.sysname, u.release, u.machine);
}

static void check_namespaces(const struct doctor *d, struct result *r)
{
	char span[32], what[96];

	snprintf(what, sizeof(what), "%s, %s for a lab", d->machine.root ? "as root" : "as a plain user",
	    clock_span(d->took, span, sizeof(span)));
	stage_result(d, r, STAGE_NAMESPACES, what);
}

static void check_links(const struct doctor *d, struct result *r)
{
	stage_result(d, r, STAGE_LINK, "virtual Ethernet, offloading off");
}

static void check_settings(const struct doctor *d, struct result *r)
{
	stage_result(d, r, STAGE_SETTINGS, "a lab's own forwarding and ports");
}

static void check_lab_capture(const struct doctor *d, struct result *r)
{
	stage_result(d, r, STAGE_CAPTURE, "on the interfaces of a lab");
}

static void check_ip6(const struct doctor *d, struct result *r)
{
	if (access("/proc/sys/net/ipv6/conf", F_OK) == 0) {
		buf_puts(&r->what, "there");
		return;
	}
	buf_puts(&r->what, "the kernel runs without it; labs use IPv4 alone");
	missing(r, FINDING_OPTIONAL, "boot without ipv6.disable=1\n");
}

static void check_programs(const struct doctor *d, struct result *r)
{
	static const char *const names[] = { "serve", "trace", "ca", "user" };
	char path[PATH_MAX];
	struct err e;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (child_sibling(names[i], path, sizeof(path), &e)) {
			buf_puts(&r->what, e.msg);
			missing(r, FINDING_MISSING, "make\n");
			return;
		}
	buf_puts(&r->what, d->programs);
}

/* The first line that `program argument` prints; false when it cannot be run. */
static bool first_line(const char *program, const char *argument, struct buf *out)
{
	struct child_options o = { .out = -1, .err = -1 };
	struct err e;
	int status = 0;
	size_t n = 0;

	if (child_output((const char *const[]){ program, argument, NULL }, &o,
	        clock_mono() + PROGRAM_MS * CLOCK_MS, out, &status, &e))
		return false;
	while (n < out->n && out->p[n] != '\n')
		n++;
	out->n = n;
	return status == 0 && n > 0;
}

/* "curl 7.88.1 (...) libcurl/7.88.1 OpenSSL/3.0.20 ...": false when its TLS library is known to end
 * at TLS 1.2; those of OpenSSL before 1.1.1. */
static bool knows_tls13(struct slice line)
{
	ssize_t at = slice_find(line, SLICE("OpenSSL/"));
	char version[16];
	int major = 0, minor = 0, patch = 0;

	if (at < 0)
		return true;
	slice_cstr(slice_sub(line, (size_t)at + 8, 12), version, sizeof(version));
	if (sscanf(version, "%d.%d.%d", &major, &minor, &patch) < 2)
		return true;
	return major > 1 || (major == 1 && (minor > 1 || (minor == 1 && patch >= 1)));
}

/* Of that line, the version and the TLS library say enough. */
static void curl_words(struct slice line, struct buf *out)
{
	struct slice rest = line;

	for (unsigned i = 0; rest.p; i++) {
		struct slice word = slice_cut(&rest, ' ');

		if (i < 2 || slice_find(word, SLICE("SSL/")) >= 0 || slice_find(word, SLICE("TLS/")) >= 0) {
			buf_puts(out, out->n ? " " : "");
			buf_slice(out, word);
		}
	}
}

static void check_curl(const struct doctor *d, struct result *r)
{
	struct buf line = { 0 };

	if (!first_line("curl", "--version", &line)) {
		buf_puts(&r->what, "not there; it is the client of the demo");
		missing(r, FINDING_MISSING, "make deps\n");
	} else if (!knows_tls13(buf_view(&line))) {
		buf_printf(&r->what, "%s: without TLS 1.3", buf_cstr(&line));
		missing(r, FINDING_OPTIONAL, "use a curl with OpenSSL 1.1.1 or later\n");
	} else {
		curl_words(buf_view(&line), &r->what);
	}
	buf_fini(&line);
}

static void check_optional_program(
    struct result *r, const char *program, const char *argument, const char *without, const char *fix)
{
	struct buf line = { 0 };

	if (first_line(program, argument, &line)) {
		buf_slice(&r->what, slice_sub(buf_view(&line), 0, 72));
	} else {
		buf_puts(&r->what, without);
		missing(r, FINDING_OPTIONAL, fix);
	}
	buf_fini(&line);
}

static void check_openssl(const struct doctor *d, struct result *r)
{
	check_optional_program(r, "openssl", "version", "not there; only to look at certificates yourself",
	    "sudo apt-get install openssl\n");
}

static void check_tshark(const struct doctor *d, struct result *r)
{
	check_optional_program(r, "tshark", "--version",
	    "not there; only to open the captures in another tool as well", "sudo apt-get install tshark\n");
}

static void check_capture(const struct doctor *d, struct result *r)
{
	if (priv_has_cap(CAP_NET_RAW)) {
		buf_puts(&r->what, "on the interfaces of this machine");
		return;
	}
	buf_puts(&r->what, "not on the interfaces of this machine; labs need none of that");
	r->finding = FINDING_OPTIONAL;
	buf_printf(&r->fix, "sudo setcap cap_net_raw+ep %s/osilab-trace\n", d->programs);
}

static void check_disk(const struct doctor *d, struct result *r)
{
	unsigned long long mib;
	struct statvfs st;

	if (statvfs(".", &st)) {
		buf_printf(&r->what, "cannot be told: %s", strerror(errno));
		return;
	}
	mib = (unsigned long long)st.f_bavail * st.f_frsize >> 20;
	buf_printf(&r->what, "%llu MiB free here", mib);
	if (mib < NEED_FREE_MIB)
		missing(r, FINDING_MISSING, "make room: 64 MiB are needed, or use --out elsewhere\n");
}

static void check_descriptors(const struct doctor *d, struct result *r)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	buf_printf(&r->what, "%llu, may be raised to %llu", (unsigned long long)limit.rlim_cur,
	    (unsigned long long)limit.rlim_max);
	if (limit.rlim_max < NEED_DESCRIPTORS)
		missing(r, FINDING_MISSING, "ulimit -n 1024\n");
}

/* Who cannot do without it. */
enum need { NEED_NOBODY, NEED_DEMO, NEED_LABS };

static const struct check {
	const char *name;
	enum need need;
	void (*run)(const struct doctor *d, struct result *r);
} checks[] = {
	{ "kernel", NEED_NOBODY, check_kernel },
	{ "namespaces", NEED_LABS, check_namespaces },
	{ "virtual links", NEED_LABS, check_links },
	{ "network settings", NEED_LABS, check_settings },
	{ "capture in labs", NEED_LABS, check_lab_capture },
	{ "IPv6", NEED_NOBODY, check_ip6 },
	{ "osilab's programs", NEED_LABS, check_programs },
	{ "curl", NEED_DEMO, check_curl },
	{ "disk", NEED_LABS, check_disk },
	{ "open descriptors", NEED_NOBODY, check_descriptors },
	{ "openssl", NEED_NOBODY, check_openssl },
	{ "tshark", NEED_NOBODY, check_tshark },
	{ "capture outside", NEED_NOBODY, check_capture },
};

/* --- Report
 * ----------------------------------------------------------------------------------------- */

static void print_result(FILE *to, bool color, const char *name, struct result *r)
{
	static const char *const words[] = { "ok", "missing", "optional", "unknown" };
	static const char *const paint[] = { "\033[32m", "\033[1;31m", "\033[33m", "\033[33m" };
	struct slice rest = buf_view(&r->fix);
	const char *label = "fix:";

	fprintf(to, "%s%-9s%s %-18s %s\n", color ? paint[r->finding] : "", words[r->finding],
	    color ? "\033[0m" : "", name, buf_cstr(&r->what));
	if (r->why.n)
		fprintf(to, "%*s why: %s\n", 28, "", buf_cstr(&r->why));
	while (rest.n) {
		struct slice line = slice_cut(&rest, '\n');

		fprintf(to, "%*s %-4s %.*s\n", 28, "", label, SLICE_ARG(line));
		label = "";
	}
}

static int run_checks(FILE *to, bool color, enum need need, struct err *e)
{
	struct doctor d;
	int bad = 0;

	if (doctor_init(&d, e))
		return -1;
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct result r = { 0 };

		if (checks[i].need < need)
			continue;
		checks[i].run(&d, &r);
		bad += r.finding == FINDING_MISSING;
		if (need == NEED_NOBODY || r.finding == FINDING_MISSING)
			print_result(to, color, checks[i].name, &r);
		buf_fini(&r.what);
		buf_fini(&r.why);
		buf_fini(&r.fix);
	}
	doctor_fini(&d);
	fflush(to); /* before what the caller says of it on stderr */
	if (bad)
		return err_set(e, ERR_ENV, "%d thing%s that labs need %s missing", bad, bad == 1 ? "" : "s",
		    bad == 1 ? "is" : "are");
	return 0;
}

int doctor_run(FILE *to, bool color, struct err *e)
{
	return run_checks(to, color, NEED_NOBODY, e);
}

int doctor_need(FILE *to, bool color, struct err *e)
{
	return run_checks(to, color, NEED_LABS, e);
}

int doctor_need_demo(FILE *to, bool color, struct err *e)
{
	return run_checks(to, color, NEED_DEMO, e);
}

int doctor_apparmor(FILE *to, struct err *e)
{
	char path[PATH_MAX];
	struct buf out = { 0 };
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return err_sys(e, "/proc/self/exe");
	*slash = '\0';
	refusal_apparmor_profile(path, &out);
	fputs(buf_cstr(&out), to);
	buf_fini(&out);
	return 0;
}
