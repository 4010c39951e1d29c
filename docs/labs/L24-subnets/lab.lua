-- L24: a mask decides whom ARP asks for, the longest prefix decides the way, and a router hides who is behind it.
title("Subnets, routes and NAT", "서브넷, 경로, NAT")
goal([[A client with an address and a mask talks to somebody on its switch, and to a server behind two routers.  One of them
translates addresses, the other does not.  Then the server tries to open a connection itself.]],
[[주소와 마스크가 있는 클라이언트가 같은 스위치의 누군가와, 그리고 라우터 두 대 너머의 서버와 이야기합니다. 라우터 하나는 주소를
변환하고 하나는 하지 않습니다. 마지막으로 서버가 먼저 연결을 열어 봅니다.]])
claims("S3-14 S3-60 S3-61 S4-47")
needs("nft")

local open = mutant("open", "no router translates addresses", "주소를 변환하는 라우터가 없다")
local single = mutant("single", "the client has no second route", "클라이언트에 두 번째 경로가 없다")
local length = draw(25, 28)
local size = 1 << (32 - length)
local block, mine = draw(0, 256 // size - 1), draw(2, size - 2)
local inside = draw(0, 1) == 1
-- Somebody else's number: of the client's own block or, under its mask, of another one.
local other = inside and block * size + 2 + (mine - 2 + draw(1, size - 4)) % (size - 3)
	or (block + draw(1, 256 // size - 1)) % (256 // size) * size + draw(2, size - 2)
local lan, public = "10.9.1.", "203.0.113."
local client, gateway, peer = lan .. block * size + mine, lan .. block * size + 1, lan .. other
local second = lan .. block * size + (mine == 2 and 3 or 2)
local delay, port, hidden = draw(2, 8), draw(2000, 9000), draw(10000, 30000)
if peer == second then second = lan .. block * size + (mine ~= 4 and 4 or 5) end
local low, high = public .. draw(10, 99), public .. draw(130, 240)

question("asks", "The client is " .. client .. "/" .. length .. " with gateway " .. gateway .. ".  It sends to " .. peer
	.. ", which is on the same switch.  Whom does ARP ask for: peer or gateway?",
	"클라이언트는 " .. client .. "/" .. length .. ", 게이트웨이는 " .. gateway .. "입니다. 같은 스위치에 있는 " .. peer
	.. " 쪽으로 보낼 때 ARP는 누구를 물을까요? peer, gateway 중 하나",
	"The switch does not come into it: the client decides by its mask.", "스위치는 상관없습니다. 클라이언트가 마스크로 판단합니다.",
	"Compare (own address AND mask) with (other address AND mask).", "(내 주소 AND 마스크)와 (상대 주소 AND 마스크)를 비교하세요.",
	"A block of /" .. length .. " has " .. size .. " addresses.", "/" .. length .. " 블록에는 주소가 " .. size .. "개 있습니다.")
question("way", "The client has a default route by the gateway, and 203.0.113.128/25 by another router.  Which of them carries what goes to "
	.. high .. ": gateway or other?",
	"클라이언트에는 게이트웨이로 가는 기본 경로와, 다른 라우터로 가는 203.0.113.128/25 경로가 있습니다. " .. high
	.. " 앞으로 가는 것은 누가 나를까요? gateway, other 중 하나",
	"Both routes fit.", "두 경로가 모두 맞습니다.", "The longest prefix that fits is taken.", "맞는 것 가운데 가장 긴 프리픽스를 씁니다.",
	"Compare eth.dst of the two SYNs.", "두 SYN의 eth.dst를 비교하세요.")
question("source", "The gateway masquerades.  Whose address does the server see when the client asks " .. low .. ": client or gateway?",
	"게이트웨이가 masquerade를 합니다. 클라이언트가 " .. low .. " 앞으로 요청하면 서버에는 누구의 주소가 보일까요? client, gateway 중 하나",
	"Look at the server's capture.", "서버 캡처를 보세요.", "ip.src of the SYN", "SYN의 ip.src",
	"Compare it with that of the client's capture.", "클라이언트 캡처의 것과 비교하세요.")
question("inbound", "The server connects to the gateway's public address, to a port on which a program of the client listens.  Does that reach the client?  yes or no",
	"서버가 게이트웨이의 공인 주소로 연결합니다. 클라이언트에서 프로그램이 기다리는 바로 그 포트입니다. 클라이언트에 닿을까요? yes, no 중 하나",
	"What would the gateway have to know?", "게이트웨이는 무엇을 알아야 할까요?",
	"It translates back what somebody inside has begun.", "안에서 시작한 것만 되돌려 변환합니다.",
	"Look for a SYN from outside in the client's capture.", "클라이언트 캡처에서 밖에서 온 SYN을 찾으세요.")

local echoed, refused = {}

function network()
	host("client") host("peer") router("gateway") router("other") host("server") bridge("switch") bridge("street")
	cable("client:c0", "switch:p0", delay, 0, 0)
	cable("peer:q0", "switch:p1") cable("gateway:g0", "switch:p2") cable("other:o0", "switch:p3")
	cable("gateway:g1", "street:p0") cable("other:o1", "street:p1") cable("server:s0", "street:p2")
	address("client:c0", client .. "/" .. length) address("peer:q0", peer .. "/24")
	address("gateway:g0", gateway .. "/24") address("other:o0", second .. "/24")
	address("gateway:g1", public .. "1/24") address("other:o1", public .. "2/24")
	address("server:s0", low .. "/24") address("server:s0", high .. "/24")
	route("client", "0.0.0.0/0", gateway)
	if not single then route("client", public .. "128/25", second) end
	route("server", lan .. "0/24", public .. "2")
	-- What goes out where it came in is forwarded without advice, so that the client does as its mask says.
	for _, where in ipairs({ "all", "g0", "default" }) do sysctl("gateway", "ipv4/conf/" .. where .. "/send_redirects", 0) end
	if not open then
		nft("gateway", "table ip nat {\n chain out {\n  type nat hook postrouting priority 100\n  oifname g1 masquerade\n }\n}\n")
	end
	capture("client", "client:c0", "server") capture("server", "server:s0", "client")
end

function steps()
	start("peer", "osilab-echo", "--bind", "0.0.0.0", "--port", port)
	start("server", "osilab-echo", "--bind", "0.0.0.0", "--port", port)
	start("client", "osilab-echo", "--bind", "0.0.0.0", "--port", hidden)
	for i, where in ipairs({ peer, low, high }) do echoed[i] = run("client", "hello\n", "osilab-talk", where .. ":" .. port) end
	local _, code = run("server", "hello\n", "osilab-talk", "--timeout", "2", public .. "1:" .. hidden)
	refused = code ~= 0
end

local function syn(to)
	return "tcp_flags_syn and not tcp_flags_ack and ip_dst == '" .. to .. "'"
end

local function first(where, field, expression)
	return values(where, field, expression)[1]
end

-- Who owns that hardware address, by what ARP said to the client.
local function owner(mac)
	for name, ip in pairs({ peer = peer, gateway = gateway, other = second }) do
		if first("client", "arp.src.hw_mac", "arp and arp_src_proto_ipv4 == '" .. ip .. "'") == mac then return name end
	end
	return "nobody"
end

-- The rule: the same network when both agree in all bits of the mask.
local function expected()
	return other // size == block and "peer" or "gateway"
end

local function via(to)
	return owner(first("client", "eth.dst", syn(to)) or "")
end

local function from_outside()
	return packets("client", "tcp_dstport == " .. hidden .. " and tcp_flags_syn")
end

function checks()
	check(echoed[1] == "hello\n" and echoed[2] == "hello\n" and echoed[3] == "hello\n", "all three answered", "셋 모두 답했다")
	check(via(peer) == expected(), "address AND mask says who ARP asked for: the " .. expected(), "ARP가 물은 상대는 주소 AND 마스크가 말하는 대로다: " .. expected())
	check(via(low) == "gateway" and via(high) == "other", "of two routes that fit the longer prefix was taken",
		"맞는 두 경로 가운데 프리픽스가 긴 쪽을 썼다")
	check(first("server", "ip.src", syn(low)) == public .. "1", "the server saw the gateway's address", "서버는 게이트웨이의 주소를 보았다")
	check(first("server", "ip.src", syn(high)) == client, "by the router that translates nothing it saw the client's", "변환하지 않는 라우터로는 클라이언트의 주소를 보았다")
	check(first("client", "ip.src", syn(low)) == client, "the client itself sent with its own", "클라이언트는 제 주소로 보냈다")
	check(refused and #from_outside() == 0, "what the server began did not reach the client", "서버가 시작한 연결은 클라이언트에 닿지 않았다")
end

function answers()
	local asked, saw = via(peer), first("server", "ip.src", syn(low)) or "-"

	local to, sum = packets("client", syn(peer))[1] or 0, string.format("%d -> %d, %d -> %d", block * size + mine, block, other, other // size)

	answer("asks", asked, string.format("client packet %d goes to the %s; last numbers divided by %d: %s", to, asked, size, sum),
		string.format("클라이언트 패킷 %d번이 %s 쪽으로 간다. 주소 끝자리를 %d 단위로 나눈 몫: %s", to, asked, size, sum))
	answer("way", via(high), "client packet " .. (packets("client", syn(high))[1] or 0), "클라이언트 패킷 " .. (packets("client", syn(high))[1] or 0) .. "번")
	answer("source", saw == client and "client" or "gateway", "server packet " .. (packets("server", syn(low))[1] or 0) .. ": from " .. saw,
		"서버 패킷 " .. (packets("server", syn(low))[1] or 0) .. "번의 출발지: " .. saw)
	answer("inbound", #from_outside() > 0 and "yes" or "no", #from_outside() .. " SYNs from outside in the client's capture",
		"클라이언트 캡처에 밖에서 온 SYN은 " .. #from_outside() .. "개")
	statement("A subnet has priority over the network around it.", "서브넷은 더 큰 네트워크보다 우선순위가 높다.",
		"A subnet is a range of addresses.  What has an order are routes: of all that fit, the longest prefix is taken.",
		"서브넷은 주소 범위일 뿐이다. 순서가 있는 것은 경로이고, 맞는 것 가운데 가장 긴 프리픽스를 고른다.")
	statement("Private means not connected to the Internet.", "프라이빗은 인터넷에 연결되지 않은 것이다.",
		"It means that nobody outside can address it.  By a router that translates it may well go out; in comes only what it has begun.",
		"밖에서 그 주소로 보낼 수 없다는 뜻이다. 주소를 변환하는 라우터를 거치면 나갈 수 있고, 들어오는 것은 안에서 시작한 것의 응답뿐이다.")
end
