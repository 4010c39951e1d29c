/* TLS handshake messages in words; see tlshello.h. */
#include "trace/tlshello.h"

#include "base/clock.h"
#include "tls/cert.h"

#include <stdio.h>

enum { LISTED = 4 }; /* items of a list that are named; the rest is counted */

const char *tls_suite_text(struct trace *t, uint16_t suite)
{
	const char *name = tlsrec_suite_name(suite);

	return name ? name : arena_printf(&t->arena, "suite 0x%04x", suite);
}

void tls_show_secrets(struct trace *t, struct tls_session *s)
{
	keylog_put_lines(
	    &t->keylog, slice_of(s->client_random, sizeof(s->client_random)), &s->shown, &t->secrets);
}

/* --- Lists as text --------------------------------------------------------------------------------------- */

/* Names the numbers of a list with `name`, GREASE left out; *count gets how many there are. */
static const char *list_text(
    struct trace *t, struct slice list, const char *(*name)(uint16_t), unsigned show, unsigned *count)
{
	const char *text = "";
	unsigned n = 0;
	uint16_t v;

	while (tlsrec_u16_next(&list, &v)) {
		const char *word = name(v);

		if (tlsrec_is_grease(v))
			continue;
		if (!word)
			word = arena_printf(&t->arena, "0x%04x", v);
		if (n++ < show)
			text = arena_printf(&t->arena, "%s%s%s", text, n > 1 ? ", " : "", word);
	}
	if (n > show)
		text = arena_printf(&t->arena, "%s and %u more", text, n - show);
	if (count)
		*count = n;
	return n ? text : "none";
}

static const char *names_text(struct trace *t, struct slice list)
{
	const char *text = "";
	struct slice name;
	unsigned n = 0;

	while (tlsrec_name_next(&list, &name) && n < LISTED)
		text = arena_printf(&t->arena, "%s%s%s", text, n++ ? ", " : "", trace_text(t, name, 32));
	return n ? text : "no protocol in particular";
}

static const char *shares_text(struct trace *t, struct slice list)
{
	const char *text = "";
	struct tlsrec_key_share share;
	unsigned n = 0;

	while (tlsrec_key_share_next(&list, &share) && n < LISTED) {
		const char *name = tlsrec_group_name(share.group);

		if (!tlsrec_is_grease(share.group))
			text = arena_printf(&t->arena, "%s%s%s", text, n++ ? ", " : "", name ? name : "?");
	}
	return n ? text : "none of them";
}

/* --- Hellos ------------------------------------------------------------------------------------------------ */

static void on_client_hello(struct trace *t, struct tls_session *s, struct slice body)
{
	struct tlsrec_client_hello h;
	struct slice host;
	const char *versions;
	unsigned suites;

	if (tlsrec_client_hello(body, &h) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "ClientHello"));
	t->stats.client_hello++;
	if (h.random.n != sizeof(s->client_random))
		return;
	t->stats.tls_sessions += !s->has_client_hello;
	s->has_client_hello = true;
	s->early_data = h.has_early_data;
	memcpy(s->client_random, h.random.p, sizeof(s->client_random));
	tls_show_secrets(t, s);
	s->session_id_len = h.session_id.n <= sizeof(s->session_id) ? (uint8_t)h.session_id.n : 0;
	if (s->session_id_len)
		memcpy(s->session_id, h.session_id.p, s->session_id_len);
	slice_cstr(h.sni, s->sni, sizeof(s->sni));
	if (h.sni.n)
		stats_count(&t->stats.sni, h.sni);
	host = h.sni.n ? h.sni : SLICE("an unnamed host");
	versions = h.versions.n ? list_text(t, h.versions, tlsrec_version_name, LISTED, NULL)
	                        : tlsrec_version_name(h.version);
	trace_where(t,
	    NOTE(t, TLS_CLIENT_HELLO, F_TEXT("tls.handshake.extensions_server_name", host),
	        F_STR("osilab.tls.versions", versions ? versions : "an unknown version"),
	        F_STR("osilab.tls.alpn", names_text(t, h.alpn)),
	        F_UINT("tls.handshake.type", TLSREC_CLIENT_HELLO), F_BYTES("tls.handshake.random", h.random)),
	    body);
	{
		const char *list = list_text(t, h.ciphers, tlsrec_suite_name, LISTED, &suites);

		NOTE(t, TLS_OFFER, F_UINT("osilab.tls.suite_count", suites), F_STR("osilab.tls.suites", list),
		    F_STR("osilab.tls.groups", list_text(t, h.groups, tlsrec_group_name, LISTED, NULL)),
		    F_STR("osilab.tls.key_shares", shares_text(t, h.key_shares)));
	}
}

static void count_choice(struct trace *t, const struct tls_session *s)
{
	char text[16];
	const char *name = tlsrec_version_name(s->version);

	stats_count(&t->stats.tls_versions, slice_str(name ? name : "?"));
	snprintf(text, sizeof(text), "0x%04x", s->suite);
	stats_count(&t->stats.ciphers, slice_str(text));
}

static void on_server_hello(struct trace *t, struct tls_session *s, struct slice body)
{
	struct tlsrec_server_hello h;
	const char *group, *version;

	if (tlsrec_server_hello(body, &h) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "ServerHello"));
	t->stats.server_hello++;
	if (h.random.n != sizeof(s->server_random))
		return;
	group = h.has_key_share ? tlsrec_group_name(h.key_share.group) : NULL;
	if (h.hello_retry) {
		NOTE(t, TLS_HELLO_RETRY, F_STR("osilab.tls.group", group ? group : "another group"));
		return;
	}
	s->has_server_hello = true;
	s->version = h.selected;
	s->suite = h.cipher;
	s->encrypt_then_mac = h.has_encrypt_then_mac;
	memcpy(s->server_random, h.random.p, sizeof(s->server_random));
	s->session_id_echoed = s->session_id_len && h.session_id.n == s->session_id_len &&
	                       memcmp(h.session_id.p, s->session_id, s->session_id_len) == 0;
	count_choice(t, s);
	if (h.alpn.n)
		stats_count(&t->stats.alpn, h.alpn);
	s->alpn_h2 = slice_eq_str(h.alpn, "h2");
	version = tlsrec_version_name(h.selected);
	trace_where(t,
	    NOTE(t, TLS_SERVER_HELLO,
	        F_STR("tls.handshake.version_chosen", version ? version : "unknown version"),
	        F_STR("tls.handshake.ciphersuite", tls_suite_text(t, h.cipher)),
	        F_STR("osilab.tls.group", group                        ? group
	                                  : h.selected >= TLSREC_TLS13 ? "a pre-shared key"
	                                                               : "a group still to be told"),
	        F_UINT("tls.handshake.type", TLSREC_SERVER_HELLO)),
	    body);
	if (h.has_psk) {
		s->resumed = true;
		NOTE0(t, TLS_RESUMED);
	}
	if (h.selected >= TLSREC_TLS13)
		NOTE0(t, TLS_ENCRYPTED_NOW);
}

void tls_resumed_12(struct trace *t, struct tls_session *s, enum flow_side side)
{
	if (side == FLOW_SERVER && !s->has_certificate && !s->resumed) {
		s->resumed = true;
		NOTE0(t, TLS_RESUMED);
	}
}

static void on_extensions(struct trace *t, struct tls_session *s, struct slice body)
{
	struct tlsrec_encrypted_extensions x;

	if (tlsrec_encrypted_extensions(body, &x) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "EncryptedExtensions"));
	if (x.alpn.n)
		stats_count(&t->stats.alpn, x.alpn);
	s->alpn_h2 = slice_eq_str(x.alpn, "h2");
	NOTE(t, TLS_EXTENSIONS,
	    F_STR("osilab.tls.alpn", x.alpn.n ? trace_text(t, x.alpn, 32) : "no protocol in particular"),
	    F_UINT("tls.handshake.type", TLSREC_ENCRYPTED_EXTENSIONS));
}

/* --- Certificates ------------------------------------------------------------------------------------------- */

/* RFC 9525 6.3: a wildcard stands for the whole left-most label. */
static bool name_matches(struct slice pattern, struct slice host)
{
	ssize_t dot = slice_chr(host, '.');

	if (slice_starts(pattern, SLICE("*.")))
		return dot > 0 && slice_ieq(slice_skip(pattern, 1), slice_skip(host, (size_t)dot));
	return slice_ieq(pattern, host);
}

/* Is the host among "DNS:a.example, IP:10.0.0.1"? */
static bool names_host(struct slice sans, struct slice host)
{
	while (sans.p) {
		struct slice one = slice_trim(slice_cut(&sans, ','));
		ssize_t colon = slice_chr(one, ':');

		if (colon > 0 && name_matches(slice_skip(one, (size_t)colon + 1), host))
			return true;
	}
	return false;
}

static void judge_certificate(
    struct trace *t, const struct tls_session *s, const struct cert *c, bool leaf, bool server)
{
	if (t->frame.ts < c->not_before || t->frame.ts > c->not_after)
		NOTE(t, TLS_CERT_EXPIRED, F_TIME("osilab.cert.not_before", c->not_before),
		    F_TIME("osilab.cert.not_after", c->not_after));
	if (leaf && c->self_signed)
		NOTE0(t, TLS_CERT_SELF_SIGNED);
	if (leaf && server && s->sni[0] && c->n_sans <= CERT_SANS_SHOWN &&
	    !names_host(c->sans, slice_str(s->sni)))
		NOTE(t, TLS_CERT_NAME, F_STR("tls.handshake.extensions_server_name", s->sni));
}

static void on_certificate(struct trace *t, struct tls_session *s, enum flow_side side, struct slice body)
{
	struct tlsrec_certificates list;
	struct tlsrec_certificate one;
	bool leaf = true;

	if (tlsrec_certificates(body, s->version, &list) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "Certificate"));
	s->has_certificate |= side == FLOW_SERVER;
	for (; tlsrec_certificate_next(&list, &one); leaf = false) {
		struct cert c;

		if (cert_parse(one.der, &t->arena, &c) < 0) {
			NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "certificate"));
			continue;
		}
		NOTE(t, TLS_CERTIFICATE,
		    F_STR("osilab.tls.how",
		        s->version >= TLSREC_TLS13 ? "decrypted" : "in clear, anyone can read it"),
		    F_TEXT("osilab.cert.subject", trace_brief(t, c.subject, 200)),
		    F_TEXT("osilab.cert.sans", c.sans.n ? trace_brief(t, c.sans, 300) : SLICE("no names")),
		    F_TEXT("osilab.cert.issuer", trace_brief(t, c.issuer, 200)),
		    F_TEXT("osilab.cert.key", c.key_type), F_TIME("osilab.cert.not_after", c.not_after),
		    F_TEXT("osilab.cert.sha256", c.sha256_hex),
		    F_UINT("tls.handshake.type", TLSREC_CERTIFICATE));
		judge_certificate(t, s, &c, leaf, side == FLOW_SERVER);
	}
}

/* --- The rest ------------------------------------------------------------------------------------------------- */

static void on_certificate_verify(struct trace *t, enum flow_side side, struct slice body)
{
	struct tlsrec_certificate_verify v;
	const char *scheme = NULL;

	if (tlsrec_certificate_verify(body, &v) >= 0)
		scheme = tlsrec_scheme_name(v.scheme);
	NOTE(t, TLS_CERT_VERIFY, F_SIDE(side), F_STR("osilab.tls.scheme", scheme ? scheme : "unknown scheme"),
	    F_UINT("tls.handshake.type", TLSREC_CERTIFICATE_VERIFY));
}

static void on_ticket(struct trace *t, const struct tls_session *s, struct slice body)
{
	struct tlsrec_ticket ticket;

	if (tlsrec_ticket(body, s->version, &ticket) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "NewSessionTicket"));
	NOTE(t, TLS_TICKET, F_SPAN("osilab.tls.lifetime", (int64_t)ticket.lifetime * CLOCK_SEC),
	    F_UINT("tls.handshake.type", TLSREC_NEW_SESSION_TICKET));
}

void tls_message(struct trace *t, struct tls_session *s, enum flow_side side, const struct tlsrec_hs *hs)
{
	const char *name = tlsrec_hs_name(hs->type);

	switch (hs->type) {
	case TLSREC_CLIENT_HELLO: on_client_hello(t, s, hs->body); break;
	case TLSREC_SERVER_HELLO: on_server_hello(t, s, hs->body); break;
	case TLSREC_ENCRYPTED_EXTENSIONS: on_extensions(t, s, hs->body); break;
	case TLSREC_CERTIFICATE: on_certificate(t, s, side, hs->body); break;
	case TLSREC_CERTIFICATE_VERIFY: on_certificate_verify(t, side, hs->body); break;
	case TLSREC_NEW_SESSION_TICKET: on_ticket(t, s, hs->body); break;
	case TLSREC_FINISHED:
		NOTE(t, TLS_FINISHED, F_SIDE(side), F_UINT("tls.handshake.type", hs->type));
		break;
	case TLSREC_KEY_UPDATE:
		NOTE(t, TLS_KEY_UPDATE, F_SIDE(side), F_UINT("tls.handshake.type", hs->type));
		break;
	default:
		NOTE(t, TLS_HANDSHAKE, F_STR("osilab.tls.message", name ? name : "an unknown message"),
		    F_SIDE(side), F_UINT("tls.handshake.type", hs->type));
	}
}
