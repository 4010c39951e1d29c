/* Exercises the TLS parsers: the first byte chooses one, the second the version it is told. */
#include "wire/tlsrec.h"

#include <assert.h>

static void walk_extensions(struct slice rest)
{
	struct tlsrec_ext e;
	size_t before = rest.n;

	while (tlsrec_ext_next(&rest, &e)) {
		assert(rest.n < before);
		before = rest.n;
		(void)tlsrec_ext_name(e.type);
	}
}

static void walk_numbers(struct slice rest)
{
	uint16_t v;

	while (tlsrec_u16_next(&rest, &v)) {
		(void)tlsrec_suite_name(v);
		(void)tlsrec_group_name(v);
		(void)tlsrec_scheme_name(v);
	}
	assert(rest.n < 2);
}

static void walk_names(struct slice rest)
{
	struct slice name;

	while (tlsrec_name_next(&rest, &name))
		assert(name.n <= 255);
}

static void records(struct slice s)
{
	struct tlsrec r;
	struct tlsrec_alert a;
	struct tlsrec_hs h;
	ssize_t used;

	assert(tlsrec_header(s, &r) <= (int)TLSREC_HEADER);
	assert(tlsrec_alert(s, &a) <= 2);
	while ((used = tlsrec_handshake(s, &h)) > 0) {
		assert((size_t)used == TLSREC_HS_HEADER + h.body.n && h.body.n == h.len);
		s = slice_skip(s, (size_t)used);
	}
	assert(used == 0);
}

static void client_hello(struct slice s)
{
	struct tlsrec_client_hello h;
	struct tlsrec_key_share share;
	struct tlsrec_psk psk;
	int r = tlsrec_client_hello(s, &h);

	assert(r == 0 || r == TLSREC_DAMAGED);
	assert(r != 0 || h.random.n == 32);
	assert(r != 0 || h.session_id.n <= 32);
	walk_extensions(h.extensions);
	walk_numbers(h.ciphers);
	walk_numbers(h.groups);
	walk_numbers(h.sig_algs);
	walk_numbers(h.versions);
	walk_names(h.alpn);
	walk_names(h.psk_binders);
	while (tlsrec_key_share_next(&h.key_shares, &share))
		assert(share.key.n <= s.n);
	while (tlsrec_psk_next(&h.psk_identities, &psk))
		assert(psk.identity.n <= s.n);
}

static void server_side(struct slice s)
{
	struct tlsrec_server_hello h;
	struct tlsrec_encrypted_extensions e;
	struct tlsrec_server_key_exchange k;

	(void)tlsrec_server_hello(s, &h);
	walk_extensions(h.extensions);
	assert(!h.hello_retry || h.key_share.key.n == 0);
	(void)tlsrec_encrypted_extensions(s, &e);
	walk_extensions(e.extensions);
	walk_numbers(e.groups);
	(void)tlsrec_server_key_exchange(s, &k);
}

static void proofs(struct slice s, uint16_t version)
{
	struct tlsrec_certificates list;
	struct tlsrec_certificate c;
	struct tlsrec_certificate_request r;
	struct tlsrec_certificate_verify v;
	struct tlsrec_ticket t;
	struct tlsrec_server_dh d;
	struct tlsrec_compressed_certificate packed;
	struct slice response;

	(void)tlsrec_server_dh(s, version, &d);
	assert(d.prime <= s.n);
	(void)tlsrec_compressed_certificate(s, &packed);
	assert(packed.data.n <= s.n);
	(void)tlsrec_certificate_status(s, &response);
	assert(response.n <= s.n);
	(void)tlsrec_certificates(s, version, &list);
	while (tlsrec_certificate_next(&list, &c))
		walk_extensions(c.extensions);
	(void)tlsrec_certificate_request(s, version, &r);
	walk_extensions(r.extensions);
	walk_numbers(r.sig_algs);
	(void)tlsrec_certificate_verify(s, &v);
	(void)tlsrec_ticket(s, version, &t);
	walk_extensions(t.extensions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s;

	if (size < 2)
		return 0;
	s = slice_of(data + 2, size - 2);
	switch (data[0] % 4) {
	case 0: records(s); break;
	case 1: client_hello(s); break;
	case 2: server_side(s); break;
	default: proofs(s, (uint16_t)(0x0300 | data[1] % 5)); break;
	}
	return 0;
}
