/* Runs dialogues: files of bytes to send to osilab-serve and of answers to expect.
 *
 *	serve PATH/TO/osilab-serve FILE...
 *
 *	serve --users FILE
 *
 * makes the users' file that these dialogues have: alice (correct horse) and mallory, who is disabled.
 *
 * Each file gets a server of its own, on ports the kernel chooses, in a temporary folder.  Lines:
 *
 *	server OPTIONS       further options of the server, ${dir} is its folder; before the first case, or
 *	                     after `kill` to start another one
 *	= NAME               a case, on a fresh connection
 *	tls                  ... over TLS
 *	clear                ... to the port for TLS, but without
 *	metrics              ... to the port for figures
 *	on NAME              goes on with another connection, opened when it is new
 *	> TEXT               sends TEXT and CRLF; >- TEXT sends it without; \r \n \t \\ \xNN; ${name}
 *	repeat N TEXT        sends TEXT N times
 *	bytewise             from here on each byte is sent on its own
 *	gather               keeps what is sent from here on, to send it as one segment: ...
 *	together             ... now
 *	finish               ends our stream; theirs stays open
 *	farewell             says close_notify, and must get one back
 *	version 1.0          what answers must be from here on, in place of HTTP/1.1
 *	< STATUS             reads an answer; `< STATUS -` one without content although it has a length
 *	< Name: PATTERN      a field of it; * is any text, {name} too and keeps it
 *	< !Name              a field it must not have
 *	body PATTERN         its content
 *	end                  they end the stream, and nothing came before
 *	disable NAME, enable NAME    the user, as osilab user does
 *	until STATUS         sends again what was sent since the last answer, until one has that status
 *	from 127.0.0.2       the next connections of this case come from there
 *	kill                 the server, as kill -9 does
 *	signal TERM|INT|HUP  to the server
 *	key NAME TEXT        writes the file NAME of ${dir}/keys; without TEXT it is removed
 *	reload               sends HUP, and waits until the server has read its files again, or said why not
 *	renew                makes a new certificate and sends HUP, until new connections get to see it
 *	exit CODE            the server ends by itself
 *	log PATTERN, log !PATTERN    some line, no line of the access log (after exit)
 *
 * Nothing here sleeps: what is waited for comes, or the case fails after 20 seconds: a busy machine hashes slowly. */
#include "auth/users.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/escape.h"
#include "tls/ca.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, VARS = 32, CONNS = 8, WORDS = 64 };

struct var {
	char name[32];
	char value[2048];
};

struct conn {
	char name[16];
	int fd;
	SSL *ssl;
	bool bytewise;
	struct buf in;
};

struct run {
	const char *program, *file;
	int line;
	char dir[64];
	pid_t pid;
	int ports[3]; /* http, https, metrics */
	SSL_CTX *ctx;

	struct var vars[VARS];
	int n_vars;
	struct conn conns[CONNS];
	int n_conns;
	struct conn *c;        /* the present one; NULL: to be opened */
	bool tls, clear;       /* to the port for TLS; without TLS all the same */
	bool metrics;          /* to the port for figures */
	in_addr_t from;        /* where connections come from */
	struct buf sent;       /* since the last answer */
	const char *version;   /* that answers must have */
	struct buf head, body; /* of the last answer */

	char title[80];
	bool failed; /* the present case */
	int passed_cases, failed_cases;
};

/* --- Failing --- */

static void fail(struct run *r, const char *what, struct slice got)
{
	struct buf shown = { .max = 1200 };

	if (r->failed)
		return;
	r->failed = true;
	escape_text(&shown, slice_sub(got, 0, 300));
	printf("%s:%d: %s: %s%s%s\n", r->file, r->line, r->title, what, got.n ? "; got: " : "",
	    buf_cstr(&shown));
	buf_fini(&shown);
}

/* --- Text: escapes, variables, patterns --- */

static const char *lookup(const struct run *r, struct slice name)
{
	for (int i = r->n_vars; i-- > 0;)
		if (slice_eq_str(name, r->vars[i].name))
			return r->vars[i].value;
	return slice_eq_str(name, "dir") ? r->dir : "";
}

static void keep(struct run *r, struct slice name, struct slice value)
{
	struct var *v = &r->vars[r->n_vars < VARS ? r->n_vars++ : VARS - 1];

	slice_cstr(name, v->name, sizeof(v->name));
	slice_cstr(value, v->value, sizeof(v->value));
}

static void expand(const struct run *r, const char *text, struct buf *out)
{
	static const char plain[] = "rnt\\", meant[] = "\r\n\t\\";
	uint64_t hex;

	for (; *text; text++) {
		const char *known = text[0] == '\\' && text[1] ? strchr(plain, text[1]) : NULL;
		const char *close = text[0] == '$' && text[1] == '{' ? strchr(text, '}') : NULL;

		if (known) {
			buf_putc(out, meant[known - plain]);
			text++;
		} else if (!strncmp(text, "\\x", 2) && slice_hex64(slice_of(text + 2, 2), &hex) == 0) {
			buf_putc(out, (char)hex);
			text += 3;
		} else if (close) {
			buf_puts(out, lookup(r, slice_of(text + 2, (size_t)(close - text) - 2)));
			text = close;
		} else {
			buf_putc(out, *text);
		}
	}
}

/* The length of a {name} that s starts with, else 0. */
static size_t capture(const char *s)
{
	size_t n = s[0] == '{' ? strspn(s + 1, "abcdefghijklmnopqrstuvwxyz") : 0;

	return n && s[n + 1] == '}' ? n + 2 : 0;
}

/* `*` and {name} stand for any text, the shortest that lets the rest match. */
static bool matches(struct run *r, const char *pattern, struct slice text)
{
	struct slice name;
	size_t n;

	while (*pattern && *pattern != '*' && !capture(pattern)) {
		if (!text.n || text.p[0] != (uint8_t)*pattern)
			return false;
		text = slice_skip(text, 1);
		pattern++;
	}
	if (!*pattern)
		return text.n == 0;
	n = capture(pattern);
	name = slice_of(pattern + 1, n ? n - 2 : 0);
	for (size_t i = 0; i <= text.n; i++) {
		if (!matches(r, pattern + (n ? n : 1), slice_skip(text, i)))
			continue;
		if (name.n)
			keep(r, name, slice_sub(text, 0, i));
		return true;
	}
	return false;
}

/* --- Connections --- */

static void close_conns(struct run *r)
{
	for (int i = 0; i < r->n_conns; i++) {
		SSL_free(r->conns[i].ssl);
		close(r->conns[i].fd);
		buf_fini(&r->conns[i].in);
	}
	r->n_conns = 0;
	r->c = NULL;
}

static void open_conn(struct run *r, const char *name)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = r->from };
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	struct conn *c = &r->conns[r->n_conns];
	int on = 1;

	if (r->n_conns == CONNS) {
		fail(r, "too many connections", SLICE(""));
		return;
	}
	r->n_conns++;
	*c = (struct conn){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	snprintf(c->name, sizeof(c->name), "%s", name);
	r->c = c;
	to.sin_port = htons((uint16_t)r->ports[r->metrics ? 2 : r->tls]);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (r->from && bind(c->fd, (struct sockaddr *)&own, sizeof(own)))
		fail(r, strerror(errno), SLICE("no such address"));
	if (connect(c->fd, (struct sockaddr *)&to, sizeof(to)))
		fail(r, strerror(errno), SLICE("no connection"));
	if (!r->tls || r->clear || r->failed)
		return;
	c->ssl = SSL_new(r->ctx);
	SSL_set_fd(c->ssl, c->fd);
	SSL_set_tlsext_host_name(c->ssl, "localhost");
	SSL_set1_host(c->ssl, "localhost");
	if (SSL_connect(c->ssl) != 1)
		fail(r, "no TLS handshake", SLICE(""));
}

static struct conn *present(struct run *r)
{
	if (!r->c && !r->failed)
		open_conn(r, "");
	return r->c;
}

static void switch_to(struct run *r, const char *name)
{
	for (int i = 0; i < r->n_conns; i++)
		if (!strcmp(r->conns[i].name, name)) {
			r->c = &r->conns[i];
			return;
		}
	open_conn(r, name);
}

/* A server that refused early may close while we still send: that is no failure. */
static void send_bytes(struct run *r, struct slice s)
{
	struct conn *c = present(r);

	buf_slice(&r->sent, s);
	while (c && s.n) {
		size_t want = c->bytewise ? 1 : s.n;
		ssize_t n = c->ssl ? SSL_write(c->ssl, s.p, (int)want) : send(c->fd, s.p, want, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		s = slice_skip(s, (size_t)n);
	}
}

/* Reads some more; false at the end of the stream, or when patience is. */
static bool receive(struct run *r)
{
	struct conn *c = present(r);
	ssize_t n;

	if (!c || buf_reserve(&c->in, 65536))
		return false;
	do
		n = c->ssl ? SSL_read(c->ssl, c->in.p + c->in.n, 65536)
		           : recv(c->fd, c->in.p + c->in.n, 65536, 0);
	while (!c->ssl && n < 0 && errno == EINTR);
	if (n < 0 && !c->ssl)
		fail(r, errno == EAGAIN ? "nothing came in 20 s" : strerror(errno), buf_view(&c->in));
	if (n <= 0)
		return false;
	c->in.n += (size_t)n;
	return true;
}

/* --- Answers --- */

/* The value of a field of the last head; p is NULL when there is none, or no more behind *after. */
static struct slice next_field(const char *name, struct slice *rest)
{
	while (rest->p) {
		struct slice line = slice_cut(rest, '\n'), value = line;
		struct slice got = slice_cut(&value, ':');

		if (value.p && slice_ieq_str(got, name))
			return slice_trim(slice_sub(value, 0, value.n ? value.n - 1 : 0));
	}
	return slice_of(NULL, 0);
}

static struct slice field(const struct run *r, const char *name)
{
	struct slice rest = buf_view(&r->head);

	return next_field(name, &rest);
}

static void take(struct run *r, struct buf *to, size_t n)
{
	while (r->c->in.n < n)
		if (!receive(r)) {
			fail(r, "the answer is cut off", buf_view(&r->c->in));
			return;
		}
	buf_put(to, r->c->in.p, n);
	buf_consume(&r->c->in, n);
}

static void read_answer(struct run *r, bool no_content)
{
	struct conn *c = present(r);
	uint64_t length = 0;
	ssize_t end;
	int status;

	buf_clear(&r->head);
	buf_clear(&r->body);
	while (c && (end = slice_find(buf_view(&c->in), SLICE("\r\n\r\n"))) < 0)
		if (!receive(r)) {
			fail(r, "the answer does not come", buf_view(&c->in));
			return;
		}
	if (!c)
		return;
	buf_clear(&r->sent);
	take(r, &r->head, (size_t)end + 4);
	if (sscanf(buf_cstr(&r->head), "HTTP/1.%*1[01] %d", &status) != 1) {
		fail(r, "not an HTTP/1 answer", buf_view(&r->head));
		return;
	}
	if (no_content || status / 100 == 1 || status == 204 || status == 304)
		return;
	if (slice_u64(field(r, "Content-Length"), &length))
		fail(r, "no Content-Length", buf_view(&r->head));
	take(r, &r->body, (size_t)length);
}

static void expect_status(struct run *r, const char *text)
{
	bool no_content = strlen(text) == 5 && text[4] == '-';
	char want[32];

	read_answer(r, no_content);
	snprintf(want, sizeof(want), "%s %.3s ", r->version, text);
	if (!r->failed && !slice_starts(buf_view(&r->head), slice_str(want)))
		fail(r, text, buf_view(&r->head));
	if (!r->failed && text[0] != '1' && !field(r, "Date").p)
		fail(r, "no Date", buf_view(&r->head));
}

static void expect_field(struct run *r, const char *text)
{
	struct slice rest = buf_view(&r->head), value, line = slice_str(text);
	char name[64], want[512];

	if (text[0] == '!') {
		if (field(r, text + 1).p)
			fail(r, text, buf_view(&r->head));
		return;
	}
	slice_cstr(slice_cut(&line, ':'), name, sizeof(name));
	slice_cstr(slice_trim(line), want, sizeof(want));
	while ((value = next_field(name, &rest)).p)
		if (matches(r, want, value))
			return;
	fail(r, text, buf_view(&r->head));
}

static void expect_end(struct run *r)
{
	struct conn *c = present(r);

	while (c && !c->in.n && receive(r))
		;
	if (c && c->in.n)
		fail(r, "end of stream", buf_view(&c->in));
}

/* --- The server --- */

static void show_stderr(const struct run *r)
{
	char name[96], line[512];
	FILE *f;

	snprintf(name, sizeof(name), "%s/stderr", r->dir);
	f = fopen(name, "r");
	while (f && fgets(line, sizeof(line), f))
		printf("\t%s", line);
	if (f)
		fclose(f);
}

static void start_server(struct run *r, const char *options)
{
	char *argv[WORDS] = { NULL };
	struct buf words = { 0 };
	char line[256], notes[96], *word, *more;
	int out[2], n = 0;
	FILE *from;

	snprintf(notes, sizeof(notes), "--notes %s/notes.db ", r->dir);
	buf_printf(&words,
	    "osilab-serve --http 127.0.0.1:0 --https 127.0.0.1:0 --cert %1$s/localhost.crt --key "
	    "%1$s/localhost.key --users %1$s/users.db --jwt-key %1$s/jwt.key --access-log "
	    "%1$s/access.log --root %1$s/www ",
	    r->dir);
	buf_puts(&words, notes);
	expand(r, options, &words);
	buf_putc(&words, '\0');
	for (word = strtok_r((char *)words.p, " ", &more); word && n < WORDS - 1;
	     word = strtok_r(NULL, " ", &more))
		argv[n++] = word;
	if (pipe2(out, O_CLOEXEC))
		exit(3);
	fflush(stdout);
	r->pid = fork();
	if (r->pid == 0) {
		char name[96];

		snprintf(name, sizeof(name), "%s/stderr", r->dir);
		dup2(out[1], STDOUT_FILENO);
		dup2(open(name, O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
		execv(r->program, argv);
		_exit(127);
	}
	close(out[1]);
	buf_fini(&words);
	from = fdopen(out[0], "r");
	r->ports[0] = r->ports[1] = r->ports[2] = 0;
	while (!(r->ports[0] && r->ports[1]) && fgets(line, sizeof(line), from)) {
		sscanf(line, "listening on http://127.0.0.1:%d", &r->ports[0]);
		sscanf(line, "metrics at http://127.0.0.1:%d", &r->ports[2]);
		sscanf(line, "listening on https://127.0.0.1:%d", &r->ports[1]);
	}
	fclose(from);
	if (!r->ports[1]) {
		fail(r, "the server does not start", slice_str(options));
		show_stderr(r);
	}
}

/* Waits for it to end by itself. */
static void expect_exit(struct run *r, int code)
{
	int64_t until = clock_mono() + PATIENCE_MS * CLOCK_MS;
	struct pollfd p = { .events = POLLIN }; /* waitpid cannot time out, a pidfd can */
	int status, n;

	p.fd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	do
		n = poll(&p, 1, (int)((until - clock_mono()) / CLOCK_MS));
	while (n < 0 && errno == EINTR);
	close(p.fd);
	if (n == 0) {
		fail(r, "the server does not end", SLICE(""));
		kill(r->pid, SIGKILL);
	}
	waitpid(r->pid, &status, 0);
	r->pid = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != code) {
		show_stderr(r);
		fail(r, "the server ended otherwise",
		    slice_str(WIFEXITED(status) ? "an exit code" : strsignal(WTERMSIG(status))));
	}
}

static void send_signal(struct run *r, const char *name)
{
	kill(r->pid, !strcmp(name, "TERM") ? SIGTERM : !strcmp(name, "HUP") ? SIGHUP : SIGINT);
}

static bool same_serial(const X509 *a, const X509 *b)
{
	return a && b && ASN1_INTEGER_cmp(X509_get0_serialNumber(a), X509_get0_serialNumber(b)) == 0;
}

/* Does a new connection get to see the certificate of the file? */
static bool shows_certificate(struct run *r)
{
	char path[96];
	X509 *here = NULL, *there;
	FILE *f;
	bool same;

	snprintf(path, sizeof(path), "%s/localhost.crt", r->dir);
	f = fopen(path, "r");
	if (f) {
		here = PEM_read_X509(f, NULL, NULL, NULL);
		fclose(f);
	}
	r->tls = true;
	open_conn(r, "renewed");
	there = r->failed ? NULL : SSL_get1_peer_certificate(r->c->ssl);
	same = same_serial(here, there);
	X509_free(here);
	X509_free(there);
	return same;
}

static void drop_last(struct run *r)
{
	struct conn *c = &r->conns[--r->n_conns];

	SSL_free(c->ssl);
	close(c->fd);
	buf_fini(&c->in);
	r->c = NULL;
}

static void renew(struct run *r, const char *text)
{
	int64_t until = clock_mono() + PATIENCE_MS * CLOCK_MS;
	struct ca_request req = { .name = "localhost" };
	struct err e = { 0 };
	bool seen = false;

	if (ca_issue(r->dir, &req, clock_real(), &e))
		fail(r, e.msg, SLICE(""));
	if (r->failed || shows_certificate(r))
		fail(r, "the new certificate is there before the signal", SLICE(""));
	drop_last(r);
	send_signal(r, "HUP");
	while (!r->failed && !seen && clock_mono() < until) {
		seen = shows_certificate(r);
		drop_last(r);
	}
	if (!seen)
		fail(r, "the new certificate does not come", SLICE(""));
}

/* How many lines of the server's say what came of a reload. */
static int reloads(const struct run *r)
{
	char name[96], line[1024];
	int n = 0;
	FILE *said;

	snprintf(name, sizeof(name), "%s/stderr", r->dir);
	said = fopen(name, "r");
	while (said && fgets(line, sizeof(line), said))
		n += strstr(line, ": reload") != NULL;
	if (said)
		fclose(said);
	return n;
}

static void reload(struct run *r, const char *text)
{
	int64_t until = clock_mono() + PATIENCE_MS * CLOCK_MS;
	int before = reloads(r);

	send_signal(r, "HUP");
	while (reloads(r) == before && clock_mono() < until)
		sched_yield();
	if (reloads(r) == before)
		fail(r, "the server does not reload", SLICE(""));
}

static void expect_log(struct run *r, const char *pattern)
{
	bool want = pattern[0] != '!', found = false;
	char name[96], line[4096];
	FILE *log;

	snprintf(name, sizeof(name), "%s/access.log", r->dir);
	log = fopen(name, "r");
	while (log && fgets(line, sizeof(line), log))
		found = found || matches(r, pattern + !want, slice_of(line, strcspn(line, "\n")));
	if (log)
		fclose(log);
	if (found != want)
		fail(r, "access log", slice_str(pattern));
}

/* --- The folder --- */

static void write_file(const struct run *r, const char *name, const char *text, mode_t mode)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", r->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		exit(3);
	close(fd);
}

static void remove_file(const struct run *r, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", r->dir, name);
	remove(path);
}

static void write_spaces(const struct run *r, const char *name, int n)
{
	char text[4096];

	snprintf(text, sizeof(text), "%*s", n, "");
	write_file(r, name, text, 0600);
}

static void set_key(struct run *r, const char *text)
{
	struct slice rest = slice_str(text), file = slice_cut(&rest, ' ');
	struct buf out = { 0 };
	char name[64];

	snprintf(name, sizeof(name), "keys/%.*s", SLICE_ARG(file));
	expand(r, rest.p ? (const char *)rest.p : "", &out);
	if (rest.p)
		write_file(r, name, buf_cstr(&out), 0600);
	else
		remove_file(r, name);
	buf_fini(&out);
}

static int make_users(const char *path, struct err *e)
{
	struct users *u;
	int rc;

	u = users_open(path, USERS_CREATE, e);
	if (!u)
		return -1;
	users_set_cost(u, 4); /* what is tested here is not the cost */
	rc = users_add(u, SLICE("alice"), SLICE("correct horse"), e);
	if (rc == 0)
		rc = users_add(u, SLICE("mallory"), SLICE("another horse"), e);
	if (rc == 0)
		rc = users_disable(u, SLICE("mallory"), true, e);
	users_close(u);
	return rc;
}

static void make_folder(struct run *r)
{
	struct ca_request req = { .name = "localhost" };
	struct err e = { 0 };
	char path[96];

	snprintf(r->dir, sizeof(r->dir), "/tmp/osilab-dialog-XXXXXX");
	if (!mkdtemp(r->dir))
		exit(3);
	snprintf(path, sizeof(path), "%s/www", r->dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/www/sub", r->dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/keys", r->dir);
	mkdir(path, 0700);
	write_file(r, "www/hello.txt", "hello, world\n", 0600);
	write_file(r, "www/sub/index.html", "<p>sub\n", 0600);
	write_file(r, "www/app.js", "let plain\n", 0600);
	write_file(r, "www/app.js.gz", "packed\n", 0600); /* what is in it is nobody's business here */
	write_spaces(r, "www/app.css", 1000);
	write_file(r, "www/.hidden", "secret\n", 0600);
	write_file(r, "outside.txt", "outside\n", 0600);
	write_file(r, "jwt.key", "0123456789abcdef0123456789abcdef\n", 0600);
	snprintf(path, sizeof(path), "%s/www/link.txt", r->dir);
	if (symlink("hello.txt", path))
		exit(3);
	snprintf(path, sizeof(path), "%s/users.db", r->dir);
	if (make_users(path, &e) || ca_init(r->dir, CA_ROOT_DAYS, false, clock_real(), &e) ||
	    ca_issue(r->dir, &req, clock_real(), &e)) {
		printf("%s\n", e.msg);
		exit(3);
	}
	snprintf(path, sizeof(path), "%s/root.crt", r->dir);
	r->ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_verify(r->ctx, SSL_VERIFY_PEER, NULL);
	if (SSL_CTX_load_verify_locations(r->ctx, path, NULL) != 1)
		exit(3);
}

static void drop_folder(struct run *r)
{
	static const char *const names[] = { "www/hello.txt", "www/sub/index.html", "www/.hidden",
		"www/link.txt", "www/app.js", "www/app.js.gz", "www/app.css", "www/sub", "www", "outside.txt",
		"jwt.key", "users.db", "notes.db", "access.log", "sessions.db", "sessions.db-wal",
		"sessions.db-shm", "stderr", "root.crt", "root.key", "localhost.crt", "localhost.key",
		"keys/1.key", "keys/2.key", "keys/3.key", "keys/lab.pem", "keys" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		remove_file(r, names[i]);
	if (rmdir(r->dir))
		printf("%s is left behind\n", r->dir);
	SSL_CTX_free(r->ctx);
}

/* --- Files --- */

static void end_case(struct run *r)
{
	if (!r->title[0])
		return;
	if (r->failed)
		r->failed_cases++;
	else
		r->passed_cases++;
	close_conns(r);
	r->title[0] = '\0';
	r->failed = r->tls = r->clear = r->metrics = false;
	r->from = 0;
	buf_clear(&r->sent);
	r->n_vars = 0;
}

static void begin_case(struct run *r, const char *title)
{
	end_case(r);
	if (!r->pid)
		start_server(r, "");
	snprintf(r->title, sizeof(r->title), "%s", title);
}

static void send_line(struct run *r, const char *text, int times)
{
	struct buf out = { 0 };

	while (times-- > 0)
		expand(r, text, &out);
	send_bytes(r, buf_view(&out));
	buf_fini(&out);
}

static void send_again(struct run *r, const char *text)
{
	int64_t end = clock_mono() + PATIENCE_MS * CLOCK_MS;
	struct buf same = { 0 };

	buf_slice(&same, buf_view(&r->sent));
	read_answer(r, false);
	while (!r->failed && !slice_eq_str(slice_sub(buf_view(&r->head), 9, 3), text)) {
		if (clock_mono() > end)
			fail(r, "that status does not come", buf_view(&r->head));
		poll(NULL, 0, 20);
		send_bytes(r, buf_view(&same));
		read_answer(r, false);
	}
	buf_fini(&same);
}

static void send_repeated(struct run *r, const char *text)
{
	char *rest;
	long n = strtol(text, &rest, 10);

	send_line(r, *rest == ' ' ? rest + 1 : rest, (int)n);
}

static void send_text(struct run *r, const char *text)
{
	char line[4096];

	snprintf(line, sizeof(line), "%s\\r\\n", text);
	send_line(r, line, 1);
}

static void send_raw(struct run *r, const char *text)
{
	send_line(r, text, 1);
}

static void set_server(struct run *r, const char *text)
{
	bool within = r->title[0] != '\0';

	if (!within)
		snprintf(r->title, sizeof(r->title), "server");
	start_server(r, text);
	if (!within && !r->failed)
		r->title[0] = '\0';
}

static void kill_server(struct run *r, const char *text)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	r->pid = 0;
	close_conns(r);
}

static void set_tls(struct run *r, const char *text)
{
	r->tls = true;
}

static void set_clear(struct run *r, const char *text)
{
	r->tls = r->clear = true;
}

static void set_metrics(struct run *r, const char *text)
{
	r->metrics = true;
}

static void set_from(struct run *r, const char *text)
{
	r->from = inet_addr(text);
}

static void change_user(struct run *r, const char *name, bool disabled)
{
	struct err e = { 0 };
	char path[96];
	struct users *u;

	snprintf(path, sizeof(path), "%s/users.db", r->dir);
	u = users_open(path, USERS_CHANGE, &e);
	if (!u || users_disable(u, slice_str(name), disabled, &e))
		fail(r, e.msg, SLICE(""));
	users_close(u);
}

static void disable(struct run *r, const char *name)
{
	change_user(r, name, true);
}

static void enable(struct run *r, const char *name)
{
	change_user(r, name, false);
}

static void set_version(struct run *r, const char *text)
{
	r->version = !strcmp(text, "1.0") ? "HTTP/1.0" : "HTTP/1.1";
}

static void set_bytewise(struct run *r, const char *text)
{
	present(r)->bytewise = true;
}

static void set_cork(struct run *r, int on)
{
	setsockopt(present(r)->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

static void gather(struct run *r, const char *text)
{
	set_cork(r, 1);
}

static void together(struct run *r, const char *text)
{
	set_cork(r, 0);
}

static void farewell(struct run *r, const char *text)
{
	SSL *ssl = present(r)->ssl;

	if (SSL_shutdown(ssl) != 0 || SSL_shutdown(ssl) != 1)
		fail(r, "no close_notify came back", SLICE(""));
}

static void finish(struct run *r, const char *text)
{
	shutdown(present(r)->fd, SHUT_WR);
}

static void expect_answer(struct run *r, const char *text)
{
	if (text[0] >= '0' && text[0] <= '9')
		expect_status(r, text);
	else
		expect_field(r, text);
}

static void expect_body(struct run *r, const char *text)
{
	struct buf want = { 0 };

	expand(r, text, &want);
	if (!matches(r, buf_cstr(&want), buf_view(&r->body)))
		fail(r, text, buf_view(&r->body));
	buf_fini(&want);
}

static void expect_closed(struct run *r, const char *text)
{
	expect_end(r);
}

static void expect_code(struct run *r, const char *text)
{
	expect_exit(r, atoi(text));
}

static const struct verb {
	const char *name;
	void (*fn)(struct run *r, const char *text);
} verbs[] = {
	{ "=", begin_case },
	{ "server", set_server },
	{ "tls", set_tls },
	{ "clear", set_clear },
	{ "version", set_version },
	{ "metrics", set_metrics },
	{ "from", set_from },
	{ "disable", disable },
	{ "enable", enable },
	{ "until", send_again },
	{ "on", switch_to },
	{ ">", send_text },
	{ ">-", send_raw },
	{ "repeat", send_repeated },
	{ "bytewise", set_bytewise },
	{ "gather", gather },
	{ "together", together },
	{ "finish", finish },
	{ "farewell", farewell },
	{ "<", expect_answer },
	{ "body", expect_body },
	{ "end", expect_closed },
	{ "signal", send_signal },
	{ "kill", kill_server },
	{ "key", set_key },
	{ "reload", reload },
	{ "renew", renew },
	{ "exit", expect_code },
	{ "log", expect_log },
};

static void run_line(struct run *r, char *line)
{
	size_t n = strcspn(line, " ");
	const char *text = line[n] ? line + n + 1 : "";

	if (!line[0] || line[0] == '#')
		return;
	if (r->failed && line[0] != '=')
		return; /* the rest of a failed case means nothing */
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (slice_eq_str(slice_of(line, n), verbs[i].name)) {
			verbs[i].fn(r, text);
			return;
		}
	fail(r, "unknown verb", slice_str(line));
}

static void run_file(struct run *r, const char *name)
{
	FILE *f = fopen(name, "r");
	char line[4096];

	r->file = name;
	r->version = "HTTP/1.1";
	r->line = 0;
	make_folder(r);
	while (f && fgets(line, sizeof(line), f)) {
		r->line++;
		line[strcspn(line, "\n")] = '\0';
		run_line(r, line);
	}
	if (f)
		fclose(f);
	else
		fail(r, strerror(errno), SLICE(""));
	end_case(r);
	if (r->pid) { /* every server must end well */
		begin_case(r, "the server ends at SIGTERM");
		send_signal(r, "TERM");
		expect_exit(r, 0);
		end_case(r);
	}
	drop_folder(r);
}

int main(int argc, char **argv)
{
	struct run r = { .program = argv[1], .version = "HTTP/1.1" };
	struct err e = { 0 };

	if (argc == 3 && !strcmp(argv[1], "--users")) {
		if (make_users(argv[2], &e) == 0)
			return 0;
		fprintf(stderr, "%s: %s\n", argv[0], e.msg);
		return 3;
	}
	if (argc < 3) {
		fprintf(stderr, "usage: %s PATH/TO/osilab-serve FILE...\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 2; i < argc; i++)
		run_file(&r, argv[i]);
	buf_fini(&r.head);
	buf_fini(&r.body);
	buf_fini(&r.sent);
	printf("%d passed, %d failed\n", r.passed_cases, r.failed_cases);
	return r.failed_cases ? 1 : 0;
}
