/* A lab from its file to its outcome; see lesson.h. */
#include "lab/lesson.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of mount_setattr(2), which headers before Linux 5.12 lack. */
enum { MOUNT_SETATTR = 442, MOUNT_RDONLY = 1, AT_RECURSIVE_MOUNTS = 0x8000 };

/* Where a lab works: a place that is hidden by one in memory. */
#define FOLDER "/run"

enum { FILE_MAX = 256 << 10, WORDS = 96, ARENA = 64 << 20, TRANSCRIPT = 8 << 20 };

static struct program_function words[WORDS];

/* --- Arguments ---------------------------------------------------------------------------------------- */

const char *lesson_arg(struct lesson *l, const struct script_value *args, size_t n, size_t i, struct err *e)
{
	const struct script_value none = { .type = SCRIPT_NONE }, *v = i < n ? &args[i] : &none;

	switch (v->type) {
	case SCRIPT_TEXT: return (const char *)arena_dup(&l->arena, v->s).p;
	case SCRIPT_INT: return arena_printf(&l->arena, "%lld", (long long)v->i);
	case SCRIPT_REAL: return arena_printf(&l->arena, "%g", v->d);
	default: err_set(e, ERR_DATA, "argument %zu is to be a text", i + 1); return NULL;
	}
}

int lesson_arg_text(struct lesson *l, struct lesson_text *t, const struct script_value *args, size_t n,
    size_t i, struct err *e)
{
	for (size_t k = 0; k < 2; k++)
		if (!(t->in[k] = lesson_arg(l, args, n, i + k, e)))
			return -1;
	return 0;
}

int64_t lesson_arg_int(
    const struct script_value *args, size_t n, size_t i, int64_t low, int64_t high, struct err *e)
{
	if (i < n && args[i].type == SCRIPT_INT && args[i].i >= low && args[i].i <= high)
		return args[i].i;
	return err_set(e, ERR_DATA, "argument %zu is to be a whole number from %lld to %lld", i + 1,
	    (long long)low, (long long)high);
}

bool lesson_is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

	return name[0] && name[0] != '.' && strlen(name) < 40 && name[strspn(name, allowed)] == '\0';
}

/* --- The file ----------------------------------------------------------------------------------------- */

static int read_file(const char *path, struct buf *to, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return err_sys(e, "%s", path);
	while (buf_reserve(to, 4096) == 0 && (n = read(fd, to->p + to->n, 4096)) > 0)
		to->n += (size_t)n;
	close(fd);
	if (n < 0)
		return err_sys(e, "%s", path);
	return n ? err_set(e, ERR_DATA, "%s has more than %d bytes", path, FILE_MAX) : 0;
}

/* All words in one list, made once. */
static const struct program_function *all_words(void)
{
	const struct program_function *const lists[] = { lesson_words, lesson_net_words, lesson_capture_words,
		lesson_program_words, lesson_file_words, lesson_watch_words, lesson_judge_words };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (const struct program_function *f = lists[i]; f->name && n + 1 < WORDS; f++)
			words[n++] = *f;
	return words;
}

static void take_id(struct lesson *l, const char *dir)
{
	const char *slash = strrchr(dir, '/');
	struct slice rest = slice_str(slash ? slash + 1 : dir);

	slice_cstr(slice_cut(&rest, '-'), l->id, sizeof(l->id));
}

static int complete(const struct lesson *l, struct err *e)
{
	if (!l->title.in[0] || !l->goal.in[0])
		return err_set(
		    e, ERR_DATA, "%s/lab.lua: it has no %s", l->dir, l->title.in[0] ? "goal" : "title");
	if (!l->nmutants)
		return err_set(
		    e, ERR_DATA, "%s/lab.lua: it has no mutant that its checks must refuse", l->dir);
	for (unsigned i = 0; l->mutated && i < l->nmutants; i++)
		if (!strcmp(l->mutants[i].name, l->mutated))
			return 0;
	return l->mutated ? err_set(e, ERR_USAGE, "%s has no mutant '%s'", l->id, l->mutated) : 0;
}

/* Programs of administrators lie where the PATH of a user need not lead. */
static void widen_path(void)
{
	static const char more[] = ":/usr/local/sbin:/usr/sbin:/sbin";
	const char *path = getenv("PATH");
	char wide[PATH_MAX];

	if (path && strstr(path, more))
		return;
	if (snprintf(wide, sizeof(wide), "%s%s", path ? path : "/usr/bin:/bin", more) < (int)sizeof(wide))
		setenv("PATH", wide, 1);
}

int lesson_open(struct lesson *l, const char *dir, uint64_t seed, const char *mutant, struct err *e)
{
	char path[PATH_MAX + 16];
	struct buf text = { .max = FILE_MAX };
	int rc;

	*l = (struct lesson){ .seed = seed,
		.random = seed,
		.mutated = mutant,
		.claims = "",
		.out_fd = -1,
		.transcript = { .max = TRANSCRIPT } };
	arena_init(&l->arena, ARENA);
	widen_path();
	snprintf(l->dir, sizeof(l->dir), "%s", dir);
	take_id(l, dir);
	snprintf(path, sizeof(path), "%s/lab.lua", dir);
	rc = read_file(path, &text, e);
	if (rc == 0) {
		l->program = program_new(path, buf_view(&text), all_words(), l, e);
		rc = l->program ? complete(l, e) : -1;
		if (l->program)
			program_around(l->program, lesson_around);
	}
	buf_fini(&text);
	return rc;
}

void lesson_close(struct lesson *l)
{
	program_free(l->program);
	buf_fini(&l->transcript);
	arena_fini(&l->arena);
	l->program = NULL;
}

/* --- Its folder --------------------------------------------------------------------------------------- */

/* What programs of a lab may write is in memory and ends with the lab; nothing else of this machine's files can be
 * changed from inside (mount_setattr(2), Linux 5.12; older kernels do without that). */
static int enter_folder(struct err *e)
{
	struct {
		uint64_t set, clear, propagation, user;
	} change = { .set = MOUNT_RDONLY }, undo = { .clear = MOUNT_RDONLY };

	if (syscall(MOUNT_SETATTR, AT_FDCWD, "/", AT_RECURSIVE_MOUNTS, &change, sizeof(change)) == 0)
		syscall(MOUNT_SETATTR, AT_FDCWD, "/proc", 0, &undo, sizeof(undo));
	if (mount("none", FOLDER, "tmpfs", MS_NOSUID | MS_NODEV, "size=256m,mode=1777"))
		return err_sys(e, "cannot make a folder in memory");
	/* Not there in every container. */
	mount("none", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "size=256m,mode=1777");
	if (chdir(FOLDER))
		return err_sys(e, "cannot use the folder %s", FOLDER);
	setenv("HOME", FOLDER, 1);
	setenv("TMPDIR", FOLDER, 1);
	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("XDG_STATE_HOME");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_CACHE_HOME");
	unsetenv("SSLKEYLOGFILE");
	return 0;
}

static int copy_out(const struct lesson *l, const char *name, struct err *e)
{
	int from = open(name, O_RDONLY | O_CLOEXEC), to;
	char piece[65536];
	ssize_t n = 0;

	to = openat(l->out_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (from < 0 || to < 0)
		n = err_sys(e, "cannot keep %s", name);
	while (n >= 0 && (n = read(from, piece, sizeof(piece))) > 0)
		if (write(to, piece, (size_t)n) != n)
			n = err_sys(e, "cannot keep %s", name);
	if (from >= 0)
		close(from);
	if (to >= 0 && close(to) && n >= 0)
		n = err_sys(e, "cannot keep %s", name);
	return n < 0 ? -1 : 0;
}

/* Captures, what the wires did, and the keys. */
static int keep_files(const struct lesson *l, struct err *e)
{
	const struct lesson_stage *s = &l->stage;
	char name[64];

	for (unsigned i = 0; i < s->ncaptures; i++) {
		snprintf(name, sizeof(name), "%s.pcapng", s->captures[i].name);
		if (copy_out(l, name, e))
			return -1;
	}
	for (unsigned i = 0; i < s->ncables; i++)
		if (copy_out(l, s->cables[i].log, e))
			return -1;
	if (s->kept_keys && copy_out(l, s->kept_keys, e))
		return -1;
	return lesson_replay_write(l, e) ? -1 : copy_out(l, "run.txt", e);
}

/* --- A run -------------------------------------------------------------------------------------------- */

/* What the wires did, as they say themselves. */
static int show_wires(const struct lesson *l, struct err *e)
{
	char line[512];

	for (unsigned i = 0; l->to && i < l->stage.ncables; i++) {
		const char *log = l->stage.cables[i].log;
		FILE *f = fopen(log, "re");

		if (!f)
			return err_sys(e, "%s", log);
		fprintf(l->to, "\n%s (%s)\n", l->lang ? "선이 한 일" : "What the wire did", log);
		while (fgets(line, sizeof(line), f))
			fprintf(l->to, "  %s", line);
		fclose(f);
	}
	return 0;
}

/* Asks the captures; a lab that leaves something out is wrong itself. */
static int judge(struct lesson *l, struct err *e)
{
	if (program_call(l->program, "checks", e) || program_call(l->program, "answers", e))
		return -1;
	if (!l->outcome->held && !l->outcome->failed)
		return err_set(e, ERR_DATA, "%s checked nothing", l->id);
	if (l->outcome->answered != l->nquestions)
		return err_set(e, ERR_DATA, "%s answers %u of its %u questions", l->id, l->outcome->answered,
		    l->nquestions);
	return 0;
}

static int inside(struct lab *lab, void *arg, struct err *e)
{
	struct lesson *l = arg;

	l->stage.lab = lab;
	if (enter_folder(e) || program_call(l->program, "network", e) ||
	    program_call(l->program, "steps", e) || lesson_stage_end(l, e))
		return -1;
	if (!l->outcome->verdict)
		return 0;
	if (show_wires(l, e))
		return -1;
	if (judge(l, e))
		return -1;
	if (l->to)
		fflush(l->to);
	if (l->out && keep_files(l, e))
		return -1;
	return 0;
}

/* The folder to keep files in, opened where it can be written: from inside it cannot. */
static int open_out(struct lesson *l, struct err *e)
{
	l->out_fd = -1;
	if (!l->out)
		return 0;
	if (mkdir(l->out, 0755) && errno != EEXIST)
		return err_sys(e, "cannot make the folder %s", l->out);
	l->out_fd = open(l->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return l->out_fd < 0 ? err_sys(e, "cannot use the folder %s", l->out) : 0;
}

int lesson_run(struct lesson *l, struct err *e)
{
	struct lesson_outcome *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static struct lesson_outcome kept;
	int rc;

	if (shared == MAP_FAILED)
		return err_sys(e, "mmap");
	l->outcome = shared;
	rc = open_out(l, e) ? -1 : lab_run(inside, l, e);
	if (l->out_fd >= 0)
		close(l->out_fd);
	kept = *shared;
	munmap(shared, sizeof(*shared));
	l->outcome = &kept;
	return rc;
}

int lesson_draw(struct lesson *l, struct err *e)
{
	static struct lab noted;

	noted = (struct lab){ .home = -1 };
	l->stage = (struct lesson_stage){ .lab = &noted };
	l->dry = true;
	return program_call(l->program, "network", e);
}

int lesson_judge(struct lesson *l, const char *dir, struct err *e)
{
	static struct lesson_outcome outcome;

	outcome = (struct lesson_outcome){ .verdict = true };
	l->outcome = &outcome;
	if (lesson_replay_read(l, dir, e) || lesson_draw(l, e))
		return -1;
	if (chdir(dir))
		return err_sys(e, "cannot use the folder %s", dir);
	return program_call(l->program, "steps", e) || judge(l, e) ? -1 : 0;
}
