/* Fingerprints of TLS programs; see tlsprint.h.  https://github.com/salesforce/ja3,
 * https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md */
#include "trace/tlsprint.h"

#include "base/buf.h"
#include "tls/hexdigest.h"

#include <stdlib.h>

enum {
	NUMBERS = 512,        /* of one list that are looked at: no client has as many */
	JA4_HASH = 12,        /* digits of a digest that stay */
	JA4_COUNT_MOST = 99,  /* two digits */
	TEXT_MAX = 16 * 1024, /* three lists of numbers */
};

/* --- JA3 --------------------------------------------------------------------------------------------------- */

/* "4865-4866", GREASE left out. */
static void put_numbers(struct buf *b, struct slice list)
{
	const char *between = "";
	uint16_t v;

	while (tlsrec_u16_next(&list, &v)) {
		if (tlsrec_is_grease(v))
			continue;
		buf_printf(b, "%s%u", between, v);
		between = "-";
	}
}

static void put_extensions(struct buf *b, struct slice list)
{
	const char *between = "";
	struct tlsrec_ext e;

	while (tlsrec_ext_next(&list, &e)) {
		if (tlsrec_is_grease(e.type))
			continue;
		buf_printf(b, "%s%u", between, e.type);
		between = "-";
	}
}

static struct tls_print finish(struct arena *a, struct buf *b)
{
	char hash[DIGEST_MD5_HEX];
	struct slice full;
	struct tls_print p;

	digest_md5_hex(buf_view(b), hash);
	full = arena_dup(a, buf_view(b));
	p.full = full.p ? (const char *)full.p : "";
	p.hash = arena_printf(a, "%s", hash);
	buf_fini(b);
	return p;
}

struct tls_print tls_ja3(struct arena *a, const struct tlsrec_client_hello *h)
{
	struct buf b;

	buf_init(&b, 8 * TEXT_MAX);
	buf_printf(&b, "%u,", h->version);
	put_numbers(&b, h->ciphers);
	buf_putc(&b, ',');
	put_extensions(&b, h->extensions);
	buf_putc(&b, ',');
	put_numbers(&b, h->groups);
	buf_putc(&b, ',');
	for (size_t i = 0; i < h->point_formats.n; i++)
		buf_printf(&b, "%s%u", i ? "-" : "", h->point_formats.p[i]);
	return finish(a, &b);
}

struct tls_print tls_ja3s(struct arena *a, const struct tlsrec_server_hello *h)
{
	struct buf b;

	buf_init(&b, 8 * TEXT_MAX);
	buf_printf(&b, "%u,%u,", h->version, h->cipher);
	put_extensions(&b, h->extensions);
	return finish(a, &b);
}

/* --- JA4 --------------------------------------------------------------------------------------------------- */

struct numbers {
	uint16_t v[NUMBERS];
	unsigned n;
};

static void add(struct numbers *l, uint16_t v)
{
	if (l->n < NUMBERS && !tlsrec_is_grease(v))
		l->v[l->n++] = v;
}

static int ascending(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* "002f,0035" in this order. */
static void put_hex(struct buf *b, const struct numbers *l)
{
	for (unsigned i = 0; i < l->n; i++)
		buf_printf(b, "%s%04x", i ? "," : "", l->v[i]);
}

static void put_digest(struct buf *out, const struct buf *text)
{
	char hash[DIGEST_SHA256_HEX];

	digest_sha256_hex(buf_view(text), hash);
	buf_printf(out, "_%.*s", JA4_HASH, text->n ? hash : "000000000000");
}

static const char *ja4_version(const struct tlsrec_client_hello *h)
{
	uint16_t version = h->versions.n ? 0 : h->version, v;
	struct slice list = h->versions;

	while (tlsrec_u16_next(&list, &v))
		if (!tlsrec_is_grease(v) && v > version)
			version = v;
	switch (version) {
	case TLSREC_TLS13: return "13";
	case TLSREC_TLS12: return "12";
	case TLSREC_TLS11: return "11";
	case TLSREC_TLS10: return "10";
	case TLSREC_SSL30: return "s3";
	case 0x0002: return "s2";
	default: return "00";
	}
}

static bool alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The first and last character of the first name; of its hexadecimal form when one of them is neither letter
 * nor digit; "00" without a name. */
static void put_alpn(struct buf *b, struct slice list)
{
	struct slice name;
	uint8_t first, last;

	if (!tlsrec_name_next(&list, &name) || !name.n) {
		buf_puts(b, "00");
		return;
	}
	first = name.p[0];
	last = name.p[name.n - 1];
	if (alphanumeric(first) && alphanumeric(last))
		buf_printf(b, "%c%c", first, last);
	else
		buf_printf(b, "%x%x", first >> 4, last & 15);
}

static unsigned at_most(unsigned n)
{
	return n < JA4_COUNT_MOST ? n : JA4_COUNT_MOST;
}

const char *tls_ja4(struct arena *a, const struct tlsrec_client_hello *h)
{
	struct numbers suites = { .n = 0 }, extensions = { .n = 0 }, schemes = { .n = 0 };
	struct slice list = h->ciphers;
	struct buf out, text;
	struct tlsrec_ext e;
	unsigned count = 0;
	bool named = false;
	const char *ja4;
	uint16_t v;

	while (tlsrec_u16_next(&list, &v))
		add(&suites, v);
	list = h->sig_algs;
	while (tlsrec_u16_next(&list, &v))
		add(&schemes, v);
	list = h->extensions;
	while (tlsrec_ext_next(&list, &e)) {
		count += !tlsrec_is_grease(e.type);
		named |= e.type == TLSREC_EXT_SERVER_NAME;
		if (e.type != TLSREC_EXT_SERVER_NAME && e.type != TLSREC_EXT_ALPN)
			add(&extensions, e.type);
	}
	qsort(suites.v, suites.n, sizeof(v), ascending);
	qsort(extensions.v, extensions.n, sizeof(v), ascending);
	buf_init(&out, TEXT_MAX);
	buf_init(&text, TEXT_MAX);
	buf_printf(
	    &out, "t%s%c%02u%02u", ja4_version(h), named ? 'd' : 'i', at_most(suites.n), at_most(count));
	put_alpn(&out, h->alpn);
	put_hex(&text, &suites);
	put_digest(&out, &text);
	buf_clear(&text);
	put_hex(&text, &extensions);
	if (extensions.n && schemes.n) {
		buf_putc(&text, '_');
		put_hex(&text, &schemes);
	}
	put_digest(&out, &text);
	ja4 = arena_printf(a, "%s", buf_cstr(&out));
	buf_fini(&out);
	buf_fini(&text);
	return ja4;
}
