#!/bin/sh
# Runs tools/deps.sh on machines made of stub commands, and checks what it would do to them.
# A machine is a folder: bin/ holds its commands, shelf/ those its package manager can install; the
# file `lacks` names the headers that are not there, `lists` the packages its lists know, `log` what
# was run; with a file `stuck`, installing fails.
# shellcheck disable=SC2016 # stubs are written in single quotes, to be expanded when they run
set -u

deps=$PWD/tools/deps.sh
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
passed=0 failed=0

# command_at PATH LINE...: a stub command, which knows its machine as $box.
command_at() {
	at=$box/$1
	shift
	printf '%s\n' "#!/bin/sh" "box=$box" "$@" >"$at"
	chmod +x "$at"
}

# machine MANAGER UID: lacks everything; a user with sudo.
machine() {
	box=$(mktemp -d "$top/XXXXXX")
	mkdir "$box/bin" "$box/shelf"
	for tool in sh cat cut grep tr sed env mv; do
		ln -s "$(command -v $tool)" "$box/bin/$tool"
	done
	printf '%s\n' stdio.h pcap/pcap.h openssl/ssl.h jwt.h jansson.h sqlite3.h hiredis/async.h seccomp.h zlib.h nghttp2/nghttp2.h liburing.h lua5.4/lua.h cmocka.h >"$box/lacks"
	: >"$box/lists"
	: >"$box/log"
	command_at bin/id "echo $2"
	command_at bin/sudo 'printf "sudo " >>$box/log' 'exec "$@"'
	# The preprocessor passes the headers' names on, without those the machine lacks.
	command_at shelf/cc 'case $1 in' \
		'-E) grep "^\"" | tr -d "\"" | grep -vxF -f $box/lacks | sed "s/.*/\"&\"/" ;;' \
		'*) cat >/dev/null; [ ! -e $box/no-runtime ] ;;' 'esac'
	cp "$box/shelf/cc" "$box/shelf/clang"
	command_at shelf/make
	command_at shelf/curl
	[ "$1" = none ] || manager "$1"
}

manager() {
	command_at "bin/$1" 'case $1 in' \
		'search) exec grep -x "$3" $box/lists ;;' \
		"update) echo $1 update >>\$box/log; cat \$box/server >>\$box/lists; exit ;;" 'esac' \
		"echo $1 \"\$@\" >>\$box/log" '[ ! -e $box/stuck ] || exit 100' \
		': >$box/lacks' 'mv $box/shelf/* $box/bin/ 2>/dev/null; :'
	command_at bin/apt-cache 'exec grep -qx "$2" $box/lists'
	printf '%s\n' gcc make libc6-dev libpcap-dev libssl-dev libjwt-dev libjansson-dev libsqlite3-dev libhiredis-dev \
		zlib1g-dev libnghttp2-dev liburing-dev liblua5.4-dev libcmocka-dev curl clang redis-server libclang-common-14-dev musl-dev linux-headers openssl-dev \
		jansson-dev sqlite-dev hiredis-dev libseccomp-dev zlib-dev nghttp2-dev liburing-dev lua5.4-dev cmocka-dev >"$box/server"
}

# A machine on which everything is installed, but for the headers named.
furnished() {
	machine apt-get 1000
	mv "$box/shelf/"* "$box/bin/"
	cat "$box/server" >"$box/lists"
	printf '%s\n' "$@" >"$box/lacks"
}

# run WANTED-EXIT ARG...: runs the script there; leaves its output in $out and what was run in $log.
run() {
	wanted=$1
	shift
	out=$(PATH=$box/bin "$box/bin/sh" "$deps" "$@" 2>&1)
	got=$?
	log=$(cat "$box/log")
}

verdict() { # verdict WHAT TRUTH, where an empty TRUTH is false
	if [ -n "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s\nexit: %s\noutput: %s\nran: %s\n\n' "$1" "$got" "$out" "$log"
	fi
}

says() { # says WHAT TEXT: the script ended as wanted and printed TEXT
	truth=
	case $out in *"$2"*) [ "$got" != "$wanted" ] || truth=yes ;; esac
	verdict "$1" "$truth"
}

ran() { # ran WHAT LINES: the script ended as wanted and ran just this
	truth=
	[ "$got" != "$wanted" ] || [ "$log" != "$2" ] || truth=yes
	verdict "$1" "$truth"
}

apt='apt-get install -y --no-install-recommends'
all='gcc make libc6-dev libpcap-dev libssl-dev libjwt-dev libjansson-dev libsqlite3-dev libhiredis-dev libseccomp-dev zlib1g-dev libnghttp2-dev liburing-dev liblua5.4-dev libcmocka-dev curl'

furnished
run 0
ran 'a furnished machine is left alone' ''
verdict 'a furnished machine hears nothing' "$([ -n "$out" ] || echo yes)"

furnished pcap/pcap.h
run 0
says 'a missing header: the package and why' 'libpcap-dev: to capture packets'
says 'a missing header: the exact command' "+ sudo env DEBIAN_FRONTEND=noninteractive $apt libpcap-dev"
ran 'a missing header: its package alone, the lists left alone' "sudo $apt libpcap-dev"
run 0
ran 'a second run does nothing' "sudo $apt libpcap-dev"

machine apt-get 1000
run 0
ran 'a fresh Debian: the lists first, then everything' "sudo apt-get update
sudo $apt $all"

machine apt-get 0
run 0
ran 'root needs no sudo' "apt-get update
$apt $all"

furnished jwt.h
rm "$box/bin/sudo"
run 3
says 'neither root nor sudo: what root is to run' "run as root: apt-get update && env DEBIAN_FRONTEND=noninteractive $apt libjwt-dev"
ran 'neither root nor sudo: nothing is run' ''
echo sqlite3.h >"$box/lacks"
command_at bin/doas 'printf "doas " >>$box/log' 'exec "$@"'
run 0
ran 'doas serves as well' "doas $apt libsqlite3-dev"

furnished zlib.h
: >"$box/stuck"
run 3
says 'what could not be installed is named' 'deps: still missing: zlib;'
ran 'a failed install is tried once more with new lists' "sudo $apt zlib1g-dev
sudo apt-get update
sudo $apt zlib1g-dev"

# OpenSSL is of no use in every version: the true compiler looks at headers of the wrong one.
furnished
ln -sf "$(command -v cc)" "$box/bin/cc"
rm "$box/bin/sudo"
mkdir -p "$box/ssl1/openssl"
echo '#define OPENSSL_VERSION_MAJOR 1' >"$box/ssl1/openssl/opensslv.h"
export CPATH="$box/ssl1"
run 3
says 'OpenSSL 1 does not do' 'libssl-dev: for TLS'
unset CPATH
run 0
says 'the libraries of this machine do' ''

furnished
: >"$box/no-runtime"
run 0
ran 'what make check needs is not asked for by make' ''
run 3 --check
says 'make check: the sanitizers are linked with' 'still missing: sanitizers of cc,nghttp2 programs,redis-server,libFuzzer;'
ran 'make check: the run-time library that exists' "sudo apt-get update
sudo $apt gcc nghttp2-client redis-server libclang-common-14-dev"

furnished uv.h
command_at bin/wrk
command_at bin/nginx
run 0
ran 'what make bench compares with is not asked for by make' ''
run 0 --bench
ran 'make bench: what it compares with' "sudo apt-get update
sudo $apt libuv1-dev"

machine dnf 1000
run 0
ran 'a fresh Fedora' "sudo dnf install -y gcc make glibc-devel libpcap-devel openssl-devel libjwt-devel jansson-devel sqlite-devel hiredis-devel libseccomp-devel zlib-devel libnghttp2-devel liburing-devel lua-devel libcmocka-devel curl"

machine pacman 1000
run 0
ran 'a fresh Arch' "sudo pacman -S --needed --noconfirm gcc make glibc linux-api-headers libpcap openssl libjwt jansson sqlite hiredis libseccomp zlib libnghttp2 liburing lua cmocka curl"

machine apk 0
run 0
ran 'a fresh Alpine' "apk update
apk add gcc make musl-dev linux-headers libpcap-dev openssl-dev libjwt-dev jansson-dev sqlite-dev hiredis-dev libseccomp-dev zlib-dev nghttp2-dev liburing-dev lua5.4-dev cmocka-dev curl"

machine none 0
run 3
says 'no package manager: the needs by what they are' 'OpenSSL 3: for TLS'
says 'no package manager: what to do' 'install these by hand'

run 0 --list
says 'the list names every package' 'apk: libjwt-dev'
run 2 --lisp
says 'a wrong option is refused' 'usage:'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
