/* Putting IP datagrams together from their fragments.  RFC 791 3.2 and RFC 815 (IPv4), RFC 8200 4.5 (IPv6);
 * fragments that overlap make the whole datagram one to discard, as RFC 5722 says for IPv6 and as Linux does
 * for both, because the overlap was only ever of use to attackers (RFC 1858, RFC 3128).  Bounded: so many
 * datagrams, so many bytes, so long by the time of the capture. */
#ifndef TRACE_DEFRAG_H
#define TRACE_DEFRAG_H

#include "base/table.h"
#include "wire/pkt.h"

enum {
	DEFRAG_DATAGRAMS = 256, /* at once; the oldest gives way */
	DEFRAG_PIECES = 2048,   /* of one datagram */
	DEFRAG_BYTES = 65535,   /* of one datagram */
	DEFRAG_SECONDS_4 = 30,  /* Linux's net.ipv4.ipfrag_time; RFC 1122 3.3.2 would give 60 */
	DEFRAG_SECONDS_6 = 60,  /* RFC 8200 4.5 */
};

/* What makes fragments belong together: RFC 791 3.2, RFC 8200 4.5.  Zero the whole of it first, it is
 * compared as bytes. */
struct defrag_key {
	struct pkt_addr src, dst;
	uint8_t proto; /* IPv4 alone */
	uint32_t id;
};

/* One fragment as it came. */
struct defrag_fragment {
	struct defrag_key key;
	uint32_t off;       /* in bytes */
	bool more;          /* more fragments follow */
	uint8_t next;       /* the protocol inside, as this fragment says */
	uint32_t limit;     /* bytes a datagram with this header may have behind it, at most DEFRAG_BYTES */
	struct slice bytes; /* all of them: a fragment cut by the capture cannot be used */
	uint64_t packet;
	int64_t ts;
};

enum defrag_verdict {
	DEFRAG_KEPT,     /* others are still missing */
	DEFRAG_DONE,     /* the last that was missing */
	DEFRAG_AGAIN,    /* known already, byte for byte */
	DEFRAG_OVERLAP,  /* covers bytes of another fragment: the datagram is refused */
	DEFRAG_INSIDE,   /* lies inside another one, with other bytes or another end ("teardrop"): refused */
	DEFRAG_TOO_LONG, /* reaches past what a datagram can hold ("ping of death"): refused */
	DEFRAG_TWO_ENDS, /* two fragments say differently where the datagram ends: refused */
	DEFRAG_TOO_MANY, /* more than DEFRAG_PIECES: refused */
	DEFRAG_REFUSED,  /* belongs to a datagram that was refused */
	DEFRAG_UNEVEN,   /* not the last, and no multiple of 8 bytes, or empty: not used */
	DEFRAG_NO_ROOM,  /* the memory bound does not allow it, or no memory */
};

struct defrag_piece;

enum defrag_state { DEFRAG_STATE_OPEN, DEFRAG_STATE_DONE, DEFRAG_STATE_REFUSED };

/* One datagram on its way; when done or refused it is remembered until it expires, without its bytes. */
struct defrag_datagram {
	struct defrag_key key;
	uint64_t hash;
	struct defrag_datagram *newer, *older; /* by first fragment */
	struct defrag_piece *first, *last;     /* by offset */
	uint32_t npieces;
	uint32_t have;  /* bytes */
	uint32_t total; /* bytes in all; UINT32_MAX until the last fragment came */
	uint8_t next;   /* the protocol inside, by the fragment at offset 0 */
	uint8_t state;  /* enum defrag_state */
	uint64_t since; /* the packet that began it */
	uint64_t ended; /* the packet that completed it or made it be refused */
	int64_t expiry;
};

struct defrag {
	struct table table;
	struct defrag_datagram *newest, *oldest;
	unsigned n;
	size_t held, max;    /* bytes in use, and the bound on them */
	int64_t next_expiry; /* nothing expires before; INT64_MAX when there is nothing */
	uint64_t dropped;    /* unfinished datagrams given up for want of room */
	uint8_t *whole;      /* the datagram completed last */
	size_t whole_n;
};

/* What became of a fragment.  `datagram` is valid until the next call; NULL when it was not kept. */
struct defrag_result {
	enum defrag_verdict verdict;
	const struct defrag_datagram *datagram;
	uint64_t other;     /* AGAIN, OVERLAP, INSIDE: the packet that brought these bytes first */
	struct slice whole; /* DONE: the body of the datagram, valid until the next call */
};

/* No more than max bytes are held. */
void defrag_init(struct defrag *d, size_t max);
void defrag_fini(struct defrag *d);

struct defrag_result defrag_push(struct defrag *d, const struct defrag_fragment *f);

/* Takes one datagram out whose time is over at `now` (INT64_MAX: any).  NULL when there is none, else it is
 * to be freed with defrag_free.  Those that were done or refused are freed without a word. */
struct defrag_datagram *defrag_expire(struct defrag *d, int64_t now);
void defrag_free(struct defrag *d, struct defrag_datagram *g);

/* The packets that brought the pieces, by offset: start with *at = NULL; 0 after the last. */
uint64_t defrag_packet(const struct defrag_datagram *g, const struct defrag_piece **at);
/* The next run of missing bytes from *from on: [*from, *to), *to UINT32_MAX when the end is not known.  False
 * when there is none. */
bool defrag_gap(const struct defrag_datagram *g, uint32_t *from, uint32_t *to);

#endif
