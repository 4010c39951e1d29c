# The tracer as a capture program: rows of files, signals, the sandbox, live interfaces in a network of our own.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh
. tests/cli/captures.sh

printf 'GET / HTTP/1.1\r\nHost: example.test\r\n\r\n' >"$tmp/get"
printf 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi' >"$tmp/answer"
conversation "$tmp/get" "$tmp/answer" >"$tmp/http.pcap"
many 10 "$tmp/http.pcap" >"$tmp/many.pcap"
packets=5120
row=$tmp/row
mkdir "$row"

# --- Rows of files
for wrong in '-C 1' '-G 1' '-W 1' '-C 1 -w -'; do
	# shellcheck disable=SC2086 # words
	try 2 trace -r "$tmp/http.pcap" $wrong
	says ' -C, -G and -W need -w FILE$'
done
try 2 trace -r "$tmp/http.pcap" -w "$row/x" -W 2
says ' -W needs -C or -G: '
for wrong in 0 x 1x k -1 99999999999999999999; do
	try 2 trace -r "$tmp/http.pcap" -w "$row/x" -C $wrong
	says " -C takes a size: .*; not '$wrong'$"
done
try 2 trace -r "$tmp/http.pcap" -w "$row/x" -G 0
says ' -G takes a number from 1 to '
try 3 trace -r "$tmp/http.pcap" -C 1 -w "$tmp/nothing/x"
says "cannot write $tmp/nothing/x: No such file"
try 2 trace -r "$tmp/http.pcap" -C 1 -w "$tmp/http.pcap"
says 'is the capture that is read'
cp "$tmp/many.pcap" "$row/in1"
try 2 trace -q -r "$row/in1" -C 1k -w "$row/in"
says "$row/in1 is the capture that is read: write to another file$"
check 'no file of the row was made' test ! -e "$row/x"
check 'the capture is as it was' cmp "$tmp/many.pcap" "$row/in1"
rm -f "$row"/*

# Every file is read alone; together they hold all packets.
together() {
	all=0
	for file in "$row"/*; do
		n=$("$bin/osilab-trace" -q -r "$file" | sed -n 's/.* \([0-9]*\) packets.*/\1/p' | tail -n 1) || return 1
		[ "$(stat -c %a "$file")" = 600 ] || return 1
		all=$((all + n))
	done
	[ "$all" -eq "$1" ]
}
try 0 trace -q -r "$tmp/many.pcap" -C 100k -w "$row/a"
check 'the files are numbered' test -e "$row/a" -a -e "$row/a1" -a -e "$row/a2"
check 'together they are whole' together $packets
rm -f "$row"/*
try 0 trace -q -r "$tmp/many.pcap" -C 20k -W 11 -w "$row/b"
check 'a ring has so many files' test "$(echo "$row"/*)" = "$row/b00 $row/b01 $row/b02 $row/b03 $row/b04 $row/b05 $row/b06 $row/b07 $row/b08 $row/b09 $row/b10"
rm -f "$row"/*
TZ=UTC
export TZ
try 0 trace -q -r "$tmp/http.pcap" -G 60 -w "$row/c-%Y-%H%M"
check 'a file has the time of its packets' test "$(echo "$row"/*)" = "$row/c-1970-0000"
check 'it is whole' together 5
unset TZ
rm -f "$row"/*
if stranger trace; then
	chmod 777 "$row"
	cp "$tmp/many.pcap" "$tmp/stranger/" && chmod 644 "$tmp/stranger/many.pcap"
	try 0 trace -q -r "$tmp/stranger/many.pcap" -C 100k -w "$row/d"
	check 'a row needs no privilege' together $packets
fi
if [ "$(id -u)" -eq 0 ] && (umask 0 && mkdir "$row/of" && chown 12345:12345 "$row/of") 2>/dev/null; then
	export SUDO_UID=12345 SUDO_GID=12345
	chmod 755 "$tmp"
	try 0 trace -q -r "$tmp/many.pcap" -C 100k -w "$row/of/e"
	unset SUDO_UID SUDO_GID
	check 'the files belong to whoever called sudo' test "$(stat -c %u:%g "$row/of/e" "$row/of/e1" | sort -u)" = 12345:12345
fi
rm -rf "${row:?}"/*

# --- The sandbox
if [ "$(id -u)" -eq 0 ]; then
	try 2 trace -r "$tmp/http.pcap" -Z nobody-of-that-name
	says "there is no user 'nobody-of-that-name'$"
fi
# After the filter is in place: nothing is opened but the files of the row, and nothing was refused.
confined() {
	strace -f -qq -o "$tmp/calls" "$bin/osilab-trace" -q -r "$tmp/many.pcap" -C 100k -w "$row/s" >/dev/null &&
		grep -q 'seccomp(SECCOMP_SET_MODE_FILTER.* = 0' "$tmp/calls" || return 1
	# A thread may be made; whatever else clone makes may not.  A call that another thread interrupts stands on two
	# lines: the first has its arguments, the second what came of it.
	sed '1,/seccomp(SECCOMP_SET_MODE_FILTER.* = 0/d; /clone3\{0,1\}(.*CLONE_VM.*CLONE_THREAD/d; s/<[.]* [a-z0-9_]* resumed>/and then/' \
		"$tmp/calls" >"$tmp/after"
	grep -q "openat([0-9]*, \"s1\", O_WRONLY|O_CREAT|O_NOFOLLOW|O_CLOEXEC" "$tmp/after" &&
		! grep -Eq 'EPERM|EACCES|socket\(|connect\(|exec|fork|clone|ptrace|PROT_EXEC|unlink|rename' "$tmp/after" &&
		! grep -E 'open' "$tmp/after" | grep -Evq 'openat\([0-9]+, "s[0-9]*", O_WRONLY'
}
if ! command -v strace >/dev/null || ! strace -qq -o /dev/null true 2>/dev/null; then
	skip 'the sandbox, seen from outside' 'there is no strace(1) that works'
elif ! strace -qq -o "$tmp/calls" "$bin/osilab-trace" -q -r "$tmp/http.pcap" >/dev/null ||
	! grep -q 'seccomp(SECCOMP_SET_MODE_FILTER.* = 0' "$tmp/calls"; then
	skip 'the sandbox, seen from outside' 'this build or kernel has none'
else
	check 'in the sandbox only files of the row are opened' confined
fi

# --- Signals
# Of a pipe that stays open: the run lasts until it is told to end.
ends_well() {
	rm -f "$tmp/pipe" "$tmp/cut.pcapng"
	mkfifo "$tmp/pipe" || return 1
	"$bin/osilab-trace" -r "$tmp/pipe" --text "$tmp/cut.txt" -U -w "$tmp/cut.pcapng" >"$tmp/o" 2>"$tmp/e" &
	job=$!
	exec 4>"$tmp/pipe"
	cat "$tmp/http.pcap" >&4
	tries=0
	while [ $tries -lt 100 ] && ! grep -q 'GET /' "$tmp/cut.txt" 2>/dev/null; do
		tries=$((tries + 1))
		timeout 0.1 tail -f /dev/null
	done
	kill -USR1 $job
	while [ $tries -lt 100 ] && ! grep -q 'packets, .* bytes, ' "$tmp/e"; do
		tries=$((tries + 1))
		timeout 0.1 tail -f /dev/null
	done
	kill "-$1" $job
	wait $job
	ended=$?
	exec 4>&-
	[ $ended -eq 0 ] && [ "$(wc -l <"$tmp/e")" -eq 1 ] &&
		grep -q '^osilab trace: 5 packets, .* bytes, 1 TCP connections, 0 packets dropped so far$' "$tmp/e" &&
		"$bin/osilab-trace" -q -r "$tmp/cut.pcapng" | grep -q ' 5 packets, '
}
check 'SIGTERM ends it in good order, SIGUSR1 counts' ends_well TERM
check 'so does SIGINT' ends_well INT

# --- Live, in a network of our own
try 2 trace -i lo -Q up
says " -Q is in, out or inout, not 'up'$"
try 3 trace -i 99999
says 'there is no interface number 99999; -D lists them$'
try 2 trace -i lo -s 999999
says ' -s takes a number from 0 to 262144'
# A network of two ends of a cable and a loopback; datagrams go over both while the tracer runs.
# shellcheck disable=SC2016 # expanded by the shell inside
live() {
	timeout 20 unshare -rn bash -c '
		ip link set lo up && ip link add v0 type veth peer name v1 && ip addr add 10.9.0.1/24 dev v0 &&
			ip link set v0 up && ip link set v1 up &&
			ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:09 dev v0 || exit 9
		tmp=$1
		shift
		"$@" >"$tmp/o" 2>"$tmp/e" &
		job=$!
		while kill -0 $job 2>/dev/null; do
			echo word >/dev/udp/10.9.0.2/9
			echo word >/dev/udp/127.0.0.1/9
			read -rt 0.02 _ <>"$tmp/quiet"
		done 2>/dev/null
		wait $job' live "$tmp" "$bin/osilab-trace" "$@"
}
several() {
	live -i lo -i v0 -i v1 --json -c 30 -w "$tmp/several.pcapng" udp port 9 && [ ! -s "$tmp/e" ] || return 1
	for name in lo v0 v1; do
		grep -q "\"frame.interface_name\":\"$name\"" "$tmp/o" || return 1
		"$bin/osilab-trace" -r "$tmp/several.pcapng" --json | grep -q "\"frame.interface_name\":\"$name\"" || return 1
	done
	sed -n 's/.*"frame.time_epoch":\([0-9.]*\).*/\1/p' "$tmp/o" | sort -c
}
any() {
	live -i any -v -c 30 udp port 9 && [ ! -s "$tmp/e" ] &&
		grep -q ' interface lo$' "$tmp/o" && grep -q ' interface v0$' "$tmp/o" && grep -q ' interface v1$' "$tmp/o"
}
outward() {
	live -i v0 -Q out -s 40 -c 5 --json udp port 9 && [ "$(grep -c '"frame.cap_len":40' "$tmp/o")" -eq 5 ]
}
row_live() {
	rm -f "$row"/*
	live -i v0 -c 40 -q -C 1k -w "$row/l" udp port 9 && together 40
}
numbers() {
	unshare -rn bash -c 'ip link set lo up && "$0" -D' "$bin/osilab-trace" >"$tmp/o" && grep -Eq '^[0-9]+\.lo \[Up, Running, Loopback\]$' "$tmp/o"
}
mkfifo "$tmp/quiet"
if unshare -rn bash -c 'ip link set lo up && ip link add v0 type veth peer name v1' >/dev/null 2>&1; then
	check 'several interfaces, in the order of time' several
	check 'any says the interface of each packet' any
	check 'one direction, cut short' outward
	check 'a row of files of a live capture' row_live
	check 'the list of interfaces' numbers
else
	skip 'live captures' 'there is no network of our own to be had (unshare -rn, ip, bash)'
fi
