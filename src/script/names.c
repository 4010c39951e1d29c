/* Finding the names in a script; see names.h.  Words first, then what they are by their neighbours. */
#include "script/names.h"

#include <ctype.h>

enum { OWN_MAX = 64 }; /* names that one script declares */

enum word_kind { WORD_END, WORD_NAME, WORD_TEXT, WORD_OTHER };

struct word {
	enum word_kind kind;
	struct slice s; /* WORD_TEXT: what stands between its quotes */
	size_t at;
};

struct scan {
	struct slice text;
	size_t at;
	struct word word, before; /* in hand, and the one before it */
	struct slice own[OWN_MAX];
	unsigned nown;
};

/* --- Words ------------------------------------------------------------------------------------------------ */

static int peek(const struct scan *s, size_t ahead)
{
	return s->at + ahead < s->text.n ? s->text.p[s->at + ahead] : -1;
}

static bool is_letter(int c)
{
	return c == '_' || isalnum(c);
}

/* The "=" signs of a long bracket that begins here, or -1: none does. */
static int long_bracket(const struct scan *s)
{
	int level = 0;

	if (peek(s, 0) != '[')
		return -1;
	while (peek(s, 1 + (size_t)level) == '=')
		level++;
	return peek(s, 1 + (size_t)level) == '[' ? level : -1;
}

static struct slice read_long(struct scan *s, int level)
{
	size_t size = (size_t)level + 2, from = s->at += size;

	for (; s->at < s->text.n; s->at++) {
		size_t n = 1;

		if (peek(s, 0) != ']')
			continue;
		while (peek(s, n) == '=')
			n++;
		if (n == size - 1 && peek(s, n) == ']')
			break;
	}
	s->at += size;
	return slice_sub(s->text, from, s->at - size - from);
}

static struct slice read_quoted(struct scan *s)
{
	int quote = peek(s, 0);
	size_t from = ++s->at;

	while (peek(s, 0) >= 0 && peek(s, 0) != quote)
		s->at += peek(s, 0) == '\\' ? 2 : 1;
	return slice_sub(s->text, from, s->at++ - from);
}

static void skip_blank(struct scan *s)
{
	int level;

	for (;;) {
		if (isspace(peek(s, 0))) {
			s->at++;
		} else if (peek(s, 0) == '-' && peek(s, 1) == '-') {
			s->at += 2;
			if ((level = long_bracket(s)) >= 0)
				read_long(s, level);
			else
				while (peek(s, 0) >= 0 && peek(s, 0) != '\n')
					s->at++;
		} else {
			return;
		}
	}
}

/* Numbers need no more care than that nothing in them is taken for a name or a dot. */
static size_t number_length(const struct scan *s)
{
	const char *exponent = peek(s, 0) == '0' && strchr("xX", peek(s, 1)) ? "pP" : "eE";
	size_t n = 0;

	while (is_letter(peek(s, n)) || peek(s, n) == '.')
		n += strchr(exponent, peek(s, n)) && (peek(s, n + 1) == '+' || peek(s, n + 1) == '-') ? 2 : 1;
	return n;
}

/* Only runs of dots, colons and equal signs mean something else than their parts. */
static size_t other_length(const struct scan *s)
{
	size_t n = 1;

	if (strchr(".:=~<>", peek(s, 0)))
		while (peek(s, n) == peek(s, 0) || peek(s, n) == '=')
			n++;
	return n;
}

static struct word read_word(struct scan *s)
{
	struct word w = { .kind = WORD_OTHER };
	int c, level;
	size_t n = 0;

	skip_blank(s);
	w.at = s->at;
	c = peek(s, 0);
	if (c < 0) {
		w.kind = WORD_END;
		return w;
	}
	if (c == '"' || c == '\'' || (level = long_bracket(s)) >= 0) {
		w.kind = WORD_TEXT;
		w.s = c == '[' ? read_long(s, level) : read_quoted(s);
		return w;
	}
	if (isdigit(c) || (c == '.' && isdigit(peek(s, 1)))) {
		n = number_length(s);
	} else if (is_letter(c)) {
		w.kind = WORD_NAME;
		while (is_letter(peek(s, n)))
			n++;
	} else {
		n = other_length(s);
	}
	w.s = slice_sub(s->text, s->at, n);
	s->at += n;
	return w;
}

static void next(struct scan *s)
{
	s->before = s->word;
	s->word = read_word(s);
}

/* The word behind the one in hand. */
static struct word ahead(const struct scan *s)
{
	struct scan copy = *s;

	return read_word(&copy);
}

static bool is(const struct word *w, const char *text)
{
	return (w->kind == WORD_NAME || w->kind == WORD_OTHER) && slice_eq_str(w->s, text);
}

static bool is_keyword(struct slice s)
{
	static const char *const keywords[] = { "and", "break", "do", "else", "elseif", "end", "false", "for",
		"function", "goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then",
		"true", "until", "while" };

	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (slice_eq_str(s, keywords[i]))
			return true;
	return false;
}

/* --- What a script declares --------------------------------------------------------------------------------- */

static int declare(struct scan *s, struct err *e)
{
	if (s->nown == OWN_MAX)
		return err_set(e, ERR_USAGE, "it declares more than %d names", OWN_MAX);
	s->own[s->nown++] = s->word.s;
	return 0;
}

/* Names parted by commas; an attribute like <const> is none. */
static int declare_list(struct scan *s, struct err *e)
{
	while (s->word.kind == WORD_NAME && !is_keyword(s->word.s)) { /* else none, or "..." */
		if (declare(s, e) < 0)
			return -1;
		next(s);
		for (int i = is(&s->word, "<") ? 3 : 0; i > 0; i--)
			next(s);
		if (!is(&s->word, ","))
			break;
		next(s);
	}
	return 0;
}

/* `function` is in hand. */
static int declare_function(struct scan *s, bool local, struct err *e)
{
	next(s);
	if (local && declare(s, e) < 0)
		return -1;
	while (s->word.kind != WORD_END && !is(&s->word, "("))
		next(s);
	next(s);
	return declare_list(s, e);
}

static int find_own(struct scan *s, struct err *e)
{
	int rc = 0;

	next(s);
	while (rc == 0 && s->word.kind != WORD_END) {
		bool local = is(&s->word, "local"), loop = is(&s->word, "for");

		if (local || loop)
			next(s);
		if (is(&s->word, "function"))
			rc = declare_function(s, local, e);
		else if (local || loop)
			rc = declare_list(s, e);
		else
			next(s);
	}
	return rc;
}

static bool is_own(const struct scan *s, struct slice name)
{
	for (unsigned i = 0; i < s->nown; i++)
		if (slice_eq(s->own[i], name))
			return true;
	return false;
}

/* --- What it uses --------------------------------------------------------------------------------------------- */

/* The name in hand is one only within something: a member, a method, a label, an attribute, a key
 * of a table. */
static bool is_inner(const struct scan *s)
{
	struct word behind = ahead(s);

	return is(&s->before, ".") || is(&s->before, ":") || is(&s->before, "::") || is(&s->before, "goto") ||
	       (is(&s->before, "<") && is(&behind, ">")) ||
	       (is(&behind, "=") && (is(&s->before, "{") || is(&s->before, ",") || is(&s->before, ";")));
}

/* The name in hand and its members; leaves the last of them in hand. */
static struct slice read_path(struct scan *s)
{
	size_t from = s->word.at;

	for (;;) {
		struct scan before = *s;
		struct word dot = ahead(s);

		if (!is(&dot, "."))
			break;
		next(s);
		next(s);
		if (s->word.kind != WORD_NAME) {
			*s = before;
			break;
		}
	}
	return slice_sub(s->text, from, s->at - from);
}

/* The text that is the first argument of a call, if that is what comes next. */
static bool is_called_with(const struct scan *s, struct word *text)
{
	struct scan copy = *s;
	bool brackets;
	struct word behind;

	next(&copy);
	if ((brackets = is(&copy.word, "(")))
		next(&copy);
	*text = copy.word;
	behind = ahead(&copy);
	return text->kind == WORD_TEXT && (!brackets || is(&behind, ")") || is(&behind, ","));
}

static int visit_name(struct scan *s, const struct names_visitor *v, struct err *e)
{
	size_t column = s->word.at + 1;
	struct slice path = read_path(s);
	struct word text;

	if (v->name(v->to, path, column, e) < 0)
		return -1;
	return is_called_with(s, &text) ? v->call(v->to, path, text.s, text.at + 1, e) : 0;
}

int names_visit(struct slice text, const struct names_visitor *v, struct err *e)
{
	struct scan s = { .text = text };

	if (find_own(&s, e) < 0)
		return -1;
	s.at = 0;
	s.word = (struct word){ .kind = WORD_OTHER };
	for (next(&s); s.word.kind != WORD_END; next(&s))
		if (s.word.kind == WORD_NAME && !is_keyword(s.word.s) && !is_inner(&s) &&
		    !is_own(&s, s.word.s) && visit_name(&s, v, e) < 0)
			return -1;
	return 0;
}
