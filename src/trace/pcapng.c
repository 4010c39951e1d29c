/* The pcapng format (draft-ietf-opsawg-pcapng): blocks.  Of them the packets (enhanced, simple and the obsolete
 * kind), the interfaces they came from, the secrets, names of addresses and the counts of what was dropped are
 * read; custom and unknown blocks are passed over.  A section may have another byte order than the one before, and its
 * interfaces are numbered anew.
 *
 * Every length is checked against its block before it is used; an option that does not fit ends the options of
 * its block. */
#include "trace/hosts.h"
#include "trace/pcapfile.h"

#include <stdio.h>

enum {
	BLOCK_HEADER = 8,       /* type and length */
	BLOCK_MIN = 12,         /* these and the length again */
	INTERFACES_MAX = 65536, /* per section */
	LOST_UNKNOWN = 0xffff,  /* the obsolete packet block's way to say it did not count */
};

#define MAGIC_ORDER 0x1a2b3c4du

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECRETS = 10,
};

enum option_code {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	OPTION_IF_NAME = 2, /* of interfaces; */
	OPTION_TSRESOL = 9,
	OPTION_TSOFFSET = 14,
	OPTION_DROPCOUNT = 4, /* of packets; */
	OPTION_IFDROP = 5,    /* of statistics */
	OPTION_OSDROP = 7,
};

/* Records of a Name Resolution Block: an address, then names, each ended by a NUL. */
enum name_record {
	NAMES_END = 0,
	NAMES_IP4 = 1,
	NAMES_IP6 = 2,
};

#define SECRETS_TLS 0x544c534bu

/* Time stamps stay within this many nanoseconds of 1970 (the year 2116), so that the difference of
 * any two fits into 64 bits whatever a damaged file says. */
#define TS_LIMIT ((int64_t)1 << 62)

/* --- Time ------------------------------------------------------------------------------------- */

/* if_tsresol: 10^-v seconds, or with the high bit 2^-v. */
static void set_resolution(struct pcapfile_iface *i, uint8_t resol)
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

static int64_t to_ns(const struct pcapfile_iface *i, uint64_t v)
{
	unsigned __int128 ns = (unsigned __int128)v * i->mul;
	__int128 shifted;

	ns = i->shift ? ns >> i->shift : ns / i->div;
	shifted = (__int128)ns + (__int128)i->offset * 1000000000;
	if (shifted > TS_LIMIT)
		return TS_LIMIT;
	return shifted < -TS_LIMIT ? -TS_LIMIT : (int64_t)shifted;
}

/* --- Blocks ------------------------------------------------------------------------------------ */

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
	*code = pcapfile_16(f, r);
	len = pcapfile_16(f, r);
	if (*code == OPTION_END || len > rd_left(r))
		return false;
	*value = rd_take(r, len);
	skip_padding(r, len);
	return true;
}

/* The name, kept once however many sections have an interface of it; NULL when it is empty, or cannot be kept. */
static const char *interface_name(struct pcapfile *f, struct slice value)
{
	char name[PCAPFILE_NAME];

	slice_cstr(value, name, sizeof(name));
	for (unsigned i = 0; i < f->nnames; i++)
		if (strcmp(f->names[i], name) == 0)
			return f->names[i];
	if (!name[0] || f->nnames == PCAPFILE_NAMES || !(f->names[f->nnames] = strdup(name)))
		return NULL;
	return f->names[f->nnames++];
}

static void interface_options(struct pcapfile *f, struct pcapfile_iface *i, struct rd *r)
{
	struct slice value;
	uint16_t code;
	struct rd v;

	while (option_next(f, r, &code, &value)) {
		v = rd_of(value);
		if (code == OPTION_IF_NAME)
			i->name = interface_name(f, value);
		else if (code == OPTION_TSRESOL && value.n == 1)
			set_resolution(i, rd_u8(&v));
		else if (code == OPTION_TSOFFSET && value.n == 8)
			i->offset = (int64_t)pcapfile_64(f, &v);
	}
}

static enum source_result interface_block(struct pcapfile *f, struct rd *r, struct err *e)
{
	struct pcapfile_iface one = { 0 };

	one.link_type = pcapfile_16(f, r);
	rd_skip(r, 2);
	one.snaplen = pcapfile_32(f, r);
	if (r->bad)
		return pcapfile_damaged(f, e, "an interface description is too short");
	if (f->nifaces == INTERFACES_MAX)
		return pcapfile_damaged(f, e, "more than 65536 interfaces in one section");
	set_resolution(&one, 6);
	interface_options(f, &one, r);
	if (pcapfile_interface(f, &one) < 0) {
		err_set(e, ERR_ENV, "out of memory");
		return pcapfile_unreadable(f, e);
	}
	return SOURCE_IDLE;
}

/* Several comments of a packet are joined with line ends. */
static void join_comment(struct pcapfile *f, struct slice *comment, struct slice more)
{
	if (comment->p == NULL) {
		*comment = more;
		return;
	}
	if (comment->p != f->comment.p) {
		buf_clear(&f->comment);
		buf_slice(&f->comment, *comment);
	}
	buf_putc(&f->comment, '\n');
	buf_slice(&f->comment, more);
	*comment = buf_view(&f->comment);
}

static void packet_options(
    struct pcapfile *f, struct pcapfile_iface *i, struct source_packet *p, struct rd *r)
{
	struct slice value;
	uint16_t code;
	struct rd v;

	while (option_next(f, r, &code, &value)) {
		v = rd_of(value);
		if (code == OPTION_COMMENT)
			join_comment(f, &p->comment, value);
		else if (code == OPTION_DROPCOUNT && value.n == 8)
			i->counted += pcapfile_64(f, &v);
	}
}

/* What a packet block says before its data, whichever of the three kinds. */
struct packet_head {
	uint32_t iface;
	uint32_t len, wire_len;
	uint16_t lost; /* of the interface, since its packet before */
	bool has_ts;
	uint64_t ts;
};

static struct packet_head packet_head(const struct pcapfile *f, struct rd *r, uint32_t type)
{
	struct packet_head h = { 0 };
	size_t room;

	if (type == BLOCK_PACKET_SIMPLE) {
		h.wire_len = pcapfile_32(f, r);
		room = rd_left(r);
		h.len = h.wire_len < room ? h.wire_len : (uint32_t)room;
		if (f->nifaces && f->ifaces[0].snaplen && f->ifaces[0].snaplen < h.len)
			h.len = f->ifaces[0].snaplen;
		return h;
	}
	h.iface = type == BLOCK_PACKET ? pcapfile_32(f, r) : pcapfile_16(f, r);
	h.lost = type == BLOCK_PACKET_OLD ? pcapfile_16(f, r) : 0;
	if (h.lost == LOST_UNKNOWN)
		h.lost = 0;
	h.has_ts = true;
	h.ts = (uint64_t)pcapfile_32(f, r) << 32;
	h.ts |= pcapfile_32(f, r);
	h.len = pcapfile_32(f, r);
	h.wire_len = pcapfile_32(f, r);
	return h;
}

static enum source_result packet_block(
    struct pcapfile *f, struct rd *r, uint32_t type, struct source_packet *p, struct err *e)
{
	struct packet_head h = packet_head(f, r, type);
	struct pcapfile_iface *i;
	char what[96];

	if (r->bad || h.len > rd_left(r))
		return pcapfile_damaged(f, e, "the packet claims more bytes than its block has");
	if (h.iface >= f->nifaces) {
		snprintf(what, sizeof(what), "it came from interface %u, and the section has %u", h.iface,
		    f->nifaces);
		return pcapfile_damaged(f, e, what);
	}
	i = &f->ifaces[h.iface];
	if (h.has_ts)
		f->last_ts = to_ns(i, h.ts);
	*p = (struct source_packet){
		.bytes = rd_take(r, h.len),
		.wire_len = h.wire_len,
		.link_type = i->link_type,
		.interface = f->first_iface + h.iface,
		.interface_name = i->name,
		.ts = f->last_ts,
	};
	i->counted += h.lost;
	skip_padding(r, h.len);
	if (type != BLOCK_PACKET_SIMPLE)
		packet_options(f, i, p, r);
	f->packets++;
	return SOURCE_PACKET;
}

static enum source_result secrets_block(
    struct pcapfile *f, struct rd *r, struct slice *secrets, struct err *e)
{
	uint32_t type = pcapfile_32(f, r);
	uint32_t len = pcapfile_32(f, r);

	if (r->bad || len > rd_left(r))
		return pcapfile_damaged(f, e, "the secrets claim more bytes than their block has");
	if (type != SECRETS_TLS)
		return SOURCE_IDLE;
	*secrets = rd_take(r, len);
	return SOURCE_SECRETS;
}

/* One record; the first of its names is the address's. */
static void name_record(struct pcapfile *f, uint16_t type, struct slice value)
{
	struct pkt_addr addr = { .family = type == NAMES_IP4 ? 4 : 6 };
	size_t n = type == NAMES_IP4 ? 4 : 16;
	struct slice names = slice_skip(value, n);

	if ((type != NAMES_IP4 && type != NAMES_IP6) || value.n < n)
		return;
	memcpy(addr.b, value.p, n);
	if (!f->hosts)
		f->hosts = hosts_new();
	if (f->hosts)
		hosts_add(f->hosts, &addr, slice_cut(&names, '\0'));
}

/* A Name Resolution Block: records in the form of options. */
static void names_block(struct pcapfile *f, struct rd *r)
{
	struct slice value;
	uint16_t type;

	while (option_next(f, r, &type, &value))
		name_record(f, type, value);
}

/* Interface Statistics: how many packets were dropped up to here; the last such block of an interface counts. */
static void statistics_block(struct pcapfile *f, struct rd *r)
{
	uint32_t id = pcapfile_32(f, r);
	uint64_t dropped = 0;
	bool said = false;
	struct slice value;
	uint16_t code;

	rd_skip(r, 8); /* the time */
	while (option_next(f, r, &code, &value)) {
		struct rd v = rd_of(value);

		if ((code != OPTION_IFDROP && code != OPTION_OSDROP) || value.n != 8)
			continue;
		dropped += pcapfile_64(f, &v);
		said = true;
	}
	if (said && id < f->nifaces)
		f->ifaces[id].reported = dropped;
}

/* A Section Header Block: its byte order rules until the next, and interfaces are numbered anew. */
static enum source_result section_begin(struct pcapfile *f, struct slice head, struct err *e)
{
	struct rd r = rd_of(slice_skip(head, 8));
	char what[96];
	uint32_t order = rd_be32(&r);
	uint16_t major, minor;

	if (order != MAGIC_ORDER && __builtin_bswap32(order) != MAGIC_ORDER)
		return pcapfile_damaged(f, e, "the byte order of a section is neither of the two");
	f->big = order == MAGIC_ORDER;
	major = pcapfile_16(f, &r);
	minor = pcapfile_16(f, &r);
	if (major != 1) {
		snprintf(what, sizeof(what), "pcapng version %u.%u is not known", major, minor);
		return pcapfile_damaged(f, e, what);
	}
	for (uint32_t i = 0; i < f->nifaces; i++)
		f->dropped += pcapfile_lost(&f->ifaces[i]);
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
		return pcapfile_not_ok(f, r, e);
	rd = rd_of(infile_view(f->in));
	*type = pcapfile_32(f, &rd);
	f->in_packet = is_packet(*type);
	if (*type == PCAPNG_SECTION) {
		r = infile_need(f->in, PCAPFILE_SECTION_MIN, e);
		if (r != INFILE_OK)
			return pcapfile_not_ok(f, r, e);
		section = section_begin(f, infile_view(f->in), e);
		if (section != SOURCE_IDLE)
			return section;
		rd = rd_of(slice_skip(infile_view(f->in), 4));
	}
	len = pcapfile_32(f, &rd);
	if (len < BLOCK_MIN || len % 4 || (*type == PCAPNG_SECTION && len < PCAPFILE_SECTION_MIN))
		return pcapfile_damaged(f, e, "the length of a block is impossible");
	if (len > INFILE_MAX)
		return pcapfile_damaged(f, e, "a block claims more than 16 MiB");
	r = infile_need(f->in, len, e);
	if (r != INFILE_OK)
		return pcapfile_not_ok(f, r, e);
	view = slice_sub(infile_view(f->in), 0, len);
	rd = rd_of(slice_skip(view, len - 4));
	again = pcapfile_32(f, &rd);
	if (again != len)
		return pcapfile_damaged(f, e, "a block's length at its end is not the one at its start");
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
		else if (type == BLOCK_STATISTICS)
			statistics_block(f, &r);
		else if (type == BLOCK_NAMES)
			names_block(f, &r);
		if (result != SOURCE_IDLE) /* else nothing to give */
			return result;
		infile_take(f->in, f->taken);
		f->taken = 0;
	}
}

int pcapng_open(struct pcapfile *f, struct err *e)
{
	f->next = pcapng_next;
	return pcapfile_first(f, PCAPFILE_SECTION_MIN, e);
}
