/* Which TLS versions and cipher suites a server takes; see suites.h. */
#include "tls/suites.h"
#include "tls/ossl.h"

#include <openssl/objects.h>
#include <openssl/ssl.h>

/* AES-128 first: it is enough (RFC 9325 4.2) and cheaper.  A client without AES instructions says
 * so by putting ChaCha20 first, and gets it (SSL_OP_PRIORITIZE_CHACHA). */
static const char usual12[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                              "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                              "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
static const char usual13[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_"
                              "POLY1305_SHA256";
/* The client sends the secret, encrypted to the certificate's key: whoever gets that key later reads it all. */
static const char rsa12[] = "AES128-GCM-SHA256:AES256-GCM-SHA384";

static const char every13[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
                              "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256";

/* The suite of that name, OpenSSL's or the standard's; NULL when it has none such. */
static const SSL_CIPHER *find(SSL_CTX *all, struct slice name)
{
	const STACK_OF(SSL_CIPHER) *known = SSL_CTX_get_ciphers(all);

	for (int i = 0; i < sk_SSL_CIPHER_num(known); i++) {
		const SSL_CIPHER *c = sk_SSL_CIPHER_value(known, i);

		if (slice_eq_str(name, SSL_CIPHER_get_name(c)) ||
		    slice_eq_str(name, SSL_CIPHER_standard_name(c)))
			return c;
	}
	return NULL;
}

static int add(struct suites *s, const SSL_CIPHER *c, bool rsa_kx, struct err *e)
{
	int kx = SSL_CIPHER_get_kx_nid(c), auth = SSL_CIPHER_get_auth_nid(c);
	struct buf *list = kx == NID_kx_any ? &s->tls13 : &s->tls12;

	if (kx == NID_kx_rsa && !rsa_kx)
		return err_set(e, ERR_USAGE, "%s has no forward secrecy: it takes --tls-rsa-kx",
		    SSL_CIPHER_standard_name(c));
	if ((kx != NID_kx_any && kx != NID_kx_ecdhe && kx != NID_kx_rsa) || auth == NID_auth_null ||
	    SSL_CIPHER_get_bits(c, NULL) < 128)
		return err_set(
		    e, ERR_USAGE, "%s is not for this server: it speaks ECDHE", SSL_CIPHER_standard_name(c));
	s->doubtful = s->doubtful || !SSL_CIPHER_is_aead(c) || kx == NID_kx_rsa;
	buf_printf(list, "%s%s", list->n ? ":" : "", SSL_CIPHER_get_name(c));
	return list->failed ? err_set(e, ERR_ENV, "no memory for the cipher suites") : 0;
}

/* The names of one --tls-suite, parted by commas or colons. */
static int add_names(struct suites *s, SSL_CTX *all, const char *names, bool rsa_kx, struct err *e)
{
	while (*names) {
		size_t n = strcspn(names, ",:");
		const SSL_CIPHER *c = find(all, slice_of(names, n));

		if (!c)
			return err_set(e, ERR_USAGE, "there is no cipher suite \"%.*s\"", (int)n, names);
		if (add(s, c, rsa_kx, e))
			return -1;
		names += n + (names[n] != '\0');
	}
	return 0;
}

static int add_named(struct suites *s, const struct tls_options *o, struct err *e)
{
	SSL_CTX *all = SSL_CTX_new(TLS_method());
	int rc = 0;

	if (!all || !SSL_CTX_set_cipher_list(all, "ALL:COMPLEMENTOFALL:@SECLEVEL=0") ||
	    !SSL_CTX_set_ciphersuites(all, every13))
		rc = ossl_fail(e, ERR_ENV, "list the cipher suites");
	for (int i = 0; i < o->suites.n && rc == 0; i++)
		rc = add_names(s, all, o->suites.v[i], o->rsa_kx, e);
	SSL_CTX_free(all);
	return rc;
}

/* A version for which no suite is left is not offered. */
static int narrow(struct suites *s, const struct tls_options *o, struct err *e)
{
	s->min = o->min == TLS_VERSION_13 || !s->tls12.n ? TLS1_3_VERSION : TLS1_2_VERSION;
	s->max = o->max == TLS_VERSION_12 || o->rsa_kx || !s->tls13.n ? TLS1_2_VERSION : TLS1_3_VERSION;
	if (s->min <= s->max)
		return 0;
	if (o->min && o->max && o->min > o->max)
		return err_set(e, ERR_USAGE, "the lowest TLS version is above the highest");
	return err_set(e, ERR_USAGE, "no cipher suite is left for the TLS versions asked for%s",
	    o->rsa_kx ? " (--tls-rsa-kx is TLS 1.2)" : "");
}

int suites_read(struct suites *s, const struct tls_options *o, struct err *e)
{
	*s = (struct suites){ .doubtful = o->rsa_kx };
	if (o->suites.n) {
		if (add_named(s, o, e))
			return -1;
	} else {
		buf_puts(&s->tls12, o->rsa_kx ? rsa12 : usual12);
		buf_puts(&s->tls13, usual13);
	}
	return narrow(s, o, e);
}

void suites_fini(struct suites *s)
{
	buf_fini(&s->tls12);
	buf_fini(&s->tls13);
}
