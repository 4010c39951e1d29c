#!/bin/sh
# The tracer against tshark: what both say of a packet must be the same, field by field.
#
#   sh tests/peers/tshark.sh [CAPTURE...]    BUILD names the build folder; without captures: ours, and the demo's
#
# Any difference is a failure with the packet's number and both values.  Closes with "N passed, N failed".
# shellcheck disable=SC2317 # functions are called by check
cd "$(dirname "$0")/../.." || exit 3
. tests/peers/lib.sh
need tshark capinfos

# What must be in some capture of ours.  tshark's name is our name.
fields='frame.number frame.len frame.cap_len frame.comment eth.src eth.dst arp.opcode
	arp.src.hw_mac arp.src.proto_ipv4 arp.dst.proto_ipv4 ip.reassembled.length ipv6.reassembled.length
	icmp.type icmp.code icmp.mtu icmp.resp_to icmpv6.type icmpv6.code icmpv6.mtu icmpv6.nd.ns.target_address
	ip.src ip.dst ip.ttl ipv6.src ipv6.dst ipv6.hlim
	tcp.stream tcp.srcport tcp.dstport tcp.flags tcp.seq tcp.ack tcp.len tcp.window_size
	tcp.options.mss_val tcp.analysis.initial_rtt tcp.analysis.ack_rtt
	tcp.analysis.retransmission tcp.analysis.fast_retransmission tcp.analysis.spurious_retransmission
	tcp.analysis.out_of_order tcp.analysis.lost_segment tcp.analysis.ack_lost_segment tcp.analysis.duplicate_ack
	tcp.analysis.zero_window tcp.analysis.zero_window_probe tcp.analysis.window_full tcp.analysis.window_update
	tcp.analysis.keep_alive tcp.analysis.keep_alive_ack
	tls.handshake.type tls.handshake.extensions_server_name
	http.request.method http.request.uri http.host http.cookie http.authorization
	http.response.code http.set_cookie websocket.payload.close.status_code websocket.payload.close.reason
	http2.type http2.streamid http2.headers.method http2.headers.path http2.headers.scheme http2.headers.authority
	http2.headers.status http2.headers.cookie http2.headers.authorization http2.headers.set_cookie
	http2.header.name http2.header.value http2.settings.id http2.settings.initial_window_size
	http2.settings.max_concurrent_streams http2.window_update.window_size_increment
	http2.goaway.last_stream_id http2.goaway.error http2.stream_dependency
	udp.stream udp.srcport udp.dstport udp.length udp.checksum
	dns.id dns.flags dns.flags.opcode dns.flags.rcode dns.count.queries dns.count.answers dns.count.auth_rr
	dns.count.add_rr dns.qry.name dns.qry.type dns.qry.class dns.resp.name dns.resp.type dns.resp.class
	dns.resp.ttl dns.a dns.aaaa dns.cname dns.dname dns.ns dns.ptr.domain_name dns.mx.preference
	dns.mx.mail_exchange dns.txt dns.soa.mname dns.soa.rname dns.soa.serial_number dns.soa.refresh_interval
	dns.soa.retry_interval dns.soa.expire_limit dns.soa.minimum_ttl dns.srv.priority dns.srv.weight dns.srv.port
	dns.srv.target dns.svcb.svcpriority dns.svcb.targetname dns.rr.udp_payload_size dns.resp.ext_rcode
	dns.opt.ext_error.info_code dns.opt.ext_error.extra_text dns.response_to dns.time
	dhcp.type dhcp.hw.type dhcp.hw.len dhcp.hops dhcp.id dhcp.secs dhcp.flags dhcp.ip.client dhcp.ip.your
	dhcp.ip.server dhcp.ip.relay dhcp.hw.mac_addr dhcp.option.dhcp dhcp.option.requested_ip_address
	dhcp.option.dhcp_server_id dhcp.option.ip_address_lease_time dhcp.option.renewal_time_value
	dhcp.option.rebinding_time_value dhcp.option.subnet_mask dhcp.option.broadcast_address dhcp.option.router
	dhcp.option.domain_name_server dhcp.option.domain_name dhcp.option.hostname dhcp.option.message
	dhcp.option.request_list_item'

# And whatever else both have a name for is compared too, but for what differs by its kind:
#   frame.time          ours is UTC in the form of RFC 3339
#   frame.time_relative, frame.time_epoch, http.time   printed with another number of decimals: compared as numbers
#   frame.protocols     tshark also names its dissectors of values (ethertype, data-text-lines)
#   tls.handshake.ciphersuite, .random, tls.alert_message.desc   ours are names, and the chosen one only
#   tcp.options.sack_le, sack_re   ours are the numbers on the wire; the note tcp.ack.selective has the relative ones
#   ip.src_host ... ours where the capture has a name; tshark's with -n is the address
#   udp.checksum_calculated   ours where the checksum is wrong; tshark checks none unless told to
#   http.request.uri ... of a response, which tshark repeats, and the text of a status line it makes up for HTTP/2
unlike='frame.time frame.protocols tls.handshake.ciphersuite tls.handshake.random tls.alert_message.desc
	tcp.options.sack_le tcp.options.sack_re tcp.options.wscale.multiplier udp.checksum_calculated
	ip.src_host ip.dst_host ipv6.src_host ipv6.dst_host'
more() { # more CAPTURE: names that are both tshark's and ours there
	timeout 20 "$bin/osilab-trace" -r "$1" --json | grep -oE '[{,]"[a-z0-9_]+\.[a-z0-9_.]+":' | tr -d '{,":' | sort -u |
		comm -12 - "$tmp/names" | grep -vxFf "$tmp/unlike"
}
# shellcheck disable=SC2086 # words
printf '%s\n' $unlike >"$tmp/unlike"
tshark -G fields 2>/dev/null | awk -F'\t' '$1 == "F" { print $3 }' | sort -u >"$tmp/names"

# Where the two differ on purpose: the field, then what holds instead.
#   once   tshark repeats it in every packet of the connection; ours says it where it is found out, and there
#          the value must be tshark's (and ip.version, which tshark has of IPv6 too)
#   more   tshark leaves some out (the owners of SRV records); what it has must be among ours
#   acked  tshark shows the number, mostly 0, of a segment without the ACK flag, which means nothing
#   http1  what is said of cookies and credentials has these names in HTTP/2 too; tshark has others there
#   first  tshark shows the packet that an ICMP error quotes as if it were one more; ours says in words what it is
# Two names that stand for one another, either of them for the other (docs/tshark-differences.md has the reasons):
# a probe of a closed window is a keep-alive to tshark when it has the shape of one; and what was sent again is told
# from what was overtaken by the sender's clock or count of packets, where tshark goes by the time.
# And everywhere: a value that a packet has twice is compared once, since ours says it once.
differ='ip.src first ip.dst first ip.ttl first ipv6.src first ipv6.dst first ipv6.hlim first
	icmp.type first icmp.code first icmpv6.type first icmpv6.code first
	tcp.analysis.initial_rtt once tcp.analysis.ack_rtt once dns.resp.name more tcp.ack acked
	http.response.code http1 http.response.phrase http1 http.set_cookie http1 ip.version once'

# What no packet of our captures has; tests/unit/trace has them all.
rare='tcp.analysis.spurious_retransmission tcp.analysis.out_of_order tcp.analysis.keep_alive_ack tcp.analysis.ack_lost_segment'

# Every packet as lines NUMBER<tab>FIELD<tab>VALUE...: what the two programs say, in the same words.
# Segments in their order, as we read them, and a response where its head is, not where its body ends.
of_tshark() {
	# shellcheck disable=SC2046,SC2086 # words
	timeout 20 tshark -n -r "$1" -o tcp.reassemble_out_of_order:TRUE -o http.desegment_body:FALSE \
		-T fields -E occurrence=a -E separator=/t -E "aggregator=$unit" $(printf ' -e %s' $asked) 2>/dev/null |
		awk -v names="$asked" -v unit="$unit" '
			BEGIN { FS = "\t"; n = split(names, name, " ") }
			{ for (i = 1; i <= n; i++) if ($i != "") {
				m = split($i, v, unit)
				line = $1 "\t" name[i]
				for (k = 1; k <= m; k++) if (index(line "\t", "\t" v[k] "\t") == 0) line = line "\t" v[k]
				print line
			} }'
}

of_ours() {
	timeout 20 "$bin/osilab-trace" -r "$1" --json | awk -v names="$asked" '
		# The value in front of the rest of the line, which it is taken off.
		function value(    v) {
			match(rest, /^("([^"\\]|\\.)*"|[^]",}]*)/)
			v = substr(rest, 1, RLENGTH)
			rest = substr(rest, RLENGTH + 1)
			if (v ~ /^"/) v = substr(v, 2, length(v) - 2)
			gsub(/\\u000a/, "\\n", v) # as tshark shows it
			gsub(/\\(u0022|")/, "\"", v)
			gsub(/\\(u005c|\\)/, "\\", v)
			return v
		}
		BEGIN { n = split(names, list, " "); for (i = 1; i <= n; i++) wanted[list[i]] = 1 }
		!/^[{]"frame/ { next }
		{
			rest = $0
			number = 0; lines = ""
			while (rest ~ /^[{,]"/) {
				rest = substr(rest, 2)
				name = value()
				if (name == "osilab.notes") break
				rest = substr(rest, 2)
				line = name
				if (rest ~ /^\[/)
					do { rest = substr(rest, 2); line = line "\t" value() } while (rest ~ /^,/)
				else
					line = line "\t" value()
				sub(/^\]/, "", rest)
				if (name == "frame.number") number = substr(line, length(name) + 2)
				if (name in wanted) lines = lines line "\n"
			}
			k = split(lines, l, "\n")
			for (i = 1; i < k; i++) print number "\t" l[i]
		}'
}

# Flags as 1 and 0, times as numbers of six decimals, hexadecimal without zeros in front; the same value once.
in_one_form() {
	awk 'BEGIN { FS = "\t" }
		{
			line = $1 FS $2
			for (i = 3; i <= NF; i++) {
				v = $i
				if (v == "true" || v == "True") v = 1
				if (v == "false" || v == "False") v = 0
				if ($2 ~ /^(frame\.time_|http\.time$|tcp\.analysis\.(initial|ack)_rtt$)/) v = sprintf("%.6f", v)
				if (v ~ /^0x[0-9a-f]+$/) sub(/^0x0+/, "0x", v)
				if (index(line FS, FS v FS) == 0 || i == 3) line = line FS v
			}
			print line
		}'
}

# Says each difference; fails when there is one, or nothing to compare.  Notes in $tmp/seen what both had.
agree() { # agree OURS TSHARK
	awk -v differ="$differ" -v seen="$tmp/seen" '
		BEGIN {
			FS = "\t"
			other["tcp.analysis.retransmission"] = "tcp.analysis.out_of_order"
			other["tcp.analysis.out_of_order"] = "tcp.analysis.retransmission"
			other["tcp.analysis.keep_alive"] = "tcp.analysis.zero_window_probe"
			n = split(differ, d, " ")
			for (i = 1; i < n; i += 2) rule[d[i]] = d[i + 1]
		}
		{ key = $1 "\t" $2; v = substr($0, length(key) + 2) }
		$2 == "tcp.flags" { acks = index("13579bdf", substr(v, length(v) - 1, 1)) }
		$2 == "http2.type" { http2[$1] = 1 }
		$2 ~ /^icmp(v6)?\.type$/ { icmp[$1] = 1 }
		FILENAME == ARGV[1] { ours[key] = v; next }
		key in ours {
			both++
			if (ours[key] == v || ((rule[$2] == "first" || icmp[$1]) && index(v, ours[key] "\t") == 1) ||
				(rule[$2] == "more" && among(v, ours[key]))) print $2 >>seen
			else bad += say($1, $2, ours[key], v)
			delete ours[key]
			next
		}
		$2 in other && ($1 "\t" other[$2]) in ours {
			print $2 "\n" other[$2] >>seen
			delete ours[$1 "\t" other[$2]]
			next
		}
		icmp[$1] && $2 ~ /^(icmp|udp|tcp)/ { next } # of the packet that it quotes
		rule[$2] == "once" || (rule[$2] == "acked" && !acks) { next }
		{ bad += say($1, $2, "nothing", v) }
		END {
			for (key in ours) { split(key, k, "\t"); if (rule[k[2]] != "http1" || !http2[k[1]]) bad += say(k[1], k[2], ours[key], "nothing") }
			if (!both) print "nothing to compare"
			exit bad || !both
		}
		function among(some, all,    v, n, i) {
			n = split(some, v, "\t")
			for (i = 1; i <= n; i++) if (index("\t" all "\t", "\t" v[i] "\t") == 0) return 0
			return 1
		}
		function say(number, field, a, b) {
			gsub(/\t/, " | ", a); gsub(/\t/, " | ", b)
			printf "packet %s: %s: ours %s, tshark %s\n", number, field, a, b
			return 1
		}' "$1" "$2"
}

# Leaves what they say in $tmp/NAME.ours and .tshark; `without` is a field that is not compared.
compare() { # compare CAPTURE NAME WORDS
	# shellcheck disable=SC2046,SC2086 # words
	asked=$(printf '%s\n' $fields $(more "$1") | grep -vxF "${without:-none}" | awk '!seen[$1]++' | tr '\n' ' ')
	of_ours "$1" | in_one_form >"$tmp/$2.ours"
	of_tshark "$1" | in_one_form >"$tmp/$2.tshark"
	check "$3: both say the same" agree "$tmp/$2.ours" "$tmp/$2.tshark"
}

packets() { awk '$2 == "frame.number" { n++ } END { print n + 0 }' "$1"; }
notes() { "$bin/osilab-trace" -r "$1" --json | grep -c '^{"frame.*"osilab.notes":\[{'; }

# capinfos is silent on stderr unless it has something to complain about.
capinfos_likes() {
	timeout 20 capinfos -M "$1" >"$tmp/info" 2>"$tmp/complaints" && [ ! -s "$tmp/complaints" ] &&
		grep -Eq "^Number of packets: *$2\$" "$tmp/info" && return 0
	cat "$tmp/info" "$tmp/complaints"
	return 1
}

# What stands of packets AFTER+1 to AFTER+N, as if they were the first; without comments, and without what depends
# on the packets before: tshark counts on from section to section.
excerpt() { # excerpt FILE AFTER N
	awk -v after="$2" -v n="$3" 'BEGIN { FS = OFS = "\t" }
		$1 > after && $1 <= after + n && $2 !~ /^(frame\.(comment|time_relative|number|interface_name)|ip\.version|tcp\.analysis\..*|http\.time)$/ &&
		$2 !~ /(\.stream|\.time|_in|_to)$/ { $1 -= after; print }' "$1"
}

same_excerpts() { # same_excerpts BEFORE AFTER N: what tshark says of a capture, and of it among those written anew
	excerpt "$1" 0 "$3" >"$tmp/before"
	excerpt "$tmp/new.tshark" "$2" "$3" >"$tmp/after"
	[ -s "$tmp/before" ] && diff "$tmp/before" "$tmp/after"
}

commented() { # commented AFTER N WANTED: packets with a comment
	[ "$(awk -v after="$1" -v n="$2" '$2 == "frame.comment" && $1 > after && $1 <= after + n { c++ } END { print c + 0 }' \
		"$tmp/new.tshark")" -ge "$3" ]
}

# Each capture as it is; then all as we write them anew, as sections of one file, so that tshark has to start once.
# (It takes the interfaces of the first section for those of all.)
look_at() {
	rm -rf "$tmp/new" && mkdir "$tmp/new"
	at=0
	for capture in "$@"; do
		at=$((at + 1))
		compare "$capture" "old.$at" "$capture"
		check "$capture: -w" "$bin/osilab-trace" -r "$capture" -q -w "$tmp/new/$(printf %03d $at).pcapng"
		check "$capture, written anew: capinfos likes it" \
			capinfos_likes "$tmp/new/$(printf %03d $at).pcapng" "$(packets "$tmp/old.$at.tshark")"
	done
	cat "$tmp"/new/*.pcapng >"$tmp/all.pcapng"
	[ $# -eq 1 ] || without=frame.interface_name
	compare "$tmp/all.pcapng" new "all of them, written anew"
	at=0 after=0
	for capture in "$@"; do
		at=$((at + 1))
		n=$(packets "$tmp/old.$at.tshark")
		check "$capture, written anew: tshark reads the same packets, and as much decrypted" \
			same_excerpts "$tmp/old.$at.tshark" $after "$n"
		check "$capture, written anew: each packet with notes has a comment" \
			commented $after "$n" "$(notes "$tmp/new/$(printf %03d $at).pcapng")"
		after=$((after + n))
	done
	without=
}

: >"$tmp/seen"
if [ $# -gt 0 ]; then
	for capture in "$@"; do look_at "$capture"; done
	finish
fi
# The same traffic once more would be all retransmissions; those of labs have it twice, once from each end, and all of
# them the same addresses.
look_at $(printf '%s\n' captures/*/*.pcapng captures/*/*.pcap | grep -v -e '^captures/vantage/' -e '^captures/labs/')
look_at captures/vantage/client.pcapng
look_at captures/vantage/server.pcapng
for field in $fields; do
	case " $rare " in *" $field "*) continue ;; esac
	check "some packet has $field" grep -qxF "$field" "$tmp/seen"
done

# Names of addresses: tshark finds in what we write those that we found.
. tests/cli/captures.sh
hosts_kept() {
	named captures/tcp/syn-lost.pcapng 7f 00 00 01 >"$tmp/named.pcapng"
	"$bin/osilab-trace" -q -r "$tmp/named.pcapng" -w "$tmp/kept.pcapng" || return 1
	for file in named kept; do
		tshark -N n -r "$tmp/$file.pcapng" -T fields -e ip.src_host 2>/dev/null | sort -u >"$tmp/$file.hosts"
		[ "$(cat "$tmp/$file.hosts")" = me.example ] || return 1
	done
}
check "names of addresses are kept by -w" hosts_kept

"$bin/osilab-demo" --out "$tmp/demo" >/dev/null 2>"$tmp/refused"
case $? in
3) skip "the demo's captures" "$(tail -n 1 "$tmp/refused")" ;;
0)
	look_at "$tmp/demo/client.pcapng"
	look_at "$tmp/demo/server.pcapng"
	# As its reader will open it: nothing but the file.
	rm -rf "$tmp/demo/tls.keys"
	requests=$(timeout 20 tshark -n -r "$tmp/demo/client.pcapng" -Y http.request 2>/dev/null | wc -l)
	inside=$(timeout 20 tshark -n -r "$tmp/demo/client.pcapng" -Y 'http.request && tls' 2>/dev/null | wc -l)
	check "the demo's capture opens without a key: $requests requests, $inside inside TLS" \
		test "$requests" -eq 10 -a "$inside" -eq 8
	;;
*) check "the demo runs" false ;;
esac
finish
