#!/bin/sh
# The load generator beside wrk, on the same servers in one run: `make bench-load`.  Both have one thread and 64
# connections, pinned to one processor, the server to another; what counts is the processor time that a request
# costs them, since a busy server bounds both alike.
cd "$(dirname "$0")/../.." || exit 3
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh
# shellcheck disable=SC2086 # $loading is words
load=$build/bin/osilab-load
port=${PORT:-17411}
url=http://127.0.0.1:$port/

# Each prints: requests/s, generator µs a request, p99 in ms.
run_load() {
	$loading "$load" -c 64 -d "$each" --json "$url" >"$dir/out" || return
	echo "$(number messages_per_second <"$dir/out") $(number generator_cpu.us_per_message <"$dir/out") \
$(number latency.p99 <"$dir/out" | awk '{ print $1 / 1000 }')"
}

run_wrk() {
	cpu=$($loading "$build/bench/measure" 1 -- sh -c "wrk -t1 -c64 -d${each}s --latency $url >$dir/out") || return
	echo "$cpu" | awk -v out="$dir/out" '
		{ cpu = $2 }
		END {
			while ((getline line < out) > 0) {
				n = split(line, f, " ")
				if (line ~ /requests in/) requests = f[1]
				if (f[1] == "Requests/sec:") rate = f[2]
				if (f[1] == "99%") p99 = f[2] ~ /us$/ ? f[2] / 1000 : f[2] ~ /ms$/ ? f[2] + 0 : f[2] * 1000
			}
			print rate, cpu * 1e6 / requests, p99
		}'
}

compare() {
	rm -f "$dir/load.figures" "$dir/wrk.figures"
	i=0
	while [ $((i += 1)) -le "$rounds" ]; do
		run_load >>"$dir/load.figures" || { echo "osilab load failed" && return; }
		run_wrk >>"$dir/wrk.figures" || { echo "wrk failed" && return; }
	done
	printf '\n%s\n  %-14s %12s %16s %10s  %s\n' "$1" generator requests/s 'CPU µs/request' 'p99 ms' \
		'CPU against osilab load'
	first=$(cut -d' ' -f2 "$dir/load.figures" | median)
	for g in load wrk; do
		cpu=$(cut -d' ' -f2 "$dir/$g.figures" | median)
		printf '  %-14s %12.0f %16.2f %10.2f  %s\n' "$g" "$(cut -d' ' -f1 "$dir/$g.figures" | median)" "$cpu" \
			"$(cut -d' ' -f3 "$dir/$g.figures" | median)" "$(awk "BEGIN { printf \"%.2fx\", $cpu / $first }")"
	done
}

have wrk || exit 0
background "$build/bin/osilab-serve" --http "127.0.0.1:$port" --max-requests 1000000000
awaits "$url" && compare "osilab serve, 64 connections"
end_background
if have nginx; then
	cat >"$dir/nginx.conf" <<END
daemon off;
master_process off;
pid nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
	access_log off;
	client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;
	keepalive_requests 1000000000;
	server { listen 127.0.0.1:$port; location / { return 200 "hello\n"; } }
}
END
	background nginx -p "$dir" -c nginx.conf -e stderr
	awaits "$url" && compare "nginx return 200, 64 connections"
	end_background
fi
