/* TLS handshake messages in words.  RFC 8446 4, RFC 5246 7.4. */
#ifndef TRACE_TLSHELLO_H
#define TRACE_TLSHELLO_H

#include "tls/unseal.h"
#include "trace/context.h"
#include "wire/tlsrec.h"

/* What the hellos of one session have settled. */
struct tls_session {
	bool has_client_hello, has_server_hello; /* a HelloRetryRequest is no ServerHello here */
	bool has_certificate;
	bool resumed;
	bool encrypt_then_mac;
	bool early_data;  /* the client announced 0-RTT data */
	uint16_t version; /* agreed; 0: not yet */
	uint16_t suite;
	uint8_t client_random[32], server_random[32];
	uint8_t session_id[32]; /* the client's, to see whether the server takes it up (TLS 1.2) */
	uint8_t session_id_len;
	bool session_id_echoed;
	bool alpn_h2;   /* HTTP/2 was agreed on (RFC 9113 3.2) */
	char sni[256];  /* empty: none */
	unsigned shown; /* secrets the sinks were given, see keylog_put_lines */
};

/* Notes what a whole handshake message from `side` says, and keeps what the session needs of it. */
void tls_message(struct trace *t, struct tls_session *s, enum flow_side side, const struct tlsrec_hs *hs);

/* TLS 1.2: the server's ChangeCipherSpec has come; without a certificate before it the session is an old
 * one resumed. */
void tls_resumed_12(struct trace *t, struct tls_session *s, enum flow_side side);

/* Gives the sinks what is known of this session's secrets and new, so that what they write can be opened. */
void tls_show_secrets(struct trace *t, struct tls_session *s);

/* "TLS_AES_128_GCM_SHA256", or its number when it has no name here. */
const char *tls_suite_text(struct trace *t, uint16_t suite);

#endif
