/* Exercises Authorization and base64: whatever base64 accepts must encode to the very text it was
 * decoded from. */
#include "base/base64.h"
#include "http/credentials.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_base64(struct slice in, int flags)
{
	size_t room = in.n / 4 * 3 + (in.n % 4 ? in.n % 4 - 1 : 0);
	uint8_t *plain = malloc(room + !room);
	ssize_t n = base64_decode(in, flags, plain, room);
	struct buf out = { 0 };

	if (n >= 0) {
		assert(base64_put(&out, slice_of(plain, (size_t)n), flags) == 0);
		assert(slice_eq(buf_view(&out), in));
	}
	buf_fini(&out);
	free(plain);
}

static void check_basic(struct slice rest)
{
	char *buf = malloc(rest.n + 1);
	struct slice user, password;

	if (http_basic_decode(rest, buf, rest.n, &user, &password) == 0)
		assert(slice_chr(user, ':') < 0 && user.n + password.n < rest.n);
	free(buf);
}

static void check_params(struct slice rest)
{
	struct slice name, value;
	char text[32];
	bool escaped;
	size_t left;

	do {
		left = rest.n;
		if (http_param_next(&rest, &name, &value, &escaped) <= 0)
			break;
		assert(rest.n < left && name.n > 0);
		(void)http_unquote(value, text, sizeof(text));
	} while (true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size), token, member;
	struct http_credentials c;

	check_base64(in, BASE64_STD);
	check_base64(in, BASE64_URL | BASE64_UNPADDED);
	if (http_credentials_split(in, &c) == 0) {
		check_basic(c.rest);
		check_params(c.rest);
		if (http_bearer(c.rest, &token) == 0)
			assert(slice_eq(token, c.rest) && slice_chr(token, ' ') < 0);
	}
	check_params(in);
	while (http_list_next(&in, &member))
		assert(member.n > 0);
	return 0;
}
