/* What a run tells: as text, as JSON (docs/formats/load.md), as pictures. */
#ifndef LOAD_REPORT_H
#define LOAD_REPORT_H

#include "base/buf.h"
#include "load/cpu.h"
#include "load/idle.h"
#include "load/plan.h"
#include "load/tally.h"

struct report {
	const struct load_options *options;
	const struct plan *plan;
	const struct tally *tally; /* of all threads */
	int64_t elapsed;           /* ns */
	struct idle_count idle;
	uint64_t slow_held, slow_lost; /* see slow.h */
	struct cpu own, server;        /* used in the run; server.tick 0: it was not asked for */
};

/* The percentiles that are told, ascending, and how they are called: "p99.9". */
enum { REPORT_PERCENTILES = 7 };
extern const double report_percentiles[REPORT_PERCENTILES];

void report_text(struct buf *out, const struct report *r);
void report_json(struct buf *out, const struct report *r);

#endif
