#!/bin/sh
# Runs the conformance runners over the cases in $SHARED/vectors, against the parsers and against a running server, in
# clear and over TLS; and over the captures in $SHARED/captures, against the tracer.  Cases listed in disputed.tsv (id, reason) and counters listed in
# disputed-captures.tsv (see captures.c) are expected to differ: one that no longer does is a failure too.
build=${BUILD:-build}
here=$(dirname "$0")
[ -d "${SHARED:-}/vectors" ] || {
	echo "conformance: give the folder that holds vectors/: make conformance SHARED=DIR" >&2
	exit 2
}
log=$(mktemp "${TMPDIR:-/tmp}/osilab-conformance.XXXXXX") || exit 3
caps=$log.captures
: >"$caps"
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$log" "$caps" "$log.ca" "$log.listening"' EXIT

for file in "$SHARED"/vectors/http_*.jsonl "$SHARED"/vectors/*cookie*.jsonl "$SHARED"/vectors/url_path.jsonl; do
	"$build/conformance/http_vectors" "$file" || [ $? -eq 1 ] || echo "FAIL $file: the runner died"
done >"$log" 2>&1
for file in "$SHARED"/vectors/jwt_cases.jsonl "$SHARED"/vectors/jws_*.jsonl; do
	"$build/conformance/jwt_vectors" "$file" || [ $? -eq 1 ] || echo "FAIL $file: the runner died"
done >>"$log" 2>&1

# The requests once more, to a server of our own; the pipe says where it listens.
live() {
	"$build/bin/osilab-ca" --dir "$log.ca" init && "$build/bin/osilab-ca" --dir "$log.ca" issue localhost || return
	mkfifo "$log.listening" || return
	"$build/bin/osilab-serve" --http 127.0.0.1:0 --https 127.0.0.1:0 --cert "$log.ca/localhost.crt" \
		--key "$log.ca/localhost.key" >"$log.listening" 2>/dev/null &
	server=$!
	{ read -r plain && read -r secure; } <"$log.listening" || return
	for file in "$SHARED"/vectors/http_*.jsonl; do
		"$build/conformance/http_live" "${plain##*/}" "$file" || [ $? -eq 1 ] || return
		"$build/conformance/http_live" --ca "$log.ca/root.crt" "${secure##*/}" "$file" || [ $? -eq 1 ] || return
	done
}
live >>"$log" 2>&1 || echo "FAIL live: the runner died, or the server did not start" >>"$log"

captures=$SHARED/captures
if [ -d "$captures" ]; then
	"$build/conformance/captures" "$captures" "$build/bin/osilab-trace" "$here/disputed-captures.tsv" >"$caps" ||
		[ $? -eq 1 ] || echo "FAIL $captures: the runner died" >>"$caps"
	"$build/conformance/hostile" "$captures"/malformed/*.pcap* \
		--prefixes "$captures"/known/*.pcap* >>"$caps" || [ $? -eq 1 ] ||
		echo "FAIL $captures: the runner died" >>"$caps"
fi

awk -F '\t' -v disputed="$here/disputed.tsv" '
	BEGIN {
		while ((getline line < disputed) > 0) {
			split(line, part, "\t")
			reason[part[1]] = part[2]
		}
	}
	FILENAME != ARGV[1] && /^FAIL / { # its disputes are settled
		print
		failed++
		next
	}
	/^disputed / { print }
	/^FAIL / {
		id = $0
		sub(/^FAIL /, "", id)
		sub(/[:\t ].*/, "", id)
		if (id in reason) {
			print "disputed " id ": " reason[id]
			delete reason[id]
		} else {
			print $0
			failed++
		}
	}
	/^[0-9]+ passed, [0-9]+ failed/ { split($0, n, " "); passed += n[1] }
	END {
		for (id in reason) {
			print "FAIL " id ": listed as disputed, but it passes or is gone"
			failed++
		}
		print passed + 0 " passed, " failed + 0 " failed"
		exit failed > 0
	}' "$log" "$caps"
