/* The Range field; see range.h. */
#include "web/range.h"

#include "http/msg.h"

/* A number of the field; one past 64 bits is as good as the largest. */
static int number(struct slice digits, uint64_t *out)
{
	if (!digits.n)
		return -1;
	for (size_t i = 0; i < digits.n; i++)
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return -1;
	if (slice_u64(digits, out))
		*out = UINT64_MAX;
	return 0;
}

/* One of "first-last", "first-", "-last so many".  1: *out is it; 0: it is past the end; -1: damaged. */
static int one(struct slice text, uint64_t size, struct range *out)
{
	struct slice last = slice_trim(text), first = slice_cut(&last, '-');
	uint64_t from, to = UINT64_MAX;

	if (!last.p || (last.n && number(last, &to)))
		return -1;
	if (!first.n) {
		if (!last.n)
			return -1;
		out->size = to < size ? to : size;
		out->at = size - out->size;
		return out->size > 0;
	}
	if (number(first, &from) || to < from)
		return -1;
	if (from >= size)
		return 0;
	out->at = from;
	out->size = (to < size ? to + 1 : size) - from;
	return 1;
}

int range_parse(struct slice field, uint64_t size, struct range out[RANGES_MAX])
{
	struct slice unit = slice_cut(&field, '='), member;
	uint64_t total = 0;
	int n = 0, asked = 0;

	if (!field.p || !slice_ieq_str(unit, "bytes"))
		return 0;
	while (http_list_next(&field, &member)) {
		struct range r;
		int verdict = one(member, size, &r);

		if (verdict < 0 || ++asked > RANGES_MAX)
			return 0;
		if (verdict == 0)
			continue;
		total += r.size;
		out[n++] = r;
	}
	if (n > 1 && total > size)
		return 0;
	return n ? n : asked ? -1 : 0;
}
