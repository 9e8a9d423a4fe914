/* Who a person was before it was merged: claims and the like stay with the one they were told of, so that a merge that is
 * taken back leaves nothing with the wrong one. */
#include "apply/work.h"

ww_status
ww_family_join(struct ww_work *w, ww_id from, ww_id into)
{
	struct ww_merged m = { .into = into, .person = from };

	return ww_put(w->l, w->cx, merged, &m);
}

ww_status
ww_family_part(struct ww_work *w, ww_id from, ww_id into)
{
	struct ww_merged m = { .into = into, .person = from };

	return ww_ledger_remove(w->l, w->cx, &ww_entity_merged, &m);
}
