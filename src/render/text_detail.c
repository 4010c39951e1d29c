/* The text sink's -v and -x: layers with their fields, and bytes by layer. */
#include "base/escape.h"
#include "render/put.h"
#include "render/text.h"

enum { NAME_COLUMNS = 8, LINE_BYTES = 16 };

/* The fields worth a place in the one line of a layer. */
static const char *const main_fields[] = {
	"eth.dst",
	"eth.src",
	"eth.type",
	"sll.pkttype",
	"sll.etype",
	"vlan.id",
	"vlan.priority",
	"arp.opcode",
	"arp.src.proto_ipv4",
	"arp.dst.proto_ipv4",
	"ip.src",
	"ip.dst",
	"ip.ttl",
	"ip.id",
	"ip.len",
	"ip.frag_offset",
	"ipv6.src",
	"ipv6.dst",
	"ipv6.hlim",
	"ipv6.plen",
	"icmp.type",
	"icmp.code",
	"icmp.seq",
	"icmpv6.type",
	"icmpv6.code",
	"tcp.srcport",
	"tcp.dstport",
	"tcp.seq_raw",
	"tcp.ack_raw",
	"tcp.flags",
	"tcp.window_size_value",
	"udp.srcport",
	"udp.dstport",
	"udp.length",
};

static bool is_main(const char *name)
{
	for (size_t i = 0; i < sizeof(main_fields) / sizeof(main_fields[0]); i++)
		if (strcmp(main_fields[i], name) == 0)
			return true;
	return false;
}

/* "bytes 14-33"; a layer without bytes of its own says nothing. */
static void put_range(struct text_sink *s, uint32_t off, uint32_t len)
{
	struct buf *b = &s->out.buf;

	put_u64(b, off, 4, ' ');
	buf_puts(b, "–");
	put_u64(b, off + (len ? len - 1 : 0), 0, ' ');
}

/* "L3 ip      bytes   14–33, header 20, body 60". */
static void put_layer_head(
    struct text_sink *s, const struct frame *f, const struct layer *l, const struct proto *row)
{
	bool joined = pkt_base(&f->pkt, l).p != f->pkt.bytes.p;
	struct buf *b = &s->out.buf;

	put_fill(b, ' ', TEXT_INDENT);
	text_osi_color(s, row->osi);
	buf_put(b, note_osi_name(row->osi, s->o.lang), 2);
	buf_putc(b, ' ');
	buf_puts(b, row->name);
	put_fill(b, ' ', strlen(row->name) < NAME_COLUMNS ? NAME_COLUMNS - strlen(row->name) : 1);
	text_plain(s);
	text_dim(s);
	if (joined)
		buf_puts(
		    b, s->o.lang == NOTE_KO ? "합친 데이터그램의 바이트" : "of the whole datagram, bytes");
	else
		buf_puts(b, s->o.lang == NOTE_KO ? "바이트" : "bytes");
	put_range(s, l->off, l->len);
	buf_puts(b, s->o.lang == NOTE_KO ? ", 헤더 " : ", header ");
	put_u64(b, l->len, 0, ' ');
	buf_puts(b, s->o.lang == NOTE_KO ? ", 본문 " : ", body ");
	put_u64(b, l->body, 0, ' ');
	text_plain(s);
}

static void put_field_short(struct text_sink *s, const struct field *f)
{
	const char *dot = strchr(f->name, '.');

	buf_puts(&s->out.buf, "  ");
	text_dim(s);
	buf_puts(&s->out.buf, dot ? dot + 1 : f->name);
	text_plain(s);
	buf_putc(&s->out.buf, ' ');
	note_value(f, &s->out.buf);
}

static void put_field_line(struct text_sink *s, const struct field *f)
{
	struct buf *b = &s->out.buf;
	size_t n = strlen(f->name);

	put_fill(b, ' ', TEXT_INDENT + 3);
	buf_puts(b, f->name);
	put_fill(b, ' ', n < 32 ? 32 - n : 1);
	note_value(f, b);
	text_dim(s);
	if (f->label) {
		buf_puts(b, "  ");
		buf_puts(b, f->label);
	}
	if (f->len) {
		buf_puts(b, "  [");
		put_u64(b, f->off, 0, ' ');
		buf_puts(b, "–");
		put_u64(b, f->off + f->len - 1, 0, ' ');
		buf_putc(b, ']');
	}
	text_plain(s);
	buf_putc(b, '\n');
}

/* Where it was captured, when the source says so. */
static void put_interface(struct text_sink *s, const char *name)
{
	struct buf *b = &s->out.buf;

	put_fill(b, ' ', TEXT_INDENT);
	text_dim(s);
	buf_puts(b, s->o.lang == NOTE_KO ? "   인터페이스 " : "   interface ");
	escape_text(b, slice_str(name));
	text_plain(s);
	buf_putc(b, '\n');
}

void text_layers(struct text_sink *s, const struct frame *f)
{
	if (f->interface_name)
		put_interface(s, f->interface_name);
	for (unsigned i = 0; i < f->pkt.n; i++) {
		const struct layer *l = &f->pkt.layers[i];
		const struct proto *row = proto_row((enum proto_id)l->proto);
		struct fields list = { s->fields, 0, TEXT_FIELDS, 0 };

		row->fields(&f->pkt, l, &list);
		put_layer_head(s, f, l, row);
		for (uint32_t k = 0; k < list.n && s->o.verbose == 1; k++)
			if (is_main(list.v[k].name))
				put_field_short(s, &list.v[k]);
		buf_putc(&s->out.buf, '\n');
		for (uint32_t k = 0; k < list.n && s->o.verbose > 1; k++)
			put_field_line(s, &list.v[k]);
	}
	if (f->pkt.payload_len) {
		put_fill(&s->out.buf, ' ', TEXT_INDENT);
		text_dim(s);
		buf_puts(&s->out.buf, s->o.lang == NOTE_KO ? "   데이터  바이트" : "   payload bytes");
		put_range(s,
		    (uint32_t)(f->pkt.payload.p ? f->pkt.payload.p - pkt_payload_base(&f->pkt).p : 0),
		    f->pkt.payload_len);
		text_plain(s);
		buf_putc(&s->out.buf, '\n');
	}
}

/* --- Bytes
 * ---------------------------------------------------------------------------------------------- */

static void put_hex_line(struct text_sink *s, const char *name, uint8_t osi, struct slice line, size_t off)
{
	struct buf *b = &s->out.buf;

	put_fill(b, ' ', TEXT_INDENT);
	text_osi_color(s, osi);
	buf_puts(b, name);
	put_fill(b, ' ', strlen(name) < NAME_COLUMNS ? NAME_COLUMNS - strlen(name) : 1);
	text_plain(s);
	text_dim(s);
	put_hex(b, off, 4);
	text_plain(s);
	text_osi_color(s, osi);
	for (size_t i = 0; i < LINE_BYTES; i++) {
		buf_puts(b, i % 8 ? " " : "  ");
		if (i < line.n)
			put_hex(b, line.p[i], 2);
		else
			buf_puts(b, "  ");
	}
	buf_puts(b, "  ");
	for (size_t i = 0; i < line.n; i++)
		buf_putc(b, line.p[i] >= 0x20 && line.p[i] < 0x7f ? (char)line.p[i] : '.');
	text_plain(s);
	buf_putc(b, '\n');
}

static void put_hex_part(
    struct text_sink *s, const char *name, uint8_t osi, struct slice all, size_t off, size_t end)
{
	while (off < end && off < all.n) {
		size_t n = end - off < LINE_BYTES ? end - off : LINE_BYTES;

		put_hex_line(s, name, osi, slice_sub(all, off, n), off);
		name = "";
		off += n;
	}
}

/* The layers [from, to) and the payload behind them, all of them in `all`. */
static void put_hex_layers(struct text_sink *s, const struct frame *f, unsigned from, unsigned to,
    struct slice all, struct slice payload)
{
	size_t at = 0;

	for (unsigned i = from; i < to; i++) {
		const struct layer *l = &f->pkt.layers[i];
		const struct proto *row = proto_row((enum proto_id)l->proto);

		put_hex_part(s, row->name, row->osi, all, l->off, l->off + l->len);
		at = l->off + l->len;
	}
	if (payload.n) {
		at = (size_t)(payload.p - all.p) + payload.n;
		put_hex_part(s, "payload", frame_osi(f) > 4 ? 7 : 0, all, at - payload.n, at);
	}
	put_hex_part(s, "rest", 0, all, at, all.n);
}

void text_hex(struct text_sink *s, const struct frame *f)
{
	const struct pkt *p = &f->pkt;
	const struct layer *ip = p->whole_from ? &p->layers[p->whole_from - 1] : NULL;

	if (!ip) {
		put_hex_layers(s, f, 0, p->n, p->bytes, p->payload);
		return;
	}
	put_hex_layers(s, f, 0, p->whole_from, p->bytes, slice_sub(p->bytes, ip->off + ip->len, ip->body));
	put_fill(&s->out.buf, ' ', TEXT_INDENT);
	buf_puts(&s->out.buf, s->o.lang == NOTE_KO ? "조각을 모두 합친 데이터그램:\n"
	                                           : "the whole datagram, from all its fragments:\n");
	put_hex_layers(s, f, p->whole_from, p->n, p->whole, p->payload);
}
