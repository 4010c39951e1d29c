-- L04: three ways to end a connection: at once, late, and by the server.
title("Closing time", "연결이 끝날 때")
goal([[Three connections end.  On the first the client closes, and the server does so at once; on the second the server
takes its time; on the third the server is the first to close.  How many segments does it take, and who has to wait?]],
[[연결 세 개가 끝납니다. 첫째는 클라이언트가 닫자 서버도 곧바로 닫고, 둘째는 서버가 한참 뜸을 들이고, 셋째는 서버가 먼저
닫습니다. 세그먼트는 몇 개가 들고, 누가 기다려야 할까요?]])
claims("S3-15 S3-31 S3-32 S3-33 S3-34")

local hasty = mutant("hasty", "the late server is not late", "늦게 닫는 서버도 바로 닫는다")
-- A state that lasts for a crossing of the wire can be seen by looking often.
local delay = draw(60, 80)
local prompt, late, first = draw(2000, 9000), draw(10000, 19000), draw(20000, 30000)

question("prompt", "The server closes at once, too.  How many segments, from the first FIN on?",
	"서버도 바로 닫습니다. 첫 FIN부터 세그먼트는 몇 개일까요?",
	"Each end closes its own direction, and each FIN is acknowledged.", "양쪽이 저마다 자기 방향을 닫고, FIN마다 확인을 받습니다.",
	"One segment can do both: FIN, ACK.", "세그먼트 하나가 두 가지를 할 수 있습니다. FIN, ACK입니다.",
	"-Y '(tcp_srcport == " .. prompt .. " or tcp_dstport == " .. prompt .. ") and tcp_len == 0', from the first FIN on",
	"-Y '(tcp_srcport == " .. prompt .. " or tcp_dstport == " .. prompt .. ") and tcp_len == 0', 첫 FIN부터")
question("late", "And when the server takes its time?", "서버가 뜸을 들이면 몇 개일까요?",
	"How long does an acknowledgement wait for company?", "확인은 함께 실려 갈 것을 얼마나 기다려 줄까요?",
	"About 40 ms.  The server takes much longer.", "40 ms쯤입니다. 서버는 그보다 훨씬 오래 걸립니다.",
	"-Y '(tcp_srcport == " .. late .. " or tcp_dstport == " .. late .. ") and tcp_len == 0', from the first FIN on",
	"-Y '(tcp_srcport == " .. late .. " or tcp_dstport == " .. late .. ") and tcp_len == 0', 첫 FIN부터")
question("state", "In which state is that server when it has sent its FIN and waits?  As in RFC 9293: FIN-WAIT-1 ...",
	"그 서버가 FIN을 보내고 기다리는 동안의 상태는? RFC 9293의 표기로 쓰세요. 예: FIN-WAIT-1",
	"It waits for one thing only.", "기다리는 것은 단 하나입니다.",
	"The last ACK.", "마지막 ACK입니다.",
	"-Y 'tcp_srcport == " .. late .. " and tcp_flags_fin': osilab.tcp.server_state",
	"-Y 'tcp_srcport == " .. late .. " and tcp_flags_fin': osilab.tcp.server_state")
question("waits", "The server closes first.  Who is in TIME-WAIT: client, server, or both?",
	"서버가 먼저 닫습니다. TIME-WAIT에 남는 쪽은? client, server, both 중 하나",
	"It does not go by the role.", "역할로 정해지는 것이 아닙니다.",
	"Who sent the first FIN?", "첫 FIN을 보낸 쪽이 누구인가요?",
	"-Y '(tcp_srcport == " .. first .. " or tcp_dstport == " .. first .. ") and tcp_flags_fin'",
	"-Y '(tcp_srcport == " .. first .. " or tcp_dstport == " .. first .. ") and tcp_flags_fin'")

local answer_text, code

function network()
	wire("10.9.1.1/24", "10.9.1.2/24", delay, 0, 0)
end

function steps()
	watch("client") watch("server")
	start("server", "osilab-echo", "--bind", "10.9.1.2", "--port", prompt)
	local slow = start("server", "osilab-echo", "--bind", "10.9.1.2", "--port", late)
	start("server", "osilab-serve", "--http", "10.9.1.2:" .. first)

	-- Three messages, and then it closes.  The server has got used to answering, so that its ACKs wait for company.
	local a = begin("client", "", "osilab-load", "--count", "3", "--connections", "1", "tcp://10.9.1.2:" .. prompt)
	local c = begin("client", "GET /whoami HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n", "osilab-talk", "--stay",
		"10.9.1.2:" .. first)
	-- A program that does not come to it: its kernel goes on for it.
	if not hasty then signal(slow, "STOP") end
	local b = begin("client", "", "osilab-talk", "10.9.1.2:" .. late)
	if not hasty then
		wait_state("server", late, "CLOSE-WAIT")
		pause(200)
		signal(slow, "CONT")
	end
	answer_text, code = finish(c)
	finish(a) finish(b)
	-- The programs have ended; what their kernels still do takes a crossing or two.
	wait_state("client", prompt, "TIME-WAIT") wait_state("client", late, "TIME-WAIT")
	wait_state("server", first, "TIME-WAIT")
end

local function of(port)
	return "(tcp_srcport == " .. port .. " or tcp_dstport == " .. port .. ")"
end

-- The segments from the first FIN on that carry a FIN or nothing but an ACK; packet numbers of the client's capture.
local function closing(port)
	local fin = packets("client", of(port) .. " and tcp_flags_fin")[1]
	local list = {}

	for _, number in ipairs(packets("client", of(port) .. " and (tcp_flags_fin or tcp_len == 0)")) do
		if fin and number >= fin then list[#list + 1] = number end
	end
	return list
end

-- Which end sent the first FIN: by the port it came from.
local function first_fin(port)
	return values("client", "tcp.srcport", of(port) .. " and tcp_flags_fin")[1] == port and "server" or "client"
end

-- How long the server took from the client's FIN to its own, seconds.
local function pause_of(port)
	local from = values("server", "frame.time_relative", "tcp_dstport == " .. port .. " and tcp_flags_fin")[1]
	local to = values("server", "frame.time_relative", "tcp_srcport == " .. port .. " and tcp_flags_fin")[1]

	return from and to and to - from or 0
end

-- Whether all these states were seen, in this order.
local function went_through(host, port, ...)
	local next, want = 1, {...}

	for _, state in ipairs(states(host, port)) do
		if state == want[next] then next = next + 1 end
	end
	return next > #want
end

local function waiting(port)
	local c, s = went_through("client", port, "TIME-WAIT"), went_through("server", port, "TIME-WAIT")

	return c and s and "both" or c and "client" or s and "server" or "nobody"
end

function checks()
	-- 40 ms is what an ACK waits; on a machine with much else to do even "at once" may be later than that.
	check(#closing(prompt) == 3 or (#closing(prompt) == 4 and pause_of(prompt) > 0.035),
		"the server closes at once: its FIN carries the ACK, and three segments do", "바로 닫으면 서버의 FIN에 ACK가 함께 실려 세그먼트 세 개면 된다")
	check(#closing(late) == 4, "the server takes its time: four segments", "뜸을 들이면 세그먼트 네 개다")
	check(pause_of(late) > 0.15, "its FIN came 150 ms or more after the client's", "서버의 FIN은 클라이언트의 FIN보다 150 ms 넘게 늦었다")
	check(went_through("client", late, "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"),
		"meanwhile the client was in FIN-WAIT-1, in FIN-WAIT-2, and then in TIME-WAIT",
		"그동안 클라이언트는 FIN-WAIT-1, FIN-WAIT-2를 거쳐 TIME-WAIT가 되었다")
	check(went_through("server", late, "CLOSE-WAIT", "LAST-ACK", "CLOSED"),
		"the server was in CLOSE-WAIT, in LAST-ACK, and then closed", "서버는 CLOSE-WAIT, LAST-ACK를 거쳐 닫혔다")
	check(code == 0 and answer_text and answer_text:find("200 OK", 1, true) and first_fin(first) == "server",
		"the web server, asked for Connection: close, sent the first FIN", "Connection: close를 요청받은 웹 서버가 첫 FIN을 보냈다")
	for i, port in ipairs({ prompt, late, first }) do
		check(waiting(port) == first_fin(port), "connection " .. i .. ": TIME-WAIT is where the first FIN came from, the "
			.. first_fin(port), i .. "번째 연결: TIME-WAIT는 첫 FIN을 보낸 쪽, " .. first_fin(port) .. "에 있다")
	end
end

local function list(numbers)
	return table.concat(numbers, ", ")
end

function answers()
	local a, b, fin = closing(prompt), closing(late), packets("client", of(first) .. " and tcp_flags_fin")[1]
	local seen, state = {}, "none"

	for _, s in ipairs(states("server", late)) do
		if seen[#seen] == "CLOSE-WAIT" and s ~= "CLOSE-WAIT" then state = s end
		if s ~= seen[#seen] then seen[#seen + 1] = s end
	end
	answer("prompt", #a, "client packets " .. list(a), "클라이언트 패킷 " .. list(a) .. "번")
	answer("late", #b, string.format("client packets %s; the server took %.0f ms", list(b), pause_of(late) * 1000),
		string.format("클라이언트 패킷 %s번, 서버는 %.0f ms 걸렸다", list(b), pause_of(late) * 1000))
	answer("state", state, "the server's kernel: " .. table.concat(seen, ", "),
		"서버 커널이 지나온 상태: " .. table.concat(seen, ", "))
	answer("waits", waiting(first), "the first FIN is client packet " .. fin .. ", from the " .. first_fin(first),
		"첫 FIN은 클라이언트 패킷 " .. fin .. "번, 보낸 쪽은 " .. first_fin(first))
	statement("A connection is ended by a four-way handshake.", "연결은 4-way 핸드셰이크로 끊는다.",
		"Two FINs and two ACKs, but the middle two can share a segment: three are as common as four.",
		"FIN 둘과 ACK 둘이지만, 가운데 둘은 한 세그먼트로 갈 수 있다. 세 개로 끝나는 일도 네 개만큼 흔하다.")
	statement("After its FIN the server is in LAST_WAIT.", "FIN을 보낸 서버는 LAST_WAIT 상태가 된다.",
		"No such state exists.  It is LAST-ACK (09 in /proc/net/tcp); and between the ACK and the other's FIN the client is in "
		.. "FIN-WAIT-2, which is often left out.",
		"그런 상태는 없다. LAST-ACK다(/proc/net/tcp에는 09). 그리고 ACK를 받고 상대의 FIN을 기다리는 클라이언트는 FIN-WAIT-2인데, 흔히 빠뜨린다.")
	statement("The client closes, and is in TIME_WAIT at the end.", "클라이언트가 먼저 닫고, 마지막에 TIME_WAIT가 된다.",
		"Whoever closes first.  TIME-WAIT takes care of a lost last ACK and of late segments: 60 seconds on Linux.",
		"먼저 닫는 쪽이 그렇게 된다. TIME-WAIT는 마지막 ACK가 사라지거나 세그먼트가 늦게 올 때를 위한 것으로, 리눅스에서는 60초다.")
end
