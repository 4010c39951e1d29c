/* Refresh tokens; see refresh.h. */
#include "auth/refresh.h"

#include "base/base64.h"
#include "base/clock.h"
#include "tls/digest.h"

#include <stdio.h>
#include <sys/random.h>

enum { RAW = 16 /* bytes of a part */ };

/* --- Parts --- */

static int random_part(char out[REFRESH_PART + 1])
{
	uint8_t raw[RAW];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return -1;
	base64_encode(slice_of(raw, sizeof(raw)), BASE64_URL | BASE64_UNPADDED, out);
	out[REFRESH_PART] = '\0';
	digest_wipe(raw, sizeof(raw));
	return 0;
}

/* What is hashed begins with a word, so that it is a hash of nothing else. */
static int hash_of(const char *word, struct slice text, uint8_t out[DIGEST_SHA256])
{
	char room[256];
	int n = snprintf(room, sizeof(room), "%s %.*s", word, (int)text.n, (const char *)text.p);

	return n < (int)sizeof(room) ? digest_sha256(slice_of(room, (size_t)n), out) : -1;
}

static int secret_of(struct slice text, int64_t *out)
{
	uint8_t hash[DIGEST_SHA256];
	uint64_t v = 0;

	if (hash_of("refresh secret", text, hash))
		return -1;
	for (int i = 0; i < 8; i++)
		v = v << 8 | hash[i];
	*out = (int64_t)(v >> 4);
	return 0;
}

static int client_of(struct slice client, char out[STORE_CSRF + 1])
{
	uint8_t hash[DIGEST_SHA256];
	char text[2 * DIGEST_SHA256];

	if (hash_of("refresh client", client, hash))
		return -1;
	base64_encode(slice_of(hash, DIGEST_SHA256), BASE64_URL | BASE64_UNPADDED, text);
	snprintf(out, STORE_CSRF + 1, ":%.*s", STORE_CSRF - 1, text);
	return 0;
}

/* Family and hash of the secret; -1 for what is no such token, which no store needs to be asked about. */
static int take_apart(struct refresh_call *c, struct slice token)
{
	struct slice family = slice_sub(token, 0, REFRESH_PART), secret = slice_skip(token, REFRESH_PART + 1);

	if (token.n != REFRESH_TEXT || token.p[REFRESH_PART] != '.' || slice_chr(family, '\0') >= 0 ||
	    slice_chr(secret, '\0') >= 0)
		return -1;
	slice_cstr(family, c->token, sizeof(c->token));
	return hash_of("refresh family", family, c->store.key) || secret_of(secret, &c->secret);
}

/* c->token has the family: a new secret goes behind it, its hash into the value. */
static int next_secret(struct refresh_call *c)
{
	char *secret = c->token + REFRESH_PART + 1;

	c->token[REFRESH_PART] = '.';
	return random_part(secret) || secret_of(slice_str(secret), &c->store.value.seen);
}

/* --- Steps --- */

static void on_store_done(struct store_call *sc)
{
	struct refresh_call *c = (struct refresh_call *)sc;

	if (c->step(c) == STORE_DONE)
		c->done(c);
}

static enum store_when step(struct refresh_call *c, enum store_when (*op)(void *state, struct store_call *c),
    enum store_when (*next)(struct refresh_call *c))
{
	c->step = next;
	c->store.done = on_store_done;
	if (op(c->refresh->store->state, &c->store) == STORE_LATER)
		return STORE_LATER;
	return next(c);
}

static enum store_when finish(struct refresh_call *c, enum refresh_outcome outcome)
{
	struct refresh_call **p = &c->refresh->busy;

	while (*p && *p != c)
		p = &(*p)->next;
	if (*p)
		*p = c->next;
	c->outcome = outcome;
	return STORE_DONE;
}

static void begin(struct refresh *r, struct refresh_call *c)
{
	c->refresh = r;
	c->next = r->busy;
	r->busy = c;
}

static bool is_busy(const struct refresh_call *c)
{
	for (const struct refresh_call *o = c->refresh->busy; o; o = o->next)
		if (o != c && memcmp(o->store.key, c->store.key, STORE_KEY) == 0)
			return true;
	return false;
}

/* --- Starting --- */

static enum store_when on_put(struct refresh_call *c)
{
	return finish(c, c->store.result == STORE_OK ? REFRESH_OK : REFRESH_FAILED);
}

enum store_when refresh_start(
    struct refresh *r, struct refresh_call *c, struct slice user, struct slice client)
{
	struct session *v = &c->store.value;

	begin(r, c);
	*v = (struct session){ .created = clock_real() };
	slice_cstr(user, v->user, sizeof(v->user));
	slice_cstr(user, c->user, sizeof(c->user));
	if (client_of(client, v->csrf) || random_part(c->token) ||
	    hash_of("refresh family", slice_str(c->token), c->store.key) || next_secret(c))
		return finish(c, REFRESH_FAILED);
	c->store.expires = v->created + r->life;
	return step(c, r->store->ops->put, on_put);
}

/* --- Using --- */

static enum store_when on_reuse_ended(struct refresh_call *c)
{
	return finish(c, c->store.result == STORE_OK ? REFRESH_REUSED : REFRESH_FAILED);
}

static enum store_when on_replaced(struct refresh_call *c)
{
	static const enum refresh_outcome outcomes[] = {
		[STORE_OK] = REFRESH_OK,
		[STORE_MISSING] = REFRESH_NONE, /* it was ended meanwhile */
		[STORE_FAILED] = REFRESH_FAILED,
	};

	return finish(c, outcomes[c->store.result]);
}

static enum store_when on_found(struct refresh_call *c)
{
	const struct store_ops *ops = c->refresh->store->ops;
	struct session *v = &c->store.value;

	if (c->store.result != STORE_OK)
		return finish(c, c->store.result == STORE_MISSING ? REFRESH_NONE : REFRESH_FAILED);
	if (strcmp(v->csrf, c->client) != 0 || clock_real() >= v->created + c->refresh->life)
		return finish(c, REFRESH_NONE);
	if (v->seen != c->secret || is_busy(c))
		return step(c, ops->del, on_reuse_ended);
	if (next_secret(c))
		return finish(c, REFRESH_FAILED);
	slice_cstr(slice_str(v->user), c->user, sizeof(c->user));
	c->store.expires = v->created + c->refresh->life;
	return step(c, ops->replace, on_replaced);
}

enum store_when refresh_use(
    struct refresh *r, struct refresh_call *c, struct slice token, struct slice client)
{
	begin(r, c);
	if (take_apart(c, token) || client_of(client, c->client))
		return finish(c, REFRESH_NONE);
	return step(c, r->store->ops->get, on_found);
}

/* --- Ending --- */

static enum store_when on_ended(struct refresh_call *c)
{
	return finish(c, c->store.result == STORE_FAILED ? REFRESH_FAILED : REFRESH_OK);
}

/* Whoever has the family's name has had a token of it: which one does not matter. */
enum store_when refresh_end(struct refresh *r, struct refresh_call *c, struct slice token)
{
	begin(r, c);
	if (take_apart(c, token))
		return finish(c, REFRESH_OK);
	return step(c, r->store->ops->del, on_ended);
}
