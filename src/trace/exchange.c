/* Requests and responses as wholes; see exchange.h. */
#include "trace/exchange.h"

#include "trace/context.h"
#include "trace/redact.h"

#include <stdlib.h>

/* The open pairs of one connection, oldest first. */
struct exchanges {
	struct exchange *first, *last;
	unsigned n;    /* open */
	uint32_t seen; /* on this connection so far */
};

bool exchange_wanted(const struct trace *t)
{
	return t->want_exchanges;
}

void exchange_head_of(const struct http_msg *m, struct exchange_head *out)
{
	*out = (struct exchange_head){
		.version = m->minor == 0 ? "HTTP/1.0" : "HTTP/1.1",
		.method = m->method_text,
		.authority = m->host,
		.target = m->target,
		.status = m->status,
		.reason = m->reason,
		.fields = m->fields,
		.nfields = m->nfields,
		.bytes = m->head_len,
	};
}

/* --- Memory --------------------------------------------------------------------------------------------- */

static size_t held(const struct exchange *x)
{
	size_t n = sizeof(*x);

	for (int part = 0; part < 2; part++)
		n += x->msg[part].body.cap + x->msg[part].memory_size;
	return n;
}

static void free_exchange(struct trace *t, struct exchange *x)
{
	trace_hold(t, held(x), 0);
	for (int part = 0; part < 2; part++) {
		buf_fini(&x->msg[part].body);
		free(x->msg[part].memory);
	}
	free(x);
}

static struct slice keep(uint8_t **at, struct slice s)
{
	struct slice copy = { *at, s.n };

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

/* Copies the head in one piece of memory: the fields, then all text. */
static bool copy_head(struct exchange_msg *m, const struct exchange_head *h)
{
	size_t text = h->method.n + h->scheme.n + h->authority.n + h->target.n + h->reason.n, size;
	struct http_field *fields;
	uint8_t *at;

	for (size_t i = 0; i < h->nfields; i++)
		text += h->fields[i].name.n + h->fields[i].value.n;
	size = h->nfields * sizeof(*fields) + text + 1;
	fields = malloc(size);
	if (!fields)
		return false;
	m->memory_size = size;
	m->memory = fields;
	m->fields = fields;
	m->nfields = h->nfields;
	at = (uint8_t *)(fields + h->nfields);
	m->method = keep(&at, h->method);
	m->scheme = keep(&at, h->scheme);
	m->authority = keep(&at, h->authority);
	m->target = keep(&at, h->target);
	m->reason = keep(&at, h->reason);
	for (size_t i = 0; i < h->nfields; i++) {
		fields[i].name = keep(&at, h->fields[i].name);
		fields[i].value = keep(&at, h->fields[i].value);
	}
	return true;
}

/* --- Open pairs ------------------------------------------------------------------------------------------- */

/* Takes the pair out of the open ones and puts it among those for the sinks. */
static void finish(struct trace *t, struct exchanges *x, struct exchange *pair)
{
	struct exchange **at = &x->first, *before = NULL;

	while (*at != pair) {
		before = *at;
		at = &before->next;
	}
	*at = pair->next;
	if (x->last == pair)
		x->last = before;
	x->n--;
	pair->next = NULL;
	*(t->exchanges_last ? &t->exchanges_last->next : &t->exchanges) = pair;
	t->exchanges_last = pair;
}

static struct exchange *open_pair(struct trace *t, const struct flow *f, struct exchanges *x, uint64_t id)
{
	struct exchange *pair = calloc(1, sizeof(*pair));

	if (!pair)
		return NULL;
	if (x->n == EXCHANGES_MAX)
		finish(t, x, x->first);
	pair->id = id;
	pair->flow = f->number;
	pair->nth = ++x->seen;
	pair->syn_ts = f->syn_ts;
	pair->connected_ts = f->syn_ts && f->rtt ? f->syn_ts + f->rtt : 0;
	pair->tls_begin_ts = f->tls_begin_ts;
	pair->tls_done_ts = f->tls_done_ts;
	for (int side = FLOW_CLIENT; side <= FLOW_SERVER; side++) {
		pair->addr[side] = f->end[side].addr;
		pair->port[side] = f->end[side].port;
		buf_init(&pair->msg[side].body, EXCHANGE_BODY_MAX);
	}
	*(x->last ? &x->last->next : &x->first) = pair;
	x->last = pair;
	x->n++;
	trace_hold(t, 0, held(pair));
	return pair;
}

/* The pair with that number, or NULL; of several that have no number the latest. */
static struct exchange *find(const struct exchanges *x, uint64_t id)
{
	struct exchange *found = NULL;

	for (struct exchange *pair = x ? x->first : NULL; pair; pair = pair->next)
		if (pair->id == id) {
			found = pair;
			if (id)
				break;
		}
	return found;
}

static struct exchange_msg *message(const struct exchanges *x, uint64_t id, enum exchange_part part)
{
	struct exchange *pair = find(x, id);

	return pair && pair->msg[part].head && !pair->msg[part].done ? &pair->msg[part] : NULL;
}

/* --- What comes in ------------------------------------------------------------------------------------------ */

static void begin(struct trace *t, struct exchange *pair, enum exchange_part part, bool secure,
    const struct exchange_head *head)
{
	struct exchange_msg *m = &pair->msg[part];
	size_t before = held(pair);

	if (m->head || !copy_head(m, head))
		return;
	pair->secure = secure;
	m->first = head->first ? head->first : t->frame.number;
	m->first_ts = head->first ? head->first_ts : t->frame.ts;
	m->head = m->last = t->frame.number;
	m->head_ts = m->last_ts = t->frame.ts;
	m->version = head->version;
	m->status = head->status;
	m->head_bytes = head->bytes;
	trace_hold(t, before, held(pair));
}

/* Its secrets, which the caller has shown to redact_head, have names instead. */
static void take_secrets_out(struct trace *t, struct exchange_head *head)
{
	struct http_field *fields = arena_alloc(&t->arena, head->nfields * sizeof(*fields));

	for (size_t i = 0; fields && i < head->nfields; i++) {
		fields[i] = head->fields[i];
		fields[i].value = redact_text(t, fields[i].value);
	}
	head->fields = fields;
	head->nfields = fields ? head->nfields : 0;
	head->target = redact_text(t, head->target);
	head->authority = redact_text(t, head->authority);
	head->reason = redact_text(t, head->reason);
}

static void add_head(struct trace *t, const struct flow *f, struct exchanges **x, uint64_t id,
    enum exchange_part part, bool secure, const struct exchange_head *head)
{
	struct exchange_head safe = *head;
	struct exchange *pair;

	if (!t->want_exchanges || (!*x && !(*x = calloc(1, sizeof(**x)))))
		return;
	if (t->redact)
		take_secrets_out(t, &safe);
	pair = id ? find(*x, id) : NULL;
	if (!pair)
		pair = open_pair(t, f, *x, id);
	if (pair)
		begin(t, pair, part, secure, &safe);
}

void exchange_request(struct trace *t, const struct flow *f, struct exchanges **x, uint64_t id, bool secure,
    const struct exchange_head *head)
{
	add_head(t, f, x, id, EXCHANGE_REQUEST, secure, head);
}

void exchange_response(struct trace *t, const struct flow *f, struct exchanges **x, uint64_t id, bool secure,
    const struct exchange_head *head)
{
	add_head(t, f, x, id, EXCHANGE_RESPONSE, secure, head);
}

/* What the buffer has no more room for is left out. */
static void keep_body(struct trace *t, struct exchange_msg *m, struct slice bytes)
{
	size_t cap = m->body.cap, room = EXCHANGE_BODY_MAX - m->body.n;

	m->hidden |= t->redact != NULL;
	if (m->cut || m->hole || m->hidden)
		return;
	if (t->held > t->config.memory / 2 || buf_slice(&m->body, slice_sub(bytes, 0, room)) < 0)
		room = 0;
	m->cut = bytes.n > room;
	trace_hold(t, cap, m->body.cap);
}

void exchange_body(
    struct trace *t, struct exchanges *x, uint64_t id, enum exchange_part part, struct slice bytes)
{
	struct exchange_msg *m = message(x, id, part);

	if (!m || !bytes.n)
		return;
	keep_body(t, m, bytes);
	m->body_bytes += bytes.n;
	m->last = t->frame.number;
	m->last_ts = t->frame.ts;
}

void exchange_hole(
    struct trace *t, struct exchanges *x, uint64_t id, enum exchange_part part, uint64_t missing)
{
	struct exchange_msg *m = message(x, id, part);

	if (!m)
		return;
	m->hole = true;
	m->body_bytes += missing;
}

void exchange_done(struct trace *t, struct exchanges *x, uint64_t id, enum exchange_part part)
{
	struct exchange_msg *m = message(x, id, part);
	struct exchange *pair;

	if (!m)
		return;
	m->done = true;
	pair = find(x, id);
	/* A response without request waits for nothing more. */
	if (pair->msg[EXCHANGE_RESPONSE].done &&
	    (pair->msg[EXCHANGE_REQUEST].done || !pair->msg[EXCHANGE_REQUEST].head))
		finish(t, x, pair);
}

void exchanges_free(struct trace *t, struct exchanges *x)
{
	while (x && x->first)
		finish(t, x, x->first);
	free(x);
}

/* --- What goes out ------------------------------------------------------------------------------------------- */

static struct exchange *take_finished(struct trace *t)
{
	struct exchange *pair = t->exchanges;

	if (pair && !(t->exchanges = pair->next))
		t->exchanges_last = NULL;
	return pair;
}

static int give(struct trace *t, const struct exchange *pair, unsigned *failed, struct err *e)
{
	for (unsigned i = 0; i < t->nsinks; i++) {
		const struct sink_ops *ops = t->sinks[i]->ops;

		if (ops->exchange && ops->exchange(t->sinks[i], pair, e) < 0) {
			*failed = i;
			return -1;
		}
	}
	return 0;
}

int exchange_deliver(struct trace *t, unsigned *failed, struct err *e)
{
	struct exchange *pair;
	int rc = 0;

	while (rc == 0 && (pair = take_finished(t))) {
		rc = give(t, pair, failed, e);
		free_exchange(t, pair);
	}
	return rc;
}

void exchange_discard(struct trace *t)
{
	struct exchange *pair;

	while ((pair = take_finished(t)))
		free_exchange(t, pair);
}
