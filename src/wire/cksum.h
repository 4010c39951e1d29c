/* The Internet checksum.  RFC 1071; the pseudo headers of RFC 9293 3.1, RFC 768 and RFC 8200 8.1.
 *
 * A sum is carried in 64 bits and folded once at the end:
 *	field = cksum_fold(cksum_add(cksum_pseudo(cksum_addrs(src, dst), proto, len), segment));
 * with the checksum field zero.  Over bytes that hold their checksum, the fold is 0 when it is
 *right. */
#ifndef WIRE_CKSUM_H
#define WIRE_CKSUM_H

#include "base/slice.h"

/* Adds the bytes as big-endian 16-bit words; a last odd byte is padded with zero, so only the last
 * slice of a sum may have an odd length. */
uint64_t cksum_add(uint64_t sum, struct slice s);
/* The sum of two addresses, 4 or 16 bytes each. */
uint64_t cksum_addrs(struct slice src, struct slice dst);
/* Adds the rest of the pseudo header: protocol number and length in bytes. */
uint64_t cksum_pseudo(uint64_t addrs, uint8_t proto, uint32_t len);
/* The sum folded to 16 bits, carries added back, and complemented. */
uint16_t cksum_fold(uint64_t sum);

#endif
