/* The messages of the handshake that say who somebody is: certificate chains, requests for them, OCSP answers.
 * RFC 8446 4.3.2 and 4.4.2, RFC 5246 7.4.2 and 7.4.4, RFC 5280, RFC 6066 8, RFC 8879, RFC 9525. */
#include "base/clock.h"
#include "tls/cert.h"
#include "trace/tlsfields.h"
#include "trace/tlshello.h"

#include <stdlib.h>
#include <zlib.h>

enum {
	CHAIN_MAX = 16,           /* certificates of one message that are looked into */
	LISTED = 4,               /* items of a list that are named; the rest is counted */
	UNPACKED_MAX = 256 << 10, /* bytes that a compressed chain may become */
};

/* --- Names ----------------------------------------------------------------------------------------------------- */

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

static void fields_dns(struct fields *f, struct slice sans)
{
	while (sans.p) {
		struct slice one = slice_trim(slice_cut(&sans, ','));

		if (slice_starts(one, SLICE("DNS:")))
			TLS_FIELD(f, F_TEXT("x509ce.dNSName", slice_skip(one, 4)));
	}
}

/* --- One certificate ------------------------------------------------------------------------------------------- */

struct chain {
	enum flow_side side;
	unsigned position, count; /* from 1 */
	struct cert last;         /* the certificate before */
};

static void judge_dates(struct trace *t, const struct cert *c, bool leaf)
{
	if (t->frame.ts > c->not_after)
		NOTE(t, TLS_CERT_EXPIRED, F_SPAN("osilab.cert.ago", t->frame.ts - c->not_after),
		    F_TIME("osilab.cert.not_after", c->not_after));
	else if (t->frame.ts < c->not_before)
		NOTE(t, TLS_CERT_NOT_YET, F_SPAN("osilab.cert.ahead", c->not_before - t->frame.ts),
		    F_TIME("osilab.cert.not_before", c->not_before));
	else if (leaf)
		NOTE(t, TLS_CERT_VALID, F_SPAN("osilab.cert.left", c->not_after - t->frame.ts),
		    F_SPAN("osilab.cert.life", c->not_after - c->not_before));
}

/* The place of a certificate behind another: it has to be the issuer's. */
static void judge_place(struct trace *t, const struct chain *chain, const struct cert *c)
{
	if (!slice_eq(chain->last.issuer_raw, c->subject_raw))
		NOTE(t, TLS_CHAIN_ORDER,
		    F_TEXT("osilab.cert.issuer", trace_brief(t, chain->last.issuer, 200)),
		    F_TEXT("osilab.cert.subject", trace_brief(t, c->subject, 200)));
	else if (!c->is_ca)
		NOTE(t, TLS_CHAIN_NOT_CA, F_TEXT("osilab.cert.subject", trace_brief(t, c->subject, 200)));
}

static void judge(
    struct trace *t, const struct tls_session *s, const struct chain *chain, const struct cert *c)
{
	bool leaf = chain->position == 1;

	judge_dates(t, c, leaf);
	if (leaf && c->self_signed)
		NOTE0(t, TLS_CERT_SELF_SIGNED);
	if (leaf && chain->side == FLOW_SERVER && s->sni[0] && !s->ech && c->n_sans <= CERT_SANS_SHOWN &&
	    !names_host(c->sans, slice_str(s->sni)))
		NOTE(t, TLS_CERT_NAME, F_STR("tls.handshake.extensions_server_name", s->sni));
	if (c->weak_key)
		NOTE(t, TLS_CERT_WEAK_KEY, F_TEXT("osilab.cert.key", c->key_type));
	/* Nobody checks what a root says of itself. */
	if (c->weak_hash && !c->self_signed)
		NOTE(t, TLS_CERT_WEAK_HASH, F_TEXT("osilab.cert.sig_alg", c->sig_alg));
	if (!leaf)
		judge_place(t, chain, c);
}

static const char *role_of(const struct chain *chain, const struct cert *c)
{
	if (chain->position == 1)
		return chain->side == FLOW_SERVER ? "the server's own" : "the client's own";
	if (!c->is_ca)
		return "no authority";
	return c->self_signed ? "a root authority" : "an intermediate authority";
}

static void note_certificate(struct trace *t, const struct tls_session *s, const struct chain *chain,
    const struct cert *c, size_t size)
{
	TLS_FIELD_LIST(list);

	TLS_FIELD(&list, F_SIDE(chain->side));
	TLS_FIELD(&list, F_UINT("osilab.cert.position", chain->position));
	TLS_FIELD(&list, F_UINT("osilab.cert.count", chain->count));
	TLS_FIELD(&list, F_STR("osilab.tls.how", s->version >= TLSREC_TLS13 || s->handshakes ? "decrypted"
	                                                                                     : "in clear, "
	                                                                                       "anyone can "
	                                                                                       "read it"));
	TLS_FIELD(&list, F_STR("osilab.cert.role", role_of(chain, c)));
	TLS_FIELD(&list, F_TEXT("osilab.cert.subject", trace_brief(t, c->subject, 200)));
	TLS_FIELD(
	    &list, F_TEXT("osilab.cert.sans", c->sans.n ? trace_brief(t, c->sans, 300) : SLICE("no names")));
	TLS_FIELD(&list, F_TEXT("osilab.cert.issuer", trace_brief(t, c->issuer, 200)));
	TLS_FIELD(&list, F_TEXT("osilab.cert.key", c->key_type));
	TLS_FIELD(&list, F_TEXT("osilab.cert.sig_alg", c->sig_alg));
	TLS_FIELD(&list, F_TIME("osilab.cert.not_before", c->not_before));
	TLS_FIELD(&list, F_TIME("osilab.cert.not_after", c->not_after));
	TLS_FIELD(&list, F_BOOL("osilab.cert.ca", c->is_ca));
	TLS_FIELD(&list, F_BOOL("osilab.cert.self_signed", c->self_signed));
	TLS_FIELD(&list, F_TEXT("osilab.cert.sha256", c->sha256_hex));
	TLS_FIELD(&list, F_UINT("tls.handshake.type", TLSREC_CERTIFICATE));
	TLS_FIELD(&list, F_UINT("tls.handshake.certificate_length", size));
	TLS_FIELD(&list, F_BYTES("x509af.serialNumber", c->serial_raw));
	fields_dns(&list, c->sans);
	trace_note(t, NOTE_TLS_CERTIFICATE, list.v, list.n);
}

/* TLS 1.3 puts what is stapled beside the certificate it is about (RFC 8446 4.4.2.1). */
static void on_extensions(struct trace *t, struct slice rest)
{
	struct tlsrec_ext e;

	while (tlsrec_ext_next(&rest, &e)) {
		if (e.type == TLSREC_EXT_STATUS_REQUEST)
			tls_certificate_status(t, e.data, false);
		else if (e.type == TLSREC_EXT_SCT)
			NOTE(t, TLS_SCT, F_UINT("osilab.tls.bytes", e.data.n));
	}
}

/* --- Messages ----------------------------------------------------------------------------------------------------- */

static unsigned count_certificates(struct tlsrec_certificates list)
{
	struct tlsrec_certificate one;
	unsigned n = 0;

	while (tlsrec_certificate_next(&list, &one))
		n++;
	return n;
}

void tls_certificate(struct trace *t, struct tls_session *s, enum flow_side side, struct slice body)
{
	struct tlsrec_certificates list;
	struct tlsrec_certificate one;
	struct chain chain = { .side = side };

	if (tlsrec_certificates(body, s->version, &list) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "Certificate"));
	s->has_certificate |= side == FLOW_SERVER;
	chain.count = count_certificates(list);
	if (!chain.count)
		NOTE(t, TLS_CERT_NONE, F_SIDE(side), F_UINT("tls.handshake.type", TLSREC_CERTIFICATE));
	while (chain.position < CHAIN_MAX && tlsrec_certificate_next(&list, &one)) {
		struct cert c;

		chain.position++;
		if (cert_parse(one.der, &t->arena, &c) < 0) {
			NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "certificate"));
			break;
		}
		note_certificate(t, s, &chain, &c, one.der.n);
		judge(t, s, &chain, &c);
		on_extensions(t, one.extensions);
		chain.last = c;
	}
}

/* The Certificate message inside; in the arena, empty when it cannot be had. */
static struct slice unpack(struct trace *t, const struct tlsrec_compressed_certificate *c)
{
	uLongf n = c->length;
	uint8_t *room;

	if (c->algorithm != TLSREC_ZLIB || c->length > UNPACKED_MAX || !c->length)
		return slice_of(NULL, 0);
	room = arena_alloc(&t->arena, c->length);
	if (!room || uncompress(room, &n, c->data.p, c->data.n) != Z_OK || n != c->length)
		return slice_of(NULL, 0);
	return slice_of(room, n);
}

void tls_compressed(struct trace *t, struct tls_session *s, enum flow_side side, struct slice body)
{
	struct tlsrec_compressed_certificate c;
	const char *name;
	struct slice inside;

	if (tlsrec_compressed_certificate(body, &c) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "CompressedCertificate"));
	s->has_certificate |= side == FLOW_SERVER;
	name = tlsrec_compression_name(c.algorithm);
	name = name ? name : arena_printf(&t->arena, "algorithm %u", c.algorithm);
	NOTE(t, TLS_CERT_COMPRESSED, F_STR("osilab.tls.algorithm", name),
	    F_UINT("osilab.tls.bytes", c.data.n), F_UINT("osilab.tls.bytes_inside", c.length),
	    F_UINT("tls.handshake.type", TLSREC_COMPRESSED_CERTIFICATE));
	inside = unpack(t, &c);
	if (inside.n)
		tls_certificate(t, s, side, inside);
	else
		NOTE(t, TLS_CERT_PACKED, F_STR("osilab.tls.algorithm", name));
}

void tls_certificate_request(struct trace *t, const struct tls_session *s, struct slice body)
{
	struct tlsrec_certificate_request r;
	struct slice rest, name;
	const char *text = "";
	unsigned n = 0;
	TLS_FIELD_LIST(list);

	if (tlsrec_certificate_request(body, s->version, &r) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "CertificateRequest"));
	rest = r.authorities;
	while (tlsrec_name16_next(&rest, &name))
		if (n++ < LISTED)
			text = arena_printf(&t->arena, "%s%s%s", text, n > 1 ? "; " : "",
			    trace_text(t, cert_name(name, &t->arena), 120));
	TLS_FIELD(&list, F_UINT("osilab.tls.authority_count", n));
	TLS_FIELD(&list, F_STR("osilab.tls.authorities", n ? text : "any authority"));
	TLS_FIELD(&list,
	    F_STR("osilab.tls.schemes", tls_list_text(t, r.sig_algs, tlsrec_scheme_name, LISTED, NULL)));
	TLS_FIELD(&list, F_UINT("tls.handshake.type", TLSREC_CERTIFICATE_REQUEST));
	tls_fields_types(&list, r.extensions);
	tls_fields_hex(&list, "tls.handshake.sig_hash_alg", r.sig_algs);
	trace_note(t, NOTE_TLS_CERT_REQUEST, list.v, list.n);
}

void tls_certificate_status(struct trace *t, struct slice body, bool message)
{
	const struct field type = F_UINT("tls.handshake.type", TLSREC_CERTIFICATE_STATUS);
	struct slice response;

	if (tlsrec_certificate_status(body, &response) < 0)
		NOTE(t, TLS_DAMAGED, F_STR("osilab.tls.message", "CertificateStatus"));
	else
		trace_note(t, NOTE_TLS_OCSP,
		    (const struct field[]){ F_UINT("osilab.tls.bytes", response.n), type }, message ? 2 : 1);
}
