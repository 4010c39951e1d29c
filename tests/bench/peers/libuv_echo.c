/* An echo server as one writes it with libuv, made as fast as the library allows: one read buffer for all,
 * and uv_try_write, which needs no request, before uv_write.  libuv_echo PORT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static char room[65536];

struct pending {
	uv_write_t req;
	char bytes[];
};

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
	*out = uv_buf_init(room, sizeof(room));
}

static void on_close(uv_handle_t *h)
{
	free(h);
}

static void on_written(uv_write_t *req, int status)
{
	free(req);
}

/* What the socket did not take at once is copied and written later. */
static void write_rest(uv_stream_t *s, const char *p, size_t n)
{
	struct pending *w = malloc(sizeof(*w) + n);
	uv_buf_t b;

	if (!w)
		abort();
	memcpy(w->bytes, p, n);
	b = uv_buf_init(w->bytes, (unsigned)n);
	uv_write(&w->req, s, &b, 1, on_written);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	uv_buf_t b = uv_buf_init(buf->base, n > 0 ? (unsigned)n : 0);
	int put;

	if (n < 0)
		uv_close((uv_handle_t *)s, on_close);
	if (n <= 0)
		return;
	put = uv_try_write(s, &b, 1);
	put = put < 0 ? 0 : put;
	if (put < n)
		write_rest(s, buf->base + put, (size_t)(n - put));
}

static void on_connection(uv_stream_t *listener, int status)
{
	uv_tcp_t *c = malloc(sizeof(*c));

	if (!c || status < 0)
		abort();
	uv_tcp_init(listener->loop, c);
	if (uv_accept(listener, (uv_stream_t *)c)) {
		uv_close((uv_handle_t *)c, on_close);
		return;
	}
	uv_tcp_nodelay(c, 1);
	uv_read_start((uv_stream_t *)c, on_alloc, on_read);
}

int main(int argc, char **argv)
{
	uv_loop_t *loop = uv_default_loop();
	struct sockaddr_in a;
	uv_tcp_t listener;

	uv_ip4_addr("127.0.0.1", argc > 1 ? atoi(argv[1]) : 7007, &a);
	uv_tcp_init(loop, &listener);
	if (uv_tcp_bind(&listener, (struct sockaddr *)&a, 0) ||
	    uv_listen((uv_stream_t *)&listener, 4096, on_connection)) {
		fprintf(stderr, "libuv_echo: cannot listen\n");
		return 3;
	}
	return uv_run(loop, UV_RUN_DEFAULT);
}
