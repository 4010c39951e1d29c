/* Pictures of a run, drawn by gnuplot: the data, the script, and what came of them, in a folder. */
#ifndef LOAD_PLOT_H
#define LOAD_PLOT_H

#include "load/report.h"

/* Makes the folder if need be and writes percentiles.dat, timeline.dat, load.gnuplot, percentiles.svg and
 * timeline.svg into it, .png as well where gnuplot can, and gnuplot.log.  0, or -1 (ERR_ENV): the folder, or gnuplot is missing;
 * the data are there then, and can be drawn elsewhere. */
int plot_report(const char *dir, const struct report *r, struct err *e);

#endif
