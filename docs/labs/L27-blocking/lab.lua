-- L27: slow clients and a fast one, at four servers that wait in four ways.
title("Blocking, non-blocking, epoll", "블로킹, 논블로킹, epoll")
goal([[Slow clients are being served when a fast one comes with one word.  Four servers take them: one thread that blocks, a
thread for each client, one thread that never sleeps, one that waits with epoll.  Who lets the fast client wait, and what
does each pay for not doing so?]],
[[느린 클라이언트들을 상대하는 동안 빠른 클라이언트가 한마디 하러 옵니다. 서버는 넷입니다. 블로킹하는 스레드 하나, 클라이언트마다
스레드 하나, 절대 잠들지 않는 스레드 하나, epoll로 기다리는 스레드 하나. 누가 빠른 클라이언트를 기다리게 하고, 기다리게 하지
않는 서버는 그 대가로 무엇을 치를까요?]])
claims("S4-33 S4-34 S4-35 S4-36 S4-37 S4-38 S4-39")

local swift = mutant("swift", "the slow clients are not slow", "느린 클라이언트들이 느리지 않다")
local k, tenths = draw(2, 3), draw(6, 8)
local port = { iterative = draw(2000, 3999), thread = draw(4000, 5999), busy = draw(6000, 7999), epoll = draw(8000, 9999) }
local order = { "thread", "busy", "epoll", "iterative" }

question("wait", "The slow clients leave " .. tenths * 100 .. " ms after the fast one has come.  How many ms does the fast one wait for its echo where one thread blocks?",
	"느린 클라이언트들은 빠른 클라이언트가 온 지 " .. tenths * 100 .. " ms 뒤에 떠납니다. 스레드 하나가 블로킹하는 서버에서 빠른 클라이언트는 에코를 몇 ms 기다릴까요?",
	"Its request arrives at once.  When is it read?", "요청은 바로 도착합니다. 언제 읽힐까요?",
	"Compare frame.time_relative of the fast client's word and of its echo, on port " .. port.iterative .. ".",
	port.iterative .. "번 포트에서 빠른 클라이언트의 한마디와 그 에코의 frame.time_relative를 비교하세요.",
	"-Y 'tcp_len == 15 and (tcp_srcport == " .. port.iterative .. " or tcp_dstport == " .. port.iterative .. ")'",
	"-Y 'tcp_len == 15 and (tcp_srcport == " .. port.iterative .. " or tcp_dstport == " .. port.iterative .. ")'")
question("free", "Of the other three (thread, busy, epoll), how many answer it while the slow ones are still there?",
	"나머지 셋(thread, busy, epoll) 가운데 느린 클라이언트가 있는 동안 답하는 서버는 몇일까요?",
	"Which of them can hear of the fast client while a slow one says nothing?",
	"느린 클라이언트가 말이 없는 동안 빠른 클라이언트를 알아차릴 수 있는 서버는?",
	"Look for the FIN of the slow clients: tcp.flags.fin", "느린 클라이언트의 FIN을 찾으세요: tcp.flags.fin",
	"-Y 'tcp_flags_fin or tcp_len == 15'", "-Y 'tcp_flags_fin or tcp_len == 15'")
question("burns", "Which of the four burns processor time while nobody says a word?  iterative, thread, busy or epoll",
	"아무도 말하지 않는 동안 CPU를 태우는 서버는? iterative, thread, busy, epoll 중 하나",
	"Who sleeps inside a system call needs no processor.", "시스템 콜 안에서 잠든 쪽은 CPU를 쓰지 않습니다.",
	"Which of them asks again and again?", "되풀이해서 묻는 것은 어느 쪽일까요?",
	"osilab echo --list", "osilab echo --list")
question("recv", "What does recv return at the busy server when nothing has come: 0, EAGAIN, or nothing (it sleeps)?",
	"busy 서버에서 온 것이 없을 때 recv가 돌려주는 것은? 0, EAGAIN, nothing(잠든다) 중 하나",
	"0 already means something: the other side has closed.", "0에는 이미 뜻이 있습니다. 상대가 닫았다는 것입니다.",
	"A non-blocking call never sleeps.", "논블로킹 호출은 절대 잠들지 않습니다.",
	"osilab echo --model busy --explain", "osilab echo --model busy --explain")
question("threads", "How many threads has the thread-per-client server while " .. k .. " slow clients are connected?",
	"느린 클라이언트 " .. k .. "개가 연결된 동안 클라이언트마다 스레드를 두는 서버의 스레드는 몇 개일까요?",
	"One for each client, and who accepts them?", "클라이언트마다 하나. 그러면 accept는 누가 할까요?",
	"/proc/PID/status has the line Threads.", "/proc/PID/status에 Threads 줄이 있습니다.",
	"One more than there are clients.", "클라이언트 수보다 하나 많습니다.")

local word = "are you there?\n"
local id, slow, echoed, seen, counted = {}, {}, {}, {}, {}

function network()
	wire("10.9.1.1/24", "10.9.1.2/24", draw(2, 5), 0, 0)
end

-- k clients that send a letter every tenth of a second, until they are told to leave; when they are there it goes on.
local function crowd(model)
	slow[model] = {}
	if swift then
		for _ = 1, k do run("client", "x", "osilab-talk", "10.9.1.2:" .. port[model]) end
		return
	end
	for i = 1, k do
		slow[model][i] = begin("client", string.rep("x", 1000), "osilab-talk", "--slow", "10", "10.9.1.2:" .. port[model])
	end
	assert(wait_state("server", port[model], "ESTABLISHED", k), "the slow clients are not connected")
end

local function leave(model)
	for _, client in ipairs(slow[model]) do stop(client) end
end

-- The fast client where everybody waits: once its line, and the end of it, is at the server, the others have their time.
local function wait_in_line(model)
	local fast = begin("client", word, "osilab-talk", "10.9.1.2:" .. port[model])

	if not swift then
		assert(wait_state("server", port[model], "CLOSE-WAIT"), "the fast client's line does not come")
		pause(tenths * 100)
	end
	leave(model)
	return finish(fast)
end

function steps()
	for _, model in ipairs(order) do
		id[model] = serve("server", port[model], "osilab-echo", "--count", "--model", model, "--bind", "10.9.1.2", "--port", port[model])
	end
	for _, model in ipairs(order) do
		crowd(model)
		if model == "iterative" then
			echoed[model] = wait_in_line(model)
		else
			echoed[model] = run("client", word, "osilab-talk", "10.9.1.2:" .. port[model])
		end
	end
	for _, model in ipairs(order) do
		seen[model] = { threads = threads(id[model]), cpu = cpu(id[model]) }
	end
	for i = 1, 3 do leave(order[i]) end
	for _, model in ipairs(order) do
		stop(id[model])
		local said = log(id[model])
		counted[model] = {
			eagain = tonumber(said:match('"eagain":(%d+)')),
			calls = tonumber(said:match('"system_calls":(%d+)')),
		}
	end
end

-- At a server: the packets with the fast client's word and with its echo, and those in which slow clients leave.
local function story(model)
	local to, from = "tcp_dstport == " .. port[model], "tcp_srcport == " .. port[model]
	local asked = to .. " and tcp_len == " .. #word
	local fast = values("server", "tcp.srcport", asked)[1] or 0

	return packets("server", asked)[1], packets("server", from .. " and tcp_len == " .. #word .. " and tcp_dstport == " .. fast)[1],
		packets("server", to .. " and (tcp_flags_fin or tcp_flags_reset) and tcp_srcport ~= " .. fast)
end

-- Whether the echo left before the first slow client did; after the last.
local function before(model)
	local _, echo, left = story(model)
	return echo and #left >= k and echo < left[1]
end

local function after(model)
	local asked, echo, left = story(model)
	return echo and #left >= k and asked < left[1] and left[k] < echo
end

local function waited(model)
	local asked = "tcp_dstport == " .. port[model] .. " and tcp_len == " .. #word
	local out, fast = values("client", "frame.time_relative", asked)[1], values("client", "tcp.srcport", asked)[1] or 0
	local back = values("client", "frame.time_relative", "tcp_srcport == " .. port[model] .. " and tcp_len == " .. #word
		.. " and tcp_dstport == " .. fast)[1]
	return out and back and math.floor((back - out) * 1000 + 0.5) + 0.0 or 0.0
end

local function burner()
	local most = "iterative"

	for model, s in pairs(seen) do
		if s.cpu > seen[most].cpu then most = model end
	end
	return most
end

function checks()
	for _, model in ipairs(order) do
		check(echoed[model] == word, model .. ": the fast client got its echo", model .. ": 빠른 클라이언트가 에코를 받았다")
	end
	check(after("iterative"), "iterative: its echo left only after all slow clients had",
		"iterative: 에코는 느린 클라이언트가 모두 떠난 뒤에야 나갔다")
	for i = 1, 3 do
		check(before(order[i]), order[i] .. ": its echo left while all slow clients were there",
			order[i] .. ": 에코는 느린 클라이언트가 모두 있는 동안 나갔다")
	end
	check(seen.busy.cpu > seen.iterative.cpu + seen.thread.cpu + seen.epoll.cpu,
		"busy took more processor time than the three others together", "busy는 나머지 셋을 합친 것보다 CPU를 더 썼다")
	-- One: told to end, it asks once more whether somebody is waiting, and not in its sleep.
	check(counted.iterative.eagain <= 1 and counted.busy.eagain > 1000,
		"EAGAIN came thousands of times at busy, and never at iterative as long as it served",
		"EAGAIN이 busy에는 수천 번 나왔고, 서비스하는 동안 iterative에는 한 번도 나오지 않았다")
	check(seen.iterative.threads == 1 and seen.busy.threads == 1 and seen.epoll.threads == 1,
		"iterative, busy and epoll have one thread", "iterative, busy, epoll은 스레드가 하나다")
	check(seen.thread.threads == k + 1, "thread has one for each slow client, and the one that accepts",
		"thread는 느린 클라이언트마다 하나, 그리고 accept하는 스레드 하나가 있다")
end

function answers()
	local asked, echo, left = story("iterative")
	local free, times, times_ko = 0, "", ""

	for i = 1, 3 do
		local model = order[i]
		free = free + (before(model) and 1 or 0)
		times = times .. string.format("%s%s %.0f ms", i > 1 and ", " or "", model, waited(model))
	end
	answer("wait", waited("iterative"),
		string.format("at the server: word packet %d, echo packet %d; the slow ones left in packet %d and before",
			asked or 0, echo or 0, left[k] or 0),
		string.format("서버에서 한마디는 패킷 %d번, 에코는 %d번, 마지막 느린 클라이언트가 떠난 것은 %d번", asked or 0, echo or 0,
			left[k] or 0))
	answer("free", free, "the fast client's echo took: " .. times, "빠른 클라이언트의 에코까지: " .. times)
	answer("burns", burner(),
		string.format("processor time: iterative %.0f ms, thread %.0f ms, busy %.0f ms, epoll %.0f ms", seen.iterative.cpu,
			seen.thread.cpu, seen.busy.cpu, seen.epoll.cpu),
		string.format("CPU 시간: iterative %.0f ms, thread %.0f ms, busy %.0f ms, epoll %.0f ms", seen.iterative.cpu,
			seen.thread.cpu, seen.busy.cpu, seen.epoll.cpu))
	answer("recv", counted.busy.eagain > 0 and "EAGAIN" or "nothing",
		string.format("%d of %d system calls; epoll made %d in all", counted.busy.eagain, counted.busy.calls,
			counted.epoll.calls),
		string.format("시스템 콜 %d번 가운데 %d번. epoll은 모두 %d번", counted.busy.calls, counted.busy.eagain,
			counted.epoll.calls))
	answer("threads", seen.thread.threads, "as the kernel counts them (/proc/PID/status)", "커널이 센 값 (/proc/PID/status)")
	statement("Blocking wastes resources, since the thread does nothing meanwhile.",
		"블로킹은 그동안 스레드가 아무것도 못 하니 자원 낭비가 심하다.",
		"A thread that sleeps in a system call takes no processor time; what it costs is its stack and the switching.  Asking "
		.. "again and again is what burns a processor.",
		"시스템 콜 안에서 잠든 스레드는 CPU를 쓰지 않는다. 비용은 스택과 컨텍스트 스위칭이고, CPU를 태우는 것은 쉬지 않고 되묻는 쪽이다.")
	statement("select and epoll are asynchronous I/O.", "select와 epoll은 비동기 I/O다.",
		"They tell that something can be read; the program then reads it itself, synchronously.  With io_uring the kernel reads, and "
		.. "tells when it is done.",
		"읽을 수 있다는 것만 알려 주고, 읽는 일은 프로그램이 직접 동기로 한다. 커널이 다 읽고 나서 알려 주는 것은 io_uring이다.")
	statement("A non-blocking recv without data returns 0.", "논블로킹 recv는 데이터가 없으면 0을 돌려준다.",
		"It returns -1, and errno is EAGAIN (EWOULDBLOCK is the same number on Linux).  0 means that the other side has closed.",
		"-1을 돌려주고 errno가 EAGAIN이다(리눅스에서 EWOULDBLOCK과 같은 값). 0은 상대가 닫았다는 뜻이다.")
end
