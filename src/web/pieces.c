/* Content in pieces; see pieces.h. */
#include "web/pieces.h"

#include <errno.h>
#include <unistd.h>

/* The piece that bytes come from next: empty ones are passed over. */
static const struct exchange_piece *present(const struct exchange *x, struct pieces_at *p)
{
	const struct exchange_piece *piece = &x->pieces[p->piece];

	while (p->at == piece->text.n + piece->size) {
		piece = &x->pieces[++p->piece];
		p->at = 0;
	}
	return piece;
}

void pieces_sent(const struct exchange *x, struct pieces_at *p, size_t n)
{
	p->left -= n;
	p->at += n;
	if (p->left)
		present(x, p);
}

uint64_t pieces_file(const struct exchange *x, const struct pieces_at *p, uint64_t *offset)
{
	const struct exchange_piece *piece = &x->pieces[p->piece];

	if (!p->left || x->file < 0 || p->at < piece->text.n)
		return 0;
	*offset = piece->at + (p->at - piece->text.n);
	return piece->text.n + piece->size - p->at;
}

/* Letters, with a line end now and then: what is lost or twice shows. */
static void make_bytes(uint8_t *out, size_t n, uint64_t at)
{
	for (size_t i = 0; i < n; i++, at++)
		out[i] = at % 64 == 63 ? '\n' : (uint8_t)('a' + (at / 64 + at % 64) % 26);
}

/* n bytes of a file, fewer when it ends. */
static size_t read_file(int file, uint8_t *out, size_t n, uint64_t at)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(file, out + done, n - done, (off_t)(at + done));

		if (got == 0 || (got < 0 && errno != EINTR))
			break;
		if (got > 0)
			done += (size_t)got;
	}
	return done;
}

static size_t put_bytes(const struct exchange *x, uint64_t at, struct buf *out, size_t n)
{
	if (buf_reserve(out, n))
		return 0;
	if (x->file < 0)
		make_bytes(out->p + out->n, n, at);
	else
		n = read_file(x->file, out->p + out->n, n, at);
	out->n += n;
	return n;
}

/* As much as one piece has of it. */
static size_t put_some(const struct exchange *x, struct pieces_at *p, struct buf *out, size_t n)
{
	const struct exchange_piece *piece = present(x, p);
	uint64_t left = piece->size;

	if (p->at < piece->text.n) {
		struct slice text = slice_sub(piece->text, (size_t)p->at, n);

		return buf_slice(out, text) ? 0 : text.n;
	}
	left -= p->at - piece->text.n;
	return put_bytes(x, piece->at + (p->at - piece->text.n), out, left < n ? (size_t)left : n);
}

size_t pieces_put(const struct exchange *x, struct pieces_at *p, struct buf *out, size_t n)
{
	size_t done = 0;

	while (done < n && p->left) {
		size_t some = put_some(x, p, out, n - done);

		if (!some)
			break;
		pieces_sent(x, p, some);
		done += some;
	}
	return done;
}
