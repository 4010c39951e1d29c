/* Making bytes from the network safe to show.  What a peer sent can hold terminal controls, quotes and
 * broken UTF-8; nothing of it reaches an output except through one of these. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/buf.h"

/* For a terminal or a log line: printable ASCII and well-formed printable UTF-8 as they are, everything
 * else (controls, DEL, C1, bidirectional controls, stray bytes, the backslash) as \xNN. */
void escape_text(struct buf *out, struct slice s);
/* Whether that would leave all as it is, because it is printable ASCII without backslashes. */
bool escape_is_plain(struct slice s);
/* The inside of a JSON string (RFC 8259 7), always valid UTF-8: stray bytes become U+FFFD. */
void escape_json(struct buf *out, struct slice s);
/* Makes what stands in `out` from this offset on the inside of a JSON string, in its place. */
void escape_json_from(struct buf *out, size_t from);
/* For HTML text and quoted attributes: & < > " ' as entities, controls and stray bytes as U+FFFD. */
void escape_html(struct buf *out, struct slice s);

/* The length of the well-formed UTF-8 sequence that s starts with (RFC 3629), 0 when there is none;
 * *rune gets the code point. */
size_t escape_utf8(struct slice s, uint32_t *rune);

#endif
