/* How far a run is; see progress.h. */
#include "load/progress.h"

#include "base/clock.h"
#include "load/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { QUIET_SECONDS = 2 }; /* a run this short shows none */

static bool shown;

void progress_show(struct plan *p)
{
	size_t rows = timeline_rows(p->timeline);
	int64_t elapsed = clock_mono() - p->start;
	struct timeline_row r;
	char p99[32], all[32] = "";

	if (!isatty(STDERR_FILENO) || elapsed < QUIET_SECONDS * CLOCK_SEC || rows == 0)
		return;
	r = timeline_row(p->timeline, rows - 1); /* the last second that is over */
	if (p->end != INT64_MAX)
		snprintf(all, sizeof(all), " of %" PRId64, (p->end - p->start + CLOCK_SEC / 2) / CLOCK_SEC);
	fprintf(stderr, "\r\033[K%" PRId64 "%s s  %" PRIu64 "/s  p99 %s  %" PRIu64 " errors/s",
	    elapsed / CLOCK_SEC, all, r.messages, clock_span((int64_t)r.p99, p99, sizeof(p99)), r.errors);
	fflush(stderr);
	shown = true;
}

void progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
