/* What `osilab lab` says of a lab and of a run. */
#include "lab/course_room.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void course_say_head(const struct lesson *l)
{
	printf("%s  %s\n\n%s\n", l->id, l->title.in[l->lang], l->goal.in[l->lang]);
}

/* --- The network -------------------------------------------------------------------------------------- */

static const char *address_of(const struct lesson_port *p)
{
	return p->address[0][0] ? p->address[0] : p->address[1];
}

void course_say_network(const struct lesson *l)
{
	const struct lesson_stage *s = &l->stage;

	printf("\n%s\n", l->lang ? "네트워크" : "Network");
	for (unsigned i = 0; i < s->nports; i++) {
		const struct lesson_port *a = &s->ports[i], *b = a->peer > (int)i ? &s->ports[a->peer] : NULL;

		if (b)
			printf("  %s %s %s %s%s%s %s %s %s\n", a->node->name, address_of(a), a->interface,
			    a->wire ? "──[ " : "───", a->wire ? a->wire : "", a->wire ? " ]──" : "───",
			    b->interface, address_of(b), b->node->name);
	}
	printf("  %s", l->lang ? "캡처:" : "captures:");
	for (unsigned i = 0; i < s->ncaptures; i++)
		printf(" %s (%s %s)", s->captures[i].name, s->ports[s->captures[i].port].node->name,
		    s->ports[s->captures[i].port].interface);
	putchar('\n');
}

/* --- What it came to ---------------------------------------------------------------------------------- */

static void say_answer(const struct lesson *l, const struct lesson_line *line)
{
	const struct lesson_question *q = &l->questions[line->question];

	printf("  %s\n    -> %s: %s\n", q->text.in[l->lang], line->value, line->text[l->lang]);
	if (q->guess[0] && line->ok)
		printf("    %s\n", l->lang ? "맞혔습니다." : "You were right.");
	else if (q->guess[0])
		printf(l->lang ? "    예측: %s\n" : "    You had said %s.\n", q->guess);
}

void course_say_outcome(const struct lesson *l)
{
	static const char *const heads[][2] = { { "Checks", "검사" }, { "Answers", "답과 설명" },
		{ "Statements", "흔한 말과 사실" } };
	const struct lesson_outcome *o = l->outcome;

	for (int kind = LESSON_CHECK; kind <= LESSON_STATEMENT; kind++) {
		bool headed = false;

		for (unsigned i = 0; i < o->nlines; i++) {
			const struct lesson_line *line = &o->lines[i];

			if ((int)line->kind != kind)
				continue;
			if (!headed)
				printf("\n%s\n", heads[kind][l->lang]);
			headed = true;
			if (kind == LESSON_CHECK)
				printf("  %s  %s\n", line->ok ? "ok" : "NO", line->text[l->lang]);
			else if (kind == LESSON_ANSWER)
				say_answer(l, line);
			else
				printf("  %s %s\n  %s %s\n",
				    l->lang ? "흔히 하는 말:" : "Often said:", line->text[l->lang],
				    l->lang ? "실제로는:" : "In fact:", line->fact[l->lang]);
		}
	}
	if (o->right + o->wrong)
		printf(
		    l->lang ? "\n예측 %2$u개 가운데 %1$u개 적중.\n" : "\n%u of %u predictions were right.\n",
		    o->right, o->right + o->wrong);
	printf(l->lang ? "\n검사 %u개 통과, %u개 실패 (seed %llu)\n"
	               : "\n%u checks held, %u failed (seed %llu)\n",
	    o->held, o->failed, (unsigned long long)l->seed);
}

int course_no_verdict(const struct lesson *l, struct err *e)
{
	return err_set(e, ERR_ENV,
	    "%s: no verdict: %s; run it again when the machine is less busy (--seed %llu)", l->id,
	    l->outcome->unsure, (unsigned long long)l->seed);
}

/* --- An interview ------------------------------------------------------------------------------------- */

/* The paragraph of the README that begins so, on one line. */
static bool paragraph(const struct lesson *l, char *to, size_t size)
{
	static const char *const begins[2] = { "In an interview: ", "면접에서: " };
	char path[PATH_MAX + 16], line[1024];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/README%s.md", l->dir, l->lang ? ".ko" : "");
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		size_t skip = strlen(begins[l->lang]);

		line[strcspn(line, "\n")] = '\0';
		if (n && !line[0])
			break;
		if (!n && strncmp(line, begins[l->lang], skip) != 0)
			continue;
		n += (size_t)snprintf(to + n, size - n, "%s%s", n ? " " : "", line + (n ? 0 : skip));
		if (n >= size)
			break;
	}
	if (f)
		fclose(f);
	return n > 0 && n < size;
}

bool course_interview(const struct lesson *l, char question[512], char answer[2048])
{
	char text[2048];
	struct slice rest, asked;

	if (!paragraph(l, text, sizeof(text)) || text[0] != '*')
		return false;
	rest = slice_str(text + 1);
	asked = slice_cut(&rest, '*');
	slice_cstr(asked, question, 512);
	slice_cstr(slice_trim(rest), answer, 2048);
	return asked.n && answer[0];
}

void course_say_interview(const struct lesson *l, bool wait)
{
	char question[512], answer[2048];
	int c = '\n';

	if (!course_interview(l, question, answer))
		return;
	printf("\n%s\n  %s\n", l->lang ? "면접 질문, 60초" : "In an interview, 60 seconds", question);
	if (wait) {
		printf("  %s ",
		    l->lang ? "소리 내어 답한 다음 Enter를 누르세요." : "Answer aloud, then press Enter.");
		fflush(stdout);
		while ((c = getchar()) != '\n' && c != EOF)
			;
	}
	printf("  %s\n", answer);
}
