/* osilab-echo: an echo server in the I/O model of your choice. */
#include "base/clock.h"
#include "base/log.h"
#include "base/opts.h"
#include "echo/echo.h"
#include "echo/stop.h"
#include "echo/watch.h"
#include "echo/workers.h"
#include "net/priv.h"
#include "net/sock.h"

/* What the command line asks for. */
static const char *model = "epoll", *bind_to = "127.0.0.1";
static int64_t port = 7007, drain = 3, workers;
static bool udp, list, explain, count;

/* Binds, gives up what it may have been started with, says where it listens, and serves. */
static int serve(char **argv, struct err *e)
{
	const struct echo_model *m;
	struct echo_server s = { .fd = -1, .workers = (int)workers };
	struct addr at;
	char text[ADDR_TEXT];
	int rc;

	if (echo_find(&m, udp ? "udp" : "tcp", model, e) || addr_parse(&at, bind_to, (uint16_t)port, e))
		return -1;
	if ((m->usable && m->usable(e)) || echo_watch(argv, explain, count, e))
		return -1;
	sock_raise_nofile();
	if (echo_open(&s, m, &at, e))
		return -1;
	rc = priv_drop_to_invoker(e) || echo_stop_init(drain * CLOCK_SEC, e) ? -1 : 0;
	if (rc == 0) {
		printf("listening on %s (%s, %s)\n", addr_format(&s.at, text, sizeof(text)), m->transport,
		    m->name);
		fflush(stdout);
		rc = echo_serve(m, &s, e);
		echo_log(m, &s.stats);
		echo_watch_end(m, &s.stats);
	}
	echo_close(&s);
	return rc;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	const struct opt rows[] = {
		{ OPT_TEXT, 'm', "model", "NAME", "the I/O model (epoll); see --list", &model, 0, 0 },
		{ OPT_FLAG, 'u', "udp", NULL, "serve UDP instead of TCP", &udp, 0, 0 },
		{ OPT_INT, 'p', "port", "N", "the port (7007); 0: any free one", &port, 0, 65535 },
		{ OPT_TEXT, 'b', "bind", "ADDR", "the address (127.0.0.1); :: for all", &bind_to, 0, 0 },
		{ OPT_INT, 'w', "workers", "N", "serve with that many processes or threads", &workers, 1,
		    ECHO_WORKERS_MAX },
		{ OPT_INT, 0, "drain", "SEC", "seconds to finish in (3)", &drain, 0, 3600 },
		{ OPT_FLAG, 0, "explain", NULL, "say each call that sleeps or returns EAGAIN", &explain, 0,
		    0 },
		{ OPT_FLAG, 0, "count", NULL, "print the system calls made, as JSON, at the end", &count, 0,
		    0 },
		{ OPT_FLAG, 'l', "list", NULL, "show the models and exit", &list, 0, 0 },
		OPTS_END,
	};
	const struct opts o = { "osilab echo", "[options]",
		"Sends back what it gets (RFC 862), to this machine only unless --bind opens it.\n"
		"SIGTERM or Ctrl-C: finish with the clients there are; once more: stop at once.",
		"  osilab echo --model iterative &\n  nc 127.0.0.1 7007\n", rows };
	int rest = opts_parse(&o, argc, argv, &e);

	log_init(o.program, LOG_LEVEL_INFO);
	if (rest == 0)
		return 0;
	if (rest > 0 && rest < argc)
		rest = err_set(&e, ERR_USAGE, "unexpected '%s'", argv[rest]);
	if (rest > 0 && list)
		echo_list(stdout);
	else if (rest < 0 || serve(argv, &e))
		return opts_fail(&o, &e);
	return opts_end(&o);
}
