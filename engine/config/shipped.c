/* Programs that come with the engine: profiles/programs, compiled in. */
#include "config/program.h"

#include "gen/programs.inc"

static const struct {
	const char *file, *text;
	size_t n;
} shipped[] = {
#define WW_EMBEDDED(file, array) { file, array, sizeof(array) - 1 },
	WW_EMBEDDED_ROWS
#undef WW_EMBEDDED
};

ww_str
ww_program_shipped(ww_str file)
{
	for (size_t i = 0; i < sizeof(shipped) / sizeof(shipped[0]); i++)
		if (ww_str_is(file, shipped[i].file))
			return (ww_str){ shipped[i].text, shipped[i].n };
	return ww_str_empty();
}

struct ww_near_hint
ww_program_shipped_hint(ww_str file)
{
	struct ww_near near;

	ww_near_start(&near, file);
	for (size_t i = 0; i < sizeof(shipped) / sizeof(shipped[0]); i++)
		ww_near_try(&near, ww_str_from(shipped[i].file));
	return ww_near_hint(&near);
}
