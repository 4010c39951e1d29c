/* The verbs of `osilab ca`; see ca_verbs.h. */
#include "tls/ca_verbs.h"
#include "tls/ca.h"

#include <string.h>

enum { PATH_SIZE = 1280 };

/* "what: dir/NAME.ext", one line. */
static int say(struct buf *out, const struct ca_call *c, const char *what, const char *name, const char *ext,
    struct err *e)
{
	char path[PATH_SIZE];

	if (ca_path(c->dir, name, ext, path, sizeof(path), e) < 0)
		return -1;
	buf_printf(out, "%s: %s\n", what, path);
	return 0;
}

static int init(const struct ca_call *c, char **names, int n, struct buf *out, struct err *e)
{
	if (n != 0)
		return err_set(e, ERR_USAGE, "init takes no name: the root has none");
	if (ca_init(c->dir, c->days ? c->days : CA_ROOT_DAYS, c->force, c->now, e) < 0)
		return -1;
	buf_printf(out, "root certificate: %s/root.crt (give it to clients)\n", c->dir);
	return 0;
}

static int intermediate(const struct ca_call *c, char **names, int n, struct buf *out, struct err *e)
{
	if (ca_intermediate(c->dir, names[0], c->days ? c->days : CA_INTERMEDIATE_DAYS, c->force, c->now, e) <
	    0)
		return -1;
	return say(out, c, "authority", names[0], "crt", e);
}

static int issue(const struct ca_call *c, char **names, int n, struct buf *out, struct err *e)
{
	struct ca_request req = { .name = names[0],
		.sans = (const char *const *)names + 1,
		.n_sans = (size_t)n - 1,
		.days = c->days,
		.by = c->by,
		.client = c->client,
		.rsa = c->rsa };

	if ((c->bad && ca_flaw(c->bad, &req.flaw, e) < 0) || ca_issue(c->dir, &req, c->now, e) < 0 ||
	    say(out, c, "certificate", req.name, "crt", e) < 0)
		return -1;
	return say(out, c, "private key", req.name, "key", e);
}

static int revoke(const struct ca_call *c, char **names, int n, struct buf *out, struct err *e)
{
	char by[256];

	for (int i = 0; i < n; i++)
		if (ca_revoke(c->dir, names[i], c->days ? c->days : CA_STATEMENT_DAYS, by, sizeof(by), c->now,
		        e) < 0 ||
		    say(out, c, "revocation list", by, "crl", e) < 0)
			return -1;
	return 0;
}

static int crl(const struct ca_call *c, char **names, int n, struct buf *out, struct err *e)
{
	const char *by = n ? names[0] : "root";

	if (ca_list(c->dir, by, c->days ? c->days : CA_STATEMENT_DAYS, c->now, e) < 0)
		return -1;
	return say(out, c, "revocation list", by, "crl", e);
}

static int ocsp(const struct ca_call *c, char **names, int n, struct buf *out, struct err *e)
{
	if (ca_ocsp(c->dir, names[0], c->days ? c->days : CA_STATEMENT_DAYS, c->now, e) < 0)
		return -1;
	return say(out, c, "OCSP response", names[0], "ocsp", e);
}

static int show(const struct ca_call *c, char **files, int n, struct buf *out, struct err *e)
{
	for (int i = 0; i < n; i++)
		if (ca_show(files[i], c->now, out, e) < 0)
			return -1;
	return 0;
}

/* How many names each takes, and what one of them is. */
static const struct {
	const char *name;
	int (*run)(const struct ca_call *c, char **names, int n, struct buf *out, struct err *e);
	int least, most;
	const char *what;
} verbs[] = {
	{ "init", init, 0, 1 << 20, "" },
	{ "issue", issue, 1, 1 << 20, "a NAME" },
	{ "intermediate", intermediate, 1, 1, "a NAME" },
	{ "revoke", revoke, 1, 1 << 20, "a NAME" },
	{ "crl", crl, 0, 1, "at most one AUTHORITY" },
	{ "ocsp", ocsp, 1, 1, "a NAME" },
	{ "show", show, 1, 1 << 20, "a FILE" },
};

int ca_run(const struct ca_call *c, const char *verb, char **names, int n, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(verb, verbs[i].name) != 0)
			continue;
		if (n < verbs[i].least || n > verbs[i].most)
			return err_set(e, ERR_USAGE, "%s needs %s", verb, verbs[i].what);
		return verbs[i].run(c, names, n, out, e);
	}
	return err_set(e, ERR_USAGE, "say what to do: init, issue, intermediate, revoke, crl, ocsp or show");
}
