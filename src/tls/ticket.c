/* Keys of session tickets; see ticket.h. */
#include "tls/ticket.h"
#include "tls/kdf.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

static int derive(struct ticket_keys *t, struct ticket_key *k)
{
	struct slice secret = slice_of(t->secret, sizeof(t->secret)), none = { NULL, 0 };

	if (kdf_expand_label(KDF_SHA256, secret, "ticket name", none, k->name, sizeof(k->name)) < 0 ||
	    kdf_expand_label(KDF_SHA256, secret, "ticket aes", none, k->aes, sizeof(k->aes)) < 0)
		return -1;
	return kdf_expand_label(KDF_SHA256, secret, "ticket mac", none, k->mac, sizeof(k->mac));
}

/* The secret becomes another one, from which nobody gets back to it. */
static int forget(struct ticket_keys *t, const char *label)
{
	struct slice secret = slice_of(t->secret, sizeof(t->secret)), none = { NULL, 0 };
	uint8_t next[TICKET_SECRET_SIZE];

	if (kdf_expand_label(KDF_SHA256, secret, label, none, next, sizeof(next)) < 0)
		return -1;
	memcpy(t->secret, next, sizeof(next));
	OPENSSL_cleanse(next, sizeof(next));
	return 0;
}

/* Goes to the period of that time, one step after the other; never back, should the clock jump. */
static int turn(struct ticket_keys *t, int64_t now)
{
	while (t->period < now / t->seconds) {
		if (forget(t, "ticket next") < 0)
			return -1;
		t->before = t->now;
		if (derive(t, &t->now) < 0)
			return -1;
		t->period++;
	}
	return 0;
}

int ticket_keys_init(struct ticket_keys *t, int64_t now, int64_t period)
{
	*t = (struct ticket_keys){ .seconds = period, .period = now / period };
	if (RAND_bytes(t->secret, sizeof(t->secret)) <= 0 || derive(t, &t->now) < 0)
		return -1;
	t->before = t->now;
	return pthread_mutex_init(&t->lock, NULL) == 0 ? 0 : -1;
}

int ticket_keys_copy(struct ticket_keys *t, struct ticket_keys *from)
{
	pthread_mutex_lock(&from->lock);
	*t = *from;
	pthread_mutex_unlock(&from->lock);
	return pthread_mutex_init(&t->lock, NULL) == 0 ? 0 : -1;
}

int ticket_keys_renew(struct ticket_keys *t, struct ticket_keys *from, int64_t now)
{
	if (ticket_keys_copy(t, from) < 0 || turn(t, now) < 0 || forget(t, "ticket renew") < 0 ||
	    derive(t, &t->now) < 0)
		return -1;
	t->before = t->now;
	return 0;
}

void ticket_keys_fini(struct ticket_keys *t)
{
	pthread_mutex_destroy(&t->lock);
	OPENSSL_cleanse(t, sizeof(*t));
}

int ticket_key_make(struct ticket_keys *t, int64_t now, struct ticket_key *out)
{
	int rc;

	pthread_mutex_lock(&t->lock);
	rc = turn(t, now);
	*out = t->now;
	pthread_mutex_unlock(&t->lock);
	return rc;
}

int ticket_key_find(struct ticket_keys *t, int64_t now, const uint8_t *name, struct ticket_key *out)
{
	int rc;

	pthread_mutex_lock(&t->lock);
	rc = turn(t, now);
	if (rc == 0 && CRYPTO_memcmp(name, t->now.name, TICKET_NAME_SIZE) == 0) {
		*out = t->now;
		rc = 1;
	} else if (rc == 0 && CRYPTO_memcmp(name, t->before.name, TICKET_NAME_SIZE) == 0) {
		*out = t->before;
		rc = 2;
	}
	pthread_mutex_unlock(&t->lock);
	return rc;
}
