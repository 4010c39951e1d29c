#!/bin/sh
# Runs each fuzz target for SECONDS, from its seeds in corpus/NAME and what our captures hold for it; stops at the first finding, which is left
# in build/fuzz with the command that shows it again.
seconds=$1
shift
passed=0
from_captures=${BUILD:-build}/fuzz/seeds/out
rm -rf "$from_captures"
"${BUILD:-build}/fuzz/seeds/captures" "$from_captures" captures/*/*.pcapng captures/*/*.pcap || exit 3
for target in "$@"; do
	name=$(basename "$target")
	work=$target.corpus
	mkdir -p "$work"
	seeds=
	for folder in tests/fuzz/corpus/$name "$from_captures/$name"; do
		[ -d "$folder" ] && seeds="$seeds $folder"
	done
	[ "$name" = trace_pcapfile ] && seeds="$seeds captures"
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
