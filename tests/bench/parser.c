/* parser [ROUNDS]
 *
 * The parser of HTTP heads beside others, on one machine and in turn: a short head, one as browsers send it, and a
 * long one.  Each parser reads a head again and again for less than a millisecond, then the next one does, ROUNDS times (501);
 * medians are shown, because the speed of a machine drifts.  Cycles are those of the time stamp counter, which
 * has a rate of its own: they compare parsers, not machines.
 *
 * Others: http_parser, which every distribution packages, and picohttpparser for those who have its source (make
 * bench-parser PICO=.../picohttpparser.c), once as the compiler makes it without a word and once with AVX2. */
#include "http/parse.h"
#include "parser_peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#define cycles() __rdtsc()
#else
#define cycles() 0ULL
#endif

enum { ROUNDS_MAX = 2001, BATCH_BYTES = 256 << 10, LONG_HEAD = 4096 };

static const char short_head[] = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
_Static_assert(sizeof(short_head) - 1 == 35, "a head of 35 bytes");

static const char browser_head[] =
    "GET /assets/images/2024/11/harbour-at-dawn-large.jpg HTTP/1.1\r\n"
    "Host: www.pictures.example\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5\r\n"
    "Accept-Language: en-GB,en;q=0.7,ko;q=0.3\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Connection: keep-alive\r\n"
    "Referer: http://www.pictures.example/gallery/harbours?page=2\r\n"
    "Cookie: session=4f1d2c9ab7e85360c1d94be2f7a60d83; theme=dark; seen=2024-11-20T08%3A15%3A00Z; "
    "basket=17.204.9981; lang=en; consent=necessary+statistics; visitor=GA1.2.17182818.1414213562; "
    "last=%2Fgallery%2Fharbours%3Fpage%3D2; ab=group-7; width=800; tz=Europe%2FLisbon\r\n"
    "Priority: u=5, i\r\n"
    "\r\n";
_Static_assert(sizeof(browser_head) - 1 == 703, "a head of 703 bytes");

/* 40 fields in 4096 bytes. */
static char long_head[LONG_HEAD + 1];

static void make_long_head(void)
{
	size_t n = (size_t)snprintf(
	    long_head, sizeof(long_head), "GET /a/path?with=a&query HTTP/1.1\r\nHost: long.example\r\n");

	for (int i = 1; i < 40; i++) {
		size_t left = LONG_HEAD - 2 - n, width = left / (size_t)(40 - i);

		n += (size_t)snprintf(long_head + n, sizeof(long_head) - n, "X-Forwarded-Item-%02d: ", i);
		width -= 21 + 2;
		for (size_t k = 0; k < width; k++)
			long_head[n++] = "value, of=7; some/words "[k % 23];
		memcpy(long_head + n, "\r\n", 2);
		n += 2;
	}
	memcpy(long_head + n, "\r\n", 3);
}

static struct http_msg msg;

static bool osilab(struct slice head)
{
	return http_parse_request(head, 0, NULL, 0, &msg) == (ssize_t)head.n;
}

static bool osilab_plain(struct slice head)
{
	return http_parse_request(head, 0, NULL, HTTP_PLAIN, &msg) == (ssize_t)head.n;
}

static const struct peer {
	const char *name;
	parse_one *parse;
} peers[] = {
	{ "osilab", osilab },
	{ "osilab, plain C", osilab_plain },
	{ "http_parser", peer_http_parser },
#ifdef PICO
	{ "picohttpparser -O2", peer_pico_plain },
	{ "picohttpparser -O3 -mavx2", peer_pico_avx2 },
#endif
};

enum { PEERS = sizeof(peers) / sizeof(*peers) };

struct figure {
	double ns, cycles; /* for one head */
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static struct figure measure(parse_one *parse, struct slice head)
{
	size_t times = BATCH_BYTES / head.n, taken = 0;
	double start = now();
	uint64_t first = cycles();

	for (size_t i = 0; i < times; i++) {
		__asm__ volatile("" ::: "memory"); /* the head could have changed */
		taken += parse(head);
	}
	struct figure f = { .cycles = (double)(cycles() - first), .ns = now() - start };

	if (taken != times) {
		fprintf(stderr, "parser: a head of %zu bytes was not read\n", head.n);
		exit(1);
	}
	f.ns /= (double)times;
	f.cycles /= (double)times;
	return f;
}

static int by_time(const void *a, const void *b)
{
	double d = ((const struct figure *)a)->ns - ((const struct figure *)b)->ns;

	return (d > 0) - (d < 0);
}

static void compare(const char *title, struct slice head, int rounds)
{
	static struct figure figures[PEERS][ROUNDS_MAX];
	double first = 0;

	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < PEERS; i++)
			figures[i][round] = measure(peers[i].parse, head);
	printf("\n%s, %zu bytes\n  %-26s %9s %12s  %s\n", title, head.n, "parser", "ns/head", "cycles/byte",
	    "time against osilab");
	for (int i = 0; i < PEERS; i++) {
		qsort(figures[i], (size_t)rounds, sizeof(**figures), by_time);
		struct figure f = figures[i][rounds / 2];

		first = i ? first : f.ns;
		printf("  %-26s %9.1f %12.2f  %.2fx\n", peers[i].name, f.ns, f.cycles / (double)head.n,
		    f.ns / first);
	}
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 501;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: parser [ROUNDS], at most %d\n", ROUNDS_MAX);
		return 2;
	}
	make_long_head();
	compare("a short request", slice_of(short_head, sizeof(short_head) - 1), rounds);
	compare(
	    "a browser's request, with cookies", slice_of(browser_head, sizeof(browser_head) - 1), rounds);
	compare("a long request, 40 fields", slice_of(long_head, LONG_HEAD), rounds);
	return 0;
}
