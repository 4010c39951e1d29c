/* osilab compare: every echo server under the same loads. */
#include "base/log.h"
#include "base/opts.h"
#include "compare/compare.h"

int main(int argc, char **argv)
{
	struct compare_options c = { .rounds = 3, .seconds_ms = 2000, .slow = 16, .idle = 10000 };
	struct err e = { 0 };
	const struct opt rows[] = {
		{ OPT_TEXT, 'm', "models", "A,B", "only these (all)", &c.models, 0, 0 },
		{ OPT_TEXT, 'c', "connections", "N,N", "loads (1,64,1024,10000; UDP: under way, 1,16,64)",
		    &c.connections, 0, 0 },
		{ OPT_INT, 'r', "rounds", "N", "rounds, in turn; medians are shown (3)", &c.rounds, 1,
		    COMPARE_ROUNDS },
		{ OPT_INT, 'd', "milliseconds", "MS", "of each run (2000)", &c.seconds_ms, 50, 60000 },
		{ OPT_INT, 0, "slow-clients", "N", "slow ones beside one fast client (16); 0: none", &c.slow,
		    0, 10000 },
		{ OPT_INT, 0, "idle", "N", "idle connections beside 8 busy ones (10000); 0: none", &c.idle, 0,
		    18000 },
		{ OPT_FLAG, 'q', "quick", NULL, "within a minute: one round, fewer loads", &c.quick, 0, 0 },
		{ OPT_HEAD, .help = "Report:" },
		{ OPT_FLAG, 'j', "json", NULL, "as JSON (docs/formats/compare.md)", &c.json, 0, 0 },
		{ OPT_TEXT, 0, "plot", "DIR", "draw every figure there, SVG, by gnuplot", &c.plot, 0, 0 },
		{ OPT_TEXT, 0, "html", "FILE", "write a page with charts and reasons", &c.html, 0, 0 },
		OPTS_END,
	};
	const struct opts o = { "osilab compare", "[options] io|udp",
		"Runs the echo servers in turn under the same loads and says what each costs, and why.\n"
		"io: the TCP models; udp: the UDP models.  Ctrl-C ends it with what was measured so far.",
		"  osilab compare --quick io\n  osilab compare --models epoll,iterative --html page.html "
		"io\n",
		rows };
	int rest = opts_parse(&o, argc, argv, &e);

	log_init(o.program, LOG_LEVEL_INFO);
	if (rest == 0)
		return 0;
	if (rest > 0 && rest == argc)
		rest = err_set(&e, ERR_USAGE, "compare what? io or udp");
	if (rest > 0 && rest + 1 < argc)
		rest = err_set(&e, ERR_USAGE, "unexpected '%s'", argv[rest + 1]);
	if (rest > 0) {
		c.what = argv[rest];
		if (c.quick) {
			c.rounds = 1;
			c.seconds_ms = c.seconds_ms < 700 ? c.seconds_ms : 700;
			c.idle = c.idle < 2000 ? c.idle : 2000;
		}
		rest = compare_run(&c, &e);
	}
	return rest < 0 ? opts_fail(&o, &e) : opts_end(&o);
}
