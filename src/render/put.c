/* Text for numbers, times and addresses; see put.h. */
#include "render/put.h"

#include <arpa/inet.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/format.h"
#include "trace/hosts.h"

void put_fill(struct buf *b, char c, size_t n)
{
	if (buf_reserve(b, n) < 0)
		return;
	memset(b->p + b->n, c, n);
	b->n += n;
}

void put_u64(struct buf *b, uint64_t v, unsigned width, char fill)
{
	char text[FORMAT_U64];
	size_t n;

	if (!width) {
		buf_u64(b, v);
		return;
	}
	n = format_u64(text, v);
	if (n < width)
		put_fill(b, fill, width - n);
	buf_put(b, text, n);
}

static const char digit[] = "0123456789abcdef";

void put_hex(struct buf *b, uint64_t v, unsigned digits)
{
	digits = digits < 16 ? digits : 16;
	if (buf_reserve(b, digits) < 0)
		return;
	for (unsigned i = 0; i < digits; i++)
		b->p[b->n++] = (uint8_t)digit[v >> (digits - 1 - i) * 4 & 15];
}

void put_bytes(struct buf *b, struct slice s, char between)
{
	if (buf_reserve(b, s.n * 3) < 0)
		return;
	for (size_t i = 0; i < s.n; i++) {
		if (i && between)
			b->p[b->n++] = (uint8_t)between;
		b->p[b->n++] = (uint8_t)digit[s.p[i] >> 4];
		b->p[b->n++] = (uint8_t)digit[s.p[i] & 15];
	}
}

static const uint32_t power10[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000 };

/* The decimals of a part of a second, with the point before them. */
static void put_decimals(struct buf *b, uint32_t ns, unsigned decimals)
{
	if (!decimals || buf_reserve(b, 1 + decimals) < 0)
		return;
	b->p[b->n] = '.';
	format_digits((char *)b->p + b->n + 1, ns / power10[9 - decimals], decimals);
	b->n += 1 + decimals;
}

void put_seconds(struct buf *b, int64_t ns, unsigned decimals)
{
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		buf_putc(b, '-');
	buf_u64(b, v / 1000000000);
	put_decimals(b, (uint32_t)(v % 1000000000), decimals);
}

/* The date and time of a second up to its 'Z'; packets come many to the second. */
static struct slice utc_second(int64_t second)
{
	static _Thread_local struct {
		int64_t second;
		char text[40];
		size_t n;
	} last;

	if (!last.n || last.second != second) {
		last.second = second;
		last.n = strlen(clock_utc(second * CLOCK_SEC, last.text, sizeof(last.text)));
		if (last.n && last.text[last.n - 1] == 'Z')
			last.n--;
	}
	return slice_of(last.text, last.n);
}

void put_utc(struct buf *b, int64_t ns, unsigned decimals)
{
	int64_t rest = ns % CLOCK_SEC;

	if (rest < 0)
		rest += CLOCK_SEC;
	buf_slice(b, utc_second(ns / CLOCK_SEC - (ns % CLOCK_SEC < 0)));
	put_decimals(b, (uint32_t)rest, decimals);
	buf_putc(b, 'Z');
}

static char *put_octet(char *to, uint8_t v)
{
	if (v >= 100)
		*to++ = (char)('0' + v / 100);
	if (v >= 10)
		*to++ = (char)('0' + v / 10 % 10);
	*to++ = (char)('0' + v % 10);
	return to;
}

void put_addr(struct buf *b, const struct pkt_addr *a)
{
	char text[INET6_ADDRSTRLEN], *to = text;

	if (a->family == 4) {
		for (unsigned i = 0; i < 4; i++) {
			if (i)
				*to++ = '.';
			to = put_octet(to, a->b[i]);
		}
		buf_put(b, text, (size_t)(to - text));
	} else if (a->family == 6 && inet_ntop(AF_INET6, a->b, text, sizeof(text))) {
		buf_puts(b, text);
	}
}

static struct endpoint endpoint(const struct frame *f, bool source)
{
	struct endpoint e = { .addr = source ? pkt_source(&f->pkt) : pkt_destination(&f->pkt) };
	const struct layer *t = f->pkt.transport;

	if (f->named)
		e.name = hosts_name(f->hosts, &e.addr);
	if (t) {
		e.has_port = true;
		if (t->proto == PROTO_TCP)
			e.port = source ? t->tcp.src : t->tcp.dst;
		else
			e.port = source ? t->udp.src : t->udp.dst;
	}
	for (unsigned i = 0; i < f->pkt.n && !e.addr.family; i++) {
		const struct layer *l = &f->pkt.layers[i];

		if (l->proto == PROTO_ETH)
			e.mac = slice_of(source ? l->eth.src : l->eth.dst, 6);
		else if ((l->proto == PROTO_SLL || l->proto == PROTO_SLL2) && source && l->sll.addr_len == 6)
			e.mac = slice_of(l->sll.addr, 6);
	}
	return e;
}

struct endpoint endpoint_source(const struct frame *f)
{
	return endpoint(f, true);
}

struct endpoint endpoint_destination(const struct frame *f)
{
	return endpoint(f, false);
}

void put_endpoint(struct buf *b, const struct endpoint *p)
{
	bool brackets = p->addr.family == 6 && p->has_port && !p->name;

	if (brackets)
		buf_putc(b, '[');
	if (p->name)
		escape_text(b, slice_str(p->name));
	else if (p->addr.family)
		put_addr(b, &p->addr);
	else if (slice_eq(p->mac, SLICE("\xff\xff\xff\xff\xff\xff")))
		buf_puts(b, "everyone");
	else if (p->mac.n)
		put_bytes(b, p->mac, ':');
	else
		buf_putc(b, '?');
	if (brackets)
		buf_putc(b, ']');
	if (p->has_port) {
		buf_putc(b, ':');
		put_u64(b, p->port, 0, ' ');
	}
}

uint8_t frame_osi(const struct frame *f)
{
	uint8_t osi = 0;

	for (unsigned i = 0; i < f->pkt.n; i++) {
		uint8_t o = proto_row((enum proto_id)f->pkt.layers[i].proto)->osi;

		osi = o > osi ? o : osi;
	}
	for (const struct note *n = f->notes.first; n; n = n->next)
		osi = note_row((enum note_id)n->id)->osi > osi ? note_row((enum note_id)n->id)->osi : osi;
	/* bytes of a body or a record that no note is about */
	if (f->proto && strncmp(f->proto, "HTTP", 4) == 0)
		return 7;
	if (f->proto && strncmp(f->proto, "TLS", 3) == 0 && osi < 6)
		return 6;
	return osi;
}

void put_note_line(struct buf *b, const struct note *n)
{
	const struct note_row *row = note_row((enum note_id)n->id);

	buf_putc(b, '[');
	buf_puts(b, note_osi_name(row->osi, NOTE_EN));
	buf_puts(b, "] ");
	note_text(n, NOTE_EN, b);
	if (row->rfc[0]) {
		buf_puts(b, " (");
		buf_puts(b, row->rfc);
		buf_putc(b, ')');
	}
}

static struct slice skip_digits(struct slice s)
{
	while (s.n && s.p[0] >= '0' && s.p[0] <= '9')
		s = slice_skip(s, 1);
	return s;
}

static bool same_line(struct slice a, struct slice b)
{
	static const char packet[] = "packet ";

	while (a.n && b.n) {
		if (slice_starts(a, SLICE(packet)) && slice_starts(b, SLICE(packet))) {
			a = skip_digits(slice_skip(a, sizeof(packet) - 1));
			b = skip_digits(slice_skip(b, sizeof(packet) - 1));
			continue;
		}
		if (a.p[0] != b.p[0])
			return false;
		a = slice_skip(a, 1);
		b = slice_skip(b, 1);
	}
	return a.n == b.n;
}

/* "[L4 transport] ...": written by put_note_line(). */
static bool is_note_line(struct slice line)
{
	struct slice layer = slice_cut(&line, ']');

	for (uint8_t osi = 1; osi <= 7; osi++)
		if (layer.n && slice_eq_str(slice_skip(layer, 1), note_osi_name(osi, NOTE_EN)))
			return layer.p[0] == '[';
	return false;
}

bool is_old_line(const struct frame *f, struct slice lines, struct slice line)
{
	if (f->two_places && is_note_line(line))
		return true;
	while (lines.p)
		if (same_line(slice_cut(&lines, '\n'), line))
			return true;
	return false;
}

static bool is_wide(uint32_t rune)
{
	static const struct {
		uint32_t first, last;
	} rows[] = { { 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rune >= rows[i].first && rune <= rows[i].last)
			return true;
	return false;
}

size_t text_columns(struct slice s)
{
	size_t columns = 0, n;
	uint32_t rune;

	for (size_t at = 0; at < s.n; at += n, columns++) {
		n = 1;
		if (s.p[at] < 0x80)
			continue;
		n = escape_utf8(slice_skip(s, at), &rune);
		columns += n && is_wide(rune);
		n = n ? n : 1;
	}
	return columns;
}
