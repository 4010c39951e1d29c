/* Points; see calm.h. */
#include "http2/calm.h"

#define SECOND INT64_C(1000000000)

/* Points that time has given back. */
static void refill(struct calm_points *p, uint32_t rate, int64_t now)
{
	int64_t each = SECOND / rate, n = (now - p->since) / each;

	if (n >= p->used) {
		p->used = 0;
		p->since = now;
	} else if (n > 0) {
		p->used -= (uint32_t)n;
		p->since += n * each;
	}
}

static bool take(struct calm_points *p, uint32_t most, uint32_t rate, int64_t now)
{
	refill(p, rate, now);
	if (p->used >= most)
		return false;
	p->used++;
	return true;
}

static void give(struct calm_points *p, uint64_t n)
{
	p->used -= n < p->used ? (uint32_t)n : p->used;
}

/* Does it bring something forward?  Content is counted by the byte, not by the frame. */
static bool is_free(const struct h2_frame *f)
{
	if (f->type == H2_HEADERS)
		return true;
	return f->type == H2_DATA && f->flags & H2_END_STREAM;
}

bool calm_frame(struct h2_calm *c, const struct h2_frame *f, int64_t now)
{
	c->block = f->type == H2_CONTINUATION ? c->block + 1 : 0;
	if (c->block > CALM_BLOCK_FRAMES)
		return false;
	return is_free(f) || take(&c->control, CALM_CONTROL, CALM_CONTROL_RATE, now);
}

bool calm_reset(struct h2_calm *c, int64_t now)
{
	return take(&c->resets, CALM_RESETS, CALM_RESETS_RATE, now);
}

void calm_request(struct h2_calm *c)
{
	give(&c->control, CALM_REQUEST);
}

void calm_content(struct h2_calm *c, size_t n)
{
	c->content += n;
	give(&c->control, c->content / CALM_CONTENT);
	c->content %= CALM_CONTENT;
}
