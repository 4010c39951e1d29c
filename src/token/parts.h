/* What the files of this room share: a token's three parts and the JSON inside.  Not for other
 * rooms: jansson's types are in it. */
#ifndef TOKEN_PARTS_H
#define TOKEN_PARTS_H

#include "token/jwt.h"

#include <jansson.h>

struct parts {
	struct slice header, payload, signature; /* decoded, in the arena, a NUL behind each */
	struct slice signing_input;              /* in the token, as sent */
};

/* 0, -TOKEN_TOO_BIG, -TOKEN_BAD_FORM or -TOKEN_NO_MEMORY. */
int parts_split(struct slice token, struct arena *a, struct parts *out);

/* The text as a JSON object without duplicate members; NULL when it is anything else.  json_decref
 * it. */
json_t *parts_object(struct slice text);

/* A string member, copied; empty when absent or no string. */
struct slice parts_text(const json_t *object, const char *member, struct arena *a);

/* Fills *out with the registered claims; wrong types count as absent. */
void parts_claims(const json_t *claims, struct slice text, struct arena *a, struct token_claims *out);

/* Are exp, nbf and iat right at the policy's time?  0, -TOKEN_EXPIRED or -TOKEN_NOT_YET. */
int parts_times(const struct token_claims *c, const struct token_policy *p);

#endif
