#!/bin/sh
# Makes captures/dns and captures/dhcp anew: sh captures/names.sh.  Needs dnsmasq, iproute2, util-linux and python3.
#
# A client and dnsmasq, each in a network namespace of its own, are raised without root; names.py is the client.  What
# dnsmasq does not say, names.py writes as a capture by itself (dns/zoo).  The golden traces (tests/golden) have
# to be updated and read through afterwards.
set -eu
cd "$(dirname "$0")/.."
work=$PWD/${BUILD:-build}/names
mkdir -p "$work" captures/dns captures/dhcp

[ "${1:-}" = inside ] || {
	unshare -Urnm --kill-child --fork sh captures/names.sh inside
	ls -l captures/dns captures/dhcp
	exit
}

# In the namespaces: eth0 is the client's end, the server's has its own namespace, held by a sleeper.
unshare -n sleep 120 &
server=$!
sleep 0.3
ip link set lo up
ip link add eth0 address 02:00:00:00:01:02 type veth peer name eth0 address 02:00:00:00:01:01 netns $server
inside() { nsenter -t $server -n "$@"; }
inside ip link set lo up
inside ip addr add 10.9.1.1/24 dev eth0
inside ip link set eth0 up
ip link set eth0 up
long=$(printf 'x%.0s' $(seq 200))
inside dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --no-hosts --interface=eth0 --bind-interfaces --user=root \
	--pid-file= --dhcp-leasefile="$work/leases" --local=/lab.test/ --local-ttl=60 --dhcp-authoritative \
	--host-record=web.lab.test,10.9.1.1,fd09:1::1 --cname=www.lab.test,web.lab.test --cname=home.lab.test,www.lab.test \
	--mx-host=lab.test,web.lab.test,10 --srv-host=_http._tcp.lab.test,web.lab.test,80,0,5 \
	--txt-record=lab.test,"v=spf1 mx -all",second --caa-record=lab.test,0,issue,ca.lab.test \
	--dns-rr=web.lab.test,65,00010000010006026832026833 \
	--txt-record=long.lab.test,1"$long",2"$long",3"$long",4"$long" \
	--dhcp-range=10.9.1.100,10.9.1.150,1h --dhcp-option=option:router,10.9.1.1 --domain=lab.test \
	--dhcp-host=02:00:00:00:01:02,10.9.1.102 >"$work/dnsmasq.log" 2>&1 &
sleep 1
python3 captures/names.py lease captures/dhcp/lease.pcap
python3 captures/names.py lookup captures/dns/lookup.pcap
python3 captures/names.py zoo captures/dns/zoo.pcap
kill $server
