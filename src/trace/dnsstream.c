/* DNS over TCP: messages cut out of a stream by their length; see dnsflow.h.  RFC 1035 4.2.2, RFC 7766 8. */
#include "trace/dnsflow.h"

#include "trace/dnslook.h"

#include <stdlib.h>

enum { PREFIX = 2, WHOLE_MAX = PREFIX + 65535 };

struct dnsstream {
	struct half {
		struct buf part; /* the start of a message whose end has not come */
		bool lost;       /* behind a gap: waiting for something that starts like a message */
	} half[2];               /* by flow_side of the sender */
};

int dnsstream_looks_like(const struct flow *f, struct slice start)
{
	struct rd r = rd_of(start);
	size_t len = rd_be16(&r);
	struct dns h;

	if (f->end[FLOW_CLIENT].port != DNS_PORT && f->end[FLOW_SERVER].port != DNS_PORT)
		return -1;
	if (start.n >= PREFIX && len < DNS_HEADER)
		return -1;
	if (!dns_header(slice_skip(start, PREFIX), &h))
		return 0;
	return dns_plausible(&h, len) ? 1 : -1;
}

struct dnsstream *dnsstream_new(struct trace *t)
{
	struct dnsstream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	for (int side = FLOW_CLIENT; side <= FLOW_SERVER; side++)
		buf_init(&s->half[side].part, WHOLE_MAX);
	trace_hold(t, 0, sizeof(*s));
	return s;
}

void dnsstream_free(struct trace *t, struct dnsstream *s)
{
	if (!s)
		return;
	trace_hold(t, sizeof(*s) + s->half[0].part.cap + s->half[1].part.cap, 0);
	buf_fini(&s->half[0].part);
	buf_fini(&s->half[1].part);
	free(s);
}

static void message(struct trace *t, struct flow *f, enum flow_side side, struct slice msg)
{
	struct dns_look l = { .t = t, .f = f, .side = side, .msg = msg, .tcp = true };

	if (dns_header(msg, &l.h) && dns_plausible(&l.h, msg.n))
		dns_message(&l);
	else
		NOTE(t, DNS_NOT_DNS, F_UINT("osilab.dns.port", DNS_PORT));
}

/* Takes the whole messages off `bytes`; what is left is the start of one. */
static struct slice messages(struct trace *t, struct flow *f, enum flow_side side, struct slice bytes)
{
	for (;;) {
		struct rd r = rd_of(bytes);
		uint16_t len = rd_be16(&r);
		struct slice msg = rd_take(&r, len);

		if (r.bad)
			return bytes;
		if (len)
			message(t, f, side, msg);
		bytes = rd_rest(&r);
	}
}

void dnsstream_feed(
    struct trace *t, struct flow *f, struct dnsstream *s, enum flow_side side, struct slice bytes)
{
	struct half *h = &s->half[side];
	size_t held = h->part.cap;
	struct slice rest;

	if (h->lost && dnsstream_looks_like(f, bytes) != 1)
		return;
	h->lost = false;
	/* Of what is there already only the message in hand is completed, so that the part stays below its limit. */
	while (h->part.n && bytes.n) {
		size_t need =
		    h->part.n < PREFIX ? PREFIX : PREFIX + (size_t)(h->part.p[0] << 8 | h->part.p[1]);
		size_t n = need - h->part.n < bytes.n ? need - h->part.n : bytes.n;

		if (buf_put(&h->part, bytes.p, n) < 0) {
			trace_hold(t, held, h->part.cap);
			dnsstream_gap(t, s, side);
			return;
		}
		bytes = slice_skip(bytes, n);
		if (messages(t, f, side, buf_view(&h->part)).n == 0)
			h->part.n = 0;
	}
	rest = messages(t, f, side, bytes);
	if (rest.n && buf_slice(&h->part, rest) < 0)
		h->lost = true;
	trace_hold(t, held, h->part.cap);
}

void dnsstream_gap(struct trace *t, struct dnsstream *s, enum flow_side side)
{
	struct half *h = &s->half[side];

	trace_hold(t, h->part.cap, 0);
	buf_fini(&h->part);
	buf_init(&h->part, WHOLE_MAX);
	h->lost = true;
}
