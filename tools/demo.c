/* osilab demo: a guided run of everything on a private network. */
#include "base/log.h"
#include "base/opts.h"
#include "lab/demo.h"

#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct demo_options demo = { .out = "out/demo" };
	const struct opt rows[] = {
		{ OPT_TEXT, 'o', "out", "DIR", "where the results go (out/demo)", &demo.out, 0, 0 },
		OPTS_END,
	};
	const struct opts o = {
		.program = "osilab demo",
		.usage = "[options]",
		.about = "Raises a private network, lets curl log in to osilab serve over HTTP and HTTPS,\n"
		         "with cookie and token, captures at both ends, and explains every packet.\n"
		         "Needs no root where the kernel allows user namespaces; see osilab doctor.",
		.examples = "  osilab demo\n  sudo osilab demo --out /tmp/demo\n",
		.rows = rows,
	};
	struct err e = { 0 };
	int at = opts_parse(&o, argc, argv, &e), rc;

	if (at == 0)
		return 0;
	if (at > 0 && at < argc)
		at = err_set(&e, ERR_USAGE, "there is nothing to say behind the options: '%s'", argv[at]);
	if (at < 0)
		return opts_fail(&o, &e);
	log_init("osilab demo", LOG_LEVEL_INFO);
	demo.color = isatty(STDERR_FILENO) && !getenv("NO_COLOR");
	rc = demo_run(&demo, &e);
	if (rc > 0)
		return 128 + rc;
	return rc == 0 ? 0 : opts_fail(&o, &e);
}
