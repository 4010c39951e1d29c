/* What this machine needs for labs and what it has: `osilab doctor`. */
#ifndef LAB_DOCTOR_H
#define LAB_DOCTOR_H

#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>

/* Checks everything and prints a line for each ("ok", "missing" with the cause and the fix,
 * "optional"). 0, or -1 with *e (ERR_ENV) when something that is needed is missing. */
int doctor_run(FILE *to, bool color, struct err *e);

/* Only what labs cannot do without: namespaces, links, capture, our programs.  Prints nothing unless
 * something is missing.  What a single lab needs besides it says itself. */
int doctor_need(FILE *to, bool color, struct err *e);
/* And what the demo needs besides: curl. */
int doctor_need_demo(FILE *to, bool color, struct err *e);

/* Prints the AppArmor profile for where the programs lie. */
int doctor_apparmor(FILE *to, struct err *e);

#endif
