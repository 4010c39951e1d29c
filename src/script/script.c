/* Running Lua confined; see script.h. */
#include "script/script.h"

#include "script/confine.h"
#include "script/names.h"

#include <stdio.h>
#include <stdlib.h>

struct script {
	struct confined bounds;
	const struct script_world *world;
	void *host;
	const void *arg; /* of the evaluation that runs */
	bool lacked;     /* in this evaluation a name was worth nil */
	/* While it is made. */
	struct slice text;
	size_t given, bound;
	struct err *e;
};

static const char before[] = "return ";

static struct script *script_of(lua_State *lua)
{
	return confine_of(lua);
}

/* --- What a script sees ----------------------------------------------------------------------------------- */

/* A name that is not Lua's: __index(environment, name).  The upvalue holds the numbers of the host's. */
static int look_up(lua_State *lua)
{
	struct script *s = script_of(lua);
	struct script_value v = { SCRIPT_NIL };

	lua_pushvalue(lua, 2);
	if (lua_rawget(lua, lua_upvalueindex(1)) == LUA_TNUMBER)
		v = s->world->value(s->host, s->arg, (int)lua_tointeger(lua, -1));
	s->lacked |= v.type == SCRIPT_NIL;
	confine_push(lua, v);
	return 1;
}

static int refuse_global(lua_State *lua)
{
	return luaL_error(lua, "%s is not local: there are no variables that last", lua_tostring(lua, 2));
}

static int call_host(lua_State *lua)
{
	struct script *s = script_of(lua);
	const struct script_function *f = lua_touserdata(lua, lua_upvalueindex(1));
	size_t n;
	const char *text = luaL_checklstring(lua, 1, &n);

	struct err e = { 0 };
	struct script_value v = f->call(s->host, s->arg, slice_of(text, n), confine_argument(lua, 2), &e);

	if (e.kind != ERR_NONE)
		return luaL_error(lua, "%s", e.msg);
	confine_push(lua, v);
	return 1;
}

/* --- Making it ---------------------------------------------------------------------------------------------- */

/* The environment of the script at `env`, the numbers of names right above it. */
static void furnish(lua_State *lua, const struct script_world *world, int env)
{
	confine_furnish(lua, env);
	for (const struct script_function *f = world->functions; f && f->name; f++) {
		lua_pushlightuserdata(lua, (void *)f);
		lua_pushcclosure(lua, call_host, 1);
		lua_setfield(lua, env, f->name);
	}
	lua_newtable(lua);
	lua_pushvalue(lua, env + 1);
	lua_pushcclosure(lua, look_up, 1);
	lua_setfield(lua, -2, "__index");
	lua_pushcfunction(lua, refuse_global);
	lua_setfield(lua, -2, "__newindex");
	lua_setmetatable(lua, env);
}

/* Gives Lua the text byte by byte: how much it took tells where an error is. */
static const char *read_text(lua_State *lua, void *to, size_t *n)
{
	struct script *s = to;

	if (s->given == 0) {
		s->given = *n = sizeof(before) - 1;
		return before;
	}
	*n = s->given - (sizeof(before) - 1) < s->text.n;
	return *n ? (const char *)s->text.p + (s->given++ - (sizeof(before) - 1)) : NULL;
}

/* What Lua says, without the "NAME:LINE:" in front. */
static const char *complaint(lua_State *lua)
{
	const char *text = lua_tostring(lua, -1), *p = text ? strchr(text, ':') : NULL;
	size_t digits = p ? strspn(p + 1, "0123456789") : 0;

	if (!text)
		return "it failed";
	return digits && strncmp(p + 1 + digits, ": ", 2) == 0 ? p + digits + 3 : text;
}

/* What people mean who write it as in other languages; `near` is how Lua names the place. */
static const char *advice(const char *said)
{
	static const struct {
		const char *near, *advice;
	} rows[] = { { "near '&'", "; \"and\" joins conditions" },
		{ "near '|'", "; \"or\" joins conditions" },
		{ "near '!'", "; \"not\" denies, ~= is unequal" }, { "near '='", "; == compares" },
		{ "malformed number", "; addresses and other text stand in quotes" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strstr(said, rows[i].near))
			return rows[i].advice;
	return "";
}

static int say_syntax(struct script *s, struct err *e)
{
	const char *said = complaint(s->bounds.lua), *near = strstr(said, "near '"),
	           *end = strrchr(said, '\'');
	size_t taken = s->given - (sizeof(before) - 1);
	struct slice token =
	    near && end > near + 6 ? slice_of(near + 6, (size_t)(end - near) - 6) : slice_of("", 0);

	for (size_t at = taken; token.n && at-- > 0;)
		if (slice_eq(slice_sub(slice_sub(s->text, 0, taken), at, token.n), token))
			return err_set(e, ERR_USAGE, "%.300s, column %zu%s", said, at + 1, advice(said));
	return err_set(e, ERR_USAGE, "%.300s%s", said, advice(said));
}

static bool is_lent(const struct script *s, struct slice name)
{
	if (confine_lends(name))
		return true;
	for (const struct script_function *f = s->world->functions; f && f->name; f++)
		if (slice_eq_str(name, f->name))
			return true;
	return false;
}

/* Somebody wrote tcp.stream: is there a tcp_stream? */
static int bind_dotted(struct script *s, struct slice path, size_t column, struct err *e)
{
	char name[128];

	if (path.n >= sizeof(name))
		return 0;
	slice_cstr(path, name, sizeof(name));
	for (char *p = name; *p; p++)
		*p = *p == '.' ? '_' : *p;
	if (s->world->bind(s->host, slice_str(name), NULL) < 0)
		return 0;
	return err_set(e, ERR_USAGE, "column %zu: write %s, with underscores", column, name);
}

static int visit_name(void *to, struct slice path, size_t column, struct err *e)
{
	struct script *s = to;
	struct slice rest = path, name = slice_cut(&rest, '.');
	int number;

	if (is_lent(s, name))
		return 0;
	if (rest.p && bind_dotted(s, path, column, e) < 0)
		return -1;
	if ((number = s->world->bind(s->host, name, e)) < 0)
		return err_in(e, "column %zu", column);
	lua_pushlstring(s->bounds.lua, (const char *)name.p, name.n);
	if (lua_rawget(s->bounds.lua, 2) == LUA_TNIL && s->bound++ == SCRIPT_NAMES)
		return err_set(e, ERR_USAGE, "it uses more than %d names", SCRIPT_NAMES);
	lua_pop(s->bounds.lua, 1);
	lua_pushlstring(s->bounds.lua, (const char *)name.p, name.n);
	lua_pushinteger(s->bounds.lua, number);
	lua_rawset(s->bounds.lua, 2);
	return 0;
}

static int visit_call(void *to, struct slice name, struct slice text, size_t column, struct err *e)
{
	const struct script *s = to;

	for (const struct script_function *f = s->world->functions; f && f->name; f++)
		if (slice_eq_str(name, f->name) && f->check(text, e) < 0)
			return err_in(e, "column %zu", column);
	return 0;
}

/* In protected mode.  Leaves environment, numbers and the compiled chunk at 1, 2, 3; or returns with *s->e set. */
static int make(lua_State *lua)
{
	struct script *s = script_of(lua);
	const struct names_visitor visitor = { visit_name, visit_call, s };

	if (!slice_trim(s->text).n)
		return err_set(s->e, ERR_USAGE, "there is no expression"), 0;
	lua_settop(lua, 0);
	lua_newtable(lua);
	lua_newtable(lua);
	furnish(lua, s->world, 1);
	lua_settop(lua, 2);
	if (lua_load(lua, read_text, s, "=expression", "t") != LUA_OK) {
		say_syntax(s, s->e);
		return 0;
	}
	if (names_visit(s->text, &visitor, s->e) < 0)
		return 0;
	lua_settop(lua, 3);
	lua_pushvalue(lua, 1);
	lua_setupvalue(lua, 3, 1); /* its only one, _ENV */
	return 1;
}

struct script *script_new_expression(
    const char *text, const struct script_world *world, void *host, struct err *e)
{
	struct script *s = calloc(1, sizeof(*s));
	struct err why = { 0 };

	if (!s || confine_new(&s->bounds)) {
		free(s);
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	s->world = world;
	s->host = host;
	s->text = slice_str(text);
	s->e = &why;
	lua_pushcfunction(s->bounds.lua, make);
	if (lua_pcall(s->bounds.lua, 0, 1, 0) != LUA_OK)
		err_set(&why, ERR_USAGE, "%.300s", complaint(s->bounds.lua));
	if (why.kind != ERR_NONE) {
		script_free(s);
		err_set(e, why.kind, "%s", why.msg);
		return NULL;
	}
	return s;
}

/* --- Running it ----------------------------------------------------------------------------------------------- */

enum script_outcome script_eval(struct script *s, const void *arg, bool *result, struct err *e)
{
	bool nil; /* Lua's words for what failed name it */
	int rc;

	s->arg = arg;
	s->lacked = false;
	confine_steps(&s->bounds, SCRIPT_STEPS);
	lua_pushvalue(s->bounds.lua, 1);
	rc = lua_pcall(s->bounds.lua, 0, 1, 0);
	*result = rc == LUA_OK && lua_toboolean(s->bounds.lua, -1);
	nil = rc != LUA_OK && strstr(complaint(s->bounds.lua), "nil");
	if (rc != LUA_OK)
		err_set(e, ERR_USAGE, "%.300s", complaint(s->bounds.lua));
	lua_settop(s->bounds.lua, 1);
	if (rc == LUA_OK)
		return SCRIPT_DONE;
	if (s->bounds.stopped || rc == LUA_ERRMEM)
		return SCRIPT_STOPPED;
	return s->lacked && nil ? SCRIPT_LACKED : SCRIPT_FAILED;
}

void script_free(struct script *s)
{
	if (!s)
		return;
	lua_close(s->bounds.lua);
	free(s);
}
