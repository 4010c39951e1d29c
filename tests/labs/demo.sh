#!/bin/sh
# Runs the demo and asks its results what went over the wire: each line of `expect` is one statement about
# the packets.  BUILD=folder (default build).  Exit code 0 when all hold.
cd "$(dirname "$0")/../.." || exit 3
. tests/labs/can.sh

out=$BUILD/labs/demo.$$
mkdir -p "$out" && own "$out" || exit 3
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM
failed=0 held=0

verdict() { # verdict STATUS WORDS: counts, and shows what does not hold
	if [ "$1" -eq 0 ]; then
		held=$((held + 1))
	else
		failed=$((failed + 1))
		echo "demo.sh: not so: $2"
	fi
}

# How many packets carry all the texts, literally.
packets_with() {
	awk 'BEGIN { n = ARGC; for (i = 2; i < n; i++) { want[i] = ARGV[i]; ARGV[i] = "" } }
		{ for (i = 2; i < n; i++) if (!index($0, want[i])) next; found++ }
		END { print found + 0 }' "$json" "$@"
}

expect() { # expect WORDS OP N TEXT...: so many packets carry all the texts
	words=$1 op=$2 n=$3
	shift 3
	got=$(packets_with "$@")
	test "$got" "$op" "$n"
	verdict $? "$words (packets: $got, wanted $op $n)"
}

note() { printf '"id":"%s"' "$1"; }

# The packets that notes of kind $1 refer back to all carry a note of kind $2.
refers() {
	awk -v from="\"id\":\"$1\"" -v to="\"id\":\"$2\"" '
		{ if (match($0, /"frame.number":[0-9]+/)) number = substr($0, RSTART + 15, RLENGTH - 15) + 0 }
		index($0, to) { has[number] = 1 }
		{ rest = $0
		  while ((at = index(rest, from)) > 0) {
			rest = substr(rest, at + length(from))
			one = rest; cut = index(one, "\"id\":"); if (cut) one = substr(one, 1, cut)
			found++
			if (!match(one, /"ref":[0-9]+/) || !((substr(one, RSTART + 6, RLENGTH - 6) + 0) in has)) bad++
		  } }
		END { exit !(found > 0 && bad == 0) }' "$json"
}

"$BUILD/bin/osilab-demo" --out "$out" >"$BUILD/labs/demo.$$.text" 2>"$BUILD/labs/demo.$$.log"
status=$?
if [ $status -ne 0 ]; then
	echo "demo.sh: the demo failed with exit code $status:"
	cat "$BUILD/labs/demo.$$.log"
	rm -f "$BUILD/labs/demo.$$".*
	exit 1
fi
json=$out/trace.jsonl
password=$(sed -n 's/.*with password \(correct-horse-[0-9a-f]*\).*/\1/p' "$BUILD/labs/demo.$$.log")
cmp -s "$BUILD/labs/demo.$$.text" "$out/trace.txt"
verdict $? "what is shown is what trace.txt holds"
rm -f "$BUILD/labs/demo.$$".*

for file in report.html client.pcapng server.pcapng trace.txt trace.jsonl tls.keys access.log; do
	[ -s "$out/$file" ]
	verdict $? "there is $file"
done
[ ! -e "$out/client.raw.pcapng" ] && [ ! -e "$out/server.raw.pcapng" ]
verdict $? "the raw captures are gone"
[ -z "$(find "$out" \( -name '*.key' -o -name tls.keys -o -name users.db \) -perm /077)" ]
verdict $? "nobody else can read the secrets"

v4='"ip.dst":"10.9.2.2"' v6='"ipv6.dst":"fd09:2::2"'
expect "ARP asks for the router, not for the server" -ge 1 "$(note arp.request)" '10.9.1.1'
expect "nobody asks for the server's hardware address on the client's link" -eq 0 "$(note arp.request)" \
	'has 10.9.2.2'
expect "seven connections are asked for" -eq 7 "$(note tcp.handshake.syn)" '"osilab.tcp.client_state":"SYN-SENT"'
expect "and agreed to by way of the router" -eq 7 "$(note tcp.handshake.synack)" \
	'"osilab.tcp.client_state":"ESTABLISHED","osilab.tcp.server_state":"SYN-RECEIVED"' '"id":"ip.hops"'
expect "and open at both ends" -eq 7 "$(note tcp.handshake.established)" \
	'"osilab.tcp.client_state":"ESTABLISHED","osilab.tcp.server_state":"ESTABLISHED"'
expect "the client of the two plain ones waits in TIME-WAIT" -eq 2 "$(note tcp.close.time_wait)" \
	'"osilab.tcp.client_state":"TIME-WAIT"' '"tcp.dstport":80,'
# On a busy machine a segment may be sent twice; but none may be missing.
expect "no segment is missing" -eq 0 "$(note tcp.loss.lost)"
expect "no byte of a stream is missing" -eq 0 "$(note tcp.stream.gap)"
expect "no packet is damaged" -eq 0 "$(note packet.damaged)"

expect "each TLS connection names the host in clear" -eq 5 "$(note tls.client_hello)" \
	'"tls.handshake.extensions_server_name":"www.lab.test"'
expect "and is TLS 1.3" -eq 5 "$(note tls.server_hello)" 'TLS 1.3'
if [ -e /proc/sys/net/ipv6 ]; then by4=2 by6=3; else by4=5 by6=0; fi
expect "so many of them over IPv4" -eq $by4 "$(note tls.client_hello)" "$v4"
expect "and over IPv6" -eq $by6 "$(note tls.client_hello)" "$v6"
expect "the requests inside are decrypted" -eq 8 "$(note tls.opened)" "$(note http.request)"
expect "one connection carries four requests" -eq 3 "$(note http.reused)"

expect "a cookie is set in clear" -eq 1 "$(note cookie.set)" "$(note cookie.not_secure)" \
	"$(note cookie.in_clear)" '"http.response.code":303'
expect "and one over TLS, as it should be" -eq 1 "$(note cookie.set)" "$(note cookie.secure)" \
	"$(note cookie.http_only)" "$(note cookie.samesite)" "$(note cookie.host_prefix)" '__Host-sid'
expect "cookies come back" -eq 4 "$(note cookie.returned)"
refers cookie.returned cookie.set
verdict $? "each cookie that comes back is tied to the packet that set it"
expect "logging out takes the cookie back" -eq 1 "$(note cookie.deleted)"
expect "a cookie that nobody set is seen as such" -eq 1 "$(note cookie.unknown)"
refers auth.refused http.request
verdict $? "what is refused is tied to the packet that brought it"
expect "the made-up cookie is refused" -ge 1 "$(note auth.refused)" '"http.response.code":401'
expect "so is the changed token" -eq 2 "$(note auth.refused)" '"http.response.code":401'

expect "name and password are sent as Basic" -eq 1 "$(note auth.basic)" 'alice'
bearer='"osilab.jwt.where":"Authorization: Bearer"'
expect "the token is verified with the server's key" -eq 1 "$bearer" \
	"$(note jwt.signature_ok)" 'sub=alice'
expect "the changed one is found out" -eq 1 "$bearer" "$(note jwt.signature_bad)" \
	'sub=admin'

[ -n "$password" ]
verdict $? "the demo says the password"
expect "the password is readable once" -eq 1 "$(note find.hit)" "$password"
expect "on port 80" -eq 1 "$(note find.hit)" '"tcp.dstport":80,' "$(note password.in_clear)"
expect "and nowhere on port 443" -eq 1 "$(note find.not_seen)" '"osilab.find.port":443'
expect "where another login is, sealed" -eq 1 "$(note password.sealed)" '"tcp.dstport":443'

# The captures open without any other file: the secrets lie in them.
for end in client server; do
	"$BUILD/bin/osilab-trace" -r "$out/$end.pcapng" --stats --json | grep -q '"decrypted_requests":8,'
	verdict $? "$end.pcapng holds its secrets"
done

# Again into the same folder, beside a file that is not the demo's.
echo mine >"$out/mine"
"$BUILD/bin/osilab-demo" --out "$out" >/dev/null 2>&1
verdict $? "it runs again where it ran before"
[ "$(cat "$out/mine")" = mine ]
verdict $? "and leaves alone what is not its own"

echo "$held passed, $failed failed"
[ $failed -eq 0 ]
