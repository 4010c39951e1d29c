/* Giving privileges up: see priv.h.  Capabilities are set with the system call itself; libcap would
 * be one more dependency for two calls. */
#include "net/priv.h"

#include "base/slice.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Version 3 of the interface carries 64 capabilities in two words each. */
struct caps {
	struct __user_cap_header_struct head;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static struct caps caps_none(void)
{
	return (struct caps){ .head.version = _LINUX_CAPABILITY_VERSION_3 };
}

bool priv_has_cap(int cap)
{
	struct caps c = caps_none();

	if (cap < 0 || cap >= 64 || syscall(SYS_capget, &c.head, c.data))
		return false;
	return c.data[cap / 32].effective >> (cap % 32) & 1;
}

/* A decimal id of the environment; false when absent, damaged, or root's. */
static bool env_id(const char *name, uint32_t *id)
{
	uint64_t v;

	if (slice_u64(slice_str(getenv(name)), &v) || v == 0 || v >= UINT32_MAX)
		return false;
	*id = (uint32_t)v;
	return true;
}

bool priv_invoker(uid_t *uid, gid_t *gid)
{
	return geteuid() == 0 && env_id("SUDO_UID", uid) && env_id("SUDO_GID", gid);
}

static int drop_caps(struct err *e)
{
	struct caps none = caps_none();

	/* EINVAL: a kernel before 4.3, which has no ambient set to clear. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L) && errno != EINVAL)
		return err_sys(e, "cannot clear the ambient capabilities");
	if (syscall(SYS_capset, &none.head, none.data))
		return err_sys(e, "cannot drop the capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L))
		return err_sys(e, "cannot set no_new_privs");
	return 0;
}

/* Groups first, user last: the calls need the very privilege they give up. */
static int drop_ids(uid_t uid, gid_t gid, struct err *e)
{
	if (setgroups(0, NULL))
		return err_sys(e, "cannot drop the supplementary groups");
	if (setresgid(gid, gid, gid))
		return err_sys(e, "cannot become group %u", (unsigned)gid);
	if (setresuid(uid, uid, uid))
		return err_sys(e, "cannot become user %u", (unsigned)uid);
	return 0;
}

int priv_drop(uid_t uid, gid_t gid, struct err *e)
{
	if (geteuid() == 0 && uid != 0) {
		if (drop_ids(uid, gid, e))
			return -1;
	} else if (uid != geteuid()) {
		return err_set(e, ERR_ENV, "cannot become user %u without being root", (unsigned)uid);
	}
	if (drop_caps(e))
		return -1;
	if (uid != 0 && (setuid(0) == 0 || geteuid() == 0))
		return err_set(e, ERR_ENV, "root could be taken back after it was given up");
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (priv_has_cap(cap))
			return err_set(e, ERR_ENV, "capability %d could not be given up", cap);
	return 0;
}

int priv_drop_to_invoker(struct err *e)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	priv_invoker(&uid, &gid);
	return priv_drop(uid, gid, e);
}

int priv_drop_to(const char *user, struct err *e)
{
	const struct passwd *who;

	if (!user || geteuid() != 0)
		return priv_drop_to_invoker(e);
	errno = 0;
	who = getpwnam(user);
	if (!who && errno)
		return err_sys(e, "cannot look up the user %s", user);
	if (!who)
		return err_set(e, ERR_USAGE, "there is no user '%s'", user);
	return priv_drop(who->pw_uid, who->pw_gid, e);
}

int priv_keep_net(struct err *e)
{
	static const int kept[] = { CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE };
	struct caps c = caps_none();

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		c.data[0].permitted |= 1u << kept[i];
		c.data[0].effective = c.data[0].inheritable = c.data[0].permitted;
	}
	if (syscall(SYS_capset, &c.head, c.data))
		return err_sys(e, "cannot keep the privileges over the network");
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, (unsigned long)kept[i], 0L, 0L))
			return err_sys(e, "cannot pass the privileges over the network on");
	return 0;
}
