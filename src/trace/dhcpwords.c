/* DHCP messages as fields and words; see dhcplook.h.  RFC 2132. */
#include "trace/dhcplook.h"

#include "base/clock.h"

enum { WORDS_MAX = 300, OPTIONS_MAX = 128 };

/* How the value of an option is read. */
enum kind { KIND_NONE, KIND_ADDRS, KIND_BYTES8, KIND_U8, KIND_U16, KIND_U32, KIND_TEXT };

static enum kind kind_of(uint8_t code, const char **name)
{
	static const struct {
		uint8_t code, kind;
		const char *name;
	} rows[] = {
		{ DHCP_MASK, KIND_ADDRS, "dhcp.option.subnet_mask" },
		{ DHCP_ROUTER, KIND_ADDRS, "dhcp.option.router" },
		{ DHCP_DNS, KIND_ADDRS, "dhcp.option.domain_name_server" },
		{ DHCP_HOSTNAME, KIND_TEXT, "dhcp.option.hostname" },
		{ DHCP_DOMAIN, KIND_TEXT, "dhcp.option.domain_name" },
		{ DHCP_MTU, KIND_U16, "dhcp.option.interface_mtu" },
		{ DHCP_BROADCAST, KIND_ADDRS, "dhcp.option.broadcast_address" },
		{ DHCP_NTP, KIND_ADDRS, "dhcp.option.ntp_server" },
		{ DHCP_REQUESTED, KIND_ADDRS, "dhcp.option.requested_ip_address" },
		{ DHCP_LEASE, KIND_U32, "dhcp.option.ip_address_lease_time" },
		{ DHCP_OVERLOAD, KIND_U8, "dhcp.option.option_overload" },
		{ DHCP_TYPE, KIND_U8, "dhcp.option.dhcp" },
		{ DHCP_SERVER_ID, KIND_ADDRS, "dhcp.option.dhcp_server_id" },
		{ DHCP_PARAMETERS, KIND_BYTES8, "dhcp.option.request_list_item" },
		{ DHCP_MESSAGE, KIND_TEXT, "dhcp.option.message" },
		{ DHCP_MAX_SIZE, KIND_U16, "dhcp.option.dhcp_max_message_size" },
		{ DHCP_RENEWAL, KIND_U32, "dhcp.option.renewal_time_value" },
		{ DHCP_REBINDING, KIND_U32, "dhcp.option.rebinding_time_value" },
		{ DHCP_VENDOR_CLASS, KIND_TEXT, "dhcp.option.vendor_class_id" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].code == code) {
			*name = rows[i].name;
			return (enum kind)rows[i].kind;
		}
	}
	return KIND_NONE;
}

void dhcp_add(struct dhcp_look *l, struct field f)
{
	if (l->n < DHCP_FIELDS)
		l->v[l->n++] = f;
}

#define ADD(l, ...) dhcp_add(l, (struct field)__VA_ARGS__)

/* A value of an option: they may be many, and leave room for the words of the sentence. */
static void add_value(struct dhcp_look *l, struct field f)
{
	if (l->n < DHCP_FIELDS - DHCP_WORDS)
		dhcp_add(l, f);
}

static struct slice without_nul(struct slice s)
{
	while (s.n && s.p[s.n - 1] == 0)
		s.n--;
	return s;
}

static void add_option(struct dhcp_look *l, const struct dhcp_option *o)
{
	const char *name = NULL;
	enum kind kind = kind_of(o->code, &name);
	struct rd r = rd_of(o->value);

	switch (kind) {
	case KIND_NONE: break;
	case KIND_ADDRS:
		while (rd_left(&r) >= 4)
			add_value(l, (struct field){ .name = name, .type = FIELD_IP4, .s = rd_take(&r, 4) });
		break;
	case KIND_BYTES8:
		while (rd_left(&r))
			add_value(l, (struct field)F_UINT(name, rd_u8(&r)));
		break;
	case KIND_U8:
		if (o->value.n == 1)
			add_value(l, (struct field)F_UINT(name, rd_u8(&r)));
		break;
	case KIND_U16:
		if (o->value.n == 2)
			add_value(l, (struct field)F_UINT(name, rd_be16(&r)));
		break;
	case KIND_U32:
		if (o->value.n == 4)
			add_value(l, (struct field)F_UINT(name, rd_be32(&r)));
		break;
	case KIND_TEXT: add_value(l, (struct field)F_TEXT(name, without_nul(o->value))); break;
	}
}

#define IP4(n, a)                                                                                            \
	{                                                                                                    \
		.name = (n), .type = FIELD_IP4, .s = slice_of((a), 4)                                        \
	}

void dhcp_fields(struct dhcp_look *l)
{
	const struct dhcp *d = &l->d;
	struct dhcp_option o;
	struct dhcp_walk w;
	unsigned n = 0;

	ADD(l, F_UINT("dhcp.type", d->op));
	ADD(l, F_HEX("dhcp.hw.type", d->htype, 2));
	ADD(l, F_UINT("dhcp.hw.len", d->hlen));
	ADD(l, F_UINT("dhcp.hops", d->hops));
	ADD(l, F_HEX("dhcp.id", d->xid, 8));
	ADD(l, F_UINT("dhcp.secs", d->secs));
	ADD(l, F_HEX("dhcp.flags", d->flags, 4));
	ADD(l, F_BOOL("dhcp.flags.bc", d->broadcast));
	ADD(l, IP4("dhcp.ip.client", d->ciaddr));
	ADD(l, IP4("dhcp.ip.your", d->yiaddr));
	ADD(l, IP4("dhcp.ip.server", d->siaddr));
	ADD(l, IP4("dhcp.ip.relay", d->giaddr));
	if (d->htype == 1 && d->hlen == 6)
		ADD(l, { .name = "dhcp.hw.mac_addr", .type = FIELD_MAC, .s = d->chaddr });
	else
		ADD(l, { .name = "dhcp.hw.addr", .type = FIELD_BYTES, .s = d->chaddr });
	for (dhcp_walk_init(&w, d); n < OPTIONS_MAX && dhcp_walk_next(&w, &o); n++)
		add_option(l, &o);
}

/* --- Words -------------------------------------------------------------------------------------------------- */

static void put_addr4(struct buf *out, struct slice s)
{
	note_value(&(struct field){ .type = FIELD_IP4, .s = s }, out);
}

/* The text of a buffer that is given up. */
static const char *keep(struct trace *t, struct buf *b)
{
	const char *kept = b->n ? trace_text(t, buf_view(b), WORDS_MAX) : NULL;

	buf_fini(b);
	return kept;
}

const char *dhcp_addr_words(struct trace *t, const uint8_t addr[4])
{
	struct buf text = { 0 };

	put_addr4(&text, slice_of(addr, 4));
	return keep(t, &text);
}

bool dhcp_addr(const struct dhcp *d, uint8_t code, uint8_t addr[4])
{
	uint8_t room[DHCP_VALUE_MAX];
	struct slice v = dhcp_option(d, code, room);

	if (v.n != 4)
		return false;
	memcpy(addr, v.p, 4);
	return true;
}

const char *dhcp_span_words(struct trace *t, uint32_t seconds)
{
	char text[32];

	if (seconds == UINT32_MAX)
		return "ever";
	return arena_printf(&t->arena, "%s", clock_span((int64_t)seconds * CLOCK_SEC, text, sizeof(text)));
}

static void put_addrs(struct buf *out, const char *what, struct slice v)
{
	if (v.n < 4)
		return;
	buf_printf(out, "%s%s", out->n ? ", " : "", what);
	for (; v.n >= 4; v = slice_skip(v, 4)) {
		buf_putc(out, ' ');
		put_addr4(out, slice_sub(v, 0, 4));
	}
}

const char *dhcp_settings(struct dhcp_look *l)
{
	static const struct {
		uint8_t code;
		const char *what;
	} addrs[] = { { DHCP_MASK, "mask" }, { DHCP_BROADCAST, "broadcast" }, { DHCP_ROUTER, "router" },
		{ DHCP_DNS, "DNS" }, { DHCP_NTP, "NTP" } };
	uint8_t room[DHCP_VALUE_MAX];
	struct buf out = { 0 };
	struct slice v;
	uint32_t mtu;

	for (size_t i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++)
		put_addrs(&out, addrs[i].what, dhcp_option(&l->d, addrs[i].code, room));
	v = without_nul(dhcp_option(&l->d, DHCP_DOMAIN, room));
	if (v.n) {
		buf_printf(&out, "%sdomain ", out.n ? ", " : "");
		buf_slice(&out, v);
	}
	if (dhcp_number(&l->d, DHCP_MTU, 2, &mtu))
		buf_printf(&out, "%sMTU %u", out.n ? ", " : "", mtu);
	return keep(l->t, &out);
}

const char *dhcp_wishes(struct dhcp_look *l)
{
	uint8_t room[DHCP_VALUE_MAX];
	struct slice v = dhcp_option(&l->d, DHCP_PARAMETERS, room);
	struct buf out = { 0 };

	for (size_t i = 0; i < v.n && out.n < WORDS_MAX - 40; i++) {
		const char *name = dhcp_option_name(v.p[i]);

		buf_puts(&out, i ? ", " : "");
		if (name)
			buf_puts(&out, name);
		else
			buf_printf(&out, "option %u", v.p[i]);
	}
	return keep(l->t, &out);
}
