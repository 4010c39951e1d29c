-- L05: three losses: a lone TCP segment, one in a burst, a datagram.
title("The lost packet: TCP and UDP", "잃어버린 패킷: TCP와 UDP")
goal([[The wire loses one data packet three times over: a lone TCP segment, one out of a burst, and one of several
datagrams.  How does the sender notice, how long does it take, and who mends it?]],
[[선이 데이터 패킷을 세 번 잃어버립니다. 홀로 가는 TCP 세그먼트 하나, 연달아 가는 세그먼트 가운데 하나, 여러 데이터그램
가운데 하나입니다. 보낸 쪽은 어떻게 알아차리고, 얼마나 걸리며, 누가 복구할까요?]])
claims("S0-23 S0-24 S3-02 S3-16 S3-20 S3-27")

local intact = mutant("intact", "nothing is lost", "아무것도 사라지지 않는다")
local delay = draw(5, 15)
local lone_port, web_port, udp_port = draw(2000, 9000), draw(10000, 19000), draw(20000, 30000)
local nth, datagram = draw(2, 4), draw(2, 4)

question("lone", "The lone segment: how is its loss noticed, by timer or by sack?",
	"홀로 간 세그먼트의 손실은 무엇으로 알아차릴까요? timer, sack 중 하나",
	"What could the receiver have said about it?", "받는 쪽이 그것에 대해 무슨 말을 할 수 있었을까요?",
	"Nothing came behind it that would have called for an ACK.", "뒤따라온 것이 없으니 ACK를 보낼 일도 없었습니다.",
	"-Y 'tcp_dstport == " .. lone_port .. " and tcp_len and tcp_len > 0'",
	"-Y 'tcp_dstport == " .. lone_port .. " and tcp_len and tcp_len > 0'")
question("burst", "And that of the one in the burst: timer or sack?", "연달아 간 것 가운데 하나는? timer, sack 중 하나",
	"Segments behind the hole did arrive.", "빠진 자리 뒤의 세그먼트들은 도착했습니다.",
	"Each made the receiver say what it has: a SACK block.", "그때마다 받는 쪽은 가진 것을 SACK 블록으로 알립니다.",
	"The note tcp.loss.* of the second copy", "두 번째 사본에 붙은 tcp.loss.* 설명")
question("datagrams", "Of 5 datagrams, how many came back?", "데이터그램 5개 가운데 몇 개가 돌아왔을까요?",
	"Nobody keeps a copy of a datagram.", "데이터그램의 사본은 아무도 갖고 있지 않습니다.",
	"Count those from port " .. udp_port .. ".", udp_port .. "번 포트에서 온 것을 세어 보세요.",
	"-Y 'udp_srcport == " .. udp_port .. "'", "-Y 'udp_srcport == " .. udp_port .. "'")

local lone = "tcp_dstport == " .. lone_port .. " and tcp_len > 0"
local burst = "tcp_srcport == " .. web_port .. " and tcp_len > 0"
local sack = "tcp_dstport == " .. web_port .. " and tcp_options_sack_le"
local _, alone, code, echoed

function network()
	wire("10.9.1.1/24", "10.9.1.2/24", delay, 0, 0,
		not intact and "drop data,tcp,port=" .. lone_port .. " #1 from client",
		not intact and "drop data,tcp,port=" .. web_port .. " #" .. nth .. " from server",
		not intact and "drop data,udp,port=" .. udp_port .. " #" .. datagram .. " from client")
end

function steps()
	local body = string.rep("x", 1200)

	start("server", "osilab-echo", "--bind", "10.9.1.2", "--port", lone_port)
	start("server", "osilab-echo", "--bind", "10.9.1.2", "--port", web_port)
	start("server", "osilab-echo", "--udp", "--bind", "10.9.1.2", "--port", udp_port)
	_, alone = run("client", "", "osilab-load", "--count", "1", "--connections", "1", "--size", "100",
		"tcp://10.9.1.2:" .. lone_port)
	_, code = run("client", "", "osilab-load", "--count", "1", "--connections", "1", "--size", "30000",
		"tcp://10.9.1.2:" .. web_port)
	echoed = run("client", "a\nb\nc\nd\ne\n", "osilab-talk", "--udp", "10.9.1.2:" .. udp_port)
end

-- Times of the two copies of the first sequence number that comes twice, and packets; nil when none does.
local function twice(where, expression)
	local seqs, times = values(where, "tcp.seq_raw", expression), values(where, "frame.time_relative", expression)
	local numbers = packets(where, expression)
	local seen = {}

	for i, seq in ipairs(seqs) do
		if seen[seq] then return times[i] - times[seen[seq]], numbers[seen[seq]], numbers[i], times[i] end
		seen[seq] = i
	end
end

local function lines(s)
	local _, n = s:gsub("\n", "")
	return n
end

function checks()
	local lone_gap, burst_gap = twice("client", lone), twice("server", burst)

	check(alone == 0 and code == 0, "TCP brought everything, in order", "TCP는 모든 것을 순서대로 전했다")
	check(lone_gap, "the lone segment was sent twice", "홀로 간 세그먼트는 두 번 보내졌다")
	check(lone_gap and lone_gap >= 0.15, "the second time only when a timer ran out, 150 ms later or more",
		"두 번째는 타이머가 다 된 뒤, 150 ms 이상 지나서였다")
	check(burst_gap and burst_gap < 0.15, "in the burst the second copy came sooner than any timer",
		"연달아 보낸 가운데서는 두 번째 사본이 타이머보다 먼저 나갔다")
	check(#packets("server", sack) > 0, "the receiver said what it had, in SACK blocks", "받는 쪽은 가진 것을 SACK 블록으로 알렸다")
	check(#packets("client", "udp_dstport == " .. udp_port) == 5, "five datagrams were sent, none of them twice",
		"데이터그램 다섯 개를 보냈고, 두 번 보낸 것은 없다")
	check(lines(echoed) == 4, "four came back", "네 개가 돌아왔다")
end

function answers()
	local lone_gap, a, b = twice("client", lone)
	local burst_gap, c, d, at = twice("server", burst)
	local first_sack = values("server", "frame.time_relative", sack)[1]

	answer("lone", lone_gap and lone_gap >= 0.15 and "timer" or "sack", lone_gap and string.format("client packets %d and %d, %.0f ms apart", a, b, lone_gap * 1000) or "-",
		lone_gap and string.format("클라이언트 패킷 %d번과 %d번, %.0f ms 간격", a, b, lone_gap * 1000) or "-")
	answer("burst", first_sack and at and first_sack < at and "sack" or "timer",
		burst_gap and string.format("server packets %d and %d, %.0f ms apart", c, d, burst_gap * 1000) or "-",
		burst_gap and string.format("서버 패킷 %d번과 %d번, %.0f ms 간격", c, d, burst_gap * 1000) or "-")
	answer("datagrams", lines(echoed), "packets of the client's capture: " .. #packets("client", "udp_srcport == " .. udp_port),
		"클라이언트 캡처의 패킷 수: " .. #packets("client", "udp_srcport == " .. udp_port))
	statement("The receiver asks for the lost packet again.", "받는 쪽이 잃어버린 패킷을 다시 보내 달라고 요청한다.",
		"There is no such message in TCP.  It only says what it has; the sender concludes, by that or by its timer.",
		"TCP에 그런 메시지는 없다. 받는 쪽은 가진 것을 알릴 뿐이고, 보낸 쪽이 그것이나 타이머로 판단한다.")
end
