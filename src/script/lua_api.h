/* Lua 5.4's headers, wherever the distribution put them.  Private to the room, the only one that sees Lua. */
#ifndef SCRIPT_LUA_API_H
#define SCRIPT_LUA_API_H

#if __has_include(<lua5.4/lua.h>)
#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#else
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#endif

#if LUA_VERSION_NUM < 504
#error "osilab needs Lua 5.4"
#endif

#endif
