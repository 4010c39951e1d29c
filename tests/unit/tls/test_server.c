/* What a server is told to accept, and which certificate a client gets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "world.h"

#include <openssl/x509v3.h>
#include <sys/stat.h>

/* --- Versions and suites --------------------------------------------------------------------- */

static void test_versions(void **state)
{
	struct world *w = *state;

	w->options.min = TLS_VERSION_13;
	serve(w);
	only(w, TLS1_2_VERSION);
	dial(w);
	assert_int_equal(shake(w), CONN_ERROR);
	only(w, TLS1_3_VERSION);
	connect_well(w);

	w->options.min = TLS_VERSION_ANY;
	w->options.max = TLS_VERSION_12;
	serve(w);
	dial(w);
	assert_int_equal(shake(w), CONN_ERROR);
	only(w, TLS1_2_VERSION);
	connect_well(w);

	w->options.min = TLS_VERSION_13;
	refused(w, "the lowest TLS version is above the highest");
}

static const char *suite_of(struct world *w)
{
	struct tls_info info;

	serve(w);
	connect_well(w);
	assert_int_equal(tls_info(&w->c, &info), 0);
	return info.cipher;
}

static void test_suites(void **state)
{
	struct world *w = *state;

	/* Our order counts; either way of naming will do; the versions follow. */
	w->options.suites = (struct opt_list){
		{ "TLS_CHACHA20_POLY1305_SHA256,TLS_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384" }, 2
	};
	only(w, TLS1_3_VERSION);
	assert_string_equal(suite_of(w), "TLS_CHACHA20_POLY1305_SHA256");
	assert_false(tls_ctx_doubtful(w->ctx));
	only(w, TLS1_2_VERSION);
	assert_string_equal(suite_of(w), "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");

	w->options.suites = (struct opt_list){ { "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" }, 1 };
	assert_string_equal(suite_of(w), "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");
	assert_true(tls_ctx_doubtful(w->ctx));
	only(w, TLS1_3_VERSION);
	dial(w);
	assert_int_equal(shake(w), CONN_ERROR); /* no suite of TLS 1.3 was named */

	w->options.min = TLS_VERSION_13;
	refused(w, "no cipher suite is left");
}

static void test_refused_suites(void **state)
{
	static const char *const bad[][2] = {
		{ "AES_128", "there is no cipher suite \"AES_128\"" },
		{ "TLS_AES_128_GCM_SHA256,,x", "there is no cipher suite \"\"" },
		{ "AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256 has no forward secrecy" },
		{ "DHE-RSA-AES128-GCM-SHA256", "is not for this server" },
		{ "AECDH-AES128-SHA", "is not for this server" },
		{ "ECDHE-ECDSA-NULL-SHA", "is not for this server" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		w->options.suites = (struct opt_list){ { bad[i][0] }, 1 };
		refused(w, bad[i][1]);
		assert_int_equal(w->e.kind, ERR_USAGE);
	}
}

static void test_rsa_needs_rsa(void **state)
{
	struct world *w = *state;

	w->options.rsa_kx = true;
	refused(w, "needs a certificate with an RSA key");
	w->options.min = TLS_VERSION_13;
	refused(w, "--tls-rsa-kx is TLS 1.2");
}

/* --- Tickets --------------------------------------------------------------------------------- */

static void test_ticket_period(void **state)
{
	struct world *w = *state;

	w->options.ticket_period = 60;
	connect_well(w);
	clock_advance(60);
	assert_true(resumes(w));
	clock_advance(120);
	assert_false(resumes(w));
}

/* A server that reads its certificate again does not forget who it knew; one that judges clients' anew does. */
static void test_tickets_survive_reload(void **state)
{
	struct world *w = *state;
	struct tls_ctx *before;

	connect_well(w);
	before = w->ctx;
	w->options.before = before;
	w->ctx = NULL;
	serve(w);
	w->options.before = NULL;
	tls_ctx_free(before);
	assert_true(resumes(w));
}

/* --- Names ----------------------------------------------------------------------------------- */

/* Makes the certificate of `name` and gives it to the server as well. */
static void also(struct world *w, const char *name)
{
	static char paths[8][2][80];
	int i = w->options.certs.n++;

	assert_int_equal(
	    ca_issue(w->dir, &(struct ca_request){ .name = name }, time(NULL) * CLOCK_SEC, &w->e), 0);
	assert_int_equal(ca_path(w->dir, name, "crt", paths[i][0], sizeof(paths[i][0]), &w->e), 0);
	assert_int_equal(ca_path(w->dir, name, "key", paths[i][1], sizeof(paths[i][1]), &w->e), 0);
	w->options.certs.v[i] = paths[i][0];
	w->options.keys.v[w->options.keys.n++] = paths[i][1];
}

/* Asks for a name (NULL: none); is the certificate that comes for `shown`?  Leaves the connection open. */
static bool gets(struct world *w, const char *name, const char *shown)
{
	X509 *x;

	dial(w);
	SSL_set1_host(w->client, NULL);
	SSL_set_tlsext_host_name(w->client, name);
	assert_int_equal(shake(w), 0);
	assert_int_equal(SSL_do_handshake(w->client), 1);
	x = SSL_get0_peer_certificate(w->client);
	return X509_check_host(x, shown, 0, X509_CHECK_FLAG_NO_WILDCARDS, NULL) == 1 ||
	       X509_check_host(x, shown, 0, X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS, NULL) == 1;
}

static void test_names(void **state)
{
	struct world *w = *state;

	also(w, "www.other.test");
	also(w, "*.wild.test");
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		only(w, version);
		assert_true(gets(w, "www.other.test", "www.other.test"));
		assert_true(gets(w, "WWW.Other.Test", "www.other.test"));
		assert_true(gets(w, "lab.test", "lab.test"));
		assert_true(gets(w, "a.wild.test", "b.wild.test"));
		/* No name, a name of nobody: the first certificate. */
		assert_true(gets(w, NULL, "lab.test"));
		assert_true(gets(w, "b.a.wild.test", "lab.test"));
		assert_true(gets(w, "nobody.test", "lab.test"));
	}
}

static void test_answers_for(void **state)
{
	struct world *w = *state;

	also(w, "www.other.test");
	gets(w, "www.other.test", "www.other.test");
	assert_true(tls_answers_for(&w->c, SLICE("www.other.test")));
	assert_true(tls_answers_for(&w->c, SLICE("WWW.other.test.")));
	assert_false(tls_answers_for(&w->c, SLICE("lab.test")));
	assert_false(tls_answers_for(&w->c, SLICE("")));
	assert_false(tls_answers_for(&w->c, SLICE("[::1]")));
	/* Who asked for a name that we do not have, and got told so, may ask for it. */
	gets(w, "nobody.test", "lab.test");
	assert_true(tls_answers_for(&w->c, SLICE("nobody.test")));
	assert_true(tls_answers_for(&w->c, SLICE("lab.test")));
	assert_false(tls_answers_for(&w->c, SLICE("www.other.test")));
	gets(w, NULL, "lab.test");
	assert_true(tls_answers_for(&w->c, SLICE("www.other.test")));
}

/* A folder: what an authority left there, but not its own certificate. */
static void test_folder(void **state)
{
	struct world *w = *state;
	char path[80];

	also(w, "a.test");
	w->options.certs = (struct opt_list){ { w->dir }, 1 };
	w->options.keys.n = 0;
	assert_true(gets(w, "lab.test", "lab.test"));
	assert_true(gets(w, NULL, "a.test"));
	snprintf(path, sizeof(path), "%s/a.test.key", w->dir);
	unlink(path); /* a certificate without a key is somebody else's */
	serve(w);
	assert_true(gets(w, "a.test", "lab.test"));
	unlink(w->key);
	refused(w, "has no NAME.crt of a server with a NAME.key beside it");
}

static void test_pairs(void **state)
{
	struct world *w = *state;

	w->options.keys.n = 2;
	w->options.keys.v[1] = w->key;
	refused(w, "a certificate file for each key file");
	w->options.keys.n = 0;
	refused(w, "a certificate file and a key file");
}

/* --- Kinds of key ---------------------------------------------------------------------------- */

/* Issues what the request says, as a server of lab.test or a client; the paths of its files. */
static void make(struct world *w, struct ca_request req, char *cert, char *key, size_t size)
{
	assert_int_equal(ca_issue(w->dir, &req, time(NULL) * CLOCK_SEC, &w->e), 0);
	assert_int_equal(ca_path(w->dir, req.name, "crt", cert, size, &w->e), 0);
	assert_int_equal(ca_path(w->dir, req.name, "key", key, size, &w->e), 0);
}

static int kind_of_key(struct world *w, const char *suite)
{
	dial(w);
	SSL_set1_host(w->client, NULL);
	SSL_set_cipher_list(w->client, suite);
	assert_int_equal(shake(w), 0);
	assert_int_equal(SSL_do_handshake(w->client), 1);
	return EVP_PKEY_base_id(X509_get0_pubkey(SSL_get0_peer_certificate(w->client)));
}

/* For the same names an ECDSA and an RSA key: a client gets what it can verify. */
static void test_two_keys(void **state)
{
	static char cert[80], key[80], other[80], other_key[80];
	struct world *w = *state;

	make(w, (struct ca_request){ .name = "both.test" }, cert, key, sizeof(cert));
	snprintf(other, sizeof(other), "%s/rsa.crt", w->dir);
	snprintf(other_key, sizeof(other_key), "%s/rsa.key", w->dir);
	assert_int_equal(rename(cert, other), 0);
	assert_int_equal(rename(key, other_key), 0);
	make(w, (struct ca_request){ .name = "both.test", .rsa = true }, cert, key, sizeof(cert));
	w->options.certs = (struct opt_list){ { other, cert }, 2 };
	w->options.keys = (struct opt_list){ { other_key, key }, 2 };
	only(w, TLS1_2_VERSION);
	assert_int_equal(kind_of_key(w, "ECDHE-ECDSA-AES128-GCM-SHA256"), EVP_PKEY_EC);
	assert_int_equal(kind_of_key(w, "ECDHE-RSA-AES128-GCM-SHA256"), EVP_PKEY_RSA);
}

static void test_rsa_kx(void **state)
{
	static char cert[80], key[80];
	struct world *w = *state;

	make(w, (struct ca_request){ .name = "lab.test", .rsa = true }, cert, key, sizeof(cert));
	w->options.rsa_kx = true;
	assert_string_equal(suite_of(w), "TLS_RSA_WITH_AES_128_GCM_SHA256");
	assert_true(tls_ctx_doubtful(w->ctx));
	only(w, TLS1_3_VERSION);
	dial(w);
	assert_int_equal(shake(w), CONN_ERROR);
}

/* A key that is too short is served, so that a client can be seen to refuse it. */
static void test_weak_key(void **state)
{
	static char cert[80], key[80];
	struct world *w = *state;

	serve(w);
	assert_false(tls_ctx_weak(w->ctx));
	make(w, (struct ca_request){ .name = "lab.test", .flaw = CA_WEAK_KEY }, cert, key, sizeof(cert));
	serve(w);
	assert_true(tls_ctx_weak(w->ctx));
	SSL_CTX_set_security_level(w->client_ctx, 2);
	dial(w);
	assert_int_equal(shake(w), CONN_ERROR);
	SSL_CTX_set_security_level(w->client_ctx, 1);
	connect_well(w);
}

/* --- Clients' certificates ------------------------------------------------------------------- */

/* The client shows what the request makes; the server's verdict. */
static int shows(struct world *w, struct ca_request req)
{
	char cert[80], key[80];

	make(w, req, cert, key, sizeof(cert));
	dial(w);
	assert_int_equal(SSL_use_certificate_chain_file(w->client, cert), 1);
	assert_int_equal(SSL_use_PrivateKey_file(w->client, key, SSL_FILETYPE_PEM), 1);
	return shake(w);
}

static void test_client_certificates(void **state)
{
	struct ca_request alice = { .name = "alice@lab.test", .client = true };
	struct world *w = *state;
	struct arena arena;
	struct cert cert;

	arena_init(&arena, 1 << 20);
	w->options.client_ca = w->root;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		only(w, version);
		alice.flaw = CA_SOUND;
		w->options.client_optional = false;
		serve(w);
		assert_int_equal(shows(w, alice), 0);
		assert_int_equal(tls_client_cert(&w->c, &arena, &cert), 1);
		assert_true(slice_eq_str(cert.cn, "alice@lab.test"));
		dial(w);
		assert_int_equal(shake(w), CONN_ERROR);
		assert_non_null(strstr(w->c.err->msg, "showed no certificate"));

		w->options.client_optional = true;
		serve(w);
		connect_well(w);
		assert_int_equal(tls_client_cert(&w->c, &arena, &cert), 0);
		assert_int_equal(shows(w, alice), 0);

		/* What is shown must be good all the same. */
		alice.flaw = CA_EXPIRED;
		assert_int_equal(shows(w, alice), CONN_ERROR);
		assert_non_null(strstr(w->c.err->msg, "certificate has expired"));
		alice.flaw = CA_SELF_SIGNED;
		assert_int_equal(shows(w, alice), CONN_ERROR);
		assert_int_equal(shows(w, (struct ca_request){ .name = "www.lab.test" }), CONN_ERROR);
		assert_non_null(strstr(w->c.err->msg, "purpose"));
	}
	arena_fini(&arena);
}

static void test_revoked_client(void **state)
{
	struct ca_request alice = { .name = "alice", .client = true },
	                  bob = { .name = "bob", .client = true };
	struct world *w = *state;
	char crl[80], by[16], cert[80], key[80];

	make(w, bob, cert, key, sizeof(cert));
	assert_int_equal(ca_revoke(w->dir, "bob", 7, by, sizeof(by), time(NULL) * CLOCK_SEC, &w->e), 0);
	snprintf(crl, sizeof(crl), "%s/root.crl", w->dir);
	w->options.client_ca = w->root;
	w->options.client_crl = crl;
	serve(w);
	assert_int_equal(shows(w, alice), 0);
	dial(w);
	SSL_use_certificate_chain_file(w->client, cert);
	SSL_use_PrivateKey_file(w->client, key, SSL_FILETYPE_PEM);
	assert_int_equal(shake(w), CONN_ERROR);
	assert_non_null(strstr(w->c.err->msg, "certificate revoked"));
	w->options.client_crl = w->key;
	refused(w, "revocation list");
	w->options.client_ca = w->key;
	refused(w, "clients' authorities");
}

/* --- Stapled OCSP ---------------------------------------------------------------------------- */

/* Bytes of the OCSP response that came with the handshake; -1: none. */
static long stapled(struct world *w, const char *name)
{
	const unsigned char *p;

	dial(w);
	SSL_set1_host(w->client, NULL);
	SSL_set_tlsext_host_name(w->client, name);
	SSL_set_tlsext_status_type(w->client, TLSEXT_STATUSTYPE_ocsp);
	assert_int_equal(shake(w), 0);
	assert_int_equal(SSL_do_handshake(w->client), 1);
	return SSL_get_tlsext_status_ocsp_resp(w->client, &p);
}

static void test_staple(void **state)
{
	struct world *w = *state;
	char path[80];
	struct stat st;

	also(w, "www.other.test");
	assert_int_equal(ca_ocsp(w->dir, "www.other.test", 7, time(NULL) * CLOCK_SEC, &w->e), 0);
	snprintf(path, sizeof(path), "%s/www.other.test.ocsp", w->dir);
	assert_int_equal(stat(path, &st), 0);
	w->options.staples = (struct opt_list){ { path }, 1 };
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		only(w, version);
		assert_int_equal(stapled(w, "lab.test"), -1);
		assert_int_equal(stapled(w, "www.other.test"), st.st_size);
	}
	w->options.certs.n = w->options.keys.n = 1;
	refused(w, "about none of the certificates");
	w->options.staples.v[0] = w->cert;
	refused(w, "OCSP response");
	w->options.staples.v[0] = "/nonexistent";
	refused(w, "No such file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_versions),
		CASE(test_suites),
		CASE(test_refused_suites),
		CASE(test_rsa_needs_rsa),
		CASE(test_ticket_period),
		CASE(test_tickets_survive_reload),
		CASE(test_names),
		CASE(test_answers_for),
		CASE(test_folder),
		CASE(test_pairs),
		CASE(test_two_keys),
		CASE(test_rsa_kx),
		CASE(test_weak_key),
		CASE(test_client_certificates),
		CASE(test_revoked_client),
		CASE(test_staple),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
