/* A folder for the files of a lab CA, made for each test and taken away behind it. */
#ifndef TESTS_TLS_FOLDER_H
#define TESTS_TLS_FOLDER_H

#include "base/err.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	char base[32];
	char dir[64]; /* base/a/ca: does not exist yet */
	struct err e;
};

static inline int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->base, "/tmp/test_tls.XXXXXX");
	if (!mkdtemp(f->base))
		return -1;
	snprintf(f->dir, sizeof(f->dir), "%s/a/ca", f->base);
	*state = f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[64];
	int rc;

	snprintf(command, sizeof(command), "rm -r %s", f->base);
	rc = system(command);
	free(f);
	return rc;
}

/* The first certificate of a file in PEM; the caller frees it. */
static inline X509 *load(const char *dir, const char *name)
{
	char path[128];
	FILE *file;
	X509 *x;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "r");
	assert_non_null(file);
	x = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(x);
	return x;
}

#endif
