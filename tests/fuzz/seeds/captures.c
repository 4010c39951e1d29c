/* Seeds for the fuzz targets out of captures: what they hold, in the form that each target reads.
 *
 *	captures DIR CAPTURE...    writes DIR/TARGET/NUMBER
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "http/parse.h"
#include "trace/source.h"
#include "wire/dhcp.h"
#include "wire/dns.h"
#include "wire/pkt.h"
#include "wire/proto.h"

enum {
	SEED_MAX = 64 << 10, /* bytes; a fuzzer gets slow with larger ones */
	RECORD = 0xfff,      /* bytes that a record of trace_packets can have */
	SECRETS = 0xf000,    /* the head of one with key log lines */
	SEGMENT = 255,       /* bytes that a command of trace_stream can have */
};

static const char *folder;

static void seed(const char *target, struct slice bytes)
{
	static unsigned n;
	char path[4096];
	FILE *f;

	if (!bytes.n)
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, target);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/%u", folder, target, ++n);
	f = fopen(path, "w");
	if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0) {
		perror(path);
		exit(3);
	}
}

/* A seed whose first bytes say how to read the rest. */
static void seed_behind(const char *target, const char *head, size_t n, struct slice bytes)
{
	struct buf b = { 0 };

	buf_put(&b, head, n);
	buf_slice(&b, bytes);
	seed(target, buf_view(&b));
	buf_fini(&b);
}

/* What a transport carries, to the target that reads such bytes. */
static void seed_payload(const struct pkt *p)
{
	const struct layer *t = p->transport;
	uint16_t src = t->proto == PROTO_TCP ? t->tcp.src : t->udp.src;
	uint16_t dst = t->proto == PROTO_TCP ? t->tcp.dst : t->udp.dst;

	if (src == DNS_PORT || dst == DNS_PORT)
		seed("wire_dns", t->proto == PROTO_TCP ? slice_skip(p->payload, 2) : p->payload);
	else if (src == DHCP_SERVER_PORT || dst == DHCP_SERVER_PORT)
		seed("wire_dhcp", p->payload);
	else if (http_message_looks_like(p->payload) == HTTP_GUESS_RESPONSE)
		seed("http_response", p->payload);
	else if (http_message_looks_like(p->payload) == HTTP_GUESS_REQUEST)
		seed("http_request", p->payload);
	else if (p->payload.n > 5 && p->payload.p[0] >= 20 && p->payload.p[0] <= 24 && p->payload.p[1] == 3)
		seed_behind("wire_tlsrec", "\0\4", 2, p->payload);
}

/* A capture as records of trace_packets. */
static void add_record(struct buf *b, unsigned head, struct slice bytes)
{
	bytes = slice_sub(bytes, 0, RECORD);
	buf_putc(b, (char)((head | bytes.n) >> 8));
	buf_putc(b, (char)bytes.n);
	buf_slice(b, bytes);
}

/* A segment of the first connection as commands of trace_stream. */
static void add_segment(struct buf *b, const struct pkt *p, bool server)
{
	struct slice rest = p->payload;
	uint8_t flags = p->transport->tcp.flags & 0xff;
	uint8_t control = (uint8_t)(server << 2 | !!(flags & TCP_ACK) << 3 | !!(flags & TCP_SYN) << 6);

	do {
		struct slice piece = slice_sub(rest, 0, SEGMENT);

		rest = slice_skip(rest, piece.n);
		if (!rest.n)
			control |= (uint8_t)(!!(flags & TCP_FIN) << 4 | !!(flags & TCP_RST) << 5);
		buf_putc(b, (char)control);
		buf_putc(b, (char)piece.n);
		buf_slice(b, piece);
	} while (rest.n);
}

/* The number that trace_packets and wire_pkt have for a link type. */
static int link_number(uint32_t link_type)
{
	return link_type == LINK_ETHERNET    ? 0
	       : link_type == LINK_RAW       ? 1
	       : link_type == LINK_LINUX_SLL ? 2
	                                     : -1;
}

struct capture {
	struct buf packets, stream;
	uint16_t client; /* port of the first connection */
	bool other_link;
};

static void add_packet(struct capture *c, const struct source_packet *p)
{
	int link = link_number(p->link_type);
	struct pkt pkt;

	if (!c->packets.n)
		buf_putc(&c->packets, (char)link);
	c->other_link = c->other_link || link < 0;
	if (c->packets.n < SEED_MAX)
		add_record(&c->packets, 1 << 13, p->bytes);
	pkt_decode(&pkt, p->link_type, p->bytes, p->wire_len);
	if (!pkt.transport)
		return;
	seed_payload(&pkt);
	if (pkt.transport->proto != PROTO_TCP || c->stream.n > SEED_MAX)
		return;
	if (!c->client)
		c->client = pkt.transport->tcp.src;
	if (pkt.transport->tcp.src == c->client || pkt.transport->tcp.dst == c->client)
		add_segment(&c->stream, &pkt, pkt.transport->tcp.src != c->client);
}

static int take(const char *path)
{
	struct err e = { 0 };
	struct source *s = source_file(path, &e);
	struct capture c = { .client = 0 };
	struct source_packet p;
	struct slice secrets;
	enum source_result r;

	if (!s) {
		fprintf(stderr, "%s\n", e.msg);
		return 3;
	}
	while ((r = s->ops->next(s, &p, &secrets, &e)) == SOURCE_PACKET || r == SOURCE_SECRETS) {
		if (r == SOURCE_PACKET) {
			add_packet(&c, &p);
			continue;
		}
		if (!c.packets.n)
			buf_putc(&c.packets, 0);
		add_record(&c.packets, SECRETS, secrets);
	}
	if (!c.other_link)
		seed("trace_packets", buf_view(&c.packets));
	seed("trace_stream", buf_view(&c.stream));
	buf_fini(&c.packets);
	buf_fini(&c.stream);
	s->ops->free(s);
	return r == SOURCE_ERROR ? 3 : 0;
}

int main(int argc, char **argv)
{
	int rc = 0;

	if (argc < 3)
		return 2;
	folder = argv[1];
	mkdir(folder, 0777);
	for (int i = 2; i < argc && rc == 0; i++)
		rc = take(argv[i]);
	return rc;
}
