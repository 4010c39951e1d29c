/* The Domain Name System: messages as they travel in a datagram, or behind two bytes of length in a stream.
 * RFC 1035 4 (messages, compression), 3596 (AAAA), 2782 (SRV), 6672 (DNAME), 6891 (EDNS), 7873 (cookies), 7871
 * (client subnet), 8659 (CAA), 8914 (extended errors), 9460 (SVCB, HTTPS), 6762 (multicast DNS, the same bytes).
 *
 * A name may point back into the message, so everything here takes the whole message and an offset.  Reasons
 * for which a message cannot be read are the negative numbers of enum dns_reason. */
#ifndef WIRE_DNS_H
#define WIRE_DNS_H

#include "base/bytes.h"

enum {
	DNS_HEADER = 12,
	DNS_NAME_MAX = 255,          /* octets of a name, its labels' lengths included */
	DNS_NAME_TEXT = 4 * 255 + 1, /* room that the text of any name fits into */
	DNS_PORT = 53,
	MDNS_PORT = 5353,
};

enum dns_reason {
	DNS_SHORT = -1,   /* ends within a header, name or record */
	DNS_POINTER = -2, /* a compression pointer that does not lead back, or a chain of too many */
	DNS_LONG = -3,    /* a name of more than 255 octets */
	DNS_LABEL = -4,   /* a label type that is not in use (RFC 6891 5) */
	DNS_DATA = -5,    /* the data of a record does not fit its type or its length */
};

enum dns_section { DNS_QUESTION, DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_HINFO = 13,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_NAPTR = 35,
	DNS_DNAME = 39,
	DNS_OPT = 41,
	DNS_DS = 43,
	DNS_RRSIG = 46,
	DNS_NSEC = 47,
	DNS_DNSKEY = 48,
	DNS_NSEC3 = 50,
	DNS_TLSA = 52,
	DNS_SVCB = 64,
	DNS_HTTPS = 65,
	DNS_TSIG = 250,
	DNS_IXFR = 251,
	DNS_AXFR = 252,
	DNS_ANY = 255,
	DNS_CAA = 257,
};

enum dns_opcode { DNS_OP_QUERY = 0, DNS_OP_STATUS = 2, DNS_OP_NOTIFY = 4, DNS_OP_UPDATE = 5 };

enum dns_rcode { DNS_NOERROR, DNS_FORMERR, DNS_SERVFAIL, DNS_NXDOMAIN, DNS_NOTIMP, DNS_REFUSED };

enum dns_class { DNS_IN = 1, DNS_TOP_BIT = 0x8000 /* mDNS: unicast answer wanted, or flush the cache */ };

/* The header, RFC 1035 4.1.1 and RFC 4035 3.2 (AD, CD). */
struct dns {
	uint16_t id;
	uint16_t flags; /* as they travel; taken apart below */
	bool response, authoritative, truncated, recursion_desired, recursion_available;
	bool authentic, checking_disabled;
	uint8_t opcode, rcode;
	uint16_t count[DNS_SECTIONS]; /* entries that the header promises */
};

/* One entry of a section.  A question has neither ttl nor data. */
struct dns_record {
	enum dns_section section;
	size_t off, len; /* the whole entry in the message */
	size_t name;     /* where its name starts: for dns_name */
	size_t data_off; /* where its data starts in the message */
	uint16_t type, class;
	uint32_t ttl; /* seconds; DNS_OPT keeps other things here */
	struct slice data;
};

/* A walk over the entries of all sections in their order; nothing is allocated. */
struct dns_walk {
	struct slice msg;
	size_t off;                  /* of the next entry */
	uint16_t left[DNS_SECTIONS]; /* entries not met yet */
	int reason;                  /* why the walk ended early: enum dns_reason, or 0 */
};

/* DNS_HEADER, or 0 when msg is shorter. */
int dns_header(struct slice msg, struct dns *h);

/* Whether `size` bytes that start with this header can be a DNS message: a known operation, the reserved bit clear
 * (RFC 1035 4.1.1), counts that so many bytes can hold (a truncated answer may promise more). */
bool dns_plausible(const struct dns *h, size_t size);

void dns_walk_init(struct dns_walk *w, struct slice msg, const struct dns *h);
/* True with the next entry; false at the end, or with w->reason when the message cannot be read further. */
bool dns_walk_next(struct dns_walk *w, struct dns_record *r);

/* Writes the name at `off` as text: labels with dots between, "." for the root, no dot at the end.  A dot or
 * backslash inside a label gets a backslash before it, octets that are no printable UTF-8 become \DDD (RFC 1035
 * 5.1); spaces and UTF-8 stay, as service names have them (RFC 6763 4.1.1).  text has `size` bytes, DNS_NAME_TEXT
 * for any name; a longer text is cut; text may be NULL.  Returns the octets the name takes at `off`, or enum dns_reason. */
int dns_name(struct slice msg, size_t off, char *text, size_t size);

/* --- What records hold ------------------------------------------------------------------------------------ */

/* The name that is the whole data of a CNAME, NS, PTR or DNAME record.  0, or enum dns_reason. */
int dns_data_name(struct slice msg, const struct dns_record *r, char *text, size_t size);

/* RFC 1035 3.3.13; names by their offset for dns_name, times in seconds. */
struct dns_soa {
	size_t mname, rname;
	uint32_t serial, refresh, retry, expire, minimum;
};
int dns_soa(struct slice msg, const struct dns_record *r, struct dns_soa *out); /* 0, or enum dns_reason */

/* MX: priority is the preference.  SRV: RFC 2782.  SVCB and HTTPS: priority 0 is an alias (RFC 9460 2.4.2), params
 * are for dns_param_next. */
struct dns_target {
	uint16_t priority, weight, port;
	size_t name; /* for dns_name */
	struct slice params;
};
int dns_target(
    struct slice msg, const struct dns_record *r, struct dns_target *out); /* 0, or enum dns_reason */

/* RFC 8659 4.1. */
struct dns_caa {
	bool critical;
	uint8_t flags;
	struct slice tag, value;
};
int dns_caa(const struct dns_record *r, struct dns_caa *out); /* 0, or enum dns_reason */

/* The next character string (TXT, HINFO) off *rest; false at the end or when it is cut. */
bool dns_text_next(struct slice *rest, struct slice *one);

/* The EDNS pseudo record, RFC 6891 6.1. */
struct dns_edns {
	uint16_t udp_size;
	uint8_t ext_rcode; /* upper eight bits of the response code */
	uint8_t version;
	uint16_t z;
	bool dnssec_ok; /* RFC 3225 */
	struct slice options;
};
void dns_edns(const struct dns_record *r, struct dns_edns *out);

enum dns_option {
	DNS_OPT_NSID = 3,
	DNS_OPT_SUBNET = 8,
	DNS_OPT_COOKIE = 10,
	DNS_OPT_KEEPALIVE = 11,
	DNS_OPT_PADDING = 12,
	DNS_OPT_ERROR = 15
};
enum dns_param {
	DNS_PARAM_ALPN = 1,
	DNS_PARAM_PORT = 3,
	DNS_PARAM_IP4 = 4,
	DNS_PARAM_ECH = 5,
	DNS_PARAM_IP6 = 6
};

/* The next option of EDNS or parameter of SVCB: two bytes of number, two of length, the value.  False at the end
 * or when it is cut. */
bool dns_param_next(struct slice *rest, uint16_t *number, struct slice *value);

/* --- Names for numbers; static storage; NULL when the number has none ------------------------------------- */

const char *dns_type_name(uint16_t type);       /* "AAAA" */
const char *dns_opcode_name(uint8_t opcode);    /* "UPDATE" */
const char *dns_rcode_name(uint16_t rcode);     /* "NXDOMAIN" */
const char *dns_option_name(uint16_t option);   /* EDNS: "cookie" */
const char *dns_param_name(uint16_t param);     /* SVCB: "alpn" */
const char *dns_error_name(uint16_t info_code); /* extended error, RFC 8914 4: "DNSSEC Bogus" */
const char *dns_reason_words(int reason);       /* "a name that points in circles"; never NULL */

/* The address that a name below in-addr.arpa or ip6.arpa stands for (RFC 1035 3.5, RFC 3596 2.5), from its text.
 * Bytes of the address, 4 or 16, or 0 when it is no such name. */
unsigned dns_reverse(const char *name, uint8_t addr[16]);

#endif
