/* The words by which a lab has files, names and an environment for its programs. */
#include "lab/lesson.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { READ_MAX = 1 << 20, PAUSE_MS = 5000 };

/* In the folder of a run; all of it is gone with the lab. */
static const char *file_arg(
    struct lesson *l, const struct script_value *args, size_t n, size_t i, struct err *e)
{
	const char *name = lesson_arg(l, args, n, i, e);

	if (name && !l->stage.lab) {
		err_set(e, ERR_DATA, "files are for network() and what follows it");
		return NULL;
	}
	if (!name || lesson_is_name(name))
		return name;
	err_set(e, ERR_DATA, "'%.40s' cannot name a file: letters, digits, - _ and dots", name);
	return NULL;
}

/* It belongs to whom the programs are run as. */
static int write_text(const char *name, mode_t mode, struct slice text, struct err *e)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
	struct lab_owner owner = lab_owner();
	int rc = 0;

	if (fd < 0)
		return err_sys(e, "cannot make %s", name);
	if ((owner.drop && fchown(fd, owner.uid, owner.gid)) || write(fd, text.p, text.n) != (ssize_t)text.n)
		rc = err_sys(e, "cannot write %s", name);
	close(fd);
	return rc;
}

/* file(name, text) */
static int word_file(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *name = file_arg(l, args, n, 0, e), *text = name ? lesson_arg(l, args, n, 1, e) : NULL;

	return text ? write_text(name, 0600, args[1].type == SCRIPT_TEXT ? args[1].s : slice_str(text), e)
	            : -1;
}

/* text = read(name): nil when there is no such file. */
static int word_read(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *name = file_arg(l, args, n, 0, e);
	struct buf b = { .max = READ_MAX };
	ssize_t got = 0;
	int fd = name ? open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;

	results[0] = (struct script_value){ .type = SCRIPT_NIL };
	if (fd < 0)
		return name ? 1 : -1;
	while (buf_reserve(&b, 4096) == 0 && (got = read(fd, b.p + b.n, 4096)) > 0)
		b.n += (size_t)got;
	close(fd);
	results[0] = (struct script_value){ .type = SCRIPT_TEXT, .s = arena_dup(&l->arena, buf_view(&b)) };
	buf_fini(&b);
	return got ? err_set(e, ERR_DATA, "%s has more than %d bytes, or cannot be read", name, READ_MAX) : 1;
}

/* --- Names -------------------------------------------------------------------------------------------- */

/* hosts(text): what /etc/hosts says in the lab. */
static int word_hosts(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *text = lesson_arg(l, args, n, 0, e);

	if (!text || !l->stage.lab)
		return text ? err_set(e, ERR_DATA, "hosts() is for network() and what follows it") : -1;
	text = arena_printf(&l->arena, "127.0.0.1 localhost\n::1 localhost\n%s\n", text);
	if (!text || write_text("hosts", 0644, slice_str(text), e))
		return -1;
	return lab_hosts("hosts", e);
}

/* Makes a file where a link of /etc leads to the folder that the lab's own hides. */
static int make_target(const char *path, struct err *e)
{
	char part[PATH_MAX + 8];
	int fd;

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			if (mkdir(part, 0755) && errno != EEXIST)
				return err_sys(e, "%s", part);
			*p = '/';
		}
	fd = open(part, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "%s", part);
	close(fd);
	return 0;
}

static int cover_resolver(struct err *e)
{
	static const char path[] = "/etc/resolv.conf";
	char to[PATH_MAX], full[PATH_MAX + 8];
	ssize_t n;

	if (access(path, F_OK) && (n = readlink(path, to, sizeof(to) - 1)) > 0) {
		to[n] = '\0';
		snprintf(full, sizeof(full), "%s%s", to[0] == '/' ? "" : "/etc/", to);
		if (make_target(full, e))
			return -1;
	}
	if (mount("resolv.conf", path, NULL, MS_BIND, NULL))
		return err_sys(e, "cannot put the lab's resolv.conf in the place of %s", path);
	return 0;
}

/* resolver(address): who answers questions for names; or the whole text of resolv.conf. */
static int word_resolver(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *text = lesson_arg(l, args, n, 0, e);

	if (!text || !l->stage.lab)
		return text ? err_set(e, ERR_DATA, "resolver() is for network() and what follows it") : -1;
	if (!strchr(text, '\n'))
		text = arena_printf(&l->arena, "nameserver %s\noptions timeout:2 attempts:2\n", text);
	if (!text || write_text("resolv.conf", 0644, slice_str(text), e))
		return -1;
	return cover_resolver(e);
}

/* --- Environment -------------------------------------------------------------------------------------- */

/* environment(name, value): of the programs that are started from now on. */
static int word_environment(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *name = lesson_arg(l, args, n, 0, e), *value = name ? lesson_arg(l, args, n, 1, e) : NULL;

	if (!value)
		return -1;
	if (!l->stage.lab || !name[0] || strchr(name, '='))
		return err_set(e, ERR_DATA, "environment(name, value) is for network() and what follows it");
	return setenv(name, value, 1) ? err_sys(e, "setenv") : 0;
}

static bool is_installed(const char *name)
{
	const char *path = getenv("PATH");
	struct slice rest = slice_str(path ? path : "/usr/bin:/bin");
	char full[PATH_MAX];
	bool found = false;

	while (rest.n && !found && !strchr(name, '/')) {
		struct slice dir = slice_cut(&rest, ':');

		snprintf(full, sizeof(full), "%.*s/%s", (int)dir.n, (const char *)dir.p, name);
		found = access(full, X_OK) == 0;
	}
	return found;
}

/* have(program): whether this machine has it. */
static int word_have(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	const char *name = lesson_arg(host, args, n, 0, e);

	if (!name)
		return -1;
	results[0] = (struct script_value){ .type = SCRIPT_BOOL, .b = is_installed(name) };
	return 1;
}

/* needs(program): where it is missing the lab is not run. */
static int word_needs(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *name = lesson_arg(l, args, n, 0, e);

	if (!name)
		return -1;
	if (!is_installed(name))
		l->lacks = name;
	return 0;
}

/* tell(en, ko): a line of the run. */
static int word_tell(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_text t;

	if (lesson_arg_text(l, &t, args, n, 0, e))
		return -1;
	if (l->to)
		fprintf(l->to, "\n%s\n", t.in[l->lang]);
	return 0;
}

/* pause(ms): for what is about time itself; to wait for something there is wait_state. */
static int word_pause(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	int64_t ms = lesson_arg_int(args, n, 0, 0, PAUSE_MS, e);
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	if (ms < 0)
		return -1;
	while (nanosleep(&t, &t) && errno == EINTR)
		;
	return 0;
}

const struct program_function lesson_file_words[] = {
	{ "file", word_file },
	{ "read", word_read },
	{ "hosts", word_hosts },
	{ "resolver", word_resolver },
	{ "environment", word_environment },
	{ "have", word_have },
	{ "needs", word_needs },
	{ "tell", word_tell },
	{ "pause", word_pause },
	{ NULL, NULL },
};
