#!/bin/sh
# The dialogues with osilab serve: tests/dialog/serve/*.txt; what a line means stands in serve.c.
cd "$(dirname "$0")/../.." || exit 3
exec "${BUILD:-build}/dialog/serve" "${BUILD:-build}/bin/osilab-serve" tests/dialog/serve/*.txt
