-- Every word of a lab once, for tests/labs/words.sh: client and two servers behind a router and a switch.
title("Words", "말")
goal("Every word does what it says.", "모든 말이 뜻대로 움직인다.")
claims("S0-01")
local plain = mutant("plain", "no rule translates", "주소를 바꾸는 규칙이 없다")
local port = draw(2000, 30000)

question("who", "Who answers?", "누가 답할까요?", "one", "하나", "two", "둘", "three", "셋")

local text, code, ms, err, slow, beside, killed, processor, several
local waited, first_log, named, nobody

function network()
	host("client") router("r") bridge("sw") host("one") host("two")
	cable("client:c0", "r:r0", 20, 0, 0, "drop syn #1 from client")
	cable("r:r1", "sw:b0")
	cable("one:e0", "sw:b1") cable("two:e0", "sw:b2")
	address("client:c0", "10.9.1.2/24") address("r:r0", "10.9.1.1/24")
	address("r:r1", "10.9.2.1/24") address("one:e0", "10.9.2.11/24") address("two:e0", "10.9.2.12/24")
	address("client:c0", "fd09:1::2/64") address("r:r0", "fd09:1::1/64")
	route("client", "0.0.0.0/0", "10.9.1.1") route("client", "::/0", "fd09:1::1")
	route("one", "0.0.0.0/0", "10.9.2.1") route("two", "0.0.0.0/0", "10.9.2.1")
	sysctl("client", "ipv4/tcp_syn_retries", "3")
	hosts("10.9.2.11 www.lab.test")
	if have("nft") and not plain then
		nft("r", "table ip t {\n chain c {\n type nat hook prerouting priority -100;\n tcp dport 7 dnat to 10.9.2.12:"
			.. port .. "\n }\n}\n")
	end
	capture("client", "client:c0", "two") capture("one", "one:e0") capture("two", "two:e0", "client")
end

function steps()
	watch("client") watch("two")
	file("note.txt", "a word\n")
	environment("LAB_WORD", "spoken")
	local server = start("two", "osilab-echo", "--bind", "10.9.2.12", "--port", port)
	-- The first connection waits a second for the SYN that the wire drops.
	slow = begin("client", "slow\n", "osilab-talk", (have("nft") and not plain) and "10.9.1.1:7" or "10.9.2.12:" .. port)
	beside = { finish(slow) }
	waited = wait_state("client", (have("nft") and not plain) and 7 or port, "TIME-WAIT")
	text, code, ms, err = run("client", "", "sh", "-c", "cat note.txt; echo $LAB_WORD; echo wrong >&2; exit 3")
	_, nobody = run("client", "", "sh", "-c", "echo x >/usr/here 2>/dev/null || echo x >/tmp/osilab-here 2>/dev/null")
	processor, several = cpu(server), threads(server)
	named = run("client", "", "getent", "hosts", "www.lab.test")
	local other = serve("one", port, "osilab-echo", "--bind", "10.9.2.11", "--port", port)
	first_log = log(other)
	signal(other, "HUP")
	stop(other)
	killed = stop(server, "KILL")
	pause(1)
	tell("All is done.", "다 되었다.")
end

function checks()
	local translated = have("nft") and not plain
	check(not plain, "this is not the mutant", "변종이 아니다")
	check(beside[1] == "slow\n" and beside[2] == 0 and beside[3] > 900, "begin and finish", "begin과 finish")
	check(waited, "wait_state", "wait_state")
	check(text == "a word\nspoken\n" and code == 3 and err == "wrong\n" and ms > 0, "run, file, environment", "run, file, environment")
	check(nobody ~= 0, "the machine's files cannot be written", "기계의 파일에는 쓸 수 없다")
	check(read("note.txt") == "a word\n" and read("none") == nil, "read", "read")
	check(processor >= 0 and several >= 1, "cpu and threads", "cpu와 threads")
	check(named:find("10.9.2.11", 1, true), "hosts", "hosts")
	check(first_log:find("listening", 1, true) or #first_log > 0, "log", "log")
	check(killed == 137, "stop with a signal", "신호로 stop")
	check(wire_log("dropped") == 1, "cable and wire_log", "cable과 wire_log")
	check(#packets("client", "tcp_flags_syn and not tcp_flags_ack") == 2 and #packets("two", "tcp_flags_syn and not tcp_flags_ack") == 1,
		"captures on both sides of the router", "라우터 양쪽의 캡처")
	check(values("two", "ip.ttl", "tcp_flags_syn and not tcp_flags_ack")[1] == 63, "the router counts down", "라우터가 TTL을 줄인다")
	check(not translated or values("two", "ip.dst", "tcp_flags_syn and not tcp_flags_ack")[1] == "10.9.2.12", "nft", "nft")
	check(#packets("one", "tcp") == 0, "the switch keeps from one what is for two", "스위치는 two로 갈 것을 one에 보내지 않는다")
	check(#find("client", "slow") == 2, "find", "find")
	local seen = states("client", translated and 7 or port)
	check(seen[1] == "SYN-SENT" and table.concat(seen, " "):find("FIN%-WAIT"), "states", "states")
	check(#state_times("client", translated and 7 or port) == #seen, "state_times", "state_times")
end

function answers()
	answer("who", "two", "it is the only one", "하나뿐이다")
	statement("a", "가", "b", "나")
end
