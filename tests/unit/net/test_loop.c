/* loop: files, deadlines, signals and work, each backend of the table in turn. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "net/loop.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *backend; /* of the present round */

static struct loop *must_loop(void)
{
	struct err e;
	struct loop *l = loop_new(backend, &e);

	if (!l)
		fail_msg("%s", e.msg);
	return l;
}

static void must_run(struct loop *l)
{
	struct err e;

	if (loop_run(l, &e))
		fail_msg("%s", e.msg);
}

/* --- Files --- */

struct side {
	struct loop_file file;
	struct loop *loop;
	struct side *other; /* deleted by on_ready, when set */
	unsigned seen;
	int calls, stop_after;
};

static struct side *survivor; /* who deleted its other */

static void on_ready(struct loop_file *f, unsigned ready)
{
	struct side *s = LOOP_OF(f, struct side, file);

	s->seen |= ready;
	if (s->other) {
		loop_del(s->loop, &s->other->file);
		free(s->other);
		s->other = NULL;
		survivor = s;
	}
	if (++s->calls >= s->stop_after)
		loop_stop(s->loop);
}

static void open_pair(int fd[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd), 0);
}

static void test_level_triggered(void **state)
{
	struct loop *l = must_loop();
	struct side s = { .loop = l, .stop_after = 3 };
	int fd[2];

	open_pair(fd);
	assert_int_equal(write(fd[1], "x", 1), 1);
	assert_int_equal(loop_add(l, &s.file, fd[0], LOOP_READ, on_ready, NULL), 0);
	must_run(l);
	assert_int_equal(s.calls, 3); /* never consumed, so reported again */
	assert_int_equal(s.seen, LOOP_READ);
	s.calls = 0;
	assert_int_equal(loop_want(l, &s.file, LOOP_READ | LOOP_WRITE), 0);
	must_run(l);
	assert_int_equal(s.seen, LOOP_READ | LOOP_WRITE);
	loop_del(l, &s.file);
	loop_del(l, &s.file);
	close(fd[0]);
	close(fd[1]);
	loop_free(l);
}

struct stopper {
	struct loop_timer timer;
	struct loop *loop;
	int calls;
};

static void stop_timer_fn(struct loop_timer *t)
{
	struct stopper *s = LOOP_OF(t, struct stopper, timer);

	s->calls++;
	loop_stop(s->loop);
}

/* A file that wants nothing is silent even when its peer is gone; wanted again, it shows. */
static void test_want_nothing(void **state)
{
	struct loop *l = must_loop();
	struct side s = { .loop = l, .stop_after = 1 };
	struct stopper stop = { .loop = l, .timer.fn = stop_timer_fn };
	int fd[2];

	open_pair(fd);
	assert_int_equal(loop_add(l, &s.file, fd[0], LOOP_READ, on_ready, NULL), 0);
	assert_int_equal(loop_want(l, &s.file, 0), 0);
	close(fd[1]);
	loop_timer_set(l, &stop.timer, 20 * CLOCK_MS);
	must_run(l);
	assert_int_equal(s.calls, 0);
	assert_int_equal(loop_want(l, &s.file, LOOP_WRITE), 0);
	must_run(l);
	assert_int_equal(s.seen, LOOP_WRITE); /* a hang-up shows as what is wanted */
	loop_del(l, &s.file);
	close(fd[0]);
	loop_free(l);
}

/* Two files ready in one turn; whichever comes first deletes and frees the other, which must not be
 * touched again (ASan watches). */
static void test_delete_the_other(void **state)
{
	struct loop *l = must_loop();
	struct side *s[2] = { calloc(1, sizeof(*s[0])), calloc(1, sizeof(*s[1])) };
	struct side *left;
	int fd[2];

	open_pair(fd);
	for (int i = 0; i < 2; i++) {
		*s[i] = (struct side){ .loop = l, .other = s[!i], .stop_after = 5 };
		assert_int_equal(loop_add(l, &s[i]->file, fd[i], LOOP_WRITE, on_ready, NULL), 0);
	}
	survivor = NULL;
	must_run(l);
	left = survivor;
	assert_non_null(left);
	assert_int_equal(left->calls, 5);
	loop_del(l, &left->file);
	free(left);
	loop_free(l);
	close(fd[0]);
	close(fd[1]);
}

static void test_bad_descriptor(void **state)
{
	struct loop *l = must_loop();
	struct loop_file f;
	struct err e = { 0 };

	assert_int_equal(loop_add(l, &f, -1, LOOP_READ, on_ready, &e), -1);
	assert_int_equal(e.sys, EBADF);
	loop_del(l, &f);
	loop_free(l);
}

/* --- Deadlines --- */

struct tick {
	struct loop_timer timer;
	struct loop *loop;
	char *log; /* its name is appended */
	char name;
};

static void on_tick(struct loop_timer *t)
{
	struct tick *k = LOOP_OF(t, struct tick, timer);
	size_t n = strlen(k->log);

	assert_false(loop_timer_running(t));
	k->log[n] = k->name;
	k->log[n + 1] = 0;
	if (k->name == 'z')
		loop_stop(k->loop);
}

static void test_order(void **state)
{
	struct loop *l = must_loop();
	char log[16] = "";
	struct tick t[4];
	int64_t start = clock_mono();

	for (int i = 0; i < 4; i++)
		t[i] = (struct tick){ { .fn = on_tick }, l, log, "cabz"[i] };
	loop_timer_set(l, &t[3].timer, 12 * CLOCK_MS);
	loop_timer_set(l, &t[0].timer, 1 * CLOCK_MS);
	loop_timer_set(l, &t[1].timer, 2 * CLOCK_MS);
	loop_timer_set(l, &t[2].timer, 4 * CLOCK_MS);
	loop_timer_set(l, &t[0].timer, 8 * CLOCK_MS); /* moved */
	loop_timer_stop(l, &t[2].timer);
	assert_false(loop_timer_running(&t[2].timer));
	assert_true(loop_timer_running(&t[1].timer));
	must_run(l);
	assert_string_equal(log, "acz");
	assert_true(clock_mono() - start >= 12 * CLOCK_MS);
	assert_true(loop_now(l) - start >= 12 * CLOCK_MS);
	loop_free(l);
}

enum { SPINS = 1000000 };

static void on_spin(struct loop_timer *t)
{
	struct stopper *s = LOOP_OF(t, struct stopper, timer);

	if (++s->calls == SPINS)
		loop_stop(s->loop);
	else
		loop_timer_set(s->loop, t, 0);
}

/* A timer that sets itself to "next turn" does not keep files from their turn. */
static void test_timer_is_fair(void **state)
{
	struct loop *l = must_loop();
	struct stopper spin = { .loop = l, .timer.fn = on_spin };
	struct side s = { .loop = l, .stop_after = 1 };
	int fd[2];

	open_pair(fd);
	assert_int_equal(loop_add(l, &s.file, fd[0], LOOP_WRITE, on_ready, NULL), 0);
	loop_timer_set(l, &spin.timer, 0);
	must_run(l);
	assert_true(spin.calls < SPINS);
	loop_timer_stop(l, &spin.timer);
	loop_del(l, &s.file);
	close(fd[0]);
	close(fd[1]);
	loop_free(l);
}

/* --- Signals --- */

struct caught {
	struct loop_signal sig;
	struct loop *loop;
	int calls;
};

static void on_caught(struct loop_signal *s)
{
	struct caught *c = LOOP_OF(s, struct caught, sig);

	c->calls++;
	if (s->signo == SIGUSR2)
		loop_stop(c->loop);
}

static void test_signals(void **state)
{
	struct loop *l = must_loop();
	struct caught a = { .loop = l }, b = { .loop = l };
	sigset_t mask;

	assert_int_equal(loop_signal(l, &a.sig, SIGUSR1, on_caught, NULL), 0);
	assert_int_equal(loop_signal(l, &b.sig, SIGUSR2, on_caught, NULL), 0);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR2);
	must_run(l);
	assert_int_equal(a.calls, 1);
	assert_int_equal(b.calls, 1);
	loop_free(l);
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	assert_false(sigismember(&mask, SIGUSR1));
}

/* --- Work --- */

struct work {
	struct loop_job job;
	struct loop *loop;
	pthread_t loop_thread;
	sem_t *gate;   /* run waits for it, when set */
	sem_t *inside; /* run says it has begun, when set */
	int *left;     /* done counts down; 0 stops */
	int result, done;
};

static void do_work(struct loop_job *j)
{
	struct work *w = LOOP_OF(j, struct work, job);

	assert_false(pthread_equal(pthread_self(), w->loop_thread));
	if (w->inside)
		sem_post(w->inside);
	if (w->gate)
		sem_wait(w->gate);
	w->result++;
}

static void work_done(struct loop_job *j)
{
	struct work *w = LOOP_OF(j, struct work, job);

	assert_true(pthread_equal(pthread_self(), w->loop_thread));
	assert_int_equal(w->result, j->ran ? 1 : 0);
	w->done++;
	if (w->left && --*w->left == 0)
		loop_stop(w->loop);
}

static struct work new_work(struct loop *l)
{
	return (
	    struct work){ { .run = do_work, .done = work_done }, .loop = l, .loop_thread = pthread_self() };
}

static void test_work(void **state)
{
	struct loop *l = must_loop();
	struct work w[100];
	struct err e;
	int left = 100;

	for (int i = 0; i < 100; i++)
		w[i] = new_work(l);
	assert_int_equal(loop_work(l, &w[0].job), -1); /* no pool yet */
	assert_int_equal(loop_pool(l, 4, 100, &e), 0);
	for (int i = 0; i < 100; i++) {
		w[i].left = &left;
		assert_int_equal(loop_work(l, &w[i].job), 0);
	}
	must_run(l);
	for (int i = 0; i < 100; i++)
		assert_int_equal(w[i].done, 1);
	loop_free(l);
}

/* One worker held at a gate: the queue takes two, refuses the third, and takes again afterwards. */
static void test_queue_full(void **state)
{
	struct loop *l = must_loop();
	struct work w[4];
	sem_t gate, inside;
	int left = 3;

	sem_init(&gate, 0, 0);
	sem_init(&inside, 0, 0);
	assert_int_equal(loop_pool(l, 1, 2, NULL), 0);
	for (int i = 0; i < 4; i++) {
		w[i] = new_work(l);
		w[i].left = &left;
	}
	w[0].gate = &gate;
	w[0].inside = &inside;
	assert_int_equal(loop_work(l, &w[0].job), 0);
	sem_wait(&inside);
	assert_int_equal(loop_work(l, &w[1].job), 0);
	assert_int_equal(loop_work(l, &w[2].job), 0);
	assert_int_equal(loop_work(l, &w[3].job), -1);
	sem_post(&gate);
	must_run(l);
	left = 1;
	assert_int_equal(loop_work(l, &w[3].job), 0);
	must_run(l);
	for (int i = 0; i < 4; i++)
		assert_int_equal(w[i].done, 1);
	loop_free(l);
	sem_destroy(&gate);
	sem_destroy(&inside);
}

static void *open_gate(void *arg)
{
	struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };

	nanosleep(&pause, NULL); /* only to make loop_free wait; nothing depends on it */
	sem_post(arg);
	return NULL;
}

/* Freed with one job running and one waiting: both are done, the second without having run. */
static void test_free_with_work(void **state)
{
	struct loop *l = must_loop();
	struct work w[2] = { new_work(l), new_work(l) };
	sem_t gate, inside;
	pthread_t opener;

	sem_init(&gate, 0, 0);
	sem_init(&inside, 0, 0);
	w[0].gate = &gate;
	w[0].inside = &inside;
	assert_int_equal(loop_pool(l, 1, 2, NULL), 0);
	assert_int_equal(loop_work(l, &w[0].job), 0);
	sem_wait(&inside);
	assert_int_equal(loop_work(l, &w[1].job), 0);
	assert_int_equal(pthread_create(&opener, NULL, open_gate, &gate), 0);
	loop_free(l);
	pthread_join(opener, NULL);
	assert_int_equal(w[0].done, 1);
	assert_true(w[0].job.ran);
	assert_int_equal(w[1].done, 1);
	assert_false(w[1].job.ran);
	sem_destroy(&gate);
	sem_destroy(&inside);
}

/* Deleted and closed, its number taken by another file: what was watched of the old one is not reported of the new. */
static void test_number_taken_again(void **state)
{
	struct loop *l = must_loop();
	struct side first = { .loop = l, .stop_after = 1 }, second = { .loop = l, .stop_after = 1 };
	struct stopper stop = { .loop = l, .timer.fn = stop_timer_fn };
	int fd[2], again[2], number;

	for (int i = 0; i < 20; i++) {
		open_pair(fd);
		assert_int_equal(loop_add(l, &first.file, fd[0], LOOP_READ, on_ready, NULL), 0);
		loop_timer_set(l, &stop.timer, 0);
		must_run(l); /* the kernel has the watch */
		assert_int_equal(write(fd[1], "x", 1), 1);
		number = fd[0];
		loop_del(l, &first.file);
		close(fd[0]);
		close(fd[1]);
		open_pair(again);
		assert_true(again[0] == number || again[1] == number);
		assert_int_equal(loop_add(l, &second.file, number, LOOP_READ, on_ready, NULL), 0);
		loop_timer_set(l, &stop.timer, CLOCK_MS);
		must_run(l);
		assert_int_equal(second.calls, 0);
		loop_del(l, &second.file);
		close(again[0]);
		close(again[1]);
	}
	assert_int_equal(first.calls, 0);
	loop_free(l);
}

/* More files than one turn reports: each gets its turn. */
static void test_many(void **state)
{
	enum { PAIRS = 200 };
	static struct side s[PAIRS];
	struct loop *l = must_loop();
	struct stopper stop = { .loop = l, .timer.fn = stop_timer_fn };
	int fd[PAIRS][2], left = PAIRS;

	memset(s, 0, sizeof(s));
	for (int i = 0; i < PAIRS; i++) {
		open_pair(fd[i]);
		s[i] = (struct side){ .loop = l, .stop_after = 1 << 30 };
		assert_int_equal(write(fd[i][1], "x", 1), 1);
		assert_int_equal(loop_add(l, &s[i].file, fd[i][0], LOOP_READ, on_ready, NULL), 0);
	}
	for (int turns = 0; left && turns < 1000; turns++) {
		loop_timer_set(l, &stop.timer, 5 * CLOCK_MS);
		must_run(l);
		left = 0;
		for (int i = 0; i < PAIRS; i++)
			left += s[i].calls == 0;
	}
	assert_int_equal(left, 0);
	for (int i = 0; i < PAIRS; i++) {
		loop_del(l, &s[i].file);
		close(fd[i][0]);
		close(fd[i][1]);
	}
	loop_free(l);
}

static void test_unknown_backend(void **state)
{
	struct err e = { 0 };

	assert_null(loop_new("nosuch", &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(loop_backend_name(0), "epoll");
	loop_free(NULL);
}

static int choose(void **state)
{
	backend = *state;
	return 0;
}

/* All of them for each backend that this machine has. */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level_triggered),
		cmocka_unit_test(test_want_nothing),
		cmocka_unit_test(test_delete_the_other),
		cmocka_unit_test(test_bad_descriptor),
		cmocka_unit_test(test_number_taken_again),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_timer_is_fair),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_queue_full),
		cmocka_unit_test(test_free_with_work),
		cmocka_unit_test(test_unknown_backend),
	};
	enum { N = sizeof(tests) / sizeof(*tests), BACKENDS_MAX = 8 };
	static struct CMUnitTest all[BACKENDS_MAX * N];
	size_t n = 0;
	const char *name;

	for (size_t i = 0; i < BACKENDS_MAX && (name = loop_backend_name(i)); i++) {
		struct err e = { 0 };
		struct loop *l = loop_new(name, &e);

		loop_free(l);
		if (!l && strcmp(name, "uring") == 0) {
			printf("SKIPPED: %s: %s\n", name, e.msg);
			continue;
		}
		for (size_t t = 0; t < N; t++) {
			all[n] = tests[t];
			all[n].setup_func = choose;
			all[n++].initial_state = (void *)(uintptr_t)name;
		}
	}
	return _cmocka_run_group_tests("loop", all, n, NULL, NULL);
}
