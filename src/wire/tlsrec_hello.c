/* ClientHello, ServerHello, HelloRetryRequest and EncryptedExtensions.  RFC 8446 4.1, 4.2
 * and 4.3.1; RFC 5246 7.4.1. */
#include "wire/tlsrec.h"

#include "wire/tlsrec_vec.h"

enum { SCSV_RENEGOTIATION = 0x00ff }; /* RFC 5746 3.3 */

/* SHA-256 of "HelloRetryRequest", RFC 8446 4.1.3. */
static const uint8_t retry_random[32] = {
	0xcf,
	0x21,
	0xad,
	0x74,
	0xe5,
	0x9a,
	0x61,
	0x11,
	0xbe,
	0x1d,
	0x8c,
	0x02,
	0x1e,
	0x65,
	0xb8,
	0x91,
	0xc2,
	0xa2,
	0x11,
	0x16,
	0x7a,
	0xbb,
	0x8c,
	0x5e,
	0x07,
	0x9e,
	0x09,
	0xe2,
	0xc8,
	0xa8,
	0x33,
	0x9c,
};

/* An extension that is one vector and nothing else; *bad is set when it is not. */
static struct slice only_vec8(struct slice data, bool *bad)
{
	struct rd r = rd_of(data);
	struct slice s = vec8(&r);

	*bad |= vec_end(&r) != 0;
	return s;
}

static struct slice only_vec16(struct slice data, bool *bad)
{
	struct rd r = rd_of(data);
	struct slice s = vec16(&r);

	*bad |= vec_end(&r) != 0;
	return s;
}

/* The extensions of a hello.  Of a message that is cut, those that are there: the server name comes
 * early and is worth having. */
static struct slice extension_block(struct rd *r)
{
	size_t len = rd_be16(r);
	struct slice s;

	if (len <= rd_left(r))
		return rd_take(r, len);
	s = rd_rest(r);
	r->bad = true;
	return s;
}

/* The first host name (type 0) of a ServerNameList (RFC 6066 3). */
static struct slice host_name(struct slice data, bool *bad)
{
	struct slice list = only_vec16(data, bad);
	struct rd r = rd_of(list);

	while (rd_left(&r)) {
		uint8_t type = rd_u8(&r);
		struct slice name = vec16(&r);

		if (type == 0 && !r.bad)
			return name;
	}
	*bad |= r.bad;
	return slice_of(NULL, 0);
}

/* The one name of an ALPN answer (RFC 7301 3.1). */
static struct slice one_alpn(struct slice data, bool *bad)
{
	return only_vec8(only_vec16(data, bad), bad);
}

static void offered_psks(struct tlsrec_client_hello *h, struct slice data, bool *bad)
{
	struct rd r = rd_of(data);

	h->has_psk = true;
	h->psk_identities = vec16(&r);
	h->psk_binders = vec16(&r);
	*bad |= vec_end(&r) != 0;
}

static void client_extension(struct tlsrec_client_hello *h, const struct tlsrec_ext *e, bool *bad)
{
	switch (e->type) {
	case TLSREC_EXT_SERVER_NAME: h->sni = host_name(e->data, bad); break;
	case TLSREC_EXT_ALPN: h->alpn = only_vec16(e->data, bad); break;
	case TLSREC_EXT_VERSIONS: h->versions = only_vec8(e->data, bad); break;
	case TLSREC_EXT_GROUPS: h->groups = only_vec16(e->data, bad); break;
	case TLSREC_EXT_KEY_SHARE: h->key_shares = only_vec16(e->data, bad); break;
	case TLSREC_EXT_SIG_ALGS: h->sig_algs = only_vec16(e->data, bad); break;
	case TLSREC_EXT_POINT_FORMATS: h->point_formats = only_vec8(e->data, bad); break;
	case TLSREC_EXT_PSK_MODES: h->psk_modes = only_vec8(e->data, bad); break;
	case TLSREC_EXT_PRE_SHARED_KEY: offered_psks(h, e->data, bad); break;
	case TLSREC_EXT_COOKIE: h->cookie = only_vec16(e->data, bad); break;
	case TLSREC_EXT_SESSION_TICKET:
		h->has_session_ticket = true;
		h->session_ticket = e->data;
		break;
	case TLSREC_EXT_EARLY_DATA: h->has_early_data = true; break;
	case TLSREC_EXT_EXTENDED_MASTER_SECRET: h->has_extended_master_secret = true; break;
	case TLSREC_EXT_ENCRYPT_THEN_MAC: h->has_encrypt_then_mac = true; break;
	case TLSREC_EXT_RENEGOTIATION_INFO: h->has_renegotiation_info = true; break;
	case TLSREC_EXT_STATUS_REQUEST: h->has_status_request = true; break;
	case TLSREC_EXT_ECH: h->has_ech = true; break;
	default: break;
	}
}

static bool has_grease(struct slice list)
{
	uint16_t v;

	while (tlsrec_u16_next(&list, &v))
		if (tlsrec_is_grease(v))
			return true;
	return false;
}

/* What the lists say together, once all were read. */
static void client_conclude(struct tlsrec_client_hello *h)
{
	struct slice list = h->ciphers;
	uint16_t v;

	while (tlsrec_u16_next(&list, &v))
		h->has_renegotiation_info |= v == SCSV_RENEGOTIATION;
	h->grease |= has_grease(h->ciphers) || has_grease(h->groups) || has_grease(h->versions);
	h->max_version = h->versions.n ? 0 : h->version;
	list = h->versions;
	while (tlsrec_u16_next(&list, &v))
		if (v >> 8 == 3 && v > h->max_version)
			h->max_version = v;
}

int tlsrec_client_hello(struct slice body, struct tlsrec_client_hello *out)
{
	struct rd r = rd_of(body);
	struct tlsrec_ext e;
	struct slice rest;
	bool bad;

	*out = (struct tlsrec_client_hello){ .version = rd_be16(&r) };
	out->random = rd_take(&r, 32);
	out->session_id = vec8(&r);
	out->ciphers = vec16(&r);
	out->compression = vec8(&r);
	bad = r.bad || out->session_id.n > 32 || out->ciphers.n % 2;
	/* Before TLS 1.2 extensions may be missing altogether. */
	if (rd_left(&r))
		out->extensions = extension_block(&r);
	bad |= vec_end(&r) != 0;
	rest = out->extensions;
	while (tlsrec_ext_next(&rest, &e)) {
		client_extension(out, &e, &bad);
		out->grease |= tlsrec_is_grease(e.type);
	}
	client_conclude(out);
	return bad || rest.n ? TLSREC_DAMAGED : 0;
}

static void server_key_share(struct tlsrec_server_hello *h, struct slice data, bool *bad)
{
	struct rd r = rd_of(data);

	h->has_key_share = true;
	h->key_share.group = rd_be16(&r);
	if (!h->hello_retry)
		h->key_share.key = vec16(&r);
	*bad |= vec_end(&r) != 0;
}

static uint16_t only_u16(struct slice data, bool *bad)
{
	struct rd r = rd_of(data);
	uint16_t v = rd_be16(&r);

	*bad |= vec_end(&r) != 0;
	return v;
}

static void server_extension(struct tlsrec_server_hello *h, const struct tlsrec_ext *e, bool *bad)
{
	switch (e->type) {
	case TLSREC_EXT_VERSIONS: h->selected = only_u16(e->data, bad); break;
	case TLSREC_EXT_KEY_SHARE: server_key_share(h, e->data, bad); break;
	case TLSREC_EXT_PRE_SHARED_KEY:
		h->has_psk = true;
		h->psk = only_u16(e->data, bad);
		break;
	case TLSREC_EXT_ALPN: h->alpn = one_alpn(e->data, bad); break;
	case TLSREC_EXT_COOKIE: h->cookie = only_vec16(e->data, bad); break;
	case TLSREC_EXT_SESSION_TICKET: h->has_session_ticket = true; break;
	case TLSREC_EXT_EXTENDED_MASTER_SECRET: h->has_extended_master_secret = true; break;
	case TLSREC_EXT_ENCRYPT_THEN_MAC: h->has_encrypt_then_mac = true; break;
	case TLSREC_EXT_RENEGOTIATION_INFO: h->has_renegotiation_info = true; break;
	case TLSREC_EXT_SERVER_NAME: h->has_sni = true; break;
	case TLSREC_EXT_STATUS_REQUEST: h->has_status_request = true; break;
	default: break;
	}
}

/* The last eight bytes of the random of a server that could have done better (RFC 8446 4.1.3). */
static uint16_t downgrade_of(struct slice random)
{
	struct slice tail = slice_skip(random, 24);

	if (slice_eq(tail, SLICE("DOWNGRD\x01")))
		return TLSREC_TLS12;
	if (slice_eq(tail, SLICE("DOWNGRD\x00")))
		return TLSREC_TLS11;
	return 0;
}

int tlsrec_server_hello(struct slice body, struct tlsrec_server_hello *out)
{
	struct rd r = rd_of(body);
	struct tlsrec_ext e;
	struct slice rest;
	bool bad;

	*out = (struct tlsrec_server_hello){ .version = rd_be16(&r) };
	out->selected = out->version;
	out->random = rd_take(&r, 32);
	out->hello_retry = slice_eq(out->random, slice_of(retry_random, 32));
	out->downgrade = downgrade_of(out->random);
	out->session_id = vec8(&r);
	out->cipher = rd_be16(&r);
	out->compression = rd_u8(&r);
	bad = r.bad || out->session_id.n > 32;
	if (rd_left(&r))
		out->extensions = extension_block(&r);
	bad |= vec_end(&r) != 0;
	rest = out->extensions;
	while (tlsrec_ext_next(&rest, &e))
		server_extension(out, &e, &bad);
	return bad || rest.n ? TLSREC_DAMAGED : 0;
}

int tlsrec_encrypted_extensions(struct slice body, struct tlsrec_encrypted_extensions *out)
{
	bool bad = false;
	struct tlsrec_ext e;
	struct slice rest;

	*out = (struct tlsrec_encrypted_extensions){ .extensions = only_vec16(body, &bad) };
	rest = out->extensions;
	while (tlsrec_ext_next(&rest, &e)) {
		switch (e.type) {
		case TLSREC_EXT_ALPN: out->alpn = one_alpn(e.data, &bad); break;
		case TLSREC_EXT_GROUPS: out->groups = only_vec16(e.data, &bad); break;
		case TLSREC_EXT_SERVER_NAME: out->has_sni = true; break;
		case TLSREC_EXT_EARLY_DATA: out->has_early_data = true; break;
		default: break;
		}
	}
	return bad || rest.n ? TLSREC_DAMAGED : 0;
}
