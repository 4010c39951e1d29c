/* The messages that prove who the peers are, and the tickets that spare them the proof next time:
 * RFC 8446 4.3.2, 4.4 and 4.6.1; RFC 5246 7.4.2 to 7.4.8; RFC 8422 5.4; RFC 5077 3.3. */
#include "wire/tlsrec.h"

#include "wire/tlsrec_vec.h"

int tlsrec_certificates(struct slice body, uint16_t version, struct tlsrec_certificates *out)
{
	struct rd r = rd_of(body);

	*out = (struct tlsrec_certificates){ .tls13 = version == TLSREC_TLS13 };
	if (out->tls13)
		out->context = vec8(&r);
	out->list = vec24(&r);
	return vec_end(&r);
}

bool tlsrec_certificate_next(struct tlsrec_certificates *list, struct tlsrec_certificate *out)
{
	struct rd r = rd_of(list->list);

	*out = (struct tlsrec_certificate){ .der = vec24(&r) };
	if (list->tls13)
		out->extensions = vec16(&r);
	if (r.bad)
		return false;
	list->list = slice_skip(list->list, r.off);
	return true;
}

/* TLS 1.3 says it all in extensions. */
static int request13(struct rd *r, struct tlsrec_certificate_request *out)
{
	struct tlsrec_ext e;
	struct slice rest;

	out->context = vec8(r);
	out->extensions = vec16(r);
	rest = out->extensions;
	while (tlsrec_ext_next(&rest, &e)) {
		struct rd data = rd_of(e.data);

		if (e.type == TLSREC_EXT_SIG_ALGS)
			out->sig_algs = vec16(&data);
		else if (e.type == TLSREC_EXT_CERT_AUTHORITIES)
			out->authorities = vec16(&data);
		else
			continue;
		if (vec_end(&data) != 0)
			return TLSREC_DAMAGED;
	}
	return rest.n ? TLSREC_DAMAGED : vec_end(r);
}

int tlsrec_certificate_request(struct slice body, uint16_t version, struct tlsrec_certificate_request *out)
{
	struct rd r = rd_of(body);

	*out = (struct tlsrec_certificate_request){ 0 };
	if (version == TLSREC_TLS13)
		return request13(&r, out);
	out->types = vec8(&r);
	if (version == TLSREC_TLS12)
		out->sig_algs = vec16(&r);
	out->authorities = vec16(&r);
	return vec_end(&r);
}

int tlsrec_certificate_verify(struct slice body, struct tlsrec_certificate_verify *out)
{
	struct rd r = rd_of(body);

	*out = (struct tlsrec_certificate_verify){ .scheme = rd_be16(&r) };
	out->signature = vec16(&r);
	return vec_end(&r);
}

int tlsrec_server_key_exchange(struct slice body, struct tlsrec_server_key_exchange *out)
{
	enum { NAMED_CURVE = 3 };
	struct rd r = rd_of(body);

	*out = (struct tlsrec_server_key_exchange){ 0 };
	if (rd_u8(&r) != NAMED_CURVE)
		return TLSREC_DAMAGED;
	out->group = rd_be16(&r);
	out->key = vec8(&r);
	out->scheme = rd_be16(&r);
	out->signature = vec16(&r);
	return vec_end(&r);
}

int tlsrec_server_dh(struct slice body, uint16_t version, struct tlsrec_server_dh *out)
{
	struct rd r = rd_of(body);
	struct slice prime = vec16(&r);

	*out = (struct tlsrec_server_dh){ 0 };
	while (prime.n && prime.p[0] == 0)
		prime = slice_skip(prime, 1);
	out->prime = prime.n;
	vec16(&r); /* the generator */
	out->key = vec16(&r);
	if (version == TLSREC_TLS12)
		out->scheme = rd_be16(&r);
	out->signature = vec16(&r);
	return vec_end(&r);
}

int tlsrec_compressed_certificate(struct slice body, struct tlsrec_compressed_certificate *out)
{
	struct rd r = rd_of(body);

	*out = (struct tlsrec_compressed_certificate){ .algorithm = rd_be16(&r), .length = rd_be24(&r) };
	out->data = vec24(&r);
	return vec_end(&r);
}

int tlsrec_certificate_status(struct slice body, struct slice *response)
{
	enum { OCSP = 1 };
	struct rd r = rd_of(body);
	bool ocsp = rd_u8(&r) == OCSP;

	*response = vec24(&r);
	return ocsp ? vec_end(&r) : TLSREC_DAMAGED;
}

static int ticket13(struct rd *r, struct tlsrec_ticket *out)
{
	struct tlsrec_ext e;
	struct slice rest;

	out->age_add = rd_be32(r);
	out->nonce = vec8(r);
	out->ticket = vec16(r);
	out->extensions = vec16(r);
	rest = out->extensions;
	while (tlsrec_ext_next(&rest, &e)) {
		struct rd data = rd_of(e.data);

		if (e.type != TLSREC_EXT_EARLY_DATA)
			continue;
		out->has_early_data = true;
		out->max_early_data = rd_be32(&data);
		if (vec_end(&data) != 0)
			return TLSREC_DAMAGED;
	}
	return rest.n ? TLSREC_DAMAGED : vec_end(r);
}

int tlsrec_ticket(struct slice body, uint16_t version, struct tlsrec_ticket *out)
{
	struct rd r = rd_of(body);

	*out = (struct tlsrec_ticket){ .lifetime = rd_be32(&r) };
	if (version == TLSREC_TLS13)
		return ticket13(&r, out);
	out->ticket = vec16(&r);
	return vec_end(&r);
}
