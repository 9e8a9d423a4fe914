/* Search parameters as a table, and the values of a tree. */
#include "model/resource_keys.h"

#include <wardwire/arena.h>

ww_status
ww_resource_keys(struct ww_ctx *cx, const struct ww_json *resource, int64_t updated_ms, ww_str *out)
{
	(void)cx;
	(void)resource;
	(void)updated_ms;
	*out = ww_str_empty();
	return WW_OK;
}

ww_str
ww_resource_key_text(struct ww_ctx *cx, ww_str feed, ww_str type, ww_str param_value)
{
	return ww_arena_printf(cx->arena, "%.*s %.*s %.*s", WW_STR_FMT(feed), WW_STR_FMT(type),
	    WW_STR_FMT(param_value));
}
