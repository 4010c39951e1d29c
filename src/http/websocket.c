/* WebSocket frames: RFC 6455. */
#include "http/websocket.h"

#include "base/base64.h"
#include "base/bytes.h"

/* --- Frames -------------------------------------------------------------------------------------------- */

static bool known_opcode(unsigned opcode)
{
	return opcode <= WS_BINARY || (opcode >= WS_CLOSE && opcode <= WS_PONG);
}

/* The extended length behind the second byte: 0, or -reason. */
static int long_length(struct rd *r, unsigned coded, struct ws_head *h)
{
	if (coded == 126)
		h->length = rd_be16(r);
	else if (rd_left(r) && *(r->p + r->off) & 0x80)
		return -WS_LENGTH_TOO_LONG;
	else
		h->length = rd_be64(r);
	if (!r->bad && h->length < (coded == 126 ? 126u : 65536u))
		return -WS_LENGTH_TOO_ROOMY;
	return 0;
}

ssize_t ws_head_parse(struct slice in, struct ws_head *out)
{
	struct rd r = rd_of(in);
	uint8_t first = rd_u8(&r), second;
	const uint8_t *key;
	int rc;

	if (r.bad)
		return 0;
	*out = (struct ws_head){ .fin = first & 0x80, .rsv = first >> 4 & 7, .opcode = first & 15 };
	if (!known_opcode(out->opcode))
		return -WS_BAD_OPCODE;
	if (out->opcode >= WS_CLOSE && !out->fin)
		return -WS_BAD_CONTROL;
	second = rd_u8(&r);
	if (r.bad)
		return 0;
	out->masked = second & 0x80;
	out->length = second & 0x7f;
	if (out->opcode >= WS_CLOSE && out->length > WS_CONTROL_MAX)
		return -WS_BAD_CONTROL;
	if (out->length > 125 && (rc = long_length(&r, (unsigned)out->length, out)) < 0)
		return rc;
	if (out->masked && (key = rd_need(&r, 4)))
		memcpy(out->key, key, 4);
	return r.bad ? 0 : (ssize_t)r.off;
}

int ws_head_write(struct buf *out, const struct ws_head *h)
{
	uint8_t room[WS_HEAD_MAX];
	struct wr w = wr_of(room, sizeof(room));
	uint8_t mask = h->masked ? 0x80 : 0;

	wr_u8(&w, (uint8_t)((h->fin ? 0x80 : 0) | (h->rsv & 7) << 4 | (h->opcode & 15)));
	if (h->length < 126) {
		wr_u8(&w, (uint8_t)(mask | h->length));
	} else if (h->length < 65536) {
		wr_u8(&w, mask | 126);
		wr_be16(&w, (uint16_t)h->length);
	} else {
		wr_u8(&w, mask | 127);
		wr_be64(&w, h->length);
	}
	if (h->masked)
		wr_put(&w, slice_of(h->key, 4));
	return buf_put(out, room, w.n);
}

const char *ws_reason_text(enum ws_reason r)
{
	static const char *const texts[WS_REASONS] = {
		[WS_FINE] = "nothing is wrong",
		[WS_BAD_OPCODE] = "a reserved opcode",
		[WS_BAD_CONTROL] = "a control frame in fragments, or of more than 125 bytes",
		[WS_LENGTH_TOO_LONG] = "a length of more than 63 bits",
		[WS_LENGTH_TOO_ROOMY] = "a length in a longer form than it needs",
	};

	return r < WS_REASONS ? texts[r] : "";
}

const char *ws_opcode_name(unsigned opcode)
{
	static const char *const names[16] = { "continuation", "text", "binary", [WS_CLOSE] = "close", "ping",
		"pong" };

	return opcode < 16 && names[opcode] ? names[opcode] : "?";
}

void ws_mask(const uint8_t key[4], uint64_t offset, struct slice in, uint8_t *out)
{
	for (size_t i = 0; i < in.n; i++)
		out[i] = in.p[i] ^ key[(offset + i) & 3];
}

/* --- Closing ------------------------------------------------------------------------------------------- */

const char *ws_close_text(unsigned code)
{
	static const char *const texts[] = {
		[0] = "the purpose is fulfilled",
		[1] = "the end goes away: a server stops, or a page is left",
		[2] = "a breach of the protocol",
		[3] = "data of a type it cannot take",
		[5] = "no code was given",
		[6] = "the connection broke off",
		[7] = "a text that is not UTF-8, or data that does not fit its type",
		[8] = "a breach of its policy",
		[9] = "a message larger than it takes",
		[10] = "an extension that it needs was not agreed",
		[11] = "something unexpected kept the server from going on",
		[12] = "the service restarts",
		[13] = "try again later: overloaded",
		[14] = "a gateway got a wrong answer from the server behind it",
		[15] = "the TLS handshake failed",
	};
	unsigned at = code - 1000;

	return at < sizeof(texts) / sizeof(*texts) && texts[at] ? texts[at] : "";
}

/* 1004 to 1006 and 1015 are for programs to say to themselves. */
bool ws_close_allowed(unsigned code)
{
	if (code >= 3000)
		return code < 5000;
	return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

/* --- The handshake's proof ------------------------------------------------------------------------------- */

#define ROTL(x, n) ((x) << (n) | (x) >> (32 - (n)))

/* One block of SHA-1 (FIPS 180-4 6.1.2). */
static void sha1_block(uint32_t h[5], const uint8_t *block)
{
	static const uint32_t k[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
	struct rd r = rd_of(slice_of(block, 64));
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (int i = 0; i < 80; i++) {
		uint32_t f = i < 20 || i >= 60 ? 0 : b ^ c ^ d, t;

		w[i] = i < 16 ? rd_be32(&r) : ROTL(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
		if (i < 20)
			f = (b & c) | (~b & d);
		else if (i >= 40 && i < 60)
			f = (b & c) | (b & d) | (c & d);
		else if (i >= 60)
			f = b ^ c ^ d;
		t = ROTL(a, 5) + f + e + k[i / 20] + w[i];
		e = d, d = c, c = ROTL(b, 30), b = a, a = t;
	}
	h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

/* SHA-1 of a short text (up to 119 bytes: two blocks). */
static void sha1(struct slice text, uint8_t out[20])
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	uint8_t room[128] = { 0 };
	size_t blocks = text.n < 56 ? 1 : 2;
	struct wr length = wr_of(room + blocks * 64 - 8, 8), w = wr_of(out, 20);

	memcpy(room, text.p, text.n);
	room[text.n] = 0x80;
	wr_be64(&length, (uint64_t)text.n * 8);
	for (size_t i = 0; i < blocks; i++)
		sha1_block(h, room + 64 * i);
	for (int i = 0; i < 5; i++)
		wr_be32(&w, h[i]);
}

void ws_accept(struct slice key, char out[WS_ACCEPT_SIZE + 1])
{
	static const char fixed[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	char text[64 + sizeof(fixed)];
	uint8_t digest[20];

	/* A real key has 24 characters; of a longer one only the start is looked at, and does not fit. */
	if (key.n > 64)
		key.n = 64;
	if (key.n)
		memcpy(text, key.p, key.n);
	memcpy(text + key.n, fixed, sizeof(fixed) - 1);
	sha1(slice_of(text, key.n + sizeof(fixed) - 1), digest);
	base64_encode(slice_of(digest, sizeof(digest)), BASE64_STD, out);
	out[WS_ACCEPT_SIZE] = '\0';
}
