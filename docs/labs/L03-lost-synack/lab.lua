-- L03: the wire loses the first SYN+ACK, and nothing else.
title("The lost SYN+ACK", "사라진 SYN+ACK")
goal([[A client connects.  Its SYN arrives, but the server's answer is lost on the way.  Neither end is told:
each only sees that nothing comes.  Who sends again, and when?]],
[[클라이언트가 연결을 시도합니다. SYN은 도착했지만 서버의 응답이 도중에 사라집니다. 어느 쪽도 그 사실을
통보받지 못하고, 아무것도 오지 않는다는 것만 압니다. 누가, 언제 다시 보낼까요?]])
claims("S3-35")

local intact = mutant("intact", "nothing is lost", "아무것도 사라지지 않는다")
-- The server's timer starts one way later than the client's: far enough for the client's to end first, also on a
-- machine that has other things to do.
local port, delay = draw(2000, 30000), draw(40, 80)

question("who", "Who sends again: client, server, or both?", "누가 다시 보낼까요? client, server, both 중 하나",
	"Look at both captures: what one end sends twice stands twice in its own.",
	"양쪽 캡처를 보세요. 한쪽이 두 번 보낸 것은 그쪽 캡처에 두 번 있습니다.",
	"The fields tcp.flags.syn and tcp.flags.ack tell a SYN from a SYN+ACK.",
	"tcp.flags.syn과 tcp.flags.ack로 SYN과 SYN+ACK를 구별합니다.",
	"osilab trace -r server.pcapng -Y tcp_flags_syn",
	"osilab trace -r server.pcapng -Y tcp_flags_syn")
question("wait", "How many seconds from the first SYN to the second?", "첫 SYN부터 두 번째 SYN까지 몇 초일까요?",
	"The client's capture has both.", "클라이언트 캡처에 둘 다 있습니다.",
	"Compare frame.time_relative of the two.", "두 패킷의 frame.time_relative를 비교하세요.",
	"RFC 6298, section 2.1 says what a timer starts with before any round trip was measured.",
	"왕복 시간을 한 번도 재지 못했을 때의 초기 타이머 값은 RFC 6298 2.1절에 있습니다.")
question("gone", "How many SYN+ACKs that the server sent never reached the client?",
	"서버가 보낸 SYN+ACK 가운데 클라이언트에 도착하지 못한 것은 몇 개일까요?",
	"Count them in both captures.", "양쪽 캡처에서 각각 세어 보세요.",
	"The difference is what the wire lost.", "그 차이가 선에서 사라진 수입니다.",
	"-Y 'tcp_flags_syn and tcp_flags_ack'", "-Y 'tcp_flags_syn and tcp_flags_ack'")

local syn, synack = "tcp_flags_syn and not tcp_flags_ack", "tcp_flags_syn and tcp_flags_ack"
local answer_text

function network()
	wire("10.9.1.1/24", "10.9.1.2/24", delay, 0, 0, not intact and "drop syn,ack #1 from server")
end

function steps()
	start("server", "osilab-echo", "--bind", "10.9.1.2", "--port", port)
	answer_text = run("client", "hello\n", "osilab-talk", "10.9.1.2:" .. port)
end

function checks()
	local at_client, at_server = packets("client", synack), packets("server", synack)

	check(answer_text == "hello\n", "the connection came about all the same: \"hello\" came back",
		"그래도 연결은 이루어졌다. \"hello\"가 되돌아왔다")
	check(#packets("client", syn) >= 2, "the client sent its SYN at least twice", "클라이언트가 SYN을 두 번 이상 보냈다")
	check(#at_server >= 2, "the server sent its SYN+ACK at least twice", "서버가 SYN+ACK를 두 번 이상 보냈다")
	check(#at_server == #at_client + 1, "exactly one SYN+ACK of the server's capture is missing in the client's",
		"서버 캡처의 SYN+ACK 가운데 정확히 하나가 클라이언트 캡처에 없다")
	check(wire_log("dropped") == 1, "the wire dropped one frame", "선이 버린 프레임은 하나뿐이다")
end

function answers()
	local times = values("client", "frame.time_relative", syn)
	local syns, at_client, at_server = packets("client", syn), packets("client", synack), packets("server", synack)
	local who = #syns > 1 and (#at_server > 1 and "both" or "client") or (#at_server > 1 and "server" or "nobody")

	answer("who", who, string.format("%d SYNs in the client's capture, %d SYN+ACKs in the server's", #syns, #at_server),
		string.format("클라이언트 캡처에 SYN %d개, 서버 캡처에 SYN+ACK %d개", #syns, #at_server))
	answer("wait", (times[2] or times[1]) - times[1],
		string.format("client packets %d and %d", syns[1], syns[2] or syns[1]),
		string.format("클라이언트 패킷 %d번과 %d번", syns[1], syns[2] or syns[1]))
	answer("gone", #at_server - #at_client, string.format("%d sent, %d arrived", #at_server, #at_client),
		string.format("%d개를 보냈고 %d개가 도착했다", #at_server, #at_client))
	statement("The server sends its SYN+ACK again, since it was the one that got lost.",
		"사라진 것이 SYN+ACK이므로 서버가 SYN+ACK를 다시 보낸다.",
		"Both timers run.  The client, too, got no answer, and sends its SYN again after a second; the order is a race.",
		"양쪽 타이머가 모두 돈다. 클라이언트도 응답을 받지 못했으므로 1초 뒤 SYN을 다시 보낸다. 순서는 경합이다.")
end
