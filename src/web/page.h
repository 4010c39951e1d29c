/* Small HTML pages.  Everything that comes from outside goes through escape_html. */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "base/buf.h"

#define PAGE_TEXT "text/plain; charset=utf-8"
#define PAGE_HTML "text/html; charset=utf-8"
#define PAGE_JSON "application/json"

/* The head and the heading; then append the inside of <body>; then page_close. */
void page_open(struct buf *out, const char *title);
void page_close(struct buf *out);

/* A page for a status: its number and phrase, what is wrong, and where it is ruled (both may be
 * NULL). */
void page_error(struct buf *out, unsigned status, const char *text, const char *rfc);
/* The same as {"error": ..., "error_description": ...}. */
void page_error_json(struct buf *out, unsigned status, const char *text);

/* Appends "key":"value" with the value escaped. */
void page_json_text(struct buf *out, const char *key, struct slice value);

#endif
