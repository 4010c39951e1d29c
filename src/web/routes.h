/* The site: every path it answers. */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include "web/router.h"

extern const struct route routes[];
/* For every other path, with path "", when files are served. */
extern const struct route routes_files[];
/* What there is at the ports of server_listen_metrics. */
extern const struct route routes_metrics[];

#endif
