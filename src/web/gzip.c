/* Content coding gzip; see gzip.h. */
#include "web/gzip.h"

#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16 /* with the gzip header, see deflateInit2 */, GZIP_MEMORY = 8 };

/* Is the weight of a member ("gzip;q=0.5") more than nothing? */
static bool has_weight(struct slice parameters)
{
	while (parameters.p) {
		struct slice value = slice_trim(slice_cut(&parameters, ';'));

		if (!slice_ieq_str(slice_trim(slice_cut(&value, '=')), "q"))
			continue;
		value = slice_trim(value);
		for (size_t i = 0; i < value.n; i++)
			if (value.p[i] >= '1' && value.p[i] <= '9')
				return true;
		return false;
	}
	return true;
}

bool gzip_accepted(const struct http_msg *req)
{
	const struct http_field *f = http_find(req, SLICE("Accept-Encoding"));
	struct slice rest, member;
	int named = -1, any = -1; /* not said, no, yes */

	for (; f; f = http_find_next(req, f, SLICE("Accept-Encoding")))
		for (rest = f->value; http_list_next(&rest, &member);) {
			struct slice coding = slice_trim(slice_cut(&member, ';'));

			if (slice_ieq_str(coding, "gzip") || slice_ieq_str(coding, "x-gzip"))
				named = has_weight(member);
			else if (slice_eq_str(coding, "*"))
				any = has_weight(member);
		}
	return (named >= 0 ? named : any) > 0;
}

int gzip_pack(struct buf *out, struct slice in)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n };
	int r;

	if (in.n > UINT32_MAX || in.n < 2 || buf_reserve(out, in.n - 1))
		return -1;
	if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return -1;
	z.next_out = out->p + out->n;
	z.avail_out = (uInt)(in.n - 1);
	r = deflate(&z, Z_FINISH);
	if (r == Z_STREAM_END)
		out->n += z.total_out;
	deflateEnd(&z);
	return r == Z_STREAM_END ? 0 : -1;
}
