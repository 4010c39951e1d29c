/* The floor under every HTTP server of one loop: epoll, one read and one write per wake-up, and no parsing: an answer
 * for every empty line seen.  bare_http PORT */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, ROOM = 16 * 1024 };

static const char answer[] = "HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 00:00:00 GMT\r\n"
                             "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 16\r\n"
                             "X-Content-Type-Options: nosniff\r\n\r\nabcdefghijklmno\n";

static void serve(int fd)
{
	static char in[ROOM + 1], out[ROOM / 4 * sizeof(answer)];
	ssize_t n = read(fd, in, ROOM);
	size_t put = 0;

	if (n <= 0) {
		close(fd);
		return;
	}
	in[n] = 0;
	for (const char *p = in; (p = strstr(p, "\r\n\r\n")); p += 4) {
		memcpy(out + put, answer, sizeof(answer) - 1);
		put += sizeof(answer) - 1;
	}
	if (put && write(fd, out, put) < 0)
		close(fd);
}

static void take(int set, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), one = 1;
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	epoll_ctl(set, EPOLL_CTL_ADD, fd, &ev);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0)) };
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), set = epoll_create1(0), one = 1;
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = listener }, events[BATCH];

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 4096) ||
	    epoll_ctl(set, EPOLL_CTL_ADD, listener, &ev)) {
		perror("bare_http");
		return 1;
	}
	for (;;) {
		int n = epoll_wait(set, events, BATCH, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == listener)
				take(set, listener);
			else
				serve(events[i].data.fd);
		}
	}
}
