/* Scores of values given by hand, for people who check a rule or want to know what it would say (wardwire score). */
#ifndef WARDWIRE_SCORE_H
#define WARDWIRE_SCORE_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_json;

/* words: the name of a score, then its values as name=value, or codes:
 *
 *   lace los=5 acute=1 charlson=3 ed=2
 *   hospital hb=11.9 oncology=0 na=140 procedure=0 urgent=1 admissions=0 los=3 [cuts=2013|2016|simplified]
 *   charlson [weights=1987|quan2011|lace] I50.9 E11.9
 *   elixhauser [weights=vanwalraven] I50.9 E11.9
 *
 * What is not given is not known, and the score lies between bounds. *out, in the arena: rule, score, low, high, band, factors or
 * groups. On failure the place is the name of the value, or "code N". */
WW_MUST ww_status ww_score_ask(
    struct ww_ctx *cx, const ww_str *words, size_t n, struct ww_json **out);

#endif
