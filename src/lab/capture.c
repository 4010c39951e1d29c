/* Captures of a lab; see capture.h. */
#include "lab/capture.h"

#include "base/clock.h"
#include "net/addr.h"
#include "net/priv.h"
#include "render/render.h"
#include "trace/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	/* Marks are sent again and again; the end has come with those of this round.  One round
	 * would do on one processor, but packets that two processors forward can overtake each
	 * other. */
	LAST_ROUND = 3,
	ROUND_MS = 10,
	READY_MS = 10000,
	MARK_TAIL = 3,
};

/* What a capturing process says: once when it sees packets, once at the end. */
struct words {
	int rc;
	struct err err;
	struct capture_report report;
};

/* --- Marks
 * ------------------------------------------------------------------------------------------ */

/* A mark's bytes behind the token. */
struct mark_tail {
	uint8_t pair;
	uint8_t end;   /* 0 or 1: who sent it */
	uint8_t round; /* from 1 */
};

int capture_marks_init(
    struct capture_marks *m, const struct capture_marks *first, uint8_t pair, struct err *e)
{
	*m = (struct capture_marks){ .end = { -1, -1 }, .pair = pair };
	if (first)
		memcpy(m->token, first->token, sizeof(m->token));
	else if (getrandom(m->token, sizeof(m->token), 0) != sizeof(m->token))
		return err_sys(e, "random numbers");
	return 0;
}

int capture_marks_open(struct capture_marks *m, struct lab *lab, const struct lab_node *a, const char *addr_a,
    const struct lab_node *b, const char *addr_b, struct err *e)
{
	const struct lab_node *node[2] = { a, b };
	struct addr addr[2];

	uint16_t port = (uint16_t)(CAPTURE_MARK_PORT + m->pair);

	if (addr_parse(&addr[0], addr_a, port, e) || addr_parse(&addr[1], addr_b, port, e))
		return -1;
	for (int i = 0; i < 2; i++) {
		m->end[i] = lab_udp(lab, node[i], addr[i].ss.ss_family, port, e);
		if (m->end[i] < 0)
			return -1;
		if (connect(m->end[i], addr_sa(&addr[!i]), addr[!i].len))
			return err_sys(e, "%s cannot reach %s", node[i]->name, node[!i]->name);
	}
	return 0;
}

void capture_marks_close(struct capture_marks *m)
{
	for (int i = 0; i < 2; i++) {
		if (m->end[i] >= 0)
			close(m->end[i]);
		m->end[i] = -1;
	}
}

/* Sends one mark each way.  A full socket buffer is no failure: the next round comes. */
static void send_marks(const struct capture_marks *m, uint8_t round)
{
	for (uint8_t i = 0; i < 2; i++) {
		uint8_t mark[CAPTURE_TOKEN + MARK_TAIL];
		ssize_t n;

		memcpy(mark, m->token, CAPTURE_TOKEN);
		mark[CAPTURE_TOKEN] = m->pair;
		mark[CAPTURE_TOKEN + 1] = i;
		mark[CAPTURE_TOKEN + 2] = round;
		n = send(m->end[i], mark, sizeof(mark), MSG_DONTWAIT);
		(void)n;
	}
}

/* True when the packet is a mark. */
static bool read_mark(const struct pkt *p, const struct capture_marks *m, struct mark_tail *tail)
{
	const struct layer *udp = p->transport;

	if (!udp || udp->proto != PROTO_UDP || p->payload.n != CAPTURE_TOKEN + MARK_TAIL)
		return false;
	if (memcmp(p->payload.p, m->token, CAPTURE_TOKEN) != 0)
		return false;
	tail->pair = p->payload.p[CAPTURE_TOKEN];
	tail->end = p->payload.p[CAPTURE_TOKEN + 1] & 1;
	tail->round = p->payload.p[CAPTURE_TOKEN + 2];
	return true;
}

/* --- The capturing process
 * -------------------------------------------------------------------------- */

static void say(int to, const struct words *w)
{
	while (write(to, w, sizeof(*w)) < 0 && errno == EINTR)
		;
}

static int write_packet(struct sink *sink, struct frame *f, struct words *w)
{
	f->number = ++w->report.packets;
	w->report.bytes += f->pkt.wire_len;
	return sink->ops->packet(sink, f, &w->err);
}

/* Everything up to the last marks of both ends. */
static int copy_packets(
    struct source *source, struct sink *sink, const struct capture_marks *m, struct words *w)
{
	struct source_packet p;
	struct mark_tail tail;
	struct slice secrets;
	unsigned seen = 0;

	while (seen != 3) {
		struct frame f = { 0 };
		enum source_result rc = source->ops->next(source, &p, &secrets, &w->err);

		if (rc == SOURCE_ERROR)
			return -1;
		if (rc != SOURCE_PACKET)
			continue;
		f.ts = p.ts;
		f.interface = p.interface;
		f.interface_name = p.interface_name;
		pkt_decode(&f.pkt, p.link_type, p.bytes, p.wire_len);
		if (!read_mark(&f.pkt, m, &tail)) {
			if (write_packet(sink, &f, w))
				return -1;
		} else if (tail.pair == m->pair && tail.round >= LAST_ROUND) {
			seen |= 1u << tail.end;
		}
	}
	w->report.dropped = source->ops->dropped(source);
	return 0;
}

static int end_sink(struct sink *sink, FILE *file, const char *path, struct words *w)
{
	struct trace_stats stats = { 0 };
	struct trace_end end = { .stats = &stats };
	int rc;

	stats.packets = w->report.packets;
	stats.bytes = w->report.bytes;
	rc = sink->ops->end(sink, &end, &w->err);
	sink->ops->free(sink);
	if (fclose(file) && rc == 0)
		rc = err_sys(&w->err, "%s", path);
	return rc;
}

/* Opens both sides, gives up every privilege, and only then looks at packets. */
static int capture_all(
    const char *interface, const char *path, const struct capture_marks *m, int to, struct words *w)
{
	struct lab_owner owner = lab_owner();
	struct live_options live = { .interfaces = &interface, .ninterfaces = 1 };
	struct source *source = source_live(&live, &w->err);
	struct sink *sink = NULL;
	FILE *file;
	int rc;

	if (!source)
		return -1;
	file = fopen(path, "wxe");
	if (!file)
		return err_sys(&w->err, "%s", path);
	sink = sink_pcapng_new(file, path, &w->err);
	if (!sink || priv_drop(owner.uid, owner.gid, &w->err))
		return -1;
	say(to, w);
	rc = copy_packets(source, sink, m, w);
	if (end_sink(sink, file, path, w))
		rc = -1;
	source->ops->free(source);
	return rc;
}

static void capture_process(const struct lab_node *node, const char *interface, const char *path,
    const struct capture_marks *m, int to)
{
	struct words w = { 0 };

	if (lab_node_enter(node, &w.err))
		w.rc = -1;
	else
		w.rc = capture_all(interface, path, m, to, &w);
	say(to, &w);
	_exit(w.rc != 0);
}

/* --- The supervisor's side
 * -------------------------------------------------------------------------- */

static int hear(const struct capture *c, struct words *w, struct err *e)
{
	ssize_t n;

	do
		n = read(c->words, w, sizeof(*w));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(*w))
		return err_set(e, ERR_ENV, "the capture on %s ended unexpectedly", c->interface);
	if (w->rc) {
		*e = w->err;
		return err_in(e, "capture on %s", c->interface);
	}
	return 0;
}

/* Ends the process if it still runs. */
static void capture_end(struct capture *c)
{
	if (!c->pid)
		return;
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(c->words);
	c->pid = 0;
}

static int wait_words(const struct capture *c, int ms)
{
	struct pollfd p = { .fd = c->words, .events = POLLIN };
	int n;

	do
		n = poll(&p, 1, ms);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

int capture_start(struct capture *c, const struct lab_node *node, const char *interface, const char *path,
    const struct capture_marks *marks, struct err *e)
{
	struct words w;
	int fd[2], rc;

	*c = (struct capture){ .words = -1, .marks = marks };
	snprintf(c->interface, sizeof(c->interface), "%s", interface);
	if (pipe2(fd, O_CLOEXEC))
		return err_sys(e, "pipe");
	fflush(NULL);
	c->pid = fork();
	if (c->pid == 0) {
		close(fd[0]);
		capture_process(node, interface, path, marks, fd[1]);
	}
	close(fd[1]);
	c->words = fd[0];
	if (c->pid < 0) {
		err_sys(e, "fork");
		close(fd[0]);
		c->pid = 0;
		return -1;
	}
	rc = wait_words(c, READY_MS) ? hear(c, &w, e)
	                             : err_set(e, ERR_ENV, "the capture on %s does not start", interface);
	if (rc)
		capture_end(c);
	return rc;
}

/* True when all have something to say: the marks, or a failure. */
static bool all_spoke(const struct capture *c, unsigned n, int ms)
{
	for (unsigned i = 0; i < n; i++)
		if (!wait_words(&c[i], ms))
			return false;
	return true;
}

/* One round of each pair, however many captures it ends. */
static void send_all(const struct capture *c, unsigned n, uint8_t round)
{
	uint32_t sent = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!(sent >> c[i].marks->pair & 1))
			send_marks(c[i].marks, round);
		sent |= 1u << c[i].marks->pair;
	}
}

int capture_finish(
    struct capture *c, unsigned n, int64_t deadline, struct capture_report *reports, struct err *e)
{
	uint8_t round = 0;
	int rc = 0;

	do {
		round = round < UINT8_MAX ? (uint8_t)(round + 1) : round;
		send_all(c, n, round);
	} while (!all_spoke(c, n, ROUND_MS) && clock_mono() < deadline);
	for (unsigned i = 0; i < n; i++) {
		struct words w = { 0 };

		if (!wait_words(&c[i], 0))
			rc = err_set(e, ERR_ENV, "the capture on %s did not see the end of the traffic",
			    c[i].interface);
		else if (hear(&c[i], &w, e))
			rc = -1;
		reports[i] = w.report;
		capture_end(&c[i]);
	}
	return rc;
}
