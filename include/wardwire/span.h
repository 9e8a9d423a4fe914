/* A length of time as people write it: 30m, 24h, 14d, 2bd. Days are calendar days of somebody, business days those of a
 * calendar (calendar.h). n is 0 where nothing was said. */
#ifndef WARDWIRE_SPAN_H
#define WARDWIRE_SPAN_H

#include <stdint.h>

enum ww_span_unit { WW_SPAN_MINUTES, WW_SPAN_HOURS, WW_SPAN_DAYS, WW_SPAN_BUSINESS_DAYS };
struct ww_span {
	enum ww_span_unit unit;
	uint32_t n;
};

#endif
