#!/bin/sh
# The server against curl, and its certificates against openssl: what clients that everybody uses make of
# them.  BUILD names the build folder.  Closes with "N passed, N failed".
# shellcheck disable=SC2317 # functions are called by check
cd "$(dirname "$0")/../.." || exit 3
. tests/peers/lib.sh
. tests/peers/serve.sh
need curl openssl

# Each transfer of one run of curl has its own words; those of all are compared.
tell_all() {
	wanted=$1
	shift
	got=$(curl --silent --show-error --max-time 10 --write-out "$format " "$@")
	[ "$got" = "$wanted " ] || { echo "curl says $got, wanted $wanted" && false; }
}

has_field() { tr -d '\r' <"$tmp/head" | grep -Eiq "^$1\$" || { cat "$tmp/head" && false; }; }
fails_with() { # fails_with CODE ARG...: curl's exit code
	wanted=$1
	shift
	status=0
	get "$@" || status=$?
	[ "$status" -eq "$wanted" ] || { echo "curl ends with $status, wanted $wanted" && false; }
}

mkdir "$tmp/root"
echo 'hello, world' >"$tmp/root/hello.txt"
head -c 300000 /dev/zero | tr '\0' x >"$tmp/root/large.txt"
head -c 70000 "$tmp/root/large.txt" >"$tmp/too-large"
ca=$tmp/ca/root.crt crt=$tmp/ca/www.lab.test.crt
# shellcheck disable=SC2015 # meant so
"$bin/osilab-ca" --dir "$tmp/other" init >/dev/null &&
	"$bin/osilab-ca" --dir "$tmp/ca" init >/dev/null &&
	"$bin/osilab-ca" --dir "$tmp/ca" issue www.lab.test 127.0.0.1 >/dev/null &&
	echo "$password" | "$bin/osilab-user" --db "$tmp/users" --password-file - add alice >/dev/null &&
	start --http 127.0.0.1:0 --https 127.0.0.1:0 --cert "$crt" --key "$tmp/ca/www.lab.test.key" \
		--users "$tmp/users" --root "$tmp/root" --max-body 65536 || {
	cat "$tmp/log"
	check "the server starts" false
	finish
}
plain=http://127.0.0.1:$http sealed=https://127.0.0.1:$https named=https://www.lab.test:$https
tls="--cacert $ca --resolve www.lab.test:$https:127.0.0.1"

# --- In clear
check 'GET' tells '%{http_code} %{http_version} %{size_download}' '200 1.1 13' "$plain/hello.txt"
check '... and the bytes of the file' cmp "$tmp/body" "$tmp/root/hello.txt"
check 'a file of many segments' tells '%{http_code} %{size_download}' '200 300000' "$plain/large.txt"
check '... is whole' cmp "$tmp/body" "$tmp/root/large.txt"
check '--http1.0' tells '%{http_code} %{size_download}' '200 13' --http1.0 "$plain/hello.txt"
check '... ends the connection' has_field 'connection: close'
check '--head' tells '%{http_code} %{size_download} %{size_header}' \
	"200 0 $(curl -s -o /dev/null -w '%{size_header}' "$plain/hello.txt")" --head "$plain/hello.txt"
check '... says how long the content were' has_field 'content-length: 13'
check '--range: a part' tells '%{http_code} %{size_download}' '206 5' \
	--range 7-11 "$plain/hello.txt"
check 'what is not there' tells '%{http_code}' 404 "$plain/nowhere"
format='%{http_code}/%{num_connects}'
check 'keep-alive: three transfers, one connection' tell_all '200/1 200/0 404/0' \
	-o /dev/null "$plain/hello.txt" -o /dev/null "$plain/login" -o /dev/null "$plain/nowhere"
check 'Connection: close: each its own' tell_all '200/1 200/1' -H 'Connection: close' \
	-o /dev/null "$plain/hello.txt" -o /dev/null "$plain/hello.txt"
tag=$(curl -s -I "$plain/hello.txt" | tr -d '\r' | sed -n 's/^ETag: //ip')
check 'If-None-Match' tells '%{http_code} %{size_download}' '304 0' -H "If-None-Match: $tag" "$plain/hello.txt"

# --- Bodies sent
check 'a form with a wrong password' tells '%{http_code}' 401 -d user=alice -d password=wrong "$plain/login"
check 'a body that the path does not take' tells '%{http_code}' 415 \
	-H 'Content-Type: application/json' -d '{}' "$plain/login"
# shellcheck disable=SC2016 # words for sh
check 'chunked, its length unknown: -T -' sh -c 'printf "user=alice&password=%s" "$1" | curl -s -S -m 10 \
	-o /dev/null -w "%{http_code}" -X POST -H "Content-Type: application/x-www-form-urlencoded" -T - "$2/login" |
	grep -qx 303' sh "$password" "$plain"
check '--expect100-timeout: asked before the body' tells '%{http_code}' 303 -H 'Expect: 100-continue' \
	--expect100-timeout 8 -d "user=alice&password=$password" "$plain/login"
check '... and told to go on' grep -q '^HTTP/1.1 100 ' "$tmp/head"
check 'a body too large: refused' tells '%{http_code}' 413 -H 'Expect:' \
	-H 'Content-Type: application/x-www-form-urlencoded' --data-binary "@$tmp/too-large" "$plain/login"
check 'a body too large, asked for: refused before it is sent' tells '%{http_code} %{size_upload}' '413 0' \
	-H 'Expect: 100-continue' --expect100-timeout 8 \
	-H 'Content-Type: application/x-www-form-urlencoded' --data-binary "@$tmp/too-large" "$plain/login"
check 'the next client is served' tells '%{http_code}' 200 "$plain/hello.txt"

# --- Who is asking: a cookie
jar=$tmp/jar
login() { get --cookie "$jar" --cookie-jar "$jar" "$@" -d user=alice -d "password=$password"; }
check 'without a cookie' tells '%{http_code}' 401 "$plain/me"
# shellcheck disable=SC2086 # $tls is words, here and below
{
	check 'login' login $tls "$named/login"
	check '... leads on' has_field 'location: /me'
	check '... sets a cookie for TLS and HTTP only' grep -Eq \
		"^#HttpOnly_www\.lab\.test	FALSE	/	TRUE	0	__Host-sid	" "$jar"
	check 'the cookie says who' tells '%{http_code}' 200 $tls --cookie "$jar" "$named/me"
	check '... by name' grep -q alice "$tmp/body"
	check 'curl does not send it in clear' tells '%{http_code}' 401 --cookie "$jar" \
		--resolve "www.lab.test:$http:127.0.0.1" "http://www.lab.test:$http/me"
	check '--location: from the form to the page behind it' tells '%{http_code} %{num_redirects} %{url_effective}' \
		"200 1 $named/me" $tls --location --cookie "$jar" --cookie-jar "$jar" \
		-d user=alice -d "password=$password" "$named/login"
	cp "$jar" "$tmp/old-jar"
	check 'logout' tells '%{http_code}' 303 $tls --cookie "$jar" --cookie-jar "$jar" -X POST "$named/logout"
	check '... takes the cookie back' fails grep -q __Host-sid "$jar"
	check '... and the old one is worth nothing' tells '%{http_code}' 401 $tls --cookie "$tmp/old-jar" "$named/me"
}

# --- Who is asking: a token
# shellcheck disable=SC2086
{
	check '--user buys a token' tells '%{http_code} %{content_type}' '200 application/json' $tls \
		--user "alice:$password" -X POST "$named/token"
	token=$(sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' "$tmp/body")
	check '--oauth2-bearer says who' tells '%{http_code}' 200 $tls --oauth2-bearer "$token" "$named/api/me"
	check '... by name' grep -q '"sub":"alice"' "$tmp/body"
	check 'a token changed by one character' tells '%{http_code}' 401 $tls --oauth2-bearer "x$token" "$named/api/me"
	check '... is told why' has_field 'www-authenticate: Bearer .*error="invalid_token".*'
	check '--user with a wrong password' tells '%{http_code}' 401 $tls --user alice:wrong -X POST "$named/token"
	check '... is asked for Basic' has_field 'www-authenticate: Basic .*'
}

# --- TLS, as curl sees it
# shellcheck disable=SC2086
{
	check 'HTTPS' tells '%{http_code} %{ssl_verify_result}' '200 0' $tls "$named/hello.txt"
	check 'by address, which the certificate has too' tells '%{http_code}' 200 $tls "$sealed/hello.txt"
	check 'HTTP/2, since curl offers it' tells '%{http_version}' 2 $tls "$named/hello.txt"
	check 'a large file' tells '%{size_download}' 300000 $tls "$named/large.txt"
	check '... is whole' cmp "$tmp/body" "$tmp/root/large.txt"
	format='%{http_code}/%{num_connects}'
	check 'keep-alive' tell_all '200/1 200/0' $tls -o /dev/null "$named/hello.txt" -o /dev/null "$named/login"
	check '--tlsv1.3' tells '%{http_code}' 200 $tls --tlsv1.3 "$named/hello.txt"
	check '--tls-max 1.2' tells '%{http_code}' 200 $tls --tlsv1.2 --tls-max 1.2 "$named/hello.txt"
	check '--tls-max 1.1 is refused' fails_with 35 $tls --tlsv1.0 --tls-max 1.1 \
		--ciphers DEFAULT@SECLEVEL=0 "$named/hello.txt"
	check 'a name that the certificate lacks: curl refuses' fails_with 60 --cacert "$ca" \
		--connect-to "other.test:443:127.0.0.1:$https" https://other.test/hello.txt
	check 'an issuer that curl does not know: it refuses' fails_with 60 --cacert "$tmp/other/root.crt" \
		--resolve "www.lab.test:$https:127.0.0.1" "$named/hello.txt"
	check 'HTTP to the TLS port: told so' tells '%{http_code}' 400 "http://127.0.0.1:$https/"
	check '... and no harm' tells '%{http_code}' 200 $tls "$named/hello.txt"
}

# --- TLS and the certificates, as openssl sees them
handshake() { # handshake ARG...: what s_client prints
	timeout 10 openssl s_client -connect "127.0.0.1:$https" -servername www.lab.test -CAfile "$ca" \
		-verify_return_error -verify_hostname www.lab.test "$@" </dev/null >"$tmp/handshake" 2>&1
}
shows() { grep -Eq "$1" "$tmp/handshake" || { cat "$tmp/handshake" && false; }; }

check 's_client' handshake
check '... gets TLS 1.3' shows '^New, TLSv1\.3, Cipher is TLS_AES_|^New, TLSv1\.3, Cipher is TLS_CHACHA20'
check '... over X25519, or better' shows '^(Server|Peer) Temp Key: X25519|^Negotiated TLS1\.3 group: X25519'
check '... from a chain that it verifies' shows '^ *Verify return code: 0 \(ok\)'
check '... for the name' shows '^Verified peername: www\.lab\.test'
check 's_client -tls1_2' handshake -tls1_2
check '... with forward secrecy' shows '^New, TLSv1\.2, Cipher is ECDHE-'
check '... renegotiating securely' shows '^Secure Renegotiation IS supported'
check 's_client -alpn' handshake -alpn h2,http/1.1
check '... chooses HTTP/2' shows '^ALPN protocol: h2'
check 's_client -tls1_1 is refused' fails handshake -tls1_1 -cipher ALL:@SECLEVEL=0
check 'by the server, with an alert' shows 'alert protocol version'

check 'verify: the chain' openssl verify -x509_strict -purpose sslserver -CAfile "$ca" "$crt"
check 'verify: it is for servers alone' fails openssl verify -purpose sslclient -CAfile "$ca" "$crt"
check 'verify: the host' openssl verify -CAfile "$ca" -verify_hostname www.lab.test "$crt"
check_host() { # check_host OPTION NAME WORDS
	openssl x509 -in "$crt" -noout "$1" "$2" | grep -q " $3 match certificate"
}
check 'x509 -checkhost' check_host -checkhost www.lab.test does
check '... another' check_host -checkhost other.test 'does NOT'
check '... beneath it' check_host -checkhost a.www.lab.test 'does NOT'
check 'x509 -checkip' check_host -checkip 127.0.0.1 does
check '... another' check_host -checkip 127.0.0.2 'does NOT'
check 'x509 -checkend: good for a day' openssl x509 -in "$crt" -noout -checkend 86400
check 'the key is its own' test "$(openssl x509 -in "$crt" -noout -pubkey)" = \
	"$(openssl pkey -in "$tmp/ca/www.lab.test.key" -pubout)"

check 'SIGTERM: it ends well' stops
check '... having complained about nothing' fails grep -v 'no --jwt-key' "$tmp/log"
finish
