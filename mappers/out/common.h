/* Pieces that Task and Communication share. */
#ifndef WW_OUT_COMMON_H
#define WW_OUT_COMMON_H

#include <wardwire/composer.h>
#include <wardwire/json.h>

/* [{"system": <config system>/<what>, "value": key}] */
void ww_out_identifier(struct ww_ctx *cx, struct ww_json *resource, const struct ww_notice *n,
    const char *what, ww_str key);
/* A reference by identifier: {"type": "Encounter", "identifier": {...}}. */
struct ww_json *ww_out_reference(
    struct ww_ctx *cx, const struct ww_notice *n, const char *type, const char *what, ww_str key);
/* The member, by the number of the party's roster. */
struct ww_json *ww_out_member(struct ww_ctx *cx, const struct ww_notice *n);
/* What the programs let leave, as people may read it; empty: nothing. "Ada Byron"; "Grace Hopper, NPI 1234567893"; "I509, E119". */
ww_str ww_out_name(struct ww_ctx *cx, const struct ww_notice *n);
ww_str ww_out_practitioner(struct ww_ctx *cx, const struct ww_notice *n);
ww_str ww_out_diagnoses(struct ww_ctx *cx, const struct ww_notice *n);
/* The party, and the organisation that sends; by NPI where known, else by title. NULL: not known. */
struct ww_json *ww_out_party(struct ww_ctx *cx, const struct ww_notice *n);
struct ww_json *ww_out_sender(struct ww_ctx *cx, const struct ww_notice *n);
/* {"text": text}, {"coding": [{"system", "code"}], "text": text} */
struct ww_json *ww_out_text(struct ww_ctx *cx, ww_str text);
struct ww_json *ww_out_concept(
    struct ww_ctx *cx, const char *system, const char *code, const char *text);
/* A time as FHIR writes it; an instant in the notice's zone. */
ww_str ww_out_time(struct ww_ctx *cx, ww_time t);
ww_str ww_out_instant(struct ww_ctx *cx, const struct ww_notice *n, int64_t ms);
/* A text of a feed as people may read it: one line of at most 100 characters, without those that hide or turn others
 * (plain.c). */
ww_str ww_out_plain(struct ww_ctx *cx, ww_str text);
/* " at <facility>" or nothing. */
ww_str ww_out_facility(struct ww_ctx *cx, const struct ww_notice *n);
/* What the score of a rule is called. */
struct ww_out_score {
	const char *rule, *name, *input; /* how its id begins; "LACE"; "lace-score" */
};
const struct ww_out_score *ww_out_score_of(const struct ww_flag *risk);
/* The risk of readmission that comes behind that one, NULL for the first; NULL when there is no more. What two programs find just
 * so comes once. */
const struct ww_flag *ww_out_risk(const struct ww_notice *n, const struct ww_flag *before);
/* The stay has ended as far as the receiver is to know: its discharge, or the risk at it, is told. */
bool ww_out_has_ended(const struct ww_notice *n);
/* The risk is that of a stay that is not over: as if it ended on the day that is expected. */
bool ww_out_is_provisional(const struct ww_notice *n);
/* What is to be done, or that nothing is: one sentence without a full stop. */
ww_str ww_out_sentence(struct ww_ctx *cx, const struct ww_notice *n);
/* The tree as compact text in the arena. */
WW_MUST ww_status ww_out_write(struct ww_ctx *cx, const struct ww_json *v, ww_str *out);
/* Title and sentence, without a full stop, of a flag that is told by itself: its program's, else the engine's (wording.c). */
ww_str ww_out_title(const struct ww_notice *n, const struct ww_flag *f);
ww_str ww_out_words(const struct ww_notice *n, const struct ww_flag *f);
/* The sentence is the program's. */
bool ww_out_is_worded(const struct ww_notice *n, const struct ww_flag *f);
/* The open flag of that kind, or NULL. */
const struct ww_flag *ww_out_flag(const struct ww_notice *n, enum ww_flag_kind kind);

#endif
