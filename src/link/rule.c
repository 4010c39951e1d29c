/* Rules of a wire, and which packets they hit; see rule.h. */
#include "link/rule.h"

#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>

/* --- Reading ------------------------------------------------------------------------------------------ */

static const struct {
	const char *word;
	enum link_action action;
} actions[] = {
	{ "drop", LINK_DROP },
	{ "duplicate", LINK_DUPLICATE },
	{ "corrupt", LINK_CORRUPT },
	{ "zero-checksum", LINK_ZERO_CHECKSUM },
	{ "reorder", LINK_REORDER },
	{ "hold", LINK_HOLD },
	{ "delay", LINK_DELAY },
};

static const struct {
	const char *word;
	uint16_t flag;
} flags[] = {
	{ "syn", TCP_SYN },
	{ "ack", TCP_ACK },
	{ "fin", TCP_FIN },
	{ "rst", TCP_RST },
	{ "psh", TCP_PSH },
};

static const struct {
	const char *word;
	size_t at; /* of a bool in struct link_match */
} kinds[] = {
	{ "arp", offsetof(struct link_match, arp) },
	{ "ip", offsetof(struct link_match, ip) },
	{ "ipv6", offsetof(struct link_match, ipv6) },
	{ "icmp", offsetof(struct link_match, icmp) },
	{ "udp", offsetof(struct link_match, udp) },
	{ "tcp", offsetof(struct link_match, tcp) },
	{ "data", offsetof(struct link_match, data) },
};

int link_time(struct slice text, int64_t *out)
{
	static const struct {
		const char *unit;
		int64_t ns;
	} units[] = { { "us", 1000 }, { "ms", CLOCK_MS }, { "s", CLOCK_SEC } };
	struct slice rest, whole, part;
	uint64_t n, fraction = 0;
	int64_t scale = 1, unit = 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units) && !unit; i++) {
		struct slice u = slice_str(units[i].unit);

		if (text.n > u.n && slice_eq(slice_skip(text, text.n - u.n), u)) {
			unit = units[i].ns;
			text.n -= u.n;
		}
	}
	rest = text;
	whole = slice_cut(&rest, '.');
	part = rest;
	if (!unit || slice_u64(whole, &n) || n > 3600 * (uint64_t)(CLOCK_SEC / unit))
		return -1;
	if (part.p && (part.n > 6 || slice_u64(part, &fraction)))
		return -1;
	for (size_t i = 0; i < part.n; i++)
		scale *= 10;
	*out = (int64_t)n * unit + (int64_t)fraction * unit / scale;
	return 0;
}

/* The next word, blanks before it skipped; empty at the end. */
static struct slice next_word(struct slice *rest)
{
	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		*rest = slice_skip(*rest, 1);
	return slice_cut(rest, ' ');
}

static int add_kind(struct link_match *m, struct slice word, struct err *e)
{
	struct slice port = SLICE("port=");
	uint64_t n;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (slice_eq_str(word, kinds[i].word)) {
			*(bool *)((char *)m + kinds[i].at) = true;
			return 0;
		}
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (slice_eq_str(word, flags[i].word)) {
			m->flags |= flags[i].flag;
			m->tcp = true;
			return 0;
		}
	if (slice_eq_str(word, "any"))
		return 0;
	if (slice_starts(word, port) && slice_u64(slice_skip(word, port.n), &n) == 0 && n > 0 && n < 65536) {
		m->port = (uint16_t)n;
		return 0;
	}
	return err_set(e, ERR_USAGE,
	    "'%.*s' is no kind of packet: any, arp, ip, ipv6, icmp, udp, tcp, data, port=N, syn, ack, fin, "
	    "rst or psh",
	    SLICE_ARG(slice_sub(word, 0, 40)));
}

static int read_what(struct link_match *m, struct slice *rest, struct err *e)
{
	struct slice word = next_word(rest), kind;

	*m = (struct link_match){ .from = -1, .first = 1, .last = UINT64_MAX };
	if (!word.n)
		return err_set(e, ERR_USAGE, "which packets? such as: drop syn,ack #1");
	while (word.p) {
		kind = slice_cut(&word, ',');
		if (add_kind(m, kind, e))
			return -1;
	}
	return 0;
}

/* "#3" or "#3-5" */
static int read_numbers(struct link_match *m, struct slice word, struct err *e)
{
	struct slice rest = slice_skip(word, 1), first = slice_cut(&rest, '-');

	if (slice_u64(first, &m->first) || m->first == 0)
		return err_set(e, ERR_USAGE, "'%.*s' counts no packets: #1 is the first", SLICE_ARG(word));
	m->last = m->first;
	if (rest.p && (slice_u64(rest, &m->last) || m->last < m->first))
		return err_set(e, ERR_USAGE, "'%.*s' is no range of packets", SLICE_ARG(word));
	return 0;
}

static int read_end(struct link_match *m, struct slice word, const char *const names[2], struct err *e)
{
	for (int i = 0; i < 2; i++)
		if (slice_eq_str(word, names[i])) {
			m->from = i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "from '%.*s': the ends are %s and %s", SLICE_ARG(slice_sub(word, 0, 40)),
	    names[0], names[1]);
}

static int read_by(struct link_rule *r, struct slice word, struct err *e)
{
	if (r->action == LINK_REORDER && slice_u64(word, &r->by) == 0 && r->by > 0 && r->by <= 1000)
		return 0;
	if (r->action == LINK_DELAY && link_time(word, &r->delay) == 0)
		return 0;
	return err_set(e, ERR_USAGE, "by '%.*s': reorder by 1 to 1000 packets, delay by a time such as 300ms",
	    SLICE_ARG(slice_sub(word, 0, 40)));
}

/* The clauses behind WHAT. */
static int read_clauses(struct link_rule *r, struct slice rest, const char *const names[2], struct err *e)
{
	struct link_match *m = &r->what;
	struct slice word;

	while ((word = next_word(&rest)).n) {
		int rc = 0;

		if (word.p[0] == '#')
			rc = read_numbers(m, word, e);
		else if (slice_eq_str(word, "from"))
			rc = read_end(m, next_word(&rest), names, e);
		else if (slice_eq_str(word, "by"))
			rc = read_by(r, next_word(&rest), e);
		else if (slice_eq_str(word, "byte") && r->action == LINK_CORRUPT)
			rc = slice_u64(next_word(&rest), &r->byte)
			         ? err_set(e, ERR_USAGE, "byte of what number? the first of the payload is 0")
			         : 0;
		else if (slice_eq_str(word, "until") && r->action == LINK_HOLD && m == &r->what) {
			m = &r->until;
			rc = read_what(m, &rest, e);
		} else
			rc = err_set(e, ERR_USAGE, "'%.*s' is not understood there",
			    SLICE_ARG(slice_sub(word, 0, 40)));
		if (rc)
			return rc;
	}
	if (r->action == LINK_HOLD && m == &r->what)
		return err_set(e, ERR_USAGE, "hold until when? such as: until syn #2");
	if ((r->action == LINK_REORDER && !r->by) || (r->action == LINK_DELAY && !r->delay))
		return err_set(
		    e, ERR_USAGE, "by how much? such as: by %s", r->action == LINK_DELAY ? "300ms" : "2");
	return 0;
}

int link_rule_parse(struct link_rule *r, const char *text, const char *const names[2], struct err *e)
{
	struct slice rest = slice_str(text), word = next_word(&rest);

	*r = (struct link_rule){ 0 };
	if (strlen(text) >= sizeof(r->text))
		return err_set(e, ERR_USAGE, "a rule has less than %zu letters", sizeof(r->text));
	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			return err_set(e, ERR_USAGE, "a rule is written in printable ASCII");
	strcpy(r->text, text);
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (slice_eq_str(word, actions[i].word)) {
			r->action = actions[i].action;
			if (read_what(&r->what, &rest, e) || read_clauses(r, rest, names, e))
				return err_in(e, "rule '%s'", text);
			return 0;
		}
	return err_set(e, ERR_USAGE,
	    "rule '%s': it begins with drop, duplicate, corrupt, zero-checksum, reorder, hold or delay",
	    text);
}

/* --- Matching ----------------------------------------------------------------------------------------- */

static bool has_layer(const struct pkt *p, enum proto_id a, enum proto_id b)
{
	for (uint8_t i = 0; i < p->n; i++)
		if (p->layers[i].proto == a || p->layers[i].proto == b)
			return true;
	return false;
}

static bool flags_match(uint16_t want, const struct pkt *p, const struct tcp *t)
{
	const uint16_t busy = TCP_SYN | TCP_FIN | TCP_RST;

	if ((t->flags & want) != want)
		return false;
	if (want == TCP_ACK)
		return !(t->flags & busy) && p->payload_len == 0;
	return !(want & TCP_SYN) || (want & TCP_ACK) == (t->flags & TCP_ACK);
}

static bool port_matches(uint16_t port, const struct layer *l)
{
	if (!l)
		return false;
	return l->proto == PROTO_TCP ? l->tcp.src == port || l->tcp.dst == port
	                             : l->udp.src == port || l->udp.dst == port;
}

static bool kind_matches(const struct link_match *m, const struct pkt *p)
{
	const struct layer *l = p->transport;

	if ((m->arp && !has_layer(p, PROTO_ARP, PROTO_ARP)) ||
	    (m->ip && !has_layer(p, PROTO_IP4, PROTO_IP4)) ||
	    (m->ipv6 && !has_layer(p, PROTO_IP6, PROTO_IP6)) ||
	    (m->icmp && !has_layer(p, PROTO_ICMP, PROTO_ICMP6)))
		return false;
	if ((m->tcp && !(l && l->proto == PROTO_TCP)) || (m->udp && !(l && l->proto == PROTO_UDP)))
		return false;
	if (m->data && !(l && p->payload_len > 0))
		return false;
	return !m->port || port_matches(m->port, l);
}

bool link_match(struct link_match *m, const struct pkt *p, int from)
{
	if ((m->from >= 0 && m->from != from) || !kind_matches(m, p))
		return false;
	if (m->flags && !flags_match(m->flags, p, &p->transport->tcp))
		return false;
	m->seen++;
	return m->seen >= m->first && m->seen <= m->last;
}
