#!/bin/sh
# osilab serve beside nginx, and beside a bare epoll loop that parses nothing: `make bench-serve`.  One process each,
# pinned to one processor, the load to another; the servers take turns, medians of ROUNDS are shown.  What counts is the
# processor time that a request costs the server.  MODEL names a --model of ours.
cd "$(dirname "$0")/../.." || exit 3
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh
# shellcheck disable=SC2086 # $loading is words
load=$build/bin/osilab-load
base=${PORT:-17420}
root=$dir/www
have nginx || exit 0
mkdir -p "$root" || exit 3
head -c 1024 /dev/zero | tr '\0' x >"$root/1k.txt"
head -c 1048576 /dev/zero | tr '\0' x >"$root/1m.txt"
rm -rf "$dir/ca"
"$build/bin/osilab-ca" --dir "$dir/ca" init >/dev/null && "$build/bin/osilab-ca" --dir "$dir/ca" issue localhost >/dev/null ||
	exit 3
crt=$PWD/$dir/ca/localhost.crt key=$PWD/$dir/ca/localhost.key
case $dir in /*) crt=$dir/ca/localhost.crt key=$dir/ca/localhost.key root=$dir/www ;; *) root=$PWD/$root ;; esac
cat >"$dir/serve-nginx.conf" <<END
daemon off;
master_process off;
pid nginx.pid;
error_log stderr error;
events { worker_connections 16384; }
http {
	access_log off;
	sendfile on; tcp_nopush on; open_file_cache max=100;
	types { text/plain txt; }
	client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;
	keepalive_requests 1000000000; keepalive_timeout 120;
	ssl_protocols TLSv1.3; ssl_certificate $crt; ssl_certificate_key $key;
	server {
		listen 127.0.0.1:$((base + 2));
		listen 127.0.0.1:$((base + 3)) ssl;
		root $root;
		location = /bytes { default_type text/plain; return 200 "abcdefghijklmno\n"; }
	}
}
END

serving_all=
start() {
	background "$@"
	serving_all="$serving_all $server"
}
start "$build/bin/osilab-serve" --http "127.0.0.1:$base" --https "127.0.0.1:$((base + 1))" --cert "$crt" --key "$key" \
	--root "$root" --max-requests 1000000000 --max-connections 16384 --idle-timeout 120 ${MODEL:+--model "$MODEL"}
osilab=$server
awaits "http://127.0.0.1:$base/" || exit 3
start nginx -p "$dir" -c serve-nginx.conf -e stderr
nginx=$server
awaits "http://127.0.0.1:$((base + 2))/1k.txt" || exit 3
start "$build/bench/bare_http" "$((base + 4))"
bare=$server
awaits "http://127.0.0.1:$((base + 4))/" || exit 3
server=$serving_all

# address of a peer: for http or https
at() {
	case $1-$2 in
	osilab-http) echo "http://127.0.0.1:$base" ;;
	osilab-https) echo "https://127.0.0.1:$((base + 1))" ;;
	nginx-http) echo "http://127.0.0.1:$((base + 2))" ;;
	nginx-https) echo "https://127.0.0.1:$((base + 3))" ;;
	*) echo "http://127.0.0.1:$((base + 4))" ;;
	esac
}

# row TITLE PEERS SCHEME PATH LOAD-OPTION...
row() {
	title=$1 peers=$2 scheme=$3 path=$4
	shift 4
	for peer in $peers; do : >"$dir/$peer.figures"; done
	i=0
	while [ $((i += 1)) -le "$rounds" ]; do
		for peer in $peers; do
			eval "pid=\$$peer"
			$loading "$load" -k "$@" -d "$each" --json --pid "$pid" "$(at "$peer" "$scheme")$path" >"$dir/out" 2>"$dir/err"
			[ "$(number errors <"$dir/out")" = 0 ] || echo "($peer: $title: $(number errors <"$dir/out") errors)"
			echo "$(number messages_per_second <"$dir/out") $(number server_cpu.us_per_message <"$dir/out") \
$(number latency.p99 <"$dir/out")" >>"$dir/$peer.figures"
		done
	done
	ours=$(cut -d' ' -f2 "$dir/osilab.figures" | median)
	printf '\n%s\n  %-10s %12s %18s %12s  %s\n' "$title" server requests/s 'server µs/request' 'p99 µs' 'ours against it'
	for peer in $peers; do
		printf '  %-10s %12.0f %18.2f %12.0f  %s\n' "$peer" "$(cut -d' ' -f1 "$dir/$peer.figures" | median)" \
			"$(cut -d' ' -f2 "$dir/$peer.figures" | median)" "$(cut -d' ' -f3 "$dir/$peer.figures" | median)" \
			"$(awk "BEGIN { printf \"%.2fx\", $ours / $(cut -d' ' -f2 "$dir/$peer.figures" | median) }")"
	done
}

tiny='/bytes?n=16'
row 'tiny answer, 64 connections' 'osilab nginx bare' http "$tiny" -c 64
seventy=$(cut -d' ' -f1 "$dir/nginx.figures" | median | awk '{ printf "%d", $1 * 0.7 }')
row 'tiny answer, 512 connections' 'osilab nginx bare' http "$tiny" -c 512
row '16 pipelined, 64 connections' 'osilab nginx bare' http "$tiny" -c 64 --pipeline 16
row 'a connection per request, 64 at once' 'osilab nginx' http "$tiny" -c 64 --close
row 'file of 1 KiB' 'osilab nginx' http /1k.txt -c 64
row 'file of 1 MiB' 'osilab nginx' http /1m.txt -c 16
row 'TLS 1.3, full handshake per request' 'osilab nginx' https "$tiny" -c 16 --close --no-resume
row 'TLS 1.3, keep-alive' 'osilab nginx' https "$tiny" -c 64
row "p99 at 70 % of nginx's rate ($seventy/s)" 'osilab nginx' http "$tiny" -c 64 -R "$seventy"

anonymous() {
	awk '/^Pss_Anon/ { print $2 }' "/proc/$1/smaps_rollup"
}
echo
idle=4000
for peer in osilab nginx; do
	for scheme in http https; do
		eval "pid=\$$peer"
		before=$(anonymous "$pid")
		"$load" -k -c $idle --ramp 3s --think 60000 -d 4s "$(at $peer $scheme)$tiny" >"$dir/out" 2>&1 &
		client=$!
		timeout 3.8 tail --pid $client -f /dev/null
		after=$(anonymous "$pid")
		kill -INT $client && wait $client
		echo "idle after a request, $scheme, $idle connections: $peer $(((after - before) * 1024 / idle)) bytes each"
	done
done
end_background
