#!/bin/sh
# What osilab needs from the system, and how to get it.
#
#   sh tools/deps.sh            install what `make`, `make demo` and `make test` need
#   sh tools/deps.sh --check    and what `make check` needs besides
#   sh tools/deps.sh --bench    and what `make bench` compares with
#   sh tools/deps.sh --list     print the needs and their packages; install nothing
#
# Looking takes no privileges and a fraction of a second; when nothing is missing, nothing is done.
# Exit: 0 all is there, 2 usage, 3 something is missing and could not be installed.
# shellcheck disable=SC2086 # commands and package lists are kept as words, to be split where used
set -u

# One need a line, its fields parted by single tabs: who needs it, the need, why, how to look
# for it, then its packages for apt, dnf, pacman and apk.
#   Looking: a header, perhaps with a condition for the preprocessor; or a compiler with flags, which
#   must compile and link a function f; or the name of a program.
#   Packages: a/b is whichever of the two exists; !text says why there is none.
needs() {
	cat <<'END'
make	C compiler	to compile osilab	cc	gcc	gcc	gcc	gcc
make	make	to build and run everything	make	make	make	make	make
make	C library	to call the kernel	stdio.h && __has_include(<linux/types.h>)	libc6-dev	glibc-devel	glibc linux-api-headers	musl-dev linux-headers
make	libpcap	to capture packets	pcap/pcap.h	libpcap-dev	libpcap-devel	libpcap	libpcap-dev
make	OpenSSL 3	for TLS, certificates and password hashes	openssl/ssl.h && OPENSSL_VERSION_MAJOR >= 3	libssl-dev	openssl-devel	openssl	openssl-dev
make	libjwt	to sign and verify JSON Web Tokens	jwt.h	libjwt-dev	libjwt-devel	libjwt	libjwt-dev
make	jansson	to read and write JSON	jansson.h	libjansson-dev	jansson-devel	jansson	jansson-dev
make	SQLite 3	to keep users and sessions	sqlite3.h	libsqlite3-dev	sqlite-devel	sqlite	sqlite-dev
make	hiredis	to keep sessions in Redis	hiredis/async.h	libhiredis-dev	hiredis-devel	hiredis	hiredis-dev
make	libseccomp	to confine programs that read what strangers made	seccomp.h	libseccomp-dev	libseccomp-devel	libseccomp	libseccomp-dev
make	zlib	to open compressed bodies	zlib.h	zlib1g-dev	zlib-devel	zlib	zlib-dev
make	nghttp2	to read and speak HTTP/2	nghttp2/nghttp2.h	libnghttp2-dev	libnghttp2-devel	libnghttp2	nghttp2-dev
make	liburing	to serve by completions	liburing.h	liburing-dev	liburing-devel	liburing	liburing-dev
make	Lua 5.4	to show packets by an expression	lua5.4/lua.h || __has_include(<lua.h>)	liblua5.4-dev	lua-devel	lua	lua5.4-dev
make	cmocka	to run the unit tests	cmocka.h	libcmocka-dev	libcmocka-devel	cmocka	cmocka-dev
make	curl	to be a web client in the labs	curl	curl	curl	curl	curl
check	sanitizers of cc	to test with sanitizers	cc -fsanitize=address,undefined -Df=main	gcc	libasan libubsan	gcc	!gcc has no sanitizers with musl
check	clang	to compile the fuzz targets	clang	clang	clang	clang	clang
check	nghttp2 programs	to ask by HTTP/2 as others do	nghttp	nghttp2-client	nghttp2	nghttp2	nghttp2
check	redis-server	to test sessions in Redis	redis-server	redis-server	redis	redis/valkey	redis
bench	wrk	to measure the load generator beside	wrk	wrk	wrk	wrk	wrk
bench	nginx	to be loaded	nginx	nginx-light/nginx	nginx	nginx	nginx
bench	libuv	to measure the echo servers beside	uv.h	libuv1-dev	libuv-devel	libuv	libuv-dev
bench	libevent	to measure the echo servers beside	event2/event.h	libevent-dev	libevent-devel	libevent	libevent-dev
bench	http_parser	to measure the parser beside	http_parser.h	libhttp-parser-dev	http-parser-devel	http-parser	http-parser-dev
check	libFuzzer	to fuzz with sanitizers	clang -fsanitize=fuzzer,address,undefined -Df=LLVMFuzzerTestOneInput	libclang-rt-dev/libclang-common-14-dev	compiler-rt	compiler-rt	compiler-rt
END
}

tab=$(printf '\t')

die() {
	echo "deps: $1" >&2
	exit 3
}

# The needs to meet, with the packages of this machine's package manager only.
wanted() {
	needs | grep -E "^($who)$tab" | cut -f "2-4,$column"
}

# Prints the wanted lines that this machine does not meet.  All headers are asked for in one run.
missing() {
	headers=$(wanted | {
		printf '#if __has_include(<%s>)\n#include <%s>\n#endif\n' openssl/opensslv.h openssl/opensslv.h
		while IFS=$tab read -r _ _ look _; do
			case $look in *.h*) printf '#if __has_include(<%s>)%s\n"%s"\n#endif\n' "${look%% *}" "${look#*.h}" "${look%% *}" ;; esac
		done
	} | cc -E -P -x c - 2>/dev/null)
	wanted | while IFS=$tab read -r need why look packages; do
		case $look in
		*.h*) echo "$headers" | grep -qxF "\"${look%% *}\"" ;;
		# Here $look is a command with its flags, so it must fall apart into words.
		*-*) echo 'int f(void) { return 0; }' | $look -x c -o /dev/null - >/dev/null 2>&1 ;;
		*) command -v "$look" >/dev/null ;;
		esac || printf '%s\t%s\t%s\t%s\n' "$need" "$why" "$look" "$packages"
	done
}

# Whether the package manager's lists know package $1; where asking is slow, the answer is yes.
known() {
	case $manager in
	apt-get) apt-cache show "$1" ;;
	apk) apk search -x "$1" | grep . ;;
	esac >/dev/null 2>&1
}

# Stdin: missing lines.  Prints the packages to install.
packages() {
	while IFS=$tab read -r _ _ _ packages; do
		case $packages in '!'*) continue ;; esac
		for name in $(echo "$packages" | tr ' ' '\n'); do
			if [ "$name" != "${name%/*}" ] && ! known "${name%/*}"; then name=${name#*/}; fi
			echo "${name%/*}"
		done
	done
}

# Runs a command as root, and shows it first.
run() {
	echo "+ ${sudo:+$sudo }$*"
	$sudo "$@"
}

who='make'
case ${1-} in
'') ;;
--check) who='make|check' ;;
--bench) who='make|bench' ;;
--list)
	needs | while IFS=$tab read -r who need why _ apt dnf pacman apk; do
		printf '%s: %s\n\tfor make %s\n\tapt: %s\n\tdnf: %s\n\tpacman: %s\n\tapk: %s\n' \
			"$need" "$why" "$who" "$apt" "$dnf" "$pacman" "$apk"
	done
	exit
	;;
*)
	echo 'usage: sh tools/deps.sh [--check | --bench | --list]' >&2
	exit 2
	;;
esac

column=5 refresh=
for manager in apt-get dnf pacman apk none; do
	command -v $manager >/dev/null && break
done
case $manager in
apt-get)
	refresh='apt-get update'
	install='env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends'
	;;
dnf) column=6 install='dnf install -y' ;;
pacman) column=7 install='pacman -S --needed --noconfirm' ;;
apk) column=8 refresh='apk update' install='apk add' ;;
esac

lacking=$(missing)
if [ -z "$lacking" ]; then
	[ ! -t 1 ] || echo 'deps: all that osilab needs is here'
	exit 0
fi

echo 'osilab lacks:'
echo "$lacking" | while IFS=$tab read -r need why _ packages; do
	case $manager$packages in
	none*) echo "  $need: $why" ;;
	*!*) echo "  $need: $why (${packages#!})" ;;
	*) echo "  $packages: $why" ;;
	esac
done
[ "$manager" != none ] || die 'found no apt-get, dnf, pacman or apk: install these by hand, libraries with their headers'

sudo=
if [ "$(id -u)" != 0 ]; then
	for sudo in sudo doas ''; do
		[ -z "$sudo" ] || ! command -v $sudo >/dev/null || break
	done
	[ -n "$sudo" ] || die "run as root: ${refresh:+$refresh && }$install $(echo "$lacking" | packages | tr '\n' ' ')"
fi

# Lists that do not know a package, or name a version that is gone, are fetched anew: once, and only then.
for name in $(echo "$lacking" | packages); do
	if [ -n "$refresh" ] && ! known "$name"; then
		run $refresh
		refresh=
	fi
done
names=$(echo "$lacking" | packages)
if [ -n "$names" ] && ! run $install $names && [ -n "$refresh" ]; then
	run $refresh && run $install $names
fi

lacking=$(missing | cut -f1 | tr '\n' ',')
[ -z "$lacking" ] || die "still missing: ${lacking%,}; what went wrong is said above"
