/* DNS messages: header, names, sections; see dns.h.  RFC 1035 4. */
#include "wire/dns.h"

#include "base/escape.h"

enum {
	JUMPS_MAX = 127,  /* pointers followed for one name: as many as a name can have labels */
	QUESTION_MIN = 5, /* the root name, type, class */
	RECORD_MIN = 11,  /* and ttl, length */
	LABEL_POINTER = 0xc0,
};

int dns_header(struct slice msg, struct dns *h)
{
	struct rd r = rd_of(msg);

	h->id = rd_be16(&r);
	h->flags = rd_be16(&r);
	h->response = h->flags & 0x8000;
	h->opcode = h->flags >> 11 & 15;
	h->authoritative = h->flags & 0x0400;
	h->truncated = h->flags & 0x0200;
	h->recursion_desired = h->flags & 0x0100;
	h->recursion_available = h->flags & 0x0080;
	h->authentic = h->flags & 0x0020;
	h->checking_disabled = h->flags & 0x0010;
	h->rcode = h->flags & 15;
	for (int s = 0; s < DNS_SECTIONS; s++)
		h->count[s] = rd_be16(&r);
	return r.bad ? 0 : DNS_HEADER;
}

bool dns_plausible(const struct dns *h, size_t size)
{
	size_t least = DNS_HEADER + (size_t)h->count[DNS_QUESTION] * QUESTION_MIN;

	if (!h->truncated)
		least += ((size_t)h->count[DNS_ANSWER] + h->count[DNS_AUTHORITY] + h->count[DNS_ADDITIONAL]) *
		         RECORD_MIN;
	return dns_opcode_name(h->opcode) && !(h->flags & 0x0040) && least <= size;
}

/* --- Names ------------------------------------------------------------------------------------------------ */

/* Text being written; it ends where something did not fit. */
struct out {
	char *text;
	size_t size, n;
};

static void put(struct out *o, const void *bytes, size_t n)
{
	if (!o->text || o->n + n >= o->size) {
		o->text = NULL;
		return;
	}
	memcpy(o->text + o->n, bytes, n);
	o->n += n;
	o->text[o->n] = 0;
}

static void put_label(struct out *o, struct slice label)
{
	while (label.n) {
		uint32_t rune;
		size_t n = escape_utf8(label, &rune);
		uint8_t c = label.p[0];
		char escaped[4] = { '\\', (char)('0' + c / 100), (char)('0' + c / 10 % 10),
			(char)('0' + c % 10) };

		if (c == '.' || c == '\\') {
			escaped[1] = (char)c;
			put(o, escaped, 2);
		} else if (n == 0 || rune < 0x20 || (rune >= 0x7f && rune < 0xa0)) {
			put(o, escaped, 4);
			n = 1;
		} else {
			put(o, label.p, n);
		}
		label = slice_skip(label, n ? n : 1);
	}
}

/* Pointers lead strictly back, so no walk is longer than the message; JUMPS_MAX bounds what one hostile
 * message can cost. */
int dns_name(struct slice msg, size_t off, char *text, size_t size)
{
	struct out out = { size ? text : NULL, size, 0 };
	size_t octets = 1, start = off; /* of the name; where the present run of labels began */
	unsigned jumps = 0;
	int used = 0; /* known at the first pointer */
	struct rd r = rd_of(msg);

	rd_skip(&r, off);
	if (out.text)
		out.text[0] = 0;
	for (;;) {
		uint8_t len = rd_u8(&r);

		if (r.bad)
			return DNS_SHORT;
		if ((len & LABEL_POINTER) == LABEL_POINTER) {
			size_t to = (size_t)(len & ~LABEL_POINTER) << 8 | rd_u8(&r);

			if (r.bad)
				return DNS_SHORT;
			if (to >= start || ++jumps > JUMPS_MAX)
				return DNS_POINTER;
			if (!used)
				used = (int)(r.off - off);
			r.off = start = to;
			continue;
		}
		if (len & LABEL_POINTER)
			return DNS_LABEL;
		if (len == 0)
			break;
		octets += 1u + len;
		if (octets > DNS_NAME_MAX)
			return DNS_LONG;
		if (octets > 2u + len)
			put(&out, ".", 1);
		put_label(&out, rd_take(&r, len));
		if (r.bad)
			return DNS_SHORT;
	}
	if (octets == 1)
		put(&out, ".", 1);
	return used ? used : (int)(r.off - off);
}

/* --- Sections --------------------------------------------------------------------------------------------- */

void dns_walk_init(struct dns_walk *w, struct slice msg, const struct dns *h)
{
	*w = (struct dns_walk){ .msg = msg, .off = DNS_HEADER };
	memcpy(w->left, h->count, sizeof(w->left));
}

static bool stop(struct dns_walk *w, int reason)
{
	w->reason = reason;
	memset(w->left, 0, sizeof(w->left));
	return false;
}

bool dns_walk_next(struct dns_walk *w, struct dns_record *r)
{
	struct rd in = rd_of(w->msg);
	int section = 0, name;

	while (section < DNS_SECTIONS && !w->left[section])
		section++;
	if (section == DNS_SECTIONS)
		return false;
	name = dns_name(w->msg, w->off, NULL, 0);
	if (name < 0)
		return stop(w, name);
	w->left[section]--;
	*r = (struct dns_record){ .section = (enum dns_section)section, .off = w->off, .name = w->off };
	rd_skip(&in, w->off + (size_t)name);
	r->type = rd_be16(&in);
	r->class = rd_be16(&in);
	if (section != DNS_QUESTION) {
		uint16_t len;

		r->ttl = rd_be32(&in);
		len = rd_be16(&in);
		r->data_off = in.off;
		r->data = rd_take(&in, len);
	}
	if (in.bad)
		return stop(w, DNS_SHORT);
	r->len = in.off - w->off;
	w->off = in.off;
	return true;
}
