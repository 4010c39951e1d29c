/* Login, logout, who am I; see login.h. */
#include "web/login.h"

#include "base/clock.h"
#include "base/escape.h"
#include "http/url.h"
#include "web/exchange.h"
#include "web/page.h"
#include "web/signin.h"

static void write_form(struct buf *out, const char *said)
{
	page_open(out, "Log in");
	if (said)
		buf_printf(out, "<p role=\"alert\">%s</p>\n", said);
	buf_puts(out, "<form method=\"post\" action=\"/login\">\n"
	              "<label>Name <input name=\"user\" autocomplete=\"username\" "
	              "required></label>\n"
	              "<label>Password <input name=\"password\" type=\"password\" "
	              "autocomplete=\"current-password\" required></label>\n"
	              "<button>Log in</button>\n</form>\n");
	page_close(out);
}

enum web_progress login_form(struct exchange *x)
{
	if (signin_none(x))
		return WEB_ANSWERED;
	write_form(exchange_begin(x, 200, PAGE_HTML), NULL);
	return WEB_ANSWERED;
}

/* --- POST /login --- */

static enum web_progress started(struct exchange *x)
{
	if (x->session.outcome != SESSIONS_FOUND)
		return signin_failed(x);
	exchange_redirect(x, 303, "/me");
	signin_set_cookie(x);
	return WEB_ANSWERED;
}

static enum web_progress refused(struct exchange *x)
{
	static const char said[] = "The name or the password is wrong.";

	if (exchange_wants_json(x))
		exchange_error(x, 401, "The name or the password is wrong");
	else
		write_form(exchange_begin(x, 401, PAGE_HTML), said);
	exchange_field(x, "WWW-Authenticate", "Cookie realm=\"osilab\", form-action=\"/login\"");
	return WEB_ANSWERED;
}

static enum web_progress checked(struct exchange *x)
{
	int verdict = verify_verdict(x);

	if (verdict < 0)
		return WEB_ANSWERED;
	if (verdict == 0)
		return refused(x);
	return signin_start(x, slice_str(x->user), started);
}

enum web_progress login_post(struct exchange *x)
{
	struct verify *v = &x->verify;
	struct slice form = buf_view(&x->body);
	ssize_t name, password;

	if (signin_none(x))
		return WEB_ANSWERED;
	if (!signin_is_form(x))
		return exchange_error(x, 415, "The login form is sent as application/x-www-form-urlencoded");
	name = http_form_get(form, "user", v->name, sizeof(v->name));
	password = http_form_get(form, "password", v->password, sizeof(v->password));
	if (name < 0 || password < 0)
		return exchange_error(x, 400, "The form needs user and password, once each and not too long");
	v->name_len = (size_t)name;
	v->password_len = (size_t)password;
	return verify_start(x, checked);
}

/* --- POST /logout --- */

static enum web_progress ended(struct exchange *x)
{
	if (x->session.outcome == SESSIONS_FAILED)
		return signin_failed(x);
	exchange_redirect(x, 303, "/");
	signin_clear_cookie(x);
	return WEB_ANSWERED;
}

enum web_progress logout_post(struct exchange *x)
{
	char token[STORE_CSRF + 1];
	bool sent =
	    signin_is_form(x) && http_form_get(buf_view(&x->body), "csrf", token, sizeof(token)) != -1;

	if (signin_none(x))
		return WEB_ANSWERED;
	if (x->signed_in && sent && !signin_csrf_ok(x))
		return exchange_error(x, 403, "The form was not made for this session");
	return signin_end(x, ended);
}

/* --- GET /me --- */

static void me_json(struct exchange *x, const char *since, const char *until)
{
	const struct session *s = &x->session.session;
	struct buf *out = exchange_begin(x, 200, PAGE_JSON);

	buf_putc(out, '{');
	page_json_text(out, "user", slice_str(s->user));
	buf_printf(out, ",\"since\":\"%s\",\"until\":\"%s\",\"idle_seconds\":%lld,", since, until,
	    (long long)(x->site->sessions.idle / CLOCK_SEC));
	page_json_text(out, "csrf", slice_str(s->csrf));
	buf_puts(out, "}\n");
}

static void me_page(struct exchange *x, const char *since, const char *until)
{
	const struct session *s = &x->session.session;
	struct buf *out = exchange_begin(x, 200, PAGE_HTML);
	char idle[32];

	page_open(out, "Who you are");
	buf_puts(out, "<p>You are <strong>");
	escape_html(out, slice_str(s->user));
	buf_printf(out,
	    "</strong>.</p>\n<p>Logged in since %s; the session ends at %s, or after %s without "
	    "use.</p>\n<form method=\"post\" action=\"/logout\"><input type=\"hidden\" "
	    "name=\"csrf\" "
	    "value=\"%s\"><button>Log out</button></form>\n"
	    "<p><a href=\"/sessions\">Your sessions</a>, <a href=\"/password\">your password</a></p>\n",
	    since, until, clock_span(x->site->sessions.idle, idle, sizeof(idle)), s->csrf);
	page_close(out);
}

enum web_progress login_me(struct exchange *x)
{
	const struct session *s = &x->session.session;
	char since[32], until[32];

	if (!x->signed_in)
		return signin_required(x);
	clock_utc(s->created, since, sizeof(since));
	clock_utc(s->created + x->site->sessions.absolute, until, sizeof(until));
	if (exchange_wants_json(x))
		me_json(x, since, until);
	else
		me_page(x, since, until);
	exchange_field(x, "Vary", "Accept, Cookie");
	return WEB_ANSWERED;
}
