/* The text sink's last lines: notes that belong to no packet, the summary. */
#include "base/escape.h"
#include "render/put.h"
#include "render/text.h"

/* --- Summary
 * -------------------------------------------------------------------------------------------- */

/* One counter of the summary: shown as "3 requests" when it is not zero. */
struct count {
	uint64_t n;
	const char *one, *many, *ko; /* Korean does not tell one from many */
};

/* "  TCP    3 connections, 1 reset"; no line when all are zero. */
static void put_counts(struct text_sink *s, const char *head, const struct count *c, size_t n)
{
	struct buf *b = &s->out.buf;
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!c[i].n)
			continue;
		if (any) {
			buf_puts(b, ", ");
		} else {
			buf_printf(b, "      %s", head);
			put_fill(b, ' ', strlen(head) < 7 ? 7 - strlen(head) : 1);
		}
		any = true;
		if (s->o.lang == NOTE_KO)
			buf_printf(b, "%s %llu", c[i].ko, (unsigned long long)c[i].n);
		else
			buf_printf(
			    b, "%llu %s", (unsigned long long)c[i].n, c[i].n == 1 ? c[i].one : c[i].many);
	}
	if (any)
		buf_putc(b, '\n');
}

#define COUNTS(s, head, ...)                                                                                 \
	put_counts(s, head, (const struct count[]){ __VA_ARGS__ },                                           \
	    sizeof((const struct count[]){ __VA_ARGS__ }) / sizeof(struct count))

static void put_sessions(struct text_sink *s, const struct trace_stats *t)
{
	if (!t->tls_sessions)
		return;
	buf_printf(&s->out.buf,
	    s->o.lang == NOTE_KO ? "      TLS    세션 %llu개 중 %llu개 복호화\n"
	                         : "      TLS    %llu of %llu sessions decrypted\n",
	    (unsigned long long)(s->o.lang == NOTE_KO ? t->tls_sessions : t->tls_decrypted),
	    (unsigned long long)(s->o.lang == NOTE_KO ? t->tls_decrypted : t->tls_sessions));
}

static void put_total(struct text_sink *s, const struct trace_stats *t)
{
	struct buf *b = &s->out.buf;

	text_dim(s);
	buf_puts(b, "────");
	text_plain(s);
	buf_printf(b, s->o.lang == NOTE_KO ? "  패킷 %llu개, %llu바이트, " : "  %llu packets, %llu bytes, ",
	    (unsigned long long)t->packets, (unsigned long long)t->bytes);
	note_span(t->packets ? t->last_ts - t->first_ts : 0, s->o.lang, b);
	buf_putc(b, '\n');
}

void text_summary(struct text_sink *s, const struct trace_end *end)
{
	const struct trace_stats *t = end->stats;

	put_total(s, t);
	COUNTS(s, "TCP", { t->tcp_streams, "connection", "connections", "연결" },
	    { t->rst, "reset", "resets", "RST" },
	    { t->retransmission, "retransmission", "retransmissions", "재전송" },
	    { t->fast_retransmission, "fast retransmission", "fast retransmissions", "빠른 재전송" },
	    { t->spurious_retransmission, "spurious retransmission", "spurious retransmissions",
	        "불필요한 재전송" },
	    { t->out_of_order, "segment out of order", "segments out of order", "순서 바뀜" },
	    { t->lost_segment, "segment not captured", "segments not captured", "캡처되지 않은 세그먼트" },
	    { t->zero_window, "closed window", "closed windows", "닫힌 윈도" });
	COUNTS(s, "UDP", { t->udp_streams, "conversation", "conversations", "대화" });
	COUNTS(s, "DNS", { t->dns_queries, "query", "queries", "질의" },
	    { t->dns_responses, "response", "responses", "응답" },
	    { t->dns_errors, "error", "errors", "오류" });
	COUNTS(s, "DHCP", { t->dhcp_messages, "message", "messages", "메시지" });
	put_sessions(s, t);
	COUNTS(s, "HTTP", { t->http_requests, "request", "requests", "요청" },
	    { t->http_responses, "response", "responses", "응답" },
	    { t->set_cookie_headers, "Set-Cookie", "Set-Cookie", "Set-Cookie" },
	    { t->cookie_headers, "Cookie", "Cookie", "Cookie" },
	    { t->authorization_headers, "Authorization", "Authorization", "Authorization" });
	COUNTS(s, "HTTP/2", { t->h2_requests, "request", "requests", "요청" },
	    { t->h2_responses, "response", "responses", "응답" },
	    { t->h2_resets, "stream reset", "streams reset", "스트림 리셋" },
	    { t->h2_set_cookie_headers, "Set-Cookie", "Set-Cookie", "Set-Cookie" },
	    { t->h2_cookie_headers, "Cookie", "Cookie", "Cookie" },
	    { t->h2_authorization_headers, "Authorization", "Authorization", "Authorization" });
	for (const struct note *n = end->notes; n; n = n->next)
		text_note(s, n);
	if (end->damage) {
		put_fill(&s->out.buf, ' ', TEXT_INDENT);
		buf_puts(&s->out.buf, "✗ ");
		escape_text(&s->out.buf, slice_str(end->damage->msg));
		buf_putc(&s->out.buf, '\n');
	}
}
