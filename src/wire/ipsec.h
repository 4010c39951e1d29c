/* The two headers of IPsec: ESP (RFC 4303), behind which everything is encrypted, and AH (RFC 4302), behind which
 * everything can be read.  (In IPv6, AH is walked over as an extension header; see ip6.h.) */
#ifndef WIRE_IPSEC_H
#define WIRE_IPSEC_H

#include "base/bytes.h"

enum {
	ESP_HEADER = 8,
	AH_HEADER_MIN = 12,
};

struct ipsec {
	uint32_t spi; /* security parameters index: names the association */
	uint32_t seq;
	uint8_t next; /* AH: the protocol that follows */
};

struct proto;
extern const struct proto esp_proto;
extern const struct proto ah_proto;

#endif
