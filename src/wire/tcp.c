/* Transmission Control Protocol segments.  RFC 9293, RFC 7323, RFC 2018. */
#include "wire/tcp.h"

#include "wire/cksum.h"
#include "wire/decode.h"

#include <stdio.h>

bool tcp_option_next(struct slice *rest, struct tcp_option *out)
{
	uint8_t kind, len;

	if (rest->n == 0)
		return false;
	kind = rest->p[0];
	if (kind == TCP_OPT_END || kind == TCP_OPT_NOP) {
		*out = (struct tcp_option){ kind, 1, { NULL, 0 } };
		*rest = slice_skip(*rest, kind == TCP_OPT_END ? rest->n : 1);
		return true;
	}
	len = rest->n < 2 ? 0 : rest->p[1];
	if (len < 2 || len > rest->n)
		return false;
	*out = (struct tcp_option){ kind, len, slice_sub(*rest, 2, len - 2u) };
	*rest = slice_skip(*rest, len);
	return true;
}

/* Reads one option into t; false when its length does not fit its kind. */
static bool read_option(struct tcp *t, const struct tcp_option *o)
{
	struct rd r = rd_of(o->data);

	switch (o->kind) {
	case TCP_OPT_MSS:
		t->mss = rd_be16(&r);
		t->has_mss = o->data.n == 2;
		return t->has_mss;
	case TCP_OPT_WSCALE:
		t->wscale = rd_u8(&r);
		t->has_wscale = o->data.n == 1;
		return t->has_wscale;
	case TCP_OPT_SACK_PERMITTED: t->sack_permitted = o->data.n == 0; return t->sack_permitted;
	case TCP_OPT_SACK:
		while (rd_left(&r) >= 8 && t->nsack < TCP_SACK_MAX) {
			t->sack[t->nsack].left = rd_be32(&r);
			t->sack[t->nsack].right = rd_be32(&r);
			t->nsack++;
		}
		return o->data.n && rd_left(&r) == 0;
	case TCP_OPT_TIMESTAMPS:
		t->tsval = rd_be32(&r);
		t->tsecr = rd_be32(&r);
		t->has_ts = o->data.n == 8;
		return t->has_ts;
	default: return true;
	}
}

static void read_options(struct tcp *t)
{
	struct slice rest = t->options;
	struct tcp_option o;

	t->has_mss = t->has_wscale = t->sack_permitted = t->has_ts = t->opt_damaged = false;
	t->wscale = t->nsack = 0;
	t->mss = 0;
	t->tsval = t->tsecr = 0;
	while (tcp_option_next(&rest, &o))
		if (!read_option(t, &o))
			t->opt_damaged = true;
	if (rest.n)
		t->opt_damaged = true;
}

static struct proto_next tcp_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct tcp *t = &l->tcp;
	struct rd r = rd_of(at);
	uint16_t bits;

	t->src = rd_be16(&r);
	t->dst = rd_be16(&r);
	t->seq = rd_be32(&r);
	t->ack = rd_be32(&r);
	bits = rd_be16(&r);
	t->window = rd_be16(&r);
	t->cksum = rd_be16(&r);
	t->urgent = rd_be16(&r);
	if (r.bad)
		return decode_short(p, l, at, TCP_HEADER_MIN);
	t->len = (uint8_t)((bits >> 12) * 4);
	t->reserved = bits >> 9 & 7;
	t->flags = bits & 0x1ff;
	if (t->len < TCP_HEADER_MIN)
		return decode_damaged(p, l, PKT_MALFORMED, 12);
	t->options = rd_take(&r, t->len - TCP_HEADER_MIN);
	if (r.bad)
		return decode_short(p, l, at, t->len);
	read_options(t);
	decode_done(p, l, at, t->len);
	return decode_end();
}

static const struct flag_name {
	uint16_t flag;
	const char *field, *label, *name;
} flag_names[] = {
	{ TCP_AE, "tcp.flags.ae", "Accurate ECN", "AE" },
	{ TCP_CWR, "tcp.flags.cwr", "Congestion window reduced", "CWR" },
	{ TCP_ECE, "tcp.flags.ece", "ECN echo", "ECE" },
	{ TCP_URG, "tcp.flags.urg", "Urgent", "URG" },
	{ TCP_ACK, "tcp.flags.ack", "Acknowledgment", "ACK" },
	{ TCP_PSH, "tcp.flags.push", "Push", "PSH" },
	{ TCP_RST, "tcp.flags.reset", "Reset", "RST" },
	{ TCP_SYN, "tcp.flags.syn", "Synchronize", "SYN" },
	{ TCP_FIN, "tcp.flags.fin", "Finish", "FIN" },
};
enum { FLAG_NAMES = sizeof(flag_names) / sizeof(flag_names[0]) };

static void flag_fields(const struct tcp *t, uint32_t off, struct fields *out)
{
	fields_hex(out, "tcp.flags", "Flags", off, 2, 4, t->reserved << 9 | t->flags);
	for (size_t i = 0; i < FLAG_NAMES; i++) {
		const struct flag_name *f = &flag_names[i];

		/* AE shares its byte with the data offset, the others fill the next. */
		fields_bool(
		    out, f->field, f->label, f->flag == TCP_AE ? off : off + 1, 1, t->flags & f->flag);
	}
}

static void sack_fields(struct slice data, uint32_t off, struct fields *out)
{
	struct rd r = rd_of(data);

	while (rd_left(&r) >= 8) {
		fields_uint(out, "tcp.options.sack_le", "Selective acknowledgment from", off, 4, rd_be32(&r));
		fields_uint(
		    out, "tcp.options.sack_re", "Selective acknowledgment to", off + 4, 4, rd_be32(&r));
		off += 8;
	}
}

/* One option whose first byte is at off. */
static void option_fields(const struct tcp_option *o, uint32_t off, struct fields *out)
{
	struct rd r = rd_of(o->data);

	fields_uint(out, "tcp.option_kind", "Option", off, 1, o->kind);
	if (o->kind == TCP_OPT_MSS && o->len == 4) {
		fields_uint(out, "tcp.options.mss_val", "Maximum segment size", off + 2, 2, rd_be16(&r));
	} else if (o->kind == TCP_OPT_WSCALE && o->len == 3) {
		fields_uint(out, "tcp.options.wscale.shift", "Window scale", off + 2, 1, rd_u8(&r));
	} else if (o->kind == TCP_OPT_SACK) {
		sack_fields(o->data, off + 2, out);
	} else if (o->kind == TCP_OPT_TIMESTAMPS && o->len == 10) {
		fields_uint(out, "tcp.options.timestamp.tsval", "Timestamp", off + 2, 4, rd_be32(&r));
		fields_uint(out, "tcp.options.timestamp.tsecr", "Timestamp echo", off + 6, 4, rd_be32(&r));
	} else if (o->kind == TCP_OPT_FASTOPEN && o->data.n) {
		fields_slice(
		    out, "tcp.options.tfo.cookie", "Fast open cookie", FIELD_BYTES, off + 2, o->data);
	}
}

static void tcp_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct tcp *t = &l->tcp;
	struct slice rest = t->options;
	struct tcp_option o;
	uint32_t off = l->off;

	fields_uint(out, "tcp.srcport", "Source port", off, 2, t->src);
	fields_uint(out, "tcp.dstport", "Destination port", off + 2, 2, t->dst);
	fields_uint(out, "tcp.seq_raw", "Sequence number", off + 4, 4, t->seq);
	fields_uint(out, "tcp.ack_raw", "Acknowledgment number", off + 8, 4, t->ack);
	fields_uint(out, "tcp.hdr_len", "Header length", off + 12, 1, t->len);
	flag_fields(t, off + 12, out);
	fields_uint(out, "tcp.window_size_value", "Window", off + 14, 2, t->window);
	fields_hex(out, "tcp.checksum", "Checksum", off + 16, 2, 4, t->cksum);
	fields_uint(out, "tcp.urgent_pointer", "Urgent pointer", off + 18, 2, t->urgent);
	off += TCP_HEADER_MIN;
	while (tcp_option_next(&rest, &o)) {
		option_fields(&o, off, out);
		off += o.len;
	}
}

const struct proto tcp_proto = { "tcp", "Transmission Control Protocol", 4, "RFC 9293", tcp_decode,
	tcp_fields };

static size_t options_len(const struct tcp *t)
{
	size_t n = 0;

	if (t->options.n)
		return (t->options.n + 3) / 4 * 4;
	n += t->has_mss ? 4 : 0;
	n += t->has_ts ? 12 : 0;
	n += t->sack_permitted && !t->has_ts ? 4 : 0;
	n += t->has_wscale ? 4 : 0;
	n += t->nsack ? 4 + 8 * (size_t)t->nsack : 0;
	return n;
}

size_t tcp_header_len(const struct tcp *t)
{
	return TCP_HEADER_MIN + options_len(t);
}

static void put_option(struct wr *w, uint8_t kind, uint8_t len)
{
	wr_u8(w, kind);
	wr_u8(w, len);
}

/* Two bytes that bring what follows to a multiple of four: SACK permitted where it is due, else
 * padding. */
static void put_pair(struct wr *w, bool sack_permitted)
{
	if (sack_permitted)
		put_option(w, TCP_OPT_SACK_PERMITTED, 2);
	else
		put_option(w, TCP_OPT_NOP, TCP_OPT_NOP);
}

/* In the order Linux sends them, each on a multiple of four bytes. */
static void put_options(struct wr *w, const struct tcp *t)
{
	if (t->has_mss) {
		put_option(w, TCP_OPT_MSS, 4);
		wr_be16(w, t->mss);
	}
	if (t->has_ts) {
		put_pair(w, t->sack_permitted);
		put_option(w, TCP_OPT_TIMESTAMPS, 10);
		wr_be32(w, t->tsval);
		wr_be32(w, t->tsecr);
	} else if (t->sack_permitted) {
		put_pair(w, false);
		put_pair(w, true);
	}
	if (t->has_wscale) {
		wr_u8(w, TCP_OPT_NOP);
		put_option(w, TCP_OPT_WSCALE, 3);
		wr_u8(w, t->wscale);
	}
	if (t->nsack) {
		put_pair(w, false);
		put_option(w, TCP_OPT_SACK, (uint8_t)(2 + 8 * t->nsack));
		for (uint8_t i = 0; i < t->nsack; i++) {
			wr_be32(w, t->sack[i].left);
			wr_be32(w, t->sack[i].right);
		}
	}
}

void tcp_encode(struct wr *w, const struct tcp *t, struct slice payload, uint64_t addrs)
{
	size_t start = w->n, len = tcp_header_len(t);
	uint16_t sum;

	if (len > TCP_HEADER_MAX || t->nsack > TCP_SACK_MAX) {
		w->bad = true;
		return;
	}
	wr_be16(w, t->src);
	wr_be16(w, t->dst);
	wr_be32(w, t->seq);
	wr_be32(w, t->ack);
	wr_be16(w, (uint16_t)(len / 4 << 12 | (t->reserved & 7u) << 9 | (t->flags & 0x1ffu)));
	wr_be16(w, t->window);
	wr_be16(w, 0);
	wr_be16(w, t->urgent);
	if (t->options.n)
		wr_put(w, t->options);
	else
		put_options(w, t);
	while (!w->bad && w->n < start + len)
		wr_u8(w, TCP_OPT_END);
	wr_put(w, payload);
	if (w->bad)
		return;
	len += payload.n;
	sum = cksum_fold(
	    cksum_add(cksum_pseudo(addrs, IP_PROTO_TCP, (uint32_t)len), slice_of(w->p + start, len)));
	w->p[start + 16] = (uint8_t)(sum >> 8);
	w->p[start + 17] = (uint8_t)sum;
}

char *tcp_flags_text(uint16_t flags, char *dst, size_t size)
{
	size_t n = 0;

	snprintf(dst, size, "none");
	/* SYN before ACK, as everybody says it: from the last row up. */
	for (size_t i = FLAG_NAMES; i-- > 0 && n < size;)
		if (flags & flag_names[i].flag)
			n += (size_t)snprintf(dst + n, size - n, "%s%s", n ? ", " : "", flag_names[i].name);
	return dst;
}

const char *tcp_option_name(uint8_t kind)
{
	switch (kind) {
	case TCP_OPT_END: return "End of options";
	case TCP_OPT_NOP: return "No operation";
	case TCP_OPT_MSS: return "Maximum segment size";
	case TCP_OPT_WSCALE: return "Window scale";
	case TCP_OPT_SACK_PERMITTED: return "SACK permitted";
	case TCP_OPT_SACK: return "Selective acknowledgment";
	case TCP_OPT_TIMESTAMPS: return "Timestamps";
	case 19: return "MD5 signature";
	case 28: return "User timeout";
	case 29: return "Authentication (TCP-AO)";
	case 30: return "Multipath TCP";
	case TCP_OPT_FASTOPEN: return "Fast open cookie";
	case 172: return "Accurate ECN order 0";
	case 174: return "Accurate ECN order 1";
	case 253:
	case 254: return "Experiment";
	default: return NULL;
	}
}
