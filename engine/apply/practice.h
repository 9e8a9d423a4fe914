/* What a practice that reads its notices here does with them: the status it gives a Task. Private to apply/. */
#ifndef WW_APPLY_PRACTICE_H
#define WW_APPLY_PRACTICE_H

#include "apply/resource.h"

/* The entry is about a Task of the client's practice, which stands in the outbox. */
bool ww_practice_is_task(const struct ww_request_work *rw, const struct ww_entry *e);
/* As ww_entry_plan and ww_entry_do. Of such a Task its status alone can be changed, by update; its version is the newest record
 * that changed what it says. */
WW_MUST ww_status ww_practice_plan(struct ww_request_work *rw, struct ww_entry *e);
WW_MUST ww_status ww_practice_do(struct ww_request_work *rw, struct ww_entry *e);

/* Has the request's message be about the stay of a notice that the practice answers with a Communication (basedOn, about or
 * inResponseTo: Task/id, Communication/id). */
WW_MUST ww_status ww_practice_note(struct ww_request_work *rw);

#endif
