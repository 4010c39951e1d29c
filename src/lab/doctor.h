/* What this machine needs for labs and what it has: `osilab doctor`. */
#ifndef LAB_DOCTOR_H
#define LAB_DOCTOR_H

#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>

/* Checks everything and prints a line for each ("ok", "missing" with the cause and the fix,
 * "optional"). 0, or -1 with *e (ERR_ENV) when something that is needed is missing. */
int doctor_run(FILE *to, bool color, struct err *e);

/* Only what a lab cannot do without: namespaces, links, capture, our programs, curl.  Prints
 * nothing unless something is missing. */
int doctor_need(FILE *to, bool color, struct err *e);

/* Prints the AppArmor profile for where the programs lie. */
int doctor_apparmor(FILE *to, struct err *e);

#endif
