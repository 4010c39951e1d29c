/* Looking into the content of messages; see content.h. */
#include "trace/content.h"

#include "base/escape.h"
#include "http/msg.h"
#include "trace/identity.h"

#include <strings.h>

/* --- What it is ------------------------------------------------------------------------------------------ */

static bool is_type(struct slice type, const char *name)
{
	return slice_istarts(type, slice_str(name));
}

/* RFC 9110 8.3; +json and +xml are suffixes of RFC 6839. */
static enum content_kind kind_of(struct slice type)
{
	struct slice essence = type;

	essence = slice_trim(slice_cut(&essence, ';'));
	if (is_type(type, "text/html"))
		return CONTENT_HTML;
	if (is_type(type, "text/"))
		return CONTENT_TEXT;
	if (!is_type(type, "application/"))
		return CONTENT_OPAQUE;
	if (is_type(type, "application/x-www-form-urlencoded"))
		return CONTENT_FORM;
	if (is_type(type, "application/json") ||
	    (essence.n > 5 && slice_ieq_str(slice_skip(essence, essence.n - 5), "+json")))
		return CONTENT_JSON;
	if (is_type(type, "application/xml") || is_type(type, "application/javascript") ||
	    (essence.n > 4 && slice_ieq_str(slice_skip(essence, essence.n - 4), "+xml")))
		return CONTENT_TEXT;
	return CONTENT_OPAQUE;
}

/* Several codings in a row are named only: nobody sends them. */
static enum content_coding coding_of(struct slice value)
{
	if (!value.n || slice_ieq_str(value, "identity"))
		return CODING_NONE;
	if (slice_ieq_str(value, "gzip") || slice_ieq_str(value, "x-gzip"))
		return CODING_GZIP;
	if (slice_ieq_str(value, "deflate"))
		return CODING_DEFLATE;
	return CODING_OTHER;
}

void content_begin(struct content *c, struct slice type, struct slice coding)
{
	content_drop(c);
	c->bytes = 0;
	c->kind = (uint8_t)kind_of(type);
	c->coding = (uint8_t)coding_of(coding);
	c->holes = c->asks = false;
	c->nexcerpt = c->ntail = c->nname = 0;
	slice_cstr(type, c->type, sizeof(c->type));
	if (c->coding == CODING_OTHER)
		c->kind = CONTENT_OPAQUE;
	else if (c->coding != CODING_NONE)
		inflater_init(&c->inflater, c->coding == CODING_GZIP ? INFLATE_GZIP : INFLATE_DEFLATE);
	if (c->coding != CODING_NONE) {
		slice_cstr(coding, c->name, sizeof(c->name));
		c->nname = (uint8_t)strlen(c->name);
	}
	c->looking = c->kind == CONTENT_JSON || c->kind == CONTENT_FORM;
	if (c->looking)
		buf_init(&c->kept, CONTENT_KEPT);
}

/* --- What passes ----------------------------------------------------------------------------------------- */

/* The beginning of a text on one line: white space and controls become one space. */
static void take_excerpt(struct content *c, struct slice data)
{
	for (size_t i = 0; i < data.n && c->nexcerpt < CONTENT_EXCERPT; i++) {
		bool space = data.p[i] <= ' ' || data.p[i] == 0x7f;

		if (!space)
			c->excerpt[c->nexcerpt++] = (char)data.p[i];
		else if (c->nexcerpt && c->excerpt[c->nexcerpt - 1] != ' ')
			c->excerpt[c->nexcerpt++] = ' ';
	}
}

/* Does `type="password"` end with the word that starts at `at`? */
static bool after_type(struct slice text, size_t at)
{
	if (at && (text.p[at - 1] == '"' || text.p[at - 1] == '\''))
		at--;
	return at >= 5 && strncasecmp((const char *)text.p + at - 5, "type=", 5) == 0;
}

static bool has_password_field(struct slice text)
{
	size_t from = 0;

	for (;;) {
		const uint8_t *hit = memmem(text.p + from, text.n - from, "password", 8);

		if (!hit)
			return false;
		if (after_type(text, (size_t)(hit - text.p)))
			return true;
		from = (size_t)(hit - text.p) + 8;
	}
}

/* A field may lie across the end of a segment: the last bytes are joined to the next ones. */
static void look_for_password(struct content *c, struct slice data)
{
	char seam[2 * sizeof(c->tail)];
	size_t n = data.n < sizeof(c->tail) ? data.n : sizeof(c->tail), all = c->ntail + n, keep;

	if (c->asks || !data.n)
		return;
	memcpy(seam, c->tail, c->ntail);
	memcpy(seam + c->ntail, data.p, n);
	c->asks = (c->ntail && has_password_field(slice_of(seam, all))) || has_password_field(data);
	if (data.n < sizeof(c->tail)) {
		keep = all < sizeof(c->tail) ? all : sizeof(c->tail);
		memcpy(c->tail, seam + all - keep, keep);
	} else {
		keep = sizeof(c->tail);
		memcpy(c->tail, data.p + data.n - keep, keep);
	}
	c->ntail = (uint8_t)keep;
}

/* Content in clear words, decoded if it was coded. */
static void look(struct content *c, struct slice data)
{
	if (c->kind == CONTENT_OPAQUE)
		return;
	if (c->nexcerpt < CONTENT_EXCERPT && c->kind != CONTENT_FORM)
		take_excerpt(c, data);
	if (c->kind == CONTENT_HTML)
		look_for_password(c, data);
	if (c->looking && buf_slice(&c->kept, data) < 0) {
		buf_fini(&c->kept);
		c->looking = false; /* larger than what is looked into */
	}
}

static void decode(struct content *c, struct slice data)
{
	uint8_t piece[4096];
	ssize_t n;

	while (c->inflater.out < CONTENT_LOOKED &&
	       (n = inflater_next(&c->inflater, &data, piece, sizeof(piece))) > 0)
		look(c, slice_of(piece, (size_t)n));
}

void content_feed(struct content *c, struct slice data)
{
	c->bytes += data.n;
	if (c->holes)
		return;
	if (c->coding == CODING_NONE)
		look(c, data);
	else if (c->coding != CODING_OTHER)
		decode(c, data);
}

void content_missed(struct content *c, uint64_t bytes)
{
	uint64_t all = c->bytes + bytes;

	content_drop(c);
	c->bytes = all;
	c->holes = true;
}

/* --- What there is to say of it -------------------------------------------------------------------------- */

/* Less a sequence of UTF-8 that the end of the excerpt cuts. */
static struct slice whole_characters(struct slice s)
{
	size_t back = 0;

	while (back < s.n && back < 3 && (s.p[s.n - 1 - back] & 0xc0) == 0x80)
		back++;
	if (back < s.n && s.p[s.n - 1 - back] >= 0xc0) {
		uint32_t rune;

		if (!escape_utf8(slice_skip(s, s.n - 1 - back), &rune))
			s.n -= back + 1;
	}
	return s;
}

/* The beginning as it may be shown: not behind a word that announces a secret. */
struct slice content_excerpt(struct trace *t, const struct content *c)
{
	struct slice s = slice_trim(whole_characters(slice_of(c->excerpt, c->nexcerpt)));
	size_t safe = identity_safe(s);
	bool more = safe < s.n || c->nexcerpt == CONTENT_EXCERPT;

	if (!s.n || !more)
		return s;
	return slice_str(arena_printf(&t->arena, "%s…",
	    slice_cstr(slice_sub(s, 0, safe), (char[CONTENT_EXCERPT + 1]){ 0 }, CONTENT_EXCERPT + 1)));
}

static void note_size(struct trace *t, const struct content *c, const char *framing)
{
	const struct field bytes = F_UINT("osilab.http.body_bytes", c->bytes);
	const struct field how = F_STR("osilab.http.framing", framing);
	const struct field type = F_STR("osilab.http.type", c->type);
	struct slice text = t->telling ? content_excerpt(t, c) : slice_of(NULL, 0);

	if (text.n && c->type[0])
		trace_note(t, NOTE_HTTP_BODY_TEXT,
		    (struct field[]){ bytes, how, type, F_TEXT("osilab.http.excerpt", text) }, 4);
	else if (c->type[0])
		trace_note(t, NOTE_HTTP_BODY_TYPED, (struct field[]){ bytes, how, type }, 3);
	else
		trace_note(t, NOTE_HTTP_BODY, (struct field[]){ bytes, how }, 2);
}

/* A thousand times is what the format can do at most; a hundred is no text that anyone wrote. */
enum { BOMB_RATIO = 100 };

static void note_coding(struct trace *t, const struct content *c)
{
	const struct inflater *i = &c->inflater;
	const struct field name = F_TEXT("osilab.http.coding", slice_of(c->name, c->nname));
	const struct field out = F_UINT("osilab.http.decoded_bytes", i->out);

	if (c->coding == CODING_OTHER)
		trace_note(t, NOTE_HTTP_CODED, &name, 1);
	else if (i->damaged)
		trace_note(t, NOTE_HTTP_CODING_DAMAGED, (struct field[]){ name, out }, 2);
	else if (i->in && i->out >= CONTENT_LOOKED && i->out / i->in >= BOMB_RATIO)
		trace_note(t, NOTE_HTTP_BOMB,
		    (struct field[]){ name, out, F_UINT("osilab.http.ratio", i->out / i->in) }, 3);
	else if (i->out >= CONTENT_LOOKED)
		trace_note(t, NOTE_HTTP_DECODED_PART, (struct field[]){ name, out }, 2);
	else if (i->out)
		trace_note(t, NOTE_HTTP_DECODED, (struct field[]){ name, out }, 2);
}

unsigned content_end(struct trace *t, struct content *c, const char *framing, bool secure)
{
	if (c->bytes)
		note_size(t, c, framing);
	return content_tell(t, c, secure);
}

unsigned content_tell(struct trace *t, struct content *c, bool secure)
{
	unsigned found = 0;

	if (c->bytes) {
		if (c->coding != CODING_NONE && !c->holes)
			note_coding(t, c);
		if (c->asks && !secure)
			NOTE0(t, PASSWORD_ASKED_IN_CLEAR);
		if (c->looking && !c->holes)
			found = identity_body(t, slice_str(c->type), buf_view(&c->kept), secure);
	}
	content_drop(c);
	return found;
}

void content_drop(struct content *c)
{
	if (c->looking && c->kept.p)
		explicit_bzero(c->kept.p, c->kept.n);
	buf_fini(&c->kept);
	inflater_fini(&c->inflater);
	c->looking = false;
	c->bytes = 0;
}

size_t content_held(const struct content *c)
{
	return c->kept.cap + (c->inflater.z ? INFLATE_HELD : 0);
}
