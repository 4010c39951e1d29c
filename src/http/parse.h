/* Reading the head of an HTTP/1.x message.  RFC 9112 2 to 6, the strict side of each choice it
 * leaves.
 *
 * The verdict depends on the bytes alone, never on how they were cut into reads: the parser fails
 * at the first octet that makes the message wrong and at no later one, so feeding a prefix gives
 * either 0 or the verdict the whole gives. */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include "http/msg.h"

/* What is accepted at most.  NULL in its place means HTTP_LINE_MAX, HTTP_HEAD_MAX, HTTP_FIELDS_MAX.
 */
struct http_limits {
	uint32_t line;   /* bytes of the start-line, its CRLF included -> HTTP_LINE_TOO_LONG */
	uint32_t head;   /* bytes of the head, its empty line included -> HTTP_HEAD_TOO_LARGE */
	uint16_t fields; /* field lines, at most HTTP_FIELDS_MAX -> HTTP_TOO_MANY_FIELDS */
};

enum http_flags {
	/* For showing what a sloppy peer sent, never for acting on it: breaches that leave the head
	 * readable are noted in msg->tolerated and passed over.  A folded value keeps its line
	 * break; of several Content-Length fields or Hosts the first counts; a field line without a
	 * colon gives a field with an empty name; a bad Content-Length counts as none.  A bare LF
	 * ends a line, a bare CR within a value is part of it. */
	HTTP_LENIENT = 1,
	/* Without vector instructions, whatever the processor has: slower, never with another result.  For
	 * those who compare. */
	HTTP_PLAIN = 2,
};

/* Reads a request head at the start of `in`.  `seen` is how many of these bytes an earlier call for
 * the same message has looked at (0 the first time): it saves work and never changes the result.
 * Returns the bytes of head used (== out->head_len; one empty line in front is allowed and
 * included), 0 when more bytes are needed (*out is then of no use), or -(enum http_reason), with
 * what stood before the fault in *out.
 *
 * Strict: the Host rules of RFC 9112 3.2 are checked here; Content-Length and Transfer-Encoding
 * together, twice or damaged are refused, so that http_request_framing of an accepted head is never
 * in doubt.  Expect is left to the caller (out->expect). */
ssize_t http_parse_request(
    struct slice in, size_t seen, const struct http_limits *limits, int flags, struct http_msg *out);

/* The same for a response head; interim (1xx) responses are messages of their own.  A status line
 * without the space behind the code is accepted (RFC 9112 4), as every client does. */
ssize_t http_parse_response(
    struct slice in, size_t seen, const struct http_limits *limits, int flags, struct http_msg *out);

/* Reads a bare field section (the trailer section of a chunked body, its closing empty line
 * included) into out->fields.  Results as above. */
ssize_t http_parse_fields(struct slice in, const struct http_limits *limits, int flags, struct http_msg *out);

/* Does a byte stream that starts like this carry HTTP/1? */
enum http_guess {
	HTTP_GUESS_NO,
	HTTP_GUESS_REQUEST,
	HTTP_GUESS_RESPONSE,
	HTTP_GUESS_MORE, /* cannot be told yet */
};

/* Recognition by content, not by port: a request line up to " HTTP/1." or a status line up to
 * "HTTP/1.x ". Never HTTP_GUESS_MORE once HTTP_LINE_MAX bytes are there. */
enum http_guess http_message_looks_like(struct slice start);

#endif
