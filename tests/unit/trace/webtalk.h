/* HTTP in the clear on one connection, for the tests of what is made of it.  The port says nothing: the content does. */
#ifndef TESTS_TRACE_WEBTALK_H
#define TESTS_TRACE_WEBTALK_H

#include "harness.h"

#define C FLOW_CLIENT
#define S FLOW_SERVER

#define SHOP "shop.example"

struct fixture {
	struct lab lab;
	struct talk talk;
};

/* A capture with a connection that has been opened. */
static inline void setup(struct fixture *f)
{
	lab_init(&f->lab);
	talk_init(&f->talk, &f->lab, 40000, 8080);
	talk_open(&f->talk);
}

/* `fields` are whole lines, each with its end. */
static inline void ask(struct fixture *f, const char *target, const char *fields)
{
	struct buf text = { 0 };

	buf_printf(&text, "GET %s HTTP/1.1\r\nHost: " SHOP "\r\n%s\r\n", target, fields);
	talk_text(&f->talk, C, buf_cstr(&text));
	buf_fini(&text);
}

static inline void post(struct fixture *f, const char *fields, const char *type, const char *body)
{
	struct buf text = { 0 };

	buf_printf(&text,
	    "POST /login HTTP/1.1\r\nHost: " SHOP "\r\n%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
	    fields, type, strlen(body), body);
	talk_text(&f->talk, C, buf_cstr(&text));
	buf_fini(&text);
}

/* A response without a body. */
static inline void answer(struct fixture *f, const char *status, const char *fields)
{
	struct buf text = { 0 };

	buf_printf(&text, "HTTP/1.1 %s\r\nContent-Length: 0\r\n%s\r\n", status, fields);
	talk_text(&f->talk, S, buf_cstr(&text));
	buf_fini(&text);
}

#endif
