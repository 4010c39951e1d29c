/* What a capture holds, counted.  The names are those of `osilab trace --stats --json`. */
#ifndef TRACE_STATS_H
#define TRACE_STATS_H

#include "base/slice.h"

#define TRACE_COUNTERS(X)                                                                                    \
	X(packets)                                                                                           \
	X(bytes) X(damaged_packets) X(tcp_streams) X(udp_streams) X(syn) X(synack) X(fin) X(rst)             \
	    X(retransmission) X(fast_retransmission) X(spurious_retransmission) X(out_of_order)              \
	        X(duplicate_ack) X(duplicate_packet) X(zero_window) X(window_probe) X(keep_alive)            \
	            X(lost_segment) X(ack_lost_segment) X(keep_alive_ack) X(window_update) X(window_full) X(tail_loss_probe) X(dsack) X(paws) X(challenge_ack) X(congestion_marks) X(one_way) X(open_at_end) X(unanswered) X(conflicting_bytes) X(http_requests) X(http_responses) X(cookie_headers)                     \
	                X(set_cookie_headers) X(authorization_headers) X(client_hello) X(server_hello)       \
	                    X(alerts) X(vlan_packets) X(ip4_fragments) X(ip6_fragments)                       \
	                    X(datagrams_reassembled) X(datagrams_unfinished) X(echo_requests)            \
	                    X(echo_replies) X(icmp_errors) X(ip_checksum_wrong)                    \
	                        X(tls_sessions)                                                          \
	                        X(tls_decrypted) X(decrypted_requests) X(h2_requests) X(h2_responses)       \
	                        X(h2_resets) X(h2_cookie_headers) X(h2_set_cookie_headers)       \
	                        X(h2_authorization_headers) X(flows_dropped) X(bytes_dropped)     \
	                            X(dns_queries) X(dns_responses) X(dns_errors) X(dhcp_messages)

/* A small set of names with counts: schemes, versions, suites.  A new name is not counted once it is full. */
enum { STATS_NAMES = 16, STATS_NAME_MAX = 64 };

struct stats_names {
	struct {
		char name[STATS_NAME_MAX];
		uint64_t count;
	} v[STATS_NAMES];
	unsigned n;
};

struct trace_stats {
#define X(name) uint64_t name;
	TRACE_COUNTERS(X)
#undef X
	struct stats_names authorization_schemes, sni, tls_versions, ciphers, alpn, tls_alerts;
	int64_t first_ts, last_ts; /* the earliest and the latest time, wherever they stand in the capture */
};

/* One more of `name`. */
void stats_count(struct stats_names *s, struct slice name);

#endif
