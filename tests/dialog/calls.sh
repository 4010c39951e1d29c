#!/bin/bash
# The system calls that `osilab echo --list` claims for each model, held against what strace counts in the same server
# while messages go to and fro: each call claimed is seen, and as often as claimed, and no other call that waits for or
# moves bytes comes to one in twenty messages.  Closes with "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 3
bin=$PWD/${BUILD:-build}/bin
[[ ${BUILD:-build} == /* ]] && bin=$BUILD/bin
if ! strace -o /dev/null -f true 2>/dev/null; then
	echo "SKIPPED the calls of the echo models: strace is missing, or may not look here"
	echo "0 passed, 0 failed"
	exit 0
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/osilab-calls.XXXXXX") || exit 3
mkfifo "$scratch/said"
server=
trap '[ -n "$server" ] && kill -9 "$server" 2>/dev/null; rm -rf "$scratch"' EXIT
passed=0 failed=0
messages=1600
# What waits for input, or moves it.
family=accept,accept4,read,readv,recvfrom,recvmsg,recvmmsg,write,writev,sendto,sendmsg,sendmmsg,sendfile,splice
family+=,poll,ppoll,select,pselect6,epoll_wait,epoll_pwait,io_uring_enter,rt_sigtimedwait

# serve TRANSPORT MODEL: the server in $server, traced into $scratch/trace; its address in $port.
serve() {
	local line udp=()
	[[ $1 == udp ]] && udp=(--udp)
	strace -f -qq -e trace="$family" -e signal=none -o "$scratch/trace" \
		"$bin/osilab-echo" --port 0 --drain 1 --model "$2" "${udp[@]}" >"$scratch/said" 2>"$scratch/err" &
	server=$!
	read -r -t 20 line <"$scratch/said"
	[[ $line =~ ^listening\ on\ 127\.0\.0\.1:([0-9]+)\  ]] && port=${BASH_REMATCH[1]}
}

# counts CALL: how often it was made.  A call that another thread interrupts has two lines: the second counts not.
counts() {
	grep -cE "^[0-9]+ +$1\(" "$scratch/steady"
}

# agrees CLAIM COUNT, as in "recvmsg<=2" 803; start and end take a few of each.
agrees() {
	local n=${1#*=} few=$((messages / 20)) claim
	claim=$((messages * ${n//[!0-9]/}0 / 10))
	case $1 in
	*=any) [ "$2" -gt 0 ] ;;
	*\<=*) [ "$2" -gt 0 ] && [ "$2" -le $((claim + few)) ] ;;
	*) [ "$2" -ge "$claim" ] && [ "$2" -le $((claim + few)) ] ;;
	esac
}

# holds TRANSPORT MODEL CLAIM...
holds() {
	local transport=$1 model=$2 claim call n rc=0
	shift 2
	if ! serve "$transport" "$model"; then
		wait "$server" # this machine has no io_uring, say
		[ $? -eq 3 ] && echo "SKIPPED the calls of $transport $model: $(cat "$scratch/err")"
		return
	fi
	"$bin/osilab-load" -c 1 -n $messages "$transport://127.0.0.1:$port" >"$scratch/load" 2>&1 || rc=1
	cp "$scratch/trace" "$scratch/steady" # the end, too, has calls of its own
	kill -TERM $(<"/proc/$server/task/$server/children") && wait "$server"
	server=
	for claim in "$@"; do
		n=$(counts "${claim%%[<=]*}")
		agrees "$claim" "$n" || { echo "$transport $model: $claim, but $n in $messages messages"; rc=1; }
	done
	for call in ${family//,/ }; do
		[[ " $* " == *" $call"[\<=]* ]] && continue
		n=$(counts "$call")
		[ "$n" -le $((messages / 20)) ] || { echo "$transport $model: $n $call in $messages messages"; rc=1; }
	done
	return $rc
}

while read -r transport model claims; do
	# shellcheck disable=SC2086 # words
	if holds "$transport" "$model" $claims; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf -- '--- failed: the calls of %s %s\n' "$transport" "$model"
		cat "$scratch/err" "$scratch/load"
	fi
done < <("$bin/osilab-echo" --list | awk '/^[a-z]/ { who = $1 " " $2 } /a message takes/ { sub(/.*takes /, ""); print who, $0 }')

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
