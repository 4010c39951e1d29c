/* The content of a message as it was meant, Content-Encoding undone; see exchange.h. */
#include "trace/exchange.h"
#include "trace/inflate.h"

enum { STEP = 16 * 1024 };

struct slice exchange_field(const struct exchange_msg *m, const char *name)
{
	for (size_t i = 0; i < m->nfields; i++)
		if (slice_ieq_str(m->fields[i].name, name))
			return m->fields[i].value;
	return slice_of(NULL, 0);
}

/* Appends what comes out, as far as it may grow; false when it is damaged. */
static bool decode(struct slice in, enum inflate_coding coding, struct buf *out, bool *more)
{
	struct inflater i;
	ssize_t n = 1;

	inflater_init(&i, coding);
	while (n > 0 && !*more) {
		size_t room = EXCHANGE_BODY_MAX - out->n < STEP ? EXCHANGE_BODY_MAX - out->n : STEP;

		*more = room == 0;
		if (*more || buf_reserve(out, room) < 0)
			break;
		n = inflater_next(&i, &in, out->p + out->n, room);
		out->n += n > 0 ? (size_t)n : 0;
	}
	inflater_fini(&i);
	return n >= 0;
}

enum exchange_coding exchange_content(const struct exchange_msg *m, struct buf *out, bool *more)
{
	struct slice coding = exchange_field(m, "content-encoding"), body = buf_view(&m->body);
	bool gzip = slice_ieq_str(coding, "gzip") || slice_ieq_str(coding, "x-gzip");

	buf_clear(out);
	*more = false;
	if (!coding.n || slice_ieq_str(coding, "identity"))
		return EXCHANGE_PLAIN;
	if (!gzip && !slice_ieq_str(coding, "deflate"))
		return EXCHANGE_UNKNOWN;
	return decode(body, gzip ? INFLATE_GZIP : INFLATE_DEFLATE, out, more) ? EXCHANGE_DECODED
	                                                                      : EXCHANGE_DAMAGED;
}
