# The web server: nothing half right may begin to listen.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

any="--http 127.0.0.1:0"
"$bin/osilab-ca" --dir "$tmp/serve.ca" init >/dev/null
"$bin/osilab-ca" --dir "$tmp/serve.ca" issue localhost >/dev/null
crt=$tmp/serve.ca/localhost.crt key=$tmp/serve.ca/localhost.key
cp "$key" "$tmp/open.key"
chmod 644 "$tmp/open.key"
echo 'Dear diary' >"$tmp/text"
(umask 077 && echo 'Dear diary' >"$tmp/text.key")

# shellcheck disable=SC2086 # $any is words
{
	try 2 serve $any extra
	says "unexpected argument 'extra'$"
	try 2 serve --http 127.0.0.1:port
	says '"127\.0\.0\.1:port": the port must be a number from 0 to 65535$'
	try 2 serve --http 127.0.0.1:65536
	says 'the port must be a number'
	try 2 serve --http ''
	says 'bad address "": it is empty$'
	try 2 serve --https 127.0.0.1:0
	says 'HTTPS needs --cert and --key'
	try 2 serve --https 127.0.0.1:0 --cert "$crt"
	says 'HTTPS needs --cert and --key'
	try 2 serve $any --keylog "$tmp/keys"
	says 'HTTPS needs --cert and --key'
	try 3 serve $any --cert "$tmp/nothing" --key "$key"
	says "certificate $tmp/nothing: No such file"
	try 3 serve $any --cert "$crt" --key "$tmp/nothing"
	says "private key $tmp/nothing: No such file"
	try 3 serve $any --cert "$crt" --key "$tmp/open.key"
	says "private key $tmp/open.key is open to others \(mode 0644\): chmod 600 $tmp/open.key$"
	try 3 serve $any --cert "$tmp/text" --key "$key"
	says "certificate $tmp/text: "
	try 3 serve $any --cert "$crt" --key "$tmp/text.key"
	says "private key $tmp/text.key"
	try 3 serve $any --cert "$crt" --key "$tmp/serve.ca/root.key"
	says "the key is not the certificate's$"
	if stranger serve; then
		cp "$key" "$tmp/private.key"
		chmod 000 "$tmp/private.key"
		cp "$crt" "$tmp/public.crt"
		try 3 serve $any --cert "$tmp/public.crt" --key "$tmp/private.key"
		says "private key $tmp/private.key: Permission denied$"
	fi
	try 3 serve $any --root "$tmp/nothing"
	says "directory $tmp/nothing: No such file"
	try 3 serve $any --root "$tmp/text"
	says "directory $tmp/text: Not a directory$"
	try 3 serve $any --users "$tmp/nothing"
	says "users file $tmp/nothing: No such file"
	try 1 serve $any --users "$tmp/text"
	says "users file $tmp/text: "
	try 2 serve $any --store nowhere
	says "no such store: 'nowhere'; there are none, memory, sqlite:PATH"
	try 2 serve $any --store sqlite:x?sync=off
	says "sync= takes full or normal, not 'off'$"
	try 2 serve $any --store redis+unix://
	says "redis\+unix:// needs the path of a socket"
	try 2 serve $any --store redis://127.0.0.1:0
	says "the port cannot be 0$"
	try 3 serve $any --store "sqlite:$tmp/nothing/x"
	says "session store $tmp/nothing/x: No such file"
	try 1 serve $any --store "sqlite:$tmp/text"
	says "session store $tmp/text: "
	try 3 serve $any --jwt-key "$tmp/nothing"
	says "key $tmp/nothing: No such file"
	try 3 serve $any --jwt-key "$tmp/open.key"
	says "key $tmp/open.key: others can read it"
	(umask 077 && mkdir "$tmp/keys" && echo 0123456789abcdef0123456789abcdef >"$tmp/keys/a.key")
	try 3 serve $any --jwt-key "$tmp/text.key"
	says "key $tmp/text.key: the HS256 key has 10 bytes; 32 random ones are needed$"
	try 1 serve $any --jwt-key "$tmp/keys" --jwt-key "$tmp/keys/a.key"
	says "key $tmp/keys/a.key: there are two keys named a$"
	try 2 serve $any --jwt-leeway 61
	says " --jwt-leeway takes a number"
	try 3 serve $any --access-log "$tmp/nothing/x"
	says "access log $tmp/nothing/x: No such file"
	try 2 serve $any --cors-origin '*' --cors-credentials
	says '--cors-credentials needs origins by name'
	for origin in null lab.example http://a/path 'http://u@a'; do
		try 2 serve $any --cors-origin "$origin"
		says "--cors-origin takes . alone or scheme://host:port, not '"
	done
	try 3 serve $any --notes "$tmp/nothing/x"
	says "notes file $tmp/nothing/x: No such file"
	try 1 serve $any --notes "$tmp/text"
	says "notes file $tmp/text: file is not a database$"
	try 3 serve $any --workers 2 --store "sqlite:$tmp/nothing/x"
	says "session store $tmp/nothing/x: No such file"
	try 3 serve $any --workers 2 --users "$tmp/nothing" --store none
	says "users file $tmp/nothing: No such file"
	try 2 serve $any --model poll
	says "no such model: 'poll'; there are epoll, uring and thread"
	try 2 serve $any --rate 0
	says "--rate takes N/s or N/s,BURST, each from 1 to 1000000, not '0'$"
	try 2 serve $any --workers 65
	says ' --workers takes a number from 1 to 64'
	try 2 serve $any --access-format xml
	says "--access-format takes combined or json, not 'xml'$"
	try 2 serve $any --metrics 0.0.0.0:0
	says '--metrics must listen on a loopback address'
	for clock in noon -1 0 99999999999999999999 9223372036854775807; do
		try 2 serve $any --clock $clock
		says " --clock takes a number .*, not '$clock'$"
	done
	try 2 serve $any --hsts 99999999999999999999
	says " --hsts takes a number"
}

check 'serve listens' start serve --http 127.0.0.1:0
try 3 serve --http "127.0.0.1:$port"
says "^osilab serve: port $port is in use by another program: choose another"
try 3 serve --http 127.0.0.1:0 --http "127.0.0.1:$port"
says "port $port is in use"
hides '^osilab'
try 3 serve --workers 2 --http "127.0.0.1:$port"
says "^osilab serve: port $port is in use by another program: choose another"
check 'serve stops' stop

# Several processes: one that dies is replaced, and whichever is asked for figures adds up those of all.
metrics() {
	printf 'GET /metrics HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n' |
		"$bin/osilab-talk" "127.0.0.1:$figures"
}
# answered N: so many requests, says every worker that comes to answer.
answered() {
	for _ in 1 2 3 4 5 6; do
		metrics | tr -d '\r' | grep -qx "osilab_requests_total{status=\"200\"} $1" || return 1
	done
}
# so many requests over 16 connections, none of which may fail
ask() {
	"$bin/osilab-load" -c 16 -n "$1" "http://127.0.0.1:$port/"
}
logged() {
	[ "$(grep -c '"GET / HTTP/1.1" 200 ' "$tmp/access")" -eq "$1" ]
}
listen_for_three() {
	start serve --workers 3 --http 127.0.0.1:0 --metrics 127.0.0.1:0 --access-log "$tmp/access" &&
		read -r line <&3 && figures=${line##*:} && figures=${figures%/metrics}
}
check 'serve listens for three workers' listen_for_three
check 'serve makes three processes' three
check 'three workers answer' ask 160
check 'three workers count together' answered 160
check 'serve replaces a worker that was killed' replaced
check 'three workers answer again' ask 160
check 'what a dead worker counted stays' answered 320
check 'three workers reload' kill -HUP "$(children "$server")"
check 'three workers answer after that' ask 160
check 'three workers stop' stop
check 'three workers write one log' logged 480

# Whoever called sudo is who the server is once its ports are open, in every thread and for good.
given_up() {
	for status in "/proc/$1/task"/*/status; do
		[ "$(grep -Ec '^Uid:(.12345){4}|^CapPrm:.0+$' "$status")" -eq 2 ] || return 1
	done
}

if [ "$(id -u)" -eq 0 ]; then
	export SUDO_UID=12345 SUDO_GID=12345
	check 'serve under sudo listens' start serve --http 127.0.0.1:0
	unset SUDO_UID SUDO_GID
	read -r leader <"/proc/$server/task/$server/children"
	check 'serve under sudo is the caller' given_up "${leader% }"
	check 'serve under sudo stops' stop
fi
