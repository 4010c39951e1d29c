/* What the files of HTTP/1 share: httpflow.c (bytes to messages), httphead.c (what a head says), httpwords.c (what
 * its fields mean), httppair.c (which answer is whose).  Private to them. */
#ifndef TRACE_HTTPHALF_H
#define TRACE_HTTPHALF_H

#include "http/chunk.h"
#include "trace/content.h"
#include "trace/exchange.h"
#include "trace/h2flow.h"
#include "trace/httpflow.h"
#include "trace/identity.h"
#include "trace/wsflow.h"

enum http_state {
	AT_HEAD,
	IN_LENGTH,
	IN_CHUNKED,
	IN_CLOSE, /* until the connection ends */
	LOST,     /* after a gap or nonsense: waiting for something that starts like a message */
	TUNNEL,   /* no longer HTTP */
};

/* One direction. */
struct half {
	struct buf part; /* the start of a head whose end has not come */
	size_t seen;     /* bytes of it the parser has looked at */
	enum http_state state;
	bool response;     /* the message in hand is a response */
	bool shown;        /* its body may be seen when secrets are taken out */
	bool cut;          /* of the head in hand only the first lines were captured */
	uint64_t left;     /* IN_LENGTH: bytes to come */
	uint64_t head;     /* the packet that completed its head */
	uint64_t exchange; /* the number of the message's pair, see exchange.h; 0: not known */
	uint64_t began;    /* the packet the head in hand began in; 0: no head begun */
	int64_t began_ts;
	uint64_t asked; /* requests: its number on the connection, from 1 */
	struct http_chunk chunk;
	struct buf trailer; /* the trailer section as far as it came */
	struct content content;
};

struct httpflow {
	const struct flow *flow; /* it runs in, while it is fed */
	struct exchanges *exchanges;
	bool secure;
	bool unpaired;       /* a request was forgotten or never seen: answers cannot be tied any more */
	bool proxied;        /* the tunnel is one of CONNECT: what is inside is the ends' affair */
	struct half half[2]; /* by flow_side of the sender */
	struct asked
	    *asked; /* requests that wait for their answers: a ring of asked_cap, the oldest at first */
	unsigned nasked, asked_cap, first;
	uint64_t requests;   /* so many were seen */
	uint64_t cache_said; /* hash of the Cache-Control that was explained last */
	struct wsflow *ws;   /* the connection became a WebSocket */
	struct h2flow *h2;   /* ... or HTTP/2 */
};

static inline const char *httpflow_protocol(const struct httpflow *h)
{
	return h->secure ? "HTTPS" : "HTTP";
}

/* --- httppair.c ------------------------------------------------------------------------------------------- */

/* A place for the request in hand, empty; NULL when it cannot be remembered. */
struct asked *httppair_push(struct httpflow *h);
/* The request that the next response answers; NULL when that is not known. */
struct asked *httppair_first(const struct httpflow *h);
/* The request in hand, when it still waits for its answer. */
struct asked *httppair_last(const struct httpflow *h, const struct half *half);
/* It has its answer. */
void httppair_pop(struct httpflow *h);
/* The head in hand joins its pair, for the sinks that want them. */
void httppair_collect(
    struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m, uint64_t nth);

static inline enum exchange_part httppair_part(const struct half *half)
{
	return half->response ? EXCHANGE_RESPONSE : EXCHANGE_REQUEST;
}

/* --- httphead.c ------------------------------------------------------------------------------------------- */

/* A whole head: what it says, who is asking.  `spare` is used when there is no room to remember the request. */
void httphead_request(struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m,
    struct slice head, struct asked *asked, bool pipelined);
void httphead_response(struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m,
    struct slice head, const struct asked *asked);
/* What the lenient reader let pass. */
void httphead_tolerated(struct trace *t, uint64_t tolerated);

/* --- httpwords.c ------------------------------------------------------------------------------------------- */

/* The fields of a head that are looked at, found in one pass. */
enum head {
	HEAD_NONE,
	HEAD_AGE,
	HEAD_ETAG,
	HEAD_LINK,
	HEAD_RANGE,
	HEAD_COOKIE,
	HEAD_SERVER,
	HEAD_UPGRADE,
	HEAD_LOCATION,
	HEAD_IF_MATCH,
	HEAD_IF_RANGE,
	HEAD_CONNECTION,
	HEAD_USER_AGENT,
	HEAD_RETRY_AFTER,
	HEAD_CONTENT_TYPE,
	HEAD_AUTHORIZATION,
	HEAD_CACHE_CONTROL,
	HEAD_CONTENT_RANGE,
	HEAD_IF_NONE_MATCH,
	HEAD_CONTENT_LENGTH,
	HEAD_CONTENT_ENCODING,
	HEAD_IF_MODIFIED_SINCE,
	HEAD_WS_KEY,
	HEAD_WS_ACCEPT,
	HEAD_WS_PROTOCOL,
	HEAD_WS_EXTENSIONS,
	HEAD_IF_UNMODIFIED_SINCE,
	HEADS,
};

struct heads {
	const struct http_msg *m;
	uint8_t at[HEADS]; /* 1 + index of the first field of that name; 0: there is none */
};

void heads_find(struct heads *h, const struct http_msg *m);

static inline struct slice heads_value(const struct heads *h, enum head which)
{
	return h->at[which] ? h->m->fields[h->at[which] - 1].value : slice_of(NULL, 0);
}

/* What the request asks for besides its line: only if changed, a part, to be followed, to be waited for. */
void httpwords_request(struct trace *t, const struct heads *h, struct asked *asked);
/* What the answer means: errors, redirects, parts, copies.  What it says to caches is said when it is not what
 * *cache_said, a hash, stands for. */
void httpwords_response(
    struct trace *t, const struct heads *h, const struct asked *asked, uint64_t *cache_said);

#endif
