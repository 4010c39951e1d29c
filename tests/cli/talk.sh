# The client that goes with the echo servers.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

try 2 talk
says 'talk to whom\? '
try 2 talk 127.0.0.1:7 127.0.0.2:7
says "not '127\.0\.0\.2:7' as well$"
try 2 talk 127.0.0.1
says 'a host and a port are needed'
try 2 talk '[::1:7'
try 2 talk --udp --tls 127.0.0.1:7
says '--tls needs a stream'
try 2 talk --udp --stay 127.0.0.1:7
says '--stay needs a connection'
try 3 talk no-such-host.invalid:7
says 'no-such-host\.invalid: '

# All of $tmp/much there and back: $@ are the options.
talks_much() {
	timeout 20 "$bin/osilab-talk" "$@" "127.0.0.1:$port" <"$tmp/much" | cmp - "$tmp/much"
}

# The echo server closes when its client does, and this one does not.
talks_on() {
	timeout 0.5 "$bin/osilab-talk" --stay "127.0.0.1:$port" <"$tmp/little" >"$tmp/said-it"
	[ $? -eq 124 ] && cmp -s "$tmp/said-it" "$tmp/little"
}

# A reader who goes away early.
talks_to_nobody() {
	{ timeout 10 "$bin/osilab-talk" "127.0.0.1:$port" <"$tmp/much" 2>"$tmp/said-it" && echo ended; } |
		head -c 1 >/dev/null
	grep -q 'cannot write to stdout: Broken pipe$' "$tmp/said-it"
}

awk 'BEGIN { for (i = 0; i < 100000; i++) print "line number", i }' >"$tmp/much"
printf 'hello\n\001two\n' >"$tmp/little"
check 'talk: echo listens' start echo --port 0
input=$tmp/little
try 0 talk "127.0.0.1:$port"
shows '^hello$'
input=$tmp/little
try 0 talk --hex "localhost:$port"
shows '^> 00000000  68 65 6c 6c 6f 0a 01 74  77 6f 0a                 \|hello\.\.two\.\|$'
shows '^< 00000000  68 65 6c 6c 6f 0a 01 74 '
try 0 talk "127.0.0.1:$port"
hides .
check 'talk: megabytes' talks_much
check 'talk: slowly, yet all' talks_much --slow 100000000
check 'talk: it stays after the end of stdin' talks_on
check 'talk: stdout goes away' talks_to_nobody
try 1 talk --tls --timeout 3 "127.0.0.1:$port"
says '^osilab talk: TLS: '
check 'talk: echo stops' stop
try 3 talk "127.0.0.1:$port"
says "^osilab talk: cannot connect to 127\.0\.0\.1:$port: Connection refused$"
input=$tmp/little
try 3 talk --udp 127.0.0.1:1
says '^osilab talk: (no answer from|cannot send to) 127\.0\.0\.1:1: Connection refused$'

check 'talk: echo listens on UDP' start echo --udp --model gro --port 0
input=$tmp/little
try 0 talk --udp "127.0.0.1:$port"
shows '^hello$'
check 'talk: echo over UDP stops' stop

if grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null; then
	check 'talk: echo listens on IPv6' start echo --port 0 --bind ::1
	input=$tmp/little
	try 0 talk "[::1]:$port"
	shows '^hello$'
	check 'talk: echo on IPv6 stops' stop
fi

try 0 ca --dir "$tmp/talk-ca" init
try 0 ca --dir "$tmp/talk-ca" issue localhost
printf 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >"$tmp/get"
check 'talk: serve listens with TLS' start serve --https 127.0.0.1:0 --cert "$tmp/talk-ca/localhost.crt" \
	--key "$tmp/talk-ca/localhost.key"
input=$tmp/get
try 1 talk --tls "localhost:$port"
says ': the certificate: '
input=$tmp/get
try 0 talk --tls --ca "$tmp/talk-ca/root.crt" "localhost:$port"
shows '^HTTP/1\.1 200 '
input=$tmp/get
try 1 talk --tls --ca "$tmp/talk-ca/root.crt" "127.0.0.1:$port"
input=$tmp/get
try 0 talk --tls --insecure "127.0.0.1:$port"
shows '^HTTP/1\.1 200 '
check 'talk: serve with TLS stops' stop
