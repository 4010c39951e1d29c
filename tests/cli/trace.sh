# The tracer: damaged and missing captures, key logs, filters, outputs.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh
. tests/cli/captures.sh

printf 'GET / HTTP/1.1\r\nHost: example.test\r\nCookie: sid=topsecret\r\n\r\n' >"$tmp/get"
printf 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi' >"$tmp/answer"
conversation "$tmp/get" "$tmp/answer" >"$tmp/http.pcap"
client_hello >"$tmp/hello"
server_hello >"$tmp/sealed"
conversation "$tmp/hello" "$tmp/sealed" >"$tmp/tls.pcap"
unknown_link >"$tmp/user0.pcap"
pcapng >"$tmp/one.pcapng"
many 10 "$tmp/http.pcap" >"$tmp/many.pcap"
: >"$tmp/empty"
echo 'Dear diary' >"$tmp/text"
size=$(wc -c <"$tmp/http.pcap")
answer=$(wc -c <"$tmp/answer")

# --- Where packets come from
try 0 trace -r "$tmp/http.pcap"
shows ' 5 packets, '
shows 'GET /'
try 2 trace
says 'say what to read: -r FILE, or -i INTERFACE'
try 2 trace -r "$tmp/http.pcap" -i lo
says 'give either -r or -i$'
try 3 trace -r "$tmp/nothing"
says "cannot read $tmp/nothing: No such file"
try 3 trace -r "$tmp"
says "cannot read $tmp: it is a directory"
try 1 trace -r "$tmp/empty"
says "$tmp/empty: empty"
try 1 trace -r "$tmp/text"
says "$tmp/text: not a capture file: .*neither pcap nor pcapng$"
try 1 trace -r "$bin/osilab"
says 'not a capture file but a program$'
if stranger trace; then
	pcap 01 >"$tmp/private.pcap"
	chmod 000 "$tmp/private.pcap"
	try 3 trace -r "$tmp/private.pcap"
	says "cannot read $tmp/private.pcap: Permission denied$"
fi
input=$tmp/http.pcap
try 0 trace -r -
shows ' 5 packets, '
try 1 trace -r -
says 'stdin: empty'
input=$tmp/text
try 1 trace -r -
says 'stdin: not a capture file'

# --- Damage: what came before is shown, and the packet is named
head -c $((size - answer / 2)) "$tmp/http.pcap" >"$tmp/cut.pcap"
try 1 trace -r "$tmp/cut.pcap"
says "$tmp/cut.pcap: cut short in packet 5 \(byte $((size - answer - 70))\)"
shows 'GET /'
shows ' 4 packets, '
try 1 trace -r "$tmp/cut.pcap" --json
says 'cut short in packet 5 '
shows '"frame.number":4,'
shows '"damage":".*cut short in packet 5 '
input=$tmp/cut.pcap
try 1 trace -r - -q
says 'stdin: cut short in packet 5 '
shows ' 4 packets, '
head -c $((size - answer - 65)) "$tmp/http.pcap" >"$tmp/cut.pcap"
try 1 trace -r "$tmp/cut.pcap"
says 'cut short in packet 5 '
shows ' 4 packets, '
head -c 20 "$tmp/http.pcap" >"$tmp/cut.pcap"
try 1 trace -r "$tmp/cut.pcap"
says 'cut short in its header \(byte 20\)$'
{ head -c $((size - answer - 70)) "$tmp/http.pcap" && hex 01 00 00 00 00 00 00 00 ff ff ff 7f ff ff ff 7f; } >"$tmp/long.pcap"
try 1 trace -r "$tmp/long.pcap"
says 'damaged at packet 5 \(byte [0-9]+\): it claims more bytes than any packet has$'
shows ' 4 packets, '
{ cat "$tmp/one.pcapng" && pcapng_packet | head -c 30; } >"$tmp/cut.pcapng"
try 1 trace -r "$tmp/cut.pcapng"
says 'cut short in packet 2 \(byte 84\)'
shows ' 1 packets?, '
head -c 40 "$tmp/one.pcapng" >"$tmp/cut.pcapng"
try 1 trace -r "$tmp/cut.pcapng"
says 'cut short before its first packet \(byte 28\)'
shows ' 0 packets, '
gzip -c "$tmp/http.pcap" | head -c 100 >"$tmp/cut.gz"
try 1 trace -r "$tmp/cut.gz"
says "$tmp/cut.gz: cut short "
shows ' packets?, '
{ gzip -c "$tmp/http.pcap" | head -c 40 && cat "$tmp/text" "$tmp/get"; } >"$tmp/bad.gz"
try 1 trace -r "$tmp/bad.gz"
says "$tmp/bad.gz: .*gzip data is damaged"
hides '^osilab'

# A link type that is not decoded is no failure: all is counted, and said.
try 0 trace -r "$tmp/user0.pcap"
shows ' 2 packets, 8 bytes'
shows '1 .*link type 147 is not decoded here'
shows '2 packet\(s\) have a link type that is not decoded here, number 147'
try 0 trace -r "$tmp/user0.pcap" --json
shows '"osilab.capture.link_type":147'
try 2 trace -r "$tmp/user0.pcap" tcp
says "filter 'tcp': .*147"

# --- Key logs and keys
try 3 trace -r "$tmp/tls.pcap" --keylog "$tmp/nothing"
says "cannot read the key log $tmp/nothing: No such file"
try 3 trace -r "$tmp/tls.pcap" --keylog "$tmp"
says "cannot read the key log $tmp: Is a directory$"
try 1 trace -r "$tmp/tls.pcap" --keylog "$tmp/text"
says "$tmp/text is no key log: .*CLIENT_RANDOM"
client_random=$(echo "$random" | tr -d ' ')
printf 'CLIENT_RANDOM %064d %096d\n' 1 2 >"$tmp/other.keys"
try 0 trace -r "$tmp/tls.pcap" --keylog "$tmp/other.keys"
shows "Not decrypted: the key log knows nothing of this session \(client random $client_random\)"
shows 'TLS +0 of 1 sessions decrypted'
printf 'CLIENT_HANDSHAKE_TRAFFIC_SECRET %s %064d\n' "$client_random" 2 >"$tmp/part.keys"
try 0 trace -r "$tmp/tls.pcap" --keylog "$tmp/part.keys"
shows 'Not decrypted: the key log has this session but lacks its CLIENT_RANDOM$'
printf 'CLIENT_RANDOM %s %096d\n' "$client_random" 2 >"$tmp/wrong.keys"
try 0 trace -r "$tmp/tls.pcap" --keylog "$tmp/wrong.keys"
shows 'under these keys does not authenticate'
try 0 trace -r "$tmp/tls.pcap"
shows 'Not decrypted: no key log was given'
try 3 trace -r "$tmp/http.pcap" --jwt-key "$tmp/nothing"
says "cannot read the key $tmp/nothing: No such file"
try 1 trace -r "$tmp/http.pcap" --jwt-key "$tmp/empty"
says "key file $tmp/empty is empty$"
head -c 9000 /dev/zero >"$tmp/large"
try 1 trace -r "$tmp/http.pcap" --jwt-key "$tmp/large"
says "the key file $tmp/large is larger than a key of HS256 can be$"

# --- Filters, counts, searches
try 2 trace -r "$tmp/http.pcap" tcp prot 443
says "filter 'tcp prot 443': .*syntax error"
try 2 trace -r "$tmp/nothing" '((('
says "filter '\(\(\('"
try 0 trace -r "$tmp/http.pcap" udp
shows ' 0 packets, '
try 0 trace -r "$tmp/http.pcap" -Y 'http and note("http.request")'
shows '^ +4 .*GET /'
hides '^ +[1235] '
shows ' 5 packets, '
try 0 trace -r "$tmp/http.pcap" --json -Y 'ip_src and tcp_len > 0 and frame_len > 54 and not (number == 4)'
shows '"frame.number":5,'
hides '"frame.number":[1-4],'
try 0 trace -r "$tmp/http.pcap" -Y 'dns_time > 1'
shows 'expression of -Y failed on 5 of 5 packet.* attempt to compare number with nil'
# refuses WORDS ARG...: about the capture, with these arguments
refuses() {
	words=$1
	shift
	try 2 trace -r "$tmp/http.pcap" "$@"
	says "$words"
}
refuses ' -Y: there is no expression$' -Y ''
refuses " -Y: unexpected symbol near <eof>" -Y 'http and'
refuses " -Y: unexpected symbol near '&', column 7; \"and\" joins conditions$" -Y 'http && tcp'
refuses ' -Y: column 10: write tcp_stream, with underscores$' -Y 'http and tcp.stream == 0'
refuses ' -Y: column 1: no field or protocol is called tcp_straem; did you mean tcp_stream\?$' -Y 'tcp_straem == 0'
refuses ' -Y: column 6: no note is called http.reqest; did you mean http.request\?$' -Y 'note("http.reqest")'
refuses ' -Y: column 1: no field or protocol is called os' -Y 'os.exit(0)'
refuses ' -Y: packet 1: it takes more than 100000 steps$' -Y '(function() while true do end end)()'
refuses ' -Y: packet 1: not enough memory$' -Y '("x"):rep(1 << 30)'
refuses " -c takes a number, 1 or more, not '0'$" -c 0
try 0 trace -r "$tmp/http.pcap" -c 2
shows ' 2 packets, '
try 0 trace -r "$tmp/http.pcap" -q --find topsecret --find unheard
shows '"topsecret" is readable in 1 packet'
shows '"unheard" is readable in none of the 2 packets'
refuses ' --find needs a text' --find ''
refuses ' --find can be given 8 times$' --find a --find b --find c --find d --find e --find f --find g --find h --find i
refuses " --memory takes a number from 1 to " --memory 0

# --- Live
try 3 trace -i nosuch0
says "there is no interface 'nosuch0'; there is: (.*, )?any$"
if stranger trace; then
	try 3 trace -i nosuch0
	says "there is no interface 'nosuch0'"
fi
if stranger trace; then
	try 3 trace -i lo
	says 'no permission to capture on lo: run it with sudo, .*setcap cap_net_raw\+ep .*/osilab-trace$'
fi
timeout 10 "$bin/osilab-trace" -i lo '(((' >/dev/null 2>&1
if [ $? -eq 3 ]; then
	skip 'a bad filter on a live capture' 'no permission to capture on lo'
else
	try 2 trace -i lo tcp prot 443
	says "filter 'tcp prot 443': .*syntax error"
fi

# --- Names of addresses
named captures/tcp/syn-lost.pcapng 7f 00 00 01 >"$tmp/named.pcapng"
try 0 trace -r "$tmp/named.pcapng" -w "$tmp/kept.pcapng"
shows '^ +1 .* me\.example:[0-9]+ → me\.example:[0-9]+ '
hides '^ +1 .* 127\.0\.0\.1'
try 0 trace -n -r "$tmp/named.pcapng"
shows '^ +1 .* 127\.0\.0\.1:'
hides 'me\.example'
try 0 trace -q -r "$tmp/kept.pcapng"
shows '^TCP 0 +me\.example:'
try 0 trace -r "$tmp/named.pcapng" --json -Y 'ip_dst_host == "me.example"'
shows '"ip.src_host":"me.example"'

# --- What comes out
refuses " --lang is en or ko, not 'xx'$" --lang xx
try 0 trace -r "$tmp/http.pcap" --lang ko
shows '패킷 5개'
try 2 trace -r "$tmp/http.pcap" --color xx
says " --color is auto, always or never, not 'xx'$"
private() {
	rm -f "$tmp/new" && "$bin/osilab-trace" -q -r "$tmp/http.pcap" "$1" "$tmp/new" &&
		[ "$(stat -c %a "$tmp/new")" = 600 ]
}
for out in -w --text --json-file --html --har; do
	check "what $out writes is its owner's alone" private "$out"
done
for out in -w --text --json-file --html --har; do
	try 3 trace -r "$tmp/http.pcap" $out "$tmp/nothing/x"
	says "cannot write $tmp/nothing/x: No such file"
	hides ' 5 packets, '
	try 2 trace -r "$tmp/http.pcap" $out "$tmp/http.pcap"
	says "$tmp/http.pcap is the capture that is read: write to another file$"
done
check 'the capture is as it was' test "$(wc -c <"$tmp/http.pcap")" -eq "$size"
input=$tmp/http.pcap
try 2 trace -r - -w "$tmp/http.pcap"
says 'is the capture that is read'
refuses 'two outputs cannot both go to standard output' -w - --json-file -
refuses 'two outputs cannot both go to standard output' -w - --json
refuses "two outputs cannot both go to $tmp/x$" -w "$tmp/x" --text "$tmp/x"
check 'no file was made' test ! -e "$tmp/x"
if [ -c /dev/full ]; then
	for out in -w --text --json-file --html --har; do
		try 3 trace -r "$tmp/http.pcap" $out /dev/full
		says 'cannot write /dev/full: No space left on device$'
		shows ' 5 packets, '
	done
	try 3 trace -r "$tmp/many.pcap" -w /dev/full
	says 'cannot write /dev/full: No space left on device$'
	shows 'GET /'
fi

# Through a shell, for what stdout is.
full() {
	"$bin/osilab-trace" -r "$tmp/http.pcap" "$@" >/dev/full 2>"$tmp/e"
	[ $? -eq 3 ] && grep -q '^osilab trace: cannot write standard output: No space' "$tmp/e"
}
closed() {
	"$bin/osilab-trace" -r "$tmp/http.pcap" >&- 2>"$tmp/e"
	[ $? -eq 3 ] && [ "$(wc -l <"$tmp/e")" -eq 1 ] && grep -q 'cannot write standard output' "$tmp/e"
}
one_line() {
	first=$( { timeout 10 "$bin/osilab-trace" -r "$tmp/many.pcap" "$@" 2>"$tmp/e"
		echo $? >"$tmp/code"; } | head -n 1)
	[ "$(cat "$tmp/code")" -eq 0 ] && [ -n "$first" ] && [ ! -s "$tmp/e" ]
}
whole_file() {
	"$bin/osilab-trace" -r "$tmp/many.pcap" -w "$tmp/whole.pcapng" 2>"$tmp/e" | head -n 1
	[ ! -s "$tmp/e" ] && "$bin/osilab-trace" -q -r "$tmp/whole.pcapng" | grep -q ' [1-9][0-9]* packets, '
}
again() {
	"$bin/osilab-trace" -r "$tmp/http.pcap" -w - | "$bin/osilab-trace" -r - -q | grep -q ' 5 packets, '
}
if [ -c /dev/full ]; then
	check 'text into a full device' full
	check 'JSON into a full device' full --json
	check 'counters into a full device' full --stats
	check 'a capture into a full device' full -w -
fi
check 'a closed standard output' closed
check 'a reader that goes away ends it quietly' one_line
check 'so it does for JSON' one_line --json
check 'what it writes besides is whole then' whole_file
check 'one tracer reads another' again

# --- Colour
escape=$(printf '\033')
try 0 trace -r "$tmp/http.pcap"
hides "$escape"
try 0 trace -r "$tmp/http.pcap" --color always
shows "$escape"
NO_COLOR=1 && export NO_COLOR
try 0 trace -r "$tmp/http.pcap" --color always
shows "$escape"
unset NO_COLOR

# on_terminal COMMAND: its output when stdout is a terminal.
on_terminal() {
	TERM=xterm timeout 10 script -qec "$1" /dev/null </dev/null
}
colours() {
	on_terminal "$2 $bin/osilab-trace -r $tmp/http.pcap $3" >"$tmp/tty" && grep -q 'GET /' "$tmp/tty" || return 1
	if grep -q "$escape\[[0-9;]*m" "$tmp/tty"; then [ "$1" = yes ]; else [ "$1" = no ]; fi
}
if command -v script >/dev/null && on_terminal true; then
	check 'a terminal has colours' colours yes ''
	check 'NO_COLOR takes them away' colours no 'NO_COLOR=1'
	check 'an empty NO_COLOR does not' colours yes 'NO_COLOR='
	check 'a dumb terminal has none' colours no 'TERM=dumb'
	check '--color never' colours no '' '--color never'
else
	skip 'colours of a terminal' 'there is no script(1) to make one'
fi
