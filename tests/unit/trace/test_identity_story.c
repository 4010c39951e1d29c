/* The life of cookies and tokens over several packets, and secrets where they should not stand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"
#include "trace/identity.h"
#include "trace/jar.h"
#include "webtalk.h"

#define FORM "application/x-www-form-urlencoded"
#define SID  "sid=abcdef0123456789"

/* --- Cookies --------------------------------------------------------------------------------------------- */

static void test_fixation(void **state)
{
	static const struct {
		const char *status, *set;
		enum note_id yes, no;
	} rows[] = {
		{ "303 See Other", "", NOTE_COOKIE_FIXATION, NOTE_COOKIE_ROTATED_AT_LOGIN },
		{ "200 OK", "Set-Cookie: theme=dark\r\n", NOTE_COOKIE_FIXATION,
		    NOTE_COOKIE_ROTATED_AT_LOGIN },
		{ "200 OK", "Set-Cookie: " SID "\r\n", NOTE_COOKIE_FIXATION, NOTE_COOKIE_ROTATED_AT_LOGIN },
		{ "303 See Other", "Set-Cookie: sid=9876543210fedcba\r\n", NOTE_COOKIE_ROTATED_AT_LOGIN,
		    NOTE_COOKIE_FIXATION },
		{ "200 OK", "Set-Cookie: auth=9876543210fedcba\r\n", NOTE_COOKIE_SET, NOTE_COOKIE_FIXATION },
		{ "200 OK", "Set-Cookie: sid=; Max-Age=0\r\n", NOTE_COOKIE_DELETED, NOTE_COOKIE_FIXATION },
		{ "401 Unauthorized", "", NOTE_HTTP_CLIENT_ERROR, NOTE_COOKIE_FIXATION },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		setup(&f);
		post(&f, "Cookie: " SID "; lang=en\r\n", FORM, "user=ann&password=x"); /* 4 */
		answer(&f, rows[i].status, rows[i].set);
		lab_run(&f.lab);
		lab_one(&f.lab, rows[i].yes);
		lab_none(&f.lab, rows[i].no);
		if (rows[i].yes == NOTE_COOKIE_FIXATION)
			lab_expect(lab_one(&f.lab, NOTE_COOKIE_FIXATION), "osilab.cookie.name", "sid");
		lab_fini(&f.lab);
	}
}

/* No login, no fixation. */
static void test_no_login(void **state)
{
	struct fixture f;

	setup(&f);
	post(&f, "Cookie: " SID "\r\n", FORM, "q=socks");
	answer(&f, "200 OK", "");
	lab_run(&f.lab);
	lab_none(&f.lab, NOTE_COOKIE_FIXATION);
	lab_fini(&f.lab);
}

static void test_return_kinds(void **state)
{
	struct fixture f;

	setup(&f);
	f.lab.step = CLOCK_SEC;
	ask(&f, "/", "");
	answer(&f, "200 OK", "Set-Cookie: a=1; Max-Age=3\r\n"); /* 5 */
	ask(&f, "/", "Cookie: a=1\r\n");                        /* 6 */
	answer(&f, "200 OK", "");
	f.lab.now += 10 * CLOCK_SEC;
	ask(&f, "/", "Cookie: a=1\r\n"); /* 8: its time is over */
	answer(&f, "200 OK", "Set-Cookie: a=2\r\n");
	ask(&f, "/", "Cookie: a=1\r\n"); /* 10: replaced */
	answer(&f, "200 OK", "");
	ask(&f, "/", "Cookie: b=x\r\n");
	answer(&f, "200 OK", "");
	ask(&f, "/", "Cookie: b=x; b=y\r\n"); /* 14 */
	lab_run(&f.lab);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_RETURNED)->packet, 6);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_EXPIRED)->packet, 8);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_OLD_VALUE)->packet, 10);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_OLD_VALUE)->ref, 9);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_AGAIN)->ref, 12);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_TWICE)->packet, 14);
	lab_fini(&f.lab);
}

static void test_set_flaws(void **state)
{
	static const struct {
		const char *set;
		enum note_id id;
	} rows[] = {
		{ "a=b; Max-Age=34560001", NOTE_COOKIE_LIFETIME_LONG },
		{ "a=b; Max-Age=34560000", NOTE_COOKIE_LIFETIME },
		{ "a=b; Priority=High", NOTE_COOKIE_UNKNOWN_ATTRIBUTES },
		{ "a=b c", NOTE_COOKIE_OCTETS },
		{ "a=b\\c", NOTE_COOKIE_OCTETS },
		{ "a=\"b,c\"", NOTE_COOKIE_OCTETS },
		{ "a=b; Domain=example", NOTE_COOKIE_DOMAIN_BROADER },
		{ "a=b; Domain=shop.example", NOTE_COOKIE_DOMAIN },
		{ "__Secure-a=b; Secure", NOTE_COOKIE_SECURE_PREFIX },
		{ "a=b; Secure; Partitioned", NOTE_COOKIE_PARTITIONED },
		{ "a=b; Partitioned", NOTE_COOKIE_FLAW },
		{ "a=b\r\nSet-Cookie: a=c", NOTE_COOKIE_TWICE },
		{ "=", NOTE_COOKIE_IGNORED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		char text[200];

		setup(&f);
		ask(&f, "/", "");
		snprintf(text, sizeof(text), "Set-Cookie: %s\r\n", rows[i].set);
		answer(&f, "200 OK", text);
		lab_run(&f.lab);
		lab_one(&f.lab, rows[i].id);
		lab_fini(&f.lab);
	}
}

static void test_too_large(void **state)
{
	struct fixture f;
	char value[4200], text[4400];

	memset(value, 'v', sizeof(value));
	setup(&f);
	for (int n = 4096; n <= 4097; n++) {
		ask(&f, "/", "");
		snprintf(text, sizeof(text), "Set-Cookie: a=%.*s\r\n", n - 1, value);
		answer(&f, "200 OK", text);
	}
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_COOKIE_SET);
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_IGNORED), "osilab.cookie.flaw",
	    "name and value have more than 4096 bytes");
	lab_fini(&f.lab);
}

/* One value from two addresses: said once, and only of values that are nobody else's. */
static void test_two_clients(void **state)
{
	struct fixture f;
	struct talk other;

	setup(&f);
	ask(&f, "/", "");
	answer(&f, "200 OK", "Set-Cookie: " SID "\r\nSet-Cookie: theme=dark\r\n");
	ask(&f, "/", "Cookie: " SID "; theme=dark\r\n"); /* 6 */
	talk_init(&other, &f.lab, 40001, 80);
	other.v6 = true;
	for (int i = 0; i < 2; i++)
		talk_text(
		    &other, C, "GET / HTTP/1.1\r\nHost: shop.example\r\nCookie: " SID "; theme=dark\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_TWO_CLIENTS)->packet, 7);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_TWO_CLIENTS)->ref, 6);
	lab_fini(&f.lab);
}

/* What one client is given replaces and deletes nothing of another's. */
static void test_clients_keep_theirs_apart(void **state)
{
	struct fixture f;
	struct talk other;

	setup(&f);
	ask(&f, "/", "");
	answer(&f, "200 OK", "Set-Cookie: a=mine\r\n"); /* 5 */
	talk_init(&other, &f.lab, 40001, 80);
	other.v6 = true;
	for (int i = 0; i < 2; i++) {
		talk_text(&other, C, "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
		talk_text(&other, S,
		    i ? "HTTP/1.1 200 OK\r\nSet-Cookie: a=; Max-Age=0\r\nContent-Length: 0\r\n\r\n"
		      : "HTTP/1.1 200 OK\r\nSet-Cookie: a=theirs\r\nContent-Length: 0\r\n\r\n");
	}
	ask(&f, "/", "Cookie: a=mine\r\n");
	lab_run(&f.lab);
	lab_none(&f.lab, NOTE_COOKIE_OLD_VALUE);
	lab_none(&f.lab, NOTE_COOKIE_AFTER_DELETE);
	assert_int_equal(lab_one(&f.lab, NOTE_COOKIE_RETURNED)->ref, 5);
	lab_fini(&f.lab);
}

/* The warning comes once on each connection. */
static void test_in_clear_once(void **state)
{
	struct fixture f;
	struct talk other;

	setup(&f);
	for (int i = 0; i < 3; i++)
		ask(&f, "/", "Cookie: a=1\r\n");
	talk_init(&other, &f.lab, 40001, 80);
	for (int i = 0; i < 3; i++)
		talk_text(&other, C, "GET / HTTP/1.1\r\nHost: shop.example\r\nCookie: a=1\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_COOKIE_IN_CLEAR), 2);
	lab_fini(&f.lab);
}

static void test_lives(void **state)
{
	struct fixture f;

	setup(&f);
	ask(&f, "/", "Cookie: old=1\r\n"); /* 4 */
	answer(&f, "200 OK", "Set-Cookie: a=1\r\nSet-Cookie: b=1\r\nSet-Cookie: c=1\r\n");
	ask(&f, "/", "Cookie: a=1; b=1\r\n"); /* 6 */
	answer(&f, "200 OK", "Set-Cookie: a=2\r\nSet-Cookie: b=; Max-Age=0\r\nSet-Cookie: c=; Max-Age=0\r\n");
	ask(&f, "/", "Cookie: a=2\r\n"); /* 8 */
	answer(&f, "200 OK", "Set-Cookie: d=1\r\n");
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_LIFE_OLDER), "osilab.cookie.sent_first", "4");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_LIFE), "osilab.cookie.name", "a");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_LIFE), "osilab.cookie.values", "2");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_LIFE), "osilab.cookie.sent_last", "8");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_LIFE_DELETED), "osilab.cookie.deleted", "7");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_LIFE_DELETED_UNUSED), "osilab.cookie.name", "c");
	lab_expect(lab_one(&f.lab, NOTE_COOKIE_LIFE_UNUSED), "osilab.cookie.name", "d");
	lab_none(&f.lab, NOTE_COOKIE_LIFE_MORE);
	lab_fini(&f.lab);
}

/* Heads made to be slow: many cookies, and a host of many labels. */
static void test_many_cookies(void **state)
{
	struct fixture f;
	struct buf head = { 0 };
	int64_t began;

	setup(&f);
	buf_puts(&head, "GET / HTTP/1.1\r\nHost: ");
	for (int i = 0; i < 60; i++)
		buf_puts(&head, "a.");
	buf_puts(&head, "b\r\nCookie: x=y");
	for (int i = 0; i < 8000; i++)
		buf_puts(&head, ";a=");
	buf_puts(&head, "\r\n\r\n");
	for (int i = 0; i < 40; i++)
		talk_text(&f.talk, C, buf_cstr(&head));
	began = clock_mono();
	lab_run(&f.lab);
	assert_true(clock_mono() - began < 2 * CLOCK_SEC); /* a megabyte */
	assert_int_equal(lab_count(&f.lab, NOTE_COOKIE_MORE), 40);
	lab_expect(lab_find(&f.lab, NOTE_COOKIE_MORE, 0), "osilab.cookie.more", "7901");
	buf_fini(&head);
	lab_fini(&f.lab);
}

/* --- The jar itself ------------------------------------------------------------------------------------------- */

static void test_jar(void **state)
{
	struct jar *jar = jar_new();
	const struct jar_domains *d;
	char value[16];

	assert_non_null(jar_put(jar, 1, SLICE("Example"), SLICE("a"), SLICE("1"), 7));
	d = jar_domains(jar, SLICE("x.y.example"));
	assert_int_equal(d->n, 4);
	assert_int_equal(jar_find(jar, d, jar_hash(jar, "a", 1), SLICE("1"))->frame, 7);
	assert_null(jar_find(jar, d, jar_hash(jar, "a", 1), SLICE("2")));
	assert_null(jar_find(jar, d, jar_hash(jar, "1", 1), SLICE("a")));
	for (int i = 0; i < JAR_MAX; i++) {
		snprintf(value, sizeof(value), "%d", i);
		assert_non_null(jar_put(jar, 1, SLICE("h"), SLICE("n"), slice_str(value), 8));
	}
	assert_int_equal(jar->n, JAR_MAX);
	assert_null(jar_find(jar, d, jar_hash(jar, "a", 1), SLICE("1")));
	assert_null(jar_cookie(jar, 1, SLICE("example"), SLICE("a")));
	assert_int_equal(jar->forgotten, 1);
	assert_int_equal(jar_cookie(jar, 1, SLICE("H"), SLICE("n"))->refs, JAR_MAX);
	jar_free(jar);
}

/* --- Tokens ---------------------------------------------------------------------------------------------------- */

static void token(const char *header, const char *payload, char *out, size_t size)
{
	struct buf b = { 0 };

	base64_put(&b, slice_str(header), BASE64_URL | BASE64_UNPADDED);
	buf_putc(&b, '.');
	base64_put(&b, slice_str(payload), BASE64_URL | BASE64_UNPADDED);
	buf_puts(&b, ".AAAA");
	snprintf(out, size, "%s", buf_cstr(&b));
	buf_fini(&b);
}

static void give(struct fixture *f, const char *json)
{
	char text[2000];

	snprintf(text, sizeof(text),
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    strlen(json), json);
	talk_text(&f->talk, S, text);
}

static void bearer(struct fixture *f, const char *target, const char *value)
{
	char text[1000];

	snprintf(text, sizeof(text), "Authorization: Bearer %s\r\n", value);
	ask(f, target, text);
}

static void test_token_story(void **state)
{
	struct fixture f;
	char value[500], json[700];

	token("{\"alg\":\"HS256\"}", "{\"sub\":\"ann\",\"exp\":1767323046}", value,
	    sizeof(value)); /* good for a second */
	snprintf(json, sizeof(json), "{\"id_token\" : \"%s\"}", value);
	setup(&f);
	ask(&f, "/token", "");
	give(&f, json);           /* 5 */
	bearer(&f, "/me", value); /* 6 */
	answer(&f, "200 OK", "");
	bearer(&f, "/logout", value); /* 8 */
	answer(&f, "204 No Content", "");
	bearer(&f, "/me", value); /* 10: still let in */
	answer(&f, "200 OK", "");
	f.lab.now += 10 * CLOCK_SEC;
	bearer(&f, "/me", value); /* 12: and even now */
	answer(&f, "200 OK", "");
	bearer(&f, "/me", value);
	answer(&f, "401 Unauthorized", "");
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_JWT_HEADER), 2); /* where it is given, and at its first use */
	assert_int_equal(lab_one(&f.lab, NOTE_JWT_RETURNED)->packet, 6);
	assert_int_equal(lab_one(&f.lab, NOTE_JWT_RETURNED)->ref, 5);
	assert_int_equal(lab_count(&f.lab, NOTE_JWT_AGAIN), 4);
	assert_int_equal(lab_count(&f.lab, NOTE_TOKEN_AFTER_LOGOUT), 2);
	assert_int_equal(lab_find(&f.lab, NOTE_TOKEN_AFTER_LOGOUT, 0)->packet, 11);
	assert_int_equal(lab_find(&f.lab, NOTE_TOKEN_AFTER_LOGOUT, 0)->ref, 8);
	assert_int_equal(lab_one(&f.lab, NOTE_JWT_EXPIRED_ACCEPTED)->packet, 13);
	assert_int_equal(lab_count(&f.lab, NOTE_JWT_EXPIRED), 2);
	lab_fini(&f.lab);
}

static void test_opaque_token(void **state)
{
	struct fixture f;

	setup(&f);
	ask(&f, "/token", "");
	give(&f, "{\"token_type\":\"bearer\",\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\"}");
	bearer(&f, "/me", "2YotnFZFEjr1zCsicMWpAA");
	answer(&f, "200 OK", "");
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_TOKEN_GIVEN), "osilab.auth.member", "access_token");
	assert_int_equal(lab_one(&f.lab, NOTE_AUTH_BEARER_AGAIN)->ref, 5);
	lab_none(&f.lab, NOTE_AUTH_BEARER);
	lab_fini(&f.lab);
}

static void test_weak_points(void **state)
{
	static const struct {
		const char *header, *payload;
		enum note_id id;
	} rows[] = {
		{ "{\"alg\":\"HS256\",\"kid\":\"../../dev/null\"}", "{}", NOTE_JWT_KID },
		{ "{\"alg\":\"HS256\",\"kid\":\"x' OR '1'='1\"}", "{}", NOTE_JWT_KID },
		{ "{\"alg\":\"RS256\",\"jku\":\"https://evil.example/\"}", "{}", NOTE_JWT_BRINGS_KEY },
		{ "{\"alg\":\"RS256\",\"jwk\":{}}", "{}", NOTE_JWT_BRINGS_KEY },
		{ "{\"alg\":\"RS256\",\"crit\":[\"b64\"]}", "{}", NOTE_JWT_CRIT },
		{ "{\"alg\":\"HS256\"}", "{\"nbf\":1767323999}", NOTE_JWT_NOT_YET },
		{ "{\"alg\":\"HS256\"}", "{\"iat\":1767323000,\"exp\":1777323000}", NOTE_JWT_LONG_LIVED },
		{ "{\"alg\":\"HS256\"}", "{\"exp\":1777323000}", NOTE_JWT_LONG_LIVED },
		{ "{\"alg\":\"HS256\"}", "{\"email\":\"ann@shop.example\"}", NOTE_JWT_SENSITIVE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		char value[500];

		token(rows[i].header, rows[i].payload, value, sizeof(value));
		setup(&f);
		bearer(&f, "/", value);
		lab_run(&f.lab);
		lab_one(&f.lab, rows[i].id);
		lab_fini(&f.lab);
	}
}

/* --- Schemes --------------------------------------------------------------------------------------------------- */

static void test_schemes(void **state)
{
	static const struct {
		const char *field;
		enum note_id id;
		const char *name, *value;
	} rows[] = {
		{ "Authorization: Digest username=\"ann\", realm=\"r\", qop=auth, nc=00000002, "
		  "algorithm=SHA-256",
		    NOTE_AUTH_DIGEST, "osilab.auth.algorithm", "SHA-256" },
		{ "Authorization: Digest username=\"ann\", realm=\"r\", qop=auth, nc=00000002",
		    NOTE_AUTH_DIGEST_QOP, "osilab.auth.nc", "00000002" },
		{ "Authorization: Digest username=\"ann\", qop=auth-int", NOTE_AUTH_DIGEST_MD5,
		    "osilab.auth.algorithm", "MD5" },
		{ "Authorization: Negotiate YIIKyQYGKwYBBQUCoIIKvTCC", NOTE_AUTH_NEGOTIATE,
		    "osilab.auth.scheme", "Negotiate" },
		{ "Authorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAA=", NOTE_AUTH_NTLM, "osilab.auth.ntlm",
		    "1" },
		{ "Authorization: Negotiate TlRMTVNTUAADAAAAGAAYAH4AAAA=", NOTE_AUTH_NTLM, "osilab.auth.ntlm",
		    "3" },
		{ "Proxy-Authorization: Basic YW5uOmh1bnRlcjI=", NOTE_AUTH_BASIC, "osilab.auth.field",
		    "Proxy-Authorization" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		char text[400];

		setup(&f);
		snprintf(text, sizeof(text), "%s\r\n", rows[i].field);
		ask(&f, "/", text);
		lab_run(&f.lab);
		lab_expect(lab_one(&f.lab, rows[i].id), rows[i].name, rows[i].value);
		lab_fini(&f.lab);
	}
}

static void test_challenge_answered(void **state)
{
	struct fixture f;

	setup(&f);
	ask(&f, "/", "");
	answer(&f, "401 Unauthorized",
	    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\nWWW-Authenticate: Basic realm=\"r\"\r\n");
	ask(&f, "/", "Authorization: basic YW5uOmh1bnRlcjI=\r\n"); /* 6 */
	answer(&f, "200 OK", "");
	ask(&f, "/", "Authorization: Basic YW5uOmh1bnRlcjI=\r\n");
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_AUTH_CHALLENGE), 2);
	assert_int_equal(lab_one(&f.lab, NOTE_AUTH_ANSWERS)->packet, 6);
	assert_int_equal(lab_one(&f.lab, NOTE_AUTH_ANSWERS)->ref, 5);
	lab_fini(&f.lab);
}

/* --- URLs, forms, JSON ------------------------------------------------------------------------------------------ */

static void test_urls(void **state)
{
	static const struct {
		const char *target;
		enum note_id id; /* NOTE_COUNT: nothing is said */
	} rows[] = {
		{ "/?user=ann&password=hunter2", NOTE_URL_PASSWORD },
		{ "/?access_token=2YotnFZFEjr1zCsicMWpAA", NOTE_URL_TOKEN },
		{ "/?api_key=0123456789", NOTE_URL_TOKEN },
		{ "/?PHPSESSID=0123456789", NOTE_URL_SESSION },
		{ "/shop;jsessionid=0123456789?x=1", NOTE_URL_SESSION },
		{ "http://ann:hunter2@shop.example/", NOTE_URL_USERINFO },
		{ "/?next=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.", NOTE_JWT_NONE },
		{ "/?password=", NOTE_COUNT },
		{ "/password?q=token", NOTE_COUNT },
		{ "/?key=a", NOTE_COUNT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		setup(&f);
		ask(&f, rows[i].target, "");
		lab_run(&f.lab);
		if (rows[i].id != NOTE_COUNT)
			lab_one(&f.lab, rows[i].id);
		else
			for (int id = NOTE_URL_USERINFO; id <= NOTE_URL_SESSION; id++)
				lab_none(&f.lab, (enum note_id)id);
		for (size_t k = 0; k < f.lab.nnotes; k++)
			if (f.lab.notes[k].id != NOTE_HTTP_REQUEST)
				assert_null(strstr(f.lab.notes[k].text, "hunter2"));
		lab_fini(&f.lab);
	}
}

static void test_json_password(void **state)
{
	static const struct {
		const char *json, *user; /* user NULL: no password */
	} rows[] = {
		{ "{\"username\":\"ann\",\"password\":\"hunter2\"}", "ann" },
		{ "{\"a\":{\"pass\" : \"hun\\\"ter2\"}, \"email\":\"a@b\"}", "a@b" },
		{ "{\"password\":null}", NULL },
		{ "{\"note\":\"the \\\"password\\\": is x\"}", NULL },
		{ "{\"password\":\"unfinished", NULL },
		{ "\"password\":", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		setup(&f);
		post(&f, "", "application/json", rows[i].json);
		lab_run(&f.lab);
		if (rows[i].user)
			lab_expect(lab_one(&f.lab, NOTE_PASSWORD_IN_CLEAR), "osilab.auth.user", rows[i].user);
		else
			lab_none(&f.lab, NOTE_PASSWORD_IN_CLEAR);
		lab_fini(&f.lab);
	}
}

static void test_safe(void **state)
{
	assert_int_equal(identity_safe(SLICE("nothing to hide")), 15);
	assert_int_equal(identity_safe(SLICE("{\"password\": \"x\"}")), 7);
	assert_int_equal(identity_safe(SLICE("a=b&Access_Token=x")), 16);
	assert_int_equal(identity_safe(SLICE("401 Authorization Required<br>")), 30);
	assert_int_equal(identity_safe(SLICE("x eyJhbGciOi")), 5);
	assert_int_equal(identity_safe(SLICE("a secret")), 8); /* cut before it shows what follows */
	assert_int_equal(identity_safe(SLICE("")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixation),
		cmocka_unit_test(test_no_login),
		cmocka_unit_test(test_return_kinds),
		cmocka_unit_test(test_set_flaws),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_two_clients),
		cmocka_unit_test(test_clients_keep_theirs_apart),
		cmocka_unit_test(test_in_clear_once),
		cmocka_unit_test(test_lives),
		cmocka_unit_test(test_many_cookies),
		cmocka_unit_test(test_jar),
		cmocka_unit_test(test_token_story),
		cmocka_unit_test(test_opaque_token),
		cmocka_unit_test(test_weak_points),
		cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_challenge_answered),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_json_password),
		cmocka_unit_test(test_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
