# What the web server's TLS options refuse, and what it warns of.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

lab=$tmp/tls.ca
for words in 'init' 'issue localhost' 'issue --client alice' 'issue --bad weak-key weak.test' \
	'issue --rsa rsa.test' 'ocsp localhost' 'crl'; do
	# shellcheck disable=SC2086 # words
	"$bin/osilab-ca" --dir "$lab" $words >/dev/null
done
echo 'Dear diary' >"$tmp/text"
any="--https 127.0.0.1:0"
pair="--cert $lab/localhost.crt --key $lab/localhost.key"

# shellcheck disable=SC2086 # $any and $pair are words
{
	try 2 serve $any $pair --cert "$lab/rsa.test.crt"
	says 'TLS needs a certificate file and a key file$'
	try 2 serve $any $pair --key "$lab/rsa.test.key"
	says 'TLS needs a certificate file for each key file$'
	try 3 serve $any --cert "$tmp/tls.ca/../"
	says 'has no NAME\.crt of a server with a NAME\.key beside it$'
	try 2 serve $any $pair --tls-min 1.1
	says "--tls-min takes 1\.2 or 1\.3, not '1\.1'$"
	try 2 serve $any $pair --tls-max 3
	says "--tls-max takes 1\.2 or 1\.3, not '3'$"
	try 2 serve $any $pair --tls-min 1.3 --tls-max 1.2
	says 'the lowest TLS version is above the highest$'
	try 2 serve $any $pair --tls-suite RC4
	says 'there is no cipher suite "RC4"$'
	try 2 serve $any $pair --tls-suite AES128-GCM-SHA256
	says 'has no forward secrecy: it takes --tls-rsa-kx$'
	try 2 serve $any $pair --tls-suite DHE-RSA-AES128-GCM-SHA256
	says 'is not for this server: it speaks ECDHE$'
	try 2 serve $any $pair --tls-suite TLS_AES_128_GCM_SHA256 --tls-max 1.2
	says 'no cipher suite is left for the TLS versions asked for$'
	try 2 serve $any $pair --tls-rsa-kx
	says 'needs a certificate with an RSA key'
	try 2 serve $any $pair --client-cert optional
	says 'client certificates need --client-ca'
	try 2 serve $any $pair --client-ca "$lab/root.crt" --client-cert maybe
	says "--client-cert takes optional or required, not 'maybe'$"
	try 3 serve $any $pair --client-ca "$tmp/nothing"
	says "clients' authorities $tmp/nothing: No such file"
	try 3 serve $any $pair --client-ca "$tmp/text"
	says "clients' authorities $tmp/text: "
	try 3 serve $any $pair --client-ca "$lab/root.crt" --client-crl "$tmp/text"
	says "revocation list $tmp/text: "
	try 3 serve $any $pair --ocsp "$tmp/nothing"
	says "OCSP response $tmp/nothing: No such file"
	try 1 serve $any $pair --ocsp "$tmp/text"
	says "OCSP response $tmp/text"
	try 1 serve $any --cert "$lab/rsa.test.crt" --key "$lab/rsa.test.key" --ocsp "$lab/localhost.ocsp"
	says 'is about none of the certificates$'
	try 2 serve $any $pair --tls-tickets -1
	says "takes a number from 0 to 86400, not '-1'$"
}

# warns WORDS ARG...: a server that starts, and says so on stderr.
warns() {
	words=$1
	shift
	check "the server warns: $words" start serve --https 127.0.0.1:0 "$@"
	check "it says so" grep -q -- "$words" "$tmp/server"
	check 'it stops' stop
}

warns '--tls-rsa-kx: NO FORWARD SECRECY' --cert "$lab/rsa.test.crt" --key "$lab/rsa.test.key" --tls-rsa-kx
warns 'less than 2048 bits' --cert "$lab/weak.test.crt" --key "$lab/weak.test.key"
warns 'is no AEAD' --cert "$lab/localhost.crt" --key "$lab/localhost.key" --tls-suite ECDHE-ECDSA-AES128-SHA
warns '--keylog: the secrets of EVERY connection' --cert "$lab" --keylog "$tmp/tls.keylog"
check 'the key log is for its owner alone' test "$(stat -c %a "$tmp/tls.keylog")" = 600
