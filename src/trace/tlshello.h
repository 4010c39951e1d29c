/* TLS handshake messages in words.  RFC 8446 4, RFC 5246 7.4. */
#ifndef TRACE_TLSHELLO_H
#define TRACE_TLSHELLO_H

#include "trace/context.h"
#include "wire/tlsrec.h"

/* What the handshake of one session has settled. */
struct tls_session {
	bool has_client_hello, has_server_hello; /* a HelloRetryRequest is no ServerHello here */
	bool has_certificate;                    /* the server's */
	bool hello_done;                         /* TLS 1.2: ServerHelloDone was seen */
	bool resumed;
	bool encrypt_then_mac, extended_master_secret;
	bool early_data; /* the client announced 0-RTT data */
	bool early_refused;
	bool ech;
	bool sum_said;       /* what an eavesdropper saw */
	bool encrypted[2];   /* by side: TLS 1.2: its ChangeCipherSpec was seen */
	bool done[2];        /* by side: its Finished was seen, or lies behind what cannot be read */
	uint16_t client_max; /* the highest version the client offered */
	uint16_t version;    /* agreed; 0: not yet */
	uint16_t suite;
	uint8_t client_random[32], server_random[32];
	uint8_t session_id[32]; /* the client's, to see whether the server takes it up (TLS 1.2) */
	uint8_t session_id_len;
	bool session_id_echoed;
	bool alpn_h2;          /* HTTP/2 was agreed on (RFC 9113 3.2) */
	char sni[256];         /* empty: none */
	char shares[96];       /* groups of the key shares of the first ClientHello, printable */
	char alpn[64];         /* what the client offers or, before TLS 1.3, the server chose; printable */
	uint64_t hello;        /* packet of the ClientHello */
	int64_t hello_ts;      /* its time */
	uint64_t retry;        /* packet of the HelloRetryRequest, 0: none */
	uint64_t offered_from; /* packet that handed out the ticket or identifier offered, 0: not known */
	uint64_t bytes[2];     /* by side: on the wire since the ClientHello */
	unsigned handshakes;   /* completed before the one in hand: renegotiation */
	unsigned shown;        /* secrets the sinks were given, see keylog_put_lines */
};

/* "TLS 1.3" once it is agreed, "TLS" before. */
const char *tls_protocol(const struct tls_session *s);

/* Notes what a whole handshake message from `side` says, and keeps what the session needs of it. */
void tls_message(struct trace *t, struct tls_session *s, enum flow_side side, const struct tlsrec_hs *hs);

/* The same for the messages that carry certificates, in tlscert.c. */
void tls_certificate(struct trace *t, struct tls_session *s, enum flow_side side, struct slice body);
void tls_compressed(struct trace *t, struct tls_session *s, enum flow_side side, struct slice body);
void tls_certificate_request(struct trace *t, const struct tls_session *s, struct slice body);
/* A message of its own (TLS 1.2), or an extension of a certificate. */
void tls_certificate_status(struct trace *t, struct slice body, bool message);

/* TLS 1.2: the ChangeCipherSpec of `side` has come; from the server without a whole handshake before it the
 * session is an old one resumed. */
void tls_changed(struct trace *t, struct tls_session *s, enum flow_side side);

/* In tlssum.c: what an eavesdropper saw of the handshake, once per handshake: when the client begins to encrypt under
 * TLS 1.3; when both sides do, before. */
void tls_sum_up(struct trace *t, struct tls_session *s);

/* An alert in the clear or opened. */
void tls_alert(struct trace *t, const struct tls_session *s, enum flow_side side, struct slice body);

/* Gives the sinks what is known of this session's secrets and new, so that what they write can be opened. */
void tls_show_secrets(struct trace *t, struct tls_session *s);

#endif
