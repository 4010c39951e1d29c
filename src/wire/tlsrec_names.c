/* TLS numbers in words, as IANA registers them, and what an alert means to a person.
 * https://www.iana.org/assignments/tls-parameters/ and .../tls-extensiontype-values/ */
#include "wire/tlsrec.h"

const char *tlsrec_type_name(uint8_t type)
{
	switch (type) {
	case TLSREC_CHANGE_CIPHER_SPEC: return "Change Cipher Spec";
	case TLSREC_ALERT: return "Alert";
	case TLSREC_HANDSHAKE: return "Handshake";
	case TLSREC_APPLICATION: return "Application Data";
	case TLSREC_HEARTBEAT: return "Heartbeat";
	default: return NULL;
	}
}

const char *tlsrec_version_name(uint16_t version)
{
	switch (version) {
	case TLSREC_SSL30: return "SSL 3.0";
	case TLSREC_TLS10: return "TLS 1.0";
	case TLSREC_TLS11: return "TLS 1.1";
	case TLSREC_TLS12: return "TLS 1.2";
	case TLSREC_TLS13: return "TLS 1.3";
	default: return NULL;
	}
}

const char *tlsrec_hs_name(uint8_t type)
{
	switch (type) {
	case TLSREC_HELLO_REQUEST: return "Hello Request";
	case TLSREC_CLIENT_HELLO: return "Client Hello";
	case TLSREC_SERVER_HELLO: return "Server Hello";
	case TLSREC_NEW_SESSION_TICKET: return "New Session Ticket";
	case TLSREC_END_OF_EARLY_DATA: return "End of Early Data";
	case TLSREC_ENCRYPTED_EXTENSIONS: return "Encrypted Extensions";
	case TLSREC_CERTIFICATE: return "Certificate";
	case TLSREC_SERVER_KEY_EXCHANGE: return "Server Key Exchange";
	case TLSREC_CERTIFICATE_REQUEST: return "Certificate Request";
	case TLSREC_SERVER_HELLO_DONE: return "Server Hello Done";
	case TLSREC_CERTIFICATE_VERIFY: return "Certificate Verify";
	case TLSREC_CLIENT_KEY_EXCHANGE: return "Client Key Exchange";
	case TLSREC_FINISHED: return "Finished";
	case 21: return "Certificate URL";
	case TLSREC_CERTIFICATE_STATUS: return "Certificate Status";
	case 23: return "Supplemental Data";
	case TLSREC_KEY_UPDATE: return "Key Update";
	case TLSREC_COMPRESSED_CERTIFICATE: return "Compressed Certificate";
	case TLSREC_MESSAGE_HASH: return "Message Hash";
	default: return NULL;
	}
}

struct name {
	uint16_t number;
	const char *name;
};

static const char *look_up(const struct name *names, size_t n, uint16_t number)
{
	for (size_t i = 0; i < n; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

#define LOOK_UP(table, number) look_up(table, sizeof(table) / sizeof((table)[0]), number)

const char *tlsrec_group_name(uint16_t group)
{
	static const struct name names[] = {
		{ 29, "x25519" },
		{ 23, "secp256r1" },
		{ 24, "secp384r1" },
		{ 25, "secp521r1" },
		{ 30, "x448" },
		{ 0x11ec, "X25519MLKEM768" },
		{ 0x11eb, "SecP256r1MLKEM768" },
		{ 0x11ed, "SecP384r1MLKEM1024" },
		{ 0x0200, "MLKEM512" },
		{ 0x0201, "MLKEM768" },
		{ 0x0202, "MLKEM1024" },
		{ 0x6399, "X25519Kyber768Draft00" },
		{ 0x639a, "SecP256r1Kyber768Draft00" },
		{ 0x0100, "ffdhe2048" },
		{ 0x0101, "ffdhe3072" },
		{ 0x0102, "ffdhe4096" },
		{ 0x0103, "ffdhe6144" },
		{ 0x0104, "ffdhe8192" },
		{ 19, "secp192r1" },
		{ 20, "secp224k1" },
		{ 21, "secp224r1" },
		{ 22, "secp256k1" },
		{ 26, "brainpoolP256r1" },
		{ 27, "brainpoolP384r1" },
		{ 28, "brainpoolP512r1" },
		{ 31, "brainpoolP256r1tls13" },
		{ 32, "brainpoolP384r1tls13" },
		{ 33, "brainpoolP512r1tls13" },
		{ 41, "curveSM2" },
		{ 0xff01, "arbitrary_explicit_prime_curves" },
		{ 0xff02, "arbitrary_explicit_char2_curves" },
		{ 9, "sect283k1" },
		{ 10, "sect283r1" },
		{ 11, "sect409k1" },
		{ 12, "sect409r1" },
		{ 13, "sect571k1" },
		{ 14, "sect571r1" },
	};

	return LOOK_UP(names, group);
}

const char *tlsrec_scheme_name(uint16_t scheme)
{
	static const struct name names[] = {
		{ 0x0403, "ecdsa_secp256r1_sha256" },
		{ 0x0503, "ecdsa_secp384r1_sha384" },
		{ 0x0603, "ecdsa_secp521r1_sha512" },
		{ 0x0804, "rsa_pss_rsae_sha256" },
		{ 0x0805, "rsa_pss_rsae_sha384" },
		{ 0x0806, "rsa_pss_rsae_sha512" },
		{ 0x0807, "ed25519" },
		{ 0x0808, "ed448" },
		{ 0x0809, "rsa_pss_pss_sha256" },
		{ 0x080a, "rsa_pss_pss_sha384" },
		{ 0x080b, "rsa_pss_pss_sha512" },
		{ 0x081a, "ecdsa_brainpoolP256r1tls13_sha256" },
		{ 0x081b, "ecdsa_brainpoolP384r1tls13_sha384" },
		{ 0x081c, "ecdsa_brainpoolP512r1tls13_sha512" },
		{ 0x0401, "rsa_pkcs1_sha256" },
		{ 0x0501, "rsa_pkcs1_sha384" },
		{ 0x0601, "rsa_pkcs1_sha512" },
		{ 0x0201, "rsa_pkcs1_sha1" },
		{ 0x0203, "ecdsa_sha1" },
		{ 0x0202, "dsa_sha1" },
		{ 0x0301, "rsa_pkcs1_sha224" },
		{ 0x0302, "dsa_sha224" },
		{ 0x0303, "ecdsa_sha224" },
		{ 0x0402, "dsa_sha256" },
		{ 0x0502, "dsa_sha384" },
		{ 0x0602, "dsa_sha512" },
		{ 0x0708, "sm2sig_sm3" },
		{ 0x0904, "mldsa44" },
		{ 0x0905, "mldsa65" },
		{ 0x0906, "mldsa87" },
	};

	return LOOK_UP(names, scheme);
}

const char *tlsrec_ext_name(uint16_t type)
{
	static const struct name names[] = {
		{ 0, "server_name" },
		{ 1, "max_fragment_length" },
		{ 2, "client_certificate_url" },
		{ 3, "trusted_ca_keys" },
		{ 4, "truncated_hmac" },
		{ 5, "status_request" },
		{ 10, "supported_groups" },
		{ 11, "ec_point_formats" },
		{ 12, "srp" },
		{ 13, "signature_algorithms" },
		{ 14, "use_srtp" },
		{ 15, "heartbeat" },
		{ 16, "application_layer_protocol_negotiation" },
		{ 17, "status_request_v2" },
		{ 18, "signed_certificate_timestamp" },
		{ 19, "client_certificate_type" },
		{ 20, "server_certificate_type" },
		{ 21, "padding" },
		{ 22, "encrypt_then_mac" },
		{ 23, "extended_master_secret" },
		{ 24, "token_binding" },
		{ 25, "cached_info" },
		{ 27, "compress_certificate" },
		{ 28, "record_size_limit" },
		{ 34, "delegated_credential" },
		{ 35, "session_ticket" },
		{ 41, "pre_shared_key" },
		{ 42, "early_data" },
		{ 43, "supported_versions" },
		{ 44, "cookie" },
		{ 45, "psk_key_exchange_modes" },
		{ 47, "certificate_authorities" },
		{ 48, "oid_filters" },
		{ 49, "post_handshake_auth" },
		{ 50, "signature_algorithms_cert" },
		{ 51, "key_share" },
		{ 52, "transparency_info" },
		{ 54, "connection_id" },
		{ 57, "quic_transport_parameters" },
		{ 58, "ticket_request" },
		{ 13172, "next_protocol_negotiation" },
		{ 17513, "application_settings" },
		{ 17613, "application_settings" },
		{ 0xfd00, "ech_outer_extensions" },
		{ 0xfe0d, "encrypted_client_hello" },
		{ 0xff01, "renegotiation_info" },
	};

	return LOOK_UP(names, type);
}

const char *tlsrec_compression_name(uint16_t algorithm)
{
	switch (algorithm) {
	case TLSREC_ZLIB: return "zlib";
	case TLSREC_BROTLI: return "brotli";
	case TLSREC_ZSTD: return "zstd";
	default: return NULL;
	}
}

static const struct alert {
	uint8_t number;
	const char *name;
	const char *words;
} alerts[] = {
	{ 0, "close_notify", "The sender has said everything and closes its side" },
	{ 10, "unexpected_message", "A message came that does not belong here in the handshake" },
	{ 20, "bad_record_mac", "A record could not be decrypted: wrong key, or bytes were changed" },
	{ 21, "decryption_failed", "A record could not be decrypted (an alert of TLS 1.0)" },
	{ 22, "record_overflow", "A record is longer than TLS allows" },
	{ 30, "decompression_failure", "A record could not be decompressed" },
	{ 40, "handshake_failure", "No cipher suite, group or version both sides accept" },
	{ 41, "no_certificate", "The client has no certificate to show (SSL 3.0)" },
	{ 42, "bad_certificate", "The certificate is broken or its signature does not verify" },
	{ 43, "unsupported_certificate", "The certificate is of a kind the peer cannot use" },
	{ 44, "certificate_revoked", "The issuer has withdrawn the certificate" },
	{ 45, "certificate_expired", "The certificate is past its date, or not valid yet" },
	{ 46, "certificate_unknown", "The certificate is not acceptable for some other reason" },
	{ 47, "illegal_parameter", "A value in the handshake contradicts the others" },
	{ 48, "unknown_ca", "The certificate chain ends at an authority the peer does not trust" },
	{ 49, "access_denied", "The certificate is valid, but its owner may not come in" },
	{ 50, "decode_error", "A message has a wrong length or form" },
	{ 51, "decrypt_error", "A signature or the Finished message does not verify" },
	{ 60, "export_restriction", "Blocked by the export rules of the 1990s" },
	{ 70, "protocol_version", "The peer does not speak the TLS version that was offered" },
	{ 71, "insufficient_security", "The offered cipher suites are too weak for the peer" },
	{ 80, "internal_error", "The peer failed for reasons of its own" },
	{ 86, "inappropriate_fallback", "A retry with an older version, though both know a newer one" },
	{ 90, "user_canceled", "The user gave up during the handshake" },
	{ 100, "no_renegotiation", "The peer will not negotiate again on this connection" },
	{ 109, "missing_extension", "A mandatory extension is missing" },
	{ 110, "unsupported_extension", "The peer answered with an extension that was not offered" },
	{ 111, "certificate_unobtainable", "The certificate could not be fetched from its URL" },
	{ 112, "unrecognized_name", "The server has no host of the name the client asked for" },
	{ 113, "bad_certificate_status_response", "The stapled revocation status is not valid" },
	{ 114, "bad_certificate_hash_value", "The certificate is not the one its hash announced" },
	{ 115, "unknown_psk_identity", "The server does not know the pre-shared key" },
	{ 116, "certificate_required", "The server wants a client certificate and got none" },
	{ 120, "no_application_protocol", "No protocol of the client's ALPN list suits the server" },
	{ 121, "ech_required", "Encrypted Client Hello was to be used and was refused" },
};

static const struct alert *find_alert(uint8_t description)
{
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
		if (alerts[i].number == description)
			return &alerts[i];
	return NULL;
}

const char *tlsrec_alert_name(uint8_t description)
{
	const struct alert *a = find_alert(description);

	return a ? a->name : NULL;
}

const char *tlsrec_alert_words(uint8_t description)
{
	const struct alert *a = find_alert(description);

	return a ? a->words : NULL;
}
