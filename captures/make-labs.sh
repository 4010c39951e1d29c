#!/bin/sh
# Makes the reference captures of labs anew, each from a run of its lab: sh captures/make-labs.sh [L17...].  Needs what
# the labs need; no root.  Ports, addresses and delays are those of seed 1; times, keys and what is random are new.
set -eu
cd "$(dirname "$0")/.."
bin=${BUILD:-build}/bin
wanted=$*
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM

# keep LAB CAPTURE...: with the secrets of its TLS sessions, if there are any, and its notes.
keep() {
	lab=$1
	shift
	case " $wanted " in "  " | *" $lab "*) ;; *) return 0 ;; esac
	"$bin/osilab" lab run --no-input --lang en --seed 1 --out "$out/$lab" "$lab" >/dev/null
	mkdir -p captures/labs
	for capture in "$@"; do
		set -- -r "$out/$lab/$capture.pcapng"
		[ ! -s "$out/$lab/keys.log" ] || set -- "$@" --keylog "$out/$lab/keys.log"
		"$bin/osilab-trace" "$@" -q -w "captures/labs/$lab-$capture.pcapng" >/dev/null
		chmod 644 "captures/labs/$lab-$capture.pcapng"
		ls -l "captures/labs/$lab-$capture.pcapng"
	done
}

keep L01 client server
keep L02 client server
keep L03 client server
keep L04 client
keep L05 client server
keep L07 client
keep L08 client
keep L10 client store
keep L11 client
keep L15 client two
keep L17 client
keep L22 client server
keep L23 client server
keep L24 client server
keep L27 server
