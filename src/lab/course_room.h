/* What the files of `osilab lab` share. */
#ifndef LAB_COURSE_ROOM_H
#define LAB_COURSE_ROOM_H

#include "lab/course.h"
#include "lab/lesson.h"
#include "lab/progress.h"

#include <dirent.h>

struct course {
	const struct course_options *o;
	int lang;
	char dir[PATH_MAX];
	struct dirent **labs; /* folders, by name */
	int n;
};

/* course.c: "L03", "l03" or the folder's whole name: its number; -1 with *e. */
int course_find(const struct course *c, const char *id, struct err *e);
/* course.c: reads the lab's file; lesson_close in every case. */
int course_open(
    struct course *c, struct lesson *l, int number, uint64_t seed, const char *mutant, struct err *e);
/* course.c: the seed that was asked for, or one drawn. */
int course_seed(const struct course *c, uint64_t *seed, struct err *e);
/* course.c: whether what goes to stdout is coloured. */
bool course_color(void);

/* course_say.c: what a lab is about, its network, what a run came to. */
void course_say_head(const struct lesson *l);
void course_say_network(const struct lesson *drawn);
void course_say_outcome(const struct lesson *l);
void course_say_interview(const struct lesson *l, bool wait);
int course_no_verdict(const struct lesson *l, struct err *e);
/* course_say.c: the paragraph about an interview in the lab's README; false: there is none. */
bool course_interview(const struct lesson *l, char question[512], char answer[2048]);

/* course_sit.c: puts what was predicted last for each question of the lab into its guess.  0, or -1 with *e (the
 * progress file). */
int course_guesses(struct lesson *l, const char *date, struct err *e);
/* course_sit.c: one run with its questions: those of `only` (a bit each; 0: all) are asked when `ask`. */
int course_sit(struct course *c, int number, uint32_t only, bool ask, struct err *e);
/* The commands of the other files. */
int course_sit_run(struct course *c, int n, char **words, struct err *e);
int course_predict(struct course *c, int n, char **words, struct err *e);
int course_look(struct course *c, int n, char **words, struct err *e);
int course_check(struct course *c, int n, char **words, struct err *e);
int course_review(struct course *c, int n, char **words, struct err *e);
int course_quiz(struct course *c, int n, char **words, struct err *e);
int course_progress(struct course *c, int n, char **words, struct err *e);
int course_verify(struct course *c, int n, char **words, struct err *e);
int course_report(struct course *c, int n, char **words, struct err *e);
int course_new(struct course *c, int n, char **words, struct err *e);

/* course_look.c: opens the lab as it was in the last run, or that in c->o->out, and judges that again; the working
 * directory is its folder then.  lesson_close in every case. */
int course_again(struct course *c, struct lesson *l, int number, struct err *e);
/* course_look.c: the captures of such a run as a ladder; of two places where there are two.  `most`: lines of it at
 * most; 0: all. */
int course_ladder(
    const struct lesson *l, FILE *to, bool color, bool verbose, bool redact, unsigned most, struct err *e);

#endif
