/* TLS secrets from an NSS key log (SSLKEYLOGFILE).  The format: draft-ietf-tls-keylogfile.
 *
 *	LABEL <client random, 64 hex digits> <secret, hex>
 *
 * Text may arrive in any pieces: a file, a live log, the secrets block of a pcapng. */
#ifndef TLS_KEYLOG_H
#define TLS_KEYLOG_H

#include "base/buf.h"
#include "base/err.h"
#include "base/table.h"

enum keylog_label {
	KEYLOG_CLIENT_RANDOM,    /* TLS 1.0 to 1.2: the master secret, 48 bytes */
	KEYLOG_CLIENT_EARLY,     /* CLIENT_EARLY_TRAFFIC_SECRET */
	KEYLOG_CLIENT_HANDSHAKE, /* CLIENT_HANDSHAKE_TRAFFIC_SECRET */
	KEYLOG_SERVER_HANDSHAKE, /* SERVER_HANDSHAKE_TRAFFIC_SECRET */
	KEYLOG_CLIENT_TRAFFIC,   /* CLIENT_TRAFFIC_SECRET_0 */
	KEYLOG_SERVER_TRAFFIC,   /* SERVER_TRAFFIC_SECRET_0 */
	KEYLOG_EXPORTER,         /* EXPORTER_SECRET */
	KEYLOG_RSA,              /* RSA: a pre-master secret, see keylog_find_rsa */
	KEYLOG_LABELS,           /* how many */
};

enum {
	KEYLOG_RANDOM_SIZE = 32,
	KEYLOG_RSA_SIZE = 8, /* bytes of the encrypted pre-master secret that name it */
	KEYLOG_SECRET_MAX = 48,
	KEYLOG_LINE_MAX = 1024,
	KEYLOG_SESSIONS_MAX = 1 << 17, /* what comes after is counted in `over` */
};

struct keylog {
	struct table sessions; /* by client random */
	struct buf partial;    /* a line whose end has not come yet */
	bool skipping;         /* inside a line longer than KEYLOG_LINE_MAX */
	size_t rsa;            /* RSA lines among those accepted */
	size_t accepted;       /* lines whose secret is now known (repeats not counted) */
	size_t ignored;        /* well-formed lines with a label that is not in the list above */
	size_t bad;            /* lines that are neither that nor empty nor a comment */
	size_t over;           /* lines refused because KEYLOG_SESSIONS_MAX or memory was reached */
};

void keylog_init(struct keylog *k);
/* Wipes the secrets too. */
void keylog_fini(struct keylog *k);

/* Takes in the next piece of text, split anywhere.  Comments (#), empty lines and CRLF are fine; a
 * bad line is counted and passed over.  The first secret for a session and label stays. */
void keylog_feed(struct keylog *k, struct slice text);
/* No more text will come: the last line may lack its '\n'. */
void keylog_end(struct keylog *k);

/* Feeds a whole file, with keylog_end. */
int keylog_load_file(struct keylog *k, const char *path, struct err *e);

/* The secret, valid until keylog_fini; empty when not known.  random has KEYLOG_RANDOM_SIZE bytes;
 * any other size finds nothing. */
struct slice keylog_find(const struct keylog *k, enum keylog_label label, struct slice random);
/* RSA key exchange: the pre-master secret, by itself encrypted as it is in the ClientKeyExchange ("RSA <16 hex
 * digits> <secret>", the first eight octets).  Empty when it is not known. */
struct slice keylog_find_rsa(const struct keylog *k, struct slice encrypted);
/* Appends that line; bytes appended. */
size_t keylog_put_rsa_line(const struct keylog *k, struct slice encrypted, struct buf *out);
/* Is anything known for this client random?  Tells "the log is of another capture" from "one secret
 * of this session is missing". */
bool keylog_has(const struct keylog *k, struct slice random);

/* Appends what is known of one session as lines of a key log, for embedding it beside the packets it opens
 * (pcapng Decryption Secrets Block).  Labels whose bit is set in *shown are left out, and the bits of those
 * written are set, so that calling again gives only what came to be known since.  Bytes appended. */
size_t keylog_put_lines(const struct keylog *k, struct slice random, unsigned *shown, struct buf *out);

/* The label as written in the file. */
const char *keylog_label_name(enum keylog_label label);

#endif
