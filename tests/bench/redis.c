/* redis SOCKET: look-ups in a Redis at that Unix socket: by a client that waits for each answer, and by the server's
 * store with many under way.  In turn, some rounds; medians. */
#include "auth/store.h"
#include "base/clock.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 1000, AT_ONCE = 64, LOOKS = 40000, ROUNDS = 5 };

static struct loop *loop;
static struct store store;
static int to_send, to_come;

static void key_for(struct store_call *c, int i)
{
	memset(c->key, 7, sizeof(c->key));
	memcpy(c->key, &i, sizeof(i));
}

static void on_put(struct store_call *c)
{
	if (c->result != STORE_OK)
		exit(1);
	loop_stop(loop);
}

static void fill(void)
{
	for (int i = 0; i < KEYS; i++) {
		struct store_call c = { .value = { .user = "alice", .csrf = "0123456789012345678901" },
			.expires = clock_real() + 3600 * CLOCK_SEC,
			.done = on_put };

		key_for(&c, i);
		for (int tries = 0; store.ops->put(store.state, &c) == STORE_DONE; tries++)
			if (tries > 100)
				exit(3);
		loop_run(loop, NULL);
	}
}

static void on_get(struct store_call *c)
{
	if (c->result != STORE_OK)
		exit(1);
	if (--to_come == 0)
		loop_stop(loop);
	if (to_send > 0) {
		key_for(c, to_send-- % KEYS);
		store.ops->get(store.state, c);
	}
}

static double pipelined(void)
{
	static struct store_call calls[AT_ONCE];
	int64_t start = clock_mono();

	to_come = LOOKS;
	to_send = LOOKS - AT_ONCE;
	for (int i = 0; i < AT_ONCE; i++) {
		calls[i].done = on_get;
		key_for(&calls[i], i);
		store.ops->get(store.state, &calls[i]);
	}
	loop_run(loop, NULL);
	return LOOKS / ((double)(clock_mono() - start) / 1e9);
}

static double one_by_one(redisContext *r)
{
	int64_t start = clock_mono();
	struct store_call c;
	char hex[2 * STORE_KEY + 1];

	for (int i = 0; i < LOOKS; i++) {
		redisReply *reply;

		key_for(&c, i % KEYS);
		for (int k = 0; k < STORE_KEY; k++)
			snprintf(hex + 2 * k, 3, "%02x", c.key[k]);
		reply = redisCommand(r, "GET osilab:s:%s", hex);
		if (!reply || reply->type != REDIS_REPLY_STRING)
			exit(1);
		freeReplyObject(reply);
	}
	return LOOKS / ((double)(clock_mono() - start) / 1e9);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	double one[ROUNDS], many[ROUNDS];
	char name[200];
	redisContext *r;
	struct err e = { 0 };

	snprintf(name, sizeof(name), "redis+unix://%s", argc > 1 ? argv[1] : "");
	loop = loop_new(NULL, &e);
	if (!loop || store_open(&store, loop, name, 1, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		return 3;
	}
	r = redisConnectUnix(argv[1]);
	if (!r || r->err)
		return 3;
	fill();
	for (int i = 0; i < ROUNDS; i++) {
		one[i] = one_by_one(r);
		many[i] = pipelined();
	}
	qsort(one, ROUNDS, sizeof(*one), by_value);
	qsort(many, ROUNDS, sizeof(*many), by_value);
	printf("Redis over a Unix socket, look-ups a second: %.0f one at a time, %.0f with %d under way: "
	       "%.1fx\n",
	    one[ROUNDS / 2], many[ROUNDS / 2], AT_ONCE, many[ROUNDS / 2] / one[ROUNDS / 2]);
	redisFree(r);
	store_close(&store);
	loop_free(loop);
	return 0;
}
