-- L17: the same login by http and by https, as somebody sees it who has only the packets.
title("TLS 1.3, as an eavesdropper sees it", "엿듣는 사람이 본 TLS 1.3")
goal([[A user logs in twice: over http, then over https.  Somebody on the wire takes a copy of every packet, but has no key.
What can be read, what does the secrecy cost in round trips, and what kind of key keeps it?]],
[[사용자가 한 번은 http로, 한 번은 https로 로그인합니다. 선 위의 누군가가 패킷을 모두 복사하지만 열쇠는 없습니다.
무엇을 읽을 수 있고, 비밀을 지키는 데 왕복이 몇 번 더 들며, 어떤 열쇠로 지킬까요?]])
claims("S0-20 S0-26 S3-37 S3-38 S3-39 S3-40 S3-41 S4-19 S4-20 S4-21 S4-22 S4-23")

local plain = mutant("plain", "port 443 speaks http", "443번 포트가 http를 쓴다")
local delay, password = draw(15, 40), "correct-horse-" .. draw(1000000, 9999999)

question("readable", "Of SNI, Host, certificate, cookie and password: which can be read in the packets of the https login?",
	"SNI, Host, certificate, cookie, password 가운데 https 로그인의 패킷에서 읽을 수 있는 것은?",
	"Read client.pcapng without the keys.", "client.pcapng을 열쇠 없이 읽어 보세요.",
	"The handshake types in clear: tls.handshake.type", "평문으로 보이는 핸드셰이크 종류: tls.handshake.type",
	"-Y 'tls_handshake_type' -v", "-Y 'tls_handshake_type' -v")
question("http", "How many round trips pass before the first byte of the http request can leave?",
	"http 요청의 첫 바이트가 떠나기 전에 왕복은 몇 번 지나갈까요?",
	"Count how often the client has to wait for the server.", "클라이언트가 서버를 기다려야 하는 횟수를 세세요.",
	"SYN, SYN+ACK: then it may speak.", "SYN과 SYN+ACK를 주고받으면 말할 수 있습니다.",
	"--ladder tcp port 80", "--ladder tcp port 80")
question("https", "And before that of the https request?", "https 요청이라면요?",
	"TCP first, then TLS.", "먼저 TCP, 다음에 TLS입니다.",
	"In TLS 1.3 the client sends its key share at once, in the ClientHello.",
	"TLS 1.3에서는 클라이언트가 ClientHello에 키 공유 값을 바로 실어 보냅니다.",
	"--keylog keys.log --ladder tcp port 443", "--keylog keys.log --ladder tcp port 443")
question("key", "What encrypts the password: the server's public key, or a symmetric one?  public or symmetric",
	"비밀번호를 암호화하는 것은 서버의 공개키일까요, 대칭키일까요? public, symmetric 중 하나",
	"The ServerHello names the cipher suite.", "ServerHello에 암호 스위트 이름이 있습니다.",
	"tls.handshake.ciphersuite", "tls.handshake.ciphersuite",
	"AES and ChaCha20 are symmetric ciphers (RFC 8446 B.4).", "AES와 ChaCha20은 대칭키 암호입니다. (RFC 8446 B.4)")

local http = "(tcp_srcport == 80 or tcp_dstport == 80)"
local https = "(tcp_srcport == 443 or tcp_dstport == 443)"

function network()
	wire("10.9.1.1/24", "10.9.1.2/24", delay, 0, 0)
	hosts("10.9.1.2 www.lab.test")
end

local function login(url)
	run("client", "", "osilab-load", "--count", "1", "--connections", "1", "--body", "form",
		"--header", "Content-Type: application/x-www-form-urlencoded", "--ca", "ca/root.crt", url)
end

function steps()
	file("form", "user=alice&password=" .. password)
	if plain then file("keys.log", "") end
	run("server", "", "osilab-ca", "--dir", "ca", "init")
	run("server", "", "osilab-ca", "--dir", "ca", "issue", "www.lab.test")
	run("server", password, "osilab-user", "--cost", "12", "--db", "users.db", "--password-file", "-", "add", "alice")
	start("server", "osilab-serve", "--users", "users.db", "--http", "10.9.1.2:80",
		plain and "--http" or "--https", "10.9.1.2:443", "--cert", "ca/www.lab.test.crt",
		"--key", "ca/www.lab.test.key", not plain and "--keylog" or "--store", not plain and "keys.log" or "memory")
	login("http://www.lab.test/login")
	login(plain and "http://www.lab.test:443/login" or "https://www.lab.test/login")
end

-- What can be read on port 443 without a key: name, and the first packet that has it.
local function readable()
	local on, seen = {}, {}
	local places = {
		SNI = packets("client", https .. " and tls_handshake_extensions_server_name"),
		Host = find("client", "Host: www.lab.test"),
		certificate = packets("client", https .. ' and any("tls.handshake.type", 11)'),
		cookie = find("client", "Set-Cookie: "),
		password = find("client", password),
	}

	for _, n in ipairs(packets("client", https)) do on[n] = true end
	for name, list in pairs(places) do
		for _, n in ipairs(list) do
			if on[n] and not seen[name] then seen[name] = n end
		end
	end
	return seen
end

-- The same question, put to one who has the keys.
local function opened(expression)
	keys("keys.log")
	local list = packets("client", expression)
	keys(false)
	return list
end

-- Round trips until the client sends packet `at`: how often the server spoke and the client went on.
local function trips(port, at)
	local speaks, by = "_%s == " .. port .. " and (tcp_flags_syn or tcp_len > 0)", {}
	local count, heard = 0, false

	for _, n in ipairs(packets("client", "tcp" .. speaks:format("srcport"))) do by[n] = "server" end
	for _, n in ipairs(packets("client", "tcp" .. speaks:format("dstport"))) do by[n] = "client" end
	for n = 1, at do
		if by[n] == "client" and heard then count = count + 1 end
		if by[n] then heard = by[n] == "server" end
	end
	return count
end

-- The client's packets from which on it may send its request: the request over TCP, over TLS its Finished.
local function may_speak(port)
	local sent = "tcp_dstport == " .. port .. " and "
	local finished = opened(sent .. 'any("tls.handshake.type", 20)')[1]

	return finished or opened(sent .. "http_request_method")[1] or 0
end

-- Milliseconds from the SYN to that packet.
local function since_syn(port, at)
	local syn = values("client", "frame.time_relative", "tcp_dstport == " .. port .. " and tcp_flags_syn")[1] or 0
	local then_ = values("client", "frame.time_relative", "number == " .. at)[1] or syn

	return (then_ - syn) * 1000
end

function checks()
	local seen = readable()
	local types = https .. ' and tls_handshake_type and (tls_handshake_type > 2 or #all("tls.handshake.type") > 1)'
	local hellos = https .. " and tls_handshake_type == "

	check(#packets("client", http .. " and http_response_code == 303") == 1 and
		#opened(https .. " and http_response_code == 303") == 1, "both logins succeeded (303)", "두 로그인 모두 성공했다 (303)")
	check(#packets("client", "tcp_dstport == 443 and tcp_flags_syn") == 1, "https without a port went to port 443",
		"포트를 적지 않은 https는 443번 포트로 갔다")
	check(#packets("client", hellos .. 1) == 1 and #packets("client", hellos .. 2) == 1 and #packets("client", types) == 0,
		"of the handshake only ClientHello (1) and ServerHello (2) are in clear",
		"핸드셰이크 가운데 평문은 ClientHello(1)와 ServerHello(2)뿐이다")
	check(values("client", "osilab.tls.version", hellos .. 2)[1] == "TLS 1.3", "the server chose TLS 1.3", "서버는 TLS 1.3을 골랐다")
	check(seen.SNI and not seen.Host and not seen.certificate and not seen.cookie,
		"the name asked for (SNI) is readable; Host, certificate and cookie are not",
		"찾는 이름(SNI)은 읽히고 Host, 인증서, 쿠키는 읽히지 않는다")
	check(#find("client", password) == 1 and not seen.password, "the password stands in the http packets, and in no packet of https",
		"비밀번호는 http 패킷에 있고 https 패킷 어디에도 없다")
	check(#opened(https .. ' and osilab_auth_user == "alice" and note("password.sealed")') == 1,
		"with the key log the https login opens, password and all", "키 로그가 있으면 https 로그인이 비밀번호까지 열린다")
	check(trips(80, may_speak(80)) == 1 and trips(443, may_speak(443)) == 2,
		"TLS 1.3 adds one round trip to that of TCP", "TLS 1.3은 TCP의 왕복에 한 번을 더한다")
	check(since_syn(443, may_speak(443)) >= 4 * delay, "which shows in the time, too", "시간으로도 드러난다")
end

function answers()
	local seen, list, where = readable(), "", ""
	local suite = values("client", "osilab.tls.suite", https .. " and tls_handshake_type == 2")[1] or "-"

	for _, name in ipairs({ "SNI", "Host", "certificate", "cookie", "password" }) do
		if seen[name] then
			list = list .. (list == "" and "" or ", ") .. name
			where = where .. (where == "" and "" or ", ") .. name .. ": " .. seen[name]
		end
	end
	answer("readable", list == "" and "none" or list, "client packets: " .. where, "클라이언트 패킷 번호: " .. where)
	for _, side in ipairs({ { "http", 80 }, { "https", 443 } }) do
		local name, at = side[1], may_speak(side[2])
		answer(name, trips(side[2], at),
			string.format("client packet %d, %.0f ms after the SYN; one round trip takes %d ms", at, since_syn(side[2], at), 2 * delay),
			string.format("클라이언트 패킷 %d번, SYN에서 %.0f ms 뒤. 왕복 한 번은 %d ms", at, since_syn(side[2], at), 2 * delay))
	end
	answer("key", (suite:find("AES") or suite:find("CHACHA")) and "symmetric" or "none", "the suite is " .. suite,
		"암호 스위트는 " .. suite)
	statement("HTTPS encrypts with the server's public key, on port 433.", "HTTPS는 433번 포트에서 서버의 공개키로 암호화한다.",
		"Port 443.  Public-key mathematics prove who the server is and agree on a key; data is encrypted with that key, a symmetric one.",
		"443번 포트다. 공개키 기술은 서버를 확인하고 키를 합의하는 데 쓰이고, 데이터는 그렇게 합의한 대칭키로 암호화한다.")
	statement("The server sends its certificate in clear.", "서버는 인증서를 평문으로 보낸다.",
		"Up to TLS 1.2.  In 1.3 all behind the ServerHello is encrypted; the name asked for still stands in the ClientHello.",
		"TLS 1.2까지의 이야기다. 1.3에서는 ServerHello 다음부터 모두 암호화된다. 다만 찾는 이름은 여전히 ClientHello에 그대로 있다.")
	statement("HTTPS is slow, so pages that are only read stay with http.", "HTTPS는 느리니 조회만 하는 페이지는 http를 쓴다.",
		"One round trip at the first visit, none when resumed with early data.  And what is only read can be changed on the way, too.",
		"첫 방문에 왕복 한 번이 더 들 뿐이다. 그리고 조회하는 페이지도 도중에 바꿔치기당할 수 있다.")
end
