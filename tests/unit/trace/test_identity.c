/* Who is asking: cookies from their birth to their end, credentials, tokens and passwords. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"
#include "token/jwt.h"
#include "trace/identity.h"
#include "trace/jar.h"
#include "webtalk.h"

/* One response with this Set-Cookie value. */
static void set_cookie(struct fixture *f, const char *value)
{
	char text[1000];

	setup(f);
	ask(f, "/", "");
	snprintf(text, sizeof(text), "Set-Cookie: %s\r\n", value);
	answer(f, "200 OK", text);
	lab_run(&f->lab);
}

/* --- Set-Cookie ---------------------------------------------------------------------------------------------- */

/* Each attribute gets the one judgement it deserves, and no other of its family. */
static void test_attributes(void **state)
{
	static const struct {
		const char *value;
		enum note_id yes[3], no[3];
	} rows[] = {
		{ "a=b", { NOTE_COOKIE_NOT_SECURE, NOTE_COOKIE_NOT_HTTP_ONLY, NOTE_COOKIE_SAMESITE_DEFAULT },
		    { NOTE_COOKIE_SECURE, NOTE_COOKIE_HTTP_ONLY, NOTE_COOKIE_SAMESITE } },
		{ "a=b", { NOTE_COOKIE_HOST_ONLY, NOTE_COOKIE_SESSION, NOTE_COOKIE_IN_CLEAR },
		    { NOTE_COOKIE_DOMAIN, NOTE_COOKIE_LIFETIME, NOTE_COOKIE_PATH } },
		{ "a=b; HttpOnly; SameSite=Lax; Path=/x",
		    { NOTE_COOKIE_HTTP_ONLY, NOTE_COOKIE_SAMESITE, NOTE_COOKIE_PATH },
		    { NOTE_COOKIE_NOT_HTTP_ONLY, NOTE_COOKIE_SAMESITE_DEFAULT, NOTE_COOKIE_SAMESITE_NONE } },
		{ "a=b; secure; samesite=none",
		    { NOTE_COOKIE_SECURE, NOTE_COOKIE_SAMESITE_NONE, NOTE_COOKIE_SET },
		    { NOTE_COOKIE_NOT_SECURE, NOTE_COOKIE_SAMESITE, NOTE_COOKIE_SAMESITE_DEFAULT } },
		{ "a=b; Max-Age=3600; Domain=example",
		    { NOTE_COOKIE_LIFETIME, NOTE_COOKIE_DOMAIN_BROADER, NOTE_COOKIE_SET },
		    { NOTE_COOKIE_SESSION, NOTE_COOKIE_HOST_ONLY, NOTE_COOKIE_HOST_PREFIX } },
		{ "__Host-a=b; Secure; Path=/",
		    { NOTE_COOKIE_HOST_PREFIX, NOTE_COOKIE_SECURE, NOTE_COOKIE_FLAW },
		    { NOTE_COOKIE_HOST_ONLY, NOTE_COOKIE_DOMAIN, NOTE_COOKIE_NOT_SECURE } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		set_cookie(&f, rows[i].value);
		for (int k = 0; k < 3; k++) {
			lab_one(&f.lab, rows[i].yes[k]);
			lab_none(&f.lab, rows[i].no[k]);
		}
		lab_fini(&f.lab);
	}
}

static void test_set(void **state)
{
	struct fixture f;

	set_cookie(&f, "sid=0123456789abcdefghij; Max-Age=3600; SameSite=Strict; Domain=.shop.example; "
	               "Path=/p");
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_SET)->packet, 5);
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_SET), "osilab.cookie.name", "sid");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_SET), "osilab.cookie.value", "012345… (20 characters)");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_LIFETIME), "osilab.cookie.lifetime", "60 min");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_SAMESITE), "osilab.cookie.samesite", "Strict");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_DOMAIN), "osilab.cookie.domain", "shop.example");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_PATH), "osilab.cookie.path", "/p");
	assert_int_equal(trace_stats(f.lab.trace)->set_cookie_headers, 1);
	lab_fini(&f.lab);
}

static void test_huge_lifetime(void **state)
{
	struct fixture f;

	set_cookie(&f, "a=b; Max-Age=9223372036854775807");
	lab_one(&f.lab, NOTE_COOKIE_SET);
	lab_fini(&f.lab);
	set_cookie(&f, "a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT");
	lab_one(&f.lab, NOTE_COOKIE_LIFETIME_LONG);
	lab_none(&f.lab, NOTE_COOKIE_LIFETIME);
	lab_fini(&f.lab);
}

static void test_flaws(void **state)
{
	static const char *const rows[] = { "__Host-a=b; Secure; Path=/; Domain=shop.example", "__Secure-a=b",
		"a=b; Domain=other.example", "a=b; SameSite=None" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		set_cookie(&f, rows[i]);
		lab_one(&f.lab, NOTE_COOKIE_FLAW);
		lab_fini(&f.lab);
	}
}

/* --- Cookie ---------------------------------------------------------------------------------------------------- */

static void test_returned(void **state)
{
	struct fixture f;

	setup(&f);
	ask(&f, "/", "");
	answer(&f, "200 OK", "Set-Cookie: sid=one\r\nSet-Cookie: theme=dark\r\n"); /* 5 */
	ask(&f, "/", "Cookie: sid=one; theme=dark; made=up\r\n");                  /* 6 */
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_COOKIE_RETURNED), 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(lab_find(&f.lab, NOTE_COOKIE_RETURNED, i)->packet, 6);
		assert_int_equal(lab_find(&f.lab, NOTE_COOKIE_RETURNED, i)->ref, 5);
		lab_expect(lab_find(&f.lab, NOTE_COOKIE_RETURNED, i), "osilab.ref", "5");
	}
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_UNKNOWN), "osilab.cookie.name", "made");
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_UNKNOWN)->len, 7);
	assert_int_equal(lab_count(&f.lab, NOTE_COOKIE_IN_CLEAR), 2 + 3);
	lab_fini(&f.lab);
}

/* Another connection, the name in other case, a value that differs in case: hosts compare without, values
 * with. */
static void test_returned_elsewhere(void **state)
{
	struct fixture f;
	struct talk other;

	setup(&f);
	ask(&f, "/", "");
	answer(&f, "200 OK", "Set-Cookie: sid=One\r\n");
	talk_init(&other, &f.lab, 40001, 80);
	talk_open(&other);
	talk_text(&other, C, "GET / HTTP/1.1\r\nHost: SHOP.example:80\r\nCookie: sid=One\r\n\r\n");
	talk_text(&other, C, "GET / HTTP/1.1\r\nHost: shop.example\r\nCookie: sid=one\r\n\r\n");
	talk_text(&other, C, "GET / HTTP/1.1\r\nHost: other.example\r\nCookie: sid=One\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_RETURNED)->packet, 9);
	assert_int_equal(lab_count(&f.lab, NOTE_COOKIE_UNKNOWN), 2);
	lab_fini(&f.lab);
}

/* With Domain, hosts below it send it too. */
static void test_domain(void **state)
{
	struct fixture f;

	setup(&f);
	ask(&f, "/", "");
	answer(&f, "200 OK", "Set-Cookie: sid=one; Domain=example\r\n");
	talk_text(&f.talk, C, "GET / HTTP/1.1\r\nHost: www.a.example\r\nCookie: sid=one\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_RETURNED)->ref, 5);
	lab_fini(&f.lab);
}

/* The response came without its request, so its host is not known: the cookie is found again all the same. */
static void test_set_by_unknown_host(void **state)
{
	struct fixture f;

	lab_init(&f.lab);
	talk_init(&f.talk, &f.lab, 40000, 80);
	answer(&f, "200 OK", "Set-Cookie: sid=one\r\n");
	ask(&f, "/", "Cookie: sid=one\r\n");
	lab_run(&f.lab);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_RETURNED)->ref, 1);
	lab_fini(&f.lab);
}

static void test_rotated(void **state)
{
	struct fixture f;

	setup(&f);
	ask(&f, "/", "");
	answer(&f, "200 OK", "Set-Cookie: sid=one\r\n"); /* 5 */
	ask(&f, "/", "Cookie: sid=one\r\n");
	answer(&f, "200 OK", "Set-Cookie: sid=two\r\n"); /* 7 */
	ask(&f, "/", "Cookie: sid=two\r\n");
	answer(&f, "200 OK", "Set-Cookie: sid=two\r\n"); /* 9: the same again is no rotation */
	ask(&f, "/", "Cookie: sid=two\r\n");
	lab_run(&f.lab);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_ROTATED)->packet, 7);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_ROTATED)->ref, 5);
	assert_int_equal(lab_count(&f.lab, NOTE_COOKIE_RETURNED), 3);
	assert_int_equal(lab_find(&f.lab, NOTE_COOKIE_RETURNED, 1)->ref, 7);
	assert_int_equal(lab_find(&f.lab, NOTE_COOKIE_RETURNED, 2)->ref, 9);
	lab_fini(&f.lab);
}

static void test_deleted(void **state)
{
	static const char *const how[] = { "Set-Cookie: sid=; Max-Age=0\r\n", "Set-Cookie: sid=one; "
		                                                              "Expires=Thu, 01 Jan 1970 "
		                                                              "00:00:00 GMT\r\n" };

	for (size_t i = 0; i < 2; i++) {
		struct fixture f;

		setup(&f);
		ask(&f, "/", "");
		answer(&f, "200 OK", "Set-Cookie: sid=one\r\n"); /* 5 */
		ask(&f, "/", "Cookie: sid=one\r\n");
		answer(&f, "200 OK", how[i]);                    /* 7 */
		ask(&f, "/", "Cookie: sid=one\r\n");             /* 8 */
		answer(&f, "200 OK", "Set-Cookie: sid=one\r\n"); /* 9: set anew, with the same value */
		ask(&f, "/", "Cookie: sid=one\r\n");             /* 10 */
		lab_run(&f.lab);
		assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_DELETED)->packet, 7);
		assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_AFTER_DELETE)->packet, 8);
		assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_AFTER_DELETE)->ref, 7);
		assert_int_equal(lab_count(&f.lab, NOTE_COOKIE_RETURNED), 2);
		assert_int_equal(lab_find(&f.lab, NOTE_COOKIE_RETURNED, 1)->ref, 9);
		lab_fini(&f.lab);
	}
}

/* More cookies than are remembered: the first are forgotten, nothing else happens. */
static void test_jar_bounded(void **state)
{
	struct fixture f;
	char text[80];

	setup(&f);
	f.lab.step = CLOCK_MS;
	ask(&f, "/", "");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: n=first\r\n\r\n");
	for (int i = 0; i < 700; i++) {
		struct buf head = { 0 };

		ask(&f, "/", "");
		buf_puts(&head, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
		for (int k = 0; k < 95; k++) {
			snprintf(text, sizeof(text), "Set-Cookie: n=%d\r\n", i * 95 + k);
			buf_puts(&head, text);
		}
		buf_puts(&head, "\r\n");
		talk_text(&f.talk, S, buf_cstr(&head));
		buf_fini(&head);
	}
	ask(&f, "/", "Cookie: n=first; n=66499\r\n");
	lab_run(&f.lab);
	assert_true(trace_stats(f.lab.trace)->set_cookie_headers > JAR_MAX);
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_UNKNOWN), "osilab.cookie.value", "first");
	lab_one(&f.lab, NOTE_COOKIE_RETURNED);
	lab_fini(&f.lab);
}

/* --- Authorization -------------------------------------------------------------------------------------------------- */

static void authorize(struct fixture *f, const char *value)
{
	char text[3000];

	setup(f);
	snprintf(text, sizeof(text), "Authorization: %s\r\n", value);
	ask(f, "/", text);
	answer(f, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n");
	lab_run(&f->lab);
}

static void test_basic(void **state)
{
	struct fixture f;

	authorize(&f, "Basic YW5uOmh1bnRlcjI="); /* ann:hunter2 */
	lab_expect(lab_one(&f.lab, NOTE_AUTH_BASIC), "osilab.auth.user", "ann");
	lab_expect(lab_one(&f.lab, NOTE_AUTH_BASIC), "osilab.auth.password", "•••• (7 characters)");
	assert_int_equal(lab_one(&f.lab, NOTE_AUTH_BASIC)->len, 16);
	lab_one(&f.lab, NOTE_AUTH_IN_CLEAR);
	assert_int_equal(lab_one(&f.lab, NOTE_AUTH_REFUSED)->ref, 4);
	lab_expect(lab_one(&f.lab, NOTE_AUTH_REFUSED), "osilab.auth.what", "password");
	assert_non_null(strstr(lab_one(&f.lab, NOTE_AUTH_CHALLENGE)->text, "Basic"));
	assert_int_equal(trace_stats(f.lab.trace)->authorization_headers, 1);
	assert_string_equal(trace_stats(f.lab.trace)->authorization_schemes.v[0].name, "Basic");
	for (size_t i = 0; i < f.lab.nnotes; i++)
		if (f.lab.notes[i].id != NOTE_HTTP_REQUEST) /* which shows the field as it was sent */
			assert_null(strstr(f.lab.notes[i].fields, "hunter2"));
	lab_fini(&f.lab);
}

static void test_other_schemes(void **state)
{
	struct fixture f;

	authorize(&f, "Basic !!!");
	lab_expect(lab_one(&f.lab, NOTE_AUTH_OTHER), "osilab.auth.scheme", "Basic (damaged)");
	lab_fini(&f.lab);
	authorize(&f, "Digest username=\"ann\", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"0\"");
	lab_expect(lab_one(&f.lab, NOTE_AUTH_DIGEST), "osilab.auth.user", "ann");
	lab_none(&f.lab, NOTE_AUTH_IN_CLEAR);
	lab_fini(&f.lab);
	authorize(&f, "Negotiate abcd");
	lab_expect(lab_one(&f.lab, NOTE_AUTH_NEGOTIATE), "osilab.auth.scheme", "Negotiate");
	lab_fini(&f.lab);
	authorize(&f, "Bearer just-an-opaque-token");
	lab_expect(lab_one(&f.lab, NOTE_AUTH_BEARER), "osilab.auth.bytes", "20");
	lab_none(&f.lab, NOTE_JWT_HEADER);
	lab_expect(lab_one(&f.lab, NOTE_AUTH_REFUSED), "osilab.auth.what", "token");
	lab_fini(&f.lab);
}

/* --- JSON Web Tokens ---------------------------------------------------------------------------------------------- */

static const uint8_t key[32] = "0123456789abcdef0123456789abcdef";

static void bearer(struct fixture *f, struct slice with, const char *token)
{
	char text[2500];

	setup(f);
	f->lab.config.jwt_key = with;
	snprintf(text, sizeof(text), "Authorization: Bearer %s\r\n", token);
	ask(f, "/", text);
	lab_run(&f->lab);
}

static void sign(const struct token_new *claims, struct buf *out)
{
	struct token_key k;
	struct err e = { 0 };

	assert_int_equal(token_key_init(&k, TOKEN_HS256, slice_of(key, 32), &e), 0);
	if (token_sign(&k, claims, out, &e) < 0)
		fail_msg("%s", e.msg);
}

static void test_jwt(void **state)
{
	const struct token_new claims = { .iss = "i",
		.sub = "ann",
		.aud = "shop",
		.jti = "j1",
		.kid = "k1",
		.iat = LAB_START / CLOCK_SEC - 600,
		.exp = LAB_START / CLOCK_SEC + 3000 };
	struct buf token = { 0 };
	struct fixture f;

	sign(&claims, &token);
	bearer(&f, slice_of(key, 32), buf_cstr(&token));
	lab_expect(lab_one(&f.lab, NOTE_JWT_HEADER_KID), "osilab.jwt.alg", "HS256");
	lab_expect(lab_one(&f.lab, NOTE_JWT_HEADER_KID), "osilab.jwt.kid", "k1");
	lab_expect(lab_one(&f.lab, NOTE_JWT_HEADER_KID), "osilab.jwt.where", "Authorization: Bearer");
	assert_int_equal(lab_one(&f.lab, NOTE_JWT_HEADER_KID)->len, token.n);
	lab_expect(
	    lab_one(&f.lab, NOTE_JWT_CLAIMS), "osilab.jwt.summary", "sub=ann, iss=i, aud=shop, jti=j1");
	lab_expect(lab_one(&f.lab, NOTE_JWT_TIMES), "osilab.jwt.lifetime", "60 min");
	lab_expect(lab_one(&f.lab, NOTE_JWT_TIMES), "osilab.jwt.left", "50 min");
	lab_one(&f.lab, NOTE_JWT_SIGNED);
	lab_none(&f.lab, NOTE_JWT_EXPIRED);
	lab_none(&f.lab, NOTE_AUTH_BEARER);
	lab_fini(&f.lab);
	/* Without a key nothing is said of the signature; with another one it does not fit. */
	bearer(&f, slice_of(NULL, 0), buf_cstr(&token));
	lab_none(&f.lab, NOTE_JWT_SIGNED);
	lab_none(&f.lab, NOTE_JWT_FORGED);
	lab_fini(&f.lab);
	bearer(&f, SLICE("another key of at least 32 bytes"), buf_cstr(&token));
	lab_one(&f.lab, NOTE_JWT_FORGED);
	lab_none(&f.lab, NOTE_JWT_SIGNED);
	lab_fini(&f.lab);
	buf_fini(&token);
}

/* Any one character of the payload or the signature changed shows. */
static void test_jwt_tampered(void **state)
{
	const struct token_new claims = { .sub = "ann", .exp = LAB_START / CLOCK_SEC + 3000 };
	struct buf token = { 0 };
	struct fixture f;
	size_t dot;

	sign(&claims, &token);
	buf_cstr(&token);
	dot = (size_t)slice_rchr(buf_view(&token), '.');
	token.p[dot + 5] = token.p[dot + 5] == 'A' ? 'B' : 'A';
	bearer(&f, slice_of(key, 32), buf_cstr(&token));
	lab_one(&f.lab, NOTE_JWT_FORGED);
	lab_none(&f.lab, NOTE_JWT_SIGNED);
	buf_fini(&token);
	lab_fini(&f.lab);
}

static void unsigned_token(const char *header, const char *payload, const char *tail, char *out, size_t size)
{
	struct buf b = { 0 };

	base64_put(&b, slice_str(header), BASE64_URL | BASE64_UNPADDED);
	buf_putc(&b, '.');
	base64_put(&b, slice_str(payload), BASE64_URL | BASE64_UNPADDED);
	buf_putc(&b, '.');
	buf_puts(&b, tail);
	snprintf(out, size, "%s", buf_cstr(&b));
	buf_fini(&b);
}

static void test_jwt_none(void **state)
{
	static const char *const algs[] = { "none", "NONE", "nOnE",
		"HS256" }; /* the last: without a signature */

	for (size_t i = 0; i < 4; i++) {
		char header[64], token[400];
		struct fixture f;

		snprintf(header, sizeof(header), "{\"alg\":\"%s\"}", algs[i]);
		unsigned_token(header, "{\"sub\":\"admin\"}", "", token, sizeof(token));
		bearer(&f, slice_of(key, 32), token);
		lab_expect(lab_one(&f.lab, NOTE_JWT_NONE), "osilab.jwt.alg", algs[i]);
		lab_one(&f.lab, NOTE_JWT_NO_EXP);
		lab_none(&f.lab, NOTE_JWT_SIGNED);
		lab_none(&f.lab, NOTE_JWT_FORGED);
		lab_fini(&f.lab);
	}
}

/* Times a forger may write: as far off as 64 bits go. */
static void test_jwt_times(void **state)
{
	static const struct {
		const char *payload;
		enum note_id id;
	} rows[] = {
		{ "{\"exp\":1767323000}", NOTE_JWT_EXPIRED },
		{ "{\"exp\":0}", NOTE_JWT_EXPIRED },
		{ "{\"exp\":-1}", NOTE_JWT_EXPIRED },
		{ "{\"exp\":-9223372036854775808}", NOTE_JWT_EXPIRED },
		{ "{\"exp\":-9200000000}", NOTE_JWT_EXPIRED },
		{ "{\"exp\":9223372036854775807}", NOTE_JWT_TIMES },
		{ "{\"exp\":9223372036854775807,\"iat\":-9223372036854775808}", NOTE_JWT_TIMES },
		{ "{\"exp\":9200000000,\"iat\":-9200000000}", NOTE_JWT_TIMES },
		{ "{\"exp\":1767326645,\"iat\":1767326645}", NOTE_JWT_TIMES },
		{ "{}", NOTE_JWT_NO_EXP },
		{ "[]", NOTE_JWT_NO_EXP },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char token[400];
		struct fixture f;

		unsigned_token("{\"alg\":\"HS256\"}", rows[i].payload, "AAAA", token, sizeof(token));
		bearer(&f, slice_of(NULL, 0), token);
		if (rows[i].id != NOTE_JWT_NO_EXP || lab_count(&f.lab, NOTE_JWT_HEADER))
			lab_one(&f.lab, rows[i].id);
		lab_fini(&f.lab);
	}
}

static void test_jwt_in_body(void **state)
{
	const struct token_new claims = { .sub = "ann", .exp = LAB_START / CLOCK_SEC + 3000 };
	struct buf token = { 0 }, text = { 0 };
	struct fixture f;

	sign(&claims, &token);
	setup(&f);
	ask(&f, "/", "");
	buf_printf(&text,
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %zu\r\n\r\n"
	    "{\"eyJ\":\"eyJ\",\"token\":\"%s\"}",
	    token.n + 24, buf_cstr(&token));
	talk_text(&f.talk, S, buf_cstr(&text));
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_JWT_HEADER), "osilab.jwt.where", "In the body");
	buf_fini(&token);
	buf_fini(&text);
	lab_fini(&f.lab);
}

/* --- Passwords ------------------------------------------------------------------------------------------------------- */

static void test_form(void **state)
{
	static const struct {
		const char *form, *user, *password; /* password NULL: none is seen */
	} rows[] = {
		{ "user=ann&password=hunter2", "ann", "•••• (7 characters)" },
		{ "pwd=a%20b&email=ann%40x.example", "ann@x.example", "•••• (3 characters)" },
		{ "password=x", "?", "•••• (1 characters)" },
		{ "user=%1b[31m&password=x", "\\x1b[31m", "•••• (1 characters)" },
		{ "user=ann&password=", NULL, NULL },
		{ "user=ann", NULL, NULL },
		{ "q=password", NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		char text[400];

		setup(&f);
		snprintf(text, sizeof(text),
		    "POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
		    "Content-Length: %zu\r\n\r\n%s",
		    strlen(rows[i].form), rows[i].form);
		talk_text(&f.talk, C, text);
		lab_run(&f.lab);
		if (rows[i].password) {
			lab_expect(lab_one(&f.lab, NOTE_PASSWORD_IN_CLEAR), "osilab.auth.user", rows[i].user);
			lab_expect(lab_one(&f.lab, NOTE_PASSWORD_IN_CLEAR), "osilab.auth.password",
			    rows[i].password);
		} else {
			lab_none(&f.lab, NOTE_PASSWORD_IN_CLEAR);
		}
		lab_none(&f.lab, NOTE_PASSWORD_SEALED);
		lab_fini(&f.lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_huge_lifetime),
		cmocka_unit_test(test_flaws),
		cmocka_unit_test(test_returned),
		cmocka_unit_test(test_returned_elsewhere),
		cmocka_unit_test(test_domain),
		cmocka_unit_test(test_set_by_unknown_host),
		cmocka_unit_test(test_rotated),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_jar_bounded),
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_other_schemes),
		cmocka_unit_test(test_jwt),
		cmocka_unit_test(test_jwt_tampered),
		cmocka_unit_test(test_jwt_none),
		cmocka_unit_test(test_jwt_times),
		cmocka_unit_test(test_jwt_in_body),
		cmocka_unit_test(test_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
