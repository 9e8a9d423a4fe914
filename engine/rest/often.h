/* How often something happened within a time, by two texts: an address and a name. Of fixed size, whoever comes. */
#ifndef WW_REST_OFTEN_H
#define WW_REST_OFTEN_H

#include <wardwire/str.h>

struct ww_often;

/* So many within so many ms are too many. NULL when memory is short. */
struct ww_often *ww_often_new(uint32_t most, int64_t ms);
void ww_often_free(struct ww_often *o); /* NULL is allowed */

void ww_often_add(struct ww_often *o, ww_str a, ww_str b, int64_t now);
/* It happened that often: the next would be too many. */
bool ww_often_over(const struct ww_often *o, ww_str a, ww_str b, int64_t now);

#endif
