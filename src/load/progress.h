/* The line that says how far a run is, on stderr when that is a terminal, from two seconds on. */
#ifndef LOAD_PROGRESS_H
#define LOAD_PROGRESS_H

struct plan;

void progress_show(struct plan *p);
/* Takes the line away again. */
void progress_end(void);

#endif
