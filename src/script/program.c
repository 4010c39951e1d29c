/* A confined program; see program.h. */
#include "script/program.h"

#include "script/confine.h"

#include <stdio.h>
#include <stdlib.h>

struct program {
	struct confined bounds;
	void *host;
	program_around_fn around; /* or NULL */
	enum err_kind kind;       /* of what a function of the host's said last */
};

static int call_host(lua_State *lua)
{
	struct program *p = confine_of(lua);
	const struct program_function *f = lua_touserdata(lua, lua_upvalueindex(1));
	struct script_value args[PROGRAM_ARGS], results[PROGRAM_RESULTS];
	struct err e = { 0 };
	int n = lua_gettop(lua);

	if (n > PROGRAM_ARGS)
		return luaL_error(lua, "%s takes at most %d arguments", f->name, PROGRAM_ARGS);
	for (int i = 0; i < n; i++)
		args[i] = confine_argument(lua, i + 1);
	n = p->around ? p->around(p->host, f, args, (size_t)n, results, &e)
	              : f->call(p->host, args, (size_t)n, results, &e);
	if (n < 0) {
		p->kind = e.kind;
		return luaL_error(lua, "%s", e.msg);
	}
	for (int i = 0; i < n; i++)
		confine_push(lua, results[i]);
	return n;
}

/* In protected mode: the environment with what is lent, at 1. */
static int furnish(lua_State *lua)
{
	/* Not pcall: it would catch what stops a program that goes beyond its bounds. */
	static const char *const more[] = { "table", "select", "next", "error", "assert" };
	const struct program_function *f = lua_touserdata(lua, 1);

	lua_settop(lua, 0);
	lua_newtable(lua);
	confine_furnish(lua, 1);
	luaL_requiref(lua, LUA_TABLIBNAME, luaopen_table, 1);
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		lua_getglobal(lua, more[i]);
		lua_setfield(lua, 1, more[i]);
	}
	lua_settop(lua, 1);
	for (; f->name; f++) {
		lua_pushlightuserdata(lua, (void *)f);
		lua_pushcclosure(lua, call_host, 1);
		lua_setfield(lua, 1, f->name);
	}
	return 1;
}

/* What stands on the stack became of a call. */
static int verdict(struct program *p, int rc, struct err *e)
{
	const char *said = rc == LUA_OK ? NULL : lua_tostring(p->bounds.lua, -1);

	if (rc != LUA_OK)
		err_set(e, p->kind ? p->kind : ERR_DATA, "%.380s", said ? said : "it failed without a word");
	lua_settop(p->bounds.lua, 1);
	return rc == LUA_OK ? 0 : -1;
}

static int run_text(struct program *p, const char *name, struct slice text, struct err *e)
{
	lua_State *lua = p->bounds.lua;
	char chunk[128];
	int rc;

	snprintf(chunk, sizeof(chunk), "@%s", name);
	rc = luaL_loadbufferx(lua, (const char *)text.p, text.n, chunk, "t");
	if (rc == LUA_OK) {
		lua_pushvalue(lua, 1);
		lua_setupvalue(lua, -2, 1); /* its only one, _ENV */
		confine_steps(&p->bounds, PROGRAM_STEPS);
		rc = lua_pcall(lua, 0, 0, 0);
	}
	return verdict(p, rc, e);
}

struct program *program_new(
    const char *name, struct slice text, const struct program_function *functions, void *host, struct err *e)
{
	struct program *p = calloc(1, sizeof(*p));

	if (!p || confine_new(&p->bounds)) {
		free(p);
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	p->host = host;
	lua_pushcfunction(p->bounds.lua, furnish);
	lua_pushlightuserdata(p->bounds.lua, (void *)functions);
	if (lua_pcall(p->bounds.lua, 1, 1, 0) != LUA_OK) {
		err_set(e, ERR_ENV, "out of memory");
	} else if (run_text(p, name, text, e) == 0) {
		return p;
	}
	program_free(p);
	return NULL;
}

void program_around(struct program *p, program_around_fn around)
{
	p->around = around;
}

int program_call(struct program *p, const char *function, struct err *e)
{
	lua_State *lua = p->bounds.lua;

	p->kind = ERR_NONE;
	if (lua_getfield(lua, 1, function) != LUA_TFUNCTION) {
		lua_settop(lua, 1);
		return err_set(e, ERR_DATA, "it defines no function %s", function);
	}
	confine_steps(&p->bounds, PROGRAM_STEPS);
	return verdict(p, lua_pcall(lua, 0, 0, 0), e);
}

void program_free(struct program *p)
{
	if (!p)
		return;
	lua_close(p->bounds.lua);
	free(p);
}
