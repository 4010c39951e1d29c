/* The list of paths, and the start page. */
#include "web/routes.h"

#include "web/account.h"
#include "web/api.h"
#include "web/bearer.h"
#include "web/exchange.h"
#include "web/files.h"
#include "web/lab.h"
#include "web/login.h"
#include "web/metrics.h"
#include "web/notes_api.h"
#include "web/page.h"
#include "web/token.h"

static enum web_progress start_page(struct exchange *x)
{
	struct buf *out;

	if (x->site->root >= 0 && files_serve(x) == WEB_ANSWERED && x->status != 404)
		return WEB_ANSWERED;
	out = exchange_begin(x, 200, PAGE_HTML);
	page_open(out, "osilab web server");
	buf_puts(out, "<p>Things to try, with a browser or with curl, while a capture "
	              "runs:</p>\n<ul>\n"
	              "<li><a href=\"/login\">/login</a>: a form; the answer to it sets a session "
	              "cookie\n"
	              "<li><a href=\"/me\">/me</a>: who you are, by that cookie; 401 without\n"
	              "<li><code>POST /logout</code>: ends the session on the server\n"
	              "<li><a href=\"/sessions\">/sessions</a>: where else you are logged in; "
	              "<a href=\"/password\">/password</a>\n"
	              "<li><code>POST /token</code>: a JSON Web Token for the session, or for "
	              "<code>curl -u name:password</code>\n"
	              "<li><code>/api/me</code>: who you are, by that token: "
	              "<code>Authorization: Bearer ...</code>\n"
	              "<li><a href=\"/.well-known/jwks.json\">/.well-known/jwks.json</a>: the public keys "
	              "that tokens are verified with\n"
	              "<li><a href=\"/echo?a=1\">/echo</a>: your request as it was understood, any method\n"
	              "<li><a href=\"/slow?ms=2000\">/slow?ms=N</a>: an answer that comes late\n"
	              "<li><a href=\"/bytes?n=100000\">/bytes?n=N</a>: so many bytes\n"
	              "<li><a href=\"/status/418\">/status/NNN</a>: an answer with that status\n"
	              "<li><a href=\"/whoami\">/whoami</a>: how the server sees you\n"
	              "<li><a "
	              "href=\"/cookie?value=dark&amp;max-age=86400\">/cookie?value=V&amp;max-age=N</a>: a "
	              "cookie that outlives the browser\n</ul>\n");
	page_close(out);
	return WEB_ANSWERED;
}

const struct route routes[] = {
	{ "/", HTTP_GET, 0, start_page },
	{ "/login", HTTP_GET, ROUTE_PRIVATE, login_form },
	{ "/login", HTTP_POST, ROUTE_SAME_ORIGIN | ROUTE_PRIVATE, login_post },
	{ "/logout", HTTP_POST, ROUTE_SESSION | ROUTE_SAME_ORIGIN | ROUTE_PRIVATE, logout_post },
	{ "/me", HTTP_GET, ROUTE_SESSION | ROUTE_PRIVATE, login_me },
	{ "/sessions", HTTP_GET, ROUTE_SESSION | ROUTE_PRIVATE, account_sessions },
	{ "/sessions", HTTP_POST, ROUTE_SESSION | ROUTE_SAME_ORIGIN | ROUTE_PRIVATE, account_end },
	{ "/password", HTTP_GET, ROUTE_SESSION | ROUTE_PRIVATE, account_password_form },
	{ "/password", HTTP_POST, ROUTE_SESSION | ROUTE_SAME_ORIGIN | ROUTE_PRIVATE, account_password },
	{ "/token", HTTP_POST, ROUTE_SESSION | ROUTE_SAME_ORIGIN | ROUTE_PRIVATE | ROUTE_JSON, token_post },
	{ "/token/revoke", HTTP_POST, ROUTE_SAME_ORIGIN | ROUTE_PRIVATE | ROUTE_JSON, bearer_revoke },
	{ "/api/me", HTTP_GET, ROUTE_PRIVATE | ROUTE_JSON, api_me },
	{ "/.well-known/jwks.json", HTTP_GET, ROUTE_JSON, api_jwks },
	{ "/echo", HTTP_GET, ROUTE_PRIVATE, lab_echo },
	{ "/echo", HTTP_POST, ROUTE_PRIVATE, lab_echo },
	{ "/echo", HTTP_PUT, ROUTE_PRIVATE, lab_echo },
	{ "/echo", HTTP_PATCH, ROUTE_PRIVATE, lab_echo },
	{ "/echo", HTTP_DELETE, ROUTE_PRIVATE, lab_echo },
	{ "/slow", HTTP_GET, ROUTE_PRIVATE, lab_slow },
	{ "/bytes", HTTP_GET, 0, lab_bytes },
	{ "/status/", HTTP_GET, ROUTE_PREFIX, lab_status },
	{ "/api/notes", HTTP_GET, ROUTE_PRIVATE | ROUTE_JSON, notes_api_list },
	{ "/api/notes", HTTP_POST, ROUTE_PRIVATE | ROUTE_JSON, notes_api_post },
	{ "/api/notes/", HTTP_GET, ROUTE_PREFIX | ROUTE_JSON, notes_api_get },
	{ "/api/notes/", HTTP_PUT, ROUTE_PREFIX | ROUTE_JSON, notes_api_put },
	{ "/api/notes/", HTTP_DELETE, ROUTE_PREFIX | ROUTE_JSON, notes_api_delete },
	{ "/whoami", HTTP_GET, ROUTE_SESSION | ROUTE_PRIVATE, lab_whoami },
	{ "/cookie", HTTP_GET, ROUTE_PRIVATE, lab_cookie },
	{ 0 },
};

const struct route routes_metrics[] = {
	{ "/metrics", HTTP_GET, 0, metrics_page },
	{ "/clock", HTTP_POST, 0, lab_clock },
	{ 0 },
};

const struct route routes_files[] = {
	{ "", HTTP_GET, 0, files_serve },
	{ 0 },
};
