# The wire between two interfaces, as far as it goes without one.
# shellcheck shell=sh disable=SC2154 # the variables are those of lib.sh

try 2 link
says 'two interfaces, not 0$'
try 2 link lo
says 'two interfaces, not 1$'
try 2 link lo lo
says 'a wire has two ends, not lo twice$'
try 2 link --delay 40 x0 y0
says "--delay '40': a time such as 40ms"
try 2 link --jitter -1ms x0 y0
says "--jitter '-1ms'"
try 2 link --loss 101 x0 y0
says "--loss '101': percent"
try 2 link --loss 100.5 x0 y0
says 'at most 100$'
try 2 link --names client x0 y0
says 'two names, such as client,server$'
try 2 link --rate 10 x0 y0
try 2 link -e 'drop syn from client' x0 y0
says "rule 'drop syn from client': from 'client': the ends are x0 and y0$"
try 2 link --names client,server -e 'drop sin' x0 y0
says "'sin' is no kind of packet"
try 2 link -e '' x0 y0
try 3 link no-such-if y0
says 'interface no-such-if: No such device$'
