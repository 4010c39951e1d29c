/* Live capture through libpcap: one interface, or several whose packets are put in the order of their times.
 *
 * The kernel fills a ring (TPACKET_V3) block by block and hands a block over when it is full or BLOCK_MS old, so
 * that under load one system call brings thousands of packets.  Of several rings, the earliest packet is given
 * once every other ring has shown something later, or has been empty for so long that nothing earlier can still
 * lie in a block of it. */
#include "trace/source.h"

#include "base/bytes.h"
#include "base/buf.h"
#include "base/clock.h"
#include "trace/livestat.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	LINKTYPE_RAW = 101, /* the one number of the registry that is not libpcap's DLT_ number here */
	/* The longest a packet waits in a block that is not full. */
	BLOCK_MS = 50,
	/* How long next() waits before it reports SOURCE_IDLE. */
	POLL_MS = 100,
	NAMES_MAX = 4096, /* interfaces told apart; later ones are "any" */
	SLL2_IFINDEX = 4, /* where the header of `any` has the interface */
	SLL2_HEADER = 20,
};

/* A packet is in a ring for so long at most before it can be seen. */
#define HOLD_NS (2 * BLOCK_MS * CLOCK_MS)

/* An interface that packets came from; its place in the list is its number. */
struct named {
	unsigned ifindex; /* 0: no packet of `any` is looked up here */
	char name[IF_NAMESIZE + 16];
};

/* One capture. */
struct tap {
	pcap_t *pcap;
	const char *interface;
	int fd;
	uint32_t link_type;
	uint32_t number;    /* of the interface; `any`: when the packet does not say */
	bool nano;          /* the stamps carry nanoseconds in tv_usec */
	bool drained;       /* the last read found nothing: wait before the next */
	int64_t drained_at; /* when, as the packets' times */
	struct livestat stat;
	bool has; /* of several: a packet waits for its turn */
	struct source_packet packet;
};

struct source_live {
	struct source source;
	struct tap *taps;
	unsigned ntaps;
	bool burst;            /* packets were given since the last SOURCE_IDLE */
	struct named *names;   /* NAMES_MAX */
	uint32_t nnames, last; /* last: the one looked up before */
	struct buf label;
};

/* --- Names of interfaces ---------------------------------------------------------------------- */

/* The number of an interface, made when it is new; -1 when there is no room.  The list never moves: packets point
 * to its names. */
static int64_t add_name(struct source_live *l, unsigned ifindex, const char *name)
{
	if (l->nnames == NAMES_MAX)
		return -1;
	l->names[l->nnames].ifindex = ifindex;
	snprintf(l->names[l->nnames].name, sizeof(l->names[0].name), "%s", name);
	return l->nnames++;
}

/* The interface of a packet of `any`.  Those that were there at the start have their names by then; one that came
 * later is asked for, which may no longer be allowed. */
static uint32_t number_of(struct source_live *l, unsigned ifindex, uint32_t otherwise)
{
	char name[IF_NAMESIZE + 16];
	int64_t made;

	if (l->last < l->nnames && l->names[l->last].ifindex == ifindex)
		return l->last;
	for (l->last = 0; l->last < l->nnames; l->last++)
		if (l->names[l->last].ifindex == ifindex)
			return l->last;
	if (!if_indextoname(ifindex, name))
		snprintf(name, sizeof(name), "interface %u", ifindex);
	made = add_name(l, ifindex, name);
	return made < 0 ? otherwise : (uint32_t)made;
}

static void learn_names(struct source_live *l)
{
	struct if_nameindex *all = if_nameindex();

	for (struct if_nameindex *i = all; i && i->if_index; i++)
		add_name(l, i->if_index, i->if_name);
	if (all)
		if_freenameindex(all);
}

static void set_interface(struct source_live *l, const struct tap *t, struct source_packet *p)
{
	struct rd r = rd_of(slice_skip(p->bytes, SLL2_IFINDEX));

	p->interface = t->number;
	if (t->link_type == DLT_LINUX_SLL2 && p->bytes.n >= SLL2_HEADER)
		p->interface = number_of(l, rd_be32(&r), t->number);
	p->interface_name = l->names[p->interface].name;
}

/* --- Packets ---------------------------------------------------------------------------------- */

static enum source_result read_tap(
    struct source_live *l, struct tap *t, struct source_packet *p, struct err *e)
{
	struct pcap_pkthdr *head;
	const u_char *bytes;
	int rc = pcap_next_ex(t->pcap, &head, &bytes);

	if (rc < 0) {
		err_set(e, ERR_ENV, "capture on %s ended: %s", t->interface, pcap_geterr(t->pcap));
		return SOURCE_ERROR;
	}
	t->drained = rc == 0;
	if (rc == 0)
		return SOURCE_IDLE;
	*p = (struct source_packet){
		.bytes = slice_of(bytes, head->caplen),
		.wire_len = head->len,
		.link_type = t->link_type,
		.ts =
		    (int64_t)head->ts.tv_sec * 1000000000 + (int64_t)head->ts.tv_usec * (t->nano ? 1 : 1000),
	};
	set_interface(l, t, p);
	return SOURCE_PACKET;
}

/* Waits for the kernel to hand over a block to one of the taps that were found empty.  libpcap's own time-out does
 * not end a wait in which nothing arrives, so the waiting is done here.  How many have something, 0 also for a
 * signal, -1 with *e. */
static int wait_readable(struct source_live *l, int timeout_ms, struct err *e)
{
	struct pollfd fds[SOURCE_LIVE_MAX];
	int64_t now;
	int n;

	for (unsigned i = 0; i < l->ntaps; i++)
		fds[i] = (struct pollfd){ .fd = l->taps[i].has ? -1 : l->taps[i].fd, .events = POLLIN };
	n = poll(fds, l->ntaps, timeout_ms);
	if (n < 0 && errno != EINTR)
		return err_sys(e, "waiting for packets on %s", l->source.label);
	if (n < 0)
		return 0;
	now = clock_real();
	for (unsigned i = 0; i < l->ntaps; i++)
		if (fds[i].revents)
			l->taps[i].drained = false;
		else if (!l->taps[i].has)
			l->taps[i].drained_at = now;
	return n;
}

static enum source_result next_of_one(struct source_live *l, struct source_packet *p, struct err *e)
{
	struct tap *t = &l->taps[0];
	int n;

	if (t->drained) {
		n = wait_readable(l, POLL_MS, e);
		if (n <= 0)
			return n < 0 ? SOURCE_ERROR : SOURCE_IDLE;
	}
	/* SOURCE_IDLE is the end of a burst: the caller may flush before it waits for more. */
	return read_tap(l, t, p, e);
}

/* Every tap has a packet, or was just found empty. */
static int fill_taps(struct source_live *l, struct err *e)
{
	int64_t now = 0;

	for (struct tap *t = l->taps; t < l->taps + l->ntaps; t++) {
		enum source_result r;

		if (t->has || t->drained)
			continue;
		r = read_tap(l, t, &t->packet, e);
		if (r == SOURCE_ERROR)
			return -1;
		t->has = r == SOURCE_PACKET;
		if (!t->has)
			t->drained_at = now ? now : (now = clock_real());
	}
	return 0;
}

/* The tap with the earliest packet, or NULL; *surest is the time up to which all are known. */
static struct tap *earliest(struct source_live *l, int64_t *surest)
{
	struct tap *first = NULL;

	*surest = INT64_MAX;
	for (struct tap *t = l->taps; t < l->taps + l->ntaps; t++) {
		if (t->has && (!first || t->packet.ts < first->packet.ts))
			first = t;
		if (!t->has && t->drained_at - HOLD_NS < *surest)
			*surest = t->drained_at - HOLD_NS;
	}
	return first;
}

static enum source_result next_of_several(struct source_live *l, struct source_packet *p, struct err *e)
{
	for (;;) {
		int64_t surest;
		struct tap *t;
		int n;

		if (fill_taps(l, e) < 0)
			return SOURCE_ERROR;
		t = earliest(l, &surest);
		if (t && t->packet.ts <= surest) {
			*p = t->packet;
			t->has = false;
			l->burst = true;
			return SOURCE_PACKET;
		}
		if (!t && l->burst) {
			l->burst = false;
			return SOURCE_IDLE;
		}
		n = wait_readable(l, t ? BLOCK_MS / 2 : POLL_MS, e);
		if (n < 0)
			return SOURCE_ERROR;
		if (n == 0 && (!t || l->burst)) {
			l->burst = false;
			return SOURCE_IDLE;
		}
	}
}

static enum source_result live_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	struct source_live *l = (struct source_live *)s;

	return l->ntaps == 1 ? next_of_one(l, p, e) : next_of_several(l, p, e);
}

static uint64_t live_dropped(struct source *s)
{
	struct source_live *l = (struct source_live *)s;
	uint64_t n = 0;

	for (unsigned i = 0; i < l->ntaps; i++)
		n += livestat_dropped(&l->taps[i].stat);
	return n;
}

static void live_progress(struct source *s, uint64_t *done, uint64_t *all)
{
	*done = *all = 0;
}

static void live_free(struct source *s)
{
	struct source_live *l = (struct source_live *)s;

	for (unsigned i = 0; i < l->ntaps; i++) {
		livestat_close(&l->taps[i].stat);
		if (l->taps[i].pcap)
			pcap_close(l->taps[i].pcap);
	}
	free(l->taps);
	free(l->names);
	buf_fini(&l->label);
	free(l);
}

static const struct source_ops live_ops = {
	.name = "live",
	.next = live_next,
	.dropped = live_dropped,
	.progress = live_progress,
	.free = live_free,
};

/* --- Opening ---------------------------------------------------------------------------------- */

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
	    "no permission to capture on %s: run it with sudo, or give it the one capability it needs, "
	    "once and for all: sudo setcap cap_net_raw+ep %s",
	    interface, n > 0 ? self : "PROGRAM");
}

static int activate(struct tap *t, struct err *e)
{
	int rc = pcap_activate(t->pcap);

	switch (rc) {
	case PCAP_ERROR_NO_SUCH_DEVICE: return fail_no_interface(t->interface, e);
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED: return fail_permission(t->interface, e);
	case PCAP_ERROR_IFACE_NOT_UP:
		return err_set(e, ERR_ENV, "interface %s is down: bring it up with: sudo ip link set %s up",
		    t->interface, t->interface);
	case PCAP_ERROR:
		return err_set(e, ERR_ENV, "cannot capture on %s: %s", t->interface, pcap_geterr(t->pcap));
	default: break;
	}
	if (rc < 0)
		return err_set(e, ERR_ENV, "cannot capture on %s: %s", t->interface, pcap_statustostr(rc));
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

static int set_direction(struct tap *t, enum live_direction direction, struct err *e)
{
	pcap_direction_t d = direction == LIVE_IN ? PCAP_D_IN : PCAP_D_OUT;

	if (direction == LIVE_BOTH || pcap_setdirection(t->pcap, d) == 0)
		return 0;
	return err_set(
	    e, ERR_ENV, "cannot capture one direction on %s: %s", t->interface, pcap_geterr(t->pcap));
}

static int open_tap(struct tap *t, const struct live_options *o, struct err *e)
{
	bool any = !strcmp(t->interface, "any");
	char words[PCAP_ERRBUF_SIZE] = "";

	t->pcap = pcap_create(t->interface, words);
	if (!t->pcap)
		return err_set(e, ERR_ENV, "cannot capture on %s: %s", t->interface, words);
	pcap_set_snaplen(t->pcap, o->snaplen ? (int)o->snaplen : LIVE_SNAPLEN);
	pcap_set_buffer_size(t->pcap, (int)(o->buffer_kib ? o->buffer_kib : LIVE_BUFFER_KIB) * 1024);
	pcap_set_timeout(t->pcap, BLOCK_MS);
	pcap_set_promisc(t->pcap, o->promiscuous && !any); /* `any` cannot be */
	t->nano = pcap_set_tstamp_precision(t->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
	if (activate(t, e) < 0)
		return -1;
	/* The newer header of `any` also says on which interface a packet was; older libpcap keeps
	 * the older one. */
	if (any)
		pcap_set_datalink(t->pcap, DLT_LINUX_SLL2);
	if (o->filter && *o->filter && set_filter(t->pcap, o->filter, e) < 0)
		return -1;
	if (set_direction(t, o->direction, e) < 0)
		return -1;
	if (pcap_setnonblock(t->pcap, 1, words) < 0)
		return err_set(e, ERR_ENV, "cannot capture on %s: %s", t->interface, words);
	t->fd = pcap_get_selectable_fd(t->pcap);
	if (t->fd < 0)
		return err_set(
		    e, ERR_ENV, "cannot wait for packets on %s: libpcap gives no descriptor", t->interface);
	t->link_type = pcap_datalink(t->pcap) == DLT_RAW ? LINKTYPE_RAW : (uint32_t)pcap_datalink(t->pcap);
	livestat_open(&t->stat, t->pcap, t->interface);
	return 0;
}

static int open_taps(struct source_live *l, const struct live_options *o, struct err *e)
{
	if (o->ninterfaces == 0 || o->ninterfaces > SOURCE_LIVE_MAX)
		return err_set(
		    e, ERR_USAGE, "capture on 1 to %d interfaces, not %u", SOURCE_LIVE_MAX, o->ninterfaces);
	l->taps = calloc(o->ninterfaces, sizeof(*l->taps));
	l->names = calloc(NAMES_MAX, sizeof(*l->names)); /* memory is taken as it is touched */
	if (!l->taps || !l->names)
		return err_set(e, ERR_ENV, "out of memory");
	for (unsigned i = 0; i < o->ninterfaces; i++) {
		struct tap *t = &l->taps[l->ntaps++];
		int64_t number;

		t->interface = o->interfaces[i];
		buf_printf(&l->label, "%s%s", i ? ", " : "", t->interface);
		if (open_tap(t, o, e) < 0)
			return -1;
		if (t->link_type == DLT_LINUX_SLL2)
			learn_names(l);
		number = add_name(l, 0, t->interface);
		if (number < 0)
			return err_set(e, ERR_ENV, "there are too many interfaces");
		t->number = (uint32_t)number;
	}
	l->source.label = buf_cstr(&l->label);
	return l->label.failed ? err_set(e, ERR_ENV, "out of memory") : 0;
}

struct source *source_live(const struct live_options *o, struct err *e)
{
	struct source_live *l = calloc(1, sizeof(*l));

	if (!l) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	l->source.ops = &live_ops;
	if (open_taps(l, o, e) < 0) {
		live_free(&l->source);
		return NULL;
	}
	return &l->source;
}
