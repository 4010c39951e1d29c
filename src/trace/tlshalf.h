/* What the files that read TLS streams share: tlsflow.c (records), tlscontent.c (what they carry), tlskeys.c (which keys,
 * and why none), tlsresync.c (taking up again behind a hole).  Private to them. */
#ifndef TRACE_TLSHALF_H
#define TRACE_TLSHALF_H

#include "tls/unseal.h"
#include "trace/tlshello.h"

enum tls_phase {
	TLS_CLEAR,   /* before this direction encrypts */
	TLS_LOCKED,  /* encrypted; keys are looked up at its first record */
	TLS_WAITING, /* encrypted; its secrets may still come: records are kept */
	TLS_OPEN,    /* encrypted, and decrypted here */
	TLS_SEALED,  /* encrypted, keys not to be had */
};

/* One direction. */
struct tls_half {
	struct buf part;     /* the start of a record whose end has not come */
	struct buf messages; /* handshake bytes not yet a whole message */
	enum tls_phase phase;
	struct unseal unseal;
	struct unseal early;     /* client: the keys of 0-RTT data */
	bool early_now;          /* client: 0-RTT data may come, until EndOfEarlyData */
	bool early_said;         /* that they were opened was noted */
	bool application;        /* TLS 1.3: application traffic keys are due, not handshake keys */
	bool finished;           /* its Finished was in the record in hand */
	bool update;             /* its KeyUpdate was */
	bool ended;              /* FIN or RST */
	bool messages_lost;      /* the next handshake record may begin inside a message */
	uint32_t skip;           /* bytes to pass over: the rest of a record the capture missed a part of */
	uint32_t overhead;       /* bytes its last record had more than what was in it */
	unsigned sealed_records; /* of the bytes in hand */
	uint64_t sealed_bytes;

	/* Behind a hole, see tlsresync.c. */
	bool hunting;     /* looking for a record header */
	bool chained;     /* TLS 1.0: the block before the next record is known again */
	unsigned refused; /* plausible records that did not open */
	uint64_t lost;    /* bytes since the end of the last record read */

	/* While its secrets may still come, see tlskeys.c. */
	struct buf kept;       /* records, headers included; type 0: some were lost here */
	uint64_t kept_from;    /* packet of the first of them */
	unsigned kept_records; /* how many */
	uint64_t kept_over;    /* records behind them that found no room */
	size_t kept_keylog;    /* secrets the key log held when it was last asked */

	struct note *opened; /* TLS_OPENED of the packet `opened_in`, which counts its bytes */
	uint64_t opened_in;
};

struct tlsflow {
	struct tls_session session;
	struct tls_half half[2]; /* by flow_side of the sender */
	/* RSA key exchange, while the key log has lines for it; see tlskeys.c. */
	struct buf transcript;
	uint8_t master[UNSEAL_MASTER];
	bool has_master;

	struct httpflow *http;
	struct h2flow *h2;
	bool other_inside; /* what is inside is neither HTTP/1 nor HTTP/2 */
	bool counted;      /* this session was counted as decrypted */
	bool reason_said;  /* why it is not decrypted was said */
	bool waiting_said; /* that secrets are waited for was said */
};

/* --- tlscontent.c ---------------------------------------------------------------------------------------- */

/* What a record of this type carries, in the clear. */
void tls_content(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, uint8_t type,
    struct slice body);
/* A ChangeCipherSpec. */
void tls_ccs(struct trace *t, struct tlsflow *tls, enum flow_side side);
/* `n` plain bytes will not come; UINT64_MAX: nobody knows how many.  The upper layer goes on behind them. */
void tls_lose(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, uint64_t n);

/* --- tlskeys.c ------------------------------------------------------------------------------------------- */

/* Takes a handshake message of TLS 1.2 or older into account: with the ClientKeyExchange of an RSA key exchange
 * the master secret follows from a pre-master secret that the key log has. */
void tls_key_exchange(struct trace *t, struct tlsflow *tls, const struct tlsrec_hs *hs);
/* Looks the keys of a LOCKED direction up; it becomes OPEN, or WAITING, or SEALED with the reason said. */
void tls_unlock(struct trace *t, struct tlsflow *tls, enum flow_side side);
/* Keys for application data, or none; for a direction whose Finished may lie in a hole. */
bool tls_unlock_application(struct trace *t, struct tlsflow *tls, enum flow_side side);
/* Opens a record of 0-RTT data into t->plain: bytes, *inner set; negative when it is none. */
ssize_t tls_open_early(
    struct trace *t, struct tlsflow *tls, const struct tlsrec *rec, struct slice body, uint8_t *inner);
/* WAITING: keeps the record, if there is room.  `rec` may be of type 0: `lost` bytes were not seen here. */
void tls_keep(struct trace *t, struct tlsflow *tls, enum flow_side side, const struct tlsrec *rec,
    struct slice body, uint64_t lost);
/* WAITING: do its secrets lie in the key log by now?  It is OPEN then, with the kept records to be read. */
bool tls_secrets_came(struct trace *t, struct tlsflow *tls, enum flow_side side);
/* WAITING: no more is to be expected; the reason is said. */
void tls_give_up_waiting(struct trace *t, struct tlsflow *tls);

/* --- tlsresync.c ----------------------------------------------------------------------------------------- */

enum tls_hunt {
	TLS_HUNT_MORE, /* more bytes are needed */
	TLS_HUNT_PAST, /* *used bytes are no record: passed over */
	TLS_HUNT_FOUND, /* a record starts here; *behind: plain bytes that were lost before it, UINT64_MAX: some */
};

/* Looks for a record header in the bytes behind a hole. */
enum tls_hunt tls_hunt(struct trace *t, struct tlsflow *tls, enum flow_side side, struct slice in,
    size_t *used, uint64_t *behind);
/* OPEN, and half->lost bytes were not seen: under which keys and number does this record open?  They are set
 * then; *behind as above. */
bool tls_reopen(struct trace *t, struct tlsflow *tls, enum flow_side side, const struct tlsrec *rec,
    struct slice body, uint64_t *behind);

#endif
