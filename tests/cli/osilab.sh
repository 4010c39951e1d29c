# The front door.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

no_command() {
	"$bin/osilab" >"$tmp/o" 2>"$tmp/e"
	[ $? -eq 2 ] && [ ! -s "$tmp/o" ] && grep -q '^  trace ' "$tmp/e"
}

check "osilab alone shows its commands on stderr, exit 2" no_command
try 0 osilab --help
for p in echo serve trace ca user doctor demo; do
	shows "^  $p "
done
try 0 osilab -h
shows '^Usage: osilab COMMAND'
try 0 osilab help
shows '^Usage: osilab COMMAND'
try 0 osilab --version
shows '^osilab [0-9]+\.[0-9]+\.[0-9]+$'
try 0 osilab help trace
shows '^Usage: osilab trace '
try 0 osilab trace --version
shows '^osilab trace '
try 2 osilab trcae
says "no command is called 'trcae': did you mean 'trace'\?$"
try 2 osilab sevre
says "did you mean 'serve'\?$"
try 2 osilab xyzzy
says "no command is called 'xyzzy'; try 'osilab help'$"
try 2 osilab help trcae
says "did you mean 'trace'\?$"
try 2 osilab ''
says "no command is called ''"
try 2 osilab --nosuch
says "unknown option '--nosuch'"

# The front door's exit code is its command's.
name_of_command() {
	"$bin/osilab" trace -r "$tmp/nothing here" >"$tmp/o" 2>"$tmp/e"
	[ $? -eq 3 ] && grep -q '^osilab trace: cannot read ' "$tmp/e" && [ ! -s "$tmp/o" ]
}
check "osilab COMMAND fails as the command does" name_of_command
