/* A laboratory of network namespaces, as a plain user (user_namespaces(7)) or as root.  Whatever
 * happens to the programs in it, nothing stays behind: all of them live in one PID namespace, and
 * the kernel ends them and frees every interface when the first process of that namespace goes. */
#ifndef LAB_NS_H
#define LAB_NS_H

#include "base/err.h"
#include "lab/rtnl.h"

#include <stdbool.h>
#include <sys/types.h>

enum { LAB_NODES = 24, LAB_NAME = 16 };

/* A host of the lab: a network namespace.  It needs no process, the descriptor holds it. */
struct lab_node {
	char name[LAB_NAME];
	int ns;
	struct rtnl rtnl; /* its interfaces and routes */
};

struct lab {
	int home; /* the supervisor's own network namespace */
	bool ip6; /* the kernel has IPv6 */
	unsigned n;
	struct lab_node nodes[LAB_NODES];
};

/* Whom files and programs of a lab belong to. */
struct lab_owner {
	uid_t uid;
	gid_t gid;
	bool drop; /* we are root on behalf of someone: programs are run as uid:gid */
};

/* The owner for this process: who called sudo, or else ourselves. */
struct lab_owner lab_owner(void);

/* From now on files that this process and its children open and make are opened and made as the
 * owner, with the owner's rights; only what needs root is still done as root.  No-op unless root
 * was lent by sudo. */
int lab_files_as_owner(struct err *e);

/* SIGCHLD is no longer ignored, if it was when this process was started: the kernel would reap children by
 * itself, and their end would go unnoticed. */
void lab_hear_children(void);

/* Runs inside(lab, arg, e) as the first process of fresh namespaces (network, mount, PID; and user
 * unless we are root), with nodes yet to be made.  The calling process stays as it is and waits.
 *
 * Returns what `inside` returned, 0 or -1 with *e; or a signal number when a signal (INT, TERM,
 * HUP, QUIT) asked this process to end.  In every case all processes and interfaces of the lab are
 * gone by then; they also go when this process is killed.  -1 with ERR_ENV also when the kernel
 * refuses a namespace; e->sys tells why, see doctor.h. */
int lab_run(int (*inside)(struct lab *lab, void *arg, struct err *e), void *arg, struct err *e);

/* The functions below are for `inside`. */

/* A new host with its loopback up and IPv6 addresses usable at once; NULL with *e.  It lasts as
 * long as the lab. */
struct lab_node *lab_node_new(struct lab *lab, const char *name, struct err *e);

/* A cable: the interface if_a of node a joined to if_b of node b, both up, offloading off. */
int lab_link(struct lab_node *a, const char *if_a, struct lab_node *b, const char *if_b, struct err *e);

/* Writes /proc/sys/net/NAME of a node: lab_sysctl(lab, n, "ipv4/ip_forward", "1", e). */
int lab_sysctl(
    struct lab *lab, const struct lab_node *node, const char *name, const char *value, struct err *e);

/* Moves the calling process (a child made by fork, or the supervisor for a while) into a node. */
int lab_node_enter(const struct lab_node *node, struct err *e);
/* Back from lab_node_enter. */
int lab_home(const struct lab *lab, struct err *e);

/* A UDP socket bound to a port of a node, usable from outside of it; -1 with *e. */
int lab_udp(struct lab *lab, const struct lab_node *node, int family, uint16_t port, struct err *e);

/* Inside the lab, the file at `path` is what /etc/hosts holds, and name services of the machine
 * that could answer first are out of reach. */
int lab_hosts(const char *path, struct err *e);

#endif
