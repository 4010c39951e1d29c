/* WebSocket over TCP: the handshake, messages of both directions however they were cut, and what is wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/websocket.h"
#include "webtalk.h"

#include <zlib.h>

static const char asks[] = "GET /chat HTTP/1.1\r\nHost: h.example\r\nConnection: Upgrade\r\nUpgrade: "
                           "websocket\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                           "Sec-WebSocket-Protocol: chat, superchat\r\n\r\n";
static const char agrees[] = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                             "websocket\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

static void setup_upgraded(struct fixture *f, const char *more)
{
	char text[500];

	setup(f);
	talk_text(&f->talk, C, asks);
	snprintf(text, sizeof(text), "%s%s\r\n", agrees, more);
	talk_text(&f->talk, S, text);
}

/* Appends a frame; the client's are masked. */
static void frame(
    struct buf *out, enum flow_side side, uint8_t opcode, bool fin, uint8_t rsv, struct slice payload)
{
	struct ws_head h = { .fin = fin,
		.rsv = rsv,
		.opcode = opcode,
		.masked = side == C,
		.key = { 1, 2, 3, 0xff },
		.length = payload.n };
	size_t at;

	ws_head_write(out, &h);
	at = out->n;
	buf_slice(out, payload);
	if (h.masked)
		ws_mask(h.key, 0, payload, out->p + at);
}

static void say(struct fixture *f, enum flow_side side, uint8_t opcode, const char *text)
{
	struct buf b = { 0 };

	frame(&b, side, opcode, true, 0, slice_str(text));
	talk_data(&f->talk, side, buf_view(&b), 1460);
	buf_fini(&b);
}

static void test_messages(void **state)
{
	struct fixture f;

	setup_upgraded(&f, "Sec-WebSocket-Protocol: chat\r\n");
	say(&f, C, WS_TEXT, "hello");  /* 6 */
	say(&f, S, WS_BINARY, "\x01"); /* 7 */
	say(&f, S, WS_PING, "x");
	say(&f, C, WS_PONG, "x");
	say(&f, C, WS_CLOSE,
	    "\x03\xe9"
	    "bye");
	say(&f, S, WS_CLOSE, "\x03\xe9");
	talk_close(&f.talk);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_WS_ASKED), "osilab.ws.protocols", "chat, superchat");
	lab_one(&f.lab, NOTE_WS_ACCEPTED);
	lab_none(&f.lab, NOTE_HTTP_UPGRADED);
	lab_expect(lab_one(&f.lab, NOTE_WS_TEXT), "osilab.ws.excerpt", "hello");
	assert_int_equal(lab_one(&f.lab, NOTE_WS_TEXT)->packet, 6);
	lab_expect(lab_one(&f.lab, NOTE_WS_MESSAGE), "osilab.ws.type", "binary");
	lab_one(&f.lab, NOTE_WS_MASKED);
	lab_expect(lab_one(&f.lab, NOTE_WS_PING), "osilab.side", "server");
	lab_expect(lab_one(&f.lab, NOTE_WS_PONG), "osilab.side", "client");
	lab_expect(lab_one(&f.lab, NOTE_WS_CLOSE_REASON), "websocket.payload.close.reason", "bye");
	lab_expect(lab_one(&f.lab, NOTE_WS_CLOSE), "websocket.payload.close.status_code", "1001");
	lab_expect(lab_one(&f.lab, NOTE_WS_SUMMARY), "osilab.ws.client_messages", "1");
	lab_expect(lab_one(&f.lab, NOTE_WS_SUMMARY), "osilab.ws.server_bytes", "1");
	lab_none(&f.lab, NOTE_WS_NOT_CLOSED);
	lab_none(&f.lab, NOTE_WS_BROKEN);
	lab_none(&f.lab, NOTE_WS_MASK_WRONG);
	assert_string_equal(f.lab.frames[5].proto, "WebSocket");
	assert_string_equal(f.lab.frames[5].info, "text, 5 bytes");
	lab_fini(&f.lab);
}

static void test_accept(void **state)
{
	struct fixture f;

	lab_init(&f.lab);
	talk_init(&f.talk, &f.lab, 40000, 80);
	talk_open(&f.talk);
	talk_text(&f.talk, C, asks);
	talk_text(&f.talk, S,
	    "HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: "
	    "s3pPLMBiTxaQ9kYGzzhZRbK+xOO=\r\n\r\n");
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_WS_ACCEPT_WRONG), "osilab.ws.accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	lab_none(&f.lab, NOTE_WS_ACCEPTED);
	lab_fini(&f.lab);
	/* The capture begins behind the request. */
	lab_init(&f.lab);
	talk_init(&f.talk, &f.lab, 40000, 80);
	talk_text(&f.talk, S,
	    "HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
	    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
	say(&f, C, WS_TEXT, "hi");
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_WS_OPEN);
	lab_one(&f.lab, NOTE_WS_TEXT);
	lab_fini(&f.lab);
}

/* A token in a message is opened, and its text is not shown. */
static void test_token(void **state)
{
	struct fixture f;

	setup_upgraded(&f, "");
	say(&f, S, WS_TEXT, "{\"token\":\"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.\"}");
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_JWT_NONE);
	assert_null(strstr(lab_one(&f.lab, NOTE_WS_TEXT)->text, "eyJ"));
	lab_fini(&f.lab);
}

/* --- Cut anywhere ------------------------------------------------------------------------------------------ */

static struct buf client_bytes(void)
{
	struct buf b = { 0 };
	char large[300];

	memset(large, 'l', sizeof(large));
	frame(&b, C, WS_TEXT, false, 0, SLICE("one "));
	frame(&b, C, WS_CONTINUATION, false, 0, SLICE(""));
	frame(&b, C, WS_PING, true, 0, SLICE("in between"));
	frame(&b, C, WS_CONTINUATION, true, 0, SLICE("message"));
	frame(&b, C, WS_BINARY, true, 0, slice_of(large, sizeof(large)));
	frame(&b, C, WS_TEXT, true, 0, SLICE(""));
	frame(&b, C, WS_CLOSE, true, 0, SLICE("\x03\xe8"));
	return b;
}

static void test_every_split(void **state)
{
	struct buf b = client_bytes();
	char *whole = NULL, *cut;

	for (size_t size = b.n + 1; size > 0; size--) {
		struct fixture f;

		if (size < b.n && size > 90)
			continue;
		setup_upgraded(&f, "");
		talk_data(&f.talk, C, buf_view(&b), size);
		lab_run(&f.lab);
		lab_expect(lab_find(&f.lab, NOTE_WS_TEXT, 0), "osilab.ws.excerpt", "one message");
		lab_expect(lab_one(&f.lab, NOTE_WS_FRAGMENTS), "osilab.ws.frames", "3");
		cut = lab_story(&f.lab, NOTE_WS_ASKED, NOTE_WS_SUMMARY, false);
		if (!whole)
			whole = strdup(cut);
		assert_string_equal(cut, whole);
		free(cut);
		lab_fini(&f.lab);
	}
	for (size_t at = 1; at < b.n; at++) {
		struct fixture f;

		setup_upgraded(&f, "");
		talk_data(&f.talk, C, slice_sub(buf_view(&b), 0, at), 1460);
		talk_data(&f.talk, C, slice_skip(buf_view(&b), at), 1460);
		lab_run(&f.lab);
		cut = lab_story(&f.lab, NOTE_WS_ASKED, NOTE_WS_SUMMARY, false);
		assert_string_equal(cut, whole);
		free(cut);
		lab_fini(&f.lab);
	}
	free(whole);
	buf_fini(&b);
}

static void test_gap(void **state)
{
	struct fixture f;
	struct buf b = { 0 };

	setup_upgraded(&f, "");
	frame(&b, C, WS_BINARY, true, 0, SLICE("0123456789"));
	talk_data(&f.talk, C, slice_sub(buf_view(&b), 0, 9), 1460);
	talk_lose(&f.talk, C, 4);
	talk_data(&f.talk, C, slice_skip(buf_view(&b), 13), 1460);
	talk_ack(&f.talk, S);
	say(&f, C, WS_TEXT, "after"); /* the hole lay within a payload: read on */
	talk_lose(&f.talk, C, 4);
	say(&f, C, WS_TEXT, "lost"); /* where a frame begins nobody knows */
	talk_ack(&f.talk, S);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_WS_MESSAGE), "osilab.ws.bytes", "10");
	lab_expect(lab_one(&f.lab, NOTE_WS_TEXT), "osilab.ws.excerpt", "after");
	lab_one(&f.lab, NOTE_WS_BROKEN);
	buf_fini(&b);
	lab_fini(&f.lab);
}

/* --- Compressed ---------------------------------------------------------------------------------------------- */

static struct slice squeeze(z_stream *z, const char *text, uint8_t *room, size_t size)
{
	z->next_in = (Bytef *)(uintptr_t)text;
	z->avail_in = (uInt)strlen(text);
	z->next_out = room;
	z->avail_out = (uInt)size;
	deflate(z, Z_SYNC_FLUSH);
	return slice_of(room, size - z->avail_out - 4);
}

static void test_deflate(void **state)
{
	static const char *const offers[] = { "permessage-deflate", "permessage-deflate; "
		                                                    "server_no_context_takeover" };

	for (int forget = 0; forget < 2; forget++) {
		char more[120];
		struct fixture f;
		z_stream z = { 0 };

		deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
		snprintf(more, sizeof(more), "Sec-WebSocket-Extensions: %s\r\n", offers[forget]);
		setup_upgraded(&f, more);
		for (int i = 0; i < 3; i++) {
			struct buf b = { 0 };
			uint8_t room[200];

			frame(&b, S, WS_TEXT, true, 4,
			    squeeze(&z, "again and again and again", room, sizeof(room)));
			talk_data(&f.talk, S, buf_view(&b), 7);
			buf_fini(&b);
			if (forget)
				deflateReset(&z);
		}
		lab_run(&f.lab);
		lab_one(&f.lab, NOTE_WS_DEFLATE);
		assert_int_equal(lab_count(&f.lab, NOTE_WS_TEXT), 3);
		for (size_t i = 0; i < 3; i++)
			lab_expect(lab_find(&f.lab, NOTE_WS_TEXT, i), "osilab.ws.excerpt",
			    "again and again and again");
		lab_expect(lab_find(&f.lab, NOTE_WS_INFLATED, 2), "osilab.ws.inflated", "25");
		deflateEnd(&z);
		lab_fini(&f.lab);
	}
}

/* --- What is wrong -------------------------------------------------------------------------------------------- */

static void test_wrong(void **state)
{
	static const struct {
		enum flow_side side;
		struct slice bytes;
		enum note_id id;
	} rows[] = {
		{ C, SLICE("\x81\x02hi"), NOTE_WS_MASK_WRONG },
		{ S, SLICE("\x81\x82\x00\x00\x00\x00hi"), NOTE_WS_MASK_WRONG },
		{ S, SLICE("\xc1\x02hi"), NOTE_WS_BROKEN }, /* compressed, though nobody agreed to that */
		{ S, SLICE("\x80\x02hi"), NOTE_WS_BROKEN },
		{ S, SLICE("\x01\x02hi\x81\x02ho"), NOTE_WS_BROKEN },
		{ S, SLICE("\x83\x02hi"), NOTE_WS_BROKEN },
		{ S, SLICE("\x88\x02\x03\xed"), NOTE_WS_CLOSE_CODE }, /* 1005 */
		{ S, SLICE("\x88\x02\x03\xea"), NOTE_WS_CLOSE_ERROR },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		setup_upgraded(&f, "");
		talk_data(&f.talk, rows[i].side, rows[i].bytes, 1460);
		lab_run(&f.lab);
		lab_one(&f.lab, rows[i].id);
		lab_fini(&f.lab);
	}
}

static void test_not_closed(void **state)
{
	struct fixture f;

	setup_upgraded(&f, "");
	say(&f, S, WS_TEXT, "hi");
	talk_close(&f.talk);
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_WS_NOT_CLOSED);
	lab_one(&f.lab, NOTE_WS_SUMMARY);
	lab_fini(&f.lab);
}

/* A message of any length holds little memory. */
static void test_bounded(void **state)
{
	struct fixture f;
	struct ws_head h = { .fin = true, .opcode = WS_TEXT, .length = 4 << 20 };
	struct buf head = { 0 };
	char *block = calloc(1, 60000);

	memset(block, 'x', 60000);
	setup_upgraded(&f, "");
	ws_head_write(&head, &h);
	talk_data(&f.talk, S, buf_view(&head), 1460);
	for (size_t sent = 0; sent < h.length; sent += 60000)
		talk_data(&f.talk, S, slice_sub(slice_of(block, 60000), 0, h.length - sent), 60000);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_WS_TEXT), "osilab.ws.bytes", "4194304");
	assert_true(f.lab.held_most < 128 * 1024);
	free(block);
	buf_fini(&head);
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_deflate),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_not_closed),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
