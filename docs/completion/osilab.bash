# Completion for osilab in bash: the commands, then the options of the command, which the program itself is
# asked for, and files for the rest.
_osilab_commands() {
	"$1" help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p'
}

_osilab() {
	local word=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[0]} words

	if [[ ${program##*/} == osilab ]]; then
		if ((COMP_CWORD == 1)) || [[ $COMP_CWORD -eq 2 && ${COMP_WORDS[1]} == help ]]; then
			words=$(_osilab_commands "$program")
			mapfile -t COMPREPLY < <(compgen -W "$words help" -- "$word")
			return
		fi
		# The sibling of an osilab that was named by its path, else the one of the PATH.  Only a command
		# of the list is run.
		_osilab_commands "$program" | grep -qxF -e "${COMP_WORDS[1]}" || return
		program=$program-${COMP_WORDS[1]}
	fi
	if [[ $word == -* ]]; then
		words=$("$program" --osilab-options 2>/dev/null </dev/null | cut -f1)
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	else
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -F _osilab osilab osilab-echo osilab-talk osilab-load osilab-compare osilab-serve osilab-trace osilab-ca osilab-user osilab-doctor osilab-demo osilab-link osilab-lab
