/* The nearest word, by optimal string alignment distance; see near.h. */
#include "base/near.h"

#include <string.h>

#define WORD_MAX 31

static size_t min2(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t near_distance(const char *a, const char *b)
{
	size_t na = strnlen(a, WORD_MAX), nb = strnlen(b, WORD_MAX);
	size_t d[WORD_MAX + 1][WORD_MAX + 1]; /* d[i][j]: from the first i letters of a to the first j of b */

	for (size_t i = 0; i <= na; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		for (size_t j = 1; j <= nb; j++) {
			d[i][j] = min2(d[i - 1][j], d[i][j - 1]) + 1;
			d[i][j] = min2(d[i][j], d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min2(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[na][nb];
}

const char *near_word(const char *typed, const char *candidate, const char *best)
{
	size_t distance = near_distance(typed, candidate);
	size_t letters = strlen(candidate);
	size_t most = letters / 3 > 2 ? letters / 3 : 2;

	/* All letters changed is no likeness. */
	if (distance > most || distance >= letters)
		return best;
	return !best || distance < near_distance(typed, best) ? candidate : best;
}
