/* Capture files by our own reader: pcap (draft-ietf-opsawg-pcap) and pcapng
 * (draft-ietf-opsawg-pcapng), plain or gzip.  libpcap would do for the first, but of pcapng it
 * gives neither secrets nor comments, and it stops when interfaces differ.
 *
 * Nothing is copied: a packet's bytes are a slice of the file's buffer.  Every length is checked
 * against its block before it is used; a file that breaks a rule ends with one line that says
 * where. */
#include "trace/source.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "trace/infile.h"

enum {
	PCAP_HEADER = 24,
	PCAP_RECORD = 16,
	PCAP_RECORD_MODIFIED = 24, /* interface index, protocol and packet type behind */
	BLOCK_HEADER = 8,          /* type and length */
	BLOCK_MIN = 12,            /* these and the length again */
	SECTION_MIN = 28,
	PACKET_MAX = INFILE_MAX - 4096, /* bytes of packet; a real one has at most 256 KiB */
	INTERFACES_MAX = 65536,         /* per section */
	COMMENT_MAX = 64 * 1024,
};

#define MAGIC_MICRO    0xa1b2c3d4u
#define MAGIC_NANO     0xa1b23c4du
#define MAGIC_MODIFIED 0xa1b2cd34u
#define MAGIC_SECTION  0x0a0d0d0au /* the same in both byte orders */
#define MAGIC_ORDER    0x1a2b3c4du

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_PACKET = 6,
	BLOCK_SECRETS = 10,
};

enum option_code {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	OPTION_TSRESOL = 9,
	OPTION_TSOFFSET = 14,
};

#define SECRETS_TLS 0x544c534bu

/* Time stamps stay within this many nanoseconds of 1970 (the year 2116), so that the difference of
 * any two fits into 64 bits whatever a damaged file says. */
#define TS_LIMIT ((int64_t)1 << 62)

/* How an interface of a section captured. */
struct iface {
	uint32_t link_type;
	uint32_t snaplen;  /* 0: no limit */
	uint64_t mul, div; /* a time stamp is v * mul / div nanoseconds, or with shift v * mul >> shift */
	uint8_t shift;
	int64_t offset; /* seconds to add */
};

struct pcapfile {
	struct source source;
	char *name;
	struct infile *in;
	bool big;             /* byte order of the file, or of the current section */
	bool ng;              /* pcapng */
	bool over;            /* END or ERROR was given */
	bool in_packet;       /* what is being read is a packet, for messages */
	uint64_t packets;     /* given so far */
	uint64_t at;          /* offset of the record or block being read */
	uint32_t record;      /* pcap: bytes of record header */
	uint32_t taken;       /* bytes to take before the next is read: the last packet's */
	int64_t last_ts;      /* of the packet before; Simple Packet Blocks have none of their own */
	struct iface *ifaces; /* of the section; pcap has one */
	uint32_t nifaces, cap;
	uint32_t first_iface; /* number of ifaces[0] within the source */
	struct buf comment;   /* several comments joined */
};

/* --- Numbers in the byte order of the file
 * ---------------------------------------------------------- */

static uint16_t get16(const struct pcapfile *f, struct rd *r)
{
	return f->big ? rd_be16(r) : rd_le16(r);
}

static uint32_t get32(const struct pcapfile *f, struct rd *r)
{
	return f->big ? rd_be32(r) : rd_le32(r);
}

static uint64_t get64(const struct pcapfile *f, struct rd *r)
{
	return f->big ? rd_be64(r) : rd_le64(r);
}

/* --- What can go wrong
 * ------------------------------------------------------------------------------ */

static enum source_result damaged(struct pcapfile *f, struct err *e, const char *what)
{
	f->over = true;
	err_set(e, ERR_DATA, "%s: damaged at packet %llu (byte %llu): %s", f->source.label,
	    (unsigned long long)f->packets + 1, (unsigned long long)f->at, what);
	return SOURCE_ERROR;
}

static enum source_result cut_short(struct pcapfile *f, struct err *e)
{
	f->over = true;
	if (!f->in_packet && f->packets == 0)
		err_set(e, ERR_DATA, "%s: cut short before its first packet (byte %llu): the rest is missing",
		    f->source.label, (unsigned long long)f->at);
	else
		err_set(e, ERR_DATA, "%s: cut short %s packet %llu (byte %llu): the rest is missing",
		    f->source.label, f->in_packet ? "in" : "behind",
		    (unsigned long long)f->packets + f->in_packet, (unsigned long long)f->at);
	return SOURCE_ERROR;
}

static enum source_result unreadable(struct pcapfile *f, struct err *e)
{
	f->over = true;
	err_in(e, "%s: behind packet %llu", f->source.label, (unsigned long long)f->packets);
	return SOURCE_ERROR;
}

/* What it means when the n bytes of a record or block could not be had. */
static enum source_result not_ok(struct pcapfile *f, enum infile_result r, struct err *e)
{
	if (r == INFILE_IDLE || r == INFILE_SIGNAL)
		return SOURCE_IDLE;
	if (r == INFILE_ERROR)
		return unreadable(f, e);
	if (infile_view(f->in).n || infile_cut(f->in))
		return cut_short(f, e);
	f->over = true;
	return SOURCE_END;
}

/* --- Time
 * ------------------------------------------------------------------------------------------- */

/* if_tsresol: 10^-v seconds, or with the high bit 2^-v. */
static void set_resolution(struct iface *i, uint8_t resol)
{
	uint8_t v = resol & 0x7f;

	i->mul = resol & 0x80 ? 1000000000 : 1;
	i->div = 1;
	i->shift = resol & 0x80 ? v : 0;
	if (resol & 0x80)
		return;
	for (unsigned n = v; n < 9; n++)
		i->mul *= 10;
	for (unsigned n = 9; n < v && n < 28; n++)
		i->div *= 10;
	if (v > 28) /* 10^-29 s and finer: 64 bits of that are nothing */
		i->mul = 0;
}

static int64_t to_ns(const struct iface *i, uint64_t v)
{
	unsigned __int128 ns = (unsigned __int128)v * i->mul;
	__int128 shifted;

	ns = i->shift ? ns >> i->shift : ns / i->div;
	shifted = (__int128)ns + (__int128)i->offset * 1000000000;
	if (shifted > TS_LIMIT)
		return TS_LIMIT;
	return shifted < -TS_LIMIT ? -TS_LIMIT : (int64_t)shifted;
}

/* --- pcap
 * ------------------------------------------------------------------------------------------- */

static enum source_result pcap_next(struct pcapfile *f, struct source_packet *p, struct err *e)
{
	enum infile_result r = infile_need(f->in, f->record, e);
	uint32_t sec, frac, len, wire_len;
	struct rd rd;

	f->at = infile_offset(f->in);
	f->in_packet = true;
	if (r != INFILE_OK)
		return not_ok(f, r, e);
	rd = rd_of(infile_view(f->in));
	sec = get32(f, &rd);
	frac = get32(f, &rd);
	len = get32(f, &rd);
	wire_len = get32(f, &rd);
	if (len > PACKET_MAX)
		return damaged(f, e, "it claims more bytes than any packet has");
	r = infile_need(f->in, f->record + len, e);
	if (r != INFILE_OK)
		return not_ok(f, r, e);
	*p = (struct source_packet){
		.bytes = slice_sub(infile_view(f->in), f->record, len),
		.wire_len = wire_len,
		.link_type = f->ifaces[0].link_type,
		.ts = (int64_t)sec * 1000000000 + (int64_t)(frac * f->ifaces[0].mul),
	};
	f->taken = f->record + len;
	f->packets++;
	return SOURCE_PACKET;
}

/* --- pcapng
 * ----------------------------------------------------------------------------------------- */

/* Skips the zero bytes behind n bytes of data; the last option of a block may lack them. */
static void skip_padding(struct rd *r, size_t n)
{
	size_t pad = -n & 3;

	rd_skip(r, pad < rd_left(r) ? pad : rd_left(r));
}

/* Cuts the next option off the cursor; false at the end, and at one that does not fit. */
static bool option_next(const struct pcapfile *f, struct rd *r, uint16_t *code, struct slice *value)
{
	uint16_t len;

	if (rd_left(r) < 4)
		return false;
	*code = get16(f, r);
	len = get16(f, r);
	if (*code == OPTION_END || len > rd_left(r))
		return false;
	*value = rd_take(r, len);
	skip_padding(r, len);
	return true;
}

static void interface_options(struct pcapfile *f, struct iface *i, struct rd *r)
{
	struct slice value;
	uint16_t code;
	struct rd v;

	while (option_next(f, r, &code, &value)) {
		v = rd_of(value);
		if (code == OPTION_TSRESOL && value.n == 1)
			set_resolution(i, rd_u8(&v));
		else if (code == OPTION_TSOFFSET && value.n == 8)
			i->offset = (int64_t)get64(f, &v);
	}
}

static int add_interface(struct pcapfile *f, struct iface one)
{
	struct iface *more;

	if (f->nifaces == f->cap) {
		more = realloc(f->ifaces, (f->cap * 2 + 4) * sizeof(*more));
		if (!more)
			return -1;
		f->ifaces = more;
		f->cap = f->cap * 2 + 4;
	}
	f->ifaces[f->nifaces++] = one;
	return 0;
}

static enum source_result interface_block(struct pcapfile *f, struct rd *r, struct err *e)
{
	struct iface one = { 0 };

	one.link_type = get16(f, r);
	rd_skip(r, 2);
	one.snaplen = get32(f, r);
	if (r->bad)
		return damaged(f, e, "an interface description is too short");
	if (f->nifaces == INTERFACES_MAX)
		return damaged(f, e, "more than 65536 interfaces in one section");
	set_resolution(&one, 6);
	interface_options(f, &one, r);
	if (add_interface(f, one) < 0) {
		err_set(e, ERR_ENV, "out of memory");
		return unreadable(f, e);
	}
	return SOURCE_IDLE;
}

/* The comment of a packet; several are joined with line ends. */
static struct slice packet_comment(struct pcapfile *f, struct rd *r)
{
	struct slice value, only = { 0 };
	unsigned n = 0;
	uint16_t code;

	while (option_next(f, r, &code, &value)) {
		if (code != OPTION_COMMENT)
			continue;
		if (n++ == 0) {
			only = value;
			continue;
		}
		if (n == 2) {
			buf_clear(&f->comment);
			buf_slice(&f->comment, only);
		}
		buf_putc(&f->comment, '\n');
		buf_slice(&f->comment, value);
	}
	return n > 1 ? buf_view(&f->comment) : only;
}

/* What a packet block says before its data, whichever of the three kinds. */
struct packet_head {
	uint32_t iface;
	uint32_t len, wire_len;
	bool has_ts;
	uint64_t ts;
};

static struct packet_head packet_head(const struct pcapfile *f, struct rd *r, uint32_t type)
{
	struct packet_head h = { 0 };
	size_t room;

	if (type == BLOCK_PACKET_SIMPLE) {
		h.wire_len = get32(f, r);
		room = rd_left(r);
		h.len = h.wire_len < room ? h.wire_len : (uint32_t)room;
		if (f->nifaces && f->ifaces[0].snaplen && f->ifaces[0].snaplen < h.len)
			h.len = f->ifaces[0].snaplen;
		return h;
	}
	h.iface = type == BLOCK_PACKET ? get32(f, r) : get16(f, r);
	if (type == BLOCK_PACKET_OLD)
		rd_skip(r, 2); /* packets dropped between */
	h.has_ts = true;
	h.ts = (uint64_t)get32(f, r) << 32;
	h.ts |= get32(f, r);
	h.len = get32(f, r);
	h.wire_len = get32(f, r);
	return h;
}

static enum source_result packet_block(
    struct pcapfile *f, struct rd *r, uint32_t type, struct source_packet *p, struct err *e)
{
	struct packet_head h = packet_head(f, r, type);
	const struct iface *i;
	char what[96];

	if (r->bad || h.len > rd_left(r))
		return damaged(f, e, "the packet claims more bytes than its block has");
	if (h.iface >= f->nifaces) {
		snprintf(what, sizeof(what), "it came from interface %u, and the section has %u", h.iface,
		    f->nifaces);
		return damaged(f, e, what);
	}
	i = &f->ifaces[h.iface];
	if (h.has_ts)
		f->last_ts = to_ns(i, h.ts);
	*p = (struct source_packet){
		.bytes = rd_take(r, h.len),
		.wire_len = h.wire_len,
		.link_type = i->link_type,
		.interface = f->first_iface + h.iface,
		.ts = f->last_ts,
	};
	skip_padding(r, h.len);
	if (type != BLOCK_PACKET_SIMPLE)
		p->comment = packet_comment(f, r);
	f->packets++;
	return SOURCE_PACKET;
}

static enum source_result secrets_block(
    struct pcapfile *f, struct rd *r, struct slice *secrets, struct err *e)
{
	uint32_t type = get32(f, r);
	uint32_t len = get32(f, r);

	if (r->bad || len > rd_left(r))
		return damaged(f, e, "the secrets claim more bytes than their block has");
	if (type != SECRETS_TLS)
		return SOURCE_IDLE;
	*secrets = rd_take(r, len);
	return SOURCE_SECRETS;
}

/* A Section Header Block: its byte order rules until the next, and interfaces are numbered anew. */
static enum source_result section_begin(struct pcapfile *f, struct slice head, struct err *e)
{
	struct rd r = rd_of(slice_skip(head, 8));
	char what[96];
	uint32_t order = rd_be32(&r);
	uint16_t major, minor;

	if (order != MAGIC_ORDER && __builtin_bswap32(order) != MAGIC_ORDER)
		return damaged(f, e, "the byte order of a section is neither of the two");
	f->big = order == MAGIC_ORDER;
	major = get16(f, &r);
	minor = get16(f, &r);
	if (major != 1) {
		snprintf(what, sizeof(what), "pcapng version %u.%u is not known", major, minor);
		return damaged(f, e, what);
	}
	f->first_iface += f->nifaces;
	f->nifaces = 0;
	return SOURCE_IDLE;
}

static bool is_packet(uint32_t type)
{
	return type == BLOCK_PACKET || type == BLOCK_PACKET_OLD || type == BLOCK_PACKET_SIMPLE;
}

/* Makes all of the next block available: SOURCE_PACKET when it is there, whatever its type. */
static enum source_result block_ready(struct pcapfile *f, uint32_t *type, struct slice *block, struct err *e)
{
	enum infile_result r = infile_need(f->in, BLOCK_MIN, e);
	enum source_result section;
	uint32_t len, again;
	struct slice view;
	struct rd rd;

	f->at = infile_offset(f->in);
	f->in_packet = false;
	if (r != INFILE_OK)
		return not_ok(f, r, e);
	rd = rd_of(infile_view(f->in));
	*type = get32(f, &rd);
	f->in_packet = is_packet(*type);
	if (*type == MAGIC_SECTION) {
		r = infile_need(f->in, SECTION_MIN, e);
		if (r != INFILE_OK)
			return not_ok(f, r, e);
		section = section_begin(f, infile_view(f->in), e);
		if (section != SOURCE_IDLE)
			return section;
		rd = rd_of(slice_skip(infile_view(f->in), 4));
	}
	len = get32(f, &rd);
	if (len < BLOCK_MIN || len % 4 || (*type == MAGIC_SECTION && len < SECTION_MIN))
		return damaged(f, e, "the length of a block is impossible");
	if (len > INFILE_MAX)
		return damaged(f, e, "a block claims more than 16 MiB");
	r = infile_need(f->in, len, e);
	if (r != INFILE_OK)
		return not_ok(f, r, e);
	view = slice_sub(infile_view(f->in), 0, len);
	rd = rd_of(slice_skip(view, len - 4));
	again = get32(f, &rd);
	if (again != len)
		return damaged(f, e, "a block's length at its end is not the one at its start");
	*block = slice_sub(view, BLOCK_HEADER, len - BLOCK_MIN);
	f->taken = len;
	return SOURCE_PACKET;
}

static enum source_result pcapng_next(
    struct pcapfile *f, struct source_packet *p, struct slice *secrets, struct err *e)
{
	enum source_result result;
	struct slice block = { 0 };
	uint32_t type = 0;
	struct rd r;

	for (;;) {
		result = block_ready(f, &type, &block, e);
		if (result != SOURCE_PACKET)
			return result;
		r = rd_of(block);
		result = SOURCE_IDLE;
		if (is_packet(type))
			result = packet_block(f, &r, type, p, e);
		else if (type == BLOCK_INTERFACE)
			result = interface_block(f, &r, e);
		else if (type == BLOCK_SECRETS)
			result = secrets_block(f, &r, secrets, e);
		if (result != SOURCE_IDLE) /* else names, statistics: nothing to give */
			return result;
		infile_take(f->in, f->taken);
		f->taken = 0;
	}
}

/* --- The source
 * ------------------------------------------------------------------------------------- */

static enum source_result pcapfile_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	struct pcapfile *f = (struct pcapfile *)s;

	if (f->over)
		return SOURCE_END;
	infile_take(f->in, f->taken);
	f->taken = 0;
	return f->ng ? pcapng_next(f, p, secrets, e) : pcap_next(f, p, e);
}

static uint64_t pcapfile_dropped(struct source *s)
{
	(void)s;
	return 0;
}

static void pcapfile_progress(struct source *s, uint64_t *done, uint64_t *all)
{
	infile_progress(((struct pcapfile *)s)->in, done, all);
}

static void pcapfile_free(struct source *s)
{
	struct pcapfile *f = (struct pcapfile *)s;

	infile_close(f->in);
	buf_fini(&f->comment);
	free(f->ifaces);
	free(f->name);
	free(f);
}

static const struct source_ops pcapfile_ops = {
	.name = "file",
	.next = pcapfile_next,
	.dropped = pcapfile_dropped,
	.progress = pcapfile_progress,
	.free = pcapfile_free,
};

/* Says what the file is instead, where its first bytes tell. */
static int not_a_capture(const struct pcapfile *f, struct slice head, struct err *e)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *words;
	} known[] = {
		{ "\x28\xb5\x2f\xfd", 4, "zstd data; undo it first: zstd -d" },
		{ "\x04\x22\x4d\x18", 4, "lz4 data; undo it first: lz4 -d" },
		{ "\xfd"
		  "7zX",
		    4, "xz data; undo it first: xz -d" },
		{ "BZh", 3, "bzip2 data; undo it first: bzip2 -d" },
		{ "PK\x03\x04", 4, "a zip archive; unpack it first" },
		{ "snoop", 5, "a snoop capture; convert it with editcap" },
		{ "\x7f"
		  "ELF",
		    4, "a program" },
		{ "{", 1, "JSON text" },
		{ "<", 1, "a text in HTML or XML" },
	};
	char hex[4 * 3 + 1] = "";

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (slice_starts(head, slice_of(known[i].magic, known[i].n)))
			return err_set(
			    e, ERR_DATA, "%s: not a capture file but %s", f->source.label, known[i].words);
	for (size_t i = 0; i < head.n && i < 4; i++)
		snprintf(hex + i * 3, 4, "%02x ", head.p[i]);
	hex[head.n < 4 ? head.n * 3 - 1 : 11] = '\0';
	return err_set(e, ERR_DATA,
	    "%s: not a capture file: it begins with the bytes %s, neither pcap nor pcapng", f->source.label,
	    hex);
}

/* Waits for the first n bytes, also of a pipe that is slow to start. */
static int first_bytes(struct pcapfile *f, size_t n, struct err *e)
{
	enum infile_result r;

	do
		r = infile_need(f->in, n, e);
	while (r == INFILE_IDLE);
	if (r == INFILE_SIGNAL)
		return err_set(
		    e, ERR_ENV, "%s: interrupted while waiting for the first byte", f->source.label);
	if (r == INFILE_ERROR)
		return err_in(e, "%s", f->source.label);
	if (r == INFILE_OK)
		return 0;
	if (infile_view(f->in).n == 0)
		return err_set(
		    e, ERR_DATA, "%s: empty, without even the header of a capture file", f->source.label);
	return err_set(e, ERR_DATA, "%s: cut short in its header (byte %llu)", f->source.label,
	    (unsigned long long)infile_view(f->in).n);
}

static int pcap_header(struct pcapfile *f, uint32_t magic, struct err *e)
{
	struct iface one = { .div = 1, .mul = magic == MAGIC_NANO ? 1 : 1000 };
	uint16_t major, minor;
	struct rd r;

	if (first_bytes(f, PCAP_HEADER, e) < 0)
		return -1;
	r = rd_of(slice_sub(infile_view(f->in), 4, PCAP_HEADER - 4));
	major = get16(f, &r);
	minor = get16(f, &r);
	rd_skip(&r, 8); /* time zone and accuracy: always zero */
	one.snaplen = get32(f, &r);
	one.link_type = get32(f, &r) & 0x03ffffff; /* above: whether a frame check sequence is there */
	if (major != 2)
		return err_set(
		    e, ERR_DATA, "%s: pcap version %u.%u is not known", f->source.label, major, minor);
	f->record = magic == MAGIC_MODIFIED ? PCAP_RECORD_MODIFIED : PCAP_RECORD;
	infile_take(f->in, PCAP_HEADER);
	if (add_interface(f, one) < 0)
		return err_set(e, ERR_ENV, "out of memory");
	return 0;
}

static bool is_pcap(uint32_t magic)
{
	return magic == MAGIC_MICRO || magic == MAGIC_NANO || magic == MAGIC_MODIFIED;
}

static int read_header(struct pcapfile *f, struct err *e)
{
	uint32_t magic;
	struct rd r;

	if (first_bytes(f, 4, e) < 0 || infile_sniff(f->in, e) < 0 || first_bytes(f, 4, e) < 0)
		return -1;
	r = rd_of(infile_view(f->in));
	magic = rd_be32(&r);
	f->ng = magic == MAGIC_SECTION;
	f->big = is_pcap(magic);
	if (f->ng)
		return first_bytes(f, SECTION_MIN, e);
	if (f->big || is_pcap(__builtin_bswap32(magic)))
		return pcap_header(f, f->big ? magic : __builtin_bswap32(magic), e);
	return not_a_capture(f, infile_view(f->in), e);
}

struct source *source_file(const char *path, struct err *e)
{
	struct pcapfile *f = calloc(1, sizeof(*f));

	if (!f) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	f->source.ops = &pcapfile_ops;
	buf_init(&f->comment, COMMENT_MAX);
	f->name = strdup(strcmp(path, "-") == 0 ? "stdin" : path);
	if (!f->name) {
		err_set(e, ERR_ENV, "out of memory");
		goto fail;
	}
	f->source.label = f->name;
	f->in = infile_open(path, e);
	if (!f->in || read_header(f, e) < 0)
		goto fail;
	return &f->source;
fail:
	pcapfile_free(&f->source);
	return NULL;
}
