/* DHCP in a capture: the four steps, and what comes after them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "datagrams.h"
#include "wire/dhcp.h"

/* A message to be changed and sent. */
struct message {
	uint8_t room[1500];
	struct wr w;
};

static struct message msg;

enum { XID = 0x01020304, CIADDR = 12, YIADDR = 16, GIADDR = 24 };

static const uint8_t server_id[] = { DHCP_SERVER_ID, 4, 192, 0, 2, 1 },
                     wanted[] = { DHCP_REQUESTED, 4, 192, 0, 2, 77 },
                     hour[] = { DHCP_LEASE, 4, 0, 0, 0x0e, 0x10 };

#define OPTION(o) slice_of((o), sizeof(o))

static void begin(enum dhcp_op op, uint32_t xid, enum dhcp_type type)
{
	memset(msg.room, 0, sizeof(msg.room));
	msg.w = wr_of(msg.room, sizeof(msg.room));
	wr_u8(&msg.w, (uint8_t)op);
	wr_put(&msg.w, SLICE("\1\6\0"));
	wr_be32(&msg.w, xid);
	msg.w.n = 28;
	wr_put(&msg.w, SLICE("\2\0\0\0\0\7"));
	msg.w.n = DHCP_FIXED;
	wr_be32(&msg.w, DHCP_COOKIE);
	if (type)
		wr_put(&msg.w, slice_of((uint8_t[]){ DHCP_TYPE, 1, (uint8_t)type }, 3));
}

static void address(size_t at, uint8_t last)
{
	memcpy(msg.room + at, (uint8_t[]){ 192, 0, 2, last }, 4);
}

static void send_to(struct odd odd)
{
	bool client = msg.room[0] == DHCP_BOOTREQUEST;

	wr_u8(&msg.w, DHCP_END);
	lab_udp(&lab, client ? FLOW_SERVER : FLOW_CLIENT, client ? DHCP_CLIENT_PORT : DHCP_SERVER_PORT,
	    client ? DHCP_SERVER_PORT : DHCP_CLIENT_PORT, slice_of(msg.room, msg.w.n), odd);
}

/* From 0.0.0.0 to everybody. */
static const struct odd to_all = { .any = true, .dst = { 255, 255, 255, 255 } };
/* From the server, 192.0.2.1, to everybody. */
static const struct odd from_server = { .dst = { 255, 255, 255, 255 } };

static void discover(void)
{
	begin(DHCP_BOOTREQUEST, XID, DHCP_DISCOVER);
	wr_put(&msg.w, SLICE("\x0c\4host\x37\3\1\3\6"));
	send_to(to_all);
}

static void reply(uint32_t xid, enum dhcp_type type)
{
	begin(DHCP_BOOTREPLY, xid, type);
	address(YIADDR, 77);
	wr_put(&msg.w, OPTION(server_id));
	wr_put(&msg.w, OPTION(hour));
	wr_put(&msg.w, SLICE("\1\4\xff\xff\xff\0\3\4\xc0\0\2\1"));
	send_to(from_server);
}

static void request(void)
{
	begin(DHCP_BOOTREQUEST, XID, DHCP_REQUEST);
	wr_put(&msg.w, OPTION(server_id));
	wr_put(&msg.w, OPTION(wanted));
	send_to(to_all);
}

static void test_four_steps(void **state)
{
	const struct lab_note *n;

	lab_clear(&lab);
	discover();
	reply(XID, DHCP_OFFER);
	request();
	reply(XID, DHCP_ACK);
	lab_run(&lab);
	n = lab_one(&lab, NOTE_DHCP_DISCOVER);
	lab_expect(n, "osilab.dhcp.client", "02:00:00:00:00:07");
	lab_expect(n, "osilab.dhcp.host", "host");
	lab_expect(n, "dhcp.option.dhcp", "1");
	n = lab_one(&lab, NOTE_DHCP_WISHES);
	lab_expect(n, "osilab.dhcp.wishes", "subnet mask, router, DNS servers");
	n = lab_one(&lab, NOTE_DHCP_OFFER);
	assert_int_equal(n->ref, 1);
	lab_expect(n, "osilab.dhcp.address", "192.0.2.77");
	lab_expect(n, "osilab.dhcp.lease", "60 min");
	lab_expect(n, "dhcp.option.ip_address_lease_time", "3600");
	lab_expect(n, "osilab.dhcp.time", "10 ms");
	n = lab_one(&lab, NOTE_DHCP_REQUEST);
	lab_expect(n, "osilab.dhcp.server", "192.0.2.1");
	lab_expect(n, "osilab.dhcp.address", "192.0.2.77");
	n = lab_one(&lab, NOTE_DHCP_ACK);
	assert_int_equal(n->ref, 3);
	lab_expect(n, "osilab.dhcp.renewal", "30 min");
	lab_expect(n, "osilab.dhcp.rebinding", "52.5 min");
	lab_expect(lab_find(&lab, NOTE_DHCP_SETTINGS, 1), "osilab.dhcp.settings",
	    "mask 255.255.255.0, router 192.0.2.1");
	assert_string_equal(lab.frames[3].proto, "DHCP");
	assert_string_equal(lab.frames[3].info, "ACK 02:00:00:00:00:07 192.0.2.77 xid 0x01020304");
	assert_int_equal(lab.trace->stats.dhcp_messages, 4);
	lab_none(&lab, NOTE_DHCP_AGAIN);
	lab_none(&lab, NOTE_DHCP_UNASKED);
}

/* Which of the requests it is: RFC 2131 4.3.2, table 4. */
static void test_requests_told_apart(void **state)
{
	lab_clear(&lab);
	begin(DHCP_BOOTREQUEST, 1, DHCP_REQUEST);
	address(CIADDR, 77);
	send_to((struct odd){ 0 });
	reply(1, DHCP_ACK);
	begin(DHCP_BOOTREQUEST, 2, DHCP_REQUEST);
	address(CIADDR, 77);
	send_to((struct odd){ .dst = { 255, 255, 255, 255 } });
	reply(2, DHCP_ACK);
	begin(DHCP_BOOTREQUEST, 3, DHCP_REQUEST);
	wr_put(&msg.w, OPTION(wanted));
	send_to(to_all);
	begin(DHCP_BOOTREPLY, 3, DHCP_NAK);
	wr_put(&msg.w, OPTION(server_id));
	wr_put(&msg.w, SLICE("\x38\5wrong"));
	send_to(from_server);
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_RENEW)->packet, 1);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_REBIND)->packet, 3);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_REBOOT)->packet, 5);
	assert_int_equal(lab_count(&lab, NOTE_DHCP_ACK_MORE), 2);
	assert_int_equal(lab_find(&lab, NOTE_DHCP_ACK_MORE, 1)->ref, 3);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_NAK)->ref, 5);
	lab_expect(lab_one(&lab, NOTE_DHCP_NAK), "osilab.dhcp.why", "wrong");
	lab_none(&lab, NOTE_DHCP_ACK);
	lab_none(&lab, NOTE_DHCP_REQUEST);
}

static void test_other_messages(void **state)
{
	lab_clear(&lab);
	begin(DHCP_BOOTREQUEST, 1, DHCP_INFORM);
	address(CIADDR, 77);
	send_to((struct odd){ 0 });
	begin(DHCP_BOOTREPLY, 1, DHCP_ACK);
	wr_put(&msg.w, OPTION(server_id));
	send_to(from_server);
	begin(DHCP_BOOTREQUEST, 2, DHCP_DECLINE);
	wr_put(&msg.w, OPTION(wanted));
	send_to(to_all);
	begin(DHCP_BOOTREQUEST, 3, DHCP_RELEASE);
	address(CIADDR, 77);
	send_to((struct odd){ 0 });
	begin(DHCP_BOOTREPLY, 4, DHCP_FORCERENEW);
	send_to(from_server);
	begin(DHCP_BOOTREQUEST, 5, 0);
	send_to(to_all);
	begin(DHCP_BOOTREQUEST, 6, 99);
	send_to(to_all);
	begin(DHCP_BOOTREQUEST, 7, DHCP_DISCOVER);
	send_to(to_all);
	reply(7, DHCP_ACK);
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_INFORM)->packet, 1);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_ACK_INFORM)->packet, 2);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_DECLINE)->packet, 3);
	lab_expect(lab_one(&lab, NOTE_DHCP_DECLINE), "osilab.dhcp.address", "192.0.2.77");
	assert_int_equal(lab_one(&lab, NOTE_DHCP_RELEASE)->packet, 4);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_FORCERENEW)->packet, 5);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_BOOTP)->packet, 6);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_OTHER)->packet, 7);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_ACK_RAPID)->packet, 9);
	lab_none(&lab, NOTE_DHCP_UNASKED);
}

static void test_repeated_and_unasked(void **state)
{
	lab_clear(&lab);
	reply(XID + 1, DHCP_OFFER);
	discover();
	discover();
	reply(XID, DHCP_OFFER);
	reply(XID, DHCP_OFFER);
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_UNASKED)->packet, 1);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_AGAIN)->packet, 3);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_AGAIN)->ref, 2);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_ANSWER_AGAIN)->packet, 5);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_ANSWER_AGAIN)->ref, 4);
}

/* What a relay passes on is no repetition. */
static void test_relay(void **state)
{
	lab_clear(&lab);
	discover();
	begin(DHCP_BOOTREQUEST, XID, DHCP_DISCOVER);
	address(GIADDR, 9);
	msg.room[3] = 1;
	send_to((struct odd){ 0 });
	lab_run(&lab);
	lab_none(&lab, NOTE_DHCP_AGAIN);
	assert_int_equal(lab_one(&lab, NOTE_DHCP_RELAY)->packet, 2);
	lab_expect(lab_one(&lab, NOTE_DHCP_RELAY), "dhcp.ip.relay", "192.0.2.9");
}

static void test_for_ever(void **state)
{
	lab_clear(&lab);
	begin(DHCP_BOOTREPLY, XID, DHCP_ACK);
	address(YIADDR, 77);
	wr_put(&msg.w, SLICE("\x33\4\xff\xff\xff\xff"));
	send_to(from_server);
	begin(DHCP_BOOTREPLY, XID, DHCP_ACK); /* no lease told */
	address(YIADDR, 77);
	send_to(from_server);
	lab_run(&lab);
	lab_expect(lab_find(&lab, NOTE_DHCP_ACK, 0), "osilab.dhcp.lease", "ever");
	lab_expect(lab_find(&lab, NOTE_DHCP_ACK, 0), "osilab.dhcp.rebinding", "ever");
	lab_expect(lab_find(&lab, NOTE_DHCP_ACK, 1), "osilab.dhcp.lease", "a time not told");
}

/* More options than a note has room for: its words are there all the same. */
static void test_many_options(void **state)
{
	lab_clear(&lab);
	begin(DHCP_BOOTREQUEST, XID, DHCP_DISCOVER);
	for (int i = 0; i < 200; i++)
		wr_put(&msg.w, SLICE("\x37\2\1\3"));
	send_to(to_all);
	lab_run(&lab);
	lab_expect(lab_one(&lab, NOTE_DHCP_DISCOVER), "osilab.dhcp.client", "02:00:00:00:00:07");
}

static void test_every_prefix(void **state)
{
	struct slice all;

	begin(DHCP_BOOTREQUEST, XID, DHCP_DISCOVER);
	wr_put(&msg.w, SLICE("\x0c\4host\x37\3\1\3\6\xff"));
	all = slice_of(msg.room, msg.w.n);
	for (size_t n = 1; n <= all.n; n++) {
		lab_clear(&lab);
		lab_udp(&lab, FLOW_SERVER, DHCP_CLIENT_PORT, DHCP_SERVER_PORT, slice_sub(all, 0, n), to_all);
		lab_run(&lab);
		assert_int_equal(lab_count(&lab, NOTE_DHCP_NOT_DHCP), n < DHCP_FIXED);
		assert_int_equal(
		    lab_count(&lab, NOTE_DHCP_BOOTP) + lab_count(&lab, NOTE_DHCP_DISCOVER), n >= DHCP_FIXED);
		lab_clear(&lab);
		lab_udp(&lab, FLOW_SERVER, DHCP_CLIENT_PORT, DHCP_SERVER_PORT, all,
		    (struct odd){ .any = true, .dst = { 255, 255, 255, 255 }, .cut = (uint32_t)(all.n - n) });
		lab_run(&lab);
		lab_none(&lab, NOTE_DHCP_NOT_DHCP);
		lab_none(&lab, NOTE_DHCP_DAMAGED);
	}
}

static void test_damaged(void **state)
{
	lab_clear(&lab);
	begin(DHCP_BOOTREQUEST, XID, DHCP_DISCOVER);
	wr_put(&msg.w, SLICE("\x0c\xc8"));
	send_to(to_all);
	lab_run(&lab);
	lab_one(&lab, NOTE_DHCP_DAMAGED);
	lab_one(&lab, NOTE_DHCP_DISCOVER);
}

/* More exchanges than are kept: the oldest give way, and nobody then claims that there was none. */
static void test_bounded(void **state)
{
	lab_clear(&lab);
	for (uint32_t xid = 0; xid < 5000; xid++) {
		begin(DHCP_BOOTREQUEST, xid, DHCP_DISCOVER);
		send_to(to_all);
	}
	reply(0, DHCP_OFFER);
	lab_run(&lab);
	lab_expect(
	    lab_one(&lab, NOTE_DHCP_UNASKED), "osilab.dhcp.why", "its request was long ago, or not captured");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_four_steps),
		cmocka_unit_test(test_requests_told_apart),
		cmocka_unit_test(test_other_messages),
		cmocka_unit_test(test_repeated_and_unasked),
		cmocka_unit_test(test_relay),
		cmocka_unit_test(test_for_ever),
		cmocka_unit_test(test_many_options),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
