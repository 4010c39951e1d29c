/* A binary min-heap of deadlines.  The node lives inside the caller's struct, so that cancelling is O(log n)
 * and nothing is allocated per deadline but the array of pointers. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct heap_node {
	int64_t when; /* the key; smallest first */
	size_t at;    /* place in the heap + 1; 0: not in it */
};

struct heap {
	struct heap_node **v;
	size_t n, cap;
};

void heap_init(struct heap *h);
void heap_fini(struct heap *h);

/* Puts the node in with this key, or moves it when it is in already.  0, or -1 when out of memory. */
int heap_set(struct heap *h, struct heap_node *node, int64_t when);
/* Takes the node out; no-op when it is not in. */
void heap_del(struct heap *h, struct heap_node *node);
/* The node with the smallest key, or NULL. */
struct heap_node *heap_top(const struct heap *h);

#endif
