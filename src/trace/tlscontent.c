/* What TLS records carry once they are in the clear: handshake messages put together, alerts, and data on their way
 * to HTTP; see tlshalf.h. */
#include "http/parse.h"
#include "http2/frame.h"
#include "trace/h2flow.h"
#include "trace/httpflow.h"
#include "trace/tlshalf.h"

enum { MESSAGE_MAX = 128 * 1024 }; /* a message that is believed where one may begin in its middle */

/* Bytes behind a hole where no message need begin: they are given up when none does. */
static bool begins_nowhere(struct slice in)
{
	struct tlsrec_hs hs;

	tlsrec_handshake(in, &hs);
	return in.n < TLSREC_HS_HEADER || !tlsrec_hs_name(hs.type) || hs.len > MESSAGE_MAX;
}

static void on_message(struct trace *t, struct tlsflow *tls, enum flow_side side, const struct tlsrec_hs *hs)
{
	struct tls_half *half = &tls->half[side];

	tls_message(t, &tls->session, side, hs);
	tls_key_exchange(t, tls, hs);
	half->finished |= hs->type == TLSREC_FINISHED;
	half->update |= hs->type == TLSREC_KEY_UPDATE;
	if (hs->type == TLSREC_CLIENT_HELLO && side == FLOW_CLIENT)
		half->early_now = tls->session.early_data;
	else if (hs->type == TLSREC_END_OF_EARLY_DATA)
		half->early_now = false;
}

static void on_handshake(struct trace *t, struct tlsflow *tls, enum flow_side side, struct slice bytes)
{
	struct tls_half *half = &tls->half[side];
	bool buffered = half->messages.n > 0;
	struct slice in = bytes;
	struct tlsrec_hs hs;
	ssize_t used;

	if (half->messages_lost && begins_nowhere(in))
		return;
	half->messages_lost = false;
	if (buffered && buf_slice(&half->messages, bytes) < 0) {
		buf_fini(&half->messages);
		half->phase = TLS_SEALED;
		return;
	}
	if (buffered)
		in = buf_view(&half->messages);
	while ((used = tlsrec_handshake(in, &hs)) > 0) {
		on_message(t, tls, side, &hs);
		in = slice_skip(in, (size_t)used);
	}
	if (buffered)
		buf_consume(&half->messages, half->messages.n - in.n);
	else if (in.n)
		buf_slice(&half->messages, in);
	if (!half->messages.n)
		buf_fini(&half->messages);
}

/* What is inside: as ALPN agreed, else as it begins. */
static void look_inside(struct trace *t, const struct flow *f, struct tlsflow *tls, struct slice data)
{
	enum http_guess guess = http_message_looks_like(data);

	if (tls->session.alpn_h2 || h2_start_looks_like(data) == H2_GUESS_YES)
		tls->h2 = h2flow_new(t, f, H2_BY_ALPN);
	else if (guess == HTTP_GUESS_REQUEST || guess == HTTP_GUESS_RESPONSE || guess == HTTP_GUESS_MORE)
		tls->http = httpflow_new(t, true);
	tls->other_inside = !tls->http && !tls->h2;
}

static const char *inside(const struct tlsflow *tls)
{
	return tls->h2 ? "HTTP/2" : tls->http ? "HTTP" : "application data";
}

/* One note counts what was decrypted in a packet, however many records that was. */
static void note_opened(struct trace *t, struct tlsflow *tls, struct tls_half *half, size_t n)
{
	const char *content = inside(tls);

	if (half->opened && half->opened_in == t->frame.number &&
	    slice_eq_str(half->opened->fields[1].s, content)) {
		((struct field *)half->opened->fields)[0].u += n; /* this note is ours, and not shown yet */
		return;
	}
	half->opened =
	    NOTE(t, TLS_OPENED, F_UINT("osilab.tls.bytes", n), F_STR("osilab.tls.content", content));
	half->opened_in = t->frame.number;
	if (half->opened->nfields != 2) /* no room was left for it */
		half->opened = NULL;
}

static void on_data(
    struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, struct slice data)
{
	if (!tls->http && !tls->h2 && !tls->other_inside && data.n)
		look_inside(t, f, tls, data);
	note_opened(t, tls, &tls->half[side], data.n);
	if (tls->h2)
		h2flow_feed(t, tls->h2, side, data);
	else if (tls->http)
		httpflow_feed(t, f, tls->http, side, data);
	else
		trace_info_static(t, tls_protocol(&tls->session), "application data, decrypted");
}

void tls_ccs(struct trace *t, struct tlsflow *tls, enum flow_side side)
{
	struct tls_session *s = &tls->session;

	trace_info(t, tls_protocol(s), "Change Cipher Spec");
	if (s->version >= TLSREC_TLS13 || !s->has_server_hello) {
		NOTE0(t, TLS_CCS);
		return;
	}
	if (s->encrypted[side])
		return; /* a new handshake that could not be read: the keys are not known */
	NOTE(t, TLS_ENCRYPTED_NOW_12, F_SIDE(side));
	tls_changed(t, s, side);
	tls->half[side].phase = TLS_LOCKED;
}

void tls_content(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, uint8_t type,
    struct slice body)
{
	switch (type) {
	case TLSREC_CHANGE_CIPHER_SPEC: tls_ccs(t, tls, side); break;
	case TLSREC_HANDSHAKE:
		on_handshake(t, tls, side, body);
		if (tls->half[side].finished)
			f->tls_done_ts = t->frame.ts;
		break;
	case TLSREC_ALERT: tls_alert(t, &tls->session, side, body); break;
	case TLSREC_APPLICATION: on_data(t, f, tls, side, body); break;
	default: break;
	}
}

/* The upper layer goes on behind plain bytes that it will not get. */
void tls_lose(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, uint64_t n)
{
	uint32_t missing = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;

	if (tls->http && n)
		httpflow_gap(t, f, tls->http, side, missing);
	else if (tls->h2 && n)
		h2flow_gap(t, tls->h2, side, missing);
}
