#!/bin/sh
# How fast the tracer is, beside the tools people know, in one run: `make bench-trace`.  The captures are made here
# (tests/bench/capture.c) and kept in $BUILD/bench.  ROUNDS (3) says how often each command runs, in turn;
# medians are shown.  Peers that are not installed are left out, and it says so.  This is no test: figures
# depend on the machine, ratios less so.
cd "$(dirname "$0")/../.." || exit 3
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh
trace=$build/bin/osilab-trace

# make_capture KIND FILE [TIMES]: once, and whole or not at all.
make_capture() {
	[ -s "$dir/$2" ] && return
	echo "making $dir/$2 ..." >&2
	"$build/bench/capture" "$1" "$dir/$2.part" ${3:+"$3"} >"$dir/$2.count" && mv "$dir/$2.part" "$dir/$2"
}

packets() {
	sed 's/ .*//' "$dir/$1.count"
}

# One table: packets per second and memory of each command, and how they stand to the first one.
# table TITLE PACKETS NAMES: the measured lines on stdin, in the order of the names.
table() {
	printf '\n%s\n' "$1"
	printf '  %-28s %9s %9s %11s %9s  %s\n' command 'wall s' 'CPU s' packets/s MiB 'packets/s against the first'
	awk -v n="$2" -v names="$3" '
		BEGIN { split(names, name, "|") }
		{
			if (NR == 1)
				first = $1
			printf "  %-28s %9.2f %9.2f %11.0f %9.1f  %.2fx\n", name[NR], $1, $2, n / $1, $3 / 1024, first / $1
		}'
}

compare() {
	file=$1 title=$2 n=$(packets "$1")
	if have tcpdump; then
		"$build/bench/measure" "$rounds" -- tcpdump -nn -r "$dir/$file" -- "$trace" -r "$dir/$file" \
			-- "$trace" -r "$dir/$file" --json -- "$trace" -r "$dir/$file" --stats |
			table "$title" "$n" 'tcpdump -nn|osilab trace|osilab trace --json|osilab trace --stats'
	fi
	if have tshark; then
		"$build/bench/measure" 1 -- tshark -r "$dir/$file" -T fields -e http.cookie -- "$trace" -r "$dir/$file" |
			table "$title, all notes against one field" "$n" 'tshark -T fields http.cookie|osilab trace'
	fi
}

flows() {
	n=$(packets flows-1000.pcap)
	"$build/bench/measure" "$rounds" -- "$trace" -r "$dir/flows-1000.pcap" --memory 2048 \
		-- "$trace" -r "$dir/flows-all.pcap" --memory 2048 -- "$trace" -r "$dir/flows-all.pcap" |
		table 'a million connections' "$n" '1,000 at once|1,000,000 at once|the same in 64 MiB'
}

longer() {
	"$build/bench/measure" 1 -- "$trace" -r "$dir/$1" -- "$trace" -r "$dir/$2" |
		table "$3" "$(packets "$1")" 'once|twice as long'
}

make_capture web web.pcap && make_capture tiny tiny.pcap && make_capture tiny tiny-twice.pcap 2 &&
	make_capture flows flows-1000.pcap 1000 && make_capture flows flows-all.pcap || exit 3
compare web.pcap 'pages of 10 kB, MTU 1500'
compare tiny.pcap 'tiny requests and answers'
flows
longer tiny.pcap tiny-twice.pcap 'memory, tiny requests'
