/* Moments as reports show them. */
#ifndef WW_REPORT_MOMENT_H
#define WW_REPORT_MOMENT_H

#include <wardwire/json.h>

/* Sets a member to UTC ms as FHIR writes an instant; 0 stands for no moment and sets nothing. */
void ww_report_moment(struct ww_ctx *cx, struct ww_json *o, const char *key, int64_t ms);

#endif
