#!/bin/sh
# Sessions in stores that outlive the server: in SQLite and in a real Redis.  Servers and Redis are killed while
# logins come in: none that was answered may be lost.
cd "$(dirname "$0")/../.." || exit 3
bin=${BUILD:-build}/bin
passed=0 failed=0 server='' redis=''
logins=12 # that must have been answered before something is killed
[ -z "$OSILAB_FULL" ] || logins=100
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

end() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}

need() {
	command -v "$1" >/dev/null || {
		echo "SKIPPED: sessions in $2: $1 is not installed"
		end
	}
}

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
	rm -f "$tmp/listening"
	mkfifo "$tmp/listening"
	"$bin/osilab-serve" --http 127.0.0.1:0 --users "$tmp/users.db" --login-tries 0 --store "$1" \
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
		echo "--- stores: $what"
		sed 's/^/      log: /' "$tmp/log"
	fi
}

login() {
	ask "$1" "$2" -c "$tmp/jar" -d 'user=alice&password=correct horse' "$url/login"
}

"${BUILD:-build}/dialog/serve" --users "$tmp/users.db" || exit 3

# Logins one after the other, for as long as they are answered: the cookies of those that were.
log_in_again_and_again() {
	while id=$(curl -s -m 20 -o "$tmp/none.$1" -D - -d 'user=alice&password=correct horse' "$url/login" |
		sed -n 's/^Set-Cookie: sid=\([^;]*\);.*/\1/p') && [ -n "$id" ]; do
		echo "$id" >>"$tmp/ids.$1"
	done
}

# under_load COMMAND...: once the server has answered some logins of several clients at a time.
under_load() {
	rm -f "$tmp"/ids.*
	clients=''
	for client in 1 2 3; do
		log_in_again_and_again $client &
		clients="$clients $!"
	done
	for _ in $(seq 400); do # 20 s
		cat "$tmp"/ids.* >"$tmp/answered" 2>/dev/null
		[ "$(wc -l <"$tmp/answered")" -lt "$logins" ] || break
		sleep 0.05
	done
	"$@"
	# shellcheck disable=SC2086 # words
	wait $clients
	cat "$tmp"/ids.* >"$tmp/answered"
}

kill_server() {
	kill -9 "$server"
	wait "$server" 2>/dev/null
	server=
}

kill_redis() {
	kill -9 "$redis"
	wait "$redis" 2>/dev/null
	redis=
}

# Every login that was answered is there.
nothing_lost() {
	verdict "$1: logins were answered" [ "$(wc -l <"$tmp/answered")" -ge "$logins" ]
	ask "$1: the store is back" 200 --retry 8 -H "Cookie: sid=$(head -n 1 "$tmp/answered")" "$url/me"
	while read -r id; do
		printf 'next\nsilent\nurl = "%s/me"\nheader = "Cookie: sid=%s"\noutput = "%s/answer"\n' "$url" "$id" "$tmp"
		printf 'write-out = "%%{http_code}\\n"\n'
	done <"$tmp/answered" >"$tmp/asked"
	curl -s -m 30 -K "$tmp/asked" >"$tmp/statuses"
	verdict "$1: of $(wc -l <"$tmp/answered") logins $(grep -c '^200' "$tmp/statuses") are there" \
		[ "$(grep -c '^200' "$tmp/statuses")" = "$(wc -l <"$tmp/answered")" ]
}

need curl SQLite
start_server "sqlite:$tmp/sessions.db" || exit 3
under_load kill_server
start_server "sqlite:$tmp/sessions.db" || exit 3
nothing_lost 'a server with SQLite killed'
kill_server

need redis-server Redis
start_redis && start_server "redis+unix://$tmp/redis.sock" || exit 3
under_load kill_server
start_server "redis+unix://$tmp/redis.sock" || exit 3
nothing_lost 'a server with Redis killed'
under_load kill_redis
start_redis || exit 3
nothing_lost 'Redis killed'
kill_server
start_server "redis+unix://$tmp/redis.sock" || exit 3

login 'a login' 303
ask 'who am I' 200 -b "$tmp/jar" "$url/me"
ask 'my sessions' 200 -b "$tmp/jar" "$url/sessions"

kill_redis
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
end
