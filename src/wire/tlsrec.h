/* TLS records and handshake messages, read only, versions 1.0 to 1.3.  RFC 8446, RFC 5246; RFC 6066
 * (server name), RFC 7301 (ALPN), RFC 8701 (GREASE).
 *
 * Every slice points into the message given; every parser returns TLSREC_DAMAGED instead of reading
 * on, and then what stood before the damage is in *out and the rest is zero.  A message body that is
 * cut may be given: of a hello, the extensions that are there whole are read. */
#ifndef WIRE_TLSREC_H
#define WIRE_TLSREC_H

#include "base/slice.h"

enum {
	TLSREC_HEADER = 5,
	TLSREC_BODY_MAX = 16384 + 2048, /* RFC 5246 6.2.3; TLS 1.3 allows 16384 + 256 */
	TLSREC_HS_HEADER = 4,
	TLSREC_NOT_TLS = -1,
	TLSREC_DAMAGED = -2,
};

enum tlsrec_type {
	TLSREC_CHANGE_CIPHER_SPEC = 20,
	TLSREC_ALERT = 21,
	TLSREC_HANDSHAKE = 22,
	TLSREC_APPLICATION = 23,
	TLSREC_HEARTBEAT = 24,
};

enum tlsrec_version {
	TLSREC_SSL30 = 0x0300,
	TLSREC_TLS10 = 0x0301,
	TLSREC_TLS11 = 0x0302,
	TLSREC_TLS12 = 0x0303,
	TLSREC_TLS13 = 0x0304,
};

enum tlsrec_hs_type {
	TLSREC_HELLO_REQUEST = 0,
	TLSREC_CLIENT_HELLO = 1,
	TLSREC_SERVER_HELLO = 2, /* in TLS 1.3 a HelloRetryRequest too */
	TLSREC_NEW_SESSION_TICKET = 4,
	TLSREC_END_OF_EARLY_DATA = 5,
	TLSREC_ENCRYPTED_EXTENSIONS = 8,
	TLSREC_CERTIFICATE = 11,
	TLSREC_SERVER_KEY_EXCHANGE = 12,
	TLSREC_CERTIFICATE_REQUEST = 13,
	TLSREC_SERVER_HELLO_DONE = 14,
	TLSREC_CERTIFICATE_VERIFY = 15,
	TLSREC_CLIENT_KEY_EXCHANGE = 16,
	TLSREC_FINISHED = 20,
	TLSREC_CERTIFICATE_STATUS = 22,
	TLSREC_KEY_UPDATE = 24,
	TLSREC_COMPRESSED_CERTIFICATE = 25,
	TLSREC_MESSAGE_HASH = 254,
};

enum tlsrec_ext_type {
	TLSREC_EXT_SERVER_NAME = 0,
	TLSREC_EXT_MAX_FRAGMENT = 1,
	TLSREC_EXT_STATUS_REQUEST = 5,
	TLSREC_EXT_GROUPS = 10,
	TLSREC_EXT_POINT_FORMATS = 11,
	TLSREC_EXT_SIG_ALGS = 13,
	TLSREC_EXT_ALPN = 16,
	TLSREC_EXT_SCT = 18, /* certificate transparency, RFC 6962 3.3 */
	TLSREC_EXT_PADDING = 21,
	TLSREC_EXT_ENCRYPT_THEN_MAC = 22,
	TLSREC_EXT_EXTENDED_MASTER_SECRET = 23,
	TLSREC_EXT_COMPRESS_CERTIFICATE = 27,
	TLSREC_EXT_SESSION_TICKET = 35,
	TLSREC_EXT_PRE_SHARED_KEY = 41,
	TLSREC_EXT_EARLY_DATA = 42,
	TLSREC_EXT_VERSIONS = 43,
	TLSREC_EXT_COOKIE = 44,
	TLSREC_EXT_PSK_MODES = 45,
	TLSREC_EXT_CERT_AUTHORITIES = 47,
	TLSREC_EXT_SIG_ALGS_CERT = 50,
	TLSREC_EXT_KEY_SHARE = 51,
	TLSREC_EXT_ECH = 0xfe0d,
	TLSREC_EXT_RENEGOTIATION_INFO = 0xff01,
};

/* --- The record layer (RFC 8446 5.1)
 * ---------------------------------------------------------------- */

struct tlsrec {
	uint8_t type;     /* enum tlsrec_type */
	uint16_t version; /* of the record: 0x0301 or 0x0303 for compatibility, not what was agreed */
	uint16_t len;     /* bytes of body behind the 5 of the header */
};

/* TLSREC_HEADER; 0: need more bytes; TLSREC_NOT_TLS as soon as the bytes cannot start a record. */
int tlsrec_header(struct slice s, struct tlsrec *out);

struct tlsrec_alert {
	uint8_t level;       /* 1 warning, 2 fatal */
	uint8_t description; /* see tlsrec_alert_name */
};

/* 2; 0: need more bytes; TLSREC_DAMAGED: the level is neither 1 nor 2 (an encrypted alert looks
 * so). */
int tlsrec_alert(struct slice body, struct tlsrec_alert *out);

/* --- Handshake messages (RFC 8446 4)
 * ---------------------------------------------------------------- */

struct tlsrec_hs {
	uint8_t type;      /* enum tlsrec_hs_type */
	uint32_t len;      /* of the body, 24 bits: bound it before buffering */
	struct slice body; /* whole when the result is > 0; else what is there */
};

/* Handshake messages may share a record or span several: s is their bytes joined.  Bytes of the
 * message, header included; 0: need more (with 4 bytes there, type and len are set already). */
ssize_t tlsrec_handshake(struct slice s, struct tlsrec_hs *out);

struct tlsrec_ext {
	uint16_t type; /* enum tlsrec_ext_type */
	struct slice data;
};

/* Iterators: cut the next item off *rest; false at the end, and at damage, when *rest stays
 * non-empty. */
bool tlsrec_ext_next(struct slice *rest, struct tlsrec_ext *out);
/* Names with a one-byte length: the ALPN list. */
bool tlsrec_name_next(struct slice *rest, struct slice *name);
/* Big-endian 16-bit numbers: cipher suites, groups, versions, signature schemes. */
bool tlsrec_u16_next(struct slice *rest, uint16_t *out);
/* Names with a two-byte length: certificate authorities. */
bool tlsrec_name16_next(struct slice *rest, struct slice *name);

struct tlsrec_key_share {
	uint16_t group;
	struct slice key; /* empty in a HelloRetryRequest */
};
bool tlsrec_key_share_next(struct slice *rest, struct tlsrec_key_share *out);

struct tlsrec_psk {
	struct slice identity; /* a ticket or a name */
	uint32_t age;          /* obfuscated_ticket_age */
};
bool tlsrec_psk_next(struct slice *rest, struct tlsrec_psk *out);

struct tlsrec_client_hello {
	uint16_t version;            /* legacy_version */
	struct slice random;         /* 32 bytes */
	struct slice session_id;     /* 0..32 bytes */
	struct slice ciphers;        /* for tlsrec_u16_next */
	struct slice compression;    /* one byte each */
	struct slice extensions;     /* for tlsrec_ext_next, in the order sent */
	struct slice sni;            /* the host name; empty when there is none */
	struct slice alpn;           /* for tlsrec_name_next */
	struct slice versions;       /* supported_versions, for tlsrec_u16_next */
	struct slice groups;         /* supported_groups, for tlsrec_u16_next */
	struct slice key_shares;     /* for tlsrec_key_share_next */
	struct slice sig_algs;       /* for tlsrec_u16_next */
	struct slice point_formats;  /* one byte each */
	struct slice psk_modes;      /* one byte each: 0 psk_ke, 1 psk_dhe_ke */
	struct slice psk_identities; /* for tlsrec_psk_next */
	struct slice psk_binders;    /* for tlsrec_name_next */
	struct slice session_ticket; /* TLS 1.2 ticket; empty asks for one when has_session_ticket */
	struct slice cookie;         /* echo of a HelloRetryRequest's */
	bool has_psk;
	bool has_early_data;
	bool has_session_ticket;
	bool has_extended_master_secret;
	bool has_encrypt_then_mac;
	bool has_renegotiation_info; /* the extension or TLS_EMPTY_RENEGOTIATION_INFO_SCSV */
	bool has_status_request;
	bool has_ech;         /* Encrypted Client Hello */
	bool grease;          /* at least one GREASE value (RFC 8701) */
	uint16_t max_version; /* the highest offered that is not GREASE */
};
int tlsrec_client_hello(struct slice body, struct tlsrec_client_hello *out);

struct tlsrec_server_hello {
	uint16_t version;    /* legacy_version */
	struct slice random; /* 32 bytes */
	struct slice session_id;
	uint16_t cipher;
	uint8_t compression;
	struct slice extensions; /* for tlsrec_ext_next */
	uint16_t selected;       /* the version agreed: supported_versions, else legacy_version */
	bool hello_retry;        /* its random says it is a HelloRetryRequest (RFC 8446 4.1.3) */
	uint16_t downgrade;      /* sentinel in the random: TLSREC_TLS12, TLSREC_TLS11 ("1.1 or below"),
	                       or 0 */
	bool has_key_share;
	struct tlsrec_key_share key_share;
	bool has_psk;
	uint16_t psk;            /* index of the identity taken */
	struct slice alpn;       /* the protocol chosen; TLS 1.2 */
	struct slice cookie;     /* HelloRetryRequest */
	bool has_session_ticket; /* TLS 1.2: a ticket will follow */
	bool has_extended_master_secret;
	bool has_encrypt_then_mac;
	bool has_renegotiation_info;
	bool has_sni; /* the server used the name */
	bool has_status_request;
};
int tlsrec_server_hello(struct slice body, struct tlsrec_server_hello *out);

struct tlsrec_encrypted_extensions {
	struct slice extensions; /* for tlsrec_ext_next */
	struct slice alpn;       /* the protocol chosen; empty when none */
	struct slice groups;     /* the server's groups, for tlsrec_u16_next */
	bool has_sni;
	bool has_early_data; /* early data accepted */
};
int tlsrec_encrypted_extensions(struct slice body, struct tlsrec_encrypted_extensions *out);

/* Certificate, of TLS 1.3 (RFC 8446 4.4.2) when version is TLSREC_TLS13, else RFC 5246 7.4.2. */
struct tlsrec_certificates {
	bool tls13;
	struct slice context; /* TLS 1.3: certificate_request_context */
	struct slice list;    /* for tlsrec_certificate_next */
};
struct tlsrec_certificate {
	struct slice der;
	struct slice extensions; /* TLS 1.3: for tlsrec_ext_next */
};
int tlsrec_certificates(struct slice body, uint16_t version, struct tlsrec_certificates *out);
bool tlsrec_certificate_next(struct tlsrec_certificates *list, struct tlsrec_certificate *out);

struct tlsrec_certificate_request {
	struct slice context;     /* TLS 1.3 */
	struct slice extensions;  /* TLS 1.3 */
	struct slice types;       /* TLS 1.2: one byte each */
	struct slice sig_algs;    /* for tlsrec_u16_next */
	struct slice authorities; /* for tlsrec_name16_next: DER names */
};
int tlsrec_certificate_request(struct slice body, uint16_t version, struct tlsrec_certificate_request *out);

struct tlsrec_certificate_verify {
	uint16_t scheme;
	struct slice signature;
};
/* TLS 1.2 and 1.3 share the form. */
int tlsrec_certificate_verify(struct slice body, struct tlsrec_certificate_verify *out);

/* TLS 1.2 ServerKeyExchange with a named curve (RFC 8422 5.4), that is, for an ECDHE suite; other
 * forms give TLSREC_DAMAGED. */
struct tlsrec_server_key_exchange {
	uint16_t group;
	struct slice key;
	uint16_t scheme;
	struct slice signature;
};
int tlsrec_server_key_exchange(struct slice body, struct tlsrec_server_key_exchange *out);

/* TLS 1.2 ServerKeyExchange with a prime of its own (RFC 5246 7.4.3), that is, for a DHE suite: bytes of the
 * prime without leading zeros. */
struct tlsrec_server_dh {
	size_t prime;
	struct slice key;
	uint16_t scheme; /* TLS 1.2; 0 before */
	struct slice signature;
};
int tlsrec_server_dh(struct slice body, uint16_t version, struct tlsrec_server_dh *out);

/* CompressedCertificate (RFC 8879 4). */
enum tlsrec_compression {
	TLSREC_ZLIB = 1,
	TLSREC_BROTLI = 2,
	TLSREC_ZSTD = 3,
};
struct tlsrec_compressed_certificate {
	uint16_t algorithm; /* enum tlsrec_compression */
	uint32_t length;    /* bytes of the Certificate message inside: bound it before making room */
	struct slice data;
};
int tlsrec_compressed_certificate(struct slice body, struct tlsrec_compressed_certificate *out);

/* CertificateStatus (RFC 6066 8), a message in TLS 1.2, an extension of the certificate in TLS 1.3: the OCSP
 * response in it; TLSREC_DAMAGED for other types. */
int tlsrec_certificate_status(struct slice body, struct slice *response);

struct tlsrec_ticket {
	uint32_t lifetime;  /* seconds */
	uint32_t age_add;   /* TLS 1.3 */
	struct slice nonce; /* TLS 1.3 */
	struct slice ticket;
	struct slice extensions; /* TLS 1.3 */
	bool has_early_data;     /* TLS 1.3, and then: */
	uint32_t max_early_data; /* bytes */
};
int tlsrec_ticket(struct slice body, uint16_t version, struct tlsrec_ticket *out);

/* --- Numbers in words; static storage, NULL when there is no name
 * -------------------------------------- */

/* RFC 8701: 0x0a0a, 0x1a1a ... 0xfafa. */
bool tlsrec_is_grease(uint16_t v);

const char *tlsrec_type_name(uint8_t type);              /* "Handshake" */
const char *tlsrec_version_name(uint16_t version);       /* "TLS 1.3" */
const char *tlsrec_hs_name(uint8_t type);                /* "Client Hello" */
const char *tlsrec_suite_name(uint16_t suite);           /* "TLS_AES_128_GCM_SHA256" */
const char *tlsrec_group_name(uint16_t group);           /* "x25519" */
const char *tlsrec_scheme_name(uint16_t scheme);         /* "ecdsa_secp256r1_sha256" */
const char *tlsrec_ext_name(uint16_t type);              /* "server_name" */
const char *tlsrec_compression_name(uint16_t algorithm); /* "zlib" */
const char *tlsrec_alert_name(uint8_t description);      /* "handshake_failure" */
/* What the alert means to a person: "No cipher suite, group or version both sides accept". */
const char *tlsrec_alert_words(uint8_t description);

#endif
