/* osilab trace: explain a capture, live or from a file.  The walk is in docs/tour.md. */
#include "base/log.h"
#include "base/opts.h"
#include "net/priv.h"
#include "net/sandbox.h"
#include "render/outputs.h"
#include "trace/session.h"

/* What comes from strangers is read in the sandbox; where the kernel has none, it is read all the same. */
static void confine(const struct outputs *o)
{
	struct sandbox s = { .ndirs = outputs_dir(o) >= 0, .dirs = { outputs_dir(o) } };
	struct err e = { 0 };

	if (sandbox_enter(&s, &e) < 0)
		log_warnx("running without a sandbox: %s", e.msg);
}

/* All that is opened, in the order of what it may be opened as: captures with the privileges given, files as the
 * calling user. */
static int prepare(struct session *session, struct session_options *s, struct outputs *outputs,
    const struct outputs_options *out, struct err *e)
{
	if (session_source(session, s, e) || priv_drop_to(s->user, e) || session_trace(session, s, e) ||
	    outputs_open(outputs, out, session->trace, e))
		return -1;
	confine(outputs);
	return 0;
}

int main(int argc, char **argv)
{
	struct session_options s = { 0 };
	struct outputs_options out = { .color = "auto" };
	const struct opt rows[] = {
		SESSION_OPTS(&s),
		OUTPUTS_OPTS(&out),
		OPTS_END,
	};
	const struct opts opts = { "osilab trace", "[options] -r FILE | -i IF [FILTER...]",
		"Explains each packet layer by layer: TCP states, TLS (decrypted with a key log), HTTP,\n"
		"cookies, credentials and tokens. FILTER is a BPF expression as for tcpdump.",
		"  osilab trace -r login.pcapng --keylog keys.log\n"
		"  osilab trace -i any -w seen.pcapng tcp port 443\n"
		"  osilab trace -r login.pcapng -Y 'http and ip_src == \"10.9.1.2\"'\n"
		"  zcat old.pcap.gz | osilab trace -r - --stats --json\n",
		rows };
	struct session session = { 0 };
	struct outputs outputs = { .n = 0 };
	struct err e = { 0 }, late = { 0 };
	int at = opts_parse(&opts, argc, argv, &e), rc = at < 0 ? -1 : 0;

	log_init("osilab trace", LOG_LEVEL_INFO);
	if (at == 0)
		return 0;
	out.input = s.files.n ? s.files.v[0] : NULL;
	out.other_input = s.files.n > 1 ? s.files.v[1] : NULL;
	s.shares = out.html || out.json || out.stdout_json || out.pcapng || out.har;
	s.filter = argv + at;
	s.nfilter = at > 0 ? argc - at : 0;
	if (rc == 0 && s.list_interfaces)
		return session_list_interfaces(&e) == 0 ? opts_end(&opts) : opts_fail(&opts, &e);
	if (rc == 0 &&
	    (prepare(&session, &s, &outputs, &out, &e) || trace_run(session.trace, session.source, &e)))
		rc = -1;
	if (outputs_close(&outputs, &late) < 0 && rc == 0) {
		e = late;
		rc = -1;
	}
	session_close(&session);
	return rc == 0 ? opts_end(&opts) : opts_fail(&opts, &e);
}
