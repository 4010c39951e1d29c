/* The parsers that ours is measured beside, each with what a user of it would write.  They keep to a file of their
 * own because http_parser's names are also ours. */
#include "parser_peers.h"

#include <http_parser.h>

#ifdef PICO
#include PICO
#endif

enum { FIELDS_MAX = 100 };

/* What http_parser tells its callbacks, kept as any user of it would. */
struct kept {
	struct slice url, name[FIELDS_MAX], value[FIELDS_MAX];
	unsigned names, values;
	bool complete;
};

static int keep_url(struct http_parser *p, const char *at, size_t n)
{
	((struct kept *)p->data)->url = slice_of(at, n);
	return 0;
}

static int keep_name(struct http_parser *p, const char *at, size_t n)
{
	struct kept *k = p->data;

	if (k->names == FIELDS_MAX)
		return 1;
	k->name[k->names++] = slice_of(at, n);
	return 0;
}

static int keep_value(struct http_parser *p, const char *at, size_t n)
{
	struct kept *k = p->data;

	if (k->values == FIELDS_MAX)
		return 1;
	k->value[k->values++] = slice_of(at, n);
	return 0;
}

static int keep_end(struct http_parser *p)
{
	((struct kept *)p->data)->complete = true;
	return 0;
}

bool peer_http_parser(struct slice head)
{
	static const struct http_parser_settings settings = {
		.on_url = keep_url,
		.on_header_field = keep_name,
		.on_header_value = keep_value,
		.on_headers_complete = keep_end,
	};
	static struct kept kept;
	struct http_parser p;

	kept.names = kept.values = 0;
	kept.complete = false;
	http_parser_init(&p, HTTP_REQUEST);
	p.data = &kept;
	return http_parser_execute(&p, &settings, (const char *)head.p, head.n) == head.n && kept.complete;
}

#ifdef PICO
/* The same source, compiled twice; see the Makefile. */
int pico_plain(const char *buf, size_t len, const char **method, size_t *method_len, const char **path,
    size_t *path_len, int *minor, struct phr_header *headers, size_t *count, size_t last);
int pico_avx2(const char *buf, size_t len, const char **method, size_t *method_len, const char **path,
    size_t *path_len, int *minor, struct phr_header *headers, size_t *count, size_t last);

static struct phr_header pico_headers[FIELDS_MAX];

#define PICO_PEER(name, parse)                                                                               \
	bool name(struct slice head)                                                                         \
	{                                                                                                    \
		const char *method, *path;                                                                   \
		size_t method_len, path_len, count = FIELDS_MAX;                                             \
		int minor;                                                                                   \
                                                                                                             \
		return parse((const char *)head.p, head.n, &method, &method_len, &path, &path_len, &minor,   \
		           pico_headers, &count, 0) == (int)head.n;                                          \
	}
PICO_PEER(peer_pico_plain, pico_plain)
PICO_PEER(peer_pico_avx2, pico_avx2)
#endif
