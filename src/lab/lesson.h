/* A lab: what its file says, and one run of it.  docs/howto/add-a-lab.md has the words of the file; each is a row of
 * lesson_functions, in lesson_words.c, lesson_stage.c or lesson_judge.c. */
#ifndef LAB_LESSON_H
#define LAB_LESSON_H

#include "base/arena.h"
#include "lab/cable.h"
#include "lab/capture.h"
#include "lab/child.h"
#include "script/program.h"

#include <limits.h>
#include <stdio.h>

enum {
	LESSON_QUESTIONS = 8,
	LESSON_MUTANTS = 4,
	LESSON_CHILDREN = 8,
	LESSON_HINTS = 3,
	LESSON_GUESS = 64,
};

/* The same in both languages: [0] English, [1] Korean. */
struct lesson_text {
	const char *in[2];
};

struct lesson_mutant {
	const char *name;
	struct lesson_text what;
};

struct lesson_question {
	const char *name;
	struct lesson_text text;
	struct lesson_text hints[LESSON_HINTS];
	char guess[LESSON_GUESS]; /* what was predicted; empty: nothing */
};

/* What a run came to; in memory that is shared with the process of the lab. */
struct lesson_outcome {
	unsigned held, failed;  /* checks */
	unsigned right, wrong;  /* predictions */
	unsigned answered;      /* questions that got an answer */
	bool verdict;           /* both captures are whole: the checks mean something */
	char first_failed[256]; /* the first check that failed, English */
};

/* The network and the programs of a run; see lesson_stage.c. */
struct lesson_stage {
	struct lab *lab;
	struct lab_node *node[2]; /* the ends of the wire */
	char address[2][64];
	struct cable cable;
	struct capture_marks marks;
	struct capture captures[2];
	bool wired;
	struct child children[LESSON_CHILDREN];
	unsigned nchildren;
};

struct lesson {
	char dir[PATH_MAX];  /* where its files lie */
	char id[16];         /* "L03" */
	int lang;            /* 0: English, 1: Korean */
	uint64_t seed;       /* of this run */
	const char *mutated; /* the mutant that this run is; NULL: none */
	const char *out;     /* where captures go; NULL: they are not kept */
	FILE *to;            /* where the run is told; NULL: nowhere */
	uint64_t random;     /* state of draw() */
	struct lesson_text title, goal;
	const char *claims; /* "S3-35 S0-23", or "" */
	struct lesson_mutant mutants[LESSON_MUTANTS];
	unsigned nmutants;
	struct lesson_question questions[LESSON_QUESTIONS];
	unsigned nquestions;
	struct lesson_stage stage;
	struct lesson_outcome *outcome;
	struct arena arena;
	struct program *program;
};

/* Reads DIR/lab.lua; the parameters are drawn from the seed.  0, or -1 with *e, file and line in front.
 * lesson_close in every case. */
int lesson_open(struct lesson *l, const char *dir, uint64_t seed, const char *mutant, struct err *e);
void lesson_close(struct lesson *l);

/* Raises the network, runs the lab, judges it.  0 with *l->outcome; -1 with *e; or the number of a signal that
 * ended it.  Nothing is left behind, whichever way it ends, but what l->out keeps. */
int lesson_run(struct lesson *l, struct err *e);

/* --- Among the files of a lesson ---------------------------------------------------------------------- */

/* The words that each file brings; each list ends with a NULL name. */
extern const struct program_function lesson_words[], lesson_stage_words[], lesson_judge_words[];

/* lesson_stage.c, inside the lab: all that runs is ended, the captures are whole or not. */
int lesson_stage_end(struct lesson *l, struct err *e);

/* Argument i as text that stays; numbers are written out.  NULL with *e when it is neither. */
const char *lesson_arg(struct lesson *l, const struct script_value *args, size_t n, size_t i, struct err *e);
/* Arguments i and i + 1, English and Korean. */
int lesson_arg_text(struct lesson *l, struct lesson_text *t, const struct script_value *args, size_t n,
    size_t i, struct err *e);

#endif
