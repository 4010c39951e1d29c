/* Where a Redis is, as text; see store_redis.h. */
#include "auth/store_redis.h"

#include "net/addr.h"

#include <stdlib.h>

enum { PORT = 6379 };

static int copy(struct slice s, char *to, size_t size, const char *what, struct err *e)
{
	if (s.n >= size)
		return err_set(e, ERR_USAGE, "redis: the %s is too long", what);
	slice_cstr(s, to, size);
	return 0;
}

static int password_of_environment(struct store_redis_at *at, struct err *e)
{
	if (at->password[0])
		return 0;
	return copy(
	    slice_str(getenv("OSILAB_REDIS_PASSWORD")), at->password, sizeof(at->password), "password", e);
}

/* "[USER]:PASSWORD", or a password alone. */
static int read_secret(struct slice text, struct store_redis_at *at, struct err *e)
{
	ssize_t colon = slice_chr(text, ':');

	if (colon >= 0 && copy(slice_sub(text, 0, (size_t)colon), at->user, sizeof(at->user), "user", e))
		return -1;
	return copy(slice_skip(text, (size_t)(colon + 1)), at->password, sizeof(at->password), "password", e);
}

static int read_db(struct slice text, struct store_redis_at *at, struct err *e)
{
	uint64_t db;

	if (text.n == 0)
		return 0;
	if (slice_u64(text, &db) || db > 1000000)
		return err_set(e, ERR_USAGE, "redis://HOST:PORT/DB: DB is the number of a database");
	at->db = (unsigned)db;
	return 0;
}

int store_redis_host(const char *text, struct store_redis_at *at, struct err *e)
{
	struct slice rest = slice_str(text), place;
	ssize_t sign = slice_rchr(rest, '@');
	char name[300];
	struct addr a;

	*at = (struct store_redis_at){ 0 };
	if (sign >= 0 && read_secret(slice_sub(rest, 0, (size_t)sign), at, e))
		return -1;
	rest = slice_skip(rest, (size_t)(sign + 1));
	place = slice_cut(&rest, '/');
	if (copy(place, name, sizeof(name), "address", e) || addr_resolve(&a, name, PORT, e) ||
	    read_db(rest, at, e))
		return -1;
	addr_format_host(&a, at->host, sizeof(at->host));
	at->port = addr_port(&a);
	if (at->port == 0)
		return err_set(e, ERR_USAGE, "redis://HOST:PORT: the port cannot be 0");
	return password_of_environment(at, e);
}

int store_redis_path(const char *text, struct store_redis_at *at, struct err *e)
{
	struct slice path = slice_str(text);

	*at = (struct store_redis_at){ 0 };
	if (path.n == 0)
		return err_set(
		    e, ERR_USAGE, "redis+unix:// needs the path of a socket: redis+unix:///run/redis.sock");
	if (path.n >= 108) /* sun_path, unix(7) */
		return err_set(
		    e, ERR_USAGE, "redis+unix://%s: the path of a socket has at most 107 bytes", text);
	slice_cstr(path, at->host, sizeof(at->host));
	return password_of_environment(at, e);
}
