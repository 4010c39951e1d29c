/* Text for numbers, times and addresses; see put.h. */
#include "render/put.h"

#include <arpa/inet.h>

#include "base/clock.h"
#include "base/escape.h"
#include "trace/hosts.h"

void put_fill(struct buf *b, char c, size_t n)
{
	if (buf_reserve(b, n) < 0)
		return;
	memset(b->p + b->n, c, n);
	b->n += n;
}

/* Both digits of 0 to 99. */
static const char pairs[201] = "00010203040506070809101112131415161718192021222324252627282930313233343536373"
                               "839404142434445464748"
                               "49505152535455565758596061626364656667686970717273747576777879808182838485868"
                               "7888990919293949596979899";

void put_u64(struct buf *b, uint64_t v, unsigned width, char fill)
{
	char text[40]; /* 20 digits at most, and as many bytes behind them that are copied along */
	unsigned at = 20;

	for (; v >= 100; v /= 100)
		memcpy(text + (at -= 2), pairs + v % 100 * 2, 2);
	if (v >= 10)
		memcpy(text + (at -= 2), pairs + v * 2, 2);
	else
		text[--at] = (char)('0' + v);
	if (20 - at < width)
		put_fill(b, fill, width - (20 - at));
	if (buf_reserve(b, 20) < 0)
		return;
	memcpy(b->p + b->n, text + at, 20);
	b->n += 20 - at;
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

void put_seconds(struct buf *b, int64_t ns, unsigned decimals)
{
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		buf_putc(b, '-');
	put_u64(b, v / 1000000000, 0, ' ');
	if (decimals) {
		buf_putc(b, '.');
		put_u64(b, v % 1000000000 / power10[9 - decimals], decimals, '0');
	}
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
	if (decimals) {
		buf_putc(b, '.');
		put_u64(b, (uint64_t)rest / power10[9 - decimals], decimals, '0');
	}
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
