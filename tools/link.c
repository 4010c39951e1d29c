/* osilab link: a wire in user space between two interfaces. */
#include "base/log.h"
#include "base/opts.h"
#include "link/join.h"

int main(int argc, char **argv)
{
	struct join_options t = { .wire.seed = 1 };
	struct err e = { 0 };
	const struct opt rows[] = {
		{ OPT_TEXT, 'd', "delay", "TIME", "each frame takes so long: 40ms, 250us", &t.delay, 0, 0 },
		{ OPT_TEXT, 0, "jitter", "TIME", "and up to so much longer, never overtaking", &t.jitter, 0,
		    0 },
		{ OPT_INT, 'r', "rate", "BITS/S", "clock frames out so fast", &t.wire.rate, 1000,
		    100000000000 },
		{ OPT_INT, 0, "queue", "BYTES", "may wait for that; the rest is dropped (65536)",
		    &t.wire.queue, 1, LINK_BYTES },
		{ OPT_TEXT, 0, "loss", "PERCENT", "lose so many", &t.loss, 0, 0 },
		{ OPT_INT, 's', "seed", "N", "decides which, and the jitter (1)", &t.wire.seed, 0,
		    INT64_MAX },
		{ OPT_LIST, 'e', "rule", "RULE", "what to do to which frame; may be given several times",
		    &t.rules, 0, 0 },
		{ OPT_TEXT, 0, "names", "X,Y", "what the ends are called in rules (their interfaces)",
		    &t.names, 0, 0 },
		{ OPT_FLAG, 'a', "all", NULL, "tell of frames that just pass, too", &t.all, 0, 0 },
		OPTS_END,
	};
	const struct opts o = { "osilab link", "[options] A B",
		"Joins two interfaces by a wire in user space, and tells what it did to which frame.\n"
		"A rule is ACTION WHAT [#N] [from END] and what the action asks for:\n"
		"  drop, duplicate, zero-checksum; corrupt ... byte N; reorder ... by N;\n"
		"  delay ... by TIME; hold ... until WHAT [#N]\n"
		"WHAT: any, or of arp ip ipv6 icmp udp tcp data port=N syn ack fin rst psh, joined by "
		"commas;\n"
		"syn is no SYN+ACK, ack alone carries nothing else.  Ctrl-C ends it, with the counts.\n"
		"The far ends must send whole packets: ethtool -K IF tso off gso off.",
		"  osilab link --delay 40ms c0 s0\n"
		"  osilab link --names client,server -e 'drop syn,ack #1' -e 'drop data #3 from client' c0 "
		"s0\n"
		"  osilab link -e 'hold syn,ack #1 until syn #2' -e 'corrupt udp #1 byte 0' c0 s0\n",
		rows };
	int rest = opts_parse(&o, argc, argv, &e);

	log_init(o.program, LOG_LEVEL_INFO);
	if (rest == 0)
		return 0;
	if (rest > 0 && rest + 2 != argc)
		rest = err_set(&e, ERR_USAGE, "two interfaces, not %d", argc - rest);
	if (rest > 0)
		rest = join_run(&t, (const char *const *)argv + rest, &e);
	return rest < 0 ? opts_fail(&o, &e) : opts_end(&o);
}
