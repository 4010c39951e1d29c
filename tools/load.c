/* osilab load: many connections to one server, measured. */
#include "base/log.h"
#include "load/load.h"

static struct load_options o; /* where the rows below put what they are told */

/* clang-format off */
#define TEXT(letter, name, arg, help, to) { OPT_TEXT, letter, name, arg, help, &o.to, 0, 0 }
#define SIZE(letter, name, arg, min, max, help, to) { OPT_INT, letter, name, arg, help, &o.to, min, max }
#define FLAG(letter, name, help, to) { OPT_FLAG, letter, name, NULL, help, &o.to, 0, 0 }
static const struct opt rows[] = {
	SIZE('c', "connections", "N", 1, 1 << 20, "connections at once (10)", connections),
	SIZE('t', "threads", "N", 1, 256, "threads that share them (1)", threads),
	TEXT('d', "duration", "TIME", "how long: 10s, 500ms, 2m (10s, if no count is given)", duration),
	SIZE('n', "count", "N", 1, INT64_MAX, "end after so many messages", count),
	SIZE('R', "rate", "N", 1, 100000000, "messages a second by schedule; else each when answered", rate),
	SIZE(0, "pipeline", "N", 1, 1024, "messages under way on a connection at once (1)", pipeline),
	FLAG(0, "close", "a connection for every message", close),
	TEXT(0, "ramp", "TIME", "open the connections, and raise the rate, within this time", ramp),
	SIZE(0, "think", "MS", 1, 3600000, "pause of a connection after an answer", think),
	SIZE(0, "slow-clients", "N", 1, 1 << 16, "connections besides that send and read 4 bytes a second", slow),
	SIZE(0, "idle", "N", 1, 1000000, "connections besides that do nothing, in several processes", idle),
	TEXT(0, "timeout", "TIME", "an answer that takes longer has failed (5s; UDP: 1s)", timeout),
	{ OPT_HEAD, .help = "HTTP:" },
	TEXT('X', "method", "METHOD", "the method (GET; POST with a body)", method),
	{ OPT_LIST, 'H', "header", "'N: V'", "a header field; may be given several times", &o.headers, 0, 0 },
	TEXT(0, "body", "FILE", "content to send", body),
	TEXT(0, "requests", "FILE", "a request a line, in turn: METHOD TARGET, or raw in quotes", requests),
	{ OPT_HEAD, .help = "Echo:" },
	SIZE('s', "size", "BYTES", 1, 1 << 30, "bytes of a message (64)", size),
	{ OPT_HEAD, .help = "TLS:" },
	TEXT(0, "ca", "FILE", "the roots to trust, PEM (default: the system's)", ca),
	FLAG('k', "insecure", "take any certificate: for labs", insecure),
	FLAG(0, "no-resume", "a full handshake for every connection", no_resume),
	{ OPT_HEAD, .help = "Report:" },
	FLAG('j', "json", "as JSON (docs/formats/load.md)", json),
	SIZE(0, "pid", "PID", 1, INT32_MAX, "the server's process: its CPU time per message", pid),
	TEXT(0, "plot", "DIR", "draw percentiles and latency over time there, with gnuplot", plot),
	OPTS_END,
};
/* clang-format on */

static const struct opts opts = {
	.program = "osilab load",
	.usage = "[options] URL",
	.about = "Loads a server and measures it.  URL: http://HOST/, https://HOST/ (HTTP/1.1), or an echo "
	         "server:\n"
	         "tcp://HOST:PORT, tls://HOST:PORT, udp://HOST:PORT.  With a rate latency counts from when a "
	         "message\n"
	         "was due, so that a stall of the server shows.  Ctrl-C ends early, with the report so far.",
	.examples = "  osilab load -c 64 -d 10s http://127.0.0.1:8080/\n"
	            "  osilab load -c 64 -R 5000 --json tcp://127.0.0.1:7007\n",
	.rows = rows,
};

int main(int argc, char **argv)
{
	struct err e = { 0 };
	int operand;

	o = load_defaults();
	operand = opts_parse(&opts, argc, argv, &e);
	log_init(opts.program, LOG_LEVEL_INFO);
	if (operand == 0)
		return 0;
	if (operand > 0 && operand == argc)
		operand =
		    err_set(&e, ERR_USAGE, "load what? e.g. http://127.0.0.1:8080/ or tcp://127.0.0.1:7007");
	if (operand > 0 && operand + 1 < argc)
		operand = err_set(&e, ERR_USAGE, "one target at a time, not '%s' as well", argv[operand + 1]);
	if (operand > 0) {
		o.url = argv[operand];
		operand = load_run(&o, &e);
	}
	return operand < 0 ? opts_fail(&opts, &e) : opts_end(&opts);
}
