/* How people are compared. */
#include "model/member.h"

#include <ctype.h>

ww_str
ww_member_key(struct ww_ctx *cx, ww_str id)
{
	char *p = ww_arena_alloc(cx->arena, id.n + 1);
	size_t k = 0;

	if (p == NULL)
		return ww_str_empty();
	for (size_t i = 0; i < id.n; i++) {
		bool filler = id.p[i] == ' ' || id.p[i] == '-' || (id.p[i] == '0' && k == 0);

		if (!filler)
			p[k++] = (char)toupper((unsigned char)id.p[i]);
	}
	return ww_str_of(p, k);
}

bool
ww_member_type(ww_str type)
{
	static const char *const types[] = { "MB", "MC", "MA", "SN" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (ww_str_is(type, types[i]))
			return true;
	}
	return false;
}

bool
ww_same_name(ww_str a, ww_str b)
{
	return a.n != 0 && ww_str_ieq(a, b);
}

/* The next digit from *i on, behind which *i then is; 0 at the end. */
static char
next_digit(ww_str s, size_t *i)
{
	while (*i < s.n) {
		char c = s.p[(*i)++];

		if (c >= '0' && c <= '9')
			return c;
	}
	return 0;
}

bool
ww_same_digits(ww_str a, ww_str b)
{
	size_t i = 0, k = 0, n = 0;
	char x, y;

	do {
		x = next_digit(a, &i);
		y = next_digit(b, &k);
		n++;
	} while (x == y && x != 0);
	return x == y && n > 1;
}

int64_t
ww_birth_day(ww_time t)
{
	t.prec = WW_PREC_DAY; /* a date is counted in its own offset */
	return ww_time_day(t, NULL);
}

bool
ww_is_self(ww_str relationship)
{
	static const char *const codes[] = { "SEL", "SELF", "18" }; /* 18: X12 */

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (ww_str_ieq(relationship, ww_str_from(codes[i])))
			return true;
	}
	return false;
}
