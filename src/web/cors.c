/* Cross-origin resource sharing; see cors.h. */
#include "web/cors.h"

#include "http/url.h"
#include "http/write.h"
#include "web/exchange.h"

struct cors cors_defaults(void)
{
	return (struct cors){
		.methods = "GET, HEAD, POST, PUT, PATCH, DELETE",
		.headers = "Content-Type, Authorization, If-Match, If-None-Match",
		.exposed = "ETag, Location, Retry-After",
		.max_age = 600,
	};
}

static bool is_any(const struct cors *c)
{
	return c->origins.n == 1 && slice_eq_str(slice_str(c->origins.v[0]), "*");
}

/* An origin as browsers write it: scheme, host, perhaps a port, and nothing else. */
static bool is_origin(struct slice text)
{
	struct http_url url;

	return http_url_parse(text, &url) == 0 && url.host.n && !url.userinfo.p && !url.path.n &&
	       !url.query.p && !url.fragment.p;
}

int cors_check(const struct cors *c, struct err *e)
{
	if (is_any(c) && c->credentials)
		return err_set(
		    e, ERR_USAGE, "--cors-credentials needs origins by name: any page could act for a user");
	for (int i = 0; i < c->origins.n && !is_any(c); i++)
		if (!is_origin(slice_str(c->origins.v[i])))
			return err_set(e, ERR_USAGE,
			    "--cors-origin takes * alone or scheme://host:port, not '%s'", c->origins.v[i]);
	return 0;
}

/* The one Origin of the request, when it may; else p is NULL. */
static struct slice allowed(const struct exchange *x)
{
	const struct http_field *f = http_find(&x->req, SLICE("Origin"));
	const struct cors *c = &x->site->cors;

	if (f && !http_find_next(&x->req, f, SLICE("Origin")))
		for (int i = 0; i < c->origins.n; i++)
			if (is_any(c) || slice_ieq_str(f->value, c->origins.v[i]))
				return f->value;
	return slice_of(NULL, 0);
}

bool cors_preflight(struct exchange *x)
{
	const struct cors *c = &x->site->cors;

	if (x->req.method != HTTP_OPTIONS || !http_find(&x->req, SLICE("Access-Control-Request-Method")) ||
	    !allowed(x).p)
		return false;
	exchange_begin(x, 204, NULL);
	exchange_field(x, "Access-Control-Allow-Methods", c->methods);
	exchange_field(x, "Access-Control-Allow-Headers", c->headers);
	exchange_field(x, "Access-Control-Max-Age", arena_printf(&x->arena, "%lld", (long long)c->max_age));
	exchange_field(x, "Vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
	return true;
}

void cors_write(const struct exchange *x, struct buf *out)
{
	const struct cors *c = &x->site->cors;
	struct slice origin = allowed(x);

	if (!c->origins.n)
		return;
	if (!is_any(c)) /* caches must not give one origin's answer to another */
		http_write_text(out, "Vary", "Origin");
	if (!origin.p)
		return;
	http_write_field(out, SLICE("Access-Control-Allow-Origin"), is_any(c) ? SLICE("*") : origin);
	if (c->credentials)
		http_write_text(out, "Access-Control-Allow-Credentials", "true");
	if (*c->exposed)
		http_write_text(out, "Access-Control-Expose-Headers", c->exposed);
}
