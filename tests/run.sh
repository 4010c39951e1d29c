#!/bin/sh
# Runs the named suites one after the other, each closing with "N passed, N failed", and closes with their
# sum.  BUILD names the build folder.  A suite that ends without such a line has failed.
cd "$(dirname "$0")/.." || exit 3
export BUILD="${BUILD:-build}"
passed=0 failed=0

suite() {
	case $1 in
	rooms) sh tests/rooms.sh && echo "1 passed, 0 failed" ;;
	deps) sh tests/deps.sh ;;
	unit) tests/run-unit.sh "$BUILD"/unit/*/test_* ;;
	golden) sh tests/golden/run.sh ;;
	keys) sh tests/golden/keys.sh ;;
	cli) sh tests/cli/run.sh ;;
	dialog) sh tests/dialog/run.sh ;;
	labs) sh tests/labs/run.sh ;;
	peers) sh tests/peers/run.sh ;;
	*) echo "no suite is called $1" && false ;;
	esac
}

for name in "$@"; do
	log=$(mktemp "${TMPDIR:-/tmp}/osilab-test.XXXXXX") || exit 3
	suite "$name" >"$log" 2>&1 || suite_failed=1
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	if [ -n "$line" ]; then
		p=${line%% passed*} f=${line#*, } f=${f%% failed*}
	else
		p=0 f=1
	fi
	[ -n "${suite_failed:-}" ] && [ "$f" -eq 0 ] && f=1
	if [ "$f" -gt 0 ]; then cat "$log"; else grep SKIPPED "$log"; fi
	printf '%-8s %s passed, %s failed\n' "$name" "$p" "$f"
	passed=$((passed + p)) failed=$((failed + f)) suite_failed=
	rm -f "$log"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
