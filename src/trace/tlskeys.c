/* Which keys open a direction of a TLS session, where they are not to be had and why, and records that came
 * before their secrets; see tlshalf.h.  RFC 8446 7.3, draft-ietf-tls-keylogfile. */
#include "base/bytes.h"
#include "trace/tlsfields.h"
#include "trace/tlshalf.h"
#include "trace/tlsmemo.h"

enum {
	KEPT_MAX = 256 << 10,      /* bytes of records that wait for their secrets, per direction */
	TRANSCRIPT_MAX = 64 << 10, /* bytes of handshake messages that a master secret may depend on */
	KEPT_LOST = 8,             /* body of the mark that some were lost: how many bytes */
};

static void say_reason(struct trace *t, struct tlsflow *tls, enum note_id id, const char *secret)
{
	const struct field fields[] = {
		F_BYTES("osilab.tls.client_random", slice_of(tls->session.client_random, 32)),
		F_STR("osilab.tls.suite", tls_suite_text(t, tls->session.suite)),
		F_STR("osilab.tls.secret", secret),
	};

	if (!tls->reason_said)
		trace_note(t, id, fields, 3);
	tls->reason_said = true;
}

static enum keylog_label secret_label(const struct tlsflow *tls, enum flow_side side)
{
	if (tls->session.version < TLSREC_TLS13)
		return KEYLOG_CLIENT_RANDOM;
	if (tls->half[side].application)
		return side == FLOW_CLIENT ? KEYLOG_CLIENT_TRAFFIC : KEYLOG_SERVER_TRAFFIC;
	return side == FLOW_CLIENT ? KEYLOG_CLIENT_HANDSHAKE : KEYLOG_SERVER_HANDSHAKE;
}

static struct slice secret_of(const struct trace *t, const struct tlsflow *tls, enum flow_side side)
{
	struct slice secret = keylog_find(
	    &t->keylog, secret_label(tls, side), slice_of(tls->session.client_random, KEYLOG_RANDOM_SIZE));

	if (!secret.n && tls->has_master && tls->session.version < TLSREC_TLS13)
		secret = slice_of(tls->master, sizeof(tls->master));
	return secret;
}

/* The ClientKeyExchange of an RSA key exchange has come. */
static void derive_master(struct trace *t, struct tlsflow *tls, struct slice body)
{
	const struct tls_session *s = &tls->session;
	struct slice transcript = s->extended_master_secret ? buf_view(&tls->transcript) : slice_of(NULL, 0);
	struct slice encrypted = slice_skip(body, 2), premaster = keylog_find_rsa(&t->keylog, encrypted);

	if (!premaster.n || tls->transcript.failed ||
	    strncmp(tls_suite_text(t, s->suite), "TLS_RSA_WITH", 12) != 0)
		return;
	tls->has_master = unseal_tls12_master(s->suite, s->version, premaster, slice_of(s->client_random, 32),
	                      slice_of(s->server_random, 32), transcript, tls->master) == 0;
	keylog_put_rsa_line(&t->keylog, encrypted, &t->secrets);
}

void tls_key_exchange(struct trace *t, struct tlsflow *tls, const struct tlsrec_hs *hs)
{
	if (!t->keylog.rsa || hs->type == TLSREC_HELLO_REQUEST)
		return;
	if (hs->type == TLSREC_CLIENT_HELLO) {
		buf_fini(&tls->transcript);
		buf_init(&tls->transcript, TRANSCRIPT_MAX);
		tls->has_master = false;
	} else if (!tls->transcript.n) {
		return; /* the beginning was missed, or all is over */
	}
	buf_put(&tls->transcript,
	    (uint8_t[]){ hs->type, (uint8_t)(hs->len >> 16), (uint8_t)(hs->len >> 8), (uint8_t)hs->len },
	    TLSREC_HS_HEADER);
	buf_slice(&tls->transcript, hs->body);
	if (hs->type != TLSREC_CLIENT_KEY_EXCHANGE)
		return;
	derive_master(t, tls, hs->body);
	buf_fini(&tls->transcript);
}

static int init_keys(struct tlsflow *tls, enum flow_side side, struct slice secret)
{
	const struct tls_session *s = &tls->session;
	struct unseal *u = &tls->half[side].unseal;

	if (s->version >= TLSREC_TLS13)
		return unseal_tls13_init(u, s->suite, secret);
	return unseal_tls12_init(u, s->suite, s->version, secret, slice_of(s->client_random, 32),
	    slice_of(s->server_random, 32), side == FLOW_CLIENT, s->encrypt_then_mac);
}

/* Is the key log, or the capture, one that brings secrets while it goes on? */
static bool may_come(const struct trace *t)
{
	return t->config.keylog_path ? t->config.keylog_grows : t->keylog.accepted > 0;
}

/* The key log lacks this secret: now, or for good. */
static void lacks(struct trace *t, struct tlsflow *tls, enum flow_side side)
{
	struct tls_half *half = &tls->half[side];
	bool wait = may_come(t);

	/* Whoever follows a key log sees most secrets a moment after the first records: no reason to worry. */
	if (!wait || !t->config.keylog_path) {
		if (keylog_has(&t->keylog, slice_of(tls->session.client_random, 32)))
			say_reason(t, tls, NOTE_TLS_NO_SECRET, keylog_label_name(secret_label(tls, side)));
		else
			say_reason(t, tls, NOTE_TLS_OTHER_KEYLOG, "");
	} else if (!tls->waiting_said) {
		NOTE0(t, TLS_WAITING);
		tls->waiting_said = true;
	}
	if (!wait)
		return;
	half->phase = TLS_WAITING;
	half->kept_keylog = t->keylog.accepted;
}

void tls_unlock(struct trace *t, struct tlsflow *tls, enum flow_side side)
{
	const struct tls_session *s = &tls->session;
	struct tls_half *half = &tls->half[side];
	struct slice secret = secret_of(t, tls, side);

	half->phase = TLS_SEALED;
	if (!s->has_client_hello || !s->has_server_hello)
		say_reason(t, tls, NOTE_TLS_MIDSTREAM, "");
	else if (!unseal_knows(s->suite, s->version))
		say_reason(t, tls, NOTE_TLS_UNKNOWN_SUITE, "");
	else if (!t->keylog.accepted && !t->config.keylog_path)
		say_reason(t, tls, NOTE_TLS_NO_KEYLOG, "");
	else if (!secret.n)
		lacks(t, tls, side);
	else if (init_keys(tls, side, secret) < 0)
		say_reason(t, tls, NOTE_TLS_NO_SECRET, "usable secret (its size is wrong)");
	else
		half->phase = TLS_OPEN;
	tls_show_secrets(t, &tls->session);
}

bool tls_unlock_application(struct trace *t, struct tlsflow *tls, enum flow_side side)
{
	struct tls_half *half = &tls->half[side];
	struct slice secret;

	if (tls->session.version < TLSREC_TLS13 || half->application)
		return false;
	half->application = true;
	secret = secret_of(t, tls, side);
	if (secret.n && init_keys(tls, side, secret) == 0)
		return true;
	half->application = false;
	return false;
}

/* --- 0-RTT ------------------------------------------------------------------------------------------------ */

/* The suite is that of the earlier session, which the capture need not show: the secret's size leaves few. */
static ssize_t try_early(struct trace *t, struct unseal *u, struct slice secret, const struct tlsrec *rec,
    struct slice body, uint8_t *inner)
{
	static const uint16_t suites[] = { 0x1301, 0x1302, 0x1303, 0x1304, 0x1305 };

	for (size_t i = 0; i < sizeof(suites) / sizeof(*suites); i++) {
		ssize_t n;

		if (unseal_tls13_init(u, suites[i], secret) < 0)
			continue;
		n = unseal_record(u, rec->type, rec->version, body, t->plain, inner);
		if (n >= 0)
			return n;
	}
	unseal_fini(u);
	return -1;
}

ssize_t tls_open_early(
    struct trace *t, struct tlsflow *tls, const struct tlsrec *rec, struct slice body, uint8_t *inner)
{
	struct unseal *u = &tls->half[FLOW_CLIENT].early;
	struct slice secret;

	if (unseal_ready(u))
		return unseal_record(u, rec->type, rec->version, body, t->plain, inner);
	secret = keylog_find(
	    &t->keylog, KEYLOG_CLIENT_EARLY, slice_of(tls->session.client_random, KEYLOG_RANDOM_SIZE));
	return secret.n ? try_early(t, u, secret, rec, body, inner) : -1;
}

/* --- Records before their secrets ------------------------------------------------------------------------- */

void tls_keep(struct trace *t, struct tlsflow *tls, enum flow_side side, const struct tlsrec *rec,
    struct slice body, uint64_t lost)
{
	struct tls_half *half = &tls->half[side];
	uint8_t header[TLSREC_HEADER + KEPT_LOST];
	struct wr w = wr_of(header, sizeof(header));

	wr_u8(&w, rec->type);
	wr_be16(&w, rec->version);
	wr_be16(&w, rec->type ? (uint16_t)body.n : KEPT_LOST);
	if (!rec->type)
		wr_be64(&w, lost);
	if (half->kept_over || half->kept.n + w.n + body.n > KEPT_MAX || t->held > t->config.memory / 2 ||
	    buf_reserve(&half->kept, w.n + body.n) < 0) {
		half->kept_over += rec->type != 0;
		return;
	}
	buf_put(&half->kept, w.p, w.n);
	buf_slice(&half->kept, body);
	if (!half->kept_records)
		half->kept_from = t->frame.number;
	half->kept_records += rec->type != 0;
}

bool tls_secrets_came(struct trace *t, struct tlsflow *tls, enum flow_side side)
{
	struct tls_half *half = &tls->half[side];
	struct slice secret;

	if (half->phase != TLS_WAITING || half->kept_keylog == t->keylog.accepted)
		return false;
	half->kept_keylog = t->keylog.accepted;
	secret = secret_of(t, tls, side);
	if (!secret.n)
		return false;
	half->phase = init_keys(tls, side, secret) < 0 ? TLS_SEALED : TLS_OPEN;
	tls_show_secrets(t, &tls->session);
	if (half->phase == TLS_SEALED) {
		say_reason(t, tls, NOTE_TLS_NO_SECRET, "usable secret (its size is wrong)");
		buf_fini(&half->kept);
		return false;
	}
	return true;
}

void tls_give_up_waiting(struct trace *t, struct tlsflow *tls)
{
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		struct tls_half *half = &tls->half[s];

		if (half->phase != TLS_WAITING)
			continue;
		if (keylog_has(&t->keylog, slice_of(tls->session.client_random, 32)))
			say_reason(t, tls, NOTE_TLS_NO_SECRET,
			    keylog_label_name(secret_label(tls, (enum flow_side)s)));
		else
			say_reason(t, tls, NOTE_TLS_OTHER_KEYLOG, "");
		half->phase = TLS_SEALED;
		buf_fini(&half->kept);
	}
}
