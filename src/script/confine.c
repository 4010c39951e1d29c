/* Bounds, libraries and values of confined scripts; see confine.h. */
#include "script/confine.h"

#include <stdlib.h>

/* --- Bounds ------------------------------------------------------------------------------------------------- */

static void *allocate(void *to, void *p, size_t had, size_t n)
{
	struct confined *c = to;
	void *new = NULL;

	had = p ? had : 0; /* for a new block it is a kind, no size */
	if (n > had && n - had > SCRIPT_MEMORY - c->held) {
		c->stopped = true; /* if Lua cannot help itself by collecting garbage */
		return NULL;
	}
	if (n == 0)
		free(p);
	else if (!(new = realloc(p, n)))
		return NULL;
	c->held += n - had;
	return new;
}

static void stop(lua_State *lua, lua_Debug *where)
{
	struct confined *c = confine_of(lua);

	c->stopped = true;
	luaL_where(lua, 0); /* of what runs: a hook is no call of its own */
	lua_pushfstring(lua, "it takes more than %d steps", (int)c->steps);
	lua_concat(lua, 2);
	lua_error(lua);
}

int confine_new(struct confined *c)
{
	c->lua = luaL_newstate();
	if (!c->lua)
		return -1;
	*(void **)lua_getextraspace(c->lua) = c;
	c->held = (size_t)lua_gc(c->lua, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(c->lua, LUA_GCCOUNTB);
	lua_setallocf(c->lua, allocate, c);
	return 0;
}

void confine_steps(struct confined *c, size_t steps)
{
	c->steps = steps;
	c->stopped = false;
	lua_sethook(c->lua, stop, LUA_MASKCOUNT, (int)steps);
}

/* --- Values --------------------------------------------------------------------------------------------------- */

void confine_push(lua_State *lua, struct script_value v)
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
			confine_push(lua, v.list.v[i]);
			lua_rawseti(lua, -2, (lua_Integer)i + 1);
		}
		break;
	}
}

struct script_value confine_argument(lua_State *lua, int i)
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

/* --- Libraries ------------------------------------------------------------------------------------------------ */

static const char *const lent[] = { "type", "tostring", "tonumber", "pairs", "ipairs", "string", "math" };

void confine_furnish(lua_State *lua, int env)
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
}

bool confine_lends(struct slice name)
{
	for (size_t i = 0; i < sizeof(lent) / sizeof(*lent); i++)
		if (slice_eq_str(name, lent[i]))
			return true;
	return false;
}
