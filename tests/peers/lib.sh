# What the comparisons share; sourced by them from the top of the project.
#
#   need TOOL...            leaves the part, saying so, when a tool is not installed
#   check WHAT COMMAND...   a case: the command must succeed; what it prints is shown when it does not
#   skip WHAT WHY           a case that this machine cannot run
#   finish                  the last line
# shellcheck shell=sh

part=$(basename "$0")
bin=${BUILD:-build}/bin
case $bin in /*) ;; *) bin=$PWD/$bin ;; esac
passed=0 failed=0
# shellcheck disable=SC2034 # for who sources this
unit=$(printf '\037') # between values of one field

need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null && continue
		echo "$part: SKIPPED: $tool is not installed"
		echo "0 passed, 0 failed"
		exit 0
	done
}

tmp=$(mktemp -d "${TMPDIR:-/tmp}/osilab-peers.XXXXXX") || exit 3
trap 'exit 3' HUP INT TERM
trap 'cleanup; rm -rf "$tmp"' EXIT
cleanup() { :; }
# Nobody's settings but the defaults.
export LC_ALL=C HOME="$tmp"
unset XDG_CONFIG_HOME CURL_HOME CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE OPENSSL_CONF
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY

check() {
	what=$1
	shift
	if "$@" >"$tmp/said" 2>&1 </dev/null; then
		passed=$((passed + 1))
		return 0
	fi
	failed=$((failed + 1))
	echo "--- $part: not so: $what"
	head -n 20 "$tmp/said" | sed 's/^/      /'
	return 1
}

fails() {
	! "$@"
}

skip() {
	echo "$part: SKIPPED: $1: $2"
}

finish() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}
