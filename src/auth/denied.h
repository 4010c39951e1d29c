/* Access tokens that were ended before their time, by their jti (RFC 7519 4.1.7): records of the session store, each
 * until its token would have expired.  A list that every request is looked up in: what tokens were to do without. */
#ifndef AUTH_DENIED_H
#define AUTH_DENIED_H

#include "auth/store.h"

/* From now until `expires` (clock_real, ns).  c->done is set by the caller; c->result is STORE_OK or STORE_FAILED. */
enum store_when denied_add(struct store *s, struct store_call *c, struct slice jti, int64_t expires);
/* c->result: STORE_OK it is denied, STORE_MISSING it is not, STORE_FAILED. */
enum store_when denied_find(struct store *s, struct store_call *c, struct slice jti);

#endif
