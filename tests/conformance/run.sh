#!/bin/sh
# Runs the conformance runners over the cases in $SHARED/vectors, against the parsers.
build=${BUILD:-build}
[ -d "${SHARED:-}/vectors" ] || {
	echo "conformance: give the folder that holds vectors/: make conformance SHARED=DIR" >&2
	exit 2
}
passed=0 failed=0
count() {
	output=$("$@" 2>&1) || printf '%s\n' "$output"
	line=$(printf '%s\n' "$output" | grep -E '^[0-9]+ passed, [0-9]+ failed' | tail -n 1)
	[ -n "$line" ] || line="0 passed, 1 failed"
	f=${line#*, }
	passed=$((passed + ${line%% passed*})) failed=$((failed + ${f%% failed*}))
}
for file in "$SHARED"/vectors/http_*.jsonl "$SHARED"/vectors/*cookie*.jsonl "$SHARED"/vectors/url_path.jsonl; do
	count "$build/conformance/http_vectors" "$file"
done
for file in "$SHARED"/vectors/jwt_cases.jsonl "$SHARED"/vectors/jws_*.jsonl; do
	count "$build/conformance/jwt_vectors" "$file"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
