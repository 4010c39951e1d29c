/* Neighbor Discovery: the ICMPv6 messages 133 to 137.  RFC 4861.  For icmp.c alone; the result is
 * in struct icmp. */
#ifndef WIRE_NDP_H
#define WIRE_NDP_H

#include "wire/field.h"
#include "wire/icmp.h"

/* Bytes before the options of a message of this type; 0 when it is not Neighbor Discovery. */
size_t ndp_header_len(uint8_t type);
/* Reads the message `at`, which has at least ndp_header_len bytes, into m, whose common header is
 * set. */
void ndp_read(struct icmp *m, struct slice at);
/* Lists what ndp_read found; off is where the message starts in the packet. */
void ndp_fields(const struct icmp *m, uint32_t off, struct fields *out);

#endif
