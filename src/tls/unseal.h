/* Opening TLS records with known secrets: one direction of one connection.  RFC 8446 5.2 (TLS 1.3),
 * RFC 5246 6.2.3 (TLS 1.2 and older), RFC 7366 (encrypt-then-MAC), RFC 7905 (ChaCha20-Poly1305).
 *
 * TLS 1.3: unseal_tls13_init with the handshake traffic secret, and again with the application one
 * after that side's Finished; unseal_next_secret after each KeyUpdate.  TLS 1.2: unseal_tls12_init
 * at that side's ChangeCipherSpec. */
#ifndef TLS_UNSEAL_H
#define TLS_UNSEAL_H

#include "base/slice.h"

enum unseal_result {
	UNSEAL_FORGED = -1, /* the record does not authenticate: other keys, lost records, or tampering */
	UNSEAL_SUITE = -2,  /* a cipher suite or version that is not in the table */
	UNSEAL_SECRET = -3, /* a secret or random of the wrong size for it */
	UNSEAL_FAILED = -4, /* the library refused (memory, or a cipher its policy forbids) */
};

struct unseal_keys;

struct unseal {
	struct unseal_keys *keys; /* NULL: no keys yet (all-zero is such a struct) */
	uint64_t seq;             /* number of the record that comes next */
	uint16_t suite;
	uint16_t version;    /* 0x0301 .. 0x0304 */
	unsigned generation; /* TLS 1.3: KeyUpdates seen since init */
};

/* Is the suite one that can be opened for that version? */
bool unseal_knows(uint16_t suite, uint16_t version);

/* 0 or a negative enum unseal_result.  *u is all-zero or was initialised before (it is replaced).
 */
int unseal_tls13_init(struct unseal *u, uint16_t suite, struct slice traffic_secret);
/* version 0x0301 .. 0x0303.  is_client: the records this direction carries were written by the
 * client. etm: both hellos had encrypt_then_mac (matters for CBC suites only). */
int unseal_tls12_init(struct unseal *u, uint16_t suite, uint16_t version, struct slice master_secret,
    struct slice client_random, struct slice server_random, bool is_client, bool etm);
void unseal_fini(struct unseal *u);

enum { UNSEAL_MASTER = 48 }; /* bytes of a master secret, and of a pre-master secret of RSA */
/* The master secret of TLS 1.2 and older from the pre-master secret (RFC 5246 8.1).  `transcript`: the handshake
 * messages up to the ClientKeyExchange, when both hellos had extended_master_secret (RFC 7627 4); else empty.
 * 0 or a negative enum unseal_result. */
int unseal_tls12_master(uint16_t suite, uint16_t version, struct slice premaster, struct slice client_random,
    struct slice server_random, struct slice transcript, uint8_t master[UNSEAL_MASTER]);

static inline bool unseal_ready(const struct unseal *u)
{
	return u->keys != NULL;
}

/* Are records padded to whole blocks, so that their size says only roughly how much is inside? */
bool unseal_in_blocks(const struct unseal *u);

/* TLS 1.3: application_traffic_secret_N+1 (RFC 8446 7.2); the sequence starts again at 0. */
int unseal_next_secret(struct unseal *u);

/* Opens one record whose header said `type`, `version`, body.n.  `out` has room for body.n bytes
 * and does not overlap body.  Returns the bytes of plaintext (0 is legal), *inner_type being what
 * is inside (TLS 1.3: the hidden type; else `type`), and counts the record; UNSEAL_FORGED leaves u
 * as it was, so that a lost record can be skipped with unseal_skip.  -4 when there are no keys. */
ssize_t unseal_record(
    struct unseal *u, uint8_t type, uint16_t version, struct slice body, uint8_t *out, uint8_t *inner_type);

/* Does the record open as number `seq`?  u->seq becomes that number then, with the record still to be opened by
 * unseal_record; else u stays as it was. */
bool unseal_opens(
    struct unseal *u, uint64_t seq, uint8_t type, uint16_t version, struct slice body, uint8_t *out);

/* This record is passed over unopened.  TLS 1.0 chains its blocks from record to record: what follows can be
 * opened again, under the right number. */
void unseal_pass(struct unseal *u, struct slice body);

/* n records of this direction were not seen (lost in the capture). */
void unseal_skip(struct unseal *u, uint64_t n);

#endif
