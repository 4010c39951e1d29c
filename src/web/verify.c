/* Checking a password off the loop; see verify.h. */
#include "web/verify.h"

#include "base/clock.h"
#include "base/log.h"
#include "tls/digest.h"
#include "web/exchange.h"

#include <stdio.h>

static void run(struct loop_job *j)
{
	struct verify *v = LOOP_OF(j, struct verify, job);
	struct slice name = slice_of(v->name, v->name_len);

	v->verdict = 0;
	if (v->users)
		v->verdict = users_verify(v->users, name, slice_of(v->password, v->password_len), &v->err);
	if (v->verdict > 0 && v->changed_len &&
	    users_set_password(v->users, name, slice_of(v->changed, v->changed_len), &v->err))
		v->verdict = -1;
}

static void wipe(struct verify *v)
{
	digest_wipe(v->password, sizeof(v->password));
	digest_wipe(v->changed, sizeof(v->changed));
}

static void done(struct loop_job *j)
{
	struct verify *v = LOOP_OF(j, struct verify, job);

	if (!j->ran)
		v->verdict = err_set(&v->err, ERR_ENV, "the server is stopping");
	wipe(v);
	exchange_resume(LOOP_OF(v, struct exchange, verify));
}

/* --- Counting tries --- */

static struct slice account(const struct exchange *x)
{
	return slice_of(x->verify.name, x->verify.name_len);
}

/* The seconds to wait before the next try; 0: go ahead, it is counted. */
static unsigned count_try(struct exchange *x)
{
	struct site *site = x->site;
	struct slice there = limit_address(x->peer);
	unsigned wait = limit_take(site->logins, there, clock_mono());

	x->verify.counted = false;
	if (wait || limit_knows(site->accounts, account(x), x->peer))
		return wait;
	wait = limit_take(site->accounts, account(x), clock_mono());
	x->verify.counted = wait == 0;
	if (wait)
		limit_give_back(site->logins, there);
	return wait;
}

static void uncount_try(struct exchange *x)
{
	limit_give_back(x->site->logins, limit_address(x->peer));
	if (x->verify.counted)
		limit_give_back(x->site->accounts, account(x));
}

static enum web_progress too_many_tries(struct exchange *x, unsigned seconds)
{
	char text[16];

	exchange_error(x, 429, "Too many failed logins from this address or of this name");
	snprintf(text, sizeof(text), "%u", seconds);
	exchange_field(x, "Retry-After", text);
	return WEB_ANSWERED;
}

enum web_progress verify_start(struct exchange *x, web_step then)
{
	struct verify *v = &x->verify;
	unsigned wait = count_try(x);

	if (wait) {
		wipe(v);
		return too_many_tries(x, wait);
	}
	v->job = (struct loop_job){ .run = run, .done = done };
	v->users = x->site->users;
	x->then = then;
	if (loop_work(x->site->loop, &v->job) == 0)
		return WEB_LATER;
	uncount_try(x);
	wipe(v);
	return exchange_busy(x, "Too many logins are being checked just now");
}

int verify_verdict(struct exchange *x)
{
	struct verify *v = &x->verify;

	if (v->verdict > 0) {
		uncount_try(x);
		limit_remember(x->site->accounts, account(x), x->peer);
		x->user = v->name;
	}
	if (v->verdict < 0) {
		log_errorx("login: %s", v->err.msg);
		exchange_error(x, 500, "The password could not be checked");
	}
	return v->verdict;
}
