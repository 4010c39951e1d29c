/* Exercises the text of addresses: no input reads past its end, and what was understood comes back the same
 * from its own text. */
#include "net/addr.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct addr a, again;
	struct slice host;
	char shown[ADDR_TEXT];
	uint16_t port = 1;
	struct err e = { 0 };

	if (addr_split(slice_of(data, size), &host, &port, NULL) == 0)
		assert(host.n <= size && (host.n == 0 || (host.p >= data && host.p + host.n <= data + size)));
	slice_cstr(slice_of(data, size), text, size + 1);
	if (addr_parse(&a, text, 7, &e) == 0) {
		assert(strlen(addr_format(&a, shown, sizeof(shown))) < sizeof(shown) - 1);
		assert(addr_parse(&again, shown, 9, NULL) == 0 && addr_eq(&a, &again));
	} else {
		assert(e.kind == ERR_USAGE && e.msg[0]);
	}
	free(text);
	return 0;
}
