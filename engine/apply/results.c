/* Results that messages bring: kept as those of FHIR Observations are. */
#include "apply/claims.h"
#include "apply/gather.h"

#include <wardwire/buf.h>

static bool
is_taken_back(const struct ww_observation *o)
{
	return ww_str_is(o->status, "cancelled") || ww_str_is(o->status, "entered-in-error");
}

static ww_status
keep_one(struct ww_work *w, const struct ww_observation *said, ww_id stay, bool *kept)
{
	struct ww_observation o = *said;
	struct ww_clinical c = { .observations = &o,
		.observations_n = is_taken_back(said) ? 0 : 1,
		.at = said->observed,
		.encounter = ww_str_empty() };

	ww_row_init(&ww_entity_procedure, &c.procedure);
	ww_row_init(&ww_entity_dispense, &c.dispense);
	o.feed = w->feed->name;
	return ww_clinical_file(w, o.resource, o.recorded, &c, stay, kept);
}

static void
conclude(struct ww_work *w, size_t kept, size_t gone, size_t old)
{
	struct ww_buf b = { 0 };

	ww_buf_printf(&b, "%zu result%s kept", kept, kept == 1 ? "" : "s");
	if (gone > 0)
		ww_buf_printf(&b, ", %zu taken back", gone);
	if (old > 0)
		ww_buf_printf(&b, ", %zu older than what is known", old);
	w->message->reason = ww_arena_str(w->cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
}

ww_status
ww_results_keep(struct ww_work *w)
{
	const struct ww_facts *f = &w->facts;
	size_t kept = 0, gone = 0, old = 0;
	bool observed = false; /* by a rule */
	ww_id stay = 0;
	ww_status s = WW_OK;

	if (w->test)
		return WW_OK; /* nothing of a test counts */
	if (f->about.n != 0)
		s = ww_learn_stay(w, f->about_system, f->about, &stay);
	for (size_t i = 0; s == WW_OK && i < f->observations_n; i++) {
		bool newer = false;

		s = keep_one(w, &f->observations[i], stay, &newer);
		old += !newer;
		gone += newer && is_taken_back(&f->observations[i]);
		kept += newer && !is_taken_back(&f->observations[i]);
		observed = observed || (newer && ww_rule_observes(f->observations[i].system,
		                                     f->observations[i].code));
	}
	if (s == WW_OK && observed && ww_gather_wants(w->a, WW_NEEDS_RESULTS))
		s = ww_reattribute_person(w);
	if (s == WW_OK)
		conclude(w, kept, gone, old);
	return s;
}
