/* Exercises Cookie and Set-Cookie: what the writer accepts must be read back unchanged and never
 * end its line early. */
#include "http/cookie.h"
#include "http/date.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_written(const struct http_setcookie *c)
{
	struct buf out = { 0 };
	struct http_setcookie back;
	struct slice line;

	if (http_setcookie_write(&out, c) == 0) {
		line = slice_skip(buf_view(&out), strlen("Set-Cookie: "));
		assert(slice_chr(line, '\r') == (ssize_t)line.n - 2);
		line.n -= 2;
		assert(http_setcookie_parse(line, &back) == 0);
		assert(slice_eq(back.name, c->name) && slice_eq(back.value, c->value));
		assert(slice_eq(back.domain, c->domain));
		assert(slice_eq(back.path, c->path));
		assert(back.secure == c->secure && back.http_only == c->http_only);
		assert(back.samesite == c->samesite && back.partitioned == c->partitioned);
		assert(back.has_max_age == c->has_max_age && back.has_expires == c->has_expires);
		assert(back.unknown == 0);
	} else {
		assert(out.failed && out.n == 0);
	}
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size), rest = in, path;
	struct http_setcookie set;
	struct http_cookie c;
	int64_t seconds;

	while (http_cookie_next(&rest, &c)) {
		assert(c.name.n > 0);
		assert(slice_chr(c.name, '=') < 0 && slice_chr(c.value, ';') < 0);
	}
	if (http_setcookie_parse(in, &set) == 0) {
		(void)http_setcookie_check(&set, SLICE("a.example"), true);
		check_written(&set);
		path = http_default_path(set.path);
		assert(set.path.n == 0 || http_path_match(set.path, path));
	}
	(void)http_cookie_date(in, &seconds);
	(void)http_date_parse(in, &seconds);
	(void)http_domain_match(in, slice_skip(in, size / 2));
	return 0;
}
