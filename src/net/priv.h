/* Privileges: what this process may do, and giving that up (capabilities(7), credentials(7)). */
#ifndef NET_PRIV_H
#define NET_PRIV_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* True when the capability (CAP_NET_RAW, ... of <linux/capability.h>) is effective right now. */
bool priv_has_cap(int cap);

/* Who called sudo (SUDO_UID and SUDO_GID), believed only when we are root.  False: nobody did, or
 * they name root. */
bool priv_invoker(uid_t *uid, gid_t *gid);

/* Becomes uid:gid for good: no supplementary groups, all three ids changed, every capability
 * cleared (ambient, inheritable, permitted, effective), and no_new_privs set so that no exec brings
 * any back.  Checks that the way back is shut.  When we are not root, only the capabilities go and
 * uid must be ours.  To be called after ports and captures are open and before the first byte of a
 * peer is read.  Threads started before keep theirs.  0 or -1 (ERR_ENV): then the only safe thing
 * is to exit. */
int priv_drop(uid_t uid, gid_t gid, struct err *e);

/* What a program does right after opening what it needed privileges for: becomes who called sudo;
 * as root without sudo (a container, a service) it stays uid 0 but without any capability, so that
 * it can still reach root's own files; anyone else just loses the capabilities the file gave.  0 or
 * -1 as above. */
int priv_drop_to_invoker(struct err *e);

/* The same, but when we are root as the user of that name (tcpdump's -Z); NULL: whoever called.  -1 also when there is
 * no such user (ERR_USAGE). */
int priv_drop_to(const char *user, struct err *e);

/* Keeps what the administration of a network asks for, and nothing else, for this process and the programs it becomes:
 * CAP_NET_ADMIN, CAP_NET_RAW and CAP_NET_BIND_SERVICE (ambient; Linux 4.3).  We must have them.  0 or -1. */
int priv_keep_net(struct err *e);

#endif
