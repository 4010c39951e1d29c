# The users' file.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

db=$tmp/users.db
echo 'correct horse battery' >"$tmp/password"
echo 'Dear diary' >"$tmp/text"
: >"$tmp/empty"

try 2 user
says 'say what to do: '
try 2 user frobnicate alice
says 'say what to do: '
try 2 user --db "$db" add
says 'say what to do: '
try 2 user --db "$db" add alice bob
says 'say what to do: '
try 2 user --db "$db" list alice
says 'say what to do: '
try 3 user --db "$db" list
says "users file $db: No such file"
try 3 user --db "$db" passwd alice --password-file "$tmp/password"
says "users file $db: No such file"
try 3 user --db "$tmp" list
says "users file $tmp: is not a regular file$"
check 'only add makes the file' test ! -e "$db"
try 3 user --db "$tmp/nothing/x" add alice --password-file "$tmp/password"
says "users file $tmp/nothing/x: No such file"

try 0 user --db "$db" add alice --password-file "$tmp/password"
if [ "$(id -u)" -eq 0 ] && stranger user; then
	try 3 user --db "$db" list
	says "users file $db: Permission denied$"
fi
try 0 user --cost 10 --db "$tmp/cheap.db" add alice --password-file "$tmp/password"
check '--cost is what the hash says' grep -q 'ln=10,' "$tmp/cheap.db"
try 2 user --cost 9 --db "$db" list
check 'the file is private' test "$(stat -c %a "$db")" = 600
try 1 user --db "$db" add alice --password-file "$tmp/password"
says 'there is a user alice already$'
input=$tmp/password
try 0 user --db "$db" add bob --password-file -
try 1 user --db "$db" add carol --password-file -
says 'a password needs at least 8 bytes$'
try 1 user --db "$db" add carol --password-file "$tmp/empty"
says 'a password needs at least 8 bytes$'
try 1 user --db "$db" passwd alice --password-file "$tmp/empty"
says 'a password needs at least 8 bytes$'
try 3 user --db "$db" add carol --password-file "$tmp/nothing"
says "password file $tmp/nothing: No such file"
try 3 user --db "$db" add carol --password-file "$tmp"
says "password file $tmp: Is a directory$"
before='setsid -w' # away from the terminal, if there is one
try 2 user --db "$db" add carol
says 'there is no terminal to ask for the password: give --password-file$'
try 1 user --db "$db" add 'carol smith' --password-file "$tmp/password"
says 'a user name has 1 to [0-9]+ bytes of text'
try 1 user --db "$db" passwd carol --password-file "$tmp/password"
says 'there is no user carol$'
try 1 user --db "$db" disable carol
says 'there is no user carol$'
try 0 user --db "$db" disable bob
try 0 user --db "$db" list
shows '^alice '
shows '^bob .* disabled$'
hides '^carol'
try 1 user --db "$tmp/text" list
says "users file $tmp/text: "
try 1 user --db "$tmp/text" add alice --password-file "$tmp/password"
says "users file $tmp/text: "
check 'the text is as it was' grep -qx 'Dear diary' "$tmp/text"
