/* The evidence of a finding: the JSON a rule keeps beside it. It is stored, shown to operators and read
 * when a notice is composed: facts and places only, never a name or an identifier of a patient. */
#ifndef WW_RULES_EVIDENCE_H
#define WW_RULES_EVIDENCE_H

#include <wardwire/status.h>
#include <wardwire/str.h>
#include <wardwire/time.h>

struct ww_ctx;
struct ww_json;

/* Sets key to the time at its own precision, as FHIR writes it; an unknown time is not set. */
WW_MUST ww_status ww_evidence_time(
    struct ww_ctx *cx, struct ww_json *object, const char *key, ww_time t);
/* The same for a day, days since 1970-01-01. */
WW_MUST ww_status ww_evidence_day(
    struct ww_ctx *cx, struct ww_json *object, const char *key, int64_t day);
/* The JSON text of v in the arena. Reports what failed while v was built, too. */
WW_MUST ww_status ww_evidence_keep(struct ww_ctx *cx, const struct ww_json *v, ww_str *out);

#endif
