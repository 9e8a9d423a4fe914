/* From stored resources to what is known. */
#include "apply/learn.h"

ww_status
ww_learn(struct ww_request_work *rw)
{
	(void)rw;
	return WW_OK;
}
