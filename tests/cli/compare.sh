# The echo servers compared.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

try 2 compare
says 'compare what\? io or udp$'
try 2 compare tcp
says "io or udp, not 'tcp'$"
try 2 compare io udp
says "unexpected 'udp'$"
try 2 compare --models epol io
says 'did you mean epoll\?'
try 2 compare --connections 1,x io
says "not '1,x'$"
try 2 compare --connections 18001 io
says '^osilab compare: --connections takes numbers up to 18000'

try 0 compare -m iterative,epoll -c 1,8 -d 400 -r 1 --slow-clients 2 --idle 20 --html "$tmp/compare.html" io
shows '^8 connections$'
shows '^  iterative +it serves one client at a time$'
shows '^  epoll +[0-9]+ +[0-9.]+ '
shows '^iterative \(src/echo/tcp_iterative\.c\)$'
shows 'Of one fast client beside 2 slow ones the fast one got nothing: (nobody|no message) was answered'
shows 'With 8 connections a message costs [0-9.]+ µs of processor time'
check 'compare: a page with charts' grep -q '<svg viewBox' "$tmp/compare.html"
try 0 compare -m blocking,gro -c 16 -d 100 -r 2 --json udp
shows '^\{"compare":"udp","rounds":2,.*"results":\[\{"model":"blocking","load":"16","rounds":2,"messages_per_second":[0-9]'
shows '"model":"gro","load":"16","rounds":2,'
try 3 compare -m blocking -c 1 -d 50 -r 1 --html /nowhere/at/all.html udp
says 'cannot write /nowhere/at/all\.html: '
shows '^  blocking '
if command -v gnuplot >/dev/null; then
	try 0 compare -m blocking,epoll -c 1,4 -d 50 -r 1 --plot "$tmp/compared" udp
	shows '^4 under way$'
	check 'compare: pictures' grep -q '</svg>' "$tmp/compared/messages_per_second.svg" "$tmp/compared/p99_us.svg"
fi

# Ctrl-C: its own end, and that of all it has started.
ends_clean() {
	timeout --foreground -s INT 0.5 "$bin/osilab-compare" -m epoll -c 1 -d 60000 -r 1 io &&
		return 1
	! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' | grep -q '[o]silab-echo --model epoll --port 0 --drain 0'
}
check 'compare: ended early, nothing is left' ends_clean
