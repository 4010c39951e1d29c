/* One TCP connection cut into segments by the input: order, overlaps, holes, TLS and HTTP above them. */
#include "look.h"
#include "wire/cksum.h"

/* The secrets of the two sessions among the seeds, so that what is inside is reached too. */
static const char keylog[] =
    "CLIENT_RANDOM ee4e76d2f93c87b1d3f0bb19f6196153a1de8b06c4aa9aff91e71ed2e5fe2685 "
    "2f8c877ee7cb4871a501b48184703f6c5c0813c904e51d88387e9061415e8bedc8ed895eddc7ddb1bf95d73bad7cdf2f\n"
    "SERVER_HANDSHAKE_TRAFFIC_SECRET 80faae8121a98b5b904a869657add088925859dc088d108156e8e4d11ec3ccae "
    "bf9599c0604eded55037e934b3ea66e9acfc03d86f813410d3e8c924c6d8d7a6a9c2b14ee240d79727b53c14f0a4d580\n"
    "SERVER_TRAFFIC_SECRET_0 80faae8121a98b5b904a869657add088925859dc088d108156e8e4d11ec3ccae "
    "9abebdd04bab90cdf368179bf60e293bd4943c2f3bd0da13e045982ca13687ea419e27cff6581a1ba5f4c936bbbf4291\n"
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET 80faae8121a98b5b904a869657add088925859dc088d108156e8e4d11ec3ccae "
    "96bd3756e91b64b2f6f1b74a7459eb0780d128fe58701c555fb820c989e10d956f7a62919808eb75df795051c45e1941\n"
    "CLIENT_TRAFFIC_SECRET_0 80faae8121a98b5b904a869657add088925859dc088d108156e8e4d11ec3ccae "
    "194498a3e61feeb6a96bab389e2096890be0ad5d5089783db926b84130a9729257ad8a95e8215578e5d2d91fa4b25e1d\n";

/* The input is a row of commands: a control byte, then what it needs.
 *	bits 0-1  0: bytes follow the last ones of that direction; 1: they overlap; 2: a hole before them;
 *	          3: numbers from anywhere
 *	bit 2     the direction
 *	bit 3     acknowledges all that the other side sent
 *	bit 4     FIN, bit 5 RST, bit 6 SYN
 *	bit 7     the segment is as long as fits (else up to 255 bytes, the next byte says) */
struct feed {
	struct source source;
	struct rd in;
	int64_t ts;
	uint32_t next[2];
	uint16_t id;
	uint8_t room[2048];
};

static enum source_result feed_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	struct feed *f = (struct feed *)((char *)s - offsetof(struct feed, source));
	uint8_t control = rd_u8(&f->in);
	size_t n = control & 0x80 ? 1400 : rd_u8(&f->in);
	int side = control >> 2 & 1;
	struct ip4 ip = { .src = { 192, 0, 2, (uint8_t)(1 + side) },
		.dst = { 192, 0, 2, (uint8_t)(2 - side) },
		.ttl = 64,
		.proto = IP_PROTO_TCP,
		.id = ++f->id };
	struct tcp tcp = { .src = side ? 443 : 40000,
		.dst = side ? 40000 : 443,
		.seq = f->next[side],
		.flags = TCP_ACK,
		.window = 0xffff };
	struct wr w = wr_of(f->room, sizeof(f->room));
	struct slice payload;

	if (f->in.bad)
		return SOURCE_END;
	switch (control & 3) {
	case 1: tcp.seq -= rd_u8(&f->in); break;
	case 2: tcp.seq += rd_u8(&f->in); break;
	case 3: tcp.seq = rd_be32(&f->in); break;
	default: break;
	}
	tcp.ack = control & 8 ? f->next[!side] : 1;
	tcp.flags |=
	    (control & 0x10 ? TCP_FIN : 0) | (control & 0x20 ? TCP_RST : 0) | (control & 0x40 ? TCP_SYN : 0);
	if (control & 0x40 && !(control & 8))
		tcp.flags &= (uint16_t)~TCP_ACK;
	payload = rd_take(&f->in, n < rd_left(&f->in) ? n : rd_left(&f->in));
	if ((control & 3) < 3)
		f->next[side] = tcp.seq + (uint32_t)payload.n + !!(control & 0x40);
	ip4_encode(&w, &ip, tcp_header_len(&tcp) + payload.n);
	tcp_encode(&w, &tcp, payload, cksum_addrs(slice_of(ip.src, 4), slice_of(ip.dst, 4)));
	assert(!w.bad);
	f->ts += 1000000;
	*p = (struct source_packet){
		.bytes = slice_of(w.p, w.n), .wire_len = (uint32_t)w.n, .link_type = LINK_RAW, .ts = f->ts
	};
	return SOURCE_PACKET;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_config config = { .memory = 64 * 1024 };
	struct feed f = { .in = rd_of(slice_of(data, size)),
		.next = { 1000, 0xfffffff0 },
		.ts = INT64_C(1700000000000000000) };

	look_run(&config, &f.source, feed_next, SLICE(keylog));
	return 0;
}
