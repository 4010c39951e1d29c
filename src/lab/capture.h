/* Captures of a lab: one process per watched interface writes pcapng until it has seen the marks
 * that say that all traffic is through.  Nothing sleeps: a capture that ends too early is cut, and
 * so is one that is read before its end.
 *
 * A mark is a datagram to the discard port (RFC 863) of the far end that starts with a random
 * token; it passes each watched interface behind everything sent before it.  Marks are not written
 * to the file. */
#ifndef LAB_CAPTURE_H
#define LAB_CAPTURE_H

#include "lab/ns.h"

enum { CAPTURE_TOKEN = 16, CAPTURE_MARK_PORT = 9 };

/* The two ends that send marks to each other. */
struct capture_marks {
	int end[2];                   /* UDP sockets */
	uint8_t pair;                 /* which two of the lab: a capture waits for those of its own pair */
	uint8_t token[CAPTURE_TOKEN]; /* the same for all pairs of a lab */
};

struct capture {
	char interface[LAB_NAME];
	pid_t pid;                         /* 0: not running */
	int words;                         /* pipe from the capturing process */
	const struct capture_marks *marks; /* that end it */
};

struct capture_report {
	uint64_t packets; /* written to the file */
	uint64_t bytes;   /* of packets, as on the wire */
	uint64_t dropped; /* lost by kernel or interface; when not 0 the file allows no verdict */
};

/* Marks of pair number `pair`, yet to be opened; pairs other than the first share the token of the first.  0 or -1. */
int capture_marks_init(
    struct capture_marks *m, const struct capture_marks *first, uint8_t pair, struct err *e);
/* Two nodes and the address (numeric, without port) of each that the other can reach. */
int capture_marks_open(struct capture_marks *m, struct lab *lab, const struct lab_node *a, const char *addr_a,
    const struct lab_node *b, const char *addr_b, struct err *e);
void capture_marks_close(struct capture_marks *m);

/* Starts to capture on an interface of a node into a new file, which belongs to the lab's owner.
 * Returns when packets are being seen.  The marks need not be open yet.  0, or -1 with *e. */
int capture_start(struct capture *c, const struct lab_node *node, const char *interface, const char *path,
    const struct capture_marks *marks, struct err *e);

/* Sends marks both ways until each of the n captures has seen those of both ends, which ends it; or
 * until `deadline` on clock_mono.  Fills one report for each.  -1 with *e when a capture failed or
 * saw no marks. All captures have ended when it returns. */
int capture_finish(
    struct capture *c, unsigned n, int64_t deadline, struct capture_report *reports, struct err *e);

#endif
