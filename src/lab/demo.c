/* `osilab demo`; see demo.h.  Files come first, then the network with server, client and captures, then, when
 * the network is gone again, the explanation. */
#include "lab/demo.h"

#include "base/clock.h"
#include "base/slice.h"
#include "lab/capture.h"
#include "lab/child.h"
#include "lab/demo_net.h"
#include "lab/doctor.h"
#include "lab/visit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	STEP_MS = 30000, /* each of the programs that only make a file */
	LISTEN_MS = 10000,
	DRAIN_MS = 15000, /* more than the server gives its clients */
	MARKS_MS = 10000,
	TRACE_MS = 120000,
};

/* Everything a run may leave in its directory; nothing else there is touched. */
static const char *const own_files[] = { "hosts", "users.db", "users.db-journal", "users.db-wal",
	"users.db-shm", "jwt.key", "tls.keys", "access.log", "server.log", "http.jar", "https.jar",
	"client.raw.pcapng", "server.raw.pcapng", "client.pcapng", "server.pcapng", "trace.txt",
	"trace.jsonl", "report.html", "ca/root.crt", "ca/root.key", "ca/" DEMO_NAME ".crt",
	"ca/" DEMO_NAME ".key", "answers/http-login.txt", "answers/http-me.txt", "answers/https-login.txt",
	"answers/https-me.txt", "answers/https-me-again.txt", "answers/https-logout.txt",
	"answers/https-token.txt", "answers/https-api.txt", "answers/https-forged.txt",
	"answers/https-tampered.txt" };

struct demo {
	const struct demo_options *o;
	struct visit_secrets secrets;
	char serve
	    [PATH_MAX]; /* found before the lab is entered: from inside a chroot's path reads otherwise */
	int64_t start;
};

/* --- Progress --------------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static void say(
    const struct demo *d, const char *what, const char *fmt, ...)
{
	double at = (double)(clock_mono() - d->start) / (double)CLOCK_SEC;
	const char *bold = d->o->color ? "\033[1m" : "", *dim = d->o->color ? "\033[2m" : "";
	const char *off = d->o->color ? "\033[0m" : "";
	va_list ap;

	fprintf(stderr, "%s%6.2f s%s  %s%-8s%s  ", dim, at, off, bold, what, off);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* --- Files ------------------------------------------------------------------------------------------ */

/* mkdir -p */
static int make_directories(const char *path, struct err *e)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(part))
		return err_set(e, ERR_USAGE, "'%s' is no directory for results", path);
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		char c = part[i];

		if (c != '/' && c != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return err_sys(e, "cannot make the directory %s", part);
		part[i] = c;
	}
	return 0;
}

static int make_room(const struct demo *d, struct err *e)
{
	if (make_directories(d->o->out, e))
		return -1;
	if (chdir(d->o->out))
		return err_sys(e, "cannot use %s", d->o->out);
	for (size_t i = 0; i < sizeof(own_files) / sizeof(own_files[0]); i++)
		if (unlink(own_files[i]) && errno != ENOENT)
			return err_sys(e, "cannot remove %s/%s of an earlier run", d->o->out, own_files[i]);
	return make_directories("answers", e);
}

static int write_new(const char *path, mode_t mode, const char *text, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	size_t n = strlen(text);
	int rc = 0;

	if (fd < 0)
		return err_sys(e, "cannot make %s", path);
	if (write(fd, text, n) != (ssize_t)n)
		rc = err_sys(e, "cannot write %s", path);
	if (close(fd) && rc == 0)
		rc = err_sys(e, "cannot write %s", path);
	return rc;
}

/* 32 random bytes in hexadecimal, so that other tools take the file as it is. */
static int make_jwt_key(struct err *e)
{
	uint8_t b[32];
	char hex[2 * sizeof(b) + 1];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		return err_sys(e, "random numbers");
	for (size_t i = 0; i < sizeof(b); i++)
		snprintf(hex + 2 * i, 3, "%02x", b[i]);
	return write_new("jwt.key", 0600, hex, e);
}

static int make_hosts(struct err *e)
{
	return write_new("hosts", 0644,
	    "127.0.0.1 localhost\n::1 localhost\n" DEMO_SERVER " " DEMO_NAME "\n" DEMO_SERVER_6 " " DEMO_NAME
	    "\n",
	    e);
}

/* Runs one of our own programs to its end; argv[0] is its name without "osilab-". */
static int run_sibling(const char **argv, const struct child_options *o, int64_t ms, struct err *e)
{
	struct child_options with = *o;
	char path[PATH_MAX];
	struct buf said = { .max = 4096 };
	const char *name = argv[0];
	int status = 0, rc;

	with.join = true;
	if (child_sibling(name, path, sizeof(path), e))
		return -1;
	argv[0] = path;
	rc = child_output(argv, &with, clock_mono() + ms * CLOCK_MS, &said, &status, e);
	argv[0] = name;
	if (rc == 0 && status)
		rc = err_set(
		    e, ERR_DATA, "osilab %s failed with exit code %d: %s", name, status, buf_cstr(&said));
	buf_fini(&said);
	return rc;
}

static int make_keys(const struct demo *d, struct err *e)
{
	struct child_options quiet = { .err = -1 };
	struct child_options password = { .err = -1, .input = slice_str(d->secrets.password) };

	if (run_sibling((const char *[]){ "ca", "--dir", "ca", "init", NULL }, &quiet, STEP_MS, e) ||
	    run_sibling(
	        (const char *[]){ "ca", "--dir", "ca", "issue", DEMO_NAME, DEMO_SERVER, DEMO_SERVER_6, NULL },
	        &quiet, STEP_MS, e))
		return -1;
	if (run_sibling((const char *[]){ "user", "--db", "users.db", "--password-file", "-", "add",
	                    VISIT_USER, NULL },
	        &password, STEP_MS, e))
		return -1;
	if (make_jwt_key(e) || make_hosts(e))
		return -1;
	say(d, "keys", "a CA of our own, a certificate for " DEMO_NAME);
	say(d, "user", VISIT_USER ", with password %s", d->secrets.password);
	return 0;
}

/* --- Inside the lab --------------------------------------------------------------------------------- */

struct stage {
	struct demo *d;
	struct lab *lab;
	struct demo_net net;
	struct capture_marks marks;
	struct capture captures[2];
	struct child server;
};

static int start_captures(struct stage *s, struct err *e)
{
	if (capture_marks_init(&s->marks, NULL, 0, e) ||
	    capture_marks_open(&s->marks, s->lab, s->net.client, DEMO_CLIENT, s->net.server, DEMO_SERVER, e))
		return -1;
	if (capture_start(&s->captures[0], s->net.client, "c0", "client.raw.pcapng", &s->marks, e) ||
	    capture_start(&s->captures[1], s->net.server, "s0", "server.raw.pcapng", &s->marks, e))
		return -1;
	say(s->d, "capture", "at both ends of the path, interfaces c0 and s0");
	return 0;
}

/* Appends the last line of the server's log to what went wrong. */
static int with_server_log(const struct demo *d, struct err *e)
{
	FILE *f = fopen("server.log", "re");
	char line[256], last[256] = "";

	while (f && fgets(line, sizeof(line), f))
		memcpy(last, line, sizeof(last));
	if (f)
		fclose(f);
	last[strcspn(last, "\n")] = '\0';
	if (last[0]) {
		size_t n = strlen(e->msg);

		snprintf(e->msg + n, sizeof(e->msg) - n, "; its last words: %s", last);
	}
	return -1;
}

static int start_server(struct stage *s, struct err *e)
{
	static const uint32_t ports[] = { 80, 443, 0 };
	struct child_options o = { .node = s->net.server, .join = true };
	bool ip6 = s->lab->ip6;
	int rc;

	o.out = open("server.log", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (o.out < 0)
		return err_sys(e, "cannot make server.log");
	/* Over TLS curl would choose HTTP/2, and there would be two versions to compare instead of two carriers. */
	rc = child_start(&s->server,
	    (const char *[]){ s->d->serve, "--cert", "ca/" DEMO_NAME ".crt", "--key", "ca/" DEMO_NAME ".key",
	        "--users", "users.db", "--jwt-key", "jwt.key", "--keylog", "tls.keys", "--access-log",
	        "access.log", "--http", "1.1", "--http", "0.0.0.0:80", "--https", "0.0.0.0:443",
	        ip6 ? "--http" : NULL, "[::]:80", "--https", "[::]:443", NULL },
	    &o, e);
	close(o.out);
	if (rc)
		return -1;
	if (child_listens(&s->server, s->lab, s->net.server, ports, clock_mono() + LISTEN_MS * CLOCK_MS, e))
		return with_server_log(s->d, e);
	say(s->d, "server", "osilab serve, HTTP on port 80, HTTPS on port 443");
	return 0;
}

static void told(void *arg, const char *what, unsigned status, bool connected)
{
	const struct demo *d = arg;

	say(d, "curl", "%-36s %u%s", what, status, connected ? "" : "  (same connection)");
}

static int end_server(struct stage *s, struct err *e)
{
	int status;

	if (child_stop(&s->server, clock_mono() + DRAIN_MS * CLOCK_MS, &status, e))
		return with_server_log(s->d, e);
	if (status == 0)
		return 0;
	err_set(e, ERR_DATA, "the server ended with exit code %d", status);
	return with_server_log(s->d, e);
}

static int end_captures(struct stage *s, struct err *e)
{
	struct capture_report r[2];
	uint64_t dropped;

	if (capture_finish(s->captures, 2, clock_mono() + MARKS_MS * CLOCK_MS, r, e))
		return -1;
	capture_marks_close(&s->marks);
	dropped = r[0].dropped + r[1].dropped;
	if (dropped)
		return err_set(e, ERR_DATA,
		    "the kernel dropped %llu packets before the captures saw them: "
		    "run it again when the machine is less busy",
		    (unsigned long long)dropped);
	say(s->d, "capture", "%llu packets at the client, %llu at the server, none dropped",
	    (unsigned long long)r[0].packets, (unsigned long long)r[1].packets);
	return 0;
}

static int inside(struct lab *lab, void *arg, struct err *e)
{
	struct stage s = { .d = arg, .lab = lab };

	if (demo_net_raise(&s.net, lab, e) || lab_hosts("hosts", e))
		return -1;
	say(s.d, "network", "client " DEMO_CLIENT " - router - server " DEMO_SERVER "%s",
	    lab->ip6 ? ", IPv6 too" : " (no IPv6 here)");
	if (start_captures(&s, e) || start_server(&s, e))
		return -1;
	if (visit_all(lab, s.net.client, &s.d->secrets, told, s.d, e)) {
		if (child_ended(&s.server)) {
			err_in(e, "the server is gone");
			return with_server_log(s.d, e);
		}
		return -1;
	}
	return end_server(&s, e) || end_captures(&s, e) ? -1 : 0;
}

/* --- The explanation -------------------------------------------------------------------------------- */

/* The tracer's text goes where ours does, so that it can tell a terminal. */
static int trace_client(const struct demo *d, struct err *e)
{
	struct child_options o = { .out = STDOUT_FILENO, .err = STDERR_FILENO };
	char path[PATH_MAX];
	struct child c;
	int status;

	if (child_sibling("trace", path, sizeof(path), e))
		return -1;
	fflush(stdout);
	if (child_start(&c,
	        (const char *[]){ path, "-r", "client.raw.pcapng", "--keylog", "tls.keys", "--jwt-key",
	            "jwt.key", "--find", d->secrets.password, "--text", "trace.txt", "--json-file",
	            "trace.jsonl", "--html", "report.html", "--title", "A login, seen at the client", "-w",
	            "client.pcapng", NULL },
	        &o, e) ||
	    child_wait(&c, clock_mono() + TRACE_MS * CLOCK_MS, &status, e))
		return -1;
	return status ? err_set(e, ERR_DATA, "osilab trace failed with exit code %d", status) : 0;
}

static int trace_server(const struct demo *d, struct err *e)
{
	struct child_options o = { .err = -1 };

	return run_sibling(
	    (const char *[]){ "trace", "-q", "-r", "server.raw.pcapng", "--keylog", "tls.keys", "--jwt-key",
	        "jwt.key", "--find", d->secrets.password, "-w", "server.pcapng", NULL },
	    &o, TRACE_MS, e);
}

/* How the user can type the front door from where they are. */
static void front_door(char *path, size_t size, const char *from)
{
	struct err e;
	char *slash;
	size_t n = strlen(from);

	if (child_sibling("trace", path, size, &e)) {
		snprintf(path, size, "osilab");
		return;
	}
	slash = strrchr(path, '/');
	snprintf(slash, size - (size_t)(slash - path), "/osilab");
	if (strncmp(path, from, n) || path[n] != '/')
		return;
	memmove(path, path + n + 1, strlen(path + n + 1) + 1);
	if (!strchr(path, '/'))
		snprintf(path, size, "./osilab");
}

/* Whether the user's shell would find the program. */
static bool on_path(const char *program)
{
	const char *path = getenv("PATH");
	struct slice rest = slice_str(path ? path : ""), dir;
	char file[PATH_MAX];

	while (rest.p) {
		dir = slice_cut(&rest, ':');
		if (dir.n == 0 || dir.n + strlen(program) + 2 > sizeof(file))
			continue;
		snprintf(file, sizeof(file), "%.*s/%s", SLICE_ARG(dir), program);
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

/* Only commands that work here: a server has no xdg-open, and tshark is nobody's duty. */
static void show_next(const char *out, const char *from)
{
	char door[PATH_MAX];

	front_door(door, sizeof(door), from);
	fprintf(stderr, "\nTry next:\n");
	if (on_path("xdg-open"))
		fprintf(stderr, "  xdg-open %s/report.html\n", out);
	fprintf(stderr,
	    "  %s %s/trace.txt\n"
	    "  %s trace -r %s/client.pcapng tcp port 80\n"
	    "  %s trace -r %s/client.pcapng -c 5 -v -x\n",
	    on_path("less") ? "less" : "more", out, door, out, door, out);
	if (on_path("tshark"))
		fprintf(stderr, "  tshark -r %s/client.pcapng -Y http\n", out);
}

static void show_results(const struct demo *d)
{
	static const struct {
		const char *file, *what;
	} results[] = {
		{ "report.html", "all packets as a ladder, for a browser" },
		{ "client.pcapng", "for Wireshark: decrypted, the notes as comments" },
		{ "server.pcapng", "the same traffic behind the router" },
		{ "trace.txt", "what was shown above" },
		{ "trace.jsonl", "the same for programs" },
		{ "tls.keys, jwt.key, ca/", "the secrets that open it all: only a lab leaves them" },
		{ "access.log, answers/", "what the server noted and what it answered" },
	};

	fprintf(stderr, "\nResults in %s:\n", d->o->out);
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		fprintf(stderr, "  %-23s %s\n", results[i].file, results[i].what);
}

static int explain(const struct demo *d, const char *from, struct err *e)
{
	say(d, "trace", "what the client's interface saw, layer by layer");
	if (trace_client(d, e) || trace_server(d, e))
		return -1;
	if (unlink("client.raw.pcapng") || unlink("server.raw.pcapng"))
		return err_sys(e, "cannot remove the raw captures");
	say(d, "done", "the network is gone again");
	show_results(d);
	show_next(d->o->out, from);
	return 0;
}

int demo_run(const struct demo_options *o, struct err *e)
{
	struct demo d = { .o = o, .start = clock_mono() };
	char from[PATH_MAX];
	int rc;

	if (!getcwd(from, sizeof(from)))
		return err_sys(e, "working directory");
	if (doctor_need_demo(stderr, o->color, e) || lab_files_as_owner(e) ||
	    child_sibling("serve", d.serve, sizeof(d.serve), e))
		return -1;
	if (make_room(&d, e) || visit_secrets(&d.secrets, e) || make_keys(&d, e))
		return -1;
	rc = lab_run(inside, &d, e);
	return rc ? rc : explain(&d, from, e);
}
