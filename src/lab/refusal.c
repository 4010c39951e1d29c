/* Who refused, and what to do; see refusal.h. */
#include "lab/refusal.h"

#include "net/priv.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- Facts
 * ------------------------------------------------------------------------------------------ */

static int64_t read_number(const char *path)
{
	FILE *f = fopen(path, "re");
	long long v = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%lld", &v) != 1)
		v = -1;
	fclose(f);
	return v;
}

static bool read_seccomp(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	int mode = 0;

	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Seccomp: %d", &mode) == 1)
			break;
	fclose(f);
	return mode == 2;
}

/* Inside a chroot the list of mounts, which shows what can be reached, has none on "/". */
static bool read_chroot(void)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[4];
	bool any = false, root = false;

	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		any = true;
		if (sscanf(line, "%*u %*u %*s %*s %3s", point) == 1 && !strcmp(point, "/"))
			root = true;
	}
	fclose(f);
	return any && !root;
}

void machine_read(struct machine *m)
{
	*m = (struct machine){
		.root = priv_has_cap(CAP_SYS_ADMIN),
		.uid0 = geteuid() == 0,
		.seccomp = read_seccomp(),
		.container = access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0,
		.chroot = read_chroot(),
		.userns_clone = read_number("/proc/sys/kernel/unprivileged_userns_clone"),
		.apparmor_restrict = read_number("/proc/sys/kernel/"
		                                 "apparmor_restrict_unprivileged_userns"),
		.max_user = read_number("/proc/sys/user/max_user_namespaces"),
		.max_net = read_number("/proc/sys/user/max_net_namespaces"),
	};
}

/* --- Verdicts
 * --------------------------------------------------------------------------------------- */

void refusal_apparmor_profile(const char *programs, struct buf *out)
{
	buf_printf(out,
	    "# Lets osilab's programs have user namespaces; they are not confined otherwise.\n"
	    "abi <abi/4.0>,\n"
	    "include <tunables/global>\n"
	    "\n"
	    "profile osilab \"%s/{osilab-*,osilab}\" flags=(unconfined) {\n"
	    "  userns,\n"
	    "  include if exists <local/osilab>\n"
	    "}\n",
	    programs);
}

static void explain_apparmor(
    const struct machine *m, const char *programs, struct buf *cause, struct buf *fix)
{
	buf_puts(cause, "AppArmor takes every right away from user namespaces of programs it has "
	                "no profile "
	                "for (kernel.apparmor_restrict_unprivileged_userns = 1, as on Ubuntu "
	                "24.04)");
	buf_printf(fix,
	    "%s/osilab doctor --apparmor | sudo tee /etc/apparmor.d/osilab >/dev/null\n"
	    "sudo apparmor_parser -r /etc/apparmor.d/osilab\n",
	    programs);
}

static void explain_debian(const struct machine *m, const char *programs, struct buf *cause, struct buf *fix)
{
	buf_puts(cause, "user namespaces are switched off for users "
	                "(kernel.unprivileged_userns_clone = 0)");
	buf_puts(fix, "echo kernel.unprivileged_userns_clone=1 | sudo tee "
	              "/etc/sysctl.d/90-osilab.conf\n"
	              "sudo sysctl --system\n");
}

static void explain_limit(const struct machine *m, const char *programs, struct buf *cause, struct buf *fix)
{
	const char *which = m->max_net == 0 && m->max_user != 0 ? "net" : "user";
	int64_t now = *which == 'n' ? m->max_net : m->max_user;

	if (now == 0)
		buf_printf(cause, "namespaces are switched off (user.max_%s_namespaces = 0)", which);
	else
		buf_printf(cause,
		    "there are as many namespaces as this machine allows "
		    "(user.max_%s_namespaces = %lld)",
		    which, (long long)now);
	buf_printf(fix,
	    "echo user.max_%s_namespaces=15000 | sudo tee /etc/sysctl.d/90-osilab.conf\n"
	    "sudo sysctl --system\n",
	    which);
}

static void explain_container(
    const struct machine *m, const char *programs, struct buf *cause, struct buf *fix)
{
	buf_puts(cause, "a filter on system calls refuses namespaces, as the default of Docker and "
	                "similar "
	                "containers does");
	buf_puts(fix, "docker run --privileged ...    (or, with fewer rights:)\n"
	              "docker run --security-opt seccomp=unconfined --security-opt "
	              "apparmor=unconfined "
	              "--security-opt systempaths=unconfined ...\n");
}

static void explain_read_only(
    const struct machine *m, const char *programs, struct buf *cause, struct buf *fix)
{
	buf_puts(cause, "this container may not change /proc/sys, not even that of a network of "
	                "its own");
	buf_puts(fix, "docker run --privileged ...    (or, with fewer rights:)\n"
	              "docker run --security-opt systempaths=unconfined ...\n");
}

static void explain_chroot(const struct machine *m, const char *programs, struct buf *cause, struct buf *fix)
{
	buf_puts(cause, "inside a chroot the kernel refuses user namespaces (clone(2), EPERM)");
	buf_puts(fix, "leave the chroot, or run the lab in it as root\n");
}

static void explain_veth(const struct machine *m, const char *programs, struct buf *cause, struct buf *fix)
{
	buf_puts(cause, "the kernel has no virtual Ethernet links (module veth) loaded");
	buf_puts(fix, "sudo modprobe veth\n");
}

static void explain_kernel(const struct machine *m, const char *programs, struct buf *cause, struct buf *fix)
{
	buf_puts(cause, "this kernel is too old (before 5.3), or built without namespaces "
	                "(CONFIG_USER_NS, "
	                "CONFIG_NET_NS, CONFIG_PID_NS)");
	buf_puts(fix, "use the distribution's own kernel\n");
}

/* A chroot that is a mount point of its own looks like the root of a machine. */
static void explain_silence(const struct machine *m, const char *programs, struct buf *cause, struct buf *fix)
{
	buf_puts(cause, "no switch of this machine says so: a chroot, or a security module (see dmesg), as a "
	                "rule");
}

/* Each tells from the errno and the machine's switches; the first that holds is the cause. */
static bool is_apparmor(const struct machine *m, int sys)
{
	return !m->root && m->apparmor_restrict > 0 && (sys == EPERM || sys == EACCES);
}

static bool is_debian(const struct machine *m, int sys)
{
	return !m->root && m->userns_clone == 0 && sys == EPERM;
}

static bool is_limit(const struct machine *m, int sys)
{
	return sys == ENOSPC || sys == EUSERS;
}

static bool is_read_only(const struct machine *m, int sys)
{
	return sys == EROFS;
}

static bool is_chroot(const struct machine *m, int sys)
{
	return !m->root && m->chroot && sys == EPERM;
}

static bool is_container(const struct machine *m, int sys)
{
	return (m->seccomp || m->container || m->uid0) && (sys == EPERM || sys == EACCES);
}

static bool is_veth(const struct machine *m, int sys)
{
	return sys == EOPNOTSUPP;
}

static bool is_kernel(const struct machine *m, int sys)
{
	return sys == EINVAL || sys == ENOSYS;
}

static bool is_silence(const struct machine *m, int sys)
{
	return !m->root && (sys == EPERM || sys == EACCES);
}

static const struct {
	bool (*is)(const struct machine *m, int sys);
	void (*explain)(const struct machine *m, const char *programs, struct buf *cause, struct buf *fix);
} causes[] = {
	{ is_debian, explain_debian },
	{ is_limit, explain_limit },
	{ is_chroot, explain_chroot },
	{ is_apparmor, explain_apparmor },
	{ is_read_only, explain_read_only },
	{ is_container, explain_container },
	{ is_veth, explain_veth },
	{ is_kernel, explain_kernel },
	{ is_silence, explain_silence },
};

void refusal_explain(
    const struct machine *m, const struct err *e, const char *programs, struct buf *cause, struct buf *fix)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i].is(m, e->sys)) {
			causes[i].explain(m, programs, cause, fix);
			return;
		}
	buf_puts(cause, e->msg);
}
