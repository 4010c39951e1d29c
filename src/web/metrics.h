/* What the server counts, and the page that shows it in Prometheus' text format.  One of these per process that
 * serves, written on its loop's thread alone; with several workers all are in memory that they share, and whichever
 * answers adds them up. */
#ifndef WEB_METRICS_H
#define WEB_METRICS_H

#include "web/router.h"

#include <stdint.h>

enum { METRICS_STATUS_MAX = 600, METRICS_BUCKETS = 12, METRICS_VERSIONS = 3 };

struct metrics {
	uint64_t connections;                  /* accepted */
	uint64_t open;                         /* of them, now */
	uint64_t full, resumed, failed;        /* TLS handshakes */
	uint64_t h2_connections;               /* those that spoke HTTP/2 */
	uint64_t h2_calmed;                    /* of them, ended with ENHANCE_YOUR_CALM */
	uint64_t versions[METRICS_VERSIONS];   /* answers to requests of 1.0, 1.1, 2 */
	uint64_t statuses[METRICS_STATUS_MAX]; /* answers with each status */
	uint64_t bytes;                        /* of content of answers */
	uint64_t slots[METRICS_BUCKETS + 1];   /* answers by the time they took; the last: longer */
	uint64_t nanoseconds;                  /* of all together */
};

/* An answer with that status and so much content, so long after its head was read. */
void metrics_answer(struct metrics *m, unsigned status, uint64_t bytes, int64_t ns);

/* It was to a request of HTTP/major.minor; 0.0: it was not understood so far. */
void metrics_version(struct metrics *m, unsigned major, unsigned minor);

/* GET /metrics: all of x->site. */
enum web_progress metrics_page(struct exchange *x);

#endif
