/* Being known by a token; see api.h. */
#include "web/api.h"

#include "web/bearer.h"
#include "web/exchange.h"
#include "web/page.h"

/* --- GET /api/me --- */

static enum web_progress show(struct exchange *x)
{
	buf_slice(exchange_begin(x, 200, PAGE_JSON), bearer_claims(x)->json);
	buf_putc(&x->content, '\n');
	return WEB_ANSWERED;
}

enum web_progress api_me(struct exchange *x)
{
	return bearer_required(x, show);
}

/* --- GET /.well-known/jwks.json --- */

enum web_progress api_jwks(struct exchange *x)
{
	struct buf *out = exchange_begin(x, 200, "application/jwk-set+json");

	if (ring_jwks(&x->site->keys, out))
		return exchange_error(x, 500, "The keys cannot be shown");
	buf_putc(out, '\n');
	exchange_field(x, "Cache-Control", "public, max-age=300");
	return WEB_ANSWERED;
}
