/* How long the outbox is: counted up to the level and no further, so that a long one costs no more. */
#include "main/queue_alarm.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

enum { EVERY_MS = 1000 };

void
ww_queue_alarm_look(struct ww_queue_alarm *a, struct ww_ctx *cx, int64_t now)
{
	size_t due;
	bool on;

	if (now < a->next)
		return;
	a->next = now + EVERY_MS;
	if (ww_ledger_count(a->view, cx, &ww_entity_outbox, "state", WW_outbox_state_DUE, a->level,
	        &due) != WW_OK)
		return;
	/* Not off again just below the level: what swings about it is one alarm. */
	on = a->on ? due > a->level / 2 : due >= a->level;
	if (on == a->on)
		return;
	a->on = on;
	if (on)
		ww_log(WW_LOG_ERROR, "queue=long due-at-least=%zu", a->level);
	else
		ww_log(WW_LOG_INFO, "queue=well due=%zu", due);
}
