/* DHCP messages; see dhcp.h.  RFC 2131, 2132, 3396. */
#include "wire/dhcp.h"

enum { CHADDR = 16, SNAME = 64, FILE_NAME = 128 };

static void take_addr(struct rd *r, uint8_t addr[4])
{
	const uint8_t *b = rd_need(r, 4);

	if (b)
		memcpy(addr, b, 4);
	else
		memset(addr, 0, 4);
}

int dhcp_decode(struct slice msg, struct dhcp *d)
{
	struct rd r = rd_of(msg);

	d->op = rd_u8(&r);
	d->htype = rd_u8(&r);
	d->hlen = rd_u8(&r);
	d->hops = rd_u8(&r);
	d->xid = rd_be32(&r);
	d->secs = rd_be16(&r);
	d->flags = rd_be16(&r);
	d->broadcast = d->flags & 0x8000;
	take_addr(&r, d->ciaddr);
	take_addr(&r, d->yiaddr);
	take_addr(&r, d->siaddr);
	take_addr(&r, d->giaddr);
	d->chaddr = slice_sub(rd_take(&r, CHADDR), 0, d->hlen);
	d->sname = rd_take(&r, SNAME);
	d->file = rd_take(&r, FILE_NAME);
	d->cookie = false;
	d->options = slice_of(NULL, 0);
	if (r.bad)
		return 0;
	if ((d->op != DHCP_BOOTREQUEST && d->op != DHCP_BOOTREPLY) || d->hlen > CHADDR)
		return -1;
	if (rd_left(&r) < 4 || rd_be32(&r) != DHCP_COOKIE)
		return DHCP_FIXED;
	d->cookie = true;
	d->options = rd_rest(&r);
	return (int)r.off;
}

void dhcp_walk_init(struct dhcp_walk *w, const struct dhcp *d)
{
	*w = (struct dhcp_walk){ .d = d, .in = rd_of(d->options) };
}

/* The next field that holds options; false when there is none. */
static bool next_field(struct dhcp_walk *w)
{
	if (w->more & 1) {
		w->more &= (uint8_t)~1;
		w->in = rd_of(w->d->file);
		return true;
	}
	if (w->more & 2) {
		w->more &= (uint8_t)~2;
		w->in = rd_of(w->d->sname);
		return true;
	}
	return false;
}

bool dhcp_walk_next(struct dhcp_walk *w, struct dhcp_option *o)
{
	for (;;) {
		if (!rd_left(&w->in)) {
			if (!next_field(w))
				return false;
			continue;
		}
		o->code = rd_u8(&w->in);
		if (o->code == DHCP_PAD)
			continue;
		if (o->code == DHCP_END) {
			rd_skip(&w->in, rd_left(&w->in));
			continue;
		}
		o->value = rd_take(&w->in, rd_u8(&w->in));
		if (w->in.bad) {
			w->cut = true;
			continue;
		}
		/* Only the options proper may say so: inside the other fields it would lead in circles. */
		if (o->code == DHCP_OVERLOAD && o->value.n == 1 && w->in.p == w->d->options.p)
			w->more = o->value.p[0] & 3;
		return true;
	}
}

struct slice dhcp_option(const struct dhcp *d, uint8_t code, uint8_t room[static DHCP_VALUE_MAX])
{
	struct slice found = { NULL, 0 };
	struct dhcp_option o;
	struct dhcp_walk w;

	for (dhcp_walk_init(&w, d); dhcp_walk_next(&w, &o);) {
		size_t n;

		if (o.code != code)
			continue;
		if (!found.p) {
			found = o.value;
			continue;
		}
		if (found.p != room)
			memcpy(room, found.p, found.n); /* at most 255 bytes, of one option */
		n = o.value.n < DHCP_VALUE_MAX - found.n ? o.value.n : DHCP_VALUE_MAX - found.n;
		if (n)
			memcpy(room + found.n, o.value.p, n);
		found = slice_of(room, found.n + n);
	}
	return found;
}

bool dhcp_number(const struct dhcp *d, uint8_t code, size_t size, uint32_t *out)
{
	uint8_t room[DHCP_VALUE_MAX];
	struct slice v = dhcp_option(d, code, room);
	struct rd r = rd_of(v);

	if (!v.p || v.n != size)
		return false;
	*out = size == 1 ? rd_u8(&r) : size == 2 ? rd_be16(&r) : rd_be32(&r);
	return !r.bad;
}

const char *dhcp_type_name(uint8_t type)
{
	static const char *const names[] = { NULL, "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK",
		"RELEASE", "INFORM", "FORCERENEW", "LEASEQUERY", "LEASEUNASSIGNED", "LEASEUNKNOWN",
		"LEASEACTIVE" };

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

const char *dhcp_option_name(uint8_t code)
{
	static const char *const names[256] = {
		[DHCP_MASK] = "subnet mask",
		[2] = "time offset",
		[DHCP_ROUTER] = "router",
		[4] = "time servers",
		[DHCP_DNS] = "DNS servers",
		[7] = "log servers",
		[DHCP_HOSTNAME] = "host name",
		[DHCP_DOMAIN] = "domain name",
		[17] = "root path",
		[DHCP_MTU] = "MTU",
		[DHCP_BROADCAST] = "broadcast address",
		[31] = "router discovery",
		[33] = "static routes",
		[40] = "NIS domain",
		[41] = "NIS servers",
		[DHCP_NTP] = "NTP servers",
		[43] = "vendor options",
		[44] = "NetBIOS name servers",
		[46] = "NetBIOS node type",
		[47] = "NetBIOS scope",
		[DHCP_REQUESTED] = "requested address",
		[DHCP_LEASE] = "lease time",
		[DHCP_OVERLOAD] = "option overload",
		[DHCP_TYPE] = "message type",
		[DHCP_SERVER_ID] = "server",
		[DHCP_PARAMETERS] = "parameter list",
		[DHCP_MESSAGE] = "message",
		[DHCP_MAX_SIZE] = "maximum message size",
		[DHCP_RENEWAL] = "renewal time",
		[DHCP_REBINDING] = "rebinding time",
		[DHCP_VENDOR_CLASS] = "vendor class",
		[DHCP_CLIENT_ID] = "client identifier",
		[66] = "TFTP server",
		[67] = "boot file",
		[80] = "rapid commit",
		[81] = "client FQDN",
		[82] = "relay agent information",
		[93] = "client architecture",
		[95] = "LDAP servers",
		[100] = "time zone",
		[101] = "time zone name",
		[108] = "IPv6 only preferred",
		[114] = "captive portal",
		[116] = "auto-configuration",
		[119] = "domain search",
		[120] = "SIP servers",
		[121] = "classless static routes",
		[125] = "vendor information",
		[150] = "TFTP server address",
		[249] = "classless static routes (Microsoft)",
		[252] = "proxy auto-discovery",
	};

	return names[code];
}
