#!/bin/sh
# Every lab with one seed: its checks hold, and refuse its mutants.  Then that a wrong check is caught, a seed repeats
# its parameters, and that nothing is left behind after kill -9.  BUILD=folder (default build).
cd "$(dirname "$0")/../.." || exit 3
. tests/labs/can.sh

work=$BUILD/labs/lessons.$$
mkdir -p "$work" && own "$work" || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
held=0 failed=0
lab=$BUILD/bin/osilab-lab

verdict() { # verdict STATUS WORDS: counts, and shows what does not hold
	if [ "$1" -eq 0 ]; then
		held=$((held + 1))
	else
		failed=$((failed + 1))
		echo "lessons.sh: not so: $2"
		tail -n 5 "$work/said"
	fi
}

timeout 120 "$lab" verify --all >"$work/said" 2>&1
verdict $? "all labs hold, and refuse their mutants"

# A lab whose check was made wrong.
mkdir -p "$work/labs" && cp -R docs/labs/L03-lost-synack "$work/labs/" || exit 3
sed 's/#at_server >= 2,/#at_server == 1,/' docs/labs/L03-lost-synack/lab.lua >"$work/labs/L03-lost-synack/lab.lua"
timeout 30 "$lab" --labs "$work/labs" verify L03 >"$work/said" 2>&1
[ $? -eq 1 ] && grep -q 'not so: the server sent its SYN+ACK at least twice' "$work/said"
verdict $? "a check that is wrong is caught"
# One that its mutant passes.
sed 's/check(.*at_client + 1,/check(true,/; s/check(#packets/check(1 == 1 or #packets/
	s/#at_server >= 2/true/; s/wire_log("dropped") == 1/true/' \
	docs/labs/L03-lost-synack/lab.lua >"$work/labs/L03-lost-synack/lab.lua"
timeout 30 "$lab" --labs "$work/labs" verify L03 >"$work/said" 2>&1
[ $? -eq 1 ] && grep -q 'the checks do not refuse the mutant intact' "$work/said"
verdict $? "checks that refuse no mutant are caught"

timeout 30 "$lab" run --no-input --lang ko --seed 5 --out "$work/out" L03 >"$work/said" 2>&1 &&
	grep -q '검사 5개 통과, 0개 실패 (seed 5)' "$work/said" && [ -s "$work/out/client.pcapng" ] &&
	[ -s "$work/out/wire.log" ]
verdict $? "one run, in Korean, with its captures kept"

# kill -9 in the middle: the kernel takes all that ran with it.
processes() {
	# shellcheck disable=SC2012 # the names are numbers
	ls -ld /proc/[0-9]*/cwd 2>/dev/null | grep -c -- "-> $work/killed"
}
"$lab" run --no-input --out "$work/killed" L03 >"$work/said" 2>&1 &
pid=$!
tries=0
while [ ! -e "$work/killed/wire.log" ] && [ $tries -lt 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
[ "$(processes)" -gt 0 ]
verdict $? "its processes are seen while it runs"
kill -9 $pid
wait $pid 2>/dev/null
tries=0
while [ "$(processes)" -gt 0 ] && [ $tries -lt 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
[ "$(processes)" -eq 0 ]
verdict $? "no process is left after kill -9"

echo "$held passed, $failed failed"
[ $failed -eq 0 ]
