/* The session cookie; see signin.h. */
#include "web/signin.h"

#include "http/cookie.h"
#include "http/url.h"
#include "web/exchange.h"
#include "web/page.h"

/* RFC 9110 15.5.2 wants a challenge with every 401; this is the one of the cookie-auth draft
 * (draft-broyer-http-cookie-auth), which browsers pass over. */
#define CHALLENGE "Cookie realm=\"osilab\", form-action=\"/login\", cookie-name="

static const char *cookie_name(const struct exchange *x)
{
	return x->secure ? "__Host-sid" : "sid";
}

struct slice signin_id(const struct exchange *x)
{
	struct slice id;

	if (http_cookie_get(&x->req, slice_str(cookie_name(x)), &id) == 1)
		return id;
	return slice_of(NULL, 0);
}

static void on_session(struct sessions_call *c)
{
	exchange_resume(LOOP_OF(c, struct exchange, session));
}

/* Goes on with `then` when the store is done, be it now or later. */
static enum web_progress go_on(struct exchange *x, enum store_when when, web_step then)
{
	x->then = then;
	return when == STORE_LATER ? WEB_LATER : then(x);
}

enum web_progress signin_failed(struct exchange *x)
{
	return exchange_busy(x, "The sessions cannot be reached just now");
}

static enum web_progress found(struct exchange *x)
{
	if (x->session.outcome == SESSIONS_FAILED)
		return signin_failed(x);
	x->signed_in = x->session.outcome == SESSIONS_FOUND;
	if (x->signed_in)
		x->user = x->session.session.user;
	return x->route->handler(x);
}

bool signin_none(struct exchange *x)
{
	if (x->site->sessions.store->ops)
		return false;
	exchange_error(x, 404, "This server keeps no sessions: ask for a token (POST /token)");
	return true;
}

enum web_progress signin_find(struct exchange *x)
{
	if (!x->site->sessions.store->ops)
		return x->route->handler(x);
	ended_check(x->site->ended);
	x->session.done = on_session;
	return go_on(x, sessions_find(&x->site->sessions, &x->session, signin_id(x), x->secure), found);
}

enum web_progress signin_start(struct exchange *x, struct slice user, web_step then)
{
	x->session.done = on_session;
	return go_on(x, sessions_start(&x->site->sessions, &x->session, signin_id(x), user, x->secure), then);
}

enum web_progress signin_end(struct exchange *x, web_step then)
{
	x->session.done = on_session;
	return go_on(x, sessions_end(&x->site->sessions, &x->session, signin_id(x)), then);
}

enum web_progress signin_list(struct exchange *x, struct store_item *items, size_t max, web_step then)
{
	x->session.done = on_session;
	return go_on(x, sessions_list(&x->site->sessions, &x->session, items, max), then);
}

enum web_progress signin_end_others(struct exchange *x, struct slice id, web_step then)
{
	x->session.done = on_session;
	return go_on(x, sessions_end_others(&x->site->sessions, &x->session, id), then);
}

enum web_progress signin_end_one(struct exchange *x, const uint8_t key[STORE_KEY], web_step then)
{
	x->session.done = on_session;
	return go_on(x, sessions_end_one(&x->site->sessions, &x->session, key), then);
}

bool signin_is_form(const struct exchange *x)
{
	struct slice type = http_value(&x->req, SLICE("Content-Type"));

	return slice_ieq_str(slice_trim(slice_cut(&type, ';')), "application/x-www-form-urlencoded");
}

bool signin_csrf_ok(const struct exchange *x)
{
	char token[STORE_CSRF + 1];
	ssize_t n = signin_is_form(x) ? http_form_get(buf_view(&x->body), "csrf", token, sizeof(token)) : -1;

	return n >= 0 && sessions_csrf_ok(&x->session.session, slice_of(token, (size_t)n));
}

static struct http_setcookie session_cookie(const struct exchange *x)
{
	return (struct http_setcookie){
		.name = slice_str(cookie_name(x)),
		.path = SLICE("/"),
		.secure = x->secure,
		.http_only = true,
		.samesite = HTTP_SAMESITE_LAX,
	};
}

void signin_set_cookie(struct exchange *x)
{
	struct http_setcookie c = session_cookie(x);

	c.value = slice_str(x->session.id);
	http_setcookie_write(&x->fields, &c);
}

void signin_clear_cookie(struct exchange *x)
{
	struct http_setcookie c = session_cookie(x);

	c.has_max_age = true;
	http_setcookie_write(&x->fields, &c);
}

enum web_progress signin_required(struct exchange *x)
{
	struct buf *out;

	if (signin_none(x))
		return WEB_ANSWERED;
	if (exchange_wants_json(x)) {
		exchange_error(x, 401, "Log in first");
	} else {
		out = exchange_begin(x, 401, PAGE_HTML);
		page_open(out, "401 Unauthorized");
		buf_puts(out, "<p>Nobody is logged in here. <a href=\"/login\">Log in</a>.</p>\n");
		page_close(out);
	}
	exchange_field(x, "WWW-Authenticate", x->secure ? CHALLENGE "__Host-sid" : CHALLENGE "sid");
	return WEB_ANSWERED;
}
