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
	bool json = false, stats = false, names = false;
	const struct opt rows[] = {
		{ OPT_HEAD, 0, NULL, NULL, "Where packets come from:", NULL },
		{ OPT_TEXT, 'r', "read", "FILE", "a capture: pcap, pcapng, gzip of them; - for stdin",
		    &s.file },
		{ OPT_TEXT, 'i', "interface", "IF", "capture live; any for all", &s.interface },
		{ OPT_FLAG, 'p', "no-promiscuous", NULL, "only what this machine sees anyway", &s.quiet_nic },
		{ OPT_INT, 'c', "count", "N", "stop after N packets", &s.count, 1, INT64_MAX },
		{ OPT_HEAD, 0, NULL, NULL, "What is known besides:", NULL },
		{ OPT_TEXT, 0, "keylog", "FILE", "TLS secrets (SSLKEYLOGFILE format), to decrypt",
		    &s.keylog },
		{ OPT_TEXT, 0, "jwt-key", "FILE", "HS256 key, to check signatures of tokens", &s.jwt_key },
		{ OPT_LIST, 0, "find", "TEXT", "say where TEXT stands in clear on the wire", &s.find },
		{ OPT_INT, 0, "memory", "MIB", "bound for reassembly (64)", &s.memory_mib, 1, 1 << 20 },
		{ OPT_HEAD, 0, NULL, NULL, "What comes out (unless told, text on standard output):", NULL },
		{ OPT_FLAG, 0, "json", NULL, "one JSON object per packet", &json },
		{ OPT_FLAG, 0, "stats", NULL, "only the counters; with --json as one object", &stats },
		{ OPT_TEXT, 'w', "write", "FILE", "the packets as pcapng, with notes and secrets",
		    &out.pcapng },
		{ OPT_TEXT, 0, "html", "FILE", "a page: the ladder, a click shows the bytes", &out.html },
		{ OPT_TEXT, 0, "title", "TEXT", "what the page is called", &out.title },
		{ OPT_TEXT, 0, "json-file", "FILE", "the JSON lines, to a file", &out.json },
		{ OPT_TEXT, 0, "text", "FILE", "the text, to a file", &out.text },
		{ OPT_COUNT, 'v', "verbose", NULL, "a line per layer; twice: a line per field",
		    &out.text_options.verbose },
		{ OPT_FLAG, 'x', "hex", NULL, "the bytes, marked by layer", &out.text_options.hex },
		{ OPT_FLAG, 'q', "quiet", NULL, "no packets, only the end", &out.text_options.quiet },
		{ OPT_FLAG, 0, "utc", NULL, "time of day, not seconds since the first packet",
		    &out.text_options.absolute },
		{ OPT_TEXT, 0, "lang", "LANG", "en or ko; else by the locale", &out.lang },
		{ OPT_TEXT, 0, "color", "WHEN", "auto, always or never", &out.color },
		{ OPT_FLAG, 'n', NULL, NULL, "accepted: names are never looked up", &names },
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
	out.stdout_as = stats ? (json ? OUTPUT_STATS_JSON : OUTPUT_STATS) : json ? OUTPUT_JSON : OUTPUT_TEXT;
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
