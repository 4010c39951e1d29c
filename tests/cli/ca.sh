# The certificate authority.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

mode() {
	stat -c %a "$1"
}

try 3 ca --dir "$tmp/ca" issue localhost
says "no root certificate $tmp/ca/root.crt: run \"osilab ca init\" first$"
try 0 ca --dir "$tmp/ca" init
shows "$tmp/ca/root\.crt"
cp "$tmp/ca/root.crt" "$tmp/root.before"
try 3 ca --dir "$tmp/ca" init
says "$tmp/ca/root.key exists already: --force replaces it$"
check 'the root is as it was' cmp "$tmp/ca/root.crt" "$tmp/root.before"
try 0 ca --dir "$tmp/ca" init --force
shows "$tmp/ca/root\.crt"
check 'the root is another' sh -c "! cmp -s '$tmp/ca/root.crt' '$tmp/root.before'"
try 0 ca --dir "$tmp/ca" issue localhost 127.0.0.1 ::1
shows "$tmp/ca/localhost\.crt"
shows "$tmp/ca/localhost\.key"
for key in root localhost; do
	check "$key.key is private" test "$(mode "$tmp/ca/$key.key")" = 600
done

try 2 ca
says 'say what to do: init, issue or show$'
try 2 ca frobnicate
says 'say what to do: init, issue or show$'
try 2 ca --dir "$tmp/ca" issue
says 'issue needs a NAME$'
try 2 ca --dir "$tmp/ca" issue good.example 'bad name'
says '"bad name" is neither a host name nor an IP address$'
try 2 ca --dir "$tmp/ca" issue good.example 1.2.3.4.5:80
says '"1\.2\.3\.4\.5:80" is neither'
try 2 ca --dir "$tmp/ca" issue ../root
says '"\.\./root" is neither'
check 'a refused certificate leaves no file' test ! -e "$tmp/ca/good.example.crt" -a ! -e "$tmp/ca/good.example.key"
try 2 ca --dir "$tmp/ca" init name
says 'init takes no name'
try 2 ca --dir "$tmp/ca2" init --days -1
says 'a root is valid for 1 to [0-9]+ days$'
try 3 ca --dir "$tmp/ca/root.crt/x" init
says "$tmp/ca/root.crt.*: Not a directory$"
echo 'Dear diary' >"$tmp/text"
try 2 ca show
says 'show needs a FILE$'
try 3 ca show "$tmp/nothing"
says "$tmp/nothing: No such file"
try 1 ca show "$tmp/text"
says "$tmp/text: no certificate in it$"
try 1 ca show "$tmp/ca/root.key"
says 'no certificate in it$'
try 1 ca show "$tmp/ca/root.crt" "$tmp/text"
says "$tmp/text: no certificate in it$"
shows 'self-signed'
hides 'text, certificate'
if [ -c /dev/full ]; then
	check 'ca show into a full device fails' sh -c "! '$bin/osilab-ca' show '$tmp/ca/root.crt' >/dev/full"
fi
