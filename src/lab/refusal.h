/* Why a machine refuses a lab its namespaces, links or captures, and the command that allows it.
 * Kernels, distributions and containers each have a switch of their own, and the errno alone does
 * not tell which. */
#ifndef LAB_REFUSAL_H
#define LAB_REFUSAL_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* What can be known about the machine without any privilege.  Numbers are -1 where there is no such
 * switch. */
struct machine {
	bool root;                 /* CAP_SYS_ADMIN: no user namespace is needed */
	bool uid0;                 /* user 0, whether or not with capabilities */
	bool seccomp;              /* a filter decides on system calls, as in containers */
	bool container;            /* the files container engines leave say so */
	bool chroot;               /* "/" is not where the mounts begin */
	int64_t userns_clone;      /* kernel.unprivileged_userns_clone (Debian, Arch) */
	int64_t apparmor_restrict; /* kernel.apparmor_restrict_unprivileged_userns (Ubuntu 23.10) */
	int64_t max_user, max_net; /* user.max_{user,net}_namespaces */
};

void machine_read(struct machine *m);

/* Explains e, an error of lab_run or of what builds a network inside: appends the cause, and the
 * commands that lift it, one per line; `programs` is the directory osilab's programs lie in.  When
 * nothing is known about it the cause is the error itself. */
void refusal_explain(
    const struct machine *m, const struct err *e, const char *programs, struct buf *cause, struct buf *fix);

/* The AppArmor profile that lets the programs in that directory have user namespaces, as Ubuntu's
 * own profiles for browsers do. */
void refusal_apparmor_profile(const char *programs, struct buf *out);

#endif
