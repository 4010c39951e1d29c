/* osilab serve: the web server. */
#include "base/log.h"
#include "web/setup.h"
#include "web/workers.h"

static struct setup_options o; /* where the rows below put what they are told */

/* clang-format off */
#define LIST(name, arg, help, to) { OPT_LIST, 0, name, arg, help, &o.to, 0, 0 }
#define TEXT(name, arg, help, to) { OPT_TEXT, 0, name, arg, help, &o.to, 0, 0 }
#define FLAG(name, help, to) { OPT_FLAG, 0, name, NULL, help, &o.to, 0, 0 }
#define TIME(name, help, to) { OPT_INT, 0, name, "SEC", help, &o.to, 1, 1 << 30 }
#define SIZE(name, arg, min, max, help, to) { OPT_INT, 0, name, arg, help, &o.to, min, max }
static const struct opt rows[] = {
	LIST("http", "ADDR:PORT", "listen in clear (default 127.0.0.1:8080), port 0: any; or 1.0, 1.1, 2: speak only that", http),
	LIST("https", "ADDR:PORT", "listen with TLS (default 127.0.0.1:8443 with --cert)", https),
	LIST("cert", "FILE", "certificate and its issuers, PEM (make one: osilab ca); or a folder of NAME.crt", tls.cert),
	LIST("key", "FILE", "its private key, PEM; several pairs: each client gets what it asks for (SNI)", tls.key),
	TEXT("root", "DIR", "serve the files beneath DIR too", root),
	FLAG("listing", "show the files of a directory without index.html", listing),
	FLAG("gzip", "compress small files on the way (a .gz beside one is always used)", gzip),
	SIZE("max-age", "SEC", 0, 1 << 30, "files may be kept so long unasked (0)", max_age),
	TEXT("model", "MODEL", "how to wait for clients: epoll, uring, thread (epoll)", model),
	SIZE("workers", "N", 1, WORKERS_MAX, "serve with so many processes (1)", workers),
	TEXT("notes", "FILE", "keep the notes of /api/notes in this SQLite file", notes),
	TEXT("users", "FILE", "who may log in (make it: osilab user add NAME)", users),
	TEXT("access-log", "FILE", "one line per answer; - is standard output", access_log),
	TEXT("access-format", "FORMAT", "combined or json (combined)", access_format),
	LIST("metrics", "ADDR:PORT", "figures for Prometheus, on a loopback address: /metrics", metrics),
	{ OPT_HEAD, .help = "TLS:" },
	TEXT("tls-min", "VERSION", "1.2 or 1.3 (1.2)", tls.min),
	TEXT("tls-max", "VERSION", "1.2 or 1.3 (1.3)", tls.max),
	LIST("tls-suite", "NAME", "cipher suites, best first (ECDHE with AEAD)", tls.suites),
	SIZE("tls-tickets", "SEC", 0, 86400, "a new ticket key so often, the last one still good; 0: none (3600)", tls.tickets),
	TEXT("client-ca", "FILE", "ask clients for a certificate of one of these authorities, PEM", tls.client_ca),
	TEXT("client-cert", "WHEN", "optional, or required (required)", tls.client_cert),
	TEXT("client-crl", "FILE", "revocation lists of these authorities, PEM", tls.client_crl),
	LIST("ocsp", "FILE", "OCSP response to staple, DER (osilab ca ocsp)", tls.ocsp),
	SIZE("hsts", "SEC", 0, 0, "tell browsers to come by HTTPS only (off)", hsts),
	{ OPT_HEAD, .help = "Sessions and tokens:" },
	TEXT("store", "STORE", "memory, sqlite:FILE, redis://HOST, redis+unix://PATH, none", store),
	TIME("session-idle", "a session ends when unused for so long (1800)", session_idle),
	TIME("session-age", "and in any case after (28800)", session_age),
	SIZE("max-sessions", "N", 1, 1 << 24, "in memory; past that the one unused longest goes (10000)", sessions_max),
	SIZE("login-tries", "N", 0, 1 << 20, "failed logins per minute, by address and by account (10)", login_tries),
	LIST("jwt-key", "PATH", "a key or a directory of keys; the last one signs (default: random)", jwt_keys),
	TEXT("jwt-issuer", "TEXT", "iss of tokens made and accepted (osilab)", jwt_issuer),
	TEXT("jwt-audience", "TEXT", "aud of tokens made and accepted (osilab)", jwt_audience),
	SIZE("jwt-leeway", "SEC", 0, TOKEN_LEEWAY_MAX, "clocks may differ by so much (0)", jwt_leeway),
	TIME("jwt-life", "a token expires after (600)", jwt_life),
	TIME("refresh-life", "and can no more be refreshed after (28800)", refresh_life),
	FLAG("jwt-deny", "tokens can be revoked: each is looked up in the store, by its jti", jwt_deny),
	{ OPT_HEAD, .help = "Pages of other sites (CORS):" },
	LIST("cors-origin", "ORIGIN", "whose pages may read answers: scheme://host:port, or *", cors.origins),
	FLAG("cors-credentials", "with the cookies of their visitors too; not for *", cors.credentials),
	TEXT("cors-methods", "LIST", "what they may use (GET, HEAD, POST, PUT, PATCH, DELETE)", cors.methods),
	TEXT("cors-headers", "LIST", "fields they may send beyond the usual", cors.headers),
	TEXT("cors-expose", "LIST", "fields they may read (ETag, Location, Retry-After)", cors.exposed),
	SIZE("cors-max-age", "SEC", 0, 86400, "browsers need not ask again for (600)", cors.max_age),
	{ OPT_HEAD, .help = "Deadlines:" },
	TIME("handshake-timeout", "TLS handshake (10)", handshake),
	TIME("header-timeout", "the head of a request (10)", header),
	TIME("body-timeout", "its content, plus 1 s per 4 KiB received (10)", body),
	TIME("idle-timeout", "between requests (15)", idle),
	TIME("write-timeout", "a client that takes nothing (30)", stall),
	TIME("drain-timeout", "what is in flight at SIGTERM (10)", drain),
	{ OPT_HEAD, .help = "Limits:" },
	SIZE("max-line", "BYTES", 64, 1 << 13, "request line (8192)", line_max),
	SIZE("max-head", "BYTES", 128, 1 << 20, "whole head (32768)", head_max),
	SIZE("max-body", "BYTES", 0, 1 << 30, "content (1048576)", body_max),
	SIZE("max-requests", "N", 1, 1 << 30, "per connection (1000)", requests_max),
	TEXT("rate", "N/s[,BURST]", "requests of an address, more get 429; BURST at once (N)", rate),
	SIZE("max-connections", "N", 1, 1 << 20, "at once; more wait (1000)", clients_max),
	SIZE("max-streams", "N", 1, 1 << 16, "HTTP/2: requests at once on a connection (100)", streams_max),
	SIZE("h2-window", "BYTES", 1, 1 << 24, "HTTP/2: content a client may send ahead (262144)", h2_window),
	SIZE("password-threads", "N", 1, 64, "threads that check passwords, 128 MiB each (2)", password_threads),
	SIZE("work-queue", "N", 1, 4096, "logins that may wait for one; more get 503 (64)", work_queue),
	{ OPT_HEAD, .help = "For labs:" },
	TEXT("keylog", "FILE", "write the secrets of every TLS connection: DANGEROUS", tls.keylog),
	FLAG("tls-rsa-kx", "TLS 1.2 with RSA key exchange, without forward secrecy: DANGEROUS", tls.rsa_kx),
	SIZE("clock", "SEC", 1, UINT32_MAX, "start at this time since 1970; POST /clock?advance=SEC at --metrics moves it", clock),
	FLAG("no-keepalive", "a connection per request", no_keepalive),
	FLAG("trace", "answer TRACE with the request, without its secrets", trace),
	OPTS_END,
};
/* clang-format on */

static const struct opts opts = {
	.program = "osilab serve",
	.usage = "[options]",
	.about = "An HTTP/1.1 and HTTP/2 server with TLS, login sessions and tokens.  SIGTERM: drains, ends.  SIGHUP: "
	         "reads certificates, keys, lists and OCSP responses again.",
	.examples = "  osilab user add alice && osilab serve --users users.db\n"
	            "  osilab serve --http 127.0.0.1:0 --root public --access-log -\n",
	.rows = rows,
};

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct setup *s;
	int operand;

	o = setup_defaults();
	operand = opts_parse(&opts, argc, argv, &e);
	if (operand == 0)
		return 0;
	if (operand > 0 && operand < argc)
		err_set(&e, ERR_USAGE, "unexpected argument '%s'", argv[operand]);
	log_init(opts.program, LOG_LEVEL_INFO);
	if (e.kind || !(s = setup_new(&o, &e)))
		return opts_fail(&opts, &e);
	setup_run(s, &e);
	setup_free(s);
	return e.kind == ERR_NONE ? 0 : opts_fail(&opts, &e);
}
