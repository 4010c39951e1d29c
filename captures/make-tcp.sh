#!/bin/bash
# Makes captures/tcp anew: real connections of this kernel on the loopback of a network of its own, where nftables
# loses, marks or silences packets on purpose.  bash captures/make-tcp.sh; needs nft, ip and user namespaces.
# The golden traces (tests/golden) have to be updated and read through afterwards.
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/${BUILD:-build}/bin
out=$PWD/captures/tcp
if [ "${1:-}" != inside ]; then
	mkdir -p "$out"
	exec unshare -Urn --fork --kill-child bash "$0" inside
fi

ip link set lo up mtu 1500 gso_max_segs 1
nft add table ip lab
nft add chain ip lab in '{ type filter hook input priority 0; }'
nft add chain ip lab out '{ type filter hook output priority 0; }'

rules() { # rules HOOK RULE: until the next `rules`
	nft flush chain ip lab in
	nft flush chain ip lab out
	[ $# -eq 0 ] || nft add rule ip lab "$@"
}

serve() { # serve PORT: an echo server
	"$bin/osilab-echo" --port "$1" --model "${2:-epoll}" >/dev/null 2>&1 &
	server=$!
	until grep -q ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp; do sleep 0.05; done
}

record() { # record NAME COMMAND: what passes on lo meanwhile
	"$bin/osilab-trace" -i lo -q -w "$out/$1.pcapng" tcp >/dev/null 2>&1 &
	tracer=$!
	until [ "$(wc -l </proc/net/packet)" -gt 1 ]; do sleep 0.05; done
	"$2"
	sleep 0.5
	kill -INT $tracer
	wait $tracer || true
	rules
}

say() { printf '%s\n' "$1" >&3; }
hear() { read -r -t 20 _ <&3; }
many() { dd if=/dev/zero bs="$1" count=1 status=none; }

# The first two SYNs get lost.
syn_lost() {
	rules in 'tcp dport 7001 tcp flags & (syn|ack) == syn numgen inc mod 3 < 2 drop'
	exec 3<>/dev/tcp/127.0.0.1/7001
	say hello
	hear
	exec 3>&-
}

# One message gets lost three times over: the timer, doubling.
message_lost() {
	exec 3<>/dev/tcp/127.0.0.1/7001
	say hello
	hear
	rules in 'tcp dport 7001 ip length > 52 numgen inc mod 4 < 3 drop'
	say again
	hear
	exec 3>&-
}

# One segment of many gets lost: duplicate and selective acknowledgements.
segment_lost() {
	rules in 'tcp dport 7001 ip length > 1000 numgen inc mod 1000 == 2 drop'
	exec 3<>/dev/tcp/127.0.0.1/7001
	many 14000 >&3
	say ''
	hear
	exec 3>&-
}

# An answer that nobody reads: the window closes, is probed, and opens.
window_closed() {
	sysctl -qw net.ipv4.tcp_rmem='4096 8192 8192' net.ipv4.tcp_wmem='4096 16384 65536'
	exec 3<>/dev/tcp/127.0.0.1/7001
	{ many 40000; echo; } >&3 &
	sleep 1
	hear
	exec 3>&-
}

# Nobody listens; then a program that leaves with data unread.
refused_and_reset() {
	exec 3<>/dev/tcp/127.0.0.1/7009 || true
	exec 3<>/dev/tcp/127.0.0.1/7001
	say hello
	sleep 0.2
	exec 3>&-
}

# The server dies without a word, and its successor knows nothing of the connection.
half_open() {
	exec 3<>/dev/tcp/127.0.0.1/7002
	say hello
	hear
	rules out 'tcp sport 7002 drop'
	kill -9 $other
	wait $other 2>/dev/null || true
	sleep 0.3
	rules
	say 'still there?'
	sleep 0.3
	exec 3>&-
}

# Congestion is marked, not dropped.
congestion() {
	sysctl -qw net.ipv4.tcp_ecn=1
	rules out 'tcp dport 7001 ip ecn ect0 numgen inc mod 4 == 1 ip ecn set ce'
	exec 3<>/dev/tcp/127.0.0.1/7001
	for i in 1 2 3 4 5; do
		say "message $i"
		hear
	done
	exec 3>&-
	sysctl -qw net.ipv4.tcp_ecn=2
}

serve 7002
other=$server
serve 7001
record syn-lost syn_lost
record message-lost message_lost
record segment-lost segment_lost
record refused-and-reset refused_and_reset
record half-open half_open
record congestion congestion
record window-closed window_closed
kill $server
