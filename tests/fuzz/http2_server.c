/* Any octets as what a client sends behind its preface: the first of them says how the rest is cut.  What is told of
 * requests must not depend on the cut; their heads must be whole lines; what is sent must be whole frames, and little. */
#include "http2/frame.h"
#include "http2/server.h"

#include <assert.h>
#include <stdlib.h>

enum { STREAMS = 16, BODY = 70000 };

struct watched {
	struct h2_server *s;
	struct h2_stream streams[STREAMS];
	bool used[STREAMS];
	uint64_t told; /* a hash of it */
	struct buf out;
};

static void tell(struct watched *w, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		w->told = (w->told ^ text.p[i]) * 0x100000001b3;
}

static void check_head(struct slice head)
{
	for (size_t i = 0; i < head.n; i++)
		assert(head.p[i] && (head.p[i] != '\n' || (i && head.p[i - 1] == '\r')));
	assert(!head.n || (head.n > 4 && memcmp(head.p + head.n - 4, "\r\n\r\n", 4) == 0));
}

static struct h2_stream *on_request(void *owner, uint32_t id, struct slice head, bool whole)
{
	struct watched *w = owner;
	struct buf answer = { 0 };
	struct h2_stream *st;
	int i = 0;

	check_head(head);
	tell(w, slice_of(&id, sizeof(id)));
	tell(w, head);
	while (i < STREAMS && w->used[i])
		i++;
	if (i == STREAMS)
		return NULL;
	w->used[i] = true;
	st = &w->streams[i];
	*st = (struct h2_stream){ .id = id, .left = head.n % 2 ? BODY : 0 };
	if (!whole && head.n % 3 == 0)
		return st; /* answered at its end */
	buf_puts(&answer, "HTTP/1.1 200 OK\r\nDate: now\r\n\r\n");
	h2_server_answer(w->s, st, &answer);
	buf_fini(&answer);
	return st;
}

static bool on_content(void *owner, struct h2_stream *st, struct slice data)
{
	tell(owner, data);
	return st->id % 4 == 1;
}

static void on_end(void *owner, struct h2_stream *st)
{
	struct watched *w = owner;

	tell(w, SLICE("end"));
	h2_server_reset(w->s, st, H2_ERROR_CANCEL);
}

static int on_fill(void *owner, struct h2_stream *st, struct buf *out, size_t n)
{
	assert(n <= st->left);
	while (n--)
		buf_putc(out, 'c');
	return 0;
}

static void on_early(void *owner, struct h2_stream *st)
{
	h2_server_reset(((struct watched *)owner)->s, st, H2_ERROR_NONE);
}

static void on_closed(void *owner, struct h2_stream *st)
{
	struct watched *w = owner;

	assert(w->used[st - w->streams]);
	w->used[st - w->streams] = false;
}

static void check_frames(struct slice out)
{
	struct h2_frame f;

	while (h2_frame_header(out, &f)) {
		assert(f.length <= H2_FRAME_DEFAULT);
		assert(out.n >= H2_HEADER + (size_t)f.length);
		out = slice_skip(out, H2_HEADER + (size_t)f.length);
	}
	assert(out.n == 0);
}

/* All of it, in pieces of `cut`; output comes last, or the order would depend on the cut. */
static uint64_t run(struct slice in, size_t cut)
{
	static const struct h2_calls calls = { on_request, on_content, on_end, on_fill, on_early, on_closed };
	const struct h2_limits limits = { .streams = 20, .window = 65535, .head = 4096 };
	struct watched w = { .told = 0xcbf29ce484222325 };
	size_t most = (1 << 20) + 65536 + 16 * in.n;

	w.s = h2_server_new(&limits, &calls, &w);
	if (!w.s)
		abort();
	if (h2_server_input(w.s, h2_preface(), 0))
		abort();
	while (in.n && h2_server_input(w.s, slice_sub(in, 0, cut), 0) == 0)
		in = slice_skip(in, cut);
	if (h2_server_output(w.s, &w.out, 1 << 20, 0) == 0)
		check_frames(buf_view(&w.out));
	assert(w.out.n < most);
	h2_server_free(w.s);
	buf_fini(&w.out);
	return w.told;
}

/* nghttp2 looks at what follows a GOAWAY only when it came with it: the connection is at its end either way. */
static bool says_goodbye(struct slice in)
{
	struct h2_frame f;

	while (h2_frame_header(in, &f)) {
		if (f.type == H2_GOAWAY)
			return true;
		in = slice_skip(in, H2_HEADER + (size_t)f.length);
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size);

	if (!size)
		return 0;
	in = slice_skip(in, 1);
	if (run(in, in.n ? in.n : 1) != run(in, (size_t)data[0] + 1) && !says_goodbye(in))
		abort();
	return 0;
}
