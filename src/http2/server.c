/* The server's side of a connection over nghttp2; see server.h.  Heads: server_head.c. */
#include "http2/server.h"

#include "http2/server_head.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>

enum { URGENCY = 3 /* the same for all: RFC 9218 4.1 */ };

struct h2_server {
	nghttp2_session *session;
	struct h2_limits limits;
	const struct h2_calls *calls;
	void *owner;
	struct h2_calm calm;
	int64_t now;
	bool calmed;
	bool draining, finished;
	size_t payload;          /* octets of the present frame, or of the preface, that are still to come */
	uint8_t part[H2_HEADER]; /* the beginning of a frame header */
	size_t part_n;
	struct h2_request_head head; /* of the block that is coming in */
	struct buf *out;             /* during h2_server_output: where to, and up to how much */
	size_t out_end;
};

static struct h2_stream *find(const struct h2_server *s, int32_t id)
{
	return nghttp2_session_get_stream_user_data(s->session, id);
}

static void check_calm(struct h2_server *s, bool calm)
{
	if (calm || s->calmed)
		return;
	s->calmed = true;
	nghttp2_session_terminate_session(s->session, NGHTTP2_ENHANCE_YOUR_CALM);
}

/* --- What comes in -------------------------------------------------------------------------------------- */

static bool is_request(const nghttp2_frame *f)
{
	return f->hd.type == NGHTTP2_HEADERS && f->headers.cat == NGHTTP2_HCAT_REQUEST;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *f, void *arg)
{
	struct h2_server *s = arg;

	if (is_request(f))
		h2_head_begin(&s->head, s->limits.head);
	return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *f, const uint8_t *name, size_t name_len,
    const uint8_t *value, size_t value_len, uint8_t flags, void *arg)
{
	struct h2_server *s = arg;

	if (is_request(f))
		h2_head_field(&s->head, slice_of(name, name_len), slice_of(value, value_len));
	return 0;
}

/* Names and values that nghttp2 would merely leave out: in a request they make it malformed. */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *f, const uint8_t *name,
    size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags, void *arg)
{
	struct h2_server *s = arg;

	if (is_request(f))
		s->head.malformed = true;
	return 0;
}

static void take_request(struct h2_server *s, int32_t id, bool whole)
{
	nghttp2_extpri same = { .urgency = URGENCY, .inc = 1 };
	struct h2_stream *st;
	struct slice head;

	calm_request(&s->calm);
	if (h2_head_end(&s->head, &head)) {
		nghttp2_submit_rst_stream(s->session, NGHTTP2_FLAG_NONE, id, NGHTTP2_PROTOCOL_ERROR);
		return;
	}
	nghttp2_session_change_extpri_stream_priority(s->session, id, &same, 1);
	st = s->calls->request(s->owner, (uint32_t)id, head, whole);
	if (st)
		nghttp2_session_set_stream_user_data(s->session, id, st);
	else
		nghttp2_submit_rst_stream(s->session, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
	h2_head_rest(&s->head);
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *f, void *arg)
{
	struct h2_server *s = arg;
	bool last = f->hd.flags & NGHTTP2_FLAG_END_STREAM;
	struct h2_stream *st;

	if (is_request(f)) {
		take_request(s, f->hd.stream_id, last);
	} else if (f->hd.type == NGHTTP2_HEADERS || f->hd.type == NGHTTP2_DATA) {
		st = last ? find(s, f->hd.stream_id) : NULL;
		if (st)
			s->calls->end(s->owner, st);
	} else if (f->hd.type == NGHTTP2_RST_STREAM) {
		check_calm(s, calm_reset(&s->calm, s->now));
	} else if (f->hd.type == NGHTTP2_PING && f->hd.flags & NGHTTP2_FLAG_ACK && s->draining) {
		h2_server_finish(s);
	}
	return 0;
}

/* Content that is wanted has been taken: there is room for more at once. */
static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *p, size_t n, void *arg)
{
	struct h2_server *s = arg;
	struct h2_stream *st = find(s, id);
	int r;

	calm_content(&s->calm, n);
	if (st && s->calls->content(s->owner, st, slice_of(p, n)))
		r = nghttp2_session_consume(session, id, n);
	else
		r = nghttp2_session_consume_connection(session, n);
	return r ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error, void *arg)
{
	struct h2_server *s = arg;
	struct h2_stream *st = find(s, id);

	if (st)
		s->calls->closed(s->owner, st);
	return 0;
}

/* --- What goes out -------------------------------------------------------------------------------------- */

static ssize_t on_room(nghttp2_session *session, int32_t id, uint8_t *p, size_t room, uint32_t *flags,
    nghttp2_data_source *source, void *arg)
{
	const struct h2_stream *st = source->ptr;

	*flags |= NGHTTP2_DATA_FLAG_NO_COPY;
	if (st->left <= room)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)(st->left < room ? st->left : room);
}

/* A frame of content goes straight where all the rest goes to.  No frame is padded. */
static int on_send_data(nghttp2_session *session, nghttp2_frame *f, const uint8_t *header, size_t n,
    nghttp2_data_source *source, void *arg)
{
	struct h2_server *s = arg;
	struct h2_stream *st = source->ptr;
	size_t before = s->out->n;

	if (before >= s->out_end)
		return NGHTTP2_ERR_WOULDBLOCK;
	if (buf_put(s->out, header, H2_HEADER) || s->calls->fill(s->owner, st, s->out, n)) {
		s->out->n = before;
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	}
	st->left -= n;
	calm_content(&s->calm, n);
	return 0;
}

static bool ends_answer(const nghttp2_frame *f)
{
	return (f->hd.type == NGHTTP2_HEADERS || f->hd.type == NGHTTP2_DATA) &&
	       f->hd.flags & NGHTTP2_FLAG_END_STREAM;
}

static int on_sent(nghttp2_session *session, const nghttp2_frame *f, void *arg)
{
	struct h2_server *s = arg;
	struct h2_stream *st = ends_answer(f) ? find(s, f->hd.stream_id) : NULL;

	if (st && nghttp2_session_get_stream_remote_close(session, f->hd.stream_id) == 0)
		s->calls->early(s->owner, st);
	if (f->hd.type == NGHTTP2_RST_STREAM && f->rst_stream.error_code != NGHTTP2_NO_ERROR)
		check_calm(s, calm_reset(&s->calm, s->now));
	return 0;
}

/* --- Making one ----------------------------------------------------------------------------------------- */

static int new_session(struct h2_server *s, nghttp2_session_callbacks *c, nghttp2_option *o)
{
	nghttp2_session_callbacks_set_on_begin_headers_callback(c, on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(c, on_header);
	nghttp2_session_callbacks_set_on_invalid_header_callback(c, on_invalid_header);
	nghttp2_session_callbacks_set_on_frame_recv_callback(c, on_frame);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c, on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(c, on_close);
	nghttp2_session_callbacks_set_on_frame_send_callback(c, on_sent);
	nghttp2_session_callbacks_set_send_data_callback(c, on_send_data);
	nghttp2_option_set_no_auto_window_update(o, 1);
	nghttp2_option_set_no_closed_streams(o, 1);
	nghttp2_option_set_max_deflate_dynamic_table_size(o, HPACK_TABLE_DEFAULT);
	return nghttp2_session_server_new2(&s->session, c, s, o);
}

static int announce(struct h2_server *s)
{
	const nghttp2_settings_entry all[] = {
		{ NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, s->limits.streams },
		{ NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, s->limits.window },
		{ NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, s->limits.head },
		{ NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1 },
	};
	int32_t window =
	    (int32_t)(s->limits.window > H2_WINDOW_DEFAULT ? s->limits.window : H2_WINDOW_DEFAULT);

	if (nghttp2_submit_settings(s->session, NGHTTP2_FLAG_NONE, all, sizeof(all) / sizeof(*all)))
		return -1;
	return nghttp2_session_set_local_window_size(s->session, NGHTTP2_FLAG_NONE, 0, window);
}

struct h2_server *h2_server_new(const struct h2_limits *limits, const struct h2_calls *calls, void *owner)
{
	struct h2_server *s = calloc(1, sizeof(*s));
	nghttp2_session_callbacks *c = NULL;
	nghttp2_option *o = NULL;
	bool good = s && nghttp2_session_callbacks_new(&c) == 0 && nghttp2_option_new(&o) == 0;

	if (good) {
		s->limits = *limits;
		s->calls = calls;
		s->owner = owner;
		s->payload = H2_PREFACE_LEN;
		good = new_session(s, c, o) == 0 && announce(s) == 0;
	}
	nghttp2_session_callbacks_del(c);
	nghttp2_option_del(o);
	if (good)
		return s;
	h2_server_free(s);
	return NULL;
}

void h2_server_free(struct h2_server *s)
{
	if (!s)
		return;
	nghttp2_session_del(s->session);
	h2_head_fini(&s->head);
	free(s);
}

/* --- Running -------------------------------------------------------------------------------------------- */

static int feed(struct h2_server *s, struct slice in)
{
	return in.n && nghttp2_session_mem_recv(s->session, in.p, in.n) < 0 ? -1 : 0;
}

/* A frame header that comes in pieces is put together first: nghttp2 counts every piece of one against its limit of
 * CONTINUATION frames.  0: more is needed, or -1; else its length. */
static int join_header(struct h2_server *s, struct slice *in, struct h2_frame *f)
{
	struct slice some = slice_sub(*in, 0, H2_HEADER - s->part_n);

	memcpy(s->part + s->part_n, some.p, some.n);
	s->part_n += some.n;
	*in = slice_skip(*in, some.n);
	if (!h2_frame_header(slice_of(s->part, s->part_n), f))
		return 0;
	s->part_n = 0;
	return feed(s, slice_of(s->part, H2_HEADER)) ? -1 : H2_HEADER;
}

/* How much of `in` are whole headers and whatever of their payloads is there; counts the frames. */
static size_t whole_headers(struct h2_server *s, struct slice in)
{
	struct h2_frame f;
	size_t at = s->payload < in.n ? s->payload : in.n;

	s->payload -= at;
	while (!s->payload && h2_frame_header(slice_skip(in, at), &f)) {
		size_t n = slice_sub(in, at + H2_HEADER, f.length).n;

		check_calm(s, calm_frame(&s->calm, &f, s->now));
		s->payload = f.length - n;
		at += H2_HEADER + n;
	}
	return at;
}

int h2_server_input(struct h2_server *s, struct slice in, int64_t now)
{
	struct h2_frame f;
	size_t n;
	int r;

	s->now = now;
	if (s->part_n && in.n) {
		r = join_header(s, &in, &f);
		if (r <= 0)
			return r;
		check_calm(s, calm_frame(&s->calm, &f, now));
		s->payload = f.length;
	}
	n = whole_headers(s, in);
	if (feed(s, slice_sub(in, 0, n)))
		return -1;
	in = slice_skip(in, n);
	if (in.n)
		memcpy(s->part, in.p, in.n);
	s->part_n = in.n;
	return 0;
}

int h2_server_output(struct h2_server *s, struct buf *out, size_t most, int64_t now)
{
	const uint8_t *p;
	ssize_t n = 1;

	s->now = now;
	s->out = out;
	s->out_end = out->n + most;
	while (n > 0 && out->n < s->out_end) {
		n = nghttp2_session_mem_send(s->session, &p);
		if (n > 0 && buf_put(out, p, (size_t)n))
			n = -1;
	}
	s->out = NULL;
	return n < 0 ? -1 : 0;
}

bool h2_server_has_output(const struct h2_server *s)
{
	return nghttp2_session_want_write(s->session);
}

bool h2_server_over(const struct h2_server *s)
{
	return !nghttp2_session_want_read(s->session) && !nghttp2_session_want_write(s->session);
}

bool h2_server_calmed(const struct h2_server *s)
{
	return s->calmed;
}

/* --- Answers -------------------------------------------------------------------------------------------- */

static nghttp2_nv pair(struct slice name, struct slice value)
{
	/* A cookie is no text for a table that both directions' history of answers shares (RFC 7541 7.1.3). */
	bool secret = slice_eq(name, SLICE("set-cookie"));

	return (nghttp2_nv){ (uint8_t *)name.p, (uint8_t *)value.p, name.n, value.n,
		secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE };
}

void h2_server_continue(struct h2_server *s, const struct h2_stream *st)
{
	nghttp2_nv status = pair(SLICE(":status"), SLICE("100"));

	nghttp2_submit_headers(s->session, NGHTTP2_FLAG_NONE, (int32_t)st->id, NULL, &status, 1, NULL);
}

int h2_server_answer(struct h2_server *s, struct h2_stream *st, struct buf *head)
{
	nghttp2_data_provider content = { .source.ptr = st, .read_callback = on_room };
	struct slice names[HTTP_FIELDS_MAX], values[HTTP_FIELDS_MAX];
	nghttp2_nv fields[HTTP_FIELDS_MAX];
	int n = h2_head_split(head, names, values, HTTP_FIELDS_MAX);

	for (int i = 0; i < n; i++)
		fields[i] = pair(names[i], values[i]);
	if (n <= 0 || nghttp2_submit_response(
	                  s->session, (int32_t)st->id, fields, (size_t)n, st->left ? &content : NULL))
		return -1;
	return 0;
}

void h2_server_reset(struct h2_server *s, const struct h2_stream *st, uint32_t error)
{
	nghttp2_submit_rst_stream(s->session, NGHTTP2_FLAG_NONE, (int32_t)st->id, error);
}

/* --- The end -------------------------------------------------------------------------------------------- */

void h2_server_drain(struct h2_server *s)
{
	if (s->draining)
		return;
	s->draining = true;
	nghttp2_submit_shutdown_notice(s->session);
	nghttp2_submit_ping(s->session, NGHTTP2_FLAG_NONE, NULL);
}

void h2_server_finish(struct h2_server *s)
{
	if (s->finished)
		return;
	s->finished = s->draining = true;
	nghttp2_submit_goaway(s->session, NGHTTP2_FLAG_NONE,
	    nghttp2_session_get_last_proc_stream_id(s->session), NGHTTP2_NO_ERROR, NULL, 0);
}

void h2_server_end(struct h2_server *s)
{
	nghttp2_session_terminate_session(s->session, NGHTTP2_NO_ERROR);
}
