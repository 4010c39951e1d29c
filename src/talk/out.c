/* What goes to stdout; see talk.h. */
#include "talk/talk.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

enum { ROW = 16 };

static void hex_row(struct buf *out, char sign, uint64_t at, struct slice row)
{
	buf_printf(out, "%c %08llx ", sign, (unsigned long long)at);
	for (size_t i = 0; i < ROW; i++) {
		buf_puts(out, i % 8 == 0 ? " " : "");
		if (i < row.n)
			buf_printf(out, "%02x ", row.p[i]);
		else
			buf_puts(out, "   ");
	}
	buf_puts(out, " |");
	for (size_t i = 0; i < row.n; i++)
		buf_putc(out, row.p[i] >= 0x20 && row.p[i] < 0x7f ? (char)row.p[i] : '.');
	buf_puts(out, "|\n");
}

void talk_hex(struct buf *out, char sign, uint64_t at, struct slice bytes)
{
	for (size_t i = 0; i < bytes.n; i += ROW)
		hex_row(
		    out, sign, at + i, slice_of(bytes.p + i, bytes.n - i < ROW ? bytes.n - i : (size_t)ROW));
}

int talk_out_put(struct talk_out *t, char sign, struct slice bytes, struct err *e)
{
	uint64_t *at = sign == '>' ? &t->up : &t->down;

	if (talk_out_empty(t)) {
		buf_clear(&t->text);
		t->from = 0;
	}
	if (t->hex)
		talk_hex(&t->text, sign, *at, bytes);
	else if (sign == '<')
		buf_slice(&t->text, bytes);
	*at += bytes.n;
	return t->text.failed ? err_set(e, ERR_ENV, "out of memory") : 0;
}

/* A pipe that poll calls writable has room for PIPE_BUF bytes: more could wait for its reader (pipe(7)). */
int talk_out_flush(struct talk_out *t, struct err *e)
{
	size_t left = t->text.n - t->from;
	ssize_t n = write(STDOUT_FILENO, t->text.p + t->from, left < PIPE_BUF ? left : (size_t)PIPE_BUF);

	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return err_sys(e, "cannot write to stdout");
	t->from += n > 0 ? (size_t)n : 0;
	return 0;
}
