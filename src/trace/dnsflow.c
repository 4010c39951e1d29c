/* DNS messages: what is asked, what is answered, and what belongs together; see dnsflow.h. */
#include "trace/dnsflow.h"

#include "trace/dnslook.h"

#include <stdio.h>

enum { QUESTIONS_SHOWN = 16, FIELDS = 24 };

/* --- Words -------------------------------------------------------------------------------------------------- */

/* What a question of this type wants to know, to stand before "of NAME". */
static const char *wanted(struct trace *t, uint16_t type)
{
	switch (type) {
	case DNS_A: return "the IPv4 address (A)";
	case DNS_AAAA: return "the IPv6 address (AAAA)";
	case DNS_CNAME: return "the canonical name (CNAME)";
	case DNS_NS: return "the name servers (NS)";
	case DNS_SOA: return "the start of authority (SOA)";
	case DNS_MX: return "the mail servers (MX)";
	case DNS_TXT: return "the texts (TXT)";
	case DNS_PTR: return "the pointer (PTR)";
	case DNS_SRV: return "the servers and their ports (SRV)";
	case DNS_HTTPS: return "the way to its HTTPS service (HTTPS)";
	case DNS_SVCB: return "the way to its service (SVCB)";
	case DNS_CAA: return "the permitted certificate authorities (CAA)";
	case DNS_ANY: return "whatever is known (ANY)";
	case DNS_AXFR: return "the whole zone (AXFR)";
	case DNS_IXFR: return "the zone's changes (IXFR)";
	case DNS_DS: return "the digest of its signing key (DS)";
	case DNS_DNSKEY: return "the signing keys (DNSKEY)";
	default: return arena_printf(&t->arena, "the %s records", dns_type_text(t, type));
	}
}

/* --- Fields of the message as a whole ----------------------------------------------------------------------- */

struct row {
	struct field v[FIELDS];
	unsigned n;
};

static void add(struct row *f, struct field one)
{
	if (f->n < FIELDS)
		f->v[f->n++] = one;
}

#define ADD(f, ...) add(f, (struct field)__VA_ARGS__)

static void question_fields(
    const struct dns_look *l, const char *name, uint16_t type, uint16_t class, struct row *f)
{
	ADD(f, F_STR("dns.qry.name", dns_shown(name)));
	ADD(f, F_UINT("dns.qry.type", type));
	ADD(f, F_HEX("dns.qry.class", l->mdns ? class & ~DNS_TOP_BIT : class, 4));
	if (l->mdns)
		ADD(f, F_BOOL("dns.qry.qu", !!(class & DNS_TOP_BIT)));
}

static bool has_question(const struct dns_look *l)
{
	return l->name[0] != 0;
}

static void header_fields(const struct dns_look *l, struct row *f)
{
	f->n = 0;
	ADD(f, F_HEX("dns.id", l->h.id, 4));
	ADD(f, F_HEX("dns.flags", l->h.flags, 4));
	ADD(f, F_BOOL("dns.flags.response", l->h.response));
	ADD(f, F_UINT("dns.flags.opcode", l->h.opcode));
	ADD(f, F_BOOL("dns.flags.truncated", l->h.truncated));
	ADD(f, F_BOOL("dns.flags.recdesired", l->h.recursion_desired));
	if (l->h.response) {
		ADD(f, F_BOOL("dns.flags.authoritative", l->h.authoritative));
		ADD(f, F_BOOL("dns.flags.recavail", l->h.recursion_available));
		ADD(f, F_UINT("dns.flags.rcode", l->h.rcode));
	}
	ADD(f, F_UINT("dns.count.queries", l->h.count[DNS_QUESTION]));
	ADD(f, F_UINT("dns.count.answers", l->h.count[DNS_ANSWER]));
	ADD(f, F_UINT("dns.count.auth_rr", l->h.count[DNS_AUTHORITY]));
	ADD(f, F_UINT("dns.count.add_rr", l->h.count[DNS_ADDITIONAL]));
	if (l->h.response && has_question(l))
		question_fields(l, l->name, l->type, l->class, f);
	if (l->h.response)
		ADD(f, F_STR("osilab.dns.about",
		           has_question(l) ? dns_shown(l->name) : "a question that it does not repeat"));
}

static struct note *say(struct dns_look *l, enum note_id id, const struct row *f)
{
	struct note *n = trace_note(l->t, id, f->v, f->n);

	trace_where(l->t, n, slice_sub(l->msg, 0, DNS_HEADER));
	return n;
}

/* --- Queries ------------------------------------------------------------------------------------------------ */

static void note_question(struct dns_look *l, const struct dns_record *r, struct row *f)
{
	char name[DNS_NAME_TEXT];
	uint8_t addr[16];
	unsigned n;
	enum note_id id = l->mdns ? NOTE_MDNS_QUERY : NOTE_DNS_QUERY;

	if (dns_name(l->msg, r->name, name, sizeof(name)) < 0)
		return;
	question_fields(l, name, r->type, r->class, f);
	ADD(f, F_STR("osilab.dns.wanted", wanted(l->t, r->type)));
	if (l->mdns)
		ADD(f, F_STR("osilab.dns.how", r->class & DNS_TOP_BIT ? "an answer to the asker alone would "
		                                                        "do (QU)"
		                                                      : "everyone is to hear the answer "
		                                                        "(QM)"));
	else
		ADD(f, F_STR("osilab.dns.how", l->h.recursion_desired ? "the server is to ask others if it "
		                                                        "must (recursion desired)"
		                                                      : "only what the server itself knows "
		                                                        "is wanted (no recursion)"));
	n = r->type == DNS_PTR && !l->mdns ? dns_reverse(name, addr) : 0;
	if (n) {
		ADD(f, { .name = "osilab.dns.address",
		           .type = n == 4 ? FIELD_IP4 : FIELD_IP6,
		           .s = slice_of(addr, n) });
		id = NOTE_DNS_QUERY_REVERSE;
	}
	trace_where(l->t, trace_note(l->t, id, f->v, f->n), slice_sub(l->msg, r->off, r->len));
	buf_printf(&l->info, "%s%s? %s", l->info.n ? ", " : "", dns_type_text(l->t, r->type),
	    trace_text(l->t, slice_str(dns_shown(name)), 200));
}

static void note_questions(struct dns_look *l)
{
	struct dns_record r;
	struct dns_walk w;
	struct row f;

	header_fields(l, &f);
	dns_walk_init(&w, l->msg, &l->h);
	for (unsigned n = 0; n < QUESTIONS_SHOWN && dns_walk_next(&w, &r) && r.section == DNS_QUESTION; n++) {
		note_question(l, &r, &f);
		f.n = 0;
	}
	if (f.n) {
		ADD(&f, F_STR("osilab.dns.operation", "a query without a question"));
		say(l, NOTE_DNS_OPERATION, &f);
	}
}

/* The same question again under the same number: no answer came in time. */
static void note_again(struct dns_look *l, struct dns_asked *a)
{
	struct note *n = NOTE(l->t, DNS_QUERY_AGAIN, F_UINT("osilab.dns.packet", a->frame),
	    F_SPAN("osilab.dns.after", l->t->frame.ts - a->ts), F_BOOL("dns.retransmission", true),
	    F_STR("osilab.dns.why",
	        a->answered ? "although its answer has been here" : "no answer came in time"));

	n->ref = a->frame;
	a->repeated = l->t->frame.number;
}

static void on_query(struct dns_look *l)
{
	struct dns_asked *a = l->mdns ? NULL : dns_pair_find(l, l->side);
	uint64_t cut;

	l->t->stats.dns_queries++;
	note_questions(l);
	if (a && a->question == dns_question_hash(l))
		note_again(l, a);
	else if (!l->mdns)
		dns_pair_add(l);
	if (l->tcp && (cut = dns_pair_truncated(l)))
		NOTE(l->t, DNS_OVER_TCP, F_UINT("osilab.dns.packet", cut))->ref = cut;
	if (l->mdns && l->h.count[DNS_AUTHORITY])
		NOTE(l->t, MDNS_PROBE, F_STR("dns.qry.name", dns_shown(l->name)));
	dns_records(l, false);
}

/* --- Answers ------------------------------------------------------------------------------------------------ */

static const char *from_words(const struct dns_look *l)
{
	if (l->h.authoritative)
		return "the server is responsible for the zone (authoritative)";
	return l->h.recursion_available ? "found out or remembered by a resolver"
	                                : "not from a server responsible for the zone";
}

/* The first answer of a query, or a later one, with all that the header says. */
static void note_answer(struct dns_look *l, struct dns_asked *a, struct row *f)
{
	bool again = a->answered && !a->transfer;
	struct note *n;

	if (again) {
		ADD(f, F_UINT("osilab.dns.asked", a->frame));
		ADD(f, F_UINT("dns.retransmit_response_in", a->answered));
		ADD(f, F_BOOL("dns.retransmission", true));
	} else {
		ADD(f, F_UINT("dns.response_to", a->frame));
		ADD(f, F_SPAN("dns.time", l->t->frame.ts - a->ts));
		ADD(f, F_STR("osilab.dns.from", from_words(l)));
	}
	n = say(l, again ? NOTE_DNS_ANSWER_AGAIN : a->answered ? NOTE_DNS_TRANSFER : NOTE_DNS_ANSWER, f);
	n->ref = a->frame;
	if (!a->answered)
		a->answered = l->t->frame.number;
}

/* No query has this number: perhaps another one waits, and this is late or forged (RFC 5452 3). */
static void note_unasked(struct dns_look *l, struct row *f)
{
	struct dns_asked *last = dns_pair_last(l, (enum flow_side) !l->side);

	if (last && last->id != l->h.id && !last->answered && last->question == dns_question_hash(l) &&
	    !dns_pair_forgot(l->t)) {
		ADD(f, F_HEX("osilab.dns.asked_id", last->id, 4));
		ADD(f, F_UINT("osilab.dns.packet", last->frame));
		say(l, NOTE_DNS_WRONG_ID, f)->ref = last->frame;
		return;
	}
	ADD(f, F_BOOL("dns.unsolicited", true));
	ADD(f, F_STR("osilab.dns.why", dns_pair_forgot(l->t) ? "its query was long ago, or not captured"
	                                                     : "no query like it is in this capture"));
	say(l, NOTE_DNS_UNASKED, f);
}

/* What the code says, RFC 1035 4.1.1 and, with EDNS, RFC 6891 6.1.3. */
static void note_code(struct dns_look *l)
{
	uint16_t code = (uint16_t)(l->h.rcode | (l->has_edns ? l->edns.ext_rcode << 4 : 0));
	const char *name = dns_rcode_name(code);
	const char *about = has_question(l) ? dns_shown(l->name) : "a question that it does not repeat";
	enum note_id id = NOTE_DNS_ERROR;

	switch (code) {
	case DNS_FORMERR: id = NOTE_DNS_FORMERR; break;
	case DNS_SERVFAIL: id = NOTE_DNS_SERVFAIL; break;
	case DNS_NXDOMAIN: id = NOTE_DNS_NXDOMAIN; break;
	case DNS_NOTIMP: id = NOTE_DNS_NOTIMP; break;
	case DNS_REFUSED: id = NOTE_DNS_REFUSED; break;
	default: break;
	}
	if (!name)
		name = arena_printf(&l->t->arena, "code %u", code);
	l->t->stats.dns_errors++;
	trace_note(l->t, id,
	    (const struct field[]){ F_STR("osilab.dns.rcode", name), F_STR("osilab.dns.about", about) }, 2);
	buf_printf(&l->info, "%s%s%s", name, has_question(l) ? " " : "",
	    has_question(l) ? trace_text(l->t, slice_str(about), 200) : "");
}

/* An answer without error and without records: none of this type, or ask further down (RFC 2308 2.2). */
static void note_empty(struct dns_look *l)
{
	struct dns_record r;
	struct dns_walk w;
	bool soa = false;

	dns_walk_init(&w, l->msg, &l->h);
	while (dns_walk_next(&w, &r)) {
		soa |= r.section == DNS_AUTHORITY && r.type == DNS_SOA;
		if (r.section == DNS_AUTHORITY && r.type == DNS_NS && !soa && !l->h.authoritative) {
			char zone[DNS_NAME_TEXT];

			if (dns_name(l->msg, r.name, zone, sizeof(zone)) < 0)
				return;
			NOTE(l->t, DNS_REFERRAL, F_STR("osilab.dns.zone", dns_shown(zone)));
			buf_printf(&l->info, "ask the servers of %s",
			    trace_text(l->t, slice_str(dns_shown(zone)), 200));
			return;
		}
	}
	NOTE(l->t, DNS_NODATA, F_STR("dns.qry.name", dns_shown(l->name)),
	    F_STR("osilab.dns.wanted", wanted(l->t, l->type)));
	buf_printf(&l->info, "no %s for %s", dns_type_text(l->t, l->type),
	    trace_text(l->t, slice_str(dns_shown(l->name)), 200));
}

/* Ties the answer to its query; false when it is to be doubted. */
static bool tie(struct dns_look *l)
{
	struct dns_asked *a = dns_pair_find(l, (enum flow_side) !l->side);
	struct row f;

	header_fields(l, &f);
	if (l->mdns) {
		say(l, NOTE_MDNS_ANSWER, &f);
		return true;
	}
	if (a && l->type && a->question != dns_question_hash(l)) {
		ADD(&f, F_UINT("osilab.dns.packet", a->frame));
		say(l, NOTE_DNS_WRONG_QUESTION, &f)->ref = a->frame;
		return false;
	}
	if (a)
		note_answer(l, a, &f);
	else
		note_unasked(l, &f);
	return a || !dns_pair_last(l, (enum flow_side) !l->side);
}

static void on_response(struct dns_look *l)
{
	bool trusted = tie(l);

	l->t->stats.dns_responses++;
	if (l->h.rcode || (l->has_edns && l->edns.ext_rcode))
		note_code(l);
	else if (!l->h.count[DNS_ANSWER] && l->type && !l->h.truncated && !l->reason)
		note_empty(l);
	if (l->h.truncated) {
		NOTE(l->t, DNS_TRUNCATED,
		    F_STR("osilab.dns.next", l->tcp ? "there is no longer way than TCP, so something is wrong"
		                                    : "the asker is to ask again over TCP"));
		buf_puts(&l->info, l->info.n ? ", truncated" : "truncated");
		dns_pair_note_truncated(l);
	}
	dns_records(l, trusted && !l->h.rcode);
}

/* --- Other operations --------------------------------------------------------------------------------------- */

/* NOTIFY (RFC 1996), UPDATE (RFC 2136) and the like: their sections mean other things. */
static void on_operation(struct dns_look *l)
{
	const char *op = dns_opcode_name(l->h.opcode);
	struct row f;

	if (l->h.response) {
		l->t->stats.dns_responses++;
		tie(l);
		if (l->h.rcode)
			note_code(l);
	} else {
		struct dns_asked *a = dns_pair_find(l, l->side);

		l->t->stats.dns_queries++;
		header_fields(l, &f);
		if (has_question(l))
			question_fields(l, l->name, l->type, l->class, &f);
		ADD(&f, F_STR("osilab.dns.operation",
		            arena_printf(&l->t->arena, "%s for %s", op, dns_shown(l->name))));
		say(l, NOTE_DNS_OPERATION, &f);
		if (a && a->question == dns_question_hash(l))
			note_again(l, a);
		else
			dns_pair_add(l);
	}
	if (!l->info.n)
		buf_printf(&l->info, "%s%s %s", op, l->h.response ? " answered:" : "",
		    trace_text(l->t, slice_str(dns_shown(l->name)), 200));
}

/* --- One message -------------------------------------------------------------------------------------------- */

/* A first walk through the message: its question, its EDNS record, and whether it can be read to its end. */
static void survey(struct dns_look *l)
{
	struct dns_record r;
	struct dns_walk w;

	dns_walk_init(&w, l->msg, &l->h);
	while (dns_walk_next(&w, &r)) {
		if (r.section == DNS_QUESTION && !l->type && !l->name[0]) {
			dns_name(l->msg, r.name, l->name, sizeof(l->name));
			l->type = r.type;
			l->class = r.class;
		} else if (r.section == DNS_ADDITIONAL && r.type == DNS_OPT && !l->has_edns) {
			l->has_edns = true;
			dns_edns(&r, &l->edns);
		}
	}
	l->reason = w.reason;
}

void dns_message(struct dns_look *l)
{
	survey(l);
	if (l->h.opcode != DNS_OP_QUERY)
		on_operation(l);
	else if (l->h.response)
		on_response(l);
	else
		on_query(l);
	dns_edns_notes(l);
	/* What the snap length cut off is no fault of the message. */
	if (l->reason && !(l->cut && l->reason == DNS_SHORT))
		NOTE(l->t, DNS_DAMAGED, F_STR("osilab.dns.damage", dns_reason_words(l->reason)));
	trace_info(l->t, l->mdns ? "mDNS" : "DNS", "%s", buf_cstr(&l->info));
	buf_fini(&l->info);
}

void dnsflow_datagram(struct trace *t, struct flow *f, enum flow_side side)
{
	const struct udp *u = &t->frame.pkt.transport->udp;
	struct dns_look l = { .t = t,
		.f = f,
		.side = side,
		.msg = t->frame.pkt.payload,
		.cut = t->frame.pkt.payload.n < t->frame.pkt.payload_len,
		.mdns = u->src == MDNS_PORT || u->dst == MDNS_PORT };

	if (!dns_header(l.msg, &l.h) || !dns_plausible(&l.h, t->frame.pkt.payload_len)) {
		if (!l.cut)
			NOTE(t, DNS_NOT_DNS, F_UINT("osilab.dns.port", l.mdns ? MDNS_PORT : DNS_PORT));
		return;
	}
	dns_message(&l);
}
