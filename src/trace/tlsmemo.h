/* What servers handed out so that a session may be resumed - session identifiers and tickets - and in which
 * packet, so that a resumption can be tied to the session it goes on with.  RFC 5246 F.1.4, RFC 5077,
 * RFC 8446 2.2. */
#ifndef TRACE_TLSMEMO_H
#define TRACE_TLSMEMO_H

#include "base/slice.h"

struct trace;

/* One identifier or ticket. */
struct tls_memory {
	uint64_t key;    /* a keyed hash of it; 0: free */
	uint64_t packet; /* in which it was handed out */
	uint16_t suite;  /* of that session */
	uint16_t version;
};

enum { TLS_MEMORIES = 8192 }; /* a later one may take the place of an earlier one */

/* Remembers that the packet in hand handed out this identifier or ticket. */
void tls_remember(struct trace *t, struct slice id, uint16_t version, uint16_t suite);
/* NULL when it is not known; valid until the next tls_remember. */
const struct tls_memory *tls_recall(const struct trace *t, struct slice id);
void tls_forget(struct trace *t);

#endif
