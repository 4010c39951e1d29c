/* Runs JWT cases from files of JSON lines: jwt_vectors FILE.jsonl...  Two shapes of line are known:
 * tokens with a policy ("allowed_algs", "now", "verdict": accept, reject or either; the key by
 * name, in jwt_keys/ beside the file) and signatures with a key ("key_pem" or "key_hex", "verdict":
 * valid or invalid).  Ends with "N passed, N failed"; the exit code is 1 when one failed. */
#include "token/jwt.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tally {
	int passed, failed, skipped;
};

static const char *text_of(const json_t *row, const char *member)
{
	const char *s = json_string_value(json_object_get(row, member));

	return s ? s : "";
}

/* Decodes hexadecimal in place. */
static size_t unhex(char *s)
{
	size_t n = 0;
	unsigned byte;

	for (; sscanf(s + 2 * n, "%2x", &byte) == 1; n++)
		s[n] = (char)byte;
	return n;
}

/* The key "hs256" is the one file jwt_keys/hs256_* beside the cases; malloc'd. */
static char *load_key(const char *cases, const char *name, size_t *n)
{
	const char *slash = strrchr(cases, '/');
	char pattern[4096], *text = calloc(1, 8192);
	glob_t found;
	FILE *f;

	snprintf(
	    pattern, sizeof(pattern), "%.*sjwt_keys/%s_*", slash ? (int)(slash - cases + 1) : 0, cases, name);
	*n = 0;
	if (text && glob(pattern, 0, NULL, &found) == 0) {
		f = fopen(found.gl_pathv[0], "r");
		*n = f ? fread(text, 1, 8191, f) : 0;
		if (f)
			fclose(f);
		if (strstr(found.gl_pathv[0], ".hex"))
			*n = unhex(text);
		globfree(&found);
	}
	return text;
}

/* token_verify under one algorithm; a key or algorithm that is refused refuses the token. */
static int verify(const json_t *row, const char *alg_name, struct slice key_bytes, struct token_policy *p)
{
	enum token_alg alg = token_alg_of(slice_str(alg_name));
	struct token_claims claims;
	struct token_key key;
	struct arena a;
	struct err e;
	int rc;

	if (alg == TOKEN_ALGS || token_key_init(&key, alg, key_bytes, &e) < 0)
		return -TOKEN_ALG;
	p->key = &key;
	arena_init(&a, 1 << 20);
	rc = token_verify(p, slice_str(text_of(row, "token")), &a, &claims);
	arena_fini(&a);
	return rc;
}

static int run_policy(const json_t *row, const char *file)
{
	const json_t *algs = json_object_get(row, "allowed_algs");
	struct token_policy p = { .iss = text_of(row, "expect_iss"),
		.aud = text_of(row, "expect_aud"),
		.now = json_integer_value(json_object_get(row, "now")),
		.leeway = json_integer_value(json_object_get(row, "leeway")) };
	const char *want = text_of(row, "verdict");
	size_t n;
	char *key = load_key(file, text_of(row, "key"), &n);
	int rc = verify(row, json_string_value(json_array_get(algs, 0)), slice_of(key, n), &p);

	free(key);
	if (!strcmp(want, "either") || !strcmp(want, rc == 0 ? "accept" : "reject"))
		return 0;
	printf("FAIL %s: want %s, got %s (%s)\n", text_of(row, "id"), want, token_fault_id(rc),
	    text_of(row, "why"));
	return 1;
}

/* A signature case is no token when its payload is no JSON object: then even a valid one is
 * refused, but for its form and not for its signature or algorithm. */
static int run_signature(const json_t *row, struct tally *t)
{
	bool valid = !strcmp(text_of(row, "verdict"), "valid");
	bool object = json_is_true(json_object_get(row, "payload_is_json_object"));
	char *key = strdup(*text_of(row, "key_pem") ? text_of(row, "key_pem") : text_of(row, "key_hex"));
	struct token_policy p = { .now = 1900000000 };
	int rc;

	if (valid && (token_alg_of(slice_str(text_of(row, "key_alg"))) == TOKEN_ALGS ||
	                 json_is_string(json_object_get(row, "disputed")))) {
		t->skipped++;
		free(key);
		return 0;
	}
	rc = verify(row, text_of(row, "key_alg"),
	    slice_of(key, *text_of(row, "key_pem") ? strlen(key) : unhex(key)), &p);
	free(key);
	if (valid ? (object ? rc == 0 : rc == -TOKEN_BAD_FORM) : rc < 0) {
		t->passed++;
		return 0;
	}
	printf("FAIL %s %s: want %s, got %s\n", text_of(row, "id"), text_of(row, "name"),
	    text_of(row, "verdict"), token_fault_id(rc));
	return 1;
}

static void run_row(const json_t *row, const char *file, struct tally *t)
{
	int failed;

	if (json_object_get(row, "allowed_algs")) {
		failed = run_policy(row, file);
		t->passed += !failed;
	} else {
		failed = run_signature(row, t);
	}
	t->failed += failed;
}

static void run_file(const char *file, struct tally *t)
{
	FILE *f = fopen(file, "r");
	char *line = NULL;
	size_t cap = 0;

	if (!f) {
		perror(file);
		t->failed++;
		return;
	}
	while (getline(&line, &cap, f) > 0) {
		json_t *row = json_loads(line, 0, NULL);

		if (json_is_object(row)) {
			run_row(row, file, t);
		} else {
			printf("FAIL %s: a line that is no JSON object\n", file);
			t->failed++;
		}
		json_decref(row);
	}
	free(line);
	fclose(f);
}

int main(int argc, char **argv)
{
	struct tally t = { 0 };

	for (int i = 1; i < argc; i++)
		run_file(argv[i], &t);
	if (t.skipped)
		printf("%d skipped: algorithms this room lacks, or a disputed verdict\n", t.skipped);
	printf("%d passed, %d failed\n", t.passed, t.failed);
	return t.failed > 0;
}
