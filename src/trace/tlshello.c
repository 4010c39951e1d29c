/* TLS handshake messages in words; see tlshello.h. */
#include "trace/tlshello.h"

#include "base/clock.h"
#include "trace/tlsfields.h"
#include "trace/tlsmemo.h"
#include "trace/tlsprint.h"

#include <stdio.h>

enum { LISTED = 4 }; /* items of a list that are named; the rest is counted */

const char *tls_protocol(const struct tls_session *s)
{
	const char *name = s->version ? tlsrec_version_name(s->version) : NULL;

	return name ? name : "TLS";
}

void tls_show_secrets(struct trace *t, struct tls_session *s)
{
	keylog_put_lines(
	    &t->keylog, slice_of(s->client_random, sizeof(s->client_random)), &s->shown, &t->secrets);
}

/* A note that refers to an earlier packet. */
static void note_ref(struct trace *t, enum note_id id, uint64_t packet)
{
	struct note *n = trace_note(t, id, (const struct field[]){ F_UINT("osilab.ref", packet) }, 1);

	n->ref = packet;
}

/* --- ClientHello ------------------------------------------------------------------------------------------- */

/* Extensions that people ask for and that have no sentence of their own. */
static const char *also_text(struct trace *t, const struct tlsrec_client_hello *h)
{
	const struct {
		bool said;
		const char *word;
	} rows[] = {
		{ h->has_extended_master_secret, "extended_master_secret" },
		{ h->has_encrypt_then_mac, "encrypt_then_mac" },
		{ h->has_session_ticket, "session_ticket" },
		{ h->has_status_request, "status_request (OCSP)" },
		{ h->has_renegotiation_info, "renegotiation_info" },
		{ h->psk_modes.n && memchr(h->psk_modes.p, 1, h->psk_modes.n), "psk_dhe_ke" },
		{ h->psk_modes.n && memchr(h->psk_modes.p, 0, h->psk_modes.n), "psk_ke" },
		{ h->grease, "GREASE" },
	};
	const char *text = "";

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].said)
			text = arena_printf(&t->arena, "%s%s%s", text, *text ? ", " : "", rows[i].word);
	return *text ? text : "nothing else";
}

/* What an earlier session left: tied to it when the capture shows where it came from. */
static void on_resumption_offer(struct trace *t, struct tls_session *s, const struct tlsrec_client_hello *h)
{
	const struct tls_memory *m = NULL;
	unsigned psks = 0, binders = 0;
	struct slice rest = h->psk_identities, binder;
	struct tlsrec_psk psk;

	while (tlsrec_psk_next(&rest, &psk)) {
		psks++;
		m = m ? m : tls_recall(t, psk.identity);
	}
	rest = h->psk_binders;
	while (tlsrec_name_next(&rest, &binder))
		binders++;
	if (!h->has_psk) {
		m = tls_recall(t, h->session_ticket);
		m = m ? m : tls_recall(t, h->session_id);
	}
	s->offered_from = m ? m->packet : 0;
	if (m && h->has_psk)
		NOTE(t, TLS_PSK_OFFER, F_UINT("osilab.ref", m->packet), F_UINT("osilab.tls.binders", binders))
		    ->ref = m->packet;
	else if (h->has_psk)
		NOTE(t, TLS_PSK_OFFER_UNSEEN, F_UINT("osilab.tls.psks", psks),
		    F_UINT("osilab.tls.binders", binders));
	else if (m)
		note_ref(t, NOTE_TLS_TICKET_OFFER, m->packet);
}

static void keep_client_hello(struct trace *t, struct tls_session *s, const struct tlsrec_client_hello *h)
{
	s->has_client_hello = true;
	s->early_data = h->has_early_data;
	s->ech = h->has_ech;
	s->client_max = h->max_version;
	memcpy(s->client_random, h->random.p, sizeof(s->client_random));
	s->session_id_len = h->session_id.n <= sizeof(s->session_id) ? (uint8_t)h->session_id.n : 0;
	if (s->session_id_len)
		memcpy(s->session_id, h->session_id.p, s->session_id_len);
	slice_cstr(h->sni, s->sni, sizeof(s->sni));
	snprintf(s->alpn, sizeof(s->alpn), "%s", tls_names_text(t, h->alpn));
	if (s->retry)
		return;
	snprintf(s->shares, sizeof(s->shares), "%s", tls_shares_text(t, h->key_shares));
	s->hello = t->frame.number;
	s->hello_ts = t->frame.ts;
}

/* A second ClientHello: the one a HelloRetryRequest asked for, or a new handshake inside the first. */
static void on_client_hello_again(struct trace *t, struct tls_session *s, const struct tlsrec_client_hello *h)
{
	if (s->has_server_hello) {
		NOTE0(t, TLS_RENEGOTIATION);
		*s = (struct tls_session){ .handshakes = s->handshakes + 1, .version = s->version };
	} else if (s->retry) {
		NOTE(t, TLS_HELLO_AGAIN, F_UINT("osilab.ref", s->retry),
		    F_STR("osilab.tls.key_shares", tls_shares_text(t, h->key_shares)),
		    F_SPAN("osilab.tls.after", t->frame.ts - s->hello_ts))
		    ->ref = s->retry;
	}
}

static void client_info(struct trace *t, const struct tls_session *s, const struct tlsrec_client_hello *h)
{
	trace_info(t, tls_protocol(s), "Client Hello%s%s%s%s", h->sni.n ? " SNI=" : "",
	    h->sni.n ? trace_text(t, h->sni, 128) : "", h->alpn.n ? " ALPN=" : "",
	    h->alpn.n ? tls_names_text(t, h->alpn) : "");
}

static void note_client_hello(
    struct trace *t, const struct tlsrec_client_hello *h, struct slice body, struct slice host)
{
	const char *versions = h->versions.n
	                           ? tls_list_text(t, h->versions, tlsrec_version_name, LISTED, NULL)
	                           : tls_version_text(t, h->version);
	TLS_FIELD_LIST(list);

	TLS_FIELD(&list, F_TEXT("osilab.tls.host", host));
	TLS_FIELD(&list, F_STR("osilab.tls.versions", versions));
	TLS_FIELD(&list, F_STR("osilab.tls.alpn", tls_names_text(t, h->alpn)));
	if (h->sni.n)
		TLS_FIELD(&list, F_TEXT("tls.handshake.extensions_server_name", h->sni));
	tls_fields_client_hello(&list, h);
	trace_where(t, trace_note(t, NOTE_TLS_CLIENT_HELLO, list.v, list.n), body);
}

static void note_offer(struct trace *t, const struct tlsrec_client_hello *h)
{
	struct tls_print ja3 = tls_ja3(&t->arena, h);
	unsigned suites;
	const char *list = tls_list_text(t, h->ciphers, tlsrec_suite_name, LISTED, &suites);

	NOTE(t, TLS_OFFER, F_UINT("osilab.tls.suite_count", suites), F_STR("osilab.tls.suites", list),
	    F_STR("osilab.tls.groups", tls_list_text(t, h->groups, tlsrec_group_name, LISTED, NULL)),
	    F_STR("osilab.tls.key_shares", tls_shares_text(t, h->key_shares)));
	NOTE(t, TLS_OFFER_MORE,
	    F_STR("osilab.tls.schemes", tls_list_text(t, h->sig_algs, tlsrec_scheme_name, LISTED, NULL)),
	    F_STR("osilab.tls.also", also_text(t, h)));
	NOTE(t, TLS_FINGERPRINT, F_STR("tls.handshake.ja4", tls_ja4(&t->arena, h)),
	    F_STR("tls.handshake.ja3", ja3.hash), F_STR("tls.handshake.ja3_full", ja3.full));
	if (h->has_ech)
		NOTE0(t, TLS_ECH);
	if (h->has_early_data)
		NOTE0(t, TLS_EARLY_OFFER);
}

static void on_client_hello(struct trace *t, struct tls_session *s, struct slice body)
{
	struct tlsrec_client_hello h;

	if (tlsrec_client_hello(body, &h) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "ClientHello"));
	t->stats.client_hello++;
	if (h.random.n != sizeof(s->client_random)) {
		trace_info(t, tls_protocol(s), "Client Hello");
		return;
	}
	if (s->has_client_hello)
		on_client_hello_again(t, s, &h);
	t->stats.tls_sessions += !s->has_client_hello && !s->handshakes;
	client_info(t, s, &h);
	keep_client_hello(t, s, &h);
	tls_show_secrets(t, s);
	if (h.sni.n)
		stats_count(&t->stats.sni, h.sni);
	note_client_hello(t, &h, body, h.sni.n ? h.sni : SLICE("an unnamed host"));
	note_offer(t, &h);
	on_resumption_offer(t, s, &h);
}

/* --- ServerHello --------------------------------------------------------------------------------------------- */

static void count_choice(struct trace *t, const struct tls_session *s)
{
	char text[16];
	const char *name = tlsrec_version_name(s->version);

	stats_count(&t->stats.tls_versions, slice_str(name ? name : "?"));
	snprintf(text, sizeof(text), "0x%04x", s->suite);
	stats_count(&t->stats.ciphers, slice_str(text));
}

static void fields_answer(struct trace *t, struct fields *f, const struct tlsrec_server_hello *h)
{
	struct tls_print ja3s = tls_ja3s(&t->arena, h);

	tls_fields_server_hello(f, h);
	TLS_FIELD(f, F_STR("tls.handshake.ja3s", ja3s.hash));
	TLS_FIELD(f, F_STR("tls.handshake.ja3s_full", ja3s.full));
}

static void on_retry(struct trace *t, struct tls_session *s, const struct tlsrec_server_hello *h)
{
	enum note_id id = h->has_key_share ? NOTE_TLS_HELLO_RETRY : NOTE_TLS_HELLO_RETRY_COOKIE;
	TLS_FIELD_LIST(list);

	s->retry = t->frame.number;
	if (h->has_key_share)
		TLS_FIELD(&list, F_STR("osilab.tls.group", tls_group_text(t, h->key_share.group)));
	TLS_FIELD(&list, F_STR("osilab.tls.key_shares", s->shares));
	fields_answer(t, &list, h);
	trace_note(t, id, list.v, list.n);
	trace_info(t, tls_protocol(s), "Hello Retry Request");
}

/* Suites that no longer protect, by what stands in their names; NULL: none of them. */
static const char *weakness(const char *suite)
{
	static const struct {
		const char *word, *why;
	} rows[] = {
		{ "_NULL_", "it does not encrypt" },
		{ "EXPORT", "its keys were made short on purpose" },
		{ "_anon_", "nobody proves who he is" },
		{ "RC4", "RC4's output can be told from random" },
		{ "DES", "DES keys can be tried out, and blocks of 64 bits collide" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strstr(suite, rows[i].word))
			return rows[i].why;
	return NULL;
}

static void judge_server_hello(
    struct trace *t, const struct tls_session *s, const struct tlsrec_server_hello *h)
{
	const char *suite = tls_suite_text(t, h->cipher), *version = tls_version_text(t, h->selected);
	const char *why = weakness(suite);

	if (h->selected < TLSREC_TLS12)
		NOTE(t, TLS_OLD_VERSION, F_STR("osilab.tls.version", version));
	if (why)
		NOTE(t, TLS_WEAK_SUITE, F_STR("osilab.tls.suite", suite), F_STR("osilab.tls.why", why));
	if (strncmp(suite, "TLS_RSA_WITH", 12) == 0)
		NOTE0(t, TLS_NO_FORWARD_SECRECY);
	if (h->downgrade && h->selected <= h->downgrade)
		trace_note(t, s->client_max > h->downgrade ? NOTE_TLS_DOWNGRADE : NOTE_TLS_DOWNGRADE_MARK,
		    (const struct field[]){ F_STR("osilab.tls.version", version) }, 1);
}

static void note_resumed(struct trace *t, const struct tls_session *s)
{
	if (s->offered_from)
		note_ref(t, NOTE_TLS_RESUMED_FROM, s->offered_from);
	else
		NOTE0(t, TLS_RESUMED);
}

static void keep_server_hello(struct tls_session *s, const struct tlsrec_server_hello *h)
{
	s->has_server_hello = true;
	s->version = h->selected;
	s->suite = h->cipher;
	s->encrypt_then_mac = h->has_encrypt_then_mac;
	s->extended_master_secret = h->has_extended_master_secret;
	memcpy(s->server_random, h->random.p, sizeof(s->server_random));
	s->session_id_echoed = s->session_id_len && h->session_id.n == s->session_id_len &&
	                       memcmp(h->session_id.p, s->session_id, s->session_id_len) == 0;
}

static void note_server_hello(struct trace *t, const struct tlsrec_server_hello *h, struct slice body)
{
	const char *group = h->has_key_share              ? tls_group_text(t, h->key_share.group)
	                    : h->selected >= TLSREC_TLS13 ? "a pre-shared key"
	                    : strncmp(tls_suite_text(t, h->cipher), "TLS_RSA_WITH", 12) == 0 ? "static RSA"
	                                                                                     : "a group "
	                                                                                       "still to be "
	                                                                                       "told";
	TLS_FIELD_LIST(list);

	TLS_FIELD(&list, F_STR("osilab.tls.version", tls_version_text(t, h->selected)));
	TLS_FIELD(&list, F_STR("osilab.tls.suite", tls_suite_text(t, h->cipher)));
	TLS_FIELD(&list, F_STR("osilab.tls.group", group));
	fields_answer(t, &list, h);
	trace_where(t, trace_note(t, NOTE_TLS_SERVER_HELLO, list.v, list.n), body);
}

static void on_server_hello(struct trace *t, struct tls_session *s, struct slice body)
{
	struct tlsrec_server_hello h;

	if (tlsrec_server_hello(body, &h) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "ServerHello"));
	t->stats.server_hello++;
	if (h.random.n != sizeof(s->server_random)) {
		trace_info(t, tls_protocol(s), "Server Hello");
		return;
	}
	if (h.hello_retry) {
		on_retry(t, s, &h);
		return;
	}
	keep_server_hello(s, &h);
	trace_info(t, tls_protocol(s), "Server Hello %s", tls_suite_text(t, h.cipher));
	count_choice(t, s);
	note_server_hello(t, &h, body);
	s->alpn_h2 = slice_eq_str(h.alpn, "h2");
	if (h.alpn.n) {
		stats_count(&t->stats.alpn, h.alpn);
		snprintf(s->alpn, sizeof(s->alpn), "%s", trace_text(t, h.alpn, 32));
		NOTE(t, TLS_ALPN_12, F_STR("osilab.tls.alpn", s->alpn));
	}
	judge_server_hello(t, s, &h);
	if (h.has_psk) {
		s->resumed = true;
		note_resumed(t, s);
	} else if (h.selected >= TLSREC_TLS13 && s->offered_from) {
		NOTE0(t, TLS_NOT_RESUMED);
	}
	if (h.selected >= TLSREC_TLS13)
		NOTE0(t, TLS_ENCRYPTED_NOW);
	else if (!s->session_id_echoed)
		tls_remember(t, h.session_id, h.selected, h.cipher);
}

void tls_changed(struct trace *t, struct tls_session *s, enum flow_side side)
{
	s->encrypted[side] = true;
	if (side == FLOW_SERVER && !s->hello_done && !s->has_certificate && !s->resumed) {
		s->resumed = true;
		note_resumed(t, s);
	}
	if (s->encrypted[0] && s->encrypted[1])
		tls_sum_up(t, s);
}

/* --- The rest ------------------------------------------------------------------------------------------------- */

static void on_extensions(struct trace *t, struct tls_session *s, struct slice body)
{
	struct tlsrec_encrypted_extensions x;
	TLS_FIELD_LIST(list);

	if (tlsrec_encrypted_extensions(body, &x) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "EncryptedExtensions"));
	if (x.alpn.n)
		stats_count(&t->stats.alpn, x.alpn);
	s->alpn_h2 = slice_eq_str(x.alpn, "h2");
	TLS_FIELD(&list,
	    F_STR("osilab.tls.alpn", x.alpn.n ? trace_text(t, x.alpn, 32) : "no protocol in particular"));
	TLS_FIELD(&list, F_UINT("tls.handshake.type", TLSREC_ENCRYPTED_EXTENSIONS));
	tls_fields_types(&list, x.extensions);
	if (x.alpn.n)
		TLS_FIELD(&list, F_TEXT("tls.handshake.extensions_alpn_str", x.alpn));
	tls_fields_hex(&list, "tls.handshake.extensions_supported_group", x.groups);
	trace_note(t, NOTE_TLS_EXTENSIONS, list.v, list.n);
	if (!s->early_data)
		return;
	s->early_refused = !x.has_early_data;
	trace_note(t, x.has_early_data ? NOTE_TLS_EARLY_ACCEPTED : NOTE_TLS_EARLY_REFUSED, NULL, 0);
}

static void on_server_key(struct trace *t, const struct tls_session *s, struct slice body)
{
	bool ecdhe = strstr(tls_suite_text(t, s->suite), "ECDHE") != NULL;
	struct tlsrec_server_key_exchange ec;
	struct tlsrec_server_dh dh = { 0 };
	const char *group, *scheme;
	uint16_t number;
	TLS_FIELD_LIST(list);

	if (ecdhe) {
		(void)tlsrec_server_key_exchange(body, &ec); /* before TLS 1.2 it ends without a scheme */
		group = tls_group_text(t, ec.group);
		number = s->version == TLSREC_TLS12 ? ec.scheme : 0;
	} else {
		(void)tlsrec_server_dh(body, s->version, &dh);
		group = arena_printf(&t->arena, "DH %zu", 8 * dh.prime);
		number = dh.scheme;
	}
	scheme = tlsrec_scheme_name(number);
	TLS_FIELD(&list, F_STR("osilab.tls.group", group));
	TLS_FIELD(&list, F_STR("osilab.tls.scheme", scheme ? scheme : "a signature of its version"));
	TLS_FIELD(&list, F_UINT("tls.handshake.type", TLSREC_SERVER_KEY_EXCHANGE));
	if (ecdhe)
		TLS_FIELD(&list, F_HEX("tls.handshake.server_named_curve", ec.group, 4));
	if (number)
		TLS_FIELD(&list, F_HEX("tls.handshake.sig_hash_alg", number, 4));
	trace_note(t, NOTE_TLS_SERVER_KEY, list.v, list.n);
	if (!ecdhe && dh.prime && dh.prime < 256)
		NOTE(t, TLS_WEAK_DH, F_UINT("osilab.tls.bits", 8 * dh.prime));
}

static void on_certificate_verify(struct trace *t, enum flow_side side, struct slice body)
{
	struct tlsrec_certificate_verify v;
	const char *scheme = NULL;

	if (tlsrec_certificate_verify(body, &v) >= 0)
		scheme = tlsrec_scheme_name(v.scheme);
	NOTE(t, TLS_CERT_VERIFY, F_SIDE(side), F_STR("osilab.tls.scheme", scheme ? scheme : "unknown scheme"),
	    F_UINT("tls.handshake.type", TLSREC_CERTIFICATE_VERIFY),
	    F_HEX("tls.handshake.sig_hash_alg", v.scheme, 4));
}

static void on_ticket(struct trace *t, const struct tls_session *s, struct slice body)
{
	struct tlsrec_ticket ticket;
	TLS_FIELD_LIST(list);

	if (tlsrec_ticket(body, s->version, &ticket) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "NewSessionTicket"));
	TLS_FIELD(&list, F_SPAN("osilab.tls.lifetime", (int64_t)ticket.lifetime * CLOCK_SEC));
	TLS_FIELD(&list, F_UINT("tls.handshake.type", TLSREC_NEW_SESSION_TICKET));
	TLS_FIELD(&list, F_UINT("tls.handshake.session_ticket_lifetime_hint", ticket.lifetime));
	if (s->version >= TLSREC_TLS13)
		TLS_FIELD(&list, F_UINT("tls.handshake.session_ticket_age_add", ticket.age_add));
	TLS_FIELD(&list, F_UINT("tls.handshake.session_ticket_length", ticket.ticket.n));
	tls_fields_types(&list, ticket.extensions);
	trace_note(t, NOTE_TLS_TICKET, list.v, list.n);
	if (ticket.has_early_data)
		NOTE(t, TLS_TICKET_EARLY, F_UINT("osilab.tls.bytes", ticket.max_early_data));
	tls_remember(t, ticket.ticket, s->version, s->suite);
}

static void on_key_update(struct trace *t, enum flow_side side, struct slice body)
{
	bool both = body.n == 1 && body.p[0] == 1;
	const struct field fields[] = { F_SIDE(side), F_UINT("tls.handshake.type", TLSREC_KEY_UPDATE),
		F_UINT("tls.handshake.key_update.request_update", both) };

	trace_note(t, both ? NOTE_TLS_KEY_UPDATE_BOTH : NOTE_TLS_KEY_UPDATE, fields, 3);
}

static void on_other(struct trace *t, enum flow_side side, const struct tlsrec_hs *hs)
{
	const char *name = tlsrec_hs_name(hs->type);

	NOTE(t, TLS_HANDSHAKE, F_STR("osilab.tls.message", name ? name : "an unknown message"), F_SIDE(side),
	    F_UINT("tls.handshake.type", hs->type));
}

void tls_message(struct trace *t, struct tls_session *s, enum flow_side side, const struct tlsrec_hs *hs)
{
	const char *name = tlsrec_hs_name(hs->type);

	if (hs->type != TLSREC_CLIENT_HELLO && hs->type != TLSREC_SERVER_HELLO)
		trace_info(t, tls_protocol(s), "%s", name ? name : "handshake message");
	switch (hs->type) {
	case TLSREC_CLIENT_HELLO: on_client_hello(t, s, hs->body); break;
	case TLSREC_SERVER_HELLO: on_server_hello(t, s, hs->body); break;
	case TLSREC_ENCRYPTED_EXTENSIONS: on_extensions(t, s, hs->body); break;
	case TLSREC_CERTIFICATE: tls_certificate(t, s, side, hs->body); break;
	case TLSREC_COMPRESSED_CERTIFICATE: tls_compressed(t, s, side, hs->body); break;
	case TLSREC_CERTIFICATE_REQUEST: tls_certificate_request(t, s, hs->body); break;
	case TLSREC_CERTIFICATE_STATUS: tls_certificate_status(t, hs->body, true); break;
	case TLSREC_SERVER_KEY_EXCHANGE: on_server_key(t, s, hs->body); break;
	case TLSREC_CERTIFICATE_VERIFY: on_certificate_verify(t, side, hs->body); break;
	case TLSREC_NEW_SESSION_TICKET: on_ticket(t, s, hs->body); break;
	case TLSREC_KEY_UPDATE: on_key_update(t, side, hs->body); break;
	case TLSREC_SERVER_HELLO_DONE:
		s->hello_done = true;
		on_other(t, side, hs);
		break;
	case TLSREC_FINISHED:
		s->done[side] = true;
		NOTE(t, TLS_FINISHED, F_SIDE(side), F_UINT("tls.handshake.type", hs->type));
		break;
	default: on_other(t, side, hs);
	}
}
