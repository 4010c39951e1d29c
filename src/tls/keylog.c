/* The NSS key log: lines in, secrets by client random.  draft-ietf-tls-keylogfile. */
#include "tls/keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <unistd.h>

/* What is known about one session. */
struct session {
	uint8_t random[KEYLOG_RANDOM_SIZE];
	uint8_t n[KEYLOG_LABELS]; /* bytes of each secret; 0: not known */
	uint8_t secret[KEYLOG_LABELS][KEYLOG_SECRET_MAX];
};

struct label {
	const char *name;
	uint8_t sizes[2]; /* a secret has one of these sizes */
};

static const struct label labels[KEYLOG_LABELS] = {
	[KEYLOG_CLIENT_RANDOM] = { "CLIENT_RANDOM", { 48, 48 } },
	[KEYLOG_CLIENT_EARLY] = { "CLIENT_EARLY_TRAFFIC_SECRET", { 32, 48 } },
	[KEYLOG_CLIENT_HANDSHAKE] = { "CLIENT_HANDSHAKE_TRAFFIC_SECRET", { 32, 48 } },
	[KEYLOG_SERVER_HANDSHAKE] = { "SERVER_HANDSHAKE_TRAFFIC_SECRET", { 32, 48 } },
	[KEYLOG_CLIENT_TRAFFIC] = { "CLIENT_TRAFFIC_SECRET_0", { 32, 48 } },
	[KEYLOG_SERVER_TRAFFIC] = { "SERVER_TRAFFIC_SECRET_0", { 32, 48 } },
	[KEYLOG_EXPORTER] = { "EXPORTER_SECRET", { 32, 48 } },
	[KEYLOG_RSA] = { "RSA", { 48, 48 } },
};

const char *keylog_label_name(enum keylog_label label)
{
	return labels[label].name;
}

void keylog_init(struct keylog *k)
{
	*k = (struct keylog){ 0 };
	table_init(&k->sessions);
	buf_init(&k->partial, KEYLOG_LINE_MAX);
}

static void wipe(struct buf *b)
{
	if (b->p)
		OPENSSL_cleanse(b->p, b->cap);
	buf_fini(b);
}

void keylog_fini(struct keylog *k)
{
	struct session *s;
	size_t at = 0;

	while ((s = table_each(&k->sessions, &at)) != NULL) {
		OPENSSL_cleanse(s, sizeof(*s));
		free(s);
	}
	table_fini(&k->sessions);
	wipe(&k->partial);
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes written, or -1: an odd count, another character, or more than `size`. */
static ssize_t unhex(struct slice s, uint8_t *out, size_t size)
{
	if (s.n % 2 || s.n / 2 > size)
		return -1;
	for (size_t i = 0; i < s.n; i += 2) {
		int high = hex_digit(s.p[i]), low = hex_digit(s.p[i + 1]);

		if (high < 0 || low < 0)
			return -1;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (ssize_t)(s.n / 2);
}

static bool all_hex(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (hex_digit(s.p[i]) < 0)
			return false;
	return s.n > 0 && s.n % 2 == 0;
}

static bool label_like(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_'))
			return false;
	return s.n > 0;
}

static struct session *session_find(const struct keylog *k, const uint8_t *random, uint64_t hash)
{
	struct table_walk w;

	for (struct session *s = table_first(&k->sessions, hash, &w); s; s = table_next(&k->sessions, &w))
		if (memcmp(s->random, random, KEYLOG_RANDOM_SIZE) == 0)
			return s;
	return NULL;
}

static struct session *session_make(struct keylog *k, const uint8_t *random)
{
	uint64_t hash = table_hash(&k->sessions, random, KEYLOG_RANDOM_SIZE);
	struct session *s = session_find(k, random, hash);

	if (s)
		return s;
	s = k->sessions.n < KEYLOG_SESSIONS_MAX ? calloc(1, sizeof(*s)) : NULL;
	if (!s)
		return NULL;
	memcpy(s->random, random, KEYLOG_RANDOM_SIZE);
	if (table_put(&k->sessions, hash, s) < 0) {
		free(s);
		return NULL;
	}
	return s;
}

static void store(struct keylog *k, int label, const uint8_t *random, struct slice secret)
{
	struct session *s = session_make(k, random);

	if (!s) {
		k->over++;
		return;
	}
	if (s->n[label])
		return;
	memcpy(s->secret[label], secret.p, secret.n);
	s->n[label] = (uint8_t)secret.n;
	k->accepted++;
	k->rsa += label == KEYLOG_RSA;
}

static int label_of(struct slice name)
{
	for (int i = 0; i < KEYLOG_LABELS; i++)
		if (slice_eq_str(name, labels[i].name))
			return i;
	return -1;
}

/* One line without its end of line. */
static void take_line(struct keylog *k, struct slice line)
{
	/* What names an RSA line is shorter: it is filled up with zeros. */
	uint8_t random[KEYLOG_RANDOM_SIZE] = { 0 }, secret[KEYLOG_SECRET_MAX];
	struct slice rest, name, first;
	ssize_t n;
	int label;

	line = slice_trim(line);
	if (line.n && line.p[line.n - 1] == '\r')
		line = slice_trim(slice_sub(line, 0, line.n - 1));
	if (line.n == 0 || line.p[0] == '#')
		return;
	rest = line;
	name = slice_cut(&rest, ' ');
	first = slice_cut(&rest, ' ');
	label = label_of(name);
	if (label < 0) {
		if (label_like(name) && all_hex(first) && all_hex(rest))
			k->ignored++;
		else
			k->bad++;
		return;
	}
	n = unhex(rest, secret, sizeof(secret));
	if (unhex(first, random, sizeof(random)) !=
	        (label == KEYLOG_RSA ? KEYLOG_RSA_SIZE : KEYLOG_RANDOM_SIZE) ||
	    (n != labels[label].sizes[0] && n != labels[label].sizes[1]))
		k->bad++;
	else
		store(k, label, random, slice_of(secret, (size_t)n));
	OPENSSL_cleanse(secret, sizeof(secret));
}

/* The end of a line: text is what this piece holds of it. */
static void end_line(struct keylog *k, struct slice text)
{
	if (!k->skipping && k->partial.n + text.n <= KEYLOG_LINE_MAX) {
		if (k->partial.n == 0)
			take_line(k, text);
		else if (buf_slice(&k->partial, text) == 0)
			take_line(k, buf_view(&k->partial));
		else
			k->over++;
	} else {
		k->bad++;
	}
	k->skipping = false;
	buf_clear(&k->partial);
}

void keylog_feed(struct keylog *k, struct slice text)
{
	ssize_t at;

	while ((at = slice_chr(text, '\n')) >= 0) {
		end_line(k, slice_sub(text, 0, (size_t)at));
		text = slice_skip(text, (size_t)at + 1);
	}
	if (!k->skipping && buf_slice(&k->partial, text) < 0) {
		k->skipping = true;
		buf_clear(&k->partial);
	}
}

void keylog_end(struct keylog *k)
{
	if (k->skipping || k->partial.n)
		end_line(k, slice_of(NULL, 0));
}

int keylog_load_file(struct keylog *k, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t piece[16384];
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open key log %s", path);
	while ((n = read(fd, piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			keylog_feed(k, slice_of(piece, (size_t)n));
	if (n < 0)
		err_sys(e, "read key log %s", path);
	keylog_end(k);
	OPENSSL_cleanse(piece, sizeof(piece));
	close(fd);
	return n < 0 ? -1 : 0;
}

static const struct session *look_up(const struct keylog *k, struct slice random)
{
	if (random.n != KEYLOG_RANDOM_SIZE)
		return NULL;
	return session_find(k, random.p, table_hash(&k->sessions, random.p, random.n));
}

struct slice keylog_find(const struct keylog *k, enum keylog_label label, struct slice random)
{
	const struct session *s = look_up(k, random);

	return s && s->n[label] ? slice_of(s->secret[label], s->n[label]) : slice_of(NULL, 0);
}

bool keylog_has(const struct keylog *k, struct slice random)
{
	return look_up(k, random) != NULL;
}

struct slice keylog_find_rsa(const struct keylog *k, struct slice encrypted)
{
	uint8_t name[KEYLOG_RANDOM_SIZE] = { 0 };

	if (encrypted.n < KEYLOG_RSA_SIZE)
		return slice_of(NULL, 0);
	memcpy(name, encrypted.p, KEYLOG_RSA_SIZE);
	return keylog_find(k, KEYLOG_RSA, slice_of(name, sizeof(name)));
}

static void put_hex(struct buf *out, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%02x", p[i]);
}

size_t keylog_put_lines(const struct keylog *k, struct slice random, unsigned *shown, struct buf *out)
{
	const struct session *s = look_up(k, random);
	size_t before = out->n;

	for (int i = 0; s && i < KEYLOG_RSA; i++) {
		if (!s->n[i] || *shown & 1u << i)
			continue;
		buf_printf(out, "%s ", labels[i].name);
		put_hex(out, s->random, sizeof(s->random));
		buf_putc(out, ' ');
		put_hex(out, s->secret[i], s->n[i]);
		buf_putc(out, '\n');
		*shown |= 1u << i;
	}
	return out->n - before;
}

size_t keylog_put_rsa_line(const struct keylog *k, struct slice encrypted, struct buf *out)
{
	struct slice secret = keylog_find_rsa(k, encrypted);
	size_t before = out->n;

	if (!secret.n)
		return 0;
	buf_printf(out, "%s ", labels[KEYLOG_RSA].name);
	put_hex(out, encrypted.p, KEYLOG_RSA_SIZE);
	buf_putc(out, ' ');
	put_hex(out, secret.p, secret.n);
	buf_putc(out, '\n');
	return out->n - before;
}
