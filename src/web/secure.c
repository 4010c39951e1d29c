/* The TLS half of what `osilab serve` was told; see secure.h. */
#include "web/secure.h"

#include "base/log.h"

#include <string.h>

bool secure_wanted(const struct secure_options *o)
{
	return o->cert.n || o->key.n || o->keylog || o->min || o->max || o->suites.n || o->rsa_kx ||
	       o->client_ca || o->client_crl || o->client_cert || o->ocsp.n;
}

static int read_version(const char *option, const char *text, enum tls_version *out, struct err *e)
{
	if (!text)
		*out = TLS_VERSION_ANY;
	else if (strcmp(text, "1.2") == 0)
		*out = TLS_VERSION_12;
	else if (strcmp(text, "1.3") == 0)
		*out = TLS_VERSION_13;
	else
		return err_set(e, ERR_USAGE, "%s takes 1.2 or 1.3, not '%s'", option, text);
	return 0;
}

static int read_clients(const struct secure_options *o, struct tls_options *t, struct err *e)
{
	if (!o->client_ca && (o->client_cert || o->client_crl))
		return err_set(
		    e, ERR_USAGE, "client certificates need --client-ca: who may have issued them");
	t->client_optional = o->client_cert && strcmp(o->client_cert, "optional") == 0;
	if (o->client_cert && !t->client_optional && strcmp(o->client_cert, "required") != 0)
		return err_set(
		    e, ERR_USAGE, "--client-cert takes optional or required, not '%s'", o->client_cert);
	return 0;
}

struct tls_ctx *secure_open(
    const struct secure_options *o, const char *alpn, struct tls_ctx *before, struct err *e)
{
	struct tls_options t = {
		.certs = o->cert,
		.keys = o->key,
		.keylog_file = o->keylog,
		.alpn = alpn,
		.suites = o->suites,
		.rsa_kx = o->rsa_kx,
		.no_tickets = !o->tickets,
		.ticket_period = o->tickets,
		.client_ca = o->client_ca,
		.client_crl = o->client_crl,
		.staples = o->ocsp,
		.before = before,
	};

	if (!o->cert.n || (!o->key.n && o->cert.n == 1 && !tls_is_folder(o->cert.v[0]))) {
		err_set(e, ERR_USAGE, "HTTPS needs --cert and --key (osilab ca makes both)");
		return NULL;
	}
	if (read_version("--tls-min", o->min, &t.min, e) || read_version("--tls-max", o->max, &t.max, e) ||
	    read_clients(o, &t, e))
		return NULL;
	return tls_ctx_new(&t, e);
}

void secure_tell(const struct secure_options *o, const struct tls_ctx *ctx)
{
	if (o->keylog)
		log_warnx("--keylog: the secrets of EVERY connection go to %s: whoever has that "
		          "file can read the traffic, passwords included",
		    o->keylog);
	if (o->rsa_kx)
		log_warnx("--tls-rsa-kx: NO FORWARD SECRECY: whoever gets the private key, now or in years, "
		          "can read everything recorded today; for a lab only");
	else if (ctx && tls_ctx_doubtful(ctx))
		log_warnx("--tls-suite: a suite that is no AEAD is for labs only");
	if (ctx && tls_ctx_weak(ctx))
		log_warnx("a certificate has an RSA key of less than 2048 bits: it can be broken");
}
