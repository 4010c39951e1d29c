/* What is loaded; see target.h. */
#include "load/target.h"

#include "base/clock.h"
#include "http/url.h"
#include "net/sock.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	ADDRESSES = 8,      /* of a name that are tried */
	PATIENCE_MS = 3000, /* with each of several */
};

static const struct scheme {
	const char *name;
	enum target_kind kind;
	bool tls;
	uint16_t port; /* 0: must be given */
} schemes[] = {
	{ "http", TARGET_HTTP, false, 80 },
	{ "https", TARGET_HTTP, true, 443 },
	{ "tcp", TARGET_STREAM, false, 0 },
	{ "tls", TARGET_STREAM, true, 0 },
	{ "udp", TARGET_PACKET, false, 0 },
};

static const struct scheme *find_scheme(struct slice name)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (slice_ieq_str(name, schemes[i].name))
			return &schemes[i];
	return NULL;
}

/* Host and authority as text, the address looked up. */
static int take_host(struct target *t, const struct scheme *s, const struct http_url *u, struct err *e)
{
	uint16_t port = (uint16_t)(u->port > 0 ? u->port : s->port);
	struct slice host = u->host;
	struct addr list[ADDRESSES];
	int n;
	char place[sizeof(t->authority)];

	if (host.n >= sizeof(t->host))
		return err_set(e, ERR_USAGE, "the host's name is too long");
	snprintf(place, sizeof(place), "%.*s:%u", SLICE_ARG(host), port);
	if (port != s->port || s->port == 0)
		memcpy(t->authority, place, sizeof(place));
	else
		slice_cstr(host, t->authority, sizeof(t->authority));
	if (host.n >= 2 && host.p[0] == '[')
		host = slice_sub(host, 1, host.n - 2);
	slice_cstr(host, t->host, sizeof(t->host));
	n = addr_resolve_all(list, ADDRESSES, place, port, e);
	if (n > 0)
		t->addr = list[s->kind == TARGET_PACKET ? 0 : sock_first_open(list, n, PATIENCE_MS)];
	return n < 0 ? -1 : 0;
}

int target_parse(struct target *t, const char *url, struct err *e)
{
	struct slice text = slice_str(url);
	const struct scheme *s;
	struct http_url u;

	*t = (struct target){ .path = SLICE("/") };
	if (http_url_parse(text, &u) < 0 || !(s = find_scheme(u.scheme)))
		return err_set(e, ERR_USAGE,
		    "'%s' is not a target: http://HOST[:PORT][/PATH], https://..., tcp://HOST:PORT, "
		    "tls://HOST:PORT or udp://HOST:PORT",
		    url);
	t->kind = s->kind;
	t->tls = s->tls;
	if (u.port <= 0 && s->port == 0)
		return err_set(e, ERR_USAGE, "'%s' needs a port: %s://HOST:PORT", url, s->name);
	if (u.userinfo.p)
		return err_set(e, ERR_USAGE, "no user in a URL here: give -H 'Authorization: ...'");
	if (s->kind != TARGET_HTTP && (u.path.n > 1 || u.query.p))
		return err_set(e, ERR_USAGE, "'%s': an echo server has no paths", url);
	if (u.path.n)
		t->path = slice_of(
		    u.path.p, (size_t)(text.p + text.n - u.path.p) - (u.fragment.p ? u.fragment.n + 1 : 0));
	else if (u.query.p)
		return err_set(e, ERR_USAGE, "'%s': write a / before the ?", url);
	return take_host(t, s, &u, e);
}

int target_span(int64_t *ns, const char *text, const char *what, struct err *e)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "m", 60e9 },
		{ "h", 3600e9 } };
	const double year = 365 * 86400e9;
	size_t digits = *text >= '0' && *text <= '9' ? strspn(text, "0123456789.") : 0;
	double value = digits ? strtod(text, NULL) : -1;

	for (size_t i = 0; value > 0 && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + digits, units[i].name) == 0 && value * units[i].ns >= 1 &&
		    value * units[i].ns <= year) {
			*ns = (int64_t)(value * units[i].ns);
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, "%s takes a time like 10, 1.5s, 500ms or 2m, not '%s'", what, text);
}
