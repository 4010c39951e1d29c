# The echo server.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

try 0 echo --list
shows '^tcp iterative '
shows '^udp blocking '
try 2 echo --model nosuch
says "no tcp model is called 'nosuch': there are .*iterative.*epoll"
try 2 echo --model epol
says "'epol' \(did you mean epoll\?\)"
try 2 echo --udp --model iterative
says "'iterative' is a tcp model: for udp there are .*blocking"
try 2 echo extra
says "'extra'"
try 2 echo --bind 300.1.1.1
says '"300\.1\.1\.1": not a numeric IPv4 or IPv6 address$'
try 2 echo --drain 3601
says ' --drain takes a number from 0 to 3600'
try 3 echo --port 0 --bind 203.0.113.1 # TEST-NET-3: nobody has it
says '203\.0\.113\.1 is not an address of this machine'

check 'echo listens' start echo --port 0
try 3 echo --port "$port"
says "^osilab echo: port $port is in use by another program: choose another"
check 'echo stops' stop
check 'echo listens on UDP' start echo --udp --port 0
try 3 echo --udp --port "$port"
says "port $port is in use"
check 'echo over UDP stops' stop

if [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 0)" -gt 7 ] && stranger echo; then
	try 3 echo --port 7
	says '^osilab echo: port 7: ports below 1024 need privileges: .*CAP_NET_BIND_SERVICE$'
fi

try 2 echo --model thread --workers 2
says "the model 'thread' takes no workers: prefork, pool and epoll-mt do"
try 2 echo --workers 1025
says ' --workers takes a number from 1 to 1024'

for model in prefork epoll; do
	check "echo: $model listens for three workers" start echo --model $model --workers 3 --port 0
	check "echo: $model makes three processes" three
	check "echo: $model replaces one that was killed" replaced
	check "echo: $model stops with its workers" stop
done

# What children count and call is added up: a client is a message of six bytes.
counted() {
	for _ in 1 2 3; do
		[ "$(echo hello | "$bin/osilab-talk" "127.0.0.1:$port")" = hello ] || return 1
	done
	kill "$server" && read -r line <&3 && wait "$server"
	rc=$?
	server=
	case $line in *'"messages":3,"bytes":18,'*'"sendto":3,'*) return $rc ;; esac
	return 1
}
for model in fork prefork pool epoll-mt signal; do
	check "echo: $model listens to be counted" start echo --model $model --count --port 0
	check "echo: $model adds up what its processes and threads do" counted
done
check "echo: three processes of epoll listen to be counted" start echo --count --workers 3 --port 0
check "echo: three processes of epoll are added up" counted
