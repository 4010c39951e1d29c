/* WebSocket framing and its handshake's proof.  RFC 6455 5.2, 5.3, 5.5, 7.4, 4.2.2.  Like the rest of this
 * room it is pure: bytes in, structs out, and back. */
#ifndef HTTP_WEBSOCKET_H
#define HTTP_WEBSOCKET_H

#include "base/buf.h"

enum {
	WS_HEAD_MAX = 14,     /* bytes of the longest frame head */
	WS_CONTROL_MAX = 125, /* payload of a control frame (RFC 6455 5.5) */
	WS_ACCEPT_SIZE = 28,  /* characters of a Sec-WebSocket-Accept value */
};

/* RFC 6455 5.2. */
enum ws_opcode {
	WS_CONTINUATION = 0,
	WS_TEXT = 1,
	WS_BINARY = 2,
	WS_CLOSE = 8, /* from here on control frames */
	WS_PING = 9,
	WS_PONG = 10,
};

/* Why bytes are no frame head; ws_head_parse returns it negated. */
enum ws_reason {
	WS_FINE = 0,
	WS_BAD_OPCODE,       /* one of the reserved ones */
	WS_BAD_CONTROL,      /* a control frame in fragments, or longer than 125 bytes */
	WS_LENGTH_TOO_LONG,  /* 64 bits with the highest set */
	WS_LENGTH_TOO_ROOMY, /* a short length in a long form */
	WS_REASONS,
};

struct ws_head {
	bool fin;    /* the last frame of its message */
	uint8_t rsv; /* the three reserved bits: 4 is RSV1, which permessage-deflate uses (RFC 7692 6) */
	uint8_t opcode;
	bool masked;
	uint8_t key[4];  /* when masked */
	uint64_t length; /* bytes of payload that follow */
};

/* Reads the head at the start of `in`: bytes used, 0 when more are needed, or -(enum ws_reason) at the first
 * byte that makes it none. */
ssize_t ws_head_parse(struct slice in, struct ws_head *out);
/* Appends the head in its shortest form; 0, or -1 as buf_put. */
int ws_head_write(struct buf *out, const struct ws_head *h);
/* A few words without a full stop. */
const char *ws_reason_text(enum ws_reason r);
/* "text", "binary", "ping" ...; "?" for a reserved one. */
const char *ws_opcode_name(unsigned opcode);

/* Masks or unmasks: the payload's bytes from `offset` on (RFC 6455 5.3).  out may be in.p. */
void ws_mask(const uint8_t key[4], uint64_t offset, struct slice in, uint8_t *out);

/* What a status code of a Close frame means (RFC 6455 7.4.1, IANA registry), or "" when it is not
 * registered. */
const char *ws_close_text(unsigned code);
/* May this code stand in a Close frame (RFC 6455 7.4)? */
bool ws_close_allowed(unsigned code);

/* The Sec-WebSocket-Accept that proves that the server read this Sec-WebSocket-Key as a WebSocket server: base64
 * of SHA-1 over key and a fixed text (RFC 6455 4.2.2).  Not a secret: it only keeps other servers from
 * saying yes.  out holds WS_ACCEPT_SIZE characters and a NUL. */
void ws_accept(struct slice key, char out[WS_ACCEPT_SIZE + 1]);

#endif
