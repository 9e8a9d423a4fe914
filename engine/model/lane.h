/* Names of destinations: an endpoint's, or of a lane the route's and the endpoint's with a slash between. */
#ifndef WW_MODEL_LANE_H
#define WW_MODEL_LANE_H

#include <wardwire/str.h>

/* The endpoint that a lane leads to; empty for an endpoint. */
ww_str ww_lane_endpoint(ww_str destination);
/* It is that destination itself, or a lane to that endpoint. */
bool ww_lane_leads_to(ww_str destination, ww_str name);

#endif
