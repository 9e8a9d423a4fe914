/* What an interface analyst would want to know of a message: deviations from the standard and from what ADT needs, each with
 * a code, a place and a reason, by a table of rules (hl7v2_lint.def). A message with errors may well be taken: what the
 * engine refuses has the code of the refusal, WW-nnn. No value from a message is in any text. */
#ifndef WW_CODEC_HL7V2_LINT_H
#define WW_CODEC_HL7V2_LINT_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;

enum ww_lint_severity { WW_LINT_WARNING, WW_LINT_ERROR };

struct ww_lint_finding {
	char code[8]; /* "WW-205", "L301" */
	enum ww_lint_severity severity;
	char place[64];   /* a path, "PID-3(2).4"; "" the message as a whole */
	char reason[192]; /* one clause */
	size_t offset;    /* in raw, of the segment it is about */
};

/* All findings in a message, in the order of the lines; the array is in the arena. Of one rule at most 20. Fails for want of
 * memory only. */
WW_MUST ww_status ww_hl7_lint(
    struct ww_ctx *cx, ww_str raw, struct ww_lint_finding **out, size_t *n);

/* The i-th rule, from 0; false behind the last. */
struct ww_lint_rule_text {
	const char *code, *place, *text, *source;
	const char *events; /* "" any message, "ADT", or trigger events of ADT */
	int from, to;       /* versions, as 231 for 2.3.1; 0: no bound */
	enum ww_lint_severity severity;
};
bool ww_hl7_lint_rule(size_t i, struct ww_lint_rule_text *out);
/* "warning", "error" */
const char *ww_hl7_lint_severity_name(enum ww_lint_severity s);

#endif
