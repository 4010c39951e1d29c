#!/bin/sh
# What curl and openssl see of the server's TLS: names, versions, tickets, clients' certificates, stapled statements,
# certificates that are bad on purpose, and what a reload changes.  Closes with "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 3
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck disable=SC2154 # the variables are those of lib.sh

for program in curl openssl; do
	command -v $program >/dev/null || {
		skip 'TLS as others see it' "$program is not installed"
		end
	}
done

lab=$tmp/ca
make() {
	"$bin/osilab-ca" --dir "$lab" "$@" >/dev/null
}
make init && make intermediate mid && make issue a.test && make issue --by mid b.test && make issue --rsa r.test &&
	make issue --client alice@lab.test && make issue --client bob && make ocsp b.test && make revoke bob || exit 3

serve() {
	start serve --https 127.0.0.1:0 "$@" || return 1
	exec 3<&-
	exec 3<"$tmp/said"
}

# get HOST PATH CURL-ARG...: the answer's content, over HTTP/1.1.
get() {
	host=$1 path=$2
	shift 2
	curl -sS -m 5 --http1.1 --noproxy '*' --cacert "$lab/root.crt" --resolve "$host:$port:127.0.0.1" "$@" \
		"https://$host:$port$path"
}

# says_of PATTERN HOST PATH CURL-ARG...
says_of() {
	pattern=$1
	shift
	get "$@" | grep -Eq -- "$pattern"
}

# shake PATTERN S_CLIENT-ARG...: what s_client prints of a handshake and a request, with that pattern in it.
shake() {
	pattern=$1
	shift
	printf 'GET /whoami HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n' |
		timeout 5 openssl s_client -connect "127.0.0.1:$port" -CAfile "$lab/root.crt" -ign_eof "$@" 2>&1 |
		grep -Eq -- "$pattern"
}

# The curl exit CODE that a certificate with such a flaw makes.
refuses() {
	get "$2" / >/dev/null
	[ $? = "$1" ]
}

# --- As it comes ---
serve --cert "$lab/a.test.crt" --key "$lab/a.test.key" --cert "$lab/b.test.crt" --key "$lab/b.test.key" \
	--ocsp "$lab/b.test.ocsp" --hsts 300 || exit 3
check 'TLS 1.3, X25519, AEAD' says_of \
	'"version":"TLS 1.3","suite":"TLS_AES_128_GCM_SHA256","group":"x25519","server_name":"a.test","alpn":"http/1.1","resumed":false,"client_certificate":null' \
	a.test /whoami
check 'TLS 1.2, ECDHE, AEAD' shake 'Cipher is ECDHE-ECDSA-AES128-GCM-SHA256' -tls1_2
check 'no TLS 1.1' shake 'no protocols available|alert protocol version|unsupported protocol' -tls1_1
check 'no suite without forward secrecy' shake 'alert handshake failure' -tls1_2 -cipher AES128-GCM-SHA256
check 'the certificate of the name' says_of '"server_name":"b.test"' b.test /whoami
check 'ALPN with nothing in common' shake 'alert no application protocol' -alpn nonsense/1
check 'one ticket' sh -c "printf 'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n' |
	timeout 5 openssl s_client -connect 127.0.0.1:$port -tls1_3 -ign_eof 2>&1 |
	grep -c 'New Session Ticket arrived' | grep -qx 1"
for version in tls1_2 tls1_3; do
	check "a ticket is left ($version)" shake 'HTTP/1.1 200' -$version -sess_out "$tmp/ticket.$version"
	check "and taken up ($version)" shake '^Reused, TLSv1' -$version -sess_in "$tmp/ticket.$version"
done
check 'wrong host' [ "$(get a.test / -o /dev/null -w '%{http_code}' -H 'Host: elsewhere.test')" = 421 ]
check 'another host of ours on the wrong connection' [ "$(get a.test / -o /dev/null -w '%{http_code}' -H 'Host: b.test')" = 421 ]
check 'the right host, with a port' [ "$(get a.test / -o /dev/null -w '%{http_code}' -H 'Host: A.test:1')" = 200 ]
check 'HSTS' says_of '^Strict-Transport-Security: max-age=300' a.test / -D -
check 'plain HTTP gets a clear word' sh -c "curl -s -m 5 -i http://127.0.0.1:$port/ | tr -d '\r' >'$tmp/plain' &&
	grep -q '^HTTP/1.1 400' '$tmp/plain' && grep -q 'This port speaks TLS' '$tmp/plain'"
check 'the stapled statement' shake 'Cert Status: good' -status -servername b.test
check 'none for the other' shake 'OCSP response: no response sent' -status -servername a.test

# --- A reload: the staple is read again, and tickets stay good ---
make revoke b.test && make ocsp b.test || exit 3
kill -HUP "$(children "$server")"
reloaded() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		shake 'Cert Status: revoked' -status -servername b.test && return
	done
	return 1
}
check 'the staple after a reload' reloaded
check 'a ticket from before the reload' shake '^Reused, TLSv1' -tls1_3 -sess_in "$tmp/ticket.tls1_3"
stop

# --- Clients' certificates ---
clients="--cert $lab/a.test.crt --key $lab/a.test.key --client-ca $lab/root.crt --client-crl $lab/root.crl"
alice="--cert $lab/alice@lab.test.crt --key $lab/alice@lab.test.key"
bob="--cert $lab/bob.crt --key $lab/bob.key"
# shellcheck disable=SC2086 # words
{
	serve $clients || exit 3
	check 'who shows a certificate' says_of '"client_certificate":\{"subject":"O = osilab, CN = alice@lab.test"' \
		a.test /whoami $alice
	check 'who shows none' sh -c "! curl -s -m 5 --cacert '$lab/root.crt' --resolve a.test:$port:127.0.0.1 https://a.test:$port/"
	check 'whose certificate is revoked' sh -c "! curl -s -m 5 --cacert '$lab/root.crt' $bob --resolve a.test:$port:127.0.0.1 https://a.test:$port/"
	stop
	serve $clients --client-cert optional || exit 3
	check 'none is all right' says_of '"client_certificate":null' a.test /whoami
	check 'one is seen' says_of '"client_certificate":\{"subject"' a.test /whoami $alice
	stop
}

# --- What is told otherwise ---
serve --cert "$lab/r.test.crt" --key "$lab/r.test.key" --tls-rsa-kx --tls-tickets 0 || exit 3
check 'RSA key exchange' shake 'Cipher is AES128-GCM-SHA256' -tls1_2
check 'no ticket' sh -c "printf 'GET / HTTP/1.1\r\nHost: r.test\r\nConnection: close\r\n\r\n' |
	timeout 5 openssl s_client -connect 127.0.0.1:$port -tls1_2 -ign_eof 2>&1 | grep -q 'TLS session ticket:'; [ \$? = 1 ]"
stop
serve --cert "$lab/a.test.crt" --key "$lab/a.test.key" --tls-min 1.3 --tls-suite TLS_CHACHA20_POLY1305_SHA256 || exit 3
check 'TLS 1.3 alone' shake 'alert protocol version' -tls1_2
check 'the suite named' says_of '"suite":"TLS_CHACHA20_POLY1305_SHA256"' a.test /whoami
stop

# --- Bad on purpose, from a folder: curl's words for each ---
rm -rf "$lab"/*.test.*
for flaw in expired not-yet wrong-name self-signed weak-key; do
	make issue --bad $flaw $flaw.test
done
make issue --by mid --bad missing-intermediate missing.test && make issue good.test || exit 3
serve --cert "$lab" || exit 3
check 'a good one' says_of '"server_name":"good.test"' good.test /whoami
for flaw in expired not-yet wrong-name self-signed missing; do
	check "curl refuses: $flaw" refuses 60 $flaw.test
done
check 'with the intermediate it would be well' sh -c "cat '$lab/root.crt' '$lab/mid.crt' >'$tmp/both' &&
	curl -sS -m 5 --cacert '$tmp/both' --resolve missing.test:$port:127.0.0.1 https://missing.test:$port/ -o /dev/null"
check 'the weak key is served' shake 'Server public key is 1024 bit' -servername weak-key.test -cipher DEFAULT@SECLEVEL=0
stop
end
