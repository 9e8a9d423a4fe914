/* Transaction Bundles: all entries are done, or none. */
#ifndef WW_KIT_PRACTICE_TRANSACTION_H
#define WW_KIT_PRACTICE_TRANSACTION_H

#include "kit/practice_call.h"

/* POST [base]. Entries may be POST (with ifNoneExist) and PUT (with ifMatch). References to other entries by
 * fullUrl (urn:uuid:...) and conditional references ("Patient?identifier=...") are resolved. */
WW_MUST ww_status ww_practice_transaction(struct ww_practice_call *c);

#endif
