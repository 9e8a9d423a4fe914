/* Who a person was before it was merged: claims and the like stay with the one they were told of, so that a merge that is
 * taken back leaves nothing with the wrong one. */
#include "apply/person.h"
#include "apply/work.h"

ww_status
ww_family_join(struct ww_work *w, ww_id from, ww_id into)
{
	struct ww_merged m = { .into = into, .person = from };
	ww_status s = ww_put(w->l, w->cx, merged, &m);

	return s == WW_OK ? ww_person_mark_other(w, into) : s;
}

ww_status
ww_family_part(struct ww_work *w, ww_id from, ww_id into)
{
	struct ww_merged m = { .into = into, .person = from };

	ww_status s = ww_ledger_remove(w->l, w->cx, &ww_entity_merged, &m);

	if (s == WW_OK)
		s = ww_person_mark_other(w, into);
	return s == WW_OK ? ww_person_mark_other(w, from) : s;
}
