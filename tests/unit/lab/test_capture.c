/* Captures that end behind the last packet, on a network made by the test. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "lab/capture.h"
#include "net/addr.h"
#include "trace/source.h"
#include "wire/pkt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than fits the ring's old default; each datagram is numbered. */
enum { DATAGRAMS = 3000, SIZE = 1000, PORT = 4000, PATIENCE_MS = 20000 };

/* What the capture of one end holds. */
struct held {
	unsigned datagrams, out_of_order, marks;
	uint64_t packets;
	int64_t last_ts;
	bool stepped_back;
};

struct job {
	char dir[32];
	struct capture_report report[2];
};

#define NEED(condition)                                                                                      \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			return err_set(e, ERR_DATA, "line %d: not so: %s", __LINE__, #condition);            \
	} while (0)

static int raise_network(struct lab *lab, struct err *e)
{
	struct lab_node *a = lab_node_new(lab, "a", e), *b = a ? lab_node_new(lab, "b", e) : NULL;

	if (!b || lab_link(a, "a0", b, "b0", e))
		return -1;
	return rtnl_address(&a->rtnl, "a0", "10.9.1.1/24", e) ||
	               rtnl_address(&b->rtnl, "b0", "10.9.1.2/24", e)
	           ? -1
	           : 0;
}

/* A burst as fast as the socket takes it, into a socket that nobody reads. */
static int burst(struct lab *lab, struct err *e)
{
	int from = lab_udp(lab, &lab->nodes[0], AF_INET, PORT, e);
	int at = lab_udp(lab, &lab->nodes[1], AF_INET, PORT, e);
	char text[SIZE] = "";
	struct addr to;

	NEED(from >= 0 && at >= 0 && addr_parse(&to, "10.9.1.2", PORT, e) == 0);
	for (unsigned i = 0; i < DATAGRAMS; i++) {
		memcpy(text, &i, sizeof(i));
		NEED(sendto(from, text, SIZE, 0, addr_csa(&to), to.len) == SIZE);
	}
	return 0;
}

static int inside(struct lab *lab, void *arg, struct err *e)
{
	struct job *job = arg;
	struct capture_marks marks;
	struct capture c[2];
	char path[2][64];

	snprintf(path[0], sizeof(path[0]), "%s/a.pcapng", job->dir);
	snprintf(path[1], sizeof(path[1]), "%s/b.pcapng", job->dir);
	if (raise_network(lab, e) || capture_marks_init(&marks, NULL, 0, e) ||
	    capture_marks_open(&marks, lab, &lab->nodes[0], "10.9.1.1", &lab->nodes[1], "10.9.1.2", e))
		return -1;
	if (capture_start(&c[0], &lab->nodes[0], "a0", path[0], &marks, e) ||
	    capture_start(&c[1], &lab->nodes[1], "b0", path[1], &marks, e) || burst(lab, e))
		return -1;
	if (capture_finish(c, 2, clock_mono() + PATIENCE_MS * CLOCK_MS, job->report, e))
		return -1;
	capture_marks_close(&marks);
	/* The other process reads the files; it learns the counts from here. */
	NEED(job->report[0].dropped == 0 && job->report[1].dropped == 0);
	NEED(job->report[0].packets >= DATAGRAMS && job->report[1].packets >= DATAGRAMS);
	return 0;
}

static void look(struct held *h, const struct source_packet *p)
{
	struct pkt pkt;
	uint32_t number;

	pkt_decode(&pkt, p->link_type, p->bytes, p->wire_len);
	h->packets++;
	if (!pkt.transport || pkt.transport->proto != PROTO_UDP)
		return;
	if (pkt.transport->udp.dst == CAPTURE_MARK_PORT)
		h->marks++;
	if (pkt.transport->udp.dst != PORT)
		return;
	/* Only what one sender sent has an order: the kernel's own packets (neighbour discovery) come
	 * from another processor and may be stamped before, and stored after, one of ours. */
	h->stepped_back |= p->ts < h->last_ts;
	h->last_ts = p->ts;
	memcpy(&number, pkt.payload.p, sizeof(number));
	h->out_of_order += number != h->datagrams;
	h->datagrams++;
	assert_int_equal(pkt.payload.n, SIZE);
	/* Offloading is off: what is captured is what a cable would have carried. */
	assert_int_equal(pkt_cksum(&pkt, pkt.transport, NULL), PKT_CKSUM_GOOD);
}

static struct held read_back(const char *dir, const char *name)
{
	struct held h = { 0 };
	struct err e = { 0 };
	struct source_packet p;
	struct slice secrets;
	struct source *s;
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	s = source_file(path, &e);
	if (!s)
		fail_msg("%s", e.msg);
	while ((rc = s->ops->next(s, &p, &secrets, &e)) != SOURCE_END) {
		if (rc == SOURCE_ERROR)
			fail_msg("%s", e.msg);
		if (rc == SOURCE_PACKET)
			look(&h, &p);
	}
	s->ops->free(s);
	unlink(path);
	return h;
}

static void a_burst_is_captured_whole_at_both_ends(void **state)
{
	struct job job = { .dir = "/tmp/osilab-cap-XXXXXX" };
	struct err e = { 0 };
	struct held h[2];
	int rc;

	assert_non_null(mkdtemp(job.dir));
	rc = lab_run(inside, &job, &e);
	if (rc < 0 && e.sys == EPERM && strstr(e.msg, "refuses")) {
		print_message("%s\n", e.msg);
		rmdir(job.dir);
		skip();
	}
	if (rc < 0)
		fail_msg("%s", e.msg);
	h[0] = read_back(job.dir, "a.pcapng");
	h[1] = read_back(job.dir, "b.pcapng");
	rmdir(job.dir);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(h[i].datagrams, DATAGRAMS);
		assert_int_equal(h[i].out_of_order, 0);
		assert_int_equal(h[i].marks, 0);
		assert_false(h[i].stepped_back);
	}
}

static int inside_failures(struct lab *lab, void *arg, struct err *e)
{
	struct job *job = arg;
	struct capture_marks marks;
	struct capture c;
	struct err why = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "%s/c.pcapng", job->dir);
	if (raise_network(lab, e) || capture_marks_init(&marks, NULL, 0, e) ||
	    capture_marks_open(&marks, lab, &lab->nodes[0], "10.9.1.1", &lab->nodes[1], "10.9.1.2", e))
		return -1;
	NEED(capture_start(&c, &lab->nodes[0], "b0", path, &marks, &why) == -1);
	NEED(strstr(why.msg, "there is: lo, a0") && access(path, F_OK));
	NEED(capture_start(&c, &lab->nodes[0], "a0", "/no/such/file", &marks, &why) == -1);
	NEED(strstr(why.msg, "/no/such/file"));
	/* On lo no marks come by: the end must not be waited for for ever. */
	NEED(capture_start(&c, &lab->nodes[0], "lo", path, &marks, e) == 0);
	NEED(capture_finish(&c, 1, clock_mono() + 50 * CLOCK_MS, job->report, &why) == -1);
	NEED(strstr(why.msg, "did not see the end") && unlink(path) == 0);
	return 0;
}

static void says_why_there_is_no_capture(void **state)
{
	struct job job = { .dir = "/tmp/osilab-cap-XXXXXX" };
	struct err e = { 0 };
	int rc;

	assert_non_null(mkdtemp(job.dir));
	rc = lab_run(inside_failures, &job, &e);
	rmdir(job.dir);
	if (rc < 0 && e.sys == EPERM && strstr(e.msg, "refuses"))
		skip();
	if (rc < 0)
		fail_msg("%s", e.msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_captured_whole_at_both_ends),
		cmocka_unit_test(says_why_there_is_no_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
