/* Names for the numbers of DNS; see dns.h.  The IANA registry "Domain Name System (DNS) Parameters". */
#include "wire/dns.h"

struct name {
	uint16_t number;
	const char *text;
};

static const char *find(const struct name *v, size_t n, uint16_t number)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].number == number)
			return v[i].text;
	return NULL;
}

#define FIND(table, number) find(table, sizeof(table) / sizeof(table[0]), number)

const char *dns_type_name(uint16_t type)
{
	static const struct name names[] = { { DNS_A, "A" }, { DNS_AAAA, "AAAA" }, { DNS_HTTPS, "HTTPS" },
		{ DNS_CNAME, "CNAME" }, { DNS_PTR, "PTR" }, { DNS_NS, "NS" }, { DNS_SOA, "SOA" },
		{ DNS_MX, "MX" }, { DNS_TXT, "TXT" }, { DNS_SRV, "SRV" }, { DNS_OPT, "OPT" },
		{ DNS_SVCB, "SVCB" }, { DNS_CAA, "CAA" }, { DNS_DNAME, "DNAME" }, { DNS_ANY, "ANY" },
		{ DNS_DS, "DS" }, { DNS_RRSIG, "RRSIG" }, { DNS_NSEC, "NSEC" }, { DNS_DNSKEY, "DNSKEY" },
		{ DNS_NSEC3, "NSEC3" }, { 51, "NSEC3PARAM" }, { DNS_TLSA, "TLSA" }, { DNS_HINFO, "HINFO" },
		{ DNS_NAPTR, "NAPTR" }, { 3, "MD" }, { 4, "MF" }, { 7, "MB" }, { 8, "MG" }, { 9, "MR" },
		{ 10, "NULL" }, { 11, "WKS" }, { 14, "MINFO" }, { 17, "RP" }, { 18, "AFSDB" }, { 24, "SIG" },
		{ 25, "KEY" }, { 29, "LOC" }, { 36, "KX" }, { 37, "CERT" }, { 42, "APL" }, { 44, "SSHFP" },
		{ 45, "IPSECKEY" }, { 49, "DHCID" }, { 53, "SMIMEA" }, { 55, "HIP" }, { 59, "CDS" },
		{ 60, "CDNSKEY" }, { 61, "OPENPGPKEY" }, { 62, "CSYNC" }, { 63, "ZONEMD" }, { 99, "SPF" },
		{ 104, "NID" }, { 105, "L32" }, { 106, "L64" }, { 107, "LP" }, { 108, "EUI48" },
		{ 109, "EUI64" }, { 249, "TKEY" }, { DNS_TSIG, "TSIG" }, { DNS_IXFR, "IXFR" },
		{ DNS_AXFR, "AXFR" }, { 253, "MAILB" }, { 254, "MAILA" }, { 256, "URI" } };

	return FIND(names, type);
}

const char *dns_opcode_name(uint8_t opcode)
{
	static const struct name names[] = { { DNS_OP_QUERY, "QUERY" }, { 1, "IQUERY" },
		{ DNS_OP_STATUS, "STATUS" }, { DNS_OP_NOTIFY, "NOTIFY" }, { DNS_OP_UPDATE, "UPDATE" },
		{ 6, "DSO" } };

	return FIND(names, opcode);
}

const char *dns_rcode_name(uint16_t rcode)
{
	static const struct name names[] = { { DNS_NOERROR, "NOERROR" }, { DNS_FORMERR, "FORMERR" },
		{ DNS_SERVFAIL, "SERVFAIL" }, { DNS_NXDOMAIN, "NXDOMAIN" }, { DNS_NOTIMP, "NOTIMP" },
		{ DNS_REFUSED, "REFUSED" }, { 6, "YXDOMAIN" }, { 7, "YXRRSET" }, { 8, "NXRRSET" },
		{ 9, "NOTAUTH" }, { 10, "NOTZONE" }, { 11, "DSOTYPENI" }, { 16, "BADVERS" }, { 17, "BADKEY" },
		{ 18, "BADTIME" }, { 19, "BADMODE" }, { 20, "BADNAME" }, { 21, "BADALG" }, { 22, "BADTRUNC" },
		{ 23, "BADCOOKIE" } };

	return FIND(names, rcode);
}

const char *dns_option_name(uint16_t option)
{
	static const struct name names[] = { { 1, "LLQ" }, { 2, "update lease" },
		{ DNS_OPT_NSID, "name server identifier" }, { 5, "DNSSEC algorithms" }, { 6, "DS hashes" },
		{ 7, "NSEC3 hashes" }, { DNS_OPT_SUBNET, "client subnet" }, { 9, "expire" },
		{ DNS_OPT_COOKIE, "cookie" }, { DNS_OPT_KEEPALIVE, "TCP keep-alive" },
		{ DNS_OPT_PADDING, "padding" }, { 13, "chain" }, { 14, "key tag" },
		{ DNS_OPT_ERROR, "extended error" }, { 16, "client tag" }, { 17, "server tag" },
		{ 18, "report channel" }, { 19, "zone version" } };

	return FIND(names, option);
}

const char *dns_param_name(uint16_t param)
{
	static const struct name names[] = { { 0, "mandatory" }, { DNS_PARAM_ALPN, "alpn" },
		{ 2, "no-default-alpn" }, { DNS_PARAM_PORT, "port" }, { DNS_PARAM_IP4, "ipv4hint" },
		{ DNS_PARAM_ECH, "ech" }, { DNS_PARAM_IP6, "ipv6hint" }, { 7, "dohpath" }, { 8, "ohttp" } };

	return FIND(names, param);
}

const char *dns_error_name(uint16_t info_code)
{
	static const char *const names[] = { "Other Error", "Unsupported DNSKEY Algorithm",
		"Unsupported DS Digest Type", "Stale Answer", "Forged Answer", "DNSSEC Indeterminate",
		"DNSSEC Bogus", "Signature Expired", "Signature Not Yet Valid", "DNSKEY Missing",
		"RRSIGs Missing", "No Zone Key Bit Set", "NSEC Missing", "Cached Error", "Not Ready",
		"Blocked", "Censored", "Filtered", "Prohibited", "Stale NXDOMAIN Answer", "Not Authoritative",
		"Not Supported", "No Reachable Authority", "Network Error", "Invalid Data" };

	return info_code < sizeof(names) / sizeof(names[0]) ? names[info_code] : NULL;
}

const char *dns_reason_words(int reason)
{
	switch (reason) {
	case DNS_SHORT: return "it ends within a name or record";
	case DNS_POINTER: return "a compression pointer does not lead back";
	case DNS_LONG: return "a name is longer than 255 octets";
	case DNS_LABEL: return "a label of a type that is not in use";
	case DNS_DATA: return "the data of a record does not fit its type";
	default: return "unknown damage";
	}
}
