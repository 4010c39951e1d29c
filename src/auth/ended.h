/* Ending the sessions of users who were disabled, or given another password, by `osilab user` while servers run:
 * that program writes a list into the users' file (users_end_sessions), each server reads it and has its own store
 * forget them.
 *
 * Looked at when a session is looked up, at most every ENDED_GRAIN: a server nobody asks does nothing, and no
 * session is found longer than that after it was to end.  When the store cannot be asked, the list stays to be
 * done; then nobody's session is found either. */
#ifndef AUTH_ENDED_H
#define AUTH_ENDED_H

#include "auth/sessions.h"

#define ENDED_GRAIN (200 * CLOCK_MS)

struct ended;

/* Watches the users' file for these sessions (borrowed).  What was listed longer ago than a session can live is
 * passed over.  NULL with *e. */
struct ended *ended_open(const char *users_path, struct sessions *s, struct err *e);
/* Has the store forget whom the list names, ahead of whatever is asked of it next.  NULL: no-op. */
void ended_check(struct ended *w);
/* After store_close. */
void ended_close(struct ended *w);

#endif
