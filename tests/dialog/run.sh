#!/bin/sh
# Runs every script of this folder, each a set of dialogues with one program.  BUILD names the build folder.
cd "$(dirname "$0")/../.." || exit 3
export BUILD="${BUILD:-build}"
set --
for script in tests/dialog/*.sh; do
	[ "$script" = tests/dialog/run.sh ] || set -- "$@" "$script"
done
exec sh tests/parts.sh "$@"
