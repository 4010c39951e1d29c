/* osilab ca: a certificate authority for a lab. */
#include "base/clock.h"
#include "base/opts.h"
#include "tls/ca.h"
#include "tls/ca_verbs.h"

static struct ca_call call;
static int64_t days;

static const struct opt rows[] = {
	{ OPT_TEXT, 'd', "dir", "DIR", "where the CA lives (~/.local/share/osilab/ca)", &call.dir, 0, 0 },
	{ OPT_INT, 0, "days", "N", "validity (0: the usual); -N: already over", &days, -9999, 9999 },
	{ OPT_FLAG, 0, "force", NULL, "init, intermediate: replace what is there", &call.force, 0, 0 },
	{ OPT_HEAD, .help = "issue:" },
	{ OPT_TEXT, 0, "by", "AUTHORITY", "by an intermediate (the root)", &call.by, 0, 0 },
	{ OPT_FLAG, 0, "client", NULL, "for a client: a name, or a mail address", &call.client, 0, 0 },
	{ OPT_FLAG, 0, "rsa", NULL, "with an RSA key of 2048 bits (P-256)", &call.rsa, 0, 0 },
	{ OPT_TEXT, 0, "bad", "HOW",
	    "on purpose: expired, not-yet, wrong-name, self-signed, missing-intermediate, weak-key",
	    &call.bad, 0, 0 },
	OPTS_END,
};

static const struct opts opts = {
	.program = "osilab ca",
	.usage = "[options] init | issue NAME [SAN...] | intermediate NAME | revoke NAME... | crl "
	         "[AUTHORITY] | "
	         "ocsp NAME | show FILE...",
	.about = "A certificate authority for a lab: a root, authorities under it, certificates of servers "
	         "and "
	         "clients, good ones and bad ones; revocation lists, OCSP responses to staple.",
	.examples = "  osilab ca init && osilab ca issue localhost 127.0.0.1 ::1\n"
	            "  osilab ca issue --client alice\n"
	            "  osilab ca issue --bad expired old.lab.test\n"
	            "  osilab ca revoke alice && osilab ca ocsp localhost\n",
	.rows = rows,
};

int main(int argc, char **argv)
{
	struct buf out = { 0 };
	struct err e = { 0 };
	int at = opts_parse(&opts, argc, argv, &e), rc = at == 0 ? 0 : -1;
	char home[1024];

	call.now = clock_real();
	call.days = (int)days;
	if (at > 0 && !call.dir && ca_default_dir(home, sizeof(home), &e) == 0)
		call.dir = home;
	if (at > 0 && call.dir) {
		rc = ca_run(&call, at < argc ? argv[at] : "", argv + at + 1, argc - at - 1, &out, &e);
	}
	fputs(buf_cstr(&out), stdout);
	buf_fini(&out);
	return rc == 0 ? opts_end(&opts) : opts_fail(&opts, &e);
}
