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

	v->verdict = !v->users ? 0
	                       : users_verify(v->users, slice_of(v->name, v->name_len),
	                             slice_of(v->password, v->password_len), &v->err);
}

static void done(struct loop_job *j)
{
	struct verify *v = LOOP_OF(j, struct verify, job);

	if (!j->ran)
		v->verdict = err_set(&v->err, ERR_ENV, "the server is stopping");
	digest_wipe(v->password, sizeof(v->password));
	exchange_resume(LOOP_OF(v, struct exchange, verify));
}

static enum web_progress too_many_tries(struct exchange *x, unsigned seconds)
{
	char text[16];

	exchange_error(x, 429, "Too many failed logins from this address");
	snprintf(text, sizeof(text), "%u", seconds);
	exchange_field(x, "Retry-After", text);
	return WEB_ANSWERED;
}

enum web_progress verify_start(struct exchange *x, web_step then)
{
	struct verify *v = &x->verify;
	unsigned wait = limit_take(&x->site->logins, x->peer, clock_mono());

	if (wait)
		return too_many_tries(x, wait);
	v->job = (struct loop_job){ .run = run, .done = done };
	v->users = x->site->users;
	x->then = then;
	if (loop_work(x->site->loop, &v->job) == 0)
		return WEB_LATER;
	limit_give_back(&x->site->logins, x->peer);
	digest_wipe(v->password, sizeof(v->password));
	return exchange_busy(x, "Too many logins are being checked just now");
}

int verify_verdict(struct exchange *x)
{
	struct verify *v = &x->verify;

	if (v->verdict > 0) {
		limit_give_back(&x->site->logins, x->peer);
		x->user = v->name;
	}
	if (v->verdict < 0) {
		log_errorx("login: %s", v->err.msg);
		exchange_error(x, 500, "The password could not be checked");
	}
	return v->verdict;
}
