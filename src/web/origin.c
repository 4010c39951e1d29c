/* Where a request comes from; see origin.h. */
#include "web/origin.h"

#include "http/url.h"

static bool same_port(int32_t a, int32_t b, bool secure)
{
	int32_t usual = secure ? 443 : 80;

	return (a < 0 ? usual : a) == (b < 0 ? usual : b);
}

/* Is this the origin that the request was sent to, by its Host? */
static bool is_ours(struct slice origin, const struct http_msg *req, bool secure)
{
	struct http_url url;
	struct slice host;
	int32_t port;

	if (http_url_parse(origin, &url) || http_authority_split(req->host, &host, &port))
		return false;
	if (url.userinfo.p || url.path.n || url.query.p || url.fragment.p)
		return false;
	return slice_ieq_str(url.scheme, secure ? "https" : "http") && slice_ieq(url.host, host) &&
	       same_port(url.port, port, secure);
}

enum origin origin_of(const struct http_msg *req, bool secure)
{
	const struct http_field *site = http_find(req, SLICE("Sec-Fetch-Site"));
	const struct http_field *origin = http_find(req, SLICE("Origin"));

	if (origin && (http_find_next(req, origin, SLICE("Origin")) || !is_ours(origin->value, req, secure)))
		return ORIGIN_CROSS;
	if (site && !slice_eq_str(site->value, "same-origin") && !slice_eq_str(site->value, "none"))
		return ORIGIN_CROSS;
	return origin || site ? ORIGIN_SAME : ORIGIN_UNKNOWN;
}
