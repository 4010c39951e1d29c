# A server to ask, and curl to ask it with; sourced behind lib.sh.
# shellcheck shell=sh disable=SC2154,SC2034 # tmp and bin are those of lib.sh, others for who sources this

password=correct-horse-battery
server=

cleanup() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
}

# start ARG...: leaves the ports in $http and $https.  The server's end is watched over by timeout.
start() {
	mkfifo "$tmp/ports" || exit 3
	timeout --foreground -k 5 60 "$bin/osilab-serve" "$@" >"$tmp/ports" 2>"$tmp/log" </dev/null &
	server=$!
	exec 3<"$tmp/ports"
	read -r line <&3 && http=${line##*:}
	read -r line <&3 && https=${line##*:}
	case $http$https in '' | *[!0-9]*) return 1 ;; esac
}

# stops: by SIGTERM, and its word for it is the exit code.
stops() {
	kill "$server"
	wait "$server"
	status=$?
	server=
	return "$status"
}

# What all runs of curl share; what the last of them got is in $tmp/head and $tmp/body.
get() {
	curl --silent --show-error --max-time 10 --dump-header "$tmp/head" --output "$tmp/body" "$@"
}

# tells FORMAT WANTED ARG...: what curl -w says of the last transfer
tells() {
	format=$1 wanted=$2
	shift 2
	got=$(get --write-out "$format" "$@") || return 1
	[ "$got" = "$wanted" ] && return 0
	echo "curl says $got, wanted $wanted"
	sed 's/\r$//' "$tmp/head"
	return 1
}
