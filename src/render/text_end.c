/* The text sink's last lines: flows of a quiet run, notes that belong to no packet, the summary. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "render/put.h"
#include "render/text.h"

/* --- Flows
 * ---------------------------------------------------------------------------------------------- */

static struct text_flow *flow_new(struct text_sink *s, const struct flow *f, uint32_t *place)
{
	struct text_flow *more, *t;

	if (s->nflows == s->flows_cap) {
		size_t cap = s->flows_cap ? s->flows_cap * 2 : 64;

		more = realloc(s->flows, cap * sizeof(*more));
		if (!more)
			return NULL;
		s->flows = more;
		s->flows_cap = cap;
	}
	t = &s->flows[s->nflows++];
	*t = (struct text_flow){ .number = f->number, .proto = f->proto };
	for (int side = 0; side < 2; side++) {
		t->addr[side] = f->end[side].addr;
		t->port[side] = f->end[side].port;
	}
	*place = (uint32_t)s->nflows;
	return t;
}

void text_flow_seen(struct text_sink *s, const struct frame *f)
{
	struct text_flow *t;
	uint32_t *place;

	if (!f->flow)
		return;
	if (f->flow->number >= TEXT_FLOWS) {
		s->flows_more += f->flow->packets <= 1;
		return;
	}
	place = &s->flow_at[f->flow->proto == PROTO_UDP][f->flow->number];
	t = *place ? &s->flows[*place - 1] : flow_new(s, f->flow, place);
	if (!t)
		return;
	if (t->packets[0] + t->packets[1] == 0)
		t->first_ts = f->ts;
	t->last_ts = f->ts;
	t->packets[f->side]++;
	t->bytes[f->side] += f->pkt.payload_len;
	memcpy(t->state, f->state, 2);
	if (f->ack_rtt)
		t->rtt[f->side] = f->flow->end[f->side].rtt;
	if (f->proto && frame_osi(f) > 4)
		slice_cstr(slice_str(f->proto), t->upper, sizeof(t->upper));
}

/* "  RTT server 20 ms (19 ms to 25 ms)": smoothed, least and most, of the ends that were measured. */
static void put_rtt(struct text_sink *s, const struct text_flow *t)
{
	static const char *const ends[2][2] = { { "client", "server" }, { "클라이언트", "서버" } };
	struct buf *b = &s->out.buf;
	char smoothed[32], min[32], max[32];

	for (int side = FLOW_SERVER; side >= FLOW_CLIENT; side--) {
		const struct flow_rtt *r = &t->rtt[side];

		if (r->n)
			buf_printf(b, "  RTT %s %s (%s–%s)", ends[s->o.lang][side],
			    clock_span(r->smoothed, smoothed, sizeof(smoothed)),
			    clock_span(r->min, min, sizeof(min)), clock_span(r->max, max, sizeof(max)));
	}
}

static void put_flow(struct text_sink *s, const struct text_flow *t)
{
	const char *transport = t->proto == PROTO_UDP ? "UDP" : "TCP";
	struct buf *b = &s->out.buf;
	char span[32];

	put_u64(b, t->number, TEXT_INDENT - 1, ' ');
	buf_putc(b, ' ');
	text_osi_color(s, 4);
	buf_puts(b, transport);
	text_plain(s);
	buf_puts(b, "  ");
	for (int side = 0; side < 2; side++) {
		struct endpoint p = { t->addr[side], { 0 }, t->port[side], true };

		buf_puts(b, side ? " ⇄ " : "");
		put_endpoint(b, &p);
	}
	if (t->upper[0]) {
		buf_puts(b, "  ");
		text_osi_color(s, 7);
		buf_puts(b, t->upper);
		text_plain(s);
	}
	buf_printf(b,
	    s->o.lang == NOTE_KO ? "  패킷 %llu + %llu, 바이트 %llu + %llu, %s"
	                         : "  %llu + %llu packets, %llu + %llu bytes, %s",
	    (unsigned long long)t->packets[0], (unsigned long long)t->packets[1],
	    (unsigned long long)t->bytes[0], (unsigned long long)t->bytes[1],
	    clock_span(t->last_ts - t->first_ts, span, sizeof(span)));
	if (t->proto == PROTO_TCP) {
		put_rtt(s, t);
		text_dim(s);
		buf_printf(b, "  %s · %s", tcp_state_name((enum tcp_state)t->state[0]),
		    tcp_state_name((enum tcp_state)t->state[1]));
		text_plain(s);
	}
	buf_putc(b, '\n');
}

void text_flow_list(struct text_sink *s)
{
	for (size_t i = 0; i < s->nflows; i++)
		put_flow(s, &s->flows[i]);
	if (s->flows_more)
		buf_printf(&s->out.buf,
		    s->o.lang == NOTE_KO ? "      그 밖의 흐름 %llu개\n" : "      and %llu more flows\n",
		    (unsigned long long)s->flows_more);
}

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
	char span[32];

	text_dim(s);
	buf_puts(b, "────");
	text_plain(s);
	buf_printf(b,
	    s->o.lang == NOTE_KO ? "  패킷 %llu개, %llu바이트, %s\n" : "  %llu packets, %llu bytes, %s\n",
	    (unsigned long long)t->packets, (unsigned long long)t->bytes,
	    clock_span(t->packets ? t->last_ts - t->first_ts : 0, span, sizeof(span)));
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
