/* How a payer's member numbers are compared. */
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
		if (id.p[i] != ' ' && id.p[i] != '-')
			p[k++] = (char)toupper((unsigned char)id.p[i]);
	}
	return ww_str_of(p, k);
}
