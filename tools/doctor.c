/* osilab doctor: what this machine needs for labs, what it has, and the fix for what is missing. */
#include "base/opts.h"
#include "lab/doctor.h"

#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	bool apparmor = false;
	const struct opt rows[] = {
		{ .kind = OPT_FLAG,
		    .name = "apparmor",
		    .help = "only print an AppArmor profile that allows labs",
		    .to = &apparmor },
		OPTS_END,
	};
	const struct opts o = {
		.program = "osilab doctor",
		.usage = "[options]",
		.about = "Checks what labs need on this machine, and says the fix for what is "
		         "missing.\n"
		         "Exit code 0 when all is there, 3 when not.",
		.examples = "  osilab doctor\n"
		            "  osilab doctor --apparmor | sudo tee /etc/apparmor.d/osilab\n",
		.rows = rows,
	};
	bool color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	struct err e = { 0 };
	int at = opts_parse(&o, argc, argv, &e);

	if (at == 0)
		return 0;
	if (at > 0 && at < argc)
		at = err_set(&e, ERR_USAGE, "there is nothing to say behind the options: '%s'", argv[at]);
	if (at < 0)
		return opts_fail(&o, &e);
	if (apparmor ? doctor_apparmor(stdout, &e) : doctor_run(stdout, color, &e))
		return opts_fail(&o, &e);
	return opts_end(&o);
}
