/* Watching a server at work, for --explain and --count.  The models call the kernel directly and know nothing
 * of being watched: osilab-echo-watched is the same program linked once more with `--wrap`, which leads each
 * system call of the models through watched.c.  osilab-echo runs it in its own place when one of the two is
 * asked for, and so pays nothing when none is.
 *
 * --explain writes to stderr a line for each call that slept or returned EAGAIN:
 *
 *	  1.204518 1234 recvfrom(5): slept 1.25 ms, until 64 bytes had come
 *	  1.204533 1234 recvfrom(5): EAGAIN at once: no bytes have come yet
 *
 * seconds since the start, the thread, the call and its descriptor.  Whether a call slept is not guessed from
 * the time it took: the kernel counts how often a thread gave the processor up of its own accord.
 *
 * --count prints one line to stdout at the end:
 *
 *	{"model":"epoll","transport":"tcp","messages":1000,"bytes":64000,"system_calls":2003,
 *	 "per_message":2.003,"eagain":0,"calls":{"recvfrom":1001,"sendto":1000,...}}
 *
 * (on one line): the calls of all processes and threads, named as strace names them.  A message is a receive
 * that brought bytes, or a datagram sent back; per_message is null when there was none. */
#ifndef ECHO_WATCH_H
#define ECHO_WATCH_H

#include "echo/echo.h"

/* Begins to watch; in osilab-echo itself it runs osilab-echo-watched with the same arguments instead.  0, or
 * -1 when there is no such program. */
int echo_watch(char **argv, bool explain, bool count, struct err *e);
/* Prints what was counted, if it was asked for. */
void echo_watch_end(const struct echo_model *m, const struct echo_stats *stats);

/* Of watched.c; not there in a program that is not linked for it. */
void echo_watched_begin(bool explain, bool count) __attribute__((weak));
void echo_watched_end(const struct echo_model *m, const struct echo_stats *stats) __attribute__((weak));

#endif
