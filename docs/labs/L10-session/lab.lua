-- L10: from a cold start to being known, with the server's store on a host of its own.
title("A session in eleven steps", "세션, 열한 단계")
goal([[A browser without a single cookie asks for pages, logs in, and asks on, at last over a new connection.  The server
keeps its sessions on another host, so that what it asks there can be seen as well.]],
[[쿠키가 하나도 없는 브라우저가 페이지를 요청하고, 로그인하고, 다시 요청하고, 마지막에는 새 연결로 요청합니다. 서버는 세션을
다른 호스트에 두므로, 서버가 그곳에 무엇을 묻는지도 볼 수 있습니다.]])
claims("S0-02 S0-03 S0-04 S0-05 S0-06 S0-07 S0-09 S0-10 S0-11 S0-12 S0-19 S1-02 S1-03 S1-04 S1-12 S2-02 S2-03 S2-06 S4-48 S4-49 "
	.. "S4-52 S4-53")

local jarless = mutant("jarless", "the browser keeps no cookies", "브라우저가 쿠키를 저장하지 않는다")
local redis = have("redis-server")
local port, k = draw(2000, 5000), draw(2, 5)
local password = ""
for i = 1, 12 do password = password .. string.char(96 + draw(1, 26)) end

question("set", k + 4 .. " requests, a login among them.  How many answers carry Set-Cookie?",
	"로그인을 포함해 요청 " .. k + 4 .. "번. Set-Cookie를 실은 응답은 몇 개일까요?",
	"When does the server have something new to say?", "서버가 새로 알려 줄 것이 생기는 때는 언제인가요?",
	"Who is known already is not given a card again.", "이미 알아본 사람에게 카드를 또 주지는 않습니다.",
	"-Y http_set_cookie", "-Y http_set_cookie")
question("side", "Which side sends the header Set-Cookie: client or server?", "Set-Cookie 헤더를 보내는 쪽은? client, server 중 하나",
	"Two headers, two directions.", "헤더는 둘, 방향도 둘입니다.",
	"Compare the sources of http_cookie and http_set_cookie.", "http_cookie와 http_set_cookie를 보낸 쪽을 비교하세요.",
	"-Y 'http_cookie or http_set_cookie'", "-Y 'http_cookie or http_set_cookie'")
question("again", "The last request goes over a new TCP connection.  Its status?", "마지막 요청은 새 TCP 연결로 보냅니다. 상태 코드는?",
	"What says who is asking: the connection, or what is in the request?", "누구의 요청인지 알려 주는 것은 연결인가요, 요청의 내용인가요?",
	"Look at its Cookie line.", "그 요청의 Cookie 줄을 보세요.",
	"-Y 'http_request_uri == \"/me?at=reconnected\"', and its answer", "-Y 'http_request_uri == \"/me?at=reconnected\"'와 그 응답")
question("early", "How many questions does the server ask its store before the login request arrives?",
	"로그인 요청이 도착하기 전까지 서버는 저장소에 몇 번 물을까요?",
	"Where is the card that it could look up?", "찾아볼 카드가 있나요?",
	redis and "Packets with content towards port 6379, in the capture of the store." or "Without Redis on this machine the store is a file: no packets at all.",
	redis and "저장소 쪽 캡처에서 6379번 포트로 가는, 내용이 있는 패킷을 보세요." or "이 기계에는 Redis가 없어 저장소가 파일입니다. 패킷이 없습니다.",
	"osilab trace -r store.pcapng -Y 'tcp_dstport == 6379 and tcp_len > 0'",
	"osilab trace -r store.pcapng -Y 'tcp_dstport == 6379 and tcp_len > 0'")

local sid, idle_packets
local to_store, from_store = "tcp_dstport == 6379 and tcp_len > 0", "tcp_srcport == 6379 and tcp_len > 0"

function network()
	host("client") host("server") host("store")
	cable("client:c0", "server:s0", 2, 0, 0) cable("server:s1", "store:d0")
	address("client:c0", "10.9.1.1/24") address("server:s0", "10.9.1.2/24")
	address("server:s1", "10.9.2.2/24") address("store:d0", "10.9.2.3/24")
	capture("client", "client:c0") capture("store", "store:d0")
end

-- A request over a connection of its own; the answer.
local function ask(method, target, form)
	return run("client", method .. " " .. target .. " HTTP/1.1\r\nHost: www.lab.test\r\nConnection: close\r\n"
		.. (sid and "Cookie: sid=" .. sid .. "\r\n" or "") .. (form and "Content-Type: application/x-www-form-urlencoded\r\n"
		.. "Content-Length: " .. #form .. "\r\n" or "") .. "\r\n" .. (form or ""), "osilab-talk", "10.9.1.2:" .. port)
end

function steps()
	local at = "sqlite:sessions.db"

	run("server", password .. "\n", "osilab-user", "add", "--cost", 10, "--db", "users.db", "--password-file", "-", "alice")
	if redis then
		at = "redis://10.9.2.3"
		serve("store", 6379, "redis-server", "--save", "", "--appendonly", "no", "--bind", "10.9.2.3", "--protected-mode", "no")
	else
		tell("There is no redis-server on this machine: sessions go to a file, and what the server asks it cannot be seen.",
			"이 기계에는 redis-server가 없어 세션을 파일에 둡니다. 서버가 저장소에 묻는 것은 볼 수 없습니다.")
	end
	start("server", "osilab-serve", "--http", "10.9.1.2:" .. port, "--users", "users.db", "--store", at)

	-- A browser that has just been started, and its first pages: nobody is known.
	ask("GET", "/") ask("GET", "/me?at=cold")
	local said = ask("POST", "/login", "user=alice&password=" .. password)
	if not jarless then sid = said:match("\r\nSet%-Cookie: sid=([^;\r]*)") end
	-- Several requests, each when the one before it is answered, over one connection.
	run("client", "", "osilab-load", "--count", k, "--connections", 1, "--header", "Cookie: " .. (sid and "sid=" .. sid or "none"),
		"http://10.9.1.2:" .. port .. "/me?at=kept")
	ask("GET", "/me?at=reconnected")
end

local function request(uri)
	return "http_request_uri == '" .. uri .. "'"
end

-- Statuses of the answers on the connection of that request, in order.
local function statuses(uri)
	local stream = values("client", "tcp.stream", request(uri))[1] or -1
	return values("client", "http.response.code", "tcp_stream == " .. stream .. " and http_response_code")
end

local function time_of(where, expression)
	return values(where, "frame.time_epoch", expression)[1]
end

local function all_are(list, wanted)
	for _, v in ipairs(list) do
		if v ~= wanted then return false end
	end
	return #list > 0
end

-- Packets to the store from one time to another.
local function asked(from, to)
	local n = 0
	for _, t in ipairs(values("store", "frame.time_epoch", to_store)) do
		if t >= from and t < to then n = n + 1 end
	end
	return n
end

local function login_times()
	return time_of("client", "http_request_method == 'POST'"), time_of("client", "http_set_cookie")
end

local function before_login()
	-- The connection to the store itself begins with a word or two; that is before the first request.
	local first = time_of("client", request("/"))
	return asked(first, login_times())
end

function checks()
	local posted, given = login_times()
	local cookies = values("client", "http.cookie", "http_cookie")
	local known = statuses("/me?at=kept")

	check(#packets("client", request("/") .. " and not http_cookie") == 1, "1  the first request carries no cookie", "1  첫 요청에는 쿠키가 없다")
	check(statuses("/me?at=cold")[1] == 401, "2  nobody is known yet, and there is no session: /me answers 401", "2  아직 아무도 아니고 세션도 없다. /me는 401")
	check(#find("client", "password=" .. password) == 1, "3  the login request: the password can be read on the wire", "3  로그인 요청. 비밀번호가 선 위에서 읽힌다")
	if redis then
		check(before_login() == 0, "4  before that the server has asked its store nothing", "4  그 전에는 서버가 저장소에 아무것도 묻지 않았다")
		check(posted and given and asked(posted, given) > 0 and #find("store", "alice") > 0,
			"5  once the password is right it puts a session there, with the user's name", "5  비밀번호가 맞자 사용자 이름이 담긴 세션을 저장소에 넣는다")
		check(#find("store", sid or "no sid") == 0, "6  under the hash of the id: the id itself is not in the store", "6  ID의 해시를 키로 쓴다. ID 자체는 저장소에 없다")
	end
	check(#packets("client", "http_set_cookie") == 1 and #packets("client", "http_set_cookie and tcp_srcport == " .. port) == 1,
		"7  one answer carries Set-Cookie, from the server: that to the login", "7  Set-Cookie는 로그인 응답 하나에만 있고, 서버가 보낸다")
	check(statuses("/login")[1] == 303 and values("client", "http.location", "http_location")[1] == "/me",
		"8  that answer sends the browser on: 303, to /me", "8  그 응답은 브라우저를 303으로 /me에 보낸다")
	check(#cookies == k + 1 and all_are(cookies, "sid=" .. (sid or "?")), "9  the browser sends that very value with every request from then on",
		"9  브라우저는 그 뒤 모든 요청에 바로 그 값을 보낸다")
	check(#known == k and all_are(known, 200), "10 and is known each time: 200", "10 그때마다 알아본다. 200")
	check(statuses("/me?at=reconnected")[1] == 200, "11 over a new connection, too: 200", "11 새 연결에서도 알아본다. 200")
	if redis then
		check(#packets("store", from_store) > 0 and asked(time_of("client", request("/me?at=reconnected")) or 0, math.huge) > 0,
			"   for which the server asks its store each time", "   그때마다 서버는 저장소에 물어본다")
	end
end

function answers()
	local set, last = packets("client", "http_set_cookie"), packets("client", request("/me?at=reconnected"))[1]
	local from = values("client", "tcp.srcport", "http_set_cookie")[1]
	local streams = #packets("client", "tcp_flags_syn and not tcp_flags_ack")

	answer("set", #set, "client packet " .. (set[1] or 0), "클라이언트 패킷 " .. (set[1] or 0) .. "번")
	answer("side", from == port and "server" or "client", string.format("client packet %d comes from port %d", set[1] or 0, from or 0),
		string.format("클라이언트 패킷 %d번은 %d번 포트에서 온 것", set[1] or 0, from or 0))
	answer("again", statuses("/me?at=reconnected")[1],
		string.format("asked in client packet %d; %d connections in all, one sid", last, streams),
		string.format("요청은 클라이언트 패킷 %d번. 연결은 모두 %d개, sid는 하나", last, streams))
	answer("early", redis and before_login() or 0,
		redis and "the first comes after client packet " .. packets("client", "http_request_method == 'POST'")[1]
			or "the store is a file here",
		redis and "처음 묻는 것은 클라이언트 패킷 " .. packets("client", "http_request_method == 'POST'")[1] .. "번 뒤"
			or "여기서는 저장소가 파일이다")
	statement("The browser makes the session when it is started, and its cookie.", "세션은 브라우저를 켜면 생기고, 쿠키는 브라우저가 만든다.",
		"A started browser sends nothing.  The server makes the session, at the first request or, as here, at the login, and "
		.. "says its id in Set-Cookie; the browser only keeps it and sends it back in Cookie.",
		"브라우저를 켜기만 해서는 아무것도 오가지 않는다. 세션은 서버가 첫 요청에서, 또는 여기처럼 로그인할 때 만들고 Set-Cookie로 ID를 알려 준다. 브라우저는 간직했다가 Cookie로 돌려보낼 뿐이다.")
	statement("With each answer the server gives the session id back.", "서버는 응답할 때마다 세션 ID를 다시 돌려준다.",
		"It says it once.  Whoever sends a good id needs no new one.",
		"한 번만 준다. 유효한 ID를 보낸 사람에게 또 줄 까닭이 없다.")
	statement("A session is the connection between client and server.", "세션은 클라이언트와 서버의 연결이 유지되는 상태다.",
		"A login session is an entry in the server's store.  It spans many connections and outlives each; it is not the session "
		.. "layer either: its id is a line in an HTTP message.",
		"로그인 세션은 서버 저장소의 항목이다. 여러 연결에 걸쳐 있고 연결보다 오래 산다. OSI의 세션 계층과도 다르다. 세션 ID는 HTTP 메시지의 한 줄이다.")
	statement("At the login the server looks up id and password.", "로그인할 때 서버는 DB에서 아이디와 비밀번호를 찾는다.",
		"It has no password to look up: only a salted, slow hash, and compares what yours gives.  Then it makes a new id; one "
		.. "from before the login could have been planted.",
		"찾을 비밀번호는 저장되어 있지 않다. 솔트를 넣은 느린 해시와 비교한다. 그런 다음 ID를 새로 만든다. 로그인 전의 ID는 누가 심어 둔 것일 수 있다.")
end
