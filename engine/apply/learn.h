/* What the resources of a request say of persons, stays and what is owed: the same event log and fold as of messages.
 * Private to apply/. */
#ifndef WW_APPLY_LEARN_H
#define WW_APPLY_LEARN_H

#include "apply/request.h"

/* Called once a request, when all its resources are stored. What a resource says that nothing can be learned from is never
 * a failure: it is stored. */
WW_MUST ww_status ww_learn(struct ww_request_work *rw);

#endif
