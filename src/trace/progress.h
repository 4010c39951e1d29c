/* How far the reading of a long file has come, as a line on a terminal. */
#ifndef TRACE_PROGRESS_H
#define TRACE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The line: "[=====>    ]  52 %  1,234,567 packets, 890 k/s, 3 s left", in at most `columns`; the bar takes what is
 * left of them, and goes first.  `elapsed` in nanoseconds.  dst has `size` bytes; returns dst. */
char *progress_line(
    char *dst, size_t size, unsigned columns, uint64_t done, uint64_t all, uint64_t packets, int64_t elapsed);

/* Shows it on stderr: only on a terminal, with the output elsewhere, and once the run has taken two seconds. */
void progress_show(uint64_t done, uint64_t all, uint64_t packets);
/* Takes it away again; no-op when there is none. */
void progress_clear(void);

#endif
