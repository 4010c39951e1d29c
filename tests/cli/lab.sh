# The labs, as far as they need no network.
# shellcheck shell=sh disable=SC2154 # the variables are those of lib.sh

try 2 lab
says 'do what\? list, show, run or verify$'
try 2 lab play
says "'play': list, show, run or verify$"
try 2 lab list L03
try 2 lab show
says 'show which lab\? one, such as L03$'
try 2 lab show L99
says "no lab is called 'L99'; osilab lab list shows them$"
try 2 lab --lang fr list
says "--lang is en or ko, not 'fr'$"
try 3 lab --labs "$tmp/no-such-folder" list
says 'no-such-folder: No such file'
try 0 lab list
shows '^L03   The lost SYN\+ACK$'
try 0 lab --claims --lang ko list
shows '^L03   사라진 SYN\+ACK  S3-35$'
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
