/* The session store in Redis; see store.h.  The only file that sees hiredis.
 *
 * One connection, asynchronous, in the server's loop: commands of all requests go out one behind the other
 * without waiting (pipelining), answers come back in that order.  What must be one step (put and index,
 * compare and replace) is a script that Redis runs as one.  Each key expires by itself.
 *
 *	osilab:s:<SHA-256 of the id, hexadecimal>  "csrf secure created seen user"
 *	osilab:u:<user>                            the set of the hexadecimal keys of the user's sessions
 *
 * When the connection is lost, what waited for an answer fails, and so does what comes until there is another;
 * tries to connect come at growing intervals. */
#include "auth/store_redis.h"

#include "base/clock.h"
#include "base/log.h"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE  (2 * CLOCK_SEC) /* for an answer */
#define RETRY_MIN (100 * CLOCK_MS)
#define RETRY_MAX (2 * CLOCK_SEC)

enum { HEX = 2 * STORE_KEY, VALUE = STORE_CSRF + USERS_NAME_MAX + 48 };

enum op { GET, PUT, REPLACE, DEL, LIST, DEL_OTHERS };

struct redis {
	struct loop *loop;
	redisAsyncContext *ac; /* NULL: waiting for the next try */
	struct loop_file file;
	bool watched;
	struct loop_timer retry, patience;
	int64_t pause;    /* before the next try to connect */
	unsigned waiting; /* commands without an answer */
	bool said_down, closing;
	struct store_redis_at at;
};

/* The index lives as long as the longest of what it lists, and is cleaned now and then. */
#define KEEP_INDEX                                                                                           \
	"redis.call('SADD',KEYS[2],ARGV[3]) "                                                                \
	"if redis.call('PTTL',KEYS[2])<tonumber(ARGV[2]) then redis.call('PEXPIRE',KEYS[2],ARGV[2]) end "
#define CLEAN_INDEX                                                                                          \
	"if redis.call('SCARD',KEYS[2])%64==0 then "                                                         \
	"for _,k in ipairs(redis.call('SMEMBERS',KEYS[2])) do "                                              \
	"if redis.call('EXISTS','osilab:s:'..k)==0 then redis.call('SREM',KEYS[2],k) end end end "

static const char put_script[] =
    "redis.call('SET',KEYS[1],ARGV[1],'PX',ARGV[2]) " KEEP_INDEX CLEAN_INDEX "return 1";
static const char replace_script[] = "local v=redis.call('GET',KEYS[1]) "
                                     "if not v or string.match(v,'^%S*')~=string.match(ARGV[1],'^%S*') then "
                                     "return 0 end "
                                     "redis.call('SET',KEYS[1],ARGV[1],'PX',ARGV[2]) " KEEP_INDEX "return 1";
static const char list_script[] = "local r={} for _,k in ipairs(redis.call('SMEMBERS',KEYS[1])) do "
                                  "local v=redis.call('GET','osilab:s:'..k) "
                                  "if v then r[#r+1]=k r[#r+1]=v else redis.call('SREM',KEYS[1],k) end "
                                  "end return r";
static const char del_others_script[] = "for _,k in ipairs(redis.call('SMEMBERS',KEYS[1])) do "
                                        "if k~=ARGV[1] then redis.call('DEL','osilab:s:'..k) "
                                        "redis.call('SREM',KEYS[1],k) end end return 1";

/* --- Sessions as text --- */

static void hex_of(const uint8_t key[STORE_KEY], char out[HEX + 1])
{
	for (int i = 0; i < STORE_KEY; i++)
		snprintf(out + 2 * i, 3, "%02x", key[i]);
}

static int key_of(struct slice hex, uint8_t key[STORE_KEY])
{
	uint64_t byte;

	for (size_t i = 0; i < STORE_KEY; i++) {
		if (hex.n != HEX || slice_hex64(slice_sub(hex, 2 * i, 2), &byte))
			return -1;
		key[i] = (uint8_t)byte;
	}
	return 0;
}

static void write_value(const struct session *v, char out[VALUE])
{
	snprintf(
	    out, VALUE, "%s %d %" PRId64 " %" PRId64 " %s", v->csrf, v->secure, v->created, v->seen, v->user);
}

static int read_value(struct slice text, struct session *v)
{
	struct slice csrf = slice_cut(&text, ' '), secure = slice_cut(&text, ' ');
	struct slice created = slice_cut(&text, ' '), seen = slice_cut(&text, ' ');
	uint64_t when[2];

	if (csrf.n >= sizeof(v->csrf) || text.n == 0 || text.n >= sizeof(v->user) ||
	    slice_u64(created, &when[0]) || slice_u64(seen, &when[1]))
		return -1;
	*v = (struct session){
		.created = (int64_t)when[0], .seen = (int64_t)when[1], .secure = slice_eq_str(secure, "1")
	};
	slice_cstr(csrf, v->csrf, sizeof(v->csrf));
	slice_cstr(text, v->user, sizeof(v->user));
	return 0;
}

/* --- Answers --- */

static struct slice text_of(const redisReply *r)
{
	return r->type == REDIS_REPLY_STRING ? slice_of(r->str, (size_t)r->len) : slice_of(NULL, 0);
}

static int later_used_first(const void *a, const void *b)
{
	const struct store_item *x = a, *y = b;

	return (x->value.seen < y->value.seen) - (x->value.seen > y->value.seen);
}

/* Puts it where it belongs among those kept so far, the latest used first. */
static void keep_item(struct store_call *c, const struct store_item *item)
{
	size_t at = c->n_items;

	while (at > 0 && later_used_first(item, &c->items[at - 1]) < 0)
		at--;
	if (at == c->items_max)
		return;
	if (c->n_items < c->items_max)
		c->n_items++;
	memmove(&c->items[at + 1], &c->items[at], (c->n_items - at - 1) * sizeof(*item));
	c->items[at] = *item;
}

static enum store_result read_list(struct store_call *c, const redisReply *r)
{
	struct store_item item;

	c->n_items = 0;
	if (r->type != REDIS_REPLY_ARRAY)
		return STORE_FAILED;
	for (size_t i = 0; i + 1 < r->elements; i += 2)
		if (key_of(text_of(r->element[i]), item.key) == 0 &&
		    read_value(text_of(r->element[i + 1]), &item.value) == 0)
			keep_item(c, &item);
	return STORE_OK;
}

static enum store_result read_answer(struct store_call *c, const redisReply *r)
{
	if (!r || r->type == REDIS_REPLY_ERROR)
		return STORE_FAILED;
	switch ((enum op)c->op) {
	case GET:
		if (r->type == REDIS_REPLY_NIL)
			return STORE_MISSING;
		return read_value(text_of(r), &c->value) ? STORE_FAILED : STORE_OK;
	case LIST: return read_list(c, r);
	case REPLACE:
		if (r->type != REDIS_REPLY_INTEGER)
			return STORE_FAILED;
		return r->integer ? STORE_OK : STORE_MISSING;
	case PUT:
	case DEL:
	case DEL_OTHERS: break;
	}
	return r->type == REDIS_REPLY_INTEGER ? STORE_OK : STORE_FAILED;
}

/* Once when it begins and once when it ends, not for each request. */
static void tell(struct redis *q, const char *why)
{
	if (why && !q->said_down)
		log_errorx("the session store does not work: %s", why);
	else if (!why && q->said_down)
		log_info("the session store works again");
	q->said_down = why != NULL;
}

static void on_answer(redisAsyncContext *ac, void *reply, void *arg)
{
	struct redis *q = ac->data;
	struct store_call *c = arg;
	const redisReply *r = reply;

	q->waiting--;
	if (q->waiting && r)
		loop_timer_set(q->loop, &q->patience, PATIENCE);
	else if (!q->waiting)
		loop_timer_stop(q->loop, &q->patience);
	if (r)
		tell(q, r->type == REDIS_REPLY_ERROR ? r->str : NULL);
	if (r && r->type != REDIS_REPLY_ERROR)
		q->pause = RETRY_MIN;
	c->result = read_answer(c, r);
	c->done(c);
}

/* --- Operations --- */

static int send_get(struct redis *q, struct store_call *c, const char *command)
{
	char hex[HEX + 1];

	hex_of(c->key, hex);
	return redisAsyncCommand(q->ac, on_answer, c, "%s osilab:s:%s", command, hex);
}

static int send_put(struct redis *q, struct store_call *c, const char *script)
{
	int64_t left = (c->expires - clock_real()) / CLOCK_MS;
	char hex[HEX + 1], value[VALUE], ms[24];

	if (left <= 0)
		return send_get(q, c, "DEL");
	hex_of(c->key, hex);
	write_value(&c->value, value);
	snprintf(ms, sizeof(ms), "%" PRId64, left);
	return redisAsyncCommand(q->ac, on_answer, c, "EVAL %s 2 osilab:s:%s osilab:u:%s %s %s %s", script,
	    hex, c->value.user, value, ms, hex);
}

static int send_user(struct redis *q, struct store_call *c, const char *script)
{
	char hex[HEX + 1];

	hex_of(c->key, hex);
	return redisAsyncCommand(q->ac, on_answer, c, "EVAL %s 1 osilab:u:%s %s", script, c->value.user, hex);
}

static int dispatch(struct redis *q, struct store_call *c)
{
	switch ((enum op)c->op) {
	case GET: return send_get(q, c, "GET");
	case DEL: return send_get(q, c, "DEL");
	case PUT: return send_put(q, c, put_script);
	case REPLACE: return send_put(q, c, replace_script);
	case LIST: return send_user(q, c, list_script);
	case DEL_OTHERS: return send_user(q, c, del_others_script);
	}
	return REDIS_ERR;
}

static enum store_when submit(void *state, struct store_call *c, enum op op)
{
	struct redis *q = state;

	c->op = (int)op;
	c->result = STORE_FAILED;
	if (!q->ac || q->closing || q->waiting >= STORE_QUEUE || dispatch(q, c) != REDIS_OK)
		return STORE_DONE;
	if (q->waiting++ == 0)
		loop_timer_set(q->loop, &q->patience, PATIENCE);
	return STORE_LATER;
}

static enum store_when redis_get(void *state, struct store_call *c)
{
	return submit(state, c, GET);
}

static enum store_when redis_put(void *state, struct store_call *c)
{
	return submit(state, c, PUT);
}

static enum store_when redis_replace(void *state, struct store_call *c)
{
	return submit(state, c, REPLACE);
}

static enum store_when redis_del(void *state, struct store_call *c)
{
	return submit(state, c, DEL);
}

static enum store_when redis_list(void *state, struct store_call *c)
{
	return submit(state, c, LIST);
}

static enum store_when redis_del_others(void *state, struct store_call *c)
{
	return submit(state, c, DEL_OTHERS);
}

/* --- The connection in the loop --- */

static void on_ready(struct loop_file *f, unsigned ready)
{
	struct redis *q = LOOP_OF(f, struct redis, file);
	redisAsyncContext *ac = q->ac;

	if (ac && ready & LOOP_READ)
		redisAsyncHandleRead(ac);
	if (ac && q->ac == ac && ready & LOOP_WRITE) /* reading may have been the end of it */
		redisAsyncHandleWrite(ac);
}

static void want(struct redis *q, unsigned add, unsigned drop)
{
	if (!q->watched)
		return;
	if (loop_want(q->loop, &q->file, (q->file.want | add) & ~drop))
		log_warn("the session store's connection cannot be watched");
}

static void add_read(void *arg)
{
	want(arg, LOOP_READ, 0);
}

static void del_read(void *arg)
{
	want(arg, 0, LOOP_READ);
}

static void add_write(void *arg)
{
	want(arg, LOOP_WRITE, 0);
}

static void del_write(void *arg)
{
	want(arg, 0, LOOP_WRITE);
}

static void cleanup(void *arg)
{
	struct redis *q = arg;

	if (q->watched)
		loop_del(q->loop, &q->file);
	q->watched = false;
}

/* The context is about to be freed by hiredis. */
static void lost(struct redis *q, const char *why)
{
	q->ac = NULL;
	if (q->closing)
		return;
	tell(q, why);
	loop_timer_set(q->loop, &q->retry, q->pause);
	q->pause = q->pause * 2 < RETRY_MAX ? q->pause * 2 : RETRY_MAX;
}

static void on_connect(const redisAsyncContext *ac, int status)
{
	struct redis *q = ac->data;

	if (status != REDIS_OK)
		lost(q, ac->errstr);
}

static void on_disconnect(const redisAsyncContext *ac, int status)
{
	struct redis *q = ac->data;

	if (q->ac == ac)
		lost(q, status == REDIS_OK ? "the connection was closed" : ac->errstr);
}

/* Redis took the password, or said why not: perhaps it will at the next try. */
static void on_auth(redisAsyncContext *ac, void *reply, void *arg)
{
	const redisReply *r = reply;

	if (!r || r->type != REDIS_REPLY_ERROR)
		return;
	tell(ac->data, r->str);
	redisAsyncDisconnect(ac);
}

static int introduce(struct redis *q)
{
	const struct store_redis_at *at = &q->at;

	if (at->password[0] && at->user[0] &&
	    redisAsyncCommand(q->ac, on_auth, NULL, "AUTH %s %s", at->user, at->password))
		return -1;
	if (at->password[0] && !at->user[0] &&
	    redisAsyncCommand(q->ac, on_auth, NULL, "AUTH %s", at->password))
		return -1;
	return at->db ? redisAsyncCommand(q->ac, on_auth, NULL, "SELECT %u", at->db) : 0;
}

static int watch(struct redis *q)
{
	redisAsyncContext *ac = q->ac;

	ac->data = q;
	ac->ev.data = q;
	ac->ev.addRead = add_read;
	ac->ev.delRead = del_read;
	ac->ev.addWrite = add_write;
	ac->ev.delWrite = del_write;
	ac->ev.cleanup = cleanup;
	if (loop_add(q->loop, &q->file, ac->c.fd, LOOP_WRITE, on_ready, NULL))
		return -1;
	q->watched = true;
	redisAsyncSetConnectCallback(ac, on_connect);
	redisAsyncSetDisconnectCallback(ac, on_disconnect);
	return introduce(q);
}

static void connect_now(struct redis *q)
{
	char why[128] = "out of memory";
	redisAsyncContext *ac =
	    q->at.port ? redisAsyncConnect(q->at.host, q->at.port) : redisAsyncConnectUnix(q->at.host);

	q->ac = ac;
	if (ac && !ac->err && watch(q) == 0)
		return;
	if (ac && ac->err)
		snprintf(why, sizeof(why), "%s", ac->errstr);
	q->ac = NULL;
	if (ac) {
		ac->data = q;
		redisAsyncFree(ac);
	}
	lost(q, why);
}

static void on_retry(struct loop_timer *t)
{
	connect_now(LOOP_OF(t, struct redis, retry));
}

static void drop(struct redis *q, const char *why)
{
	redisAsyncContext *ac = q->ac;

	if (!ac)
		return;
	lost(q, why);
	redisAsyncFree(ac); /* calls back for all that wait, without an answer */
}

static void on_patience(struct loop_timer *t)
{
	drop(LOOP_OF(t, struct redis, patience), "no answer in 2 s");
}

static void redis_close(void *state)
{
	struct redis *q = state;

	q->closing = true;
	drop(q, NULL);
	loop_timer_stop(q->loop, &q->retry);
	loop_timer_stop(q->loop, &q->patience);
	free(q);
}

static const struct store_ops redis_ops = {
	.name = "redis",
	.get = redis_get,
	.put = redis_put,
	.replace = redis_replace,
	.del = redis_del,
	.list = redis_list,
	.del_others = redis_del_others,
	.close = redis_close,
};

int store_redis_open(struct store *s, struct loop *l, const struct store_redis_at *at, struct err *e)
{
	struct redis *q = calloc(1, sizeof(*q));

	if (!q)
		return err_set(e, ERR_ENV, "out of memory");
	q->loop = l;
	q->at = *at;
	q->pause = RETRY_MIN;
	q->retry.fn = on_retry;
	q->patience.fn = on_patience;
	connect_now(q);
	*s = (struct store){ &redis_ops, q };
	return 0;
}
