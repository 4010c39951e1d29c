/* A row of output files; see rotate.h.
 *
 * Names are tcpdump's: FILE, FILE1, FILE2 ...; with a count FILE0 ... in as many digits as the last one has.  A time
 * in the name starts the numbers anew; where it does not differ from the one before, they go on, so that no file is
 * written over but by a count. */
#include "render/rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/slice.h"

struct rotate {
	struct rotate_options o;
	struct stat input;
	int dir;
	char *pattern;           /* of the name */
	char folder[PATH_MAX];   /* with its slash; "" for the working folder */
	char stem[NAME_MAX + 1]; /* the name without its number, of the present file */
	char path[PATH_MAX + NAME_MAX + 32];
	FILE *file;                  /* NULL before the first */
	uint64_t made, number, size; /* files so far; the present one's number and bytes */
	int64_t slice;               /* when the present slice of time began */
};

int rotate_size(const char *text, uint64_t *bytes, struct err *e)
{
	static const struct {
		const char *suffix;
		uint64_t unit;
	} units[] = { { "k", 1 << 10 }, { "m", 1 << 20 }, { "g", 1 << 30 }, { "", 1000000 } };
	struct slice s = slice_str(text);
	uint64_t n, unit = 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && !unit; i++) {
		struct slice suffix = slice_str(units[i].suffix);

		if (s.n > suffix.n && slice_ieq(slice_skip(s, s.n - suffix.n), suffix)) {
			unit = units[i].unit;
			s.n -= suffix.n;
		}
	}
	if (!unit || slice_u64(s, &n) < 0 || n == 0 || n > INT64_MAX / unit)
		return err_set(e, ERR_USAGE,
		    "-C takes a size: millions of bytes, or with a suffix k, m or g as in 500k; not '%s'",
		    text);
	*bytes = n * unit;
	return 0;
}

/* --- The folder ------------------------------------------------------------------------------- */

static int open_folder(struct rotate *r, struct err *e)
{
	const char *slash = strrchr(r->o.path, '/'), *name = slash ? slash + 1 : r->o.path;
	size_t n = (size_t)(name - r->o.path);

	if (!*name || n >= sizeof(r->folder))
		return err_set(e, ERR_USAGE, "cannot write %s: it names no file", r->o.path);
	memcpy(r->folder, r->o.path, n);
	r->pattern = strdup(name);
	if (!r->pattern)
		return err_set(e, ERR_ENV, "out of memory");
	r->dir = open(n ? r->folder : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r->dir < 0 || faccessat(r->dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return err_sys(e, "cannot write %s", r->o.path);
	return 0;
}

struct rotate *rotate_new(const struct rotate_options *o, struct err *e)
{
	struct rotate *r = calloc(1, sizeof(*r));

	if (!r) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	r->o = *o;
	r->dir = -1;
	if (o->input)
		r->input = *o->input; /* r->o.input only says that there is one from now on */
	if (open_folder(r, e) < 0) {
		rotate_free(r);
		return NULL;
	}
	snprintf(r->path, sizeof(r->path), "%s", o->path);
	return r;
}

int rotate_close(struct rotate *r, struct err *e)
{
	FILE *f = r->file;

	r->file = NULL;
	return f && fclose(f) != 0 ? err_sys(e, "cannot write %s", r->path) : 0;
}

void rotate_free(struct rotate *r)
{
	if (!r)
		return;
	if (r->file)
		fclose(r->file);
	if (r->dir >= 0)
		close(r->dir);
	free(r->pattern);
	free(r);
}

int rotate_dir(const struct rotate *r)
{
	return r->dir;
}

/* --- When ------------------------------------------------------------------------------------- */

static bool over(const struct rotate *r, int64_t ts)
{
	return r->o.seconds && ts >= r->slice && (ts - r->slice) / CLOCK_SEC >= r->o.seconds;
}

bool rotate_due(const struct rotate *r, int64_t ts, uint64_t size)
{
	return !r->file || over(r, ts) || (r->o.bytes && r->size && r->size + size > r->o.bytes);
}

void rotate_wrote(struct rotate *r, uint64_t size)
{
	r->size += size;
}

const char *rotate_path(const struct rotate *r)
{
	return r->path;
}

/* --- Names ------------------------------------------------------------------------------------ */

/* The name of a slice of time, without a number. */
static int make_stem(const struct rotate *r, char *stem, size_t size, struct err *e)
{
	int64_t sec = r->slice / CLOCK_SEC - (r->slice % CLOCK_SEC < 0);
	time_t at = (time_t)sec;
	struct tm tm;

	if (!r->o.seconds || !strchr(r->pattern, '%')) {
		snprintf(stem, size, "%s", r->pattern);
		return 0;
	}
	if (!localtime_r(&at, &tm) || strftime(stem, size, r->pattern, &tm) == 0 || strchr(stem, '/'))
		return err_set(
		    e, ERR_USAGE, "cannot write %s: with the time it makes no file name", r->o.path);
	return 0;
}

static unsigned digits(unsigned v)
{
	return v < 10 ? 1 : 1 + digits(v / 10);
}

/* Sets r->path to that of the next file; its name in it is returned. */
static const char *next_name(struct rotate *r, struct err *e)
{
	char stem[sizeof(r->stem)];
	size_t n = strlen(r->folder);

	if (make_stem(r, stem, sizeof(stem), e) < 0)
		return NULL;
	r->number = r->made && strcmp(stem, r->stem) == 0 ? r->number + 1 : 0;
	memcpy(r->stem, stem, sizeof(stem));
	if (r->o.bytes && r->o.count)
		snprintf(r->path, sizeof(r->path), "%s%s%0*u", r->folder, stem, (int)digits(r->o.count - 1),
		    (unsigned)(r->number % r->o.count));
	else if (r->number)
		snprintf(
		    r->path, sizeof(r->path), "%s%s%llu", r->folder, stem, (unsigned long long)r->number);
	else
		snprintf(r->path, sizeof(r->path), "%s%s", r->folder, stem);
	return r->path + n;
}

/* Emptied only when it is known what it is: a name can lead to the capture that is being read. */
static FILE *open_file(struct rotate *r, const char *name, struct err *e)
{
	int fd = openat(r->dir, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat st;
	FILE *f;

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(e, "cannot write %s", r->path);
	} else if (r->o.input && st.st_dev == r->input.st_dev && st.st_ino == r->input.st_ino) {
		err_set(e, ERR_USAGE, "%s is the capture that is read: write to another file", r->path);
	} else if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_ENV, "cannot write %s: it is no file", r->path);
	} else {
		f = ftruncate(fd, 0) == 0 ? fdopen(fd, "wb") : NULL;
		if (f)
			return f;
		err_sys(e, "cannot write %s", r->path);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

FILE *rotate_next(struct rotate *r, int64_t ts, struct err *e)
{
	const char *name;

	if (rotate_close(r, e) < 0)
		return NULL;
	if (!r->o.bytes && r->o.count && r->made == r->o.count) {
		err_set(e, ERR_NONE, "the last file is written");
		return NULL;
	}
	/* Slices are as long as was asked for, wherever in one its first packet stands. */
	if (!r->made)
		r->slice = ts;
	else if (over(r, ts))
		r->slice += (ts - r->slice) / CLOCK_SEC / r->o.seconds * r->o.seconds * CLOCK_SEC;
	name = next_name(r, e);
	r->file = name ? open_file(r, name, e) : NULL;
	r->size = 0;
	r->made += r->file != NULL;
	return r->file;
}
