/* What is loaded: the URL of the command line taken apart, its host looked up. */
#ifndef LOAD_TARGET_H
#define LOAD_TARGET_H

#include "net/addr.h"

/* How messages are framed. */
enum target_kind {
	TARGET_HTTP,   /* http://, https:// */
	TARGET_STREAM, /* tcp://, tls://: an echo server for bytes */
	TARGET_PACKET, /* udp://: an echo server for datagrams */
};

struct target {
	enum target_kind kind;
	bool tls;
	struct addr addr;
	char host[256];      /* without port and brackets: the name a certificate must be for */
	char authority[272]; /* as the Host field has it: the port only where it is not the scheme's */
	struct slice path;   /* origin form, with the query; points into the URL; "/" when it has none */
};

/* Takes "scheme://host[:port][/path]" apart and looks the host up, which may ask a name server.  http and
 * https have default ports; the others have none and take no path.  `url` must live as long as *t.
 * 0, or -1 (ERR_USAGE: not such a URL; ERR_ENV: the name has no address). */
int target_parse(struct target *t, const char *url, struct err *e);

/* "500ms", "1.5", "10s", "2m", "1h": nanoseconds, more than 0 and a year at most; a number alone is seconds.
 * `what` stands in front of the message.  0, or -1 (ERR_USAGE). */
int target_span(int64_t *ns, const char *text, const char *what, struct err *e);

#endif
