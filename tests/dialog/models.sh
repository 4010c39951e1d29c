#!/bin/sh
# The dialogues with osilab serve once more, under the other ways to wait for clients: --model uring, --model thread.
# Those about connections, framing, time and files; OSILAB_FULL=1: all.  BUILD names the build folder.
cd "$(dirname "$0")/../.." || exit 3
bin=${BUILD:-build}/bin
case $bin in /*) ;; *) bin=$PWD/$bin ;; esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/osilab-models.XXXXXX") || exit 3
trap 'rm -rf "$dir"' EXIT
trap 'exit 3' HUP INT TERM

set -- basics drain framing tls
[ -n "$OSILAB_FULL" ] && set -- $(for f in tests/dialog/serve/*.txt; do basename "$f" .txt; done)
for name in "$@"; do
	shift
	set -- "$@" "tests/dialog/serve/$name.txt"
done

passed=0 failed=0 status=0
for model in uring thread; do
	# A line in place of the server: it takes the model and then what the dialogue wants.
	printf '#!/bin/sh\nexec "%s/osilab-serve" --model %s "$@"\n' "$bin" "$model" >"$dir/$model"
	chmod +x "$dir/$model"
	if [ "$model" = uring ] && "$bin/osilab-serve" --model uring --http 127.0.0.1:0 --store nowhere 2>&1 | grep io_uring; then
		echo "dialog: SKIPPED: --model uring: this machine does not let us use io_uring"
		continue
	fi
	"${BUILD:-build}/dialog/serve" "$dir/$model" "$@" >"$dir/log" || status=1
	cat "$dir/log"
	line=$(grep -E '^[0-9]+ passed, ' "$dir/log")
	p=${line%% passed*} f=${line#*, }
	passed=$((passed + ${p:-0})) failed=$((failed + ${f%% failed*}))
done
echo "$passed passed, $failed failed"
exit $status
