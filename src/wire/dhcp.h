/* Dynamic Host Configuration Protocol for IPv4.  RFC 2131 (messages), 2132 (options), 3396 (long options),
 * 951 (BOOTP, from which the frame is). */
#ifndef WIRE_DHCP_H
#define WIRE_DHCP_H

#include "base/bytes.h"

enum {
	DHCP_FIXED = 236, /* bytes before the magic cookie */
	DHCP_COOKIE = 0x63825363,
	DHCP_VALUE_MAX = 512, /* of an option put together from several (RFC 3396); what is more is cut */
	DHCP_SERVER_PORT = 67,
	DHCP_CLIENT_PORT = 68,
};

enum dhcp_op { DHCP_BOOTREQUEST = 1, DHCP_BOOTREPLY = 2 };

/* Option 53, RFC 2132 9.6 and RFC 3203. */
enum dhcp_type {
	DHCP_DISCOVER = 1,
	DHCP_OFFER,
	DHCP_REQUEST,
	DHCP_DECLINE,
	DHCP_ACK,
	DHCP_NAK,
	DHCP_RELEASE,
	DHCP_INFORM,
	DHCP_FORCERENEW,
};

enum dhcp_code {
	DHCP_PAD = 0,
	DHCP_MASK = 1,
	DHCP_ROUTER = 3,
	DHCP_DNS = 6,
	DHCP_HOSTNAME = 12,
	DHCP_DOMAIN = 15,
	DHCP_MTU = 26,
	DHCP_BROADCAST = 28,
	DHCP_NTP = 42,
	DHCP_REQUESTED = 50,
	DHCP_LEASE = 51,
	DHCP_OVERLOAD = 52,
	DHCP_TYPE = 53,
	DHCP_SERVER_ID = 54,
	DHCP_PARAMETERS = 55,
	DHCP_MESSAGE = 56,
	DHCP_MAX_SIZE = 57,
	DHCP_RENEWAL = 58,
	DHCP_REBINDING = 59,
	DHCP_VENDOR_CLASS = 60,
	DHCP_CLIENT_ID = 61,
	DHCP_END = 255,
};

struct dhcp {
	uint8_t op, htype, hlen, hops;
	uint32_t xid;  /* chosen by the client; ties the messages of one exchange */
	uint16_t secs; /* since the client began */
	uint16_t flags;
	bool broadcast;           /* the client cannot take unicast yet */
	uint8_t ciaddr[4];        /* the client's address, when it has one */
	uint8_t yiaddr[4];        /* "your": the address given */
	uint8_t siaddr[4];        /* the next server to boot from */
	uint8_t giaddr[4];        /* the relay agent */
	struct slice chaddr;      /* hlen bytes, at most 16 */
	struct slice sname, file; /* 64 and 128 bytes; text, or more options */
	struct slice options;     /* behind the cookie; empty without it */
	bool cookie;
};

struct dhcp_option {
	uint8_t code;
	struct slice value;
};

/* A walk over the options, then those in `file` and `sname` if option 52 says so (RFC 2131 4.1). */
struct dhcp_walk {
	const struct dhcp *d;
	struct rd in;
	uint8_t more; /* fields still to be looked into: 1 file, 2 sname */
	bool cut;     /* an option runs over the end of its field */
};

/* Bytes used: DHCP_FIXED, and the cookie and options when they are there; 0 when msg is shorter; -1 when op or
 * hlen cannot be. */
int dhcp_decode(struct slice msg, struct dhcp *d);

void dhcp_walk_init(struct dhcp_walk *w, const struct dhcp *d);
bool dhcp_walk_next(struct dhcp_walk *w, struct dhcp_option *o);

/* The value of an option; several of one code are put together in `room` (RFC 3396), a single one is not copied.
 * p is NULL when there is none. */
struct slice dhcp_option(const struct dhcp *d, uint8_t code, uint8_t room[static DHCP_VALUE_MAX]);
/* An option of 1, 2 or 4 bytes as a number; false when it is absent or has another size. */
bool dhcp_number(const struct dhcp *d, uint8_t code, size_t size, uint32_t *out);

/* Names; static storage; NULL when the number has none. */
const char *dhcp_type_name(uint8_t type);   /* "DISCOVER" */
const char *dhcp_option_name(uint8_t code); /* "subnet mask" */

#endif
