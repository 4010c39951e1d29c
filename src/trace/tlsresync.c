/* Taking up a TLS stream again behind bytes that the capture missed: the next plausible record header is
 * looked for, and believed when the record opens under a number not far from where reading stopped, or,
 * without keys, when another header stands behind it.  RFC 8446 5.1 and 5.3. */
#include "trace/httpflow.h"
#include "trace/tlshalf.h"

enum {
	RECORD_MIN = TLSREC_HEADER + 17, /* the smallest encrypted record: type and tag */
	SEARCH_NUMBERS = 1 << 16,        /* record numbers tried for one record */
	SEARCH_BYTES = 32 << 20,         /* and bytes decrypted for it */
	REFUSED_MAX = 3,                 /* records that do not open, until the direction is given up */
	NEAR = 4,                        /* numbers around the likely one that are tried first */
	BODY_MAX_13 = 16384 + 256,       /* RFC 8446 5.2 */
	MESSAGE_MAX = 1 << 17,           /* a handshake message that is believed */
};

/* --- Plausible ---------------------------------------------------------------------------------------------- */

static bool encrypted(const struct tls_half *half)
{
	return half->phase != TLS_CLEAR;
}

/* Could a header like this stand here? */
static bool plausible(const struct tlsflow *tls, const struct tls_half *half, const struct tlsrec *rec)
{
	bool new = tls->session.version >= TLSREC_TLS13;

	if (rec->version < TLSREC_TLS10 || rec->version > TLSREC_TLS12 || rec->type > TLSREC_APPLICATION)
		return false;
	if (tls->session.version && rec->version != (new ? TLSREC_TLS12 : tls->session.version))
		return false;
	if (rec->len == 0 || (new && rec->len > BODY_MAX_13))
		return false;
	if (!encrypted(half))
		return rec->type != TLSREC_CHANGE_CIPHER_SPEC || rec->len == 1;
	if (new && rec->type != TLSREC_APPLICATION)
		return rec->type == TLSREC_CHANGE_CIPHER_SPEC && rec->len == 1;
	return rec->len >= RECORD_MIN - TLSREC_HEADER;
}

/* Does something plausible, or nothing yet, follow the record? */
static bool followed(const struct tlsflow *tls, const struct tls_half *half, struct slice behind)
{
	struct tlsrec rec;
	int header = tlsrec_header(behind, &rec);

	return behind.n == 0 || header == 0 || (header > 0 && plausible(tls, half, &rec));
}

/* --- Numbers ---------------------------------------------------------------------------------------------- */

static bool opens(
    struct trace *t, struct unseal *u, uint64_t seq, const struct tlsrec *rec, struct slice body)
{
	return unseal_opens(u, seq, rec->type, rec->version, body, t->plain);
}

/* Finds the number under which a record opens, up to what `lost` bytes may have held; u->seq is set to it. */
static bool search(
    struct trace *t, struct unseal *u, const struct tlsrec *rec, struct slice body, uint64_t lost)
{
	uint64_t base = u->seq, most = lost / RECORD_MIN + 1;
	uint64_t likely = lost / (TLSREC_HEADER + body.n); /* records of a long transfer are all alike */
	uint64_t from = likely > NEAR ? likely - NEAR : 0;
	uint64_t limit = SEARCH_BYTES / (body.n + 64);

	for (uint64_t k = from; k <= likely + NEAR && k <= most; k++)
		if (opens(t, u, base + k, rec, body))
			return true;
	if (most > SEARCH_NUMBERS)
		most = SEARCH_NUMBERS;
	if (most > limit)
		most = limit;
	for (uint64_t k = 0; k <= most; k++)
		if (opens(t, u, base + k, rec, body))
			return true;
	return false;
}

/* --- The hunt ------------------------------------------------------------------------------------------------ */

static void found_open(
    struct trace *t, struct tlsflow *tls, enum flow_side side, uint64_t before, uint64_t *behind)
{
	struct tls_half *half = &tls->half[side];
	uint64_t records = half->unseal.seq - before, wire = records * (TLSREC_HEADER + half->overhead);

	*behind = half->lost > wire ? half->lost - wire : 0;
	if (unseal_in_blocks(&half->unseal) && records)
		*behind = UINT64_MAX;
	NOTE(t, TLS_RESYNC_OPENED, F_SIDE(side), F_UINT("osilab.tls.bytes", half->lost),
	    F_UINT("osilab.tls.record", half->unseal.seq + 1), F_UINT("osilab.tls.records", records));
}

/* The hole may have taken the Finished, or a KeyUpdate: other keys then. */
static bool search_other_keys(
    struct trace *t, struct tlsflow *tls, enum flow_side side, const struct tlsrec *rec, struct slice body)
{
	struct tls_half *half = &tls->half[side];

	if (tls->session.version < TLSREC_TLS13)
		return false;
	if (!half->application)
		return tls_unlock_application(t, tls, side) &&
		       search(t, &half->unseal, rec, body, half->lost);
	/* The old keys are gone with this: only for a second record that did not open. */
	return half->refused > 0 && unseal_next_secret(&half->unseal) == 0 &&
	       search(t, &half->unseal, rec, body, half->lost);
}

bool tls_reopen(struct trace *t, struct tlsflow *tls, enum flow_side side, const struct tlsrec *rec,
    struct slice body, uint64_t *behind)
{
	struct tls_half *half = &tls->half[side];
	uint64_t before = half->unseal.seq;

	if (search(t, &half->unseal, rec, body, half->lost)) {
		found_open(t, tls, side, before, behind);
		return true;
	}
	if (search_other_keys(t, tls, side, rec, body)) {
		found_open(t, tls, side, 0, behind);
		return true;
	}
	return false;
}

/* A handshake record in the clear that begins with a message. */
static bool begins_message(const struct tlsrec *rec, struct slice body)
{
	struct tlsrec_hs hs;

	tlsrec_handshake(body, &hs);
	return rec->type == TLSREC_HANDSHAKE && body.n >= TLSREC_HS_HEADER && tlsrec_hs_name(hs.type) &&
	       hs.len <= MESSAGE_MAX;
}

/* Before TLS 1.3 the hole may have taken the ChangeCipherSpec, and TLS 1.3 encrypts from ServerHello on. */
static void settle_phase(
    struct trace *t, struct tlsflow *tls, enum flow_side side, const struct tlsrec *rec, struct slice body)
{
	struct tls_half *half = &tls->half[side];

	if (half->phase == TLS_CLEAR && tls->session.has_server_hello &&
	    rec->type != TLSREC_CHANGE_CIPHER_SPEC && !(rec->type == TLSREC_ALERT && body.n == 2) &&
	    !begins_message(rec, body))
		half->phase = TLS_LOCKED;
	if (half->phase == TLS_LOCKED && rec->type != TLSREC_CHANGE_CIPHER_SPEC)
		tls_unlock(t, tls, side);
}

enum verdict {
	NO_RECORD,
	CLOSED_RECORD, /* one, but it does not open: the next may */
	RECORD,        /* one, and the phase of the direction is settled */
};

static enum verdict judge(struct trace *t, struct tlsflow *tls, enum flow_side side, const struct tlsrec *rec,
    struct slice in, uint64_t *behind)
{
	struct tls_half *half = &tls->half[side];
	struct slice body = slice_sub(in, TLSREC_HEADER, rec->len);
	bool is_followed = followed(tls, half, slice_skip(in, TLSREC_HEADER + (size_t)rec->len));

	if (is_followed)
		settle_phase(t, tls, side, rec, body);
	if (half->phase != TLS_OPEN || rec->type == TLSREC_CHANGE_CIPHER_SPEC) {
		if (is_followed)
			NOTE(t, TLS_RESYNC, F_SIDE(side), F_UINT("osilab.tls.bytes", half->lost));
		return is_followed ? RECORD : NO_RECORD;
	}
	if (tls->session.version == TLSREC_TLS10 && !half->chained) {
		half->chained = is_followed;
		if (is_followed)
			unseal_pass(&half->unseal, body);
		return is_followed ? CLOSED_RECORD : NO_RECORD;
	}
	if (tls_reopen(t, tls, side, rec, body, behind))
		return RECORD;
	if (!is_followed)
		return NO_RECORD;
	if (++half->refused < REFUSED_MAX)
		return CLOSED_RECORD;
	NOTE(t, TLS_FORGED, F_SIDE(side), F_UINT("osilab.tls.record", half->unseal.seq + 1));
	half->phase = TLS_SEALED;
	return RECORD;
}

enum tls_hunt tls_hunt(struct trace *t, struct tlsflow *tls, enum flow_side side, struct slice in,
    size_t *used, uint64_t *behind)
{
	struct tls_half *half = &tls->half[side];
	struct tlsrec rec;
	enum verdict verdict;
	int header = 0;

	*behind = 0;
	for (*used = 0; *used < in.n; ++*used) {
		header = tlsrec_header(slice_skip(in, *used), &rec);
		if (header == 0 || (header > 0 && plausible(tls, half, &rec)))
			break;
	}
	if (*used) {
		half->lost += *used;
		return TLS_HUNT_PAST;
	}
	if (header == 0 || in.n < TLSREC_HEADER + (size_t)rec.len)
		return TLS_HUNT_MORE;
	verdict = judge(t, tls, side, &rec, in, behind);
	if (verdict == RECORD) {
		half->hunting = half->chained = false;
		half->refused = 0;
		half->lost = 0;
		half->messages_lost = true;
		return TLS_HUNT_FOUND;
	}
	*used = verdict == CLOSED_RECORD ? TLSREC_HEADER + (size_t)rec.len : 1;
	half->lost += *used;
	return TLS_HUNT_PAST;
}
