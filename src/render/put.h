/* Numbers, times and addresses as text, appended to a buffer without the price of printf: several
 * sinks do this a dozen times per packet. */
#ifndef RENDER_PUT_H
#define RENDER_PUT_H

#include "base/buf.h"
#include "trace/frame.h"

/* n times c. */
void put_fill(struct buf *b, char c, size_t n);
/* Decimal; at least `width` characters, filled from the left with `fill`. */
void put_u64(struct buf *b, uint64_t v, unsigned width, char fill);
/* Hexadecimal, exactly `digits` of it. */
void put_hex(struct buf *b, uint64_t v, unsigned digits);
/* Every byte as two digits, with `between` (or 0 for nothing) in between. */
void put_bytes(struct buf *b, struct slice s, char between);
/* A span of nanoseconds in seconds: "-0.000214" with this many decimals (0..9, rounded down). */
void put_seconds(struct buf *b, int64_t ns, unsigned decimals);
/* "2026-11-21T06:27:30.123456789Z" with this many decimals. */
void put_utc(struct buf *b, int64_t ns, unsigned decimals);
/* "10.0.0.1", or RFC 5952 for IPv6; nothing for family 0. */
void put_addr(struct buf *b, const struct pkt_addr *a);

/* Who sent a packet, or to whom it goes, by its highest addresses. */
struct endpoint {
	struct pkt_addr addr; /* family 0: no IP */
	struct slice mac;     /* 6 bytes, when there is no IP; may be empty */
	uint16_t port;
	bool has_port;
	const char *name; /* shown for the address; NULL: none */
};

struct endpoint endpoint_source(const struct frame *f);
struct endpoint endpoint_destination(const struct frame *f);
/* "www.lab.test:80", "10.0.0.1:80", "[2001:db8::1]:443", "02:00:00:00:00:01", "everyone" for the broadcast address,
 * "?". */
void put_endpoint(struct buf *b, const struct endpoint *p);

/* The highest OSI layer the frame is about: of its headers, of its notes, and of what its bytes
 * belong to. */
uint8_t frame_osi(const struct frame *f);

/* "[L4 transport] sentence (RFC 9293 3.5)", in English: a note as it stands in the comment of a packet. */
void put_note_line(struct buf *b, const struct note *n);
/* Does this line of the frame's comment come from an earlier run: is it one of `lines`, those of its notes?  The
 * numbers of packets they refer to do not count: they are others once a part of the capture was cut out.  Of two
 * captures read as one no note is what it was of one of them. */
bool is_old_line(const struct frame *f, struct slice lines, struct slice line);

/* Columns that UTF-8 text takes on a terminal; East Asian wide characters take two. */
size_t text_columns(struct slice s);

#endif
