/* Sessions; see sessions.h. */
#include "auth/sessions.h"

#include "base/base64.h"
#include "tls/digest.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum { ID_BYTES = 16 }; /* 128 bits */

void sessions_init(struct sessions *s, struct store *store)
{
	*s = (struct sessions){ store, SESSIONS_IDLE, SESSIONS_ABSOLUTE };
}

/* --- Steps: each store operation, then what follows it, now or later --- */

static void on_store_done(struct store_call *sc)
{
	struct sessions_call *c = (struct sessions_call *)sc;

	if (c->next(c) == STORE_DONE)
		c->done(c);
}

static enum store_when step(struct sessions_call *c, enum store_when (*op)(void *state, struct store_call *c),
    enum store_when (*next)(struct sessions_call *c))
{
	c->next = next;
	c->store.done = on_store_done;
	if (op(c->sessions->store->state, &c->store) == STORE_LATER)
		return STORE_LATER;
	return next(c);
}

static enum store_when finish(struct sessions_call *c, enum sessions_outcome outcome)
{
	c->outcome = outcome;
	return STORE_DONE;
}

static const struct store_ops *begin(struct sessions *s, struct sessions_call *c)
{
	c->sessions = s;
	c->outcome = SESSIONS_NONE;
	return s->store->ops;
}

/* --- Ids --- */

/* The key of an id; -1 when it has not the form of one, which no store needs to be asked about. */
static int key_of(struct slice id, uint8_t key[STORE_KEY])
{
	uint8_t raw[ID_BYTES + 3];

	if (id.n != SESSIONS_ID ||
	    base64_decode(id, BASE64_URL | BASE64_UNPADDED, raw, sizeof(raw)) != ID_BYTES)
		return -1;
	return digest_sha256(slice_of(raw, ID_BYTES), key);
}

/* 128 fresh bits as SESSIONS_ID characters and a NUL. */
static int random_text(char out[SESSIONS_ID + 1])
{
	uint8_t raw[ID_BYTES];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return -1;
	base64_encode(slice_of(raw, sizeof(raw)), BASE64_URL | BASE64_UNPADDED, out);
	out[SESSIONS_ID] = '\0';
	digest_wipe(raw, sizeof(raw));
	return 0;
}

/* --- Finding --- */

static int64_t expiry(const struct sessions *s, const struct session *v)
{
	int64_t idle = v->seen + s->idle, absolute = v->created + s->absolute;

	return idle < absolute ? idle : absolute;
}

/* STORE_MISSING: it was ended while we looked at it. */
static enum store_when on_kept(struct sessions_call *c)
{
	static const enum sessions_outcome outcomes[] = {
		[STORE_OK] = SESSIONS_FOUND,
		[STORE_MISSING] = SESSIONS_NONE,
		[STORE_FAILED] = SESSIONS_FAILED,
	};

	c->session = c->store.value;
	return finish(c, outcomes[c->store.result]);
}

static enum store_when on_deleted(struct sessions_call *c)
{
	return finish(c, c->store.result == STORE_OK ? SESSIONS_NONE : SESSIONS_FAILED);
}

static enum store_when on_found(struct sessions_call *c)
{
	struct session *v = &c->store.value;
	int64_t now = clock_real();

	if (c->store.result != STORE_OK)
		return finish(c, c->store.result == STORE_MISSING ? SESSIONS_NONE : SESSIONS_FAILED);
	if (now >= expiry(c->sessions, v))
		return step(c, c->sessions->store->ops->del, on_deleted);
	/* An id that was heard over plain HTTP must not open a session made over TLS. */
	if (v->secure != c->session.secure)
		return finish(c, SESSIONS_NONE);
	if (now >= v->seen && now - v->seen < c->sessions->store->ops->grain)
		return on_kept(c);
	v->seen = now;
	c->store.expires = expiry(c->sessions, v);
	return step(c, c->sessions->store->ops->replace, on_kept);
}

enum store_when sessions_find(struct sessions *s, struct sessions_call *c, struct slice id, bool secure)
{
	const struct store_ops *ops = begin(s, c);

	c->session = (struct session){ .secure = secure };
	if (key_of(id, c->store.key))
		return finish(c, SESSIONS_NONE);
	return step(c, ops->get, on_found);
}

/* --- Starting and ending --- */

static enum store_when make_new(struct sessions_call *c)
{
	struct session *v = &c->session;

	if (random_text(c->id) || random_text(v->csrf) || key_of(slice_str(c->id), c->store.key))
		return finish(c, SESSIONS_FAILED);
	v->created = v->seen = clock_real();
	c->store.value = *v;
	c->store.expires = expiry(c->sessions, v);
	return step(c, c->sessions->store->ops->put, on_kept);
}

static enum store_when on_old_deleted(struct sessions_call *c)
{
	return c->store.result == STORE_OK ? make_new(c) : finish(c, SESSIONS_FAILED);
}

enum store_when sessions_start(
    struct sessions *s, struct sessions_call *c, struct slice old_id, struct slice user, bool secure)
{
	const struct store_ops *ops = begin(s, c);

	c->session = (struct session){ .secure = secure };
	slice_cstr(user, c->session.user, sizeof(c->session.user));
	if (key_of(old_id, c->store.key) == 0)
		return step(c, ops->del, on_old_deleted);
	return make_new(c);
}

enum store_when sessions_end(struct sessions *s, struct sessions_call *c, struct slice id)
{
	const struct store_ops *ops = begin(s, c);

	if (key_of(id, c->store.key))
		return finish(c, SESSIONS_NONE);
	return step(c, ops->del, on_deleted);
}

/* --- The sessions of one user --- */

static enum store_when on_done(struct sessions_call *c)
{
	return finish(c, c->store.result == STORE_OK ? SESSIONS_FOUND : SESSIONS_FAILED);
}

enum store_when sessions_list(
    struct sessions *s, struct sessions_call *c, struct store_item *items, size_t max)
{
	const struct store_ops *ops = begin(s, c);

	c->store.value = c->session;
	c->store.items = items;
	c->store.items_max = max;
	return step(c, ops->list, on_done);
}

enum store_when sessions_end_others(struct sessions *s, struct sessions_call *c, struct slice id)
{
	const struct store_ops *ops = begin(s, c);

	c->store.value = c->session;
	if (key_of(id, c->store.key))
		return finish(c, SESSIONS_FAILED);
	return step(c, ops->del_others, on_done);
}

/* No id has this key: its SHA-256 would be nothing but zeros. */
enum store_when sessions_end_all(struct sessions *s, struct sessions_call *c)
{
	const struct store_ops *ops = begin(s, c);

	c->store.value = c->session;
	memset(c->store.key, 0, STORE_KEY);
	return step(c, ops->del_others, on_done);
}

enum store_when sessions_end_one(struct sessions *s, struct sessions_call *c, const uint8_t key[STORE_KEY])
{
	const struct store_ops *ops = begin(s, c);

	memcpy(c->store.key, key, STORE_KEY);
	return step(c, ops->del, on_done);
}

bool sessions_is(struct slice id, const uint8_t key[STORE_KEY])
{
	uint8_t own[STORE_KEY];

	return key_of(id, own) == 0 && memcmp(own, key, STORE_KEY) == 0;
}

bool sessions_csrf_ok(const struct session *s, struct slice token)
{
	return digest_equal(slice_str(s->csrf), token);
}
