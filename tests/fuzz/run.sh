#!/bin/sh
# Runs each fuzz target for SECONDS, from its seeds in corpus/NAME; stops at the first finding, which is left
# in build/fuzz with the command that shows it again.
seconds=$1
shift
passed=0
for target in "$@"; do
	name=$(basename "$target")
	work=$target.corpus
	mkdir -p "$work"
	seeds=tests/fuzz/corpus/$name
	[ -d "$seeds" ] || seeds=
	# shellcheck disable=SC2086 # no seeds is no word
	if ! "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 \
		-artifact_prefix="$target." "$work" $seeds >"$target.log" 2>&1; then
		tail -n 40 "$target.log"
		echo "fuzz: $name failed; again with: $target $(ls -t "$target".crash-* "$target".timeout-* \
			"$target".oom-* 2>/dev/null | head -n 1)"
		echo "$passed passed, 1 failed"
		exit 1
	fi
	echo "fuzz: $name clean for $seconds s ($(grep -c . "$target.log") lines of log)"
	passed=$((passed + 1))
done
echo "$passed passed, 0 failed"
