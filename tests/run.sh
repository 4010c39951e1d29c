#!/bin/sh
# Runs the named suites, as many at a time as there are processors (JOBS says otherwise), each closing with "N
# passed, N failed", and closes with their sum.  BUILD names the build folder.  A suite that ends without such a
# line has failed.
#
# Each suite has a temporary folder of its own: what one leaves behind in /tmp another would take for its own litter.
cd "$(dirname "$0")/.." || exit 3
export BUILD="${BUILD:-build}"

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

# --suite NAME: one of them, for xargs below.
if [ "$1" = --suite ]; then
	TMPDIR=$SUITES/$2 && export TMPDIR
	suite "$2" >"$SUITES/$2.log" 2>&1 || echo failed >"$SUITES/$2.failed"
	exit 0
fi

SUITES=$(mktemp -d "${TMPDIR:-/tmp}/osilab-test.XXXXXX") || exit 3
export SUITES
trap 'rm -rf "$SUITES"' EXIT
trap 'exit 130' INT TERM
for name in "$@"; do mkdir "$SUITES/$name" || exit 3; done
chmod 755 "$SUITES" "$SUITES"/* # some tests are run as a stranger
jobs=${JOBS:-$(nproc 2>/dev/null || echo 1)}
printf '%s\n' "$@" | xargs -n 1 -P "$jobs" sh tests/run.sh --suite

passed=0 failed=0
for name in "$@"; do
	log=$SUITES/$name.log
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	if [ -n "$line" ]; then
		p=${line%% passed*} f=${line#*, } f=${f%% failed*}
	else
		p=0 f=1
	fi
	[ -e "$SUITES/$name.failed" ] && [ "$f" -eq 0 ] && f=1
	if [ "$f" -gt 0 ]; then cat "$log"; else grep SKIPPED "$log"; fi
	printf '%-8s %s passed, %s failed\n' "$name" "$p" "$f"
	passed=$((passed + p)) failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
