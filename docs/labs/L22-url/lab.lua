-- L22: from a name to the first byte of a page: ARP, DNS, TCP, TLS, HTTP.
title("What happens when you type www.lab.test", "www.lab.test를 치면 일어나는 일")
goal([[A client that has talked to nobody yet fetches https://www.lab.test/ twice, over one connection.  The resolver and the
server live behind a router.  In which order do the questions go out, to whom, and how long does each make you wait?]],
[[아직 아무와도 말해 보지 않은 클라이언트가 https://www.lab.test/를 한 연결로 두 번 가져옵니다. 리졸버와 서버는 라우터
너머에 있습니다. 질문은 어떤 순서로 누구에게 나가고, 각각 얼마나 기다리게 할까요?]])
claims("S1-01 S3-62 S3-63 S3-64 S3-65")
needs("dnsmasq")

local near = mutant("near", "server and resolver are on the client's own network", "서버와 리졸버가 클라이언트와 같은 네트워크에 있다")
local known = mutant("known", "the name stands in the hosts file", "이름이 hosts 파일에 있다")
local delay = draw(15, 40)
local client = "10.9.1." .. draw(2, 99)
local gateway, resolver_at, server = "10.9.1.1", "10.9.2." .. draw(2, 99), "10.9.3." .. draw(2, 99)

question("first", "What goes out first: ARP, DNS, SYN or ClientHello?", "가장 먼저 나가는 것은? ARP, DNS, SYN, ClientHello 중 하나",
	"A packet needs a frame, and a frame needs an address to go to.", "패킷은 프레임에 실려야 하고, 프레임에는 받는 주소가 있어야 합니다.",
	"Look at the first frame of the client's capture.", "클라이언트 캡처의 첫 프레임을 보세요.",
	"osilab trace -r client.pcapng -c 3", "osilab trace -r client.pcapng -c 3")
question("whose", "Whose hardware address does the client ask for with ARP: that of the server, resolver or gateway?",
	"클라이언트가 ARP로 묻는 것은 누구의 MAC 주소일까요? server, resolver, gateway 중 하나",
	"A broadcast does not leave its network.", "브로드캐스트는 자기 네트워크를 벗어나지 못합니다.",
	"arp.dst.proto_ipv4 is the address asked for.", "arp.dst.proto_ipv4가 묻는 주소입니다.",
	"-Y 'arp_opcode == 1'", "-Y 'arp_opcode == 1'")
question("cold", "How many round trips pass until the first byte of the first page is there?",
	"첫 페이지의 첫 바이트가 올 때까지 왕복은 몇 번일까요?",
	"ARP, DNS, TCP, TLS, HTTP: which of them wait for an answer?", "ARP, DNS, TCP, TLS, HTTP 가운데 답을 기다리는 것은?",
	"TLS 1.3 takes one.", "TLS 1.3은 한 번입니다.", "osilab trace -r client.pcapng --ladder", "osilab trace -r client.pcapng --ladder")
question("warm", "And for the second page, over the same connection?", "같은 연결로 가져오는 두 번째 페이지는요?",
	"What is still to be asked?", "아직 물어야 할 것이 남았나요?", "Name, route and keys are known.", "이름도 경로도 열쇠도 압니다.",
	"Only the request itself waits for its answer.", "요청만 답을 기다립니다.")

local request = "http_request_method and tcp_dstport == 443"
local asks = "arp and arp_opcode == 1 and arp_src_proto_ipv4 == '" .. client .. "'"
local query = "dns and not dns_flags_response"
local syn = "tcp_flags_syn and not tcp_flags_ack and tcp_dstport == 443"
local hello = "tls_handshake_type == 1"
local pages, code

-- One port of the middle for each of the three; it is a switch when they are neighbours.
function network()
	local size = near and "/16" or "/24"

	host("client") host("dns") host("www")
	if near then bridge("middle") else router("middle") end
	cable("client:c0", "middle:m1", delay, 0, 0)
	cable("dns:d0", "middle:m2") cable("www:w0", "middle:m3")
	address("client:c0", client .. size) address("dns:d0", resolver_at .. size) address("www:w0", server .. size)
	if not near then
		for i, at in ipairs({ "client", "dns", "www" }) do
			address("middle:m" .. i, "10.9." .. i .. ".1/24")
			route(at, "0.0.0.0/0", "10.9." .. i .. ".1")
		end
	end
	if known then hosts(server .. " www.lab.test") end
	resolver(resolver_at)
	capture("client", "client:c0", "www") capture("server", "www:w0", "client")
end

function steps()
	local url = "https://www.lab.test/"

	run("www", "", "osilab-ca", "--dir", "ca", "init")
	run("www", "", "osilab-ca", "--dir", "ca", "issue", "www.lab.test")
	serve("dns", "udp/53", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=", "--group=",
		"--pid-file=", "--no-resolv", "--no-hosts", "--listen-address=" .. resolver_at, "--bind-interfaces",
		"--local=/lab.test/", "--host-record=www.lab.test," .. server)
	start("www", "osilab-serve", "--https", server .. ":443", "--cert", "ca/www.lab.test.crt", "--key", "ca/www.lab.test.key",
		"--keylog", "keys.log")
	if have("curl") then
		pages, code = run("client", "", "curl", "--silent", "--http1.1", "--cacert", "ca/root.crt", url, url)
	else
		tell("There is no curl here; osilab load asks in its place.", "curl이 없어 osilab load가 대신 요청합니다.")
		pages, code = run("client", "", "osilab-load", "--count", "2", "--connections", "1", "--ca", "ca/root.crt", url)
	end
	keys("keys.log")
end

-- The first packet that is so, behind packet `from`.
local function first(expression, from)
	return packets("client", "(" .. expression .. ") and number > " .. (from or 0))[1]
end

-- What an answer is: not a bare acknowledgement, and not a ticket for later, which nobody waits for.
local spoken = "(arp or dns or tcp_flags_syn or (tcp_len and tcp_len > 0)) and not "
	.. "(tls_handshake_type == 4 and not http_response_code)"

-- How often the client waited for an answer from packet `from` to packet `to`.
local function waits(from, to)
	local mine, speaks, count = {}, false, 0

	for _, n in ipairs(packets("client", "ip_src == '" .. client .. "' or arp_src_proto_ipv4 == '" .. client .. "'")) do
		mine[n] = true
	end
	for _, n in ipairs(packets("client", spoken .. " and number >= " .. from .. " and number <= " .. to)) do
		if speaks and not mine[n] then count = count + 1 end
		speaks = mine[n]
	end
	return count
end

-- The packets in which a page is asked for, and those in which the first byte of the answer comes.
local function page(n)
	local get = packets("client", request)[n]
	return get, get and first("tcp_srcport == 443 and " .. spoken, get)
end

local function at(n)
	return n and values("client", "frame.time_relative", "number == " .. n)[1] or 0
end

local function known_as(address)
	return ({ [gateway] = "gateway", [resolver_at] = "resolver", [server] = "server" })[address] or address
end

function checks()
	local asked = values("client", "arp.dst.proto_ipv4", asks)
	local _, got = page(1)
	local second, again = page(2)
	local arp, dns, opened, shake = first(asks), first(query), first(syn), first(hello)
	local ids, answered = values("client", "dns.id", query), values("client", "dns.id", "dns and dns_flags_response")
	local only, paired = #asked > 0, #ids > 0 and #ids == #answered

	for _, address in ipairs(asked) do only = only and address == gateway end
	for i, id in ipairs(ids) do
		local found = false
		for _, other in ipairs(answered) do found = found or other == id end
		paired = paired and found
	end
	check(code == 0 and got and again, "both pages came", "두 페이지가 모두 왔다")
	check(arp and dns and opened and shake and arp < dns and dns < opened and opened < shake and shake < (page(1) or 0),
		"in this order: ARP, DNS, SYN, ClientHello, GET", "순서는 ARP, DNS, SYN, ClientHello, GET")
	check(only, "ARP asked for the gateway and for nobody else", "ARP는 게이트웨이만 물었다")
	check(paired, "every DNS answer has the id of a question", "DNS 응답마다 질문과 같은 id가 있다")
	check(values("client", "dns.a", "dns_flags_response and dns_a")[1] == values("client", "ip.dst", syn)[1],
		"the connection goes to the address that DNS gave", "연결은 DNS가 알려 준 주소로 간다")
	check(values("client", "eth.dst", syn)[1] == values("client", "arp.src.hw_mac", "arp_opcode == 2")[1],
		"but its frames go to the hardware address of the gateway", "그 프레임은 게이트웨이의 MAC 주소로 간다")
	check(#packets("client", syn) == 1 and #packets("client", request) == 2, "one connection carried both requests",
		"한 연결이 두 요청을 날랐다")
	check(waits(1, got or 1) >= 5 and again and waits(second, again) == 1,
		"five round trips or more until the first byte of the first page, one for that of the second",
		"첫 페이지의 첫 바이트까지 왕복 다섯 번 이상, 두 번째 페이지는 한 번")
	check(got and at(got) - at(arp) >= 10 * delay / 1000, "which shows in the time, too", "시간으로도 드러난다")
end

function answers()
	local names = { ARP = first(asks), DNS = first(query), SYN = first(syn), ClientHello = first(hello) }
	local order, order_ko, asked, early = "", "", values("client", "arp.dst.proto_ipv4", asks)[1] or "nobody", "SYN"
	local get, got = page(1)
	local second, again = page(2)

	get, got, second, again = get or 1, got or 1, second or 1, again or 1
	for _, name in ipairs({ "ARP", "DNS", "SYN", "ClientHello" }) do
		if names[name] then
			order = order .. string.format("%s%s %d (%.0f ms)", order == "" and "" or ", ", name, names[name],
				(at(names[name]) - at(first(spoken))) * 1000)
			if names[name] < (names[early] or 1e9) then early = name end
		end
	end
	order = order .. string.format(", GET %d (%.0f ms)", get, (at(get) - at(first(spoken))) * 1000)
	answer("first", early, "client packets: " .. order, "클라이언트 패킷: " .. order)
	answer("whose", known_as(asked), "asked for: " .. asked .. ", in packet " .. (first(asks) or 0),
		"물은 주소는 " .. asked .. ", 패킷 " .. (first(asks) or 0) .. "번")
	answer("cold", waits(1, got), string.format("client packet %d, %.0f ms after the first; one round trip takes %d ms", got,
		(at(got) - at(first(spoken))) * 1000, 2 * delay),
		string.format("클라이언트 패킷 %d번, 처음에서 %.0f ms 뒤. 왕복 한 번은 %d ms", got, (at(got) - at(first(spoken))) * 1000, 2 * delay))
	answer("warm", waits(second, again), string.format("client packets %d and %d, %.0f ms apart", second, again,
		(at(again) - at(second)) * 1000),
		string.format("클라이언트 패킷 %d번과 %d번, %.0f ms 간격", second, again, (at(again) - at(second)) * 1000))
	statement("DNS gives the IP address, then ARP finds the server's MAC address for it.",
		"DNS로 IP 주소를 받은 다음, ARP로 그 서버의 MAC 주소를 찾는다.",
		"ARP comes first, for the next hop: without it not even the question to the resolver can leave.  The MAC address of a "
		.. "server behind a router is never seen.",
		"ARP가 먼저이고 묻는 것은 다음 홉이다. 그것 없이는 리졸버에게 보낼 질문조차 나가지 못한다. 라우터 너머 서버의 MAC 주소는 볼 일이 없다.")
	statement("DNS is the Domain Name Server that turns a name into an IP address.", "DNS는 이름을 IP로 바꿔 주는 Domain Name Server다.",
		"System, not server: caches and the hosts file are asked before any resolver is.  And not for one address: A and AAAA are asked "
		.. "for at once.",
		"Server가 아니라 System이다. 리졸버보다 캐시와 hosts 파일이 먼저이고, 주소도 하나만 묻지 않는다. A와 AAAA를 한꺼번에 묻는다.")
end
