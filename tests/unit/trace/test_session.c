/* From options to a run: what is wrong with them is said in one line of the right kind, and a small capture goes
 * all the way through. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness.h"
#include "trace/session.h"

#include <sys/mman.h>
#include <unistd.h>

/* A file in memory with this content; its path. */
static const char *file_of(struct slice content, int *fd)
{
	static char path[64];

	*fd = memfd_create("session", MFD_CLOEXEC);
	assert_true(*fd >= 0);
	assert_int_equal(write(*fd, content.p, content.n), content.n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd);
	return path;
}

static void put_le32(struct buf *b, uint32_t v)
{
	buf_put(b, &(uint8_t[]){ (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) }, 4);
}

/* The packets of a lab as a pcap file. */
static void put_pcap(struct buf *b, const struct lab *l)
{
	put_le32(b, 0xa1b23c4d); /* nanoseconds */
	put_le32(b, 4 << 16 | 2);
	put_le32(b, 0);
	put_le32(b, 0);
	put_le32(b, 65535);
	put_le32(b, LINK_ETHERNET);
	for (size_t i = 0; i < l->n; i++) {
		put_le32(b, (uint32_t)(l->packets[i].ts / CLOCK_SEC));
		put_le32(b, (uint32_t)(l->packets[i].ts % CLOCK_SEC));
		put_le32(b, (uint32_t)l->packets[i].n);
		put_le32(b, (uint32_t)l->packets[i].n);
		buf_put(b, l->packets[i].bytes, l->packets[i].n);
	}
}

static void small_capture(struct buf *b)
{
	struct lab l;
	struct talk t;

	lab_init(&l);
	talk_init(&t, &l, 40000, 80);
	talk_open(&t);
	talk_text(&t, FLOW_CLIENT, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&t, FLOW_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	talk_close(&t);
	put_pcap(b, &l);
	lab_fini(&l);
}

static void refused_source(const struct session_options *o, enum err_kind kind, const char *words)
{
	struct session s = { 0 };
	struct err e = { 0 };

	assert_int_equal(session_source(&s, o, &e), -1);
	assert_int_equal(e.kind, kind);
	if (!strstr(e.msg, words) || strchr(e.msg, '\n'))
		fail_msg("%s", e.msg);
	session_close(&s);
}

static void test_source_errors(void **state)
{
	char bad[] = "tcp prot 80", *filter[] = { bad };
	int fd;

	refused_source(&(struct session_options){ 0 }, ERR_USAGE, "-r FILE");
	refused_source(&(struct session_options){ .files = { { "a" }, 1 }, .interfaces = { { "lo" }, 1 } },
	    ERR_USAGE, "either");
	refused_source(
	    &(struct session_options){ .interfaces = { { "lo" }, 1 }, .direction = "up" }, ERR_USAGE, "-Q");
	refused_source(&(struct session_options){ .interfaces = { { "99999" }, 1 } }, ERR_ENV, "-D lists");
	refused_source(
	    &(struct session_options){ .files = { { "/nowhere/at/all" }, 1 } }, ERR_ENV, "/nowhere/at/all");
	refused_source(&(struct session_options){ .files = { { "/tmp" }, 1 } }, ERR_ENV, "directory");
	refused_source(
	    &(struct session_options){
	        .files = { { file_of(SLICE("no capture at all, but some text"), &fd) }, 1 } },
	    ERR_DATA, "/proc");
	close(fd);
	refused_source(
	    &(struct session_options){
	        .files = { { file_of(SLICE("x"), &fd) }, 1 }, .filter = filter, .nfilter = 1 },
	    ERR_USAGE, "prot");
	close(fd);
}

/* A filter may come from a file, with comments; what is wrong with it is said as of any other. */
static void test_filter_file(void **state)
{
	char word[] = "tcp", *words[] = { word };
	struct session_options o = { .filter = words, .nfilter = 1 };
	char path[64];
	struct buf file = { 0 };
	int fd, capture;

	o.filter_file = "/nowhere/at/all";
	o.files = (struct opt_list){ { "/dev/null" }, 1 };
	refused_source(&o, ERR_USAGE, "-F");
	o.nfilter = 0;
	refused_source(&o, ERR_ENV, "cannot read the filter /nowhere/at/all");
	o.filter_file = file_of(SLICE("tcp prt 80\n"), &fd);
	refused_source(&o, ERR_USAGE, "prt");
	close(fd);
	for (unsigned i = 0; i < 64 * 1024; i++)
		buf_putc(&file, ' ');
	o.filter_file = file_of(buf_view(&file), &fd);
	refused_source(&o, ERR_DATA, "too long");
	close(fd);
	buf_clear(&file);
	small_capture(&file);
	snprintf(path, sizeof(path), "%s", file_of(buf_view(&file), &capture));
	o.files = (struct opt_list){ { path }, 1 };
	o.filter_file = file_of(SLICE("# only ends\ntcp[tcpflags] & # not tcp-syn\n tcp-fin != 0\n"), &fd);
	for (unsigned i = 0; i < 2; i++) { /* the file is read from its start again */
		struct session s = { 0 };
		struct err e = { 0 };

		lseek(fd, 0, SEEK_SET);
		lseek(capture, 0, SEEK_SET);
		if (session_source(&s, &o, &e) < 0 || session_trace(&s, &o, &e) < 0 ||
		    trace_run(s.trace, s.source, &e) < 0)
			fail_msg("%s", e.msg);
		assert_int_equal(trace_stats(s.trace)->packets, 2);
		session_close(&s);
	}
	close(fd);
	close(capture);
	buf_fini(&file);
}

static void refused_trace(const struct session_options *o, enum err_kind kind, const char *words)
{
	struct session s = { 0 };
	struct err e = { 0 };

	assert_int_equal(session_trace(&s, o, &e), -1);
	assert_int_equal(e.kind, kind);
	if (!strstr(e.msg, words) || strchr(e.msg, '\n'))
		fail_msg("%s", e.msg);
	session_close(&s);
}

static void test_trace_errors(void **state)
{
	struct session_options o = { .find = { .n = 9 } };
	int fd;

	for (int i = 0; i < 9; i++)
		o.find.v[i] = "x";
	refused_trace(&o, ERR_USAGE, "--find");
	refused_trace(&(struct session_options){ .find = { { "" }, 1 } }, ERR_USAGE, "--find");
	refused_trace(&(struct session_options){ .jwt_key = "/nowhere" }, ERR_ENV, "/nowhere");
	refused_trace(&(struct session_options){ .jwt_key = file_of(SLICE(""), &fd) }, ERR_DATA, "empty");
	close(fd);
	refused_trace(&(struct session_options){ .keylog = "/nowhere" }, ERR_ENV, "/nowhere");
	refused_trace(&(struct session_options){ .keylog = file_of(SLICE("GET / HTTP/1.1\nHost: h\n"), &fd) },
	    ERR_DATA, "key log");
	close(fd);
}

/* Runs the small capture with the options; how many packets passed. */
static uint64_t run(struct session_options *o)
{
	struct session s = { 0 };
	struct err e = { 0 };
	struct buf file = { 0 };
	char path[64];
	uint64_t packets;
	int fd;

	small_capture(&file);
	snprintf(path, sizeof(path), "%s", file_of(buf_view(&file), &fd));
	o->files = (struct opt_list){ { path }, 1 };
	if (session_source(&s, o, &e) < 0 || session_trace(&s, o, &e) < 0 ||
	    trace_run(s.trace, s.source, &e) < 0)
		fail_msg("%s", e.msg);
	packets = trace_stats(s.trace)->packets;
	session_close(&s);
	buf_fini(&file);
	close(fd);
	return packets;
}

static void test_runs(void **state)
{
	char words[][16] = { "tcp[tcpflags]", "&", "tcp-fin", "!=", "0", "udp" };
	char *fin[] = { words[0], words[1], words[2], words[3], words[4] }, *none[] = { words[5] };

	assert_int_equal(run(&(struct session_options){ 0 }), 9);
	assert_int_equal(run(&(struct session_options){ .count = 4 }), 4);
	assert_int_equal(run(&(struct session_options){ .filter = fin, .nfilter = 5 }), 2);
	assert_int_equal(run(&(struct session_options){ .filter = fin, .nfilter = 5, .count = 1 }), 1);
	assert_int_equal(run(&(struct session_options){ .filter = none, .nfilter = 1 }), 0);
	assert_int_equal(run(&(struct session_options){ .find = { { "GET" }, 1 }, .memory_mib = 1 }), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_errors),
		cmocka_unit_test(test_filter_file),
		cmocka_unit_test(test_trace_errors),
		cmocka_unit_test(test_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
