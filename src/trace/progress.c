/* A progress bar; see progress.h. */
#include "trace/progress.h"

#include "base/clock.h"
#include "base/format.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	QUIET_SECONDS = 2, /* a run this short shows none */
	AGAIN_MS = 100,    /* between two looks of it */
	BAR_MIN = 10,      /* columns, or no bar at all */
	BAR_MAX = 40,
	COLUMNS_MAX = 160,
};

/* What is shown now. */
static struct {
	int64_t began, last; /* 0: not yet */
	bool shown;
} state;

/* "890 k/s", "1.2 M/s". */
static void rate(double per_second, char *dst, size_t size)
{
	if (per_second < 1e3)
		snprintf(dst, size, "%.0f/s", per_second);
	else if (per_second < 1e6)
		snprintf(dst, size, "%.0f k/s", per_second / 1e3);
	else
		snprintf(dst, size, "%.1f M/s", per_second / 1e6);
}

/* "3 s left", "2 min left"; nothing when it is not known. */
static void remaining(double seconds, char *dst, size_t size)
{
	if (seconds >= 120)
		snprintf(dst, size, ", %.0f min left", seconds / 60);
	else if (seconds > 0)
		snprintf(dst, size, ", %d s left", (int)(seconds + 0.99)); /* never 0 before the end */
	else
		dst[0] = '\0';
}

static void bar(char *dst, unsigned columns, double part)
{
	unsigned full = (unsigned)(part * (columns - 2));

	dst[0] = '[';
	for (unsigned i = 0; i < columns - 2; i++)
		dst[1 + i] = i < full ? '=' : i == full ? '>' : ' ';
	dst[columns - 1] = ']';
	dst[columns] = '\0';
}

char *progress_line(
    char *dst, size_t size, unsigned columns, uint64_t done, uint64_t all, uint64_t packets, int64_t elapsed)
{
	double part = all ? (double)done / (double)all : 0, seconds = (double)elapsed / (double)CLOCK_SEC;
	char count[32], speed[32], left[32], text[160], line[COLUMNS_MAX + 200] = "";
	unsigned used, room;

	part = part > 1 ? 1 : part;
	format_grouped(packets, count, sizeof(count));
	rate(seconds > 0 ? (double)packets / seconds : 0, speed, sizeof(speed));
	remaining(part > 0 ? seconds / part - seconds : 0, left, sizeof(left));
	used = (unsigned)snprintf(
	    text, sizeof(text), "%3.0f %%  %s packets, %s%s", part * 100, count, speed, left);
	columns = columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
	room = columns > used + 2 ? columns - used - 2 : 0;
	if (room >= BAR_MIN) {
		bar(line, room > BAR_MAX ? BAR_MAX : room, part);
		strcat(line, "  ");
	}
	strcat(line, text);
	if (columns < strlen(line))
		line[columns] = '\0';
	snprintf(dst, size, "%s", line);
	return dst;
}

static unsigned columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col - 1u : 79;
}

void progress_show(uint64_t done, uint64_t all, uint64_t packets)
{
	int64_t now = clock_mono();
	char line[COLUMNS_MAX + 1];

	if (!state.began)
		state.began = now;
	if (now - state.began < QUIET_SECONDS * CLOCK_SEC || now - state.last < AGAIN_MS * CLOCK_MS ||
	    !isatty(STDERR_FILENO) || isatty(STDOUT_FILENO))
		return;
	state.last = now;
	state.shown = true;
	progress_line(line, sizeof(line), columns(), done, all, packets, now - state.began);
	fprintf(stderr, "\r%s\x1b[K", line);
}

void progress_clear(void)
{
	if (state.shown)
		fputs("\r\x1b[K", stderr);
	state.shown = false;
}
