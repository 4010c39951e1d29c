-- L23: requests that fail at four layers, and a packet that may cross no router.
title("Which layer is broken?", "어느 계층이 고장 났을까?")
goal([[A client asks for a page in five places.  One answers.  Behind each of the others one layer is broken: nobody has the address, no
way leads there, nobody listens, the program itself gives up.  At the end a datagram goes out that may cross no router.]],
[[클라이언트가 다섯 곳에 페이지를 요청합니다. 한 곳은 답합니다. 나머지는 저마다 한 계층이 고장 나 있습니다. 그 주소를 가진 이가 없거나,
가는 길이 없거나, 듣는 이가 없거나, 프로그램이 못 하겠다고 합니다. 마지막으로 라우터를 하나도 넘지 못하는 데이터그램이 나갑니다.]])
claims("S0-21 S3-03 S3-05 S3-07 S3-08 S3-58")

local healed = mutant("healed", "nothing is broken", "아무것도 고장 나지 않았다")
local delay, port, closed, ttl = draw(5, 15), draw(2000, 9000), draw(10000, 30000), draw(40, 200)
local client, gateway = "10.9.1." .. draw(2, 99), "10.9.1.1"
local server, second = "10.9.2." .. draw(2, 99), "10.9.2." .. draw(100, 199)
local nobody, nowhere = "10.9.1." .. draw(100, 199), "10.9." .. draw(100, 199) .. ".1"
local broken = { "link", "network", "transport", "application" }
local which = broken[draw(1, 4)]
local place = {
	link = nobody .. ":" .. port, network = nowhere .. ":" .. port,
	transport = server .. ":" .. closed, application = server .. ":" .. port,
}
local path = which == "application" and "/status/503" or "/"

question("sign", "The network 10.9.1.0/24 has " .. client .. " and the gateway; behind that, 10.9.2.0/24 has the server, " .. server
	.. " port " .. port .. ".  http://" .. place[which] .. path .. " is asked for.  What does the wire show: arp (asked in vain), icmp, rst or 503?",
	"네트워크 10.9.1.0/24에는 클라이언트(" .. client .. ")와 게이트웨이가, 그 너머 10.9.2.0/24에는 서버(" .. server .. ", 포트 " .. port
	.. ")가 있습니다. http://" .. place[which] .. path .. " 요청에 선에는 무엇이 보일까요? arp(대답 없는 물음), icmp, rst, 503 중 하나",
	"Go up from the bottom: is the address on our own network?", "아래에서부터 따지세요. 우리 네트워크의 주소인가요?",
	"Who is the first that could notice?", "맨 처음 알아차릴 수 있는 것은 누구일까요?",
	"osilab trace -r client.pcapng --ladder", "osilab trace -r client.pcapng --ladder")
question("ttl", "The client sends with a TTL of " .. ttl .. ".  Which TTL arrives at the server?",
	"클라이언트는 TTL " .. ttl .. "로 보냅니다. 서버에 도착하는 TTL은 얼마일까요?",
	"Compare the SYN in both captures.", "양쪽 캡처의 SYN을 비교하세요.", "Every router takes one away.", "라우터마다 하나씩 뺍니다.",
	"ip.ttl", "ip.ttl")
question("hop", "A datagram to the server leaves with a TTL of 1.  Who answers: client, router or server?",
	"서버로 가는 데이터그램이 TTL 1로 떠납니다. 누가 답할까요? client, router, server 중 하나",
	"Who takes the last one away?", "마지막 하나를 빼는 것은 누구일까요?", "It says so with ICMP: time exceeded.", "ICMP time exceeded로 알려 줍니다.",
	"-Y 'icmp_type == 11'", "-Y 'icmp_type == 11'")
question("differs", "The same SYN at the client and at the server: which addresses differ, mac or ip?",
	"같은 SYN을 클라이언트와 서버에서 보면 어느 주소가 다를까요? mac, ip 중 하나",
	"One kind is for the next hop, the other for the whole way.", "한쪽은 다음 홉까지, 다른 쪽은 끝까지 쓰입니다.",
	"eth.src, eth.dst, ip.src, ip.dst", "eth.src, eth.dst, ip.src, ip.dst",
	"The router makes a new frame for the same packet.", "라우터는 같은 패킷을 새 프레임에 싣습니다.")

local syn = "tcp_flags_syn and not tcp_flags_ack and tcp_dstport == " .. port .. " and ip_dst == '" .. server .. "'"
local good

function network()
	host("client") router("r") host("server")
	cable("client:c0", "r:r0", delay, 0, 0) cable("r:r1", "server:s0")
	address("client:c0", client .. "/24") address("r:r0", gateway .. "/24") address("r:r1", "10.9.2.1/24")
	address("server:s0", server .. "/24") address("server:s0", second .. "/24")
	route("client", "0.0.0.0/0", gateway) route("server", "0.0.0.0/0", "10.9.2.1")
	sysctl("client", "ipv4/ip_default_ttl", ttl)
	-- In vain three times all the same, but not for three seconds.
	sysctl("client", "ipv4/neigh/c0/retrans_time_ms", 100)
	capture("client", "client:c0", "server") capture("server", "server:s0", "client")
end

local function ask(where, what)
	return run("client", "GET " .. what .. " HTTP/1.1\r\nHost: " .. where .. "\r\nConnection: close\r\n\r\n", "osilab-talk",
		"--timeout", "5", where)
end

function steps()
	start("server", "osilab-serve", "--http", "0.0.0.0:" .. port)
	good = ask(server .. ":" .. port, "/")
	ask(second .. ":" .. port, "/")
	for _, layer in ipairs(broken) do
		ask(healed and server .. ":" .. port or place[layer], layer == "application" and not healed and "/status/503" or "/")
	end
	sysctl("client", "ipv4/ip_default_ttl", healed and ttl or 1)
	run("client", "hello\n", "osilab-talk", "--udp", "--wait", "0", server .. ":7")
	sysctl("client", "ipv4/ip_default_ttl", ttl)
end

-- The packets that are the signature of that layer.
local function signature(layer)
	if layer == "link" then return packets("client", "arp and arp_opcode == 1 and arp_dst_proto_ipv4 == '" .. nobody .. "'") end
	if layer == "network" then
		return packets("client", "icmp and ip_src == '" .. gateway .. "' and note('icmp.no_route')")
	end
	if layer == "transport" then return packets("client", "tcp_flags_reset and tcp_srcport == " .. closed) end
	return packets("client", "http_response_code == 503")
end

local name = { link = "arp", network = "icmp", transport = "rst", application = "503" }

local function exceeded()
	return packets("client", "icmp and icmp_type == 11"), values("client", "ip.src", "icmp and icmp_type == 11")[1]
end

-- The first value of that field in the SYN of the good request, at both ends.
local function both(field)
	return values("client", field, syn)[1], values("server", field, syn)[1]
end

function checks()
	local ttl_here, ttl_there = both("ip.ttl")
	local from_here, from_there = both("eth.src")
	local ip_here, ip_there = both("ip.src")
	local macs = values("server", "arp.src.hw_mac", "arp and arp_opcode == 2 and (arp_src_proto_ipv4 == '" .. server
		.. "' or arp_src_proto_ipv4 == '" .. second .. "')")

	check(good:find("200 OK", 1, true), "where nothing is broken the page comes", "고장 나지 않은 곳에서는 페이지가 온다")
	check(#signature("link") == 3 and #packets("client", "ip_dst == '" .. nobody .. "'") == 0,
		"an address that nobody has: ARP asks three times, and no IP packet ever leaves", "주인 없는 주소: ARP가 세 번 묻고 IP 패킷은 하나도 나가지 않는다")
	check(#signature("network") >= 1, "a network to which no way leads: the router says so, with ICMP", "길이 없는 네트워크: 라우터가 ICMP로 알린다")
	check(#signature("transport") == 1, "a port where nobody listens: RST, from the host itself", "듣는 이 없는 포트: 호스트가 직접 RST로 답한다")
	check(#signature("application") == 1, "a program that gives up: all layers below are fine, the answer is 503",
		"못 하겠다는 프로그램: 아래 계층은 모두 멀쩡하고 응답은 503이다")
	check(ttl_here == ttl and ttl_there == ttl - 1, "the router took one off the TTL", "라우터가 TTL을 하나 뺐다")
	check(from_here ~= from_there and ip_here == ip_there, "it made a new frame for the same packet", "같은 패킷을 새 프레임에 실었다")
	check(#exceeded() >= 1, "what has no hops left is answered with time exceeded", "홉이 남지 않은 것에는 time exceeded가 돌아온다")
	check(#packets("server", "arp and arp_src_proto_ipv4 == '" .. client .. "'") == 0 and values("client", "eth.type", "arp")[1] == 0x0806,
		"the client's ARP is a frame of its own kind (0x0806), and never passes the router", "클라이언트의 ARP는 따로 정해진 프레임(0x0806)이고 라우터를 넘지 못한다")
	check(#macs >= 2 and macs[1] == macs[#macs], "one interface answers for both of its addresses", "인터페이스 하나가 두 주소에 모두 답한다")
	check(tonumber(from_here:sub(1, 2), 16) & 2 == 2, "the client's hardware address was given by software: the locally administered bit is set",
		"클라이언트의 MAC 주소는 소프트웨어가 정했다. 로컬 관리 비트가 켜져 있다")
end

function answers()
	local shown = signature(which)
	local ttl_here, ttl_there = both("ip.ttl")
	local mac_here, mac_there = both("eth.src")
	local ip_here, ip_there = both("ip.src")
	local late, who = exceeded()

	answer("sign", #shown > 0 and name[which] or "none", #shown .. " packets at the client, the first is " .. (shown[1] or 0),
		"클라이언트 패킷 " .. #shown .. "개, 처음은 " .. (shown[1] or 0) .. "번")
	answer("ttl", ttl_there or 0, "it left with " .. (ttl_here or 0), "떠날 때는 " .. (ttl_here or 0))
	answer("hop", who == gateway and "router" or who == server and "server" or "nobody", "time exceeded from " .. (who or "nobody") .. ", client packet " .. (late[1] or 0),
		"time exceeded를 보낸 주소는 " .. (who or "없음") .. ", 클라이언트 패킷 " .. (late[1] or 0) .. "번")
	answer("differs", mac_here ~= mac_there and ip_here == ip_there and "mac" or "ip", string.format("source at the client: %s, %s; at the server: %s, %s", mac_here, ip_here, mac_there, ip_there),
		string.format("출발지는 클라이언트에서 %s, %s, 서버에서 %s, %s", mac_here, ip_here, mac_there, ip_there))
	statement("The data link layer finds the way to the next network.", "데이터 링크 계층이 다음 네트워크로 가는 길을 찾는다.",
		"It brings a frame to the next hop on the same link.  The way is found by IP, with the routing table of each router.",
		"같은 링크에 있는 다음 홉까지 프레임을 나를 뿐이다. 길은 IP가 라우터마다 라우팅 테이블을 보고 찾는다.")
	statement("A MAC address is unique and burnt in.", "MAC 주소는 하드웨어에 새겨진 고유 번호다.",
		"It can be set, and phones change it on purpose.  It has to be unique on its link, and means nothing beyond.",
		"바꿀 수 있고, 휴대 전화는 일부러 바꾼다. 같은 링크 안에서만 겹치지 않으면 되고, 그 밖에서는 아무 뜻도 없다.")
end
