/* What notices about a flag of its own say: a title and a sentence by the kind of the flag, or the program's. */
#include "mappers/out/common.h"

#include <wardwire/program.h>

static const struct {
	const char *title, *text;
} rows[ww_flag_kind_count] = {
	[WW_flag_kind_ADMIT] = { "Inpatient admission",
	    "Attributed member admitted as an inpatient" },
	[WW_flag_kind_ED] = { "Emergency department arrival",
	    "Attributed member arrived in the emergency department" },
	[WW_flag_kind_DISCHARGE] = { "Discharge", "Attributed member's inpatient stay has ended" },
	[WW_flag_kind_READMIT_RISK] = { "Readmission risk",
	    "Attributed member's risk of readmission was computed" },
	[WW_flag_kind_ED_DISCHARGE] = { "Emergency department discharge",
	    "Attributed member left the emergency department" },
	[WW_flag_kind_OBSERVATION] = { "Observation stay",
	    "Attributed member is under observation" },
	[WW_flag_kind_PLANNED_ADMIT] = { "Planned admission",
	    "An inpatient stay of an attributed member is planned" },
	[WW_flag_kind_TRANSFER] = { "Transfer",
	    "Attributed member was transferred to another facility" },
	[WW_flag_kind_ADMIT_AUTHORIZED] = { "Admission authorized",
	    "An inpatient stay of a member was authorized; tell the care coordinator" },
	[WW_flag_kind_ADMIT_ALERT] = { "Admission authorized",
	    "An inpatient stay of an attributed member was authorized" },
	[WW_flag_kind_READMISSION] = { "Readmission within 30 days",
	    "Attributed member is back in hospital within 30 days of a discharge" },
	[WW_flag_kind_RECENT_STAY] = { "Recent inpatient stay",
	    "Attributed member was an inpatient in the last 30 days" },
	[WW_flag_kind_FREQUENT_ED] = { "Frequent emergency visits",
	    "Attributed member visits emergency departments often" },
	[WW_flag_kind_RISING_RISK] = { "Rising risk",
	    "Attributed member's use of hospitals is rising" },
	[WW_flag_kind_COMPLEX] = { "Complex co-morbidity",
	    "Attributed member has several serious conditions" },
	[WW_flag_kind_DM_DIABETES] = { "Disease management: diabetes",
	    "Member may take part in the diabetes program; offer it" },
	[WW_flag_kind_DM_HEART_FAILURE] = { "Disease management: heart failure",
	    "Member may take part in the heart failure program; offer it" },
	[WW_flag_kind_DM_COPD] = { "Disease management: COPD",
	    "Member may take part in the COPD program; offer it" },
	[WW_flag_kind_DM_ASTHMA] = { "Disease management: asthma",
	    "Member may take part in the asthma program; offer it" },
	[WW_flag_kind_FOLLOW_UP_CONTACT] = { "Contact after discharge",
	    "Contact the attributed member after the discharge" },
	[WW_flag_kind_FOLLOW_UP_VISIT] = { "Visit after discharge",
	    "Arrange a visit of the attributed member after the discharge" },
	[WW_flag_kind_ATTRIBUTION_CHANGE] = { "Change of attribution",
	    "The payer's roster attributes this member otherwise now" },
	[WW_flag_kind_UNACKNOWLEDGED] = { "Task not acknowledged",
	    "An urgent Task was not acknowledged in time" },
	[WW_flag_kind_OVERDUE] = { "Task overdue", "Nobody acted on a Task until its deadline" },
};

/* As the program of the flag has it; NULL: there is no such program any more. */
static const struct ww_program_flag *
row_of(const struct ww_notice *n, const struct ww_flag *f)
{
	const struct ww_program *p =
	    n->programs != NULL ? ww_programs_find(n->programs, f->program) : NULL;

	return p != NULL ? &p->flags[f->kind] : NULL;
}

ww_str
ww_out_title(const struct ww_notice *n, const struct ww_flag *f)
{
	const struct ww_program_flag *own = row_of(n, f);

	if (own != NULL && own->title.n > 0)
		return own->title;
	return rows[f->kind].title != NULL ? ww_str_from(rows[f->kind].title)
	                                   : ww_str_from(ww_flag_kind_text(f->kind));
}

bool
ww_out_is_worded(const struct ww_notice *n, const struct ww_flag *f)
{
	const struct ww_program_flag *own = row_of(n, f);

	return own != NULL && own->text.n > 0;
}

ww_str
ww_out_words(const struct ww_notice *n, const struct ww_flag *f)
{
	const struct ww_program_flag *own = row_of(n, f);

	if (own != NULL && own->text.n > 0)
		return own->text;
	return rows[f->kind].text != NULL ? ww_str_from(rows[f->kind].text)
	                                  : ww_str_from(ww_flag_kind_text(f->kind));
}
