/* The files of src/render/page/ as bytes of the program; the assembler reads them (its .incbin looks where
 * #include does), so that they can be edited as what they are. */
#include "render/html_page.h"

#define EMBED(name, path)                                                                                    \
	__asm__(".pushsection .rodata\n" #name ":\n.incbin \"" path "\"\n" #name "_end:\n.popsection\n");    \
	extern const uint8_t name[] __attribute__((visibility("hidden")));                                   \
	extern const uint8_t name##_end[] __attribute__((visibility("hidden")))

EMBED(page_html, "render/page/report.html");
EMBED(page_css, "render/page/report.css");
/* One script of several files, in the order they need each other. */
EMBED(page_js, "render/page/words.js\"\n.incbin \"render/page/model.js\"\n.incbin "
               "\"render/page/rows.js\"\n.incbin \"render/page/panel.js\"\n.incbin \"render/page/report.js");

struct slice html_template(void)
{
	return slice_of(page_html, (size_t)(page_html_end - page_html));
}

struct slice html_style(void)
{
	return slice_of(page_css, (size_t)(page_css_end - page_css));
}

struct slice html_script(void)
{
	return slice_of(page_js, (size_t)(page_js_end - page_js));
}
