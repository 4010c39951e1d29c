#!/bin/sh
# Bad input, as users meet it: every program gets what it cannot use and must say so in one clear line, with
# the right exit code, and print nothing that looks like success.  Closes with "N passed, N failed".
#
#   sh tests/cli/run.sh [PROGRAM...]    BUILD names the build folder
#
# One file of cases per program stands beside this one; lib.sh has the words they are written in.
cd "$(dirname "$0")/../.." || exit 3
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

[ $# -gt 0 ] || set -- common osilab trace capture redact echo talk load compare link lab ca serve serve-tls user doctor
for file in "$@"; do
	# shellcheck source=/dev/null
	. "tests/cli/$file.sh"
done
end
