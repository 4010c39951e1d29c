/* WebSocket frame heads: what is read is written anew as it was; a prefix never gets another verdict. */
#include <assert.h>

#include "http/websocket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size);
	struct ws_head h, again;
	struct buf out = { 0 };
	ssize_t used = ws_head_parse(in, &h);
	char accept[WS_ACCEPT_SIZE + 1];

	assert(used <= (ssize_t)size && used <= WS_HEAD_MAX);
	for (size_t n = 0; n < size && n < WS_HEAD_MAX; n++) {
		ssize_t early = ws_head_parse(slice_sub(in, 0, n), &again);

		assert(early == 0 || early == used);
	}
	if (used > 0) {
		assert(ws_head_write(&out, &h) == 0);
		assert(out.n == (size_t)used && memcmp(out.p, data, out.n) == 0);
	}
	ws_accept(in, accept);
	buf_fini(&out);
	return 0;
}
