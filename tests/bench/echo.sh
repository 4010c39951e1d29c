#!/bin/sh
# The echo servers beside small ones with libuv and libevent (tests/bench/peers), under the same load in one run:
# `make bench-echo`.  Server and generator have a processor each.  What counts is the server's processor time for
# each message: its inverse is what one processor could do if the generator kept up.
cd "$(dirname "$0")/../.." || exit 3
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh
load=$build/bin/osilab-load
echo=$build/bin/osilab-echo
port=${PORT:-17421}

# Whether there is such a model: $1 tcp or udp, $2 its name.
model() {
	"$echo" --list | grep -q "^$1  *$2 " || { echo "(no $1 model $2: left out)" && false; }
}

# launch NAME: starts that server, leaves what to load in $url.
launch() {
	url=tcp://127.0.0.1:$port
	case $1 in
	libuv | libevent) background "$dir/$1_echo" "$port" ;;
	udp-*)
		url=udp://127.0.0.1:$port
		background "$echo" --udp --model "${1#udp-}" --port "$port"
		;;
	*) background "$echo" --model "$1" --port "$port" ;;
	esac
	awaits "$url"
}

# measure NAME OPTIONS...: one line of messages/s, server µs, p50 µs, p99 µs to $dir/NAME.figures.
measure() {
	name=$1
	shift
	launch "$name" || return
	$loading "$load" -d "$each" --json --pid "$server" "$@" "$url" >"$dir/out"
	echo "$(number messages_per_second <"$dir/out") $(number server_cpu.us_per_message <"$dir/out") \
$(number latency.p50 <"$dir/out") $(number latency.p99 <"$dir/out")" >>"$dir/$name.figures"
	end_background
}

column() {
	cut -d' ' -f"$2" "$dir/$1.figures" | median
}

# compare TITLE NAMES OPTIONS...: in turn; then a line for each and how it stands to the last two.
compare() {
	title=$1 names=$2
	shift 2
	for name in $names; do rm -f "$dir/$name.figures"; done
	i=0
	while [ $((i += 1)) -le "$rounds" ]; do
		for name in $names; do measure "$name" "$@"; done
	done
	last=$(column "${names##* }" 2)
	before=${names% *}
	before=$(column "${before##* }" 2)
	printf '\n%s\n  %-14s %12s %14s %10s %10s  %s\n' "$title" server messages/s 'CPU µs/message' 'p50 µs' 'p99 µs' \
		"messages per CPU second against $(echo "$names" | awk '{ print $(NF - 1) " and " $NF }')"
	for name in $names; do
		printf '  %-14s %12.0f %14.2f %10.1f %10.1f  %s\n' "$name" "$(column "$name" 1)" "$(column "$name" 2)" \
			"$(column "$name" 3)" "$(column "$name" 4)" \
			"$(awk "BEGIN { c = $(column "$name" 2); printf \"%.2fx %.2fx\", $before / c, $last / c }")"
	done
}

# The user memory of $server in kB: anonymous pages of it and its children.
memory() {
	cat "/proc/$server/smaps_rollup" | awk '/^(Anonymous|Swap):/ { n += $2 } END { print n }'
}

# idle MODEL N: memory for each, and what an active client sees among them.
idle() {
	model tcp "$1" || return
	launch "$1" || return
	before=$(memory)
	"$load" -c 1 -d 5s -R 1000 --idle "$2" --json "$url" >"$dir/out" &
	loader=$!
	# Measured while they stand: once the server has as many descriptors, at the latest when the load ends.
	while kill -0 "$loader" 2>/dev/null && [ "$(find "/proc/$server/fd" -mindepth 1 | wc -l)" -lt "$2" ]; do
		:
	done
	after=$(memory)
	wait "$loader"
	printf '  %-14s %8s idle held  %6s bytes of user memory each, one active client: p50 %s µs, p99 %s µs\n' "$1" \
		"$(number idle_held <"$dir/out")" "$(awk "BEGIN { printf \"%.0f\", ($after - $before) * 1024 / $2 }")" \
		"$(number latency_uncorrected.p50 <"$dir/out")" "$(number latency_uncorrected.p99 <"$dir/out")"
	end_background
}

# many MODEL N: over six processes that share a port (SO_REUSEPORT), since one may have 20,000 descriptors.
many() {
	model tcp "$1" || return
	url=tcp://127.0.0.1:$port
	background "$echo" --model "$1" --workers 6 --port "$port"
	awaits "$url" || return
	"$load" -c 1 -d 5s -R 1000 --idle "$2" --json "$url" >"$dir/out"
	printf '  %-14s %8s idle held by six processes, one active client: p50 %s µs, p99 %s µs\n' "$1" \
		"$(number idle_held <"$dir/out")" "$(number latency_uncorrected.p50 <"$dir/out")" \
		"$(number latency_uncorrected.p99 <"$dir/out")"
	end_background
}

# calls MODEL CONNECTIONS: system calls for each message, counted by the server itself.
calls() {
	"$echo" --help | grep -q -- --count || return
	background "$echo" --count --model "$1" --port "$port"
	awaits "tcp://127.0.0.1:$port" || return
	$loading "$load" -c "$2" -n 200000 "tcp://127.0.0.1:$port" >/dev/null
	end_background
	printf '  %-14s %6s connections: %s for each message\n' "$1" "$2" "$(number per_message <"$dir/server")"
}

models=$(for m in epoll-et uring; do model tcp $m >/dev/null && printf '%s ' $m; done)
models=${models:-epoll }
compare 'TCP, 64 bytes, 64 connections' "${models}libuv libevent" -c 64
compare 'TCP, 64 bytes, 1,024 connections' "${models}libuv libevent" -c 1024
if model udp gro; then
	compare 'UDP, 64 bytes, 64 under way' 'udp-gro udp-blocking' -c 1 --pipeline 64
fi
printf '\nSystem calls (osilab echo --count)\n'
for m in $models; do
	calls "$m" 64
	calls "$m" 1024
done
printf '\nIdle connections\n'
idle epoll 10000
idle epoll 18000
many epoll 100000
exit 0
