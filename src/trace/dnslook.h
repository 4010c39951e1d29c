/* A DNS message in hand: what the files that read it share.  Private to dns*.c. */
#ifndef TRACE_DNSLOOK_H
#define TRACE_DNSLOOK_H

#include "trace/context.h"
#include "wire/dns.h"

enum {
	DNS_RECORDS_SHOWN = 64, /* of one message; the rest is counted */
	DNS_CHAIN_MAX = 16,     /* aliases followed one after the other */
};

struct dns_look {
	struct trace *t;
	struct flow *f;
	enum flow_side side;
	struct slice msg;
	bool cut;  /* the capture holds its start only */
	bool mdns; /* port 5353 */
	bool tcp;
	struct dns h;
	int reason; /* why it cannot be read to its end: enum dns_reason, or 0 */

	/* The first question; type 0: none. */
	char name[DNS_NAME_TEXT];
	uint16_t type, class;
	bool has_edns;
	struct dns_edns edns;
	struct buf info; /* "A 10.9.2.2 ttl 60, ..." */
};

/* Reads the message whole and says what it says. */
void dns_message(struct dns_look *l);

/* "<Root>" for the root, as tshark has it; else the name. */
const char *dns_shown(const char *name);
/* "AAAA", or "TYPE65280" (RFC 3597 5), in the arena. */
const char *dns_type_text(struct trace *t, uint16_t type);

/* --- Records: dnsrecord.c, dnsdata.c ---------------------------------------------------------------------- */

/* A note for each record, and what they come to: aliases followed, addresses remembered when `learn`. */
void dns_records(struct dns_look *l, bool learn);
/* The note of one record. */
void dns_record_note(struct dns_look *l, const struct dns_record *r);
/* The EDNS record and what it says of the answer. */
void dns_edns_notes(struct dns_look *l);

/* --- Queries and their answers: dnspair.c ----------------------------------------------------------------- */

struct dns_asked {
	uint64_t key;
	uint64_t question; /* hash of its name, type, class */
	uint64_t frame;    /* 0: free */
	int64_t ts;
	uint64_t answered; /* the packet that answered it; 0: none yet */
	uint64_t repeated; /* the latest packet that asked again */
	uint16_t id;
	bool transfer; /* of a zone: its answer is a row of messages */
};

/* The query with this message's id from `asker`'s end of the flow, or NULL. */
struct dns_asked *dns_pair_find(const struct dns_look *l, enum flow_side asker);
/* The query that end sent last, whatever its id, or NULL. */
struct dns_asked *dns_pair_last(const struct dns_look *l, enum flow_side asker);
/* Remembers the present message as a query; NULL when out of memory. */
struct dns_asked *dns_pair_add(const struct dns_look *l);
/* The present message is an answer cut short, so that its question may come again over TCP; and the packet of the
 * answer that made the present question come again, 0 when there is none. */
void dns_pair_note_truncated(const struct dns_look *l);
uint64_t dns_pair_truncated(const struct dns_look *l);
uint64_t dns_question_hash(const struct dns_look *l);
/* Queries without an answer have been forgotten for want of room. */
bool dns_pair_forgot(const struct trace *t);
void dns_pairs_free(struct dns_pairs *p); /* NULL: no-op */

#endif
