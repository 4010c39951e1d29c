/* osilab talk: stdin to a server, and what it says to stdout. */
#include "base/log.h"
#include "base/opts.h"
#include "talk/talk.h"

int main(int argc, char **argv)
{
	struct talk_options t = { .timeout = 10, .wait = 1 };
	struct err e = { 0 };
	const struct opt rows[] = {
		{ OPT_FLAG, 'u', "udp", NULL, "UDP: every line is a datagram", &t.udp, 0, 0 },
		{ OPT_FLAG, 0, "tls", NULL, "TLS, the certificate verified", &t.tls, 0, 0 },
		{ OPT_TEXT, 0, "ca", "FILE", "the roots to trust, PEM (default: the system's)", &t.ca, 0, 0 },
		{ OPT_FLAG, 'k', "insecure", NULL, "take any certificate: for labs", &t.insecure, 0, 0 },
		{ OPT_FLAG, 'x', "hex", NULL, "show the bytes of both directions as hex dump", &t.hex, 0, 0 },
		{ OPT_INT, 0, "slow", "BYTES/S", "send and read no faster than this", &t.slow, 1,
		    1000000000 },
		{ OPT_FLAG, 0, "stay", NULL, "keep our half open after stdin: the server has to close",
		    &t.stay, 0, 0 },
		{ OPT_INT, 0, "timeout", "SEC", "until the connection must stand (10)", &t.timeout, 1, 3600 },
		{ OPT_INT, 'w', "wait", "SEC", "UDP: after stdin, until nobody answers any more (1)", &t.wait,
		    0, 3600 },
		OPTS_END,
	};
	const struct opts o = { "osilab talk", "[options] HOST:PORT",
		"Sends stdin to a server and shows what it says, until the server closes.  At the end of\n"
		"stdin it ends its half of the connection; the server may go on.",
		"  echo hello | osilab talk 127.0.0.1:7007\n  osilab talk --hex --udp [::1]:7007\n"
		"  osilab talk --tls example.org:443\n",
		rows };
	int rest = opts_parse(&o, argc, argv, &e);

	log_init(o.program, LOG_LEVEL_INFO);
	if (rest == 0)
		return 0;
	if (rest > 0 && rest == argc)
		rest = err_set(&e, ERR_USAGE, "talk to whom? e.g. 127.0.0.1:7007");
	if (rest > 0 && rest + 1 < argc)
		rest = err_set(&e, ERR_USAGE, "one server at a time, not '%s' as well", argv[rest + 1]);
	if (rest > 0 && t.udp && t.tls)
		rest = err_set(&e, ERR_USAGE, "--tls needs a stream: leave --udp out");
	if (rest > 0 && t.udp && t.stay)
		rest = err_set(&e, ERR_USAGE, "--stay needs a connection: leave --udp out");
	if (rest > 0) {
		t.target = argv[rest];
		rest = talk_run(&t, &e);
	}
	return rest < 0 ? opts_fail(&o, &e) : opts_end(&o);
}
