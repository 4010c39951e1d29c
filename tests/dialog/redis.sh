#!/bin/sh
# Sessions in a real Redis, which is killed and started again while the server serves.
cd "$(dirname "$0")/../.." || exit 3
bin=${BUILD:-build}/bin
passed=0 failed=0 server='' redis=''
tmp=$(mktemp -d "${TMPDIR:-/tmp}/osilab-redis.XXXXXX") || exit 3

finish() {
	for pid in $server $redis; do
		kill -9 "$pid" 2>/dev/null
	done
	wait
	rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 3' HUP INT TERM

for program in redis-server curl; do
	command -v $program >/dev/null || {
		echo "SKIPPED: sessions in Redis: $program is not installed"
		echo '0 passed, 0 failed'
		exit
	}
done

# Reads lines of a pipe until one matches; what comes behind it is left to a cat.
wait_for() {
	while read -r line; do
		case $line in *"$1"*) return ;; esac
	done
	return 1
}

start_redis() {
	rm -f "$tmp/out"
	mkfifo "$tmp/out"
	(cd "$tmp" && exec redis-server --port 0 --unixsocket "$tmp/redis.sock" --save '' \
		--appendonly yes --appendfsync always) >"$tmp/out" 2>&1 &
	redis=$!
	exec 3<"$tmp/out"
	wait_for 'eady to accept connections' <&3
}

start_server() {
	mkfifo "$tmp/listening"
	"$bin/osilab-serve" --http 127.0.0.1:0 --users "$tmp/users.db" --store "redis+unix://$tmp/redis.sock" \
		>"$tmp/listening" 2>"$tmp/log" &
	server=$!
	exec 4<"$tmp/listening"
	wait_for 'listening on' <&4
	url=${line#listening on }
}

# ask WHAT STATUS CURL-ARG...: the status must be that; the answer is in $tmp/answer.
ask() {
	what=$1 want=$2
	shift 2
	got=$(curl -s -m 10 -o "$tmp/answer" -D "$tmp/head" -w '%{http_code}' "$@")
	verdict "$what: wanted $want, got $got" [ "$got" = "$want" ]
}

verdict() {
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "--- redis: $what"
		sed 's/^/      log: /' "$tmp/log"
	fi
}

login() {
	ask "$1" "$2" -c "$tmp/jar" -d 'user=alice&password=correct horse battery' "$url/login"
}

echo 'correct horse battery' |
	"$bin/osilab-user" --db "$tmp/users.db" add alice --password-file - || exit 3
start_redis && start_server || exit 3

login 'a login' 303
ask 'who am I' 200 -b "$tmp/jar" "$url/me"
ask 'my sessions' 200 -b "$tmp/jar" "$url/sessions"

kill -9 "$redis"
wait "$redis" 2>/dev/null
ask 'without Redis nobody knows who I am' 503 -b "$tmp/jar" "$url/me"
verdict 'when to come again' grep -qi '^Retry-After: [0-9]' "$tmp/head"
verdict 'the cookie is not taken away' sh -c "! grep -qi '^Set-Cookie' '$tmp/head'"
ask 'who brings no cookie needs no store' 401 "$url/me"
ask 'the rest is served' 200 -b "$tmp/jar" "$url/"
cp "$tmp/jar" "$tmp/kept"
login 'without Redis nobody logs in' 503

start_redis || exit 3
ask 'all is well again, and the login is not lost' 200 --retry 8 -b "$tmp/kept" "$url/me"
verdict 'it is me' grep -q '<strong>alice</strong>' "$tmp/answer"
ask 'a forged id' 401 -b 'sid=AAAAAAAAAAAAAAAAAAAAAA' "$url/me"
verdict 'the log says it once' [ "$(grep -c 'session store does not work' "$tmp/log")" = 1 ]
verdict 'and that it is over' grep -q 'session store works again' "$tmp/log"
kill "$server"
wait "$server"
verdict 'the server ends well' [ $? = 0 ]
server=

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
