/* A cable between two nodes of a lab that does what it is told to single packets: the wire of the link room, in a
 * process and a network namespace of its own. */
#ifndef LAB_CABLE_H
#define LAB_CABLE_H

#include "lab/ns.h"
#include "link/wire.h"

struct cable {
	pid_t pid; /* 0: not running */
	int stop;  /* a byte here ends it */
	int words; /* pipe from its process */
};

struct cable_report {
	uint64_t frames; /* that it saw */
	uint64_t
	    missed; /* lost by the kernel before it saw them, or refused by an interface: when not 0 the run
	                     allows no verdict */
};

/* Joins interface if_a of node a to if_b of node b, both new; o->names are the ends' names in rules and log.  What
 * it does to packets is written to a new file `log`, one line each (link/said.h), that belongs to the lab's owner.
 * Returns when the cable carries.  0, or -1 with *e.  Takes the place of a node. */
int cable_start(struct cable *c, struct lab *lab, struct lab_node *a, const char *if_a, struct lab_node *b,
    const char *if_b, const struct link_options *o, const char *log, struct err *e);

/* Ends it.  No-op when it is not running.  0 with *report; -1 with *e when it had failed before. */
int cable_end(struct cable *c, struct cable_report *report, struct err *e);

#endif
