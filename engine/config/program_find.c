/* Looks things of programs up: whom they are about, whom they tell. */
#include <wardwire/program.h>

#include "config/program.h"

#include <wardwire/ctx.h>

const struct ww_program *
ww_programs_find(const struct ww_programs *p, ww_str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (ww_str_eq(p->v[i].name, name))
			return &p->v[i];
	return NULL;
}

bool
ww_program_uses(const struct ww_program *p, const char *rule)
{
	for (size_t i = 0; i < p->rules_n; i++)
		if (ww_str_is(p->rules[i], rule))
			return true;
	return false;
}

/* -- population --------------------------------------------------------------------------------------- */

/* None are wanted in particular, or this is one of them. */
static bool
is_wanted(const struct ww_texts *wanted, ww_str text)
{
	for (size_t i = 0; i < wanted->n; i++)
		if (ww_str_ieq(wanted->v[i], text))
			return true;
	return wanted->n == 0;
}

/* The day that was written, whatever zone it was read in. */
static int64_t
own_day(ww_time t)
{
	t.ms += t.offset * INT64_C(60000);
	return ww_time_day(t, ww_zone_utc());
}

/* Birthdays there were by that day; who was born on a 29th of February has theirs on the 1st of March in other years. */
static int64_t
age_on(ww_time birth, int64_t day)
{
	int y, m, d, year, month, at;

	ww_day_civil(own_day(birth), &y, &m, &d);
	ww_day_civil(day, &year, &month, &at);
	return year - y - (month < m || (month == m && at < d));
}

static bool
is_of_age(const struct ww_program_population *p, ww_time birth, int64_t day)
{
	int64_t age;

	if (birth.prec < WW_PREC_DAY)
		return true;
	age = age_on(birth, day);
	return age >= (int64_t)p->age_from &&
	       (age <= (int64_t)p->age_to || p->age_to == WW_AGE_MOST);
}

bool
ww_program_fits(
    const struct ww_program *p, const struct ww_attribution *at, ww_time birth, int64_t day)
{
	const struct ww_program_population *of = &p->population;

	if (at->program.n > 0 && !ww_str_eq(at->program, p->name))
		return false;
	return day >= p->effective && day <= p->end && is_of_age(of, birth, day) &&
	       is_wanted(&of->products, at->product) && is_wanted(&of->plans, at->plan) &&
	       is_wanted(&of->payers, at->payer) && is_wanted(&of->practices, at->practice);
}

/* -- who is told -------------------------------------------------------------------------------------- */

bool
ww_role_is_payers(enum ww_role role)
{
	static const bool payers[ww_role_count] = {
		[WW_role_NAVIGATOR] = true,
		[WW_role_CASE_MANAGER] = true,
		[WW_role_BENEFITS_CONTACT] = true,
		[WW_role_PROGRAM_DESK] = true,
		[WW_role_PROGRAM_MANAGER] = true,
	};

	return payers[role];
}

const struct ww_party *
ww_program_party(
    const struct ww_program *p, const struct ww_config *c, enum ww_role role, ww_str practice)
{
	return ww_config_party(c, ww_role_is_payers(role) ? p->payer : practice);
}

bool
ww_program_copies(const struct ww_program_copy *c, ww_str band)
{
	/* What one rule calls moderate another calls intermediate. */
	static const struct {
		const char *band;
		int rank;
	} ranks[] = { { "low", 1 }, { "moderate", 2 }, { "intermediate", 2 }, { "high", 3 },
		{ "likely", 3 } };
	int from = 0, is = 0;

	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++) {
		if (ww_str_is(c->from, ranks[i].band))
			from = ranks[i].rank;
		if (ww_str_is(band, ranks[i].band))
			is = ranks[i].rank;
	}
	return is >= from;
}

/* -- calendars ---------------------------------------------------------------------------------------- */

static void
add_calendar(struct ww_texts *all, ww_str *v, ww_str name)
{
	if (name.n == 0 || ww_str_is(name, "us-federal"))
		return;
	for (size_t i = 0; i < all->n; i++)
		if (ww_str_eq(v[i], name))
			return;
	v[all->n++] = name;
}

struct ww_texts
ww_programs_calendars(struct ww_ctx *cx, const struct ww_config *c, const struct ww_programs *p)
{
	ww_str *v = ww_arena_array(cx->arena, p->n + c->parties_n * ww_role_count + 1, sizeof(*v));
	struct ww_texts all = { v, 0 };

	for (size_t i = 0; v != NULL && i < p->n; i++)
		add_calendar(&all, v, p->v[i].calendar);
	for (size_t i = 0; v != NULL && i < c->parties_n; i++)
		for (int role = 0; role < ww_role_count; role++)
			add_calendar(&all, v, c->parties[i].roles[role].calendar);
	return all;
}

/* -- words -------------------------------------------------------------------------------------------- */

uint32_t
ww_program_content(ww_str text)
{
	static const struct {
		const char *text;
		uint32_t bit;
	} rows[] = {
		{ "name", WW_CONTENT_NAME },
		{ "practitioner", WW_CONTENT_PRACTITIONER },
		{ "facility", WW_CONTENT_FACILITY },
		{ "disposition", WW_CONTENT_DISPOSITION },
		{ "diagnosis", WW_CONTENT_DIAGNOSIS },
		{ "score", WW_CONTENT_SCORE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ww_str_is(text, rows[i].text))
			return rows[i].bit;
	return 0;
}
