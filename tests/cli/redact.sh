# Secrets taken out: no output of --redact holds a value that the plain run shows; two captures read as one.
# shellcheck shell=sh disable=SC2154 # the variables are those of lib.sh

cookie=5f2b8c0d9e1a7346
digest=7410d68a65044cc32903266d5977c666
story=captures/http/login-story.pcap

holds() {
	grep -qaF -e "$2" "$1"
}

lacks() {
	! holds "$1" "$2"
}

# Everything that can be written, with the given options.
write_all() {
	"$bin/osilab-trace" -r "$story" "$@" --text "$tmp/r.txt" --json-file "$tmp/r.json" --html "$tmp/r.html" \
		--har "$tmp/r.har" -w "$tmp/r.pcapng" --quiet
}

count_of() {
	"$bin/osilab-trace" -r "$1" --stats --json | grep -o "\"$2\":[0-9]*"
}

same_count() {
	[ -n "$(count_of "$story" "$1")" ] && [ "$(count_of "$story" "$1")" = "$(count_of "$tmp/r.pcapng" "$1")" ]
}

check "every output, as it is" write_all
for output in json har pcapng; do
	check "$output shows a cookie" holds "$tmp/r.$output" "$cookie"
	check "$output shows credentials" holds "$tmp/r.$output" "$digest"
done
check "every output, redacted" write_all --redact
for output in txt json html har pcapng; do
	check "$output redacted: no cookie" lacks "$tmp/r.$output" "$cookie"
	check "$output redacted: not its start either" lacks "$tmp/r.$output" "$(printf %.6s $cookie)"
	check "$output redacted: no credentials" lacks "$tmp/r.$output" "$digest"
done
for output in json har pcapng; do
	check "$output redacted: the cookie has a name" holds "$tmp/r.$output" cookie-1
done
for key in packets http_requests http_responses cookie_headers set_cookie_headers authorization_headers; do
	check "redacted, $key stay" same_count "$key"
done

try 0 trace -r "$story" -r "$story" --lang en
shows 'packet\(s\) were seen at both places; 0 left .* and 0 left'
try 1 trace -r "$story" -r captures/dns/lookup.pcap
says 'no packet in common'
try 2 trace -r a -r b -r c
says 'twice, for captures of two places, not 3 times'
try 2 trace -r - -r "$story"
says 'neither can be standard input'
