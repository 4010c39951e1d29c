/* The lab CA: what it makes holds together, its files are private, and it loses nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "folder.h"
#include "tls/ca.h"

#include <openssl/x509v3.h>
#include <sys/stat.h>

enum { NOW_S = 1800000000 };
static const int64_t now = NOW_S * CLOCK_SEC;

static mode_t mode_of(const char *dir, const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

/* Would a client that trusts the root take the leaf as a server of that name at that time? */
static bool client_takes(X509 *root, X509 *leaf, const char *host, const char *ip, int64_t at)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	bool ok;

	X509_STORE_add_cert(store, root);
	X509_STORE_CTX_init(ctx, store, leaf, NULL);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set_time(param, (time_t)at);
	if (host)
		X509_VERIFY_PARAM_set1_host(param, host, 0);
	if (ip)
		X509_VERIFY_PARAM_set1_ip_asc(param, ip);
	ok = X509_verify_cert(ctx) == 1;
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return ok;
}

static void test_chain(void **state)
{
	static const char *const sans[] = { "127.0.0.1", "::1", "www.lab.test", "localhost" };
	struct ca_request req = { .name = "localhost", .sans = sans, .n_sans = 4 };
	struct fixture *f = *state;
	X509 *root, *leaf;

	assert_int_equal(ca_init(f->dir, CA_ROOT_DAYS, false, now, &f->e), 0);
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), 0);
	root = load(f->dir, "root.crt");
	leaf = load(f->dir, "localhost.crt");
	assert_true(client_takes(root, leaf, "localhost", NULL, NOW_S));
	assert_true(client_takes(root, leaf, "www.lab.test", NULL, NOW_S));
	assert_true(client_takes(root, leaf, NULL, "127.0.0.1", NOW_S));
	assert_true(client_takes(root, leaf, NULL, "::1", NOW_S));
	assert_false(client_takes(root, leaf, "other.lab.test", NULL, NOW_S));
	assert_false(client_takes(root, leaf, NULL, "127.0.0.2", NOW_S));
	assert_true(client_takes(root, leaf, "localhost", NULL, NOW_S + 86400 * CA_SERVER_DAYS - 1));
	assert_false(client_takes(root, leaf, "localhost", NULL, NOW_S + 86400 * CA_SERVER_DAYS + 1));
	/* The root is no server's certificate, and the leaf no authority. */
	assert_false(client_takes(root, root, "localhost", NULL, NOW_S));
	assert_int_equal(X509_check_ca(leaf), 0);
	X509_free(root);
	X509_free(leaf);

	assert_int_equal(mode_of(f->dir, ""), 0700);
	assert_int_equal(mode_of(f->dir, "root.key"), 0600);
	assert_int_equal(mode_of(f->dir, "localhost.key"), 0600);
	assert_int_equal(mode_of(f->dir, "localhost.crt"), 0644);
}

static void test_root_is_kept(void **state)
{
	struct fixture *f = *state;
	X509 *first, *second;

	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), 0);
	first = load(f->dir, "root.crt");
	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_ENV);
	assert_non_null(strstr(f->e.msg, "--force"));
	second = load(f->dir, "root.crt");
	assert_int_equal(X509_cmp(first, second), 0);
	X509_free(second);
	assert_int_equal(ca_init(f->dir, 10, true, now, &f->e), 0);
	second = load(f->dir, "root.crt");
	assert_int_not_equal(X509_cmp(first, second), 0);
	X509_free(first);
	X509_free(second);
}

static void test_no_left_overs(void **state)
{
	struct fixture *f = *state;
	char command[128];

	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), 0);
	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), -1);
	assert_int_equal(ca_issue(f->dir, &(struct ca_request){ .name = "a.test" }, now, &f->e), 0);
	assert_int_equal(ca_issue(f->dir, &(struct ca_request){ .name = "a.test" }, now, &f->e), 0);
	snprintf(command, sizeof(command), "test $(ls -A %s | wc -l) = 4", f->dir);
	assert_int_equal(system(command), 0);
}

static void test_names(void **state)
{
	static const char *const good[] = { "a", "localhost", "a-b.c_d.test", "*.lab.test", "10.0.0.1",
		"fe80::1", "_x.test" };
	static const char *const bad[] = { "", ".", "..", "../x", "a/b", "-a", "a..b", "a.", ".a", "a b",
		"a,DNS:b", "a\nb", "*", "a.*.b", "*.", "\xed\x95\x9c" };
	struct fixture *f = *state;
	char path[128];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(ca_path("/d", good[i], "crt", path, sizeof(path), &f->e), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(ca_path("/d", bad[i], "crt", path, sizeof(path), &f->e), -1);
		assert_int_equal(f->e.kind, ERR_USAGE);
		assert_int_equal(ca_issue(f->dir, &(struct ca_request){ .name = bad[i] }, now, &f->e), -1);
	}
	assert_int_equal(ca_path("/d", "*.lab.test", "key", path, sizeof(path), &f->e), 0);
	assert_string_equal(path, "/d/_.lab.test.key");
	assert_int_equal(ca_path("/d", "lab.test", "key", path, 5, &f->e), -1);
}

static void test_issue_refuses(void **state)
{
	static const char *const bad[] = { "a,DNS:evil.test" };
	const char *many[CA_SANS_MAX];
	struct ca_request req = { .name = "a.test" };
	struct fixture *f = *state;

	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "osilab ca init"));
	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), 0);
	assert_int_equal(ca_issue(f->dir, &(struct ca_request){ .name = "root" }, now, &f->e), -1);
	req.sans = bad;
	req.n_sans = 1;
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), -1);
	for (int i = 0; i < CA_SANS_MAX; i++)
		many[i] = "b.test";
	req.sans = many;
	req.n_sans = CA_SANS_MAX;
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), -1);
	req.n_sans = CA_SANS_MAX - 1;
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), 0);
	assert_int_equal(ca_init(f->dir, 0, true, now, &f->e), -1);
}

/* --- Intermediates, clients, and what is wrong on purpose ------------------------------------ */

/* What a client that trusts the root finds wrong with the file's first certificate, given the others of the file;
 * X509_V_OK: nothing. */
static int verdict(const char *dir, const char *file, int purpose, const char *host)
{
	char path[128];
	STACK_OF(X509) *chain = sk_X509_new_null();
	X509 *root = load(dir, "root.crt"), *x;
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	FILE *f;
	int rc;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "r");
	while ((x = PEM_read_X509(f, NULL, NULL, NULL)))
		sk_X509_push(chain, x);
	fclose(f);
	X509_STORE_add_cert(store, root);
	X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_purpose(param, purpose);
	X509_VERIFY_PARAM_set_auth_level(param, 2);
	X509_VERIFY_PARAM_set_time(param, NOW_S);
	if (host)
		X509_VERIFY_PARAM_set1_host(param, host, 0);
	rc = X509_verify_cert(ctx) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	X509_free(root);
	sk_X509_pop_free(chain, X509_free);
	return rc;
}

static void test_intermediate(void **state)
{
	struct ca_request req = { .name = "a.test", .by = "mid" };
	struct fixture *f = *state;

	assert_int_equal(ca_intermediate(f->dir, "mid", 5, false, now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "osilab ca init"));
	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), 0);
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "osilab ca intermediate mid"));
	assert_int_equal(ca_intermediate(f->dir, "mid", 5, false, now, &f->e), 0);
	assert_int_equal(ca_intermediate(f->dir, "mid", 5, false, now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "--force"));
	assert_int_equal(ca_intermediate(f->dir, "root", 5, true, now, &f->e), -1);
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), 0);
	assert_int_equal(verdict(f->dir, "a.test.crt", X509_PURPOSE_SSL_SERVER, "a.test"), X509_V_OK);
	assert_int_equal(
	    verdict(f->dir, "mid.crt", X509_PURPOSE_SSL_SERVER, NULL), X509_V_ERR_INVALID_PURPOSE);
	/* An authority's files are not for certificates, and a certificate is no authority. */
	req.name = "mid";
	req.by = NULL;
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "authority's name"));
	req.name = "b.test";
	req.by = "a.test";
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "of no authority"));
}

static void test_client(void **state)
{
	struct ca_request req = { .name = "alice@lab.test", .client = true };
	struct fixture *f = *state;

	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), 0);
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), 0);
	assert_int_equal(verdict(f->dir, "alice@lab.test.crt", X509_PURPOSE_SSL_CLIENT, NULL), X509_V_OK);
	assert_int_equal(
	    verdict(f->dir, "alice@lab.test.crt", X509_PURPOSE_SSL_SERVER, NULL), X509_V_ERR_INVALID_PURPOSE);
	req.client = false; /* a server is no person */
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), -1);
	req.client = true;
	for (int i = 0; i < 4; i++) {
		req.name = ((const char *[]){ "@lab.test", "a@", "a/b@lab.test", "a@*.lab.test" })[i];
		assert_int_equal(ca_issue(f->dir, &req, now, &f->e), -1);
	}
}

static void test_flaws(void **state)
{
	static const struct {
		const char *word;
		int found;
	} cases[] = {
		{ "none", X509_V_OK },
		{ "expired", X509_V_ERR_CERT_HAS_EXPIRED },
		{ "not-yet", X509_V_ERR_CERT_NOT_YET_VALID },
		{ "wrong-name", X509_V_ERR_HOSTNAME_MISMATCH },
		{ "self-signed", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
		{ "missing-intermediate", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
		{ "weak-key", X509_V_ERR_EE_KEY_TOO_SMALL },
	};
	struct ca_request req = { .name = "a.test", .by = "mid" };
	struct fixture *f = *state;

	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), 0);
	assert_int_equal(ca_intermediate(f->dir, "mid", 5, false, now, &f->e), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(ca_flaw(cases[i].word, &req.flaw, &f->e), 0);
		assert_int_equal(ca_issue(f->dir, &req, now, &f->e), 0);
		if (verdict(f->dir, "a.test.crt", X509_PURPOSE_SSL_SERVER, "a.test") != cases[i].found)
			fail_msg("%s: %d", cases[i].word,
			    verdict(f->dir, "a.test.crt", X509_PURPOSE_SSL_SERVER, "a.test"));
	}
	assert_int_equal(ca_flaw("ugly", &req.flaw, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_USAGE);
	req.flaw = CA_NO_INTERMEDIATE;
	req.by = NULL;
	assert_int_equal(ca_issue(f->dir, &req, now, &f->e), -1);
	assert_non_null(strstr(f->e.msg, "--by"));
}

static void test_show(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct buf out;

	buf_init(&out, 0);
	assert_int_equal(ca_init(f->dir, 10, false, now, &f->e), 0);
	assert_int_equal(ca_issue(f->dir, &(struct ca_request){ .name = "a.test" }, now, &f->e), 0);
	assert_int_equal(
	    ca_issue(f->dir, &(struct ca_request){ .name = "old.test", .days = -3 }, now, &f->e), 0);

	snprintf(path, sizeof(path), "%s/a.test.crt", f->dir);
	assert_int_equal(ca_show(path, now + CLOCK_SEC, &out, &f->e), 0);
	assert_non_null(strstr(buf_cstr(&out), "certificate 1\n  subject     O = osilab, CN = a.test\n"));
	assert_non_null(strstr(buf_cstr(&out), "(89 days left)"));
	assert_non_null(strstr(buf_cstr(&out), "certificate 2"));
	assert_non_null(strstr(buf_cstr(&out), "itself (self-signed)"));

	buf_clear(&out);
	snprintf(path, sizeof(path), "%s/old.test.crt", f->dir);
	assert_int_equal(ca_show(path, now, &out, &f->e), 0);
	assert_non_null(strstr(buf_cstr(&out), "(EXPIRED 3 days ago)"));

	snprintf(path, sizeof(path), "%s/a.test.key", f->dir);
	assert_int_equal(ca_show(path, now, &out, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_DATA);
	assert_int_equal(ca_show("/nonexistent", now, &out, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_ENV);
	assert_int_equal(ca_show("/dev/zero", now, &out, &f->e), -1); /* no end to read to */
	buf_fini(&out);
}

static void test_default_dir(void **state)
{
	struct fixture *f = *state;
	char dir[64];

	setenv("HOME", "/home/lab", 1);
	setenv("XDG_DATA_HOME", "/data", 1);
	assert_int_equal(ca_default_dir(dir, sizeof(dir), &f->e), 0);
	assert_string_equal(dir, "/data/osilab/ca");
	setenv("XDG_DATA_HOME", "relative", 1);
	assert_int_equal(ca_default_dir(dir, sizeof(dir), &f->e), 0);
	assert_string_equal(dir, "/home/lab/.local/share/osilab/ca");
	assert_int_equal(ca_default_dir(dir, 10, &f->e), -1);
	unsetenv("HOME");
	assert_int_equal(ca_default_dir(dir, sizeof(dir), &f->e), -1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_chain),
		CASE(test_root_is_kept),
		CASE(test_no_left_overs),
		CASE(test_names),
		CASE(test_issue_refuses),
		CASE(test_intermediate),
		CASE(test_client),
		CASE(test_flaws),
		CASE(test_show),
		CASE(test_default_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
