#!/usr/bin/env python3
"""The client of captures/names.sh: real DNS and DHCP exchanges, and a capture written by hand.

  names.py lease FILE    DHCP with the server on eth0: lease, renewal, inform, release, a wrong address
  names.py lookup FILE   DNS with 10.9.1.1, then a connection to the address it gave
  names.py zoo FILE      what a well-behaved server does not say

FILE becomes a pcap of it: of the first two as eth0 saw it.
"""
import socket
import struct
import subprocess
import sys
import threading
import time

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33,
         "DNAME": 39, "OPT": 41, "SVCB": 64, "HTTPS": 65, "CAA": 257}


def name(text):
    return b"".join(bytes([len(l)]) + l for l in text.encode().split(b".") if l) + b"\0"


def question(text, kind, cls=1):
    return name(text) + struct.pack("!HH", TYPES[kind], cls)


def record(text, kind, ttl, data, cls=1):
    return name(text) + struct.pack("!HHIH", TYPES[kind], cls, ttl, len(data)) + data


def edns(size=1232, options=b""):
    return b"\0" + struct.pack("!HHIH", TYPES["OPT"], size, 0, len(options)) + options


def message(ident, flags, questions=(), answers=(), authority=(), additional=()):
    parts = (questions, answers, authority, additional)
    return struct.pack("!6H", ident, flags, *map(len, parts)) + b"".join(b"".join(p) for p in parts)


# --- Captures ------------------------------------------------------------------------------------------------

class Capture:
    def __init__(self, path):
        self.out = open(path, "wb")
        self.out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))  # nanoseconds, Ethernet

    def put(self, frame, ns):
        self.out.write(struct.pack("<IIII", ns // 10**9, ns % 10**9, len(frame), len(frame)) + frame)


def captured(path, run):
    """What passes eth0 while run() does: UDP and TCP over IPv4."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS
    s.bind(("eth0", 0))
    s.settimeout(0.1)
    capture, over = Capture(path), threading.Event()

    def listen():
        while True:
            try:
                frame, extra, _, _ = s.recvmsg(65536, 64)
            except TimeoutError:
                if over.is_set():
                    return
                continue
            seconds, ns = struct.unpack("qq", extra[0][2])
            if frame[12:14] == b"\x08\0" and frame[23] in (6, 17):
                capture.put(frame, seconds * 10**9 + ns)

    listener = threading.Thread(target=listen)
    listener.start()
    run()
    time.sleep(0.3)
    over.set()
    listener.join()
    capture.out.close()


# --- Real exchanges -----------------------------------------------------------------------------------------

def lookup():
    subprocess.run(["ip", "addr", "add", "10.9.1.2/24", "dev", "eth0"], check=True)
    asked = [("home.lab.test", "A"), ("www.lab.test", "AAAA"), ("lab.test", "MX"), ("lab.test", "TXT"),
             ("_http._tcp.lab.test", "SRV"), ("lab.test", "CAA"), ("web.lab.test", "HTTPS"),
             ("1.1.9.10.in-addr.arpa", "PTR"), ("nowhere.lab.test", "A"), ("lab.test", "NS"), ("www.example.com", "A"),
             ("long.lab.test", "TXT")]
    for i, (text, kind) in enumerate(asked):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("10.9.1.2", 40000 + i))
            s.settimeout(2)
            more = [edns()] if i % 2 == 0 else []
            s.sendto(message(0x4000 + i, 0x0100, [question(text, kind)], additional=more), ("10.9.1.1", 53))
            s.recv(4096)
    with socket.create_connection(("10.9.1.1", 53)) as s:
        m = message(0x4fff, 0x0100, [question("long.lab.test", "TXT")])
        m = struct.pack("!H", len(m)) + m
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.send(m[:1])
        time.sleep(0.05)
        s.send(m[1:20])
        time.sleep(0.05)
        s.send(m[20:])
        s.recv(4096)
    try:
        socket.create_connection(("10.9.1.1", 80), 2)
    except ConnectionRefusedError:
        pass


MAC = bytes.fromhex("020000000102")


def dhcp(s, to, kind, xid, ciaddr="0.0.0.0", options=b"", reply=True):
    m = struct.pack("!4BIHH", 1, 1, 6, 0, xid, 0, 0x8000 if ciaddr == "0.0.0.0" else 0)
    m += socket.inet_aton(ciaddr) + bytes(12) + MAC + bytes(10) + bytes(192)
    m += b"\x63\x82\x53\x63\x35\x01" + bytes([kind]) + b"\x3d\x07\x01" + MAC + b"\x0c\x06laptop" + options
    m += b"" if kind == 7 else b"\x37\x06\x01\x03\x06\x0f\x1c\x33"
    m += b"\xff"
    s.sendto(m.ljust(300, b"\0"), (to, 67))
    return s.recv(2048) if reply else None


def lease():
    def opened(address):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
        s.bind((address, 68))
        s.settimeout(5)
        return s

    def ip(*words):
        subprocess.run(["ip", *words], check=True)

    ip("route", "add", "255.255.255.255", "dev", "eth0")
    server = b"\x36\x04" + socket.inet_aton("10.9.1.1")
    with opened("") as s:
        dhcp(s, "255.255.255.255", 1, 0x0a0b0c01)
        dhcp(s, "255.255.255.255", 3, 0x0a0b0c01,
             options=b"\x32\x04" + socket.inet_aton("10.9.1.102") + server)
    ip("addr", "add", "10.9.1.102/24", "dev", "eth0")
    with opened("10.9.1.102") as s:
        dhcp(s, "10.9.1.1", 3, 0x0a0b0c02, "10.9.1.102")
        dhcp(s, "10.9.1.1", 8, 0x0a0b0c03, "10.9.1.102")
        dhcp(s, "10.9.1.1", 7, 0x0a0b0c04, "10.9.1.102", server, reply=False)
        time.sleep(0.2)
    ip("addr", "del", "10.9.1.102/24", "dev", "eth0")
    with opened("") as s:
        dhcp(s, "255.255.255.255", 3, 0x0a0b0c05, options=b"\x32\x04" + socket.inet_aton("192.168.7.7"))


# --- Written by hand ----------------------------------------------------------------------------------------

def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def datagram(src, sport, dst, dport, payload, ttl=64, cksum=None):
    a, b = socket.inet_aton(src), socket.inet_aton(dst)
    udp = struct.pack("!4H", sport, dport, 8 + len(payload), 0) + payload
    right = checksum(a + b + struct.pack("!HH", 17, len(udp)) + udp) or 0xFFFF
    udp = udp[:6] + struct.pack("!H", right if cksum is None else cksum) + udp[8:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0x4000, ttl, 17, 0) + a + b
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return bytes.fromhex("020000000101" "020000000102" "0800") + ip + udp


def zoo(path):
    client, resolver, other = "10.9.1.2", "10.9.1.1", "10.9.9.9"
    at = [1767323045 * 10**9]
    out = Capture(path)

    def put(frame, after=0.001):
        at[0] += round(after * 10**9)
        out.put(frame, at[0])

    def ask(port, m, after=0.1):
        put(datagram(client, port, resolver, 53, m), after)

    def tell(port, m, **more):
        put(datagram(resolver, 53, client, port, m, **more))

    soa = name("ns.lab.test") + name("admin.lab.test") + struct.pack("!5I", 2026010201, 3600, 600, 86400, 300)
    q = [question("zoo.lab.test", "SOA")]
    ask(50001, message(1, 0x0100, q))
    tell(50001, message(1, 0x8580, q, [record("lab.test", "SOA", 3600, soa)]))
    q = [question("deep.example.org", "A")]
    ask(50002, message(2, 0x0000, q))
    tell(50002, message(2, 0x8000, q, [], [record("example.org", "NS", 172800, name("ns1.example.org"))],
                        [record("ns1.example.org", "A", 172800, socket.inet_aton(other))]))
    q = [question("old.lab.test", "HTTPS")]
    ask(50003, message(3, 0x0100, q, additional=[edns(options=struct.pack("!HHHBB", 8, 7, 1, 24, 0) + bytes([192, 0, 2]))]))
    tell(50003, message(3, 0x8180, q, [
        record("old.lab.test", "CNAME", 30, name("new.lab.test")),
        record("new.lab.test", "HTTPS", 30, b"\0\1\0" + b"\0\1\0\6\2h2\2h3" + b"\0\3\0\2\x20\xfb" + b"\0\4\0\4" + socket.inet_aton(other)),
        record("new.lab.test", "SVCB", 30, b"\0\0" + name("pool.lab.test")),
        record("tree.lab.test", "DNAME", 30, name("wood.lab.test")),
        record("lab.test", "CAA", 30, b"\x80\x09issuewild;")]))
    q = [question("none.lab.test", "AAAA")]
    ask(50004, message(4, 0x0100, q))
    tell(50004, message(4, 0x8580, q, [], [record("lab.test", "SOA", 3600, soa)]))
    q = [question("broken.lab.test", "A")]
    ask(50005, message(5, 0x0100, q, additional=[edns()]))
    tell(50005, message(5, 0x8182, q, additional=[edns(options=struct.pack("!HHH", 15, 11, 6) + b"bad chain")]))
    q = [question("slow.lab.test", "A")]
    ask(50006, message(6, 0x0100, q))
    ask(50006, message(6, 0x0100, q), 2)
    tell(50006, message(7, 0x8180, q, [record("slow.lab.test", "A", 60, socket.inet_aton("203.0.113.66"))]))
    answer = message(6, 0x8180, q, [record("slow.lab.test", "A", 60, socket.inet_aton(other))])
    tell(50006, answer)
    tell(50006, answer, cksum=0xbad0)
    q = [question("bare.lab.test", "A")]
    ask(50007, message(8, 0x0100, q))
    tell(50007, message(8, 0x8180, q, [record("bare.lab.test", "A", 0, socket.inet_aton(other))]), cksum=0)
    everyone = "224.0.0.251"
    service = "Living Room._ipp._tcp.local"
    put(datagram(client, 5353, everyone, 5353, message(0, 0, [question("_ipp._tcp.local", "PTR"),
                                                              question("printer.local", "A", 0x8001)]), ttl=255), 1)
    records = [record("_ipp._tcp.local", "PTR", 4500, name(service)),
               record(service, "SRV", 120, struct.pack("!3H", 0, 0, 631) + name("printer.local"), 0x8001),
               record(service, "TXT", 4500, b"\x09txtvers=1\x08note=Caf", 0x8001),
               record("printer.local", "A", 120, socket.inet_aton("10.9.1.77"), 0x8001)]
    put(datagram("10.9.1.77", 5353, everyone, 5353, message(0, 0x8400, (), records), ttl=255))
    put(datagram("10.9.1.77", 5353, everyone, 5353, message(0, 0x8400, (), [
        record("printer.local", "A", 0, socket.inet_aton("10.9.1.77"), 0x8001)]), ttl=255), 2)
    out.out.close()


what, path = sys.argv[1:]
if what == "zoo":
    zoo(path)
else:
    captured(path, {"lease": lease, "lookup": lookup}[what])
