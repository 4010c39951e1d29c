/* Filters in the pcap-filter(7) language for packets of files; see source.h.  libpcap compiles and runs them. */
#include "trace/source.h"

#include <pcap/pcap.h>
#include <stdlib.h>

enum {
	LINKTYPE_RAW = 101,
	SNAP_LEN = 262144, /* what the code may assume of the longest packet */
};

/* A capture file may mix link types, and the code of a filter depends on the link type. */
enum { FILTER_LINKS = 8 };

struct filter_code {
	uint32_t link_type;
	struct bpf_program program; /* bf_insns NULL: free */
};

struct filter {
	struct filter_code code[FILTER_LINKS];
	unsigned next; /* the row given up when a ninth link type comes */
	char expression[];
};

/* The registry's LINKTYPE_ numbers are libpcap's DLT_ numbers except for a few that differ between
 * systems; of those only raw IP matters here. */
static int dlt_of_link(uint32_t link_type)
{
	return link_type == LINKTYPE_RAW ? DLT_RAW : (int)link_type;
}

static int compile(const char *expression, uint32_t link_type, struct bpf_program *out, struct err *e)
{
	pcap_t *dead = pcap_open_dead(dlt_of_link(link_type), SNAP_LEN);
	int rc;

	if (!dead)
		return err_set(e, ERR_ENV, "filter '%s': out of memory", expression);
	rc = pcap_compile(dead, out, expression, 1, PCAP_NETMASK_UNKNOWN);
	if (rc < 0) {
		out->bf_insns = NULL;
		err_set(e, ERR_USAGE, "filter '%s': %s", expression, pcap_geterr(dead));
	}
	pcap_close(dead);
	return rc < 0 ? -1 : 0;
}

/* A word such as `wlan` is right for some link types only; an expression is refused right away when
 * it makes no sense for any of these. */
static int check_syntax(const char *expression, struct err *e)
{
	static const int links[] = { DLT_EN10MB, DLT_LINUX_SLL2, DLT_IEEE802_11 };
	struct bpf_program program;

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (compile(expression, (uint32_t)links[i], &program, i ? NULL : e) == 0) {
			pcap_freecode(&program);
			return 0;
		}
	return -1;
}

struct filter *filter_new(const char *expression, struct err *e)
{
	size_t n = strlen(expression) + 1;
	struct filter *f;

	if (check_syntax(expression, e) < 0)
		return NULL;
	f = calloc(1, sizeof(*f) + n);
	if (!f) {
		err_sys(e, "filter");
		return NULL;
	}
	memcpy(f->expression, expression, n);
	return f;
}

/* The code for a link type, compiled when it is first needed. */
static const struct bpf_program *code_for(struct filter *f, uint32_t link_type, struct err *e)
{
	struct filter_code *c;

	for (c = f->code; c < f->code + FILTER_LINKS; c++)
		if (c->program.bf_insns && c->link_type == link_type)
			return &c->program;
	c = &f->code[f->next];
	f->next = (f->next + 1) % FILTER_LINKS;
	if (c->program.bf_insns)
		pcap_freecode(&c->program);
	c->program.bf_insns = NULL;
	c->link_type = link_type;
	return compile(f->expression, link_type, &c->program, e) == 0 ? &c->program : NULL;
}

int filter_match(struct filter *f, const struct source_packet *p, struct err *e)
{
	const struct bpf_program *code = code_for(f, p->link_type, e);
	struct pcap_pkthdr head = { .caplen = (bpf_u_int32)p->bytes.n, .len = p->wire_len };

	if (!code)
		return -1;
	return pcap_offline_filter(code, &head, p->bytes.p) != 0;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	for (struct filter_code *c = f->code; c < f->code + FILTER_LINKS; c++)
		if (c->program.bf_insns)
			pcap_freecode(&c->program);
	free(f);
}
