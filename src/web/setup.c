/* From the words of a command line to a running server; see setup.h. */
#include "web/setup.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/priv.h"
#include "net/sock.h"
#include "web/files.h"
#include "web/notes.h"
#include "web/ports.h"
#include "web/shared.h"
#include "web/versions.h"
#include "web/workers.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct setup {
	/* Made before there are workers: each of them starts from what is here. */
	const struct setup_options *o;
	struct site site;
	struct access log;
	struct tls_ctx *tls;
	struct ports ports;
	struct shared *shared;
	struct workers *workers; /* NULL: this process serves itself */

	/* Of the process that serves. */
	struct loop *loop;
	struct loop_signal on_term, on_int, on_hup, on_now;
	bool stopping; /* a signal came already */
	struct store store;
	struct server *server;
};

struct setup_options setup_defaults(void)
{
	struct server_options d = server_defaults();

	return (struct setup_options){
		.access_format = "combined",
		.tls = { .tickets = 3600 },
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
		.streams_max = d.streams_max,
		.h2_window = d.h2_window,
		.store = "memory",
		.workers = 1,
		.password_threads = 2,
		.work_queue = 64,
		.session_idle = SESSIONS_IDLE / CLOCK_SEC,
		.session_age = SESSIONS_ABSOLUTE / CLOCK_SEC,
		.sessions_max = 10000,
		.login_tries = 10,
		.jwt_life = 600,
		.refresh_life = 8 * 3600,
	};
}

static struct server_options server_options(const struct setup_options *o)
{
	struct versions v = versions_of(&o->http);

	return (struct server_options){
		.handshake = o->handshake * CLOCK_SEC,
		.header = o->header * CLOCK_SEC,
		.body = o->body * CLOCK_SEC,
		.idle = o->idle * CLOCK_SEC,
		.stall = o->stall * CLOCK_SEC,
		.drain = o->drain * CLOCK_SEC,
		.limits = { (uint32_t)o->line_max, (uint32_t)o->head_max, HTTP_FIELDS_MAX },
		.body_max = (uint64_t)o->body_max,
		.requests_max = o->no_keepalive || v.old ? 1 : (unsigned)o->requests_max,
		.clients_max = (unsigned)o->clients_max,
		.http1 = v.http1,
		.http2 = v.http2,
		.streams_max = (unsigned)o->streams_max,
		.h2_window = (uint32_t)o->h2_window,
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

/* In a worker: the supervisor may not be the only one who sends SIGTERM. */
static void on_drain(struct loop_signal *sig)
{
	server_drain(LOOP_OF(sig, struct setup, on_term)->server);
}

static void on_now(struct loop_signal *sig)
{
	server_stop(LOOP_OF(sig, struct setup, on_now)->server);
}

/* --- Reloading --- */

static struct tls_ctx *open_secure(const struct setup_options *o, struct tls_ctx *before, struct err *e)
{
	struct versions v = versions_of(&o->http);

	return secure_open(&o->tls, versions_alpn(&v), before, e);
}

static int reload_tls(struct setup *s, struct err *e)
{
	struct tls_ctx *fresh;

	if (!s->tls)
		return 0;
	fresh = open_secure(s->o, s->tls, e);
	if (!fresh)
		return -1;
	if (s->server)
		server_change_tls(s->server, fresh);
	tls_ctx_free(s->tls); /* connections that use it still hold it */
	s->tls = fresh;
	return 0;
}

/* A random key stays as it is: what it signed is to be good until it expires. */
static int reload_keys(struct setup *s, struct err *e)
{
	const struct opt_list *files = &s->o->jwt_keys;
	struct ring fresh;

	if (!files->n)
		return 0;
	if (ring_load(&fresh, files->v, files->n, e)) {
		ring_fini(&fresh);
		return -1;
	}
	ring_fini(&s->site.keys);
	cache_clear(s->site.verified);
	s->site.keys = fresh;
	return 0;
}

/* The users need nothing: their file is asked anew for every login. */
static bool reload(struct setup *s)
{
	struct err tls = { 0 }, keys = { 0 }, log = { 0 };
	bool good = reload_tls(s, &tls) == 0;

	if (!good)
		log_errorx("reload: %s; the old certificate stays", tls.msg);
	if (reload_keys(s, &keys)) {
		log_errorx("reload: %s; the old keys stay", keys.msg);
		good = false;
	}
	if (s->o->access_log && access_reopen(&s->log, s->o->access_log, &log)) {
		log_errorx("reload: %s; the old file stays", log.msg);
		good = false;
	}
	return good;
}

static void on_hup(struct loop_signal *sig)
{
	struct setup *s = LOOP_OF(sig, struct setup, on_hup);

	if (reload(s) && !s->workers)
		log_info("reloaded");
}

/* --- What the server stands on --- */

static int open_keys(struct setup *s, const struct setup_options *o, struct err *e)
{
	const struct opt_list *files = &o->jwt_keys;

	if (o->jwt_deny && strcmp(o->store, "none") == 0)
		return err_set(e, ERR_USAGE, "--jwt-deny needs a store that remembers: not --store none");
	if (files->n ? ring_load(&s->site.keys, files->v, files->n, e) : ring_random(&s->site.keys, e))
		return -1;
	s->site.leeway = o->jwt_leeway;
	s->site.token_life = o->jwt_life;
	s->site.deny = o->jwt_deny;
	s->site.issuer = o->jwt_issuer;
	s->site.audience = o->jwt_audience;
	return 0;
}

static int open_site(struct setup *s, const struct setup_options *o, struct err *e)
{
	s->site.hsts = o->hsts;
	s->site.http10 = versions_of(&o->http).old;
	s->site.clock = o->clock && o->workers == 1;
	s->site.cors = o->cors;
	if (cors_check(&o->cors, e))
		return -1;
	s->site.trace = o->trace;
	s->site.listing = o->listing;
	s->site.gzip = o->gzip;
	s->site.max_age = o->max_age;
	if (o->root && (s->site.root = files_open_root(o->root, e)) < 0)
		return -1;
	if (open_keys(s, o, e))
		return -1;
	if (strcmp(o->access_format, "combined") != 0 && strcmp(o->access_format, "json") != 0)
		return err_set(
		    e, ERR_USAGE, "--access-format takes combined or json, not '%s'", o->access_format);
	return access_open(&s->log, o->access_log, strcmp(o->access_format, "json") == 0, e);
}

static int open_tls(struct setup *s, const struct setup_options *o, struct err *e)
{
	if (!o->https.n && !secure_wanted(&o->tls))
		return 0;
	s->tls = open_secure(o, NULL, e);
	return s->tls ? 0 : -1;
}

/* Workers share the memory that sessions are in, so it is there before them. */
static int open_shared_store(struct setup *s, const struct setup_options *o, struct err *e)
{
	if (o->workers == 1 || strcmp(o->store, "memory") != 0)
		return 0;
	return store_memory_share(&s->store, (size_t)o->sessions_max, e);
}

/* All that needs privileges; after it there are none: nothing that a peer sends meets them. */
static int open_ground(struct setup *s, const struct setup_options *o, struct err *e)
{
	struct shared_limits limits = { .login_tries = (unsigned)o->login_tries };

	signal(SIGPIPE, SIG_IGN); /* a log that is a pipe may end */
	sock_raise_nofile();
	if (rate_parse(o->rate, &limits.per_second, &limits.burst, e) || open_shared_store(s, o, e) ||
	    open_site(s, o, e) || open_tls(s, o, e))
		return -1;
	s->shared = shared_new((unsigned)o->workers, &limits, e);
	if (!s->shared ||
	    ports_open(&s->ports, &o->http, &o->https, &o->metrics, s->tls != NULL, (int)o->workers, e))
		return -1;
	return priv_drop_to_invoker(e);
}

/* --- What each process that serves has of its own --- */

static int open_loop(struct setup *s, struct err *e)
{
	s->loop = loop_new(s->o->model, e);
	if (!s->loop || loop_signal(s->loop, &s->on_hup, SIGHUP, on_hup, e))
		return -1;
	s->site.loop = s->loop;
	if (s->workers)
		return loop_signal(s->loop, &s->on_term, SIGTERM, on_drain, e) ||
		       loop_signal(s->loop, &s->on_now, SIGUSR1, on_now, e);
	return loop_signal(s->loop, &s->on_term, SIGTERM, on_term, e) ||
	       loop_signal(s->loop, &s->on_int, SIGINT, on_int, e);
}

static int open_users(struct setup *s, const struct setup_options *o, struct err *e)
{
	if (o->users && !(s->site.users = users_open(o->users, USERS_CHANGE, e)))
		return -1;
	sessions_init(&s->site.sessions, &s->store);
	s->site.sessions.idle = o->session_idle * CLOCK_SEC;
	s->site.sessions.absolute = o->session_age * CLOCK_SEC;
	s->site.refresh = (struct refresh){ .store = &s->store, .life = o->refresh_life * CLOCK_SEC };
	if (o->users && !(s->site.ended = ended_open(o->users, &s->site.sessions, e)))
		return -1;
	return 0;
}

/* The worker of sockets number i listens. */
static int listen_all(struct setup *s, int i, struct err *e)
{
	for (int k = 0; k < s->ports.n; k++) {
		struct port *p = &s->ports.v[k];
		int fd = ports_take(p, i);

		if (p->kind == PORT_METRICS
		        ? server_listen_metrics(s->server, fd, e)
		        : server_listen(s->server, fd, p->kind == PORT_HTTPS ? s->tls : NULL, e))
			return -1;
	}
	return 0;
}

/* The threads come last: the signals are taken by then. */
static int open_process(struct setup *s, int i, struct err *e)
{
	const struct setup_options *o = s->o;
	struct server_options so = server_options(o);

	shared_join(s->shared, i, &s->site);
	s->site.verified = cache_new(); /* without memory each token is verified anew */
	if (open_loop(s, e) || open_users(s, o, e) ||
	    (!s->store.ops && store_open(&s->store, s->loop, o->store, (size_t)o->sessions_max, e)) ||
	    (o->notes && !(s->site.notes = notes_open(o->notes, e))) ||
	    !(s->server = server_new(s->loop, &s->site, &s->log, &so, e)) || listen_all(s, i, e))
		return -1;
	return loop_pool(s->loop, (unsigned)o->password_threads, (unsigned)o->work_queue, e);
}

static void close_process(struct setup *s)
{
	if (s->server)
		server_stop(s->server);
	store_close(&s->store);
	loop_free(s->loop); /* jobs end, and with them the last connections */
	server_free(s->server);
	ended_close(s->site.ended);
	cache_free(s->site.verified);
	users_close(s->site.users);
	notes_close(s->site.notes);
}

/* --- Workers --- */

static int serve_as_worker(void *ctx, struct workers *w, int i, struct err *e)
{
	struct setup *s = ctx;
	int rc;

	s->workers = w;
	ports_keep(&s->ports, i);
	rc = open_process(s, i, e);
	if (rc == 0) {
		workers_ready(w, i);
		rc = loop_run(s->loop, e);
	}
	close_process(s);
	access_close(&s->log);
	return rc;
}

static void on_closing(void *ctx)
{
	ports_close(&((struct setup *)ctx)->ports);
}

static void on_reload(void *ctx)
{
	if (reload(ctx))
		log_info("reloaded; the workers follow");
}

static void on_gone(void *ctx, int i)
{
	shared_leave(((struct setup *)ctx)->shared, i);
}

static int start_workers(struct setup *s, struct err *e)
{
	struct workers_plan plan = { (int)s->o->workers, s, serve_as_worker, on_closing, on_reload, on_gone };

	s->workers = workers_start(&plan, e);
	return s->workers ? 0 : -1;
}

/* --- All of it --- */

/* What the operator should know; said once all is well, so that an error stands alone. */
static void tell(const struct setup_options *o, const struct tls_ctx *tls)
{
	secure_tell(&o->tls, tls);
	if (!o->users)
		log_info("no --users: nobody can log in (make one: osilab user add NAME --db "
		         "users.db)");
	if (!o->jwt_keys.n)
		log_info("no --jwt-key: tokens are signed with a random key, until this server "
		         "ends");
}

struct setup *setup_new(const struct setup_options *o, struct err *e)
{
	struct setup *s = calloc(1, sizeof(*s));

	if (!s) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	s->o = o;
	s->site.root = -1;
	s->log.fd = -1;
	if (o->clock)
		clock_fix(o->clock);
	if (open_ground(s, o, e) == 0 &&
	    (o->workers > 1 ? start_workers(s, e) : open_process(s, 0, e)) == 0) {
		tell(o, s->tls);
		fputs(buf_cstr(&s->ports.text), stdout);
		fflush(stdout); /* whoever started us may read a pipe and wait for the lines */
		return s;
	}
	setup_free(s);
	return NULL;
}

int setup_run(struct setup *s, struct err *e)
{
	return s->workers ? workers_watch(s->workers, e) : loop_run(s->loop, e);
}

void setup_free(struct setup *s)
{
	if (!s)
		return;
	workers_free(s->workers);
	close_process(s);
	ports_close(&s->ports);
	shared_free(s->shared);
	tls_ctx_free(s->tls);
	access_close(&s->log);
	ring_fini(&s->site.keys);
	if (s->site.root >= 0)
		close(s->site.root);
	free(s);
}
