#!/bin/sh
# Runs each unit test program given, stops at nothing, and closes with one line: N passed, N failed.
# Each program is killed after 120 s, with whole loads (OSILAB_FULL) after ten minutes: a unit test that waits for longer
# is broken.
patience=120
[ -z "$OSILAB_FULL" ] || patience=600
passed=0 failed=0
for program in "$@"; do
	if output=$(timeout "$patience" "$program" 2>&1); then
		cases=$(printf '%s\n' "$output" | sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p')
		passed=$((passed + ${cases:-1}))
		printf '%s\n' "$output" | grep '^SKIPPED' | sort -u
	else
		failed=$((failed + 1))
		printf '%s\n' "--- $program failed" "$output"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
