/* An echo server as one writes it with libevent: a bufferevent for each client, its input moved to its output.
 * libevent_echo PORT */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static void on_read(struct bufferevent *b, void *arg)
{
	evbuffer_add_buffer(bufferevent_get_output(b), bufferevent_get_input(b));
}

static void on_event(struct bufferevent *b, short what, void *arg)
{
	bufferevent_free(b);
}

static void on_connection(
    struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from, int n, void *arg)
{
	struct bufferevent *b = bufferevent_socket_new(evconnlistener_get_base(l), fd, BEV_OPT_CLOSE_ON_FREE);
	int on = 1;

	if (!b)
		abort();
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	bufferevent_setcb(b, on_read, NULL, on_event, NULL);
	bufferevent_enable(b, EV_READ | EV_WRITE);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct event_base *base = event_base_new();

	a.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 7007));
	if (!base || !evconnlistener_new_bind(base, on_connection, NULL,
	                 LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE, 4096, (struct sockaddr *)&a, sizeof(a))) {
		fprintf(stderr, "libevent_echo: cannot listen\n");
		return 3;
	}
	return event_base_dispatch(base);
}
