# Sourced by the lab tests.  BUILD is the build folder; leaves the test, saying why, when this machine gives
# a lab no namespaces (a container, a chroot): then there is nothing to test here.
BUILD=$(cd "${BUILD:-build}" && pwd) || exit 3
if ! refused=$("$BUILD/bin/osilab-doctor" 2>/dev/null); then
	refused=$(printf '%s\n' "$refused" |
		grep -E '^missing +(namespaces|virtual links|network settings|capture in labs)')
	if [ -n "$refused" ]; then
		echo "$(basename "$0"): SKIPPED: $refused"
		echo "0 passed, 0 failed"
		exit 0
	fi
fi

# own FOLDER: what a test makes as root belongs to whom sudo runs it for, as the demo's own files do.
own() {
	[ "$(id -u)" -ne 0 ] || [ -z "${SUDO_UID:-}" ] || chown "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$1"
}
mkdir -p "$BUILD/labs" && own "$BUILD/labs" || exit 3
