/* What the two readers of capture files share with the file source (pcapfile.c) that stands on top of them:
 * pcap.c and pcapng.c.  Private to these three. */
#ifndef TRACE_PCAPFILE_H
#define TRACE_PCAPFILE_H

#include "base/buf.h"
#include "base/bytes.h"
#include "trace/infile.h"
#include "trace/source.h"

enum {
	PCAPFILE_PACKET_MAX = INFILE_MAX - 4096, /* bytes of packet; a real one has at most 256 KiB */
	PCAPFILE_NAME = 64,                      /* room for an interface's name */
	PCAPFILE_NAMES = 256,                    /* different names; further ones are not told */
	PCAPFILE_SECTION_MIN = 28,               /* bytes of a pcapng Section Header Block */
};

#define PCAP_MICRO     0xa1b2c3d4u
#define PCAP_NANO      0xa1b23c4du
#define PCAP_MODIFIED  0xa1b2cd34u /* Kuznetzov's: longer records */
#define PCAPNG_SECTION 0x0a0d0d0au /* the same in both byte orders */

/* How an interface of a section captured. */
struct pcapfile_iface {
	uint32_t link_type;
	uint32_t snaplen;  /* 0: no limit */
	uint64_t mul, div; /* a time stamp is v * mul / div nanoseconds, or with shift v * mul >> shift */
	uint8_t shift;
	int64_t offset;    /* seconds to add */
	uint64_t reported; /* packets dropped, by its statistics; */
	uint64_t counted;  /* and by what its packets say was lost before them */
	const char *name;  /* in pcapfile.names; NULL when the file does not say */
};

struct pcapfile {
	struct source source;
	char *name;
	struct infile *in;
	/* The reader's: as source_ops.next. */
	enum source_result (*next)(
	    struct pcapfile *f, struct source_packet *p, struct slice *secrets, struct err *e);
	bool big;                      /* byte order of the file, or of the current section */
	bool over;                     /* END or ERROR was given */
	bool in_packet;                /* what is being read is a packet, for messages */
	uint64_t packets;              /* given so far */
	uint64_t at;                   /* offset of the record or block being read */
	uint32_t record;               /* pcap: bytes of record header */
	uint32_t taken;                /* bytes to take before the next is read: the last packet's */
	int64_t last_ts;               /* of the packet before; Simple Packet Blocks have none of their own */
	struct pcapfile_iface *ifaces; /* of the section; pcap has one */
	uint32_t nifaces, cap;
	uint32_t first_iface;        /* number of ifaces[0] within the source */
	uint64_t dropped;            /* in the sections before */
	struct buf comment;          /* several comments joined */
	char *names[PCAPFILE_NAMES]; /* of interfaces, kept as long as the source */
	unsigned nnames;
	struct hosts *hosts; /* NULL: no names of addresses yet */
};

/* Reads the 24 bytes of a pcap header, its magic number in the order f->big.  0, or -1 with *e. */
int pcap_open(struct pcapfile *f, uint32_t magic, struct err *e);
/* Waits for the first Section Header Block; that one is read as a block like all others. */
int pcapng_open(struct pcapfile *f, struct err *e);

/* The first n bytes of a file that has just been opened, also of a pipe that is slow to start. */
int pcapfile_first(struct pcapfile *f, size_t n, struct err *e);
/* One more interface; -1 (no *e) when out of memory. */
int pcapfile_interface(struct pcapfile *f, const struct pcapfile_iface *one);
/* Packets that an interface lost, by its statistics or its packets, whichever knows of more. */
static inline uint64_t pcapfile_lost(const struct pcapfile_iface *i)
{
	return i->reported > i->counted ? i->reported : i->counted;
}
/* Ends the reading: *e names the packet, the byte and what is wrong. */
enum source_result pcapfile_damaged(struct pcapfile *f, struct err *e, const char *what);
enum source_result pcapfile_unreadable(struct pcapfile *f, struct err *e);
/* What it means when the bytes of a record or block could not be had. */
enum source_result pcapfile_not_ok(struct pcapfile *f, enum infile_result r, struct err *e);

/* Numbers in the byte order of the file. */
static inline uint16_t pcapfile_16(const struct pcapfile *f, struct rd *r)
{
	return f->big ? rd_be16(r) : rd_le16(r);
}

static inline uint32_t pcapfile_32(const struct pcapfile *f, struct rd *r)
{
	return f->big ? rd_be32(r) : rd_le32(r);
}

static inline uint64_t pcapfile_64(const struct pcapfile *f, struct rd *r)
{
	return f->big ? rd_be64(r) : rd_le64(r);
}

#endif
