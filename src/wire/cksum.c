/* The Internet checksum.  RFC 1071. */
#include "wire/cksum.h"

/* A sum of words that were read in the machine's byte order, as the sum of big-endian words:
 * swapping the bytes of every word swaps the bytes of the sum (RFC 1071 2(B)). */
static uint64_t from_native(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap16((uint16_t)sum);
#else
	return sum;
#endif
}

uint64_t cksum_add(uint64_t sum, struct slice s)
{
	uint64_t native = 0;
	size_t at = 0;

	/* 32 bits at a time: 2^32 such words fit into the 64 of the sum. */
	for (; s.n - at >= 4; at += 4) {
		uint32_t word;

		memcpy(&word, s.p + at, 4);
		native += word;
	}
	sum += from_native(native);
	if (s.n - at >= 2) {
		sum += (uint32_t)s.p[at] << 8 | s.p[at + 1];
		at += 2;
	}
	if (at < s.n)
		sum += (uint32_t)s.p[at] << 8;
	return sum;
}

uint64_t cksum_addrs(struct slice src, struct slice dst)
{
	return cksum_add(cksum_add(0, src), dst);
}

uint64_t cksum_pseudo(uint64_t addrs, uint8_t proto, uint32_t len)
{
	return addrs + proto + (len >> 16) + (len & 0xffff);
}

uint16_t cksum_fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
