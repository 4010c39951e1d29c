/* Heads through both paths of the parser, which must agree to the last bit. */
#ifndef TEST_SAME_H
#define TEST_SAME_H

#include "http/parse.h"

#include <assert.h>

static inline bool same_slice(struct slice a, struct slice b)
{
	return a.p == b.p && a.n == b.n;
}

static inline bool same_fields(const struct http_msg *a, const struct http_msg *b)
{
	unsigned i;

	for (i = 0; i < a->nfields; i++)
		if (!same_slice(a->fields[i].name, b->fields[i].name) ||
		    !same_slice(a->fields[i].value, b->fields[i].value))
			return false;
	return a->nfields == b->nfields;
}

static inline bool same_msg(const struct http_msg *a, const struct http_msg *b)
{
	return a->request == b->request && a->major == b->major && a->minor == b->minor &&
	       a->method == b->method && a->form == b->form && same_slice(a->method_text, b->method_text) &&
	       same_slice(a->target, b->target) && same_slice(a->path, b->path) &&
	       same_slice(a->query, b->query) && same_slice(a->host, b->host) && a->status == b->status &&
	       same_slice(a->reason, b->reason) && a->content_length == b->content_length &&
	       a->chunked == b->chunked && a->coded == b->coded && a->close == b->close &&
	       a->keep_alive == b->keep_alive && a->upgrade == b->upgrade && a->expect == b->expect &&
	       same_slice(a->host_field, b->host_field) && a->head_len == b->head_len &&
	       a->tolerated == b->tolerated && same_fields(a, b);
}

typedef ssize_t parse_head(
    struct slice in, size_t seen, const struct http_limits *limits, int flags, struct http_msg *out);

/* What `parse` says, with the vector instructions that there are; aborts when plain C says anything else. */
static inline ssize_t parse_same(parse_head *parse, struct slice in, size_t seen,
    const struct http_limits *limits, int flags, struct http_msg *out)
{
	struct http_msg plain;
	ssize_t r, p;

	memset(&plain, 0x5a, sizeof(plain));
	r = parse(in, seen, limits, flags, out);
	p = parse(in, seen, limits, flags | HTTP_PLAIN, &plain);
	assert(r == p);
	assert(r == 0 || same_msg(out, &plain));
	return r;
}

#endif
