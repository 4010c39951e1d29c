/* Rings of keys: from files, by name, rotated, published; and which key a token gets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "keys.h"
#include "token/ring.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET  "0123456789abcdef0123456789abcdef"
#define SECRET2 "another secret, just as long as it"
enum { NOW = 1800000000, NAMES = 16 };

struct fixture {
	char *names[NAMES];
	int n;
	char dir[64];
	struct ring ring;
	struct arena arena;
	struct buf token;
	struct err e;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/osilab-ring-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	arena_init(&f->arena, 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	ring_fini(&f->ring);
	arena_fini(&f->arena);
	buf_fini(&f->token);
	while (f->n) {
		unlink(f->names[--f->n]);
		free(f->names[f->n]);
	}
	rmdir(f->dir);
	free(f);
	return 0;
}

static const char *put(struct fixture *f, const char *name, const char *text, mode_t mode)
{
	char *path;
	int fd;

	assert_true(f->n < NAMES && asprintf(&path, "%s/%s", f->dir, name) > 0);
	f->names[f->n++] = path;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

static int load(struct fixture *f, const char *path)
{
	ring_fini(&f->ring);
	f->e = (struct err){ 0 };
	return ring_load(&f->ring, &path, 1, &f->e);
}

static void refused(struct fixture *f, const char *path, const char *said)
{
	assert_int_equal(load(f, path), -1);
	if (!strstr(f->e.msg, said))
		fail_msg("no \"%s\" in: %s", said, f->e.msg);
}

static const char *sign(struct fixture *f, const struct ring_key *k, const char *kid)
{
	struct token_new t = { .sub = "kim", .exp = NOW + 60, .kid = kid };

	buf_clear(&f->token);
	assert_int_equal(token_sign(&k->sign, &t, &f->token, &f->e), 0);
	return buf_cstr(&f->token);
}

static int verify(struct fixture *f, const char *token)
{
	const struct token_policy p = { .ring = &f->ring, .now = NOW };
	struct token_claims claims;

	return token_verify(&p, slice_str(token), &f->arena, &claims);
}

static void add(struct fixture *f, const char *kid, enum token_alg alg, const char *text)
{
	struct buf bytes = { 0 };

	buf_puts(&bytes, text);
	if (ring_add(&f->ring, slice_str(kid), alg, &bytes, &f->e))
		fail_msg("%s", f->e.msg);
}

/* --- Files --- */

static void test_what_a_file_is(void **state)
{
	static const struct {
		const char *name, *text, *kid;
		mode_t mode;
		enum token_alg alg;
		bool can_sign;
	} rows[] = {
		{ "a", SECRET, "a", 0600, TOKEN_HS256, true },
		{ "b.key", SECRET "\n", "b", 0600, TOKEN_HS256, true },
		{ "c.key", SECRET "\r\n", "c", 0400, TOKEN_HS256, true },
		{ "d.hs512", SECRET SECRET, "d", 0600, TOKEN_HS512, true },
		{ "rsa.pem", rsa_private, "rsa", 0600, TOKEN_RS256, true },
		{ "rsa-2.PS256.pem", rsa_private, "rsa-2", 0600, TOKEN_PS256, true },
		{ "ec_1.pem", p256_private, "ec_1", 0600, TOKEN_ES256, true },
		{ "pub.pem", rsa_public, "pub", 0644, TOKEN_RS256, false },
		{ "pub2.ps256", rsa_public, "pub2", 0644, TOKEN_PS256, false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (load(f, put(f, rows[i].name, rows[i].text, rows[i].mode)))
			fail_msg("%s: %s", rows[i].name, f->e.msg);
		assert_int_equal(f->ring.n, 1);
		assert_string_equal(f->ring.keys[0]->kid, rows[i].kid);
		assert_int_equal(f->ring.keys[0]->verify.alg, rows[i].alg);
		assert_int_equal(f->ring.keys[0]->sign.can_sign, rows[i].can_sign);
		if (rows[i].alg == TOKEN_HS256)
			assert_int_equal(f->ring.keys[0]->verify.n, 32);
		if (rows[i].can_sign)
			assert_int_equal(verify(f, sign(f, f->ring.keys[0], rows[i].kid)), 0);
	}
}

static void test_files_that_will_not_do(void **state)
{
	struct fixture *f = *state;

	refused(f, "/nonexistent/key", "No such file");
	refused(f, put(f, "open.key", SECRET, 0644), "chmod 600");
	refused(f, put(f, "open.pem", p256_private, 0640), "chmod 600");
	refused(f, put(f, "short.key", "short", 0600), "5 bytes");
	refused(f,
	    put(f, "damaged.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0600),
	    "no PEM private key");
	refused(f, put(f, "p384.pem", p384_public, 0644), "neither of RSA nor on P-256");
	refused(f, put(f, "small.pem", rsa1024_public, 0644), "1024 bits");
	refused(f, put(f, "rsa.es256.pem", rsa_private, 0600), "P-256");
	refused(f, put(f, "x.hs256.pem", rsa_public, 0644), "must be a random secret");
	refused(f, put(f, "a b.key", SECRET, 0600), "letters, digits");
	refused(f, put(f, ".key", SECRET, 0600), "letters, digits");
	refused(f, "/dev/zero", "is larger than");
}

static void test_a_directory_is_read_in_order(void **state)
{
	struct fixture *f = *state;

	refused(f, f->dir, "there are none");
	put(f, "2.key", SECRET2, 0600);
	put(f, "1.key", SECRET, 0600);
	put(f, "3.pem", rsa_public, 0644);
	put(f, ".hidden", "no key", 0644);
	assert_int_equal(load(f, f->dir), 0);
	assert_int_equal(f->ring.n, 3);
	assert_string_equal(f->ring.keys[0]->kid, "1");
	assert_string_equal(ring_signer(&f->ring)->kid, "2"); /* the last that can */
	put(f, "2.pem", rsa_public, 0644);
	refused(f, f->dir, "two keys named 2");
}

/* --- Which key a token gets --- */

static void test_rotation(void **state)
{
	struct fixture *f = *state;
	char *old;

	add(f, "old", TOKEN_HS256, SECRET);
	old = strdup(sign(f, ring_signer(&f->ring), "old"));
	add(f, "new", TOKEN_HS256, SECRET2);
	assert_string_equal(ring_signer(&f->ring)->kid, "new");
	assert_int_equal(verify(f, old), 0);
	assert_int_equal(verify(f, sign(f, ring_signer(&f->ring), "new")), 0);
	ring_fini(&f->ring);
	add(f, "new", TOKEN_HS256, SECRET2);
	assert_int_equal(verify(f, old), -TOKEN_KEY);
	free(old);
}

static void test_a_key_is_found_by_name_alone(void **state)
{
	struct fixture *f = *state;
	const struct ring_key *a, *b;

	add(f, "a", TOKEN_HS256, SECRET);
	a = f->ring.keys[0];
	assert_int_equal(verify(f, sign(f, a, NULL)), 0); /* the only one for HS256 */
	add(f, "b", TOKEN_HS256, SECRET2);
	b = f->ring.keys[1];
	assert_int_equal(verify(f, sign(f, a, NULL)), -TOKEN_KEY);
	assert_int_equal(verify(f, sign(f, a, "b")), -TOKEN_SIGNATURE);
	assert_int_equal(verify(f, sign(f, b, "b")), 0);
	assert_int_equal(verify(f, sign(f, a, "A")), -TOKEN_KEY);
	assert_int_equal(verify(f, sign(f, a, "../a")), -TOKEN_KEY);
	assert_int_equal(verify(f, sign(f, a, "a' OR '1'='1")), -TOKEN_KEY);
	assert_int_equal(verify(f, sign(f, a, "")), -TOKEN_KEY);
}

static void test_a_key_has_one_algorithm(void **state)
{
	struct fixture *f = *state;
	struct ring_key forged = { 0 };

	add(f, "rsa", TOKEN_RS256, rsa_private);
	add(f, "hmac", TOKEN_HS256, SECRET);
	assert_int_equal(token_key_init(&forged.sign, TOKEN_PS256, slice_str(rsa_private), &f->e), 0);
	assert_int_equal(verify(f, sign(f, &forged, "rsa")), -TOKEN_ALG);
	assert_int_equal(verify(f, sign(f, &forged, NULL)), -TOKEN_ALG);
	assert_int_equal(verify(f, sign(f, f->ring.keys[0], "hmac")), -TOKEN_ALG);
	/* The public key as the secret of an HMAC: what RFC 8725 2.1 is about. */
	forged.sign =
	    (struct token_key){ TOKEN_HS256, f->ring.keys[0]->public.p, f->ring.keys[0]->public.n, true };
	assert_int_equal(verify(f, sign(f, &forged, "rsa")), -TOKEN_ALG);
	assert_int_equal(verify(f, sign(f, &forged, "hmac")), -TOKEN_SIGNATURE);
	assert_int_equal(verify(f, "eyJhbGciOiJub25lIiwia2lkIjoicnNhIn0.e30.AAAA"), -TOKEN_ALG);
}

/* --- Published --- */

static void test_jwks(void **state)
{
	struct fixture *f = *state;
	struct buf out = { 0 };

	assert_int_equal(ring_random(&f->ring, &f->e), 0);
	assert_int_equal(ring_jwks(&f->ring, &out), 0);
	assert_string_equal(buf_cstr(&out), "{\"keys\":[]}"); /* a secret stays one */
	buf_clear(&out);
	add(f, "ec", TOKEN_ES256, p256_private);
	add(f, "rsa", TOKEN_PS256, rsa_public);
	assert_int_equal(ring_jwks(&f->ring, &out), 0);
	assert_non_null(strstr(buf_cstr(&out), "{\"keys\":[{\"crv\":\"P-256\",\"kty\":\"EC\","
	                                       "\"x\":\"SoVp_JMl9ddkFKug0_yXjnm0yklWVvBSbNYr8LswxJw\","
	                                       "\"y\":\"1f9f_eh64BItJll4eD1Xdtt6D-8hjI0AbUlLMb5X5q0\","
	                                       "\"alg\":\"ES256\",\"kid\":\"ec\",\"use\":\"sig\"},{\"e\":"
	                                       "\"AQAB\",\"kty\":\"RSA\",\"n\":\""));
	assert_non_null(strstr(buf_cstr(&out), "\"alg\":\"PS256\",\"kid\":\"rsa\",\"use\":\"sig\"}]}"));
	assert_null(strstr(buf_cstr(&out), "\"d\""));
	buf_fini(&out);
}

static void test_random_keys_differ(void **state)
{
	struct fixture *f = *state;
	struct ring other;

	assert_int_equal(ring_random(&f->ring, &f->e), 0);
	assert_int_equal(ring_random(&other, &f->e), 0);
	assert_int_equal(f->ring.keys[0]->sign.n, 32);
	assert_memory_not_equal(f->ring.keys[0]->sign.bytes, other.keys[0]->sign.bytes, 32);
	assert_string_not_equal(f->ring.keys[0]->kid, other.keys[0]->kid);
	ring_fini(&other);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_a_file_is),
		CASE(test_files_that_will_not_do),
		CASE(test_a_directory_is_read_in_order),
		CASE(test_rotation),
		CASE(test_a_key_is_found_by_name_alone),
		CASE(test_a_key_has_one_algorithm),
		CASE(test_jwks),
		CASE(test_random_keys_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
