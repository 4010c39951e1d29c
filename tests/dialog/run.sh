#!/bin/sh
# Runs every script of this folder, each a set of dialogues with one program that closes with "N passed,
# N failed", and closes with their sum.
cd "$(dirname "$0")/../.." || exit 3
passed=0 failed=0
for script in tests/dialog/*.sh; do
	[ "$script" = tests/dialog/run.sh ] && continue
	interpreter=$(sed -n '1s/^#!//p' "$script")
	output=$($interpreter "$script" 2>&1)
	code=$?
	printf '%s\n' "$output"
	line=$(printf '%s\n' "$output" | grep -E '^[0-9]+ passed, [0-9]+ failed$' | tail -n 1)
	p=${line%% passed*} f=${line#*, } f=${f%% failed*}
	[ "$code" -ne 0 ] && [ "${f:-0}" -eq 0 ] && f=1
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
