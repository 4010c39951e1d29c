/* What is remembered of cookies from one connection to the next: each cookie by host and name, with its life
 * story, and each value it had.  RFC 6265bis 5.7.  Private to the identity_*.c files, and to the files of HTTP
 * for the memories that lie beside the cookies. */
#ifndef TRACE_JAR_H
#define TRACE_JAR_H

#include "base/slice.h"
#include "base/table.h"
#include "trace/recall.h"

enum {
	JAR_MAX = 16384,      /* values kept; the oldest gives way */
	JAR_DOMAINS = 9,      /* a host and the parents of it that are looked through, "" as the last */
	JAR_TEXT_MAX = 128,   /* bytes kept of a host, and of a name */
	JAR_ETAGS = 4096,     /* places for entity tags */
	JAR_TOKENS = 4096,    /* for tokens */
	JAR_REDIRECTS = 1024, /* for redirects not followed yet, and for challenges */
};

/* One host's cookie of one name, as one client keeps it. */
struct cookie {
	uint64_t hash;            /* of host, name and client */
	uint64_t set, deleted;    /* packets: the first Set-Cookie, the one that deleted it; 0: none */
	uint64_t sent, sent_last; /* the first and the last request that brought it */
	uint64_t nset, nsent, nvalues;
	int64_t expires;              /* nanoseconds since 1970; INT64_MAX: when the browser ends */
	bool clear;                   /* it was seen without TLS */
	struct cookie_value *latest;  /* the value that counts now, or NULL when it was given up */
	struct cookie *next, *before; /* in order of appearance */
	unsigned refs;                /* values that are kept */
	uint8_t host_len, name_len;
	char text[]; /* host, then name */
};

/* One value that it had. */
struct cookie_value {
	uint64_t hash;  /* of host, name and value */
	uint64_t frame; /* the packet that set it, or the first that brought it */
	bool given;     /* a Set-Cookie of it was seen */
	bool sealed;    /* ... over TLS */
	bool two_said;
	uint32_t
	    clear_said;  /* number + 1 of the flow on which it was last said to travel in clear; 0: none */
	uint64_t client; /* hash of the address that brought it last; 0: none */
	uint64_t client_frame; /* ... in this packet */
	struct cookie *cookie;
	struct cookie_value *newer;
};

struct jar {
	struct table values, cookies; /* by their hash */
	struct cookie_value *oldest, *newest;
	struct cookie *first, *last; /* in order of appearance; those given up leave the list */
	size_t n;                    /* values */
	uint64_t forgotten;          /* cookies given up */

	/* A host and its parents, hashed once for all that is asked of the same host in a row. */
	struct jar_domains {
		uint64_t hash[JAR_DOMAINS];
		unsigned n;
		size_t host_len;
		char host[JAR_TEXT_MAX];
	} domains;

	struct recall etags, redirects, challenges, tokens;
};

/* Those of that host, which stand until the next call. */
const struct jar_domains *jar_domains(struct jar *jar, struct slice host);

/* A keyed hash of bytes, for the memories above. */
static inline uint64_t jar_hash(const struct jar *jar, const void *p, size_t n)
{
	return table_hash(&jar->values, p, n);
}

/* The value with which a request to that host brings a cookie, set by the host itself or, with Domain, by a parent
 * of it; or NULL.  `name` is its jar_hash. */
struct cookie_value *jar_find(
    const struct jar *jar, const struct jar_domains *d, uint64_t name, struct slice value);
/* The client's (identity_client) cookie of exactly that host, or NULL. */
struct cookie *jar_cookie(const struct jar *jar, uint64_t client, struct slice host, struct slice name);
/* Finds or makes the value (and its cookie) of exactly that host and makes it the cookie's latest; NULL when out of
 * memory. */
struct cookie_value *jar_put(struct jar *jar, uint64_t client, struct slice host, struct slice name,
    struct slice value, uint64_t frame);

static inline struct slice cookie_host(const struct cookie *c)
{
	return slice_of(c->text, c->host_len);
}

static inline struct slice cookie_name(const struct cookie *c)
{
	return slice_of(c->text + c->host_len, c->name_len);
}

#endif
