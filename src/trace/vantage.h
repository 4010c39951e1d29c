/* Two captures of the same traffic, taken at two places, as one source: each packet once, with the time at
 * either place in the clock of the first capture.
 *
 * Packets are told by what routers and address translation leave alone: TCP's numbers, flags, time stamps and
 * payload; for other protocols the payload; the IPv4 identification.  The second clock's offset is estimated
 * as NTP does (RFC 5905 8): from the packets that took least time each way, taking both ways for equally long.
 *
 * A packet that one capture lacks was lost on the way when it comes from an address whose packets are seen
 * first at the place that has it, and the other capture was running at that time. */
#ifndef TRACE_VANTAGE_H
#define TRACE_VANTAGE_H

#include "trace/source.h"

/* What the comparison of the two captures found, over both directions. */
struct vantage_summary {
	const char *names[2]; /* of the captures */
	uint64_t both;      /* packets seen at both places */
	uint64_t lost[2];   /* sent past the first or second place and not seen at the other */
	uint64_t unseen[2]; /* seen at that place only, although it comes from the other side */
	int64_t offset;     /* nanoseconds the second clock is ahead of the first */
	int64_t delay;      /* least time from one place to the other, nanoseconds */
	bool one_way;       /* packets crossed in one direction only: delay cannot be told from offset */
};

/* Opens both files (neither may be "-": each is read twice).  NULL with *e: as source_file; or the captures
 * have no packet in common (ERR_DATA).  `names` must outlive the source. */
struct source *source_vantage(const char *const names[2], struct err *e);

/* What was found so far; NULL when s is another kind of source. */
const struct vantage_summary *source_vantage_summary(const struct source *s);

#endif
