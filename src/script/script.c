/* Running Lua confined; see script.h. */
#include "script/script.h"

#include "script/lua_api.h"
#include "script/names.h"

#include <stdio.h>
#include <stdlib.h>

struct script {
	lua_State *lua;
	const struct script_world *world;
	void *host;
	const void *arg; /* of the evaluation that runs */
	size_t held;     /* bytes Lua has */
	bool lacked;     /* in this evaluation a name was worth nil */
	bool stopped;    /* it wanted more steps or memory than it may have */
	/* While it is made. */
	struct slice text;
	size_t given, bound;
	struct err *e;
};

static const char before[] = "return ";

static struct script *script_of(lua_State *lua)
{
	return *(struct script **)lua_getextraspace(lua);
}

/* --- Bounds ------------------------------------------------------------------------------------------------- */

static void *allocate(void *to, void *p, size_t had, size_t n)
{
	struct script *s = to;
	void *new = NULL;

	had = p ? had : 0; /* for a new block it is a kind, no size */
	if (n > had && n - had > SCRIPT_MEMORY - s->held) {
		s->stopped = true; /* if Lua cannot help itself by collecting garbage */
		return NULL;
	}
	if (n == 0)
		free(p);
	else if (!(new = realloc(p, n)))
		return NULL;
	s->held += n - had;
	return new;
}

static void stop(lua_State *lua, lua_Debug *where)
{
	script_of(lua)->stopped = true;
	luaL_error(lua, "it takes more than %d steps", SCRIPT_STEPS);
}

/* --- What a script sees ----------------------------------------------------------------------------------- */

static void push(lua_State *lua, struct script_value v)
{
	switch (v.type) {
	case SCRIPT_NONE:
	case SCRIPT_NIL: lua_pushnil(lua); break;
	case SCRIPT_BOOL: lua_pushboolean(lua, v.b); break;
	case SCRIPT_INT: lua_pushinteger(lua, v.i); break;
	case SCRIPT_REAL: lua_pushnumber(lua, v.d); break;
	case SCRIPT_TEXT: lua_pushlstring(lua, v.s.n ? (const char *)v.s.p : "", v.s.n); break;
	case SCRIPT_LIST:
		lua_createtable(lua, (int)v.list.n, 0);
		for (size_t i = 0; i < v.list.n; i++) {
			push(lua, v.list.v[i]);
			lua_rawseti(lua, -2, (lua_Integer)i + 1);
		}
		break;
	}
}

/* A name that is not Lua's: __index(environment, name).  The upvalue holds the numbers of the host's. */
static int look_up(lua_State *lua)
{
	struct script *s = script_of(lua);
	struct script_value v = { SCRIPT_NIL };

	lua_pushvalue(lua, 2);
	if (lua_rawget(lua, lua_upvalueindex(1)) == LUA_TNUMBER)
		v = s->world->value(s->host, s->arg, (int)lua_tointeger(lua, -1));
	s->lacked |= v.type == SCRIPT_NIL;
	push(lua, v);
	return 1;
}

static int refuse_global(lua_State *lua)
{
	return luaL_error(lua, "%s is not local: there are no variables that last", lua_tostring(lua, 2));
}

/* An argument of a script's. */
static struct script_value argument(lua_State *lua, int i)
{
	size_t n;

	switch (lua_type(lua, i)) {
	case LUA_TBOOLEAN: return (struct script_value){ .type = SCRIPT_BOOL, .b = lua_toboolean(lua, i) };
	case LUA_TNUMBER:
		if (lua_isinteger(lua, i))
			return (struct script_value){ .type = SCRIPT_INT, .i = lua_tointeger(lua, i) };
		return (struct script_value){ .type = SCRIPT_REAL, .d = lua_tonumber(lua, i) };
	case LUA_TSTRING: {
		const char *text = lua_tolstring(lua, i, &n);

		return (struct script_value){ .type = SCRIPT_TEXT, .s = slice_of(text, n) };
	}
	case LUA_TNONE: return (struct script_value){ .type = SCRIPT_NONE };
	default: return (struct script_value){ .type = SCRIPT_NIL };
	}
}

static int call_host(lua_State *lua)
{
	struct script *s = script_of(lua);
	const struct script_function *f = lua_touserdata(lua, lua_upvalueindex(1));
	size_t n;
	const char *text = luaL_checklstring(lua, 1, &n);

	struct err e = { 0 };
	struct script_value v = f->call(s->host, s->arg, slice_of(text, n), argument(lua, 2), &e);

	if (e.kind != ERR_NONE)
		return luaL_error(lua, "%s", e.msg);
	push(lua, v);
	return 1;
}

/* --- Making it ---------------------------------------------------------------------------------------------- */

static const char *const lent[] = { "type", "tostring", "tonumber", "pairs", "ipairs", "string", "math" };

/* The environment of the script at `env`, the numbers of names right above it. */
static void furnish(lua_State *lua, const struct script_world *world, int env)
{
	luaL_requiref(lua, LUA_GNAME, luaopen_base, 1);
	luaL_requiref(lua, LUA_STRLIBNAME, luaopen_string, 1);
	lua_pushnil(lua);
	lua_setfield(lua, -2, "dump"); /* would show compiled code */
	luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 1);
	lua_pushnil(lua);
	lua_setfield(lua, -2, "random"); /* the same capture is to give the same answer */
	lua_pushnil(lua);
	lua_setfield(lua, -2, "randomseed");
	for (size_t i = 0; i < sizeof(lent) / sizeof(*lent); i++) {
		lua_getglobal(lua, lent[i]);
		lua_setfield(lua, env, lent[i]);
	}
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
	const char *said = complaint(s->lua), *near = strstr(said, "near '"), *end = strrchr(said, '\'');
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
	for (size_t i = 0; i < sizeof(lent) / sizeof(*lent); i++)
		if (slice_eq_str(name, lent[i]))
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
	lua_pushlstring(s->lua, (const char *)name.p, name.n);
	if (lua_rawget(s->lua, 2) == LUA_TNIL && s->bound++ == SCRIPT_NAMES)
		return err_set(e, ERR_USAGE, "it uses more than %d names", SCRIPT_NAMES);
	lua_pop(s->lua, 1);
	lua_pushlstring(s->lua, (const char *)name.p, name.n);
	lua_pushinteger(s->lua, number);
	lua_rawset(s->lua, 2);
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

	if (!s || !(s->lua = luaL_newstate())) {
		free(s);
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	*(struct script **)lua_getextraspace(s->lua) = s;
	s->world = world;
	s->host = host;
	s->text = slice_str(text);
	s->e = &why;
	s->held = (size_t)lua_gc(s->lua, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(s->lua, LUA_GCCOUNTB);
	lua_setallocf(s->lua, allocate, s);
	lua_pushcfunction(s->lua, make);
	if (lua_pcall(s->lua, 0, 1, 0) != LUA_OK)
		err_set(&why, ERR_USAGE, "%.300s", complaint(s->lua));
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
	s->lacked = s->stopped = false;
	lua_sethook(s->lua, stop, LUA_MASKCOUNT, SCRIPT_STEPS);
	lua_pushvalue(s->lua, 1);
	rc = lua_pcall(s->lua, 0, 1, 0);
	*result = rc == LUA_OK && lua_toboolean(s->lua, -1);
	nil = rc != LUA_OK && strstr(complaint(s->lua), "nil");
	if (rc != LUA_OK)
		err_set(e, ERR_USAGE, "%.300s", complaint(s->lua));
	lua_settop(s->lua, 1);
	if (rc == LUA_OK)
		return SCRIPT_DONE;
	if (s->stopped || rc == LUA_ERRMEM)
		return SCRIPT_STOPPED;
	return s->lacked && nil ? SCRIPT_LACKED : SCRIPT_FAILED;
}

void script_free(struct script *s)
{
	if (!s)
		return;
	lua_close(s->lua);
	free(s);
}
