/* Small HTML pages; see page.h. */
#include "web/page.h"

#include "base/escape.h"
#include "http/msg.h"

void page_open(struct buf *out, const char *title)
{
	buf_puts(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	              "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	escape_html(out, slice_str(title));
	buf_puts(out, "</title>\n<style>body{font:16px/1.5 sans-serif;max-width:40em;margin:2em "
	              "auto;"
	              "padding:0 1em}code{background:#eee;padding:0 "
	              ".2em}label{display:block}</style>\n"
	              "<h1>");
	escape_html(out, slice_str(title));
	buf_puts(out, "</h1>\n");
}

void page_close(struct buf *out)
{
	buf_puts(out, "</html>\n");
}

void page_error(struct buf *out, unsigned status, const char *text, const char *rfc)
{
	struct buf title = { 0 };

	buf_printf(&title, "%u %s", status, http_status_phrase(status));
	page_open(out, buf_cstr(&title));
	buf_fini(&title);
	if (text) {
		buf_puts(out, "<p>");
		escape_html(out, slice_str(text));
		if (rfc && *rfc)
			buf_printf(out, " (%s)", rfc);
		buf_puts(out, ".</p>\n");
	}
	page_close(out);
}

void page_error_json(struct buf *out, unsigned status, const char *text)
{
	buf_putc(out, '{');
	page_json_text(out, "error", slice_str(http_status_phrase(status)));
	if (text) {
		buf_putc(out, ',');
		page_json_text(out, "error_description", slice_str(text));
	}
	buf_puts(out, "}\n");
}

void page_json_text(struct buf *out, const char *key, struct slice value)
{
	buf_printf(out, "\"%s\":\"", key);
	escape_json(out, value);
	buf_putc(out, '"');
}
