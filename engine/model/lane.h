/* Names of destinations: an endpoint's, or of a lane the route's and the endpoint's with a slash between. */
#ifndef WW_MODEL_LANE_H
#define WW_MODEL_LANE_H

#include <wardwire/model.h>
#include <wardwire/str.h>

/* The endpoint that a lane leads to; empty for an endpoint. */
ww_str ww_lane_endpoint(ww_str destination);
/* It is that destination itself, or a lane to that endpoint. */
bool ww_lane_leads_to(ww_str destination, ww_str name);

/* The id of the n-th row (from 1) that the outbox has for a message: the first that the message's record gives, so that they
 * are found without an index. They end with the first that is not there or is not of the message. */
ww_id ww_lane_row(int64_t message, unsigned n);

#endif
