/* Media types by the ending of a name; see mime.h.  RFC 9110 8.3, the IANA registry of media types. */
#include "web/mime.h"

#include "base/slice.h"

static const struct {
	const char *ending, *type;
	bool packs;
} types[] = {
	{ ".html", "text/html; charset=utf-8", true },
	{ ".htm", "text/html; charset=utf-8", true },
	{ ".txt", "text/plain; charset=utf-8", true },
	{ ".md", "text/markdown; charset=utf-8", true },
	{ ".css", "text/css; charset=utf-8", true },
	{ ".js", "text/javascript; charset=utf-8", true },
	{ ".mjs", "text/javascript; charset=utf-8", true },
	{ ".json", "application/json", true },
	{ ".xml", "application/xml", true },
	{ ".svg", "image/svg+xml", true },
	{ ".png", "image/png", false },
	{ ".jpg", "image/jpeg", false },
	{ ".jpeg", "image/jpeg", false },
	{ ".gif", "image/gif", false },
	{ ".webp", "image/webp", false },
	{ ".ico", "image/vnd.microsoft.icon", true },
	{ ".woff2", "font/woff2", false },
	{ ".pdf", "application/pdf", false },
	{ ".wasm", "application/wasm", true },
	{ ".gz", "application/gzip", false },
	{ ".zip", "application/zip", false },
	{ ".pcap", "application/vnd.tcpdump.pcap", true },
	{ ".csv", "text/csv; charset=utf-8", true },
	{ ".avif", "image/avif", false },
	{ ".webmanifest", "application/manifest+json", true },
	{ ".pcapng", "application/vnd.tcpdump.pcap", true },
	{ ".mp4", "video/mp4", false },
	{ ".webm", "video/webm", false },
	{ ".mp3", "audio/mpeg", false },
};

const char *mime_type(const char *path, bool *packs)
{
	struct slice name = slice_str(path);
	ssize_t dot = slice_rchr(name, '.');

	*packs = false;
	for (size_t i = 0; dot >= 0 && i < sizeof(types) / sizeof(*types); i++)
		if (slice_ieq_str(slice_skip(name, (size_t)dot), types[i].ending)) {
			*packs = types[i].packs;
			return types[i].type;
		}
	return "application/octet-stream";
}
