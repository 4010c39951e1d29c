/* TLS over a stream: records and their bytes; see tlsflow.h.  What records carry is in tlscontent.c, the words
 * about it in tlshello.c and tlscert.c, keys in tlskeys.c, what happens behind holes in tlsresync.c. */
#include "trace/tlsflow.h"

#include "base/bytes.h"
#include "trace/h2flow.h"
#include "trace/httpflow.h"
#include "trace/tlshalf.h"
#include "trace/redact.h"
#include "trace/tlshello.h"
#include "wire/tlsrec.h"

#include <stdlib.h>

enum {
	PART_MAX = 128 * 1024,      /* a record that is not whole, and the segment that brings more */
	HANDSHAKE_MAX = 256 * 1024, /* handshake messages that are not whole */
	KEYS_SIZE = 1024,           /* about what OpenSSL needs to open the records of one direction */
};

/* Keys are not ours to measure: KEYS_SIZE stands for what a direction's take. */
static size_t held(const struct tlsflow *tls)
{
	size_t n = sizeof(*tls) + tls->transcript.cap;

	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++)
		n += tls->half[s].part.cap + tls->half[s].messages.cap + tls->half[s].kept.cap +
		     (unseal_ready(&tls->half[s].unseal) + unseal_ready(&tls->half[s].early)) * KEYS_SIZE;
	return n;
}

struct tlsflow *tlsflow_new(struct trace *t)
{
	struct tlsflow *tls = calloc(1, sizeof(*tls));

	if (!tls)
		return NULL;
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		buf_init(&tls->half[s].part, PART_MAX);
		buf_init(&tls->half[s].messages, HANDSHAKE_MAX);
	}
	trace_hold(t, 0, held(tls));
	return tls;
}

void tlsflow_free(struct trace *t, struct tlsflow *tls)
{
	if (!tls)
		return;
	trace_hold(t, held(tls), 0);
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		buf_fini(&tls->half[s].part);
		buf_fini(&tls->half[s].messages);
		buf_fini(&tls->half[s].kept);
		unseal_fini(&tls->half[s].unseal);
		unseal_fini(&tls->half[s].early);
	}
	buf_fini(&tls->transcript);
	explicit_bzero(tls->master, sizeof(tls->master));
	httpflow_free(t, tls->http);
	h2flow_free(t, tls->h2);
	free(tls);
}

/* Once a record has been read: key changes take effect with the next one. */
static void change_keys(struct tlsflow *tls, struct tls_half *half)
{
	if (half->finished && tls->session.version >= TLSREC_TLS13) {
		half->application = true;
		if (half->phase == TLS_OPEN)
			half->phase = TLS_LOCKED;
	}
	if (half->update && half->phase == TLS_OPEN && unseal_next_secret(&half->unseal) < 0)
		half->phase = TLS_SEALED;
	half->finished = half->update = false;
}

/* --- Records ------------------------------------------------------------------------------------------------ */

static void sealed(struct trace *t, struct tlsflow *tls, enum flow_side side, const struct tlsrec *rec)
{
	struct tls_half *half = &tls->half[side];
	struct tls_session *s = &tls->session;

	if (rec->type == TLSREC_ALERT)
		NOTE0(t, TLS_ALERT_SEALED);
	else if (rec->type == TLSREC_HANDSHAKE && s->done[side])
		NOTE0(t, TLS_RENEGOTIATION_SEALED);
	/* Before TLS 1.3 its first sealed record is the Finished. */
	s->done[side] |= s->version < TLSREC_TLS13 && rec->type == TLSREC_HANDSHAKE;
	half->sealed_records++;
	half->sealed_bytes += rec->len;
}

static void opened(struct trace *t, struct tlsflow *tls)
{
	t->stats.tls_decrypted += !tls->counted;
	tls->counted = true;
}

/* A record under the keys of 0-RTT data; false when it is none of them. */
static bool open_early(
    struct trace *t, struct flow *f, struct tlsflow *tls, const struct tlsrec *rec, struct slice body)
{
	struct tls_half *half = &tls->half[FLOW_CLIENT];
	uint8_t inner = 0;
	ssize_t n;

	if (!half->early_now || rec->type != TLSREC_APPLICATION)
		return false;
	n = tls_open_early(t, tls, rec, body, &inner);
	if (n < 0)
		return false;
	opened(t, tls);
	if (!half->early_said)
		NOTE0(t, TLS_EARLY_OPENED);
	half->early_said = true;
	tls_content(t, f, tls, FLOW_CLIENT, inner, slice_of(t->plain, (size_t)n));
	return true;
}

static void open_record(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side,
    const struct tlsrec *rec, struct slice body)
{
	struct tls_half *half = &tls->half[side];
	uint8_t inner = 0;
	ssize_t n = unseal_record(&half->unseal, rec->type, rec->version, body, t->plain, &inner);

	if (n < 0) {
		/* Early data the server refuses is sealed with keys of its own: pass over it. */
		if (!(half->early_now && half->unseal.seq == 0)) {
			NOTE(t, TLS_FORGED, F_SIDE(side), F_UINT("osilab.tls.record", half->unseal.seq + 1));
			half->phase = TLS_SEALED;
		}
		sealed(t, tls, side, rec);
		return;
	}
	opened(t, tls);
	half->early_now = false;
	half->overhead = (uint32_t)(body.n - (size_t)n);
	tls_content(t, f, tls, side, inner, slice_of(t->plain, (size_t)n));
}

/* After ServerHello both directions of TLS 1.3 are encrypted. */
static void lock_13(struct tlsflow *tls)
{
	if (!tls->session.has_server_hello || tls->session.version < TLSREC_TLS13)
		return;
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++)
		if (tls->half[s].phase == TLS_CLEAR)
			tls->half[s].phase = TLS_LOCKED;
}

/* An encrypted record, or one of a direction that is about to encrypt. */
static void on_sealed_record(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side,
    const struct tlsrec *rec, struct slice body)
{
	struct tls_half *half = &tls->half[side];

	if (half->phase == TLS_LOCKED)
		tls_unlock(t, tls, side);
	if (side == FLOW_CLIENT && !tls->session.sum_said && tls->session.version >= TLSREC_TLS13)
		tls_sum_up(t, &tls->session);
	if (half->phase == TLS_OPEN) {
		open_record(t, f, tls, side, rec, body);
		return;
	}
	if (half->phase == TLS_WAITING)
		tls_keep(t, tls, side, rec, body, 0);
	sealed(t, tls, side, rec);
}

static void on_record(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side,
    const struct tlsrec *rec, struct slice body)
{
	struct tls_half *half = &tls->half[side];
	bool early = half->early_now && !tls->session.has_server_hello;

	if (rec->type == TLSREC_CHANGE_CIPHER_SPEC && body.n == 1) {
		tls_ccs(t, tls, side);
		return;
	}
	if (side == FLOW_CLIENT && open_early(t, f, tls, rec, body))
		return;
	if (half->phase == TLS_CLEAR && rec->type == TLSREC_APPLICATION) {
		if (early) {
			sealed(t, tls, side, rec); /* 0-RTT data, under a key of its own (RFC 8446 2.3) */
			return;
		}
		half->phase = TLS_LOCKED; /* the handshake was not seen */
	}
	/* TLS 1.3 alerts before the keys are agreed, and only those, come in the clear. */
	if (half->phase == TLS_CLEAR ||
	    (half->phase == TLS_LOCKED && rec->type == TLSREC_ALERT && body.n == 2))
		tls_content(t, f, tls, side, rec->type, body);
	else
		on_sealed_record(t, f, tls, side, rec, body);
	change_keys(tls, half);
	lock_13(tls);
}

/* --- Records that waited for their secrets -------------------------------------------------------------------- */

static void replay_record(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side,
    const struct tlsrec *rec, struct slice body)
{
	struct tls_half *half = &tls->half[side];
	uint64_t behind = 0;

	if (!rec->type) {
		struct rd r = rd_of(body);

		half->lost = rd_be64(&r);
		return;
	}
	if (half->lost && half->phase == TLS_OPEN && tls_reopen(t, tls, side, rec, body, &behind))
		tls_lose(t, f, tls, side, behind);
	half->lost = 0;
	on_record(t, f, tls, side, rec, body);
}

/* The secrets of a direction have come: what waited for them is read, in its order.  Records that wait for yet
 * another secret go on waiting. */
static void replay(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side)
{
	struct tls_half *half = &tls->half[side];
	struct buf kept = half->kept;
	struct slice in = buf_view(&kept);
	uint64_t over = half->kept_over;
	struct tlsrec rec;

	if (half->kept_records)
		NOTE(t, TLS_OPENED_LATE, F_SIDE(side), F_UINT("osilab.tls.records", half->kept_records),
		    F_UINT("osilab.ref", half->kept_from))
		    ->ref = half->kept_from;
	half->kept = (struct buf){ 0 };
	half->kept_records = 0;
	half->kept_over = 0;
	while (in.n >= TLSREC_HEADER) {
		struct rd r = rd_of(in);

		rec.type = rd_u8(&r);
		rec.version = rd_be16(&r);
		rec.len = rd_be16(&r);
		replay_record(t, f, tls, side, &rec, slice_sub(in, TLSREC_HEADER, rec.len));
		in = slice_skip(in, TLSREC_HEADER + (size_t)rec.len);
	}
	buf_fini(&kept);
	/* Counted when they came. */
	half->sealed_records = 0;
	half->sealed_bytes = 0;
	if (!over)
		return;
	NOTE(t, TLS_TOO_LATE, F_SIDE(side), F_UINT("osilab.tls.records", over));
	if (half->phase == TLS_WAITING)
		half->kept_over = over;
	else
		unseal_skip(&half->unseal, over);
}

static void look_again(struct trace *t, struct flow *f, struct tlsflow *tls)
{
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++)
		for (int i = 0; i < 2 && tls_secrets_came(t, tls, (enum flow_side)s); i++)
			replay(t, f, tls, (enum flow_side)s);
}

/* --- Bytes -------------------------------------------------------------------------------------------------------- */

/* Bytes that are no record: reading goes on at the next one. */
static void lose_track(struct trace *t, struct tls_half *half)
{
	NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "record header"));
	half->hunting = true;
	half->lost = 0;
}

/* Reads the record at the start of `in`: bytes used, 0 when more are needed. */
static size_t feed_record(
    struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, struct slice in)
{
	struct tls_half *half = &tls->half[side];
	uint64_t lost = half->lost, behind;
	struct tlsrec rec;
	size_t used;
	int header;

	if (half->skip) {
		used = half->skip < in.n ? half->skip : in.n;
		half->skip -= (uint32_t)used;
		return used;
	}
	if (half->hunting) {
		switch (tls_hunt(t, tls, side, in, &used, &behind)) {
		case TLS_HUNT_MORE: return 0;
		case TLS_HUNT_PAST: return used;
		case TLS_HUNT_FOUND: break;
		}
		tls_lose(t, f, tls, side, behind);
		if (half->phase == TLS_WAITING)
			tls_keep(t, tls, side, &(struct tlsrec){ 0 }, slice_of(NULL, 0), lost);
	}
	header = tlsrec_header(in, &rec);
	if (header < 0)
		lose_track(t, half);
	if (header < 0)
		return 1;
	if (header == 0 || in.n < TLSREC_HEADER + (size_t)rec.len)
		return 0;
	on_record(t, f, tls, side, &rec, slice_sub(in, TLSREC_HEADER, rec.len));
	return TLSREC_HEADER + (size_t)rec.len;
}

static void say_sealed(struct trace *t, struct tlsflow *tls, struct tls_half *half)
{
	if (!half->sealed_records)
		return;
	NOTE(t, TLS_SEALED, F_UINT("osilab.tls.records", half->sealed_records),
	    F_UINT("osilab.tls.bytes", half->sealed_bytes));
	trace_info(t, tls_protocol(&tls->session), "%u encrypted record(s), %llu bytes", half->sealed_records,
	    (unsigned long long)half->sealed_bytes);
	half->sealed_records = 0;
	half->sealed_bytes = 0;
}

/* What is left of the bytes is the start of a record: kept with room for its end. */
static void keep_part(struct tls_half *half, struct slice rest)
{
	struct tlsrec rec;

	if (tlsrec_header(rest, &rec) > 0)
		buf_reserve(&half->part, TLSREC_HEADER + (size_t)rec.len);
	buf_slice(&half->part, rest);
}

void tlsflow_feed(
    struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, struct slice bytes)
{
	struct tls_half *half = &tls->half[side];
	size_t before = held(tls), used = 0, step;
	bool buffered = half->part.n > 0;
	struct slice in = bytes;

	redact_clear(t, bytes); /* what is sealed, or said in a handshake, holds no secret of ours */
	if (!f->tls_begin_ts)
		f->tls_begin_ts = t->frame.ts;
	look_again(t, f, tls);
	tls->session.bytes[side] += bytes.n;
	if (buffered && buf_slice(&half->part, bytes) < 0) {
		half->lost += half->part.n + bytes.n;
		half->hunting = true;
		buf_fini(&half->part);
		trace_hold(t, before, held(tls));
		return;
	}
	if (buffered)
		in = buf_view(&half->part);
	while (used < in.n && (step = feed_record(t, f, tls, side, slice_skip(in, used))))
		used += step;
	say_sealed(t, tls, half);
	if (used == 0)
		trace_info_static(t, tls_protocol(&tls->session), "part of a record");
	if (buffered)
		buf_consume(&half->part, used);
	else if (used < in.n)
		keep_part(half, slice_skip(in, used));
	if (!half->part.n)
		buf_fini(&half->part);
	trace_hold(t, before, held(tls));
}

static uint32_t plain_size(const struct tls_half *half, uint32_t record)
{
	return record > half->overhead ? record - half->overhead : 0;
}

void tlsflow_gap(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, uint32_t missing)
{
	struct tls_half *half = &tls->half[side];
	size_t before = held(tls);
	struct tlsrec rec;

	half->messages_lost = true;
	if (half->skip >= missing && half->skip) {
		half->skip -= missing;
	} else if (half->hunting) {
		half->lost += half->part.n + missing;
	} else if (!half->skip && !(half->phase == TLS_OPEN && tls->session.version == TLSREC_TLS10) &&
	           tlsrec_header(buf_view(&half->part), &rec) > 0 &&
	           missing <= TLSREC_HEADER + (size_t)rec.len - half->part.n) {
		/* The hole lies within one record: that record is lost, the next one can be read (in TLS 1.0 not
		 * at once: its blocks are chained). */
		half->skip = (uint32_t)(TLSREC_HEADER + rec.len - half->part.n) - missing;
		unseal_skip(&half->unseal, 1);
		tls_lose(t, f, tls, side,
		    unseal_in_blocks(&half->unseal) ? UINT64_MAX : plain_size(half, rec.len));
		if (half->phase == TLS_WAITING)
			tls_keep(t, tls, side, &(struct tlsrec){ 0 }, slice_of(NULL, 0), rec.len);
	} else {
		/* A record whose rest was being passed over has been counted. */
		half->lost = half->part.n + missing - half->skip;
		half->skip = 0;
		half->hunting = true;
	}
	buf_fini(&half->part);
	buf_clear(&half->messages);
	trace_hold(t, before, held(tls));
}

void tlsflow_end(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side)
{
	size_t before = held(tls);

	tls->half[side].ended = true;
	look_again(t, f, tls);
	if (tls->half[!side].ended)
		tls_give_up_waiting(t, tls);
	trace_hold(t, before, held(tls));
	if (tls->http)
		httpflow_end(t, f, tls->http, side);
	else if (tls->h2)
		h2flow_end(t, tls->h2, side);
}
