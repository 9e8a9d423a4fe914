/* Counting instead of writing. */
#include "base/seldom.h"

enum { QUIET_MS = 60000 };

bool
ww_seldom_note(struct ww_seldom *s, int64_t now)
{
	s->times++;
	if (s->said != 0) {
		s->unsaid++;
		return false;
	}
	s->said = now != 0 ? now : 1;
	return true;
}

uint64_t
ww_seldom_rest(struct ww_seldom *s, int64_t now, bool at_end)
{
	uint64_t unsaid = s->unsaid;

	if (s->said == 0 || (now - s->said < QUIET_MS && !at_end))
		return 0;
	/* After a minute with more of it the next minute begins; after a quiet one the next is news. */
	s->said = unsaid > 0 ? now : 0;
	s->unsaid = 0;
	return unsaid;
}
