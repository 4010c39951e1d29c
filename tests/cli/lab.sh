# The labs, as far as they need no network.
# shellcheck shell=sh disable=SC2154 # the variables are those of lib.sh

try 2 lab
says 'do what\? list, show, run, predict, look, check, quiz, review, progress, report, verify, new, doctor$'
try 2 lab play
says "'play' is no command of labs: list, show, "
try 2 lab list L03
try 2 lab show
says 'show which\? one lab, such as L03$'
try 2 lab show L99
says "no lab is called 'L99'; osilab lab list shows them$"
try 2 lab --lang fr list
says "--lang is en or ko, not 'fr'$"
try 3 lab --labs "$tmp/no-such-folder" list
says 'no-such-folder: No such file'
try 0 lab list
shows '^L03   The lost SYN\+ACK$'
try 0 lab --claims list
shows '^S3-35  L03$'
cp "$tmp/out" "$tmp/claims"
check 'docs/labs/statements.txt is what lab list --claims says' cmp -s docs/labs/statements.txt "$tmp/claims"
try 0 lab --lang ko list
shows '^L03   사라진 SYN\+ACK$'
try 0 lab show l03
shows '^  intact: nothing is lost$'

# lab_says LINES...: the labs of a folder with one lab of these lines; `try` it afterwards.
lab_of() {
	rm -rf "$tmp/labs" && mkdir -p "$tmp/labs/L90-own" && printf '%s\n' "$@" >"$tmp/labs/L90-own/lab.lua"
}
lab_of 'title("a", "b")' 'goal("a", "b")'
try 1 lab --labs "$tmp/labs" list
says 'lab\.lua: it has no mutant that its checks must refuse$'
lab_of 'title("a", "b")' 'gaol("a", "b")'
try 1 lab --labs "$tmp/labs" list
says "L90-own/lab\.lua:2: .*'gaol'"
lab_of 'title("a")'
try 1 lab --labs "$tmp/labs" list
says 'L90-own/lab\.lua:1: argument 2 is to be a text$'
lab_of 'os.execute("true")'
try 1 lab --labs "$tmp/labs" list
says "lab\.lua:1: .*'os'"
lab_of 'while true do end'
try 1 lab --labs "$tmp/labs" list
says 'lab\.lua:1: it takes more than 10000000 steps$'
lab_of 'local s = "x" while true do s = s .. s end'
try 1 lab --labs "$tmp/labs" list
says 'not enough memory'

# What a lab must not reach, and what would have no end.
for line in 'io.open("/etc/passwd")' 'load("x")()' 'string.dump(title)' 'require("os")' 'pcall(title)' 'debug.getinfo(1)' \
	'setmetatable({}, {})' 'coroutine.wrap(title)' 'dofile("/etc/passwd")'; do
	lab_of "$line"
	try 1 lab --labs "$tmp/labs" list
	says 'lab\.lua:1: '
done
lab_of 'local t = {} for i = 1, 1e9 do t[i] = { i } end'
try 1 lab --labs "$tmp/labs" list
lab_of 'local function f() return f() + 1 end f()'
try 1 lab --labs "$tmp/labs" list

# Progress: a date of one's own, and a damaged file, of which nothing is lost.
export XDG_STATE_HOME="$tmp/state"
try 2 lab --date 2026-02-30 progress
says "'2026-02-30' is no date, such as 2026-11-24$"
try 0 lab review
shows '^There is nothing to review yet'
try 0 lab --lang ko review
shows '^아직 복습할 것이 없습니다'
printf '# mine\nlab L03 runs 2 last 2026-11-24\ncard L03 who box 2 due 2026-11-27 right 3 wrong 1\n' >"$tmp/state/osilab/progress"
try 0 lab --date 2026-11-26 review
shows '^Nothing is due.  The next is on 2026-11-27\.$'
try 0 lab --date 2026-11-27 progress
shows '^  L03  .*  2 runs, 3 right, 1 wrong, due  The lost SYN\+ACK$'
echo 'card L03 who box 9 due 2026-11-27 right 3 wrong 1' >>"$tmp/state/osilab/progress"
cp "$tmp/state/osilab/progress" "$tmp/damaged"
try 1 lab progress
says '/osilab/progress:4: this is no line of progress; nothing was changed'
try 1 lab run --no-input L03 2>/dev/null || :
check 'a damaged file of progress stays as it is' cmp -s "$tmp/damaged" "$tmp/state/osilab/progress"
rm "$tmp/state/osilab/progress"
try 2 lab look L03
says 'there is no run in .*/osilab/runs/L03: run the lab first$'
try 2 lab check L03
try 2 lab report L03
unset XDG_STATE_HOME

try 2 lab new slow-start
says "'slow-start' cannot name a lab"
try 0 lab --labs "$tmp/own" new L40-slow-start
try 0 lab --labs "$tmp/own" show L40
shows '^A client says a word to an echo server'
try 3 lab --labs "$tmp/own" new L40-slow-start
says 'File exists'
