/* The beginning of a lab of one's own: it runs, and its mutant is refused.  See course_room.h. */
#include "lab/course_room.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char lab_lua[] =
    "-- What this lab is about.  docs/howto/add-a-lab.md has the words.\n"
    "title(\"A new lab\", \"새 실습\")\n"
    "goal(\"A client says a word to an echo server, and the wire loses its first segment with data.\",\n"
    "\t\"클라이언트가 에코 서버에 한마디 하는데, 데이터를 실은 첫 세그먼트를 선이 잃어버립니다.\")\n"
    "topic(\"TCP\", \"TCP\")\n"
    "claims(\"\")\n"
    "\n"
    "-- The same without the cause: the checks must refuse it.\n"
    "local intact = mutant(\"intact\", \"nothing is lost\", \"아무것도 사라지지 않는다\")\n"
    "-- Drawn anew for each run, by its seed.\n"
    "local port, delay = draw(2000, 30000), draw(5, 20)\n"
    "\n"
    "question(\"copies\", \"How often does the client send the segment?\", \"클라이언트는 그 세그먼트를 몇 "
    "번 보낼까요?\",\n"
    "\t\"Look at the client's capture.\", \"클라이언트 캡처를 보세요.\",\n"
    "\t\"The field tcp.len says how much data a segment has.\", \"tcp.len 필드가 세그먼트의 데이터 "
    "길이입니다.\",\n"
    "\t\"-Y 'tcp_dstport == \" .. port .. \" and tcp_len > 0'\", \"-Y 'tcp_dstport == \" .. port .. \" and "
    "tcp_len > 0'\")\n"
    "\n"
    "local said\n"
    "local data = \"tcp_dstport == \" .. port .. \" and tcp_len > 0\"\n"
    "\n"
    "function network()\n"
    "\twire(\"10.9.1.1/24\", \"10.9.1.2/24\", delay, 0, 0, not intact and \"drop data #1 from client\")\n"
    "end\n"
    "\n"
    "function steps()\n"
    "\tstart(\"server\", \"osilab-echo\", \"--bind\", \"10.9.1.2\", \"--port\", port)\n"
    "\tsaid = run(\"client\", \"hello\\n\", \"osilab-talk\", \"10.9.1.2:\" .. port)\n"
    "end\n"
    "\n"
    "function checks()\n"
    "\tcheck(said == \"hello\\n\", \"the word came back\", \"말이 되돌아왔다\")\n"
    "\tcheck(wire_log(\"dropped\") == 1, \"the wire dropped one frame\", \"선이 프레임 하나를 버렸다\")\n"
    "\tcheck(#packets(\"client\", data) == #packets(\"server\", data) + 1, \"the client sent one more than "
    "arrived\",\n"
    "\t\t\"클라이언트는 도착한 것보다 하나 더 보냈다\")\n"
    "end\n"
    "\n"
    "function answers()\n"
    "\tlocal numbers = packets(\"client\", data)\n"
    "\n"
    "\tanswer(\"copies\", #numbers, \"client packets \" .. table.concat(numbers, \", \"),\n"
    "\t\t\"클라이언트 패킷 \" .. table.concat(numbers, \", \"))\n"
    "\tstatement(\"What is often said.\", \"흔히 하는 말.\", \"How it is.\", \"실제는 이렇다.\")\n"
    "end\n";

static const char readme[] = "# %s: A new lab\n\n    osilab lab run %s\n\nWhat to do, and what to see.\n\n"
                             "In an interview: *the question?* The answer, in 60 seconds.\n";
static const char readme_ko[] = "# %s: 새 실습\n\n    osilab lab --lang ko run %s\n\n무엇을 하고 무엇을 "
                                "볼지.\n\n"
                                "면접에서: *질문은?* 60초 안에 할 수 있는 답.\n";

static int write_new(const char *dir, const char *name, const char *text, struct err *e)
{
	char path[PATH_MAX + 64];
	int fd, rc = 0;
	size_t n = strlen(text);

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "cannot make %s", path);
	if (write(fd, text, n) != (ssize_t)n)
		rc = err_sys(e, "cannot write %s", path);
	close(fd);
	return rc;
}

/* "L40-slow-start": what a folder of labs takes for one. */
static bool is_name(const char *name)
{
	const char *dash = strchr(name, '-');

	return name[0] == 'L' && dash && dash - name < 12 && dash[1] && strlen(name) < 48 &&
	       lesson_is_name(name);
}

int course_new(struct course *c, int n, char **words, struct err *e)
{
	const char *name = words[1], *folder = c->o->labs ? c->o->labs : ".";
	char dir[PATH_MAX], text[1024];
	int id = (int)strcspn(name, "-");

	if (!is_name(name))
		return err_set(e, ERR_USAGE,
		    "'%.40s' cannot name a lab: L, a number, a dash and words: L40-slow-start", name);
	if (snprintf(dir, sizeof(dir), "%s/%s", folder, name) >= (int)sizeof(dir))
		return err_set(e, ERR_USAGE, "the path is too long");
	if ((mkdir(folder, 0755) && errno != EEXIST) || mkdir(dir, 0755))
		return err_sys(e, "cannot make the folder %s", dir);
	if (write_new(dir, "lab.lua", lab_lua, e))
		return -1;
	snprintf(text, sizeof(text), readme, name, name);
	if (write_new(dir, "README.md", text, e))
		return -1;
	snprintf(text, sizeof(text), readme_ko, name, name);
	if (write_new(dir, "README.ko.md", text, e))
		return -1;
	printf(c->lang ? "%s\n실행: osilab lab --labs %s run %.*s\n"
	               : "%s\nRun it: osilab lab --labs %s run %.*s\n",
	    dir, folder, id, name);
	return 0;
}
