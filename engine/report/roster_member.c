/* Whose patient a member is on a day, by which row of which roster, and why not another practice's. */
#include "report/roster.h"

#include "model/attribution.h"
#include "model/member.h"
#include "report/moment.h"

#include <wardwire/buf.h>

/* A member's number: who stated it, and what rosters say of it. */
struct member {
	struct ww_ledger *l;
	struct ww_ctx *cx;
	const struct ww_config *c;
	ww_time on;
	struct ww_person *persons;
	size_t persons_n;
	struct ww_rows rows; /* attribution */
};

static void
set_date(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_time t)
{
	struct ww_buf b = { 0 };

	if (!ww_time_known(t))
		return;
	ww_time_write_fhir(t, &b);
	ww_json_set_str(cx, o, key, ww_buf_view(&b));
	ww_buf_free(&b);
}

/* -- whether a row counts -------------------------------------------------------------------------------- */

static ww_status
expiry_of(struct member *m, ww_str roster, int64_t *out)
{
	const struct ww_roster_source *source = ww_config_roster(m->c, roster);
	struct ww_roster r;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_roster, &r);
	r.name = roster;
	s = ww_get(m->l, m->cx, roster, &r, &found);
	*out = found && source != NULL ? ww_roster_expires(r.dated_ms, source->expires_days) : 0;
	return s;
}

/* How near the row comes to the nearest of those who stated the number. */
static ww_status
nearest(struct member *m, const struct ww_attribution *at, enum ww_nearness *out)
{
	struct ww_attribution_day day = { .on = m->on };
	ww_status s = expiry_of(m, at->roster, &day.expired_ms);

	*out = WW_NEAR_NOT_ON_ROSTER;
	for (size_t i = 0; i < m->persons_n; i++) {
		enum ww_nearness n = ww_attribution_near(&m->persons[i], at, &day, ww_str_empty());

		*out = n > *out ? n : *out;
	}
	return s;
}

/* A row that its roster has no more gives way to one of another practice that it has (apply/attribute.c). */
static ww_status
replaced_by(struct member *m, const struct ww_attribution *at, const struct ww_attribution **by)
{
	ww_status s = WW_OK;

	*by = NULL;
	for (size_t i = 0; s == WW_OK && at->closed_ms != 0 && i < m->rows.n; i++) {
		const struct ww_attribution *o = WW_ROW(&m->rows, attribution, i);
		enum ww_nearness n;

		if (o->closed_ms != 0 || ww_str_eq(o->practice, at->practice) ||
		    (!ww_str_eq(o->roster, at->roster) &&
		        ww_config_roster(m->c, at->roster) != NULL))
			continue;
		s = nearest(m, o, &n);
		if (s == WW_OK && n == WW_NEAR_MATCHED)
			*by = o;
	}
	return s;
}

static ww_status
set_verdict(struct member *m, const struct ww_attribution *at, struct ww_json *o)
{
	struct ww_ctx *cx = m->cx;
	const struct ww_attribution *by;
	enum ww_nearness n;
	bool counts;
	ww_status s = nearest(m, at, &n);

	if (s == WW_OK)
		s = replaced_by(m, at, &by);
	if (s != WW_OK)
		return s;
	counts = n == WW_NEAR_MATCHED && by == NULL;
	ww_json_set(cx, o, "counts", ww_json_bool(cx, counts));
	if (m->persons_n == 0)
		ww_json_set_cstr(cx, o, "why", "nobody has stated that number yet");
	else if (by != NULL)
		ww_json_set_str(cx, o, "why",
		    ww_arena_printf(cx->arena, "gives way to row " WW_ID_FMT " of %.*s",
		        WW_ID_ARG(by->id), WW_STR_FMT(by->practice)));
	else if (counts && at->opt_out != 0)
		ww_json_set_cstr(cx, o, "why", "on roster; nobody is told: the member opted out");
	else if (counts && at->policy != WW_policy_NONE)
		ww_json_set_str(cx, o, "why",
		    ww_arena_printf(
		        cx->arena, "on roster; notices: %s", ww_policy_text(at->policy)));
	else
		ww_json_set_cstr(cx, o, "why", ww_nearness_text(n));
	return WW_OK;
}

/* -- rows ------------------------------------------------------------------------------------------------ */

/* What hospitals say of the primary care fits the row: the same number, or the practice's own. */
static bool
hint_fits(struct member *m, const struct ww_attribution *at, ww_str hint)
{
	const struct ww_party *p = ww_config_party(m->c, at->practice);

	return ww_str_eq(hint, at->provider) ||
	       (p != NULL && (ww_same_digits(hint, p->npi) || ww_same_digits(hint, p->tin)));
}

static void
set_hint(struct member *m, const struct ww_attribution *at, struct ww_json *o)
{
	for (size_t i = 0; i < m->persons_n; i++) {
		ww_str hint = m->persons[i].pcp;

		if (hint.n != 0 && !hint_fits(m, at, hint))
			ww_json_set_cstr(m->cx, o, "hint",
			    "PD1-4 or generalPractitioner names somebody else; it decides nothing");
	}
}

static ww_status
add_row(struct member *m, const struct ww_attribution *at, struct ww_json *list)
{
	struct ww_json *o = ww_json_add(m->cx, list, ww_roster_row_tell(m->cx, at));

	set_hint(m, at, o);
	return set_verdict(m, at, o);
}

struct ww_json *
ww_roster_row_tell(struct ww_ctx *cx, const struct ww_attribution *at)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_str(cx, o, "id", ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(at->id)));
	ww_json_set_str(cx, o, "practice", at->practice);
	ww_json_set_str(cx, o, "program", at->program);
	ww_json_set_str(cx, o, "roster", at->roster);
	ww_json_set_str(cx, o, "source", at->source);
	if (at->first_edition != 0)
		ww_json_set_int(cx, o, "first-edition", at->first_edition);
	if (at->edition != 0)
		ww_json_set_int(cx, o, "edition", at->edition);
	set_date(cx, o, "effective", at->effective);
	set_date(cx, o, "end", at->end);
	ww_report_moment(cx, o, "gone-since", at->closed_ms);
	ww_json_set_str(cx, o, "payer", at->payer);
	ww_json_set_str(cx, o, "plan", at->plan);
	ww_json_set_str(cx, o, "product", at->product);
	ww_json_set_str(cx, o, "provider", at->provider);
	return o;
}

ww_status
ww_roster_row_json(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *o, const char *key)
{
	struct ww_attribution at;
	bool found = false;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_attribution, &at);
	at.id = id;
	if (id != 0)
		s = ww_get(l, cx, attribution, &at, &found);
	if (s == WW_OK && found)
		ww_json_set(cx, o, key, ww_roster_row_tell(cx, &at));
	return s;
}

/* -- persons --------------------------------------------------------------------------------------------- */

static ww_status
read_persons(struct member *m, ww_str key)
{
	struct ww_member like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_member, &like);
	like.number = key;
	s = ww_ledger_scan(m->l, m->cx, &ww_entity_member, 1, &like, 0, &rows);
	m->persons = ww_arena_array(m->cx->arena, rows.n + 1, sizeof(*m->persons));
	if (s == WW_OK && m->persons == NULL)
		s = ww_fail_memory(m->cx);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_person *p = &m->persons[m->persons_n];
		bool found;

		ww_row_init(&ww_entity_person, p);
		p->id = WW_ROW(&rows, member, i)->person;
		s = ww_get(m->l, m->cx, person, p, &found);
		m->persons_n += s == WW_OK && found && p->merged_into == 0;
	}
	return s;
}

static void
add_persons(struct member *m, struct ww_json *list)
{
	for (size_t i = 0; i < m->persons_n; i++) {
		struct ww_json *o = ww_json_add(m->cx, list, ww_json_object(m->cx));

		ww_json_set_str(m->cx, o, "person",
		    ww_arena_printf(m->cx->arena, WW_ID_FMT, WW_ID_ARG(m->persons[i].id)));
		ww_json_set_str(m->cx, o, "primary-care", m->persons[i].pcp);
	}
}

ww_status
ww_roster_member(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_config *c,
    ww_str member_id, ww_time on, struct ww_json **out)
{
	struct member m = { .l = l, .cx = cx, .c = c, .on = on };
	struct ww_json *o = ww_json_object(cx), *list;
	struct ww_attribution like;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.member_key = ww_member_key(cx, member_id);
	s = read_persons(&m, like.member_key);
	if (s == WW_OK)
		s = ww_find(l, cx, attribution, "by_member", &like, &m.rows);
	if (s != WW_OK)
		return s;
	ww_json_set_str(cx, o, "member", like.member_key);
	set_date(cx, o, "on", on);
	add_persons(&m, ww_json_set(cx, o, "persons", ww_json_array(cx)));
	list = ww_json_set(cx, o, "rows", ww_json_array(cx));
	for (size_t i = 0; s == WW_OK && i < m.rows.n; i++)
		s = add_row(&m, WW_ROW(&m.rows, attribution, i), list);
	*out = m.persons_n + m.rows.n > 0 ? o : NULL;
	return s;
}
