/* Where a lab captures, and the end of its run. */
#include "lab/lesson.h"

#include "base/clock.h"

#include <string.h>

enum { MARKS_MS = 5000 };

/* The pair of ports, made when it is new; NULL with *e. */
static struct lesson_pair *pair_of(struct lesson_stage *s, int a, int b, struct err *e)
{
	struct lesson_pair *p = &s->pairs[s->npairs];

	for (unsigned i = 0; i < s->npairs; i++)
		if ((s->pairs[i].ports[0] == a && s->pairs[i].ports[1] == b) ||
		    (s->pairs[i].ports[0] == b && s->pairs[i].ports[1] == a))
			return &s->pairs[i];
	if (capture_marks_init(&p->marks, s->npairs ? &s->pairs[0].marks : NULL, (uint8_t)s->npairs, e))
		return NULL;
	p->ports[0] = a;
	p->ports[1] = b;
	s->npairs++;
	return p;
}

int lesson_capture_start(struct lesson *l, const char *name, int port, int far, struct err *e)
{
	struct lesson_stage *s = &l->stage;
	struct lesson_capture *c = &s->captures[s->ncaptures];
	const struct lesson_port *at = &s->ports[port];
	struct lesson_pair *pair;
	char path[64];

	if (!lesson_is_name(name) || strlen(name) > 30)
		return err_set(e, ERR_DATA, "'%.40s' cannot name a capture", name);
	if (s->ncaptures == LESSON_CAPTURES)
		return err_set(e, ERR_DATA, "a lab has at most %d captures", LESSON_CAPTURES);
	c->name = name;
	c->port = port;
	if (l->dry) {
		s->ncaptures++;
		return 0;
	}
	pair = pair_of(s, port, far, e);
	snprintf(path, sizeof(path), "%s.pcapng", name);
	if (!pair || capture_start(&c->capture, at->node, at->interface, path, &pair->marks, e))
		return -1;
	s->ncaptures++;
	return 0;
}

/* Who hears what port `at` sends: across its cable, and across the bridge behind that, the first with an address. */
static int neighbour(const struct lesson_stage *s, int at)
{
	int peer = s->ports[at].peer;

	if (peer < 0 || !s->ports[peer].bridge)
		return peer;
	for (unsigned i = 0; i < s->nports; i++)
		if (s->ports[i].node == s->ports[peer].node && s->ports[i].peer >= 0 &&
		    s->ports[i].peer != at)
			return s->ports[i].peer;
	return -1;
}

/* A far end that is given: a port, or a host for its first one. */
static int far_port(const struct lesson *l, const char *name, struct err *e)
{
	const struct lab_node *node;

	if (!name)
		return -1;
	if (strchr(name, ':'))
		return lesson_port(l, name, e);
	node = lesson_node(l, name, e);
	for (unsigned i = 0; node && i < l->stage.nports; i++)
		if (l->stage.ports[i].node == node)
			return (int)i;
	return node ? err_set(e, ERR_DATA, "no cable leads to %s yet", name) : -1;
}

/* capture(name, port [, far]) */
static int word_capture(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *name = lesson_arg(l, args, n, 0, e);
	int port = name ? lesson_port(l, lesson_arg(l, args, n, 1, e), e) : -1, far;

	if (port < 0)
		return -1;
	far = n > 2 ? far_port(l, lesson_arg(l, args, n, 2, e), e) : neighbour(&l->stage, port);
	if (far < 0)
		return e->msg[0] ? -1
		                 : err_set(e, ERR_DATA,
		                       "capture(\"%s\", ...): say as third argument which host is far from "
		                       "there",
		                       name);
	return lesson_capture_start(l, name, port, far, e);
}

/* --- The end ------------------------------------------------------------------------------------------ */

static int open_marks(struct lesson_stage *s, struct lesson_pair *p, struct err *e)
{
	const struct lesson_port *a = &s->ports[p->ports[0]], *b = &s->ports[p->ports[1]];

	for (int family = 0; family < 2; family++)
		if (a->address[family][0] && b->address[family][0])
			return capture_marks_open(
			    &p->marks, s->lab, a->node, a->address[family], b->node, b->address[family], e);
	return err_set(e, ERR_DATA, "%s:%s and %s:%s have no addresses of one kind for the capture's end",
	    a->node->name, a->interface, b->node->name, b->interface);
}

static void no_verdict(struct lesson *l, const char *why)
{
	if (l->outcome->verdict)
		snprintf(l->outcome->unsure, sizeof(l->outcome->unsure), "%.250s", why);
	l->outcome->verdict = false;
}

/* What is cut short gives no verdict, never a wrong one. */
static int end_captures(struct lesson *l, struct err *e)
{
	struct lesson_stage *s = &l->stage;
	struct capture_report r[LESSON_CAPTURES] = { 0 };
	struct capture c[LESSON_CAPTURES];
	struct err why = { 0 };

	l->outcome->verdict = true;
	for (unsigned i = 0; i < s->npairs; i++)
		if (open_marks(s, &s->pairs[i], e))
			return -1;
	for (unsigned i = 0; i < s->ncaptures; i++)
		c[i] = s->captures[i].capture;
	if (capture_finish(c, s->ncaptures, clock_mono() + MARKS_MS * CLOCK_MS, r, &why))
		no_verdict(l, why.msg);
	for (unsigned i = 0; i < s->npairs; i++)
		capture_marks_close(&s->pairs[i].marks);
	for (unsigned i = 0; i < s->ncaptures; i++)
		if (r[i].dropped)
			no_verdict(l, "the kernel lost packets before they were captured");
	return 0;
}

int lesson_stage_end(struct lesson *l, struct err *e)
{
	struct lesson_stage *s = &l->stage;
	struct cable_report wire = { 0 };

	if (!s->ncaptures)
		return err_set(e, ERR_DATA, "%s: network() has no wire() and no capture()", l->id);
	if (end_captures(l, e))
		return -1;
	lesson_programs_end(l);
	for (unsigned i = 0; i < s->ncables; i++) {
		if (cable_end(&s->cables[i].cable, &wire, e))
			return -1;
		if (wire.missed)
			no_verdict(l, "a wire missed packets");
	}
	return 0;
}

const struct program_function lesson_capture_words[] = {
	{ "capture", word_capture },
	{ NULL, NULL },
};
