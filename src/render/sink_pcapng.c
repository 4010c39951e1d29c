/* The pcapng sink (draft-ietf-opsawg-pcapng): the packets as they came, each with its notes as a comment, and
 * the TLS secrets before the packets that need them, so that Wireshark opens and explains the same file.
 * Little-endian, time stamps in nanoseconds. */
#include <stdlib.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/escape.h"
#include "render/out.h"
#include "render/put.h"
#include "render/render.h"
#include "render/rotate.h"
#include "render/secrets.h"
#include "trace/hosts.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECRETS = 10,
	SECRETS_TLS = 0x544c534b,
	NAMES_IP4 = 1,
	NAMES_IP6 = 2,
	OPTION_COMMENT = 1,
	OPTION_IF_NAME = 2,
	OPTION_USERAPPL = 4,
	OPTION_OSDROP = 7,
	OPTION_TSRESOL = 9,
	COMMENT_MAX = 65535, /* an option's length has 16 bits */
	INTERFACES_MAX = 4096,
	PACKET_BLOCK = 48, /* bytes of a packet block around the packet and its comment */
};

#define NO_FLOW UINT64_MAX

/* An interface of the capture as it was announced in the file: what its block says is its link type. */
struct seen {
	uint32_t interface, link_type;
};

struct pcapng_sink {
	struct sink sink;
	struct out out;
	struct rotate *rotate;     /* NULL: one file */
	uint64_t file;             /* number of the present one of the row */
	struct secrets secrets;    /* of a row: for each of its files anew */
	struct buf comment, lines; /* of a packet; of its notes alone */
	struct seen *seen;         /* the place is the number in the file */
	uint32_t nseen, cap;
	size_t nnamed; /* so many names of addresses are in the file */
};

/* --- Blocks --------------------------------------------------------------------------------------------- */

static void le16(struct buf *b, uint16_t v)
{
	uint8_t le[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	buf_put(b, le, sizeof(le));
}

static void le32(struct buf *b, uint32_t v)
{
	le16(b, (uint16_t)v);
	le16(b, (uint16_t)(v >> 16));
}

/* Begins a block whose length is not known yet; returns where it stands. */
static size_t block_begin(struct buf *b, uint32_t type)
{
	size_t at = b->n;

	le32(b, type);
	le32(b, 0);
	return at;
}

static void pad(struct buf *b, size_t n)
{
	put_fill(b, '\0', -n & 3);
}

static void block_end(struct buf *b, size_t at)
{
	uint32_t len = (uint32_t)(b->n - at + 4);

	le32(b, len);
	if (!b->failed) /* both copies are the same */
		memcpy(b->p + at + 4, b->p + b->n - 4, 4);
}

static void option(struct buf *b, uint16_t code, struct slice value)
{
	le16(b, code);
	le16(b, (uint16_t)value.n);
	buf_slice(b, value);
	pad(b, value.n);
}

static void put_section(struct buf *b)
{
	size_t at = block_begin(b, BLOCK_SECTION);

	le32(b, 0x1a2b3c4d);
	le16(b, 1);
	le16(b, 0);
	le32(b, UINT32_MAX); /* the section's length: not given */
	le32(b, UINT32_MAX);
	option(b, OPTION_USERAPPL, slice_str("osilab " OSILAB_VERSION));
	le32(b, 0);
	block_end(b, at);
}

static void put_interface(struct buf *b, uint32_t link_type, const char *name)
{
	size_t at = block_begin(b, BLOCK_INTERFACE);

	le16(b, (uint16_t)link_type);
	le16(b, 0);
	le32(b, 0); /* no limit: what a packet lost is in its own lengths */
	if (name)
		option(b, OPTION_IF_NAME, slice_sub(slice_str(name), 0, UINT16_MAX));
	option(b, OPTION_TSRESOL, SLICE("\x09"));
	le32(b, 0);
	block_end(b, at);
}

/* --- Comments ------------------------------------------------------------------------------------------- */

/* As the file had it; a comment must be UTF-8, so stray bytes become U+FFFD. */
static void put_old_comment(struct buf *b, struct slice s)
{
	uint32_t rune;

	while (s.n) {
		size_t n = escape_utf8(s, &rune);

		if (n)
			buf_put(b, s.p, n);
		else
			buf_puts(b, "\xef\xbf\xbd");
		s = slice_skip(s, n ? n : 1);
	}
}

/* A line more, if it still fits. */
static void end_line(struct buf *b, size_t *whole)
{
	if (!b->failed)
		*whole = b->n;
}

/* The comment it had and one line per note, as many whole lines as fit.  A file that was written here before
 * has such lines already: they are written anew, since they may refer to packets by numbers of that file. */
static struct slice make_comment(struct pcapng_sink *s, const struct frame *f)
{
	struct buf *b = &s->comment;
	struct slice old = f->comment, line;
	size_t whole = 0;

	buf_clear(&s->lines);
	for (const struct note *n = f->notes.first; n; n = n->next) {
		buf_puts(&s->lines, n == f->notes.first ? "" : "\n");
		put_note_line(&s->lines, n);
	}
	buf_clear(b);
	while (old.n && !b->failed) {
		line = slice_cut(&old, '\n');
		if (line.n && is_old_line(f, buf_view(&s->lines), line))
			continue;
		buf_puts(b, b->n ? "\n" : "");
		put_old_comment(b, line);
		end_line(b, &whole);
	}
	for (const struct note *n = f->notes.first; n && !b->failed; n = n->next) {
		buf_puts(b, b->n ? "\n" : "");
		put_note_line(b, n);
		end_line(b, &whole);
	}
	return slice_of(b->p, whole);
}

/* --- The sink ------------------------------------------------------------------------------------------- */

/* The number of the frame's interface in this file, which is announced at its first packet; -1 when out of
 * memory or room. */
static int64_t interface_number(struct pcapng_sink *s, const struct frame *f)
{
	struct seen *more;

	for (uint32_t i = s->nseen; i-- > 0;)
		if (s->seen[i].interface == f->interface && s->seen[i].link_type == f->pkt.link_type)
			return i;
	if (s->nseen == INTERFACES_MAX)
		return -1;
	if (s->nseen == s->cap) {
		more = realloc(s->seen, (s->cap * 2 + 4) * sizeof(*more));
		if (!more)
			return -1;
		s->seen = more;
		s->cap = s->cap * 2 + 4;
	}
	put_interface(&s->out.buf, f->pkt.link_type, f->interface_name);
	s->seen[s->nseen] = (struct seen){ f->interface, f->pkt.link_type };
	return s->nseen++;
}

static void put_packet(struct buf *b, const struct frame *f, uint32_t interface, struct slice comment)
{
	size_t at = block_begin(b, BLOCK_PACKET);
	uint64_t ts = f->ts < 0 ? 0 : (uint64_t)f->ts;

	le32(b, interface);
	le32(b, (uint32_t)(ts >> 32));
	le32(b, (uint32_t)ts);
	le32(b, (uint32_t)f->pkt.bytes.n);
	le32(b, f->pkt.wire_len);
	buf_slice(b, f->pkt.bytes);
	pad(b, f->pkt.bytes.n);
	if (comment.n) {
		option(b, OPTION_COMMENT, comment);
		le32(b, 0);
	}
	block_end(b, at);
}

static void put_secrets(struct buf *b, struct slice lines)
{
	size_t at = block_begin(b, BLOCK_SECRETS);

	le32(b, SECRETS_TLS);
	le32(b, (uint32_t)lines.n);
	buf_slice(b, lines);
	pad(b, lines.n);
	block_end(b, at);
}

/* The names of addresses that are not in the file yet. */
static void put_names(struct pcapng_sink *s, const struct hosts *hosts)
{
	struct buf *b = &s->out.buf;
	size_t at, n = hosts_count(hosts);

	if (s->nnamed >= n)
		return;
	at = block_begin(b, BLOCK_NAMES);
	for (; s->nnamed < n; s->nnamed++) {
		const struct host *one = hosts_at(hosts, s->nnamed);
		size_t addr = one->addr.family == 4 ? 4 : 16, name = strlen(one->name) + 1;

		le16(b, one->addr.family == 4 ? NAMES_IP4 : NAMES_IP6);
		le16(b, (uint16_t)(addr + name));
		buf_put(b, one->addr.b, addr);
		buf_put(b, one->name, name);
		pad(b, addr + name);
	}
	le32(b, 0);
	block_end(b, at);
}

/* Goes on in the next file of the row. */
static int next_file(struct pcapng_sink *s, int64_t ts, struct err *e)
{
	if (s->file && out_flush(&s->out, e) < 0)
		return -1;
	s->out.to = rotate_next(s->rotate, ts, e);
	if (!s->out.to)
		return -1;
	s->out.name = rotate_path(s->rotate);
	s->file++;
	s->nseen = 0;
	s->nnamed = 0;
	put_section(&s->out.buf);
	rotate_wrote(s->rotate, s->out.buf.n);
	return 0;
}

/* Of a row: the secrets of the packet's session, unless this file has them. */
static void put_needed_secrets(struct pcapng_sink *s, const struct frame *f)
{
	struct slice lines = secrets_for(&s->secrets, f->flow ? f->flow->number : NO_FLOW, s->file);

	if (lines.n)
		put_secrets(&s->out.buf, lines);
}

static int pcapng_packet(struct sink *sink, const struct frame *f, struct err *e)
{
	struct pcapng_sink *s = (struct pcapng_sink *)sink;
	struct slice comment = make_comment(s, f);
	struct buf *b = &s->out.buf;
	int64_t interface;
	size_t before;

	if (s->rotate && rotate_due(s->rotate, f->ts, PACKET_BLOCK + f->pkt.bytes.n + comment.n) &&
	    next_file(s, f->ts, e) < 0)
		return -1;
	before = b->n;
	if (s->rotate)
		put_needed_secrets(s, f);
	put_names(s, f->hosts);
	interface = interface_number(s, f);
	if (interface < 0)
		return err_set(e, ERR_ENV, "cannot write %s: no room for another interface", s->out.name);
	put_packet(b, f, (uint32_t)interface, comment);
	if (s->rotate)
		rotate_wrote(s->rotate, b->n - before);
	return out_spill(&s->out, e);
}

static int pcapng_secrets(struct sink *sink, struct slice lines, struct err *e)
{
	struct pcapng_sink *s = (struct pcapng_sink *)sink;

	if (s->rotate)
		secrets_add(&s->secrets, lines);
	else
		put_secrets(&s->out.buf, lines);
	return out_spill(&s->out, e);
}

/* How many packets were lost on the way here, of all interfaces together. */
static void put_dropped(struct buf *b, uint64_t dropped, int64_t ts)
{
	size_t at = block_begin(b, BLOCK_STATISTICS);
	uint64_t when = ts < 0 ? 0 : (uint64_t)ts;

	le32(b, 0);
	le32(b, (uint32_t)(when >> 32));
	le32(b, (uint32_t)when);
	le16(b, OPTION_OSDROP);
	le16(b, 8);
	le32(b, (uint32_t)dropped);
	le32(b, (uint32_t)(dropped >> 32));
	le32(b, 0);
	block_end(b, at);
}

static int pcapng_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	struct pcapng_sink *s = (struct pcapng_sink *)sink;

	if (s->rotate && !s->file && next_file(s, clock_real(), e) < 0)
		return -1;
	put_names(s, end->hosts);
	if (end->dropped && s->nseen)
		put_dropped(&s->out.buf, end->dropped, end->stats->last_ts);
	return out_flush(&s->out, e);
}

static int pcapng_flush(struct sink *sink, struct err *e)
{
	struct pcapng_sink *s = (struct pcapng_sink *)sink;

	return s->out.to ? out_flush(&s->out, e) : 0;
}

static void pcapng_free(struct sink *sink)
{
	struct pcapng_sink *s = (struct pcapng_sink *)sink;

	out_fini(&s->out);
	secrets_fini(&s->secrets);
	buf_fini(&s->comment);
	buf_fini(&s->lines);
	free(s->seen);
	free(s);
}

static const struct sink_ops pcapng_ops = {
	.name = "pcapng",
	.packet = pcapng_packet,
	.secrets = pcapng_secrets,
	.end = pcapng_end,
	.flush = pcapng_flush,
	.free = pcapng_free,
};

static struct pcapng_sink *make_sink(FILE *to, const char *name, struct err *e)
{
	struct pcapng_sink *s = out_sink(sizeof(*s), &pcapng_ops, e);

	if (!s)
		return NULL;
	out_init(&s->out, to, name);
	secrets_init(&s->secrets);
	buf_init(&s->comment, COMMENT_MAX);
	buf_init(&s->lines, COMMENT_MAX);
	return s;
}

struct sink *sink_pcapng_new(FILE *to, const char *name, struct err *e)
{
	struct pcapng_sink *s = make_sink(to, name, e);

	if (!s)
		return NULL;
	put_section(&s->out.buf);
	return &s->sink;
}

struct sink *sink_pcapng_rotating(struct rotate *r, struct err *e)
{
	struct pcapng_sink *s = make_sink(NULL, rotate_path(r), e);

	if (!s)
		return NULL;
	s->rotate = r;
	return &s->sink;
}
