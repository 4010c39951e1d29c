/* A client's memory: see client.h. */
#include "echo/client.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct echo_client *echo_client_new(struct echo_clients *list, int fd, size_t size)
{
	struct echo_client *c = calloc(1, size);

	if (!c) {
		close(fd);
		return NULL;
	}
	c->fd = fd;
	c->next = list->first;
	if (c->next)
		c->next->prev = c;
	list->first = c;
	return c;
}

void echo_client_free(struct echo_clients *list, struct echo_client *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		list->first = c->next;
	if (c->next)
		c->next->prev = c->prev;
	close(c->fd);
	free(c->unsent);
	free(c);
}

void echo_clients_free(struct echo_clients *list)
{
	while (list->first)
		echo_client_free(list, list->first);
}

int echo_client_keep(struct echo_client *c, const uint8_t *bytes, size_t n)
{
	c->unsent = malloc(n);
	if (!c->unsent)
		return -1;
	memcpy(c->unsent, bytes, n);
	c->from = 0;
	c->to = (uint32_t)n;
	return 0;
}

void echo_client_sent(struct echo_client *c, size_t n)
{
	c->from += (uint32_t)n;
	if (c->from == c->to) {
		free(c->unsent);
		c->unsent = NULL;
	}
}
