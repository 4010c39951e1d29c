/* What the decoders of this room share.  A decoder gets the bytes the layer below gave it; while
 * decoding, pkt.payload_len is how many bytes those were on the wire, of which a snap length may
 * have cut some. */
#ifndef WIRE_DECODE_H
#define WIRE_DECODE_H

#include "wire/proto.h"

/* What a decoder returns when the rest is payload. */
static inline struct proto_next decode_end(void)
{
	return (struct proto_next){ PROTO_NONE, 0, false };
}

/* Records a damage `at` bytes behind the start of l; the first one of a packet stands.  Returns
 * decode_end(). */
static inline struct proto_next decode_damaged(
    struct pkt *p, const struct layer *l, enum pkt_damage damage, size_t at)
{
	if (p->damage == PKT_WHOLE) {
		p->damage = (uint8_t)damage;
		p->damaged_proto = l->proto;
		p->damage_off = l->off + (uint32_t)at;
	}
	return decode_end();
}

/* The header needs `need` bytes and fewer are captured: cut by the capture, or short on the wire.
 */
static inline struct proto_next decode_short(
    struct pkt *p, const struct layer *l, struct slice at, size_t need)
{
	return decode_damaged(p, l, p->payload_len >= need ? PKT_CUT : PKT_SHORT, at.n);
}

/* The header is read: `len` bytes of `at`, and all that follows is its body. */
static inline void decode_done(struct pkt *p, struct layer *l, struct slice at, size_t len)
{
	l->len = (uint32_t)len;
	l->body = (uint32_t)(at.n - len);
	p->payload_len -= (uint32_t)len;
}

/* The header is read and its own length field says that `claimed` bytes follow.  More than the wire
 * carried is a damage that hides nothing; less, and the rest is padding. */
static inline void decode_claim(struct pkt *p, struct layer *l, struct slice at, size_t len, size_t claimed)
{
	if (claimed > p->payload_len - len)
		decode_damaged(p, l, PKT_SHORT, at.n);
	l->len = (uint32_t)len;
	l->body = (uint32_t)(claimed < at.n - len ? claimed : at.n - len);
	p->payload_len = (uint32_t)claimed;
}

/* What follows an 802.3 length: logical link control, when there is room for it. */
static inline struct proto_next decode_llc(const struct layer *l)
{
	return (struct proto_next){ l->body < LLC_HEADER_MIN ? PROTO_NONE : PROTO_LLC, 0, false };
}

/* What an address of N bytes in a decoded header is as a field or a slice. */
#define DECODE_ADDR(array) slice_of((array), sizeof(array))

/* Copies N bytes out of the packet into an array of a decoded header; the caller looked at r->bad.
 */
static inline void decode_copy(struct rd *r, uint8_t *dst, size_t n)
{
	const uint8_t *b = rd_need(r, n);

	if (b)
		memcpy(dst, b, n);
	else
		memset(dst, 0, n);
}

#endif
