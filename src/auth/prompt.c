/* Asking for a password; see prompt.h. */
#include "auth/prompt.h"

#include "tls/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

/* All its room from the start: growing would leave copies of the secret behind. */
static void init(struct buf *b)
{
	buf_init(b, LINE_MAX_BYTES);
	(void)buf_reserve(b, LINE_MAX_BYTES); /* if that fails, so does appending */
}

void prompt_forget(struct buf *b)
{
	if (b->p)
		digest_wipe(b->p, b->cap);
	buf_fini(b);
}

/* Ctrl-C at the prompt: a handler can only set a flag.  The terminal must get its echo back before we
 * go. */
static volatile sig_atomic_t interrupted;

/* One line, without its end; one byte at a time, since what follows in a pipe is not ours. */
static int read_line(int fd, struct buf *out)
{
	char c;
	ssize_t n;

	for (;;) {
		n = read(fd, &c, 1);
		if (n < 0 && errno == EINTR && !interrupted)
			continue;
		if (n <= 0 || c == '\n')
			break;
		buf_putc(out, c);
	}
	if (out->n && out->p[out->n - 1] == '\r')
		out->n--;
	return n < 0 ? -1 : 0;
}

static void on_interrupt(int signo)
{
	interrupted = 1;
}

static int ask(int tty, const char *question, struct buf *out)
{
	struct sigaction note = { .sa_handler = on_interrupt }, before; /* no SA_RESTART */
	struct termios shown, hidden;
	int rc;

	if (tcgetattr(tty, &shown))
		return -1;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	sigaction(SIGINT, &note, &before);
	dprintf(tty, "%s: ", question);
	rc = tcsetattr(tty, TCSADRAIN, &hidden);
	if (rc == 0)
		rc = read_line(tty, out);
	tcsetattr(tty, TCSADRAIN, &shown);
	dprintf(tty, "\n");
	sigaction(SIGINT, &before, NULL);
	return rc;
}

static int ask_twice(const char *name, struct buf *out, struct err *e)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), rc = -1;
	struct buf again;
	char question[128];

	if (tty < 0)
		return err_set(
		    e, ERR_USAGE, "there is no terminal to ask for the password: give --password-file");
	init(&again);
	snprintf(question, sizeof(question), "New password for %s", name);
	if (ask(tty, question, out) || ask(tty, "The same again", &again))
		err_sys(e, "the terminal");
	else if (!digest_equal(buf_view(out), buf_view(&again)))
		err_set(e, ERR_DATA, "the two passwords are not the same");
	else
		rc = 0;
	prompt_forget(&again);
	close(tty);
	return rc;
}

int prompt_password(const char *file, const char *name, struct buf *out, struct err *e)
{
	bool input = file && strcmp(file, "-") == 0;
	int fd, rc;

	init(out);
	if (!file)
		return ask_twice(name, out, e);
	fd = input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_sys(e, "password file %s", file);
	rc = read_line(fd, out) ? err_sys(e, "password file %s", file) : 0;
	if (!input)
		close(fd);
	if (rc == 0 && out->failed)
		rc = err_set(e, ERR_DATA, "the password is too long");
	return rc;
}
