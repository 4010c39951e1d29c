/* osilab: the front door.  `osilab COMMAND ...` becomes the program osilab-COMMAND, the one that
 * stands next to this file, or else the one of the PATH. */
#include "base/near.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct command {
	const char *name;
	const char *help;
} commands[] = {
	{ "demo", "a guided run: real traffic, captured and explained" },
	{ "trace", "explain a capture or live traffic, layer by layer" },
	{ "serve", "an HTTP and HTTPS server (1.0, 1.1, 2) with sessions and tokens" },
	{ "echo", "an echo server in the I/O model of your choice" },
	{ "talk", "stdin to a server and back: TCP, TLS, UDP; as hex, or slowly" },
	{ "load", "load a server and measure it: HTTP, TCP, TLS, UDP" },
	{ "compare", "every echo server under the same loads, and why they differ" },
	{ "lab", "questions that packets answer: run it, predict, see" },
	{ "link", "a wire between two interfaces that delays, loses, doubles what you name" },
	{ "ca", "a certificate authority for this machine's labs" },
	{ "user", "the server's users: add, list, disable, change passwords" },
	{ "doctor", "check what this machine has and lacks" },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(FILE *to, int code)
{
	fprintf(to, "Usage: osilab COMMAND [options]\n\nA protocol lab for Linux.\n\nCommands:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].help);
	fprintf(to, "\n'osilab help COMMAND' tells more about one.\n");
	return code;
}

/* Execs osilab-NAME; returns only when that failed, with the exit code. */
static int run(const char *name, char **argv)
{
	char program[32], path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	snprintf(program, sizeof(program), "osilab-%s", name);
	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	argv[0] = program;
	if (slash && (size_t)(slash + 1 - path) + sizeof(program) <= sizeof(path)) {
		strcpy(slash + 1, program);
		execv(path, argv);
	}
	execvp(program, argv);
	fprintf(stderr, "osilab: cannot run %s: %s\n", program, strerror(errno));
	return 3;
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL, *nearest = NULL;
	char help_option[] = "--help";

	if (!word)
		return help(stderr, 2);
	if (!strcmp(word, "--version"))
		return puts("osilab " OSILAB_VERSION) < 0;
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || (!strcmp(word, "help") && argc == 2))
		return help(stdout, 0);
	if (!strcmp(word, "help")) { /* what follows the command does not matter */
		word = argv[2];
		argv[2] = help_option;
		argv[3] = NULL;
	}
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (!strcmp(word, commands[i].name))
			return run(word, argv + 1);
		nearest = near_word(word, commands[i].name, nearest);
	}
	fprintf(stderr, "osilab: %s '%.40s'", *word == '-' ? "unknown option" : "no command is called", word);
	fprintf(stderr, nearest ? ": did you mean '%s'?\n" : "; try 'osilab help'\n", nearest);
	return 2;
}
