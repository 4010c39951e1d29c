/* The reader of capture files: any bytes as a file, plain and behind gzip; packets lie within the
 * file. */
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static volatile uint8_t sum; /* so that every byte given out is really read */
	struct source_packet p;
	struct slice secrets;
	struct source *s;
	struct err e = { 0 };
	enum source_result r;
	uint64_t given = 0;
	char path[64];
	int fd;

	fd = memfd_create("fuzz", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	s = source_file(path, &e);
	assert(s || e.kind != ERR_NONE);
	while (s && (r = s->ops->next(s, &p, &secrets, &e)) != SOURCE_END) {
		if (r == SOURCE_ERROR) {
			assert(e.kind == ERR_DATA && !strchr(e.msg, '\n'));
			continue;
		}
		assert(r == SOURCE_PACKET || r == SOURCE_SECRETS);
		if (r == SOURCE_SECRETS) {
			given += secrets.n;
			continue;
		}
		for (size_t i = 0; i < p.bytes.n; i++)
			sum ^= p.bytes.p[i];
		for (size_t i = 0; i < p.comment.n; i++)
			sum ^= p.comment.p[i];
		given += p.bytes.n;
	}
	if (s)
		s->ops->free(s);
	assert(given <= size || (size > 2 && data[0] == 0x1f)); /* only gzip gives more than it takes */
	close(fd);
	return 0;
}
