-- L01: a few letters across a router, captured on both of its sides.
title("Opening the envelope", "봉투 뜯기")
goal([[A client sends a few letters to an echo server on another network, and gets them back.  On the wire they never
travel alone.  What stands in front of them, and what of it does the router in between write anew?]],
[[클라이언트가 다른 네트워크의 에코 서버에 글자 몇 개를 보내고 돌려받습니다. 선 위에서 글자만 따로 다니는 법은 없습니다.
글자 앞에 무엇이 붙고, 그 가운데 무엇을 중간의 라우터가 새로 쓸까요?]])
claims("S0-18 S0-19 S0-22 S3-01 S3-03 S3-04 S3-06")

local switched = mutant("switched", "one network, no router in between", "라우터 없이 한 네트워크에 있다")
local k, port = draw(12, 36), draw(2000, 30000)
local letters = {}
for i = 1, k do letters[i] = string.char(96 + draw(1, 26)) end
local text = table.concat(letters)

question("front", "You send " .. k .. " letters.  How many bytes stand in front of them in the frame?",
	"글자 " .. k .. "개를 보냅니다. 프레임에서 그 앞에 놓이는 것은 몇 바이트일까요?",
	"The client's capture, the frame that carries the letters.", "클라이언트 캡처에서 글자를 실은 프레임을 보세요.",
	"Ethernet 14, and then what ip.hdr_len and tcp.hdr_len say.", "이더넷 14바이트에 ip.hdr_len과 tcp.hdr_len을 더합니다.",
	"-Y 'tcp_len == " .. k .. "': frame.len less tcp.len", "-Y 'tcp_len == " .. k .. "': frame.len에서 tcp.len을 뺍니다.")
question("changes", "MAC, IP, PORT, TTL: which of them change across the router?  In this order, a blank between.",
	"MAC, IP, PORT, TTL 가운데 라우터를 지나며 바뀌는 것은? 이 순서대로, 빈칸으로 띄어 쓰세요.",
	"Find the same letters in both captures.", "같은 글자를 양쪽 캡처에서 찾으세요.",
	"Compare eth.src and eth.dst, ip.src and ip.dst, tcp.srcport and tcp.dstport, ip.ttl.",
	"eth.src와 eth.dst, ip.src와 ip.dst, tcp.srcport와 tcp.dstport, ip.ttl을 비교하세요.",
	"-Y 'tcp_dstport == " .. port .. " and tcp_len == " .. k .. "', once in each capture",
	"양쪽 캡처에서 각각 -Y 'tcp_dstport == " .. port .. " and tcp_len == " .. k .. "'")
question("frames", "How many frames does this one echo take in all, about?", "이 에코 한 번에 프레임은 모두 몇 개쯤 들까요?",
	"More than two: a connection has to be made, and ended.", "두 개로는 안 됩니다. 연결을 맺고 끊어야 합니다.",
	"Count the client's frames of that port, both ways.", "클라이언트 캡처에서 그 포트의 프레임을 양방향으로 세세요.",
	"-Y 'tcp_srcport == " .. port .. " or tcp_dstport == " .. port .. "'",
	"-Y 'tcp_srcport == " .. port .. " or tcp_dstport == " .. port .. "'")

local there = "tcp_dstport == " .. port .. " and tcp_len == " .. k
local back = "tcp_srcport == " .. port .. " and tcp_len == " .. k
local stream = "tcp_srcport == " .. port .. " or tcp_dstport == " .. port
local echoed

function network()
	host("client") host("server")
	if switched then
		cable("client:c0", "server:s0")
		address("client:c0", "10.9.1.2/16") address("server:s0", "10.9.2.2/16")
	else
		router("r")
		cable("client:c0", "r:r0") cable("r:r1", "server:s0")
		address("client:c0", "10.9.1.2/24") address("r:r0", "10.9.1.1/24")
		address("r:r1", "10.9.2.1/24") address("server:s0", "10.9.2.2/24")
		route("client", "0.0.0.0/0", "10.9.1.1") route("server", "0.0.0.0/0", "10.9.2.1")
	end
	capture("client", "client:c0", "server") capture("server", "server:s0", "client")
end

function steps()
	start("server", "osilab-echo", "--bind", "10.9.2.2", "--port", port)
	echoed = run("client", text, "osilab-talk", "10.9.2.2:" .. port)
end

-- A field of the frame that carries the letters to the server, where the client sent it and where it arrived.
local function both(field)
	return values("client", field, there)[1], values("server", field, there)[1]
end

local function same(...)
	for _, field in ipairs({...}) do
		local sent, arrived = both(field)
		if sent ~= arrived then return false end
	end
	return true
end

function checks()
	local sent, arrived = both("ip.ttl")
	local len, ip, tcp = both("frame.len"), both("ip.hdr_len"), both("tcp.hdr_len")

	check(echoed == text, "the letters came back as they were", "글자가 그대로 되돌아왔다")
	check(#find("client", text) >= 2 and #find("server", text) >= 2, "both captures have them there and back",
		"양쪽 캡처에 가는 것과 오는 것이 모두 있다")
	check(len and len == 14 + ip + tcp + k, "a frame is Ethernet 14, the IP header, the TCP header and the letters",
		"프레임은 이더넷 14바이트, IP 헤더, TCP 헤더, 글자를 더한 길이다")
	check(not same("eth.src") and not same("eth.dst"), "behind the router both MAC addresses are others",
		"라우터를 지나면 두 MAC 주소가 모두 다르다")
	check(same("ip.src", "ip.dst", "tcp.srcport", "tcp.dstport"), "IP addresses and ports are the same",
		"IP 주소와 포트는 그대로다")
	check(sent and arrived == sent - 1, "the router has taken one off the TTL", "라우터가 TTL을 1 줄였다")
	check(#packets("client", "arp and arp_dst_proto_ipv4 == '10.9.2.2'") == 0,
		"nobody asks by ARP for an address on the other side", "반대편 네트워크의 주소를 ARP로 묻는 일은 없다")
end

function answers()
	local a, b = packets("client", there)[1], packets("server", there)[1]
	local len, ip, tcp = both("frame.len"), both("ip.hdr_len"), both("tcp.hdr_len")
	local ttl_c, ttl_s = both("ip.ttl")
	local mac_c, mac_s = both("eth.dst")
	local changed = {}

	for _, row in ipairs({ { "MAC", "eth.src", "eth.dst" }, { "IP", "ip.src", "ip.dst" },
		{ "PORT", "tcp.srcport", "tcp.dstport" }, { "TTL", "ip.ttl" } }) do
		if not same(table.unpack(row, 2)) then changed[#changed + 1] = row[1] end
	end
	answer("front", len - k, string.format("client packet %d: %d = 14 + %d + %d + %d", a, len, ip, tcp, k),
		string.format("클라이언트 패킷 %d번: %d = 14 + %d + %d + %d", a, len, ip, tcp, k))
	answer("changes", #changed > 0 and table.concat(changed, " ") or "none",
		string.format("client packet %d and server packet %d: to %s, then to %s; TTL %d, then %d", a, b, mac_c, mac_s,
			ttl_c, ttl_s),
		string.format("클라이언트 패킷 %d번은 %s로 TTL %d, 서버 패킷 %d번은 %s로 TTL %d", a, mac_c, ttl_c, b, mac_s, ttl_s))
	answer("frames", #packets("client", stream) + 0.0,
		string.format("of them with letters: %d and %d", a, packets("client", back)[1]),
		string.format("그 가운데 글자를 실은 것은 %d번과 %d번", a, packets("client", back)[1]))
	statement("The session layer checks who has logged in.", "세션 계층이 로그인 인증을 확인한다.",
		"Layer 5 is about the dialogue of two programs.  A login is the application's own affair: its cookie stands in the "
		.. "HTTP message, inside the bytes that TCP carries.",
		"5계층은 두 프로그램의 대화를 다룬다. 로그인은 응용의 일이다. 쿠키는 TCP가 나르는 바이트, 곧 HTTP 메시지 안에 있다.")
	statement("IP, ARP and RARP are the internet layer.", "인터넷 계층은 IP, ARP, RARP다.",
		"ARP travels in an Ethernet frame of its own, without an IP header, and no router passes it on; RARP is history.",
		"ARP는 IP 헤더 없이 이더넷 프레임에 바로 실리고 라우터를 넘지 못한다. RARP는 이제 쓰이지 않는다.")
	statement("The physical layer is optical fibre.", "물리 계층은 광케이블이다.",
		"It is whatever carries bits: fibre, copper, radio.  Here it is a pair of virtual interfaces, and no frame knows.",
		"비트를 나르는 것이면 무엇이든 된다. 광케이블, 구리선, 전파. 여기서는 가상 인터페이스 한 쌍이지만 프레임은 모른다.")
end
