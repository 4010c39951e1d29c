/* osilab trace: explain a capture, live or from a file.  The walk is in docs/tour.md. */
#include "base/log.h"
#include "base/opts.h"
#include "net/priv.h"
#include "render/outputs.h"
#include "trace/session.h"

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
		"  zcat old.pcap.gz | osilab trace -r - --stats --json\n",
		rows };
	struct session session = { 0 };
	struct outputs outputs = { .n = 0 };
	struct err e = { 0 }, late = { 0 };
	int at = opts_parse(&opts, argc, argv, &e), rc = at < 0 ? -1 : 0;

	log_init("osilab trace", LOG_LEVEL_INFO);
	if (at == 0)
		return 0;
	out.input = s.file;
	s.filter = argv + at;
	s.nfilter = at > 0 ? argc - at : 0;
	/* What needs privileges comes first; files are opened as the calling user. */
	if (rc == 0 &&
	    (session_source(&session, &s, &e) || priv_drop_to_invoker(&e) ||
	        session_trace(&session, &s, &e) || outputs_open(&outputs, &out, session.trace, &e) ||
	        trace_run(session.trace, session.source, &e)))
		rc = -1;
	if (outputs_close(&outputs, &late) < 0 && rc == 0) {
		e = late;
		rc = -1;
	}
	session_close(&session);
	return rc == 0 ? opts_end(&opts) : opts_fail(&opts, &e);
}
