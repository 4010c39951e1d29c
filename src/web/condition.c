/* Conditional requests; see condition.h. */
#include "web/condition.h"

#include "http/date.h"

/* Is it the entity tag?  A weak one is only when `weak` is good enough. */
static bool is_tag(struct slice member, struct slice etag, bool weak)
{
	if (weak && slice_starts(member, SLICE("W/")))
		member = slice_skip(member, 2);
	return slice_eq(member, etag);
}

/* Does one of the fields `name` list the tag, or any there is? */
static bool lists(const struct http_msg *req, const char *name, const struct validators *v, bool weak)
{
	const struct http_field *f = http_find(req, slice_str(name));
	struct slice rest, member;

	for (; f && v->etag.p; f = http_find_next(req, f, slice_str(name)))
		for (rest = f->value; http_list_next(&rest, &member);)
			if (is_tag(member, v->etag, weak) || slice_eq_str(member, "*"))
				return true;
	return false;
}

/* 1: it was changed after the time in the field; 0: not; -1: there is no such time, or none to compare. */
static int changed_after(const struct http_msg *req, const char *name, const struct validators *v)
{
	int64_t then;

	if (v->modified < 0 || http_date_parse(http_value(req, slice_str(name)), &then))
		return -1;
	return v->modified > then;
}

unsigned condition_verdict(const struct http_msg *req, const struct validators *v)
{
	bool reads = req->method == HTTP_GET || req->method == HTTP_HEAD;

	if (http_find(req, SLICE("If-Match"))) {
		if (!lists(req, "If-Match", v, false))
			return 412;
	} else if (changed_after(req, "If-Unmodified-Since", v) > 0) {
		return 412;
	}
	if (http_find(req, SLICE("If-None-Match"))) {
		if (lists(req, "If-None-Match", v, true))
			return reads ? 304 : 412;
	} else if (reads && changed_after(req, "If-Modified-Since", v) == 0) {
		return 304;
	}
	return 0;
}

bool condition_range(const struct http_msg *req, const struct validators *v, int64_t now)
{
	const struct http_field *f = http_find(req, SLICE("If-Range"));
	int64_t then;

	if (!f)
		return true;
	if (http_find_next(req, f, SLICE("If-Range")))
		return false;
	if (http_date_parse(f->value, &then) == 0)
		return v->modified == then && then < now;
	return is_tag(f->value, v->etag, false);
}
