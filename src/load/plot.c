/* Pictures of a run; see plot.h. */
#include "load/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The x axis of percentiles is 1 / (1 - p): every nine more takes the same room, as in HdrHistogram's plots. */
static const char script[] = "# gnuplot load.gnuplot\n"
                             "set grid\n"
                             "set key left top\n"
                             "set style data lines\n"
                             "stats 'timeline.dat' using 1 nooutput\n"
                             "do for [kind in \"svg png\"] {\n"
                             "	if (strstrt(GPVAL_TERMINALS, kind . ' ') == 0) { continue }\n"
                             "	set terminal kind size 900,500\n"
                             "	set output 'percentiles.' . kind\n"
                             "	set title 'Latency by percentile'\n"
                             "	set ylabel 'milliseconds'\n"
                             "	set xlabel 'percentile'\n"
                             "	unset logscale y\n"
                             "	set logscale x\n"
                             "	set xtics ('0' 1, '50' 2, '90' 10, '99' 100, '99.9' 1000, '99.99' 1e4, "
                             "'99.999' 1e5)\n"
                             "	plot for [column = 3:*] 'percentiles.dat' using 2:column lw 2 title "
                             "columnhead(column)\n"
                             "	set output 'timeline.' . kind\n"
                             "	set title 'Latency by second'\n"
                             "	set xlabel 'second'\n"
                             "	unset logscale x\n"
                             "	set xtics auto\n"
                             "	if (STATS_records <= 20) { set xtics 1 }\n"
                             "	set xrange [0.5:STATS_records + 0.5]\n"
                             "	set logscale y\n"
                             "	set y2label 'messages a second'\n"
                             "	set y2tics\n"
                             "	set ytics nomirror\n"
                             "	set y2range [0:*]\n"
                             "	plot 'timeline.dat' using 1:2 axes x1y2 with boxes fill solid 0.15 lc rgb "
                             "'#808080' title 'messages', \\\n"
                             "	     '' using 1:4 with linespoints lw 2 title 'p50', '' using 1:5 with "
                             "linespoints lw 2 title 'p99', \\\n"
                             "	     '' using 1:6 with linespoints lw 2 title 'max'\n"
                             "	set xrange [*:*]\n"
                             "	unset y2tics\n"
                             "	unset y2label\n"
                             "}\n";

static double ms(uint64_t ns)
{
	return (double)ns / 1e6;
}

/* From 0 to the last percentile that says something: eight points to each halving of what is beyond. */
static void put_percentiles(struct buf *b, const struct report *r)
{
	const struct hist *h = &r->tally->latency, *u = &r->tally->uncorrected;
	double beyond = 1;

	buf_printf(b, "percentile inverse %s %s\n", r->plan->rate > 0 ? "\"since due\"" : "latency",
	    r->plan->rate > 0 ? "\"since sent\"" : "");
	for (; beyond * (double)h->n >= 1; beyond /= 1.0905) {
		double percent = 100 * (1 - beyond);

		buf_printf(b, "%.6f %.3f %.6f", percent, 1 / beyond, ms(hist_percentile(h, percent)));
		if (r->plan->rate > 0)
			buf_printf(b, " %.6f", ms(hist_percentile(u, percent)));
		buf_putc(b, '\n');
	}
}

static void put_timeline(struct buf *b, const struct report *r)
{
	buf_puts(b, "# second messages errors p50 p99 max (milliseconds)\n");
	for (size_t i = 0; i < timeline_rows(r->plan->timeline); i++) {
		struct timeline_row row = timeline_row(r->plan->timeline, i);

		buf_printf(b, "%zu %" PRIu64 " %" PRIu64 " %.6f %.6f %.6f\n", i + 1, row.messages, row.errors,
		    ms(row.p50), ms(row.p99), ms(row.max));
	}
}

/* Writes a file of the folder; b is emptied. */
static int write_file(int dir, const char *name, struct buf *b, struct err *e)
{
	int fd = b->failed ? -1 : openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t put = fd < 0 ? -1 : write(fd, b->p, b->n);
	int rc = put == (ssize_t)b->n ? 0 : err_sys(e, "cannot write %s", name);

	if (fd >= 0)
		close(fd);
	buf_clear(b);
	return rc;
}

static int write_files(int dir, const struct report *r, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	put_percentiles(&b, r);
	rc = write_file(dir, "percentiles.dat", &b, e);
	put_timeline(&b, r);
	rc = rc ? rc : write_file(dir, "timeline.dat", &b, e);
	buf_puts(&b, script);
	rc = rc ? rc : write_file(dir, "load.gnuplot", &b, e);
	buf_fini(&b);
	return rc;
}

/* Runs gnuplot in the folder.  It warns of much that is no matter: what it says goes to a file. */
static int draw(const char *name, int dir, struct err *e)
{
	char *argv[] = { (char *)"gnuplot", (char *)"load.gnuplot", NULL };
	posix_spawn_file_actions_t actions;
	int status = 0, error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addfchdir_np(&actions, dir);
	posix_spawn_file_actions_addopen(
	    &actions, STDERR_FILENO, "gnuplot.log", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	error = posix_spawnp(&pid, "gnuplot", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error == ENOENT)
		return err_set(e, ERR_ENV,
		    "gnuplot is not installed, so that there are no pictures: the data and load.gnuplot are "
		    "in %s "
		    "(apt install gnuplot-nox)",
		    name);
	if (error)
		return err_set(e, ERR_ENV, "cannot run gnuplot: %s", strerror(error));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "gnuplot");
	if (status)
		return err_set(e, ERR_ENV, "gnuplot failed on %s/load.gnuplot: see gnuplot.log there", name);
	return 0;
}

int plot_report(const char *name, const struct report *r, struct err *e)
{
	int dir, rc;

	if (mkdir(name, 0777) && errno != EEXIST)
		return err_sys(e, "cannot make the folder %s", name);
	dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, "cannot open the folder %s", name);
	rc = write_files(dir, r, e);
	if (rc)
		err_in(e, "%s", name);
	rc = rc ? rc : draw(name, dir, e);
	close(dir);
	return rc;
}
