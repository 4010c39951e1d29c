/* Access tokens that were ended before their time; see denied.h. */
#include "auth/denied.h"

#include "base/clock.h"
#include "tls/digest.h"

#include <stdio.h>

/* No user has this name (users_name_ok), so that no list of a user's sessions has these records. */
#define NOBODY ":denied"

/* The jti is hashed by itself first: it may be long, and is not to be mistaken for what else is hashed. */
static int key_of(struct slice jti, uint8_t key[STORE_KEY])
{
	uint8_t raw[sizeof(NOBODY) + DIGEST_SHA256] = NOBODY;

	if (digest_sha256(jti, raw + sizeof(NOBODY)))
		return -1;
	return digest_sha256(slice_of(raw, sizeof(raw)), key);
}

static enum store_when failed(struct store_call *c)
{
	c->result = STORE_FAILED;
	return STORE_DONE;
}

enum store_when denied_add(struct store *s, struct store_call *c, struct slice jti, int64_t expires)
{
	if (key_of(jti, c->key))
		return failed(c);
	c->value = (struct session){ .user = NOBODY, .csrf = ":", .created = clock_real() };
	c->expires = expires;
	return s->ops->put(s->state, c);
}

enum store_when denied_find(struct store *s, struct store_call *c, struct slice jti)
{
	return key_of(jti, c->key) ? failed(c) : s->ops->get(s->state, c);
}
