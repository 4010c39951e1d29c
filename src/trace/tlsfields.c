/* TLS hellos as fields and as lists in words; see tlsfields.h. */
#include "trace/tlsfields.h"

enum { NAMED = 4 }; /* items of a list that are named; the rest is counted */

/* --- Fields --------------------------------------------------------------------------------------------------- */

void tls_fields_hex(struct fields *f, const char *name, struct slice list)
{
	uint16_t v;

	for (unsigned n = 0; n < TLS_LISTED && tlsrec_u16_next(&list, &v); n++)
		TLS_FIELD(f, F_HEX(name, v, 4));
}

static void fields_octets(struct fields *f, const char *name, struct slice list)
{
	for (unsigned n = 0; n < TLS_LISTED && n < list.n; n++)
		TLS_FIELD(f, F_UINT(name, list.p[n]));
}

void tls_fields_types(struct fields *f, struct slice extensions)
{
	struct tlsrec_ext e;

	for (unsigned n = 0; n < TLS_LISTED && tlsrec_ext_next(&extensions, &e); n++)
		TLS_FIELD(f, F_UINT("tls.handshake.extension.type", e.type));
}

static void fields_names(struct fields *f, const char *name, struct slice list)
{
	struct slice one;

	for (unsigned n = 0; n < TLS_LISTED && tlsrec_name_next(&list, &one); n++)
		TLS_FIELD(f, F_TEXT(name, one));
}

static void fields_shares(struct fields *f, struct slice list)
{
	struct tlsrec_key_share share;

	for (unsigned n = 0; n < TLS_LISTED && tlsrec_key_share_next(&list, &share); n++)
		TLS_FIELD(f, F_UINT("tls.handshake.extensions_key_share_group", share.group));
}

static void fields_psks(struct fields *f, struct slice list)
{
	struct tlsrec_psk psk;

	for (unsigned n = 0; n < TLS_LISTED && tlsrec_psk_next(&list, &psk); n++)
		TLS_FIELD(f, F_UINT("tls.handshake.extensions.psk.identity.obfuscated_ticket_age", psk.age));
}

static void fields_common(
    struct fields *f, uint8_t type, uint16_t version, struct slice random, struct slice session_id)
{
	TLS_FIELD(f, F_UINT("tls.handshake.type", type));
	TLS_FIELD(f, F_HEX("tls.handshake.version", version, 4));
	TLS_FIELD(f, F_BYTES("tls.handshake.random", random));
	if (session_id.n)
		TLS_FIELD(f, F_BYTES("tls.handshake.session_id", session_id));
}

void tls_fields_client_hello(struct fields *f, const struct tlsrec_client_hello *h)
{
	fields_common(f, TLSREC_CLIENT_HELLO, h->version, h->random, h->session_id);
	tls_fields_hex(f, "tls.handshake.ciphersuite", h->ciphers);
	fields_octets(f, "tls.handshake.comp_method", h->compression);
	tls_fields_types(f, h->extensions);
	fields_names(f, "tls.handshake.extensions_alpn_str", h->alpn);
	tls_fields_hex(f, "tls.handshake.extensions.supported_version", h->versions);
	tls_fields_hex(f, "tls.handshake.extensions_supported_group", h->groups);
	fields_octets(f, "tls.handshake.extensions_ec_point_format", h->point_formats);
	fields_shares(f, h->key_shares);
	tls_fields_hex(f, "tls.handshake.sig_hash_alg", h->sig_algs);
	fields_octets(f, "tls.extension.psk_ke_mode", h->psk_modes);
	fields_psks(f, h->psk_identities);
}

void tls_fields_server_hello(struct fields *f, const struct tlsrec_server_hello *h)
{
	struct tlsrec_ext e;
	struct slice rest = h->extensions;

	fields_common(f, TLSREC_SERVER_HELLO, h->version, h->random, h->session_id);
	TLS_FIELD(f, F_HEX("tls.handshake.ciphersuite", h->cipher, 4));
	TLS_FIELD(f, F_UINT("tls.handshake.comp_method", h->compression));
	tls_fields_types(f, h->extensions);
	if (h->alpn.n)
		TLS_FIELD(f, F_TEXT("tls.handshake.extensions_alpn_str", h->alpn));
	while (tlsrec_ext_next(&rest, &e)) {
		if (e.type == TLSREC_EXT_VERSIONS)
			TLS_FIELD(f, F_HEX("tls.handshake.extensions.supported_version", h->selected, 4));
		else if (e.type == TLSREC_EXT_POINT_FORMATS && e.data.n)
			fields_octets(f, "tls.handshake.extensions_ec_point_format", slice_skip(e.data, 1));
	}
	if (h->has_key_share)
		TLS_FIELD(f, F_UINT(h->hello_retry ? "tls.handshake.extensions_key_share_selected_group"
		                                   : "tls.handshake.extensions_key_share_group",
		                 h->key_share.group));
	if (h->has_psk)
		TLS_FIELD(f, F_UINT("tls.handshake.extensions.psk.identity.selected", h->psk));
}

/* --- Lists as text ---------------------------------------------------------------------------------------------- */

const char *tls_suite_text(struct trace *t, uint16_t suite)
{
	const char *name = tlsrec_suite_name(suite);

	return name ? name : arena_printf(&t->arena, "suite 0x%04x", suite);
}

const char *tls_group_text(struct trace *t, uint16_t group)
{
	const char *name = tlsrec_group_name(group);

	return name ? name : arena_printf(&t->arena, "group 0x%04x", group);
}

const char *tls_version_text(struct trace *t, uint16_t version)
{
	const char *name = tlsrec_version_name(version);

	return name ? name : arena_printf(&t->arena, "version 0x%04x", version);
}

const char *tls_list_text(
    struct trace *t, struct slice list, const char *(*name)(uint16_t), unsigned show, unsigned *count)
{
	const char *text = "";
	unsigned n = 0;
	uint16_t v;

	while (tlsrec_u16_next(&list, &v)) {
		const char *word = name(v);

		if (tlsrec_is_grease(v))
			continue;
		if (n++ >= show)
			continue;
		if (!word)
			word = arena_printf(&t->arena, "0x%04x", v);
		text = arena_printf(&t->arena, "%s%s%s", text, n > 1 ? ", " : "", word);
	}
	if (n > show)
		text = arena_printf(&t->arena, "%s +%u", text, n - show);
	if (count)
		*count = n;
	return n ? text : "none";
}

const char *tls_names_text(struct trace *t, struct slice list)
{
	const char *text = "";
	struct slice name;
	unsigned n = 0;

	while (n < NAMED && tlsrec_name_next(&list, &name))
		text = arena_printf(&t->arena, "%s%s%s", text, n++ ? ", " : "", trace_text(t, name, 32));
	return n ? text : "no protocol in particular";
}

const char *tls_shares_text(struct trace *t, struct slice list)
{
	const char *text = "";
	struct tlsrec_key_share share;
	unsigned n = 0;

	while (n < NAMED && tlsrec_key_share_next(&list, &share))
		if (!tlsrec_is_grease(share.group))
			text = arena_printf(
			    &t->arena, "%s%s%s", text, n++ ? ", " : "", tls_group_text(t, share.group));
	return n ? text : "none of them";
}
