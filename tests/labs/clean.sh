#!/bin/sh
# A demo leaves nothing behind: no process, interface, mount, or file outside its folder, whether it ends by
# itself, by a signal at any stage, or by kill -9 of the process that was started.  BUILD=folder.
cd "$(dirname "$0")/../.." || exit 3
. tests/labs/can.sh

work=$BUILD/labs/clean.$$
mkdir -p "$work/tmp" && own "$work" && own "$work/tmp" || exit 3
export TMPDIR="$work/tmp"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
failed=0 held=0 cases=0 litter=

# A curl that never comes back from an HTTPS server, so that no demo is over before its signal comes.
mkdir "$work/bin" && cat >"$work/bin/curl" <<END || exit 3
#!/bin/sh
case "\$*" in *https://*) exec sleep 1000 ;; esac
exec $(command -v curl) "\$@"
END
chmod +x "$work/bin/curl"

# Processes of a demo into our folder: what they work in tells them from everybody else's.
processes() {
	# shellcheck disable=SC2012 # the names are numbers
	ls -ld /proc/[0-9]*/cwd 2>/dev/null | sed -n "s,.* /proc/\([0-9]*\)/cwd -> $work/out.*,\1,p" |
		while read -r pid; do
			echo "$pid $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)"
		done
}

interfaces() { sed -n 's/^ *\([^:]*\):.*/\1/p' /proc/net/dev | sort; }
mounts() { cut -d' ' -f5- /proc/self/mountinfo; }
# Whatever is in the folder that the environment names; where everybody works, what is new, but for the other suites'.
# What somebody else makes there comes once in a while; what the demo makes would come each time, and begin alike.
files() {
	find "$TMPDIR" -mindepth 1
	find /tmp /var/tmp /dev/shm -maxdepth 1 -newer "$work/before" -uid "${SUDO_UID:-$(id -u)}" \
		! -path /tmp ! -path /var/tmp ! -path /dev/shm ! -name 'osilab-[a-z]*.??????' 2>/dev/null
}

check() { # check CASE WORDS LEFT: nothing may be left
	if [ -z "$3" ]; then
		held=$((held + 1))
	else
		failed=$((failed + 1))
		echo "clean.sh: after $1, $2:"
		printf '%s\n' "$3"
	fi
}

# Waits, 10 s at most, until no process is left: the kernel takes its time to end a whole namespace.  Two looks
# in a row must find none, since one can miss a child whose parent dies while it is on its way.
settle() {
	deadline=$(($(date +%s) + 10))
	while [ -n "$(processes)$(processes)" ] && [ "$(date +%s)" -lt $deadline ]; do
		sleep 0.05
	done
}

# demo_until TEXT SIGNAL: starts a demo, sends the signal when its progress says TEXT; `code` is its exit code.
# Without text it runs to its end.  Its processes at that moment go to `seen`: what finds none when there
# are some would find nothing left either.
demo_until() {
	# A pipe of its own for each run: what an earlier one still says as it dies is not this one's progress.
	progress=$work/progress.$cases
	mkfifo "$progress" || exit 3
	PATH=${1:+$work/bin:}$PATH "$BUILD/bin/osilab-demo" --out "$work/out" >/dev/null 2>"$progress" &
	pid=$!
	while read -r line; do
		printf '%s\n' "$line" >>"$work/said"
		case $1 in '') continue ;; esac
		case $line in *"$1"*)
			seen=$(processes)
			kill -s "$2" $pid
			break
			;;
		esac
	done <"$progress"
	wait $pid
	code=$?
}

one_case() { # one_case NAME TEXT SIGNAL CODE
	: >"$work/before"
	interfaces_before=$(interfaces) mounts_before=$(mounts)
	seen=ended
	: >"$work/said"
	demo_until "$2" "$3"
	check "$1" "the test is blind" "$([ -n "$seen" ] || echo 'no process was seen while it ran')"
	if [ "$code" -eq "$4" ]; then
		held=$((held + 1))
	else
		failed=$((failed + 1))
		echo "clean.sh: after $1, exit code $code instead of $4; it had said:"
		tail -n 20 "$work/said"
	fi
	# Only kill -9 leaves the end to the kernel; else all is gone when the demo returns.
	[ "$3" = KILL ] && settle
	check "$1" "processes" "$(processes)"
	check "$1" "interfaces" "$(interfaces | grep -vxF "$interfaces_before")"
	check "$1" "mounts" "$(mounts | grep -vxF "$mounts_before")"
	cases=$((cases + 1))
		left=$(files | sed 's,.*/,,; s,^\(......\).*,\1,' | sort -u)
	[ $cases -eq 1 ] && litter=$left
	litter=$(printf '%s\n' "$litter" | grep -xF -- "$left")
}

one_case "its own end" '' '' 0
one_case "SIGTERM while the network is raised" ' keys ' TERM 143
one_case "Ctrl-C when the network is there" ' network ' INT 130
one_case "Ctrl-C when the captures run" ' capture ' INT 130
one_case "Ctrl-C when the server runs" ' server    osilab' INT 130
one_case "SIGTERM while curl waits" 'who am I, by the cookie' TERM 143
one_case "SIGHUP while curl waits" 'who am I, by the cookie' HUP 129
one_case "kill -9 while the network is raised" ' keys ' KILL 137
one_case "kill -9 when the server runs" ' server    osilab' KILL 137
one_case "kill -9 while curl waits" 'who am I, by the cookie' KILL 137

check "every case" "files that begin so" "$litter"

echo "$held passed, $failed failed"
[ $failed -eq 0 ]
