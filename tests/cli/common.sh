# What every program owes its user, whatever it does.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

# Every option of the table that the completion reads stands in the help text.
helps_with_all() {
	"$bin/osilab-$1" --help >"$tmp/help"
	"$bin/osilab-$1" --osilab-options | cut -f 1 | while read -r option; do
		grep -qE -- "(^| )$option( |,|\$)" "$tmp/help" || {
			echo "$option is not in the help"
			return 1
		}
	done
}

# A page that groff, where there is one, has nothing to warn about.
manual_is_clean() {
	"$bin/osilab-$1" --osilab-man >"$tmp/page.1" && head -n 1 "$tmp/page.1" | grep -q "^\.TH osilab-$1 1 " || return 1
	command -v groff >/dev/null || return 0
	groff -man -Tutf8 -ww -z "$tmp/page.1" >"$tmp/warnings" 2>&1 && [ ! -s "$tmp/warnings" ] && return 0
	cat "$tmp/warnings"
	return 1
}

for p in trace echo talk load compare serve ca user doctor demo; do
	try 0 $p --help
	shows "^Usage: osilab $p "
	shows "^  -h, --help "
	try 0 $p -h
	shows "^Usage: osilab $p "
	try 0 $p --version
	shows "^osilab $p \(osilab [0-9]+\.[0-9]+\.[0-9]+\)$"
	try 2 $p --no-such-option
	says "unknown option --no-such-option$"
	try 2 $p -J
	says "unknown option -J$"
	try 2 $p --help=yes
	says "unknown option --help$"
	check "$p --help has every option" helps_with_all $p
	check "$p --osilab-man" manual_is_clean $p
	if [ -c /dev/full ]; then
		check "$p --help into a full device fails" sh -c "! '$bin/osilab-$p' --help >/dev/full"
	fi
done

# What a program prints besides, into a full device.
if [ -c /dev/full ]; then
	for words in 'echo --list' 'doctor --apparmor'; do
		check "$words into a full device fails" sh -c "! '$bin'/osilab-$words >/dev/full"
	done
fi

# Each of the four kinds of value, once in every program that has it.
try 2 trace -r
says '^osilab trace: -r needs a value \(FILE\)$'
try 2 trace --read
says ' --read needs a value \(FILE\)$'
try 2 trace --json=1
says ' --json takes no value$'
try 2 echo --port
says ' --port needs a value \(N\)$'
try 2 echo --port 65536
says " --port takes a number from 0 to 65535, not '65536'$"
try 2 echo --port -1
says " not '-1'$"
try 2 echo --port 80x
says " not '80x'$"
try 2 echo --port ''
says " not ''$"
try 2 serve --max-line 63
says " --max-line takes a number from 64 to 8192, not '63'$"
try 2 serve --root
says ' --root needs a value \(DIR\)$'
try 2 ca --days
says ' --days needs a value \(N\)$'
try 2 ca --days 10000 init
says " --days takes a number from -9999 to 9999, not '10000'$"
try 2 user --db
says ' --db needs a value \(FILE\)$'
try 2 demo --out
says ' --out needs a value \(DIR\)$'
try 2 doctor --apparmor=no
says ' --apparmor takes no value$'
try 2 trace -r x -c 99999999999999999999
says " -c takes a number, 1 or more, not '99999999999999999999'$"
