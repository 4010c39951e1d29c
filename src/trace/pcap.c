/* The pcap format (draft-ietf-opsawg-pcap): one header, then records.  Both byte orders, micro- and
 * nanoseconds, and Kuznetzov's modification, whose records carry eight bytes more. */
#include "trace/pcapfile.h"

enum {
	HEADER = 24,
	RECORD = 16,
	RECORD_MODIFIED = 24, /* interface index, protocol and packet type behind */
	LINK_TYPE = 0xffff,   /* above: whether packets end with a frame check sequence, and how long it is */
};

static enum source_result pcap_next(
    struct pcapfile *f, struct source_packet *p, struct slice *secrets, struct err *e)
{
	enum infile_result r = infile_need(f->in, f->record, e);
	uint32_t sec, frac, len, wire_len;
	struct rd rd;

	(void)secrets; /* pcap has none */
	f->at = infile_offset(f->in);
	f->in_packet = true;
	if (r != INFILE_OK)
		return pcapfile_not_ok(f, r, e);
	rd = rd_of(infile_view(f->in));
	sec = pcapfile_32(f, &rd);
	frac = pcapfile_32(f, &rd);
	len = pcapfile_32(f, &rd);
	wire_len = pcapfile_32(f, &rd);
	if (len > PCAPFILE_PACKET_MAX)
		return pcapfile_damaged(f, e, "it claims more bytes than any packet has");
	r = infile_need(f->in, f->record + len, e);
	if (r != INFILE_OK)
		return pcapfile_not_ok(f, r, e);
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

int pcap_open(struct pcapfile *f, uint32_t magic, struct err *e)
{
	struct pcapfile_iface one = { .div = 1, .mul = magic == PCAP_NANO ? 1 : 1000 };
	uint16_t major, minor;
	struct rd r;

	if (pcapfile_first(f, HEADER, e) < 0)
		return -1;
	r = rd_of(slice_sub(infile_view(f->in), 4, HEADER - 4));
	major = pcapfile_16(f, &r);
	minor = pcapfile_16(f, &r);
	rd_skip(&r, 8); /* time zone and accuracy: always zero */
	one.snaplen = pcapfile_32(f, &r);
	one.link_type = pcapfile_32(f, &r) & LINK_TYPE;
	if (major != 2)
		return err_set(
		    e, ERR_DATA, "%s: pcap version %u.%u is not known", f->source.label, major, minor);
	f->record = magic == PCAP_MODIFIED ? RECORD_MODIFIED : RECORD;
	infile_take(f->in, HEADER);
	if (pcapfile_interface(f, &one) < 0)
		return err_set(e, ERR_ENV, "out of memory");
	f->next = pcap_next;
	return 0;
}
