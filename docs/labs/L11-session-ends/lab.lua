-- L11: a session ends by the server's hand, with the browser, or by the clock.
title("Three ways a session ends", "세션이 끝나는 세 가지 길")
goal([[Alice is logged in on a laptop and on a phone.  On the phone she ends all other sessions.  She logs in again on the
laptop, closes its browser and opens it anew.  Then time passes; the server's clock is moved, so that nobody has to wait.]],
[[앨리스가 노트북과 휴대전화에서 로그인합니다. 휴대전화에서 다른 세션을 모두 끝냅니다. 노트북에서 다시 로그인한 뒤 브라우저를
닫았다가 새로 엽니다. 그다음에는 시간이 흐릅니다. 기다릴 필요가 없도록 서버의 시계를 움직입니다.]])
claims("S1-08 S1-09 S1-10 S1-11 S2-04 S2-05 S3-78")

local lenient = mutant("lenient", "the phone leaves the laptop's session alone", "휴대전화가 노트북의 세션을 그냥 둔다")
local restoring = mutant("restoring", "the browser brings back all cookies when it is opened", "브라우저를 다시 열면 쿠키를 모두 되살린다")
local patient = mutant("patient", "a session may be unused for a day", "세션은 하루 동안 쓰지 않아도 된다")
local port, idle = draw(2000, 30000), draw(10, 45)

question("told", "The laptop's browser is closed.  How many packets tell the server so?",
	"노트북의 브라우저를 닫습니다. 서버에 이를 알리는 패킷은 몇 개일까요?",
	"Which message of HTTP would that be?", "HTTP에 그런 메시지가 있나요?",
	"Every connection of the capture begins with a SYN, and each was made for a request.",
	"캡처의 연결은 모두 SYN으로 시작하고, 저마다 요청 하나를 위해 만들어졌습니다.",
	"-Y 'tcp_flags_syn and not tcp_flags_ack': as many as requests", "-Y 'tcp_flags_syn and not tcp_flags_ack': 요청 수와 같습니다")
question("kept", "Which cookie does the laptop send when it is opened again: sid, choice, both, or none?",
	"다시 연 노트북은 어느 쿠키를 보낼까요? sid, choice, both, none 중 하나",
	"How were they set?  One had Max-Age.", "어떻게 설정된 쿠키인가요? 하나에는 Max-Age가 있었습니다.",
	"Look at the Cookie line of the request.", "요청의 Cookie 줄을 보세요.",
	"-Y 'http_request_uri == \"/me?at=reopened\"'", "-Y 'http_request_uri == \"/me?at=reopened\"'")
question("copy", "Somebody had copied the cookie before the browser was closed.  What status does /me give to the copy now?",
	"브라우저를 닫기 전에 누군가 쿠키를 복사해 두었습니다. 이제 그 사본으로 /me를 요청하면 상태 코드는?",
	"What became of the session at the server?", "서버의 세션은 어떻게 되었을까요?",
	"Nobody told the server anything.", "서버에는 아무도 알리지 않았습니다.",
	"-Y 'http_request_uri == \"/me?at=copied\"', and its answer", "-Y 'http_request_uri == \"/me?at=copied\"'와 그 응답")
question("touched", "A session ends after " .. idle .. " minutes without use.  " .. (idle - 1) .. " minutes pass, a request, another "
	.. (idle - 1) .. " minutes.  The status of /me?",
	"세션은 " .. idle .. "분 동안 쓰지 않으면 끝납니다. " .. (idle - 1) .. "분이 지나 요청 하나, 다시 " .. (idle - 1)
	.. "분이 지났습니다. /me의 상태 코드는?",
	"From when do the minutes count?", "언제부터 세는 시간인가요?",
	"Not from the login: from the last use.", "로그인이 아니라 마지막 사용부터입니다.",
	"-Y 'http_request_uri == \"/me?at=touched\"', and its answer", "-Y 'http_request_uri == \"/me?at=touched\"'와 그 응답")

-- A browser: what the server's answers have set; `lasting` is what outlives it.
local function browser() return { jar = {}, lasting = {} } end
local laptop, phone = browser(), browser()
local asked, counted, alive, again, first_sid = 0, {}, nil, nil, nil

function network()
	wire("10.9.1.1/24", "10.9.1.2/24", 1, 0, 0)
end

-- One request over a connection of its own; the answer.
local function ask(b, method, target, form)
	local head = method .. " " .. target .. " HTTP/1.1\r\nHost: 10.9.1.2:" .. port
		.. "\r\nAccept: application/json\r\nConnection: close\r\n"
	local pairs_sent = {}

	for _, name in ipairs({ "choice", "sid" }) do
		if b.jar[name] then pairs_sent[#pairs_sent + 1] = name .. "=" .. b.jar[name] end
	end
	if #pairs_sent > 0 then head = head .. "Cookie: " .. table.concat(pairs_sent, "; ") .. "\r\n" end
	if form then
		head = head .. "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " .. #form .. "\r\n"
	end
	local said = run("client", head .. "\r\n" .. (form or ""), "osilab-talk", "10.9.1.2:" .. port)
	for name, value, rest in said:gmatch("\r\nSet%-Cookie: (%w+)=([^;\r]*)([^\r]*)") do
		b.jar[name] = value
		b.lasting[name] = rest:find("Max-Age=", 1, true) ~= nil
	end
	asked = asked + 1
	return said
end

local function log_in(b)
	ask(b, "POST", "/login", "user=alice&password=open-sesame")
	return b.jar.sid
end

-- A browser that is closed forgets what has no end of its own (RFC 6265 5.3).
local function close(b)
	for name in pairs(b.jar) do
		if not b.lasting[name] and not restoring then b.jar[name] = nil end
	end
end

local function sessions_of(b)
	local _, n = ask(b, "GET", "/sessions"):gsub('"since"', "")
	return n
end

-- At the server, by itself: no packet of it is on the wire.
local function wait_minutes(m, s)
	run("server", "POST /clock?advance=" .. m * 60 + (s or 0) .. " HTTP/1.1\r\nHost: lab\r\nContent-Length: 0\r\n"
		.. "Connection: close\r\n\r\n", "osilab-talk", "127.0.0.1:9100")
end

function steps()
	run("server", "open-sesame\n", "osilab-user", "add", "--cost", 10, "--db", "users.db", "--password-file", "-", "alice")
	start("server", "osilab-serve", "--http", "10.9.1.2:" .. port, "--users", "users.db", "--clock", 1900000000,
		"--metrics", "127.0.0.1:9100", "--session-idle", patient and 86400 or idle * 60)

	-- By the server's hand.
	first_sid = log_in(laptop)
	log_in(phone)
	ask(laptop, "GET", "/me?at=first")
	local csrf = ask(phone, "GET", "/me"):match('"csrf":"([^"]*)"')
	if not lenient then ask(phone, "POST", "/sessions", "end=others&csrf=" .. csrf) end
	ask(laptop, "GET", "/me?at=ended")

	-- With the browser.
	again = log_in(laptop)
	ask(laptop, "GET", "/cookie?value=dark&max-age=604800")
	counted[1] = sessions_of(phone)
	close(laptop)
	counted[2] = sessions_of(phone)
	ask(laptop, "GET", "/me?at=reopened")
	ask({ jar = { sid = again }, lasting = {} }, "GET", "/me?at=copied")
	alive = log_in(laptop)
	counted[3] = sessions_of(phone)

	-- By the clock.
	wait_minutes(idle - 1)
	ask(laptop, "GET", "/me?at=used")
	wait_minutes(idle - 1)
	ask(laptop, "GET", "/me?at=touched")
	wait_minutes(idle, -5)
	ask(laptop, "GET", "/me?at=edge")
	wait_minutes(idle, 1)
	ask(laptop, "GET", "/me?at=late")
end

-- Of the request with that mark: its packet, its cookies, and the status of its answer.
local function seen(mark)
	local uri = "http_request_uri == '/me?at=" .. mark .. "'"
	local stream = values("client", "tcp.stream", uri)[1]

	return packets("client", uri)[1], values("client", "http.cookie", uri)[1] or "",
		values("client", "http.response.code", "http_response_code and tcp_stream == " .. (stream or -1))[1]
end

local function status(mark)
	local _, _, code = seen(mark)
	return code
end

local function sends(mark)
	local _, cookie = seen(mark)
	local sid, choice = cookie:find("sid=", 1, true), cookie:find("choice=", 1, true)

	return sid and choice and "both" or sid and "sid" or choice and "choice" or "none"
end

-- Connections that were made for no request.
local function untold()
	return #packets("client", "tcp_flags_syn and not tcp_flags_ack") - asked
end

function checks()
	check(status("first") == 200, "logged in, the laptop is known: 200", "로그인한 노트북을 알아본다. 200")
	check(status("ended") == 401 and sends("ended") == "sid", "ended from the phone: the laptop's cookie is what it was, and worth nothing: 401",
		"휴대전화에서 끝내자 노트북의 쿠키는 그대로지만 소용이 없다. 401")
	check(again ~= first_sid and alive ~= again, "each login brings a new id", "로그인할 때마다 새 ID를 받는다")
	check(sends("reopened") == "choice" and status("reopened") == 401, "the reopened browser has only the cookie with Max-Age: 401",
		"다시 연 브라우저에는 Max-Age가 있는 쿠키만 남았다. 401")
	check(untold() == 0, "no packet told the server that the browser was closed", "브라우저가 닫힌 것을 서버에 알린 패킷은 없다")
	check(counted[1] == counted[2] and status("copied") == 200, "the server still has the session, and a copy of its cookie opens it: 200",
		"서버에는 세션이 그대로 있고, 쿠키 사본으로 열린다. 200")
	check(counted[3] == counted[2] + 1, "a new login makes one session more", "다시 로그인하면 세션이 하나 더 생긴다")
	check(status("used") == 200 and status("touched") == 200, "twice " .. idle - 1 .. " minutes with a request in between: 200",
		idle - 1 .. "분씩 두 번, 사이에 요청이 있었다. 200")
	check(status("edge") == 200 and status("late") == 401, "5 seconds before " .. idle .. " minutes without use: 200; a second after: 401",
		"쓰지 않은 지 " .. idle .. "분이 되기 5초 전은 200, 1초 뒤는 401")
end

function answers()
	local reopened, cookie = seen("reopened")
	local copied, _, code = seen("copied")
	local touched, _, later = seen("touched")

	answer("told", untold(), string.format("%d requests, %d SYNs; the server lists %d sessions before and %d after", asked,
		asked + untold(), counted[1], counted[2]),
		string.format("요청 %d번에 SYN %d개. 서버의 세션 수는 닫기 전 %d, 닫은 뒤 %d", asked, asked + untold(), counted[1], counted[2]))
	answer("kept", sends("reopened"), string.format("client packet %d: Cookie: %s", reopened, cookie),
		string.format("클라이언트 패킷 %d번, Cookie: %s", reopened, cookie))
	answer("copy", code, "asked in client packet " .. copied, "요청은 클라이언트 패킷 " .. copied .. "번")
	answer("touched", later, "asked in client packet " .. touched .. "; " .. idle .. " minutes and a second later: "
		.. status("late"), "요청은 클라이언트 패킷 " .. touched .. "번. " .. idle .. "분 1초 뒤에는 " .. status("late"))
	statement("When the browser is closed the session is gone.", "브라우저를 닫으면 세션이 사라진다.",
		"Its cookie is, if it had neither Max-Age nor Expires, and if the browser does not bring it back.  The server hears "
		.. "nothing; its session lives until the clock ends it.",
		"사라지는 것은 Max-Age도 Expires도 없는 쿠키이고, 그마저 되살리는 브라우저도 있다. 서버는 아무 소식도 듣지 못하며, 세션은 시간이 다 될 때까지 살아 있다.")
	statement("A session ends 30 minutes after the login.", "세션은 로그인하고 30분이 지나면 끝난다.",
		"After so long without use; each request starts it anew.  30 minutes is what some servers are set to (Tomcat), "
		.. "others to 24 (PHP) or two weeks (Django).",
		"마지막으로 쓴 때부터 센다. 요청이 올 때마다 다시 시작한다. 30분은 몇몇 서버(Tomcat)의 기본값일 뿐이고, PHP는 24분, Django는 2주다.")
	statement("To log out, the browser deletes its cookie.", "로그아웃은 브라우저가 쿠키를 지우는 것이다.",
		"Then a copy of it would still be good.  The server has to forget the session; deleting the cookie is courtesy.",
		"그러면 쿠키 사본은 여전히 통한다. 서버가 세션을 지워야 하고, 쿠키를 지우는 것은 뒷정리일 뿐이다.")
end
