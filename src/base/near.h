/* "Did you mean ...?": which of some words a mistyped one is nearest to. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

/* How many letters must be changed, added, dropped or swapped with their neighbour to get from one
 * word to the other.  Only the first 31 bytes of each count. */
size_t near_distance(const char *a, const char *b);

/* The better guess for `typed` of a candidate and the best so far (NULL: none yet).  NULL as long as no
 * candidate is near enough to be meant: within a third of its letters, or two, whichever is more.  Made to
 * be folded over a table: `for each row: best = near_word(typed, row->name, best)`. */
const char *near_word(const char *typed, const char *candidate, const char *best);

#endif
