#!/bin/sh
# Makes the captures of this folder anew from a run of the demo: sh captures/make.sh.  The golden traces
# (tests/golden) have to be updated and read through afterwards.
set -eu
cd "$(dirname "$0")/.."
bin=${BUILD:-build}/bin
demo=${BUILD:-build}/captures
"$bin/osilab" demo --out "$demo" >/dev/null

# port_of TEXT: the client's port of the first connection whose trace has a packet with TEXT on port 443.
port_of() {
	awk -v text="$1" '$3 ~ /:[0-9]+$/ && $5 ~ /:443$/ && index($0, text) {
		sub(/.*:/, "", $3); print $3; exit }' "$demo/trace.txt"
}

# cut NAME FILTER...: the packets that match, with the secrets of their TLS sessions and their notes.
cut() {
	out=captures/$1.pcapng
	shift
	mkdir -p "$(dirname "$out")"
	"$bin/osilab-trace" -r "$demo/client.pcapng" --jwt-key "$demo/jwt.key" -q -w "$out" "$@" >/dev/null
}

cut arp/who-has arp
cut http/login-in-clear tcp port 80
cut tls/login-keep-alive tcp port "$(port_of 'POST /login')"
cut token/basic-then-bearer tcp port "$(port_of 'POST /token')" or tcp port "$(port_of 'GET /api/me')"
cut session/forged-cookie tcp port "$(awk '/Cookie: no response in this capture/ { print port; exit }
	$3 ~ /:[0-9]+$/ { port = $3; sub(/.*:/, "", port) }' "$demo/trace.txt")"
cp "$demo/jwt.key" captures/token/jwt.key
rm -rf "$demo"
ls -l captures/*/*.pcapng
