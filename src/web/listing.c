/* The files of a directory; see listing.h. */
#include "web/listing.h"

#include "base/clock.h"
#include "base/escape.h"
#include "http/url.h"
#include "web/exchange.h"
#include "web/page.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_MAX = 768 * 1024 }; /* bytes of the page at which no further name is begun */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names, sorted; *cut when there are more than there is room for. */
static size_t read_names(struct exchange *x, DIR *d, const char **names, bool *cut)
{
	const struct dirent *e;
	size_t n = 0;

	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (n < LISTING_MAX)
			names[n] = (const char *)arena_dup(&x->arena, slice_str(e->d_name)).p;
		if (n == LISTING_MAX || !names[n]) {
			*cut = true;
			break;
		}
		n++;
	}
	qsort(names, n, sizeof(*names), by_name);
	return n;
}

static void put_name(struct buf *out, int dir, const char *name)
{
	char date[32];
	struct stat st;
	const char *slash;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return;
	slash = S_ISDIR(st.st_mode) ? "/" : "";
	buf_puts(out, "<tr><td><a href=\"./");
	http_percent_encode(out, slice_str(name));
	buf_printf(out, "%s\">", slash);
	escape_html(out, slice_str(name));
	buf_printf(out, "%s</a><td>", slash);
	if (!*slash)
		buf_u64(out, (uint64_t)st.st_size);
	buf_printf(
	    out, "<td>%s\n", clock_http_date((int64_t)st.st_mtim.tv_sec * CLOCK_SEC, date, sizeof(date)));
}

static void put_page(struct exchange *x, DIR *d, const char **names)
{
	bool cut = false;
	size_t n = read_names(x, d, names, &cut), i;
	struct buf *out = exchange_begin(x, 200, PAGE_HTML);

	page_open(out, x->path);
	buf_puts(out, "<table>\n");
	if (strspn(x->path, "/") != strlen(x->path))
		buf_puts(out, "<tr><td><a href=\"../\">../</a><td><td>\n");
	for (i = 0; i < n && out->n < PAGE_MAX; i++)
		put_name(out, dirfd(d), names[i]);
	buf_puts(out, "</table>\n");
	if (cut || i < n)
		buf_puts(out, "<p>There are more files than this page shows.</p>\n");
	page_close(out);
	exchange_field(x, "Cache-Control", "no-cache");
}

enum web_progress listing_page(struct exchange *x, int fd)
{
	const char **names = arena_raw(&x->arena, LISTING_MAX * sizeof(*names));
	DIR *d = names ? fdopendir(fd) : NULL;

	if (!d) {
		close(fd);
		return exchange_busy(x, "There is no memory to list the files");
	}
	put_page(x, d, names);
	closedir(d);
	return WEB_ANSWERED;
}
