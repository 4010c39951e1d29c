/* Messages to the operator; see log.h. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *program = "osilab";
static enum log_level shown = LOG_LEVEL_INFO;

void log_init(const char *name, enum log_level level)
{
	program = name;
	shown = level;
}

/* One write per line, so that lines of several processes do not mix. */
static void say(enum log_level level, bool with_errno, const char *fmt, va_list ap)
{
	static const char *const words[] = { "error: ", "warning: ", "", "debug: " };
	int saved = errno;
	char line[1024];
	size_t n;

	if (level > shown)
		return;
	snprintf(line, sizeof(line) - 2, "%s: %s", program, words[level]);
	n = strlen(line);
	vsnprintf(line + n, sizeof(line) - 2 - n, fmt, ap);
	n = strlen(line);
	if (with_errno)
		snprintf(line + n, sizeof(line) - 2 - n, ": %s", strerror(saved));
	n = strlen(line);
	line[n] = '\n';
	if (write(STDERR_FILENO, line, n + 1) < 0) { /* nowhere to say it */
	}
	errno = saved;
}

#define LOG_FUNCTION(name, level, with_errno)                                                                \
	void name(const char *fmt, ...)                                                                      \
	{                                                                                                    \
		va_list ap;                                                                                  \
                                                                                                             \
		va_start(ap, fmt);                                                                           \
		say(level, with_errno, fmt, ap);                                                             \
		va_end(ap);                                                                                  \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR, true)
LOG_FUNCTION(log_errorx, LOG_LEVEL_ERROR, false)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN, true)
LOG_FUNCTION(log_warnx, LOG_LEVEL_WARN, false)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO, false)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG, false)
