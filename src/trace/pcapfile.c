/* Capture files by our own readers: pcap (pcap.c) and pcapng (pcapng.c), plain or gzip.  libpcap would do for the
 * first, but of pcapng it gives neither secrets nor comments, and it stops when interfaces differ.
 *
 * Nothing is copied: a packet's bytes are a slice of the file's buffer.  A file that breaks a rule ends with one
 * line that says where. */
#include "trace/pcapfile.h"

#include <stdio.h>
#include <stdlib.h>

#include "trace/hosts.h"

enum { COMMENT_MAX = 64 * 1024 };

/* --- What can go wrong ------------------------------------------------------------------------ */

enum source_result pcapfile_damaged(struct pcapfile *f, struct err *e, const char *what)
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

enum source_result pcapfile_unreadable(struct pcapfile *f, struct err *e)
{
	f->over = true;
	err_in(e, "%s: behind packet %llu", f->source.label, (unsigned long long)f->packets);
	return SOURCE_ERROR;
}

enum source_result pcapfile_not_ok(struct pcapfile *f, enum infile_result r, struct err *e)
{
	if (r == INFILE_IDLE || r == INFILE_SIGNAL)
		return SOURCE_IDLE;
	if (r == INFILE_ERROR)
		return pcapfile_unreadable(f, e);
	if (infile_view(f->in).n || infile_cut(f->in))
		return cut_short(f, e);
	f->over = true;
	return SOURCE_END;
}

int pcapfile_interface(struct pcapfile *f, const struct pcapfile_iface *one)
{
	struct pcapfile_iface *more;

	if (f->nifaces == f->cap) {
		more = realloc(f->ifaces, (f->cap * 2 + 4) * sizeof(*more));
		if (!more)
			return -1;
		f->ifaces = more;
		f->cap = f->cap * 2 + 4;
	}
	f->ifaces[f->nifaces++] = *one;
	return 0;
}

/* --- The source ------------------------------------------------------------------------------- */

static enum source_result pcapfile_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	struct pcapfile *f = (struct pcapfile *)s;

	if (f->over)
		return SOURCE_END;
	infile_take(f->in, f->taken);
	f->taken = 0;
	return f->next(f, p, secrets, e);
}

static uint64_t pcapfile_dropped(struct source *s)
{
	const struct pcapfile *f = (struct pcapfile *)s;
	uint64_t n = f->dropped;

	for (uint32_t i = 0; i < f->nifaces; i++)
		n += pcapfile_lost(&f->ifaces[i]);
	return n;
}

static void pcapfile_progress(struct source *s, uint64_t *done, uint64_t *all)
{
	infile_progress(((struct pcapfile *)s)->in, done, all);
}

static const struct hosts *pcapfile_hosts(struct source *s)
{
	return ((struct pcapfile *)s)->hosts;
}

static void pcapfile_free(struct source *s)
{
	struct pcapfile *f = (struct pcapfile *)s;

	infile_close(f->in);
	buf_fini(&f->comment);
	for (unsigned i = 0; i < f->nnames; i++)
		free(f->names[i]);
	hosts_free(f->hosts);
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
	.hosts = pcapfile_hosts,
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
int pcapfile_first(struct pcapfile *f, size_t n, struct err *e)
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

static bool is_pcap(uint32_t magic)
{
	return magic == PCAP_MICRO || magic == PCAP_NANO || magic == PCAP_MODIFIED;
}

static int read_header(struct pcapfile *f, struct err *e)
{
	uint32_t magic;
	struct rd r;

	if (pcapfile_first(f, 4, e) < 0 || infile_sniff(f->in, e) < 0 || pcapfile_first(f, 4, e) < 0)
		return -1;
	r = rd_of(infile_view(f->in));
	magic = rd_be32(&r);
	if (magic == PCAPNG_SECTION)
		return pcapng_open(f, e);
	f->big = is_pcap(magic);
	if (f->big || is_pcap(__builtin_bswap32(magic)))
		return pcap_open(f, f->big ? magic : __builtin_bswap32(magic), e);
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
