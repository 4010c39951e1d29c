/* osilab lab: questions that packets answer. */
#include "base/log.h"
#include "base/opts.h"
#include "lab/course.h"

int main(int argc, char **argv)
{
	struct course_options c = { .seeds = 1 };
	struct err e = { 0 };
	const struct opt rows[] = {
		{ OPT_TEXT, 's', "seed", "N", "the same parameters again (drawn)", &c.seed, 0, 0 },
		{ OPT_TEXT, 0, "lang", "LANG", "en or ko; else by the locale", &c.lang, 0, 0 },
		{ OPT_TEXT, 0, "labs", "DIR", "labs of your own", &c.labs, 0, 0 },
		{ OPT_HEAD, .help = "list:" },
		{ OPT_FLAG, 0, "claims", NULL, "with the statements that each is about", &c.claims, 0, 0 },
		{ OPT_HEAD, .help = "run:" },
		{ OPT_FLAG, 'n', "no-input", NULL, "ask for no predictions", &c.no_input, 0, 0 },
		{ OPT_TEXT, 'o', "out", "DIR", "keep the captures there", &c.out, 0, 0 },
		{ OPT_TEXT, 0, "mutant", "NAME", "without the cause: the checks must fail", &c.mutant, 0, 0 },
		{ OPT_HEAD, .help = "verify:" },
		{ OPT_FLAG, 0, "all", NULL, "every lab", &c.all, 0, 0 },
		{ OPT_INT, 0, "seeds", "N", "run each so many times, with its mutants (1)", &c.seeds, 1,
		    1000 },
		OPTS_END,
	};
	const struct opts o = { "osilab lab", "[options] list | show ID | run ID | verify [ID...]",
		"Raises a private network, runs real programs over a wire that does one thing wrong, "
		"captures\n"
		"at both ends, and answers the lab's questions from the packets.  Needs no root where the\n"
		"kernel allows user namespaces; see osilab doctor.",
		"  osilab lab list\n  osilab lab run L03\n  osilab lab run --no-input --out /tmp/l03 L03\n"
		"  osilab lab verify --all\n",
		rows };
	int rest = opts_parse(&o, argc, argv, &e), rc;

	log_init(o.program, LOG_LEVEL_INFO);
	if (rest == 0)
		return 0;
	rc = rest < 0 ? -1 : course_run(&c, argc - rest, argv + rest, &e);
	if (rc > 0)
		return 128 + rc;
	return rc < 0 ? opts_fail(&o, &e) : opts_end(&o);
}
