/* libjwt 1 under this room; see lib.h.  jwt_decode takes the algorithm from the token: whoever calls has
 * looked at it, and it is looked at again. */
#include "token/lib.h"

#if !__has_include(<jwt_export.h>)

#include <errno.h>
#include <jwt.h>

static const jwt_alg_t algs[TOKEN_ALGS] = {
	[TOKEN_HS256] = JWT_ALG_HS256,
	[TOKEN_HS384] = JWT_ALG_HS384,
	[TOKEN_HS512] = JWT_ALG_HS512,
	[TOKEN_RS256] = JWT_ALG_RS256,
	[TOKEN_ES256] = JWT_ALG_ES256,
};

char *lib_encode(enum token_alg alg, struct slice key, const char *kid, const char *claims)
{
	jwt_t *j = NULL;
	char *text = NULL;

	if (jwt_new(&j))
		return NULL;
	if (jwt_add_grants_json(j, claims) == 0 && (!kid || jwt_add_header(j, "kid", kid) == 0) &&
	    jwt_set_alg(j, algs[alg], key.p, (int)key.n) == 0)
		text = jwt_encode_str(j);
	jwt_free(j);
	return text;
}

int lib_check(enum token_alg alg, struct slice key, const char *token)
{
	jwt_t *j = NULL;
	int rc = jwt_decode(&j, token, key.p, (int)key.n);

	if (rc == 0 && jwt_get_alg(j) != algs[alg])
		rc = EINVAL;
	jwt_free(j);
	return rc == 0 ? 0 : rc == ENOMEM ? -TOKEN_NO_MEMORY : -TOKEN_SIGNATURE;
}

#endif
