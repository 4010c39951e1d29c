/* What the server counts; see metrics.h.  Prometheus exposition format, text version 0.0.4. */
#include "web/metrics.h"

#include "base/clock.h"
#include "web/exchange.h"

#define US INT64_C(1000) /* ns */

/* The upper ends of the histogram's buckets. */
static const struct {
	int64_t ns;
	const char *seconds;
} bounds[METRICS_BUCKETS] = {
	{ 50 * US, "0.00005" },
	{ 100 * US, "0.0001" },
	{ 250 * US, "0.00025" },
	{ 500 * US, "0.0005" },
	{ 1 * CLOCK_MS, "0.001" },
	{ 5 * CLOCK_MS, "0.005" },
	{ 10 * CLOCK_MS, "0.01" },
	{ 50 * CLOCK_MS, "0.05" },
	{ 100 * CLOCK_MS, "0.1" },
	{ 500 * CLOCK_MS, "0.5" },
	{ 1 * CLOCK_SEC, "1" },
	{ 10 * CLOCK_SEC, "10" },
};

void metrics_answer(struct metrics *m, unsigned status, uint64_t bytes, int64_t ns)
{
	size_t i = 0;

	if (status < METRICS_STATUS_MAX)
		m->statuses[status]++;
	m->bytes += bytes;
	while (i < METRICS_BUCKETS && ns > bounds[i].ns)
		i++;
	m->slots[i]++;
	m->nanoseconds += ns > 0 ? (uint64_t)ns : 0;
}

void metrics_version(struct metrics *m, unsigned major, unsigned minor)
{
	if (major == 2)
		m->versions[2]++;
	else if (major == 1)
		m->versions[minor > 0]++;
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP osilab_%s %s\n# TYPE osilab_%s %s\n", name, help, name, type);
}

/* One series; labels with their braces, or "". */
static void series(struct buf *out, const char *name, const char *labels, uint64_t value)
{
	buf_printf(out, "osilab_%s%s %llu\n", name, labels, (unsigned long long)value);
}

static void put_connections(struct buf *out, const struct metrics *m)
{
	head(out, "connections_total", "counter", "Connections accepted.");
	series(out, "connections_total", "", m->connections);
	head(out, "connections_open", "gauge", "Connections open now.");
	series(out, "connections_open", "", m->open);
	head(out, "tls_handshakes_total", "counter", "TLS handshakes, by how they ended.");
	series(out, "tls_handshakes_total", "{kind=\"full\"}", m->full);
	series(out, "tls_handshakes_total", "{kind=\"resumed\"}", m->resumed);
	series(out, "tls_handshakes_total", "{kind=\"failed\"}", m->failed);
	head(out, "http2_connections_total", "counter", "Connections that spoke HTTP/2.");
	series(out, "http2_connections_total", "", m->h2_connections);
	head(out, "http2_calmed_total", "counter", "HTTP/2 connections ended with ENHANCE_YOUR_CALM.");
	series(out, "http2_calmed_total", "", m->h2_calmed);
}

static void put_statuses(struct buf *out, const struct metrics *m)
{
	head(out, "requests_total", "counter", "Requests answered, by status.");
	for (unsigned i = 0; i < METRICS_STATUS_MAX; i++)
		if (m->statuses[i])
			buf_printf(out, "osilab_requests_total{status=\"%03u\"} %llu\n", i,
			    (unsigned long long)m->statuses[i]);
	head(out, "requests_by_version_total", "counter", "Requests answered, by version of HTTP.");
	series(out, "requests_by_version_total", "{version=\"1.0\"}", m->versions[0]);
	series(out, "requests_by_version_total", "{version=\"1.1\"}", m->versions[1]);
	series(out, "requests_by_version_total", "{version=\"2\"}", m->versions[2]);
	head(out, "response_bytes_total", "counter", "Bytes of content in answers.");
	series(out, "response_bytes_total", "", m->bytes);
}

static void put_times(struct buf *out, const struct metrics *m)
{
	uint64_t below = 0;

	head(out, "request_seconds", "histogram", "Time from a request's head to its answer.");
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		below += m->slots[i];
		buf_printf(out, "osilab_request_seconds_bucket{le=\"%s\"} %llu\n", bounds[i].seconds,
		    (unsigned long long)below);
	}
	below += m->slots[METRICS_BUCKETS];
	series(out, "request_seconds_bucket", "{le=\"+Inf\"}", below);
	buf_printf(out, "osilab_request_seconds_sum %llu.%09llu\n",
	    (unsigned long long)(m->nanoseconds / CLOCK_SEC),
	    (unsigned long long)(m->nanoseconds % CLOCK_SEC));
	series(out, "request_seconds_count", "", below);
}

/* Another process may be counting just now: each figure is read whole, if not all at one moment. */
static void add(uint64_t *sum, const uint64_t *figure)
{
	*sum += __atomic_load_n(figure, __ATOMIC_RELAXED);
}

static void metrics_add(struct metrics *sum, const struct metrics *m)
{
	add(&sum->connections, &m->connections);
	add(&sum->open, &m->open);
	add(&sum->full, &m->full);
	add(&sum->resumed, &m->resumed);
	add(&sum->failed, &m->failed);
	add(&sum->h2_connections, &m->h2_connections);
	add(&sum->h2_calmed, &m->h2_calmed);
	for (size_t i = 0; i < METRICS_VERSIONS; i++)
		add(&sum->versions[i], &m->versions[i]);
	for (size_t i = 0; i < METRICS_STATUS_MAX; i++)
		add(&sum->statuses[i], &m->statuses[i]);
	add(&sum->bytes, &m->bytes);
	for (size_t i = 0; i <= METRICS_BUCKETS; i++)
		add(&sum->slots[i], &m->slots[i]);
	add(&sum->nanoseconds, &m->nanoseconds);
}

enum web_progress metrics_page(struct exchange *x)
{
	struct buf *out = exchange_begin(x, 200, "text/plain; version=0.0.4; charset=utf-8");
	const struct site *site = x->site;
	struct metrics sum = { 0 };

	for (unsigned i = 0; i < site->n_all; i++)
		metrics_add(&sum, &site->all[i]);
	if (!site->n_all)
		metrics_add(&sum, site->metrics);
	put_connections(out, &sum);
	put_statuses(out, &sum);
	put_times(out, &sum);
	return WEB_ANSWERED;
}
