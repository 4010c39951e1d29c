/* Echo messages over a stream; see echo.h. */
#include "load/echo.h"

#include "load/worker.h"

enum { STAMP = 8, PERIOD = 61 };

/* The bytes behind the stamp repeat after a prime, so that a piece that is lost shows. */
static uint8_t filler(size_t off)
{
	return (uint8_t)(32 + off % PERIOD);
}

static uint8_t stamp_byte(uint32_t client, uint64_t message, size_t off)
{
	uint64_t stamp = (message << 20) ^ ((uint64_t)client * UINT64_C(0x9e3779b97f4a7c15));

	return (uint8_t)(stamp >> 8 * off);
}

/* A run of filler that begins anywhere in the period, long enough for memcpy and memcmp. */
enum { RUN = 4096 };
static uint8_t run[RUN + PERIOD];

__attribute__((constructor)) static void make_run(void)
{
	for (size_t i = 0; i < sizeof(run); i++)
		run[i] = filler(i);
}

void echo_bytes(uint8_t *dst, uint32_t client, uint64_t message, size_t off, size_t n)
{
	size_t part;

	for (; n && off < STAMP; n--)
		*dst++ = stamp_byte(client, message, off++);
	for (; n; n -= part, dst += part, off += part) {
		part = n < RUN ? n : RUN;
		memcpy(dst, run + off % PERIOD, part);
	}
}

bool echo_matches(const uint8_t *p, uint32_t client, uint64_t message, size_t off, size_t n)
{
	size_t part;

	for (; n && off < STAMP; n--)
		if (*p++ != stamp_byte(client, message, off++))
			return false;
	for (; n; n -= part, p += part, off += part) {
		part = n < RUN ? n : RUN;
		if (memcmp(p, run + off % PERIOD, part) != 0)
			return false;
	}
	return true;
}

struct slice echo_next(struct worker *w, struct client *c)
{
	size_t size = w->plan->size, off = c->out_off, n = 0;

	for (uint32_t i = 0; i < c->unsent && n < WORKER_OUT; i++, off = 0) {
		size_t part = size - off < WORKER_OUT - n ? size - off : WORKER_OUT - n;

		echo_bytes(w->out + n, c->number, c->out + i, off, part);
		n += part;
	}
	return slice_of(w->out, n);
}

/* How many bytes of message number c->in may have come back: no more than were written. */
static size_t expected(const struct worker *w, const struct client *c)
{
	if (c->in < c->out)
		return w->plan->size - c->in_off;
	return c->in == c->out && c->pending ? c->out_off - c->in_off : 0;
}

ssize_t echo_take(struct worker *w, struct client *c, struct slice in)
{
	size_t taken = 0;

	while (taken < in.n) {
		size_t part = expected(w, c), left = in.n - taken;

		part = part < left ? part : left;
		if (part == 0 || !echo_matches(in.p + taken, c->number, c->in, c->in_off, part)) {
			client_fail(w, c, TALLY_WRONG, part ? NULL : "more came back than was sent");
			return -1;
		}
		taken += part;
		c->in_off += part;
		if (c->in_off < w->plan->size)
			continue;
		c->in_off = 0;
		client_answered(w, c);
		if (w->plan->close) {
			client_renew(w, c);
			return -1;
		}
	}
	return (ssize_t)taken;
}
