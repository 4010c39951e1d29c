#!/bin/sh
# Holds the code against the architecture: the `uses.` lines of the Makefile say which rooms a room may
# include, `tool.` lines the rooms a program may.  A line of output is an include that breaks a rule.
cd "$(dirname "$0")/.." || exit 3
awk '
	function check(file, room, allowed,    line, other) {
		while ((getline line < file) > 0)
			if (match(line, /^#[ \t]*include[ \t]+"[a-z0-9_]+\//)) {
				other = line
				sub(/^#[ \t]*include[ \t]+"/, "", other)
				sub(/\/.*/, "", other)
				if (other != room && index(" " allowed " ", " " other " ") == 0) {
					print file ": " room " may not include " other " (see the Makefile)"
					bad = 1
				}
			}
		close(file)
	}
	/^(uses|tool)\.[a-z0-9_]+ *:=/ {
		split($1, part, ".")
		name = part[2]
		allowed = $0
		sub(/^[^=]*= */, "", allowed)
		if (part[1] == "tool")
			files = "ls tools/" name ".c 2>/dev/null"
		else
			files = "ls src/" name "/*.[ch] 2>/dev/null"
		while ((files | getline file) > 0)
			check(file, part[1] == "tool" ? "tools" : name, allowed)
		close(files)
	}
	END { exit bad }
' Makefile && echo "rooms: every include keeps to the Makefile's lines"
