#!/bin/sh
# Runs every comparison with tools that others made.  BUILD names the build folder.
cd "$(dirname "$0")/../.." || exit 3
export BUILD="${BUILD:-build}"
exec sh tests/parts.sh tests/peers/tshark.sh tests/peers/curl.sh tests/peers/http2.sh
