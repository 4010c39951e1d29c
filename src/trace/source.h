/* Where packets come from.  One row of functions per kind: capture files (pcapfile.c, both formats by our own
 * readers) and live interfaces (source_pcap.c, libpcap). */
#ifndef TRACE_SOURCE_H
#define TRACE_SOURCE_H

#include "base/err.h"
#include "base/slice.h"

/* Where a packet was seen, when there are captures of two places; see vantage.h. */
enum source_sight {
	SIGHT_ONE,    /* one capture only, or nothing can be said of the other */
	SIGHT_BOTH,   /* at both places */
	SIGHT_LOST,   /* it left `place` and did not come to the other */
	SIGHT_UNSEEN, /* it came to `place`, and the capture it should have passed before lacks it */
};

/* One packet as the source gives it; the bytes are valid until the next call. */
struct source_packet {
	struct slice bytes;         /* as captured */
	uint32_t wire_len;          /* bytes it had on the wire */
	uint32_t link_type;         /* LINKTYPE_* */
	uint32_t interface;         /* number within the source */
	const char *interface_name; /* "eth0", valid as long as the source; NULL: not known */
	int64_t ts;                 /* nanoseconds since 1970 UTC */
	struct slice comment;       /* pcapng: opt_comment; else empty */
	uint8_t sight;              /* enum source_sight */
	uint8_t place;              /* 0 or 1: where it was seen first */
	int64_t other_ts;           /* SIGHT_BOTH: when it was seen at the other place, in the first clock */
};

struct source;
struct hosts;

enum source_result {
	SOURCE_ERROR = -1, /* *e says what, with the packet number; what came before stands */
	SOURCE_END = 0,
	SOURCE_PACKET = 1,
	SOURCE_SECRETS = 2, /* *secrets holds key log lines found in the file */
	SOURCE_IDLE = 3,    /* live: nothing within the poll time; a chance to flush or stop */
};

struct source_ops {
	const char *name;
	enum source_result (*next)(
	    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e);
	/* Packets dropped by kernel or interface while capturing: of a live capture so far, of a file as it
	 * tells up to here. */
	uint64_t (*dropped)(struct source *s);
	/* Bytes read and in all, for a progress bar; 0 of 0 when not known. */
	void (*progress)(struct source *s, uint64_t *done, uint64_t *all);
	void (*free)(struct source *s);
	/* Names of addresses read so far, see hosts.h; NULL for none.  A row without it has none. */
	const struct hosts *(*hosts)(struct source *s);
};

/* A row's own struct begins with this. */
struct source {
	const struct source_ops *ops;
	const char *label; /* file or interface name, for messages */
};

static inline const struct hosts *source_hosts(struct source *s)
{
	return s->ops->hosts ? s->ops->hosts(s) : NULL;
}

/* Opens a capture file: pcap (both byte orders, micro- and nanoseconds) or pcapng, gzip of either; "-" is
 * stdin.  NULL with *e: unreadable (ERR_ENV), not a capture (ERR_DATA). */
struct source *source_file(const char *path, struct err *e);

enum {
	SOURCE_LIVE_MAX = 32, /* interfaces captured on at once */
	/* Whole packets, also those that offloading makes larger than the link (64 KiB and more). */
	LIVE_SNAPLEN = 262144,
	/* The kernel's ring: half a second of small packets at full speed on a slow machine. */
	LIVE_BUFFER_KIB = 32 * 1024,
};

enum live_direction { LIVE_BOTH, LIVE_IN, LIVE_OUT };

struct live_options {
	const char *const *interfaces; /* "any" for all; they must outlive the source */
	unsigned ninterfaces;          /* 1..SOURCE_LIVE_MAX */
	const char *filter;            /* a BPF expression; NULL or "" for none */
	bool promiscuous;
	uint32_t snaplen;    /* bytes kept of a packet; 0: LIVE_SNAPLEN */
	uint32_t buffer_kib; /* the kernel's ring, per interface; 0: LIVE_BUFFER_KIB */
	enum live_direction direction;
};

/* Live capture; the packets of several interfaces come in the order of their times.  NULL with *e: no such
 * interface, no permission (and how to get it), a filter error. */
struct source *source_live(const struct live_options *o, struct err *e);

/* A BPF filter for packets of a file; compiled once per link type. */
struct filter;
struct filter *filter_new(const char *expression, struct err *e); /* NULL with *e: syntax */
/* 1 when it matches, 0 when not, -1 with *e when the expression makes no sense for this link type. */
int filter_match(struct filter *f, const struct source_packet *p, struct err *e);
void filter_free(struct filter *f);

#endif
