#!/bin/sh
# Runs the scripts given one after the other, each closing with "N passed, N failed", and closes with their sum.
# What a script said is shown when something failed, else only what it skipped.  A script that ends without such a
# line, or with another exit code than 0, has failed.
passed=0 failed=0
for part in "$@"; do
	# shellcheck disable=SC2046 # the interpreter may have an argument
	log=$($(sed -n '1s/^#!//p' "$part") "$part" 2>&1)
	status=$?
	line=$(printf '%s\n' "$log" | grep -E '^[0-9]+ passed, [0-9]+ failed' | tail -n 1)
	if [ -n "$line" ]; then
		p=${line%% passed*} f=${line#*, } f=${f%% failed*}
	else
		p=0 f=1
	fi
	[ $status -ne 0 ] && [ "$f" -eq 0 ] && f=1
	if [ "$f" -gt 0 ]; then
		printf '%s\n' "--- $part" "$log"
	else
		printf '%s\n' "$log" | grep SKIPPED
	fi
	passed=$((passed + p)) failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
