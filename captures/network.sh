#!/bin/sh
# Makes the captures of the layers below TCP, and those of two places, anew: sh captures/network.sh [fragment] [icmp]
# [arp] [vantage].  Needs unshare, ip, ping, nft, curl; no root.
# A host, a router and a server in namespaces of their own, host - 10.9.1.0/24 - router - 10.9.2.0/24 - server:
#
#   fragment/ping-and-udp   pings of 4000 bytes and a UDP message of 5000, IPv4 and IPv6, over links of 1500
#   icmp/errors             a closed UDP port, a hop limit of 1, a route that is prohibited, a network without a
#                           route, an address that nobody has, and a packet too big for the router's other link
#   arp/neighbours          both kinds of address resolution: asked, answered, asked in vain
#   vantage/client, server  the same traffic at both ends: a page of some segments and four pings, while the router
#                           loses every seventh packet
#
# The golden traces (tests/golden) have to be updated and read through afterwards.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- fragment icmp arp vantage
if [ "$1" != inside ]; then
	exec unshare -rn sh captures/network.sh inside "$@"
fi
shift
bin=${BUILD:-build}/bin

# place NAME: a process that holds a network namespace; $NAME is its id.
place() {
	unshare -n sleep 120 &
	eval "$1=$!"
	sleep 0.3
}
in_ns() {
	pid=$1
	shift
	nsenter -t "$pid" -n "$@"
}
place router
place server
tracer=
far=
served=
trap 'kill $tracer $far $served "$router" "$server" 2>/dev/null; rm -rf /tmp/osilab-vantage.$$' EXIT

ip link set lo up
ip link add host type veth peer name r1 netns "$router"
in_ns "$router" ip link add r2 type veth peer name srv netns "$server"
ip addr add 10.9.1.2/24 dev host
ip addr add fd09:1::2/64 dev host nodad
ip link set host up
in_ns "$router" sh -ec '
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip addr add 10.9.1.1/24 dev r1; ip addr add fd09:1::1/64 dev r1 nodad
	ip addr add 10.9.2.1/24 dev r2; ip addr add fd09:2::1/64 dev r2 nodad
	ip link set lo up; ip link set r1 up; ip link set r2 up
	ip route add prohibit 10.9.3.0/24'
in_ns "$server" sh -ec '
	ip addr add 10.9.2.2/24 dev srv; ip addr add fd09:2::2/64 dev srv nodad
	ip link set lo up; ip link set srv up
	ip route add default via 10.9.2.1; ip -6 route add default via fd09:2::1'
ip route add default via 10.9.1.1
ip -6 route add default via fd09:1::1
sleep 2 # the multicast reports of new addresses

# record NAME COMMANDS: what the host's interface shows of them, with notes.
# None when its folder is not asked for.
wanted=$*
record() {
	case " $wanted " in *" ${1%/*} "*) ;; *) return 0 ;; esac
	out=captures/$1.pcapng
	mkdir -p "$(dirname "$out")"
	"$bin/osilab-trace" -i host -q -w "$out" >/dev/null &
	tracer=$!
	sleep 1
	bash -c "$2" || true # a ping without an answer is meant
	sleep 1
	kill -INT "$tracer"
	wait "$tracer" || true
	tracer=
}

record fragment/ping-and-udp '
	ping -q -n -c 1 -s 4000 10.9.2.2
	ping -q -n -c 1 -s 4000 fd09:2::2
	head -c 5000 /dev/zero | tr "\0" U >/tmp/osilab-5000
	cat /tmp/osilab-5000 >/dev/udp/10.9.2.2/9
	rm -f /tmp/osilab-5000' >/dev/null 2>&1

in_ns "$router" ip link set r2 mtu 1280
in_ns "$server" ip link set srv mtu 1280
record icmp/errors '
	echo hello >/dev/udp/10.9.2.2/9
	ping -q -n -c 1 -t 1 10.9.2.2
	ping -q -n -c 1 -W 1 10.9.3.1
	ping -q -n -c 1 -W 1 10.9.4.1
	ping -q -n -c 1 -W 4 10.9.2.99
	ping -q -n -c 1 -M do -s 1400 10.9.2.2
	ping -q -n -c 2 -s 1400 fd09:2::2' >/dev/null 2>&1

ip neigh flush dev host
record arp/neighbours '
	ping -q -n -c 1 10.9.1.1
	ping -q -n -c 1 fd09:1::1
	ping -q -n -c 1 -W 3 10.9.1.77' >/dev/null 2>&1
in_ns "$router" ip link set r2 mtu 1500
in_ns "$server" ip link set srv mtu 1500

case " $wanted " in *" vantage "*)
	place=/tmp/osilab-vantage.$$
	mkdir -p "$place" captures/vantage
	head -c 9000 /dev/zero | tr '\0' x >"$place/page.txt"
	(exec nsenter -t "$server" -n "$bin/osilab-serve" --http 10.9.2.2:80 --root "$place") >"$place/said" 2>&1 &
	served=$!
	in_ns "$server" ip link set srv gso_max_segs 1 # segments as they are on the wire
	in_ns "$router" nft -f - <<-END
		table ip lab {
			chain forward { type filter hook forward priority 0; numgen inc mod 7 == 5 drop; }
		}
	END
	(exec nsenter -t "$server" -n "$bin/osilab-trace" -i srv -q -w captures/vantage/server.pcapng ip) >/dev/null &
	far=$!
	record vantage/client '
		curl -s -o /dev/null --max-time 20 http://10.9.2.2/page.txt
		ping -q -n -c 4 -i 0.3 -W 1 10.9.2.2'
	kill -INT "$far"
	wait "$far" || true
	far=
	;;
esac
ls -l captures/fragment captures/icmp captures/arp captures/vantage
