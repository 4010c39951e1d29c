-- L07: the same requests over one connection, and over one each.
title("Keep-alive and the forgetful server", "keep-alive와 기억하지 못하는 서버")
goal([[A client asks several times over one connection, then as often over a new connection for each.  What does
keeping it save, and does the server know that it is the same client?]],
[[클라이언트가 한 연결로 여러 번 요청하고, 다시 요청마다 새 연결로 같은 횟수를 요청합니다. 연결을 유지하면 무엇을
아낄 수 있고, 서버는 같은 클라이언트라는 것을 알까요?]])
claims("S1-05 S3-42 S3-44 S3-54 S4-02 S4-03 S4-04")

local closing = mutant("closing", "every request asks to close the connection", "모든 요청이 연결을 닫아 달라고 한다")
local k, kept, single = draw(3, 5), draw(2000, 15000), draw(16000, 30000)

question("kept", "How many SYNs for " .. k .. " requests over a connection that is kept?",
	"연결을 유지한 요청 " .. k .. "번에 SYN은 몇 개일까요?",
	"A SYN opens a connection.", "SYN은 연결을 여는 것입니다.", "Count them towards port " .. kept .. ".",
	kept .. "번 포트로 가는 것을 세세요.", "-Y 'tcp_dstport == " .. kept .. " and tcp_flags_syn'",
	"-Y 'tcp_dstport == " .. kept .. " and tcp_flags_syn'")
question("single", "And for " .. k .. " requests with Connection: close?", "Connection: close를 붙인 요청 " .. k .. "번에는?",
	"Who closes, and when?", "누가 언제 닫을까요?", "Count them towards port " .. single .. ".",
	single .. "번 포트로 가는 것을 세세요.", "-Y 'tcp_dstport == " .. single .. " and tcp_flags_syn'",
	"-Y 'tcp_dstport == " .. single .. " and tcp_flags_syn'")
question("known", "/me says who you are.  The second request over the same connection, without a cookie: which status?",
	"/me는 누구인지 알려 줍니다. 같은 연결의 두 번째 요청에 쿠키가 없으면 상태 코드는?",
	"What does the second request carry that says whose it is?", "두 번째 요청에 누구의 것인지 알려 주는 것이 있나요?",
	"HTTP is stateless: each request is understood by itself.", "HTTP는 무상태입니다. 요청은 저마다 그 자체로 해석됩니다.",
	"-Y http_response_code", "-Y http_response_code")

local function requests(port, close)
	return "GET /me HTTP/1.1\r\nHost: 10.9.1.2:" .. port .. "\r\n" .. (close and "Connection: close\r\n" or "")
		.. "\r\n"
end

function network()
	wire("10.9.1.1/24", "10.9.1.2/24", draw(1, 5), 0, 0)
end

function steps()
	local last = requests(kept, true)

	start("server", "osilab-serve", "--http", "10.9.1.2:" .. kept)
	start("server", "osilab-serve", "--http", "10.9.1.2:" .. single)
	if closing then
		for _ = 1, k do run("client", last, "osilab-talk", "10.9.1.2:" .. kept) end
	else
		run("client", string.rep(requests(kept), k - 1) .. last, "osilab-talk", "10.9.1.2:" .. kept)
	end
	for _ = 1, k do run("client", requests(single, true), "osilab-talk", "10.9.1.2:" .. single) end
end

local function syns(port)
	return packets("client", "tcp_dstport == " .. port .. " and tcp_flags_syn")
end

-- Of all messages, also where a packet has several.
local function codes(port)
	return values("client", "http.response.code", "tcp_srcport == " .. port .. " and http_response_code")
end

function checks()
	check(#syns(kept) == 1, "one SYN for all requests over the connection that is kept", "유지한 연결의 모든 요청에 SYN은 하나")
	check(#syns(single) == k, "a SYN for every request with Connection: close", "Connection: close인 요청마다 SYN 하나")
	check(#packets("client", "tcp_dstport == " .. kept .. " and http_cookie") == 0, "no request carries a cookie",
		"쿠키를 실은 요청은 없다")
	check(codes(kept)[1] == 401 and codes(single)[1] == 401, "nobody is known: 401", "아무도 알아보지 못한다. 401")
end

function answers()
	local a, b = syns(kept), syns(single)
	local few = #packets("client", "tcp_srcport == " .. kept .. " or tcp_dstport == " .. kept)
	local many = #packets("client", "tcp_srcport == " .. single .. " or tcp_dstport == " .. single)

	answer("kept", #a, string.format("client packet %d; %d packets in all", a[1], few),
		string.format("클라이언트 패킷 %d번, 모두 %d패킷", a[1], few))
	answer("single", #b, string.format("the first is client packet %d; %d packets in all", b[1], many),
		string.format("첫 번째는 클라이언트 패킷 %d번, 모두 %d패킷", b[1], many))
	answer("known", codes(kept)[#codes(kept)], "the last answer on port " .. kept, kept .. "번 포트의 마지막 응답")
	statement("Keep-alive keeps the user logged in.", "keep-alive가 로그인 상태를 유지해 준다.",
		"It keeps the TCP connection.  Who is asking, each request says anew, by its cookie.",
		"유지되는 것은 TCP 연결이다. 누가 요청하는지는 요청마다 쿠키로 다시 알려야 한다.")
end
