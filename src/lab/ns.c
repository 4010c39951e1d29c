/* Namespaces, nodes and cables of a lab; see ns.h.
 *
 * Three processes: the caller, which only waits; the keeper, which made the namespaces; and the
 * first process of the PID namespace, which does the work and whose end is everyone's end inside.
 * Each is tied to the one before by its parent-death signal (prctl(2)), so that not even kill -9
 * leaves anything. */
#include "lab/ns.h"

#include "net/priv.h"
#include "net/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct lab_owner lab_owner(void)
{
	struct lab_owner o = { .uid = geteuid(), .gid = getegid() };

	o.drop = priv_invoker(&o.uid, &o.gid);
	return o;
}

int lab_files_as_owner(struct err *e)
{
	struct lab_owner o = lab_owner();

	if (!o.drop)
		return 0;
	if (setgroups(1, &o.gid))
		return err_sys(e, "cannot take the groups of user %u", (unsigned)o.uid);
	setfsgid(o.gid);
	setfsuid(o.uid);
	/* setfsuid reports nothing; asking for an impossible id tells the present one. */
	if ((uid_t)setfsuid((uid_t)-1) != o.uid || (gid_t)setfsgid((gid_t)-1) != o.gid)
		return err_set(e, ERR_ENV, "cannot make files as user %u", (unsigned)o.uid);
	return 0;
}

void lab_hear_children(void)
{
	signal(SIGCHLD, SIG_DFL);
}

/* --- Three processes
 * -------------------------------------------------------------------------------- */

/* fork, with the child killed when this process ends.  The child may be the first of a PID
 * namespace, to whom getppid tells nothing; so it looks at its parent through a descriptor to see
 * whether the parent died before prctl took hold. */
static pid_t fork_tied(struct err *e)
{
	int parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct pollfd p = { .fd = parent, .events = POLLIN };
	pid_t pid;

	if (parent < 0) {
		err_sys(e, "pidfd_open (Linux 5.3 or later is needed)");
		return -1;
	}
	pid = fork();
	if (pid < 0)
		err_sys(e, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
		if (poll(&p, 1, 0) != 0)
			_exit(1);
	}
	close(parent);
	return pid;
}

static sigset_t wait_signals(void)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, SIGINT);
	sigaddset(&s, SIGTERM);
	sigaddset(&s, SIGHUP);
	sigaddset(&s, SIGQUIT);
	sigaddset(&s, SIGCHLD);
	return s;
}

/* Waits for the child's end, with the signals of wait_signals blocked; when one of them asks us to
 * end, the child gets `pass_on`.  Returns that signal, or 0. */
static int keep(pid_t child, int pass_on)
{
	sigset_t all = wait_signals();
	int asked = 0, status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		int s = sigwaitinfo(&all, NULL);

		if (s > 0 && s != SIGCHLD) {
			asked = s;
			kill(child, pass_on);
		}
	}
	return asked;
}

/* What the first process inside tells the caller at the end.  Smaller than a pipe's atomic write.
 */
struct outcome {
	int rc;
	struct err err;
};

static void tell(int to, int rc, const struct err *e)
{
	struct outcome o = { .rc = rc, .err = *e };

	while (write(to, &o, sizeof(o)) < 0 && errno == EINTR)
		;
}

static int write_file(const char *path, const char *text, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), rc = 0;
	size_t n = strlen(text);

	if (fd < 0)
		return err_sys(e, "%s", path);
	if (write(fd, text, n) != (ssize_t)n)
		rc = err_sys(e, "%s", path);
	close(fd);
	return rc;
}

/* A user namespace in which we are who we were, with every capability over what is inside. */
static int enter_user_namespace(struct err *e)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[48];

	if (unshare(CLONE_NEWUSER))
		return err_sys(e, "the kernel refuses a user namespace");
	/* Required before gid_map may be written (user_namespaces(7)). */
	if (write_file("/proc/self/setgroups", "deny", e) && e->sys != ENOENT)
		return -1;
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	if (write_file("/proc/self/uid_map", map, e))
		return err_in(e, "the kernel refuses to map a user into its namespace");
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	if (write_file("/proc/self/gid_map", map, e))
		return err_in(e, "the kernel refuses to map a group into its namespace");
	return 0;
}

static int enter_namespaces(struct err *e)
{
	if (!priv_has_cap(CAP_SYS_ADMIN) && enter_user_namespace(e))
		return -1;
	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID))
		return err_sys(e, "the kernel refuses mount, network and PID namespaces");
	return 0;
}

static int private_mounts(struct err *e)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return err_sys(e, "the kernel refuses to make the mounts private");
	/* Containers that mask parts of /proc do not allow a new one; then the old one must do: it
	 * shows more processes than ours, but the same network. */
	mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	return 0;
}

static int open_namespace(struct err *e)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? err_sys(e, "/proc/self/ns/net") : fd;
}

/* The first process of the PID namespace. */
static int first(int (*inside)(struct lab *lab, void *arg, struct err *e), void *arg, struct err *e)
{
	struct lab lab = { .home = -1 };

	if (private_mounts(e))
		return -1;
	lab.home = open_namespace(e);
	if (lab.home < 0)
		return -1;
	lab.ip6 = access("/proc/sys/net/ipv6/conf", F_OK) == 0;
	return inside(&lab, arg, e);
}

/* The keeper: makes the namespaces, and lives as long as the first process in them. */
static void keeper(int (*inside)(struct lab *lab, void *arg, struct err *e), void *arg, int to)
{
	struct err e = { 0 };
	pid_t pid;
	int rc;

	if (enter_namespaces(&e)) {
		tell(to, -1, &e);
		_exit(1);
	}
	pid = fork_tied(&e);
	if (pid < 0)
		tell(to, -1, &e);
	if (pid == 0) {
		rc = first(inside, arg, &e);
		tell(to, rc, &e);
		_exit(rc != 0);
	}
	close(to);
	if (pid > 0)
		keep(pid, SIGKILL);
	_exit(0);
}

static int hear(int from, struct err *e)
{
	struct outcome o;
	ssize_t n;

	do
		n = read(from, &o, sizeof(o));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(o))
		return err_set(e, ERR_ENV, "the lab was killed before it was done");
	if (o.rc)
		*e = o.err;
	return o.rc;
}

int lab_run(int (*inside)(struct lab *lab, void *arg, struct err *e), void *arg, struct err *e)
{
	sigset_t block = wait_signals(), before;
	int pipe_fd[2], asked = 0, rc = -1;
	pid_t pid;

	lab_hear_children();
	if (pipe2(pipe_fd, O_CLOEXEC))
		return err_sys(e, "pipe");
	/* What is buffered would come out of every child again. */
	fflush(NULL);
	sigprocmask(SIG_BLOCK, &block, &before);
	pid = fork_tied(e);
	if (pid == 0) {
		close(pipe_fd[0]);
		keeper(inside, arg, pipe_fd[1]);
	}
	close(pipe_fd[1]);
	if (pid > 0) {
		asked = keep(pid, SIGTERM);
		rc = asked ? asked : hear(pipe_fd[0], e);
	}
	close(pipe_fd[0]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}

/* --- Nodes and cables
 * ------------------------------------------------------------------------------- */

int lab_node_enter(const struct lab_node *node, struct err *e)
{
	if (setns(node->ns, CLONE_NEWNET))
		return err_sys(e, "cannot enter %s", node->name);
	return 0;
}

int lab_home(const struct lab *lab, struct err *e)
{
	if (setns(lab->home, CLONE_NEWNET))
		return err_sys(e, "cannot leave the node");
	return 0;
}

/* /proc/sys/net shows the network namespace of who looks. */
static int set_here(const char *name, const char *value, struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	return write_file(path, value, e);
}

int lab_sysctl(
    struct lab *lab, const struct lab_node *node, const char *name, const char *value, struct err *e)
{
	int rc;

	if (lab_node_enter(node, e))
		return -1;
	rc = set_here(name, value, e);
	if (lab_home(lab, e))
		return -1;
	return rc;
}

/* Fills in a node for the namespace we are in. */
static int node_here(const struct lab *lab, struct lab_node *node, struct err *e)
{
	struct err ignored = { 0 };
	char groups[32];

	node->ns = open_namespace(e);
	if (node->ns < 0 || rtnl_open(&node->rtnl, e) || rtnl_up(&node->rtnl, "lo", e))
		return -1;
	/* Low ports for programs without privileges. */
	if (set_here("ipv4/ip_unprivileged_port_start", "0", e))
		return -1;
	/* Echo requests as well; a kernel that has no such sockets does without. */
	snprintf(groups, sizeof(groups), "%u %u", (unsigned)getegid(), (unsigned)getegid());
	set_here("ipv4/ping_group_range", groups, &ignored);
	/* Addresses are ours to give: nobody to ask for a router, no duplicate to look for. */
	if (lab->ip6 && (set_here("ipv6/conf/default/accept_dad", "0", e) ||
	                    set_here("ipv6/conf/default/accept_ra", "0", e) ||
	                    set_here("ipv6/conf/default/disable_ipv6", "0", e)))
		return -1;
	return 0;
}

struct lab_node *lab_node_new(struct lab *lab, const char *name, struct err *e)
{
	struct lab_node *node = &lab->nodes[lab->n];
	int rc;

	if (lab->n == LAB_NODES) {
		err_set(e, ERR_USAGE, "a lab has at most %d nodes", LAB_NODES);
		return NULL;
	}
	*node = (struct lab_node){ .ns = -1, .rtnl = { .fd = -1, .inet = -1 } };
	snprintf(node->name, sizeof(node->name), "%s", name);
	if (unshare(CLONE_NEWNET)) {
		err_sys(e, "cannot make the network of %s", name);
		return NULL;
	}
	rc = node_here(lab, node, e);
	if (lab_home(lab, e) || rc)
		return NULL;
	lab->n++;
	return node;
}

int lab_link(struct lab_node *a, const char *if_a, struct lab_node *b, const char *if_b, struct err *e)
{
	if (rtnl_veth(&a->rtnl, if_a, a->ns, if_b, b->ns, e))
		return -1;
	if (rtnl_offload_off(&a->rtnl, if_a, e) || rtnl_offload_off(&b->rtnl, if_b, e))
		return -1;
	if (rtnl_up(&a->rtnl, if_a, e) || rtnl_up(&b->rtnl, if_b, e))
		return -1;
	return 0;
}

int lab_udp(struct lab *lab, const struct lab_node *node, int family, uint16_t port, struct err *e)
{
	struct addr a;
	int fd = -1;

	if (addr_parse(&a, family == AF_INET6 ? "::" : "0.0.0.0", port, e) || lab_node_enter(node, e))
		return -1;
	fd = sock_udp(&a, 0, e);
	if (lab_home(lab, e) && fd >= 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int lab_hosts(const char *path, struct err *e)
{
	/* Daemons that look names up on behalf of libc, by way of a file that a network namespace
	 * does not hide, and so with the machine's /etc/hosts. */
	static const char *const daemons[] = { "/run/nscd", "/run/systemd/resolve" };
	struct stat st;

	if (mount(path, "/etc/hosts", NULL, MS_BIND, NULL))
		return errno == ENOENT && stat("/etc/hosts", &st)
		           ? err_set(e, ERR_ENV,
		                 "this system has no /etc/hosts, which the lab covers with its own: make one "
		                 "(as root: echo 127.0.0.1 localhost >/etc/hosts)")
		           : err_sys(e, "cannot put %s in the place of /etc/hosts", path);
	for (size_t i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++)
		if (stat(daemons[i], &st) == 0 &&
		    mount("none", daemons[i], "tmpfs", MS_NOSUID | MS_NODEV, "size=4k"))
			return err_sys(e, "cannot hide %s", daemons[i]);
	return 0;
}
