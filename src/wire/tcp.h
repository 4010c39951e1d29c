/* Transmission Control Protocol segments.  RFC 9293; RFC 7323 (window scale, timestamps), RFC 2018
 * and 2883 (selective acknowledgement), RFC 3168 and 9768 (ECN). */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "base/bytes.h"

enum {
	TCP_HEADER_MIN = 20,
	TCP_HEADER_MAX = 60,
	TCP_SACK_MAX = 4,
};

enum tcp_flag {
	TCP_FIN = 0x001,
	TCP_SYN = 0x002,
	TCP_RST = 0x004,
	TCP_PSH = 0x008,
	TCP_ACK = 0x010,
	TCP_URG = 0x020,
	TCP_ECE = 0x040,
	TCP_CWR = 0x080,
	TCP_AE = 0x100, /* once NS */
};

enum tcp_option_kind {
	TCP_OPT_END = 0,
	TCP_OPT_NOP = 1,
	TCP_OPT_MSS = 2,
	TCP_OPT_WSCALE = 3,
	TCP_OPT_SACK_PERMITTED = 4,
	TCP_OPT_SACK = 5,
	TCP_OPT_TIMESTAMPS = 8,
	TCP_OPT_FASTOPEN = 34,
};

/* One block of a selective acknowledgement: bytes [left, right) have arrived. */
struct tcp_sack {
	uint32_t left, right;
};

struct tcp {
	uint16_t src, dst; /* ports */
	uint32_t seq, ack; /* raw numbers */
	uint16_t flags;    /* TCP_FIN ... */
	uint8_t reserved;  /* the three bits behind the data offset */
	uint8_t len;       /* header length in bytes, 20..60 */
	uint16_t window;   /* as on the wire, not scaled */
	uint16_t cksum;
	uint16_t urgent;
	struct slice options;
	bool has_mss, has_wscale, sack_permitted, has_ts;
	bool opt_damaged; /* an option's length is wrong; those before it were read */
	uint8_t wscale;   /* as on the wire; more than 14 counts as 14 (RFC 7323 2.3) */
	uint8_t nsack;    /* blocks in sack */
	uint16_t mss;
	uint32_t tsval, tsecr;
	struct tcp_sack sack[TCP_SACK_MAX];
};

/* One option as it lies in the header. */
struct tcp_option {
	uint8_t kind;
	uint8_t len;       /* with kind and length bytes; 1 for END and NOP */
	struct slice data; /* behind the length byte */
};

struct proto;
extern const struct proto tcp_proto;

/* Cuts the next option off *rest.  False at the end (an END option is returned and ends the list)
 * and at a damaged option; after damage *rest is not empty. */
bool tcp_option_next(struct slice *rest, struct tcp_option *out);

/* Bytes of header tcp_encode writes. */
size_t tcp_header_len(const struct tcp *t);
/* Writes header and payload with the checksum computed; addrs is cksum_addrs of source and
 * destination. t->options, when not empty, is written as it is (padded with END); else the options
 * follow from has_mss, sack_permitted, has_ts, has_wscale and nsack.  w->bad when they do not fit
 * into 40 bytes. */
void tcp_encode(struct wr *w, const struct tcp *t, struct slice payload, uint64_t addrs);

/* "SYN, ACK" into dst; "none" without flags.  dst of TCP_FLAGS_TEXT bytes holds them all. */
enum { TCP_FLAGS_TEXT = 48 };
char *tcp_flags_text(uint16_t flags, char *dst, size_t size);
/* "Maximum segment size" ...; NULL when there is no name for it. */
const char *tcp_option_name(uint8_t kind);

#endif
