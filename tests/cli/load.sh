# The load generator, against the servers beside it.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

try 2 load
says '^osilab load: load what\? '
try 2 load tcp://127.0.0.1:1 extra
says "not 'extra' as well$"
try 2 load 127.0.0.1:80
says "'127\.0\.0\.1:80' is not a target: http://"
try 2 load ftp://127.0.0.1/
says "is not a target"
try 2 load tcp://127.0.0.1
says "needs a port: tcp://HOST:PORT$"
try 2 load tcp://127.0.0.1:7/path
says 'an echo server has no paths$'
try 2 load -d never tcp://127.0.0.1:7
says "^osilab load: --duration takes a time like .*, not 'never'$"
try 2 load --timeout 0 tcp://127.0.0.1:7
says "--timeout takes a time"
try 2 load --close --pipeline 2 tcp://127.0.0.1:7
says '--close and --pipeline exclude each other$'
try 2 load --close udp://127.0.0.1:7
says 'UDP has no connections$'
try 2 load -s 7 udp://127.0.0.1:7
says '--size of a datagram: 8 to 65507$'
try 2 load -H 'X: y' tcp://127.0.0.1:7
says ' are for http:// and https://$'
try 2 load -H nonsense http://127.0.0.1:7/
says "-H takes 'Name: value', not 'nonsense'$"
try 3 load --requests "$tmp/none" http://127.0.0.1:7/
says "cannot open $tmp/none: No such file or directory$"
printf 'GET / \n\n# more\nGET\n' >"$tmp/requests"
try 2 load --requests "$tmp/requests" http://127.0.0.1:7/
says "requests:4: write METHOD TARGET, or a raw request in quotes$"
try 3 load -c 1 -n 5 tcp://127.0.0.1:1
says '^osilab load: cannot connect to 127\.0\.0\.1:1: Connection refused$'
try 3 load -c 1 -n 5 --pid 999999999 tcp://127.0.0.1:1
says 'there is no process 999999999$'

check 'load: echo listens' start echo --port 0
try 0 load -c 4 -n 1000 "tcp://127.0.0.1:$port"
shows '^  messages +1,000 '
shows '^  errors +none$'
shows '^  p99 '
try 0 load -c 3 -n 300 -t 3 -s 100000 --pipeline 4 --json "tcp://127.0.0.1:$port"
shows '"messages":300,.*"bytes_in":30000000,"bytes_out":30000000,.*"connects":3,.*"errors":0,'
try 0 load -c 2 -n 100 --close --json "tcp://127.0.0.1:$port"
shows '"connects":100,.*"errors":0,'
try 0 load -c 2 -R 1000 -n 200 --json --pid "$server" "tcp://127.0.0.1:$port"
shows '"latency":\{"count":200,.*"latency_uncorrected":\{"count":200,.*"server_cpu":\{'
check 'load: echo stops' stop

check 'load: echo listens on UDP' start echo --udp --port 0
try 0 load -c 2 -n 1000 --pipeline 16 --json "udp://127.0.0.1:$port"
shows '"messages":1000,.*"errors":0,'
check 'load: echo over UDP stops' stop

check 'load: serve listens' start serve --http 127.0.0.1:0 --max-requests 100
try 0 load -c 4 -n 2000 --json "http://127.0.0.1:$port/"
shows '"messages":2000,.*"status":\{"1xx":0,"2xx":2000,'
try 1 load -c 1 -n 3 "http://127.0.0.1:$port/nothing-here"
says '^osilab load: 3 of [0-9]+ messages failed$'
shows '^  errors +3  status 4xx; the first: 404 Not Found$'
check 'load: serve stops' stop

try 0 ca --dir "$tmp/load-ca" init
try 0 ca --dir "$tmp/load-ca" issue 127.0.0.1
check 'load: serve listens with TLS' start serve --https 127.0.0.1:0 --cert "$tmp/load-ca/127.0.0.1.crt" \
	--key "$tmp/load-ca/127.0.0.1.key"
try 3 load -n 1 -c 1 "https://127.0.0.1:$port/"
says ': TLS: handshake with 127\.0\.0\.1:[0-9]+: the certificate: '
# One after the other: a ticket serves once (RFC 8446 C.4), so that of two at a time one may have none.
try 0 load -n 100 -c 1 --close --ca "$tmp/load-ca/root.crt" --json "https://127.0.0.1:$port/"
shows '"connects":100,"resumed":99,.*"errors":0,'
try 0 load -n 50 -c 2 --close --insecure --no-resume --json "https://127.0.0.1:$port/"
shows '"connects":50,"resumed":0,.*"errors":0,'
check 'load: serve with TLS stops' stop

check 'load: echo for crowds listens' start echo --port 0
try 0 load -c 2 -n 100 --slow-clients 3 --idle 40 --json "tcp://127.0.0.1:$port"
shows '"slow_held":3,"slow_lost":0,"idle_held":40,"idle_failed":0,"idle_lost":0,'
if command -v gnuplot >/dev/null; then
	try 0 load -c 2 -n 1000 -R 5000 --plot "$tmp/plot" "tcp://127.0.0.1:$port"
	shows '^  latency +since due +since sent$'
	check 'load: pictures were drawn' grep -q '</svg>' "$tmp/plot/percentiles.svg" "$tmp/plot/timeline.svg"
fi
before='env PATH=/nonexistent'
try 3 load -c 2 -n 100 --plot "$tmp/plot2" "tcp://127.0.0.1:$port"
says "gnuplot is not installed, .* are in $tmp/plot2 "
shows '^  messages +100 '
check 'load: the data are there without gnuplot' test -s "$tmp/plot2/percentiles.dat"
try 3 load -c 2 -n 100 --plot /dev/null/plot "tcp://127.0.0.1:$port"
says '/dev/null/plot: Not a directory$'
shows '^  messages +100 '
# Ctrl-C, once both connections stand: the report so far.
interrupted() {
	"$bin/osilab-load" -c 2 -d 1h --json "tcp://127.0.0.1:$port" &
	job=$!
	there=$(printf ' 0100007F:%04X 01 ' "$port")
	tries=0
	while [ $tries -lt 200 ] && [ "$(grep -c "$there" /proc/net/tcp)" -lt 2 ]; do
		tries=$((tries + 1))
		timeout 0.05 tail -f /dev/null
	done
	kill -INT $job
	wait $job
}
check 'load: Ctrl-C ends it early' interrupted
shows '"seconds":[0-9]+\.[0-9]+,"messages":[0-9]+,'
check 'load: echo for crowds stops' stop
try 2 load --idle 4 udp://127.0.0.1:7
says '--slow-clients and --idle are for TCP$'
