#!/bin/sh
# Every key of the JSON lines is in docs/formats/json.md: of all our captures, packets and end.  A key that is missing
# is named; document it there.  Closes with "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build}
keys=$(mktemp "${TMPDIR:-/tmp}/osilab-keys.XXXXXX") || exit 3
trap 'rm -f "$keys"' EXIT
for capture in captures/*/*.pcapng captures/*/*.pcap; do
	"$build/bin/osilab-trace" -r "$capture" --find HTTP --json
done |
	# Names of others, such as of cipher suites, stand one level deeper than the keys of the counters.
	sed -E 's/"(authorization_schemes|sni|tls_versions|ciphers|alpn|tls_alerts)":\{[^}]*\}/"\1":0/g' |
	grep -oE '[{,]"[A-Za-z0-9_.]+":' | tr -d '{,":' | sort -u >"$keys"
passed=0 failed=0
while read -r key; do
	if grep -qF "\`$key\`" docs/formats/json.md; then
		passed=$((passed + 1))
	else
		echo "keys: $key is not in docs/formats/json.md"
		failed=$((failed + 1))
	fi
done <"$keys"
[ "$passed" -gt 100 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
