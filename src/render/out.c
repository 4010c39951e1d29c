/* Collected output; see out.h. */
#include "render/out.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>

void *out_sink(size_t size, const struct sink_ops *ops, struct err *e)
{
	struct sink *s = calloc(1, size);

	if (s)
		s->ops = ops;
	else
		err_set(e, ERR_ENV, "out of memory");
	return s;
}

void out_init(struct out *o, FILE *to, const char *name)
{
	*o = (struct out){ .to = to, .name = name };
	buf_init(&o->buf, 0);
}

void out_fini(struct out *o)
{
	buf_fini(&o->buf);
}

/* Nobody reads standard output any more: no failure (see trace/sink.h), and nothing of what it still holds is to
 * be offered again. */
static int cannot_write(struct out *o, struct err *e)
{
	if (errno != EPIPE || o->to != stdout)
		return err_sys(e, "cannot write %s", o->name);
	__fpurge(stdout);
	clearerr(stdout);
	return err_set(e, ERR_NONE, "nobody reads %s any more", o->name);
}

/* stdio gives up at a signal; what it has not taken is offered again. */
static int write_all(struct out *o, struct err *e)
{
	size_t at = 0;

	if (o->buf.failed)
		return err_set(e, ERR_ENV, "cannot write %s: out of memory", o->name);
	while (at < o->buf.n) {
		errno = 0;
		at += fwrite(o->buf.p + at, 1, o->buf.n - at, o->to);
		if (at < o->buf.n && errno != EINTR)
			return cannot_write(o, e);
		clearerr(o->to);
	}
	buf_clear(&o->buf);
	return 0;
}

int out_spill(struct out *o, struct err *e)
{
	return o->buf.n < OUT_PIECE && !o->buf.failed ? 0 : write_all(o, e);
}

int out_flush(struct out *o, struct err *e)
{
	if (write_all(o, e) < 0)
		return -1;
	while (fflush(o->to) != 0) {
		if (errno != EINTR)
			return cannot_write(o, e);
		clearerr(o->to);
	}
	return 0;
}
