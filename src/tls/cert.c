/* An X.509 certificate as plain text.  RFC 5280. */
#include "tls/cert.h"
#include "base/buf.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

enum {
	TEXT_MAX = 4096, /* bytes kept of one name or of the list of names */
};

static struct slice keep(struct arena *a, const void *p, size_t n)
{
	return arena_dup(a, slice_of(p, n < TEXT_MAX ? n : TEXT_MAX));
}

static struct slice name_text(const X509_NAME *name, struct arena *a)
{
	/* Bytes above 127 stay as they are: they are UTF-8 after the conversion. */
	unsigned long how = XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
	BIO *bio = BIO_new(BIO_s_mem());
	struct slice out = { NULL, 0 };
	char *text;
	long n;

	if (bio && X509_NAME_print_ex(bio, name, 0, how) >= 0) {
		n = BIO_get_mem_data(bio, &text);
		out = keep(a, text, n > 0 ? (size_t)n : 0);
	}
	BIO_free(bio);
	return out;
}

static struct slice common_name(const X509_NAME *name, struct arena *a)
{
	struct slice out = { NULL, 0 };
	unsigned char *utf8 = NULL;
	int at = -1, next, n;

	while ((next = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0)
		at = next;
	if (at < 0)
		return out;
	n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (n >= 0) {
		out = keep(a, utf8, (size_t)n);
		OPENSSL_free(utf8);
	}
	return out;
}

/* A name inside a list must not be able to look like two: what could end it is written as \xNN. */
static void put_name(struct buf *b, const char *kind, const ASN1_STRING *s)
{
	const uint8_t *p = ASN1_STRING_get0_data(s);
	int n = ASN1_STRING_length(s);

	buf_puts(b, kind);
	for (int i = 0; i < n; i++)
		if (p[i] <= ' ' || p[i] == ',' || p[i] == '\\' || p[i] >= 0x7f)
			buf_printf(b, "\\x%02X", p[i]);
		else
			buf_putc(b, (char)p[i]);
}

static void put_address(struct buf *b, const ASN1_STRING *s)
{
	const uint8_t *p = ASN1_STRING_get0_data(s);
	char text[INET6_ADDRSTRLEN] = "?";

	if (ASN1_STRING_length(s) == 4)
		inet_ntop(AF_INET, p, text, sizeof(text));
	else if (ASN1_STRING_length(s) == 16)
		inet_ntop(AF_INET6, p, text, sizeof(text));
	buf_puts(b, "IP:");
	buf_puts(b, text);
}

static void put_san(struct buf *b, const GENERAL_NAME *san)
{
	switch (san->type) {
	case GEN_DNS: put_name(b, "DNS:", san->d.dNSName); break;
	case GEN_EMAIL: put_name(b, "email:", san->d.rfc822Name); break;
	case GEN_URI: put_name(b, "URI:", san->d.uniformResourceIdentifier); break;
	case GEN_IPADD: put_address(b, san->d.iPAddress); break;
	default: buf_puts(b, "other"); break;
	}
}

static void read_sans(X509 *x, struct arena *a, struct cert *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	struct buf b;
	int n = names ? sk_GENERAL_NAME_num(names) : 0;

	buf_init(&b, TEXT_MAX);
	out->n_sans = (size_t)(n > 0 ? n : 0);
	for (int i = 0; i < n && i < CERT_SANS_SHOWN && !b.failed; i++) {
		if (i)
			buf_puts(&b, ", ");
		put_san(&b, sk_GENERAL_NAME_value(names, i));
	}
	out->sans = arena_dup(a, buf_view(&b));
	buf_fini(&b);
	GENERAL_NAMES_free(names);
}

static struct slice serial_text(const X509 *x, struct arena *a)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	const uint8_t *p = ASN1_STRING_get0_data(serial);
	int n = ASN1_STRING_length(serial);
	struct slice out;
	struct buf b;

	buf_init(&b, TEXT_MAX);
	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
		buf_putc(&b, '-');
	for (int i = 0; i < n; i++)
		buf_printf(&b, "%02X", p[i]);
	out = arena_dup(a, buf_view(&b));
	buf_fini(&b);
	return out;
}

/* "EC P-256"; the curve's own name when NIST has none for it. */
static const char *ec_text(const EVP_PKEY *key, struct arena *a)
{
	char curve[64];
	const char *nist;

	if (!EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL))
		return "EC";
	nist = EC_curve_nid2nist(OBJ_txt2nid(curve));
	return arena_printf(a, "EC %s", nist ? nist : curve);
}

static struct slice key_text(X509 *x, struct arena *a)
{
	const EVP_PKEY *key = X509_get0_pubkey(x);
	ASN1_OBJECT *alg = NULL;
	char name[80] = "?";

	if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC)
		return slice_str(ec_text(key, a));
	if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return slice_str(arena_printf(a, "RSA %d", EVP_PKEY_get_bits(key)));
	if (X509_PUBKEY_get0_param(&alg, NULL, NULL, NULL, X509_get_X509_PUBKEY(x)))
		OBJ_obj2txt(name, sizeof(name), alg, 0);
	return slice_str(arena_printf(a, "%s", strcmp(name, "ED25519") == 0 ? "Ed25519" : name));
}

static struct slice sig_text(const X509 *x, struct arena *a)
{
	const X509_ALGOR *alg;
	const ASN1_OBJECT *oid;
	char name[80] = "?";

	X509_get0_signature(NULL, &alg, x);
	X509_ALGOR_get0(&oid, NULL, NULL, alg);
	OBJ_obj2txt(name, sizeof(name), oid, 0);
	return slice_str(arena_printf(a, "%s", name));
}

static struct slice name_raw(const X509_NAME *name, struct arena *a)
{
	const unsigned char *der;
	size_t n;

	/* Kept by the library as it was read; the cast is for its old interface. */
	if (!X509_NAME_get0_der((X509_NAME *)name, &der, &n))
		return slice_of(NULL, 0);
	return arena_dup(a, slice_of(der, n));
}

static struct slice serial_raw(const X509 *x, struct arena *a)
{
	unsigned char *der = NULL;
	int n = i2d_ASN1_INTEGER(X509_get0_serialNumber(x), &der);
	/* Behind the tag and a length of one byte: no serial number is longer. */
	struct slice raw = n > 2 && der[1] < 0x80 ? slice_of(der + 2, (size_t)n - 2) : slice_of(NULL, 0);

	raw = arena_dup(a, raw);
	OPENSSL_free(der);
	return raw;
}

static bool key_weak(const X509 *x)
{
	const EVP_PKEY *key = X509_get0_pubkey(x);
	int bits = key ? EVP_PKEY_get_bits(key) : 0;

	switch (key ? EVP_PKEY_get_base_id(key) : 0) {
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA_PSS:
	case EVP_PKEY_DSA: return bits < 2048;
	case EVP_PKEY_EC: return bits < 224;
	default: return false;
	}
}

static bool hash_weak(X509 *x)
{
	int md = NID_undef;

	X509_get_signature_info(x, &md, NULL, NULL, NULL);
	return md == NID_md5 || md == NID_sha1 || md == NID_md5_sha1;
}

static int time_ns(const ASN1_TIME *t, int64_t *ns)
{
	const int64_t most = INT64_MAX / CLOCK_SEC;
	struct tm tm;
	int64_t s;

	if (!ASN1_TIME_to_tm(t, &tm))
		return -1;
	s = timegm(&tm);
	*ns = (s > most ? most : s < -most ? -most : s) * CLOCK_SEC;
	return 0;
}

static struct slice hex_text(const uint8_t *p, size_t n, struct arena *a)
{
	char *out = arena_alloc(a, 3 * n);

	if (!out)
		return slice_of(NULL, 0);
	for (size_t i = 0; i < n; i++)
		snprintf(out + 3 * i, 4, i + 1 < n ? "%02X:" : "%02X", p[i]);
	return slice_of(out, 3 * n - 1);
}

static int read_all(X509 *x, struct slice der, struct arena *a, struct cert *out)
{
	const X509_NAME *subject = X509_get_subject_name(x);
	size_t n = 0;

	if (time_ns(X509_get0_notBefore(x), &out->not_before) < 0 ||
	    time_ns(X509_get0_notAfter(x), &out->not_after) < 0 ||
	    !EVP_Q_digest(NULL, "SHA256", NULL, der.p, der.n, out->sha256, &n))
		return -1;
	out->subject = name_text(subject, a);
	out->issuer = name_text(X509_get_issuer_name(x), a);
	out->cn = common_name(subject, a);
	out->serial = serial_text(x, a);
	out->key_type = key_text(x, a);
	out->sig_alg = sig_text(x, a);
	out->serial_raw = serial_raw(x, a);
	out->subject_raw = name_raw(subject, a);
	out->issuer_raw = name_raw(X509_get_issuer_name(x), a);
	out->weak_key = key_weak(x);
	out->weak_hash = hash_weak(x);
	read_sans(x, a, out);
	out->self_signed = X509_self_signed(x, 0) == 1;
	out->sha256_hex = hex_text(out->sha256, sizeof(out->sha256), a);
	out->is_ca = X509_check_ca(x) == 1;
	return 0;
}

int cert_parse(struct slice der, struct arena *a, struct cert *out)
{
	const unsigned char *at = der.p;
	X509 *x = der.n && der.n <= INT32_MAX ? d2i_X509(NULL, &at, (long)der.n) : NULL;
	int rc = -1;

	*out = (struct cert){ 0 };
	if (x && at == der.p + der.n)
		rc = read_all(x, der, a, out);
	X509_free(x);
	ERR_clear_error();
	return rc;
}

struct slice cert_name(struct slice der, struct arena *a)
{
	const unsigned char *at = der.p;
	X509_NAME *name = der.n && der.n <= INT32_MAX ? d2i_X509_NAME(NULL, &at, (long)der.n) : NULL;
	struct slice text = name ? name_text(name, a) : slice_of(NULL, 0);

	X509_NAME_free(name);
	ERR_clear_error();
	return text;
}
