/* Takes names of destinations apart. No name of an endpoint or a route has a slash. */
#include "model/lane.h"

ww_str
ww_lane_endpoint(ww_str destination)
{
	ww_str endpoint, route = ww_str_cut(destination, '/', &endpoint);

	return route.n < destination.n ? endpoint : ww_str_empty();
}

bool
ww_lane_leads_to(ww_str destination, ww_str name)
{
	return ww_str_eq(destination, name) ||
	       (name.n > 0 && ww_str_eq(ww_lane_endpoint(destination), name));
}

ww_id
ww_lane_row(int64_t message, unsigned n)
{
	return message << 16 | n;
}
