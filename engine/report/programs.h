/* Programs as JSON: everything, what was left to defaults too. */
#ifndef WW_REPORT_PROGRAMS_H
#define WW_REPORT_PROGRAMS_H

#include <wardwire/program.h>

struct ww_json;

/* An array with an object for each program. That memory is short shows when it is written. */
struct ww_json *ww_programs_report(struct ww_ctx *cx, const struct ww_programs *p);

#endif
