#!/bin/sh
# Golden traces: each line of LIST is a name and the arguments of osilab-trace; what it prints must be what
# NAME.out holds.  `sh tests/golden/run.sh update NAME...` writes the file anew: read the difference
# before you commit it.
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build}
export TZ=UTC LC_ALL=C.UTF-8
passed=0 failed=0
update=
[ "${1:-}" = update ] && update=1 && shift

wanted() {
	[ $# -eq 1 ] && return 0
	name=$1
	shift
	for one in "$@"; do
		[ "$one" = "$name" ] && return 0
	done
	return 1
}

out=$(mktemp "${TMPDIR:-/tmp}/osilab-golden.XXXXXX") || exit 3
trap 'rm -f "$out"' EXIT
while read -r name arguments; do
	case $name in '' | '#'*) continue ;; esac
	wanted "$name" "$@" || continue
	# shellcheck disable=SC2086 # the arguments are words
	"$build/bin/osilab-trace" $arguments >"$out" 2>&1
	echo "exit $?" >>"$out"
	if [ -n "$update" ]; then
		cp "$out" "tests/golden/$name.out"
	elif diff -u "tests/golden/$name.out" "$out"; then
		passed=$((passed + 1))
	else
		echo "golden: $name differs (osilab-trace $arguments)"
		failed=$((failed + 1))
	fi
done <tests/golden/LIST
[ -n "$update" ] || echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
