# The doctor and the demo.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

try 2 doctor extra
says "'extra'$"
try 0 doctor --apparmor
shows '^profile osilab '
try 2 demo extra
says "'extra'$"

# What is missing on this machine is no fault of the doctor, but it must name the fix.
diagnosis=$("$bin/osilab-doctor" 2>/dev/null)
healthy=$?
if [ $healthy -eq 0 ]; then
	try 0 doctor
else
	try 3 doctor
	says ' that labs need (is|are) missing$'
	shows '^ +fix: .'
fi
for name_of_check in kernel namespaces 'virtual links' 'network settings' 'capture in labs' IPv6 "osilab's programs" curl \
	disk 'open descriptors' openssl tshark 'capture outside'; do
	shows "^(ok|missing|optional|unknown) +$name_of_check +."
done

if [ $healthy -eq 0 ]; then
	echo 'Dear diary' >"$tmp/text"
	try 3 demo --out "$tmp/text"
	says "$tmp/text.*: Not a directory$"
	try 3 demo --out "$tmp/text/demo"
	says "$tmp/text.*: Not a directory$"
	try 2 demo --out ''
	says "'' is no directory"
else
	skip 'demo --out' "$(printf '%s\n' "$diagnosis" | grep '^missing' | head -n 1)"
fi
