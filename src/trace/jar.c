/* The memory of cookies; see jar.h. */
#include "trace/jar.h"

#include "trace/identity.h"

#include <stdlib.h>

struct jar *jar_new(void)
{
	struct jar *jar = calloc(1, sizeof(*jar));

	if (!jar)
		return NULL;
	table_init(&jar->values);
	table_init(&jar->cookies);
	recall_init(&jar->etags, JAR_ETAGS);
	recall_init(&jar->tokens, JAR_TOKENS);
	recall_init(&jar->redirects, JAR_REDIRECTS);
	recall_init(&jar->challenges, JAR_REDIRECTS);
	return jar;
}

/* --- Hashes ------------------------------------------------------------------------------------------------ */

/* Host names compare without case (RFC 9110 4.2.3), so the hash is taken over lower case. */
static uint64_t hash_host(const struct jar *jar, struct slice host)
{
	char lower[JAR_TEXT_MAX];
	size_t n = host.n < sizeof(lower) ? host.n : sizeof(lower);

	for (size_t i = 0; i < n; i++)
		lower[i] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z' ? host.p[i] | 0x20 : host.p[i]);
	return jar_hash(jar, lower, n);
}

/* The parts are keyed hashes already: nobody can choose them so that their mixture collides. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	return (a << 23 | a >> 41) ^ b;
}

/* Clients keep their cookies apart: what one is given replaces nothing of another's. */
static uint64_t cookie_of(uint64_t host_and_name, uint64_t client)
{
	return mix(host_and_name, client);
}

static uint64_t name_of(const struct jar *jar, uint64_t host, struct slice name)
{
	return mix(host, jar_hash(jar, name.p, name.n));
}

const struct jar_domains *jar_domains(struct jar *jar, struct slice host)
{
	struct jar_domains *out = &jar->domains;

	bool fits = host.n <= sizeof(out->host);

	if (out->n && fits && slice_eq(host, slice_of(out->host, out->host_len)))
		return out;
	out->n = 0;
	out->host_len = fits ? host.n : SIZE_MAX;
	if (fits && host.n)
		memcpy(out->host, host.p, host.n);
	while (host.n && out->n < JAR_DOMAINS - 1) {
		ssize_t dot = slice_chr(host, '.');

		out->hash[out->n++] = hash_host(jar, host);
		host = dot < 0 ? SLICE("") : slice_skip(host, (size_t)dot + 1);
	}
	out->hash[out->n++] = hash_host(jar, SLICE("")); /* set by a host not known */
	return out;
}

/* --- Look-ups ------------------------------------------------------------------------------------------------ */

static void *find(const struct table *table, uint64_t hash)
{
	struct table_walk w;

	return table_first(table, hash, &w);
}

struct cookie_value *jar_find(
    const struct jar *jar, const struct jar_domains *d, uint64_t name, struct slice value)
{
	uint64_t value_hash = jar_hash(jar, value.p, value.n);

	for (unsigned i = 0; i < d->n; i++) {
		struct cookie_value *v = find(&jar->values, mix(mix(d->hash[i], name), value_hash));

		if (v)
			return v;
	}
	return NULL;
}

struct cookie *jar_cookie(const struct jar *jar, uint64_t client, struct slice host, struct slice name)
{
	return find(&jar->cookies, cookie_of(name_of(jar, hash_host(jar, host), name), client));
}

/* --- Coming and going ----------------------------------------------------------------------------------------- */

static void drop_cookie(struct jar *jar, struct cookie *c)
{
	*(c->before ? &c->before->next : &jar->first) = c->next;
	*(c->next ? &c->next->before : &jar->last) = c->before;
	table_del(&jar->cookies, c->hash, c);
	jar->forgotten++;
	free(c);
}

static void drop_oldest(struct jar *jar)
{
	struct cookie_value *v = jar->oldest;
	struct cookie *c = v->cookie;

	jar->oldest = v->newer;
	if (!jar->oldest)
		jar->newest = NULL;
	table_del(&jar->values, v->hash, v);
	jar->n--;
	if (c->latest == v)
		c->latest = NULL;
	free(v);
	if (--c->refs == 0)
		drop_cookie(jar, c);
}

void jar_free(struct jar *jar)
{
	if (!jar)
		return;
	while (jar->oldest)
		drop_oldest(jar);
	table_fini(&jar->values);
	table_fini(&jar->cookies);
	recall_fini(&jar->etags);
	recall_fini(&jar->tokens);
	recall_fini(&jar->redirects);
	recall_fini(&jar->challenges);
	free(jar);
}

static struct cookie *make_cookie(struct jar *jar, uint64_t hash, struct slice host, struct slice name)
{
	struct cookie *c;

	host = slice_sub(host, 0, JAR_TEXT_MAX);
	name = slice_sub(name, 0, JAR_TEXT_MAX);
	c = calloc(1, sizeof(*c) + host.n + name.n);
	if (!c)
		return NULL;
	c->hash = hash;
	c->expires = INT64_MAX;
	c->host_len = (uint8_t)host.n;
	c->name_len = (uint8_t)name.n;
	if (host.n)
		memcpy(c->text, host.p, host.n);
	if (name.n)
		memcpy(c->text + host.n, name.p, name.n);
	if (table_put(&jar->cookies, hash, c) < 0) {
		free(c);
		return NULL;
	}
	c->before = jar->last;
	*(jar->last ? &jar->last->next : &jar->first) = c;
	jar->last = c;
	return c;
}

static struct cookie_value *make_value(struct jar *jar, uint64_t hash, struct cookie *c, uint64_t frame)
{
	struct cookie_value *v = calloc(1, sizeof(*v));

	if (!v || table_put(&jar->values, hash, v) < 0) {
		free(v);
		if (!c->refs)
			drop_cookie(jar, c);
		return NULL;
	}
	*v = (struct cookie_value){ .hash = hash, .frame = frame, .cookie = c };
	*(jar->newest ? &jar->newest->newer : &jar->oldest) = v;
	jar->newest = v;
	c->refs++;
	c->nvalues++;
	return v;
}

struct cookie_value *jar_put(struct jar *jar, uint64_t client, struct slice host, struct slice name,
    struct slice value, uint64_t frame)
{
	uint64_t hash = name_of(jar, hash_host(jar, host), name);
	uint64_t value_hash = mix(hash, jar_hash(jar, value.p, value.n));
	struct cookie *c = find(&jar->cookies, cookie_of(hash, client));
	struct cookie_value *v = find(&jar->values, value_hash);

	if (!v) {
		if (!c && !(c = make_cookie(jar, cookie_of(hash, client), host, name)))
			return NULL;
		if (!(v = make_value(jar, value_hash, c, frame)))
			return NULL;
		if (++jar->n > JAR_MAX)
			drop_oldest(jar);
	}
	v->cookie->latest = v;
	return v;
}
