/* The parts of the HTML page, as they lie in src/render/page/, inside the program.  Private to the room. */
#ifndef RENDER_HTML_PAGE_H
#define RENDER_HTML_PAGE_H

#include "base/slice.h"

struct slice html_template(void); /* report.html, with @MARKS@ where something is put in */
struct slice html_style(void);    /* report.css */
struct slice html_script(void);   /* the .js files, one behind the other */

#endif
