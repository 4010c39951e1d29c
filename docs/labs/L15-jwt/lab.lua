-- L15: one token, three servers that share a key and nothing else, and five forgeries.
title("JWT on three servers", "서버 세 대와 JWT")
goal([[A user gets a token from one of three servers and shows it to all of them: whoever is next in turn answers.  They
share the key that signs, and nothing else.  Then come five forgeries.]],
[[사용자가 서버 세 대 가운데 하나에서 토큰을 받아 모든 서버에 내밉니다. 차례가 된 서버가 답합니다. 서버들이 공유하는 것은
서명 키 하나뿐입니다. 그다음 위조한 토큰 다섯 개가 옵니다.]])
claims("S0-01 S3-81 S3-82 S3-83 S3-84 S4-55 S4-56")

local strangers = mutant("strangers", "each server has a key of its own", "서버마다 키가 다르다")
local alone = mutant("alone", "one server gets all requests", "한 서버가 모든 요청을 받는다")
local user, password = ({ "alice", "bora", "chan", "dana" })[draw(1, 4)], "correct-horse-" .. draw(1000000, 9999999)
local delay, port = draw(1, 5), draw(2000, 9000)
local forgeries = { "edited", "none", "key", "expired", "audience" }

question("read", "Can somebody who has the packets, and no key, read whose token it is?  yes or no",
	"열쇠 없이 패킷만 가진 사람이 누구의 토큰인지 읽을 수 있을까요? yes, no 중 하나",
	"The token has three parts, with dots between them.", "토큰은 점으로 나뉜 세 부분입니다.",
	"The second part is JSON, in base64url.", "둘째 부분은 base64url로 적은 JSON입니다.",
	"osilab.jwt.claims, or: base64 -d", "osilab.jwt.claims, 또는 base64 -d")
question("servers", "Of the three servers, how many accept the token?", "세 서버 가운데 토큰을 받아들이는 서버는 몇 대일까요?",
	"What does a server need to know to check it?", "토큰을 확인하려면 서버는 무엇을 알아야 할까요?",
	"The key, and what time it is.", "키와 지금 시각이면 됩니다.",
	"-Y 'http_response_code'", "-Y 'http_response_code'")
question("forged", "Of the five forgeries (payload edited, alg none, another key, expired, for another audience), how many pass?",
	"위조 다섯 개(페이로드 변조, alg none, 다른 키, 만료, 다른 대상) 가운데 통과하는 것은 몇 개일까요?",
	"What does the signature cover?", "서명은 무엇을 덮을까요?",
	"A server that pins one algorithm does not ask the token which one to use.", "알고리즘을 하나로 정해 둔 서버는 토큰에게 무엇을 쓸지 묻지 않습니다.",
	"http.response.code 401", "http.response.code 401")
question("store", "How many packets do the servers send to a session store, or to each other, to find out who is asking?",
	"누가 요청하는지 알아내려고 서버들이 세션 저장소나 서로에게 보내는 패킷은 몇 개일까요?",
	"Each server has a capture of its own.", "서버마다 캡처가 있습니다.",
	"Count what a server sends that is no answer to the client.", "서버가 보낸 것 가운데 클라이언트에게 준 답이 아닌 것을 세세요.",
	"-Y 'ip_src == \"10.9.2.11\" and tcp_srcport ~= " .. port .. "'", "-Y 'ip_src == \"10.9.2.11\" and tcp_srcport ~= " .. port .. "'")

local standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local for_urls = standard:gsub("%+/", "-_")

-- RFC 4648, sections 4 and 5: three bytes become four letters; without padding.
local function encode(text, alphabet)
	local out = ""

	for i = 1, #text, 3 do
		local a, b, c = text:byte(i, i + 2)
		local bits = a << 16 | (b or 0) << 8 | (c or 0)
		for k = 0, c and 3 or b and 2 or 1 do
			local at = (bits >> (18 - 6 * k) & 63) + 1
			out = out .. alphabet:sub(at, at)
		end
	end
	return out
end

local function decode(text)
	local out, bits, n = "", 0, 0

	for letter in text:gmatch("[%w_-]") do
		bits, n = bits << 6 | for_urls:find(letter, 1, true) - 1, n + 6
		if n >= 8 then
			n = n - 8
			out = out .. string.char(bits >> n & 255)
		end
	end
	return out
end

local names = { "one", "two", "three" }

local function server(i)
	return "10.9.2." .. 10 + i
end

function network()
	host("client") router("lb") bridge("switch")
	cable("client:c0", "lb:l0", delay, 0, 0)
	cable("lb:l1", "switch:p0")
	address("client:c0", "10.9.1.2/24") address("lb:l0", "10.9.1.1/24") address("lb:l1", "10.9.2.1/24")
	route("client", "0.0.0.0/0", "10.9.1.1")
	for i, name in ipairs(names) do
		host(name)
		cable(name .. ":s0", "switch:p" .. i)
		address(name .. ":s0", server(i) .. "/24")
		route(name, "0.0.0.0/0", "10.9.2.1")
	end
	capture("client", "client:c0", "lb")
	for _, name in ipairs(names) do capture(name, name .. ":s0", "lb:l1") end
	if have("nft") then
		nft("lb", "table ip balance {\n chain spread {\n  type nat hook prerouting priority -100\n  ip daddr 10.9.1.1 tcp dport "
			.. port .. " dnat to numgen inc mod " .. (alone and 1 or 3) .. " map { 0 : 10.9.2.11"
			.. (alone and "" or ", 1 : 10.9.2.12, 2 : 10.9.2.13") .. " }\n }\n}\n")
	end
end

local tokens = {}

-- A server of ours at server i; ready when this comes back.
local function serve_at(i, on, key, ...)
	start(names[i], "osilab-serve", "--http", server(i) .. ":" .. on, "--users", "users.db", "--store", "none",
		"--jwt-key", key, ...)
end

-- A token from there, for the user's name and password; what else stands in the answer does not matter.
local function fetch(from, to)
	local basic = encode(user .. ":" .. password, standard)
	local said = run(from, "POST /token HTTP/1.1\r\nHost: " .. to .. "\r\nAuthorization: Basic " .. basic
		.. ("="):rep(-#basic % 4) .. "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "osilab-talk", to)
	return said:match('"access_token":"([%w_.-]+)"') or error("no token from " .. to .. ": " .. said)
end

-- Three connections with it, which go to one server after the other.
local function show(token)
	local header, n = "Authorization: Bearer " .. token, alone and 1 or 3

	if have("nft") then
		run("client", "", "osilab-load", "--count", 3, "--connections", "1", "--close", "--header", header,
			"http://10.9.1.1:" .. port .. "/api/me")
		return
	end
	for i = 0, 2 do
		run("client", "", "osilab-load", "--count", 1, "--connections", "1", "--close", "--header", header,
			"http://" .. server(i % n + 1) .. ":" .. port .. "/api/me")
	end
end

function steps()
	-- Three keys with one name (what stands before the dot, the kid of tokens): what differs is the secret alone.
	for i, name in ipairs(names) do file("lab." .. i, string.rep("secret of " .. name .. " ", 4)) end
	run("one", password, "osilab-user", "--cost", "12", "--db", "users.db", "--password-file", "-", "add", user)
	for i = 1, 3 do serve_at(i, port, "lab." .. (strangers and i or 1)) end
	-- Three more on the first, whom only that one asks, for tokens that are not for ours.
	serve_at(1, 80, "lab.2")
	serve_at(1, 81, "lab.1", "--clock", "1700000000")
	serve_at(1, 82, "lab.1", "--jwt-audience", "others")
	if not have("nft") then
		tell("There is no nft here: the client itself goes from server to server.", "nft가 없어 클라이언트가 직접 서버를 돌아가며 찾아갑니다.")
	end
	tokens.good = fetch("client", (have("nft") and "10.9.1.1:" or "10.9.2.11:") .. port)
	tokens.key, tokens.expired, tokens.audience = fetch("one", server(1) .. ":80"), fetch("one", server(1) .. ":81"),
		fetch("one", server(1) .. ":82")
	local head, claims, signature = tokens.good:match("^([^.]+)%.([^.]+)%.([^.]+)$")
	tokens.edited = head .. "." .. encode(decode(claims):gsub('"sub":"' .. user .. '"', '"sub":"admin"'), for_urls) .. "." .. signature
	tokens.none = encode(decode(head):gsub('"HS256"', '"none"'), for_urls) .. "." .. claims .. "."
	show(tokens.good)
	for _, name in ipairs(forgeries) do show(tokens[name]) end
end

-- The status codes of the answers to that token, as the client saw them.
local function codes(token)
	local asked, list = {}, {}

	for _, n in ipairs(packets("client", "http_authorization == 'Bearer " .. token .. "'")) do asked[n] = true end
	local answers, refs = values("client", "http.response.code", "http_response_code"), values("client", "osilab.ref", "http_response_code")
	for i, ref in ipairs(refs) do
		if asked[ref] then list[#list + 1] = answers[i] end
	end
	return list
end

local function count(list, value)
	local n = 0

	for _, v in ipairs(list) do n = n + (v == value and 1 or 0) end
	return n
end

-- How many servers said 200 to a token.
local function accepting()
	local n = 0

	for _, name in ipairs(names) do
		n = n + (#packets(name, "http_response_code == 200 and osilab_http_request == 'GET /api/me'") > 0 and 1 or 0)
	end
	return n
end

-- What servers sent besides answers on their port.
local function asides()
	local n = 0

	for i, name in ipairs(names) do
		n = n + #packets(name, "(tcp or udp) and ip_src == '" .. server(i) .. "' and tcp_srcport ~= " .. port)
	end
	return n
end

-- The claims of the token that passed, out of the packets.
local function seen()
	local shown = values("client", "http.authorization", "http_authorization and http_request_uri == '/api/me'")[1] or ""

	return decode(shown:match("%.([^.]*)%.") or "")
end

function checks()
	local good = codes(tokens.good)

	check(#good == 3 and count(good, 200) == 3, "the token was shown three times, and accepted three times", "토큰을 세 번 내밀었고 세 번 모두 받아들여졌다")
	check(accepting() == 3, "by three different servers", "서로 다른 세 서버가 받아들였다")
	for _, name in ipairs(forgeries) do
		local list = codes(tokens[name])
		check(#list == 3 and count(list, 401) == 3, "forged (" .. name .. "): 401 from every server",
			"위조(" .. name .. "): 모든 서버가 401")
	end
	check(asides() == 0, "the servers sent nothing but their answers", "서버들은 응답 말고는 아무것도 보내지 않았다")
	check(seen():find('"sub":"' .. user .. '"', 1, true), "the claims can be read from the packets, without a key",
		"클레임은 열쇠 없이 패킷에서 읽힌다")
	check(seen() == decode(tokens.good:match("%.([^.]*)%.")), "they are the claims that were issued", "발급된 클레임 그대로다")
	check(tokens.good:find("^[%w_-]+%.[%w_-]+%.[%w_-]+$"), "the token has letters of base64url only: no +, / or =",
		"토큰은 base64url 글자로만 되어 있다. +, /, =가 없다")
	check(#packets("client", "http_set_cookie") == 0, "no cookie was set", "쿠키는 쓰이지 않았다")
end

function answers()
	local passed, first = 0, packets("client", "http_authorization and http_request_uri == '/api/me'")[1] or 0

	for _, name in ipairs(forgeries) do passed = passed + (count(codes(tokens[name]), 200) > 0 and 1 or 0) end
	answer("read", seen():find('"sub":"' .. user .. '"', 1, true) and "yes" or "no", "client packet " .. first .. ": " .. seen(),
		"클라이언트 패킷 " .. first .. "번: " .. seen())
	answer("servers", accepting(), "each has its own capture: one, two, three", "서버마다 캡처가 있다: one, two, three")
	answer("forged", passed, string.format("%d answers with 401", #packets("client", "http_response_code == 401")),
		string.format("401 응답 %d개", #packets("client", "http_response_code == 401")))
	answer("store", asides(), "all they sent were answers", "보낸 것은 모두 응답이다")
	statement("A token is an encrypted string.", "토큰은 암호화된 문자열이다.",
		"It is signed.  Anybody can read it (base64url is no cipher); nobody without the key can change it.",
		"서명된 문자열이다. 누구나 읽을 수 있고(base64url은 암호가 아니다), 키가 없으면 아무도 바꿀 수 없다.")
	statement("JWT is used because sessions get lost behind a load balancer.", "로드 밸런서 뒤에서 세션이 유실되므로 JWT를 쓴다.",
		"It does away with the shared store.  The price: a token that is out cannot be taken back before it ends, unless servers share a "
		.. "list again.",
		"공유 저장소가 필요 없어지는 대신, 이미 나간 토큰은 만료 전에 거둘 수 없다. 거두려면 서버들이 다시 목록을 공유해야 한다.")
	statement("A server only has to check the signature.", "서버는 서명만 확인하면 된다.",
		"And that it was made with the algorithm it expects, that it is not over (exp), that it is meant for it (aud), and who made it (iss).",
		"서명과 함께, 기대한 알고리즘인지, 만료되지 않았는지(exp), 자기에게 온 것인지(aud), 누가 발급했는지(iss)도 확인해야 한다.")
end
