/* `osilab link`; see join.h. */
#include "link/join.h"

#include "base/log.h"
#include "link/relay.h"
#include "link/said.h"
#include "net/priv.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct words {
	struct buf line;
	const char *const *names;
};

static void print(struct buf *b)
{
	fwrite(b->p, 1, b->n, stdout);
	fflush(stdout);
	buf_clear(b);
}

static void heard(void *arg, const struct link_event *event, int64_t at)
{
	struct words *w = arg;

	link_said(&w->line, event, w->names, at);
	print(&w->line);
}

/* Readable once the user asks us to end. */
static int stop_signal(struct err *e)
{
	sigset_t s;
	int fd;

	sigemptyset(&s);
	sigaddset(&s, SIGINT);
	sigaddset(&s, SIGTERM);
	sigaddset(&s, SIGHUP);
	sigprocmask(SIG_BLOCK, &s, NULL);
	fd = signalfd(-1, &s, SFD_CLOEXEC);
	return fd < 0 ? err_sys(e, "signalfd") : fd;
}

static int run(const char *const interfaces[2], const struct link_options *o, bool all, struct err *e)
{
	struct words w = { .line = { .max = 4096 }, .names = o->names };
	struct relay_said said = { heard, &w, all };
	struct relay *r = relay_new(interfaces, o, e);
	int stop = r ? stop_signal(e) : -1, rc = -1;

	if (stop >= 0 && priv_drop_to_invoker(e) == 0) {
		printf("%s <-> %s, seed %llu\n", interfaces[0], interfaces[1], (unsigned long long)o->seed);
		fflush(stdout);
		rc = relay_run(r, stop, &said, e);
		link_said_counts(&w.line, relay_wire(r), o->names);
		print(&w.line);
		if (relay_refused(r))
			log_warnx("%llu frames were refused by an interface: too long (ethtool -K IF gso off "
			          "tso off "
			          "gro off on the far ends), or too many",
			    (unsigned long long)relay_refused(r));
		if (relay_missed(r))
			log_warnx("the kernel lost %llu frames", (unsigned long long)relay_missed(r));
	}
	buf_fini(&w.line);
	relay_free(r);
	return rc;
}

static int read_time(const char *option, const char *text, int64_t *to, struct err *e)
{
	if (!text || link_time(slice_str(text), to) == 0)
		return 0;
	return err_set(e, ERR_USAGE, "%s '%s': a time such as 40ms, 1.5s or 250us", option, text);
}

/* "0.5": percent, as parts of a million. */
static int read_loss(const char *text, int64_t *to, struct err *e)
{
	struct slice rest = slice_str(text), whole = slice_cut(&rest, '.');
	uint64_t n, part = 0;

	if (!text)
		return 0;
	if (slice_u64(whole, &n) || n > 100 || (rest.p && (rest.n > 4 || slice_u64(rest, &part))))
		return err_set(e, ERR_USAGE, "--loss '%s': percent, 0 to 100, such as 0.5", text);
	for (size_t i = rest.n; i < 4; i++)
		part *= 10;
	*to = (int64_t)(n * 10000 + part);
	return *to <= 1000000 ? 0 : err_set(e, ERR_USAGE, "--loss '%s': at most 100", text);
}

/* "client,server" */
static int read_names(const char *text, char room[2][32], struct link_options *o, struct err *e)
{
	struct slice b = slice_str(text), a = slice_cut(&b, ',');

	if (!text)
		return 0;
	if (!a.n || !b.n || a.n >= 32 || b.n >= 32 || slice_eq(a, b) || slice_chr(b, ',') >= 0)
		return err_set(e, ERR_USAGE, "--names '%s': two names, such as client,server", text);
	for (int i = 0; i < 2; i++)
		o->names[i] = slice_cstr(i ? b : a, room[i], 32);
	return 0;
}

int join_run(struct join_options *t, const char *const interfaces[2], struct err *e)
{
	struct link_options *o = &t->wire;
	char names[2][32];

	o->names[0] = interfaces[0];
	o->names[1] = interfaces[1];
	for (int i = 0; i < t->rules.n; i++)
		o->rules[o->nrules++] = t->rules.v[i];
	if (!strcmp(interfaces[0], interfaces[1]))
		return err_set(e, ERR_USAGE, "a wire has two ends, not %s twice", interfaces[0]);
	if (read_time("--delay", t->delay, &o->delay, e) || read_time("--jitter", t->jitter, &o->jitter, e) ||
	    read_loss(t->loss, &o->loss, e) || read_names(t->names, names, o, e))
		return -1;
	return run(interfaces, o, t->all, e);
}
