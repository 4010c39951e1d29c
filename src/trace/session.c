/* One run of the tracer from its options; see session.h. */
#include "trace/session.h"

#include "base/buf.h"
#include "trace/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The one thing a signal handler may touch. */
static volatile sig_atomic_t stop;

static void on_signal(int signo)
{
	(void)signo;
	stop = 1;
}

/* Without SA_RESTART, so that a blocked read returns and sees `stop`. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int join_filter(const struct session_options *o, struct buf *out)
{
	for (int i = 0; i < o->nfilter; i++) {
		if (i)
			buf_putc(out, ' ');
		buf_puts(out, o->filter[i]);
	}
	return out->failed ? -1 : 0;
}

int session_source(struct session *s, const struct session_options *o, struct err *e)
{
	struct buf filter = { 0 };

	if (!o->file == !o->interface)
		return err_set(e, ERR_USAGE,
		    o->file ? "give either -r or -i"
		            : "say what to read: -r FILE, or -i INTERFACE for a live capture");
	catch_signals();
	if (join_filter(o, &filter) < 0) {
		err_set(e, ERR_USAGE, "the filter is too long");
	} else if (o->interface) {
		s->source = source_live(o->interface, buf_cstr(&filter), !o->quiet_nic, e);
	} else if (filter.n == 0 || (s->filter = filter_new(buf_cstr(&filter), e))) {
		s->source = source_file(o->file, e);
	}
	buf_fini(&filter);
	return s->source ? 0 : -1;
}

/* Reads the key file; returns its size or -1. */
static ssize_t read_key(const char *path, uint8_t *key, size_t size, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t all = 0;
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "cannot read the key %s", path);
	/* A pipe gives it piece by piece; half a key would make every token look forged. */
	while ((n = read(fd, key + all, size - all)) > 0)
		all += (size_t)n;
	if (n < 0)
		err_sys(e, "cannot read the key %s", path);
	else if (all == 0)
		n = err_set(e, ERR_DATA, "the key file %s is empty", path);
	else if (all == size)
		n = err_set(e, ERR_DATA, "the key file %s is larger than a key of HS256 can be", path);
	close(fd);
	return n < 0 ? -1 : (ssize_t)all;
}

int session_trace(struct session *s, const struct session_options *o, struct err *e)
{
	struct trace_config config = {
		.filter = s->filter,
		.count = (uint64_t)o->count,
		.keylog_path = o->keylog,
		.keylog_grows = !o->file || strcmp(o->file, "-") == 0,
		.memory = (size_t)o->memory_mib << 20,
		.stop = &stop,
		.progress = progress_show,
	};
	size_t max = sizeof(config.find) / sizeof(config.find[0]);

	if ((size_t)o->find.n > max)
		return err_set(e, ERR_USAGE, "--find can be given %zu times", max);
	for (int i = 0; i < o->find.n; i++) {
		if (!*o->find.v[i])
			return err_set(e, ERR_USAGE, "--find needs a text to look for");
		config.find[config.nfind++] = o->find.v[i];
	}
	if (o->jwt_key) {
		ssize_t n = read_key(o->jwt_key, s->jwt_key, sizeof(s->jwt_key), e);

		if (n < 0)
			return -1;
		config.jwt_key = slice_of(s->jwt_key, (size_t)n);
	}
	s->trace = trace_new(&config, e);
	return s->trace ? 0 : -1;
}

void session_close(struct session *s)
{
	progress_clear();
	trace_free(s->trace);
	if (s->source)
		s->source->ops->free(s->source);
	filter_free(s->filter);
	explicit_bzero(s->jwt_key, sizeof(s->jwt_key));
}
