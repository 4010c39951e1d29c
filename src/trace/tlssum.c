/* How a TLS handshake came out: what an eavesdropper saw of it, and the alerts that ended it.  See tlshello.h;
 * RFC 8446 6, RFC 5246 7.2. */
#include "trace/tlsfields.h"
#include "trace/tlshello.h"

void tls_sum_up(struct trace *t, struct tls_session *s)
{
	bool new = s->version >= TLSREC_TLS13;
	enum note_id id = new ? NOTE_TLS_SEEN_13 : s->resumed ? NOTE_TLS_SEEN_12_RESUMED : NOTE_TLS_SEEN_12;
	const struct field fields[] = {
		F_STR("osilab.tls.host", s->sni[0] ? s->sni : "an unnamed host"),
		F_STR("osilab.tls.alpn", s->alpn),
		F_STR("osilab.tls.suite", tls_suite_text(t, s->suite)),
		F_UINT("osilab.tls.client_bytes", s->bytes[FLOW_CLIENT]),
		F_UINT("osilab.tls.server_bytes", s->bytes[FLOW_SERVER]),
		F_SPAN("osilab.tls.took", t->frame.ts - s->hello_ts),
		F_STR(
		    "osilab.tls.unseen", s->resumed ? "any certificate (none was sent)" : "the certificate"),
	};

	if (s->sum_said || !s->has_client_hello || !s->has_server_hello || s->handshakes)
		return;
	s->sum_said = true;
	trace_note(t, id, fields, sizeof(fields) / sizeof(*fields));
}

void tls_alert(struct trace *t, const struct tls_session *s, enum flow_side side, struct slice body)
{
	bool open = s->done[FLOW_CLIENT] && s->done[FLOW_SERVER], fatal;
	struct tlsrec_alert alert;
	const char *name, *words;

	if (tlsrec_alert(body, &alert) <= 0)
		return;
	name = tlsrec_alert_name(alert.description);
	words = tlsrec_alert_words(alert.description);
	name = name ? name : arena_printf(&t->arena, "alert %u", alert.description);
	/* In TLS 1.3 all are fatal but two, whatever the level says (RFC 8446 6). */
	fatal = alert.level == 2 || (s->version >= TLSREC_TLS13 && alert.description != 90);
	t->stats.alerts++;
	stats_count(&t->stats.tls_alerts, slice_str(name));
	trace_info(t, tls_protocol(s), "Alert: %s", name);
	{
		const struct field fields[] = {
			F_SIDE(side),
			F_STR("osilab.tls.alert", name),
			F_UINT("tls.alert_message.level", alert.level),
			F_UINT("tls.alert_message.desc", alert.description),
			F_STR("osilab.tls.alert_words", words ? words : "its meaning is not known"),
			F_STR("osilab.tls.ended",
			    open ? "the open connection" : "the handshake before any data were sent"),
		};

		trace_note(t,
		    alert.description == 0 ? NOTE_TLS_CLOSE_NOTIFY
		    : fatal                ? NOTE_TLS_ALERT
		                           : NOTE_TLS_ALERT_WARNING,
		    fields, sizeof(fields) / sizeof(*fields));
	}
}
