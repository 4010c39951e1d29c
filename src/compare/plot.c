/* A comparison as pictures: a data file for each figure, and gnuplot (SVG) where there is one. */
#include "compare/compare.h"

#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static double value(const struct compare_result *r, size_t m, size_t l, enum figure figure)
{
	return r->cell[m][l].rounds ? r->cell[m][l].median[figure] : NAN;
}

/* Is anything known of the figure under this load?  gnuplot complains of a column without data, and takes a picture of
 * nothing for an error. */
static bool has_column(const struct compare_result *r, size_t l, enum figure figure)
{
	for (size_t m = 0; m < r->n_models; m++)
		if (value(r, m, l, figure) > 0)
			return true;
	return false;
}

static size_t columns(const struct compare_result *r, enum figure figure)
{
	size_t n = 0;

	for (size_t l = 0; l < r->n_loads; l++)
		n += has_column(r, l, figure);
	return n;
}

/* A line for each model, a column for each load of which something is known. */
static void put_data(FILE *f, const struct compare_result *r, enum figure figure)
{
	fprintf(f, "model");
	for (size_t l = 0; l < r->n_loads; l++)
		if (has_column(r, l, figure))
			fprintf(f, " \"%s\"", r->loads[l].title);
	for (size_t m = 0; m < r->n_models; m++) {
		fprintf(f, "\n%s", r->models[m]->name);
		for (size_t l = 0; l < r->n_loads; l++) {
			double v = value(r, m, l, figure);

			if (has_column(r, l, figure))
				fprintf(f, isnan(v) ? " NaN" : " %g", v);
		}
	}
	fputc('\n', f);
}

/* Do the models differ by powers of ten, so that only a logarithmic scale shows the small ones as well? */
static bool spreads(enum figure figure)
{
	return figure == FIGURE_CPU || figure == FIGURE_P50 || figure == FIGURE_P99 ||
	       figure == FIGURE_CALLS || figure == FIGURE_MEMORY;
}

/* The powers of ten around all values; gnuplot would find a range itself, but complains of one that is empty. */
static void put_scale(FILE *f, const struct compare_result *r, enum figure figure)
{
	double low = INFINITY, high = 0;

	for (size_t m = 0; m < r->n_models; m++)
		for (size_t l = 0; l < r->n_loads; l++) {
			double v = value(r, m, l, figure);

			if (v > 0) {
				low = fmin(low, v);
				high = fmax(high, v);
			}
		}
	if (spreads(figure) && high > 0)
		fprintf(f, "set logscale y; set yrange [%g:%g]\n", pow(10, floor(log10(low))),
		    pow(10, floor(log10(high)) + 1));
	else
		fputs("unset logscale y; set yrange [0:*]\n", f);
}

static void put_script(FILE *f, const struct compare_result *r)
{
	fputs("set terminal svg size 1100,480 background 'white'\nset style data histograms\n"
	      "set style fill solid 0.9 noborder\nset boxwidth 0.9\nset grid ytics\n"
	      "set key below maxrows 2\nset xtics rotate by -35\n"
	      "set datafile missing 'NaN'\n",
	    f);
	for (int i = 0; i < FIGURES; i++) {
		if (columns(r, (enum figure)i) == 0)
			continue;
		fprintf(f, "set output '%s.svg'\nset title '%s' noenhanced\n", figure_rows[i].id,
		    figure_rows[i].title);
		put_scale(f, r, (enum figure)i);
		fprintf(f, "plot for [i=2:%zu] '%s.dat' using i:xtic(1) title columnheader(i)\n",
		    columns(r, (enum figure)i) + 1, figure_rows[i].id);
	}
}

static FILE *open_in(const char *dir, const char *name, struct err *e)
{
	char path[4096];
	FILE *f;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path)) {
		err_set(e, ERR_USAGE, "--plot: the name of the folder is too long");
		return NULL;
	}
	f = fopen(path, "we");
	if (!f)
		err_sys(e, "cannot write %s", path);
	return f;
}

static int draw(const char *dir, struct err *e)
{
	char program[] = "gnuplot", script[] = "compare.gnuplot", *argv[] = { program, script, NULL };
	posix_spawn_file_actions_t in;
	pid_t pid;
	int status = 0, error;

	posix_spawn_file_actions_init(&in);
	posix_spawn_file_actions_addchdir_np(&in, dir);
	error = posix_spawnp(&pid, argv[0], &in, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&in);
	if (error == ENOENT)
		return err_set(e, ERR_ENV,
		    "gnuplot is not installed, so nothing is drawn; data and compare.gnuplot are in %s", dir);
	if (error) {
		errno = error;
		return err_sys(e, "cannot run gnuplot");
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status ? err_set(e, ERR_ENV, "gnuplot did not draw %s/compare.gnuplot", dir) : 0;
}

int compare_plot(const struct compare_result *r, const char *dir, struct err *e)
{
	char name[64];
	FILE *f;

	if (mkdir(dir, 0777) && errno != EEXIST)
		return err_sys(e, "cannot make %s", dir);
	for (int i = 0; i < FIGURES; i++) {
		snprintf(name, sizeof(name), "%s.dat", figure_rows[i].id);
		f = open_in(dir, name, e);
		if (!f)
			return -1;
		put_data(f, r, (enum figure)i);
		if (fclose(f))
			return err_sys(e, "cannot write to %s", dir);
	}
	f = open_in(dir, "compare.gnuplot", e);
	if (!f)
		return -1;
	put_script(f, r);
	if (fclose(f))
		return err_sys(e, "cannot write to %s", dir);
	return draw(dir, e);
}
