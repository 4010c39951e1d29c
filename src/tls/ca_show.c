/* What a person wants to know of the certificates in a file. */
#include "base/clock.h"
#include "base/escape.h"
#include "tls/ca.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <unistd.h>

enum {
	FILE_MAX = 1 << 20,
	SHOWN_MAX = 64, /* certificates of one file; a trust store has more than anybody reads */
};

static int read_file(const char *path, struct buf *b, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = 0;
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	for (;;) {
		if (buf_reserve(b, 4096) < 0) {
			rc = err_set(e, ERR_DATA, "%s: more than 1 MiB, so no certificate file", path);
			break;
		}
		n = read(fd, b->p + b->n, 4096);
		if (n > 0)
			b->n += (size_t)n;
		else if (n < 0 && errno != EINTR)
			rc = err_sys(e, "read %s", path);
		if (n == 0 || rc < 0)
			break;
	}
	close(fd);
	return rc;
}

static void show_line(struct buf *out, const char *what, struct slice text)
{
	buf_printf(out, "  %-12s", what);
	escape_text(out, text);
	buf_putc(out, '\n');
}

static void show_times(struct buf *out, const struct cert *c, int64_t now)
{
	char from[32], to[32];
	int64_t left = (c->not_after / CLOCK_SEC - now / CLOCK_SEC) / 86400;

	buf_printf(out, "  %-12s%s to %s", "valid", clock_utc(c->not_before, from, sizeof(from)),
	    clock_utc(c->not_after, to, sizeof(to)));
	if (now > c->not_after)
		buf_printf(out, " (EXPIRED %" PRId64 " days ago)\n", -left);
	else if (now < c->not_before)
		buf_puts(out, " (NOT VALID YET)\n");
	else
		buf_printf(out, " (%" PRId64 " days left)\n", left);
}

static void show_cert(struct buf *out, struct slice der, const char *file, int at, int64_t now)
{
	struct arena a;
	struct cert c;

	arena_init(&a, 1 << 16);
	escape_text(out, slice_str(file));
	buf_printf(out, ", certificate %d\n", at);
	if (cert_parse(der, &a, &c) < 0) {
		buf_puts(out, "  damaged: not a well-formed X.509 certificate\n");
	} else {
		show_line(out, "subject", c.subject);
		if (c.n_sans || !c.is_ca)
			show_line(
			    out, "names", c.n_sans ? c.sans : slice_str("none: no client will take it"));
		show_line(out, "issuer", c.self_signed ? slice_str("itself (self-signed)") : c.issuer);
		show_line(out, "serial", c.serial);
		show_times(out, &c, now);
		show_line(out, "key", c.key_type);
		show_line(out, "signature", c.sig_alg);
		show_line(out, "authority", slice_str(c.is_ca ? "yes" : "no"));
		show_line(out, "SHA-256", c.sha256_hex);
	}
	arena_fini(&a);
}

/* Returns how many were found. */
static int show_pem(struct slice text, const char *file, int64_t now, struct buf *out)
{
	BIO *bio = BIO_new_mem_buf(text.p, (int)text.n);
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	int shown = 0;
	long n = 0;

	while (bio && shown < SHOWN_MAX && PEM_read_bio(bio, &name, &header, &der, &n) > 0) {
		if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0)
			show_cert(out, slice_of(der, (size_t)n), file, ++shown, now);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(der, (size_t)n); /* a private key may stand in the file too */
	}
	ERR_clear_error();
	BIO_free(bio);
	return shown;
}

int ca_show(const char *file, int64_t now, struct buf *out, struct err *e)
{
	struct buf text;
	int rc, shown = 0;

	buf_init(&text, FILE_MAX);
	rc = read_file(file, &text, e);
	if (rc == 0) {
		/* DER starts with a SEQUENCE (0x30), PEM with text. */
		if (text.n && text.p[0] == 0x30)
			show_cert(out, buf_view(&text), file, ++shown, now);
		else
			shown = show_pem(buf_view(&text), file, now, out);
		if (shown == 0)
			rc = err_set(e, ERR_DATA, "%s: no certificate in it", file);
	}
	if (text.p)
		OPENSSL_cleanse(text.p, text.n);
	buf_fini(&text);
	return rc;
}
