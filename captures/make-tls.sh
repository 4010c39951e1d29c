#!/bin/sh
# Makes the small captures of captures/tls that openssl's own client and server speak, anew: as root,
# sh captures/make-tls.sh.  The golden traces (tests/golden) have to be updated and read through afterwards.
set -eu
cd "$(dirname "$0")/.."
trace=$PWD/${BUILD:-build}/bin/osilab-trace
out=${OUT:-$PWD/captures/tls}
work=$(mktemp -d "${TMPDIR:-/tmp}/osilab-captures.XXXXXX")
server= dump=
trap 'kill $server $dump 2>/dev/null || :; rm -rf "$work"' EXIT
cd "$work"
port=4433
echo hello >hi
mkfifo silence
exec 3<>silence # a server's input that never ends

# --- A root, an authority under it, and whom that one vouches for ---------------------------------------
issue() { # issue NAME KEY-ALGORITHM ISSUER EXTENSION...
	name=$1 algorithm=$2 issuer=$3
	shift 3
	printf '%s\n' "$@" >"$name.ext"
	# shellcheck disable=SC2086 # words
	openssl req -new -newkey $algorithm -nodes -keyout "$name.key" -subj "/O=osilab/CN=$name" -out "$name.csr"
	if [ "$issuer" = self ]; then
		openssl x509 -req -in "$name.csr" -signkey "$name.key" -days 3650 -extfile "$name.ext" -out "$name.pem"
	else
		openssl x509 -req -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -CAcreateserial \
			-days 90 -extfile "$name.ext" -out "$name.pem"
	fi
}
{
	ec='ec -pkeyopt ec_paramgen_curve:P-256'
	issue root.lab.test "$ec" self basicConstraints=critical,CA:TRUE
	issue issuer.lab.test "$ec" root.lab.test basicConstraints=critical,CA:TRUE,pathlen:0
	issue www.lab.test rsa:2048 issuer.lab.test subjectAltName=DNS:www.lab.test basicConstraints=CA:FALSE
	issue client.lab.test "$ec" issuer.lab.test subjectAltName=email:client@lab.test basicConstraints=CA:FALSE
} 2>/dev/null

# --- One capture -------------------------------------------------------------------------------------------
begin() { # begin SERVER-OPTION...
	rm -f keys pcap
	tcpdump -Z root -i lo -U --immediate-mode -w pcap "tcp port $port" 2>dump.log &
	dump=$!
	openssl s_server -accept "127.0.0.1:$port" -cert www.lab.test.pem -key www.lab.test.key \
		-cert_chain issuer.lab.test.pem "$@" <silence >server.log 2>&1 &
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		grep -q listening dump.log 2>/dev/null && grep -q ACCEPT server.log && return
		sleep 0.1
	done
	cat server.log dump.log >&2
	exit 3
}

ask_with() { # ask_with CLIENT-OPTION...: what it is to say comes from stdin
	timeout 5 openssl s_client -connect "127.0.0.1:$port" -servername www.lab.test -keylogfile keys \
		-quiet -CAfile root.lab.test.pem "$@" >client.log 2>&1 || :
}

ask() { # ask CLIENT-OPTION...: one request
	printf 'GET /hi HTTP/1.0\r\nHost: www.lab.test\r\n\r\n' | ask_with -ign_eof "$@"
}

end() { # end NAME
	sleep 0.3
	kill "$server" "$dump"
	wait "$server" "$dump" 2>/dev/null || :
	server= dump=
	if [ -s keys ]; then set -- "$1" --keylog keys; fi
	name=$1
	shift
	"$trace" -r pcap "$@" -q -w "$out/$name.pcapng" >/dev/null
}

begin -WWW -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
ask
end tls12-ecdhe-gcm

begin -WWW -tls1_2 -cipher AES128-SHA
ask
end tls12-rsa-cbc

begin -WWW -tls1_3 -groups P-256
ask -groups X25519:P-256
end hello-retry

# Early data and files do not go together in this server: it only listens.
begin -tls1_3 -early_data -no_anti_replay
{ printf 'GET /hi HTTP/1.0\r\nHost: www.lab.test\r\n\r\n'; sleep 0.5; } | ask_with -no_ign_eof -sess_out session
printf 'GET /again HTTP/1.0\r\nHost: www.lab.test\r\n\r\n' >early
sleep 0.5 | ask_with -no_ign_eof -sess_in session -early_data early
end resumed-0rtt

begin -WWW -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
ask -sess_out session
ask -sess_in session
end tls12-resumed

begin -WWW -tls1_3
ask -CAfile client.lab.test.pem -no-CApath -no-CAstore -verify_return_error
end unknown-ca

begin -WWW -tls1_3 -CAfile root.lab.test.pem -chainCAfile issuer.lab.test.pem -verifyCAfile root.lab.test.pem -Verify 3
ask -cert client.lab.test.pem -key client.lab.test.key -cert_chain issuer.lab.test.pem
end client-certificate
ls -l "$out"
