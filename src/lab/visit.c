/* The client of the demo; see visit.h. */
#include "lab/visit.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/escape.h"
#include "lab/child.h"
#include "lab/demo_net.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { REQUESTS = 4, EXTRA = 6, ARGV = 128, RUN_MS = 30000, ANSWER_MAX = 65536 };

/* Extra words for curl; those of a secret are put in when it runs. */
#define FORM     "%form"
#define BASIC    "%basic"
#define FORGED   "%forged"
#define BEARER   "%bearer"
#define TAMPERED "%tampered"

struct request {
	const char *what;   /* as people say it */
	const char *answer; /* file of the answer */
	const char *path;
	unsigned status; /* what the server must answer */
	const char *extra[EXTRA];
};

/* One curl: one connection, unless the server closes it. */
static const struct run {
	const char *scheme;
	const char *family;
	struct request requests[REQUESTS]; /* ended by one without path */
} runs[] = {
	{ "http", "-4",
	    { { "log in with a form, in clear", "http-login", "/login", 303,
	        { "-c", "http.jar", "-d", FORM } } } },
	{ "http", "-4",
	    { { "who am I, by the cookie, reconnected", "http-me", "/me", 200, { "-b", "http.jar" } } } },
	{ "https", "-4",
	    { { "log in with a form, over TLS", "https-login", "/login", 303,
	          { "-b", "https.jar", "-c", "https.jar", "-d", FORM } },
	        { "who am I, by the cookie", "https-me", "/me", 200,
	            { "-b", "https.jar", "-c", "https.jar" } },
	        { "and again", "https-me-again", "/me", 200, { "-b", "https.jar", "-c", "https.jar" } },
	        { "log out", "https-logout", "/logout", 303,
	            { "-b", "https.jar", "-c", "https.jar", "-d", "" } } } },
	{ "https", "-6",
	    { { "a token for name and password", "https-token", "/token", 200,
	        { "-u", BASIC, "-d", "" } } } },
	{ "https", "-6", { { "who am I, by the token", "https-api", "/api/me", 200, { "-H", BEARER } } } },
	{ "https", "-4",
	    { { "who am I, by a cookie that I made up", "https-forged", "/me", 401, { "-H", FORGED } } } },
	{ "https", "-6",
	    { { "who am I, by a token that I changed", "https-tampered", "/api/me", 401,
	        { "-H", TAMPERED } } } },
};

/* --- Secrets ---------------------------------------------------------------------------------------- */

/* n random bytes as 2n hexadecimal digits and a NUL. */
static int random_hex(char *to, size_t n, struct err *e)
{
	uint8_t b[32];

	if (n > sizeof(b) || getrandom(b, n, 0) != (ssize_t)n)
		return err_sys(e, "random numbers");
	for (size_t i = 0; i < n; i++)
		snprintf(to + 2 * i, 3, "%02x", b[i]);
	return 0;
}

int visit_secrets(struct visit_secrets *s, struct err *e)
{
	char tail[9], id[65];

	memset(s, 0, sizeof(*s));
	if (random_hex(tail, 4, e) || random_hex(id, 16, e))
		return -1;
	snprintf(s->password, sizeof(s->password), "correct-horse-%s", tail);
	snprintf(s->form, sizeof(s->form), "user=" VISIT_USER "&password=%s", s->password);
	snprintf(s->basic, sizeof(s->basic), VISIT_USER ":%s", s->password);
	snprintf(s->forged, sizeof(s->forged), "Cookie: __Host-sid=%s", id);
	return 0;
}

/* Puts another name in the place of the user's inside the payload, as someone would who thinks that a
 * token is a secret box; same length, so that everything else stays where it is. */
static int tamper(struct slice payload, struct buf *out)
{
	uint8_t json[4096];
	ssize_t n = base64_decode(payload, BASE64_URL | BASE64_UNPADDED, json, sizeof(json));
	ssize_t at = n > 0 ? slice_find(slice_of(json, (size_t)n), SLICE("\"" VISIT_USER "\"")) : -1;

	if (at < 0)
		return -1;
	memcpy(json + at + 1, "admin", strlen(VISIT_USER));
	return base64_put(out, slice_of(json, (size_t)n), BASE64_URL | BASE64_UNPADDED);
}

int visit_token(struct visit_secrets *s, struct slice json, struct err *e)
{
	static const char key[] = "\"access_token\":\"";
	ssize_t at = slice_find(json, slice_str(key));
	struct slice rest = slice_skip(json, at < 0 ? json.n : (size_t)at + strlen(key));
	struct slice token = slice_cut(&rest, '"'), parts = token;
	struct slice head = slice_cut(&parts, '.'), payload = slice_cut(&parts, '.');
	struct buf changed = { 0 };
	int rc = 0;

	if (!token.n || !parts.n || tamper(payload, &changed))
		rc = err_set(e, ERR_DATA, "the answer to /token holds no token for " VISIT_USER);
	snprintf(s->bearer, sizeof(s->bearer), "Authorization: Bearer %.*s", SLICE_ARG(token));
	snprintf(s->tampered, sizeof(s->tampered), "Authorization: Bearer %.*s.%s.%.*s", SLICE_ARG(head),
	    buf_cstr(&changed), SLICE_ARG(parts));
	buf_fini(&changed);
	return rc;
}

/* --- One run of curl -------------------------------------------------------------------------------- */

struct words {
	const char *v[ARGV + 1];
	unsigned n;
	char text[REQUESTS][2][128]; /* URLs and file names */
};

static void add(struct words *w, const char *word)
{
	if (w->n < ARGV)
		w->v[w->n++] = word;
	w->v[w->n] = NULL;
}

static const char *fill_in(const struct visit_secrets *s, const char *word)
{
	const struct {
		const char *name, *value;
	} known[] = {
		{ FORM, s->form },
		{ BASIC, s->basic },
		{ FORGED, s->forged },
		{ BEARER, s->bearer },
		{ TAMPERED, s->tampered },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(word, known[i].name))
			return known[i].value;
	return word;
}

/* curl forgets most options at --next, so each request has them all. */
static void add_request(
    struct words *w, const struct run *run, unsigned i, bool ip6, const struct visit_secrets *s)
{
	static const char *const common[] = { "-sS", "--noproxy", "*", "--max-time", "10", "--cacert",
		"ca/root.crt", "-w", "%{http_code} %{num_connects}\n", "-o" };
	const struct request *q = &run->requests[i];
	char *url = w->text[i][0], *file = w->text[i][1];

	if (i)
		add(w, "--next");
	for (size_t k = 0; k < sizeof(common) / sizeof(common[0]); k++)
		add(w, common[k]);
	snprintf(file, sizeof(w->text[i][1]), "answers/%s.txt", q->answer);
	add(w, file);
	add(w, ip6 ? run->family : "-4");
	for (size_t k = 0; k < EXTRA && q->extra[k]; k++)
		add(w, fill_in(s, q->extra[k]));
	snprintf(url, sizeof(w->text[i][0]), "%s://" DEMO_NAME "%s", run->scheme, q->path);
	add(w, url);
}

static unsigned count(const struct run *run)
{
	unsigned n = 0;

	while (n < REQUESTS && run->requests[n].path)
		n++;
	return n;
}

/* What curl complained about, safe to show. */
static int fail(
    const struct run *run, const struct request *q, unsigned got, struct slice said, struct err *e)
{
	struct buf safe = { 0 };

	escape_text(&safe, slice_sub(slice_trim(said), 0, 200));
	if (got)
		err_set(e, ERR_DATA,
		    "%s://" DEMO_NAME "%s was answered with %u instead of %u, see answers/%s.txt",
		    run->scheme, q->path, got, q->status, q->answer);
	else
		err_set(e, ERR_DATA, "%s://" DEMO_NAME "%s got no answer: %s", run->scheme, q->path,
		    buf_cstr(&safe));
	buf_fini(&safe);
	return -1;
}

static int one_run(const struct lab *lab, const struct lab_node *from, const struct run *run,
    const struct visit_secrets *s, void (*told)(void *, const char *, unsigned, bool), void *arg,
    struct err *e)
{
	/* Nothing of the caller's: proxies, key logs and curl's own settings stay out. */
	static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", locale[] = "LC_ALL=C";
	char *env[] = { path, locale, NULL };
	struct child_options o = { .node = from, .err = -1, .join = true, .env = env };
	struct words w = { 0 };
	struct buf out = { .max = 4096 };
	struct slice rest;
	int status = 0, rc;

	add(&w, "curl");
	add(&w, "-q"); /* no .curlrc; only as the first word */
	for (unsigned i = 0; i < count(run); i++)
		add_request(&w, run, i, lab->ip6, s);
	rc = child_output(w.v, &o, clock_mono() + RUN_MS * CLOCK_MS, &out, &status, e);
	rest = buf_view(&out);
	for (unsigned i = 0; rc == 0 && i < count(run); i++) {
		const struct request *q = &run->requests[i];
		struct slice line = slice_cut(&rest, '\n'), all = line;
		struct slice code = slice_cut(&line, ' ');
		uint64_t got = 0, connects = 0;

		if (slice_u64(code, &got) || slice_u64(line, &connects) || got != q->status)
			rc = fail(run, q, (unsigned)got, got ? all : buf_view(&out), e);
		else
			told(arg, q->what, (unsigned)got, connects > 0);
	}
	buf_fini(&out);
	return rc;
}

/* Reads the answer to /token. */
static int learn_token(struct visit_secrets *s, struct err *e)
{
	char json[ANSWER_MAX];
	int fd = open("answers/https-token.txt", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, json, sizeof(json));

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return err_sys(e, "answers/https-token.txt");
	return visit_token(s, slice_of(json, (size_t)n), e);
}

int visit_all(const struct lab *lab, const struct lab_node *from, struct visit_secrets *s,
    void (*told)(void *arg, const char *what, unsigned status, bool connected), void *arg, struct err *e)
{
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		if (one_run(lab, from, &runs[i], s, told, arg, e))
			return -1;
		if (!strcmp(runs[i].requests[0].path, "/token") && learn_token(s, e))
			return -1;
	}
	return 0;
}
