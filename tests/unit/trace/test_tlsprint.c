/* Fingerprints of TLS programs: the published examples of JA3 and JA4, and hellos at random against the recipe
 * followed in another way. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "trace/tlsprint.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Hellos -------------------------------------------------------------------------------------------------- */

/* What a hello offers, the way the published examples write it: "1301,1302". */
struct offer {
	uint16_t version;
	const char *ciphers, *extensions, *groups, *formats, *schemes, *versions;
	const char *alpn; /* its bytes; NULL: an empty list */
	size_t alpn_n;
};

static void put16(struct buf *b, unsigned v)
{
	buf_putc(b, (char)(v >> 8));
	buf_putc(b, (char)v);
}

/* Numbers in hexadecimal as two octets each. */
static void put_list(struct buf *b, const char *text)
{
	unsigned v;
	int n;

	while (text && sscanf(text, "%x%n", &v, &n) == 1) {
		put16(b, v);
		text += n;
		text += *text == ',';
	}
}

/* A vector whose length takes `size` octets. */
static void put_vector(struct buf *b, const struct buf *content, int size)
{
	if (size == 2)
		buf_putc(b, (char)(content->n >> 8));
	buf_putc(b, (char)content->n);
	buf_slice(b, buf_view(content));
}

/* What stands in an extension of that number. */
static void put_extension(struct buf *b, const struct offer *o, unsigned type)
{
	struct buf list = { 0 }, data = { 0 };

	switch (type) {
	case 0:
		buf_put(&list, "\0\0\1a", 4);
		put_vector(&data, &list, 2);
		break;
	case 10:
		put_list(&list, o->groups);
		put_vector(&data, &list, 2);
		break;
	case 11:
		for (const char *p = o->formats; p && *p; p++)
			if (*p != '-')
				buf_putc(&list, (char)(*p - '0'));
		put_vector(&data, &list, 1);
		break;
	case 13:
		put_list(&list, o->schemes);
		put_vector(&data, &list, 2);
		break;
	case 16:
		if (o->alpn) {
			buf_putc(&list, (char)o->alpn_n);
			buf_put(&list, o->alpn, o->alpn_n);
		}
		put_vector(&data, &list, 2);
		break;
	case 43:
		put_list(&list, o->versions);
		put_vector(&data, &list, 1);
		break;
	case 45: buf_put(&data, "\1\1", 2); break;
	case 51: buf_put(&data, "\0\0", 2); break;
	default: break;
	}
	put16(b, type);
	put_vector(b, &data, 2);
	buf_fini(&list);
	buf_fini(&data);
}

static void make_hello(const struct offer *o, struct buf *out)
{
	struct buf list = { 0 };
	const char *text = o->extensions;
	unsigned v;
	int n;

	put16(out, o->version);
	for (int i = 0; i < 33; i++)
		buf_putc(out, 0); /* random, no session id */
	put_list(&list, o->ciphers);
	put_vector(out, &list, 2);
	buf_put(out, "\1\0", 2);
	buf_clear(&list);
	while (text && sscanf(text, "%x%n", &v, &n) == 1) {
		put_extension(&list, o, v);
		text += n;
		text += *text == ',';
	}
	put_vector(out, &list, 2);
	buf_fini(&list);
}

static void expect_ja4(const struct offer *o, const char *want)
{
	struct buf bytes = { 0 };
	struct tlsrec_client_hello h;
	struct arena a;

	arena_init(&a, 0);
	make_hello(o, &bytes);
	assert_int_equal(tlsrec_client_hello(buf_view(&bytes), &h), 0);
	assert_string_equal(tls_ja4(&a, &h), want);
	buf_fini(&bytes);
	arena_fini(&a);
}

/* --- Published examples ---------------------------------------------------------------------------------------- */

/* A browser, as JA4's own description works it through, GREASE included. */
static const struct offer browser = {
	.version = 0x0303,
	.ciphers = "2a2a,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035",
	.extensions = "9a9a,001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015,"
	              "6a6a",
	.groups = "4a4a,001d,0017,0018",
	.formats = "0",
	.schemes = "0403,0804,0401,0503,0805,0501,0806,0601",
	.versions = "dada,0304,0303",
	.alpn = "h2",
	.alpn_n = 2,
};

static void test_ja4_examples(void **state)
{
	struct offer o = browser;

	expect_ja4(&o, "t13d1516h2_8daaf6152771_e5627efa2ab1");
	o = (struct offer){ .version = 0x0303,
		.ciphers = "1302,1303,1301,c02c,c030,cca9,cca8,c02b,c02f,00ff",
		.extensions = "0000,000b,000a,0023,0010,0005,0017,000d,002b,002d,0033",
		.schemes = "0503,0403,0807,0806,0805,0804,0601,0501,0401",
		.versions = "0304,0303",
		.alpn = "h2",
		.alpn_n = 2 };
	expect_ja4(&o, "t13d1011h2_61a7ad8aa9b6_3fcd1a44f3e3");
}

static void test_ja4_alpn(void **state)
{
	static const struct {
		const char *alpn;
		size_t n;
		const char *want;
	} rows[] = { { "http/1.1", 8, "h1" }, { "h2", 2, "h2" }, { "x", 1, "xx" }, { "\xab", 1, "ab" },
		{ "\xab\xcd", 2, "ad" }, { "0\xab", 2, "3b" }, { "01\xab\xcd", 4, "3d" },
		{ "0\xab\xcd"
		  "1",
		    4, "01" },
		{ NULL, 0, "00" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct offer o = browser;
		char want[64];

		o.alpn = rows[i].alpn;
		o.alpn_n = rows[i].n;
		snprintf(want, sizeof(want), "t13d1516%s_8daaf6152771_e5627efa2ab1", rows[i].want);
		expect_ja4(&o, want);
	}
}

static void test_ja4_parts(void **state)
{
	struct offer o = { .version = 0x0302 };

	expect_ja4(&o, "t11i000000_000000000000_000000000000");
	o.version = 0x0300;
	expect_ja4(&o, "ts3i000000_000000000000_000000000000");
	o.version = 0x0303;
	o.extensions = "0000,0010"; /* both are counted, neither is hashed */
	expect_ja4(&o, "t12d000200_000000000000_000000000000");
	o.extensions = "002b";
	o.versions = "0a0a,0303,0304,0302"; /* the highest, wherever it stands */
	expect_ja4(&o, "t13i000100_000000000000_b9a491fefe05");
}

static void expect_ja3(const struct offer *o, const char *full, const char *hash)
{
	struct buf bytes = { 0 };
	struct tlsrec_client_hello h;
	struct tls_print p;
	struct arena a;

	arena_init(&a, 0);
	make_hello(o, &bytes);
	assert_int_equal(tlsrec_client_hello(buf_view(&bytes), &h), 0);
	p = tls_ja3(&a, &h);
	assert_string_equal(p.full, full);
	assert_string_equal(p.hash, hash);
	buf_fini(&bytes);
	arena_fini(&a);
}

static void test_ja3_examples(void **state)
{
	struct offer o = { .version = 0x0301,
		.ciphers = "002f,0035,0005,000a,c009,c00a,c013,c014,0032,0038,0013,0004",
		.extensions = "0000,000a,000b",
		.groups = "0017,0018,0019",
		.formats = "0" };

	expect_ja3(&o, "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0",
	    "ada70206e40642a3e4461f35503241d5");
	o = (struct offer){ .version = 0x0301,
		.ciphers = "0004,0005,000a,0009,0064,0062,0003,0006,0013,0012,0063" };
	expect_ja3(&o, "769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6");
	o.ciphers = "0a0a,0004,fafa,0005";
	o.extensions = "8a8a,000a,2a2a";
	o.groups = "4a4a,001d";
	expect_ja3(&o, "769,4-5,10,29,", "b9d09429aa5da034db3b6608226d398a");
}

static void test_ja3s(void **state)
{
	struct tlsrec_server_hello h = {
		.version = 0x0303, .cipher = 0x1302, .extensions = SLICE("\0\x2b\0\2\3\4\0\x33\0\0")
	};
	struct arena a;
	struct tls_print p;

	arena_init(&a, 0);
	p = tls_ja3s(&a, &h);
	assert_string_equal(p.full, "771,4866,43-51");
	assert_string_equal(p.hash, "15af977ce25de452b96affa2addb1036");
	arena_fini(&a);
}

/* --- At random, against the recipe ------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void first12(const char *text, char out[13])
{
	uint8_t md[32];
	size_t n = 0;

	assert_true(EVP_Q_digest(NULL, "SHA256", NULL, text, strlen(text), md, &n));
	for (int i = 0; i < 6; i++)
		snprintf(out + 2 * i, 3, "%02x", md[i]);
	if (!*text)
		strcpy(out, "000000000000");
}

/* Words of a list in order, some left out, joined again. */
static unsigned recipe(const char *list, bool sorted, const char *skip, char *out)
{
	static char words[256][5];
	const char *order[256];
	unsigned n = 0;

	for (; *list; list += 5) {
		bool grease = list[1] == 'a' && list[3] == 'a' && list[0] == list[2];

		snprintf(words[n], 5, "%.4s", list);
		if (!grease && !strstr(skip, words[n])) {
			order[n] = words[n];
			n++;
		}
		if (!list[4])
			break;
	}
	if (sorted)
		qsort(order, n, sizeof(*order), by_text);
	*out = '\0';
	for (unsigned i = 0; i < n; i++)
		sprintf(out + strlen(out), "%s%s", i ? "," : "", order[i]);
	return n;
}

static void random_list(char *out, unsigned n, bool extensions)
{
	static const char *const some[] = { "0000", "0010", "0a0a", "fafa", "002b", "000d", "0005", "ff01" };

	*out = '\0';
	for (unsigned i = 0; i < n; i++)
		if (rand() % 3 == 0 && extensions)
			sprintf(out + strlen(out), "%s%s", i ? "," : "", some[rand() % 8]);
		else
			sprintf(out + strlen(out), "%s%04x", i ? "," : "", 0x100 + (unsigned)rand() % 0xe000);
}

static void test_ja4_recipe(void **state)
{
	srand(7);
	for (int round = 0; round < 500; round++) {
		char ciphers[1024], extensions[1024], schemes[256], text[2048], b[13], c[13], want[64];
		struct offer o = { .version = 0x0303, .versions = "0304" };
		unsigned n_ciphers, n_extensions;

		random_list(ciphers, (unsigned)rand() % 120, false);
		random_list(extensions, (unsigned)rand() % 30, true);
		random_list(schemes, (unsigned)rand() % 12, false);
		o.ciphers = ciphers;
		o.extensions = extensions;
		o.schemes = schemes;
		n_ciphers = recipe(ciphers, true, "", text);
		first12(text, b);
		n_extensions = recipe(extensions, true, "", text);
		recipe(extensions, true, "0000 0010", text);
		if (*text && *schemes && strstr(extensions, "000d")) {
			strcat(text, "_");
			recipe(schemes, false, "", text + strlen(text));
			if (text[strlen(text) - 1] == '_')
				text[strlen(text) - 1] = '\0';
		}
		first12(text, c);
		snprintf(want, sizeof(want), "t%s%c%02u%02u00_%s_%s",
		    strstr(extensions, "002b") ? "13" : "12", strstr(extensions, "0000") ? 'd' : 'i',
		    n_ciphers > 99 ? 99 : n_ciphers, n_extensions > 99 ? 99 : n_extensions, b, c);
		expect_ja4(&o, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ja4_examples),
		cmocka_unit_test(test_ja4_alpn),
		cmocka_unit_test(test_ja4_parts),
		cmocka_unit_test(test_ja3_examples),
		cmocka_unit_test(test_ja3s),
		cmocka_unit_test(test_ja4_recipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
