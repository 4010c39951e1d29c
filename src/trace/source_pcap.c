/* Live capture, and filters in the pcap-filter(7) language.  The only file that sees libpcap:
 * capture files have a reader of their own, because libpcap hides what pcapng holds beside packets.
 */
#include "trace/source.h"

#include "base/buf.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Whole packets, also those that offloading makes larger than the link (64 KiB and more).
	 */
	SNAP_LEN = 262144,
	/* The kernel's ring.  The default of 2 MiB has room for eight slots of SNAP_LEN; with
	 * immediate mode (one packet per slot) a short burst already overflows it.  This size,
	 * filled block by block as the time-out mode does, holds tens of thousands of packets. */
	RING_BYTES = 16 << 20,
	/* The longest a packet waits in a block that is not full. */
	BLOCK_MS = 50,
	/* How long next() waits before it reports SOURCE_IDLE. */
	POLL_MS = 100,
};

struct source_live {
	struct source source;
	pcap_t *pcap;
	int fd;
	uint32_t link_type;
	bool nano;    /* the stamps carry nanoseconds in tv_usec */
	bool drained; /* the last read found nothing: wait before the next */
	uint64_t dropped;
	char label[];
};

/* The registry's LINKTYPE_ numbers are libpcap's DLT_ numbers except for a few that differ between
 * systems; of those only raw IP matters here. */
static uint32_t link_of_dlt(int dlt)
{
	return dlt == DLT_RAW ? 101 : (uint32_t)dlt;
}

static int dlt_of_link(uint32_t link_type)
{
	return link_type == 101 ? DLT_RAW : (int)link_type;
}

static int fail_capture(struct source_live *l, struct err *e)
{
	return err_set(e, ERR_ENV, "capture on %s ended: %s", l->label, pcap_geterr(l->pcap));
}

/* Waits for the kernel to hand over a block.  libpcap's own time-out does not end a wait in which
 * nothing arrives, so the waiting is done here.  1 readable, 0 nothing (or a signal), -1 error. */
static int wait_readable(struct source_live *l, struct err *e)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	int n = poll(&p, 1, POLL_MS);

	if (n < 0 && errno == EINTR)
		return 0;
	if (n < 0)
		return err_sys(e, "waiting for packets on %s", l->label);
	return n > 0;
}

static enum source_result live_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	struct source_live *l = (struct source_live *)s;
	struct pcap_pkthdr *head;
	const u_char *bytes;
	int rc;

	if (l->drained) {
		rc = wait_readable(l, e);
		if (rc <= 0)
			return rc < 0 ? SOURCE_ERROR : SOURCE_IDLE;
		l->drained = false;
	}
	rc = pcap_next_ex(l->pcap, &head, &bytes);
	if (rc == 0) {
		/* The end of a burst: the caller may flush before it waits for more. */
		l->drained = true;
		return SOURCE_IDLE;
	}
	if (rc < 0) {
		fail_capture(l, e);
		return SOURCE_ERROR;
	}
	*p = (struct source_packet){
		.bytes = slice_of(bytes, head->caplen),
		.wire_len = head->len,
		.link_type = l->link_type,
		.ts =
		    (int64_t)head->ts.tv_sec * 1000000000 + (int64_t)head->ts.tv_usec * (l->nano ? 1 : 1000),
	};
	return SOURCE_PACKET;
}

/* The kernel's own counters; when they cannot be read the last known value stands. */
static uint64_t live_dropped(struct source *s)
{
	struct source_live *l = (struct source_live *)s;
	struct pcap_stat st;

	if (pcap_stats(l->pcap, &st) == 0)
		l->dropped = (uint64_t)st.ps_drop + st.ps_ifdrop;
	return l->dropped;
}

static void live_progress(struct source *s, uint64_t *done, uint64_t *all)
{
	*done = *all = 0;
}

static void live_free(struct source *s)
{
	struct source_live *l = (struct source_live *)s;

	if (l->pcap)
		pcap_close(l->pcap);
	free(l);
}

static const struct source_ops live_ops = {
	.name = "live",
	.next = live_next,
	.dropped = live_dropped,
	.progress = live_progress,
	.free = live_free,
};

static int fail_no_interface(const char *interface, struct err *e)
{
	struct if_nameindex *all = if_nameindex();
	struct buf names = { 0 };

	for (struct if_nameindex *i = all; i && i->if_index; i++)
		buf_printf(&names, "%s%s", names.n ? ", " : "", i->if_name);
	if (all)
		if_freenameindex(all);
	err_set(e, ERR_ENV, "there is no interface '%s'; there is: %s%sany", interface, buf_cstr(&names),
	    names.n ? ", " : "");
	buf_fini(&names);
	return -1;
}

static int fail_permission(const char *interface, struct err *e)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	/* The permission is asked for before the name is looked up. */
	if (strcmp(interface, "any") != 0 && !if_nametoindex(interface))
		return fail_no_interface(interface, e);
	self[n > 0 ? n : 0] = '\0';
	return err_set(e, ERR_ENV,
	    "no permission to capture on %s: run it with sudo, or allow it once and for all with: "
	    "sudo setcap cap_net_raw+ep %s",
	    interface, n > 0 ? self : "PROGRAM");
}

static int activate(struct source_live *l, struct err *e)
{
	int rc = pcap_activate(l->pcap);

	switch (rc) {
	case PCAP_ERROR_NO_SUCH_DEVICE: return fail_no_interface(l->label, e);
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED: return fail_permission(l->label, e);
	case PCAP_ERROR_IFACE_NOT_UP:
		return err_set(e, ERR_ENV, "interface %s is down: bring it up with: sudo ip link set %s up",
		    l->label, l->label);
	case PCAP_ERROR:
		return err_set(e, ERR_ENV, "cannot capture on %s: %s", l->label, pcap_geterr(l->pcap));
	default: break;
	}
	if (rc < 0)
		return err_set(e, ERR_ENV, "cannot capture on %s: %s", l->label, pcap_statustostr(rc));
	return 0;
}

static int set_filter(pcap_t *pcap, const char *filter, struct err *e)
{
	struct bpf_program program;
	int rc;

	if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return err_set(e, ERR_USAGE, "filter '%s': %s", filter, pcap_geterr(pcap));
	rc = pcap_setfilter(pcap, &program);
	pcap_freecode(&program);
	if (rc < 0)
		return err_set(e, ERR_ENV, "filter '%s' was refused: %s", filter, pcap_geterr(pcap));
	return 0;
}

static int open_live(struct source_live *l, const char *filter, bool promiscuous, struct err *e)
{
	bool any = !strcmp(l->label, "any");
	char words[PCAP_ERRBUF_SIZE] = "";

	l->pcap = pcap_create(l->label, words);
	if (!l->pcap)
		return err_set(e, ERR_ENV, "cannot capture on %s: %s", l->label, words);
	pcap_set_snaplen(l->pcap, SNAP_LEN);
	pcap_set_buffer_size(l->pcap, RING_BYTES);
	pcap_set_timeout(l->pcap, BLOCK_MS);
	pcap_set_promisc(l->pcap, promiscuous && !any); /* `any` cannot be */
	l->nano = pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
	if (activate(l, e) < 0)
		return -1;
	/* The newer header of `any` also says on which interface a packet was; older libpcap keeps
	 * the older one. */
	if (any)
		pcap_set_datalink(l->pcap, DLT_LINUX_SLL2);
	if (*filter && set_filter(l->pcap, filter, e) < 0)
		return -1;
	if (pcap_setnonblock(l->pcap, 1, words) < 0)
		return err_set(e, ERR_ENV, "cannot capture on %s: %s", l->label, words);
	l->fd = pcap_get_selectable_fd(l->pcap);
	if (l->fd < 0)
		return err_set(
		    e, ERR_ENV, "cannot wait for packets on %s: libpcap gives no descriptor", l->label);
	l->link_type = link_of_dlt(pcap_datalink(l->pcap));
	return 0;
}

struct source *source_live(const char *interface, const char *filter, bool promiscuous, struct err *e)
{
	size_t n = strlen(interface) + 1;
	struct source_live *l = calloc(1, sizeof(*l) + n);

	if (!l) {
		err_sys(e, "capture on %s", interface);
		return NULL;
	}
	memcpy(l->label, interface, n);
	l->source.ops = &live_ops;
	l->source.label = l->label;
	if (open_live(l, filter ? filter : "", promiscuous, e) < 0) {
		live_free(&l->source);
		return NULL;
	}
	return &l->source;
}

/* --- Filters for packets of files
 * ------------------------------------------------------------------ */

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
