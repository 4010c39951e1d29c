/* TLS over a stream: records, keys and what is inside; see tlsflow.h.  The words about handshake messages
 * are in tlshello.c. */
#include "trace/tlsflow.h"

#include "http/parse.h"
#include "http2/frame.h"
#include "trace/h2flow.h"
#include "trace/httpflow.h"
#include "trace/tlshello.h"
#include "wire/tlsrec.h"

#include <stdlib.h>

enum {
	PART_MAX = 128 * 1024,      /* a record that is not whole, and the segment that brings more */
	HANDSHAKE_MAX = 256 * 1024, /* handshake messages that are not whole */
	KEYS_SIZE = 1024,           /* about what OpenSSL needs to open the records of one direction */
};

enum phase {
	PHASE_CLEAR,  /* before this direction encrypts */
	PHASE_LOCKED, /* encrypted; keys are looked up at its first record */
	PHASE_OPEN,   /* encrypted, and decrypted here */
	PHASE_SEALED, /* encrypted, keys not to be had */
	PHASE_DEAD,   /* record borders lost */
};

/* One direction. */
struct half {
	struct buf part;     /* the start of a record whose end has not come */
	struct buf messages; /* handshake bytes not yet a whole message */
	enum phase phase;
	struct unseal unseal;
	bool application;        /* TLS 1.3: application traffic keys are due, not handshake keys */
	bool finished;           /* its Finished was in the record in hand */
	bool update;             /* its KeyUpdate was */
	uint32_t skip;           /* bytes to pass over: the rest of a record the capture missed a part of */
	uint32_t overhead;       /* bytes its last record had more than what was in it */
	unsigned sealed_records; /* of the bytes in hand */
	uint64_t sealed_bytes;
};

struct tlsflow {
	struct tls_session session;
	struct half half[2]; /* by flow_side of the sender */
	struct httpflow *http;
	struct h2flow *h2;
	bool other_inside; /* what is inside is neither HTTP/1 nor HTTP/2 */
	bool counted;      /* this session was counted as decrypted */
	bool reason_said;  /* why it is not decrypted was said */
};

/* Keys are not ours to measure: KEYS_SIZE stands for what a direction's take. */
static size_t held(const struct tlsflow *tls)
{
	size_t n = sizeof(*tls);

	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++)
		n += tls->half[s].part.cap + tls->half[s].messages.cap +
		     unseal_ready(&tls->half[s].unseal) * KEYS_SIZE;
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
		unseal_fini(&tls->half[s].unseal);
	}
	httpflow_free(t, tls->http);
	h2flow_free(t, tls->h2);
	free(tls);
}

static const char *protocol(const struct tlsflow *tls)
{
	const char *name = tls->session.version ? tlsrec_version_name(tls->session.version) : NULL;

	return name ? name : "TLS";
}

/* --- Keys ------------------------------------------------------------------------------------------------ */

static void say_reason(struct trace *t, struct tlsflow *tls, enum note_id id, const char *secret)
{
	const struct field fields[] = {
		F_BYTES("tls.handshake.random", slice_of(tls->session.client_random, 32)),
		F_STR("tls.handshake.ciphersuite", tls_suite_text(t, tls->session.suite)),
		F_STR("osilab.tls.secret", secret),
	};

	if (!tls->reason_said)
		trace_note(t, id, fields, 3);
	tls->reason_said = true;
}

static enum keylog_label secret_label(const struct tlsflow *tls, const struct half *half, enum flow_side side)
{
	if (tls->session.version < TLSREC_TLS13)
		return KEYLOG_CLIENT_RANDOM;
	if (half->application)
		return side == FLOW_CLIENT ? KEYLOG_CLIENT_TRAFFIC : KEYLOG_SERVER_TRAFFIC;
	return side == FLOW_CLIENT ? KEYLOG_CLIENT_HANDSHAKE : KEYLOG_SERVER_HANDSHAKE;
}

static int init_keys(struct tlsflow *tls, struct half *half, enum flow_side side, struct slice secret)
{
	const struct tls_session *s = &tls->session;

	if (s->version >= TLSREC_TLS13)
		return unseal_tls13_init(&half->unseal, s->suite, secret);
	return unseal_tls12_init(&half->unseal, s->suite, s->version, secret, slice_of(s->client_random, 32),
	    slice_of(s->server_random, 32), side == FLOW_CLIENT, s->encrypt_then_mac);
}

/* Looks the keys of a direction up; it becomes OPEN, or SEALED with the reason said. */
static void unlock(struct trace *t, struct tlsflow *tls, struct half *half, enum flow_side side)
{
	struct slice random = slice_of(tls->session.client_random, 32);
	enum keylog_label label = secret_label(tls, half, side);
	struct slice secret = keylog_find(&t->keylog, label, random);

	half->phase = PHASE_SEALED;
	if (!tls->session.has_client_hello || !tls->session.has_server_hello)
		say_reason(t, tls, NOTE_TLS_MIDSTREAM, "");
	else if (!unseal_knows(tls->session.suite, tls->session.version))
		say_reason(t, tls, NOTE_TLS_UNKNOWN_SUITE, "");
	else if (!t->keylog.accepted && !t->config.keylog_path)
		say_reason(t, tls, NOTE_TLS_NO_KEYLOG, "");
	else if (!keylog_has(&t->keylog, random))
		say_reason(t, tls, NOTE_TLS_OTHER_KEYLOG, "");
	else if (!secret.n)
		say_reason(t, tls, NOTE_TLS_NO_SECRET, keylog_label_name(label));
	else if (init_keys(tls, half, side, secret) < 0)
		say_reason(t, tls, NOTE_TLS_NO_SECRET, "usable secret (its size is wrong)");
	else
		half->phase = PHASE_OPEN;
	tls_show_secrets(t, &tls->session);
}

/* Once a record has been read: key changes take effect with the next one. */
static void change_keys(struct trace *t, struct tlsflow *tls, struct half *half)
{
	if (half->finished && tls->session.version >= TLSREC_TLS13) {
		half->application = true;
		if (half->phase == PHASE_OPEN)
			half->phase = PHASE_LOCKED;
	}
	if (half->update && half->phase == PHASE_OPEN && unseal_next_secret(&half->unseal) < 0)
		half->phase = PHASE_SEALED;
	half->finished = half->update = false;
}

/* --- What records carry --------------------------------------------------------------------------------- */

static void on_alert(struct trace *t, struct tlsflow *tls, enum flow_side side, struct slice body)
{
	struct tlsrec_alert alert;
	const char *name, *words;

	if (tlsrec_alert(body, &alert) <= 0)
		return;
	name = tlsrec_alert_name(alert.description);
	words = tlsrec_alert_words(alert.description);
	t->stats.alerts++;
	trace_info(t, protocol(tls), "Alert: %s", name ? name : "unknown");
	if (alert.description == 0)
		NOTE(t, TLS_CLOSE_NOTIFY, F_SIDE(side), F_STR("tls.alert_message.desc", name));
	else
		NOTE(t, TLS_ALERT, F_SIDE(side), F_STR("tls.alert_message.desc", name ? name : "unknown"),
		    F_UINT("tls.alert_message.level", alert.level),
		    F_STR("osilab.tls.alert_words", words ? words : "Its meaning is not known"));
}

static void on_handshake(struct trace *t, struct tlsflow *tls, enum flow_side side, struct slice bytes)
{
	struct half *half = &tls->half[side];
	bool buffered = half->messages.n > 0;
	struct slice in = bytes;
	struct tlsrec_hs hs;
	ssize_t used;

	if (buffered && buf_slice(&half->messages, bytes) < 0) {
		buf_fini(&half->messages);
		half->phase = PHASE_SEALED;
		return;
	}
	if (buffered)
		in = buf_view(&half->messages);
	while ((used = tlsrec_handshake(in, &hs)) > 0) {
		trace_info(t, protocol(tls), "%s",
		    tlsrec_hs_name(hs.type) ? tlsrec_hs_name(hs.type) : "handshake message");
		tls_message(t, &tls->session, side, &hs);
		half->finished |= hs.type == TLSREC_FINISHED;
		half->update |= hs.type == TLSREC_KEY_UPDATE;
		in = slice_skip(in, (size_t)used);
	}
	if (buffered)
		buf_consume(&half->messages, half->messages.n - in.n);
	else if (in.n)
		buf_slice(&half->messages, in);
	if (!half->messages.n)
		buf_fini(&half->messages);
}

/* What is inside: as ALPN agreed, else as it begins. */
static void look_inside(struct trace *t, const struct flow *f, struct tlsflow *tls, struct slice data)
{
	enum http_guess guess = http_message_looks_like(data);

	if (tls->session.alpn_h2 || h2_start_looks_like(data) == H2_GUESS_YES)
		tls->h2 = h2flow_new(t, f, H2_BY_ALPN);
	else if (guess == HTTP_GUESS_REQUEST || guess == HTTP_GUESS_RESPONSE || guess == HTTP_GUESS_MORE)
		tls->http = httpflow_new(t, true);
	tls->other_inside = !tls->http && !tls->h2;
}

static const char *inside(const struct tlsflow *tls)
{
	return tls->h2 ? "HTTP/2" : tls->http ? "HTTP" : "application data";
}

static void on_data(
    struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, struct slice data)
{
	if (!tls->http && !tls->h2 && !tls->other_inside && data.n)
		look_inside(t, f, tls, data);
	NOTE(t, TLS_OPENED, F_UINT("osilab.tls.bytes", data.n), F_STR("osilab.tls.content", inside(tls)));
	if (tls->h2)
		h2flow_feed(t, tls->h2, side, data);
	else if (tls->http)
		httpflow_feed(t, f, tls->http, side, data);
	else
		trace_info(t, protocol(tls), "application data, decrypted");
}

static void on_content(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side,
    uint8_t type, struct slice body)
{
	switch (type) {
	case TLSREC_HANDSHAKE:
		on_handshake(t, tls, side, body);
		if (tls->half[side].finished)
			f->tls_done_ts = t->frame.ts;
		break;
	case TLSREC_ALERT: on_alert(t, tls, side, body); break;
	case TLSREC_APPLICATION: on_data(t, f, tls, side, body); break;
	default: break;
	}
}

/* --- Records ------------------------------------------------------------------------------------------------ */

static void on_ccs(struct trace *t, struct tlsflow *tls, enum flow_side side)
{
	trace_info(t, protocol(tls), "Change Cipher Spec");
	if (tls->session.version >= TLSREC_TLS13 || !tls->session.has_server_hello) {
		NOTE0(t, TLS_CCS);
		return;
	}
	NOTE(t, TLS_ENCRYPTED_NOW_12, F_SIDE(side));
	tls_resumed_12(t, &tls->session, side);
	tls->half[side].phase = PHASE_LOCKED;
}

static void sealed(struct trace *t, struct tlsflow *tls, struct half *half, const struct tlsrec *rec)
{
	if (rec->type == TLSREC_ALERT)
		NOTE0(t, TLS_ALERT_SEALED);
	half->sealed_records++;
	half->sealed_bytes += rec->len;
}

static void open_record(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side,
    const struct tlsrec *rec, struct slice body)
{
	struct half *half = &tls->half[side];
	uint8_t inner = 0;
	ssize_t n = unseal_record(&half->unseal, rec->type, rec->version, body, t->plain, &inner);

	if (n < 0) {
		/* Early data the server refuses is sealed with keys of its own: pass over it. */
		if (!(tls->session.early_data && side == FLOW_CLIENT && half->unseal.seq == 0)) {
			NOTE0(t, TLS_FORGED);
			half->phase = PHASE_SEALED;
		}
		sealed(t, tls, half, rec);
		return;
	}
	if (!tls->counted) {
		tls->counted = true;
		t->stats.tls_decrypted++;
	}
	half->overhead = (uint32_t)(body.n - (size_t)n);
	on_content(t, f, tls, side, inner, slice_of(t->plain, (size_t)n));
}

/* After ServerHello both directions of TLS 1.3 are encrypted. */
static void lock_13(struct tlsflow *tls)
{
	if (!tls->session.has_server_hello || tls->session.version < TLSREC_TLS13)
		return;
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++)
		if (tls->half[s].phase == PHASE_CLEAR)
			tls->half[s].phase = PHASE_LOCKED;
}

static void on_record(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side,
    const struct tlsrec *rec, struct slice body)
{
	struct half *half = &tls->half[side];

	if (rec->type == TLSREC_CHANGE_CIPHER_SPEC) {
		on_ccs(t, tls, side);
		return;
	}
	if (half->phase == PHASE_CLEAR && rec->type == TLSREC_APPLICATION) {
		if (tls->session.early_data && side == FLOW_CLIENT && !tls->session.has_server_hello) {
			sealed(t, tls, half, rec); /* 0-RTT data, under a key of its own (RFC 8446 2.3) */
			return;
		}
		half->phase = PHASE_LOCKED; /* the handshake was not seen */
	}
	/* TLS 1.3 alerts before the keys are agreed, and only those, come in the clear. */
	if (half->phase == PHASE_LOCKED && rec->type == TLSREC_ALERT && body.n == 2) {
		on_alert(t, tls, side, body);
		return;
	}
	if (half->phase == PHASE_LOCKED)
		unlock(t, tls, half, side);
	if (half->phase == PHASE_CLEAR)
		on_content(t, f, tls, side, rec->type, body);
	else if (half->phase == PHASE_OPEN)
		open_record(t, f, tls, side, rec, body);
	else
		sealed(t, tls, half, rec);
	change_keys(t, tls, half);
	lock_13(tls);
}

/* Reads the record at the start of `in`: bytes used, 0 when more are needed. */
static size_t feed_record(
    struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, struct slice in)
{
	struct half *half = &tls->half[side];
	struct tlsrec rec;
	int header;

	if (half->skip) {
		size_t n = half->skip < in.n ? half->skip : in.n;

		half->skip -= (uint32_t)n;
		return n;
	}
	header = tlsrec_header(in, &rec);
	if (header < 0) {
		half->phase = PHASE_DEAD;
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "record header"));
		return in.n;
	}
	if (header == 0 || in.n < TLSREC_HEADER + (size_t)rec.len)
		return 0;
	on_record(t, f, tls, side, &rec, slice_sub(in, TLSREC_HEADER, rec.len));
	return TLSREC_HEADER + (size_t)rec.len;
}

static void say_sealed(struct trace *t, struct tlsflow *tls, struct half *half)
{
	if (!half->sealed_records)
		return;
	NOTE(t, TLS_SEALED, F_UINT("osilab.tls.records", half->sealed_records),
	    F_UINT("osilab.tls.bytes", half->sealed_bytes));
	trace_info(t, protocol(tls), "%u encrypted record(s), %llu bytes", half->sealed_records,
	    (unsigned long long)half->sealed_bytes);
	half->sealed_records = 0;
	half->sealed_bytes = 0;
}

void tlsflow_feed(
    struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, struct slice bytes)
{
	struct half *half = &tls->half[side];
	size_t before = held(tls), used = 0, step;
	bool buffered = half->part.n > 0;
	struct slice in = bytes;

	if (half->phase == PHASE_DEAD)
		return;
	if (!f->tls_begin_ts)
		f->tls_begin_ts = t->frame.ts;
	if (buffered && buf_slice(&half->part, bytes) < 0) {
		half->phase = PHASE_DEAD;
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
		trace_info(t, protocol(tls), "part of a record");
	if (buffered)
		buf_consume(&half->part, used);
	else if (used < in.n)
		buf_slice(&half->part, slice_skip(in, used));
	if (!half->part.n)
		buf_fini(&half->part);
	trace_hold(t, before, held(tls));
}

void tlsflow_gap(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, uint32_t missing)
{
	struct half *half = &tls->half[side];
	struct tlsrec rec;

	if (half->skip >= missing && missing) {
		half->skip -= missing;
		return;
	}
	if (tlsrec_header(buf_view(&half->part), &rec) > 0 &&
	    missing <= TLSREC_HEADER + (size_t)rec.len - half->part.n) {
		/* The hole lies within one record: that record is lost, the next one can be read. */
		uint32_t lost = rec.len > half->overhead ? rec.len - half->overhead : 0;

		half->skip = (uint32_t)(TLSREC_HEADER + rec.len - half->part.n) - missing;
		unseal_skip(&half->unseal, 1);
		if (tls->http)
			httpflow_gap(t, f, tls->http, side, lost);
		else if (tls->h2)
			h2flow_gap(t, tls->h2, side, lost);
	} else {
		half->phase = PHASE_DEAD;
	}
	buf_fini(&half->part);
	buf_clear(&half->messages);
}

void tlsflow_end(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side)
{
	if (tls->http)
		httpflow_end(t, f, tls->http, side);
	else if (tls->h2)
		h2flow_end(t, tls->h2, side);
}
