/* The fields that decide how a message is framed and routed: RFC 9112 3.2 (Host), 6.1
 * (Transfer-Encoding), 6.2 (Content-Length), 9.6 (Connection), RFC 9110 7.8 (Upgrade), 10.1.1
 * (Expect). */
#include "http/facts.h"

#include "http/url.h"

/* Four octets of a token beside those of a known one in lower case.  Setting bit 5 of a token octet changes letters
 * only, but for '^' and '_', which give octets that no known name has. */
static inline bool four_are(const uint8_t *p, const char *lower)
{
	uint32_t ours, known;

	memcpy(&ours, p, 4);
	memcpy(&known, lower, 4);
	return (ours | 0x20202020) == known;
}

/* Compares a field name with a known one of n octets, four at least, in lower case. */
static inline bool name_is(struct slice name, const char *lower, size_t n)
{
	size_t i;

#pragma GCC unroll 4
	for (i = 0; i + 4 < n; i += 4)
		if (!four_are(name.p + i, lower + i))
			return false;
	return four_are(name.p + n - 4, lower + n - 4);
}

/* The facts that few heads have keep out of the way of those that all have. */
#define RARE __attribute__((noinline))

/* A host that is more than a plain name. */
static RARE int fact_odd_host(struct http_scan *s, struct slice value)
{
	struct slice host;
	int32_t port;

	return http_authority_split(value, &host, &port) < 0 ? http_breach(s, HTTP_HOST_INVALID) : 1;
}

static inline int fact_host(struct http_scan *s, struct slice value)
{
	if (!s->msg->request)
		return 1;
	if (s->msg->host_field.p)
		return http_breach(s, HTTP_HOST_TWICE);
	s->msg->host_field = value;
	if (!s->msg->host.p) /* an absolute target overrides the field */
		s->msg->host = value;
	if (value.n && http_scan(value.p, value.p + value.n, HTTP_NAME) == value.p + value.n)
		return 1;
	return fact_odd_host(s, value);
}

static RARE int fact_length(struct http_scan *s, struct slice value)
{
	uint64_t n;

	if (s->length_field)
		return http_breach(s, HTTP_LENGTH_TWICE);
	s->length_field = true;
	if (!http_all(value, HTTP_DIGIT))
		return http_breach(s, HTTP_LENGTH_INVALID);
	if (slice_u64(value, &n) < 0 || n > INT64_MAX)
		return http_breach(s, HTTP_LENGTH_OVERFLOW);
	s->msg->content_length = (int64_t)n;
	return 1;
}

/* One coding.  A response may use any, since its receiver can still tell where it ends (RFC
 * 9112 6.3 point 4); a request only chunked. */
static int fact_coding(struct http_scan *s, struct slice coding)
{
	bool again = s->msg->chunked;

	if (slice_ieq(coding, SLICE("chunked"))) {
		s->msg->chunked = true;
		return again ? http_breach(s, HTTP_CODING_TWICE) : 1;
	}
	s->msg->chunked = false;
	if (!s->msg->request)
		return 1;
	return http_breach(s, again ? HTTP_CODING_ORDER : HTTP_CODING_UNKNOWN);
}

static RARE int fact_codings(struct http_scan *s, struct slice value)
{
	struct slice rest = value, coding;
	unsigned n = 0;
	int r;

	s->msg->coded = true;
	if (s->msg->minor == 0 && (r = http_breach(s, HTTP_CODING_IN_10)) < 0)
		return r;
	while (http_list_next(&rest, &coding)) {
		n++;
		if ((r = fact_coding(s, coding)) < 0)
			return r;
	}
	/* "chunked," and the like are lists by the grammar, but peers disagree about them. */
	if (n == 0 || (n == 1 && s->msg->request && s->msg->chunked && value.n != strlen("chunked")))
		return http_breach(s, HTTP_CODING_UNKNOWN);
	return 1;
}

static RARE int fact_connection(struct http_scan *s, struct slice value)
{
	struct slice member;

	if (value.n == 10 && memcmp(value.p, "keep-alive", 10) == 0) { /* as most are */
		s->msg->keep_alive = true;
		return 1;
	}
	while (http_list_next(&value, &member)) {
		if (slice_ieq(member, SLICE("close")))
			s->msg->close = true;
		else if (slice_ieq(member, SLICE("keep-alive")))
			s->msg->keep_alive = true;
		else if (slice_ieq(member, SLICE("upgrade")))
			s->upgrade_listed = true;
	}
	return 1;
}

/* RFC 9110 10.1.1: an HTTP/1.0 client cannot wait for a 100, so it cannot ask for one. */
static RARE int fact_expect(struct http_scan *s, struct slice value)
{
	if (!s->msg->request || s->msg->minor == 0)
		return 1;
	if (!slice_ieq(value, SLICE("100-continue")))
		s->msg->expect = HTTP_EXPECT_OTHER;
	else if (s->msg->expect == HTTP_EXPECT_NONE)
		s->msg->expect = HTTP_EXPECT_CONTINUE;
	return 1;
}

int http_fact(struct http_scan *s, struct slice name, struct slice value)
{
	if (s->section)
		return 1;
	switch (name.n) {
	case 4: return name_is(name, "host", 4) ? fact_host(s, value) : 1;
	case 6: return name_is(name, "expect", 6) ? fact_expect(s, value) : 1;
	case 7: s->upgrade_field |= name_is(name, "upgrade", 7); return 1;
	case 10: return name_is(name, "connection", 10) ? fact_connection(s, value) : 1;
	case 14: return name_is(name, "content-length", 14) ? fact_length(s, value) : 1;
	case 17: return name_is(name, "transfer-encoding", 17) ? fact_codings(s, value) : 1;
	default: return 1;
	}
}
