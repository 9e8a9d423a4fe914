/* One stay of which several feeds tell, each by a number of its own: an Encounter of a FHIR feed, and the messages of the
 * hospital. Where no number says that they are one, person, facility and time do. Messages alone never make one of two
 * numbers: two numbers of a hospital are two visits (match.c). */
#include "apply/work.h"

enum { MINUTE_MS = 60000, DAY_MS = 86400000 };

static bool
is_over(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_FINISHED && e->closed != 1;
}

static bool
is_void(const struct ww_encounter *e)
{
	return e->merged_into != 0 || e->status == WW_encounter_status_UNKNOWN ||
	       e->status == WW_encounter_status_CANCELLED || e->status == WW_encounter_status_ERROR;
}

/* An Encounter told of it: the name of a resource has a slash. */
static bool
is_fhir(const struct ww_encounter *e)
{
	return ww_str_find(e->sources, '/') < e->sources.n;
}

static ww_str
next_source(ww_str *list)
{
	return ww_str_trim(ww_str_cut(*list, ',', list));
}

/* A version of one Encounter came under another number than the one before. */
static bool
same_resource(const struct ww_encounter *a, const struct ww_encounter *b)
{
	for (ww_str list = a->sources; list.n != 0;) {
		ww_str one = next_source(&list);

		if (ww_str_find(one, '/') < one.n && ww_source_is_in(b->sources, one))
			return true;
	}
	return false;
}

/* One feed tells of both in the same way: by two Encounters, or by messages with two numbers. */
static bool
told_alike(const struct ww_encounter *a, const struct ww_encounter *b)
{
	for (ww_str list = a->sources; list.n != 0;) {
		ww_str what, one = next_source(&list), feed = ww_str_cut(one, ' ', &what);

		for (ww_str other = b->sources; other.n != 0;) {
			ww_str its, two = next_source(&other);

			if (ww_str_eq(feed, ww_str_cut(two, ' ', &its)) &&
			    (ww_str_find(what, '/') < what.n) == (ww_str_find(its, '/') < its.n))
				return true;
		}
	}
	return false;
}

static bool
told_apart(const struct ww_encounter *a, const struct ww_encounter *b)
{
	return told_alike(a, b) ||
	       (ww_str_eq(a->visit_system, b->visit_system) && !ww_str_eq(a->visit, b->visit));
}

static ww_time
begins(const struct ww_encounter *e)
{
	return ww_time_known(e->start) ? e->start : e->expected;
}

/* Known to the day alone it is any time of that day. */
static int64_t
slack(ww_time t)
{
	return t.prec <= WW_PREC_DAY ? DAY_MS : MINUTE_MS;
}

static bool
overlap(const struct ww_encounter *a, const struct ww_encounter *b)
{
	ww_time x = begins(a), y = begins(b);
	int64_t apart = x.ms - y.ms;

	if (!ww_time_known(x) || !ww_time_known(y) || apart > DAY_MS || apart < -DAY_MS)
		return false;
	return !(is_over(a) && y.ms > a->end.ms + slack(a->end)) &&
	       !(is_over(b) && x.ms > b->end.ms + slack(b->end));
}

static bool
is_twin(const struct ww_encounter *a, const struct ww_encounter *b)
{
	if (a->id == b->id || b->merged_into != 0)
		return false;
	if (same_resource(a, b))
		return true;
	return !is_void(a) && !is_void(b) && (is_fhir(a) || is_fhir(b)) && !told_apart(a, b) &&
	       a->facility.n != 0 && ww_str_ieq(a->facility, b->facility) && ww_visits_akin(a, b) &&
	       overlap(a, b);
}

/* The only one; NULL: there is none, or there are several. */
static const struct ww_encounter *
find_twin(const struct ww_work *w, const struct ww_rows *stays)
{
	const struct ww_encounter *twin = NULL;

	for (size_t i = 0; i < stays->n; i++) {
		const struct ww_encounter *e = WW_ROW(stays, encounter, i);

		if (!is_twin(&w->after, e))
			continue;
		if (twin != NULL)
			return NULL;
		twin = e;
	}
	return twin;
}

/* The one that was known first stays; what the practices have of it goes on. */
static ww_status
become_one(struct ww_work *w, const struct ww_encounter *twin)
{
	bool older = twin->id < w->after.id;
	struct ww_encounter from = older ? w->after : *twin, into = older ? *twin : w->after;
	bool found;
	ww_status s = ww_rehome_merge(w, &from, &into);

	if (s == WW_OK)
		s = ww_get(w->l, w->cx, encounter, &into, &found);
	if (s != WW_OK)
		return s;
	if (older) {
		w->before = into;
		w->is_new = false;
		w->message->encounter = into.id;
	}
	w->after = into;
	if (w->message->reason.n == 0)
		w->message->reason = ww_arena_printf(
		    w->cx->arena, "one stay with that of feed %.*s", WW_STR_FMT(twin->feed));
	ww_matched(w, "one stay with that of feed %.*s, by %s", WW_STR_FMT(twin->feed),
	    same_resource(&from, twin) && ww_str_eq(from.feed, twin->feed) ? "Encounter"
	                                                                   : "facility and time");
	return ww_refold_stay(w);
}

ww_status
ww_settle_twin(struct ww_work *w)
{
	const struct ww_encounter *twin;
	struct ww_encounter like;
	struct ww_rows stays;
	ww_status s;

	if (w->after.merged_into != 0 || ww_made_now(w, w->person.id))
		return WW_OK;
	if (!w->rehomed && ww_stay_unchanged(&w->before, &w->after) &&
	    ww_str_eq(w->before.sources, w->after.sources))
		return WW_OK;
	ww_row_init(&ww_entity_encounter, &like);
	like.person = w->person.id;
	s = ww_find(w->l, w->cx, encounter, "by_person", &like, &stays);
	twin = s == WW_OK ? find_twin(w, &stays) : NULL;
	return twin != NULL ? become_one(w, twin) : s;
}
