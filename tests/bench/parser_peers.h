/* Other parsers of HTTP heads, behind one shape. */
#ifndef BENCH_PARSER_PEERS_H
#define BENCH_PARSER_PEERS_H

#include "base/slice.h"

/* A parser reads `head` and says whether it took all of it. */
typedef bool parse_one(struct slice head);

parse_one peer_http_parser;
/* Only when compiled with PICO. */
parse_one peer_pico_plain, peer_pico_avx2;

#endif
