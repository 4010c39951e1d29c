/* What a TLS server shares between connections: certificate, key and policy.  RFC 9325 (which
 * versions and suites), RFC 7301 (ALPN), RFC 5077 (tickets). */
#include "tls/ctx.h"
#include "base/clock.h"
#include "tls/ossl.h"
#include "tls/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char groups[] = "X25519:P-256:P-384";

/* --- ALPN (RFC 7301) ------------------------------------------------------------------------- */

int tls_ctx_set_alpn(struct tls_ctx *ctx, const char *list, struct err *e)
{
	struct slice rest = slice_str(list);

	while (rest.p) {
		struct slice name = slice_cut(&rest, ',');

		if (name.n == 0 || name.n > sizeof(ctx->alpn) - 1 - ctx->alpn_n)
			return err_set(e, ERR_USAGE, "ALPN list \"%s\" is empty in places or too long", list);
		ctx->alpn[ctx->alpn_n++] = (uint8_t)name.n;
		memcpy(ctx->alpn + ctx->alpn_n, name.p, name.n);
		ctx->alpn_n += name.n;
	}
	return 0;
}

/* Cuts the next name off a list in the wire's form; false at its end. */
static bool next_name(struct slice *list, struct slice *name)
{
	if (list->n == 0 || list->n - 1 < list->p[0])
		return false;
	*name = slice_sub(*list, 1, list->p[0]);
	*list = slice_skip(*list, 1 + name->n);
	return true;
}

/* Our first protocol that the client offers; none in common ends the handshake (RFC 7301 3.2). */
static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n, const unsigned char *in,
    unsigned in_n, void *arg)
{
	const struct tls_ctx *ctx = arg;
	struct slice ours = slice_of(ctx->alpn, ctx->alpn_n), name, offered;

	while (next_name(&ours, &name)) {
		struct slice theirs = slice_of(in, in_n);

		while (next_name(&theirs, &offered)) {
			if (!slice_eq(name, offered))
				continue;
			*out = offered.p;
			*out_n = (unsigned char)offered.n;
			return SSL_TLSEXT_ERR_OK;
		}
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* --- Key log --------------------------------------------------------------------------------- */

static int open_keylog(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(e, "key log %s", path);
	if (tls_hosts_check_private(fd, "key log", path, e) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One write per line: O_APPEND then keeps lines of several workers whole. */
static void write_keylog(const SSL *ssl, const char *line)
{
	const struct tls_ctx *ctx = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	char text[512];
	int n = snprintf(text, sizeof(text), "%s\n", line);
	ssize_t put;

	if (n <= 0 || n >= (int)sizeof(text))
		return;
	do
		put = write(ctx->keylog_fd, text, (size_t)n);
	while (put < 0 && errno == EINTR);
	/* A full disk must not end the connection: the log is a learner's aid, and its lack is
	 * seen. */
}

/* --- Tickets (RFC 5077 4) -------------------------------------------------------------------- */

static int use_ticket_key(
    const struct ticket_key *k, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int sealing)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)k->mac, sizeof(k->mac)),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_CTX_set_params(mac, params) > 0 &&
	       EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, k->aes, iv, sealing) > 0;
}

/* OpenSSL's contract: 1 fine, 2 fine but make a new ticket, 0 not ours (full handshake), -1 give
 * up. */
static int on_ticket(
    SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int sealing)
{
	struct tls_ctx *ctx = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	int64_t now = clock_real() / CLOCK_SEC;
	struct ticket_key k;
	int rc;

	if (sealing) {
		rc = ticket_key_make(&ctx->tickets, now, &k) == 0 && RAND_bytes(iv, 16) > 0 ? 1 : -1;
		memcpy(name, k.name, sizeof(k.name));
	} else {
		rc = ticket_key_find(&ctx->tickets, now, name, &k);
	}
	/* In TLS 1.3 a ticket is used once, so that two connections cannot be linked (RFC 8446 C.4). */
	if (rc == 1 && !sealing && SSL_version(ssl) == TLS1_3_VERSION)
		rc = 2;
	if (rc > 0 && !use_ticket_key(&k, iv, cipher, mac, sealing))
		rc = -1;
	OPENSSL_cleanse(&k, sizeof(k));
	return rc;
}

/* --- Server name (RFC 6066 3) and stapled OCSP (8) --------------------------------------------- */

/* A name that is none of ours gets the first certificate, unconfirmed: the client sees what there is, and a
 * request for that name is for the HTTP layer to judge. */
static int on_server_name(SSL *ssl, int *alert, void *arg)
{
	struct tls_ctx *ctx = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	struct tls_host *host = name ? tls_hosts_find(&ctx->hosts, name) : NULL;

	if (!host)
		return SSL_TLSEXT_ERR_NOACK;
	if (host != ctx->hosts.v)
		SSL_set_SSL_CTX(ssl, host->ssl_ctx);
	return SSL_TLSEXT_ERR_OK;
}

static int on_status(SSL *ssl, void *arg)
{
	struct tls_ctx *ctx = arg;
	X509 *x = SSL_get_certificate(ssl);
	const struct slice *staple = NULL;
	unsigned char *copy;

	for (size_t i = 0; i < ctx->hosts.n; i++)
		for (int k = 0; k < ctx->hosts.v[i].n_certs; k++)
			if (ctx->hosts.v[i].certs[k] == x)
				staple = &ctx->hosts.v[i].staples[k];
	copy = staple && staple->n ? OPENSSL_memdup(staple->p, staple->n) : NULL;
	if (!copy)
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_tlsext_status_ocsp_resp(ssl, copy, (int)staple->n);
	return SSL_TLSEXT_ERR_OK;
}

/* --- Client certificates ----------------------------------------------------------------------- */

static int load_crl(SSL_CTX *s, const char *path, struct err *e)
{
	X509_STORE *store = SSL_CTX_get_cert_store(s);
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

	if (access(path, R_OK) < 0)
		return err_sys(e, "revocation list %s", path);
	if (!lookup || X509_load_crl_file(lookup, path, X509_FILETYPE_PEM) <= 0)
		return ossl_fail(e, ERR_ENV, "revocation list %s", path);
	X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
	return 0;
}

static int set_clients(SSL_CTX *s, const struct tls_options *o, struct err *e)
{
	STACK_OF(X509_NAME) * names;

	if (!o->client_ca)
		return 0;
	if (access(o->client_ca, R_OK) < 0)
		return err_sys(e, "clients' authorities %s", o->client_ca);
	names = SSL_load_client_CA_file(o->client_ca);
	if (!names || SSL_CTX_load_verify_file(s, o->client_ca) <= 0) {
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return ossl_fail(e, ERR_ENV, "clients' authorities %s", o->client_ca);
	}
	SSL_CTX_set_client_CA_list(s, names); /* so that a client knows which of its certificates to show */
	SSL_CTX_set_verify(
	    s, SSL_VERIFY_PEER | (o->client_optional ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT), NULL);
	return o->client_crl ? load_crl(s, o->client_crl, e) : 0;
}

/* --- The context ----------------------------------------------------------------------------- */

static int set_suites(struct tls_ctx *ctx, SSL_CTX *s, const struct tls_options *o, struct err *e)
{
	struct suites suites;
	int rc = suites_read(&suites, o, e);

	if (rc == 0 &&
	    (!SSL_CTX_set_min_proto_version(s, suites.min) || !SSL_CTX_set_max_proto_version(s, suites.max) ||
	        (suites.tls12.n && !SSL_CTX_set_cipher_list(s, buf_cstr(&suites.tls12))) ||
	        !SSL_CTX_set_ciphersuites(s, buf_cstr(&suites.tls13)) ||
	        !SSL_CTX_set1_groups_list(s, groups)))
		rc = ossl_fail(e, ERR_ENV, "OpenSSL refuses our TLS settings");
	ctx->doubtful = suites.doubtful;
	suites_fini(&suites);
	return rc;
}

static int set_policy(struct tls_ctx *ctx, SSL_CTX *s, const struct tls_options *o, struct err *e)
{
	uint64_t options = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
	                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_CLEANSE_PLAINTEXT;

	if (o->no_tickets)
		options |= SSL_OP_NO_TICKET;
	SSL_CTX_set_options(s, options);
	/* Read-ahead: a record costs one recv, not one for its header and one for its body. */
	SSL_CTX_set_read_ahead(s, 1);
	SSL_CTX_set_mode(s,
	    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	/* No cache of sessions: what a server remembers for resumption is in the client's ticket.
	 */
	SSL_CTX_set_session_cache_mode(s, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_timeout(s, o->ticket_period ? o->ticket_period : TICKET_PERIOD);
	if (!SSL_CTX_set_num_tickets(s, o->no_tickets ? 0 : 1) ||
	    !SSL_CTX_set_session_id_context(s, (const unsigned char *)"osilab", 6))
		return ossl_fail(e, ERR_ENV, "OpenSSL refuses our TLS settings");
	return set_suites(ctx, s, o, e) || set_clients(s, o, e) ? -1 : 0;
}

static void set_callbacks(struct tls_ctx *ctx, SSL_CTX *s)
{
	SSL_CTX_set_app_data(s, ctx);
	SSL_CTX_set_alpn_select_cb(s, choose_alpn, ctx);
	SSL_CTX_set_tlsext_ticket_key_evp_cb(s, on_ticket);
	SSL_CTX_set_tlsext_servername_callback(s, on_server_name);
	SSL_CTX_set_tlsext_servername_arg(s, ctx);
	SSL_CTX_set_tlsext_status_cb(s, on_status);
	SSL_CTX_set_tlsext_status_arg(s, ctx);
	SSL_CTX_set_keylog_callback(s, ctx->keylog_fd >= 0 ? write_keylog : NULL);
}

/* What every host of a server starts with; see hosts.h. */
static void *make_host(void *owner, struct err *e)
{
	struct tls_ctx *ctx = owner;
	SSL_CTX *s = SSL_CTX_new(TLS_server_method());

	if (!s) {
		ossl_fail(e, ERR_ENV, "start OpenSSL");
		return NULL;
	}
	set_callbacks(ctx, s);
	if (set_policy(ctx, s, ctx->options, e) == 0)
		return s;
	SSL_CTX_free(s);
	return NULL;
}

bool tls_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int load_files(struct tls_ctx *ctx, const struct tls_options *o, struct err *e)
{
	int keys = 0;

	for (int i = 0; i < o->certs.n; i++) {
		const char *key = NULL;

		if (!tls_is_folder(o->certs.v[i])) {
			if (keys == o->keys.n)
				return err_set(e, ERR_USAGE, "TLS needs a certificate file and a key file");
			key = o->keys.v[keys++];
		}
		if (tls_hosts_add(&ctx->hosts, o->certs.v[i], key, e))
			return -1;
	}
	if (!ctx->hosts.n || keys < o->keys.n)
		return err_set(e, ERR_USAGE, "TLS needs a certificate file for each key file");
	for (int i = 0; i < o->staples.n; i++)
		if (tls_hosts_staple(&ctx->hosts, o->staples.v[i], e))
			return -1;
	ctx->ssl_ctx = ctx->hosts.v[0].ssl_ctx;
	return 0;
}

/* RSA key exchange needs a key that can decrypt. */
static int check_rsa(const struct tls_ctx *ctx, struct err *e)
{
	const struct tls_host *first = ctx->hosts.v;

	for (int k = 0; k < first->n_certs; k++)
		if (EVP_PKEY_base_id(X509_get0_pubkey(first->certs[k])) == EVP_PKEY_RSA)
			return 0;
	return err_set(
	    e, ERR_USAGE, "--tls-rsa-kx needs a certificate with an RSA key (osilab ca issue --rsa)");
}

static int start_tickets(struct tls_ctx *ctx, const struct tls_options *o)
{
	int64_t period = o->ticket_period ? o->ticket_period : TICKET_PERIOD, now = clock_real() / CLOCK_SEC;

	if (!o->before || o->before->tickets.seconds != period)
		return ticket_keys_init(&ctx->tickets, now, period);
	/* A ticket vouches for the client's certificate as it was judged then; a reload may be there to judge
	 * anew. */
	if (o->client_ca)
		return ticket_keys_renew(&ctx->tickets, &o->before->tickets, now);
	return ticket_keys_copy(&ctx->tickets, &o->before->tickets);
}

struct tls_ctx *tls_ctx_new(const struct tls_options *o, struct err *e)
{
	struct tls_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx || start_tickets(ctx, o) < 0) {
		free(ctx);
		err_set(e, ERR_ENV, "no memory or randomness for TLS");
		return NULL;
	}
	ctx->refs = 1;
	ctx->keylog_fd = -1;
	ctx->hosts.make = make_host;
	ctx->hosts.owner = ctx;
	ctx->options = o;
	ctx->bio = tls_bio_method();
	if (!ctx->bio)
		ossl_fail(e, ERR_ENV, "start OpenSSL");
	else if (tls_ctx_set_alpn(ctx, o->alpn ? o->alpn : "http/1.1", e) == 0 &&
	         (!o->keylog_file || (ctx->keylog_fd = open_keylog(o->keylog_file, e)) >= 0) &&
	         load_files(ctx, o, e) == 0 && (!o->rsa_kx || check_rsa(ctx, e) == 0)) {
		ctx->options = NULL; /* the caller's; nobody asks any more */
		return ctx;
	}
	tls_ctx_free(ctx);
	return NULL;
}

bool tls_ctx_doubtful(const struct tls_ctx *ctx)
{
	return ctx->doubtful;
}

bool tls_ctx_weak(const struct tls_ctx *ctx)
{
	return ctx->hosts.weak;
}

struct tls_ctx *tls_ctx_hold(struct tls_ctx *ctx)
{
	__atomic_add_fetch(&ctx->refs, 1, __ATOMIC_RELAXED);
	return ctx;
}

void tls_ctx_free(struct tls_ctx *ctx)
{
	if (!ctx || __atomic_sub_fetch(&ctx->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	SSL_SESSION_free(ctx->session);
	if (ctx->hosts.v)
		tls_hosts_fini(&ctx->hosts);
	else
		SSL_CTX_free(ctx->ssl_ctx); /* a client's */
	BIO_meth_free(ctx->bio);
	if (ctx->keylog_fd >= 0)
		close(ctx->keylog_fd);
	ticket_keys_fini(&ctx->tickets);
	free(ctx);
}
