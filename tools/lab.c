/* osilab lab: questions that packets answer. */
#include "base/log.h"
#include "base/opts.h"
#include "lab/course.h"

int main(int argc, char **argv)
{
	struct course_options c = { .seeds = 1, .minutes = 10 };
	struct err e = { 0 };
	const struct opt rows[] = {
		{ OPT_TEXT, 's', "seed", "N", "the same parameters again (drawn)", &c.seed, 0, 0 },
		{ OPT_TEXT, 0, "lang", "LANG", "en or ko; else by the locale", &c.lang, 0, 0 },
		{ OPT_TEXT, 0, "labs", "DIR", "labs of your own", &c.labs, 0, 0 },
		{ OPT_TEXT, 0, "date", "DATE", "progress as of that day, 2026-11-24 (today)", &c.date, 0, 0 },
		{ OPT_HEAD, .help = "list:" },
		{ OPT_FLAG, 0, "claims", NULL, "the statements, and which labs are about them", &c.claims, 0,
		    0 },
		{ OPT_HEAD, .help = "run:" },
		{ OPT_FLAG, 'n', "no-input", NULL, "ask for no predictions", &c.no_input, 0, 0 },
		{ OPT_TEXT, 'o', "out", "DIR",
		    "captures go there; look, check and report take them from there", &c.out, 0, 0 },
		{ OPT_TEXT, 0, "mutant", "NAME", "without the cause: the checks must fail", &c.mutant, 0, 0 },
		{ OPT_HEAD, .help = "quiz:" },
		{ OPT_INT, 0, "minutes", "N", "so long (10)", &c.minutes, 1, 600 },
		{ OPT_HEAD, .help = "report:" },
		{ OPT_FLAG, 0, "redact", NULL, "without secrets, to be shown to others", &c.redact, 0, 0 },
		{ OPT_HEAD, .help = "verify:" },
		{ OPT_FLAG, 0, "all", NULL, "every lab", &c.all, 0, 0 },
		{ OPT_INT, 0, "seeds", "N", "run each so many times, with its mutants (1)", &c.seeds, 1,
		    1000 },
		{ OPT_INT, 'j', "jobs", "N", "so many at once (two for each processor)", &c.jobs, 1, 16 },
		OPTS_END,
	};
	const struct opts o = { "osilab lab", "[options] COMMAND [LAB...]",
		"Raises a private network, runs real programs over a wire that does one thing wrong, "
		"captures\n"
		"at both ends, and answers the lab's questions from the packets.  Needs no root where the\n"
		"kernel allows user namespaces; see osilab doctor.\n\n"
		"  list          the labs\n"
		"  show LAB      what it is about, its network and its questions\n"
		"  run LAB       predict, run, look, and see who was right\n"
		"  predict LAB   only the predictions; the run that follows is graded by them\n"
		"  look LAB      the last run, packet by packet, from both ends\n"
		"  check LAB [client=FILE...]\n"
		"                grade the packets of the last run anew, or captures of your own\n"
		"  review [LAB]  a new experiment with the questions that are due (1, 3, 7, 16, 35 days)\n"
		"  quiz          questions that are due, of all labs mixed\n"
		"  progress      how far you have come, by lab and by topic\n"
		"  report LAB    the last run as a page and as captures with comments, in this folder\n"
		"  verify [LAB...]\n"
		"                every check holds, and refuses every mutant\n"
		"  new NAME      begin a lab of your own: it runs at once\n"
		"  doctor        what this machine lacks for labs",
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
