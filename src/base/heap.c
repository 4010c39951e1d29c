/* A binary min-heap of deadlines; see heap.h. */
#include "base/heap.h"

#include <stdlib.h>

void heap_init(struct heap *h)
{
	*h = (struct heap){ 0 };
}

void heap_fini(struct heap *h)
{
	free(h->v);
	*h = (struct heap){ 0 };
}

static void set_at(struct heap *h, size_t i, struct heap_node *node)
{
	h->v[i] = node;
	node->at = i + 1;
}

static void sift_up(struct heap *h, size_t i)
{
	struct heap_node *node = h->v[i];

	while (i > 0 && h->v[(i - 1) / 2]->when > node->when) {
		set_at(h, i, h->v[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	set_at(h, i, node);
}

static void sift_down(struct heap *h, size_t i)
{
	struct heap_node *node = h->v[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < h->n && h->v[child + 1]->when < h->v[child]->when)
			child++;
		if (child >= h->n || h->v[child]->when >= node->when)
			break;
		set_at(h, i, h->v[child]);
		i = child;
	}
	set_at(h, i, node);
}

int heap_set(struct heap *h, struct heap_node *node, int64_t when)
{
	if (node->at == 0) {
		if (h->n == h->cap) {
			size_t cap = h->cap ? h->cap * 2 : 16;
			struct heap_node **v = realloc(h->v, cap * sizeof(*v));

			if (!v)
				return -1;
			h->v = v;
			h->cap = cap;
		}
		set_at(h, h->n++, node);
	}
	node->when = when;
	sift_up(h, node->at - 1);
	sift_down(h, node->at - 1);
	return 0;
}

void heap_del(struct heap *h, struct heap_node *node)
{
	size_t i = node->at - 1;

	if (node->at == 0)
		return;
	node->at = 0;
	h->n--;
	if (i == h->n)
		return;
	set_at(h, i, h->v[h->n]);
	sift_up(h, i);
	sift_down(h, h->v[i]->at - 1);
}

struct heap_node *heap_top(const struct heap *h)
{
	return h->n ? h->v[0] : NULL;
}
