/* Exercises files of requests: what is taken has its bytes in order, one request after the other. */
#include "load/requests.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request_parts parts = { .authority = SLICE("a.test"), .body = SLICE("body"), .close = true };
	struct requests r = { 0 };
	struct err e = { 0 };
	size_t at = 0;

	buf_init(&r.bytes, REQUESTS_BYTES_MAX);
	if (requests_parse(&r, slice_of(data, size), "file", &parts, &e) == 0) {
		assert(r.n > 0);
		requests_settle(&r);
		for (size_t i = 0; i < r.n; i++) {
			assert(r.v[i].bytes.p == r.bytes.p + at && r.v[i].bytes.n > 0);
			at += r.v[i].bytes.n;
		}
		assert(at == r.bytes.n);
	} else {
		assert(e.msg[0]);
	}
	requests_fini(&r);
	return 0;
}
