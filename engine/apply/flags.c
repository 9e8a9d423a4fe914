/* Brings the flags of a practice and program in line with what the rules find: they are raised, updated and retracted. */
#include "apply/flags.h"

#include "apply/authorized.h"
#include "apply/budget.h"
#include "apply/deadline.h"
#include "apply/work.h"

#include <wardwire/calendar.h>
#include <wardwire/program.h>

#include "model/fold.h"

/* flag.wrong */
enum { WRONG = 1, GONE = 2 };

static struct ww_flag *
open_flag(struct ww_flags *f, ww_str program, int64_t kind)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].kind == kind && f->v[i].state == WW_flag_state_OPEN &&
		    ww_str_eq(f->v[i].program, program))
			return &f->v[i];
	}
	return NULL;
}

/* NULL: nothing that it was told holds any more. */
static const struct ww_flag *
last_open(const struct ww_flags *f, ww_str program)
{
	for (size_t i = f->n; i-- > 0;) {
		if (f->v[i].state == WW_flag_state_OPEN && ww_str_eq(f->v[i].program, program))
			return &f->v[i];
	}
	return NULL;
}

/* Over all programs, as keys of notices are made of it. */
static int64_t
next_ordinal(const struct ww_flags *f, int64_t kind)
{
	int64_t n = 1;

	for (size_t i = 0; i < f->n; i++)
		n += f->v[i].kind == kind;
	return n;
}

/* Puts the flag and notes the change. */
static ww_status
keep_flag(struct ww_work *w, struct ww_flag *flag, const char *verb)
{
	if (w->changes_n < WW_CHANGES_MAX)
		w->changes[w->changes_n++] = (struct ww_change){ verb, flag };
	return ww_put(w->l, w->cx, flag, flag);
}

static void
set_result(struct ww_work *w, struct ww_flag *flag, const struct ww_finding *f)
{
	flag->rule = ww_str_from(f->rule);
	flag->band = ww_str_from(f->band);
	flag->score = f->score;
	flag->low = f->low;
	flag->high = f->high;
	flag->evidence = f->evidence;
	flag->completeness = f->completeness;
	flag->cause = (int64_t)w->cx->seq;
}

static bool
same_result(const struct ww_flag *flag, const struct ww_finding *f)
{
	return ww_str_is(flag->rule, f->rule) && flag->score == f->score && flag->low == f->low &&
	       flag->high == f->high && flag->completeness == (int64_t)f->completeness &&
	       ww_str_is(flag->band, f->band) && ww_str_eq(flag->evidence, f->evidence);
}

/* An arrival or admission that shows only after the stay has gone on is history, not news. */
static bool
is_past(const struct ww_work *w, enum ww_flag_kind kind)
{
	if (kind == WW_flag_kind_ADMIT)
		return w->after.status == WW_encounter_status_FINISHED;
	if (kind == WW_flag_kind_ED || kind == WW_flag_kind_OBSERVATION)
		return w->after.status == WW_encounter_status_FINISHED ||
		       ww_time_known(w->after.inpatient_start);
	if (kind == WW_flag_kind_ED_DISCHARGE)
		return w->after.led_to != 0; /* the patient was taken in, as the admission says */
	return false;
}

static int64_t
today_of(const struct ww_work *w, const struct ww_office *office)
{
	return ww_time_day(ww_time_at(w->cx->now, office->zone), office->zone);
}

/* The rule's own day where it has one, to its end, else the program's deadline. */
static int64_t
due_of(const struct ww_work *w, const struct ww_program *p, const struct ww_finding *f,
    const struct ww_office *office)
{
	int64_t today = today_of(w, office);
	struct ww_span left = { .unit = WW_SPAN_DAYS };

	if (f->due_day == 0)
		return ww_deadline_due(p, f->kind, office, w->cx->now);
	left.n = f->due_day > today ? (uint32_t)(f->due_day - today) : 0;
	return ww_calendar_due(office->calendar, office->zone, w->cx->now, left);
}

/* Whom the program tells, how and until when. All of it stays as it is when the program changes. */
static void
set_notice(const struct ww_work *w, const struct ww_program *p, const struct ww_finding *f,
    struct ww_flag *flag)
{
	const struct ww_program_flag *as = &p->flags[flag->kind];
	const struct ww_party *party = ww_program_party(p, w->a->config, as->to, flag->practice);
	struct ww_office office = ww_office_of(w->a, p, party, as->to, w->feed->zone);
	bool stay = w->subject.encounter != 0;

	flag->program = p->name;
	flag->program_version = p->version;
	flag->receiver = party != NULL ? party->name : flag->practice;
	flag->role = as->to;
	flag->form = as->as == WW_flag_form_STAY_TASK && !stay ? WW_flag_form_TASK : as->as;
	flag->priority = as->priority;
	flag->due_ms = due_of(w, p, f, &office);
}

static ww_status
raise_flag(struct ww_work *w, struct ww_flags *flags, ww_str practice, ww_id attribution,
    const struct ww_program *p, const struct ww_finding *f)
{
	struct ww_flag *flag = &flags->v[flags->n];
	ww_status s;

	ww_row_init(&ww_entity_flag, flag);
	flag->ordinal = next_ordinal(flags, f->kind);
	flags->n++;
	flag->id = ww_ctx_id(w->cx);
	flag->encounter = w->subject.encounter;
	flag->authorization = w->subject.authorization;
	flag->person = w->person.id;
	flag->practice = practice;
	flag->kind = f->kind;
	flag->state = WW_flag_state_OPEN;
	flag->attribution = attribution;
	flag->raised_ms = w->cx->now;
	set_notice(w, p, f, flag);
	set_result(w, flag, f);
	s = ww_cooldown_set(w, p, flag);
	return s == WW_OK ? keep_flag(w, flag, "raised") : s;
}

/* The rule's own day is another than it was. One that has passed is today, and gives nobody more time. */
static void
move_due(const struct ww_work *w, struct ww_flag *flag, const struct ww_program *p,
    const struct ww_finding *f)
{
	const struct ww_party *party = ww_config_party(w->a->config, flag->receiver);
	struct ww_office office =
	    ww_office_of(w->a, p, party, (enum ww_role)flag->role, w->feed->zone);
	int64_t due_ms;

	if (f->due_day == 0)
		return;
	due_ms = due_of(w, p, f, &office);
	if (f->due_day >= today_of(w, &office) || due_ms < flag->due_ms)
		flag->due_ms = due_ms;
}

static ww_status
update_flag(
    struct ww_work *w, struct ww_flag *flag, const struct ww_program *p, const struct ww_finding *f)
{
	ww_str band = flag->band;
	ww_status s = WW_OK;

	set_result(w, flag, f);
	move_due(w, flag, p, f);
	if (flag->limit == WW_flag_limit_COOLDOWN)
		s = ww_cooldown_set(w, p, flag);
	ww_window_set(w, p, flag, band);
	return s == WW_OK ? keep_flag(w, flag, "updated") : s;
}

/* Why what held holds no longer, in words a practice may read. */
static const char *
retraction(const struct ww_work *w, const struct ww_findings *found, int64_t kind)
{
	static const char *const table[WW_ACTS] = {
		[WW_ACT_OUTPATIENT] = "the hospital changed the stay from inpatient to outpatient",
		[WW_ACT_CANCEL_ADMIT] = "the hospital cancelled the admission or registration",
		[WW_ACT_CANCEL_DISCHARGE] = "the hospital cancelled the discharge",
		[WW_ACT_CANCEL_PREADMIT] = "the hospital cancelled the planned admission",
		[WW_ACT_CANCEL_PENDING_ADMIT] = "the hospital cancelled the planned admission",
		[WW_ACT_DELETE] = "the hospital deleted the visit",
	};
	const struct ww_ended *ended = ww_findings_ended(found, (enum ww_flag_kind)kind);
	const char *why =
	    w->authorization != NULL    ? ww_authorized_why(w->authorization)
	    : w->subject.encounter == 0 ? "what it was found by does not hold any more"
	    : w->after.merged_into != 0 ? "the hospital found that the visit is the same as another"
	                                : table[ww_act_of(w->facts.event.trigger)];

	if (ended != NULL)
		return ended->why;
	return why != NULL ? why : "a later message of the hospital changed the stay";
}

static bool
still_found(const struct ww_findings *found, int64_t kind)
{
	for (size_t i = 0; i < found->n; i++) {
		if ((int64_t)found->v[i].kind == kind)
			return true;
	}
	return false;
}

/* It says that the practice has the person no more. */
static bool
is_of_the_end(const struct ww_findings *found, int64_t kind)
{
	for (size_t i = 0; i < found->n; i++) {
		if ((int64_t)found->v[i].kind == kind && found->v[i].former != 0)
			return true;
	}
	return false;
}

/* A flag that another hand than a rule's raised is that hand's to take back. */
static bool
is_of_rules(const struct ww_flag *flag)
{
	return ww_rule_find(flag->rule) != NULL;
}

/* It is in the Task of the stay, and about an authorization: what that says decides (authorized.c). */
static bool
is_joined(const struct ww_work *w, const struct ww_flag *flag)
{
	return w->subject.encounter != 0 && flag->authorization != 0;
}

/* wrong: why nothing of this subject was ever this practice's to know, or with over, is so any more; or NULL. */
static ww_status
retract_rest(struct ww_work *w, struct ww_flags *flags, const struct ww_judged *j,
    const char *wrong, bool over)
{
	for (size_t i = 0; i < flags->n; i++) {
		struct ww_flag *flag = &flags->v[i];
		const struct ww_ended *ended =
		    ww_findings_ended(&j->found, (enum ww_flag_kind)flag->kind);
		bool ours = is_of_rules(flag);
		bool twice = ours && flag != open_flag(flags, j->name, flag->kind);
		bool done = ended != NULL && ended->done;
		const char *why =
		    over && (done || is_of_the_end(&j->found, flag->kind)) ? NULL : wrong;
		ww_status s;

		if (flag->state != WW_flag_state_OPEN || !ww_str_eq(flag->program, j->name) ||
		    (why == NULL && is_joined(w, flag)) ||
		    (why == NULL && !twice && (!ours || still_found(&j->found, flag->kind))))
			continue;
		flag->state = why == NULL && done ? WW_flag_state_DONE : WW_flag_state_RETRACTED;
		flag->closed_ms = w->cx->now;
		flag->retracted_by = (int64_t)w->cx->seq;
		flag->reason = ww_str_from(
		    why != NULL ? why
		    : twice
		        ? "the hospital found that two patients are one, of whom both it was told"
		        : retraction(w, &j->found, flag->kind));
		flag->wrong = why == NULL ? 0 : over ? GONE : WRONG;
		s = keep_flag(w, flag, "retracted");
		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

bool
ww_flags_changed(const struct ww_work *w, const struct ww_flags *flags)
{
	int64_t seq = (int64_t)w->cx->seq;

	for (size_t i = 0; i < flags->n; i++) {
		if (flags->v[i].cause == seq || flags->v[i].retracted_by == seq)
			return true;
	}
	return false;
}

/* Of several findings of a kind the first counts: that of the rule that the program names first. */
static bool
is_first(const struct ww_findings *found, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (found->v[k].kind == found->v[i].kind)
			return false;
	}
	return true;
}

static bool
is_news(const struct ww_work *w, const struct ww_judged *j, const struct ww_finding *f)
{
	return j->program != NULL && j->program->flags[f->kind].as != WW_flag_form_NONE &&
	       !f->past && !is_past(w, f->kind);
}

ww_status
ww_flags_reconcile(struct ww_work *w, struct ww_flags *flags, ww_str practice,
    const struct ww_attribution *owner, const struct ww_judged *j)
{
	const struct ww_flag *told = owner == NULL ? last_open(flags, j->name) : NULL;
	const char *wrong = NULL;
	bool over = false;
	ww_status s =
	    told != NULL ? ww_attribution_wrong(w, told->attribution, &wrong, &over) : WW_OK;

	for (size_t i = 0; s == WW_OK && i < j->found.n; i++) {
		const struct ww_finding *f = &j->found.v[i];
		struct ww_flag *open = open_flag(flags, j->name, f->kind);
		ww_id row = f->former != 0 ? f->former : owner != NULL ? owner->id : 0;

		if (!is_first(&j->found, i) || (wrong != NULL && f->former == 0))
			continue;
		if (open == NULL && row != 0 && is_news(w, j, f)) {
			s = raise_flag(w, flags, practice, row, j->program, f);
		} else if (open != NULL && !same_result(open, f)) {
			s = update_flag(w, open, j->program, f);
		}
	}
	return s == WW_OK ? retract_rest(w, flags, j, wrong, over) : s;
}
