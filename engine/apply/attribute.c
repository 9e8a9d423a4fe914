/* Whose patient a person is: roster rows found by a payer's member id and confirmed by birth date and name,
 * in force on the day of the visit. When there is none, one line says why. */
#include "apply/catch_up.h"

#include "model/attribution.h"
#include "model/member.h"

enum { OWNERS_MAX = 64 };

/* The day that decides: when the visit began, or of what else it is about, else when the message came. */
static ww_time
visit_day(const struct ww_work *w)
{
	if (ww_time_known(w->on))
		return w->on;
	if (ww_time_known(w->after.start))
		return w->after.start;
	return ww_time_at(w->cx->now, w->feed->zone);
}

int64_t
ww_attribution_day(const struct ww_work *w)
{
	return ww_time_day(visit_day(w), w->feed->zone);
}

static enum ww_nearness
compare(const struct ww_work *w, const struct ww_attribution *at, ww_str relationship)
{
	const struct ww_attribution_day day = { .on = visit_day(w),
		.zone = w->feed->zone,
		.expired_ms = ww_roster_expired(w->a, at->roster) };

	return ww_attribution_near(&w->person, at, &day, relationship);
}

/* One row a practice and program, one that is still on its roster before one that is not. */
static void
add_owner(struct ww_work *w, const struct ww_attribution *at)
{
	for (size_t i = 0; i < w->owners_n; i++) {
		if (!ww_str_eq(w->owners[i]->practice, at->practice) ||
		    !ww_str_eq(w->owners[i]->program, at->program))
			continue;
		if (w->owners[i]->closed_ms != 0 && at->closed_ms == 0)
			w->owners[i] = at;
		return;
	}
	if (w->owners_n < OWNERS_MAX)
		w->owners[w->owners_n++] = at;
}

/* Of a stay nobody asks for them; a number may be stated in several places. */
static void
add_former(struct ww_work *w, const struct ww_attribution *at)
{
	if (w->after.id != 0 || w->former_n == OWNERS_MAX ||
	    !ww_same_name(w->person.given, at->given))
		return;
	for (size_t i = 0; i < w->former_n; i++) {
		if (w->former[i]->id == at->id)
			return;
	}
	w->former[w->former_n++] = at;
}

/* The roster has that row, and it names another practice than the one that is gone from it. */
static bool
takes_its_place(
    const struct ww_work *w, const struct ww_attribution *o, const struct ww_attribution *at)
{
	return o->closed_ms == 0 && !ww_str_eq(o->practice, at->practice) &&
	       (ww_str_eq(o->roster, at->roster) ||
	           ww_config_roster(w->a->config, at->roster) == NULL);
}

/* A row that its roster has no more stays good for the stays that began before it went, as long as the roster names
 * nobody else for that day in its stead, told or not. One whose roster is gone as a whole gives way to any roster. */
static bool
is_replaced(const struct ww_work *w, const struct ww_attribution *at)
{
	if (at->closed_ms == 0)
		return false;
	for (size_t i = 0; i < w->owners_n; i++) {
		if (takes_its_place(w, w->owners[i], at))
			return true;
	}
	for (size_t i = 0; i < w->held_n; i++) {
		if (takes_its_place(w, w->held[i], at))
			return true;
	}
	return false;
}

static void
drop_replaced(struct ww_work *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->owners_n; i++) {
		if (!is_replaced(w, w->owners[i]))
			w->owners[n++] = w->owners[i];
	}
	w->owners_n = n;
}

/* The numbers a message has in one place. */
struct place {
	ww_str name;
	size_t tried;
	enum ww_nearness best; /* the nearest that any row came */
};

/* A place is one of those of IN1 and IN2 (mappers/in/adt.c), or PID-3. */
enum { PLACES_MAX = 8 };

/* Nobody has so many payers: more are a sender's fault, and each costs a search. */
enum { NUMBERS_MAX = 256 };

/* What was tried and how far it led. */
struct trail {
	struct place places[PLACES_MAX];
	size_t places_n;
	size_t tried, left; /* numbers; those beyond NUMBERS_MAX */
};

static struct place *
place_of(struct trail *t, ww_str name)
{
	size_t i = 0;

	while (i < t->places_n && !ww_str_eq(t->places[i].name, name))
		i++;
	if (i == PLACES_MAX)
		return &t->places[PLACES_MAX - 1];
	if (i == t->places_n)
		t->places[t->places_n++] = (struct place){ .name = name };
	return &t->places[i];
}

/* A row that matches in the given name as well: beside it those of others of the family, twins, do not count. */
static bool
is_named(const struct ww_work *w, const struct ww_attribution *at, ww_str relationship)
{
	return compare(w, at, relationship) == WW_NEAR_MATCHED &&
	       ww_same_name(w->person.given, at->given);
}

static ww_status
try_number(struct ww_work *w, ww_str number, ww_str where, ww_str relationship, struct trail *t)
{
	struct place *place;
	bool named = false;
	struct ww_attribution like;
	struct ww_rows rows;
	ww_status s;

	if (t->tried == NUMBERS_MAX) {
		t->left++;
		return WW_OK;
	}
	t->tried++;
	place = place_of(t, where);
	place->tried++;
	ww_row_init(&ww_entity_attribution, &like);
	like.member_key = ww_member_key(w->cx, number);
	s = ww_find(w->l, w->cx, attribution, "by_member", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n && !named; i++)
		named = is_named(w, WW_ROW(&rows, attribution, i), relationship);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_attribution *at = WW_ROW(&rows, attribution, i);
		enum ww_nearness near = compare(w, at, relationship);

		if (near == WW_NEAR_MATCHED && (!named || is_named(w, at, relationship)))
			add_owner(w, WW_ROW(&rows, attribution, i));
		if (near == WW_NEAR_NOT_IN_FORCE)
			add_former(w, at);
		if (near > place->best)
			place->best = near;
	}
	return s;
}

static ww_status
try_coverages(struct ww_work *w, struct trail *t)
{
	struct ww_coverage like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_coverage, &like);
	like.person = w->person.id;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_coverage, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_coverage *c = WW_ROW(&rows, coverage, i);

		if (c->member_id.n != 0)
			s = try_number(w, c->member_id, c->place, c->relationship, t);
	}
	return s;
}

static ww_status
try_identifiers(struct ww_work *w, struct trail *t)
{
	struct ww_identifier like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_identifier, &like);
	like.person = w->person.id;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_identifier, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_identifier *id = WW_ROW(&rows, identifier, i);

		if (id->payer != 0)
			s = try_number(w, id->value, WW_STR("PID-3"), ww_str_empty(), t);
	}
	return s;
}

/* "number of IN1-49.1 not on roster, 3 numbers of PID-3 on roster, name differs" */
static ww_str
trail_text(struct ww_arena *arena, const struct trail *t)
{
	ww_str text = ww_str_empty();

	for (size_t i = 0; i < t->places_n; i++) {
		const struct place *p = &t->places[i];
		ww_str count = p->tried == 1 ? WW_STR("number")
		                             : ww_arena_printf(arena, "%zu numbers", p->tried);

		text = ww_arena_printf(arena, "%.*s%s%.*s of %.*s %s", WW_STR_FMT(text),
		    i != 0 ? ", " : "", WW_STR_FMT(count), WW_STR_FMT(p->name),
		    ww_nearness_text(p->best));
	}
	if (t->left != 0)
		text =
		    ww_arena_printf(arena, "%.*s, %zu more not tried", WW_STR_FMT(text), t->left);
	return text;
}

ww_status
ww_attribute(struct ww_work *w)
{
	struct trail t = { .places_n = 0 };
	ww_status s;

	w->owners = ww_arena_array(w->cx->arena, 3 * OWNERS_MAX, sizeof(*w->owners));
	if (w->owners == NULL)
		return ww_fail_memory(w->cx);
	w->held = w->owners + OWNERS_MAX;
	w->held_n = 0;
	w->former = w->held + OWNERS_MAX;
	w->former_n = 0;
	s = try_coverages(w, &t);
	if (s == WW_OK)
		s = try_identifiers(w, &t);
	drop_replaced(w);
	if (s == WW_OK)
		s = ww_catch_up_held(w);
	if (s == WW_OK && w->owners_n == 0 && w->message->reason.n == 0)
		w->message->reason = ww_arena_printf(w->cx->arena,
		    "no attribution: %.*s, 0 of %zu on roster",
		    WW_STR_FMT(t.tried != 0 ? trail_text(w->cx->arena, &t) : w->facts.no_member),
		    w->a->roster_rows);
	return s;
}

/* The message in hand moved the visit to another day. */
static bool
moved_day(const struct ww_work *w)
{
	ww_time was = w->before.start, is = w->after.start;

	return ww_time_known(was) &&
	       ww_time_day(was, w->feed->zone) != ww_time_day(is, w->feed->zone);
}

/* A person is whose they are today; a stay, and what is authorized, stays with whose it was on its day. */
static bool
is_about_a_person(const struct ww_work *w)
{
	return w->subject.encounter == 0 && w->subject.authorization == 0;
}

static const char *
why_wrong(const struct ww_work *w, const struct ww_attribution *at, bool *over)
{
	switch (compare(w, at, ww_str_empty())) {
	case WW_NEAR_BIRTH_DIFFERS:
	case WW_NEAR_NAME_DIFFERS:
	case WW_NEAR_SEX_DIFFERS:
		return w->corrected
		           ? "the hospital corrected who the patient is"
		           : "the patient is not that member: birth date or name on the payer's "
		             "roster differ";
	case WW_NEAR_NOT_IN_FORCE:
		*over = is_about_a_person(w);
		if (*over)
			return "the payer's roster no longer names this practice";
		if (!ww_time_known(w->after.start))
			return NULL; /* nobody knows which day */
		return moved_day(w)
		           ? "the hospital corrected the day of the visit, and the "
		             "payer's roster names another practice or none for it"
		           : "the payer's roster no longer names this practice for that day";
	case WW_NEAR_MATCHED:
		return is_replaced(w, at)
		           ? "the payer's roster no longer names this practice for that day"
		           : NULL;
	case WW_NEAR_NOT_ON_ROSTER:
	case WW_NEAR_BIRTH_UNKNOWN:
	case WW_NEAR_ROSTER_EXPIRED: /* what it said of that day it said while it was good */
		break;
	}
	return NULL;
}

ww_status
ww_attribution_wrong(struct ww_work *w, ww_id attribution, const char **why, bool *over)
{
	struct ww_attribution at;
	bool found;
	ww_status s;

	*why = NULL;
	*over = false;
	if (w->rehomed) {
		*why = "the hospital found that the visit is another patient's";
		return WW_OK;
	}
	ww_row_init(&ww_entity_attribution, &at);
	at.id = attribution;
	s = ww_get(w->l, w->cx, attribution, &at, &found);
	if (s == WW_OK && found)
		*why = why_wrong(w, &at, over);
	return s;
}
