#!/bin/sh
# Runs every lab test.  BUILD names the build folder.
cd "$(dirname "$0")/../.." || exit 3
export BUILD="${BUILD:-build}"
exec sh tests/parts.sh tests/labs/demo.sh tests/labs/clean.sh tests/labs/lessons.sh
