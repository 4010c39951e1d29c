/* One run of the tracer from its options; see session.h. */
#include "trace/session.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "trace/interfaces.h"
#include "trace/progress.h"
#include "trace/vantage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
	FILTER_MAX = 64 * 1024, /* bytes of a filter's file */
	WARN_SECONDS = 5,       /* between two words about drops */
};

/* All that a signal handler may touch. */
static volatile sig_atomic_t stop, asked;

static void on_signal(int signo)
{
	if (signo == SIGUSR1)
		asked = 1;
	else
		stop = 1;
}

/* Without SA_RESTART, so that a blocked read returns and sees `stop`. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

/* --- Where packets come from ------------------------------------------------------------------ */

static int join_filter(const struct session_options *o, struct buf *out, struct err *e)
{
	for (int i = 0; i < o->nfilter; i++) {
		if (i)
			buf_putc(out, ' ');
		buf_puts(out, o->filter[i]);
	}
	return out->failed ? err_set(e, ERR_USAGE, "the filter is too long") : 0;
}

/* The whole of a small file.  A pipe gives it piece by piece. */
static int read_file(const char *path, const char *what, uint8_t *to, size_t size, size_t *got, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	*got = 0;
	while (fd >= 0 && (n = read(fd, to + *got, size - *got)) > 0)
		*got += (size_t)n;
	if (fd < 0 || n < 0)
		err_sys(e, "cannot read the %s %s", what, path);
	if (fd >= 0)
		close(fd);
	return fd < 0 || n < 0 ? -1 : 0;
}

/* The filter of a file: the rest of a line from # on is a comment, as for tcpdump. */
static int file_filter(const struct session_options *o, struct buf *out, struct err *e)
{
	uint8_t text[FILTER_MAX];
	size_t n;
	bool comment = false;

	if (o->nfilter)
		return err_set(e, ERR_USAGE, "give the filter either in words or with -F");
	if (read_file(o->filter_file, "filter", text, sizeof(text), &n, e) < 0)
		return -1;
	if (n == sizeof(text))
		return err_set(e, ERR_DATA, "the filter file %s is too long", o->filter_file);
	for (size_t i = 0; i < n; i++) {
		comment = text[i] == '#' || (comment && text[i] != '\n');
		buf_putc(out, comment || text[i] == '\n' ? ' ' : (char)text[i]);
	}
	return out->failed ? err_set(e, ERR_ENV, "out of memory") : 0;
}

static int direction_of(const char *word, enum live_direction *d, struct err *e)
{
	static const char *const words[] = { "inout", "in", "out" };

	for (unsigned i = 0; word && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0) {
			*d = (enum live_direction)i;
			return 0;
		}
	return word ? err_set(e, ERR_USAGE, "-Q is in, out or inout, not '%s'", word) : 0;
}

static int open_live(struct session *s, const struct session_options *o, const char *filter, struct err *e)
{
	struct live_options live = {
		.interfaces = (const char *const *)s->interfaces,
		.ninterfaces = (unsigned)o->interfaces.n,
		.filter = filter,
		.promiscuous = !o->quiet_nic,
		.snaplen = (uint32_t)o->snaplen,
		.buffer_kib = (uint32_t)o->buffer_kib,
	};

	if (direction_of(o->direction, &live.direction, e) < 0)
		return -1;
	for (int i = 0; i < o->interfaces.n; i++)
		if (!(s->interfaces[i] = interfaces_name(o->interfaces.v[i], e)))
			return -1;
	s->live = true;
	s->source = source_live(&live, e);
	return s->source ? 0 : -1;
}

int session_source(struct session *s, const struct session_options *o, struct err *e)
{
	struct buf filter = { 0 };
	int rc;

	if (!o->files.n == !o->interfaces.n)
		return err_set(e, ERR_USAGE,
		    o->files.n ? "give either -r or -i"
		               : "say what to read: -r FILE, or -i INTERFACE for a live capture");
	if (o->files.n > 2)
		return err_set(e, ERR_USAGE,
		    "-r can be given twice, for captures of two places, not %d times", o->files.n);
	catch_signals();
	rc = o->filter_file ? file_filter(o, &filter, e) : join_filter(o, &filter, e);
	if (rc == 0 && o->interfaces.n)
		rc = open_live(s, o, buf_cstr(&filter), e);
	else if (rc == 0 && (filter.n == 0 || (s->filter = filter_new(buf_cstr(&filter), e))))
		s->source = o->files.n == 2 ? source_vantage(o->files.v, e) : source_file(o->files.v[0], e);
	buf_fini(&filter);
	return s->source ? 0 : -1;
}

int session_list_interfaces(struct err *e)
{
	struct buf list = { 0 };
	int rc = interfaces_list(&list, e);

	if (rc == 0)
		fwrite(list.p, 1, list.n, stdout);
	buf_fini(&list);
	return rc;
}

/* --- While it runs ---------------------------------------------------------------------------- */

/* At once when it begins, then every few seconds as long as it goes on. */
static void warn_of_drops(struct session *s, struct source *source, int64_t now)
{
	uint64_t dropped;

	if (s->warned && now - s->warned < WARN_SECONDS * CLOCK_SEC)
		return;
	dropped = source->ops->dropped(source);
	if (dropped > s->dropped) {
		log_warnx("%llu packets were dropped so far: it cannot keep up. A filter, a smaller -s or a "
		          "larger -B helps, or -q -w FILE now and -r FILE later",
		    (unsigned long long)dropped);
		s->warned = now;
	}
	s->dropped = dropped;
}

/* As tcpdump does for SIGUSR1. */
static void show_counters(const struct trace *t, struct source *source)
{
	const struct trace_stats *n = trace_stats(t);

	log_info("%llu packets, %llu bytes, %llu TCP connections, %llu packets dropped so far",
	    (unsigned long long)n->packets, (unsigned long long)n->bytes, (unsigned long long)n->tcp_streams,
	    (unsigned long long)source->ops->dropped(source));
}

static void look(void *context, const struct trace *t, struct source *source)
{
	struct session *s = context;
	uint64_t done, all;

	if (asked) {
		asked = 0;
		show_counters(t, source);
	}
	if (s->live) {
		warn_of_drops(s, source, clock_mono());
		return;
	}
	source->ops->progress(source, &done, &all);
	if (all)
		progress_show(done, all, trace_stats(t)->packets);
}

/* --- The trace -------------------------------------------------------------------------------- */

static int read_key(struct session *s, const char *path, struct slice *key, struct err *e)
{
	size_t n;

	if (read_file(path, "key", s->jwt_key, sizeof(s->jwt_key), &n, e) < 0)
		return -1;
	if (n == 0)
		return err_set(e, ERR_DATA, "the key file %s is empty", path);
	if (n == sizeof(s->jwt_key))
		return err_set(e, ERR_DATA, "the key file %s is larger than a key of HS256 can be", path);
	*key = slice_of(s->jwt_key, n);
	return 0;
}

/* In a user namespace of its own, as every lab is: what goes on there is nobody's traffic. */
static bool in_lab(void)
{
	FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned long inside = 0, outside = 0, count = 0;
	bool whole = map && fscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3 && count >= UINT32_MAX;

	if (map)
		fclose(map);
	return map && !whole;
}

int session_trace(struct session *s, const struct session_options *o, struct err *e)
{
	struct trace_config config = {
		.filter = s->filter,
		.display = o->display,
		.count = (uint64_t)o->count,
		.keylog_path = o->keylog,
		.no_names = o->no_names,
		.keylog_grows = !o->files.n || strcmp(o->files.v[0], "-") == 0,
		.memory = (size_t)o->memory_mib << 20,
		.redact = o->redact || (s->live && o->shares && !o->no_redact && !in_lab()),
		.stop = &stop,
		.flush_each = o->flush_each,
		.look = look,
		.context = s,
	};
	size_t max = sizeof(config.find) / sizeof(config.find[0]);

	if ((size_t)o->find.n > max)
		return err_set(e, ERR_USAGE, "--find can be given %zu times", max);
	for (int i = 0; i < o->find.n; i++) {
		if (!*o->find.v[i])
			return err_set(e, ERR_USAGE, "--find needs a text to look for");
		config.find[config.nfind++] = o->find.v[i];
	}
	if (o->jwt_key && read_key(s, o->jwt_key, &config.jwt_key, e) < 0)
		return -1;
	s->trace = trace_new(&config, e);
	return s->trace ? 0 : -1;
}

void session_close(struct session *s)
{
	progress_clear();
	trace_free(s->trace);
	if (s->source)
		s->source->ops->free(s->source);
	for (size_t i = 0; i < sizeof(s->interfaces) / sizeof(s->interfaces[0]); i++)
		free(s->interfaces[i]);
	filter_free(s->filter);
	explicit_bzero(s->jwt_key, sizeof(s->jwt_key));
}
