/* The resource types a practice takes, and what a resource of each must fulfil (FHIR R4). */
#ifndef WW_KIT_PRACTICE_CHECK_H
#define WW_KIT_PRACTICE_CHECK_H

#include "kit/practice_call.h"

/* A resource type; there is one row of it in the program, so pointers can be compared. */
struct ww_practice_type {
	const char *name;
	bool status; /* its status is a search parameter */
	const struct ww_practice_rules *rules;
};

extern const struct ww_practice_type ww_practice_check_types[];
extern const size_t ww_practice_check_types_n;

/* NULL when it is none of them. */
const struct ww_practice_type *ww_practice_check_type(ww_str name);
/* The type, or a refusal with 404 and that expression. */
WW_MUST ww_status ww_practice_check_known(struct ww_practice_call *c, ww_str name,
    const char *expression, const struct ww_practice_type **out);

/* Refuses with 400 what is not a resource of that type, and with 422 one that breaks its rules. */
WW_MUST ww_status ww_practice_check(struct ww_practice_call *c, const struct ww_practice_type *type,
    const struct ww_json *resource);

#endif
