/* A DHCP message: the walk over its options ends and stays inside, and options put together agree with it. */
#include <assert.h>

#include "wire/dhcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t room[DHCP_VALUE_MAX];
	size_t total[256] = { 0 };
	bool met[256] = { 0 };
	struct dhcp_option o;
	struct dhcp_walk w;
	struct dhcp d;
	uint32_t v;
	int used = dhcp_decode(slice_of(bytes, size), &d);

	assert(used == -1 || used == 0 || (used >= DHCP_FIXED && (size_t)used <= size));
	if (used <= 0)
		return 0;
	assert(d.chaddr.n <= 16);
	for (dhcp_walk_init(&w, &d); dhcp_walk_next(&w, &o);) {
		assert(o.code != DHCP_PAD && o.code != DHCP_END);
		assert(o.value.n == 0 || (o.value.p >= bytes && o.value.p + o.value.n <= bytes + size));
		met[o.code] = true;
		total[o.code] += o.value.n;
	}
	for (unsigned code = 0; code < 256; code++) {
		struct slice s = dhcp_option(&d, (uint8_t)code, room);

		assert(met[code] || !s.n);
		assert(s.n == (total[code] < DHCP_VALUE_MAX ? total[code] : DHCP_VALUE_MAX));
		(void)dhcp_number(&d, (uint8_t)code, 4, &v);
		(void)dhcp_option_name((uint8_t)code);
	}
	return 0;
}
