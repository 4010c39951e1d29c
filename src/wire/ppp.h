/* The Point-to-Point Protocol (RFC 1661, RFC 1662) and its frames over Ethernet (PPPoE, RFC 2516). */
#ifndef WIRE_PPP_H
#define WIRE_PPP_H

#include "base/bytes.h"

enum {
	PPPOE_HEADER = 6,
	PPP_IP4 = 0x0021,
	PPP_IP6 = 0x0057,
};

struct ppp {
	bool framed; /* address and control field are there */
	uint16_t protocol;
};

enum pppoe_code {
	PPPOE_SESSION = 0,
	PPPOE_OFFER = 0x07,
	PPPOE_INITIATION = 0x09,
	PPPOE_REQUEST = 0x19,
	PPPOE_CONFIRMATION = 0x65,
	PPPOE_TERMINATE = 0xa7,
};

struct pppoe {
	uint8_t code; /* enum pppoe_code */
	uint16_t session;
	uint16_t len;
};

struct proto;
extern const struct proto ppp_proto;
extern const struct proto pppoe_proto;

#endif
