/* Which store a name means; see store.h. */
#include "auth/store.h"
#include "auth/store_redis.h"

#include <stdio.h>

static int bad_name(const char *name, struct err *e)
{
	return err_set(e, ERR_USAGE,
	    "no such store: '%s'; there are none, memory, sqlite:PATH[?sync=full|normal], redis://HOST:PORT "
	    "and redis+unix://PATH",
	    name);
}

static int open_memory(struct store *s, struct loop *l, const char *rest, size_t max, struct err *e)
{
	return store_memory_open(s, max, e);
}

static int open_none(struct store *s, struct loop *l, const char *rest, size_t max, struct err *e)
{
	*s = (struct store){ NULL, NULL };
	return 0;
}

static int open_sqlite(struct store *s, struct loop *l, const char *rest, size_t max, struct err *e)
{
	struct slice path = slice_str(rest);
	ssize_t at = slice_find(path, SLICE("?sync="));
	struct slice sync = at < 0 ? SLICE("full") : slice_skip(path, (size_t)at + 6);
	char text[4096];

	path = slice_sub(path, 0, at < 0 ? path.n : (size_t)at);
	if (!slice_eq_str(sync, "full") && !slice_eq_str(sync, "normal"))
		return err_set(
		    e, ERR_USAGE, "sqlite:PATH?sync= takes full or normal, not '%s'", rest + at + 6);
	if (path.n == 0 || path.n >= sizeof(text))
		return err_set(e, ERR_USAGE, "sqlite: needs the path of a file: sqlite:sessions.db");
	return store_sqlite_open(s, l, slice_cstr(path, text, sizeof(text)), slice_eq_str(sync, "full"), e);
}

static int open_redis(struct store *s, struct loop *l, const char *rest, size_t max, struct err *e)
{
	struct store_redis_at at;

	return store_redis_host(rest, &at, e) ? -1 : store_redis_open(s, l, &at, e);
}

static int open_redis_unix(struct store *s, struct loop *l, const char *rest, size_t max, struct err *e)
{
	struct store_redis_at at;

	return store_redis_path(rest, &at, e) ? -1 : store_redis_open(s, l, &at, e);
}

static const struct {
	const char *name; /* with a colon: what follows is the constructor's */
	int (*open)(struct store *s, struct loop *l, const char *rest, size_t max, struct err *e);
} kinds[] = {
	{ "memory", open_memory },
	{ "none", open_none },
	{ "sqlite:", open_sqlite },
	{ "redis://", open_redis },
	{ "redis+unix://", open_redis_unix },
};

int store_open(struct store *s, struct loop *l, const char *name, size_t max, struct err *e)
{
	struct slice given = slice_str(name);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct slice known = slice_str(kinds[i].name);
		bool takes_more = slice_chr(known, ':') >= 0;

		if (takes_more ? slice_starts(given, known) : slice_eq(given, known))
			return kinds[i].open(s, l, name + known.n, max, e);
	}
	return bad_name(name, e);
}
