/* A lab: what its file says, and one run of it.  docs/howto/add-a-lab.md has the words of the file; each is a row of the
 * lists in lesson_words.c, lesson_net.c and the other files of its name. */
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
	LESSON_PROGRAMS = 24,
	LESSON_PORTS = 32,
	LESSON_CABLES = 8,
	LESSON_CAPTURES = 8,
	LESSON_HINTS = 3,
	LESSON_GUESS = 64,
	LESSON_LINES = 96,
	LESSON_TEXT = 600, /* bytes of one sentence */
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

/* What judging said, in the order it was said. */
enum lesson_line_kind { LESSON_CHECK, LESSON_ANSWER, LESSON_STATEMENT };
struct lesson_line {
	enum lesson_line_kind kind;
	bool ok;                   /* a check that held; a prediction that was right */
	unsigned question;         /* of an answer: its number */
	char value[64];            /* and what the packets say */
	char text[2][LESSON_TEXT]; /* check; why, of an answer; what is often said, of a statement */
	char fact[2][LESSON_TEXT]; /* of a statement: how it is */
};

/* What a run came to; in memory that is shared with the process of the lab. */
struct lesson_outcome {
	unsigned held, failed;  /* checks */
	unsigned right, wrong;  /* predictions */
	unsigned answered;      /* questions that got an answer */
	bool verdict;           /* all captures are whole: the checks mean something */
	char unsure[256];       /* why there is no verdict */
	char first_failed[256]; /* the first check that failed, English */
	struct lesson_line lines[LESSON_LINES];
	unsigned nlines;
};

/* An interface of a host, "client:c0". */
struct lesson_port {
	struct lab_node *node;
	char interface[LAB_NAME];
	char address[2][48]; /* the first of IPv4 and of IPv6; "": none */
	int peer;            /* the port at the other end of its cable; -1: none */
	const char *wire;    /* what the cable does: "20 ms, drop syn #1"; NULL: nothing */
	bool bridge;         /* of a bridge: what is behind it are the peers of the bridge's other ports */
};

/* Where packets are captured, into NAME.pcapng. */
struct lesson_capture {
	const char *name;
	int port; /* where */
	struct capture capture;
};

/* Two ports that send each other marks. */
struct lesson_pair {
	int ports[2];
	struct capture_marks marks;
};

struct lesson_cable {
	char log[48];
	struct cable cable;
};

struct lesson_program {
	struct child child;
	int64_t begun;
	char log[48]; /* what it says on stderr, and a server of others also on stdout */
	char out[48]; /* what it says on stdout; "": that is not kept */
};

/* The network and the programs of a run; see lesson_net.c and lesson_programs.c. */
struct lesson_stage {
	struct lab *lab;
	uint32_t bridges; /* which of its nodes are */
	struct lesson_port ports[LESSON_PORTS];
	unsigned nports;
	struct lesson_cable cables[LESSON_CABLES];
	unsigned ncables;
	struct lesson_pair pairs[LESSON_CAPTURES];
	unsigned npairs;
	struct lesson_capture captures[LESSON_CAPTURES];
	unsigned ncaptures;
	struct lesson_program programs[LESSON_PROGRAMS];
	unsigned nprograms;
	const char *keys;      /* key log by which questions see what is inside of TLS; NULL: they do not */
	const char *kept_keys; /* the last that was, for the report */
};

struct lesson {
	char dir[PATH_MAX];  /* where its files lie */
	char id[16];         /* "L03" */
	int lang;            /* 0: English, 1: Korean */
	uint64_t seed;       /* of this run */
	const char *mutated; /* the mutant that this run is; NULL: none */
	const char *out;     /* where captures go; NULL: they are not kept */
	int out_fd;          /* that folder while it runs */
	FILE *to;            /* where the run is told; NULL: nowhere */
	uint64_t random;     /* state of draw() */
	struct lesson_text title, goal, topic;
	const char *claims; /* "S3-35 S0-23", or "" */
	const char *lacks;  /* a program that it needs and this machine has not; NULL: none */
	struct lesson_mutant mutants[LESSON_MUTANTS];
	unsigned nmutants;
	struct lesson_question questions[LESSON_QUESTIONS];
	unsigned nquestions;
	struct lesson_stage stage;
	bool dry;              /* nothing is raised or run: the network is only noted, results are replayed */
	struct buf transcript; /* what the words of programs, files and states gave; see lesson_replay.c */
	size_t replayed;       /* bytes of it that were read again */
	const char *files[LESSON_CAPTURES]; /* dry: captures in the place of NAME.pcapng; NULL: none */
	struct lesson_outcome *outcome;
	struct arena arena;
	struct program *program;
};

/* Reads DIR/lab.lua; the parameters are drawn from the seed.  0, or -1 with *e, file and line in front.
 * lesson_close in every case. */
int lesson_open(struct lesson *l, const char *dir, uint64_t seed, const char *mutant, struct err *e);
void lesson_close(struct lesson *l);

/* Notes the network in l->stage without raising anything: l->dry from then on. */
int lesson_draw(struct lesson *l, struct err *e);

/* Judges a run again from the folder it left (lesson_run with l->out), which becomes the working directory; captures
 * can be others' (l->files, by the numbers of l->stage.captures after lesson_draw).  The lesson was opened with the run's
 * seed (lesson_seed) and drawn.  0 with l->outcome; -1 with *e. */
int lesson_judge(struct lesson *l, const char *dir, struct err *e);
/* The seed of the run in that folder, and its mutant or "" (64 bytes).  0, or -1 with *e: there is none. */
int lesson_seed(const char *dir, const char *id, uint64_t *seed, char *mutant, struct err *e);

/* Raises the network, runs the lab, judges it.  0 with *l->outcome; -1 with *e; or the number of a signal that
 * ended it.  Nothing is left behind, whichever way it ends, but what l->out keeps. */
int lesson_run(struct lesson *l, struct err *e);

/* --- Among the files of a lesson ---------------------------------------------------------------------- */

/* The words that each file brings; each list ends with a NULL name. */
extern const struct program_function lesson_words[], lesson_net_words[], lesson_capture_words[],
    lesson_program_words[], lesson_file_words[], lesson_watch_words[], lesson_judge_words[];

/* lesson_capture.c, inside the lab: all that runs is ended, the captures are whole or not. */
int lesson_stage_end(struct lesson *l, struct err *e);
/* lesson_capture.c: starts a capture at a port; the marks that end it are exchanged with port `far`. */
int lesson_capture_start(struct lesson *l, const char *name, int port, int far, struct err *e);

/* lesson_net.c: the host of that name, and the number of the port "host:interface"; NULL and -1 with *e. */
struct lab_node *lesson_node(const struct lesson *l, const char *name, struct err *e);
int lesson_port(const struct lesson *l, const char *name, struct err *e);

/* lesson_replay.c: stands around all words. */
int lesson_around(void *host, const struct program_function *f, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e);
/* Writes what it takes to judge the run again to run.txt; reads it again. */
int lesson_replay_write(const struct lesson *l, struct err *e);
int lesson_replay_read(struct lesson *l, const char *dir, struct err *e);

/* lesson_programs.c: ends all programs that still run. */
void lesson_programs_end(struct lesson *l);

/* Whether the text can be the name of a file in the folder of a run: letters, digits, - _ and dots that are not the
 * first. */
bool lesson_is_name(const char *name);

/* Argument i as text that stays; numbers are written out.  NULL with *e when it is neither. */
const char *lesson_arg(struct lesson *l, const struct script_value *args, size_t n, size_t i, struct err *e);
/* Argument i as a whole number from low to high; -1 with *e when it is none. */
int64_t lesson_arg_int(
    const struct script_value *args, size_t n, size_t i, int64_t low, int64_t high, struct err *e);
/* Arguments i and i + 1, English and Korean. */
int lesson_arg_text(struct lesson *l, struct lesson_text *t, const struct script_value *args, size_t n,
    size_t i, struct err *e);

#endif
