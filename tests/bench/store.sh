#!/bin/sh
# The session stores: `make bench-store`.  What a look-up in memory costs and a session takes there; and what a Redis,
# started here on a Unix socket, answers when it is asked by the server's store, 64 requests at a time, beside a
# client that waits for each answer.
cd "$(dirname "$0")/../.." || exit 3
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh

"$build/bench/sessions" "${SESSIONS:-1000000}"
have redis-server || exit 0
place=$(mktemp -d "${TMPDIR:-/tmp}/osilab-bench.XXXXXX") || exit 3
trap 'end_background; rm -rf "$place"' EXIT
background redis-server --port 0 --unixsocket "$place/socket" --save '' --dir "$place"
for _ in $(seq 100); do
	[ ! -S "$place/socket" ] || break
	sleep 0.05
done
# shellcheck disable=SC2086 # words
$loading "$build/bench/redis" "$place/socket"
