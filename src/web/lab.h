/* Resources made for experiments: what a client can ask for to see one behaviour at a time.
 *
 *	/echo          the request as the server understood it, as JSON; any method
 *	/slow?ms=N     an answer N ms later (1000); nothing waits but this request
 *	/bytes?n=N     N bytes (1024)
 *	/status/NNN    an answer with that status and the fields it must have
 *	/whoami        how the server sees the client, as JSON
 *	/cookie?value=V&max-age=N  sets the cookie `choice`; without max-age it is for as long as the browser runs
 *
 * and, where the metrics are and for a server that was started with a time of its own (--clock):
 *
 *	/clock?advance=N   POST: N seconds pass at once, for what is looked at by the clock: sessions, tokens
 */
#ifndef WEB_LAB_H
#define WEB_LAB_H

#include "web/router.h"

enum {
	LAB_SLOW_MAX = 60 * 1000, /* ms */
	LAB_BYTES_MAX = 1 << 30,
	LAB_ECHO_MAX = 16 * 1024, /* bytes of content that /echo shows */
	LAB_COOKIE_MAX = 64,      /* characters of the value that /cookie sets */
	LAB_DAY = 24 * 3600,      /* seconds; time passes a day at once, at most */
};

/* Values of Cookie, Authorization and Proxy-Authorization are shown as ***: what a page's script must not
 * read it must not get this way either. */
enum web_progress lab_echo(struct exchange *x);
enum web_progress lab_slow(struct exchange *x);
enum web_progress lab_bytes(struct exchange *x);
enum web_progress lab_status(struct exchange *x);
enum web_progress lab_whoami(struct exchange *x);
enum web_progress lab_cookie(struct exchange *x);
enum web_progress lab_clock(struct exchange *x);

/* The head of the request as message/http, without secrets (RFC 9110 9.3.8). */
enum web_progress lab_trace(struct exchange *x);

#endif
