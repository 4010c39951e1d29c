/* A cable that does what it is told to real packets, on a network made by the test. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "lab/cable.h"
#include "net/addr.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT = 4000, PATIENCE_MS = 5000, MANY = 20000, WINDOW = 32 };

#define NEED(condition)                                                                                      \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			return err_set(e, ERR_DATA, "line %d: not so: %s", __LINE__, #condition);            \
	} while (0)

struct bench {
	struct cable cable;
	int from, at;
	struct addr to;
};

static int raise_bench(struct bench *b, struct lab *lab, const char *rule, const char *log, struct err *e)
{
	struct lab_node *client = lab_node_new(lab, "client", e);
	struct lab_node *server = client ? lab_node_new(lab, "server", e) : NULL;
	struct link_options o = {
		.names = { "client", "server" }, .delay = CLOCK_MS, .nrules = rule != NULL
	};

	o.rules[0] = rule;
	if (!server || cable_start(&b->cable, lab, client, "c0", server, "s0", &o, log, e))
		return -1;
	if (rtnl_address(&client->rtnl, "c0", "10.9.1.1/24", e) ||
	    rtnl_address(&server->rtnl, "s0", "10.9.1.2/24", e))
		return -1;
	b->from = lab_udp(lab, client, AF_INET, PORT, e);
	b->at = lab_udp(lab, server, AF_INET, PORT, e);
	NEED(b->from >= 0 && b->at >= 0 && addr_parse(&b->to, "10.9.1.2", PORT, e) == 0);
	return 0;
}

static int send_letter(const struct bench *b, char letter, struct err *e)
{
	NEED(sendto(b->from, &letter, 1, 0, addr_csa(&b->to), b->to.len) == 1);
	return 0;
}

static int expect_letter(const struct bench *b, char letter, struct err *e)
{
	struct pollfd p = { .fd = b->at, .events = POLLIN };
	char got;

	NEED(poll(&p, 1, PATIENCE_MS) == 1 && recv(b->at, &got, 1, 0) == 1);
	return got == letter ? 0 : err_set(e, ERR_DATA, "'%c' came instead of '%c'", got, letter);
}

static int inside_rules(struct lab *lab, void *arg, struct err *e)
{
	struct cable_report report;
	struct bench b;
	char line[256] = "";
	FILE *f;

	if (raise_bench(&b, lab, "drop udp #2 from client", arg, e))
		return -1;
	for (const char *c = "abc"; *c; c++)
		if (send_letter(&b, *c, e))
			return -1;
	if (expect_letter(&b, 'a', e) || expect_letter(&b, 'c', e) || cable_end(&b.cable, &report, e))
		return -1;
	NEED(report.missed == 0 && report.frames >= 5); /* ARP both ways, too */
	f = fopen(arg, "re");
	NEED(f && fgets(line, sizeof(line), f) &&
	     strstr(line, "dropped (drop udp #2 from client): UDP 10.9.1.1"));
	NEED(!fgets(line, sizeof(line), f));
	fclose(f);
	return 0;
}

/* Real load: all arrive, in order. */
static int inside_many(struct lab *lab, void *arg, struct err *e)
{
	struct cable_report report;
	struct bench b;

	if (raise_bench(&b, lab, NULL, arg, e))
		return -1;
	for (int i = 0; i < MANY; i++) {
		if (send_letter(&b, (char)('a' + i % 26), e))
			return -1;
		if (i >= WINDOW && expect_letter(&b, (char)('a' + (i - WINDOW) % 26), e))
			return -1;
	}
	return cable_end(&b.cable, &report, e);
}

static int inside_wrong(struct lab *lab, void *arg, struct err *e)
{
	struct err why = { 0 };
	struct bench b;

	NEED(raise_bench(&b, lab, "drop everything", arg, &why) == -1 && why.kind == ERR_USAGE);
	NEED(strstr(why.msg, "'everything'"));
	return 0;
}

static void run(int (*inside)(struct lab *lab, void *arg, struct err *e))
{
	char dir[] = "/tmp/osilab-cable.XXXXXX", log[64];
	struct err e = { 0 };
	int rc;

	assert_non_null(mkdtemp(dir));
	snprintf(log, sizeof(log), "%s/log", dir);
	rc = lab_run(inside, log, &e);
	unlink(log);
	rmdir(dir);
	if (rc < 0 && e.sys == EPERM && strstr(e.msg, "refuses")) {
		print_message("%s\n", e.msg);
		skip();
	}
	if (rc)
		fail_msg("%s", e.msg);
}

static void hits_one_datagram(void **state)
{
	run(inside_rules);
}

static void carries_many(void **state)
{
	run(inside_many);
}

static void says_what_is_wrong(void **state)
{
	run(inside_wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hits_one_datagram),
		cmocka_unit_test(carries_many),
		cmocka_unit_test(says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
