/* The user's sessions and password; see account.h. */
#include "web/account.h"

#include "base/clock.h"
#include "http/url.h"
#include "web/exchange.h"
#include "web/page.h"
#include "web/signin.h"

#include <stdio.h>

enum {
	LISTED = 50, /* sessions shown, those used last */
	NAME = 16,   /* hexadecimal digits of a key that name a session in a form; they open nothing */
};

/* What a form that changes something must be: of somebody who is logged in, made for that session. */
static bool refused(struct exchange *x)
{
	if (!x->signed_in)
		signin_required(x);
	else if (!signin_csrf_ok(x))
		exchange_error(x, 403, "The form was not made for this session");
	return x->status != 0;
}

/* --- Sessions --- */

static void name_of(const struct store_item *item, char out[NAME + 1])
{
	for (int i = 0; i < NAME / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", item->key[i]);
}

static void item_json(struct exchange *x, struct buf *out, const struct store_item *item)
{
	char name[NAME + 1], since[32], used[32];

	name_of(item, name);
	buf_printf(out, "{\"name\":\"%s\",\"since\":\"%s\",", name,
	    clock_utc(item->value.created, since, sizeof(since)));
	if (refresh_is(&item->value))
		buf_puts(out, "\"refresh_token\":true,");
	else
		buf_printf(out, "\"used\":\"%s\",\"secure\":%s,",
		    clock_utc(item->value.seen, used, sizeof(used)), item->value.secure ? "true" : "false");
	buf_printf(out, "\"this\":%s}", sessions_is(signin_id(x), item->key) ? "true" : "false");
}

static void end_button(struct exchange *x, struct buf *out, const char *what, const char *label)
{
	buf_printf(out,
	    "<form method=\"post\" action=\"/sessions\"><input type=\"hidden\" name=\"csrf\" value=\"%s\">"
	    "<button name=\"end\" value=\"%s\">%s</button></form>\n",
	    x->session.session.csrf, what, label);
}

static void item_page(struct exchange *x, struct buf *out, const struct store_item *item)
{
	char name[NAME + 1], since[32], used[32];

	name_of(item, name);
	buf_printf(out, "<tr><td>%s<td>%s<td>%s<td>", clock_utc(item->value.created, since, sizeof(since)),
	    refresh_is(&item->value) ? "" : clock_utc(item->value.seen, used, sizeof(used)),
	    refresh_is(&item->value) ? "a refresh token"
	    : item->value.secure     ? "HTTPS"
	                             : "HTTP, in clear");
	if (sessions_is(signin_id(x), item->key))
		buf_puts(out, "this one\n");
	else
		end_button(x, out, name, "End it");
}

static void list_json(struct exchange *x)
{
	struct buf *out = exchange_begin(x, 200, PAGE_JSON);

	buf_puts(out, "{\"sessions\":[");
	for (size_t i = 0; i < x->session.store.n_items; i++) {
		buf_puts(out, i ? "," : "");
		item_json(x, out, &x->session.store.items[i]);
	}
	buf_puts(out, "]}\n");
}

static void list_page(struct exchange *x)
{
	struct buf *out = exchange_begin(x, 200, PAGE_HTML);

	page_open(out, "Your sessions");
	buf_puts(out, "<table>\n<tr><th>Since<th>Last used<th>Over<th>\n");
	for (size_t i = 0; i < x->session.store.n_items; i++)
		item_page(x, out, &x->session.store.items[i]);
	buf_puts(out, "</table>\n");
	if (x->session.store.n_items > 1)
		end_button(x, out, "others", "End all others");
	page_close(out);
}

static enum web_progress listed(struct exchange *x)
{
	if (x->session.outcome == SESSIONS_FAILED)
		return signin_failed(x);
	if (exchange_wants_json(x))
		list_json(x);
	else
		list_page(x);
	exchange_field(x, "Vary", "Accept, Cookie");
	return WEB_ANSWERED;
}

static enum web_progress list(struct exchange *x, web_step then)
{
	struct store_item *items = arena_alloc(&x->arena, LISTED * sizeof(*items));

	return items ? signin_list(x, items, LISTED, then)
	             : exchange_busy(x, "There is no memory for the list");
}

enum web_progress account_sessions(struct exchange *x)
{
	return x->signed_in ? list(x, listed) : signin_required(x);
}

static enum web_progress ended(struct exchange *x)
{
	if (x->session.outcome == SESSIONS_FAILED)
		return signin_failed(x);
	return exchange_redirect(x, 303, "/sessions");
}

/* The name says which one, and the list that it is this user's. */
static enum web_progress end_named(struct exchange *x)
{
	char wanted[NAME + 1], name[NAME + 1];

	if (x->session.outcome == SESSIONS_FAILED)
		return signin_failed(x);
	http_form_get(buf_view(&x->body), "end", wanted, sizeof(wanted));
	for (size_t i = 0; i < x->session.store.n_items; i++) {
		name_of(&x->session.store.items[i], name);
		if (slice_eq_str(slice_str(wanted), name))
			return signin_end_one(x, x->session.store.items[i].key, ended);
	}
	return exchange_error(x, 404, "You have no such session");
}

enum web_progress account_end(struct exchange *x)
{
	char wanted[NAME + 1];
	ssize_t n;

	if (refused(x))
		return WEB_ANSWERED;
	n = http_form_get(buf_view(&x->body), "end", wanted, sizeof(wanted));
	if (n < 0)
		return exchange_error(x, 400, "The form needs end: the name of a session, or others");
	if (slice_eq_str(slice_of(wanted, (size_t)n), "others"))
		return signin_end_others(x, signin_id(x), ended);
	return list(x, end_named);
}

/* --- Password --- */

static void write_form(struct exchange *x, unsigned status, const char *said)
{
	struct buf *out = exchange_begin(x, status, PAGE_HTML);

	page_open(out, "Your password");
	if (said)
		buf_printf(out, "<p role=\"alert\">%s</p>\n", said);
	buf_printf(out,
	    "<form method=\"post\" action=\"/password\"><input type=\"hidden\" name=\"csrf\" "
	    "value=\"%s\">\n<label>Old <input name=\"old\" type=\"password\" "
	    "autocomplete=\"current-password\" required></label>\n<label>New <input name=\"new\" "
	    "type=\"password\" autocomplete=\"new-password\" minlength=\"%d\" required></label>\n"
	    "<button>Change it</button>\n</form>\n<p>Your other sessions end with it.</p>\n",
	    x->session.session.csrf, PASSWORD_MIN);
	page_close(out);
}

enum web_progress account_password_form(struct exchange *x)
{
	if (!x->signed_in)
		return signin_required(x);
	write_form(x, 200, NULL);
	return WEB_ANSWERED;
}

static enum web_progress others_ended(struct exchange *x)
{
	if (x->session.outcome == SESSIONS_FAILED)
		return signin_failed(x);
	exchange_redirect(x, 303, "/me");
	signin_set_cookie(x);
	return WEB_ANSWERED;
}

static enum web_progress rotated(struct exchange *x)
{
	if (x->session.outcome != SESSIONS_FOUND)
		return signin_failed(x);
	return signin_end_others(x, slice_str(x->session.id), others_ended);
}

static enum web_progress checked(struct exchange *x)
{
	int verdict = verify_verdict(x);

	if (verdict < 0)
		return WEB_ANSWERED;
	if (verdict > 0)
		return signin_start(x, slice_str(x->user), rotated);
	write_form(x, 401, "The old password is wrong.");
	exchange_field(x, "WWW-Authenticate", "Cookie realm=\"osilab\", form-action=\"/password\"");
	return WEB_ANSWERED;
}

enum web_progress account_password(struct exchange *x)
{
	struct slice form = buf_view(&x->body), user = slice_str(x->session.session.user);
	struct verify *v = &x->verify;
	ssize_t old, new;

	if (refused(x))
		return WEB_ANSWERED;
	old = http_form_get(form, "old", v->password, sizeof(v->password));
	new = http_form_get(form, "new", v->changed, sizeof(v->changed));
	if (old < 0 || new < 0)
		return exchange_error(x, 400, "The form needs old and new, once each and not too long");
	if (new < PASSWORD_MIN)
		return exchange_error(x, 400, "A password has at least 8 bytes");
	slice_cstr(user, v->name, sizeof(v->name));
	v->name_len = user.n;
	v->password_len = (size_t)old;
	v->changed_len = (size_t) new;
	return verify_start(x, checked);
}
