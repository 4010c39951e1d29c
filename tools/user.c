/* osilab user: who may log in. */
#include "auth/prompt.h"
#include "auth/users.h"
#include "base/clock.h"
#include "base/opts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *file = "users.db", *pw;
static int64_t cost;

static const struct opt rows[] = {
	{ OPT_TEXT, 0, "db", "FILE", "the users' file (default users.db)", &file, 0, 0 },
	{ OPT_TEXT, 0, "password-file", "FILE", "its first line; - is standard input", &pw, 0, 0 },
	{ OPT_HEAD, .help = "For labs:" },
	{ OPT_INT, 0, "cost", "N", "hash passwords in 2^N steps (17); fewer are WEAK", &cost, 10, 20 },
	OPTS_END,
};

static const struct opts opts = {
	.program = "osilab user",
	.usage = "[options] add NAME | passwd NAME | disable NAME | enable NAME | list",
	.about = "Keeps the file of users that osilab serve --users reads.  disable and passwd also end the "
	         "user's "
	         "sessions, on servers that run.",
	.examples = "  osilab user add alice\n"
	            "  osilab user add bob --password-file - < secret.txt\n",
	.rows = rows,
};

static void print(const struct users_row *row, void *arg)
{
	char day[32];

	clock_utc(row->created * CLOCK_SEC, day, sizeof(day));
	printf("%-24s %s%s\n", row->name, day, row->disabled ? " disabled" : "");
}

/* Sets the password of a new user, or another one of an old user. */
static int with_password(struct users *u, const char *name, bool new, struct err *e)
{
	struct buf password;
	int rc = prompt_password(pw, name, &password, e);

	if (rc == 0)
		rc = (new ? users_add : users_set_password)(u, slice_str(name), buf_view(&password), e);
	if (rc == 0 && !new) /* who had the old one may be logged in */
		rc = users_end_sessions(u, slice_str(name), e);
	prompt_forget(&password);
	return rc;
}

static int run(const char *verb, const char *name, struct err *e)
{
	bool list = !strcmp(verb, "list"), add = !strcmp(verb, "add");
	bool passwd = !strcmp(verb, "passwd"), disable = !strcmp(verb, "disable");
	struct users *u;
	int rc;

	if (list == !!name || !(list || add || passwd || disable || !strcmp(verb, "enable")))
		return err_set(e, ERR_USAGE, "say what to do: add NAME, passwd NAME, ..., or list");
	u = users_open(file, list ? USERS_READ : add ? USERS_CREATE : USERS_CHANGE, e);
	if (!u)
		return -1;
	if (cost)
		users_set_cost(u, (int)cost);
	if (list)
		rc = users_list(u, print, NULL, e);
	else if (add || passwd)
		rc = with_password(u, name, add, e);
	else
		rc = users_disable(u, slice_str(name), disable, e);
	users_close(u);
	return rc;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	int at = opts_parse(&opts, argc, argv, &e);

	if (at == 0)
		return 0;
	if (at < 0 || run(at < argc && argc - at < 3 ? argv[at] : "", argv[at + 1], &e))
		return opts_fail(&opts, &e);
	return opts_end(&opts);
}
