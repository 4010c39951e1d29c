/* Exercises reading certificates: the list of names must be free of what could fake a list, every text must
 * fit the arena, and a small arena must do no more than lose texts. */
#include "tls/cert.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(struct slice sans)
{
	for (size_t i = 0; i < sans.n; i++) {
		assert(sans.p[i] >= ' ' && sans.p[i] < 0x7f);
		/* A space stands only behind a comma, and that only between two names. */
		assert(sans.p[i] != ' ' || (i > 0 && sans.p[i - 1] == ','));
		assert(sans.p[i] != ',' || i + 1 == sans.n || sans.p[i + 1] == ' ');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice der = slice_of(data, size);
	struct cert large, small;
	struct arena a, b;

	arena_init(&a, 1 << 16);
	arena_init(&b, 128);
	if (cert_parse(der, &a, &large) == 0) {
		check_names(large.sans);
		assert(large.sha256_hex.n == 95 && large.key_type.n > 0);
		assert(cert_parse(der, &b, &small) == 0);
		assert(small.not_after == large.not_after && small.self_signed == large.self_signed);
	} else {
		assert(cert_parse(der, &b, &small) < 0);
	}
	arena_fini(&a);
	arena_fini(&b);
	return 0;
}
