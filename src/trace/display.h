/* Which packets are shown: an expression in Lua over the fields of a frame, `tls and tcp_stream == 3`.  All
 * packets are traced and counted the same.  Its names are
 *   - those of fields, with underscores for dots (tcp_stream, http_request_method): the first value of that name
 *     as --json has it, nil when the frame lacks the field.  Whatever is a number is one, also what JSON shows in
 *     hexadecimal; spans and times are seconds; addresses and octets are text;
 *   - protocols: whether the frame has it (tcp, ip, vlan ...; tls, http, http2, dns, dhcp ...);
 *   - number, info, protocol, comment: what belongs to the frame itself;
 *   - note("id"): whether the frame has that note; with a * at the end, any note that begins so;
 *   - any("field", value): whether one of the values of a field that comes several times is that one; a text may end
 *     with a *; without a value, whether there is any.  all("field") is a table of them. */
#ifndef TRACE_DISPLAY_H
#define TRACE_DISPLAY_H

#include "trace/frame.h"

#include "base/err.h"
#include "script/script.h"

struct display;

/* NULL with *e (ERR_USAGE): no expression, or a name that is none of the above. */
struct display *display_new(const char *expression, struct err *e);
void display_free(struct display *d); /* NULL is fine */

/* Whether the frame is shown: 1 or 0.  An expression that fails (nil > 5) does not match.  -1 with *e when it
 * goes beyond its bounds of time and memory. */
int display_match(struct display *d, const struct frame *f, struct err *e);

/* What `field` is worth in that frame: the first value of that name, as an expression has it; SCRIPT_NIL when the frame
 * lacks it.  `field` is what display_field gave.  Text is valid until the next call. */
struct script_value display_value(struct display *d, const struct frame *f, const char *field);

/* At the end: a note when it failed on every packet, or on some for another reason than a missing field. */
void display_end(const struct display *d, struct note_list *notes, struct arena *a);

/* display_names.c: the field with this name, dots or underscores, by the name its field has; NULL: none. */
const char *display_field(struct slice name);
/* Of all fields and of `best` (NULL: none yet) the name, with underscores, nearest to `typed` in `to`, of
 * `size` bytes; or NULL. */
const char *display_near(const char *typed, const char *best, char *to, size_t size);

#endif
