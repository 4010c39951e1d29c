# Captures made byte by byte, for the cases of trace and for tests/peers; sourced by them.
# shellcheck shell=sh disable=SC2154,SC2034 # the variables are those of lib.sh

# hex BYTE...: bytes, each two hexadecimal digits.
hex() {
	numbers=
	for byte in "$@"; do
		numbers="$numbers 0x$byte"
	done
	# shellcheck disable=SC2059,SC2086 # the format is the bytes, the numbers are words
	printf "$(printf '\\%03o' $numbers)"
}

# pcap LINK_TYPE (two hexadecimal digits): a header, little endian, microseconds.
pcap() {
	hex d4 c3 b2 a1 02 00 04 00 00 00 00 00 00 00 00 00 ff ff 00 00 "$1" 00 00 00
}

# Two decimal bytes of a number, the higher first, as hexadecimal words.
be16() {
	printf '%02x %02x' $(($1 / 256)) $(($1 % 256))
}

le16() {
	printf '%02x %02x' $(($1 % 256)) $(($1 / 256))
}

# segment SIDE SEQ ACK FLAGS FILE: a record with a TCP segment between 10.0.0.1:40000 (side c) and
# 10.0.0.2:443 (side s), its payload from FILE.
segment() {
	n=$(wc -c <"$5")
	here='0a 00 00 01' there='0a 00 00 02' from='9c 40' to='01 bb'
	[ "$1" = s ] && here='0a 00 00 02' there='0a 00 00 01' from='01 bb' to='9c 40'
	# shellcheck disable=SC2046,SC2086 # words
	hex 01 00 00 00 00 00 00 00 $(le16 $((n + 54))) 00 00 $(le16 $((n + 54))) 00 00 \
		02 00 00 00 00 01 02 00 00 00 00 02 08 00 \
		45 00 $(be16 $((n + 40))) 00 00 40 00 40 06 00 00 $here $there \
		$from $to 00 00 $(be16 $2) 00 00 $(be16 $3) 50 $4 ff ff 00 00 00 00
	cat "$5"
}

# conversation CLIENT_FILE SERVER_FILE: a capture of five packets; each side says one thing.
conversation() {
	pcap 01
	segment c 100 0 02 /dev/null
	segment s 200 101 12 /dev/null
	segment c 101 201 10 /dev/null
	segment c 101 201 18 "$1"
	segment s 201 $((101 + $(wc -c <"$1"))) 18 "$2"
}

random='41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41'

# TLS 1.2 (RFC 5246 7.4.1): hello, hello, and one record that only the secret opens.
# shellcheck disable=SC2086 # words
client_hello() {
	hex 16 03 01 00 2d 01 00 00 29 03 03 $random 00 00 02 c0 2f 01 00
}

# shellcheck disable=SC2086 # words
server_hello() {
	hex 16 03 03 00 2a 02 00 00 26 03 03 $random 00 c0 2f 00
	hex 14 03 03 00 01 01 17 03 03 00 20 $random
}

# pcapng: a section, an Ethernet interface, and one packet of four bytes.
pcapng() {
	hex 0a 0d 0d 0a 1c 00 00 00 4d 3c 2b 1a 01 00 00 00 ff ff ff ff ff ff ff ff 1c 00 00 00
	hex 01 00 00 00 14 00 00 00 01 00 00 00 00 00 00 00 14 00 00 00
	pcapng_packet
}

pcapng_packet() {
	hex 06 00 00 00 24 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 04 00 00 00 04 00 00 00 61 62 63 64 \
		24 00 00 00
}

# named FILE A B C D: the pcapng, and behind its section header a name for the address whose bytes these are.
named() {
	first=$(od -An -tu4 -j4 -N4 "$1" | tr -d ' ')
	head -c "$first" "$1"
	hex 04 00 00 00 24 00 00 00 01 00 0f 00 "$2" "$3" "$4" "$5"
	printf 'me.example\0\0'
	hex 00 00 00 00 24 00 00 00
	tail -c +$((first + 1)) "$1"
}

# A capture of two packets with a link type (USER0) that nobody decodes.
unknown_link() {
	pcap 93
	for _ in 1 2; do
		hex 01 00 00 00 00 00 00 00 04 00 00 00 04 00 00 00 61 62 63 64
	done
}

# many COUNT_LOG2 FILE: the records of FILE (behind its header) doubled so often.
many() {
	head -c 24 "$2"
	tail -c +25 "$2" >"$tmp/many.a"
	i=0
	while [ $i -lt "$1" ]; do
		cat "$tmp/many.a" "$tmp/many.a" >"$tmp/many.b"
		mv "$tmp/many.b" "$tmp/many.a"
		i=$((i + 1))
	done
	cat "$tmp/many.a"
}
