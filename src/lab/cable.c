/* A wire of the link room as a process of a lab; see cable.h. */
#include "lab/cable.h"

#include "link/relay.h"
#include "link/said.h"
#include "net/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the process of a cable says: once when it carries, once at the end. */
struct words {
	int rc;
	struct err err;
	struct cable_report report;
};

struct teller {
	FILE *log;
	struct buf line;
	const char *const *names;
};

/* --- In its process ----------------------------------------------------------------------------------- */

static void heard(void *arg, const struct link_event *event, int64_t at)
{
	struct teller *t = arg;

	link_said(&t->line, event, t->names, at);
	fwrite(t->line.p, 1, t->line.n, t->log);
	buf_clear(&t->line);
}

static void say(int to, const struct words *w)
{
	while (write(to, w, sizeof(*w)) < 0 && errno == EINTR)
		;
}

/* Opens all, gives up every privilege, and only then looks at packets. */
static int carry(const struct link_options *o, const char *path, int stop, int to, struct words *w)
{
	static const char *const interfaces[2] = { "w0", "w1" };
	struct lab_owner owner = lab_owner();
	struct relay *r = relay_new(interfaces, o, &w->err);
	struct teller t = { .line = { .max = 4096 }, .names = o->names };
	struct relay_said said = { heard, &t, false };
	int rc;

	if (!r)
		return -1;
	t.log = fopen(path, "wxe");
	if (!t.log)
		return err_sys(&w->err, "%s", path);
	if (priv_drop(owner.uid, owner.gid, &w->err))
		return -1;
	say(to, w);
	rc = relay_run(r, stop, &said, &w->err);
	w->report.frames = link_wire_counts(relay_wire(r))->in[0] + link_wire_counts(relay_wire(r))->in[1];
	w->report.missed = relay_missed(r) + relay_refused(r);
	if (fclose(t.log) && rc == 0)
		rc = err_sys(&w->err, "%s", path);
	buf_fini(&t.line);
	relay_free(r);
	return rc;
}

static void cable_process(
    const struct lab_node *node, const struct link_options *o, const char *log, int stop, int to)
{
	struct words w = { 0 };

	w.rc = lab_node_enter(node, &w.err) ? -1 : carry(o, log, stop, to, &w);
	say(to, &w);
	_exit(w.rc != 0);
}

/* --- The supervisor's side ---------------------------------------------------------------------------- */

static int hear(const struct cable *c, struct words *w, struct err *e)
{
	ssize_t n;

	do
		n = read(c->words, w, sizeof(*w));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(*w))
		return err_set(e, ERR_ENV, "a wire of the lab ended unexpectedly");
	if (w->rc) {
		*e = w->err;
		return err_in(e, "wire");
	}
	return 0;
}

/* By a byte: to close it would not do, since processes that were forked later have it open as well. */
static void stop(const struct cable *c)
{
	while (write(c->stop, "", 1) < 0 && errno == EINTR)
		;
	close(c->stop);
}

static void reap(struct cable *c)
{
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(c->words);
	*c = (struct cable){ .stop = -1, .words = -1 };
}

static int start_process(struct cable *c, const struct lab_node *node, const struct link_options *o,
    const char *log, struct err *e)
{
	int stop[2], words[2];

	if (pipe2(stop, O_CLOEXEC) || pipe2(words, O_CLOEXEC))
		return err_sys(e, "pipe");
	fflush(NULL);
	c->pid = fork();
	if (c->pid == 0) {
		close(stop[1]);
		close(words[0]);
		cable_process(node, o, log, stop[0], words[1]);
	}
	close(stop[0]);
	close(words[1]);
	c->stop = stop[1];
	c->words = words[0];
	return c->pid < 0 ? err_sys(e, "fork") : 0;
}

int cable_start(struct cable *c, struct lab *lab, struct lab_node *a, const char *if_a, struct lab_node *b,
    const char *if_b, const struct link_options *o, const char *log, struct err *e)
{
	struct lab_node *middle = lab_node_new(lab, "wire", e);
	struct words w;

	*c = (struct cable){ .stop = -1, .words = -1 };
	if (!middle || lab_link(a, if_a, middle, "w0", e) || lab_link(middle, "w1", b, if_b, e))
		return -1;
	/* What it carries is not its own: it has no address, and asks for none. */
	if (lab->ip6 && lab_sysctl(lab, middle, "ipv6/conf/all/disable_ipv6", "1", e))
		return -1;
	if (start_process(c, middle, o, log, e))
		return -1;
	if (hear(c, &w, e)) {
		stop(c);
		reap(c);
		return -1;
	}
	return 0;
}

int cable_end(struct cable *c, struct cable_report *report, struct err *e)
{
	struct words w = { 0 };
	int rc;

	if (!c->pid)
		return 0;
	stop(c);
	rc = hear(c, &w, e);
	*report = w.report;
	reap(c);
	return rc;
}
