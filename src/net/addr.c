/* Internet endpoints as text and as socket addresses: see addr.h. */
#include "net/addr.h"

#include "base/escape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

/* The longest host that is looked at: a DNS name has at most 253 characters (RFC 1035 2.3.4). */
#define HOST_MAX 256

static int bad_text(struct err *e, struct slice text, const char *why)
{
	struct buf shown;

	buf_init(&shown, 200);
	escape_text(&shown, slice_sub(text, 0, 40));
	err_set(e, ERR_USAGE, "bad address \"%s\": %s", buf_cstr(&shown), why);
	buf_fini(&shown);
	return -1;
}

static int parse_port(struct slice text, struct slice digits, uint16_t *port, struct err *e)
{
	uint64_t v;

	if (slice_u64(digits, &v) || v > 65535)
		return bad_text(e, text, "the port must be a number from 0 to 65535");
	*port = (uint16_t)v;
	return 0;
}

int addr_split(struct slice text, struct slice *host, uint16_t *port, struct err *e)
{
	ssize_t close;
	ssize_t colon;
	struct slice rest;

	if (text.n == 0)
		return bad_text(e, text, "it is empty");
	if (text.p[0] == '[') {
		close = slice_chr(text, ']');
		if (close < 0)
			return bad_text(e, text, "the ] is missing");
		*host = slice_sub(text, 1, (size_t)close - 1);
		if (slice_chr(*host, ':') < 0)
			return bad_text(e, text, "brackets are for IPv6 addresses");
		rest = slice_skip(text, (size_t)close + 1);
		if (rest.n == 0)
			return 0;
		if (rest.p[0] != ':')
			return bad_text(e, text, "after ] only :PORT may follow");
		return parse_port(text, slice_skip(rest, 1), port, e);
	}
	colon = slice_chr(text, ':');
	if (colon < 0 || slice_rchr(text, ':') != colon) {
		*host = text; /* no port, or an IPv6 address without brackets */
		return 0;
	}
	*host = slice_sub(text, 0, (size_t)colon);
	if (host->n == 0)
		return bad_text(e, text, "the host is missing");
	return parse_port(text, slice_skip(text, (size_t)colon + 1), port, e);
}

static void set_v4(struct addr *a, const struct in_addr *in, uint16_t port)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)&a->ss;

	*a = (struct addr){ .len = sizeof(*sin) };
	sin->sin_family = AF_INET;
	sin->sin_addr = *in;
	sin->sin_port = htons(port);
}

static void set_v6(struct addr *a, const struct in6_addr *in, uint32_t scope, uint16_t port)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&a->ss;

	*a = (struct addr){ .len = sizeof(*sin6) };
	sin6->sin6_family = AF_INET6;
	sin6->sin6_addr = *in;
	sin6->sin6_scope_id = scope;
	sin6->sin6_port = htons(port);
}

/* The zone behind the % (RFC 4007 11): an interface's name or its number.  0: there is none such.
 */
static uint32_t scope_of(struct slice zone)
{
	char name[IF_NAMESIZE];
	uint64_t number;

	if (slice_u64(zone, &number) == 0)
		return number <= UINT32_MAX ? (uint32_t)number : 0;
	if (zone.n == 0 || zone.n >= sizeof(name))
		return 0;
	return if_nametoindex(slice_cstr(zone, name, sizeof(name)));
}

/* 0, or -1 when the host is no numeric address. */
static int parse_host(struct addr *a, struct slice host, uint16_t port)
{
	char s[INET6_ADDRSTRLEN];
	struct in_addr in;
	struct in6_addr in6;
	ssize_t percent = slice_chr(host, '%');
	struct slice bare = percent < 0 ? host : slice_sub(host, 0, (size_t)percent);
	uint32_t scope = 0;

	if (bare.n >= sizeof(s) || slice_chr(bare, 0) >= 0)
		return -1;
	slice_cstr(bare, s, sizeof(s));
	if (percent < 0 && inet_pton(AF_INET, s, &in) == 1) {
		set_v4(a, &in, port);
		return 0;
	}
	if (inet_pton(AF_INET6, s, &in6) != 1)
		return -1;
	if (percent >= 0) {
		scope = scope_of(slice_skip(host, (size_t)percent + 1));
		if (scope == 0)
			return -1;
	}
	set_v6(a, &in6, scope, port);
	return 0;
}

int addr_parse(struct addr *a, const char *text, uint16_t port, struct err *e)
{
	struct slice host;

	if (addr_split(slice_str(text), &host, &port, e))
		return -1;
	if (parse_host(a, host, port))
		return bad_text(e, slice_str(text), "not a numeric IPv4 or IPv6 address");
	return 0;
}

int addr_resolve_all(struct addr *list, int max, const char *text, uint16_t port, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *found;
	struct slice host;
	char name[HOST_MAX];
	int rc, n = 0;

	if (addr_split(slice_str(text), &host, &port, e))
		return -1;
	if (parse_host(list, host, port) == 0)
		return 1;
	if (host.n >= sizeof(name))
		return bad_text(e, slice_str(text), "the name is too long");
	rc = getaddrinfo(slice_cstr(host, name, sizeof(name)), NULL, &hints, &found);
	if (rc == EAI_SYSTEM)
		return err_sys(e, "cannot look up %s", name);
	if (rc)
		return err_set(e, ERR_ENV, "cannot look up %s: %s", name, gai_strerror(rc));
	for (const struct addrinfo *one = found; one && n < max; one = one->ai_next, n++) {
		list[n] = (struct addr){ .len = one->ai_addrlen };
		memcpy(&list[n].ss, one->ai_addr, one->ai_addrlen);
		addr_set_port(&list[n], port);
	}
	freeaddrinfo(found);
	return n;
}

int addr_resolve(struct addr *a, const char *text, uint16_t port, struct err *e)
{
	return addr_resolve_all(a, 1, text, port, e) < 0 ? -1 : 0;
}

char *addr_format_host(const struct addr *a, char *dst, size_t size)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)&a->ss;
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)&a->ss;
	char host[INET6_ADDRSTRLEN];
	char zone[IF_NAMESIZE];

	if (a->len == 0) {
		snprintf(dst, size, "-");
	} else if (a->ss.ss_family == AF_INET) {
		inet_ntop(AF_INET, &sin->sin_addr, host, sizeof(host));
		snprintf(dst, size, "%s", host);
	} else if (a->ss.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &sin6->sin6_addr, host, sizeof(host));
		if (sin6->sin6_scope_id == 0)
			snprintf(dst, size, "%s", host);
		else if (if_indextoname(sin6->sin6_scope_id, zone))
			snprintf(dst, size, "%s%%%s", host, zone);
		else
			snprintf(dst, size, "%s%%%u", host, sin6->sin6_scope_id);
	} else {
		snprintf(dst, size, "(family %d)", a->ss.ss_family);
	}
	return dst;
}

char *addr_format(const struct addr *a, char *dst, size_t size)
{
	char host[ADDR_TEXT];

	addr_format_host(a, host, sizeof(host));
	if (a->len && a->ss.ss_family == AF_INET)
		snprintf(dst, size, "%.15s:%u", host, addr_port(a));
	else if (a->len && a->ss.ss_family == AF_INET6)
		snprintf(dst, size, "[%.61s]:%u", host, addr_port(a));
	else
		snprintf(dst, size, "%s", host);
	return dst;
}

bool addr_is_loopback(const struct addr *a)
{
	struct slice b = addr_bytes(a);

	if (b.n == 4)
		return b.p[0] == 127;
	if (b.n != 16)
		return false;
	return IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)b.p) ||
	       (IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)b.p) && b.p[12] == 127);
}

uint16_t addr_port(const struct addr *a)
{
	if (a->len && a->ss.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&a->ss)->sin_port);
	if (a->len && a->ss.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&a->ss)->sin6_port);
	return 0;
}

void addr_set_port(struct addr *a, uint16_t port)
{
	if (a->ss.ss_family == AF_INET)
		((struct sockaddr_in *)&a->ss)->sin_port = htons(port);
	else if (a->ss.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&a->ss)->sin6_port = htons(port);
}

struct slice addr_bytes(const struct addr *a)
{
	if (a->len && a->ss.ss_family == AF_INET)
		return slice_of(&((const struct sockaddr_in *)&a->ss)->sin_addr, 4);
	if (a->len && a->ss.ss_family == AF_INET6)
		return slice_of(&((const struct sockaddr_in6 *)&a->ss)->sin6_addr, 16);
	return slice_of(NULL, 0);
}

static uint32_t scope_id(const struct addr *a)
{
	return a->ss.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&a->ss)->sin6_scope_id : 0;
}

bool addr_eq(const struct addr *a, const struct addr *b)
{
	if (a->len == 0 || b->len == 0)
		return a->len == b->len;
	return a->ss.ss_family == b->ss.ss_family && slice_eq(addr_bytes(a), addr_bytes(b)) &&
	       addr_port(a) == addr_port(b) && scope_id(a) == scope_id(b);
}
