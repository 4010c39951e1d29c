/* Taking secrets out; see redact.h. */
#include "trace/redact.h"

#include "base/table.h"
#include "http/cookie.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum {
	TCP_CKSUM_AT = 16,       /* in the header, RFC 9293 3.1 */
	REDACT_MAX = 65536,      /* values known */
	REDACT_BYTES = 16 << 20, /* and their bytes */
	HERE_MAX = 256,          /* secrets met in one frame */
	SHORT = 4,               /* shorter values are replaced in text only where one can stand */
	NAME_MAX = 32,
};

struct secret {
	uint64_t hash;
	char name[NAME_MAX]; /* "cookie-1" */
	size_t n;
	uint8_t value[];
};

struct redact {
	struct table known;
	size_t bytes;
	unsigned numbers[REDACT_KINDS];
	const struct secret *here[HERE_MAX]; /* met in the frame in hand */
	unsigned nhere;
	bool
	    flooded; /* there were more, or more values than can be known: nothing is trusted in this frame */
	uint8_t *copy;   /* of the frame, in its arena; NULL: nothing of it is hidden */
	uint8_t *hidden; /* a flag for each byte of it */
};

struct redact *redact_new(void)
{
	struct redact *r = calloc(1, sizeof(*r));

	if (r)
		table_init(&r->known);
	return r;
}

void redact_free(struct redact *r)
{
	size_t at = 0;
	struct secret *s;

	if (!r)
		return;
	while ((s = table_each(&r->known, &at))) {
		explicit_bzero(s->value, s->n);
		free(s);
	}
	table_fini(&r->known);
	free(r);
}

/* --- Values and their names ----------------------------------------------------------------------------------- */

/* What stands for values that are too many to be told apart. */
static const struct secret nameless = { .name = "secret" };

static const struct secret *learn(struct redact *r, enum redact_kind kind, struct slice value, uint64_t hash)
{
	static const char *const kinds[REDACT_KINDS] = { "cookie", "credentials", "url-secret",
		"header-secret", "text" };
	struct secret *s;

	if (r->known.n == REDACT_MAX || value.n > REDACT_BYTES - r->bytes)
		return &nameless;
	s = malloc(sizeof(*s) + value.n);
	if (!s || table_put(&r->known, hash, s) < 0) {
		free(s);
		return &nameless;
	}
	s->hash = hash;
	s->n = value.n;
	memcpy(s->value, value.p, value.n);
	snprintf(s->name, sizeof(s->name), "%s-%u", kinds[kind], ++r->numbers[kind]);
	r->bytes += value.n;
	return s;
}

static const struct secret *look_up(struct redact *r, enum redact_kind kind, struct slice value)
{
	uint64_t hash = table_hash(&r->known, value.p, value.n);
	struct table_walk w;

	for (struct secret *s = table_first(&r->known, hash, &w); s; s = table_next(&r->known, &w))
		if (slice_eq(slice_of(s->value, s->n), value))
			return s;
	return learn(r, kind, value, hash);
}

/* Longer ones first, so that one that holds another is replaced as a whole. */
static void meet(struct redact *r, const struct secret *s)
{
	unsigned at = 0;

	for (unsigned i = 0; i < r->nhere; i++)
		if (r->here[i] == s)
			return;
	if (r->nhere == HERE_MAX || s == &nameless) {
		r->flooded = true;
		return;
	}
	while (at < r->nhere && r->here[at]->n >= s->n)
		at++;
	memmove(r->here + at + 1, r->here + at, (r->nhere - at) * sizeof(r->here[0]));
	r->here[at] = s;
	r->nhere++;
}

/* --- The bytes of the frame ------------------------------------------------------------------------------------ */

/* Where the bytes lie in the frame; -1 when they do not. */
static ssize_t place(const struct trace *t, struct slice bytes)
{
	struct slice all = t->frame.pkt.bytes;

	if (!t->redact->copy || (uintptr_t)bytes.p < (uintptr_t)all.p ||
	    (uintptr_t)(bytes.p + bytes.n) > (uintptr_t)(all.p + all.n))
		return -1;
	return bytes.p - all.p;
}

/* The name over the value, as much of it as there is room for. */
static void hide(struct trace *t, struct slice value, const struct secret *s)
{
	ssize_t at = place(t, value);
	size_t n = strlen(s->name);

	if (at < 0)
		return;
	memset(t->redact->copy + at, '-', value.n);
	memcpy(t->redact->copy + at, s->name, n < value.n ? n : value.n);
	memset(t->redact->hidden + at, 0, value.n);
}

void redact_begin(struct trace *t)
{
	const struct pkt *p = &t->frame.pkt;
	struct redact *r = t->redact;
	size_t from;

	if (!r)
		return;
	r->nhere = 0;
	r->flooded = false;
	r->copy = NULL;
	t->frame.comment = slice_of(NULL, 0); /* it may be that of an earlier run, with all the values */
	if (p->transport ? p->transport->proto != PROTO_TCP : !(p->net && p->payload.n))
		return;
	from = (size_t)(p->payload.p - p->bytes.p);
	if (!p->payload.n || from > p->bytes.n)
		return;
	r->copy = (uint8_t *)arena_dup(&t->arena, p->bytes).p;
	r->hidden = arena_alloc(&t->arena, p->bytes.n);
	if (!r->copy || !r->hidden) { /* better nothing than everything */
		t->frame.pkt.bytes.n = from;
		t->frame.pkt.payload.n = 0;
		r->copy = NULL;
		return;
	}
	memset(r->hidden + from, 1, p->bytes.n - from);
}

static void set_hidden(struct trace *t, struct slice bytes, uint8_t hidden)
{
	ssize_t at = t->redact && bytes.n ? place(t, bytes) : -1;

	if (at >= 0)
		memset(t->redact->hidden + at, hidden, bytes.n);
}

void redact_clear(struct trace *t, struct slice bytes)
{
	set_hidden(t, bytes, 0);
}

void redact_cover(struct trace *t, struct slice bytes)
{
	set_hidden(t, bytes, 1);
}

static bool is_text(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* The shape stays: the ends of lines, brackets, signs.  True when something changed. */
static bool cover(struct trace *t)
{
	struct redact *r = t->redact;
	struct slice all = t->frame.pkt.bytes;

	for (size_t i = 0; i < all.n; i++)
		if (r->hidden[i] &&
		    (is_text(r->copy[i]) || (r->copy[i] < 0x20 && !strchr("\r\n\t", r->copy[i]))))
			r->copy[i] = 'x';
	return memcmp(r->copy, all.p, all.n) != 0;
}

/* A checksum that was right is right again. */
static void renew_cksum(struct trace *t, uint8_t *copy)
{
	struct pkt *p = &t->frame.pkt;
	const struct layer *l = p->transport;
	bool was_good =
	    l && !p->whole_from && l->proto == PROTO_TCP && pkt_cksum(p, l, NULL) == PKT_CKSUM_GOOD;
	uint16_t sum;

	if (!p->whole_from)
		p->payload.p = copy + (p->payload.p - p->bytes.p);
	p->bytes.p = copy;
	if (!was_good)
		return;
	pkt_cksum(p, l, &sum);
	p->layers[l - p->layers].tcp.cksum = sum;
	copy[l->off + TCP_CKSUM_AT] = (uint8_t)(sum >> 8);
	copy[l->off + TCP_CKSUM_AT + 1] = (uint8_t)sum;
}

/* A datagram put together from fragments is no more to be seen than they are. */
static void cover_whole(struct trace *t)
{
	struct pkt *p = &t->frame.pkt;
	uint8_t *copy = (uint8_t *)(uintptr_t)arena_dup(&t->arena, p->whole).p;

	for (size_t i = 0; copy && i < p->whole.n; i++)
		copy[i] = is_text(copy[i]) ? 'x' : copy[i];
	p->whole = slice_of(copy, copy ? p->whole.n : 0);
	p->payload = slice_of(NULL, 0);
}

void redact_finish(struct trace *t)
{
	if (t->redact && t->frame.pkt.whole.n)
		cover_whole(t);
	if (t->redact && t->redact->copy && cover(t))
		renew_cksum(t, t->redact->copy);
	if (t->redact)
		t->redact->copy = NULL;
}

/* --- Text ------------------------------------------------------------------------------------------------------ */

static bool ends_value(struct slice rest)
{
	return !rest.n || memchr("&;, \"'\r\n)", rest.p[0], 10);
}

/* Where the secret stands in the text from `at` on; -1: nowhere.  A short one only behind a sign that values
 * follow, since its letters stand in other words too. */
static ssize_t find_secret(struct slice text, size_t at, const struct secret *s)
{
	for (;;) {
		ssize_t hit = slice_find(slice_skip(text, at), slice_of(s->value, s->n));

		if (hit < 0)
			return -1;
		at += (size_t)hit;
		if (s->n >= SHORT || ((at == 0 || memchr("=:\" ", text.p[at - 1], 4)) &&
		                         ends_value(slice_skip(text, at + s->n))))
			return (ssize_t)at;
		at++;
	}
}

/* The secret that stands first in the text; *at says where. */
static const struct secret *first_secret(const struct redact *r, struct slice text, size_t *at)
{
	const struct secret *first = NULL;

	for (unsigned i = 0; i < r->nhere; i++) {
		ssize_t hit = find_secret(text, 0, r->here[i]);

		if (hit >= 0 && (!first || (size_t)hit < *at)) {
			first = r->here[i];
			*at = (size_t)hit;
		}
	}
	return first;
}

struct slice redact_text(struct trace *t, struct slice text)
{
	const struct secret *s;
	struct buf out = { 0 };
	struct slice kept;
	size_t at = 0;

	if (t->redact && t->redact->flooded && text.n)
		return SLICE("(hidden)");
	if (!t->redact || !text.n || !(s = first_secret(t->redact, text, &at)))
		return text;
	do {
		buf_slice(&out, slice_sub(text, 0, at));
		buf_puts(&out, s->name);
		text = slice_skip(text, at + s->n);
	} while (text.n && (s = first_secret(t->redact, text, &at)));
	buf_slice(&out, text);
	kept = arena_dup(&t->arena, buf_view(&out));
	buf_fini(&out);
	return kept.p ? kept : SLICE("secret");
}

/* --- Heads ----------------------------------------------------------------------------------------------------- */

void redact_value(struct trace *t, enum redact_kind kind, struct slice value)
{
	const struct secret *s;

	if (!t->redact || !value.n)
		return;
	s = look_up(t->redact, kind, value);
	meet(t->redact, s);
	hide(t, value, s);
}

const char *redact_name(struct trace *t, enum redact_kind kind, const char *value)
{
	return t->redact ? look_up(t->redact, kind, slice_str(value))->name : value;
}

static bool holds_word(struct slice name, const char *const *words)
{
	for (; *words; words++)
		for (size_t i = 0, n = strlen(*words); i + n <= name.n; i++)
			if (strncasecmp((const char *)name.p + i, *words, n) == 0)
				return true;
	return false;
}

/* Names of parameters and fields whose values are for few eyes. */
static bool is_secret_name(struct slice name)
{
	static const char *const words[] = { "pass", "pwd", "token", "secret", "key", "auth", "sid", "sess",
		"jwt", "code", "signature", "credential", "csrf", NULL };

	return holds_word(name, words);
}

/* user:password@ and the parameters of a URL, ";jsessionid=" included. */
static void redact_url(struct trace *t, struct slice url)
{
	ssize_t scheme = slice_find(url, SLICE("://"));
	struct slice rest = slice_skip(url, scheme < 0 ? 0 : (size_t)scheme + 3);
	ssize_t slash = slice_chr(rest, '/');
	struct slice host = slice_sub(rest, 0, scheme < 0 ? 0 : slash < 0 ? rest.n : (size_t)slash);
	ssize_t userinfo = slice_rchr(host, '@');

	if (userinfo > 0)
		redact_value(t, REDACT_CREDENTIALS, slice_sub(host, 0, (size_t)userinfo));
	while (rest.n) {
		size_t n = 0;
		struct slice piece;
		ssize_t is;

		while (n < rest.n && !memchr("?&;#", rest.p[n], 4))
			n++;
		piece = slice_sub(rest, 0, n);
		is = slice_chr(piece, '=');
		if (is >= 0 && is_secret_name(slice_sub(piece, 0, (size_t)is)))
			redact_value(t, REDACT_URL, slice_skip(piece, (size_t)is + 1));
		rest = slice_skip(rest, n + 1);
	}
}

static void redact_credentials(struct trace *t, struct slice value)
{
	ssize_t space = slice_chr(value, ' ');

	redact_value(t, REDACT_CREDENTIALS, slice_trim(slice_skip(value, space < 0 ? 0 : (size_t)space + 1)));
}

static void redact_field(struct trace *t, const struct http_field *f)
{
	struct http_setcookie set;
	struct http_cookie pair;
	struct slice rest = f->value;

	if (slice_ieq(f->name, SLICE("Cookie"))) {
		while (http_cookie_next(&rest, &pair))
			redact_value(t, REDACT_COOKIE, pair.value);
	} else if (slice_ieq(f->name, SLICE("Set-Cookie"))) {
		ssize_t is = slice_chr(rest, '='), end = slice_chr(rest, ';');

		if (http_setcookie_parse(rest, &set) == 0)
			redact_value(t, REDACT_COOKIE, set.value);
		else /* a browser drops it, a reader does not */
			redact_value(t, REDACT_COOKIE,
			    slice_skip(slice_sub(rest, 0, end < 0 ? rest.n : (size_t)end), (size_t)(is + 1)));
	} else if (slice_ieq(f->name, SLICE("Authorization")) || slice_ieq(f->name, SLICE("Proxy-"
	                                                                                  "Authorization"))) {
		redact_credentials(t, rest);
	} else if (slice_ieq(f->name, SLICE("Location")) || slice_ieq(f->name, SLICE("Referer")) ||
	           slice_ieq(f->name, SLICE("Content-Location"))) {
		redact_url(t, rest);
	} else if (is_secret_name(f->name) && !slice_ieq(f->name, SLICE("WWW-Authenticate")) &&
	           !slice_istarts(f->name, SLICE("Sec-WebSocket-"))) {
		redact_value(t, REDACT_HEADER, rest);
	}
}

/* Values met in this head, wherever else they stand in it. */
static void hide_copies(struct trace *t, struct slice head)
{
	for (unsigned i = 0; i < t->redact->nhere; i++) {
		const struct secret *s = t->redact->here[i];
		ssize_t at = 0;

		while ((at = find_secret(head, (size_t)at, s)) >= 0) {
			hide(t, slice_sub(head, (size_t)at, s->n), s);
			at += (ssize_t)s->n;
		}
	}
}

void redact_head(struct trace *t, const struct http_msg *m, struct slice head)
{
	if (!t->redact)
		return;
	redact_clear(t, head);
	if (m->request)
		redact_url(t, m->target);
	for (size_t i = 0; i < m->nfields; i++)
		redact_field(t, &m->fields[i]);
	if (place(t, head) >= 0)
		hide_copies(t, head);
	if (t->redact->flooded)
		redact_cover(t, head);
}

bool redact_shows_body(const struct http_msg *m)
{
	struct slice type = http_value(m, SLICE("Content-Type"));

	return !http_value(m, SLICE("Content-Encoding")).p && !slice_istarts(type, SLICE("application/")) &&
	       !slice_istarts(type, SLICE("multipart/"));
}
