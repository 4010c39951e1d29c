/* osilab ca: a certificate authority for a lab. */
#include "base/clock.h"
#include "base/opts.h"
#include "tls/ca.h"

#include <string.h>

struct options {
	const char *dir;
	int64_t days;
	bool force;
};

static int init(const struct options *o, int n, struct err *e)
{
	if (n != 0)
		return err_set(e, ERR_USAGE, "init takes no name: the root has none");
	if (ca_init(o->dir, o->days ? (int)o->days : CA_ROOT_DAYS, o->force, clock_real(), e) < 0)
		return -1;
	return printf("root certificate: %s/root.crt (give it to clients)\n", o->dir) < 0;
}

static int issue(const struct options *o, char **names, int n, struct err *e)
{
	struct ca_request req = { .name = names[0], .days = (int)o->days };
	char cert[1280], key[1280];

	if (n == 0)
		return err_set(e, ERR_USAGE, "issue needs a NAME");
	req.sans = (const char *const *)names + 1;
	req.n_sans = (size_t)n - 1;
	if (ca_issue(o->dir, &req, clock_real(), e) < 0 ||
	    ca_path(o->dir, req.name, "crt", cert, sizeof(cert), e) < 0 ||
	    ca_path(o->dir, req.name, "key", key, sizeof(key), e) < 0)
		return -1;
	return printf("certificate: %s\nprivate key: %s\n", cert, key) < 0;
}

static int show(char **files, int n, struct err *e)
{
	struct buf out = { 0 };
	int rc = n ? 0 : err_set(e, ERR_USAGE, "show needs a FILE");

	for (int i = 0; i < n && rc == 0; i++)
		rc = ca_show(files[i], clock_real(), &out, e);
	fputs(buf_cstr(&out), stdout);
	buf_fini(&out);
	return rc;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	const struct opt rows[] = {
		{ OPT_TEXT, 'd', "dir", "DIR", "where the CA lives (~/.local/share/osilab/ca)", &o.dir, 0, 0 },
		{ OPT_INT, 0, "days", "N", "validity (0: the usual); -N: already over", &o.days, -9999,
		    9999 },
		{ OPT_FLAG, 0, "force", NULL, "init: replace an existing root", &o.force, 0, 0 },
		OPTS_END,
	};
	const struct opts opts = { "osilab ca", "[options] init | issue NAME [SAN...] | show FILE...",
		"A certificate authority for a lab: one root, server certificates under it.",
		"  osilab ca init\n  osilab ca issue localhost 127.0.0.1 ::1\n", rows };
	char home[1024];
	struct err e = { 0 };
	int at = opts_parse(&opts, argc, argv, &e), n = argc - at - 1, rc = at == 0 ? 0 : -1;
	const char *verb = at > 0 && at < argc ? argv[at] : "";

	if (at > 0 && !o.dir && ca_default_dir(home, sizeof(home), &e) == 0)
		o.dir = home;
	if (at > 0 && strcmp(verb, "show") == 0)
		rc = show(argv + at + 1, n, &e);
	else if (o.dir && strcmp(verb, "init") == 0)
		rc = init(&o, n, &e);
	else if (o.dir && strcmp(verb, "issue") == 0)
		rc = issue(&o, argv + at + 1, n, &e);
	else if (at > 0 && o.dir)
		err_set(&e, ERR_USAGE, "say what to do: init, issue or show");
	return rc == 0 ? opts_end(&opts) : opts_fail(&opts, &e);
}
