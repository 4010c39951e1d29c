# The certificate authority.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

mode() {
	stat -c %a "$1"
}

try 3 ca --dir "$tmp/ca" issue localhost
says "no root certificate $tmp/ca/root.crt: run \"osilab ca init\" first$"
try 0 ca --dir "$tmp/ca" init
shows "$tmp/ca/root\.crt"
cp "$tmp/ca/root.crt" "$tmp/root.before"
try 3 ca --dir "$tmp/ca" init
says "$tmp/ca/root.key exists already: --force replaces it$"
check 'the root is as it was' cmp "$tmp/ca/root.crt" "$tmp/root.before"
try 0 ca --dir "$tmp/ca" init --force
shows "$tmp/ca/root\.crt"
check 'the root is another' sh -c "! cmp -s '$tmp/ca/root.crt' '$tmp/root.before'"
try 0 ca --dir "$tmp/ca" issue localhost 127.0.0.1 ::1
shows "$tmp/ca/localhost\.crt"
shows "$tmp/ca/localhost\.key"
for key in root localhost; do
	check "$key.key is private" test "$(mode "$tmp/ca/$key.key")" = 600
done

try 2 ca
says 'say what to do: init, issue, intermediate, revoke, crl, ocsp or show$'
try 2 ca frobnicate
says 'say what to do: init, issue, intermediate, revoke, crl, ocsp or show$'
try 2 ca --dir "$tmp/ca" issue
says 'issue needs a NAME$'
try 2 ca --dir "$tmp/ca" issue good.example 'bad name'
says '"bad name" is neither a host name nor an IP address$'
try 2 ca --dir "$tmp/ca" issue good.example 1.2.3.4.5:80
says '"1\.2\.3\.4\.5:80" is neither'
try 2 ca --dir "$tmp/ca" issue ../root
says '"\.\./root" is neither'
check 'a refused certificate leaves no file' test ! -e "$tmp/ca/good.example.crt" -a ! -e "$tmp/ca/good.example.key"
try 2 ca --dir "$tmp/ca" init name
says 'init takes no name'
try 2 ca --dir "$tmp/ca2" init --days -1
says 'an authority is valid for 1 to [0-9]+ days$'
try 3 ca --dir "$tmp/ca/root.crt/x" init
says "$tmp/ca/root.crt.*: Not a directory$"
echo 'Dear diary' >"$tmp/text"
try 2 ca show
says 'show needs a FILE$'
try 3 ca show "$tmp/nothing"
says "$tmp/nothing: No such file"
try 1 ca show "$tmp/text"
says "$tmp/text: no certificate in it$"
try 1 ca show "$tmp/ca/root.key"
says 'no certificate in it$'
try 1 ca show "$tmp/ca/root.crt" "$tmp/text"
says "$tmp/text: no certificate in it$"
shows 'self-signed'
hides 'text, certificate'
if [ -c /dev/full ]; then
	check 'ca show into a full device fails' sh -c "! '$bin/osilab-ca' show '$tmp/ca/root.crt' >/dev/full"
fi

# Authorities under the root, clients, what is bad on purpose, and what is taken back.
ca="ca --dir $tmp/ca"
# shellcheck disable=SC2086 # words
{
	try 3 $ca issue --by mid a.test
	says "no authority $tmp/ca/mid.crt: run \"osilab ca intermediate mid\" first$"
	try 0 $ca intermediate mid
	shows "^authority: $tmp/ca/mid.crt$"
	try 3 $ca intermediate mid
	says 'exists already: --force replaces it$'
	try 2 $ca intermediate
	says 'intermediate needs a NAME$'
	try 0 $ca issue --by mid a.test
	shows "^certificate: $tmp/ca/a.test.crt$"
	check 'the chain has three certificates' test "$(grep -c BEGIN "$tmp/ca/a.test.crt")" = 3
	try 2 $ca issue --by a.test b.test
	says 'is the certificate of no authority$'
	try 2 $ca issue mid
	says "\"mid\" is an authority's name already$"
	try 2 $ca issue alice@lab.test
	says '"alice@lab.test" is neither a host name nor an IP address$'
	try 0 $ca issue --client alice@lab.test
	shows "^private key: $tmp/ca/alice@lab.test.key$"
	try 2 $ca issue --bad ugly c.test
	says "self-signed, missing-intermediate or weak-key, not 'ugly'$"
	try 2 $ca issue --bad missing-intermediate c.test
	says 'missing-intermediate needs .*--by NAME'
	try 0 $ca issue --bad expired c.test
	shows 'c.test.crt'
	try 0 ca show "$tmp/ca/c.test.crt"
	shows 'EXPIRED 1 days? ago'
	try 0 $ca issue --bad weak-key c.test
	shows 'c.test.crt'
	try 0 ca show "$tmp/ca/c.test.crt"
	shows 'RSA 1024'
	try 0 $ca revoke alice@lab.test a.test
	shows "^revocation list: $tmp/ca/root.crl$"
	shows "^revocation list: $tmp/ca/mid.crl$"
	try 3 $ca revoke nobody.test
	says 'nobody.test.crt: No such file'
	try 2 $ca revoke root
	says 'nobody can revoke a root'
	try 0 $ca crl mid
	shows "^revocation list: $tmp/ca/mid.crl$"
	try 2 $ca crl root mid
	says 'crl needs at most one AUTHORITY$'
	try 0 $ca ocsp a.test
	shows "^OCSP response: $tmp/ca/a.test.ocsp$"
}
if command -v openssl >/dev/null; then
	check 'openssl believes the chain' openssl verify -x509_strict -purpose sslserver -CAfile "$tmp/ca/root.crt" \
		-untrusted "$tmp/ca/a.test.crt" "$tmp/ca/a.test.crt"
	check 'openssl sees the revocation' sh -c "openssl verify -crl_check -CAfile '$tmp/ca/root.crt' \
		-CRLfile '$tmp/ca/mid.crl' -untrusted '$tmp/ca/a.test.crt' '$tmp/ca/a.test.crt' 2>&1 |
		grep -q 'certificate revoked'"
	check 'openssl reads the response' sh -c "openssl ocsp -respin '$tmp/ca/a.test.ocsp' -issuer '$tmp/ca/mid.crt' \
		-VAfile '$tmp/ca/mid.crt' -cert '$tmp/ca/a.test.crt' 2>&1 | grep -q 'a.test.crt: revoked'"
else
	skip 'openssl on what the authority made' 'openssl is not installed'
fi
