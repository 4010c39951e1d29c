/* Messages to the operator, on stderr, one line each: "osilab serve: warning: ...".  Never used for what
 * a program was asked to print.  Text from a peer must go through escape_text first. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* The name in front of every line, and the least urgent level that is shown (default: INFO). */
void log_init(const char *program, enum log_level shown);

/* The `x` forms stand alone; the others add the words for errno.  errno is kept. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_errorx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
