/* Header blocks of HTTP/2: put together from their frames, decoded, and what their coding is worth a word.  RFC 9113
 * 4.3 and 6.10, RFC 7541.  A block may go on in as many frames as its sender likes: it is given up where nobody who
 * means well would have got to. */
#include "trace/h2conn.h"

/* What the coding of the list is worth a word. */
static void note_coding(struct trace *t, const struct hpack_list *list, size_t wire)
{
	struct slice guarded = h2_names(t, list, true);

	if (list->text > wire)
		NOTE(t, H2_HPACK, F_UINT("osilab.http2.wire_bytes", wire),
		    F_UINT("osilab.http2.text_bytes", list->text),
		    F_UINT("osilab.http2.saved", 100 - wire * 100 / list->text));
	if (guarded.n)
		NOTE(t, H2_NEVER_INDEXED, F_TEXT("osilab.http2.names", guarded));
	if (list->unknown)
		NOTE(t, H2_HEADERS_UNKNOWN, F_UINT("osilab.http2.unknown", list->unknown),
		    F_UINT("osilab.http2.count", list->n));
	if (list->lost)
		NOTE(t, H2_HEADERS_MANY, F_UINT("osilab.http2.lost", list->lost));
}

static struct hpack *decoder(struct h2_half *half)
{
	if (!half->hpack && (half->hpack = hpack_new())) {
		hpack_limit(half->hpack, half->table_limit);
		if (half->tables_unknown)
			hpack_forget(half->hpack);
	}
	return half->hpack;
}

/* Decodes a whole block and says what it is. */
static void read_block(
    struct trace *t, struct h2flow *h, enum flow_side side, struct slice block, struct slice where)
{
	struct h2_half *half = &h->half[side];
	struct hpack *hpack = decoder(half);
	struct hpack_list list;
	struct h2_head head;
	struct h2_block b = { side, &half->block_frame, &half->block_head, where, &list, &head };

	if (!hpack)
		return;
	if (hpack_decode(hpack, block, &t->arena, &list) < 0) {
		trace_info(t, h2_protocol(), "HEADERS, damaged");
		H2_NOTE(t, H2_HEADERS_DAMAGED, &half->block_frame, F_SIDE(side));
		return;
	}
	h2_head_read(&list, &t->arena, &head);
	h2_message(t, h, &b);
	note_coding(t, &list, block.n);
}

void h2_block_lose(struct h2_half *half)
{
	half->in_block = half->block_lost = false;
	buf_fini(&half->block);
	half->tables_unknown = true;
	if (half->hpack)
		hpack_forget(half->hpack);
}

/* A block that is in hand has come to its end, read or not. */
static void end_block(struct trace *t, struct h2flow *h, enum flow_side side)
{
	struct h2_half *half = &h->half[side];
	const struct h2_frame *f = &half->block_frame;
	struct h2_stream *s;

	half->in_block = half->block_lost = false;
	buf_fini(&half->block);
	if (f->type == H2_HEADERS && f->stream > half->top)
		half->top = f->stream;
	s = h2_stream_find(h, f->stream);
	if (s && f->type == H2_HEADERS && f->flags & H2_END_STREAM)
		h2_end_side(t, h, s, side);
}

/* Takes a piece of the block in; it is given up when it goes on without end. */
static void gather(struct trace *t, struct h2_half *half, struct slice piece)
{
	half->block_bytes += (uint32_t)piece.n;
	half->block_frames++;
	if (half->block_lost)
		return;
	if (half->block_frames <= H2_BLOCK_FRAMES && buf_slice(&half->block, piece) == 0)
		return;
	NOTE(t, H2_HEADERS_FLOOD, F_UINT("osilab.http2.bytes", half->block_bytes),
	    F_UINT("osilab.http2.frames", half->block_frames));
	h2_block_lose(half);
	half->in_block = half->block_lost = true;
}

static void begin_block(struct h2_half *half, const struct h2_frame *f, const struct h2_payload *p)
{
	half->in_block = true;
	half->block_lost = false;
	half->block_frame = *f;
	half->block_head = *p;
	half->block_head.body = slice_of(NULL, 0);
	half->block_bytes = half->block_frames = 0;
}

static void note_piece(struct trace *t, const struct h2_half *half, const struct h2_frame *f, size_t bytes)
{
	enum { SAID_MAX = 16 };

	trace_info(t, h2_protocol(), "%s", h2_type_name(f->type));
	if (half->block_frames <= SAID_MAX && !half->block_lost)
		H2_NOTE(t, H2_BLOCK_PIECE, f, F_UINT("osilab.http2.bytes", bytes),
		    F_UINT("osilab.http2.frames", half->block_frames));
}

void h2_block_frame(struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f,
    const struct h2_payload *p, struct slice where)
{
	struct h2_half *half = &h->half[side];
	bool last = f->flags & H2_END_HEADERS;

	if (f->type != H2_CONTINUATION) {
		begin_block(half, f, p);
		if (last) {
			read_block(t, h, side, p->body, where);
			end_block(t, h, side);
			return;
		}
	}
	gather(t, half, p->body);
	note_piece(t, half, f, p->body.n);
	if (!last)
		return;
	if (!half->block_lost)
		read_block(t, h, side, buf_view(&half->block), slice_of(NULL, 0));
	end_block(t, h, side);
}
