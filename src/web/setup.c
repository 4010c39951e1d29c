/* From the words of a command line to a running server; see setup.h. */
#include "web/setup.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/priv.h"
#include "net/sock.h"
#include "web/files.h"
#include "web/jwtkey.h"
#include "web/notes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct setup {
	struct loop *loop;
	const struct setup_options *o;
	struct loop_signal on_term, on_int, on_hup;
	bool stopping; /* a signal came already */
	struct site site;
	struct store store;
	struct jwtkey key;
	struct access log;
	struct tls_ctx *tls;
	struct server *server;
	struct buf listening; /* the lines that say so: told when nothing can go wrong any more */
};

struct setup_options setup_defaults(void)
{
	struct server_options d = server_defaults();

	return (struct setup_options){
		.access_format = "combined",
		.cors = cors_defaults(),
		.jwt_issuer = "osilab",
		.jwt_audience = "osilab",
		.handshake = d.handshake / CLOCK_SEC,
		.header = d.header / CLOCK_SEC,
		.body = d.body / CLOCK_SEC,
		.idle = d.idle / CLOCK_SEC,
		.stall = d.stall / CLOCK_SEC,
		.drain = d.drain / CLOCK_SEC,
		.line_max = d.limits.line,
		.head_max = d.limits.head,
		.body_max = (int64_t)d.body_max,
		.requests_max = d.requests_max,
		.clients_max = d.clients_max,
		.store = "memory",
		.workers = 2,
		.work_queue = 64,
		.session_idle = SESSIONS_IDLE / CLOCK_SEC,
		.session_age = SESSIONS_ABSOLUTE / CLOCK_SEC,
		.sessions_max = 10000,
		.login_tries = 10,
	};
}

/* --http 1.0 asks for a version and names no address. */
static bool is_version(const char *text)
{
	return strcmp(text, "1.0") == 0 || strcmp(text, "1.1") == 0;
}

static bool is_old(const struct setup_options *o)
{
	for (int i = 0; i < o->http.n; i++)
		if (strcmp(o->http.v[i], "1.0") == 0)
			return true;
	return false;
}

static struct server_options server_options(const struct setup_options *o)
{
	return (struct server_options){
		.handshake = o->handshake * CLOCK_SEC,
		.header = o->header * CLOCK_SEC,
		.body = o->body * CLOCK_SEC,
		.idle = o->idle * CLOCK_SEC,
		.stall = o->stall * CLOCK_SEC,
		.drain = o->drain * CLOCK_SEC,
		.limits = { (uint32_t)o->line_max, (uint32_t)o->head_max, HTTP_FIELDS_MAX },
		.body_max = (uint64_t)o->body_max,
		.requests_max = o->no_keepalive || is_old(o) ? 1 : (unsigned)o->requests_max,
		.clients_max = (unsigned)o->clients_max,
	};
}

/* --- Signals --- */

static void stop(struct setup *s)
{
	if (s->stopping)
		server_stop(s->server);
	else
		server_drain(s->server);
	s->stopping = true;
}

static void on_term(struct loop_signal *sig)
{
	stop(LOOP_OF(sig, struct setup, on_term));
}

static void on_int(struct loop_signal *sig)
{
	stop(LOOP_OF(sig, struct setup, on_int));
}

/* --- Reloading --- */

static struct tls_ctx *make_tls(const struct setup_options *o, struct err *e)
{
	struct tls_options t = { .cert_file = o->cert, .key_file = o->key, .keylog_file = o->keylog };

	return tls_ctx_new(&t, e);
}

static int reload_tls(struct setup *s, struct err *e)
{
	struct tls_ctx *fresh;

	if (!s->tls)
		return 0;
	fresh = make_tls(s->o, e);
	if (!fresh)
		return -1;
	server_change_tls(s->server, fresh);
	tls_ctx_free(s->tls); /* connections that use it still hold it */
	s->tls = fresh;
	return 0;
}

/* The users need nothing: their file is asked anew for every login. */
static void on_hup(struct loop_signal *sig)
{
	struct setup *s = LOOP_OF(sig, struct setup, on_hup);
	struct err tls = { 0 }, log = { 0 };
	bool good = reload_tls(s, &tls) == 0;

	if (!good)
		log_errorx("reload: %s; the old certificate stays", tls.msg);
	if (s->o->access_log && access_reopen(&s->log, s->o->access_log, &log)) {
		log_errorx("reload: %s; the old file stays", log.msg);
		good = false;
	}
	if (good)
		log_info("reloaded");
}

/* --- What the server stands on
 * -------------------------------------------------------------------- */

static int open_loop(struct setup *s, const struct setup_options *o, struct err *e)
{
	signal(SIGPIPE, SIG_IGN); /* a log that is a pipe may end */
	sock_raise_nofile();
	s->loop = loop_new(NULL, e);
	if (!s->loop || loop_signal(s->loop, &s->on_term, SIGTERM, on_term, e) ||
	    loop_signal(s->loop, &s->on_int, SIGINT, on_int, e) ||
	    loop_signal(s->loop, &s->on_hup, SIGHUP, on_hup, e))
		return -1;
	return 0;
}

/* Files and ports are open: nothing that a peer sends meets privileges.  The workers, the store and the notes come
 * after: a thread that was there before would keep its capabilities, and the files are to be the caller's. */
static int settle(struct setup *s, const struct setup_options *o, struct err *e)
{
	if (priv_drop_to_invoker(e) || store_open(&s->store, s->loop, o->store, (size_t)o->sessions_max, e))
		return -1;
	if (o->notes && !(s->site.notes = notes_open(o->notes, e)))
		return -1;
	return loop_pool(s->loop, (unsigned)o->workers, (unsigned)o->work_queue, e);
}

static int open_users(struct setup *s, const struct setup_options *o, struct err *e)
{
	if (o->users && !(s->site.users = users_open(o->users, USERS_CHANGE, e)))
		return -1;
	sessions_init(&s->site.sessions, &s->store);
	s->site.sessions.idle = o->session_idle * CLOCK_SEC;
	s->site.sessions.absolute = o->session_age * CLOCK_SEC;
	limit_init(&s->site.logins, (unsigned)o->login_tries);
	limit_init(&s->site.accounts, (unsigned)o->login_tries);
	return 0;
}

static int open_key(struct setup *s, const struct setup_options *o, struct err *e)
{
	if (o->jwt_public && !o->jwt_key)
		return err_set(e, ERR_USAGE, "--jwt-public is of no use without its private half: --jwt-key");
	if (jwtkey_init(&s->key, o->jwt_key, o->jwt_public, e))
		return -1;
	s->site.sign = s->key.sign;
	s->site.verify = s->key.verify;
	s->site.issuer = o->jwt_issuer;
	s->site.audience = o->jwt_audience;
	return 0;
}

static int open_site(struct setup *s, const struct setup_options *o, struct err *e)
{
	s->site.loop = s->loop;
	s->site.hsts = o->hsts;
	s->site.http10 = is_old(o);
	s->site.cors = o->cors;
	if (cors_check(&o->cors, e))
		return -1;
	s->site.trace = o->trace;
	s->site.listing = o->listing;
	s->site.gzip = o->gzip;
	s->site.max_age = o->max_age;
	if (o->root && (s->site.root = files_open_root(o->root, e)) < 0)
		return -1;
	if (open_users(s, o, e) || open_key(s, o, e))
		return -1;
	if (strcmp(o->access_format, "combined") != 0 && strcmp(o->access_format, "json") != 0)
		return err_set(
		    e, ERR_USAGE, "--access-format takes combined or json, not '%s'", o->access_format);
	return access_open(&s->log, o->access_log, strcmp(o->access_format, "json") == 0, e);
}

static int open_tls(struct setup *s, const struct setup_options *o, struct err *e)
{
	if (!o->cert && !o->key && !o->https.n && !o->keylog)
		return 0;
	if (!o->cert || !o->key)
		return err_set(e, ERR_USAGE, "HTTPS needs --cert and --key (osilab ca makes both)");
	s->tls = make_tls(o, e);
	return s->tls ? 0 : -1;
}

/* --- Listening --- */

static int listen_on(struct setup *s, const char *text, uint16_t port, struct tls_ctx *tls, struct err *e)
{
	char name[ADDR_TEXT];
	struct addr at, bound;

	if (addr_resolve(&at, text, port, e) || server_listen(s->server, &at, tls, &bound, e))
		return -1;
	return buf_printf(&s->listening, "listening on %s://%s\n", tls ? "https" : "http",
	    addr_format(&bound, name, sizeof(name)));
}

static int listen_metrics(struct setup *s, const char *text, struct err *e)
{
	char name[ADDR_TEXT];
	struct addr at, bound;

	if (addr_resolve(&at, text, 9100, e) || server_listen_metrics(s->server, &at, &bound, e))
		return -1;
	return buf_printf(
	    &s->listening, "metrics at http://%s/metrics\n", addr_format(&bound, name, sizeof(name)));
}

/* Is an address named at all? */
static bool names_address(const struct setup_options *o)
{
	bool named = o->https.n > 0;

	for (int i = 0; i < o->http.n; i++)
		named = named || !is_version(o->http.v[i]);
	return named;
}

static int listen_all(struct setup *s, const struct setup_options *o, struct err *e)
{
	int i;

	for (i = 0; i < o->http.n; i++)
		if (!is_version(o->http.v[i]) && listen_on(s, o->http.v[i], 8080, NULL, e))
			return -1;
	for (i = 0; i < o->metrics.n; i++)
		if (listen_metrics(s, o->metrics.v[i], e))
			return -1;
	for (i = 0; i < o->https.n; i++)
		if (listen_on(s, o->https.v[i], 8443, s->tls, e))
			return -1;
	if (!names_address(o) && (listen_on(s, "127.0.0.1", 8080, NULL, e) ||
	                             (s->tls && listen_on(s, "127.0.0.1", 8443, s->tls, e))))
		return -1;
	return 0;
}

/* What the operator should know; said once all is well, so that an error stands alone. */
static void tell(const struct setup_options *o)
{
	if (!o->users)
		log_info("no --users: nobody can log in (make one: osilab user add NAME --db "
		         "users.db)");
	if (!o->jwt_key)
		log_info("no --jwt-key: tokens are signed with a random key, until this server "
		         "ends");
	if (o->keylog)
		log_warnx("--keylog: the secrets of EVERY connection go to %s: whoever has that "
		          "file can read the traffic, passwords included",
		    o->keylog);
}

struct setup *setup_new(const struct setup_options *o, struct err *e)
{
	struct setup *s = calloc(1, sizeof(*s));
	struct server_options so = server_options(o);

	if (!s) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	s->o = o;
	s->site.root = -1;
	s->log.fd = -1;
	if (o->clock)
		clock_fix(o->clock);
	if (open_loop(s, o, e) == 0 && open_site(s, o, e) == 0 && open_tls(s, o, e) == 0 &&
	    (s->server = server_new(s->loop, &s->site, &s->log, &so, e)) && listen_all(s, o, e) == 0 &&
	    settle(s, o, e) == 0) {
		tell(o);
		fputs(buf_cstr(&s->listening), stdout);
		fflush(stdout); /* whoever started us may read a pipe and wait for the lines */
		return s;
	}
	setup_free(s);
	return NULL;
}

int setup_run(struct setup *s, struct err *e)
{
	return loop_run(s->loop, e);
}

void setup_free(struct setup *s)
{
	if (!s)
		return;
	if (s->server)
		server_stop(s->server);
	store_close(&s->store);
	loop_free(s->loop); /* jobs end, and with them the last connections */
	server_free(s->server);
	tls_ctx_free(s->tls);
	access_close(&s->log);
	jwtkey_fini(&s->key);
	users_close(s->site.users);
	notes_close(s->site.notes);
	buf_fini(&s->listening);
	if (s->site.root >= 0)
		close(s->site.root);
	free(s);
}
