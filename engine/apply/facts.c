/* From facts to what is known and told: the chain that they go through, whatever brought them. */
#include "apply/authorized.h"
#include "apply/person.h"
#include "apply/work.h"

#include <wardwire/act.h>
#include <wardwire/hl7v2.h>

/* -- a work --------------------------------------------------------------------------------------------- */

struct ww_work *
ww_work_new(struct ww_apply *a, struct ww_ctx *cx, struct ww_message *message)
{
	struct ww_work *w = ww_arena_alloc(cx->arena, sizeof(*w));

	if (w == NULL)
		return NULL;
	ww_row_init(&ww_entity_encounter, &w->before);
	ww_row_init(&ww_entity_encounter, &w->after);
	w->a = a;
	w->cx = cx;
	w->l = a->set.ledger;
	w->message = message;
	w->facts.ignored = ww_str_empty();
	return w;
}

void
ww_work_next(struct ww_work *w)
{
	ww_row_init(&ww_entity_encounter, &w->before);
	ww_row_init(&ww_entity_encounter, &w->after);
	w->reused = w->weak = false;
	w->is_joined = w->is_new = w->late = w->corrected = w->restated = w->insured = false;
	w->owners_n = w->held_n = 0;
	w->renumbered = w->renumbered || w->moved_n != 0;
	w->moved_n = 0;
}

/* -- tests ------------------------------------------------------------------------------------------ */

static ww_str
apart(struct ww_work *w, ww_str system)
{
	return ww_arena_printf(w->cx->arena, "test:%.*s", WW_STR_FMT(system));
}

/* Whoever tries something with a number that is also a patient's must not end that patient's stay, nor have it count
 * as history: the numbers of tests are numbers of their own. */
static void
set_apart(struct ww_work *w)
{
	struct ww_prior *prior = &w->facts.prior;

	for (size_t i = 0; i < w->facts.identifiers_n; i++)
		w->facts.identifiers[i].system = apart(w, w->facts.identifiers[i].system);
	for (size_t i = 0; i < prior->identifiers_n; i++)
		prior->identifiers[i].system = apart(w, prior->identifiers[i].system);
	w->facts.visit_system = apart(w, w->facts.visit_system);
	prior->visit_system = apart(w, prior->visit_system);
	w->facts.event.prior_system = prior->visit_system;
	for (size_t i = 0; i < w->facts.alternates_n; i++)
		w->facts.alternates[i].system = apart(w, w->facts.alternates[i].system);
}

/* -- the chain -------------------------------------------------------------------------------------- */

static void
conclude(struct ww_work *w)
{
	if (w->message->reason.n != 0 || w->changes_n != 0)
		return;
	w->message->reason =
	    w->renumbered || w->moved_n != 0
	        ? WW_STR("numbers changed; no flag was raised, changed or retracted")
	        : WW_STR("nothing new: no flag was raised, changed or retracted");
}

/* What a person should look at, although the message was taken. */
static const char *
doubt_of(const struct ww_work *w)
{
	enum ww_act act = ww_act_of(w->facts.event.trigger);
	int64_t said = w->facts.event.class_;
	bool inpatient = ww_time_known(w->after.inpatient_start);

	if (w->weak)
		return "no number names the visit: it is the only one of the person that is open";
	if (act == WW_ACT_REGISTER && inpatient &&
	    (said == WW_encounter_class_INPATIENT || said == WW_encounter_class_OB))
		return "A04 registers, and PV1-2 says inpatient: taken for an admission";
	if (act == WW_ACT_ADMIT && said == WW_encounter_class_UNKNOWN && !inpatient)
		return ww_said_in(w,
		    "A01 admits, and PV1-2 names no class: not taken for an inpatient",
		    "an admission is notified, and Encounter.class names no class that is known: "
		    "not "
		    "taken for an inpatient");
	return NULL;
}

static void
add_doubt(struct ww_work *w)
{
	const char *doubt = w->after.id != 0 ? doubt_of(w) : NULL;

	if (doubt != NULL && w->message->reason.n == 0)
		w->message->reason = ww_str_from(doubt);
	else if (doubt != NULL)
		w->message->reason = ww_arena_printf(
		    w->cx->arena, "%.*s; %s", WW_STR_FMT(w->message->reason), doubt);
}

/* What it says of numbers. */
static ww_status
run_renumbering(struct ww_work *w)
{
	ww_status s = ww_rehome_numbers(w);

	if (s == WW_OK)
		s = ww_identify_person(w);
	if (s == WW_OK)
		s = ww_restrict_person(w);
	return s == WW_OK ? ww_rehome(w) : s;
}

/* Of a stay that is new there is nothing in the ledger but what was told of its authorization. */
static ww_status
judge_visit(struct ww_work *w)
{
	bool is_new = w->is_new;
	ww_status s;

	w->is_new = is_new && !w->is_joined;
	s = ww_judge(w);
	w->is_new = is_new;
	return s;
}

static ww_status
run_visit(struct ww_work *w)
{
	ww_status s = ww_identify_encounter(w);

	if (s != WW_OK || w->after.id == 0)
		return s;
	s = ww_restrict_stay(w);
	if (s == WW_OK)
		s = ww_fold_stay(w);
	if (s == WW_OK)
		s = ww_settle_twin(w);
	if (s == WW_OK && w->after.status == WW_encounter_status_UNKNOWN &&
	    w->before.status == WW_encounter_status_UNKNOWN) {
		w->message->reason = ww_arena_printf(w->cx->arena,
		    "%.*s of a visit of which nothing else is known: kept until it is",
		    WW_STR_FMT(w->facts.event.trigger));
		return WW_OK;
	}
	if (s == WW_OK)
		s = ww_settle_chain(w);
	if (s == WW_OK)
		s = ww_attribute(w);
	if (s == WW_OK)
		s = ww_authorized_settle(w);
	return s == WW_OK ? judge_visit(w) : s;
}

/* What it says of a person and a visit. Stays of somebody who turned out to be the same person are judged behind it, and so
 * are the person's other stays when a name or birth date was put right, an insurance is new, or a restriction began or ended. */
static ww_status
run_chain(struct ww_work *w)
{
	ww_status s = ww_identify_person(w);
	bool corrected = w->corrected;

	if (s == WW_OK)
		s = ww_restrict_person(w);
	if (s == WW_OK)
		s = run_visit(w);
	if (s == WW_OK && w->moved_n != 0)
		s = ww_rehome_moved(w);
	if (s == WW_OK && (corrected || w->restated || w->insured)) {
		s = ww_reattribute_person(w);
		return s == WW_OK ? ww_judge_beside(w) : s;
	}
	return s == WW_OK ? ww_authorized_judge(w) : s;
}

ww_status
ww_take_facts(struct ww_work *w)
{
	ww_status s;

	if (w->facts.ignored.n != 0) {
		w->message->disposition = WW_disposition_IGNORED;
		w->message->reason = w->facts.ignored;
		return WW_OK;
	}
	w->test = w->test || w->facts.test;
	w->patient_test = !w->test && ww_test_is(w);
	w->test = w->test || w->patient_test;
	w->message->disposition = w->test ? WW_disposition_TEST : WW_disposition_APPLIED;
	if (w->test)
		set_apart(w);
	s = ww_act_renumbers(ww_act_of(w->facts.event.trigger)) ? run_renumbering(w) : run_chain(w);
	if (s != WW_OK)
		return s;
	conclude(w);
	add_doubt(w);
	return ww_person_mark_stay(w);
}

/* -- what was noticed -------------------------------------------------------------------------------- */

static ww_status
count_warning(struct ww_work *w, enum ww_hl7_warning warning)
{
	struct ww_noticed n;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_noticed, &n);
	n.feed = w->message->feed;
	n.warning = ww_str_from(ww_hl7_warning_name(warning));
	s = ww_get(w->l, w->cx, noticed, &n, &found);
	if (s != WW_OK)
		return s;
	n.messages++;
	n.last = w->message->seq;
	return ww_put(w->l, w->cx, noticed, &n);
}

ww_status
ww_work_noticed(struct ww_work *w, uint32_t set)
{
	ww_status s = WW_OK;

	if (w->after.anomaly != 0 && w->before.anomaly == 0)
		set |= UINT32_C(1) << WW_HL7_WARN_class_anomaly;
	if (w->weak)
		set |= UINT32_C(1) << WW_HL7_WARN_visit_weak;
	if (w->overlay)
		set |= UINT32_C(1) << WW_HL7_WARN_merge_overlay;
	if (set == 0)
		return WW_OK;
	w->message->warnings = ww_hl7_warning_names(w->cx, set);
	for (unsigned i = 0; s == WW_OK && i < WW_HL7_WARNINGS_N; i++) {
		if ((set >> i & 1) != 0)
			s = count_warning(w, (enum ww_hl7_warning)i);
	}
	return s;
}

/* -- who wants to hear of it ---------------------------------------------------------------------------- */

void
ww_work_tell(struct ww_work *w)
{
	ww_str trigger = w->resource != NULL ? w->facts.event.trigger : w->message->event;
	struct ww_effect e = {
		.message = w->message,
		.trigger = ww_arena_cstr(w->cx->arena, trigger),
		.act = ww_act_text(ww_act_of(trigger)),
		.before = w->is_new || w->before.id == 0 ? NULL : &w->before,
		.after = w->after.id == 0 ? NULL : &w->after,
		.changes = w->changes,
		.changes_n = w->changes_n,
		.rows = w->touched,
		.rows_n = w->touched_n,
	};

	if (w->a->set.observe == NULL || w->cx->seq <= w->a->told)
		return;
	w->a->told = w->cx->seq;
	w->a->set.observe(w->a->set.arg, &e);
}
