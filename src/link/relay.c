/* The wire between two interfaces; see relay.h.
 *
 * A virtual interface leaves to a network card that is not there what a card would do last: the checksum, and the
 * VLAN tag.  The kernel says so beside each frame (PACKET_AUXDATA), and the relay does it before the wire looks. */
#include "link/relay.h"

#include "base/clock.h"
#include "wire/proto.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	FRAME = 65536 + 64, /* the longest a virtual interface hands over, and room for a tag */
	TAG = 4,
	TAG_AT = 12, /* a VLAN tag stands behind the two addresses (IEEE 802.1Q) */
	BATCH = 64,  /* frames of one end before the other has its turn */
	BUFFER = 8 << 20,
};

struct relay {
	struct link_wire *wire;
	int fd[2];
	int64_t start;
	uint64_t refused, missed;
	uint8_t frame[TAG + FRAME]; /* TAG bytes of room in front */
};

/* --- Opening ------------------------------------------------------------------------------------------ */

static int set_options(int fd, int index, struct err *e)
{
	struct packet_mreq all = { .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC };
	int on = 1, size = BUFFER;

	/* Frames for anybody, not only for this host; and beside each what is still to be done to it. */
	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)))
		return err_sys(e, "cannot see all frames");
	/* What we send ourselves is not for us; kernels before 4.20 show it, and receive() leaves it out. */
	setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	/* The second is for those who may not have more than the machine's limit. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return 0;
}

static int open_end(const char *interface, struct err *e)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htobe16(ETH_P_ALL) };
	int fd;

	at.sll_ifindex = (int)if_nametoindex(interface);
	if (!at.sll_ifindex)
		return err_sys(e, "interface %s", interface);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(e, "cannot open interface %s (run it inside a lab, or as root)", interface);
	if (set_options(fd, at.sll_ifindex, e) == 0) {
		if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
			return fd;
		err_sys(e, "cannot listen");
	}
	close(fd);
	return err_in(e, "interface %s", interface);
}

struct relay *relay_new(const char *const interfaces[2], const struct link_options *o, struct err *e)
{
	struct relay *r = calloc(1, sizeof(*r));

	if (!r) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	r->fd[0] = r->fd[1] = -1;
	r->wire = link_wire_new(o, e);
	for (int i = 0; i < 2 && r->wire; i++)
		if ((r->fd[i] = open_end(interfaces[i], e)) < 0)
			break;
	if (r->fd[1] < 0) {
		relay_free(r);
		return NULL;
	}
	r->start = clock_mono();
	return r;
}

void relay_free(struct relay *r)
{
	if (!r)
		return;
	for (int i = 0; i < 2; i++)
		if (r->fd[i] >= 0)
			close(r->fd[i]);
	link_wire_free(r->wire);
	free(r);
}

/* --- Receiving ---------------------------------------------------------------------------------------- */

/* Computes the checksum that was left to the card. */
static void fill_checksum(uint8_t *frame, size_t n)
{
	struct pkt p;
	uint16_t sum;
	size_t at;

	pkt_decode(&p, LINK_ETHERNET, slice_of(frame, n), (uint32_t)n);
	if (!p.transport || pkt_cksum(&p, p.transport, &sum) == PKT_CKSUM_UNKNOWN)
		return;
	at = p.transport->off + (p.transport->proto == PROTO_TCP ? 16u : 6u);
	frame[at] = (uint8_t)(sum >> 8);
	frame[at + 1] = (uint8_t)sum;
}

/* Puts the tag where it stood on the cable. */
static struct slice put_tag(uint8_t *frame, size_t n, const struct tpacket_auxdata *aux)
{
	uint16_t type = aux->tp_status & TP_STATUS_VLAN_TPID_VALID ? aux->tp_vlan_tpid : ETH_P_8021Q;
	struct wr w = wr_of(frame - TAG + TAG_AT, TAG);

	memmove(frame - TAG, frame, TAG_AT);
	wr_be16(&w, type);
	wr_be16(&w, aux->tp_vlan_tci);
	return slice_of(frame - TAG, n + TAG);
}

/* What the frame was on its way here. */
static struct slice finish(uint8_t *frame, size_t n, struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct tpacket_auxdata aux;

	if (!c || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA ||
	    c->cmsg_len < CMSG_LEN(sizeof(aux)))
		return slice_of(frame, n);
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	if (aux.tp_status & TP_STATUS_CSUMNOTREADY)
		fill_checksum(frame, n);
	if (aux.tp_status & TP_STATUS_VLAN_VALID && n >= TAG_AT)
		return put_tag(frame, n, &aux);
	return slice_of(frame, n);
}

/* The next frame of an end.  1; 0: none is there, or only one that we sent; -1: with *e. */
static int receive(struct relay *r, int end, struct slice *frame, struct err *e)
{
	union {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	uint8_t *at = r->frame + TAG;
	struct iovec v = { at, FRAME };
	struct sockaddr_ll from;
	struct msghdr m = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(r->fd[end], &m, 0);

	*frame = slice_of(NULL, 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : err_sys(e, "cannot receive");
	if (from.sll_pkttype != PACKET_OUTGOING)
		*frame = finish(at, (size_t)n, &m);
	return 1;
}

static int take_in(struct relay *r, int end, const struct relay_said *said, struct err *e)
{
	struct link_event event;
	struct slice frame;

	for (int i = 0; i < BATCH; i++) {
		int64_t now;
		int rc = receive(r, end, &frame, e);

		if (rc <= 0)
			return rc;
		if (!frame.n)
			continue;
		now = clock_mono();
		link_wire_push(r->wire, end, frame, now, &event);
		if (said->event && (said->all || event.why[0]))
			said->event(said->arg, &event, now - r->start);
	}
	return 0;
}

/* --- Sending ------------------------------------------------------------------------------------------ */

static int send_due(struct relay *r, struct err *e)
{
	struct slice frame;
	int to;

	while (link_wire_pop(r->wire, clock_mono(), &to, &frame)) {
		if (send(r->fd[to], frame.p, frame.n, 0) >= 0)
			continue;
		if (errno == ENXIO || errno == ENODEV || errno == ENETDOWN)
			return err_sys(e, "cannot send");
		r->refused++;
	}
	return 0;
}

/* Until something comes, or a frame is due. */
static int wait_next(const struct relay *r, struct pollfd *p)
{
	int64_t due = link_wire_due(r->wire), left = due - clock_mono();
	struct timespec t;

	left = left < 0 ? 0 : left;
	t = (struct timespec){ .tv_sec = left / CLOCK_SEC, .tv_nsec = left % CLOCK_SEC };
	return ppoll(p, 3, due == INT64_MAX ? NULL : &t, NULL);
}

int relay_run(struct relay *r, int stop, const struct relay_said *said, struct err *e)
{
	struct pollfd p[3] = { { .fd = r->fd[0], .events = POLLIN }, { .fd = r->fd[1], .events = POLLIN },
		{ .fd = stop, .events = POLLIN } };

	for (;;) {
		if (wait_next(r, p) < 0 && errno != EINTR)
			return err_sys(e, "ppoll");
		for (int end = 0; end < 2; end++)
			if (p[end].revents && take_in(r, end, said, e))
				return -1;
		if (send_due(r, e))
			return -1;
		if (p[2].revents)
			return 0;
	}
}

const struct link_wire *relay_wire(const struct relay *r)
{
	return r->wire;
}

uint64_t relay_refused(const struct relay *r)
{
	return r->refused;
}

uint64_t relay_missed(struct relay *r)
{
	/* Each look sets the kernel's counters to zero. */
	for (int i = 0; i < 2; i++) {
		struct tpacket_stats s;
		socklen_t n = sizeof(s);

		if (getsockopt(r->fd[i], SOL_PACKET, PACKET_STATISTICS, &s, &n) == 0)
			r->missed += s.tp_drops;
	}
	return r->missed;
}
