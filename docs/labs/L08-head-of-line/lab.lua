-- L08: an answer that takes long, and one behind it on the same connection.
title("Head of line in HTTP/1.1", "HTTP/1.1의 줄 맨 앞")
goal([[A client sends two requests at once over one connection; the first takes the server long.  Then it asks the same over two
connections.  Then it fetches many small pieces, one after the other.  Who waits for whom?]],
[[클라이언트가 한 연결로 두 요청을 한꺼번에 보내는데, 첫 번째가 서버에서 오래 걸립니다. 다음에는 같은 요청을 두 연결로 보냅니다.
마지막으로 작은 조각 여러 개를 하나씩 가져옵니다. 누가 누구를 기다릴까요?]])
claims("S3-45 S4-10 S4-12")

local apart = mutant("apart", "the second request has a connection of its own from the start", "두 번째 요청은 처음부터 제 연결을 쓴다")
local slow, delay, pieces = draw(5, 8) * 100, draw(5, 15), draw(8, 16)
local one, two, small = draw(2000, 9000), draw(10000, 19000), draw(20000, 30000)

question("segments", "How many segments carry the two requests of the first part?", "첫 부분의 두 요청은 세그먼트 몇 개에 실릴까요?",
	"Both are handed to TCP at once, and they are short.", "둘 다 한꺼번에 TCP에 넘겨지고, 짧습니다.",
	"Count the segments with data towards port " .. one .. ".", one .. "번 포트로 가는 데이터 세그먼트를 세세요.",
	"-Y 'tcp_dstport == " .. one .. " and tcp_len > 0'", "-Y 'tcp_dstport == " .. one .. " and tcp_len > 0'")
question("second", "The first answer takes the server " .. slow .. " ms, the second none.  After how many ms is the second there?",
	"첫 응답은 서버에서 " .. slow .. " ms가 걸리고 두 번째는 바로입니다. 두 번째 응답은 몇 ms 뒤에 올까요?",
	"Nothing in an answer says which request it belongs to.", "응답에는 어느 요청의 것인지 적혀 있지 않습니다.",
	"So the order has to say it (RFC 9112 9.3.2).", "그래서 순서로 알 수밖에 없습니다. (RFC 9112 9.3.2)",
	"-Y 'tcp_srcport == " .. one .. " and http_response_code'", "-Y 'tcp_srcport == " .. one .. " and http_response_code'")
question("cure", "What lets the second answer pass the first: compression, keepalive or connection (a second one)?",
	"두 번째 응답이 첫 번째를 앞지르게 하는 것은? compression, keepalive, connection(연결을 하나 더) 중 하나",
	"The order counts within one connection.", "순서는 한 연결 안에서만 따집니다.",
	"Compare the answers on port " .. two .. ".", two .. "번 포트의 응답을 비교하세요.",
	"-Y 'tcp_srcport == " .. two .. " and http_response_code'", "-Y 'tcp_srcport == " .. two .. " and http_response_code'")
question("trips", pieces .. " pieces are fetched one after the other over one connection.  How many times does the client wait for an answer?",
	"조각 " .. pieces .. "개를 한 연결로 하나씩 가져옵니다. 클라이언트는 응답을 몇 번 기다릴까요?",
	"The next request leaves when the answer is there.", "다음 요청은 응답이 와야 나갑니다.",
	"Count the requests, if each leaves alone.", "요청이 하나씩 나간다면 요청 수를 세면 됩니다.",
	"-Y 'tcp_dstport == " .. small .. " and http_request_method'", "-Y 'tcp_dstport == " .. small .. " and http_request_method'")

local said

local function get(path, port, more)
	return "GET " .. path .. " HTTP/1.1\r\nHost: 10.9.1.2:" .. port .. "\r\n" .. (more or "") .. "\r\n"
end

function network()
	wire("10.9.1.1/24", "10.9.1.2/24", delay, 0, 0)
end

-- The slow request on one connection; once it has arrived, the fast one on another.
local function side_by_side(port)
	local long = begin("client", get("/slow?ms=" .. slow, port, "Connection: close\r\n"), "osilab-talk", "10.9.1.2:" .. port)

	-- It has said all it has to say: its half is closed.
	assert(wait_state("server", port, "CLOSE-WAIT"), "the slow request is not there")
	local short = run("client", get("/status/201", port, "Connection: close\r\n"), "osilab-talk", "10.9.1.2:" .. port)
	return finish(long) .. short
end

function steps()
	for _, port in ipairs({ one, two, small }) do start("server", "osilab-serve", "--http", "10.9.1.2:" .. port) end
	if apart then
		said = side_by_side(one)
	else
		said = run("client", get("/slow?ms=" .. slow, one) .. get("/status/201", one, "Connection: close\r\n"), "osilab-talk",
			"10.9.1.2:" .. one)
	end
	side_by_side(two)
	run("client", "", "osilab-load", "--count", pieces, "--connections", "1", "http://10.9.1.2:" .. small .. "/bytes?n=1000")
end

local function towards(port)
	return packets("client", "tcp_dstport == " .. port .. " and tcp_len > 0")
end

-- Seconds from the first request to the answer with that status.
local function after(port, code)
	local from = values("client", "frame.time_relative", "tcp_dstport == " .. port .. " and tcp_len > 0")[1]
	local to = values("client", "frame.time_relative", "tcp_srcport == " .. port .. ' and any("http.response.code", ' .. code .. ")")[1]

	return from and to and to - from or 0
end

-- How often data of the client's was followed by data of the server's.
local function waits(port)
	local mine, count, asked = {}, 0, false

	for _, n in ipairs(towards(port)) do mine[n] = true end
	for _, n in ipairs(packets("client", "tcp_len > 0 and (tcp_dstport == " .. port .. " or tcp_srcport == " .. port .. ")")) do
		if asked and not mine[n] then count = count + 1 end
		asked = mine[n]
	end
	return count
end

function checks()
	local first, second = said:find("HTTP/1.1 200", 1, true), said:find("HTTP/1.1 201", 1, true)

	check(first and second and first < second, "both answers came, in the order of the requests", "두 응답이 요청한 순서대로 왔다")
	check(#towards(one) == 1, "one segment carried both requests", "세그먼트 하나가 두 요청을 날랐다")
	check(after(one, 201) >= slow / 1000, "the second answer waited for the first", "두 번째 응답은 첫 번째를 기다렸다")
	check(after(two, 201) > 0 and after(two, 201) < after(two, 200), "over two connections the second answer came first",
		"연결이 둘이면 두 번째 응답이 먼저 왔다")
	check(#towards(small) == pieces and waits(small) == pieces, "each piece was asked for when the one before was there",
		"조각마다 앞의 것이 온 다음에야 요청했다")
end

function answers()
	local to, back = towards(one), packets("client", "tcp_srcport == " .. one .. ' and any("http.response.code", 201)')
	local last = values("client", "frame.time_relative", "tcp_srcport == " .. small .. " and tcp_len > 0")
	local first = values("client", "frame.time_relative", "tcp_dstport == " .. small .. " and tcp_len > 0")
	local whole = (last[#last] - first[1]) * 1000

	answer("segments", #to, "client packet " .. (to[1] or 0), "클라이언트 패킷 " .. (to[1] or 0) .. "번")
	answer("second", math.floor(after(one, 201) * 1000 + 0.5) + 0.0, "client packet " .. (back[1] or 0), "클라이언트 패킷 " .. (back[1] or 0) .. "번")
	answer("cure", after(two, 201) < after(two, 200) and "connection" or "none",
		string.format("over two connections: the second after %.0f ms, the first after %.0f ms", after(two, 201) * 1000, after(two, 200) * 1000),
		string.format("연결이 둘일 때 두 번째는 %.0f ms, 첫 번째는 %.0f ms 뒤", after(two, 201) * 1000, after(two, 200) * 1000))
	answer("trips", waits(small), string.format("%.0f ms in all; one round trip takes %d ms", whole, 2 * delay),
		string.format("모두 %.0f ms, 왕복 한 번은 %d ms", whole, 2 * delay))
	statement("Pipelining makes HTTP/1.1 efficient.", "파이프라이닝으로 HTTP/1.1의 효율이 좋아진다.",
		"It is in the standard, but answers keep the order, and no browser uses it.  Browsers open about six connections to a host; "
		.. "HTTP/2 gives each exchange a stream of its own.",
		"표준에는 있지만 응답 순서는 그대로이고, 브라우저는 쓰지 않는다. 브라우저는 호스트마다 연결을 여섯 개쯤 열고, HTTP/2는 요청마다 "
		.. "스트림을 따로 준다.")
	statement("A picture in a hundred pieces loads faster, since each is small.", "이미지를 백 조각으로 나누면 조각이 작으니 더 빨리 뜬다.",
		"Over one connection each piece costs a round trip.  What is small is soon there; asking for it takes as long as ever.",
		"한 연결에서는 조각마다 왕복이 한 번 든다. 조각이 작아도 요청이 다녀오는 시간은 줄지 않는다.")
end
