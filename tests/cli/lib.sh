# The words in which the cases are written; sourced by run.sh.
#
#   try CODE PROGRAM ARG...   run osilab-PROGRAM (or osilab); a new case begins
#   says PATTERN              about the case: the first line on stderr
#   shows PATTERN             a line on stdout
#   hides PATTERN             no such line on stdout
#   check WHAT COMMAND...     a case of its own: the command must succeed
#   skip WHAT WHY             a case that this machine cannot run
#
# What holds in every case is looked at without being asked: the exit code; after a success nothing on stderr;
# after a failure one line "osilab PROGRAM: ...", behind it only the hint to --help of a wrong command line,
# and nothing on stdout.  `says` and `shows` lift the silence of stderr after a success and of stdout after
# a failure.  Everything is bounded in time; nothing sleeps.
# shellcheck shell=sh

bin=${BUILD:-build}/bin
case $bin in /*) ;; *) bin=$PWD/$bin ;; esac
tmp=$(mktemp -d "${TMPDIR:-/tmp}/osilab-cli.XXXXXX") || exit 3
chmod 755 "$tmp" # for a stranger, see there
umask 022
server='' opened='' bad='' label='' passed=0 failed=0
trap 'exit 3' HUP INT TERM
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$tmp"' EXIT
export LC_ALL=C HOME="$tmp"
unset NO_COLOR LC_MESSAGES LANG XDG_DATA_HOME
input=/dev/null before='' # stdin, and what goes before the command, of the next try

complain() {
	bad="$bad
      $1"
}

# Counts the case that is open, and shows it when something was wrong with it.
close_case() {
	[ -n "$opened" ] || return 0
	opened=
	if [ "$code" -eq 0 ] && [ -z "$said" ] && [ -s "$tmp/err" ]; then
		complain "stderr should be empty"
	elif [ "$code" -ne 0 ] && [ -z "$showed" ] && [ -s "$tmp/out" ]; then
		complain "stdout should be empty"
	fi
	if [ -z "$bad" ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "--- cli: $label$bad"
	for stream in out err; do
		[ -f "$tmp/$stream" ] && head -n 6 "$tmp/$stream" | sed "s/^/      $stream: /"
	done
	bad=
}

end() {
	close_case
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}

# A failure's stderr: one line under the name that the user typed, and a hint for a wrong command line.
check_words() {
	hint="Try '$name --help'."
	head -n 1 "$tmp/err" | grep -q "^$name: ." || complain "stderr does not begin with \"$name: \""
	if [ "$code" -ne 2 ] || [ "$name" = osilab ]; then
		[ "$(wc -l <"$tmp/err")" -eq 1 ] || complain "stderr is not one line"
	elif [ "$(sed 1d "$tmp/err")" != "$hint" ]; then
		complain "stderr is not one line and: $hint"
	fi
}

try() {
	close_case
	opened=1 said='' showed='' code=$1 label="$*" name="osilab $2" program="osilab-$2"
	[ "$2" = osilab ] && name=osilab program=osilab
	shift 2
	# shellcheck disable=SC2086 # words
	timeout 10 $before "${where:-$bin}/$program" "$@" <"$input" >"$tmp/out" 2>"$tmp/err"
	got=$?
	input=/dev/null before='' where=''
	[ "$got" -eq "$code" ] || complain "exit code $got"
	[ "$code" -eq 0 ] || check_words
}

says() {
	said=1
	head -n 1 "$tmp/err" | grep -Eq -- "$1" || complain "stderr does not say: $1"
}

shows() {
	showed=1
	grep -Eq -- "$1" "$tmp/out" || complain "stdout does not show: $1"
}

hides() {
	showed=1
	! grep -Eq -- "$1" "$tmp/out" || complain "stdout shows: $1"
}

check() {
	close_case
	opened=1 said=1 showed=1 code=0 label=$1
	shift
	rm -f "$tmp/out" "$tmp/err"
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null || complain "failed: $*"
}

skip() {
	close_case
	echo "cli: SKIPPED: $1: $2"
}

# stranger PROGRAM: the next try is made by somebody without any privilege: user 12345 when we are root, else
# ourselves.  Fails when this machine has no way to do that.
stranger() {
	where=$tmp/stranger before="setpriv --no-new-privs"
	[ "$(id -u)" -ne 0 ] ||
		before="setpriv --reuid 12345 --regid 12345 --clear-groups --inh-caps=-all --no-new-privs"
	if mkdir -p "$where" && cp "$bin/osilab-$1" "$where/" && chmod -R go+rX "$where" &&
		$before "$where/osilab-$1" --version >/dev/null 2>&1; then
		return 0
	fi
	skip "$1 without privileges" "setpriv cannot run a program as a stranger in $tmp"
	where='' before=''
	return 1
}

# start PROGRAM ARG...: a server; leaves its first line in $line, its port in $port.
start() {
	rm -f "$tmp/said"
	mkfifo "$tmp/said" || exit 3
	program=osilab-$1
	shift
	# In the foreground, so that a signal for it comes once.
	timeout --foreground -k 5 30 "$bin/$program" "$@" >"$tmp/said" 2>"$tmp/server" </dev/null &
	server=$!
	exec 3<"$tmp/said"
	line=
	read -r line <&3
	port=${line##*:}
	port=${port%% *}
	case $port in '' | *[!0-9]*) return 1 ;; esac
}

stop() {
	kill "$server" && wait "$server"
	stopped=$?
	server=
	exec 3<&-
	return $stopped
}

# The processes that the server has made (start runs it under timeout).
children() {
	tr ' ' '\n' <"/proc/$1/task/$1/children" | grep .
}
workers() {
	children "$(children "$server")"
}
three() {
	[ "$(workers | wc -l)" -eq 3 ]
}
# A worker that is killed is replaced: within two seconds there are three again, and it is none of them.
replaced() {
	victim=$(workers | head -n 1)
	kill -KILL "$victim" || return 1
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		three && ! workers | grep -qx "$victim" && return 0
		timeout 0.1 tail -f /dev/null
	done
	return 1
}
