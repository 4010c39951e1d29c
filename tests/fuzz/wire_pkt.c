/* Exercises pkt_decode with every link type: the first byte chooses it, the second how much the capture cut. */
#include "wire/proto.h"

#include <assert.h>

static const uint32_t link_types[] = { LINK_ETHERNET, LINK_RAW, LINK_LINUX_SLL, LINK_LINUX_SLL2, LINK_NULL,
	LINK_LOOP, LINK_IPV4, LINK_IPV6, LINK_NFLOG, LINK_PPP };

enum { FIELDS = 256 };

static void check_layer(const struct pkt *p, const struct layer *l)
{
	struct field v[FIELDS];
	struct fields list = { v, 0, FIELDS, 0 };
	uint16_t expected;

	assert(l->len > 0);
	assert((size_t)l->off + l->len + l->body <= p->bytes.n);
	proto_row(l->proto)->fields(p, l, &list);
	for (uint32_t i = 0; i < list.n; i++) {
		assert(v[i].name && v[i].label);
		assert(v[i].off >= l->off && v[i].off + v[i].len <= l->off + l->len);
		for (size_t b = 0; b < v[i].s.n; b++)
			assert(v[i].s.p[b] <= 255); /* reads it, for the sanitizer */
	}
	pkt_cksum(p, l, &expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes;
	uint32_t off = 0;
	struct pkt p;

	if (size < 2)
		return 0;
	bytes = slice_of(data + 2, size - 2);
	pkt_decode(&p, link_types[data[0] % (sizeof(link_types) / sizeof(link_types[0]))], bytes,
	    (uint32_t)bytes.n + data[1]);
	assert(p.n <= PKT_LAYERS);
	for (uint8_t i = 0; i < p.n; i++) {
		assert(p.layers[i].off == off);
		check_layer(&p, &p.layers[i]);
		off += p.layers[i].len;
	}
	assert(off + p.payload.n <= bytes.n);
	assert(p.payload_len >= p.payload.n);
	assert(p.damage_off <= bytes.n);
	assert(p.damage != PKT_CUT || data[1] > 0);
	assert((pkt_source(&p).family != 0) == (p.net != NULL));
	return 0;
}
