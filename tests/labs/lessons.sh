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
export XDG_STATE_HOME="$work/state"
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

# A lab that needs what no machine has.
mkdir -p "$work/needy/L90-needy" || exit 3
printf '%s\n' 'title("a", "b") goal("a", "b") mutant("m", "a", "b") needs("no-such-program")' >"$work/needy/L90-needy/lab.lua"
timeout 30 "$lab" --labs "$work/needy" verify --all >"$work/said" 2>&1 &&
	grep -qx 'skip  L90  needs no-such-program, which is not installed' "$work/said"
verdict $? "verify passes over a lab whose program is missing"
timeout 30 "$lab" --labs "$work/needy" run --no-input L90 >"$work/said" 2>&1
[ $? -eq 3 ] && grep -q 'L90 needs no-such-program: install it$' "$work/said"
verdict $? "run names a program that is missing"

timeout 30 "$lab" run --no-input --lang ko --seed 5 --out "$work/out" L03 >"$work/said" 2>&1 &&
	grep -q '검사 5개 통과, 0개 실패 (seed 5)' "$work/said" && [ -s "$work/out/client.pcapng" ] &&
	[ -s "$work/out/wire.log" ]
verdict $? "one run, in Korean, with its captures kept"

# Predictions are committed, graded, written down, and come back on their day; the run can be looked at, checked and
# reported without running it again.
timeout 30 "$lab" predict --seed 7 --date 2026-11-24 L03 >"$work/said" 2>&1 <<END
both
?
5

END
grep -q '^predicted L03 seed 7$' "$work/state/osilab/progress" && ! grep -q "^card" "$work/state/osilab/progress"
verdict $? "predictions are committed before the run"
timeout 30 "$lab" run --no-input --date 2026-11-24 L03 >"$work/said" 2>&1 &&
	grep -q '^1 of 2 predictions were right' "$work/said" &&
	grep -q '^card L03 who box 1 due 2026-11-25 right 1 wrong 0$' "$work/state/osilab/progress" &&
	grep -q '^card L03 wait box 1 due 2026-11-25 right 0 wrong 1$' "$work/state/osilab/progress"
verdict $? "the run that follows grades them"
printf 'both\n5\n' | timeout 30 "$lab" quiz --date 2026-11-25 >"$work/said" 2>&1 &&
	grep -q '^card L03 who box 2 due 2026-11-28 right 2 wrong 0$' "$work/state/osilab/progress"
verdict $? "a quiz asks what is due, and what is right comes back later"
timeout 30 "$lab" look --lang ko L03 >"$work/said" 2>&1 && grep -q 'SYN, ACK' "$work/said" && grep -q '예측: 5' "$work/said"
verdict $? "the run can be looked at"
timeout 30 "$lab" check L03 >"$work/said" 2>&1 && grep -q '^5 checks held, 0 failed' "$work/said"
verdict $? "and checked again"
run=$work/state/osilab/runs/L03
# Packets of one's own that are others than those of the lab; and a capture that is cut.
timeout 30 "$lab" check L03 server="$run/client.pcapng" >"$work/said" 2>&1
[ $? -eq 1 ] && grep -q 'not so: ' "$work/said"
verdict $? "packets that are otherwise are refused"
head -c "$(($(wc -c <"$run/client.pcapng") - 40))" "$run/client.pcapng" >"$work/cut.pcapng"
timeout 30 "$lab" check L03 client="$work/cut.pcapng" >"$work/said" 2>&1
[ $? -eq 3 ] && grep -q 'no verdict' "$work/said"
verdict $? "a capture that is cut gives no verdict"
(cd "$work" && timeout 30 "$lab" report --redact L03) >"$work/said" 2>&1
grep -q '<svg' "$work/L03.html" && grep -q 'SYN, ACK' "$work/L03.html" && ! grep -qi 'src=\|http-equiv' "$work/L03.html" &&
	"$BUILD/bin/osilab-trace" -q -r "$work/L03-client.pcapng" >/dev/null
verdict $? "the report is one page, and captures that can be read"

timeout 60 "$lab" --labs tests/labs/words verify L90 >"$work/said" 2>&1
verdict $? "every word of a lab does what it says"

# kill -9 at any moment: the kernel takes all that ran with it.  What is in their environment tells its processes from
# everybody else's.
processes() {
	grep -l -a -F "OSILAB_TEST=$work;" /proc/[0-9]*/environ 2>/dev/null | wc -l
}
moments=3 seen=0 left=0
[ -z "${OSILAB_FULL:-}" ] || moments=10
for moment in $(awk -v n=$moments -v s=$$ 'BEGIN { srand(s); for (i = 0; i < n; i++) print rand() * 1.2 }'); do
	OSILAB_TEST="$work;" "$lab" run --no-input L03 >"$work/said" 2>&1 &
	pid=$!
	sleep "$moment"
	seen=$((seen + $(processes)))
	kill -9 $pid
	wait $pid 2>/dev/null
	tries=0
	while [ "$(processes)" -gt 0 ] && [ $tries -lt 100 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	left=$((left + $(processes)))
done
[ $seen -gt $moments ]
verdict $? "its processes are seen while it runs ($seen)"
[ $left -eq 0 ]
verdict $? "no process is left after kill -9 at $moments moments"

echo "$held passed, $failed failed"
[ $failed -eq 0 ]
