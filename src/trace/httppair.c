/* Requests and the answers they wait for, on one connection of HTTP/1; see httphalf.h.  RFC 9112 9.3: answers come in
 * the order of the requests. */
#include "trace/httphalf.h"

#include <stdlib.h>

enum { ASKED_MAX = 256 }; /* requests waiting for their answers; more are not paired */

/* The ring doubles; what is in it moves to its start. */
static int grow(struct httpflow *h)
{
	unsigned cap = h->asked_cap ? h->asked_cap * 2 : 1;
	struct asked *grown = malloc(cap * sizeof(*grown));

	if (!grown)
		return -1;
	for (unsigned i = 0; i < h->nasked; i++)
		grown[i] = h->asked[(h->first + i) % h->asked_cap];
	free(h->asked);
	h->asked = grown;
	h->asked_cap = cap;
	h->first = 0;
	return 0;
}

struct asked *httppair_push(struct httpflow *h)
{
	struct asked *a;

	if (h->nasked == ASKED_MAX) {
		h->unpaired = true;
		return NULL;
	}
	if (h->nasked == h->asked_cap && grow(h) < 0)
		return NULL;
	a = &h->asked[(h->first + h->nasked++) % h->asked_cap];
	*a = (struct asked){ 0 };
	return a;
}

struct asked *httppair_first(const struct httpflow *h)
{
	return h->nasked && !h->unpaired ? &h->asked[h->first] : NULL;
}

struct asked *httppair_last(const struct httpflow *h, const struct half *half)
{
	if (!h->nasked || half->asked != h->requests)
		return NULL;
	return &h->asked[(h->first + h->nasked - 1) % h->asked_cap];
}

void httppair_pop(struct httpflow *h)
{
	if (!h->nasked)
		return;
	h->first = (h->first + 1) % h->asked_cap;
	h->nasked--;
}

void httppair_collect(
    struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m, uint64_t nth)
{
	struct exchange_head head;

	half->exchange = nth;
	half->response = !m->request;
	if (!exchange_wanted(t))
		return;
	exchange_head_of(m, &head);
	head.first = half->began;
	head.first_ts = half->began_ts;
	(m->request ? exchange_request : exchange_response)(t, h->flow, &h->exchanges, nth, h->secure, &head);
}
