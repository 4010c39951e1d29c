#!/bin/sh
# The server by HTTP/2, as curl and nghttp2's programs see it: the same pages as by HTTP/1.1, many at once, and the
# choice of the version.  BUILD names the build folder.  Closes with "N passed, N failed".
# shellcheck disable=SC2317,SC2086 # functions are called by check; $tls, $how are words
cd "$(dirname "$0")/../.." || exit 3
. tests/peers/lib.sh
. tests/peers/serve.sh
need curl
curl --version | grep -q ' HTTP2' || {
	echo "$part: SKIPPED: this curl knows no HTTP/2"
	finish
}

mkdir "$tmp/root"
echo 'hello, world' >"$tmp/root/hello.txt"
head -c 300000 /dev/zero | tr '\0' x >"$tmp/root/large.txt"
head -c 70000 "$tmp/root/large.txt" >"$tmp/too-large"
head -c 60000 "$tmp/root/large.txt" >"$tmp/fits"
ca=$tmp/ca/root.crt
"$bin/osilab-ca" --dir "$tmp/ca" init >/dev/null
"$bin/osilab-ca" --dir "$tmp/ca" issue www.lab.test 127.0.0.1 >/dev/null
echo "$password" | "$bin/osilab-user" --db "$tmp/users" --password-file - add alice >/dev/null
tls="--cacert $ca"

# serve ARG...: the ports in $plain and $sealed
serve() {
	rm -f "$tmp/ports"
	start --http 127.0.0.1:0 --https 127.0.0.1:0 --cert "$tmp/ca/www.lab.test.crt" \
		--key "$tmp/ca/www.lab.test.key" --users "$tmp/users" --root "$tmp/root" --max-body 65536 \
		--access-log "$tmp/access" "$@" || return 1
	plain=http://127.0.0.1:$http sealed=https://127.0.0.1:$https
}
serve --notes "$tmp/notes" || {
	cat "$tmp/log"
	exit 3
}
in_clear=--http2-prior-knowledge

# --- The same pages: what differs between the versions is said in a field about the connection, or is the time
fields() { tr -d '\r' <"$1" | sed 1d | tr '[:upper:]' '[:lower:]' | grep -Ev '^(date|connection):' | sort; }
same() { # same ARG...: by 1.1 and by 2
	: >"$tmp/body"
	get --http1.1 "$@" && mv "$tmp/head" "$tmp/head1" && mv "$tmp/body" "$tmp/body1" || return 1
	: >"$tmp/body"
	get $in_clear "$@" && cmp "$tmp/body1" "$tmp/body" || return 1
	fields "$tmp/head1" >"$tmp/fields1" && fields "$tmp/head" | diff "$tmp/fields1" - || return 1
	[ "$(sed -n '1s/[^ ]* \([0-9]*\).*/\1/p' "$tmp/head1")" = "$(sed -n '1s/[^ ]* \([0-9]*\).*/\1/p' "$tmp/head")" ]
}
for path in / /hello.txt /large.txt /nowhere /login /me /status/418 /status/204 '/bytes?n=200001' '/slow?ms=1' \
	'/a%00b' /api/me; do
	check "the same by 1.1 and 2: $path" same "$plain$path"
done
check 'the same: HEAD' tells '%{http_code} %{http_version} %{size_download}' '200 2 0' $in_clear --head "$plain/hello.txt"
check 'the same: a range' same --range 7-11 "$plain/hello.txt"
check 'the same: two ranges' tells '%{http_code} %{http_version}' '206 2' $in_clear --range 0-1,7-8 "$plain/hello.txt"
check 'the same: no such range' same --range 700- "$plain/hello.txt"
check 'the same: not modified' same -H "If-None-Match: $(get "$plain/hello.txt" && tr -d '\r' <"$tmp/head" |
	sed -n 's/^ETag: //ip')" "$plain/hello.txt"
check 'the same: OPTIONS' same -X OPTIONS "$plain/login"
check 'the same: a method it does not know' same -X FROBNICATE "$plain/"
check 'the same: a method not for that path' same -X DELETE "$plain/login"
check 'the same: a wrong password' same -d user=alice -d password=wrong "$plain/login"
check 'the same: content of a kind it does not take' same -H 'Content-Type: application/json' -d '{}' "$plain/login"
check 'the same: an expectation nobody knows' same -H 'Expect: a-miracle' "$plain/hello.txt"

# --- Content
check 'content' tells '%{http_code} %{http_version}' '200 2' $in_clear --data-binary "@$tmp/fits" "$plain/echo"
check '... all of it came' grep -q '"length":60000' "$tmp/body"
check 'content whose length nobody says' tells '%{http_code}' 200 $in_clear -X POST -H 'Content-Length:' \
	--data-binary "@$tmp/fits" "$plain/echo"
check '... all of it came' grep -q '"length":60000' "$tmp/body"
check 'more than is taken, said so' tells '%{http_code}' 413 $in_clear --data-binary "@$tmp/too-large" "$plain/echo"
check 'more than is taken, not said' tells '%{http_code}' 413 $in_clear -X POST -H 'Content-Length:' \
	-T "$tmp/too-large" "$plain/echo"
check 'a head too large' tells '%{http_code}' 431 $in_clear -H "X: $(head -c 33000 "$tmp/root/large.txt")" "$plain/"
check 'a target too long' tells '%{http_code}' 414 $in_clear "$plain/$(head -c 9000 "$tmp/root/large.txt")"
check 'cookies in pieces' tells '%{http_code}' 401 $in_clear -H 'Cookie: a=1' -H 'Cookie: b=2' "$plain/me"

# --- Who is asking, and what is kept
jar=$tmp/jar
check 'login' tells '%{http_code} %{http_version}' '303 2' $tls --cookie-jar "$jar" -d user=alice \
	-d "password=$password" "$sealed/login"
check 'the cookie says who' tells '%{http_code} %{http_version}' '200 2' $tls --cookie "$jar" "$sealed/me"
check '... among others' tells '%{http_code}' 200 $tls --cookie "$jar" -H 'Cookie: a=1' "$sealed/me"
check 'logout' tells '%{http_code}' 303 $tls --cookie "$jar" -X POST "$sealed/logout"
check 'the cookie is worth nothing' tells '%{http_code}' 401 $tls --cookie "$jar" "$sealed/me"
json='Content-Type: application/json'
check 'a note is made' tells '%{http_code}' 201 $in_clear -d '{"text":"x"}' -H "$json" "$plain/api/notes"
check '... is not replaced by who has not read it' tells '%{http_code}' 412 $in_clear -X PUT -d '{"text":"y"}' \
	-H "$json" -H 'If-Match: "17"' "$plain/api/notes/1"
check '... is replaced by who has' tells '%{http_code}' 204 $in_clear -X PUT -d '{"text":"y"}' \
	-H "$json" -H 'If-Match: "1"' "$plain/api/notes/1"

# --- Many at once
format='%{http_code}/%{http_version}/%{num_connects}'
many=$(for i in 1 2 3 4 5 6 7 8; do echo "$sealed/slow?ms=150&n=$i -o /dev/null"; done)
all_at_once() {
	curl --silent --show-error --max-time 10 $tls --parallel --parallel-max 8 $many \
		--write-out '%{http_version} %{http_code} %{time_total}\n' |
		awk '$1 == 2 && $2 == 200 && $3 < 1 { n++ } END { exit n != 8 }'
}
check 'eight answers that take their time, over one connection' all_at_once
one_connection() {
	get "$plain/hello.txt" || return 1 # the log of what came before is written
	before=$(grep -c 'slow' "$tmp/access")
	[ "$before" -ge 8 ]
}
check '... are in the log' one_connection
check 'the log says HTTP/2' grep -q '"GET /me HTTP/2.0" 200 ' "$tmp/access"
if command -v nghttp >/dev/null; then
	ten=$(for i in 1 2 3 4 5 6 7 8 9 10; do echo "$plain/bytes?n=100000&i=$i"; done)
	streams() {
		timeout 20 nghttp -nv $ten >"$tmp/said2" 2>&1 &&
			[ "$(grep -c 'recv DATA.*flags=0x01' "$tmp/said2")" -eq 10 ]
	}
	check 'nghttp: ten streams, all ended' streams
	# Their frames are mixed: after the first end of a stream few frames of others follow.
	mixed() { sed -n '/recv DATA.*flags=0x01/,$p' "$tmp/said2" | grep -c 'recv DATA' | awk '{ exit $1 > 30 }'; }
	check '... share the connection' mixed
else
	skip 'nghttp' 'it is not installed'
fi
if command -v h2load >/dev/null; then
	loaded() { # loaded N ARG...
		n=$1
		shift
		timeout 30 h2load -n "$n" "$@" | grep -q "^requests: $n total, $n started, $n done, $n succeeded"
	}
	check 'h2load in clear' loaded 3000 -c 4 -m 50 "$plain/hello.txt"
	check 'h2load over TLS' loaded 3000 -c 4 -m 100 "$sealed/bytes?n=3000"
	check 'h2load sends content' loaded 500 -c 2 -m 20 -d "$tmp/fits" "$plain/echo"
else
	skip 'h2load' 'it is not installed'
fi

# --- The end: what is asked for is answered
drains() {
	curl --silent --show-error --max-time 10 $tls --parallel $many --write-out '%{http_code}\n' >"$tmp/last" &
	asker=$!
	i=0
	until [ "$(curl -s -m 5 "$plain/status/200" -o /dev/null -w '%{http_code}')" = 200 ] && [ $i -ge 2 ]; do
		i=$((i + 1))
	done
	stops || return 1
	wait "$asker" || return 1
	[ "$(grep -c 200 "$tmp/last")" -eq 8 ]
}
check 'SIGTERM: it ends well, and all are answered' drains
check '... having complained about nothing' fails grep -v 'no --jwt-key' "$tmp/log"

# --- The choice
check 'serve --http 1.1' serve --http 1.1
check '... speaks that over TLS' tells '%{http_version}' 1.1 $tls "$sealed/hello.txt"
check '... knows no HTTP/2 in clear' fails get $in_clear "$plain/hello.txt"
check '... ends' stops
check 'serve --http 2' serve --http 2
check '... over TLS' tells '%{http_version} %{http_code}' '2 200' $tls "$sealed/hello.txt"
check '... in clear' tells '%{http_version} %{http_code}' '2 200' $in_clear "$plain/hello.txt"
check '... nothing else over TLS' fails get --http1.1 $tls "$sealed/hello.txt"
check '... nothing else in clear' tells '%{http_code}' 505 --http1.1 "$plain/hello.txt"
check '... ends' stops
check 'serve, speaking what it usually does' serve
check '... 1.0 too, over TLS' tells '%{http_version} %{http_code}' '1.1 200' --http1.0 $tls "$sealed/hello.txt"
check '... ends' stops
check 'serve --http 2 --http 1.1' serve --http 2 --http 1.1
check '... speaks both' tells '%{http_version}' 1.1 --http1.1 $tls "$sealed/hello.txt"
check '... and takes the better' tells '%{http_version}' 2 $tls "$sealed/hello.txt"
check '... ends' stops
check 'serve --max-requests 3' serve --max-requests 3
six=$(for i in 1 2 3 4 5 6; do echo "$sealed/status/200?n=$i -o /dev/null"; done)
by_turns() {
	curl --silent --show-error --max-time 10 $tls $six --write-out '%{http_code}\n' >"$tmp/last" || return 1
	[ "$(grep -c 200 "$tmp/last")" -eq 6 ]
}
check '... and six are answered' by_turns
check '... ends' stops
finish
