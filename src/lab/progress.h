/* What somebody has learned: which labs were run, and when which question is to be asked again.  One text file, which can
 * be read and mended by hand:
 *
 *	# osilab lab: progress, one fact a line
 *	lab L03 runs 2 last 2026-11-24
 *	card L03 who box 2 due 2026-11-27 right 3 wrong 1
 *	predicted L03 seed 4711                 answers that were committed before a run that is yet to come
 *	guess L03 who both
 *
 * A question that was answered rightly goes to the next of five boxes, which is looked at after 1, 3, 7, 16 and 35 days;
 * one that was answered wrongly goes back to the first (Leitner). */
#ifndef LAB_PROGRESS_H
#define LAB_PROGRESS_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROGRESS_LABS = 128, PROGRESS_CARDS = 1024, PROGRESS_NAME = 40, PROGRESS_BOXES = 5 };

/* A day, counted from 1970-01-01. */
typedef int32_t progress_day;

struct progress_lab {
	char id[16];
	unsigned runs;
	progress_day last;
	bool predicted; /* with this seed, yet to be run */
	uint64_t seed;
};

struct progress_card {
	char lab[16], question[PROGRESS_NAME];
	unsigned box; /* 1 to 5; 0: never answered */
	progress_day due;
	unsigned right, wrong;
	char guess[64]; /* committed for the run that is predicted; "": none */
};

struct progress {
	char dir[PATH_MAX - 256]; /* of the file and of the last run of each lab */
	int lock;                 /* held from open to close */
	progress_day today;
	struct progress_lab labs[PROGRESS_LABS];
	unsigned nlabs;
	struct progress_card cards[PROGRESS_CARDS];
	unsigned ncards;
};

/* Reads the file below $XDG_STATE_HOME/osilab or ~/.local/state/osilab (XDG Base Directory Specification); no file is no
 * progress.  `today` is a date as 2026-11-24; NULL: today's.  Waits for another that has it open.  0; or -1 with *e, for a
 * damaged file "file:line: what": then nothing is written, ever.  progress_close in every case. */
int progress_open(struct progress *p, const char *today, struct err *e);
/* Writes it, at once or not at all.  0 or -1 with *e. */
int progress_save(const struct progress *p, struct err *e);
void progress_close(struct progress *p);

/* The entry, made when there is none; NULL with *e when there are too many. */
struct progress_lab *progress_lab(struct progress *p, const char *id, struct err *e);
struct progress_card *progress_card(struct progress *p, const char *lab, const char *question, struct err *e);
/* A question was answered. */
void progress_answered(struct progress *p, struct progress_card *c, bool right);
bool progress_is_due(const struct progress *p, const struct progress_card *c);

/* The folder of the last run of a lab, into `to`; made when `make`.  0 or -1 with *e. */
int progress_folder(const struct progress *p, const char *id, bool make, char to[PATH_MAX], struct err *e);

/* "2026-11-24", and back: 0 or -1. */
char *progress_date(progress_day d, char to[16]);
int progress_day_of(const char *date, progress_day *d);

#endif
