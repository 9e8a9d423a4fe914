#include "mappers/in/value.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

bool
ww_value_is_number(ww_str s)
{
	size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'), from = i;
	bool point = false;

	for (; i < s.n; i++) {
		if (s.p[i] == '.' && !point)
			point = true;
		else if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return i > from + point;
}

ww_str
ww_value_comparator(ww_str *s)
{
	static const char *const all[] = { "<=", ">=", "<", ">" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ww_str c = ww_str_from(all[i]);

		if (!ww_str_starts(*s, c))
			continue;
		*s = ww_str_trim(ww_str_sub(*s, c.n, s->n));
		return c;
	}
	return ww_str_empty();
}

ww_str
ww_value_patient_status(struct ww_ctx *cx, ww_str code)
{
	bool digit = code.n == 1 && code.p[0] >= '1' && code.p[0] <= '9';

	return digit ? ww_arena_printf(cx->arena, "0%c", code.p[0]) : code;
}
