#!/bin/bash
# Drives osilab and osilab-echo as a user does: exit codes, messages, real traffic over TCP and UDP, and the
# completion.  Closes with "N passed, N failed".  Nothing sleeps; the server's own line says when it is ready.
cd "$(dirname "$0")/../.." || exit 3
bin=$PWD/${BUILD:-build}/bin
[[ ${BUILD:-build} == /* ]] && bin=$BUILD/bin
scratch=$(mktemp -d "${TMPDIR:-/tmp}/osilab-echo.XXXXXX") || exit 3
mkfifo "$scratch/said"
server=
trap '[ -n "$server" ] && kill -9 "$server" 2>/dev/null; rm -rf "$scratch"' EXIT
passed=0 failed=0

check() { # NAME COMMAND...: the command must succeed
	if "${@:2}"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf -- '--- failed: %s\n' "$1"
	fi
}

run() { # COMMAND...: leaves what it printed in $out and its exit code in $code
	out=$("$@" 2>&1 </dev/null)
	code=$?
}

says() { # CODE PATTERN: about the last run
	[[ $code -eq $1 && $out == *$2* ]]
}

listening() { # OPTIONS...: a server on a port the kernel chooses, left in $server and $port
	local line
	"$bin/osilab-echo" --port 0 "$@" >"$scratch/said" 2>"$scratch/err" &
	server=$!
	read -r -t 10 line <"$scratch/said"
	[[ $line =~ ^listening\ on\ 127\.0\.0\.1:([0-9]+)\ \((tcp|udp),\ ([a-z-]+)\)$ ]] && port=${BASH_REMATCH[1]}
}

stops() { # by SIGTERM, with exit code 0 and the counters in its last line
	kill -TERM "$server" && wait "$server" && grep -q "sent back $1" "$scratch/err"
	local rc=$?
	server=
	return $rc
}

# Some kernels and containers have no io_uring; then the model says so instead of listening.
no_ring=$("$bin/osilab-echo" --model uring --bind 192.0.2.1 2>&1 | grep io_uring)

talks() { # tcp|udp: one line there and back
	local line
	exec 3<>"/dev/$1/127.0.0.1/$port" || return 1
	printf 'hello\n' >&3
	line=$(timeout 10 dd bs=64 count=1 <&3 2>/dev/null) # one read: a datagram comes whole or cut
	exec 3>&-
	[[ $line == hello ]]
}

rows=$("$bin/osilab-echo" --list | sed -n 's/^\(tcp\|udp\) \([^ ]*\) .*/\1:\2/p')
check "list names models" test "$(wc -l <<<"$rows")" -gt 10
for row in $rows; do
	udp=()
	[[ $row == udp:* ]] && udp=(--udp)
	[[ $row == *:uring && $no_ring ]] && continue
	check "$row listens" listening --model "${row#*:}" "${udp[@]}"
	check "$row echoes" talks "${row%:*}"
	check "$row stops" stops "6 bytes: 1 "
done

counted() { # the server's stdout from its first line to its last
	local line
	"$bin/osilab-echo" --count --explain --model busy --port 0 >"$scratch/said" 2>"$scratch/err" &
	server=$!
	exec 4<"$scratch/said"
	read -r -t 10 line <&4
	[[ $line =~ :([0-9]+)\ \( ]] && port=${BASH_REMATCH[1]} && talks tcp && kill -TERM "$server" &&
		read -r -t 10 line <&4 && wait "$server" && server= &&
		[[ $line == *'"messages":1,"bytes":6,'*'"sendto":1,'* ]]
	local rc=$?
	exec 4<&-
	return $rc
}
check "counts system calls" counted
check "explains them" grep -q 'accept4([0-9]*): EAGAIN at once: it would sleep until a client had connected' "$scratch/err"

listening --model epoll
run "$bin/osilab-echo" --port "$port"
check "port in use" says 3 "port $port is in use by another program: choose another port"
check "and the first goes on" stops "0 bytes"

run "$bin/osilab-echo" --model epol
check "mistyped model" says 2 "did you mean epoll?"
run "$bin/osilab-echo" --bind nowhere.invalid
check "bad address" says 2 "bad address"
run "$bin/osilab-echo" --bind 192.0.2.1
check "foreign address" says 3 "not an address of this machine"
run "$bin/osilab-echo" --port 65536
check "bad port" says 2 "65535"
run "$bin/osilab-echo" surplus
check "operand" says 2 "unexpected 'surplus'"
run "$bin/osilab-echo" --list
check "list" says 0 "src/echo/tcp_iterative.c"

run "$bin/osilab"
check "no command" says 2 "Commands:"
run "$bin/osilab" help
check "help" says 0 "osilab COMMAND"
run "$bin/osilab" --version
check "version" says 0 "osilab "
run "$bin/osilab" ehco
check "mistyped command" says 2 "did you mean 'echo'?"
run "$bin/osilab" /bin/sh
check "unknown command" says 2 "no command is called"
run "$bin/osilab" help echo
check "help of a command" says 0 "Usage: osilab echo"
run "$bin/osilab" echo --list
check "command" says 0 "udp epoll"
run env PATH="$bin" osilab echo --port 1x
check "exit code of the command" says 2 "--port"
cp "$bin/osilab" "$scratch/osilab"
run env PATH="$bin" "$scratch/osilab" echo --list
check "command of the PATH" says 0 "udp epoll"
run env PATH=/nowhere "$scratch/osilab" echo --list
check "command that is missing" says 3 "cannot run osilab-echo"

completes() { # EXPECTED WORD...: the last word is being typed
	COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) COMPREPLY=()
	_osilab
	[[ " ${COMPREPLY[*]} " == *" $1 "* ]]
}
. docs/completion/osilab.bash
check "completes commands" completes echo "$bin/osilab" e
check "completes options" completes --model "$bin/osilab" echo --m
check "completes options of the program" completes --udp "$bin/osilab-echo" --u
check "completes files" completes Makefile "$bin/osilab" echo Makef
check "completes help" completes trace "$bin/osilab" help t

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
