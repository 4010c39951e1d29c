/* A connection that speaks HTTP/2: many exchanges at once over one struct client.  RFC 9113.  For this room only. */
#ifndef WEB_H2_H
#define WEB_H2_H

#include "web/client.h"

/* Does what came so far on this new connection in clear say that its client speaks HTTP/2 without asking (prior
 * knowledge, RFC 9113 3.3)? */
enum h2_preface { H2_PREFACE_NO, H2_PREFACE_MORE, H2_PREFACE_YES };
enum h2_preface h2_preface_seen(const struct client *c);

/* From here on c speaks HTTP/2: CLIENT_H2.  Without memory it is CLIENT_DEAD. */
void h2_begin(struct client *c);
/* CLIENT_H2: takes what was read, queues what can be sent.  False when it takes the client, or time. */
bool h2_step(struct client *c);
/* Is there nothing to be answered? */
bool h2_is_idle(const struct client *c);
/* Could more be queued without reading any more? */
bool h2_has_output(const struct client *c);
/* The server drains. */
void h2_drain(struct client *c);

/* Sets c->timer to the first deadline there is.  0, or -1 when out of memory.  progress: bytes were written since the
 * last time. */
int h2_set_deadline(struct client *c, bool progress);
/* It has passed. */
void h2_expire(struct client *c);

/* The connection is closed; what handlers wait for is cancelled.  True: some cannot be, and c must stay. */
bool h2_abandon(struct client *c);
void h2_free(struct client *c);

#endif
