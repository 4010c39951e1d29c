/* What every confined script has in common: bounds of memory and steps, the libraries it is lent, and values on their
 * way in and out.  Private to the room. */
#ifndef SCRIPT_CONFINE_H
#define SCRIPT_CONFINE_H

#include "script/lua_api.h"
#include "script/script.h"

/* The struct of a script begins with this. */
struct confined {
	lua_State *lua;
	size_t held;  /* bytes Lua has */
	size_t steps; /* that one evaluation may take */
	bool stopped; /* it wanted more steps or memory than it may have */
};

/* Makes c->lua, bounded in memory.  0; -1: out of memory. */
int confine_new(struct confined *c);
/* From now on at most so many steps. */
void confine_steps(struct confined *c, size_t steps);

/* Puts the lent libraries into the table at `env`. */
void confine_furnish(lua_State *lua, int env);
/* Whether the name is one of them. */
bool confine_lends(struct slice name);

void confine_push(lua_State *lua, struct script_value v);
/* An argument of a script's; what cannot be lent is SCRIPT_NIL. */
struct script_value confine_argument(lua_State *lua, int i);

static inline void *confine_of(lua_State *lua)
{
	return *(void **)lua_getextraspace(lua);
}

#endif
