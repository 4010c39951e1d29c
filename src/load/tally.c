/* What is counted; see tally.h. */
#include "load/tally.h"

#include <string.h>

static const struct {
	const char *id, *text;
} errors[TALLY_ERRORS] = {
	[TALLY_REFUSED] = { "refused", "connection refused" },
	[TALLY_CONNECT] = { "connect", "cannot connect" },
	[TALLY_PORTS] = { "ports", "out of ports or descriptors here" },
	[TALLY_TIMEOUT] = { "timeout", "no answer in time" },
	[TALLY_RESET] = { "reset", "connection reset" },
	[TALLY_CLOSED] = { "closed", "closed before the answer was whole" },
	[TALLY_TLS] = { "tls", "TLS failed" },
	[TALLY_GARBAGE] = { "garbage", "not an HTTP answer" },
	[TALLY_WRONG] = { "wrong_echo", "echo differs from what was sent" },
	[TALLY_STATUS_4XX] = { "status_4xx", "status 4xx" },
	[TALLY_STATUS_5XX] = { "status_5xx", "status 5xx" },
	[TALLY_OTHER] = { "other", "other" },
};

const char *tally_error_id(enum tally_error k)
{
	return errors[k].id;
}

const char *tally_error_text(enum tally_error k)
{
	return errors[k].text;
}

void tally_merge(struct tally *to, const struct tally *from)
{
	to->messages += from->messages;
	to->sent += from->sent;
	to->bytes_in += from->bytes_in;
	to->bytes_out += from->bytes_out;
	to->connects += from->connects;
	to->resumed += from->resumed;
	to->unanswered += from->unanswered;
	to->oldest = from->oldest > to->oldest ? from->oldest : to->oldest;
	to->stray += from->stray;
	for (int i = 0; i < 6; i++)
		to->status[i] += from->status[i];
	for (int i = 0; i < TALLY_ERRORS; i++) {
		to->error[i] += from->error[i];
		if (!to->said[i][0])
			memcpy(to->said[i], from->said[i], sizeof(to->said[i]));
	}
	hist_merge(&to->latency, &from->latency);
	hist_merge(&to->uncorrected, &from->uncorrected);
	hist_merge(&to->connect, &from->connect);
}

uint64_t tally_errors(const struct tally *t)
{
	uint64_t n = 0;

	for (int i = 0; i < TALLY_ERRORS; i++)
		n += t->error[i];
	return n;
}
