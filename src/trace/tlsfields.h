/* What hellos and their kin say, as fields under tshark's names. */
#ifndef TRACE_TLSFIELDS_H
#define TRACE_TLSFIELDS_H

#include "trace/context.h"
#include "wire/tlsrec.h"

enum {
	TLS_FIELDS = 480, /* room for one message; what does not fit is left out */
	TLS_LISTED = 160, /* numbers shown of one list */
};

/* Declares an empty list of fields in the caller's frame. */
#define TLS_FIELD_LIST(name)                                                                                 \
	struct field name##_room[TLS_FIELDS];                                                                \
	struct fields name = { name##_room, 0, TLS_FIELDS, 0 }

#define TLS_FIELD(list, ...) fields_add((list), (struct field)__VA_ARGS__)

/* One field per number of the list, as tshark shows it: 0x0304, or in decimal. */
void tls_fields_hex(struct fields *f, const char *name, struct slice list);
void tls_fields_types(struct fields *f, struct slice extensions);
void tls_fields_client_hello(struct fields *f, const struct tlsrec_client_hello *h);
void tls_fields_server_hello(struct fields *f, const struct tlsrec_server_hello *h);

/* --- Lists as text, in the arena ---------------------------------------------------------------------------- */

/* "x25519, secp256r1 and 3 more": GREASE left out; *count gets how many there are, when not NULL. */
const char *tls_list_text(
    struct trace *t, struct slice list, const char *(*name)(uint16_t), unsigned show, unsigned *count);
/* ALPN names. */
const char *tls_names_text(struct trace *t, struct slice list);
/* The groups of key shares. */
const char *tls_shares_text(struct trace *t, struct slice list);
/* "TLS_AES_128_GCM_SHA256", "x25519": or the number when it has no name here. */
const char *tls_suite_text(struct trace *t, uint16_t suite);
const char *tls_group_text(struct trace *t, uint16_t group);
const char *tls_version_text(struct trace *t, uint16_t version);

#endif
