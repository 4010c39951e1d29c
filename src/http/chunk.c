/* The chunked transfer coding as a state machine over single octets, with the data of a chunk taken
 * in one piece.  RFC 9112 7.1; trailers: RFC 9110 6.5.
 *
 *	chunk     = 1*HEXDIG *extension CRLF data CRLF
 *	extension = BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ]
 *	trailer   = *( token ":" value CRLF ) CRLF
 */
#include "http/chunk.h"

#include "http/octet.h"
#include "http/parse.h"

enum state {
	SIZE,       /* at a size digit, or behind one */
	SIZE_SPACE, /* white space behind a size or an extension: a ';' must follow */
	EXT,        /* behind ';': a name must follow */
	EXT_NAME,
	EXT_NAME_SPACE, /* white space behind a name: '=' or ';' must follow */
	EXT_EQUALS,     /* behind '=': a value must follow */
	EXT_TOKEN,
	EXT_QUOTED,
	EXT_ESCAPE, /* behind a backslash in a quoted value */
	EXT_QUOTE_END,
	SIZE_LF,
	DATA,
	DATA_CR,
	DATA_LF,
	LINE, /* at the start of a trailer line */
	NAME,
	VALUE,
	VALUE_LF,
	END_LF,
	DONE,
	FAILED,
};

/* Trailer fields that would change how the message is framed or routed; the parser has decided that
 * already (RFC 9110 6.5.1).  The longest decides the size of http_chunk.name. */
static const char *const forbidden[] = { "content-length", "transfer-encoding", "host" };

void http_chunk_init(struct http_chunk *c, uint32_t overhead, int flags)
{
	memset(c, 0, sizeof(*c));
	c->limit = overhead ? overhead : HTTP_OVERHEAD_MAX;
	c->lenient = flags & HTTP_LENIENT;
}

bool http_chunk_done(const struct http_chunk *c)
{
	return c->state == DONE;
}

/* Goes to the next state; 0, as every on_ function returns, or the reason of a failure. */
static int to(struct http_chunk *c, enum state next)
{
	c->state = (uint8_t)next;
	return 0;
}

/* A breach that the lenient decoder passes over, going on in `next`. */
static int breach(struct http_chunk *c, enum http_reason r, enum state next)
{
	if (!c->lenient)
		return r;
	c->tolerated |= UINT64_C(1) << r;
	return to(c, next);
}

/* A size line is complete: its data or the trailer section comes next. */
static int end_size(struct http_chunk *c)
{
	c->chunks++;
	c->digits = 0;
	return to(c, c->left ? DATA : LINE);
}

static int size_line_end(struct http_chunk *c, uint8_t octet)
{
	if (octet == '\r')
		return to(c, SIZE_LF);
	if (c->lenient) {
		c->tolerated |= UINT64_C(1) << HTTP_BARE_LF;
		return end_size(c);
	}
	return HTTP_BARE_LF;
}

static bool is_line_end(uint8_t octet)
{
	return octet == '\r' || octet == '\n';
}

static bool is_space(uint8_t octet)
{
	return octet == ' ' || octet == '\t';
}

static int on_size(struct http_chunk *c, uint8_t octet)
{
	if (http_octet_is(octet, HTTP_HEX)) {
		if (c->digits == 16)
			return HTTP_CHUNK_OVERFLOW;
		c->digits++;
		c->left = c->left << 4 | http_hex(octet);
		return 0;
	}
	if (c->digits == 0)
		return HTTP_CHUNK_SIZE;
	if (is_line_end(octet))
		return size_line_end(c, octet);
	if (octet == ';')
		return to(c, EXT);
	return is_space(octet) ? to(c, SIZE_SPACE) : HTTP_CHUNK_SIZE;
}

static int on_size_space(struct http_chunk *c, uint8_t octet)
{
	if (is_space(octet))
		return 0;
	if (octet == ';')
		return to(c, EXT);
	if (is_line_end(octet) && c->lenient) {
		c->tolerated |= UINT64_C(1) << HTTP_CHUNK_EXTENSION;
		return size_line_end(c, octet);
	}
	return HTTP_CHUNK_EXTENSION;
}

static int on_ext(struct http_chunk *c, uint8_t octet)
{
	if (is_space(octet))
		return 0;
	if (http_octet_is(octet, HTTP_TOKEN))
		return to(c, EXT_NAME);
	if (is_line_end(octet) && c->lenient) {
		c->tolerated |= UINT64_C(1) << HTTP_CHUNK_EXTENSION;
		return size_line_end(c, octet);
	}
	return HTTP_CHUNK_EXTENSION;
}

/* Behind a name or a value, where the extension may end. */
static int ext_may_end(struct http_chunk *c, uint8_t octet)
{
	if (octet == ';')
		return to(c, EXT);
	if (is_line_end(octet))
		return size_line_end(c, octet);
	return is_space(octet) ? to(c, SIZE_SPACE) : HTTP_CHUNK_EXTENSION;
}

static int on_ext_name(struct http_chunk *c, uint8_t octet)
{
	if (http_octet_is(octet, HTTP_TOKEN))
		return 0;
	if (octet == '=')
		return to(c, EXT_EQUALS);
	if (is_space(octet))
		return to(c, EXT_NAME_SPACE);
	return ext_may_end(c, octet);
}

static int on_ext_name_space(struct http_chunk *c, uint8_t octet)
{
	if (octet == '=')
		return to(c, EXT_EQUALS);
	return on_size_space(c, octet);
}

static int on_ext_equals(struct http_chunk *c, uint8_t octet)
{
	if (is_space(octet))
		return 0;
	if (octet == '"')
		return to(c, EXT_QUOTED);
	return http_octet_is(octet, HTTP_TOKEN) ? to(c, EXT_TOKEN) : HTTP_CHUNK_EXTENSION;
}

static int on_ext_quoted(struct http_chunk *c, uint8_t octet)
{
	if (octet == '"')
		return to(c, EXT_QUOTE_END);
	if (octet == '\\')
		return to(c, EXT_ESCAPE);
	return http_octet_is(octet, HTTP_TEXT) ? 0 : HTTP_CHUNK_EXTENSION;
}

static int on_data_end(struct http_chunk *c, uint8_t octet)
{
	if (octet == '\r' && c->state == DATA_CR)
		return to(c, DATA_LF);
	if (octet != '\n')
		return HTTP_CHUNK_END;
	if (c->state == DATA_CR)
		return breach(c, HTTP_CHUNK_END, SIZE);
	return to(c, SIZE);
}

static int on_line(struct http_chunk *c, uint8_t octet)
{
	if (octet == '\r')
		return to(c, END_LF);
	if (octet == '\n')
		return breach(c, HTTP_BARE_LF, DONE);
	if (!http_octet_is(octet, HTTP_TOKEN))
		return is_space(octet) ? HTTP_OBS_FOLD : HTTP_BAD_NAME;
	c->name[0] = (char)http_lower(octet);
	c->name_len = 1;
	return to(c, NAME);
}

static bool name_forbidden(const struct http_chunk *c)
{
	size_t i;

	for (i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		if (slice_eq_str(slice_of(c->name, c->name_len), forbidden[i]))
			return true;
	return false;
}

static int on_name(struct http_chunk *c, uint8_t octet)
{
	if (http_octet_is(octet, HTTP_TOKEN)) {
		if (c->name_len < sizeof(c->name))
			c->name[c->name_len++] = (char)http_lower(octet);
		return 0;
	}
	if (octet != ':')
		return is_line_end(octet) ? HTTP_NO_COLON
		       : is_space(octet)  ? HTTP_SPACE_BEFORE_COLON
		                          : HTTP_BAD_NAME;
	if (name_forbidden(c))
		return breach(c, HTTP_TRAILER_FORBIDDEN, VALUE);
	return to(c, VALUE);
}

static int on_value(struct http_chunk *c, uint8_t octet)
{
	if (http_octet_is(octet, HTTP_TEXT))
		return 0;
	if (octet == '\r')
		return to(c, VALUE_LF);
	if (octet == '\n')
		return breach(c, HTTP_BARE_LF, LINE);
	return breach(c, HTTP_CONTROL, VALUE);
}

/* Behind a CR. */
static int on_lf(struct http_chunk *c, uint8_t octet)
{
	if (octet != '\n')
		return HTTP_BARE_CR;
	if (c->state == SIZE_LF)
		return end_size(c);
	return to(c, c->state == VALUE_LF ? LINE : DONE);
}

/* One octet of framing.  0, or the reason of a failure. */
static int on_octet(struct http_chunk *c, uint8_t octet)
{
	switch ((enum state)c->state) {
	case SIZE: return on_size(c, octet);
	case SIZE_SPACE: return on_size_space(c, octet);
	case EXT: return on_ext(c, octet);
	case EXT_NAME: return on_ext_name(c, octet);
	case EXT_NAME_SPACE: return on_ext_name_space(c, octet);
	case EXT_EQUALS: return on_ext_equals(c, octet);
	case EXT_TOKEN: return http_octet_is(octet, HTTP_TOKEN) ? 0 : ext_may_end(c, octet);
	case EXT_QUOTED: return on_ext_quoted(c, octet);
	case EXT_ESCAPE: return http_octet_is(octet, HTTP_TEXT) ? to(c, EXT_QUOTED) : HTTP_CHUNK_EXTENSION;
	case EXT_QUOTE_END: return ext_may_end(c, octet);
	case DATA_CR:
	case DATA_LF: return on_data_end(c, octet);
	case LINE: return on_line(c, octet);
	case NAME: return on_name(c, octet);
	case VALUE: return on_value(c, octet);
	case SIZE_LF:
	case VALUE_LF:
	case END_LF: return on_lf(c, octet);
	case DATA:
	case DONE:
	case FAILED: break;
	}
	return HTTP_CHUNK_SIZE;
}

/* One octet of framing, counted: extensions and trailers against the limit, plain size lines not.
 */
static int step(struct http_chunk *c, uint8_t octet)
{
	enum state before = (enum state)c->state;
	int r = on_octet(c, octet);

	if (r)
		return r;
	if (before >= LINE)
		c->trailer++;
	if ((before >= LINE || (before > SIZE && before < SIZE_LF) || c->state == EXT ||
	        c->state == SIZE_SPACE) &&
	    ++c->overhead > c->limit)
		return HTTP_CHUNK_OVERHEAD;
	return 0;
}

static size_t take_data(struct http_chunk *c, struct slice in, struct slice *data)
{
	*data = in.n < c->left ? in : slice_sub(in, 0, (size_t)c->left);
	c->left -= data->n;
	c->body += data->n;
	if (c->left == 0)
		c->state = DATA_CR;
	return data->n;
}

ssize_t http_chunk_feed(struct http_chunk *c, struct slice in, struct slice *data)
{
	size_t used = 0;

	*data = slice_of(in.p, 0);
	if (c->state == FAILED)
		return -c->reason;
	while (used < in.n && c->state != DONE) {
		if (c->state == DATA) {
			used += take_data(c, slice_skip(in, used), data);
			break;
		}
		c->reason = step(c, in.p[used++]);
		if (c->reason) {
			c->state = FAILED;
			return -c->reason;
		}
	}
	return (ssize_t)used;
}
