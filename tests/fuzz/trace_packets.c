/* The whole tracer on any packets: each input byte string is a link type and a row of length-prefixed packets. */
#include "look.h"

/* First byte: which link type.  Then for each packet: two bytes of length, whose upper four bits say how much time
 * passes and whether the capture cut it; all four set: it is no packet but key log lines. */
struct feed {
	struct source source;
	struct rd in;
	uint32_t link_type;
	int64_t ts;
};

static enum source_result feed_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	static const int64_t gaps[] = { 0, 1000, 2000000, 300000000, 60000000000, 1, INT64_C(1) << 60,
		-INT64_C(1000000) };
	struct feed *f = (struct feed *)((char *)s - offsetof(struct feed, source));
	uint16_t head = rd_be16(&f->in);
	size_t n = head & 0xfff;

	if (f->in.bad)
		return SOURCE_END;
	if (head >> 12 == 0xf) {
		*secrets = rd_take(&f->in, n < rd_left(&f->in) ? n : rd_left(&f->in));
		return SOURCE_SECRETS;
	}
	n = n < rd_left(&f->in) ? n : rd_left(&f->in);
	if (__builtin_add_overflow(f->ts, gaps[head >> 13], &f->ts))
		return SOURCE_END;
	*p = (struct source_packet){ .bytes = rd_take(&f->in, n), .link_type = f->link_type, .ts = f->ts };
	p->wire_len = (uint32_t)n + (head & 0x1000 ? 100 : 0);
	return SOURCE_PACKET;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t links[] = { LINK_ETHERNET, LINK_RAW, LINK_LINUX_SLL, LINK_LINUX_SLL2, LINK_NULL,
		LINK_LOOP, LINK_IPV4, LINK_IPV6, LINK_NFLOG, LINK_PPP };
	struct trace_config config = { .memory = 64 * 1024,
		.find = { "password", "\x1b" },
		.nfind = 2,
		.jwt_key = SLICE("0123456789abcdef0123456789abcdef") };
	struct feed f = { .in = rd_of(slice_of(data, size)), .ts = INT64_C(1700000000000000000) };

	f.link_type = links[rd_u8(&f.in) % (sizeof(links) / sizeof(links[0]))];
	look_run(&config, &f.source, feed_next, SLICE(""));
	return 0;
}
