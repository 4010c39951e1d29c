# What the benches share; sourced by them from the top of the project.  ROUNDS says how often each command runs,
# in turn, SECONDS_EACH for how long where that is ours to say; medians are shown.
# shellcheck shell=sh disable=SC2034 # the variables are for those who source this
build=${BUILD:-build}
rounds=${ROUNDS:-3}
each=${SECONDS_EACH:-2}
dir=$build/bench
mkdir -p "$dir" || exit 3

have() {
	command -v "$1" >/dev/null || { echo "($1 is not installed: left out)" && false; }
}

# What to put in front of a command that serves, or loads: a processor for each, where there are two.
serving='' loading=''
if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then
	serving='taskset -c 0' loading='taskset -c 1'
fi

# The median of the numbers on stdin.
median() {
	sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# number KEY: that number of the JSON on stdin, the first of the name; a.b: b within a.
number() {
	outer=${1%%.*}
	inner=${1#*.}
	if [ "$outer" = "$inner" ]; then
		sed -n "s/.*[{,]\"$outer\":\(-\{0,1\}[0-9.]*\).*/\1/p"
	else
		sed -n "s/.*\"$outer\":{[^{}]*\"$inner\":\(-\{0,1\}[0-9.]*\).*/\1/p"
	fi
}

# background COMMAND...: starts it with its output to $dir/server; leaves its process in $server.
server=''
trap '[ -z "$server" ] || kill $server 2>/dev/null' EXIT
trap 'exit 3' HUP INT TERM
background() {
	# shellcheck disable=SC2086 # words
	$serving "$@" >"$dir/server" 2>&1 </dev/null &
	server=$!
}

end_background() {
	# shellcheck disable=SC2086 # words
	kill $server 2>/dev/null
	# shellcheck disable=SC2086
	wait $server 2>/dev/null
	server=''
}

# awaits URL: until $server answers there, for ten tries of half a second at most.
awaits() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		kill -0 "$server" 2>/dev/null || break
		"$build/bin/osilab-load" -c 1 -n 1 --timeout 500ms "$1" >/dev/null 2>&1 && kill -0 "$server" && return
	done
	echo "nobody answers at $1:" >&2
	cat "$dir/server" >&2
	return 1
}
