-- L02: a handshake over a slow wire, and a port where nobody listens.
title("Three segments and two states", "세그먼트 세 개와 두 개의 상태")
goal([[The wire takes long enough that both ends can be watched.  A client connects to a port where a server
listens, says a word, and leaves; then it tries a port where nobody listens.]],
[[양쪽 끝을 따로 지켜볼 수 있을 만큼 느린 선입니다. 클라이언트가 서버가 기다리는 포트에 연결해 한마디 하고
떠난 다음, 아무도 기다리지 않는 포트에 연결을 시도합니다.]])
claims("S0-23 S3-17 S3-29 S3-30 S3-73")

local open = mutant("open", "somebody listens on the second port, too", "두 번째 포트에도 서버가 있다")
local delay, port = draw(50, 120), draw(2000, 15000)
local closed = port + draw(1, 1000)

question("first", "Who is ESTABLISHED first: client or server?", "누가 먼저 ESTABLISHED가 될까요? client, server 중 하나",
	"The client is, when the SYN+ACK reaches it; the server, when the ACK reaches it.",
	"클라이언트는 SYN+ACK가 도착할 때, 서버는 ACK가 도착할 때 ESTABLISHED가 됩니다.",
	"Both captures have the same clock: compare frame.time_epoch.", "두 캡처의 시계는 같습니다. frame.time_epoch를 비교하세요.",
	"osilab.tcp.client_state and osilab.tcp.server_state", "osilab.tcp.client_state와 osilab.tcp.server_state")
question("lead", "By how many milliseconds?", "몇 밀리초 차이일까요?",
	"The wire takes " .. delay .. " ms, each way.", "선을 지나는 데 편도 " .. delay .. " ms가 걸립니다.",
	"What has to cross the wire in between?", "그 사이에 선을 건너야 하는 것은 무엇일까요?",
	"One crossing: that of the ACK.", "ACK 하나가 한 번 건너면 됩니다.")
question("closed", "What does the closed port answer: nothing, SYN+ACK, RST or ICMP?",
	"닫힌 포트는 무엇으로 답할까요? nothing, SYN+ACK, RST, ICMP 중 하나",
	"The host is there; only the port is not.", "호스트는 살아 있고 포트만 닫혀 있습니다.",
	"Look for what comes from port " .. closed .. ".", closed .. "번 포트에서 오는 것을 찾으세요.",
	"-Y 'tcp_srcport == " .. closed .. "'", "-Y 'tcp_srcport == " .. closed .. "'")

local here = "(tcp_srcport == " .. port .. " or tcp_dstport == " .. port .. ")"
local syn = here .. " and tcp_flags_syn and not tcp_flags_ack"
local synack = here .. " and tcp_flags_syn and tcp_flags_ack"
local ack = "tcp_dstport == " .. port .. " and tcp_flags_ack and not tcp_flags_syn"
local from_closed = "tcp_srcport == " .. closed
local text

function network()
	wire("10.9.1.1/24", "10.9.1.2/24", delay, 0, 0)
end

function steps()
	start("server", "osilab-echo", "--bind", "10.9.1.2", "--port", port)
	if open then start("server", "osilab-echo", "--bind", "10.9.1.2", "--port", closed) end
	text = run("client", "hello\n", "osilab-talk", "10.9.1.2:" .. port)
	run("client", "hello\n", "osilab-talk", "10.9.1.2:" .. closed)
end

-- When each end is ESTABLISHED, seconds.
local function established()
	return values("client", "frame.time_epoch", synack)[1], values("server", "frame.time_epoch", ack)[1]
end

function checks()
	local raw, answer_raw = values("client", "tcp.seq_raw", syn), values("client", "tcp.ack_raw", synack)
	local client, server = established()

	check(text == "hello\n", "\"hello\" came back", "\"hello\"가 되돌아왔다")
	check(#raw == 1 and #answer_raw == 1, "one SYN and one SYN+ACK", "SYN 하나와 SYN+ACK 하나")
	check(answer_raw[1] == (raw[1] + 1) % 4294967296, "the SYN+ACK acknowledges the client's initial number plus one",
		"SYN+ACK는 클라이언트의 초기 순서 번호에 1을 더한 값을 확인한다")
	check(client and server and client < server, "the client is ESTABLISHED before the server",
		"클라이언트가 서버보다 먼저 ESTABLISHED가 된다")
	check(#packets("client", from_closed .. " and tcp_flags_reset and tcp_flags_ack") == 1 and
		#packets("client", from_closed) == 1, "the closed port answers with one RST, ACK, and nothing else",
		"닫힌 포트는 RST, ACK 하나로만 답한다")
end

function answers()
	local client, server = established()
	local number = packets("client", from_closed)
	local reset = #packets("client", from_closed .. " and tcp_flags_reset") > 0
	local a, b = packets("client", synack)[1], packets("server", ack)[1]

	answer("first", client < server and "client" or "server",
		string.format("SYN+ACK: client packet %d; ACK: server packet %d", a, b),
		string.format("SYN+ACK는 클라이언트 패킷 %d번, ACK는 서버 패킷 %d번", a, b))
	answer("lead", (server - client) * 1000, "one way over the wire takes " .. delay .. " ms",
		"선의 편도 시간은 " .. delay .. " ms")
	answer("closed", reset and "RST" or "SYN+ACK", "client packet " .. number[1], "클라이언트 패킷 " .. number[1] .. "번")
	statement("After the handshake both ends are connected at the same moment.",
		"핸드셰이크가 끝나면 양쪽이 동시에 연결된다.",
		"There is no same moment: the client may send as soon as it has the SYN+ACK, the server learns later that it was "
		.. "heard.",
		"동시라는 것은 없다. 클라이언트는 SYN+ACK를 받는 즉시 보낼 수 있고, 서버는 자기 응답이 전달된 사실을 그 뒤에야 안다.")
	statement("A closed port does not answer.", "닫힌 포트는 응답하지 않는다.",
		"It answers at once, with a reset.  Silence is what a filter does.", "곧바로 RST로 답한다. 침묵하는 것은 방화벽이다.")
end
