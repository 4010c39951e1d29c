/* Two captures of the same traffic as one: offset and delay, each packet once, what was lost and where. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "trace/vantage.h"
#include "../wire/craft.h"

#include <stdio.h>
#include <unistd.h>

#define OFFSET (5 * CLOCK_SEC + 123456000)
#define DELAY  (10 * CLOCK_MS)
#define NOON   (1763000000 * CLOCK_SEC)

/* What the two captures are written to. */
struct files {
	char path[2][40];
	FILE *f[2];
};

static void put32(FILE *f, uint32_t v)
{
	assert_int_equal(fwrite(&v, 4, 1, f), 1);
}

static void files_open(struct files *s)
{
	for (int i = 0; i < 2; i++) {
		snprintf(s->path[i], sizeof(s->path[i]), "/tmp/osilab-vantage-XXXXXX");
		s->f[i] = fdopen(mkstemp(s->path[i]), "wb");
		assert_non_null(s->f[i]);
		put32(s->f[i], 0xa1b23c4d); /* nanoseconds */
		put32(s->f[i], 2 | 4 << 16);
		put32(s->f[i], 0);
		put32(s->f[i], 0);
		put32(s->f[i], 65535);
		put32(s->f[i], 1);
	}
}

static void files_done(struct files *s)
{
	for (int i = 0; i < 2; i++)
		assert_int_equal(fclose(s->f[i]), 0);
}

static void files_gone(struct files *s)
{
	for (int i = 0; i < 2; i++)
		unlink(s->path[i]);
}

static void record(FILE *f, int64_t ts, const struct wr *w)
{
	put32(f, (uint32_t)(ts / CLOCK_SEC));
	put32(f, (uint32_t)(ts % CLOCK_SEC));
	put32(f, (uint32_t)w->n);
	put32(f, (uint32_t)w->n);
	assert_int_equal(fwrite(w->p, 1, w->n, f), w->n);
}

/* A segment of the client (from 0) or the server (from 1), sent at `ms`, written where it was seen: 1 at its own
 * place, 2 at the other, 3 at both.  A router between takes one hop and writes other MAC addresses. */
static void send_one(struct files *s, int from, int64_t ms, uint32_t seq, const char *text, unsigned seen)
{
	for (int place = 0; place < 2; place++) {
		bool own = place == from;
		uint8_t room[256];
		struct wr w = wr_of(room, sizeof(room));
		struct eth e = craft_eth(ETH_TYPE_IP4);
		struct ip4 ip = craft_ip4(IP_PROTO_TCP);
		struct tcp t = {
			.src = from ? 80 : 4000, .dst = from ? 4000 : 80, .seq = seq, .flags = TCP_ACK
		};
		int64_t ts = NOON + ms * CLOCK_MS + (own ? 0 : DELAY) + (place ? OFFSET : 0);

		if (!(seen & (own ? 1u : 2u)))
			continue;
		if (from)
			memcpy(ip.src, (uint8_t[]){ 198, 51, 100, 7 }, 4);
		else
			memcpy(ip.dst, (uint8_t[]){ 198, 51, 100, 7 }, 4);
		ip.ttl = own ? 64 : 63;
		ip.id = (uint16_t)(seq + (uint32_t)ms);
		e.src[5] = own ? 1 : 2;
		eth_encode(&w, &e);
		ip4_encode(&w, &ip, tcp_header_len(&t) + strlen(text));
		tcp_encode(&w, &t, slice_str(text), craft_addrs4(&ip));
		record(s->f[place], ts, &w);
	}
}

/* Twenty segments each way; then, in this order: one of the client is lost, one of the server comes although its
 * own capture missed it, and two more arrive. */
static void talk(struct files *s)
{
	for (int i = 0; i < 20; i++) {
		send_one(s, 0, i * 100, 1000 + 10 * (uint32_t)i, "question", 3);
		send_one(s, 1, i * 100 + 50, 5000 + 10 * (uint32_t)i, "answer", 3);
	}
	send_one(s, 0, 3000, 2000, "lost", 1);
	send_one(s, 1, 3050, 6000, "unseen", 2);
	send_one(s, 0, 3100, 2010, "arrives", 3);
	send_one(s, 1, 3150, 6010, "arrives too", 3);
}

static struct source *must_open(const struct files *s)
{
	const char *names[] = { s->path[0], s->path[1] };
	struct err e = { 0 };
	struct source *v = source_vantage(names, &e);

	if (!v)
		fail_msg("%s", e.msg);
	return v;
}

static void each_packet_once_and_where(void **state)
{
	struct vantage_summary sum;
	struct source_packet p;
	struct slice secrets;
	struct files s;
	struct source *v;
	unsigned n = 0, lost = 0, unseen = 0;
	int64_t last = 0;
	struct err e;

	files_open(&s);
	talk(&s);
	files_done(&s);
	v = must_open(&s);
	while (v->ops->next(v, &p, &secrets, &e) == SOURCE_PACKET) {
		n++;
		assert_true(p.ts >= last);
		last = p.ts;
		if (p.sight == SIGHT_BOTH)
			assert_in_range(p.other_ts - p.ts, DELAY - 1000, DELAY + 1000);
		if (p.sight == SIGHT_LOST) {
			lost++;
			assert_int_equal(p.place, 0);
			assert_int_equal(p.ts, NOON + 3000 * CLOCK_MS);
		}
		if (p.sight == SIGHT_UNSEEN) {
			unseen++;
			assert_int_equal(p.place, 0);
		}
	}
	assert_int_equal(n, 44);
	assert_int_equal(lost, 1);
	assert_int_equal(unseen, 1);
	sum = *source_vantage_summary(v);
	assert_int_equal(sum.both, 42);
	assert_int_equal(sum.lost[0], 1);
	assert_int_equal(sum.lost[1], 0);
	assert_int_equal(sum.unseen[0], 1);
	assert_in_range(sum.offset, OFFSET - 1000, OFFSET + 1000);
	assert_in_range(sum.delay, DELAY - 1000, DELAY + 1000);
	assert_false(sum.one_way);
	v->ops->free(v);
	files_gone(&s);
}

static void one_direction_tells_no_delay(void **state)
{
	struct source_packet p;
	struct slice secrets;
	struct files s;
	struct source *v;
	struct err e;

	files_open(&s);
	for (int i = 0; i < 5; i++)
		send_one(&s, 0, i * 100, (uint32_t)i, "only this way", 3);
	files_done(&s);
	v = must_open(&s);
	assert_true(source_vantage_summary(v)->one_way);
	assert_in_range(source_vantage_summary(v)->offset, OFFSET + DELAY - 1000, OFFSET + DELAY + 1000);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(v->ops->next(v, &p, &secrets, &e), SOURCE_PACKET);
		assert_int_equal(p.sight, SIGHT_BOTH);
	}
	assert_int_equal(v->ops->next(v, &p, &secrets, &e), SOURCE_END);
	v->ops->free(v);
	files_gone(&s);
}

/* What was sent before or after the other capture ran is not lost. */
static void a_capture_that_had_ended_lost_nothing(void **state)
{
	struct source_packet p;
	struct slice secrets;
	struct files s;
	struct source *v;
	struct err e;
	unsigned n = 0;

	files_open(&s);
	for (int i = 0; i < 30; i++) {
		send_one(&s, 0, i * 100, 1000 + (uint32_t)i, "question", i < 20 ? 3 : 1);
		send_one(&s, 1, i * 100 + 50, 5000 + (uint32_t)i, "answer", i < 20 ? 3 : 2);
	}
	files_done(&s);
	v = must_open(&s);
	for (; v->ops->next(v, &p, &secrets, &e) == SOURCE_PACKET; n++)
		assert_int_equal(p.sight, n < 40 ? SIGHT_BOTH : SIGHT_ONE);
	assert_int_equal(n, 60);
	v->ops->free(v);
	files_gone(&s);
}

static void strangers_are_refused(void **state)
{
	const char *in[2] = { "-", "-" };
	struct err e = { 0 };
	struct files s;

	files_open(&s);
	send_one(&s, 0, 0, 1, "here", 1);
	send_one(&s, 1, 50, 2, "there", 1);
	files_done(&s);
	assert_null(source_vantage((const char *[]){ s.path[0], s.path[1] }, &e));
	assert_int_equal(e.kind, ERR_DATA);
	assert_non_null(strstr(e.msg, "no packet in common"));
	assert_null(source_vantage(in, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_null(source_vantage((const char *[]){ s.path[0], "/no/such" }, &e));
	files_gone(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_packet_once_and_where),
		cmocka_unit_test(one_direction_tells_no_delay),
		cmocka_unit_test(a_capture_that_had_ended_lost_nothing),
		cmocka_unit_test(strangers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
