/* Holds the tracer against captures whose content is known: captures DIR TRACER DISPUTED.  DIR has
 * groundtruth.tsv, a row per capture with columns of what is in it, and the captures; TRACER is osilab-trace.
 * DISPUTED lists where the truth of the table is another program's error: file, column, theirs, ours, reason,
 * separated by tabs; an entry that no longer holds is a failure.  A line "FAIL file column: ..." for each
 * difference, "N passed, N failed" at the end; the exit code is 1 when one failed. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	COLUMNS = 64,
	DISPUTES = 256,
	LINE = 1 << 16,
	CELL_MAX = 300,     /* characters of a cell that are compared */
	REQUESTS_SHOWN = 6, /* frames whose requests a cell spells out; the rest are counted */
};

/* How a cell is put against the counters. */
enum how {
	NUMBER, /* empty is 0 */
	NAMES,  /* the names of a set, in any order: "a,b" */
	COUNTS, /* names with counts, in any order: "a:2,b:1" */
	LENGTH, /* a list of things that we count: "0,0,48" is 3 */
	WORDS,  /* the requests, see requests_of */
	INSIDE, /* of those words the number, when the capture has TLS, else 0 */
};

static const struct {
	const char *column, *ours;
	enum how how;
} compared[] = {
	{ "packets", "packets", NUMBER },
	{ "tcp_streams", "tcp_streams", NUMBER },
	{ "syn", "syn", NUMBER },
	{ "synack", "synack", NUMBER },
	{ "fin", "fin", NUMBER },
	{ "rst", "rst", NUMBER },
	{ "retransmission", "retransmission", NUMBER },
	{ "fast_retrans", "fast_retransmission", NUMBER },
	{ "spurious_retrans", "spurious_retransmission", NUMBER },
	{ "out_of_order", "out_of_order", NUMBER },
	{ "dup_ack", "duplicate_ack", NUMBER },
	{ "zero_window", "zero_window", NUMBER },
	{ "lost_segment", "lost_segment", NUMBER },
	{ "keep_alive", "keep_alive", NUMBER },
	{ "http_requests_ooo_reassembly_on", "http_requests", NUMBER },
	{ "http_responses", "http_responses", NUMBER },
	{ "cookie_hdrs", "cookie_headers", NUMBER },
	{ "set_cookie_hdrs", "set_cookie_headers", NUMBER },
	{ "authorization_hdrs", "authorization_headers", NUMBER },
	{ "auth_schemes", "authorization_schemes", COUNTS },
	{ "h2_request_paths", "h2_requests", NUMBER },
	{ "client_hello", "client_hello", NUMBER },
	{ "server_hello", "server_hello", NUMBER },
	{ "sni", "sni", NAMES },
	{ "tls_versions", "tls_versions", NAMES }, /* "TLS 1.3" or "TLS1.3" */
	{ "ciphers", "ciphers", NAMES },
	{ "alpn_server", "alpn", NAMES },
	{ "alerts", "alerts", LENGTH },
	{ "vlan_pkts", "vlan_packets", NUMBER },
	{ "ip4_frags", "ip4_fragments", NUMBER },
	{ "ip6_frags", "ip6_fragments", NUMBER },
	{ "decrypted_or_plain_requests", "requests", WORDS },
	{ "decrypted_or_plain_requests", "decrypted_requests", INSIDE },
};

struct dispute {
	char *file, *column, *theirs, *ours, *reason;
	bool met;
};

static struct dispute disputes[DISPUTES];
static size_t ndisputes;
static int passed, failed;

/* Cuts a line at its tabs in place; the number of parts. */
static size_t cut(char *line, char *part[], size_t max)
{
	size_t n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	while (n < max && line)
		part[n++] = strsep(&line, "\t");
	return n;
}

static int load_disputes(const char *path)
{
	static char line[LINE];
	FILE *f = fopen(path, "r");

	if (!f)
		return -1;
	while (ndisputes < DISPUTES && fgets(line, sizeof(line), f)) {
		struct dispute *d = &disputes[ndisputes];
		char *part[5];

		if (line[0] == '#' || cut(line, part, 5) != 5)
			continue;
		*d = (struct dispute){ strdup(part[0]), strdup(part[1]), strdup(part[2]), strdup(part[3]),
			strdup(part[4]), false };
		ndisputes++;
	}
	fclose(f);
	return 0;
}

static void judge(const char *file, const char *name, const char *theirs, const char *ours)
{
	if (strcmp(theirs, ours) == 0) {
		passed++;
		return;
	}
	for (size_t i = 0; i < ndisputes; i++) {
		struct dispute *d = &disputes[i];

		if (strcmp(d->file, file) || strcmp(d->column, name) || strcmp(d->theirs, theirs) ||
		    strcmp(d->ours, ours))
			continue;
		d->met = true;
		printf("disputed %s %s: theirs %s, ours %s: %s\n", file, name, theirs, ours, d->reason);
		return;
	}
	printf("FAIL %s %s: theirs %s, ours %s\n", file, name, theirs, ours);
	failed++;
}

/* --- What the tracer says ------------------------------------------------------------------------------- */

static FILE *run(const char *tracer, const char *folder, const char *file, const char *keys, const char *how)
{
	char command[4 * 4096], log[4096] = "";

	if (keys[0])
		snprintf(log, sizeof(log), " --keylog '%s/known/%s'", folder, keys);
	snprintf(command, sizeof(command), "timeout 20 '%s' -r '%s/%s'%s %s 2>/dev/null", tracer, folder,
	    file, log, how);
	return popen(command, "r");
}

static const char *text_of(const json_t *v)
{
	return json_string_value(v) ? json_string_value(v) : "";
}

/* A value `times` over, or an array of values, joined. */
static void join(char *out, size_t size, json_t *v, size_t times)
{
	for (size_t i = 0; i < (json_is_array(v) ? json_array_size(v) : times); i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? ";" : "",
		    text_of(json_is_array(v) ? json_array_get(v, i) : v));
}

/* "GET /a", or "GET;GET /a;/b": the requests of one frame.  The tracer names a method once when all share it. */
static void put_requests(char *out, size_t size, json_t *method, json_t *uri)
{
	join(out, size, method, json_is_array(uri) ? json_array_size(uri) : 1);
	snprintf(out + strlen(out), size - strlen(out), " ");
	join(out, size, uri, json_is_array(method) ? json_array_size(method) : 1);
}

/* A member of a row under the one name or the other. */
static json_t *member(const json_t *row, const char *name, const char *or_name)
{
	json_t *v = json_object_get(row, name);

	return v ? v : json_object_get(row, or_name);
}

/* "GET /a | GET /b": of every frame with requests their methods and targets, several joined by ";"; from the
 * seventh frame on they are but counted: "... … (57 frames)". */
static void requests_of(FILE *json, char *out, size_t size)
{
	static char line[1 << 20];
	int frames = 0;

	out[0] = '\0';
	while (fgets(line, sizeof(line), json)) {
		json_t *row = json_loads(line, 0, NULL);
		json_t *method = member(row, "http.request.method", "http2.headers.method");

		if (method && ++frames <= REQUESTS_SHOWN) {
			snprintf(out + strlen(out), size - strlen(out), "%s", frames > 1 ? " | " : "");
			put_requests(
			    out, size, method, member(row, "http.request.uri", "http2.headers.path"));
		}
		json_decref(row);
	}
	if (frames > REQUESTS_SHOWN)
		snprintf(out + strlen(out), size - strlen(out), " … (%d frames)", frames);
}

/* --- Cells ------------------------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The parts of "b,a" in their order, "a,b"; how many there are. */
static size_t sorted(const char *list, char *out, size_t size)
{
	char *copy = strdup(list), *rest = copy, *part[COLUMNS];
	size_t n = 0;

	out[0] = '\0';
	while (list[0] && rest && n < COLUMNS)
		part[n++] = strsep(&rest, ",");
	qsort(part, n, sizeof(part[0]), by_text);
	for (size_t i = 0; i < n; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? "," : "", part[i]);
	free(copy);
	return n;
}

static void names_of(json_t *set, bool counts, char *out, size_t size)
{
	char list[4096] = "";
	const char *name;
	json_t *count;

	json_object_foreach(set, name, count)
	{
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s", list[0] ? "," : "");
		for (const char *c = name; *c; c++)
			snprintf(list + strlen(list), sizeof(list) - strlen(list), "%.*s", *c != ' ', c);
		if (counts)
			snprintf(list + strlen(list), sizeof(list) - strlen(list), ":%lld",
			    (long long)json_integer_value(count));
	}
	sorted(list, out, size);
}

/* Frames with requests in a cell of words. */
static int frames_in(const char *words)
{
	const char *more = strstr(words, " … (");
	int n = words[0] != '\0';

	if (more)
		return atoi(more + strlen(" … ("));
	while ((words = strstr(words, " | "))) {
		words += 3;
		n++;
	}
	return n;
}

static void compare(const char *file, enum how how, const char *column, const char *name, const char *cell,
    json_t *stats, const char *requests, bool tls)
{
	char theirs[LINE], ours[LINE];
	json_t *v = json_object_get(stats, name);

	snprintf(ours, sizeof(ours), "%lld", (long long)json_integer_value(v));
	switch (how) {
	case NUMBER: snprintf(theirs, sizeof(theirs), "%d", atoi(cell)); break;
	case LENGTH: snprintf(theirs, sizeof(theirs), "%zu", sorted(cell, theirs, sizeof(theirs))); break;
	case INSIDE: snprintf(theirs, sizeof(theirs), "%d", tls ? frames_in(cell) : 0); break;
	case NAMES:
	case COUNTS:
		sorted(cell, theirs, sizeof(theirs));
		names_of(v, how == COUNTS, ours, sizeof(ours));
		break;
	case WORDS:
		snprintf(theirs, sizeof(theirs), "%.*s", CELL_MAX, cell);
		snprintf(ours, sizeof(ours), "%.*s", CELL_MAX, requests);
		break;
	}
	judge(file, how == INSIDE ? name : column, theirs, ours);
}

/* --- The table --------------------------------------------------------------------------------------------- */

static char *head[COLUMNS];
static size_t nhead;

static const char *cell_of(char *part[], size_t n, const char *column)
{
	for (size_t i = 0; i < nhead && i < n; i++)
		if (strcmp(head[i], column) == 0)
			return part[i];
	return "";
}

static bool named_in_head(const char *column)
{
	for (size_t i = 0; i < nhead; i++)
		if (strcmp(head[i], column) == 0)
			return true;
	return false;
}

static void check_row(const char *tracer, const char *folder, char *part[], size_t n)
{
	const char *file = cell_of(part, n, "file"), *keys = cell_of(part, n, "keys");
	bool tls = atoi(cell_of(part, n, "client_hello")) > 0;
	char requests[LINE];
	json_t *stats;
	FILE *f;

	if (!strstr(keys, ".keys"))
		keys = ""; /* none, or inside the capture */
	f = run(tracer, folder, file, keys, "--stats --json");
	stats = f ? json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	if (!f || pclose(f) || !stats) {
		printf("FAIL %s: the tracer did not read it to its end\n", file);
		failed++;
		json_decref(stats);
		return;
	}
	f = run(tracer, folder, file, keys, "--json");
	requests_of(f, requests, sizeof(requests));
	pclose(f);
	for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++)
		compare(file, compared[i].how, compared[i].column, compared[i].ours,
		    cell_of(part, n, compared[i].column), stats, requests, tls);
	json_decref(stats);
}

static int check_table(const char *folder, const char *tracer)
{
	static char line[LINE], first[LINE];
	char path[4096], *part[COLUMNS];
	FILE *f;

	snprintf(path, sizeof(path), "%s/groundtruth.tsv", folder);
	f = fopen(path, "r");
	if (!f || !fgets(first, sizeof(first), f)) {
		fprintf(stderr, "captures: cannot read %s\n", path);
		return -1;
	}
	nhead = cut(first, head, COLUMNS);
	for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++) {
		if (!named_in_head(compared[i].column)) {
			printf("FAIL %s: no column %s\n", path, compared[i].column);
			failed++;
		}
	}
	while (fgets(line, sizeof(line), f))
		check_row(tracer, folder, part, cut(line, part, COLUMNS));
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: captures DIR TRACER DISPUTED\n");
		return 2;
	}
	if (load_disputes(argv[3]) < 0 || check_table(argv[1], argv[2]) < 0)
		return 2;
	for (size_t i = 0; i < ndisputes; i++) {
		if (disputes[i].met)
			continue;
		printf("FAIL %s %s: listed as disputed, but it does not differ so\n", disputes[i].file,
		    disputes[i].column);
		failed++;
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
